# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ways in which the API writes a time."""

from __future__ import annotations

import datetime
import functools
import re

_SPAN = re.compile(r"(?:(?P<days>\d+)\.)?(?P<hours>\d{1,2}):(?P<minutes>\d{2}):(?P<seconds>\d{2})")


@functools.lru_cache(maxsize=200_000)
def cultural(epoch: int) -> str:
    """Text as the vendor's samples show it: month first, twelve hours."""
    moment = datetime.datetime.fromtimestamp(epoch, datetime.UTC)
    half = "AM" if moment.hour < 12 else "PM"
    return (
        f"{moment.month}/{moment.day}/{moment.year} "
        f"{moment.hour % 12 or 12}:{moment.minute:02}:{moment.second:02} {half}"
    )


@functools.lru_cache(maxsize=200_000)
def formatted(epoch: int) -> str:
    """RFC 3339 in UTC. Assumed: whole seconds and Z, since no value of a ``Formatted…`` field was seen."""
    return datetime.datetime.fromtimestamp(epoch, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def time_of_day(epoch: int) -> str:
    """What the vendor's sample of ``me`` shows in place of a time."""
    return cultural(epoch).partition(" ")[2]


def parse(text: str) -> float:
    """Seconds since 1970 of an RFC 3339 text; a text without a zone counts as UTC."""
    moment = datetime.datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).timestamp()


def parse_span(text: str) -> float:
    """Seconds of a ``[days.]hours:minutes:seconds``."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not [days.]hours:minutes:seconds")
    parts = {name: int(value or 0) for name, value in found.groupdict().items()}
    return datetime.timedelta(**parts).total_seconds()
