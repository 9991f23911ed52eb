# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of a FastX session. Source: seed 004; reference/fastx/endpoints.yaml, objects, session."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from .._fields import Field, FieldTable
from .._sessions.record import epoch_text, utc_text

# The list page spells it disconnectTImeout; either spelling is found, as names match in any letter case.
SESSION = FieldTable(
    (
        Field("id", "id"),
        Field("server_pid", "serverPid", "int"),
        Field("geometry", "geometry"),
        Field("window_mode", "windowMode"),
        Field("started", "started"),
        Field("last_connect", "lastConnect"),
        Field("last_disconnect", "lastDisconnect"),
        Field("command", "command"),
        Field("app_pid", "appPid", "int"),
        Field("clients", "clients", "int"),
        Field("params", "params", "dict"),
        Field("hostname", "hostname", any_case=True),
        Field("login", "login"),
        Field("display", "display"),
        Field("server_id", "serverId"),
        Field("cpu_percentage", "cpuPercentage"),
        Field("video_ram", "videoRam", "int"),
        Field("sharing", "sharing"),
        Field("disconnect_timeout", "disconnectTImeout"),
    )
)
TIMES = ("started", "last_connect", "last_disconnect")
# What the module adds: no member of the API tells a state.
STATE = "state"
FIELDS = (*SESSION.by_name, STATE)

# 100,000,000,000 s is the year 5138 and as many ms the year 1973: what is at least so large counts milliseconds.
_MILLISECONDS_FROM = 1e11


def session_state(raw: Mapping[str, Any]) -> str:
    """connected while clients are, else disconnected; unknown where the server does not count them. Assumed."""
    clients = SESSION.value(raw, "clients")
    number = _number(clients)
    if number is None:
        return "unknown"
    return "connected" if number > 0 else "disconnected"


def time_text(value: Any) -> str | None:
    """A time as 2026-01-31T08:15:00Z. The form is not documented: seconds, milliseconds and ISO texts are read.

    0 and less stand for never (assumed); any other text stays as it is.
    """
    number = _number(value)
    if number is None:
        return None if isinstance(value, bool) else utc_text(value)
    if number <= 0:
        return None
    return epoch_text(number / 1000 if number >= _MILLISECONDS_FROM else number) or str(value)


def _number(value: Any) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number and not (isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value.strip())):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def session_row(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A session in our names, with its state; times as UTC text."""
    row = SESSION.result(raw)
    for name in TIMES:
        if name in row:
            row[name] = time_text(row[name])
    row[STATE] = session_state(raw)
    return row
