# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Published items: folders, applications, desktops. They share their ids, and folders hold the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.exchange import ApiRequest, Reply, dump
from emulator.ras import values
from emulator.ras.collection import Collection, Record
from emulator.ras.problems import ProblemError, bad_value
from emulator.ras.samples import sample
from emulator.ras.schema import AUDIT, Family, Field, Resource, fields_of
from emulator.ras.service import NO_CONTENT, ObjectOperations, Service, json_reply

# PubItemType, as the page of folders numbers it.
FOLDER, APP, DESKTOP = "published_folder", "published_app", "published_desktop"
TYPES = {FOLDER: 1, APP: 2, DESKTOP: 3}
TOP_LEVEL = 0
DISABLED, ENABLED = 0, 1
MESSAGES = "maintenanceMessages"
LANGUAGES = ("en_US", "ja_JP", "fr_FR", "es_ES", "it_IT", "pt_BR", "nl_NL", "zh_TW", "zh_CN", "ko_KR", "de_DE")
# A read has these, the page of creates has not.
NOT_ON_CREATE = frozenset({"maintenanceMessage_zh_CN", "maintenanceMessage_ko_KR"})

# The page's fields up to allowedMACs, where it is cut; values are those of the sample where it has them, else assumed.
_ITEM: Mapping[str, Any] = {
    "inheritMaintenance": True,
    "replicateMaintenance": False,
    "name": "",
    "parentId": TOP_LEVEL,
    "previousId": 0,
    "description": "",
    "enabledMode": ENABLED,
    "enabled": True,
    "publishToSite": [],
    "userFilterEnabled": False,
    "allowedUsers": [],
    "clientFilterEnabled": False,
    "allowedClients": [],
    "ipFilterEnabled": False,
    "allowedIP4s": [],
    "allowedIP6s": [],
    "macFilterEnabled": False,
    "allowedMACs": [],
}
# Assumed: what follows after the cut, named like what PowerShell shows.
_ITEM_AFTER_THE_CUT: Mapping[str, Any] = {
    "gwFilterEnabled": False,
    "allowedGWs": [],
    "osFilterEnabled": False,
    "allowedOSes": [],
}
# Assumed: PowerShell's names in camelCase, and start values.
_DESKTOP: Mapping[str, Any] = {
    "publishFrom": 0,
    "publishFromServer": [],
    "publishFromGroup": [],
    "desktopSize": 0,
    "width": 0,
    "height": 0,
    "connectToConsole": False,
    "startOnLogon": False,
    "allowMultiMonitor": False,
}
_SPECIAL = (
    Field("name", "", lengths=values.NAME_LENGTHS),
    Field("enabledMode", ENABLED, choices=values.ENABLED_MODES),
    Field("publishFrom", 0, choices=values.PUBLISH_FROM),
    Field("winType", 0, choices=values.WINDOW_TYPES),
    *(Field(name, [], items=int) for name in ("publishToSite", "publishFromServer", "publishFromGroup")),
    # What these hold is not known.
    *(Field(name, [], items=None) for name in ("fileExtensions", "allowedOSes")),
    *(Field(name, [], items=dict) for name in ("allowedUsers", "allowedIP4s", "allowedIP6s", "perServerAttributes")),
)


def _resource(kind: str, title: str, own: Mapping[str, Any], required: tuple[str, ...] = ()) -> Resource:
    """A kind of the current family. Assumed: a create knows every field, but for two messages."""
    defaults = {**_ITEM, **_ITEM_AFTER_THE_CUT, **own}
    fields = fields_of(defaults, [one for one in _SPECIAL if one.name in defaults])
    for language in LANGUAGES:
        name = f"maintenanceMessage_{language}"
        fields[name] = Field(name, "", lengths=values.NAME_LENGTHS, inside=MESSAGES)
    shown = tuple(defaults)
    after_name = shown.index("name") + 1
    return Resource(
        name=kind,
        title=title,
        fields=fields,
        fixed={"type": TYPES[kind]},
        order=("id", *AUDIT, MESSAGES, *shown[:after_name], "type", *shown[after_name:]),
        key="name",
        scope="parentId",
        place="publishToSite",
        creatable=frozenset(fields) - {"name"} - NOT_ON_CREATE,
        required=required,
        null_is_absent=True,
    )


def _legacy_app() -> Resource:
    """The application of the Publishing Sample. Assumed: what follows after its cut, and that a create knows no more
    than the sample sends."""
    shown = {**sample("new_app", "publishing_sample"), **_AFTER_THE_CUT_OF_THE_SAMPLE}
    return Resource(
        name=APP,
        title="published application",
        fields=fields_of(
            {**shown, "target": "", "name": ""}, [one for one in _SPECIAL if one.name in shown], without=("id", "type")
        ),
        fixed={"type": TYPES[APP]},
        order=tuple(shown),
        key="name",
        scope="parentId",
        place="publishToSite",
        creatable=frozenset({"target"}),
        required=("target",),
    )


_AFTER_THE_CUT_OF_THE_SAMPLE: Mapping[str, Any] = {
    "gwFilterReplicate": False,
    "allowedGWs": [],
    "osFilterEnabled": False,
    "osFilterReplicate": False,
    "allowedOSes": [],
    "id": 0,
}


def _current_app() -> Resource:
    shown = sample("new_app", "publishing_sample")
    # The sample's own fields come first; from the name on it shows what every item has.
    own = {name: shown[name] for name in list(shown)[: list(shown).index("name")]}
    return _resource(APP, "published application", {**own, "target": ""}, required=("target",))


def resources(family: Family) -> dict[str, Resource]:
    """The kinds of published items; folders and desktops of the legacy family cannot be reached."""
    return {
        FOLDER: _resource(FOLDER, "published folder", {"adminOnly": False}),
        APP: _legacy_app() if family == "legacy" else _current_app(),
        DESKTOP: _resource(DESKTOP, "published desktop", _DESKTOP),
    }


class Published:
    """The tree of published items."""

    def __init__(self, collections: Mapping[str, Collection]) -> None:
        self._kinds = {kind: collections[kind] for kind in TYPES}
        self._folders = collections[FOLDER]

    def select(self, site_id: int | None, name: str | None) -> list[Record]:
        """Items of every kind, by their ids."""
        found = [one for collection in self._kinds.values() for one in collection.select(site_id, name)]
        return sorted(found, key=lambda one: int(one["id"]))

    def kind_of(self, object_id: int) -> str:
        """The kind of an item."""
        for kind, collection in self._kinds.items():
            if object_id in collection:
                return kind
        raise ProblemError(404, f"There is no published item with id {object_id}.")

    def check(self, given: Mapping[str, Any], object_id: int | None = None) -> None:
        """Refuse a parent that is no folder, or that is the item itself or below it."""
        parent = given.get("parentId", TOP_LEVEL)
        while parent != TOP_LEVEL:
            if parent == object_id or parent not in self._folders:
                raise bad_value("parentId", f"The folder {given['parentId']} cannot hold this item.")
            parent = self._folders.get(parent)["parentId"]

    def remove(self, kind: str, object_id: int) -> None:
        """Remove an item; a folder takes with it what it holds."""
        self._kinds[kind].remove(object_id)
        if kind == FOLDER:
            for below, collection in self._kinds.items():
                for one in collection.select():
                    if one["parentId"] == object_id and one["id"] in collection:
                        self.remove(below, one["id"])


def coupled(given: Mapping[str, Any]) -> dict[str, Any]:
    """``enabledMode`` and the deprecated ``enabled`` follow each other; the newer one rules (assumed)."""
    if "enabledMode" in given:
        return {**given, "enabled": given["enabledMode"] == ENABLED}
    if "enabled" in given:
        return {**given, "enabledMode": ENABLED if given["enabled"] else DISABLED}
    return dict(given)


class PublishedOperations(ObjectOperations):
    """One kind of published item."""

    def __init__(self, service: Service, kind: str) -> None:
        super().__init__(service, kind, filters=service.current)
        # Folders are documented as an array.
        self._may_be_bare = service.published_as_object and kind != FOLDER

    def list_all(self, request: ApiRequest) -> Reply:
        """All, or those that the filters leave; a single one perhaps without its array."""
        chosen = self._selected(request)
        if self._may_be_bare and len(chosen) == 1:
            return json_reply(self._objects.whole_json(chosen[0]))
        return json_reply(self._objects.list_json(chosen))

    def _checked(self, given: Mapping[str, Any], record: Record | None = None) -> Mapping[str, Any]:
        self._farm.published.check(given, None if record is None else record["id"])
        return coupled(given) if self._service.current else given


class AllPublished:
    """Items whatever their kind."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._farm = service.farm
        base = (*_ITEM, *_ITEM_AFTER_THE_CUT, "type")
        order = service.farm.collections[FOLDER].resource.order
        self._shown = tuple(name for name in order if name in (*base, "id", *AUDIT, MESSAGES))

    def list_all(self, request: ApiRequest) -> Reply:
        """``GET /api/PubItems``: of each item what every kind has."""
        chosen = [
            {name: one[name] for name in self._shown}
            for one in self._farm.published.select(
                values.query_int(request, "SiteId"), values.query_text(request, "Name")
            )
        ]
        return json_reply(dump(chosen[0] if self._service.published_as_object and len(chosen) == 1 else chosen))

    def delete(self, request: ApiRequest) -> Reply:
        """``DELETE /api/PubItems/{id}``."""
        number = values.path_id(request)
        self._farm.remove(self._farm.published.kind_of(number), number, self._service.admin_name(request))
        self._farm.touched()
        return NO_CONTENT
