# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web service: what each operation does; one class serves every kind of object with the usual five."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emulator.exchange import ApiRequest, Reply, dump
from emulator.ras import values
from emulator.ras.admins import AdminSession, AdminSessions
from emulator.ras.collection import Record
from emulator.ras.problems import CONTENT_TYPE, ProblemError, bad_value

if TYPE_CHECKING:
    from emulator.ras.farm import Farm

LONGEST_USERNAME = 255


def json_reply(body: bytes, status: int = 200) -> Reply:
    """An answer with JSON."""
    return Reply(status, body, CONTENT_TYPE)


NO_CONTENT = Reply(204)


@dataclass(frozen=True)
class Account:
    """The one administrator that may log on."""

    username: str = "administrator"
    password: str = "11112222"


@dataclass
class Service:
    """The state behind all operations."""

    farm: Farm
    admins: AdminSessions
    account: Account
    minimal_logon: bool = False
    gateway_filters: bool = False
    published_as_object: bool = False

    @property
    def current(self) -> bool:
        """Whether this is the v19+ form of the API."""
        return self.farm.family == "current"

    def admin(self, request: ApiRequest) -> AdminSession | None:
        """The session of a request."""
        return self.admins.find(request.headers.get("auth_token"))

    def admin_name(self, request: ApiRequest) -> str:
        """Who writes."""
        session = self.admin(request)
        return self.account.username if session is None else session.username


class SessionOperations:
    """Log on, log off, throw out."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def logon(self, request: ApiRequest) -> Reply:
        """``POST /api/Session/logon``."""
        body = values.object_body(request)
        given = {key.casefold(): value for key, value in body.items()}
        for key in body:
            if key.casefold() not in ("username", "password"):
                raise bad_value(key, "The field is not known.")
        username, password = given.get("username"), given.get("password")
        if not isinstance(username, str) or not 1 <= len(username) <= LONGEST_USERNAME:
            raise bad_value("username", f"A text of 1 to {LONGEST_USERNAME} characters is required.")
        if not isinstance(password, str):
            raise bad_value("password", "A text is required.")
        local = values.query_flag(request, "localAuth")
        account = self._service.account
        if (username, password) != (account.username, account.password):
            raise ProblemError(401, "The user name or the password is wrong.")
        session = self._service.admins.log_on(username)
        return json_reply(dump(self._session_body(session, local)))

    def _session_body(self, session: AdminSession, local: bool) -> dict[str, object]:
        if self._service.minimal_logon or not self._service.current:
            return {"authToken": session.token}
        farm = self._service.farm
        return {
            "authToken": session.token,
            "localAuth": local,
            "userId": 1,
            "applySettingsEnabled": farm.waiting_for_apply,
            "connectedSiteId": farm.licensing_site,
            "settingsId": farm.settings_id,
            "sessionId": session.session_id,
            "connectedServer": farm.licensing_server,
            "licensingServer": farm.licensing_server,
            "primaryBrokerConnection": True,
            "licensingServerConnection": True,
            "domain": "example.test",
            "farmName": farm.name,
            "farmGUID": farm.guid,
        }

    def logoff(self, request: ApiRequest) -> Reply:
        """``POST /api/Session/logoff``: 200 and, like the sample, an empty body."""
        session = self._service.admin(request)
        if session is not None:
            self._service.admins.log_off(session)
        return Reply(200)

    def logoff_other(self, request: ApiRequest) -> Reply:
        """``POST /api/Session/{SessionId}/logoff``."""
        number = values.path_id(request, "SessionId")
        session = self._service.admins.by_id(number)
        if session is None:
            raise ProblemError(404, f"There is no session with id {number}.")
        self._service.admins.log_off(session)
        return NO_CONTENT


class FarmOperations:
    """Sites, AVD workspaces, apply."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._farm = service.farm

    def sites(self, request: ApiRequest) -> Reply:
        """``GET /api/Site``; the filter is documented for v20."""
        name = values.query_text(request, "Name") if self._service.current else None
        return json_reply(
            dump([site for site in self._farm.sites if name is None or site["name"].casefold() == name.casefold()])
        )

    def site(self, request: ApiRequest) -> Reply:
        """``GET /api/Site/{id}``."""
        return json_reply(dump(self._farm.site(values.path_id(request))))

    def workspaces(self, request: ApiRequest) -> Reply:
        """``GET /api/AVD/Workspace/status``."""
        site_id, name = values.query_int(request, "SiteId"), values.query_text(request, "Name")
        chosen = [
            one
            for one in self._farm.workspaces
            if (site_id is None or one["siteId"] == site_id)
            and (name is None or one["name"].casefold() == name.casefold())
        ]
        return json_reply(dump(chosen))

    def workspace(self, request: ApiRequest) -> Reply:
        """``GET /api/AVD/Workspace/{id}/status``; the page lists 400 and no 404, so that is what an unknown id gets."""
        number = values.path_id(request)
        for one in self._farm.workspaces:
            if one["id"] == str(number):
                return json_reply(dump(one))
        raise bad_value("id", f"There is no AVD workspace with id {number}.")

    def apply(self, _request: ApiRequest) -> Reply:
        """``POST /api/Settings/apply``."""
        self._farm.waiting_for_apply = False
        return NO_CONTENT


class ObjectOperations:
    """List, read, add, change and remove objects of one kind."""

    def __init__(self, service: Service, kind: str, filters: bool = True) -> None:
        self._service = service
        self._farm = service.farm
        self._kind = kind
        self._filters = filters
        self._objects = service.farm.collections[kind]

    def list_all(self, request: ApiRequest) -> Reply:
        """All, or those that the filters leave."""
        return json_reply(self._objects.list_json(self._selected(request)))

    def get(self, request: ApiRequest) -> Reply:
        """One."""
        return json_reply(self._objects.whole_json(self._objects.get(values.path_id(request))))

    def create(self, request: ApiRequest) -> Reply:
        """Add one: 201 and the whole object."""
        return json_reply(self._objects.whole_json(self._add(request)), 201)

    def update(self, request: ApiRequest) -> Reply:
        """Change the fields that are given: 204."""
        record = self._objects.get(values.path_id(request))
        changes = self._checked(self._objects.resource.changes(values.object_body(request)), record)
        self._objects.change(record["id"], changes, self._service.admin_name(request))
        self._farm.touched()
        return NO_CONTENT

    def delete(self, request: ApiRequest) -> Reply:
        """Remove one: 204."""
        self._farm.remove(self._kind, values.path_id(request), self._service.admin_name(request))
        self._farm.touched()
        return NO_CONTENT

    def _add(self, request: ApiRequest) -> Record:
        new = self._objects.resource.new(values.object_body(request))
        site_id = self._farm.licensing_site if new.site_id is None else self._farm.site(new.site_id)["id"]
        admin = self._service.admin_name(request)
        record = self._farm.add(self._kind, new.name, site_id, admin, self._checked(new.values))
        self._farm.touched()
        return record

    def _checked(self, given: Mapping[str, Any], record: Record | None = None) -> Mapping[str, Any]:
        """What a kind looks at beyond single fields; ``record`` is the object that changes, None for a new one."""
        return given

    def _selected(self, request: ApiRequest) -> list[Record]:
        if not self._filters:
            return self._objects.select()
        # The filters are spelled like the fields, with a capital: Server, Name.
        name = self._objects.resource.key.capitalize()
        return self._objects.select(values.query_int(request, "SiteId"), values.query_text(request, name))
