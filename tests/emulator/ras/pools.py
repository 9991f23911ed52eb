# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host pools and the RD Session Hosts in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emulator.exchange import ApiRequest, Reply
from emulator.ras import values
from emulator.ras.collection import Collection, Record
from emulator.ras.problems import bad_value
from emulator.ras.schema import AUDIT, Field, Resource, fields_of
from emulator.ras.service import NO_CONTENT, ObjectOperations, Service, json_reply

# Assumed: PowerShell's RDSObject, which holds the members of a new pool.
MEMBERS = "rdsObject"
# The page's fields. Assumed: start values, and that a new pool is disabled like those of VDI and AVD.
_SHOWN: Mapping[str, Any] = {
    "name": "",
    "enabled": False,
    "description": "",
    "autoscale": False,
    "rasTemplateId": 0,
    "rasTemplateVersionId": 0,
    "minServersFromTemplate": 0,
    "maxServersFromTemplate": 0,
    "workLoadThreshold": 0,
    "serversToAddPerRequest": 0,
    "workLoadToDrain": 0,
    "drainRemainsBelowSec": 0,
    "removeServersAfterDrainAndPowerOff": False,
    "inheritDefaultAgentSettings": True,
    "inheritDefaultPrinterSettings": True,
    "inheritDefaultUserProfileSettings": True,
    "inheritDefaultDesktopAccessSettings": True,
    "inheritDefaultAppPackageSettings": True,
    "inheritDefaultAutoUpgradeSettings": True,
}
# The default settings as their page shows them; the pool's page is cut inside them.
_DEFAULT_SETTINGS = (
    "port",
    "maxSessions",
    "disconnectActiveSessionAfter",
    "logoffDisconnectedSessionAfter",
    "allowURLAndMailRedirection",
    "supportShellURLNamespaceObjects",
    "preferredBrokerId",
    "enableDriveRedirectionCache",
    "allowRemoteExec",
    "enableAppMonitoring",
    "useRemoteApps",
    "allowFileTransfer",
    "fileTransferMode",
    "fileTransferLocation",
    "fileTransferLockLocation",
    "allowDragAndDrop",
    "dragAndDropMode",
    "manageRDPTransportProtocol",
    "printerNameFormat",
    "removeClientNameFromPrinterName",
    "removeSessionNumberFromPrinterName",
    "technology",
)


def host_pool(host: Resource) -> Resource:
    """The host pool; its default settings start like those of a host."""
    shown = {name: host.fields[name].default for name in _DEFAULT_SETTINGS if name in host.fields}
    rest = tuple(name for name in _SHOWN if name not in ("name", "enabled", "description"))
    return Resource(
        name="host_pool",
        title="host pool",
        fields=fields_of(_SHOWN, (Field("name", "", lengths=values.NAME_LENGTHS),)),
        fixed={"rdsDefSettings": {**shown, "fsLogix": {}}},
        order=("id", *AUDIT, "name", "siteId", "enabled", "description", *rest, "rdsDefSettings"),
        key="name",
        creatable=frozenset({"enabled", "description"}),
    )


class Pools:
    """Who is in which pool: a host in one at most."""

    def __init__(self, pools: Collection, hosts: Collection) -> None:
        self._pools = pools
        self._hosts = hosts
        self._pool_of: dict[int, int] = {}

    def pool_of(self, host_id: int) -> Record | None:
        """The pool of a host."""
        pool_id = self._pool_of.get(host_id)
        return None if pool_id is None else self._pools.get(pool_id)

    def members(self, pool_id: int) -> list[Record]:
        """The hosts of a pool, by their ids."""
        self._pools.get(pool_id)
        return [self._hosts.get(host) for host, pool in sorted(self._pool_of.items()) if pool == pool_id]

    def set_members(self, pool_id: int, host_ids: Sequence[int]) -> None:
        """Make these the hosts of a pool, and no others; each leaves the pool that it was in."""
        site_id = self._pools.get(pool_id)["siteId"]
        for host_id in host_ids:
            if host_id not in self._hosts:
                raise bad_value(MEMBERS, f"There is no RD Session Host with id {host_id}.")
            if self._hosts.get(host_id)["siteId"] != site_id:
                raise bad_value(MEMBERS, f"The RD Session Host with id {host_id} is in another site.")
        self.forget_pool(pool_id)
        self._pool_of.update(dict.fromkeys(host_ids, pool_id))

    def forget_pool(self, pool_id: int) -> None:
        """Leave the hosts of a pool without one."""
        self._pool_of = {host: pool for host, pool in self._pool_of.items() if pool != pool_id}

    def forget_host(self, host_id: int) -> None:
        """The host is gone."""
        self._pool_of.pop(host_id, None)


class PoolOperations(ObjectOperations):
    """Host pools, and their members."""

    def __init__(self, service: Service) -> None:
        super().__init__(service, "host_pool")
        self._pools = service.farm.pools

    def members(self, request: ApiRequest) -> Reply:
        """``GET …/{hostPoolId}/Members``: whole hosts."""
        hosts = self._pools.members(values.path_id(request, "hostPoolId"))
        return json_reply(self._farm.collections["rds"].whole_list_json(hosts))

    def set_members(self, request: ApiRequest) -> Reply:
        """``PUT …/{hostPoolId}/Members``: the complete list."""
        pool = self._objects.get(values.path_id(request, "hostPoolId"))
        body = values.known_keys(values.object_body(request), (MEMBERS,))
        wanted = body.get(MEMBERS)
        if not isinstance(wanted, list) or not all(values.is_a(one, int) for one in wanted):
            raise bad_value(MEMBERS, "A list of ids is required.")
        self._pools.set_members(pool["id"], wanted)
        self._objects.change(pool["id"], {}, self._service.admin_name(request))
        self._farm.touched()
        return NO_CONTENT
