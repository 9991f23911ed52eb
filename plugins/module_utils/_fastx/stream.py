# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The live stream of sessions: WebSocket (version 2), server-sent events (version 3).

Source: seed 004; reference/fastx/notes.md, live updates.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from .._deps import httpx
from .._errors import (
    AuthenticationError,
    MissingLibraryError,
    NotFoundError,
    RedirectError,
    TimeLimitError,
    TlsError,
    UnexpectedAnswerError,
    UnreachableError,
    VdiError,
)
from .._fields import check_range
from .._http import HINTS, USER_AGENT, HttpSettings, causes, error_class, tls_words
from .._options import FASTX
from .._secrets import scrub
from .._sessions.changes import Message, Put, Tracker, follow
from .._sessions.event_source import Worker, client_in_thread, farm_name, listing_options, source_task, warner
from .._sessions.record import SessionRecord
from .._tls import tls_context
from .client import AUTH_ERROR, FastxClient, error_words, new_client
from .records import session_record
from .sessions import SessionQuery

try:
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidStatus, WebSocketException
except ImportError as import_error:
    MISSING_WEBSOCKETS: str | None = str(import_error)
else:
    MISSING_WEBSOCKETS = None

    class _Connect(connect):
        """A connection that follows no redirect: the address holds the token."""

        def process_redirect(self, exc: Exception) -> Exception | str:
            return exc


MAX_MESSAGE = 16 * 1024 * 1024  # bytes; a session takes about one thousand
# Documented without the base path of the API.
SSE_OWN, SSE_ALL = "/sse/my-sessions", "/sse/all-sessions"

SOURCE_OPTIONS: Mapping[str, dict[str, Any]] = {
    "name": {"type": "str"},
    "stream_path": {"type": "str"},
    "refresh": {"type": "int", "default": 300},
    "existing": {"type": "bool", "default": False},
}
# Of the options of fastx_session_info, those that a stream has no use for.
_LIST_ONLY = frozenset({"sort_by", "sort_reverse", "start", "limit", "method"})

# The library's own logger would write the address, which holds the token.
_SILENT = logging.getLogger("deskops.vdi.websocket")
_SILENT.setLevel(logging.CRITICAL + 1)
_SILENT.propagate = False


class EventParser:
    """Server-sent events out of the bytes of a stream: (event, data). Comments, ids and retry hints are left out."""

    def __init__(self) -> None:
        self._rest = b""
        self._event = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[tuple[str, str]]:
        """The events that are complete with this chunk."""
        text = self._rest + chunk
        # A carriage return at the end may be the first half of a line's end.
        held = b"\r" if text.endswith(b"\r") else b""
        *lines, rest = re.split(rb"\r\n|\n|\r", text[: len(text) - len(held)])
        self._rest = rest + held
        for line in lines:
            if line:
                self._field(line.decode("utf-8", "replace"))
            elif self._data or self._event:
                event, data = self._event or "message", "\n".join(self._data)
                self._event, self._data, self._size = "", [], 0
                yield event, data
        if self._size + len(self._rest) > MAX_MESSAGE:
            raise UnexpectedAnswerError(f"The stream sent an event of more than {MAX_MESSAGE} bytes.")

    def _field(self, line: str) -> None:
        name, _colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._event = value
        elif name == "data":
            self._data.append(value)
            self._size += len(value)


class FastxStream:
    """The stream of one server, and the list beside it."""

    def __init__(
        self,
        client: FastxClient,
        worker: Worker,
        settings: HttpSettings,
        query: SessionQuery,
        farm: str,
        stream_path: str | None,
        refresh: float,
    ):
        self._client = client
        self._worker = worker
        self._settings = settings
        self._query = query
        self._farm = farm
        self._web_socket = client.version.token_in_path
        self._path = self._chosen_path(stream_path)
        self._refresh = refresh

    def _chosen_path(self, stream_path: str | None) -> str:
        if stream_path:
            return "/" + stream_path.strip().lstrip("/")
        if not self._web_socket:
            return SSE_ALL if self._query.all_users else SSE_OWN
        return self._client.known_list_path(self._query.all_users) or ""

    @property
    def has_list(self) -> bool:
        return self._client.known_list_path(self._query.all_users) is not None

    async def listing(self) -> list[SessionRecord] | None:
        if not self.has_list:
            return None
        rows = await self._worker.run(lambda: self._query.rows(self._client))
        return [session_record(row, self._farm) for row in rows]

    async def renew(self) -> bool:
        return await self._worker.run(self._client.forget_token)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[AsyncIterator[Message]]:
        token = await self._worker.run(self._client.token)
        connection = self._open_web_socket(token) if self._web_socket else self._open_events()
        async with connection as messages:
            self._client.accepted()
            yield messages

    # Version 2

    @contextlib.asynccontextmanager
    async def _open_web_socket(self, token: str) -> AsyncIterator[AsyncIterator[Message]]:
        if MISSING_WEBSOCKETS is not None:
            raise MissingLibraryError(
                "The stream of version 2 needs the Python library websockets, version 15 or later, beside "
                f"ansible-rulebook, which brings it along: {MISSING_WEBSOCKETS}."
            )
        where = f"GET {self._client.http.base}{self._path}"
        async with _AsOurs(where, self._client):
            address = f"{_web_socket_base(self._client.http.base)}{self._path}?token={quote(token, safe='')}"
            async with web_socket(address, self._settings) as connection:
                yield self._web_socket_messages(connection, where)

    async def _web_socket_messages(self, connection: AsyncIterator[str | bytes], where: str) -> AsyncIterator[Message]:
        async with _AsOurs(where, self._client):
            async for text in connection:
                content = _json(text)
                _raise_error(content, where, self._client)
                if isinstance(content, dict) and content.get("id") not in (None, ""):
                    yield self._message(str(content["id"]), content.get("data"))

    # Version 3

    @contextlib.asynccontextmanager
    async def _open_events(self) -> AsyncIterator[AsyncIterator[Message]]:
        where = f"GET {self._client.http.base}{self._path}"
        settings = self._settings
        async with (
            _AsOurs(where, self._client),
            httpx.AsyncClient(
                verify=tls_context(
                    settings.validate_certs, settings.ca_path, settings.client_cert, settings.client_key
                ),
                # A stream on which nothing comes for so long may be dead without a sign: connect again, list again.
                timeout=httpx.Timeout(settings.timeout, read=max(settings.timeout, self._refresh)),
                trust_env=settings.use_proxy,
                follow_redirects=False,
            ) as http,
            http.stream(
                "GET",
                self._client.http.base + self._path,
                headers={
                    "User-Agent": USER_AGENT,
                    "Accept": "text/event-stream",
                    "Cache-Control": "no-store",
                    **self._client.token_headers(),
                },
            ) as response,
        ):
            if response.status_code != 200:
                await response.aread()
                _raise_error(_json(response.content), where, self._client)
                raise _refused(where, response.status_code, self._client)
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                await response.aread()
                _raise_error(_json(response.content), where, self._client)
                raise UnexpectedAnswerError(f"{where} answered 200 without a stream of events. Check url, stream_path.")
            yield self._event_messages(response, where)

    async def _event_messages(self, response: httpx.Response, where: str) -> AsyncIterator[Message]:
        parser = EventParser()
        async with _AsOurs(where, self._client):
            async for chunk in response.aiter_bytes():
                for event, data in parser.feed(chunk):
                    session = _json(data)
                    _raise_error(session, where, self._client)
                    if event in ("update", "delete") and isinstance(session, dict) and session.get("id"):
                        yield self._message(str(session["id"]), session if event == "update" else None)

    def _message(self, session_id: str, data: Any) -> Message:
        """An update, or an end: no data (assumed for version 2), or a session that the filters let through no more."""
        if not isinstance(data, dict) or not data:
            return Message(session_id, None)
        session = {**data, "id": session_id}
        return Message(session_id, session_record(session, self._farm) if self._query.matches(session) else None)


def web_socket(address: str, settings: HttpSettings) -> Any:
    """A connection of the library, by the settings that the HTTP client obeys too."""
    secure: dict[str, Any] = {}
    if address.startswith("wss:"):
        secure["ssl"] = tls_context(
            settings.validate_certs, settings.ca_path, settings.client_cert, settings.client_key
        )
    return _Connect(
        address,
        user_agent_header=USER_AGENT,
        proxy=True if settings.use_proxy else None,
        open_timeout=settings.timeout,
        max_size=MAX_MESSAGE,
        logger=_SILENT,
        **secure,
    )


def _web_socket_base(base: str) -> str:
    parts = urlsplit(base)
    return parts._replace(scheme="wss" if parts.scheme == "https" else "ws").geturl()


def _json(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _raise_error(content: Any, where: str, client: FastxClient) -> None:
    """The error of an envelope, on the stream or instead of it."""
    error = content.get("error") if isinstance(content, dict) else None
    if not error:
        return
    words, name = error_words(error)
    kind = AuthenticationError if name == AUTH_ERROR else UnexpectedAnswerError
    hint = client.authentication_hint() if name == AUTH_ERROR else ""
    raise kind(scrub(f"{where} answered with an error: {words}. {hint}".strip(), client.secrets), code=name)


def _refused(where: str, status: int, client: FastxClient) -> VdiError:
    """What a status instead of a stream means."""
    kind = RedirectError if 300 <= status < 400 else error_class(status, NotFoundError)
    hints = {
        "authentication": client.authentication_hint(),
        "permission": "The account may not follow these sessions.",
        "not_found": "Check url, api_version, base_path and stream_path.",
    }
    hint = hints.get(kind.kind) or HINTS[kind.kind]
    return kind(f"{where} answered {status} instead of a stream. {hint}", status=status)


class _AsOurs:
    """Turns the errors of the libraries that leave a block into those of the ladder."""

    def __init__(self, where: str, client: FastxClient):
        self._where = where
        self._client = client

    async def __aenter__(self) -> None:
        """Nothing to prepare."""

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        # Time limits and TLS errors are among the OSErrors.
        if isinstance(error, (OSError, httpx.HTTPError)):
            raise _transport_error(self._where, error, self._client) from error
        # Not every installation has websockets and its errors.
        if MISSING_WEBSOCKETS is None and isinstance(error, WebSocketException):
            raise _web_socket_error(self._where, error, self._client) from error


def _web_socket_error(where: str, error: Exception, client: FastxClient) -> VdiError:
    if isinstance(error, InvalidStatus):
        return _refused(where, error.response.status_code, client)
    words = scrub(str(error), client.secrets)
    return UnreachableError(f"{where}: the connection was lost ({words or 'closed'}).", passing=True)


def _transport_error(where: str, error: Exception, client: FastxClient) -> VdiError:
    for cause in causes(error):
        if isinstance(cause, ssl.SSLError):
            settings = client.http.settings
            return TlsError(
                f"{where} failed: {tls_words(cause, urlsplit(settings.url).hostname or '', settings.ca_path)}"
            )
    if isinstance(error, (TimeoutError, httpx.TimeoutException)):
        return TimeLimitError(f"{where}: nothing came within the time limit.")
    words = scrub(str(error), client.secrets)
    return UnreachableError(f"{where}: the connection failed or was lost ({words or 'closed'}).", passing=True)


async def watch_stream(put: Put, args: Mapping[str, Any]) -> None:
    """The source fastx_sessions: follow the stream of one server, and put what differs."""
    spec = listing_options(FASTX.name)
    for name in _LIST_ONLY:
        spec.options.pop(name)
    task = source_task(args, FASTX, spec, SOURCE_OPTIONS)
    params = task.params
    check_range("refresh", params["refresh"], 1)
    query, farm = SessionQuery(params), farm_name(params)
    log = warner(farm)
    async with client_in_thread(task, new_client) as (worker, client):
        stream = FastxStream(
            client, worker, FASTX.http_settings(params), query, farm, params["stream_path"], params["refresh"]
        )
        if not stream.has_list:
            log("No list_path is known: what changes while the stream is interrupted is not told.")
        await follow(stream, Tracker(params["existing"]), put, params["refresh"], log=log)
