# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""User sessions: a realistic, repeatable crowd of up to 100,000, and the filters of the list.

Each record is turned into JSON once and kept as bytes beside the few values that filters look at, so that the longest
list costs one join.
"""

from __future__ import annotations

import datetime
import functools
import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from emulator.clock import timestamp
from emulator.crowds import FIRST_NAMES, LAST_NAMES, wheel
from emulator.exchange import dump

# The moment that all times are reckoned from: the one that the reference page prints.
MOMENT = datetime.datetime(2025, 5, 23, 10, 54, 26, 809000, tzinfo=datetime.UTC)

RDS, VDI, AVD = 1, 2, 63
ACTIVE, DISCONNECTED, IDLE = 0, 4, 5
DIRECT_MODES = (1, 3, 4)
SESSIONS_PER_HOST = 60
# Hosts that no list of the farm shows stand in when the farm has too few for the crowd; their ids start here.
EXTRA_HOST_IDS = 100_000

SOURCES = wheel({RDS: 70, VDI: 20, AVD: 10})
STATES = wheel({ACTIVE: 62, DISCONNECTED: 18, IDLE: 14, 1: 3, 9: 1, 2: 1, 3: 1})
TYPES = {
    RDS: wheel({0: 45, 1: 22, 9: 18, 2: 10, 10: 4, 7: 1}),
    VDI: wheel({3: 70, 4: 30}),
    AVD: wheel({0: 60, 9: 40}),
}
CONNECTION_MODES = wheel({2: 70, 0: 12, 1: 8, 3: 7, 4: 3})
AUTHENTICATION = wheel({1: 72, 3: 22, 2: 6})
MFA = wheel({0: 45, 10: 20, 9: 15, 8: 5, 4: 6, 5: 5, 11: 4})
PROTOCOLS = wheel({2: 55, 10: 43, 0: 2})
QUALITIES = wheel({4: 52, 3: 30, 2: 12, 1: 4, 0: 2})
PROFILES = wheel({3: 60, 1: 25, 2: 12, 0: 3})
COLOURS = wheel({32: 80, 24: 14, 4: 6})
SCREENS = wheel({(1920, 1080): 55, (2560, 1440): 20, (3840, 2160): 12, (1366, 768): 8, (1280, 1024): 5})
SYSTEMS = wheel(
    {
        ("Windows", "11"): 48,
        ("Windows", "10"): 26,
        ("macOS", "14"): 12,
        ("Linux", "24.04"): 6,
        ("iOS", "18"): 4,
        ("Android", "15"): 4,
    }
)
REASONS = wheel({0: 94, 1: 2, 3: 2, 5: 2})
STATUSES = wheel({0: 95, 300: 2, 200: 1, 10: 1, 5: 1})
THEMES = wheel({1: 80, 2: 15, 3: 5})
TEMPLATE_NAME = "template-1"
ADMIN_REASON = "Disconnected by an administrator"
REASON_TEXTS = ("Disconnected by the user", "Network connection lost", "Idle time limit reached")


@dataclass(frozen=True)
class Host:
    """Where sessions run; ``pool`` is id and name of its host pool, id 0 for none."""

    host_id: int
    name: str
    site_id: int
    pool: tuple[int, str] | None = None

    @property
    def group_id(self) -> int:
        """The host pool; in a farm without pools the hosts are spread evenly over four that no list shows (assumed)."""
        return self.host_id % 4 + 1 if self.pool is None else self.pool[0]

    @functools.cached_property
    def pool_json(self) -> str:
        """The pool's name in a record."""
        return json.dumps(f"pool-{self.group_id}" if self.pool is None else self.pool[1])


class Session(NamedTuple):
    """What filters and actions look at, and the record as JSON. Site and group are not part of the record itself."""

    site_id: int
    group_id: int
    source: int
    server_id: int
    session_id: int
    server: str
    state: int
    user: str
    ip: str
    theme_id: int
    json: bytes


@dataclass(frozen=True)
class Filters:
    """The nine filters; None lets everything pass."""

    site_id: int | None = None
    source: int | None = None
    server_id: int | None = None
    server: str | None = None
    state: int | None = None
    user: str | None = None
    ip: str | None = None
    theme_id: int | None = None
    group_id: int | None = None

    def apply(self, sessions: Iterable[Session]) -> list[Session]:
        """The sessions that pass. Texts must be equal, letter case aside (assumed: whole text, no wildcards)."""
        wanted = [
            (name, value.casefold() if isinstance(value, str) else value)
            for name, value in vars(self).items()
            if value is not None
        ]
        return [
            session for session in sessions if all(_folded(getattr(session, name)) == value for name, value in wanted)
        ]


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


class RdSessions:
    """The sessions of a farm: in order, and by the RD Session Host that they run on."""

    def __init__(self, sessions: Iterable[Session] = ()) -> None:
        self._sessions = dict(enumerate(sessions))
        self._next = len(self._sessions)
        self._on_host: dict[int, dict[int, Session]] = {}
        self._whole: bytes | None = None
        for place, session in self._sessions.items():
            self._index(place, session)

    def __len__(self) -> int:
        return len(self._sessions)

    def list_json(self, filters: Filters) -> bytes:
        """The answer of a list; the unfiltered one is kept."""
        if filters != Filters():
            return _joined(filters.apply(self._sessions.values()))
        if self._whole is None:
            self._whole = _joined(self._sessions.values())
        return self._whole

    def warm_up(self) -> None:
        """Make the unfiltered answer before the first client waits for it."""
        self.list_json(Filters())

    def states_on(self, host_id: int) -> Counter[int]:
        """How many sessions of an RD Session Host are in which state."""
        return Counter(session.state for session in self._on_host.get(host_id, {}).values())

    def find(self, host_id: int, session_id: int) -> Session | None:
        """A session of an RD Session Host; its id is unique on that host alone."""
        place = self._place(host_id, session_id)
        return None if place is None else self._sessions[place]

    def disconnect(self, host_id: int, session_id: int) -> None:
        """Disconnect a session of an RD Session Host; one that is disconnected stays as it is."""
        place = self._place(host_id, session_id)
        if place is None or self._sessions[place].state == DISCONNECTED:
            return
        session = self._sessions[place]
        record = {**json.loads(session.json), "state": DISCONNECTED, "disconnectReason": ADMIN_REASON}
        self._put(place, session._replace(state=DISCONNECTED, json=dump(record)))

    def end(self, host_id: int, session_id: int) -> None:
        """End a session of an RD Session Host."""
        place = self._place(host_id, session_id)
        if place is not None:
            self._drop(place)

    def end_first(self, host_id: int, count: int | None = None) -> None:
        """End the first sessions of an RD Session Host, all of them without a count."""
        for place in list(self._on_host.get(host_id, {}))[:count]:
            self._drop(place)

    def add(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Add one session; ``siteId`` and ``groupId`` place it, every other key is a field of the record."""
        given = dict(body)
        site_id, group_id = given.pop("siteId", 1), given.pop("groupId", 0)
        record: dict[str, Any] = {**json.loads(crowd(1, 0, [Host(1, "rds-01", site_id)])[0].json), **given}
        self._put(self._next, _from_record(site_id, group_id, record))
        self._next += 1
        return record

    def remove(self, session_id: int) -> bool:
        """Remove the sessions with this ``sessionID``; False when there is none."""
        places = [place for place, session in self._sessions.items() if session.session_id == session_id]
        for place in places:
            self._drop(place)
        return bool(places)

    def _place(self, host_id: int, session_id: int) -> int | None:
        here = self._on_host.get(host_id, {})
        return next((place for place, session in here.items() if session.session_id == session_id), None)

    def _put(self, place: int, session: Session) -> None:
        self._sessions[place] = session
        self._index(place, session)
        self._whole = None

    def _index(self, place: int, session: Session) -> None:
        if session.source == RDS:
            self._on_host.setdefault(session.server_id, {})[place] = session

    def _drop(self, place: int) -> None:
        session = self._sessions.pop(place)
        self._on_host.get(session.server_id, {}).pop(place, None)
        self._whole = None


def _from_record(site_id: int, group_id: int, record: dict[str, Any]) -> Session:
    return Session(
        site_id=site_id,
        group_id=group_id,
        source=record["source"],
        server_id=record["serverID"],
        session_id=record["sessionID"],
        server=record["sessionHostName"],
        state=record["state"],
        user=record["user"],
        ip=record["ip"],
        theme_id=record["themeID"],
        json=dump(record),
    )


def crowd(count: int, seed: int, hosts: Sequence[Host], moment: datetime.datetime = MOMENT) -> list[Session]:
    """``count`` sessions as they are at a moment, the same ones for the same seed and hosts."""
    places = _enough(hosts, count)
    random_bits = random.Random(seed).getrandbits
    last_on_host: Counter[int] = Counter()
    sessions = []
    for index in range(count):
        host = places[random_bits(32) % len(places)]
        last_on_host[host.host_id] += 1
        dice = random_bits(384).to_bytes(48, "little")
        sessions.append(_session(index, host, last_on_host[host.host_id], dice, moment))
    return sessions


def _enough(hosts: Sequence[Host], count: int) -> list[Host]:
    """The hosts, and further ones in the same sites and pools when they are too few."""
    wanted = max(1, -(-count // SESSIONS_PER_HOST))
    by_site: dict[int, list[Host]] = {}
    for host in hosts:
        by_site.setdefault(host.site_id, []).append(host)
    sites = sorted(by_site) or [1]
    places = list(hosts)
    for number in range(max(0, wanted - len(hosts))):
        turn, site = divmod(number, len(sites))
        others = by_site.get(sites[site])
        pool = others[turn % len(others)].pool if others else None
        places.append(Host(EXTRA_HOST_IDS + number, f"rds-extra-{number + 1:04}.example.test", sites[site], pool))
    return places


def _joined(sessions: Iterable[Session]) -> bytes:
    return b"[" + b",".join([session.json for session in sessions]) + b"]"


@functools.cache
def _ago(seconds: int, moment: datetime.datetime) -> str:
    return timestamp(moment - datetime.timedelta(seconds=seconds))


def _session(index: int, host: Host, number_on_host: int, dice: bytes, moment: datetime.datetime) -> Session:
    """One session with every field of the page, in its order.

    Written as text, since 100,000 dictionaries cost three times as much. Every text in it comes from the pools above
    and needs no escape, except the host's name, which is quoted as JSON. Assumed: durations are milliseconds, lengths
    and idle times seconds.
    """
    source = SOURCES[dice[0]]
    state = STATES[dice[1]]
    mode = CONNECTION_MODES[dice[2]]
    width, height = SCREENS[dice[3]]
    system, version = SYSTEMS[dice[4]]
    length = 60 + (dice[5] | dice[6] << 8) % 36_000
    idle = min(length, 300 + dice[7] * 60) if state in (DISCONNECTED, IDLE) else 0
    theme, reconnects = THEMES[dice[9]], dice[10] % 4
    logon = 2_000 + (dice[12] | dice[13] << 8) % 20_000
    policy, profile, desktop = dice[14] * 9, dice[15] * 20, 500 + dice[16] * 12
    client = f"10.{20 + dice[17] % 30}.{dice[18]}.{1 + dice[19] % 254}"
    user = f"{FIRST_NAMES[dice[20] % 32]}.{LAST_NAMES[dice[21] % 32]}{index % 97 or ''}"
    hops = ""
    if mode not in DIRECT_MODES:
        hops = f'{{"type":{7 if source == AVD else 2},"ip":"10.0.{host.site_id}.{10 + dice[22] % 4}"}}'
    machine = "" if source == RDS else f"{'vdi' if source == VDI else 'avd'}-{host.host_id:05}-{number_on_host:03}"
    reason = REASON_TEXTS[dice[35] % 3] if state == DISCONNECTED else ""
    text = (
        f'{{"sessionID":{number_on_host + 1},"ip":"{client}","serverID":{host.host_id},'
        f'"type":{TYPES[source][dice[23]]},"user":"{user}","themeID":{theme},"connectionMode":{mode},"authenticationType":{AUTHENTICATION[dice[24]]},'
        f'"idleStartTime":"{_ago(idle, moment)}","mfaProvider":{MFA[dice[25]]},'
        f'"rfiCount":{1 if hops else 0},"rfiInfoList":[{hops}],'
        f'"logonDuration":{logon},"connectionDuration":{100 + dice[26] * 10},'
        f'"authenticationDuration":{40 + dice[11] * 4},"rasPolicyLookup":{5 + dice[27]},'
        f'"hostPreparation":{50 + dice[28] * 6},"groupPolicyLoadTime":{policy},'
        f'"userProfileLoadTime":{profile},"desktopLoadTime":{desktop},'
        f'"logonOthersDuration":{max(0, logon - policy - profile - desktop)},"userProfileType":{PROFILES[dice[8]]},'
        f'"uxEvaluator":{dice[29] % 200},"connectionQuality":{QUALITIES[dice[30]]},"latency":{2 + dice[31] % 120},'
        f'"protocol":{PROTOCOLS[dice[32]]},"bandwidthAvailability":{1_000 + dice[33] * 390},'
        f'"lastReconnects":{min(reconnects, dice[34] % 2)},"reconnects":{reconnects},"disconnectReason":"{reason}",'
        f'"state":{state},"logonTime":"{_ago(length, moment)}","sessionLength":{length},"idleTime":{idle},'
        f'"incomingData":{(dice[36] | dice[37] << 8) * 37},"outgoingData":{(dice[38] | dice[39] << 8) * 411},'
        f'"verticalResolution":{height},"horizontalResolution":{width},"colourDepth":{COLOURS[dice[40]]},'
        f'"bandwidthUsage":{dice[41] * 17},'
        f'"deviceName":"{"MAC" if system == "macOS" else "PC"}-{1000 + (dice[42] | dice[43] << 8) % 9000}",'
        f'"clientIPAddress":"{client}","clientOS":"{system}","clientOSVersion":"{version}",'
        f'"clientVersion":"20.{dice[44] % 3}.{25000 + dice[45] % 9}","source":{source},'
        f'"vmid":"{machine}","vmName":"{machine}",'
        f'"sessionHostId":"host-{host.host_id}","sessionHostName":{json.dumps(machine or host.name)},'
        f'"poolName":{host.pool_json},"templateName":"{"" if source == RDS else TEMPLATE_NAME}",'
        f'"fsLogixReasonCode":{REASONS[dice[46]]},"fsLogixStatusCode":{STATUSES[dice[47]]}}}'
    )
    return Session(
        host.site_id,
        host.group_id,
        source,
        host.host_id,
        number_on_host + 1,
        machine or host.name,
        state,
        user,
        client,
        theme,
        text.encode(),
    )
