# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process around the application: socket, ready line, signals, and the end together with the parent."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import uvicorn

from emulator.engine import Engine
from emulator.tls import HOST, TlsFiles, make_files
from emulator.wire import WireProtocol

PARENT_CHECK_SECONDS = 0.2
STARTED_CHECK_SECONDS = 0.01
KEEP_ALIVE_SECONDS = 120
SHUTDOWN_SECONDS = 1


@dataclass(frozen=True)
class ServerOptions:
    """What the command line says about the process."""

    port: int = 0
    tls: str = "good"
    require_client_cert: bool = False
    work_dir: Path | None = None
    ready_file: Path | None = None
    parent: int | None = None


class _Server(uvicorn.Server):
    """uvicorn without its signal handling, which would raise the signal once more after an orderly end."""

    def __init__(self, config: uvicorn.Config, engine: Engine) -> None:
        super().__init__(config)
        self._engine = engine

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Streams never end by themselves, so they go first."""
        self._engine.hang_up()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the handlers alone."""
        yield

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Finish what is under way, then end."""
        self.should_exit = True


def stop_on_signals() -> None:
    """Turn SIGTERM and SIGINT into an orderly end, from the first moment on."""
    _on_signals(_leave)


def _on_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def run(engine: Engine, options: ServerOptions, facts: dict[str, Any]) -> None:
    """Serve until a signal, or until the parent is gone. ``facts`` go into the ready line."""
    with _work_dir(options.work_dir) as folder, _listen(options.port) as listener:
        files = make_files(options.tls, folder, client_cert=options.require_client_cert)
        server = _server(engine, files)
        ready = {**_address(listener, files), **_paths(files), **facts, "pid": os.getpid(), "work_dir": str(folder)}
        _on_signals(server.stop)
        asyncio.run(_serve(server, listener, options, ready))


@contextlib.contextmanager
def _work_dir(given: Path | None) -> Iterator[Path]:
    if given is None:
        with tempfile.TemporaryDirectory(prefix="emulator-") as folder:
            yield Path(folder)
        return
    given.mkdir(parents=True, exist_ok=True)
    yield given


@contextlib.contextmanager
def _listen(port: int) -> Iterator[socket.socket]:
    # asyncio turns off Nagle's algorithm only for sockets that name their protocol; else an answer takes 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        yield listener


def _server(engine: Engine, files: TlsFiles | None) -> _Server:
    config = uvicorn.Config(
        engine,
        http=WireProtocol,
        ws=_websocket_protocol() if engine.has_websockets else "none",
        loop="asyncio",
        lifespan="off",
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        **(files.uvicorn_options() if files else {}),
    )
    return _Server(config, engine)


def _websocket_protocol() -> type[asyncio.Protocol]:
    # Imported here, so that platforms without a WebSocket run without its library.
    from emulator.wire_websocket import WireWebSocket

    return WireWebSocket


def _address(listener: socket.socket, files: TlsFiles | None) -> dict[str, Any]:
    port = listener.getsockname()[1]
    return {"url": f"{'https' if files else 'http'}://{HOST}:{port}", "host": HOST, "port": port}


def _paths(files: TlsFiles | None) -> dict[str, str | None]:
    named = {
        "ca_path": files.ca if files else None,
        "client_cert": files.client_cert if files else None,
        "client_key": files.client_key if files else None,
    }
    return {name: None if path is None else str(path) for name, path in named.items()}


async def _serve(server: _Server, listener: socket.socket, options: ServerOptions, ready: dict[str, Any]) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():
        await asyncio.sleep(STARTED_CHECK_SECONDS)
    if server.started:
        _announce(ready, options.ready_file)
    if options.parent is None:
        await serving
        return
    while not serving.done():
        if os.getppid() != options.parent:
            server.stop()
        await asyncio.wait([serving], timeout=PARENT_CHECK_SECONDS)
    await serving


def _announce(ready: dict[str, Any], ready_file: Path | None) -> None:
    line = json.dumps(ready)
    if ready_file is not None:
        # Whoever waits for the file must never see half of it.
        part = ready_file.with_name(f"{ready_file.name}.part")
        part.write_text(f"{line}\n", encoding="utf-8")
        part.replace(ready_file)
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
