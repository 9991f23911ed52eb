# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The session record that all platforms share. docs/sessions.md shows where each platform's values come from."""

from __future__ import annotations

import dataclasses
import datetime
import operator
import re
from collections.abc import Sequence
from typing import Any

# The common case, which needs no calendar.
_UTC = re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d(\.\d+)?Z", re.ASCII)

STATES = ("active", "connected", "disconnected", "idle", "pending", "unknown")
KINDS = ("desktop", "application")


@dataclasses.dataclass(slots=True)
class SessionRecord:
    """One user session. What a platform does not tell is None (or an empty list).

    platform: ras, cvad or fastx; farm: the name that the user gave the source; id: the platform's id as text;
    user, domain: without each other; state: one of STATES; platform_state: the platform's own word or number;
    kind: one of KINDS; applications: names of published applications in use; host: machine that runs the session;
    pool: host pool, delivery group or the like; client_name, client_address: the user's device;
    logon_time, last_change: UTC as 2026-01-31T08:15:00Z, or the platform's text where it cannot be read as a time;
    idle_seconds: at the time of reading; connected_through: gateways and the like; raw: the platform's record.
    """

    platform: str
    farm: str
    id: str
    user: str | None = None
    domain: str | None = None
    state: str = "unknown"
    platform_state: str | int | None = None
    kind: str | None = None
    applications: list[str] = dataclasses.field(default_factory=list)
    host: str | None = None
    pool: str | None = None
    client_name: str | None = None
    client_address: str | None = None
    protocol: str | None = None
    logon_time: str | None = None
    last_change: str | None = None
    idle_seconds: int | None = None
    connected_through: list[str] = dataclasses.field(default_factory=list)
    raw: dict[str, Any] | None = None


FIELDS = tuple(field.name for field in dataclasses.fields(SessionRecord) if field.name != "raw")
_TEXTS = [field.name for field in dataclasses.fields(SessionRecord) if field.type == "str | None"]
_TEXT_TYPES = frozenset({str, type(None)})


def as_dict(record: SessionRecord) -> dict[str, Any]:
    """A record as a task returns it; raw only where it was asked for."""
    values = {name: getattr(record, name) for name in FIELDS}
    return values if record.raw is None else {**values, "raw": record.raw}


def ignore(text: str) -> None:
    """Takes a warning where nobody listens."""


def text_of(value: Any) -> str | None:
    """What a server put where a text belongs: a number as its text, anything else (an object, a list) as nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def mend_texts(page: Sequence[SessionRecord]) -> None:
    """See that the texts of the records are such, whatever the servers sent: what counts and writes them relies on it.

    A field is looked at in all records at once, since hardly a page has anything to mend.
    """
    for name in _TEXTS:
        if not _TEXT_TYPES.issuperset(map(type, map(operator.attrgetter(name), page))):
            for record in page:
                setattr(record, name, text_of(getattr(record, name)))


def split_user(name: Any) -> tuple[str | None, str | None]:
    """(user, domain) of DOMAIN\\user or user@domain; a name without a domain has None for it."""
    name = text_of(name)
    if not name:
        return None, None
    domain, backslash, user = name.rpartition("\\")
    if backslash:
        return user or None, domain or None
    user, at, domain = name.partition("@")
    return user or None, (domain or None) if at else None


def read_time(value: Any) -> datetime.datetime | None:
    """The moment of an ISO 8601 text with its zone. Anything else is None: culture-dependent text is never guessed."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.datetime.fromisoformat(value)
        if moment.tzinfo is datetime.UTC:
            return moment
        return moment.astimezone(datetime.UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        # No time; or one at the end of the calendar that UTC has not, as .NET's MinValue east of Greenwich.
        return None


def utc_text(value: Any) -> str | None:
    """A time as 2026-01-31T08:15:00Z; a text that cannot be read as a time stays as it is, nothing stays nothing."""
    if isinstance(value, str) and _UTC.fullmatch(value):
        return f"{value[:19]}Z"
    moment = read_time(value)
    if moment is not None:
        return moment_text(moment)
    return None if value in (None, "") else str(value)


def epoch_text(seconds: float) -> str | None:
    """Seconds since 1970 as 2026-01-31T08:15:00Z; None for what lies outside of the calendar."""
    try:
        return moment_text(datetime.datetime.fromtimestamp(seconds, datetime.UTC))
    except (ValueError, OverflowError, OSError):
        return None


def moment_text(moment: datetime.datetime) -> str:
    """A moment in UTC as 2026-01-31T08:15:00Z. Not by strftime, which writes the year 1 as it likes."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
