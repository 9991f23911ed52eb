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


class Ids:
    """Numbers that count up; kinds that share one never have the same id."""

    def __init__(self) -> None:
        self.next = 1

    def take(self, wanted: int | None = None) -> int:
        """The next number, or the wanted one."""
        number = self.next if wanted is None else wanted
        self.next = max(self.next, number + 1)
        return number


class Collection:
    """Objects by id."""

    def __init__(self, resource: Resource, now: Callable[[], datetime.datetime], ids: Ids | None = None) -> None:
        self.resource = resource
        self.ids = ids or Ids()
        self._now = now
        self._records: dict[int, Record] = {}
        self._listed: dict[int, bytes] = {}
        self._whole: dict[int, bytes] = {}
        self._by_name: dict[tuple[int, str], int] = {}

    def __contains__(self, object_id: int) -> bool:
        return object_id in self._records

    def add(
        self,
        name: str,
        site_id: int,
        admin: str,
        given: Mapping[str, Any] | None = None,
        object_id: int | None = None,
    ) -> Record:
        """Add an object; a second one with the same name in the same site or folder is a conflict."""
        record = self.resource.fresh(name, site_id, self.ids.next if object_id is None else object_id, given or {})
        self._refuse_twin(record)
        number = self.ids.take(object_id)
        if self.resource.audited:
            moment = timestamp(self._now())
            record.update(adminCreate=admin, adminLastMod=admin, timeCreate=moment, timeLastMod=moment)
        self._records[number] = record
        self._by_name[self.resource.identity(record)] = number
        return record

    def change(self, object_id: int, changes: Mapping[str, Any], admin: str) -> Record:
        """Change fields; the audit fields change with every write, also with one that changes nothing."""
        record = self.get(object_id)
        before = self.resource.identity(record)
        self._refuse_twin({**record, **changes})
        self.resource.store(record, changes)
        del self._by_name[before]
        self._by_name[self.resource.identity(record)] = object_id
        if self.resource.audited:
            record.update(adminLastMod=admin, timeLastMod=self._later_than(record["timeLastMod"]))
        self._forget(object_id)
        return record

    def overwrite(self, object_id: int, fields: Mapping[str, Any], admin: str) -> Record:
        """Change anything but the id, unchecked: the control address plays another administrator."""
        return self.change(object_id, {name: value for name, value in fields.items() if name != "id"}, admin)

    def remove(self, object_id: int) -> None:
        """Remove an object."""
        record = self.get(object_id)
        del self._by_name[self.resource.identity(record)]
        del self._records[object_id]
        self._forget(object_id)

    def get(self, object_id: int) -> Record:
        """One object."""
        if object_id not in self._records:
            raise ProblemError(404, f"There is no {self.resource.title} with id {object_id}.")
        return self._records[object_id]

    def select(self, site_id: int | None = None, name: str | None = None) -> list[Record]:
        """The objects of a site, with a name; letter case does not count."""
        wanted = None if name is None else name.casefold()
        return [
            record
            for record in self._records.values()
            if (site_id is None or self.resource.is_in_site(record, site_id))
            and (wanted is None or record[self.resource.key].casefold() == wanted)
        ]

    def whole_list_json(self, records: Iterable[Record]) -> bytes:
        """The answer of a list that carries whole objects whatever the kind's own list carries."""
        return b"[" + b",".join(self.whole_json(record) for record in records) + b"]"

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

    def _refuse_twin(self, record: Mapping[str, Any]) -> None:
        resource = self.resource
        if self._by_name.get(resource.identity(record), record["id"]) != record["id"]:
            name, scope = record[resource.key], record[resource.scope]
            where = "site" if resource.scope == "siteId" else "folder"
            raise ProblemError(409, f"The {resource.title} '{name}' already exists in {where} {scope}.")

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
