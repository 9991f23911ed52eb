# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions: a repeatable crowd, the semantics of the lists, and who is told about changes."""

from __future__ import annotations

import datetime
import random
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from emulator.clock import timestamp
from emulator.crowds import FIRST_NAMES, LAST_NAMES, wheel
from emulator.exchange import dump
from emulator.fastx.envelope import FastxError
from emulator.feeds import Channel, Feed

COMMANDS = wheel({"gnome-session": 35, "xfce4-session": 20, "xterm": 20, "matlab -desktop": 15, "firefox": 10})
DESKTOPS = frozenset({"gnome-session", "xfce4-session"})
SIZES = wheel({"1920x1080": 55, "2560x1440": 25, "1366x768": 20})
CLIENTS = wheel({1: 58, 0: 38, 2: 4})
OWN_SESSIONS = 4
SESSIONS_PER_HOST = 25
RANDOM_BYTES = 32
KEPT_LISTS = 4
KEPT_PAGES = 128

Record = dict[str, Any]
Writer = Callable[[str, Record], str]
Kept = TypeVar("Kept")


@dataclass(frozen=True)
class ListRequest:
    """What a list is asked for; each filter is a name and the values that it may have."""

    owner: str | None = None
    sort_by: str | None = None
    reverse: bool = False
    start: int = 0
    limit: int | None = None
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def whole(self) -> ListRequest:
        """The same list, not cut into pages."""
        return replace(self, start=0, limit=None)

    def cut(self, found: list[Record]) -> list[Record]:
        """The page of a whole list."""
        return found[self.start : None if self.limit is None else self.start + self.limit]

    def find(self, sessions: Iterable[Record]) -> list[Record]:
        """The whole list, in its order."""
        found = [session for session in sessions if self._shows(session)]
        if self.sort_by is not None:
            found.sort(key=_sort_key(self.sort_by))
        if self.reverse:
            found.reverse()
        return found

    def _shows(self, session: Record) -> bool:
        if self.owner is not None and session.get("login") != self.owner:
            return False
        return all(_holds(session, name, values) for name, values in self.filters)


def read_filter(text: str) -> tuple[str, tuple[str, ...]]:
    """``name==value1,value2``."""
    name, equals, values = text.partition("==")
    if not equals or not name:
        raise FastxError(400, "filter must be name==value1,value2.")
    return name, tuple(values.split(","))


class FastxSessions:
    """All sessions of a cluster."""

    def __init__(self, sessions: Iterable[Record], write: Writer, shuffle: bool = False) -> None:
        self._sessions = {session["id"]: session for session in sessions}
        self._write = write
        self._shuffle = random.Random(0) if shuffle else None
        self._found: OrderedDict[ListRequest, list[Record]] = OrderedDict()
        self._pages: OrderedDict[ListRequest, bytes] = OrderedDict()
        self._channels: dict[str | None, Channel] = {}

    def list_json(self, request: ListRequest) -> bytes:
        """The array of a list; the last few are kept until something changes."""
        if self._shuffle is not None and request.sort_by is None:
            sessions = list(self._sessions.values())
            self._shuffle.shuffle(sessions)
            return dump(request.cut(request.find(sessions)))
        whole = request.whole()
        found = _kept(self._found, whole, lambda: whole.find(self._sessions.values()), KEPT_LISTS)
        return _kept(self._pages, request, lambda: dump(request.cut(found)), KEPT_PAGES)

    def get(self, session_id: str) -> Record | None:
        """One."""
        return self._sessions.get(session_id)

    def put(self, session: Record) -> None:
        """Add or change one, and tell who listens."""
        self._forget()
        before = self._sessions.get(session["id"])
        self._sessions[session["id"]] = session
        if before is not None and before.get("login") != session.get("login"):
            self._tell("delete", before, [before.get("login")])
        self._tell("update", session, [None, session.get("login")])

    def remove(self, session_id: str) -> bool:
        """End one, and tell who listens; False when there is none."""
        session = self._sessions.pop(session_id, None)
        if session is None:
            return False
        self._forget()
        self._tell("delete", session, [None, session.get("login")])
        return True

    def listen(self, owner: str | None, snapshot: bool) -> Feed:
        """Changes of the sessions of one user, or of all; with a snapshot, what there is comes first."""
        first = ListRequest(owner).find(self._sessions.values()) if snapshot else []
        channel = self._channels.setdefault(owner, Channel())
        return channel.open([self._write("update", session) for session in first])

    def _forget(self) -> None:
        self._found.clear()
        self._pages.clear()

    def _tell(self, event: str, session: Record, owners: Sequence[str | None]) -> None:
        for owner in owners:
            if owner in self._channels:
                self._channels[owner].publish(self._write(event, session))


def _kept(cache: OrderedDict[ListRequest, Kept], key: ListRequest, make: Callable[[], Kept], most: int) -> Kept:
    """What was made for a key before, else what is made now; the oldest go."""
    if key not in cache:
        cache[key] = make()
        while len(cache) > most:
            cache.popitem(last=False)
    return cache[key]


def websocket_writer(deletion: str) -> Writer:
    """Messages of version 2. What tells the end of a session is assumed, three ways."""
    ends: Mapping[str, Record] = {"null": {"data": None}, "missing": {}, "empty": {"data": {}}}
    end = ends[deletion]

    def write(event: str, session: Record) -> str:
        body = {"data": session} if event == "update" else end
        return dump({"id": session["id"], **body}).decode()

    return write


def sse_writer(event: str, session: Record) -> str:
    """A server-sent event of version 3."""
    return f"event: {event}\ndata: {dump(session).decode()}\n\n"


def time_writer(form: str) -> Callable[[datetime.datetime], Any]:
    """How a moment is written."""
    if form == "text":
        return timestamp
    scale = 1000 if form == "milliseconds" else 1
    return lambda moment: int(moment.timestamp() * scale)


def crowd(
    count: int, seed: int, own: str, now: datetime.datetime, write_time: Callable[[datetime.datetime], Any]
) -> list[Record]:
    """``count`` sessions of the last days; the first few at odd places belong to ``own``."""
    bits = random.Random(seed).getrandbits
    sessions = []
    for index in range(count):
        dice = bits(RANDOM_BYTES * 8).to_bytes(RANDOM_BYTES, "little")
        login = own if index % 2 == 0 and index < OWN_SESSIONS * 2 else _login(index, dice)
        sessions.append(_session(index, login, dice, now, write_time))
    return sessions


def _login(index: int, dice: bytes) -> str:
    return f"{FIRST_NAMES[dice[0] % 32][0]}{LAST_NAMES[dice[1] % 32]}{index % 97 or ''}"


def _session(
    index: int, login: str, dice: bytes, now: datetime.datetime, write_time: Callable[[datetime.datetime], Any]
) -> Record:
    """One session with every documented member. Assumed: values and types of those that only a name is known of."""
    command, clients, host = COMMANDS[dice[2]], CLIENTS[dice[3]], index // SESSIONS_PER_HOST + 1
    age = 600 + int.from_bytes(dice[4:7], "little") % 500_000
    since = age * (dice[7] + 1) // 257
    connected = clients > 0 or dice[8] > 50
    left = connected and (clients == 0 or dice[9] > 128)
    return {
        "id": f"{dice[16:32].hex()}",
        "serverPid": 2_000 + (dice[10] | dice[11] << 8) % 30_000,
        "geometry": SIZES[dice[12]],
        "windowMode": "desktop" if command in DESKTOPS else "rootless",
        "started": write_time(now - datetime.timedelta(seconds=age)),
        "lastConnect": write_time(now - datetime.timedelta(seconds=since)) if connected else None,
        "lastDisconnect": write_time(now - datetime.timedelta(seconds=since // 2)) if left else None,
        "command": command,
        "appPid": 2_001 + (dice[10] | dice[11] << 8) % 30_000,
        "clients": clients,
        "params": {"name": f"{command.split()[0]} {index + 1}", "project": ("alpha", "beta", "gamma")[dice[13] % 3]},
        "hostname": f"fx-{host:03}.example.test",
        "login": login,
        "display": 10 + index % SESSIONS_PER_HOST,
        "serverId": f"fx-{host:03}",
        "cpuPercentage": 100,
        "videoRam": 32_768,
        "sharing": dice[14] < 40,
        "disconnectTImeout": 0,
    }


def member(session: Record, name: str) -> Any:
    """A member of the session, else of its params."""
    if name in session:
        return session[name]
    params = session.get("params")
    return params.get(name) if isinstance(params, Mapping) else None


def _holds(session: Record, name: str, values: Sequence[str]) -> bool:
    """Whether the member, or the one of params, is one of these texts."""
    params = session.get("params")
    places = [session, params] if isinstance(params, Mapping) else [session]
    return any(_as_text(place[name]) in values for place in places if place.get(name) is not None)


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sort_key(name: str) -> Callable[[Record], tuple[int, Any]]:
    """Missing values first, then numbers, then texts."""

    def key(session: Record) -> tuple[int, Any]:
        value = member(session, name)
        if value is None:
            return 0, 0
        return (1, value) if isinstance(value, (int, float)) else (2, _as_text(value))

    return key
