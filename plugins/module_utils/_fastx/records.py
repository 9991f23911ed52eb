# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""FastX sessions as the record that all platforms share. docs/sessions.md has the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .._sessions.record import SessionRecord, ignore, split_user
from . import fields
from .client import FastxClient
from .sessions import SessionQuery

# By windowMode, as its two documented values read.
_KINDS = {"desktop": "desktop", "rootless": "application"}


def session_pages(
    client: FastxClient,
    params: Mapping[str, Any],
    farm: str,
    raw: bool = False,
    warn: Callable[[str], None] = ignore,
) -> Iterator[list[SessionRecord]]:
    """The sessions that match the filters of fastx_session_info in params, in one page. Nothing here warns."""
    yield [session_record(row, farm, raw) for row in SessionQuery(params).rows(client)]


def session_record(raw: dict[str, Any], farm: str, keep_raw: bool = False) -> SessionRecord:
    """One session of the API."""
    row = fields.session_row(raw)
    get = row.get
    user, domain = split_user(_text(get("login")))
    state = row[fields.STATE]
    kind = _KINDS.get(str(get("window_mode")).casefold())
    command = _text(get("command"))
    started = get("started")
    # A session that nobody has connected to yet has been without clients since its start.
    last_change = {"connected": get("last_connect"), "disconnected": get("last_disconnect")}.get(state)
    return SessionRecord(
        platform="fastx",
        farm=farm,
        id=str(get("id")),
        user=user,
        domain=domain,
        state=state,
        platform_state=get("clients"),
        kind=kind,
        applications=[command] if command and kind == "application" else [],
        host=_text(get("hostname")),
        logon_time=started,
        last_change=last_change or (None if state == "unknown" else started),
        raw=raw if keep_raw else None,
    )


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)
