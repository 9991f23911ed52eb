# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pools of RDS servers and their members.

Source: reference/ras/endpoints.yaml (RDS/HostPool, its Members), schema RDSHostPool, notes.md sections 6 and 12.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

from .._converge import Changes, Raw
from .._errors import BadInputError, UnexpectedAnswerError
from .._task import ArgumentSpec, Task
from .client import RasClient
from .objects import ObjectTarget, info_spec, object_info, state_spec
from .resources import RDS_HOST_POOLS, RDS_SERVERS

# Where a pool's members stand in an object of ours; the API keeps them apart from it.
MEMBERS = "members"


def host_pool_spec() -> ArgumentSpec:
    """The argument spec of a pool's state module."""
    return state_spec(
        RDS_HOST_POOLS,
        {
            MEMBERS: {"type": "list", "elements": "str"},
            "members_exact": {"type": "bool", "default": False},
            # No source shows the body of the request that sets the members: the name of the parameter with which
            # PowerShell's New-RASRDSHostPool takes them is assumed, and the ids of all of them below it.
            "members_field": {"type": "str", "default": "rdsObject"},
        },
    )


def host_pool_info_spec() -> ArgumentSpec:
    """The argument spec of a pool's info module."""
    return info_spec(RDS_HOST_POOLS, {"gather_members": {"type": "bool", "default": False}})


class HostPoolTarget(ObjectTarget):
    """A pool and what a task asks of it. Its members are read only if the task names some."""

    apart = MEMBERS

    def __init__(self, task: Task, client: RasClient):
        super().__init__(task, client, RDS_HOST_POOLS)
        self._members: list[str] | None = task.params[MEMBERS]
        self._known_hosts: dict[Any, dict[str, tuple[str, Any]]] = {}
        # Members may be hosts that the account cannot list.
        self._listed_members: dict[str, tuple[str, Any]] = {}
        if task.params["members_exact"] and self._members is None:
            raise BadInputError("members_exact: it needs members; an empty list of members takes all out of the pool.")

    def _whole(self, raw: Raw) -> Raw:
        if self._members is None or self._state == "absent":
            return raw
        self._listed_members = _by_name(members_of(self._client, raw))
        return {**raw, MEMBERS: sorted((name for name, _id in self._listed_members.values()), key=str.casefold)}

    def _hosts(self, pool: Raw | None) -> dict[str, tuple[str, Any]]:
        """The RDS servers that may be members: folded name -> (name, id). Those of the pool's site."""
        if pool is not None:
            site_id = RDS_HOST_POOLS.table.value(pool, "site_id")
        elif self._parent_is_planned:
            site_id = None
        else:
            site_id = self._site_id or self._client.licensing_site_id()
        if site_id not in self._known_hosts:
            self._known_hosts[site_id] = _by_name(self._client.select(RDS_SERVERS, site_id=site_id))
        return {**self._listed_members, **self._known_hosts[site_id]}

    def _wanted_members(self, pool: Raw | None) -> list[str]:
        """The members that the pool should have, by the farm's spelling of their names."""
        now = (pool or {}).get(MEMBERS, [])
        wanted = {} if self._task.params["members_exact"] else {name.casefold(): name for name in now}
        missing = [name for name in self._members or [] if name.casefold() not in wanted]
        hosts = self._hosts(pool) if missing else {}
        for name in missing:
            found, _id = hosts.get(name.casefold()) or (self._planned_host(name, hosts), None)
            wanted[name.casefold()] = found
        return sorted(wanted.values(), key=str.casefold)

    def _planned_host(self, name: str, hosts: Mapping[str, tuple[str, Any]]) -> str:
        """The name of a server that is not there: in check mode it may be planned, else it is refused."""
        known = ", ".join(sorted(host for host, _id in hosts.values())) or "none"
        sites = self._sites_by_host.get(name.casefold())
        if sites:
            raise BadInputError(
                f"members: the RDS server {name} is in site {', '.join(sites)}, and a pool has servers of its own "
                f"site. There are: {known}."
            )
        text = f"members: there is no RDS server {name}. There are: {known}."
        if not self._task.check_mode or not name.strip():
            raise BadInputError(text)
        self._task.warn(f"{text} Going on in check mode, as if the server were added before.")
        return name

    @functools.cached_property
    def _sites_by_host(self) -> dict[str, list[str]]:
        """The ids of the sites in which the RDS servers of the farm are, by folded name."""
        table = RDS_SERVERS.table
        sites: dict[str, list[str]] = {}
        for row in self._client.select(RDS_SERVERS):
            sites.setdefault(str(table.value(row, "server")).casefold(), []).append(str(table.value(row, "site_id")))
        return sites

    def changes(self, current: Raw) -> Changes:
        changes = super().changes(current)
        if self._members is not None:
            now = current.get(MEMBERS, [])
            wanted = self._wanted_members(current)
            if {name.casefold() for name in now} != {name.casefold() for name in wanted}:
                changes[MEMBERS] = (now, wanted)
        return changes

    def update(self, current: Raw, changes: Changes) -> Raw | None:
        if MEMBERS not in changes:
            return super().update(current, changes)
        hosts = self._hosts(current)
        ids = [hosts[name.casefold()][1] for name in changes[MEMBERS][1]]
        path = f"{self._object_path(current)}/Members"
        self._client.request("PUT", path, body={self._task.params["members_field"]: ids})
        return None

    def planned(self) -> dict[str, Any]:
        planned = super().planned()
        return planned if self._members is None else {**planned, MEMBERS: self._wanted_members(None)}


def members_of(client: RasClient, pool: Raw) -> list[Raw]:
    """The RDS servers of a pool, with the main properties."""
    path = client.place(RDS_HOST_POOLS).path(RDS_HOST_POOLS.table.value(pool, "id"))
    return client.rows(client.request("GET", f"{path}/Members"))


def host_pool_info(task: Task, client: RasClient) -> list[dict[str, Any]]:
    """The pools that a task asks for; with their members (in our names) if it asks for these too."""
    pools = object_info(task, client, RDS_HOST_POOLS)
    if task.params["gather_members"]:
        for pool in pools:
            pool[MEMBERS] = [RDS_SERVERS.table.result(row) for row in members_of(client, pool)]
    return pools


def _by_name(rows: Iterable[Raw]) -> dict[str, tuple[str, Any]]:
    """RDS servers: folded name -> (name, id)."""
    table = RDS_SERVERS.table
    servers = [(table.value(row, "server"), table.value(row, "id")) for row in rows]
    for name, server_id in servers:
        if not isinstance(name, str) or server_id is None:
            raise UnexpectedAnswerError(
                f"The server lists an RDS server without a name or an id (server {name}, id {server_id})."
            )
    return {name.casefold(): (name, server_id) for name, server_id in servers}
