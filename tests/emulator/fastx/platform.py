# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FastX as the engine sees it: refusals worded, objects changed behind the client's back."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from emulator.clock import Clock
from emulator.contract import ControlError
from emulator.crowds import LATER_SEEDS
from emulator.exchange import ApiRequest, Reply
from emulator.fastx.envelope import AUTH_ERROR, OTHER_ERROR, FastxError, error_reply
from emulator.fastx.logins import Account, Logins
from emulator.fastx.operations import operations
from emulator.fastx.options import FastxOptions
from emulator.fastx.service import Service
from emulator.fastx.sessions import FastxSessions, Record, crowd, sse_writer, time_writer, websocket_writer
from emulator.faults import Kind
from emulator.routing import Operation
from emulator.tokens import Tokens

DEMO_SESSIONS = 9


class FastxPlatform:
    """One FastX server, and the cluster behind it."""

    name = "fastx"
    error_bodies = frozenset({"problem", "envelope"})
    fault_kinds: Mapping[str, Kind] = {}

    def __init__(
        self, options: FastxOptions | None = None, *, account: Account | None = None, clock: Clock | None = None
    ) -> None:
        self._options = options = options or FastxOptions()
        self._account = account or Account()
        self._clock = clock or Clock()
        self._tokens = Tokens(self._clock, options.token_seconds)
        self._made = 0
        write = websocket_writer(options.deletion) if options.version == 2 else sse_writer
        self._sessions = FastxSessions(self._crowd(), write, options.shuffle)
        logins = Logins(options, self._account, self._tokens, self._clock)
        self._service = Service(options, self._tokens, logins, self._sessions)
        self.operations: Sequence[Operation] = operations(self._service)
        self.ready: Mapping[str, Any] = {
            "farm": options.farm,
            "api_version": options.version,
            "base_path": options.base,
            "list_path": options.list_path,
            "admin_list_path": options.admin_list_path,
        }

    def screen(self, request: ApiRequest, operation: Operation) -> Reply | None:
        """A token that is missing or unknown stops a request before its operation."""
        if not operation.needs_token or operation.name == "server.info":
            return None
        find = self._service.stream_token if ".stream" in operation.name else self._service.token
        if find(request) is None:
            return self._refusal(FastxError(401, "The token is missing, unknown or expired.", AUTH_ERROR))
        return None

    def handle(self, request: ApiRequest, operation: Operation) -> Reply:
        """Carry out an operation; a refusal goes into the envelope."""
        try:
            return operation.handle(request)
        except FastxError as error:
            return self._refusal(error)

    def error(self, request: ApiRequest, status: int, detail: str | None = None, style: str = "problem") -> Reply:
        """The envelope with an error, and with just this status."""
        return error_reply(status, detail or f"Status {status}", AUTH_ERROR if status == 401 else OTHER_ERROR)

    def state(self) -> dict[str, Any]:
        """Tokens."""
        return {
            "tokens": self._tokens.count(),
            "logons": self._tokens.logons,
            "foreign_tokens": self._tokens.foreign_tokens,
        }

    def reset_counters(self) -> None:
        """Counters of tokens."""
        self._tokens.reset_counters()

    def create(self, resource: str, body: Mapping[str, Any]) -> Any:
        """``session``; of the account's user unless ``login`` says otherwise."""
        if resource != "session":
            raise ControlError(f"cannot create {resource!r}")
        self._made += 1
        session = {**self._some(1, LATER_SEEDS + self._made)[0], **body}
        if self._sessions.get(session["id"]) is not None:
            raise ControlError(f"there is a session {session['id']}")
        self._sessions.put(session)
        return session

    def update(self, resource: str, key: Any, body: Mapping[str, Any]) -> Any:
        """``session``, by id; members are replaced."""
        session = self._sessions.get(str(key)) if resource == "session" else None
        if session is None:
            raise ControlError(f"there is no {resource} {key!r}")
        after = {**session, **body, "id": session["id"]}
        self._sessions.put(after)
        return after

    def delete(self, resource: str, key: Any) -> None:
        """``session`` by id, or every ``token``."""
        if resource == "token":
            self._tokens.revoke_all()
        elif resource != "session" or not self._sessions.remove(str(key)):
            raise ControlError(f"there is no {resource} {key!r}")

    def _refusal(self, error: FastxError) -> Reply:
        status = 200 if self._options.error_status == "200" else error.status
        return error_reply(status, error.message, error.name)

    def _crowd(self) -> list[Record]:
        count = self._options.sessions
        if count is None:
            count = DEMO_SESSIONS if self._options.farm == "demo" else 0
        return self._some(count, self._options.seed)

    def _some(self, count: int, seed: int) -> list[Record]:
        now: datetime.datetime = self._clock.now()
        return crowd(count, seed, self._account.username, now, time_writer(self._options.times))
