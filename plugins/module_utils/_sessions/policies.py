# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an audit learns while sessions stream by: which of them break a policy, and how many there are of what.

Nothing here keeps a session: policies on single sessions are judged page by page, and what is counted over the whole
run grows with the number of users, hosts and farms only.

The policies, all optional; docs/audit_report.md has them in full:

- idle_longer_than, disconnected_longer_than, session_older_than: a time, 14400 (seconds) or 4h (s, m, h, d, w);
- sessions_per_user_above: how many sessions a user may have over all sources;
- forbidden_users, forbidden_hosts, forbidden_clients, forbidden_applications, forbidden_protocols: patterns with
  *, ? and [], of which none may match the whole name; letter case does not matter.
"""

from __future__ import annotations

import bisect
import collections
import datetime
import fnmatch
import heapq
import itertools
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeGuard

from .._errors import BadInputError
from .record import SessionRecord, moment_text, read_time

IDLE = "idle_longer_than"
DISCONNECTED = "disconnected_longer_than"
AGE = "session_older_than"
PER_USER = "sessions_per_user_above"
USERS = "forbidden_users"
HOSTS = "forbidden_hosts"
CLIENTS = "forbidden_clients"
APPLICATIONS = "forbidden_applications"
PROTOCOLS = "forbidden_protocols"

DURATIONS = (IDLE, DISCONNECTED, AGE)
PATTERNS = (USERS, HOSTS, CLIENTS, APPLICATIONS, PROTOCOLS)
# Their patterns may name people: not shown where pseudonyms are.
PERSONAL = (USERS, HOSTS, CLIENTS)
# In an argument spec these are the suboptions of `policies`; their order is that of reports.
POLICY_OPTIONS: dict[str, dict[str, Any]] = {
    **{name: {"type": "str"} for name in DURATIONS},
    PER_USER: {"type": "int"},
    **{name: {"type": "list", "elements": "str"} for name in PATTERNS},
}

UNKNOWN = "unknown"
TOP_USERS = 20
# Lower ends in seconds of the idle histogram's bars.
IDLE_STEPS = (0, 300, 900, 3600, 4 * 3600, 8 * 3600, 24 * 3600)

_DURATION = re.compile(r"(\d{1,12})\s*([smhdw]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_TIME_LENGTH = len("2026-01-31T08:15:00Z")
_HOUR = re.compile(r"T([01]\d|2[0-3]):")


class Breach(NamedTuple):
    """One policy that a session breaks. field: the record's field that holds the measured text, if it is a text."""

    policy: str
    measured: int | str
    limit: int | str
    field: str | None = None
    # Which of the policy's patterns matched, from 1; tells them apart where a pattern must not be shown.
    pattern: int | None = None


class UserBreach(NamedTuple):
    """A user with too many sessions, and where they are."""

    user: str
    domain: str | None
    measured: int
    limit: int
    farms: dict[str, int]


class Check(Protocol):
    """A policy on single sessions. unjudged: sessions that lack the value that the policy looks at."""

    policy: str
    unjudged: int

    def breaches(self, page: Sequence[SessionRecord]) -> Iterable[tuple[int, Breach]]:
        """Pairs of a position in the page and what that session breaks."""


class Policies:
    """The policies of one audit. BadInputError for a value that is not understood; now: what ages are measured from."""

    def __init__(self, wanted: Mapping[str, Any], now: datetime.datetime):
        unknown = sorted(set(wanted) - set(POLICY_OPTIONS))
        if unknown:
            raise BadInputError(f"policies: {unknown[0]!r} is none of {', '.join(POLICY_OPTIONS)}.")
        values = {name: wanted[name] for name in POLICY_OPTIONS if wanted.get(name) not in (None, [])}
        self.names = tuple(values)
        self._checks = [_check(name, value, now) for name, value in values.items() if name != PER_USER]
        self._per_user = _count(PER_USER, values[PER_USER]) if PER_USER in values else None
        self._by_user: collections.Counter[tuple[str | None, str | None, str]] = collections.Counter()

    def breaches(self, page: Sequence[SessionRecord]) -> dict[int, list[Breach]]:
        """What the sessions of a page break, by their position; counts the page for the policies on users."""
        if self._per_user is not None:
            self._by_user.update([(record.domain, record.user, record.farm) for record in page])
        found: dict[int, list[Breach]] = {}
        for check in self._checks:
            for position, breach in check.breaches(page):
                found.setdefault(position, []).append(breach)
        return found

    def user_breaches(self) -> list[UserBreach]:
        """The users that have too many sessions, most first. Only complete once all pages were seen."""
        limit = self._per_user
        if limit is None:
            return []
        farms: dict[tuple[str, str], dict[str, int]] = {}
        spelled: dict[tuple[str, str], tuple[str, str | None]] = {}
        for (domain, user, farm), count in self._by_user.items():
            if not user:
                continue
            key = identity(user, domain)
            _respell(spelled, key, user, domain)
            counts = farms.setdefault(key, {})
            counts[farm] = counts.get(farm, 0) + count
        many = [
            UserBreach(*spelled[key], sum(counts.values()), limit, dict(sorted(counts.items())))
            for key, counts in farms.items()
            if sum(counts.values()) > limit
        ]
        return sorted(many, key=lambda breach: (-breach.measured, breach.user, breach.domain or ""))

    def not_judged(self) -> dict[str, int]:
        """By policy, the sessions that it could not judge, since their platform does not tell what it looks at."""
        counts = {check.policy: check.unjudged for check in self._checks}
        if self._per_user is not None:
            counts[PER_USER] = sum(count for (_domain, user, _farm), count in self._by_user.items() if not user)
        return {name: counts[name] for name in self.names if counts[name]}


def identity(user: str, domain: str | None) -> tuple[str, str]:
    """What makes two names one user: domain and name without letter case. No domain is a domain of its own."""
    return (domain or "").casefold(), user.casefold()


def _respell(
    spelled: dict[tuple[str, str], tuple[str, str | None]], key: tuple[str, str], user: str, domain: str | None
) -> None:
    """Keep one spelling of a user's name, small letters before capitals, whichever source answers first."""
    known = spelled.get(key)
    if known is None or (user, domain or "") > (known[0], known[1] or ""):
        spelled[key] = (user, domain)


def qualified(user: str | None, domain: str | None) -> str | None:
    r"""A user's name with the domain, if there is one: DOMAIN\user."""
    return f"{domain}\\{user}" if user and domain else user


def is_time(text: str | None) -> TypeGuard[str]:
    """Whether a record's time has the form of one, or is some text of the platform's; the numbers are not looked at."""
    return text is not None and len(text) == _TIME_LENGTH and text[10] == "T" and text[-1] == "Z"


def seconds(name: str, value: Any) -> int:
    """The seconds of 3600, 60m or 1h."""
    match = None if isinstance(value, bool) else _DURATION.fullmatch(str(value).strip())
    if match is None:
        raise BadInputError(
            f"policies: {name} is {value!r}; give seconds (14400) or a number with s, m, h, d or w behind it (4h)."
        )
    return int(match[1]) * _SECONDS[match[2]]


def _count(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadInputError(f"policies: {name} is {value!r}; give a whole number, 0 or more.")
    return value


def _check(name: str, value: Any, now: datetime.datetime) -> Check:
    if name == IDLE:
        return _IdleCheck(seconds(name, value))
    if name == DISCONNECTED:
        return _AgeCheck(name, seconds(name, value), "last_change", now, state="disconnected")
    if name == AGE:
        return _AgeCheck(name, seconds(name, value), "logon_time", now)
    return _PatternCheck(name, _groups(name, _patterns(name, value)))


def _patterns(name: str, value: Any) -> list[str]:
    patterns = [value] if isinstance(value, str) else list(value)
    for pattern in patterns:
        if not isinstance(pattern, str) or not pattern.strip():
            raise BadInputError(f"policies: {name} holds {pattern!r}; give names or patterns such as 'svc_*'.")
    return patterns


class _IdleCheck:
    policy = IDLE

    def __init__(self, limit: int):
        self.unjudged = 0
        self._limit = limit

    def breaches(self, page: Sequence[SessionRecord]) -> Iterable[tuple[int, Breach]]:
        limit = self._limit
        idle = [record.idle_seconds for record in page]
        self.unjudged += idle.count(None)
        return [
            (position, Breach(IDLE, value, limit))
            for position, value in enumerate(idle)
            if value is not None and value > limit
        ]


class _AgeCheck:
    """How long ago a time of the record is. Times are UTC in one fixed form, so that texts compare as times do."""

    def __init__(self, policy: str, limit: int, field: str, now: datetime.datetime, state: str | None = None):
        self.policy = policy
        self.unjudged = 0
        self._limit = limit
        self._state = state
        self._now = now
        self._moment: Callable[[SessionRecord], str | None] = operator.attrgetter(field)
        self._cutoff = _before(now, limit)

    def breaches(self, page: Sequence[SessionRecord]) -> Iterable[tuple[int, Breach]]:
        state = self._state
        for position, record in enumerate(page):
            if state is not None and record.state != state:
                continue
            text = self._moment(record)
            if not is_time(text):
                self.unjudged += 1
            elif text <= self._cutoff:
                age = self._age(text)
                if age is None:
                    self.unjudged += 1
                elif age > self._limit:
                    yield position, Breach(self.policy, age, self._limit)

    def _age(self, text: str) -> int | None:
        moment = read_time(text)
        return None if moment is None else int((self._now - moment).total_seconds())


def _before(now: datetime.datetime, limit: int) -> str:
    """The time that lies `limit` seconds back, or nothing at all, which no time is before, where years end."""
    try:
        return moment_text(now.astimezone(datetime.UTC) - datetime.timedelta(seconds=limit))
    except OverflowError:
        return ""


# What of each session of a page a pattern looks at: no text, one, or several.
Column = Callable[[Sequence[SessionRecord]], list[Sequence[str]]]


class _Patterns:
    """Patterns that look at the same texts, with their numbers in the policy's list, from 1."""

    def __init__(self, field: str, column: Column, patterns: Sequence[tuple[int, str]]):
        self.field = field
        self.column = column
        self._patterns = [(number, pattern, _compiled([pattern])) for number, pattern in patterns]
        self._match = _compiled([pattern for _number, pattern in patterns]).match

    def hits(self, column: list[Sequence[str]]) -> set[str]:
        """The texts that match. Each text is tried once a page, since most of them recur."""
        return {text for text in set(itertools.chain.from_iterable(column)) if self._match(text)}

    def first(self, text: str) -> tuple[int, str]:
        """The pattern that a text matches, with its number."""
        return next((number, pattern) for number, pattern, compiled in self._patterns if compiled.match(text))


class _PatternCheck:
    """Texts of a session that match a pattern; a session breaks the policy once, however many match."""

    def __init__(self, policy: str, groups: Sequence[_Patterns]):
        self.policy = policy
        self.unjudged = 0
        self._groups = groups

    def breaches(self, page: Sequence[SessionRecord]) -> Iterable[tuple[int, Breach]]:
        columns = [group.column(page) for group in self._groups]
        self.unjudged += sum(1 for texts in zip(*columns, strict=True) if not any(texts))
        found: dict[int, Breach] = {}
        for group, column in zip(self._groups, columns, strict=True):
            hits = group.hits(column)
            for position, texts in enumerate(column) if hits else ():
                text = next((text for text in texts if text in hits), None)
                if text is not None and position not in found:
                    found[position] = self._breach(group, text, page[position])
        return found.items()

    def _breach(self, group: _Patterns, text: str, record: SessionRecord) -> Breach:
        number, pattern = group.first(text)
        measured = (qualified(record.user, record.domain) or text) if group.field == "user" else text
        return Breach(self.policy, measured, pattern, group.field, number)


def _compiled(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(fnmatch.translate(pattern) for pattern in patterns), re.IGNORECASE)


def _groups(policy: str, patterns: Sequence[str]) -> list[_Patterns]:
    """The patterns by the texts that they look at. Users' names differ by the pattern's own form.

    adm* is about user names, and must not match all of the domain ADMIN by ADMIN\\anna.
    """
    numbered = list(enumerate(patterns, 1))
    if policy != USERS:
        return [_Patterns(field, column, numbered) for field, column in _COLUMNS[policy]]
    by_form: dict[Column, list[tuple[int, str]]] = {}
    for number, pattern in numbered:
        form = _backslash_names if "\\" in pattern else _at_names if "@" in pattern else _plain_names
        by_form.setdefault(form, []).append((number, pattern))
    return [_Patterns("user", column, group) for column, group in by_form.items()]


def _backslash_names(page: Sequence[SessionRecord]) -> list[Sequence[str]]:
    return [(f"{record.domain}\\{record.user}",) if record.user and record.domain else () for record in page]


def _at_names(page: Sequence[SessionRecord]) -> list[Sequence[str]]:
    return [(f"{record.user}@{record.domain}",) if record.user and record.domain else () for record in page]


def _field(name: str) -> Column:
    value = operator.attrgetter(name)

    def column(page: Sequence[SessionRecord]) -> list[Sequence[str]]:
        return [(text,) if text else () for text in map(value, page)]

    return column


def _applications(page: Sequence[SessionRecord]) -> list[Sequence[str]]:
    return [record.applications for record in page]


_plain_names = _field("user")
_COLUMNS: dict[str, tuple[tuple[str, Column], ...]] = {
    HOSTS: (("host", _field("host")),),
    CLIENTS: (("client_name", _field("client_name")), ("client_address", _field("client_address"))),
    APPLICATIONS: (("applications", _applications),),
    PROTOCOLS: (("protocol", _field("protocol")),),
}


_SOURCE = operator.attrgetter("platform", "farm")
_USER = operator.attrgetter("domain", "user")


class Summary:
    """Counts over all sessions of an audit."""

    COUNTED = ("platform", "farm", "state", "kind", "protocol", "host")

    def __init__(self) -> None:
        self.sessions = 0
        self.by_source: collections.Counter[tuple[str, str]] = collections.Counter()
        self._by_field: dict[str, collections.Counter[Any]] = {name: collections.Counter() for name in self.COUNTED}
        self._by_user: collections.Counter[tuple[str | None, str | None]] = collections.Counter()
        self._by_step: collections.Counter[int] = collections.Counter()
        self._by_hour: collections.Counter[str] = collections.Counter()

    def add(self, page: Sequence[SessionRecord]) -> None:
        """Count a page."""
        self.sessions += len(page)
        self.by_source.update(map(_SOURCE, page))
        for name, counter in self._by_field.items():
            counter.update(map(operator.attrgetter(name), page))
        self._by_user.update(map(_USER, page))
        idle = [record.idle_seconds for record in page]
        self._by_step.update([bisect.bisect_right(IDLE_STEPS, value) for value in idle if value is not None])
        times = [record.logon_time for record in page]
        self._by_hour.update([text[10:14] for text in times if is_time(text)])

    def as_dict(self) -> dict[str, Any]:
        """The counts as plain data; most frequent first."""
        users, top_users = self._users()
        return {
            "sessions": self.sessions,
            "users": users,
            **{f"by_{name}": _named(counter) for name, counter in self._by_field.items()},
            "top_users": top_users,
            "idle": self._idle(),
            "idle_unknown": self.sessions - self._by_step.total(),
            "logons_by_hour": self._hours(),
        }

    def _users(self) -> tuple[int, list[dict[str, Any]]]:
        """How many users there are, and those with the most sessions."""
        counts: collections.Counter[tuple[str, str]] = collections.Counter()
        for (domain, user), count in self._by_user.items():
            if user:
                counts[identity(user, domain)] += count
        # The least number among the most: it leaves few of very many users to be put in order.
        least = min(heapq.nlargest(TOP_USERS, counts.values()), default=0)
        many = (item for item in counts.items() if item[1] >= least)
        most = dict(heapq.nsmallest(TOP_USERS, many, key=lambda item: (-item[1], item[0])))
        spelled: dict[tuple[str, str], tuple[str, str | None]] = {}
        for domain, user in self._by_user:
            if user and (key := identity(user, domain)) in most:
                _respell(spelled, key, user, domain)
        named = [(*spelled[key], count) for key, count in most.items()]
        return len(counts), [{"user": user, "domain": domain, "sessions": count} for user, domain, count in named]

    def _idle(self) -> list[dict[str, int | None]]:
        ends = [*IDLE_STEPS[1:], None]
        # A negative time (a clock that is ahead) lands in step 0, and counts as no idle time.
        counts = [self._by_step[step + 1] for step in range(len(IDLE_STEPS))]
        counts[0] += self._by_step[0]
        return [
            {"from": start, "below": end, "sessions": count}
            for start, end, count in zip(IDLE_STEPS, ends, counts, strict=True)
        ]

    def _hours(self) -> dict[str, int]:
        hours = {f"{hour:02}": 0 for hour in range(24)}
        for text, count in self._by_hour.items():
            match = _HOUR.fullmatch(text)
            if match:
                hours[match[1]] += count
        return hours


def _named(counter: Mapping[Any, int]) -> dict[str, int]:
    """Counts by name; nothing and the empty name count as unknown."""
    named: collections.Counter[str] = collections.Counter()
    for value, count in counter.items():
        named[str(value) if value not in (None, "") else UNKNOWN] += count
    # The second sorting keeps the order by name among equals.
    return dict(sorted(sorted(named.items()), key=operator.itemgetter(1), reverse=True))
