# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where each kind of object of a farm lives: its paths, newest first, and what a server does there.

Source: reference/ras/endpoints.yaml and notes.md sections 5, 6, 10. A new kind of object is one more Resource here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping

from .._fields import FieldTable
from . import fields

FAMILIES = ("current", "legacy")  # newest first, the order of probing


@dataclasses.dataclass(frozen=True)
class Place:
    """Where one form of the API keeps a kind of object.

    family: the API generation; None for a path that all of them have. item: path of one object, with {id}; below the
    collection unless said otherwise. filters: our name -> the name in the query. whole: the list carries the whole
    objects. reads_one: one object can be read by its path. status: path of the status; {id} where it is per object.
    """

    collection: str
    family: str | None = None
    item: str = ""
    filters: Mapping[str, str] = dataclasses.field(default_factory=dict)
    whole: bool = True
    reads_one: bool = True
    status: str = ""

    def path(self, object_id: object) -> str:
        """The path of one object."""
        return (self.item or f"{self.collection}/{{id}}").replace("{id}", str(object_id))


@dataclasses.dataclass(frozen=True)
class Resource:
    """A kind of object.

    key: our name of the field that names an object, parent: of the field that tells where; both together are unique.
    created_with: fields that the request which creates an object takes beside these.
    """

    noun: str
    title: str
    table: FieldTable
    places: tuple[Place, ...]
    key: str = "server"
    parent: str = "site_id"
    created_with: Collection[str] = ()

    @property
    def differs(self) -> bool:
        """Whether it matters which generation the server speaks."""
        return len({place.family for place in self.places}) > 1

    @property
    def has_status(self) -> bool:
        return any(place.status for place in self.places)


_BY_SERVER = {"server": "Server", "site_id": "SiteId"}
_BY_NAME = {"name": "Name", "site_id": "SiteId"}

# The filters of the gateway list are only likely (endpoints.yaml), hence none is sent.
GATEWAYS = Resource(
    "gateway",
    "secure gateway",
    fields.GATEWAY,
    (Place("/api/Gateway", status="/api/Gateway/status"),),
)
# Legacy: only list, create and one-object status are documented. Reading one goes through the list; PUT and DELETE are
# assumed by analogy.
RDS_SERVERS = Resource(
    "rds_server",
    "RDS server",
    fields.RDS_SERVER,
    (
        Place("/api/RDS/Host", "current", filters=_BY_SERVER, whole=False, status="/api/RDS/Host/status"),
        Place("/api/rds", "legacy", reads_one=False, status="/api/rds/{id}/status"),
    ),
)
# No older generation documents pools. The body of a new pool is assumed to be like that of a new VDI host pool.
RDS_HOST_POOLS = Resource(
    "rds_host_pool",
    "RDS host pool",
    fields.RDS_HOST_POOL,
    (Place("/api/RDS/HostPool", "current", filters=_BY_NAME),),
    key="name",
    created_with=("enabled", "description"),
)
# The path's new name is that of v21. v20 documents list and create below the old one; the rest there is by analogy.
BROKERS = Resource(
    "broker",
    "connection broker",
    fields.BROKER,
    (
        Place("/api/ConnectionBroker", "current", filters=_BY_SERVER),
        Place("/api/Broker", "current", filters=_BY_SERVER),
    ),
)
# Created on the path of the collection, read, changed and removed below the id. Reading one is by analogy.
PUBLISHED_FOLDERS = Resource(
    "published_folder",
    "published folder",
    fields.PUBLISHED_FOLDER,
    (Place("/api/PubItems/Folders", "current", item="/api/PubItems/{id}/Folders", filters=_BY_NAME),),
    key="name",
    parent="parent_id",
    created_with=fields.NEW_PUBLISHED_ITEM,
)
PUBLISHED_DESKTOPS = Resource(
    "published_desktop",
    "published desktop",
    fields.PUBLISHED_DESKTOP,
    (Place("/api/PubItems/Desktops/RDS", "current", item="/api/PubItems/{id}/Desktops/RDS", filters=_BY_NAME),),
    key="name",
    parent="parent_id",
    created_with=fields.NEW_PUBLISHED_ITEM,
)
# Legacy: only create is documented; the rest is assumed by analogy with /api/rds.
PUBLISHED_APPS = Resource(
    "published_app",
    "published application",
    fields.PUBLISHED_APP,
    (
        Place("/api/PubItems/Apps/RDS", "current", item="/api/PubItems/{id}/Apps/RDS", filters=_BY_NAME),
        Place("/api/pubrdsapps", "legacy", reads_one=False),
    ),
    key="name",
    parent="parent_id",
    created_with=(*fields.NEW_PUBLISHED_ITEM, "target"),
)
# All kinds in one list, by which nothing is written.
PUBLISHED_ITEMS = Resource(
    "published_item",
    "published item",
    fields.PUBLISHED_ITEM,
    (Place("/api/PubItems", "current", filters=_BY_NAME), Place("/api/pubrdsapps", "legacy", reads_one=False)),
    key="name",
    parent="parent_id",
)
