# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo farm holds. Ids follow from the order here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from emulator.ras.published import APP, DESKTOP, FOLDER

if TYPE_CHECKING:
    from emulator.ras.farm import Farm

NEEDS_ATTENTION = 48
SITES = ("Head office", "Branch north", "Branch south")
# Name and site.
GATEWAYS = {"gw-01": 1, "gw-02": 1, "gw-north": 2, "gw-south": 3}
HOSTS = {"rds-01": 1, "rds-02": 1, "rds-03": 1, "rds-north": 2, "rds-south": 3}
# Name, site, members.
POOLS = (("Office", 1, (1, 2)), ("Engineering", 1, (3,)), ("North", 2, (4,)), ("South", 3, (5,)))
SECOND_BROKER = "broker-02.example.test"
# Name and number of the parent in this list, from 1; 0 is the top level.
FOLDERS = (("Office", 0), ("Engineering", 0), ("Tools", 2))
# Folder, name, fields. Assumed: 1 publishes from host pools, 2 from servers.
APPS: tuple[tuple[int, str, Mapping[str, Any]], ...] = (
    (1, "Calculator", {"target": "calc.exe"}),
    (1, "Paint", {"target": "mspaint.exe", "publishFrom": 1, "publishFromGroup": [1]}),
    (3, "Registry Editor", {"target": "regedit.exe", "publishFrom": 2, "publishFromServer": [3]}),
)
DESKTOPS: tuple[tuple[int, str, Mapping[str, Any]], ...] = (
    (0, "Office desktop", {"publishFrom": 1, "publishFromGroup": [1]}),
    (2, "Engineering desktop", {"publishFrom": 1, "publishFromGroup": [2]}),
)


def furnish(farm: Farm, admin: str) -> None:
    """Put everything but the sites into a farm."""
    for name, site_id in GATEWAYS.items():
        farm.add("gateway", f"{name}.example.test", site_id, admin)
    for name, site_id in HOSTS.items():
        farm.add("rds", f"{name}.example.test", site_id, admin)
    farm.collections["gateway"].change(2, {"description": "Reserve for maintenance", "enabled": False}, admin)
    farm.collections["rds"].change(1, {"description": "Office applications", "maxSessions": 100}, admin)
    farm.add_workspace("Office desktops")
    farm.add_workspace("Engineering", resourceGroup="rg-engineering", agentState=NEEDS_ATTENTION)
    farm.add_workspace("North desktops", site_id=2, location="northeurope")
    farm.add("broker", SECOND_BROKER, farm.licensing_site, admin)
    _publish(farm, admin)


def _publish(farm: Farm, admin: str) -> None:
    """Host pools and published items; the legacy family knows applications alone, and no folders for them."""
    if farm.family == "legacy":
        for _folder, name, fields in APPS:
            target = {"target": fields["target"]}
            farm.add(APP, name, farm.licensing_site, admin, target)
        return
    for name, site_id, members in POOLS:
        pool = farm.add("host_pool", name, site_id, admin, {"enabled": True})
        farm.pools.set_members(pool["id"], members)
    folders = [0]
    for name, parent in FOLDERS:
        fields = {"parentId": folders[parent]}
        folders.append(farm.add(FOLDER, name, farm.licensing_site, admin, fields)["id"])
    for kind, items in ((APP, APPS), (DESKTOP, DESKTOPS)):
        for folder, name, fields in items:
            farm.add(kind, name, farm.licensing_site, admin, {**fields, "parentId": folders[folder]})
