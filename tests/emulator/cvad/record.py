# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session as the API shows it, whether it is kept as a whole record or made up when somebody asks."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

# Top-level properties in the order of the vendor's sample, each Formatted… after its twin.
PROPERTIES = (
    "Id",
    "Uid",
    "ApplicationsInUse",
    "AppState",
    "AppStateLastChangeTime",
    "FormattedAppStateLastChangeTime",
    "Brokering",
    "Client",
    "Connection",
    "ContainerScopes",
    "EstablishmentDurationMilliseconds",
    "EstablishmentTime",
    "FormattedEstablishmentTime",
    "IsAnonymousUser",
    "IsHidden",
    "LogoffInProgress",
    "LogonInProgress",
    "Machine",
    "SessionType",
    "StartTime",
    "FormattedStartTime",
    "State",
    "StateChangeTime",
    "FormattedStateChangeTime",
    "UntrustedUserName",
    "User",
)
FORMATTED = frozenset(name for name in PROPERTIES if name.startswith("Formatted"))

Record = dict[str, Any]


class Session(Protocol):
    """What lists, searches and actions need of a session."""

    @property
    def id(self) -> str:
        """Its GUID."""

    def to_json(self, names: tuple[str, ...]) -> bytes:
        """The session with these top-level properties, as far as it has them."""

    def value(self, path: str) -> Any:
        """What stands at a path such as ``Machine.Name``; None when nothing does, a list below a list."""

    def record(self) -> Record:
        """The whole session."""


def compact(value: Any) -> str:
    """JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class StoredSession:
    """A session that is kept as a whole record: from the sample, changed, or created by a test."""

    def __init__(self, record: Record) -> None:
        self._record = record

    @property
    def id(self) -> str:
        """Its GUID."""
        return str(self._record["Id"])

    def to_json(self, names: tuple[str, ...]) -> bytes:
        """The session with these properties."""
        return compact({name: self._record[name] for name in names if name in self._record}).encode()

    def value(self, path: str) -> Any:
        """What stands at a path."""
        return reach(self._record, path.split("."))

    def record(self) -> Record:
        """A copy, free to be changed."""
        return copy.deepcopy(self._record)


def reach(value: Any, path: Sequence[str]) -> Any:
    """Walk down; a list is walked item by item."""
    for index, name in enumerate(path):
        if isinstance(value, list):
            return [reach(item, path[index:]) for item in value]
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def merge(record: Record, changes: Mapping[str, Any]) -> Record:
    """The record with these changes; objects are merged, everything else is replaced."""
    merged = dict(record)
    for name, value in changes.items():
        old = merged.get(name)
        merged[name] = merge(old, value) if isinstance(old, dict) and isinstance(value, Mapping) else value
    return merged
