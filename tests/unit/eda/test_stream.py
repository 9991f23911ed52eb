# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The live streams: the format of server-sent events, messages, and real connections to servers on the loopback.

Expectations: seed 004 ("Websocket Connetion"); reference/fastx notes, "Live updates"; the HTML
standard, "server-sent events".
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._fastx import stream as module
from ansible_collections.deskops.vdi.plugins.module_utils._fastx.client import FastxClient
from ansible_collections.deskops.vdi.plugins.module_utils._fastx.sessions import SessionQuery
from ansible_collections.deskops.vdi.plugins.module_utils._fastx.stream import EventParser, FastxStream
from ansible_collections.deskops.vdi.plugins.module_utils._http import HttpClient, HttpSettings
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.changes import Message
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.event_source import Worker
from unit.plugins.fastx.support import session

websockets = pytest.importorskip("websockets.asyncio.server", reason="not run: websockets is not installed")

TOKEN = "se/cret+tok%en"
TOKEN_IN_QUERY = "se%2Fcret%2Btok%25en"


# Format of server-sent events

EVENTS = (
    'event: update\ndata: {"id":\ndata: "1"}\n\n'
    ': comment\nevent:delete\ndata:{"id": "2"}\nid: 7\nretry: 10\n\n'
    "data: x\n\n"
)
PARSED = [("update", '{"id":\n"1"}'), ("delete", '{"id": "2"}'), ("message", "x")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
def test_events_are_the_same_however_they_are_cut(end: str, size: int) -> None:
    content = EVENTS.replace("\n", end).encode()
    parser = EventParser()
    found = [event for at in range(0, len(content), size) for event in parser.feed(content[at : at + size])]
    # After a lone carriage return at the end the parser waits for what follows it.
    found += list(parser.feed(b":\n"))
    assert found == PARSED


def test_a_line_separator_inside_json_ends_no_line() -> None:
    data = json.dumps({"id": "a\u2028b\u0085c"}, ensure_ascii=False)
    assert list(EventParser().feed(f"data: {data}\n\n".encode())) == [("message", data)]


def test_an_event_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_MESSAGE", 100)
    parser = EventParser()
    assert list(parser.feed(b"data: 12345\n" * 20)) == []
    with pytest.raises(errors.UnexpectedAnswerError, match="more than 100 bytes"):
        list(parser.feed(b"data: 1\n"))


# Connections


@contextlib.asynccontextmanager
async def stream_of(url: str, token: str = TOKEN, stream_path: str | None = None, **options: Any) -> AsyncIterator[Any]:
    query = {name: options.pop(name) for name in ("all_users", "filters") if name in options}
    settings = HttpSettings(url, retries=0, timeout=5, use_proxy=False)
    client = FastxClient(HttpClient(settings), token=token, **options)
    worker = Worker()
    try:
        yield FastxStream(client, worker, settings, SessionQuery(query), "Lab", stream_path, 300)
    finally:
        worker.stop()
        client.close()


async def gathered(opened: Any) -> list[Message]:
    """All messages to the end of the connection."""
    async with opened.open() as messages:
        return [message async for message in messages]


@contextlib.asynccontextmanager
async def web_socket_server(
    send: list[Any], paths: list[str], refuse: int | None = None, location: str | None = None
) -> AsyncIterator[str]:
    """A server that sends these messages and closes; it notes the paths that it was asked for."""

    async def handler(connection: Any) -> None:
        for message in send:
            await connection.send(message if isinstance(message, str) else json.dumps(message))

    def process_request(connection: Any, request: Any) -> Any:
        paths.append(request.path)
        if refuse is None:
            return None
        response = connection.respond(refuse, "no\n")
        if location:
            response.headers["Location"] = location
        return response

    async with websockets.serve(handler, "127.0.0.1", 0, process_request=process_request) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def run(scenario: Callable[[], Awaitable[Any]]) -> Any:
    async def limited() -> Any:
        return await asyncio.wait_for(scenario(), 30)

    return asyncio.run(limited())


def test_the_messages_of_a_web_socket() -> None:
    """id and data; null, empty or missing data is taken for the end; what is unknown is left out."""
    paths: list[str] = []
    send = [
        {"id": "1", "data": session("1", clients=0)},
        {"id": "2", "data": None},
        {"id": "3", "data": {}},
        {"id": "4"},
        "no json",
        [1],
        {"data": session("5")},
    ]

    async def scenario() -> list[Message]:
        async with web_socket_server(send, paths) as url, stream_of(url) as opened:
            return await gathered(opened)

    first, *others = run(scenario)
    assert first.record is not None
    assert (first.id, first.record.state, first.record.farm) == ("1", "disconnected", "Lab")
    assert others == [Message("2", None), Message("3", None), Message("4", None)]
    # As query parameter, and not in the path.
    assert paths == [f"/api/list?token={TOKEN_IN_QUERY}"]


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"all_users": True}, "/api/admin/session"),
        ({"list_path": "mine"}, "/api/mine"),
        ({"base_path": "/x"}, "/x/list"),
        ({"stream_path": "live"}, "/live"),
    ],
)
def test_the_path_of_a_web_socket_is_that_of_the_list(options: dict[str, Any], path: str) -> None:
    paths: list[str] = []

    async def scenario() -> None:
        async with web_socket_server([], paths) as url, stream_of(url, **options) as opened:
            await gathered(opened)

    run(scenario)
    assert paths == [f"{path}?token={TOKEN_IN_QUERY}"]


def test_a_session_that_passes_the_filters_no_more_has_ended_for_the_stream() -> None:
    send = [{"id": "1", "data": session("1", clients=0)}, {"id": "1", "data": session("1", clients=2)}]

    async def scenario() -> list[Message]:
        async with web_socket_server(send, []) as url, stream_of(url, filters={"clients": 0}) as opened:
            return await gathered(opened)

    before, after = run(scenario)
    assert before.record is not None
    assert after == Message("1", None)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, errors.AuthenticationError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (429, errors.RateLimitError),
        (503, errors.ServerFaultError),
    ],
)
def test_a_refused_web_socket_has_its_own_error(status: int, kind: type[errors.VdiError]) -> None:
    async def scenario() -> None:
        async with web_socket_server([], [], refuse=status) as url, stream_of(url) as opened:
            await gathered(opened)

    with pytest.raises(kind) as caught:
        run(scenario)
    assert str(status) in str(caught.value)
    assert "/api/list" in str(caught.value)
    assert TOKEN_IN_QUERY not in str(caught.value)


def test_a_redirected_web_socket_is_not_followed() -> None:
    """The address holds the token."""
    reached: list[str] = []

    async def scenario() -> None:
        async with (
            web_socket_server([], reached) as other,
            web_socket_server([], [], refuse=302, location=f"{other.replace('http', 'ws')}/api/list?token=x") as url,
            stream_of(url) as opened,
        ):
            await gathered(opened)

    with pytest.raises(errors.RedirectError):
        run(scenario)
    assert reached == []


def test_an_error_on_the_stream_is_judged_by_its_name() -> None:
    async def scenario() -> None:
        send = [{"error": {"name": "AuthError", "message": f"logged out {TOKEN}"}}]
        async with web_socket_server(send, []) as url, stream_of(url) as opened:
            await gathered(opened)

    with pytest.raises(errors.AuthenticationError, match=r"logged out \*{8}"):
        run(scenario)


def test_the_library_logs_no_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def scenario() -> None:
        async with web_socket_server([], []) as url, stream_of(url) as opened:
            logging.getLogger("websockets.server").setLevel(logging.CRITICAL)
            await gathered(opened)

    run(scenario)
    assert TOKEN_IN_QUERY not in caplog.text
    assert TOKEN not in caplog.text


def test_nobody_at_the_address_is_worth_another_try() -> None:
    async def scenario() -> None:
        async with web_socket_server([], []) as url:
            pass
        async with stream_of(url) as opened:
            await gathered(opened)

    with pytest.raises(errors.UnreachableError) as caught:
        run(scenario)
    assert caught.value.passing


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MISSING_WEBSOCKETS", "No module named 'websockets'")

    async def scenario() -> None:
        async with stream_of("http://127.0.0.1:9") as opened:
            await gathered(opened)

    with pytest.raises(errors.MissingLibraryError, match=r"websockets.*version 15"):
        run(scenario)


# Version 3

SSE_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"


@contextlib.asynccontextmanager
async def plain_server(answer: str, requests: list[str]) -> AsyncIterator[str]:
    """A server that answers anything with these bytes and closes."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(answer.encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def sse(answer: str, requests: list[str], **options: Any) -> list[Message]:
    async def scenario() -> list[Message]:
        async with plain_server(answer, requests) as url, stream_of(url, api_version="3", **options) as opened:
            return await gathered(opened)

    found: list[Message] = run(scenario)
    return found


def test_the_events_of_version_3() -> None:
    """update and delete, with the session as JSON text in both cases; the token in a header."""
    requests: list[str] = []
    events = "".join(
        f"event: {event}\ndata: {json.dumps(data)}\n\n"
        for event, data in (("update", session("1", clients=0)), ("delete", session("2")), ("other", session("3")))
    )
    first, second = sse(f"{SSE_HEAD}Connection: close\r\n\r\n{events}", requests)
    assert first.record is not None
    assert first.record.state == "disconnected"
    assert second == Message("2", None)
    (request,) = requests
    assert request.startswith("GET /sse/my-sessions HTTP/1.1\r\n")
    assert f"x-fastx-token: {TOKEN}\r\n" in request.replace("X-FASTX-TOKEN", "x-fastx-token")


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"all_users": True}, "/sse/all-sessions"),
        ({"stream_path": "/v3/api/sse/my-sessions"}, "/v3/api/sse/my-sessions"),
    ],
)
def test_the_paths_of_version_3(options: dict[str, Any], path: str) -> None:
    requests: list[str] = []
    assert sse(f"{SSE_HEAD}Connection: close\r\n\r\n", requests, **options) == []
    assert requests[0].startswith(f"GET {path} HTTP/1.1\r\n")


ERROR = json.dumps({"error": {"name": "AuthError", "message": "logged out"}})


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", errors.AuthenticationError),
        ("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", errors.PermissionDeniedError),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", errors.NotFoundError),
        ("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", errors.RedirectError),
        (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(ERROR)}\r\n\r\n{ERROR}",
            errors.AuthenticationError,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
            errors.UnexpectedAnswerError,
        ),
        (f"{SSE_HEAD}Content-Length: 500\r\n\r\nevent: update\n", errors.UnreachableError),
        ("", errors.UnreachableError),
    ],
)
def test_a_refused_or_broken_stream_has_its_own_error(answer: str, kind: type[errors.VdiError]) -> None:
    with pytest.raises(errors.VdiError) as caught:
        sse(answer, [])
    assert caught.type is kind
    assert TOKEN not in str(caught.value)


def test_version_3_has_no_list_unless_it_is_told_where() -> None:
    async def scenario() -> tuple[Any, bool]:
        async with (
            stream_of("http://127.0.0.1:9", api_version="3") as without,
            stream_of("http://127.0.0.1:9", api_version="3", list_path="/x") as told,
        ):
            return await without.listing(), told.has_list

    assert run(scenario) == (None, True)
