# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection brokers: an order in each site, the first of which is the primary one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.exchange import ApiRequest, Reply
from emulator.ras import values
from emulator.ras.collection import Collection, Record
from emulator.ras.problems import ProblemError, bad_value
from emulator.ras.schema import AUDIT, Resource, fields_of
from emulator.ras.servers import ServerOperations
from emulator.ras.service import NO_CONTENT, Service

PRIMARY = 0
# The page's fields that can be written. Assumed: which ones those are, and their start values.
_WRITABLE: Mapping[str, Any] = {"enabled": True, "description": "", "ip": "", "alternativeIPs": "", "standby": False}


def connection_broker() -> Resource:
    """The connection broker."""
    return Resource(
        name="broker",
        title="connection broker",
        fields=fields_of(_WRITABLE),
        fixed={"priority": PRIMARY, "markedForDeletion": False},
        order=(
            *("id", *AUDIT, "server", "enabled", "description", "siteId", "priority", "ip"),
            *("alternativeIPs", "standby", "markedForDeletion"),
        ),
    )


class Brokers:
    """The order of the brokers: priorities of a site count up from 0 without a gap (assumed)."""

    def __init__(self, brokers: Collection) -> None:
        self._brokers = brokers

    def of_site(self, site_id: int) -> list[Record]:
        """The brokers of a site in their order."""
        return sorted(self._brokers.select(site_id), key=lambda one: one["priority"])

    def primary(self, site_id: int) -> Record | None:
        """The primary broker of a site."""
        return next(iter(self.of_site(site_id)), None)

    def last(self, site_id: int) -> int:
        """The priority of a broker that is added to a site."""
        return len(self._brokers.select(site_id))

    def move(self, broker_id: int, place: int, admin: str) -> None:
        """Give a broker another place; the others move over."""
        broker = self._brokers.get(broker_id)
        others = [one for one in self.of_site(broker["siteId"]) if one["id"] != broker_id]
        self._number([*others[:place], broker, *others[place:]], admin)

    def remove(self, broker_id: int, admin: str) -> None:
        """Remove a broker; the primary one stays."""
        broker = self._brokers.get(broker_id)
        if broker["priority"] == PRIMARY:
            raise ProblemError(409, f"The connection broker '{broker['server']}' is the primary one.")
        self._brokers.remove(broker_id)
        self._number(self.of_site(broker["siteId"]), admin)

    def _number(self, brokers: list[Record], admin: str) -> None:
        for place, one in enumerate(brokers):
            if one["priority"] != place:
                self._brokers.change(one["id"], {"priority": place}, admin)


class BrokerOperations(ServerOperations):
    """Connection brokers, their order, and promotion."""

    def __init__(self, service: Service) -> None:
        super().__init__(service, "broker")
        self._brokers = service.farm.brokers

    def set_priority(self, request: ApiRequest) -> Reply:
        """``PUT …/{id}/priority``. Assumed: the primary broker changes by promotion alone."""
        broker = self._objects.get(values.path_id(request))
        place = values.known_keys(values.object_body(request), ("priority",)).get("priority")
        last = self._brokers.last(broker["siteId"]) - 1
        if not isinstance(place, int) or isinstance(place, bool) or not PRIMARY <= place <= last:
            raise bad_value("priority", f"A number from {PRIMARY} to {last} is required.")
        if place != broker["priority"] and PRIMARY in (place, broker["priority"]):
            raise bad_value("priority", "The primary connection broker changes by promotion.")
        self._brokers.move(broker["id"], place, self._service.admin_name(request))
        self._farm.touched()
        return NO_CONTENT

    def promote(self, request: ApiRequest) -> Reply:
        """``POST …/{id}/promote``: the broker becomes the primary one, and every administrator has to log on again."""
        broker = self._objects.get(values.path_id(request))
        if broker["priority"] != PRIMARY:
            self._brokers.move(broker["id"], PRIMARY, self._service.admin_name(request))
            self._farm.touched()
            self._service.admins.end_all()
        return NO_CONTENT
