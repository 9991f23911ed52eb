# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Administrator sessions: tokens, idle expiry, and how many are open."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from emulator.clock import Clock


@dataclass
class AdminSession:
    """One open session."""

    session_id: int
    token: str
    username: str
    last_seen: float


class AdminSessions:
    """All sessions of administrators."""

    def __init__(self, clock: Clock, idle_seconds: float | None = None) -> None:
        self._clock = clock
        self._idle_seconds = idle_seconds
        self._open: dict[str, AdminSession] = {}
        self._issued: set[str] = set()
        self._last_id = 0
        self.reset_counters()

    def reset_counters(self) -> None:
        """Start the counters again; open sessions stay open."""
        self.logons = 0
        self.logoffs = 0
        self.foreign_tokens = 0

    def log_on(self, username: str) -> AdminSession:
        """Open a session."""
        self._last_id += 1
        session = AdminSession(self._last_id, secrets.token_urlsafe(32), username, self._clock.monotonic())
        self._open[session.token] = session
        self._issued.add(session.token)
        self.logons += 1
        return session

    def find(self, token: str | None) -> AdminSession | None:
        """The session of a token, which counts as activity; None when there is none any more."""
        self._expire()
        session = self._open.get(token or "")
        if session is not None:
            session.last_seen = self._clock.monotonic()
        elif token and token not in self._issued:
            self.foreign_tokens += 1
        return session

    def log_off(self, session: AdminSession) -> None:
        """Close a session."""
        del self._open[session.token]
        self.logoffs += 1

    def end_all(self) -> None:
        """End every session; none of them counts as logged off."""
        self._open.clear()

    def by_id(self, session_id: int) -> AdminSession | None:
        """An open session by its number."""
        self._expire()
        return next((session for session in self._open.values() if session.session_id == session_id), None)

    def count(self) -> int:
        """How many sessions are open now."""
        self._expire()
        return len(self._open)

    def _expire(self) -> None:
        if self._idle_seconds is None:
            return
        oldest = self._clock.monotonic() - self._idle_seconds
        self._open = {token: session for token, session in self._open.items() if session.last_seen >= oldest}
