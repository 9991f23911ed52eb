# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The farm: what is in it at the start, and the status that its servers report."""

from __future__ import annotations

import datetime
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.clock import Clock, timestamp
from emulator.ras import demo, published
from emulator.ras.brokers import Brokers, connection_broker
from emulator.ras.collection import Collection, Ids, Record
from emulator.ras.hosts import DISABLED_FROM_SETTINGS, LOGIN_STATUS, NOT_VERIFIED, OK, Installations, Machines, Pace
from emulator.ras.licence import Licence, LicenceAccount
from emulator.ras.pools import Pools, host_pool
from emulator.ras.problems import ProblemError
from emulator.ras.rd_sessions import ACTIVE, DISCONNECTED, MOMENT, Host, RdSessions, crowd
from emulator.ras.samples import sample
from emulator.ras.schema import AUDIT, Family
from emulator.ras.servers import gateway, rds_host

FARMS = ("sample", "demo", "empty")
BUILDER = "administrator"
# RASServerType, as seed 002 numbers it.
RDS_HOST, GATEWAY, AVD_WORKSPACE = 1, 3, 64
NO_BROKEN_REASON = -1
DEMO_SESSIONS = 12
APPS_IN_A_FOLDER = 20
FIRST_BROKER = "broker-01.example.test"
# How the licence of a farm stands at the start.
LICENCES = {"sample": "sample", "demo": "key", "empty": "none"}
SAMPLE_STATUS: Mapping[str, Any] = sample("08_rds_status")


@dataclass(frozen=True)
class FarmOptions:
    """What the command line says about the farm."""

    family: Family = "current"
    farm: str = "demo"
    sessions: int | None = None
    gateways: int = 0
    rds_servers: int = 0
    host_pools: int = 0
    published: int = 0
    seed: int = 1
    recent: bool = False
    pace: Pace = field(default_factory=Pace)
    licence: str | None = None
    licence_account: LicenceAccount = field(default_factory=LicenceAccount)


class Farm:
    """All objects of one farm."""

    def __init__(self, options: FarmOptions, clock: Clock) -> None:
        self.family = options.family
        self._clock: Clock | None = None
        self.name = f"{options.farm} farm"
        self.guid = str(uuid.UUID(int=random.Random(options.seed).getrandbits(128), version=4))
        self.waiting_for_apply = False
        self.settings_id = 1
        self.messages = 0
        self.sites: list[Record] = []
        self.collections = self._no_objects()
        self.pools = Pools(self.collections["host_pool"], self.collections["rds"])
        self.brokers = Brokers(self.collections["broker"])
        self.published = published.Published(self.collections)
        self.licence = Licence(options.licence_account, options.licence or LICENCES[options.farm])
        self.installations = Installations(clock, options.pace.install)
        self.workspaces: list[Record] = []
        self._status_changes: dict[tuple[str, int], dict[str, Any]] = {}
        self._printed_status: dict[int, Mapping[str, Any]] = {}
        {"sample": self._sample, "demo": self._demo, "empty": self._empty}[options.farm]()
        self._enlarge(options)
        self._sessions = self._crowd(options, clock)
        self.machines = Machines(clock, options.pace, self._sessions)
        self._clock = clock

    def _no_objects(self) -> dict[str, Collection]:
        host = rds_host(self.family)
        kinds = [gateway(self.family), host, host_pool(host), connection_broker()]
        collections = {kind.name: Collection(kind, self._moment) for kind in kinds}
        ids = Ids()
        for name, kind in published.resources(self.family).items():
            collections[name] = Collection(kind, self._moment, ids)
        return collections

    def _moment(self) -> datetime.datetime:
        """The present; what the farm holds at the start is as old as its sessions, the same in every run."""
        return MOMENT if self._clock is None else self._clock.now()

    @property
    def sessions(self) -> RdSessions:
        """The sessions of users, without those that ended meanwhile."""
        self.machines.settle()
        return self._sessions

    @property
    def licensing_site(self) -> int:
        """The id of the site of the licensing server."""
        return int(next(site["id"] for site in self.sites if site["licensingSite"]))

    @property
    def licensing_server(self) -> str:
        """The primary connection broker of the licensing site."""
        primary = self.brokers.primary(self.licensing_site)
        return FIRST_BROKER if primary is None else str(primary["server"])

    def site(self, site_id: int) -> Record:
        """One site."""
        for site in self.sites:
            if site["id"] == site_id:
                return site
        raise ProblemError(404, f"There is no site with id {site_id}.")

    def touched(self) -> None:
        """Something was written and waits to be applied."""
        self.waiting_for_apply = True
        self.settings_id += 1

    def add(
        self,
        kind: str,
        name: str,
        site_id: int,
        admin: str,
        given: Mapping[str, Any] | None = None,
        object_id: int | None = None,
    ) -> Record:
        """Add an object of any kind."""
        if kind == "broker":
            given = {**(given or {}), "priority": self.brokers.last(site_id)}
        return self.collections[kind].add(name, site_id, admin, given, object_id)

    def remove(self, kind: str, object_id: int, admin: str) -> None:
        """Remove an object of any kind, and what hangs on it."""
        if kind == "broker":
            self.brokers.remove(object_id, admin)
        elif kind in published.TYPES:
            self.published.remove(kind, object_id)
        else:
            self.collections[kind].remove(object_id)
        self._status_changes.pop((kind, object_id), None)
        self.installations.forget(kind, object_id)
        if kind == "rds":
            self._printed_status.pop(object_id, None)
            self.machines.forget(object_id)
            self.pools.forget_host(object_id)
        elif kind == "host_pool":
            self.pools.forget_pool(object_id)

    def status(self, kind: str, record: Record) -> Record:
        """The status object of a gateway or an RD Session Host."""
        shaped = self._gateway_status(record) if kind == "gateway" else self._host_status(record)
        return {**shaped, **self._status_changes.get((kind, record["id"]), {})}

    def change_status(self, kind: str, object_id: int, changes: Mapping[str, Any]) -> Record:
        """Let a server report something else from now on, whatever happens to it."""
        record = self.collections[kind].get(object_id)
        self._status_changes.setdefault((kind, object_id), {}).update(changes)
        return self.status(kind, record)

    def add_site(self, name: str, licensing: bool = False) -> Record:
        """Add a site."""
        record: Record = {"name": name, "licensingSite": licensing, "id": len(self.sites) + 1}
        if self.family == "current":
            moment = timestamp(MOMENT)
            audit = dict(zip(AUDIT, (BUILDER, BUILDER, moment, moment), strict=True))
            record = {
                "id": record["id"],
                **audit,
                "name": name,
                "licensingSite": licensing,
                "enableHttpHostAttackProtection": False,
            }
        self.sites.append(record)
        return record

    def add_workspace(self, name: str, site_id: int = 1, **fields: Any) -> Record:
        """Add an AVD workspace, seen through its status; every field of seed 002."""
        record: Record = {
            "id": str(len(self.workspaces) + 1),
            "siteId": site_id,
            "serverType": AVD_WORKSPACE,
            "name": name,
            "providerId": 1,
            "resourceGroup": "rg-desktops",
            "location": "westeurope",
            "agentState": OK,
            "brokenReason": NO_BROKEN_REASON,
        }
        record.update(fields)
        self.workspaces.append(record)
        return record

    def _sample(self) -> None:
        """What the Basic Sample shows: the next gateway gets id 219, the next host 361 and the sample's status."""
        self._first_site(sample("03_site")["name"])
        shown = sample("04_gateways")[0]
        self.add("gateway", shown["server"], shown["siteId"], BUILDER, object_id=shown["id"])
        host_id = sample("07_new_rds")["id"]
        self.collections["rds"].ids.next = host_id
        self._printed_status[host_id] = SAMPLE_STATUS

    def _empty(self) -> None:
        self._first_site("site1")

    def _demo(self) -> None:
        self._first_site(demo.SITES[0])
        for name in demo.SITES[1:]:
            self.add_site(name)
        demo.furnish(self, BUILDER)

    def _first_site(self, name: str) -> None:
        self.add_site(name, licensing=True)
        self.add("broker", FIRST_BROKER, self.licensing_site, BUILDER)

    def _enlarge(self, options: FarmOptions) -> None:
        site_id = self.licensing_site
        for number in range(1, options.gateways + 1):
            self.add("gateway", f"gw-bulk-{number:05}.example.test", site_id, BUILDER)
        hosts = [
            self.add("rds", f"rds-bulk-{number:05}.example.test", site_id, BUILDER)["id"]
            for number in range(1, options.rds_servers + 1)
        ]
        for number in range(options.host_pools):
            pool = self.add("host_pool", f"pool-bulk-{number + 1:05}", site_id, BUILDER, {"enabled": True})
            self.pools.set_members(pool["id"], hosts[number :: options.host_pools])
        folder = published.TOP_LEVEL
        for number in range(options.published):
            if number % APPS_IN_A_FOLDER == 0 and self.family == "current":
                name = f"folder-bulk-{number // APPS_IN_A_FOLDER + 1:05}"
                folder = self.add(published.FOLDER, name, site_id, BUILDER)["id"]
            fields = {"target": f"app-{number + 1}.exe", "parentId": folder}
            self.add(published.APP, f"app-bulk-{number + 1:05}", site_id, BUILDER, fields)

    def _crowd(self, options: FarmOptions, clock: Clock) -> RdSessions:
        count = options.sessions
        if count is None:
            count = DEMO_SESSIONS if options.farm == "demo" else 0
        hosts = [self._place(host) for host in self.collections["rds"].select()]
        sessions = RdSessions(crowd(count, options.seed, hosts, clock.now() if options.recent else MOMENT))
        sessions.warm_up()
        return sessions

    def _place(self, host: Record) -> Host:
        pool = self.pools.pool_of(host["id"])
        if pool is not None:
            return Host(host["id"], host["server"], host["siteId"], (pool["id"], pool["name"]))
        in_no_pool = (0, "") if self.collections["host_pool"].select() else None
        return Host(host["id"], host["server"], host["siteId"], in_no_pool)

    def _agent_state(self, kind: str, record: Record) -> int:
        # Assumed; the sample adds a host with noinstall and still reads 0, so a new server counts as well.
        if not record["enabled"]:
            return DISABLED_FROM_SETTINGS
        if self.installations.runs(kind, record["id"]):
            return NOT_VERIFIED
        return self.machines.look(record["id"]).state if kind == "rds" else OK

    def _host_status(self, record: Record) -> Record:
        """The sample's status with this host's own values; v19+ shows four fields, the rest is assumed the same."""
        machine, counts = self.machines.look(record["id"]), self.sessions.states_on(record["id"])
        shaped = {
            **SAMPLE_STATUS,
            "activeSessions": counts[ACTIVE],
            "disconnectedSessions": counts[DISCONNECTED],
            "activeConnections": counts[ACTIVE],
            "loginStatus": LOGIN_STATUS[machine.logons],
            "cpuLoad": 10 + record["id"] * 7 % 60,
            "memLoad": 30 + record["id"] * 5 % 50,
            "enabled": record["enabled"],
            "id": str(record["id"]),
            "server": record["server"],
            "siteId": record["siteId"],
            "agentState": self._agent_state("rds", record),
            "serverType": RDS_HOST,
        }
        if machine.boot_time is not None:
            shaped.update(systemBootTime=machine.boot_time, serviceStartTime=machine.boot_time)
        if not self.machines.touched(record["id"]):
            shaped.update(self._printed_status.get(record["id"], {}))
        if self.family == "legacy":
            return shaped
        first = ("id", "siteId", "agentState", "serverType")
        return {name: shaped[name] for name in (*first, *(name for name in shaped if name not in first))}

    def _gateway_status(self, record: Record) -> Record:
        """Assumed as a whole: the host status without what a gateway cannot have."""
        return {
            "id": str(record["id"]),
            "siteId": record["siteId"],
            "agentState": self._agent_state("gateway", record),
            "serverType": GATEWAY,
            "server": record["server"],
            "enabled": record["enabled"],
            **{
                name: SAMPLE_STATUS[name]
                for name in ("preferredPA", "agentVer", "serverOS", "diskRead", "diskWrite", "logLevel")
            },
            "cpuLoad": 5 + record["id"] * 3 % 40,
            "memLoad": 20 + record["id"] * 11 % 40,
        }
