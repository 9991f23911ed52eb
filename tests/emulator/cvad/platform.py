# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CVAD as the engine sees it: headers and tokens checked, refusals worded, objects changed behind the client's back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from emulator.clock import Clock
from emulator.contract import ControlError
from emulator.cvad import enums, headers
from emulator.cvad.errors import STYLES, CvadError, error_reply
from emulator.cvad.operations import operations, rows
from emulator.cvad.options import CvadOptions
from emulator.cvad.record import StoredSession, merge
from emulator.cvad.service import Account, Service
from emulator.cvad.sites import Site, Sites
from emulator.exchange import ApiRequest, Reply
from emulator.faults import Kind
from emulator.routing import Operation
from emulator.tokens import Tokens

JOB_KEYS = {
    "outcome": "Failed",
    "seconds": None,
    "error_string": None,
    "error_code": None,
    "error_details": None,
}


class CvadPlatform:
    """A delivery controller, or the cloud in front of it."""

    name = "cvad"
    error_bodies = frozenset({"problem", *STYLES})
    fault_kinds: Mapping[str, Kind] = {
        "job": Kind(defaults=JOB_KEYS, quirk=True, choices={"outcome": enums.FINAL_JOB}),
        "vanish": Kind(quirk=True),
    }

    def __init__(
        self, options: CvadOptions | None = None, *, account: Account | None = None, clock: Clock | None = None
    ) -> None:
        self._options = options or CvadOptions()
        clock = clock or Clock()
        self._tokens = Tokens(clock, self._options.token_seconds)
        self._sites = Sites(self._options, clock)
        self._service = Service(self._options, account or Account(), self._tokens, self._sites)
        table = rows(self._service)
        self._scopes = {row.name: row.scope for row in table}
        self.operations: Sequence[Operation] = operations(table, self._options.url_styles)
        self.ready: Mapping[str, Any] = {
            "farm": self._options.farm,
            "customer_id": self._options.customer,
            "sites": [site.reference() for site in self._sites.all],
            "client_id": self._options.client_id if self._options.cloud else None,
            "client_secret": self._options.client_secret if self._options.cloud else None,
        }

    def screen(self, request: ApiRequest, operation: Operation) -> Reply | None:
        """Accept, token, customer, site, content type: the first that is wrong is told."""
        scope = self._scopes[operation.name]
        if not headers.accepts_json(request):
            return self.error(request, 406, "Accept must allow application/json.")
        if scope == "open":
            return None
        if self._service.token(request) is None:
            return self.error(request, 401, "The token is missing, unknown or expired.")
        refusal = self._screen_customer(request) or (self._screen_site(request) if scope == "site" else None)
        if refusal is None and request.body and not headers.sends_json(request):
            return self.error(request, 415, "Content-Type must be application/json; charset=utf-8.")
        return refusal

    def _screen_customer(self, request: ApiRequest) -> Reply | None:
        header = request.headers.get(headers.CUSTOMER)
        if not header:
            return self.error(request, 400, "The header Citrix-CustomerId is missing.")
        named = {header.lower(), request.path_values.get("customerId", header).lower()}
        if named != {self._options.customer.lower()}:
            return self.error(request, 403, "The token is not for this customer.")
        return None

    def _screen_site(self, request: ApiRequest) -> Reply | None:
        header, segment = request.headers.get(headers.INSTANCE), request.path_values.get("siteId")
        if not header and not segment:
            return self.error(request, 400, "The header Citrix-InstanceId is missing.")
        if header and segment and header.lower() != segment.lower():
            return self.error(request, 400, "Citrix-InstanceId and the address name different sites.")
        return None

    def handle(self, request: ApiRequest, operation: Operation) -> Reply:
        """Carry out an operation; a refusal becomes an error body."""
        self._sites.settle()
        try:
            return _traced(request, operation.handle(request))
        except CvadError as error:
            reply = error_reply(error.status, error.detail, self._options.error_style, error.parameters)
            return _traced(request, reply)

    def error(self, request: ApiRequest, status: int, detail: str | None = None, style: str = "problem") -> Reply:
        """One of the two error bodies."""
        chosen = self._options.error_style if style == "problem" else style
        return _traced(request, error_reply(status, detail, chosen))

    def state(self) -> dict[str, Any]:
        """Tokens, jobs and messages."""
        self._sites.settle()
        return {
            "tokens": self._tokens.count(),
            "logons": self._tokens.logons,
            "foreign_tokens": self._tokens.foreign_tokens,
            "jobs": sum(len(site.jobs) for site in self._sites.all),
            "messages": self._service.messages,
        }

    def reset_counters(self) -> None:
        """Counters of tokens and messages."""
        self._tokens.reset_counters()
        self._service.messages = 0

    def create(self, resource: str, body: Mapping[str, Any]) -> Any:
        """``session``; ``site`` (name or id) beside its fields places it, else it is in the first site."""
        if resource != "session":
            raise ControlError(f"cannot create {resource!r}")
        given = dict(body)
        site = self._site(given.pop("site", None))
        session = self._sites.new_session(given)
        if site.sessions.get(session.id) is not None:
            raise ControlError(f"there is a session {session.id}")
        site.sessions.put(session)
        return session.record()

    def update(self, resource: str, key: Any, body: Mapping[str, Any]) -> Any:
        """``session``, by id."""
        site = self._home(resource, key)
        session = site.sessions.get(str(key))
        if session is None:
            raise ControlError(f"there is no session {key!r}")
        after = StoredSession(merge(session.record(), {**body, "Id": session.id}))
        site.sessions.put(after)
        return after.record()

    def delete(self, resource: str, key: Any) -> None:
        """``session`` by id, or every ``token``."""
        if resource == "token":
            self._tokens.revoke_all()
            return
        self._home(resource, key).sessions.remove(str(key))

    def _site(self, name: str | None) -> Site:
        site = self._sites.find(name) if name is not None else next(iter(self._sites.all), None)
        if site is None:
            raise ControlError(f"there is no site {name!r}")
        return site

    def _home(self, resource: str, key: Any) -> Site:
        if resource == "session":
            for site in self._sites.all:
                if site.sessions.get(str(key)) is not None:
                    return site
        raise ControlError(f"there is no {resource!r} {key!r}")


def _traced(request: ApiRequest, reply: Reply) -> Reply:
    """Every answer carries the caller's transaction id, or a new one."""
    transaction = request.headers.get(headers.TRANSACTION) or str(uuid.uuid4())
    return replace(reply, headers={**reply.headers, headers.TRANSACTION: transaction})
