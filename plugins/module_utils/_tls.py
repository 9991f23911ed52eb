# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS contexts: built once per set of options, since reading the system's store costs tens of milliseconds."""

from __future__ import annotations

import functools
import os
import re
import ssl
from pathlib import Path

from ._errors import BadInputError

# What OpenSSL looks for in a folder.
_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")
# OpenSSL reads its default store from these; a changed value must not meet a context made before.
STORE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def tls_context(
    validate_certs: bool = True,
    ca_path: str | None = None,
    client_cert: str | None = None,
    client_key: str | None = None,
) -> ssl.SSLContext:
    """The context for these options; ca_path (file or folder of PEM) replaces the system's store.

    Raises BadInputError, naming the option, when a file cannot be used.
    """
    store = tuple(os.environ.get(name) for name in STORE_VARIABLES)
    return _context(validate_certs, ca_path, client_cert, client_key, store)


@functools.lru_cache(maxsize=32)
def _context(
    validate_certs: bool,
    ca_path: str | None,
    client_cert: str | None,
    client_key: str | None,
    store: tuple[str | None, ...],
) -> ssl.SSLContext:
    context = _trusting(ca_path)
    if not validate_certs:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if client_cert:
        try:
            # The empty password keeps OpenSSL from asking at the terminal for that of an encrypted key.
            context.load_cert_chain(client_cert, client_key, password="")
        except (OSError, ValueError) as error:
            raise BadInputError(
                f"The client certificate cannot be used: {_reason(error)}. Check client_cert ({client_cert}) and "
                f"client_key ({client_key}): PEM files, the key not encrypted and belonging to the certificate."
            ) from error
    return context


def _trusting(ca_path: str | None) -> ssl.SSLContext:
    if not ca_path:
        return ssl.create_default_context()
    try:
        if Path(ca_path).is_dir():
            if not any(_HASHED.fullmatch(entry.name) for entry in Path(ca_path).iterdir()):
                raise BadInputError(
                    f"ca_path {ca_path} is a folder without hashed certificates, which openssl rehash or c_rehash "
                    "makes. Name the PEM file of the authority instead, or prepare the folder."
                )
            return ssl.create_default_context(capath=ca_path)
        return ssl.create_default_context(cafile=ca_path)
    except OSError as error:
        raise BadInputError(
            f"ca_path {ca_path} cannot be used: {_reason(error)}. It must name a readable PEM file, or a folder "
            "prepared with c_rehash, where the module runs."
        ) from error


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return error.reason or "not in PEM form"
    return getattr(error, "strerror", None) or str(error)
