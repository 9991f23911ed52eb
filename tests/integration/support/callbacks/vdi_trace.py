# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes, for each task that ended, its result as callbacks see it and the requests that each stand-in server got."""

from __future__ import annotations

import http.client
import json
import os
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ansible import constants
from ansible.executor.task_result import CallbackTaskResult
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: vdi_trace
type: notification
short_description: Trace of tasks and requests for the integration tests
description:
  - Takes the file to write from E(VDI_TRACE_FILE), the addresses of the servers by name (JSON) from
    E(VDI_TRACE_SERVERS).
options: {}
"""

KEPT = ("operation", "method", "path", "query", "body", "status", "connection")


def _share_modules(folder: Path) -> None:
    """Let runs use each other's zipped modules: half a second of the processor for each kind of module in each run.

    Ansible builds them under a lock, and keeps them in its temporary folder, which ends with the run.
    """
    own = Path(constants.DEFAULT_LOCAL_TMP) / "ansiballz_cache"
    if not own.exists():
        own.symlink_to(folder)


class _Control:
    """The control address of one server. One connection and a bare context: this is asked twice for every task."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        # The server's certificate may be wrong on purpose; it is a process of the tests.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self._connection = (
            http.client.HTTPSConnection(parts.netloc, timeout=30, context=context)
            if parts.scheme == "https"
            else http.client.HTTPConnection(parts.netloc, timeout=30)
        )

    def ask(self, what: str) -> Any:
        try:
            return self._answer(what)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # Idle for longer than the server keeps connections; the next request opens another one.
            self._connection.close()
            return self._answer(what)

    def _answer(self, what: str) -> Any:
        self._connection.request("GET", f"/_emulator/{what}")
        with self._connection.getresponse() as answer:
            if answer.status != http.client.OK:
                raise RuntimeError(f"the stand-in server answered {answer.status} when asked for {what}")
            return json.load(answer)


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "vdi_trace"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        _share_modules(Path(os.environ["VDI_MODULES"]))
        self._file = Path(os.environ["VDI_TRACE_FILE"])
        addresses: dict[str, str] = json.loads(os.environ["VDI_TRACE_SERVERS"])
        self._servers = {name: _Control(url) for name, url in addresses.items()}
        self._seen = {name: len(server.ask("requests")) for name, server in self._servers.items()}

    def v2_runner_on_ok(self, result: CallbackTaskResult) -> None:
        self._write(result, "ok")

    def v2_runner_on_failed(self, result: CallbackTaskResult, ignore_errors: bool = False) -> None:
        self._write(result, "failed")

    def v2_runner_on_skipped(self, result: CallbackTaskResult) -> None:
        self._write(result, "skipped")

    def v2_runner_on_unreachable(self, result: CallbackTaskResult) -> None:
        self._write(result, "unreachable")

    def _write(self, result: CallbackTaskResult, outcome: str) -> None:
        entry = {
            "name": result.task_name,
            "host": result.host.name,
            "action": result.task.action,
            "outcome": outcome,
            "result": dict(result.result),
            "servers": {name: self._new(name, server) for name, server in self._servers.items()},
        }
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, default=str) + "\n")

    def _new(self, name: str, server: _Control) -> dict[str, Any]:
        requests, state = server.ask("requests"), server.ask("state")
        fresh = requests[self._seen[name] :]
        self._seen[name] = len(requests)
        return {"state": state, "requests": [{key: one[key] for key in KEPT} for one in fresh]}
