# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates made at start: a CA of our own, a server certificate, right or wrong on purpose, one for clients."""

from __future__ import annotations

import datetime
import os
import ssl
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import trustme

KINDS = ("good", "expired", "wrong-host", "none")
HOST = "127.0.0.1"
OTHER_HOST = "other.example.test"


@dataclass(frozen=True)
class TlsFiles:
    """Paths of what was made; with a client certificate the server insists on it."""

    ca: Path
    server_cert: Path
    server_key: Path
    client_cert: Path | None = None
    client_key: Path | None = None

    def uvicorn_options(self) -> dict[str, Any]:
        """The server's side."""
        options: dict[str, Any] = {"ssl_certfile": str(self.server_cert), "ssl_keyfile": str(self.server_key)}
        if self.client_cert is not None:
            options.update(ssl_ca_certs=str(self.ca), ssl_cert_reqs=ssl.CERT_REQUIRED)
        return options


def make_files(kind: str, folder: Path, *, client_cert: bool = False) -> TlsFiles | None:
    """Write what a kind of server needs; None for plain HTTP."""
    if kind == "none":
        return None
    authority = trustme.CA()
    ca_path = folder / "ca.pem"
    authority.cert_pem.write_to_path(ca_path)
    files = TlsFiles(ca_path, *_write(_server_certificate(authority, kind), folder, "server"))
    if not client_cert:
        return files
    cert, key = _write(authority.issue_cert("client@example.test"), folder, "client")
    return replace(files, client_cert=cert, client_key=key)


def _server_certificate(authority: trustme.CA, kind: str) -> trustme.LeafCert:
    if kind == "wrong-host":
        return authority.issue_cert(OTHER_HOST)
    if kind == "expired":
        today = datetime.datetime.now(datetime.UTC)
        return authority.issue_cert(
            HOST,
            "localhost",
            not_before=today - datetime.timedelta(days=30),
            not_after=today - datetime.timedelta(days=1),
        )
    return authority.issue_cert(HOST, "localhost")


def _write(leaf: trustme.LeafCert, folder: Path, name: str) -> tuple[Path, Path]:
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    cert.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
    # The key is made unreadable for others before anything is in it.
    os.close(os.open(key, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    key.write_bytes(leaf.private_key_pem.bytes())
    return cert, key
