# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one source of time, so that tests move it instead of waiting."""

from __future__ import annotations

import datetime
import time


class Clock:
    """Real time, plus what ``advance`` added."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def monotonic(self) -> float:
        """Seconds for measuring intervals: idle expiry and rate limit."""
        return time.monotonic() + self._ahead

    def now(self) -> datetime.datetime:
        """Date and time for what objects record about themselves."""
        return datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=self._ahead)

    def at(self, moment: float) -> datetime.datetime:
        """Date and time of what ``monotonic`` tells, told or yet to come."""
        return self.now() + datetime.timedelta(seconds=moment - self.monotonic())

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self._ahead += seconds


class StillClock(Clock):
    """A clock that moves only when told to."""

    START = datetime.datetime(2026, 1, 5, 8, 0, tzinfo=datetime.UTC)

    def monotonic(self) -> float:
        """Seconds that ``advance`` added so far."""
        return self._ahead

    def now(self) -> datetime.datetime:
        """The start, plus what ``advance`` added."""
        return self.START + datetime.timedelta(seconds=self._ahead)


def timestamp(moment: datetime.datetime) -> str:
    """A date-time the way the reference pages print it: milliseconds and Z."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
