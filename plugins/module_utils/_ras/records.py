# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RAS sessions as the record that all platforms share. Source: seed 000; docs/sessions.md has the table."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from .._sessions.record import SessionRecord, ignore, read_time, split_user, utc_text
from .client import RasClient
from .sessions import SessionQuery, session_key

# By SessionState; what is not here (Shadow, Listen, Reset, Down) says nothing about a user at work.
_STATES = {
    "Active": "active",
    "Connected": "connected",
    "Disconnected": "disconnected",
    "Idle": "idle",
    "ConnectQuery": "pending",
    "Init": "pending",
}
# By SessionType, as the names read; Admin and Unknown tell neither.
_KINDS = {
    **dict.fromkeys(("Desktop", "VDI", "PC", "DirectRDP"), "desktop"),
    **dict.fromkeys(("PublishedApps", "Application", "VDIApp", "PCApp", "RemoteApps"), "application"),
}
PAGE = 2000
# The fields of the API that a record is made of.
NEEDED = (
    "session_id",
    "user",
    "state",
    "source",
    "type",
    "protocol",
    "server_id",
    "session_host_id",
    "session_host_name",
    "pool_name",
    "logon_time",
    "idle_start_time",
    "device_name",
    "client_ip_address",
    "rfi_info_list",
)


def session_pages(
    client: RasClient,
    params: Mapping[str, Any],
    farm: str,
    raw: bool = False,
    warn: Callable[[str], None] = ignore,
) -> Iterator[list[SessionRecord]]:
    """The sessions that match the filters of ras_session_info in params; RAS answers at once.

    Its answer is handed on in pages, so that whoever writes them keeps few records at a time. It never warns.
    """
    query = SessionQuery({**params, "fields": None if raw else list(NEEDED)})
    now = datetime.datetime.now(datetime.UTC)
    rows = query.ask(client).rows
    for start in range(0, len(rows), PAGE):
        yield [_record(row, farm, now, raw) for row in rows[start : start + PAGE]]


def _record(row: dict[str, Any], farm: str, now: datetime.datetime, raw: bool) -> SessionRecord:
    get = row.get
    user, domain = split_user(get("user"))
    state = get("state")
    # In the order of the record: arguments by name cost three times as much, and there may be very many sessions.
    return SessionRecord(
        "ras",
        farm,
        session_key(row),
        user,
        domain,
        _STATES.get(str(state), "unknown"),
        state,
        _KINDS.get(str(get("type"))),
        [],  # applications: the list does not tell
        get("session_host_name") or None,
        get("pool_name") or None,
        get("device_name") or None,
        get("client_ip_address") or None,
        _text(get("protocol")),
        utc_text(get("logon_time")),
        None,  # last_change: nor this
        _idle(get("idle_start_time"), now),
        _hops(get("rfi_info_list") or ()),
        row if raw else None,
    )


def _hops(hops: Iterable[Mapping[str, Any]]) -> list[str]:
    """Kind and address of each gateway or the like."""
    try:
        return [_known_hop(*hop.values()) for hop in hops]
    except TypeError:
        # A newer server may tell more of them, also in lists, which nothing can be known by.
        return [_hop(*hop.values()) for hop in hops]


def _hop(*parts: Any) -> str:
    return " ".join(str(part) for part in parts if part)


# A farm has few of them.
_known_hop = functools.lru_cache(maxsize=4096)(_hop)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _idle(since: Any, now: datetime.datetime) -> int | None:
    """Seconds since idleStartTime. The unit of idleTime is not documented; a time before 1971 stands for none."""
    moment = read_time(since)
    return max(0, int((now - moment).total_seconds())) if moment and moment.year > 1970 else None
