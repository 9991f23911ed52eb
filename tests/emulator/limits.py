# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rate limit: so many requests per window, then refusals until the next window starts."""

from __future__ import annotations

from dataclasses import dataclass

from emulator.clock import Clock


@dataclass(frozen=True)
class Rate:
    """``requests`` per ``seconds``."""

    requests: int
    seconds: float

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Read ``50/10``."""
        count, slash, window = text.partition("/")
        if not slash or not count.isdecimal() or int(count) < 1 or float(window) <= 0:
            raise ValueError(f"expected REQUESTS/SECONDS, for example 50/10, not {text!r}")
        return cls(int(count), float(window))


class FixedWindow:
    """The limiter: windows follow each other without a gap from the first request on."""

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self._start: float | None = None
        self._window = 0
        self._used = 0

    def admit(self) -> bool:
        """Whether one more request may pass now; a refused one costs nothing."""
        now = self._clock.monotonic()
        if self._start is None:
            self._start = now
        window = int((now - self._start) // self._rate.seconds)
        if window != self._window:
            self._window, self._used = window, 0
        if self._used >= self._rate.requests:
            return False
        self._used += 1
        return True
