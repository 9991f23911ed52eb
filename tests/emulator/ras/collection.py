# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of one kind: stored, found, and served from bytes that are made once per change."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from emulator.clock import timestamp
from emulator.exchange import dump
from emulator.ras.problems import ProblemError
from emulator.ras.schema import Resource

Record = dict[str, Any]


class Collection:
    """Objects by id."""

    def __init__(self, resource: Resource, now: Callable[[], datetime.datetime]) -> None:
        self.resource = resource
        self._now = now
        self.next_id = 1
        self._records: dict[int, Record] = {}
        self._listed: dict[int, bytes] = {}
        self._whole: dict[int, bytes] = {}
        self._servers: dict[tuple[int, str], int] = {}

    def add(self, server: str, site_id: int, admin: str, object_id: int | None = None) -> Record:
        """Add an object; a second one with the same server in the same site is a conflict."""
        key = (site_id, server.casefold())
        if key in self._servers:
            raise ProblemError(409, f"The {self.resource.title} '{server}' already exists in site {site_id}.")
        number = self.next_id if object_id is None else object_id
        record = self.resource.fresh(server, site_id, number)
        if self.resource.audited:
            moment = timestamp(self._now())
            record.update(adminCreate=admin, adminLastMod=admin, timeCreate=moment, timeLastMod=moment)
        self._records[number] = record
        self._servers[key] = number
        self.next_id = max(self.next_id, number + 1)
        return record

    def change(self, object_id: int, changes: Mapping[str, Any], admin: str) -> Record:
        """Change fields; the audit fields change with every write, also with one that changes nothing."""
        record = self.get(object_id)
        record.update(changes)
        if self.resource.audited:
            record.update(adminLastMod=admin, timeLastMod=self._later_than(record["timeLastMod"]))
        self._forget(object_id)
        return record

    def overwrite(self, object_id: int, fields: Mapping[str, Any], admin: str) -> Record:
        """Change anything but the id, unchecked: the control address plays another administrator."""
        record = self.get(object_id)
        del self._servers[(record["siteId"], record["server"].casefold())]
        self.change(object_id, {name: value for name, value in fields.items() if name != "id"}, admin)
        self._servers[(record["siteId"], record["server"].casefold())] = object_id
        return record

    def remove(self, object_id: int) -> None:
        """Remove an object."""
        record = self.get(object_id)
        del self._servers[(record["siteId"], record["server"].casefold())]
        del self._records[object_id]
        self._forget(object_id)

    def get(self, object_id: int) -> Record:
        """One object."""
        if object_id not in self._records:
            raise ProblemError(404, f"There is no {self.resource.title} with id {object_id}.")
        return self._records[object_id]

    def select(self, site_id: int | None = None, server: str | None = None) -> list[Record]:
        """The objects of a site, with a server name; letter case does not count."""
        wanted = None if server is None else server.casefold()
        return [
            record
            for record in self._records.values()
            if (site_id is None or record["siteId"] == site_id)
            and (wanted is None or record["server"].casefold() == wanted)
        ]

    def list_json(self, records: Iterable[Record]) -> bytes:
        """The answer of a list."""
        return b"[" + b",".join(self._listed_json(record) for record in records) + b"]"

    def whole_json(self, record: Record) -> bytes:
        """The answer of a read of one object."""
        object_id = record["id"]
        if object_id not in self._whole:
            self._whole[object_id] = dump(record)
        return self._whole[object_id]

    def _listed_json(self, record: Record) -> bytes:
        main = self.resource.main
        if main is None:
            return self.whole_json(record)
        object_id = record["id"]
        if object_id not in self._listed:
            self._listed[object_id] = dump({name: record[name] for name in main})
        return self._listed[object_id]

    def _forget(self, object_id: int) -> None:
        self._listed.pop(object_id, None)
        self._whole.pop(object_id, None)

    def _later_than(self, before: str) -> str:
        """The present, but never the same text twice: two writes may fall into one millisecond."""
        moment = timestamp(self._now())
        if moment > before:
            return moment
        last = datetime.datetime.fromisoformat(before.replace("Z", "+00:00"))
        return timestamp(last + datetime.timedelta(milliseconds=1))
