# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of operations: name, method, path in each family. docs/emulator.md holds the evidence for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from emulator.exchange import ApiRequest, Reply
from emulator.ras.brokers import BrokerOperations
from emulator.ras.hosts import HostControl
from emulator.ras.licence import LicenceOperations
from emulator.ras.pools import PoolOperations
from emulator.ras.published import APP, DESKTOP, FOLDER, AllPublished, PublishedOperations
from emulator.ras.servers import ServerOperations
from emulator.ras.service import FarmOperations, ObjectOperations, Service, SessionOperations
from emulator.ras.user_sessions import UserSessionOperations
from emulator.routing import Kind, Operation

Handler = Callable[[ApiRequest], Reply]


@dataclass(frozen=True)
class Row:
    """One operation; a family without a path does not have it."""

    name: str
    method: str
    kind: Kind
    handle: Handler
    legacy: str | None = None
    current: str | None = None
    needs_token: bool = True


def rows(service: Service, broker_path: str) -> tuple[Row, ...]:
    """All operations of both families."""
    return (
        *_sessions_and_sites(service),
        *_servers(service),
        *_host_control(service),
        *_host_pools(service),
        *_brokers(service, broker_path),
        *_published(service),
        *_farm(service),
    )


def _sessions_and_sites(service: Service) -> Iterator[Row]:
    session, farm = SessionOperations(service), FarmOperations(service)
    yield _both("session.logon", "POST", "session", session.logon, "/api/Session/logon", needs_token=False)
    yield _both("session.logoff", "POST", "session", session.logoff, "/api/Session/logoff")
    yield Row(
        "session.logoff_other", "POST", "session", session.logoff_other, current="/api/Session/{SessionId}/logoff"
    )
    yield _both("site.list", "GET", "read", farm.sites, "/api/Site")
    yield _both("site.get", "GET", "read", farm.site, "/api/Site/{id}")


def _servers(service: Service) -> Iterator[Row]:
    # PUT and DELETE of gateways are known for v21 only; the legacy family has them by analogy (assumed). So it has one
    # host, its PUT and its DELETE.
    gateway = ServerOperations(service, "gateway", filters=service.gateway_filters)
    yield from _five("gateway", gateway, "/api/Gateway", "/api/Gateway")
    yield Row("gateway.status", "GET", "read", gateway.status, current="/api/Gateway/status")
    rds = ServerOperations(service, "rds", filters=service.current)
    yield from _five("rds", rds, "/api/RDS", "/api/RDS/Host")
    yield Row("rds.status", "GET", "read", rds.status, current="/api/RDS/Host/status")
    yield Row("rds.status_one", "GET", "read", rds.status_one, legacy="/api/RDS/{id}/status")


def _host_control(service: Service) -> Iterator[Row]:
    control, users = HostControl(service), UserSessionOperations(service)
    for name, part, action in control.actions:
        yield Row(f"rds.{name}", "POST", "write", control.handler(action), current=f"/api/RDS/Host/{{id}}/{part}")
    yield Row("rds.sessions", "GET", "read", users.of_hosts, "/api/RDS/sessions", "/api/RDS/Host/sessions")
    yield Row("rdsession.list", "GET", "read", users.list_all, current="/api/RDSession")
    one = "/api/RDS/Host/{rdsId}/sessions/{id}"
    yield Row("rd_session.disconnect", "POST", "write", users.disconnect, current=f"{one}/disconnect")
    yield Row("rd_session.logoff", "POST", "write", users.logoff, current=f"{one}/logoff")
    yield Row("rd_session.message", "POST", "write", users.message, current=f"{one}/sendmsg")


def _host_pools(service: Service) -> Iterator[Row]:
    pools = PoolOperations(service)
    yield from _five("host_pool", pools, None, "/api/RDS/HostPool")
    members = "/api/RDS/HostPool/{hostPoolId}/Members"
    yield Row("host_pool.members", "GET", "read", pools.members, current=members)
    yield Row("host_pool.set_members", "PUT", "write", pools.set_members, current=members)


def _brokers(service: Service, path: str) -> Iterator[Row]:
    brokers = BrokerOperations(service)
    yield from _five("broker", brokers, None, f"/api/{path}")
    yield Row("broker.priority", "PUT", "write", brokers.set_priority, current=f"/api/{path}/{{id}}/priority")
    yield Row("broker.promote", "POST", "write", brokers.promote, current=f"/api/{path}/{{id}}/promote")


def _published(service: Service) -> Iterator[Row]:
    every = AllPublished(service)
    yield Row("published.list", "GET", "read", every.list_all, current="/api/PubItems")
    yield Row("published.delete", "DELETE", "write", every.delete, current="/api/PubItems/{id}")
    for kind, part in ((FOLDER, "Folders"), (APP, "Apps/RDS"), (DESKTOP, "Desktops/RDS")):
        legacy = "/api/pubrdsapps" if kind == APP else None
        one = PublishedOperations(service, kind)
        yield from _five(kind, one, legacy, f"/api/PubItems/{part}", f"/api/PubItems/{{id}}/{part}")


def _farm(service: Service) -> Iterator[Row]:
    farm, licence = FarmOperations(service), LicenceOperations(service)
    yield Row("avd_workspace_status.list", "GET", "read", farm.workspaces, current="/api/AVD/Workspace/status")
    yield Row("avd_workspace_status.get", "GET", "read", farm.workspace, current="/api/AVD/Workspace/{id}/status")
    yield _both("license.get", "GET", "read", licence.get, "/api/License")
    yield _both("license.activate", "POST", "write", licence.activate, "/api/License/activate")
    yield _both("license.deactivate", "POST", "write", licence.deactivate, "/api/License/deactivate")
    yield _both("settings.apply", "POST", "write", farm.apply, "/api/Settings/apply")


def _five(
    name: str, objects: ObjectOperations, legacy: str | None, current: str, current_one: str | None = None
) -> Iterator[Row]:
    """List, read, add, change, remove; one object is below the collection unless its path is given."""
    legacy_one = None if legacy is None else f"{legacy}/{{id}}"
    current_one = current_one or f"{current}/{{id}}"
    yield Row(f"{name}.list", "GET", "read", objects.list_all, legacy, current)
    yield Row(f"{name}.get", "GET", "read", objects.get, legacy_one, current_one)
    yield Row(f"{name}.create", "POST", "write", objects.create, legacy, current)
    yield Row(f"{name}.update", "PUT", "write", objects.update, legacy_one, current_one)
    yield Row(f"{name}.delete", "DELETE", "write", objects.delete, legacy_one, current_one)


def operations(service: Service, broker_path: str) -> tuple[Operation, ...]:
    """The operations of the service's family."""
    table = []
    for row in rows(service, broker_path):
        path = row.current if service.current else row.legacy
        if path is not None:
            table.append(Operation(row.name, row.method, path, row.kind, row.handle, row.needs_token))
    return tuple(table)


def _both(name: str, method: str, kind: Kind, handle: Handler, path: str, needs_token: bool = True) -> Row:
    return Row(name, method, kind, handle, path, path, needs_token)
