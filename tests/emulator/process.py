# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start an emulator as a process of its own and talk to its control address: for tests, the demo and the benchmark.

with start(farm="sample", api_family="legacy") as server:
    server.fault(operation="gateway.create", kind="drop_after", times=1)
    ...
    assert server.state()["admin_sessions"] == 0
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import IO, Any

import httpx

from emulator.nursery import Nursery

START_SECONDS = 60.0
STOP_SECONDS = 5.0
# How long the news of a death may be on its way after the connection was lost.
DEATH_SECONDS = 1.0
CONTROL_SECONDS = 30.0


class EmulatorError(RuntimeError):
    """The emulator did not start, died, or refused a control request."""


def arguments(options: dict[str, Any]) -> list[str]:
    """Keyword options as arguments: True is a flag, None and False are left out, a list repeats the option."""
    result = []
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if one is True:
                result.append(flag)
            elif one is not None and one is not False:
                result.append(f"{flag}={json.dumps(one) if isinstance(one, dict) else one}")
    return result


class Emulator:
    """A running emulator."""

    def __init__(self, command_line: list[str], stderr: IO[str]) -> None:
        self._stderr = stderr
        self._control: httpx.Client | None = None
        stdout, output = os.pipe()
        try:
            self._process = _nursery().fork(command_line, output, stderr.fileno())
        except BaseException:
            os.close(stdout)
            raise
        finally:
            os.close(output)
        try:
            with os.fdopen(stdout, "rb", buffering=0) as said:
                self.ready: dict[str, Any] = json.loads(self._ready_line(said))
            self._control = self._client()
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        """Address of the server, without a path."""
        return str(self.ready["url"])

    @property
    def host(self) -> str:
        """Address of the machine."""
        return str(self.ready["host"])

    @property
    def port(self) -> int:
        """Port of the server."""
        return int(self.ready["port"])

    @property
    def ca_path(self) -> str | None:
        """File of the CA; None for plain HTTP."""
        return self._text("ca_path")

    @property
    def client_cert(self) -> str | None:
        """File of the client certificate, when one was made."""
        return self._text("client_cert")

    @property
    def client_key(self) -> str | None:
        """File of its key."""
        return self._text("client_key")

    @property
    def username(self) -> str:
        """Who may log on."""
        return str(self.ready["username"])

    @property
    def password(self) -> str:
        """The password."""
        return str(self.ready["password"])

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def state(self) -> dict[str, Any]:
        """Counters and open sessions."""
        return dict(self._ask("GET", "state"))

    def requests(self, operation: str | None = None) -> list[dict[str, Any]]:
        """Requests since the last reset, oldest first; of one operation when given."""
        found = self._ask("GET", "requests")
        return [one for one in found if operation is None or one["operation"] == operation]

    def reset(self, *what: str) -> None:
        """Start again with ``counters``, ``faults``, or both when nothing is named."""
        self._ask("POST", "reset", {"what": list(what)} if what else {})

    def fault(self, **spec: Any) -> dict[str, Any]:
        """Put a fault in force."""
        return dict(self._ask("POST", "faults", spec))

    def faults(self) -> list[dict[str, Any]]:
        """The faults that can still strike."""
        return list(self._ask("GET", "faults"))

    def advance(self, seconds: float) -> None:
        """Let the server's time pass: idle expiry, rate limit windows."""
        self._ask("POST", "advance", {"seconds": seconds})

    def create(self, resource: str, **body: Any) -> dict[str, Any]:
        """Add an object behind the client's back."""
        return dict(self._ask("POST", "create", {"resource": resource, "body": body}))

    def update(self, resource: str, object_id: int | str, **body: Any) -> dict[str, Any]:
        """Change an object behind the client's back."""
        return dict(self._ask("POST", "update", {"resource": resource, "id": object_id, "body": body}))

    def delete(self, resource: str, object_id: int | str) -> None:
        """Remove an object behind the client's back."""
        self._ask("POST", "delete", {"resource": resource, "id": object_id})

    def hang_up(self) -> int:
        """End every stream that is open, without a goodbye; tells how many there were."""
        return int(self._ask("POST", "hang_up")["ended"])

    def stop(self) -> None:
        """End the process; harmless when it has ended."""
        if self._control is not None:
            self._control.close()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except TimeoutError:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def errors(self) -> str:
        """What it wrote to standard error so far."""
        self._stderr.seek(0)
        return self._stderr.read().strip()

    def _text(self, name: str) -> str | None:
        value = self.ready[name]
        return None if value is None else str(value)

    def _ready_line(self, stream: IO[bytes]) -> bytes:
        """Wait for the ready line, but neither for ever nor for a process that has died."""
        end = time.monotonic() + START_SECONDS
        line = b""
        while not line.endswith(b"\n"):
            readable, _writable, _broken = select.select([stream], [], [], max(0.0, end - time.monotonic()))
            if not readable:
                raise EmulatorError(f"the emulator was not ready after {START_SECONDS:.0f} s: {self.errors()}")
            chunk = os.read(stream.fileno(), 65536)
            if not chunk:
                raise EmulatorError(f"the emulator ended with {self._process.wait()}: {self.errors()}")
            line += chunk
        return line

    def _client(self) -> httpx.Client:
        # The control address must be reachable also when the certificate is wrong on purpose; it is our own process.
        # Not the default context: reading the system's store takes longer than starting an emulator.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if self.client_cert is not None:
            context.load_cert_chain(self.client_cert, self.client_key)
        return httpx.Client(base_url=f"{self.url}/_emulator/", verify=context, trust_env=False, timeout=CONTROL_SECONDS)

    def _ask(self, method: str, name: str, body: dict[str, Any] | None = None) -> Any:
        if self._control is None:
            raise EmulatorError("the emulator is not running")
        try:
            response = self._control.request(method, name, json=body)
        except httpx.TransportError as error:
            try:
                ended = self._process.wait(DEATH_SECONDS)
            except TimeoutError:
                raise error from None
            raise EmulatorError(f"the emulator ended with {ended}: {self.errors()}") from error
        if response.status_code != 200:
            raise EmulatorError(f"{method} {name}: {response.status_code} {response.text}")
        return response.json()


_nurseries: list[Nursery] = []
_nurseries_lock = threading.Lock()


def _nursery() -> Nursery:
    """The nursery of this process, made when it is first needed; it ends with the process."""
    with _nurseries_lock:
        if not (_nurseries and _nurseries[-1].works):
            _nurseries.append(Nursery())
            atexit.register(_nurseries[-1].close)
        return _nurseries[-1]


@contextlib.contextmanager
def start(*cli_args: str, **options: Any) -> Iterator[Emulator]:
    """Run an emulator for the length of a block; it also ends when this process does."""
    # A file and not a pipe: nobody reads it while the emulator runs, and a full pipe would stop it.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as stderr:
        emulator = Emulator([*cli_args, *arguments(options)], stderr)
        try:
            yield emulator
        finally:
            emulator.stop()
