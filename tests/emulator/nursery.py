# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where emulators come from: a process that has imported everything and forks one for each request.

A new interpreter spends most of a second on imports before it serves, a fork a few hundredths. The emulator is all the
same a process of its own, with its own arguments, environment, folder and output. It ends with the nursery, and the
nursery with the process that it works for.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

PACKAGE_PARENT = Path(__file__).resolve().parents[1]
MESSAGE_BYTES = 1 << 20
# What a platform, or uvicorn, imports only when it needs it.
LATE_IMPORTS = ("emulator.cli", "emulator.wire_websocket", "uvicorn.lifespan.off", "uvicorn.loops.asyncio")


class NurseryError(RuntimeError):
    """The nursery is gone."""


class Child:
    """A process that the nursery forked, known by its id and by what the nursery tells of its end."""

    def __init__(self, pid: int, end: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._end = end

    def poll(self) -> int | None:
        """The exit status (negative for a signal), or None while it runs."""
        return self._look(0.0)

    def wait(self, seconds: float | None = None) -> int:
        """Wait for the end; TimeoutError when it does not come in time."""
        status = self._look(seconds)
        if status is None:
            raise TimeoutError(f"process {self.pid} still runs")
        return status

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended: then another process may have its id."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def _look(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._end], [], [], seconds)[0]:
            said = os.read(self._end, 64)
            os.close(self._end)
            # A nursery that was killed tells nothing; its children end by themselves.
            self.returncode = int(said) if said else -signal.SIGKILL
        return self.returncode


class Nursery:
    """The nursery of this process."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._lock = threading.Lock()
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "emulator.nursery", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": str(PACKAGE_PARENT)},
                pass_fds=[theirs.fileno()],
            )

    @property
    def works(self) -> bool:
        """Whether it can be asked by this process."""
        return self.owner == os.getpid() and self._process.poll() is None

    def fork(self, arguments: list[str], output: int, errors: int) -> Child:
        """Start an emulator that writes to these open files."""
        request = {"arguments": arguments, "environment": dict(os.environ), "folder": str(Path.cwd())}
        end, teller = os.pipe()
        try:
            with self._lock:
                socket.send_fds(self._requests, [json.dumps(request).encode()], [output, errors, teller])
                said = self._requests.recv(64)
            if not said:
                raise NurseryError("the nursery of the emulators has ended")
            return Child(int(said), end)
        except BaseException:
            os.close(end)
            raise
        finally:
            os.close(teller)

    def close(self) -> None:
        """End it, and with it what is left of its children."""
        self._requests.close()
        if self.owner == os.getpid():
            self._process.wait()


class _Server:
    """The nursery's own side."""

    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests
        self._tellers: dict[int, int] = {}

    def run(self) -> None:
        """Fork for each request until nobody can send one any more."""
        with _ended_children() as (ended, written):
            while True:
                requests = self._requests.fileno()
                readable, _writable, _broken = select.select([requests, ended], [], [])
                if ended in readable:
                    os.read(ended, 4096)
                    self._tell()
                if requests in readable and not self._answer((ended, written)):
                    break
        self._end()

    def _answer(self, inner: tuple[int, ...]) -> bool:
        message, files, _flags, _address = socket.recv_fds(self._requests, MESSAGE_BYTES, 3)
        if not message:
            return False
        output, errors, teller = files
        nursery, pid = os.getpid(), os.fork()
        if pid == 0:
            for inherited in (*inner, teller, *self._tellers.values()):
                os.close(inherited)
            self._requests.close()
            _become(json.loads(message), nursery, output, errors)
        os.close(output)
        os.close(errors)
        self._tellers[pid] = teller
        self._requests.send(str(pid).encode())
        return True

    def _tell(self) -> None:
        while self._tellers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            self._told(pid, status)

    def _told(self, pid: int, status: int) -> None:
        teller = self._tellers.pop(pid)
        # Whoever asked may be gone.
        with contextlib.suppress(BrokenPipeError):
            os.write(teller, str(os.waitstatus_to_exitcode(status)).encode())
        os.close(teller)

    def _end(self) -> None:
        for pid in self._tellers:
            os.kill(pid, signal.SIGTERM)
        while self._tellers:
            self._told(*os.waitpid(-1, 0))


@contextlib.contextmanager
def _ended_children() -> Iterator[tuple[int, int]]:
    """A pipe that can be read from whenever a child has ended; both its ends."""
    ended, written = os.pipe()
    os.set_blocking(written, False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(written)
    yield ended, written


def _become(request: dict[str, Any], nursery: int, output: int, errors: int) -> NoReturn:
    """Go on as the emulator, as if it had been started by the one who asked."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for given, standard in ((output, 1), (errors, 2)):
        os.dup2(given, standard)
        os.close(given)
    status = 1
    try:
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        status = _main([f"--exit-with-parent={nursery}", *request["arguments"]])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _main(arguments: list[str]) -> int:
    from emulator.cli import main

    try:
        return main(arguments)
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        return end.code if isinstance(end.code, int) else int(end.code is not None)


def _serve(requests: socket.socket) -> None:
    # Ctrl-C reaches the whole group; the nursery goes when the one it works for does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in LATE_IMPORTS:
        # A library that one platform needs may be missing; that platform says so.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    _Server(requests).run()


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as inherited_socket:
        _serve(inherited_socket)
