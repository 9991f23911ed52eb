# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ASGI application: every API request passes recorder, faults, rate limit and platform, in this order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from emulator.clock import Clock
from emulator.contract import Platform
from emulator.control import PREFIX, control_application
from emulator.counters import Recorder
from emulator.exchange import ApiRequest, Reply
from emulator.faults import HTML, Fault, FaultBook, Plan, edit, neutral_body, spoil
from emulator.feeds import Feed
from emulator.limits import FixedWindow, Rate
from emulator.routing import UNKNOWN, WEBSOCKET, Match, Router
from emulator.wire import Wire, wire_of

CUT_KINDS = frozenset({"drop_before", "drop_after", "truncate_wire"})
NEVER_SENT = Reply(500)


class Engine:
    """One emulated server."""

    def __init__(
        self,
        platform: Platform,
        *,
        clock: Clock | None = None,
        rate: Rate | None = None,
        latency: float = 0.0,
        disabled: tuple[str, ...] = (),
    ) -> None:
        self.platform = platform
        self.clock = clock or Clock()
        self.recorder = Recorder()
        self.faults = FaultBook(
            (operation.name for operation in platform.operations), platform.error_bodies, platform.fault_kinds
        )
        self.has_websockets = any(operation.method == WEBSOCKET for operation in platform.operations)
        self._streams: list[tuple[Feed, Wire | None]] = []
        self._router = Router(platform.operations, disabled)
        self._limiter = FixedWindow(rate, self.clock) if rate else None
        self._latency = latency
        self._control = control_application(self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        if scope["path"].startswith(PREFIX):
            await self._control(scope, receive, send)
            return
        incoming = Request(scope, receive)
        reply, cut, entry = await self._exchange(_read(scope, incoming.method, await incoming.body()))
        if cut is not None:
            await _cut(cut, reply, scope, receive, send)
            return
        entry["status"] = reply.status
        if reply.feed is None:
            await _response(reply)(scope, receive, send)
            return
        with self._open(reply.feed, scope):
            await _streaming(reply, reply.feed)(scope, receive, send)

    async def _exchange(self, request: ApiRequest) -> tuple[Reply, Fault | None, dict[str, Any]]:
        """The answer, the fault that lets nobody see it, and the entry in the list of requests."""
        match = self._router.match(request.method, request.path)
        request = replace(request, path_values=match.path_values)
        entry = self.recorder.begin(request, match.operation)
        plan = self.faults.take(request, match.operation)
        await asyncio.sleep(self._latency + plan.delay)
        reply = self._reply(replace(request, quirks=tuple(quirk.describe() for quirk in plan.quirks)), match, plan)
        cut = plan.outcome if plan.outcome is not None and plan.outcome.kind in CUT_KINDS else None
        return reply, cut, entry

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A handshake is a request like any other; what follows it comes from the feed alone."""
        peer = WebSocket(scope, receive, send)
        reply, cut, entry = await self._exchange(_read(scope, WEBSOCKET, b""))
        await peer.receive()
        if cut is not None:
            await _cut_websocket(cut, peer, scope, receive)
            return
        if reply.feed is None:
            entry["status"] = reply.status
            await _deny(peer, reply)
            return
        entry["status"] = 101
        with self._open(reply.feed, scope):
            await peer.accept()
            await _forward(reply.feed, peer)

    @contextlib.contextmanager
    def _open(self, feed: Feed, scope: Scope) -> Iterator[None]:
        stream = (feed, wire_of(scope))
        self._streams.append(stream)
        try:
            yield
        finally:
            self._streams.remove(stream)
            feed.close()

    def hang_up(self) -> int:
        """End all open streams without a goodbye; how many there were."""
        for feed, wire in self._streams:
            feed.end()
            if wire is not None:
                wire.abort()
        return len(self._streams)

    def state(self) -> dict[str, Any]:
        """Counters of the engine and of the platform."""
        return {**self.recorder.state(), "streams": len(self._streams), **self.platform.state()}

    def reset_counters(self) -> None:
        """Start all counters again."""
        self.recorder.reset()
        self.platform.reset_counters()

    def _reply(self, request: ApiRequest, match: Match, plan: Plan) -> Reply:
        fault = plan.outcome
        if fault is not None and not fault.handled:
            self.recorder.faulted(UNKNOWN if match.operation is None else match.operation.name)
            return self._instead(fault, request)
        reply = self._answer(edit(request, plan.edits), match)
        if fault is None:
            return reply
        if reply.feed is not None:
            # Nobody will listen to what the fault leaves of this answer.
            reply.feed.close()
            reply = replace(reply, feed=None)
        if fault.kind in ("status", "html", "redirect"):
            return self._instead(fault, request)
        return spoil(fault, reply)

    def _answer(self, request: ApiRequest, match: Match) -> Reply:
        operation = match.operation
        name = UNKNOWN if operation is None else operation.name
        if self._limiter is not None and not self._limiter.admit():
            self.recorder.refused(name)
            self.recorder.rate_limited()
            return self.platform.error(request, 429, "Too many requests; wait for the next window.")
        if operation is None:
            self.recorder.unknown()
            return self._nowhere(request, match)
        refusal = self.platform.screen(request, operation)
        if refusal is not None:
            self.recorder.refused(name)
            return refusal
        self.recorder.handled(operation)
        return self.platform.handle(request, operation)

    def _nowhere(self, request: ApiRequest, match: Match) -> Reply:
        if not match.allowed:
            return self.platform.error(request, 404, "There is nothing at this address.")
        reply = self.platform.error(request, 405, f"{request.method} is not possible here.")
        return replace(reply, headers={**reply.headers, "Allow": ", ".join(match.allowed)})

    def _instead(self, fault: Fault, request: ApiRequest) -> Reply:
        """The answer of a fault that speaks in place of the server."""
        settings = fault.settings
        if fault.kind == "html":
            return Reply(settings["status"], HTML, "text/html; charset=utf-8")
        if fault.kind == "empty":
            return spoil(fault, Reply(settings["status"]))
        if fault.kind == "redirect":
            location = settings["location"].replace("{path}", _target(request))
            return Reply(settings["status"], headers={"Location": location})
        if fault.kind == "drop_before":
            return NEVER_SENT
        headers = {} if settings["retry_after"] is None else {"Retry-After": str(settings["retry_after"])}
        if settings["body"] in self.platform.error_bodies:
            reply = self.platform.error(request, settings["status"], settings["detail"], settings["body"])
            return replace(reply, headers={**reply.headers, **headers})
        body, content_type = neutral_body(settings["body"], settings["detail"])
        return Reply(settings["status"], body, content_type, headers)


def _read(scope: Scope, method: str, body: bytes) -> ApiRequest:
    incoming = HTTPConnection(scope)
    wire = wire_of(scope)
    return ApiRequest(
        method=method,
        path=scope["path"],
        query=tuple(incoming.query_params.multi_items()),
        headers=dict(incoming.headers),
        body=body,
        scheme=str(scope["scheme"]),
        connection=str(scope.get("client")) if wire is None else str(wire.serial),
    )


def _target(request: ApiRequest) -> str:
    return f"{request.path}?{urlencode(request.query)}" if request.query else request.path


def _response(reply: Reply) -> Response:
    return Response(reply.body, reply.status, headers=dict(reply.headers), media_type=reply.content_type)


def _streaming(reply: Reply, feed: Feed) -> Response:
    return StreamingResponse(feed.messages(), reply.status, headers=dict(reply.headers), media_type=reply.content_type)


async def _deny(peer: WebSocket, reply: Reply) -> None:
    """Refuse a handshake with an ordinary answer; one that looks like success is said through the socket instead."""
    if reply.status >= 300:
        response = _response(reply)
        # uvicorn tells the length itself; older releases would send it twice, which no client takes.
        del response.headers["content-length"]
        await peer.send_denial_response(response)
        return
    await peer.accept()
    await peer.send_text(reply.body.decode())
    await peer.close()


async def _forward(feed: Feed, peer: WebSocket) -> None:
    """Send what the feed brings until one of both ends."""
    sending = asyncio.create_task(_send_all(feed.messages(), peer))
    listening = asyncio.create_task(_listen(peer))
    try:
        await asyncio.wait({sending, listening}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, listening):
            task.cancel()
        await asyncio.gather(sending, listening, return_exceptions=True)


async def _send_all(messages: AsyncIterator[str], peer: WebSocket) -> None:
    async for message in messages:
        await peer.send_text(message)


async def _listen(peer: WebSocket) -> None:
    """Whatever the client says means nothing, except that it leaves."""
    while (await peer.receive())["type"] != "websocket.disconnect":
        pass


async def _cut_websocket(fault: Fault, peer: WebSocket, scope: Scope, receive: Receive) -> None:
    """End the connection instead of the handshake, or right after it."""
    wire = wire_of(scope)
    if wire is None:
        raise ConnectionAbortedError(f"{fault.kind}: there is no connection to end")
    if fault.handled:
        await peer.accept()
    await wire.drop(receive)


async def _cut(fault: Fault, reply: Reply, scope: Scope, receive: Receive, send: Send) -> None:
    """End the connection instead of the answer, or in the middle of it."""
    wire = wire_of(scope)
    if wire is None:
        raise ConnectionAbortedError(
            f"{fault.kind}: there is no connection to end when the application runs in process"
        )
    if fault.kind != "truncate_wire":
        await wire.drop(receive)
        return
    headers = [(b"content-length", str(len(reply.body) + 1).encode())]
    if reply.content_type:
        headers.append((b"content-type", reply.content_type.encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body[: len(reply.body) // 2], "more_body": True})
    await wire.close(receive)
