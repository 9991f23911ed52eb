# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bearer tokens: issued, valid for a while, never given back; for platforms that know no log-off."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from emulator.clock import Clock


@dataclass(frozen=True)
class Token:
    """One token."""

    text: str
    principal: str
    ends: float
    admin: bool = False


class Tokens:
    """All tokens of a server."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self.seconds = seconds
        self._valid: dict[str, Token] = {}
        self._issued: set[str] = set()
        self.reset_counters()

    def reset_counters(self) -> None:
        """Start the counters again; tokens stay valid."""
        self.logons = 0
        self.foreign_tokens = 0

    def issue(self, principal: str, text: str | None = None, *, admin: bool = False) -> Token:
        """A new token."""
        token = Token(text or secrets.token_urlsafe(48), principal, self._clock.monotonic() + self.seconds, admin)
        self._valid[token.text] = token
        self._issued.add(token.text)
        self.logons += 1
        return token

    def find(self, text: str | None) -> Token | None:
        """The token, while it is valid."""
        self._expire()
        token = self._valid.get(text or "")
        if token is None and text and text not in self._issued:
            self.foreign_tokens += 1
        return token

    def now(self) -> float:
        """The time that tokens go by."""
        return self._clock.monotonic()

    def revoke_all(self) -> int:
        """End every token at once; how many there were."""
        self._expire()
        count = len(self._valid)
        self._valid.clear()
        return count

    def count(self) -> int:
        """How many are valid now."""
        self._expire()
        return len(self._valid)

    def _expire(self) -> None:
        now = self._clock.monotonic()
        self._valid = {text: token for text, token in self._valid.items() if token.ends > now}
