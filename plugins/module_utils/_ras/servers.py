# Copyright: (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers of a farm (secure gateways, RDS servers): one desired state and one set of reads for both.

Source: seed 001; reference/ras/notes.md section 6 (push installation, partial PUT).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from .._converge import Changes, Raw, check_settings, raw_changes
from .._errors import BadInputError
from .._fields import Field
from .._options import RAS
from .._task import ArgumentSpec, Task
from .client import FAMILIES, RasClient, Resource, UnknownSiteError

_READ_ONLY = {
    "id": "the server gives it",
    "server": "it is the natural key; remove the object and add it anew",
    "siteid": "an object cannot move to another site",
    "admincreate": "the server keeps it",
    "adminlastmod": "the server keeps it",
    "timecreate": "the server keeps it",
    "timelastmod": "the server keeps it",
}


def state_spec(resource: Resource) -> ArgumentSpec:
    """The argument spec of a server's state module."""
    return ArgumentSpec(
        {
            **RAS.argument_spec(),
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "id": {"type": "int"},
            "server": {"type": "str"},
            "site": {"type": "str"},
            "install_agent": {"type": "bool", "default": True},
            "agent_username": {"type": "str"},
            "agent_password": {"type": "str", "no_log": True},
            "restart": {"type": "bool", "default": True},
            "firewall_rules": {"type": "bool", "default": True},
            "settings": {"type": "dict", "default": {}},
            **resource.table.options(),
        },
        mutually_exclusive=[RAS.exclusive],
        required_together=[["agent_username", "agent_password"]],
        required_one_of=[["id", "server"]],
    )


def info_spec() -> ArgumentSpec:
    """The argument spec of a server's info module."""
    return ArgumentSpec(
        {
            **RAS.argument_spec(),
            "id": {"type": "int"},
            "server": {"type": "str"},
            "site": {"type": "str"},
            "gather_status": {"type": "bool", "default": False},
        },
        mutually_exclusive=[RAS.exclusive, ["id", "server"], ["id", "site"]],
    )


class ServerTarget:
    """A Target of _converge: the server that a task names, and what it asks of it.

    Options that cannot be carried out raise BadInputError here, before the first request, or in changes(), before the
    first write.
    """

    def __init__(self, task: Task, client: RasClient, resource: Resource):
        params = task.params
        self.noun = resource.noun
        self._task = task
        self._client = client
        self._resource = resource
        self._id: int | None = params["id"]
        self._server: str | None = params["server"]
        self._state: str = params["state"]
        self.label = f"{resource.title} {self._server or f'with id {self._id}'}"
        self._settings: dict[str, Any] = params["settings"] or {}
        self._wanted = self._checked_options(params)

    def _checked_options(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Our names -> API values of the options that the task gave."""
        wanted = {}
        doubles = {}
        for field in self._resource.table:
            if field.read_only:
                continue
            for api in (field.api, field.legacy):
                if api:
                    doubles[api.casefold()] = field.name
            if field.name not in self._task.given:
                continue
            if params[field.name] is None:
                raise BadInputError(
                    f"{field.name}: no source shows that a field can be reset with null. Give the value that is wanted"
                    "{0}, or leave the option out (omit) to keep what is there.".format(
                        " ('' for none)" if field.type == "str" and not field.enum else ""
                    )
                )
            wanted[field.name] = field.to_api(params[field.name])
        check_settings(self._settings, doubles, _READ_ONLY)
        return wanted

    @functools.cached_property
    def _site_id(self) -> int | None:
        """The id of the wanted site; None when none is named, or when it is only planned (check mode)."""
        try:
            return self._client.site_id(self._task.params["site"])
        except UnknownSiteError as error:
            if not self._task.check_mode or self._state == "absent":
                raise
            self._task.warn(f"{error} Going on in check mode, as if the site were created before.")
            return None

    @property
    def _site_is_planned(self) -> bool:
        return self._task.params["site"] is not None and self._site_id is None

    # Reads

    def find(self, *, thorough: bool = False) -> Raw | None:
        return self._by_id() if self._id is not None else self._by_server(thorough)

    def _by_id(self) -> Raw | None:
        raw = self._client.get(self._resource, self._id or 0)
        if raw is None:
            if self._state == "absent":
                return None
            raise BadInputError(
                f"id: there is no {self._resource.title} with id {self._id}. RAS gives the ids itself; leave id out "
                "and set server to add one."
            )
        table = self._resource.table
        for name, wanted in (("server", self._server), ("site_id", self._site_id)):
            now = table.value(raw, name)
            if wanted is not None and not table.by_name[name].same(now, wanted):
                option = {"site_id": "site"}.get(name, name)
                raise BadInputError(
                    f"id and {option} disagree: the {self._resource.title} with id {self._id} has {option} {now}, not "
                    f"{wanted}. Correct one of them, or leave one out."
                )
        return raw

    def _by_server(self, thorough: bool) -> Raw | None:
        if self._site_is_planned:
            return None
        rows = self._client.select(self._resource, filtered=not thorough, server=self._server, site_id=self._site_id)
        table = self._resource.table
        if len(rows) > 1:
            places = ", ".join(f"id {table.value(row, 'id')} in site {table.value(row, 'site_id')}" for row in rows)
            raise BadInputError(
                f"server: {len(rows)} {self._resource.title}s are named {self._server} ({places}). Set site, or use id."
            )
        if not rows:
            return None
        return rows[0] if self._client.family_is_whole(self._resource) else self.read_again(rows[0])

    def read_again(self, current: Raw) -> Raw | None:
        return self._client.get(self._resource, self._resource.table.value(current, "id"))

    # Comparison

    def changes(self, current: Raw) -> Changes:
        table = self._resource.table
        changes: Changes = {}
        for name, wanted in self._wanted.items():
            self._check_known(table.by_name[name])
            now = table.value(current, name)
            if table.key(current, name) is None or not table.by_name[name].same(now, wanted):
                changes[name] = (now, wanted)
        changes.update(raw_changes(current, self._settings))
        return changes

    @property
    def _family(self) -> str:
        return self._client.family() if self._resource.differs else FAMILIES[-1]

    def _check_known(self, field: Field) -> None:
        """Refuse an option that the server's API generation has no field for."""
        if not self._resource.differs or (field.current if self._family == "current" else field.legacy is not None):
            return
        other = FAMILIES[1 - FAMILIES.index(self._family)]
        raise BadInputError(
            f"{field.name}: this server speaks the {self._family} API, where only the {other} one has this field. "
            "Leave the option out; settings takes raw fields of this server."
        )

    def _api_name(self, current: Raw, name: str) -> str:
        """What the server calls our field: its own spelling, else that of its generation."""
        table = self._resource.table
        if name not in table.by_name:
            return name
        field = table.by_name[name]
        fallback = field.api if self._family == "current" else field.legacy or field.api
        return table.key(current, name) or fallback

    # Writes

    def create(self) -> Raw | None:
        for name in self._wanted:
            self._check_known(self._resource.table.by_name[name])
        params = self._task.params
        query: dict[str, Any] = {}
        if not params["install_agent"]:
            query["noInstall"] = True
        if params["agent_username"]:
            query.update(username=params["agent_username"], password=params["agent_password"])
        if not params["restart"]:
            query["noRestart"] = True
        if not params["firewall_rules"]:
            query["noFireWallRules"] = True
        body: dict[str, Any] = {"server": self._server}
        if self._site_id is not None:
            body["siteId"] = self._site_id
        reply = self._client.request(
            "POST",
            self._client.path(self._resource),
            query=query,
            body=body,
            hints={"not_found": f"Check that the site {params['site']} exists." if params["site"] else "Check url."},
        )
        return self._carried(reply.content and reply.json())

    def update(self, current: Raw, changes: Changes) -> Raw | None:
        body = {self._api_name(current, name): wanted for name, (_now, wanted) in changes.items()}
        reply = self._client.request("PUT", self._object_path(current), body=body)
        return self._carried(reply.content and reply.json())

    def delete(self, current: Raw) -> None:
        self._client.request("DELETE", self._object_path(current))

    def _object_path(self, current: Raw) -> str:
        return f"{self._client.path(self._resource)}/{self._resource.table.value(current, 'id')}"

    def _carried(self, body: Any) -> Raw | None:
        """The object of an answer, if it carries one."""
        return body if isinstance(body, dict) and self._resource.table.key(body, "id") else None

    # What users see

    def planned(self) -> dict[str, Any]:
        planned: dict[str, Any] = {"server": self._server}
        if self._site_id is not None:
            planned["site_id"] = self._site_id
        for name, wanted in self._wanted.items():
            self._check_known(self._resource.table.by_name[name])
            planned[name] = self.shown(name, wanted)
        return {**planned, **self._settings}

    def result(self, raw: Raw) -> dict[str, Any]:
        return self._resource.table.result(raw)

    def shown(self, name: str, value: Any) -> Any:
        field = self._resource.table.by_name.get(name)
        return field.to_result(value) if field else value

    def identity(self, raw: Raw) -> dict[str, Any]:
        table = self._resource.table
        return {name: table.value(raw, name) for name in ("server", "site_id", "id")}


def server_info(task: Task, client: RasClient, resource: Resource) -> list[dict[str, Any]]:
    """The servers that a task asks for, in our names; none is an empty list."""
    params = task.params
    site_id = client.site_id(params["site"])
    if params["id"] is not None:
        found = client.get(resource, params["id"])
        rows = [found] if found else []
    else:
        rows = client.select(resource, server=params["server"], site_id=site_id)
        if params["server"] is not None and not client.family_is_whole(resource):
            whole = (client.get(resource, resource.table.value(row, "id")) for row in rows)
            rows = [row for row in whole if row]
    results = [resource.table.result(row) for row in rows]
    if params["gather_status"] and rows:
        statuses = client.statuses(resource, rows, server=params["server"], site_id=site_id)
        for result in results:
            result["status"] = statuses.get(str(result["id"]))
    return results
