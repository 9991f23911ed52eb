# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of operations, and the addresses of each in the three URL styles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from emulator.cvad.options import MANAGE, ORCHESTRATION, TECHPREVIEW
from emulator.cvad.service import JobOperations, Service, SessionOperations, SignIn, SiteOperations
from emulator.exchange import ApiRequest, Reply
from emulator.routing import Kind, Operation

# What a call must name besides a token: nothing, the customer, or customer and site. ``sites`` are the two paths that
# carry the customer but no site in the orchestration style.
Scope = Literal["open", "customer", "sites", "site"]

ROOTS = {
    MANAGE: "/cvad/manage",
    ORCHESTRATION: "/citrix/orchestration/api",
    TECHPREVIEW: "/citrix/orchestration/api/techpreview",
}
CLOUD_SIGN_IN = "/cctrustoauth2/{customerId}/tokens/clients"


@dataclass(frozen=True)
class Row:
    """One operation; its path is relative to the root of a URL style, or absolute."""

    name: str
    method: str
    path: str
    kind: Kind
    scope: Scope
    handle: Callable[[ApiRequest], Reply]
    absolute: bool = False

    def paths(self, styles: tuple[str, ...]) -> tuple[str, ...]:
        """Its addresses."""
        if self.absolute:
            return (self.path,)
        return tuple(f"{ROOTS[style]}{self._middle(style)}/{self.path}" for style in styles)

    def _middle(self, style: str) -> str:
        if style == MANAGE:
            return ""
        return {"site": "/{customerId}/{siteId}", "sites": "/{customerId}"}.get(self.scope, "")


def rows(service: Service) -> tuple[Row, ...]:
    """All operations."""
    sign_in, site = SignIn(service), SiteOperations(service)
    session, job = SessionOperations(service), JobOperations(service)
    if service.options.cloud:
        tokens: tuple[Row, ...] = (
            Row("token.cloud", "POST", CLOUD_SIGN_IN, "session", "open", sign_in.cloud, absolute=True),
        )
    else:
        tokens = (
            Row("token.create", "POST", "tokens", "session", "open", sign_in.create),
            Row("token.refresh", "POST", "tokens/$refresh", "session", "customer", sign_in.refresh),
        )
    return (
        *tokens,
        Row("me.get", "GET", "me", "read", "customer", sign_in.me),
        Row("health.get", "GET", "HealthCheck", "read", "customer", site.health),
        Row("about.get", "GET", "About", "read", "site", site.about),
        Row("site.list", "GET", "Sites", "read", "sites", site.sites),
        Row("site.get", "GET", "Sites/{nameOrId}", "read", "sites", site.site),
        Row("session.list", "GET", "Sessions", "read", "site", session.sessions),
        Row("session.search", "POST", "Sessions/$search", "read", "site", session.search),
        Row("session.get", "GET", "Sessions/{id}", "read", "site", session.get),
        Row("session.disconnect", "POST", "Sessions/{id}/$disconnect", "write", "site", session.disconnect),
        Row("session.logoff", "POST", "Sessions/{id}/$logoff", "write", "site", session.logoff),
        Row("session.send_message", "POST", "Sessions/{id}/$sendMessage", "write", "site", session.send_message),
        Row("job.list", "GET", "Jobs", "read", "site", job.jobs),
        Row("job.get", "GET", "Jobs/{id}", "read", "site", job.get),
        Row("job.results", "GET", "Jobs/{id}/Results", "read", "site", job.results),
        Row("job.cancel", "POST", "Jobs/{id}/$cancel", "write", "site", job.cancel),
        Row("job.delete", "DELETE", "Jobs/{id}", "write", "site", job.delete),
    )


def operations(table: tuple[Row, ...], styles: tuple[str, ...]) -> tuple[Operation, ...]:
    """Each row at each of its addresses."""
    return tuple(
        Operation(row.name, row.method, path, row.kind, row.handle, needs_token=row.scope != "open")
        for row in table
        for path in row.paths(styles)
    )
