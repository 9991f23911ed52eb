# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions of one site and their pages, kept as bytes for as long as nothing changes."""

from __future__ import annotations

import base64
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from emulator.cvad.errors import bad_value
from emulator.cvad.record import FORMATTED, PROPERTIES, Session, compact

PAGE_CACHE_BYTES = 512 * 1024 * 1024
KEPT_SELECTIONS = 4
# Characters that mean something in a query: a client that does not encode the token will be found out.
TOKEN_PREFIX = "+/=&;%"
LAST_TOKENS = ("null", "absent", "empty")

Selection = Sequence[Session]


@dataclass(frozen=True)
class Paging:
    """How this server pages."""

    default: int = 250
    ceiling: int = 1000
    largest: int | None = None
    overlap: int = 0
    last_token: str = "null"

    def size(self, limit: int | None) -> int:
        """How many sessions a page holds."""
        wanted = self.default if limit is None else limit
        if not 1 <= wanted <= self.ceiling:
            raise bad_value("limit", wanted, f"must lie between 1 and {self.ceiling}")
        return wanted if self.largest is None else min(wanted, self.largest)


@dataclass(frozen=True)
class PageRequest:
    """What the query of a list says; ``subject`` tells one search from another."""

    subject: str
    limit: int | None = None
    token: str | None = None
    fields: tuple[str, ...] | None = None


class SessionStore:
    """The sessions of one site, in the order in which they began."""

    def __init__(self, sessions: Iterable[Session], paging: Paging, formatted_times: bool = True) -> None:
        self._sessions = {session.id: session for session in sessions}
        self._paging = paging
        self._known = tuple(name for name in PROPERTIES if formatted_times or name not in FORMATTED)
        self._forget()

    def __len__(self) -> int:
        return len(self._sessions)

    def all(self) -> Selection:
        """Every session."""
        return self.selection("", lambda: list(self._sessions.values()))

    def get(self, session_id: str) -> Session | None:
        """One, letter case of the GUID aside."""
        return self._sessions.get(session_id.lower())

    def put(self, session: Session) -> None:
        """Add one, or replace it where it stands."""
        self._sessions[session.id] = session
        self._forget()

    def remove(self, session_id: str) -> bool:
        """End one; False when there is none."""
        if self._sessions.pop(session_id.lower(), None) is None:
            return False
        self._forget()
        return True

    def selection(self, subject: str, make: Callable[[], Selection]) -> Selection:
        """The sessions that a subject stands for; the last few are kept, since every page asks again."""
        if subject not in self._selections:
            self._selections[subject] = make()
            while len(self._selections) > KEPT_SELECTIONS:
                self._selections.popitem(last=False)
        return self._selections[subject]

    def one_json(self, session: Session, fields: tuple[str, ...] | None = None) -> bytes:
        """One session."""
        return session.to_json(self._names(fields))

    def page_json(self, selection: Selection, request: PageRequest) -> bytes:
        """One page."""
        size = self._paging.size(request.limit)
        start = _read_token(request.token, request.subject) if request.token else 0
        if start > 0:
            start = max(0, start - min(self._paging.overlap, size - 1))
        key = (request.subject, request.fields, start, size)
        body = self._pages.get(key)
        if body is None:
            body = self._page(selection, request, start, size)
            self._keep(key, body)
        return body

    def _page(self, selection: Selection, request: PageRequest, start: int, size: int) -> bytes:
        names, end = self._names(request.fields), start + size
        items = b",".join([session.to_json(names) for session in selection[start:end]])
        token = self._token_json(end, request.subject) if end < len(selection) else self._last_token_json()
        return b'{"Items":[%b]%b,"TotalItems":%d}' % (items, token, len(selection))

    def _names(self, fields: tuple[str, ...] | None) -> tuple[str, ...]:
        return self._known if fields is None else tuple(name for name in self._known if name in fields)

    def _token_json(self, offset: int, subject: str) -> bytes:
        return f',"ContinuationToken":{compact(_write_token(offset, subject))}'.encode()

    def _last_token_json(self) -> bytes:
        return {"null": b',"ContinuationToken":null', "empty": b',"ContinuationToken":""', "absent": b""}[
            self._paging.last_token
        ]

    def _keep(self, key: tuple[str, tuple[str, ...] | None, int, int], body: bytes) -> None:
        self._pages[key] = body
        self._page_bytes += len(body)
        while self._page_bytes > PAGE_CACHE_BYTES:
            self._page_bytes -= len(self._pages.popitem(last=False)[1])

    def _forget(self) -> None:
        self._selections: OrderedDict[str, Selection] = OrderedDict()
        self._pages: OrderedDict[tuple[str, tuple[str, ...] | None, int, int], bytes] = OrderedDict()
        self._page_bytes = 0


def _mark(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()[:8]


def _write_token(offset: int, subject: str) -> str:
    return TOKEN_PREFIX + base64.b64encode(f"{offset}?{_mark(subject)}>".encode()).decode()


def _read_token(token: str, subject: str) -> int:
    """The place that a token stands for; only a token of the same list or search will do (assumed)."""
    try:
        text = base64.b64decode(token.removeprefix(TOKEN_PREFIX), validate=True).decode()
        offset = int(text.partition("?")[0])
    except ValueError:
        raise bad_value("continuationToken", token, "is not a token of this server") from None
    if _write_token(offset, subject) != token:
        raise bad_value("continuationToken", token, "does not belong to this request")
    return offset
