# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ground that measurements stand on: a stand-in server with an open session, and plays timed from outside."""

from __future__ import annotations

import contextlib
import json
import os
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmark.report import Cost
from emulator.process import Emulator, start
from tools.collection_tree import link_tree
from tools.commands import environment, tool

CONTENT_TYPE = "application/json; api-version=1.0"
# Of the user's environment: they would lead to another server, or through a proxy to this one.
UNWANTED = ("RAS_",)
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
Task = Mapping[str, Any]


class BenchmarkError(RuntimeError):
    """A play did not do what was to be measured."""


@dataclass(frozen=True)
class Played:
    """What a play cost, and the most memory that any of its processes held, in bytes."""

    cost: Cost
    peak: int


@dataclass(frozen=True)
class Bed:
    """A server, a token, and a folder for plays."""

    server: Emulator
    token: str
    folder: Path

    @property
    def connection(self) -> dict[str, Any]:
        """The connection options of a play that has logged on once: token, and generation of the API."""
        return {
            "url": self.server.url,
            "ca_path": self.server.ca_path,
            "auth_token": self.token,
            "api_family": self.server.ready["api_family"],
        }

    def play(
        self,
        tasks: Sequence[Task],
        *,
        defaults: Mapping[str, Any] | None = None,
        variables: Mapping[str, Any] | None = None,
    ) -> Played:
        """Run tasks on localhost. defaults: of the group of RAS modules, the connection with a token if not given."""
        play = {
            "hosts": "localhost",
            "gather_facts": False,
            "module_defaults": {"group/deskops.vdi.ras": self.connection if defaults is None else defaults},
            "vars": dict(variables or {}),
            "tasks": list(tasks),
        }
        file = self.folder / "play.yml"
        file.write_text(json.dumps([play]), encoding="utf-8")
        command = [tool("ansible-playbook"), str(file)]
        with tempfile.TemporaryFile() as output:
            began = time.perf_counter()
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                _pid, status, usage = os.wait4(process.pid, 0)
            except BaseException:
                # Ctrl-C, or a signal to this process alone: the play must not go on without us.
                process.terminate()
                process.wait()
                raise
            seconds = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                output.seek(0)
                raise BenchmarkError(f"The play failed:\n{output.read().decode('utf-8', 'replace')}")
        return Played(Cost(seconds, usage.ru_utime + usage.ru_stime), usage.ru_maxrss * 1024)

    def download(self, path: str, file: Path) -> None:
        """Write an answer to a file, piece by piece: what this process once held would count as its children's peak."""
        with self.client() as client, client.stream("GET", path) as reply, file.open("wb") as output:
            for piece in reply.raise_for_status().iter_bytes():
                output.write(piece)

    @contextlib.contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """A plain client with the token."""
        with _client(self.server) as client:
            client.headers["auth_token"] = self.token
            yield client

    def _environment(self) -> dict[str, str]:
        full = environment(
            self.folder,
            ANSIBLE_CONFIG=str(self.folder / "ansible.cfg"),
            ANSIBLE_COLLECTIONS_PATH=str(link_tree()),
            ANSIBLE_NOCOLOR="1",
        )
        return {
            name: value for name, value in full.items() if not name.startswith(UNWANTED) and name.lower() not in PROXIES
        }


def _client(server: Emulator) -> httpx.Client:
    return httpx.Client(
        base_url=server.url,
        verify=ssl.create_default_context(cafile=server.ca_path),
        headers={"Content-Type": CONTENT_TYPE},
        trust_env=False,
        timeout=120.0,
    )


@contextlib.contextmanager
def bed(**options: Any) -> Iterator[Bed]:
    """A server over TLS with these options and an administrator's session, for the length of a block."""
    with tempfile.TemporaryDirectory(prefix="deskops-bench-") as name, start(**options) as server:
        folder = Path(name)
        # Ansible's own Python for what runs as a module, as a local play without an inventory has it.
        (folder / "hosts").write_text(
            "localhost ansible_connection=local ansible_python_interpreter='{{ ansible_playbook_python }}'\n", "utf-8"
        )
        (folder / "ansible.cfg").write_text(f"[defaults]\ninventory = {folder / 'hosts'}\n", encoding="utf-8")
        with _client(server) as client:
            reply = client.post("/api/Session/logon", json={"username": server.username, "password": server.password})
            token = reply.raise_for_status().json()["authToken"]
        yield Bed(server, token, folder)


def uri(bed: Bed, path: str) -> dict[str, Any]:
    """A task that reads the same with ansible.builtin.uri."""
    return {
        "ansible.builtin.uri": {
            "url": f"{bed.server.url}{path}",
            "ca_path": bed.server.ca_path,
            "headers": {"auth_token": bed.token, "Content-Type": CONTENT_TYPE},
            "return_content": True,
        }
    }
