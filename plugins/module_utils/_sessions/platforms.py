# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each platform offers to whoever lists sessions of several: a client, pages of records, filters.

Imported by name, not on demand: a module that is shipped to a host takes along only what it imports.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from .. import _options
from .._connection import Client
from .._cvad import client as cvad_client
from .._cvad import sessions as cvad_sessions
from .._fastx import client as fastx_client
from .._fastx import records as fastx_records
from .._ras import client as ras_client
from .._ras import records as ras_records
from .._ras import sessions as ras_sessions
from .._task import Task
from .record import SessionRecord, ignore


class SessionPages(Protocol):
    """Lists sessions, a page at a time. params: connection options and filters; farm: the name for the records."""

    def __call__(
        self,
        client: Any,
        params: Mapping[str, Any],
        farm: str,
        raw: bool = False,
        warn: Callable[[str], None] = ignore,
    ) -> Iterator[list[SessionRecord]]: ...


@dataclasses.dataclass(frozen=True)
class SessionPlatform:
    """One platform.

    filters: argument spec of the options of its session module that choose sessions; paged: whether each page of
    records is an answer of its own, rather than a part of the only one.
    """

    platform: _options.Platform
    new_client: Callable[[Task], Client]
    session_pages: SessionPages
    filters: Mapping[str, dict[str, Any]]
    paged: bool = False


SESSION_PLATFORMS: Mapping[str, SessionPlatform] = {
    "ras": SessionPlatform(_options.RAS, ras_client.new_client, ras_records.session_pages, ras_sessions.FILTER_OPTIONS),
    "cvad": SessionPlatform(
        _options.CVAD,
        cvad_client.new_client,
        cvad_sessions.session_pages,
        cvad_sessions.filter_options("state"),
        paged=True,
    ),
    "fastx": SessionPlatform(
        _options.FASTX,
        fastx_client.new_client,
        fastx_records.session_pages,
        {"all_users": {"type": "bool", "default": False}, "filters": {"type": "dict", "default": {}}},
    ),
}
