# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of operations: name, method, path in each family. docs/emulator.md holds the evidence for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from emulator.exchange import ApiRequest, Reply
from emulator.ras.service import FarmOperations, ServerOperations, Service, SessionOperations
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


def rows(service: Service) -> tuple[Row, ...]:
    """All operations of both families."""
    session, farm = SessionOperations(service), FarmOperations(service)
    gateway = ServerOperations(service, "gateway", filters=service.gateway_filters)
    rds = ServerOperations(service, "rds", filters=service.current)
    return (
        _both("session.logon", "POST", "session", session.logon, "/api/Session/logon", needs_token=False),
        _both("session.logoff", "POST", "session", session.logoff, "/api/Session/logoff"),
        Row("session.logoff_other", "POST", "session", session.logoff_other, current="/api/Session/{SessionId}/logoff"),
        _both("site.list", "GET", "read", farm.sites, "/api/Site"),
        _both("site.get", "GET", "read", farm.site, "/api/Site/{id}"),
        _both("gateway.list", "GET", "read", gateway.list_all, "/api/Gateway"),
        _both("gateway.get", "GET", "read", gateway.get, "/api/Gateway/{id}"),
        _both("gateway.create", "POST", "write", gateway.create, "/api/Gateway"),
        # PUT and DELETE are known for v21 only; the legacy family has them by analogy (assumed).
        _both("gateway.update", "PUT", "write", gateway.update, "/api/Gateway/{id}"),
        _both("gateway.delete", "DELETE", "write", gateway.delete, "/api/Gateway/{id}"),
        Row("gateway.status", "GET", "read", gateway.status, current="/api/Gateway/status"),
        Row("rds.list", "GET", "read", rds.list_all, "/api/RDS", "/api/RDS/Host"),
        # One legacy host, its PUT and its DELETE: by analogy (assumed).
        Row("rds.get", "GET", "read", rds.get, "/api/RDS/{id}", "/api/RDS/Host/{id}"),
        Row("rds.create", "POST", "write", rds.create, "/api/RDS", "/api/RDS/Host"),
        Row("rds.update", "PUT", "write", rds.update, "/api/RDS/{id}", "/api/RDS/Host/{id}"),
        Row("rds.delete", "DELETE", "write", rds.delete, "/api/RDS/{id}", "/api/RDS/Host/{id}"),
        Row("rds.status", "GET", "read", rds.status, current="/api/RDS/Host/status"),
        Row("rds.status_one", "GET", "read", rds.status_one, legacy="/api/RDS/{id}/status"),
        Row("rds.sessions", "GET", "read", farm.host_sessions, "/api/RDS/sessions", "/api/RDS/Host/sessions"),
        Row("rdsession.list", "GET", "read", farm.sessions, current="/api/RDSession"),
        Row("avd_workspace_status.list", "GET", "read", farm.workspaces, current="/api/AVD/Workspace/status"),
        Row("avd_workspace_status.get", "GET", "read", farm.workspace, current="/api/AVD/Workspace/{id}/status"),
        _both("settings.apply", "POST", "write", farm.apply, "/api/Settings/apply"),
    )


def operations(service: Service) -> tuple[Operation, ...]:
    """The operations of the service's family."""
    table = []
    for row in rows(service):
        path = row.current if service.current else row.legacy
        if path is not None:
            table.append(Operation(row.name, row.method, path, row.kind, row.handle, row.needs_token))
    return tuple(table)


def _both(name: str, method: str, kind: Kind, handle: Handler, path: str, needs_token: bool = True) -> Row:
    return Row(name, method, kind, handle, path, path, needs_token)
