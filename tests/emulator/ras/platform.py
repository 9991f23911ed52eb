# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RAS as the engine sees it: headers and tokens checked, refusals worded, objects changed behind the client's back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.message import Message
from typing import Any

from emulator.clock import Clock
from emulator.contract import ControlError
from emulator.exchange import JSON_TYPE, ApiRequest, Reply
from emulator.faults import Kind
from emulator.ras.admins import AdminSessions
from emulator.ras.farm import Farm, FarmOptions
from emulator.ras.operations import operations
from emulator.ras.problems import ProblemError, code_msg_reply, problem_reply
from emulator.ras.service import Account, Service
from emulator.routing import Operation

API_VERSION = "1.0"
# Connection brokers are at the first in v21.2, at the second in v19 and v20.
BROKER_PATHS = ("ConnectionBroker", "Broker")


class RasPlatform:
    """The Web Administration Service of one farm."""

    name = "ras"
    error_bodies = frozenset({"problem", "code_msg"})
    fault_kinds: Mapping[str, Kind] = {}

    def __init__(
        self,
        options: FarmOptions | None = None,
        *,
        account: Account | None = None,
        clock: Clock | None = None,
        session_expire: float | None = None,
        minimal_logon: bool = False,
        gateway_filters: bool = False,
        published_as_object: bool = False,
        broker_path: str = BROKER_PATHS[0],
    ) -> None:
        options = options or FarmOptions()
        clock = clock or Clock()
        self._farm = Farm(options, clock)
        self._admins = AdminSessions(clock, session_expire)
        self._account = account or Account()
        service = Service(self._farm, self._admins, self._account, minimal_logon, gateway_filters, published_as_object)
        self.operations: Sequence[Operation] = operations(service, broker_path)
        self.ready: Mapping[str, Any] = {
            "api_family": options.family,
            "farm": options.farm,
            "license_email": options.licence_account.email,
            "license_password": options.licence_account.password,
        }

    def screen(self, request: ApiRequest, operation: Operation) -> Reply | None:
        """Content type first, then the token."""
        media = Message()
        media["Content-Type"] = request.headers.get("content-type", "")
        if media.get_content_type() != JSON_TYPE or "content-type" not in request.headers:
            return self.error(request, 415, f"The media type must be {JSON_TYPE} with api-version={API_VERSION}.")
        if media.get_param("api-version") != API_VERSION:
            return self.error(request, 400, f"The media type needs the parameter api-version={API_VERSION}.")
        if operation.needs_token and self._admins.find(request.headers.get("auth_token")) is None:
            return self.error(request, 401, "The token is missing, unknown or expired.")
        return None

    def handle(self, request: ApiRequest, operation: Operation) -> Reply:
        """Carry out an operation; a refusal becomes ProblemDetails."""
        try:
            return operation.handle(request)
        except ProblemError as problem:
            return problem_reply(problem.status, problem.detail, request.path, problem.errors)

    def error(self, request: ApiRequest, status: int, detail: str | None = None, style: str = "problem") -> Reply:
        """One of the two error bodies."""
        if style == "code_msg":
            return code_msg_reply(status, detail)
        return problem_reply(status, detail, request.path)

    def state(self) -> dict[str, Any]:
        """Administrator sessions, and whether something waits to be applied."""
        return {
            "admin_sessions": self._admins.count(),
            "logons": self._admins.logons,
            "logoffs": self._admins.logoffs,
            "foreign_tokens": self._admins.foreign_tokens,
            "waiting_for_apply": self._farm.waiting_for_apply,
            "messages": self._farm.messages,
        }

    def reset_counters(self) -> None:
        """Counters of administrator sessions and of messages."""
        self._admins.reset_counters()
        self._farm.messages = 0

    def create(self, resource: str, body: Mapping[str, Any]) -> Any:
        """Any kind of ``Farm.collections``, ``site``, ``avd_workspace``, ``session``."""
        fields = dict(body)
        try:
            if resource in self._farm.collections:
                return self._create_object(resource, fields)
            if resource == "site":
                return self._farm.add_site(fields.pop("name"), **fields)
            if resource == "avd_workspace":
                return self._farm.add_workspace(fields.pop("name"), fields.pop("siteId", 1), **fields)
            if resource == "session":
                return self._farm.sessions.add(fields)
        except (ProblemError, KeyError, TypeError) as error:
            raise ControlError(f"cannot create {resource}: {error!r}") from error
        raise ControlError(f"cannot create {resource!r}")

    def update(self, resource: str, key: Any, body: Mapping[str, Any]) -> Any:
        """Any kind of ``Farm.collections``, ``gateway_status``, ``rds_status``, ``rds_machine``, ``license``."""
        try:
            if resource in self._farm.collections:
                return self._update_object(resource, int(key), dict(body))
            if resource in ("gateway_status", "rds_status"):
                return self._farm.change_status(resource.removesuffix("_status"), int(key), body)
            if resource == "rds_machine":
                host = self._farm.collections["rds"].get(int(key))
                self._farm.machines.set_up(host["id"], body)
                return self._farm.status("rds", host)
            if resource == "license":
                return self._farm.licence.overwrite(body)
        except ProblemError as error:
            raise ControlError(f"cannot update {resource}: {error} {error.errors or ''}") from error
        raise ControlError(f"cannot update {resource!r}")

    def delete(self, resource: str, key: Any) -> None:
        """Any kind of ``Farm.collections``, ``session``."""
        try:
            if resource in self._farm.collections:
                self._farm.remove(resource, int(key), self._account.username)
                return
        except ProblemError as error:
            raise ControlError(str(error)) from error
        if resource != "session" or not self._farm.sessions.remove(int(key)):
            raise ControlError(f"cannot delete {resource!r} {key!r}")

    def _create_object(self, kind: str, fields: dict[str, Any]) -> Any:
        resource = self._farm.collections[kind].resource
        name, site_id = fields.pop(resource.key), fields.pop("siteId", self._farm.licensing_site)
        parent: dict[str, Any] = {resource.scope: fields.pop(resource.scope)} if resource.scope in fields else {}
        record = self._farm.add(kind, name, site_id, self._account.username, parent, fields.pop("id", None))
        return self._update_object(kind, record["id"], fields) if fields else record

    def _update_object(self, kind: str, object_id: int, fields: dict[str, Any]) -> Any:
        if kind == "host_pool" and "members" in fields:
            self._farm.pools.set_members(object_id, fields.pop("members"))
        return self._farm.collections[kind].overwrite(object_id, fields, self._account.username)
