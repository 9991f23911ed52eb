# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reach below HTTP: number the connections, and end one without the answer that was promised.

ASGI has no words for "say nothing and hang up", so the server's own protocol class is extended by the least that is
needed: each request's scope carries the ``Wire`` of its connection.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

SCOPE_KEY = "emulator.wire"
_serials = itertools.count(1)


class Wire:
    """One TCP connection, seen from a request on it."""

    def __init__(self, serial: int, transport: asyncio.Transport) -> None:
        self.serial = serial
        self._transport = transport

    def abort(self) -> None:
        """Hang up at once and wait for nothing."""
        self._transport.abort()

    async def drop(self, receive: Receive) -> None:
        """Hang up at once: what was not sent is lost."""
        self.abort()
        await self._gone(receive)

    async def close(self, receive: Receive) -> None:
        """Hang up after what was already written has been sent."""
        self._transport.close()
        await self._gone(receive)

    async def _gone(self, receive: Receive) -> None:
        # uvicorn would answer 500 for an application that returns without a response while the peer still listens.
        while not (await receive())["type"].endswith(".disconnect"):
            pass


def numbered(inner: ASGIApp, transport: Callable[[], asyncio.Transport]) -> ASGIApp:
    """The application, with the connection in each request's scope."""
    serial = next(_serials)

    async def with_wire(scope: Scope, receive: Receive, send: Send) -> None:
        scope[SCOPE_KEY] = Wire(serial, transport())
        await inner(scope, receive, send)

    return with_wire


class WireProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with the connection told to the application."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app = numbered(self.app, lambda: self.transport)

    def shutdown(self) -> None:
        """At the end of the server: an idle TLS client would not answer a polite goodbye, so it gets none."""
        super().shutdown()
        if self.cycle is None or self.cycle.response_complete:
            self.transport.abort()


def wire_of(scope: Scope) -> Wire | None:
    """The connection of a request; None where the application runs without a network, as in most unit tests."""
    wire = scope.get(SCOPE_KEY)
    return wire if isinstance(wire, Wire) else None
