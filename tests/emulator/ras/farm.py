# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The farm: what is in it at the start, and the status that its servers report."""

from __future__ import annotations

import datetime
import random
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.clock import timestamp
from emulator.ras.collection import Collection, Record
from emulator.ras.problems import ProblemError
from emulator.ras.rd_sessions import ACTIVE, DISCONNECTED, MOMENT, Host, RdSessions, crowd
from emulator.ras.samples import sample
from emulator.ras.schema import AUDIT, Family, gateway, rds_host

FARMS = ("sample", "demo", "empty")
BUILDER = "administrator"
# AgentState and RASServerType, as seed 002 numbers them.
OK, DISABLED_FROM_SETTINGS, NEEDS_ATTENTION = 0, -2, 48
RDS_HOST, GATEWAY, AVD_WORKSPACE = 1, 3, 64
NO_BROKEN_REASON = -1
DEMO_SESSIONS = 12
# Name and site.
DEMO_GATEWAYS = {"gw-01": 1, "gw-02": 1, "gw-north": 2, "gw-south": 3}
DEMO_HOSTS = {"rds-01": 1, "rds-02": 1, "rds-03": 1, "rds-north": 2, "rds-south": 3}
SAMPLE_STATUS: Mapping[str, Any] = sample("08_rds_status")


@dataclass(frozen=True)
class FarmOptions:
    """What the command line says about the farm."""

    family: Family = "current"
    farm: str = "demo"
    sessions: int | None = None
    gateways: int = 0
    rds_servers: int = 0
    seed: int = 1
    recent: bool = False


class Farm:
    """All objects of one farm."""

    def __init__(self, options: FarmOptions, now: Callable[[], datetime.datetime]) -> None:
        self.family = options.family
        self._now: Callable[[], datetime.datetime] | None = None
        self.name = f"{options.farm} farm"
        self.guid = str(uuid.UUID(int=random.Random(options.seed).getrandbits(128), version=4))
        self.waiting_for_apply = False
        self.settings_id = 1
        self.sites: list[Record] = []
        self.collections: dict[str, Collection] = {
            "gateway": Collection(gateway(options.family), self._moment),
            "rds": Collection(rds_host(options.family), self._moment),
        }
        self.workspaces: list[Record] = []
        self._status_changes: dict[tuple[str, int], dict[str, Any]] = {}
        {"sample": self._sample, "demo": self._demo, "empty": self._empty}[options.farm]()
        self._enlarge(options)
        self.sessions = self._crowd(options, now)
        self._host_sessions = self.sessions.counts()
        self._now = now

    def _moment(self) -> datetime.datetime:
        """The present; what the farm holds at the start is as old as its sessions, the same in every run."""
        return MOMENT if self._now is None else self._now()

    @property
    def licensing_site(self) -> int:
        """The id of the site of the licensing server."""
        return int(next(site["id"] for site in self.sites if site["licensingSite"]))

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

    def status(self, kind: str, record: Record) -> Record:
        """The status object of a gateway or an RD Session Host."""
        shaped = self._gateway_status(record) if kind == "gateway" else self._host_status(record)
        return {**shaped, **self._status_changes.get((kind, record["id"]), {})}

    def change_status(self, kind: str, object_id: int, changes: Mapping[str, Any]) -> Record:
        """Let a server report something else from now on."""
        record = self.collections[kind].get(object_id)
        self._status_changes.setdefault((kind, object_id), {}).update(changes)
        return self.status(kind, record)

    def forget_status(self, kind: str, object_id: int) -> None:
        """Drop what was said about the status of an object that is gone."""
        self._status_changes.pop((kind, object_id), None)

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
        self.add_site(sample("03_site")["name"], licensing=True)
        shown = sample("04_gateways")[0]
        self.collections["gateway"].add(shown["server"], shown["siteId"], BUILDER, shown["id"])
        host_id = sample("07_new_rds")["id"]
        self.collections["rds"].next_id = host_id
        self._status_changes[("rds", host_id)] = dict(SAMPLE_STATUS)

    def _empty(self) -> None:
        self.add_site("site1", licensing=True)

    def _demo(self) -> None:
        for name in ("Head office", "Branch north", "Branch south"):
            self.add_site(name, licensing=not self.sites)
        gateways, hosts = self.collections["gateway"], self.collections["rds"]
        for name, site_id in DEMO_GATEWAYS.items():
            gateways.add(f"{name}.example.test", site_id, BUILDER)
        for name, site_id in DEMO_HOSTS.items():
            hosts.add(f"{name}.example.test", site_id, BUILDER)
        gateways.change(2, {"description": "Reserve for maintenance", "enabled": False}, BUILDER)
        hosts.change(1, {"description": "Office applications", "maxSessions": 100}, BUILDER)
        self.add_workspace("Office desktops")
        self.add_workspace("Engineering", resourceGroup="rg-engineering", agentState=NEEDS_ATTENTION)
        self.add_workspace("North desktops", site_id=2, location="northeurope")

    def _enlarge(self, options: FarmOptions) -> None:
        for count, kind, prefix in ((options.gateways, "gateway", "gw-bulk"), (options.rds_servers, "rds", "rds-bulk")):
            for number in range(1, count + 1):
                self.collections[kind].add(f"{prefix}-{number:05}.example.test", self.licensing_site, BUILDER)

    def _crowd(self, options: FarmOptions, now: Callable[[], datetime.datetime]) -> RdSessions:
        count = options.sessions
        if count is None:
            count = DEMO_SESSIONS if options.farm == "demo" else 0
        hosts = [Host(host["id"], host["server"], host["siteId"]) for host in self.collections["rds"].select()]
        sessions = RdSessions(crowd(count, options.seed, hosts, now() if options.recent else MOMENT))
        sessions.warm_up()
        return sessions

    def _agent_state(self, record: Record) -> int:
        # Assumed; the sample adds a host with noinstall and still reads 0, so a new server counts as well.
        return OK if record["enabled"] else DISABLED_FROM_SETTINGS

    def _host_status(self, record: Record) -> Record:
        """The sample's status with this host's own values; v19+ shows four fields, the rest is assumed the same."""
        counts = self._host_sessions.get(record["id"], Counter())
        shaped = {
            **SAMPLE_STATUS,
            "activeSessions": counts[ACTIVE],
            "disconnectedSessions": counts[DISCONNECTED],
            "activeConnections": counts[ACTIVE],
            "cpuLoad": 10 + record["id"] * 7 % 60,
            "memLoad": 30 + record["id"] * 5 % 50,
            "enabled": record["enabled"],
            "id": str(record["id"]),
            "server": record["server"],
            "siteId": record["siteId"],
            "agentState": self._agent_state(record),
            "serverType": RDS_HOST,
        }
        if self.family == "legacy":
            return shaped
        first = ("id", "siteId", "agentState", "serverType")
        return {name: shaped[name] for name in (*first, *(name for name in shaped if name not in first))}

    def _gateway_status(self, record: Record) -> Record:
        """Assumed as a whole: the host status without what a gateway cannot have."""
        return {
            "id": str(record["id"]),
            "siteId": record["siteId"],
            "agentState": self._agent_state(record),
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
