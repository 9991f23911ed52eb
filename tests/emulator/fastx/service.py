# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each operation does."""

from __future__ import annotations

from dataclasses import dataclass

from emulator.exchange import ApiRequest, Reply
from emulator.fastx import parameters as given
from emulator.fastx.envelope import FastxError, not_signed_in, raw_reply, result_reply
from emulator.fastx.logins import PASSWORD, QUESTION, Logins
from emulator.fastx.options import FastxOptions
from emulator.fastx.sessions import FastxSessions, ListRequest, read_filter
from emulator.tokens import Token, Tokens

PAGE = ("sortBy", "sortReverse", "start", "limit")
SSE_TYPE = "text/event-stream"
BUILD = "3.0.99"


@dataclass
class Service:
    """The state behind all operations."""

    options: FastxOptions
    tokens: Tokens
    logins: Logins
    sessions: FastxSessions

    def token(self, request: ApiRequest) -> Token | None:
        """The token of a request, from the places where its version looks."""
        if self.options.version == 2:
            return self.tokens.find(request.path_values.get("token") or request.first_query("token"))
        scheme, _blank, bearer = request.headers.get("authorization", "").partition(" ")
        places = (
            bearer.strip() if scheme.lower() == "bearer" else None,
            request.headers.get("x-fastx-token"),
            request.first_query("token"),
            _posted_token(request),
        )
        return self.tokens.find(next((place for place in places if place), None))

    def stream_token(self, request: ApiRequest) -> Token | None:
        """The token of a live stream: version 3 documents the cookie, which is not here, and X-FASTX-TOKEN."""
        if self.options.version == 2:
            return self.tokens.find(request.first_query("token"))
        return self.tokens.find(request.headers.get("x-fastx-token"))


class LoginOperations:
    """The stages of a login."""

    def __init__(self, service: Service) -> None:
        self._logins = service.logins

    def start(self, request: ApiRequest) -> Reply:
        """Version 2: ``login``."""
        return result_reply(self._start(given.parameters(request, "username", "password", "basic")))

    def password(self, request: ApiRequest) -> Reply:
        """Version 2: ``login/password``."""
        values = given.parameters(request, "authtoken", "password")
        return self._stage(values, PASSWORD, given.text(values, "password"))

    def answer(self, request: ApiRequest) -> Reply:
        """Version 2: ``login/keyboard-interactive``."""
        values = given.parameters(request, "authtoken", "answer")
        return self._stage(values, QUESTION, given.text(values, "answer"))

    def ssh(self, request: ApiRequest) -> Reply:
        """Version 3: ``auth/ssh``, every stage at the same address (assumed)."""
        values = given.parameters(request, "username", "password", "basic", "admin", "authtoken", "answer")
        authtoken = given.text(values, "authtoken")
        if authtoken is None:
            return result_reply(self._start(values))
        name = "answer" if self._logins.waits_for(authtoken) == QUESTION else "password"
        return self._stage(values, None, given.text(values, name))

    def _start(self, values: given.Parameters) -> dict[str, object]:
        username, admin = given.text(values, "username"), given.flag(values, "admin")
        if not username:
            raise FastxError(400, "username is missing.")
        if given.flag(values, "basic"):
            return self._logins.basic(username, given.text(values, "password"), admin)
        return self._logins.begin(username, admin)

    def _stage(self, values: given.Parameters, stage: str | None, secret: str | None) -> Reply:
        return result_reply(self._logins.go_on(given.text(values, "authtoken"), stage, secret))


class SessionOperations:
    """Lists and streams."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def own(self, request: ApiRequest) -> Reply:
        """The sessions of the token's user."""
        token = self._known(self._service.token(request))
        return raw_reply(self._service.sessions.list_json(self._list(request, token.principal, filters=True)))

    def all(self, request: ApiRequest) -> Reply:
        """The sessions of everybody; the page of this list has no filter."""
        self._administrator(self._service.token(request))
        return raw_reply(self._service.sessions.list_json(self._list(request, None, filters=False)))

    def own_stream(self, request: ApiRequest) -> Reply:
        """Changes of the sessions of the token's user."""
        return self._stream(self._known(self._service.stream_token(request)).principal)

    def all_stream(self, request: ApiRequest) -> Reply:
        """Changes of everybody's sessions."""
        self._administrator(self._service.stream_token(request))
        return self._stream(None)

    def info(self, _request: ApiRequest) -> Reply:
        """Version 3: what the server is."""
        return result_reply({"build": BUILD})

    def _stream(self, owner: str | None) -> Reply:
        feed = self._service.sessions.listen(owner, self._service.options.snapshot)
        return Reply(200, content_type=SSE_TYPE, headers={"Cache-Control": "no-cache"}, feed=feed)

    def _list(self, request: ApiRequest, owner: str | None, filters: bool) -> ListRequest:
        known = (*PAGE, *(("filter",) if filters else ()), *(("token",) if self._service.options.version == 3 else ()))
        values = given.parameters(request, *known)
        texts = values.get("filter", [])
        if not all(isinstance(text, str) for text in texts):
            raise FastxError(400, "filter must be a text.")
        return ListRequest(
            owner=owner,
            sort_by=given.text(values, "sortBy") or None,
            reverse=given.flag(values, "sortReverse"),
            start=given.number(values, "start") or 0,
            limit=given.number(values, "limit"),
            filters=tuple(read_filter(text) for text in texts),
        )

    def _known(self, token: Token | None) -> Token:
        if token is None:
            raise not_signed_in("The token is missing, unknown or expired.")
        return token

    def _administrator(self, token: Token | None) -> None:
        if not self._known(token).admin:
            raise FastxError(403, "Only an administrator may see all sessions.")


def _posted_token(request: ApiRequest) -> str | None:
    if request.method != "POST":
        return None
    try:
        return given.text(given.parameters(request, *PAGE, "filter", "token"), "token")
    except FastxError:
        return None
