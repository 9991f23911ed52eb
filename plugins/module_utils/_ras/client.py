# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The RAS client: sign-in, headers, API generations, and the reads of lists and objects.

Source: reference/ras/notes.md sections 1, 2, 5, 6 and endpoints.yaml.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from .._connection import connection
from .._errors import (
    AnswerError,
    AuthenticationError,
    BadInputError,
    NotFoundError,
    UnexpectedAnswerError,
    VdiError,
)
from .._http import ANY_SUCCESS, HttpClient, Reply
from .._options import RAS
from .._task import Task
from . import fields
from .resources import FAMILIES, RDS_SERVERS, Place, Resource

CONTENT_TYPE = "application/json; api-version=1.0"
# What a server answers for a path that it does not know; 400 where the rest of the path is taken for an id.
NO_SUCH_PATH = (400, 404, 405)


class RasClient:
    """One administrator's session on one RAS web administration service.

    It logs on at the first request unless it was given a token, and closes only what it opened.
    """

    def __init__(
        self,
        http: HttpClient,
        *,
        username: str | None = None,
        password: str | None = None,
        token: str | None = None,
        api_family: str = "auto",
    ):
        self._http = http
        self._username = username
        self._password = password
        self._token = token
        self._own_session = False
        self._proven = token is not None  # whether the token has been accepted; a given one had been, once
        self._renewed = False
        self._renews = True  # whether a request that finds the session ended is sent again in a new one
        self._session: dict[str, Any] = {}
        self._family = None if api_family == "auto" else api_family
        self._family_given = self._family is not None
        self._places: dict[str, Place] = {}
        self._sites: list[dict[str, Any]] = []
        http.secrets.update(secret for secret in (password, token) if secret)

    # Session

    def log_on(self) -> dict[str, Any]:
        """Open a session and return the reply in our names, auth_token among them."""
        if not (self._username and self._password):
            given = {"username": self._username, "password": self._password}
            raise RAS.no_way_in([name for name, value in given.items() if value])
        reply = self._http.request(
            "POST",
            "/api/Session/logon",
            body={"username": self._username, "password": self._password},
            headers={"Content-Type": CONTENT_TYPE},
            hints={
                "authentication": "Check username and password, and that the account is a RAS administrator.",
                "refused_value": "Check username and password.",
                "not_found": "Check the port and path of url: is it the RAS web administration service (port 20443), "
                "without /api at its end?",
            },
        )
        body = reply.json()
        session = fields.SESSION_REPLY.result(body) if isinstance(body, dict) else {}
        token = session.get("auth_token")
        if not isinstance(token, str) or not token:
            raise UnexpectedAnswerError(
                f"{reply.where} answered {reply.status} without an authToken. "
                "Check that url is the RAS web administration service.",
                status=reply.status,
            )
        self._http.secrets.add(token)
        self._token, self._own_session, self._proven, self._session = token, True, False, session
        return session

    def log_off(self) -> None:
        """Close the session if this client opened it."""
        if self._own_session:
            self.end_session()

    def end_session(self) -> None:
        """Close the session, whoever opened it; one that has ended already is closed."""
        with contextlib.suppress(AuthenticationError):
            # A session that is closed already stays closed, so that it may be repeated.
            reply = self._http.request(
                "POST", "/api/Session/logoff", headers=self._headers(), read=True, success=ANY_SUCCESS
            )
            reply.refuse_html()
        self._token, self._own_session = None, False

    def give_up_session(self) -> bool:
        """Take the session for ended. Whether the next request can open another one, with username and password."""
        # One whose token was never accepted is open all the same, and counts until somebody closes it.
        if not self._proven:
            with contextlib.suppress(VdiError):
                self.log_off()
        self._token, self._own_session = None, False
        return bool(self._username and self._password)

    @contextlib.contextmanager
    def single_session(self) -> Iterator[None]:
        """Requests whose session has ended fail within this block, instead of being sent again in a new one."""
        self._renews = False
        try:
            yield
        finally:
            self._renews = True

    @property
    def secrets(self) -> set[str]:
        return self._http.secrets

    def close(self) -> None:
        self._http.close()

    @property
    def waiting_for_apply(self) -> bool | None:
        """Whether changes wait to be applied, as far as the logon told it; None: it did not, or a token was given."""
        told = self._session.get("apply_settings_enabled")
        return told if isinstance(told, bool) else {"true": True, "false": False}.get(str(told).lower())

    # Requests

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        read: bool | None = None,
        success: Collection[int] | None = None,
        hints: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request within the session; see HttpClient.request. Logs on once more if the session has expired."""

        def send() -> Reply:
            if self._token is None:
                self.log_on()
            return self._http.request(
                method,
                path,
                query=query,
                body=body,
                headers=self._headers(),
                read=read,
                success=success,
                hints={"authentication": self._authentication_hint(), **(hints or {})},
            )

        try:
            reply = send()
        except AuthenticationError:
            if not (self._renews and self._own_session and self._proven):
                raise
            # A request that the account may not send is answered alike, and leaves the session open.
            with contextlib.suppress(VdiError):
                self.end_session()
            self._token, self._renewed = None, True
            reply = send()
        self._proven = True
        return reply

    def _headers(self) -> dict[str, str]:
        return {"Content-Type": CONTENT_TYPE, "auth_token": self._token or ""}

    def _authentication_hint(self) -> str:
        if not self._own_session:
            return (
                "The token given as auth_token is not valid, or not any more: it ends with the log-off and after some "
                f"idle time. Log on again with ras_auth. It may come from the variable {RAS.variable('auth_token')}."
            )
        if not (self._proven or self._renewed):
            return (
                "The logon itself succeeded. Either the account lacks the right to do this, or the token probably did "
                "not arrive: a proxy in between may drop headers with an underscore (auth_token), as nginx does unless "
                "underscores_in_headers is on."
            )
        return "The session ended, and logging on again did not help. Check the rights of the account."

    # API generations

    def family(self) -> str:
        """The API generation that the server speaks, from the option or by asking for the RDS servers."""
        if self._family is None:
            self._probe(RDS_SERVERS)
        return self._family or FAMILIES[0]

    def place(self, resource: Resource) -> Place:
        """Where the server keeps a kind of object; found by asking where there is a choice."""
        if resource.noun not in self._places:
            places = self._possible(resource)
            if len(places) == 1:
                self._places[resource.noun] = places[0]
            else:
                self._probe(resource)
        return self._places[resource.noun]

    def has_place(self, resource: Resource) -> bool:
        """Whether it is known where the objects are; else the first list is that of all, which tells it."""
        return resource.noun in self._places or len(self._possible(resource)) == 1

    def _possible(self, resource: Resource) -> list[Place]:
        places = [place for place in resource.places if self._family in (None, place.family) or place.family is None]
        if not places:
            raise BadInputError(
                f"api_family: this server speaks the {self._family} API, which documents no {resource.title}s. If the "
                f"server is newer than that, set api_family to {FAMILIES[0]} or auto."
            )
        return places

    def _probe(self, resource: Resource) -> list[dict[str, Any]]:
        """Ask the possible paths, newest first, for the unfiltered list. Notes where it is, and returns the list."""
        places = self._possible(resource)
        for place in places:
            try:
                rows = self.rows(self.request("GET", place.collection))
            except AnswerError as error:
                if error.status not in NO_SUCH_PATH:
                    raise
                continue
            self._places[resource.noun] = place
            self._family = self._family or place.family
            return rows
        raise NotFoundError(
            f"The server knows none of the paths {', '.join(place.collection for place in places)}. "
            "Check that url is the RAS web administration service, without /api at its end."
        )

    # Reads

    def select(
        self,
        resource: Resource,
        *,
        filtered: bool = True,
        query: Mapping[str, Any] | None = None,
        **wanted: Any,
    ) -> list[dict[str, Any]]:
        """All objects, or those whose fields have the wanted values (letter case of names aside).

        The server's documented filters are used unless filtered is false; what they let through is checked here.
        query: filters of the server for what does not stand in the objects, by our names.
        """
        wanted = {name: value for name, value in wanted.items() if value is not None}
        needed = {name: value for name, value in (query or {}).items() if value is not None}
        if not needed and not self.has_place(resource):
            rows = self._probe(resource)
        else:
            place = self.place(resource)
            asked = {**wanted, **needed} if filtered else needed
            rows = self.filtered_rows(
                place.collection,
                {place.filters[name]: value for name, value in asked.items() if name in place.filters},
                hints=self._hints(place, resource),
            )
        return matching(resource, rows, wanted)

    def _hints(self, place: Place, resource: Resource) -> dict[str, str]:
        """What to say where a server does not know the path of a list."""
        if resource.differs and self._family_given:
            hint = f"Check url and api_family, which is {self._family}: auto finds out what the server speaks."
            # Of the older generation, a server may take the rest of a path for an id.
            return {"not_found": hint, "refused_value": hint}
        if self._family or place.family is None:
            return {}
        return {"not_found": f"Only servers of the {place.family} API (version 19 and later) have {resource.title}s."}

    def select_sure(self, resource: Resource, **wanted: Any) -> list[dict[str, Any]]:
        """As select; what the server's filters do not find is looked for without them, as they may mind letter case."""
        filtered = self.has_place(resource)
        found = self.select(resource, **wanted)
        if filtered and not found and wanted[resource.key] is not None and resource.key in self.place(resource).filters:
            found = self.select(resource, filtered=False, **wanted)
        return found

    def filtered_rows(
        self, path: str, query: Mapping[str, Any], *, hints: Mapping[str, str] | None = None
    ) -> list[dict[str, Any]]:
        """A list by path and filters. A 404 on a filtered list means "none" if the path as such is there."""
        try:
            return self.rows(self.request("GET", path, query=query, hints=hints))
        except NotFoundError:
            if all(value is None for value in query.values()):
                raise
            self.request("GET", path, hints=hints)
            return []

    def get(self, resource: Resource, object_id: int) -> dict[str, Any] | None:
        """The whole object by id, or None."""
        place = self.place(resource)
        if place.reads_one:
            return self.one(place.path(object_id))
        table = resource.table
        return next((row for row in self.select(resource) if _same_id(table.value(row, "id"), object_id)), None)

    def one(self, path: str) -> dict[str, Any] | None:
        """The object that a path answers with, or None when it answers 404."""
        try:
            rows = self.rows(self.request("GET", path))
        except NotFoundError:
            return None
        return rows[0] if rows else None

    @staticmethod
    def rows(reply: Reply) -> list[dict[str, Any]]:
        """The objects of an answer; a single object counts as a list of one."""
        body = reply.json()
        rows = [body] if isinstance(body, dict) else body
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UnexpectedAnswerError(f"{reply.where} answered {reply.status} with JSON that is no list of objects.")
        return rows

    def statuses(self, resource: Resource, objects: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
        """The status of objects by id (as text), in our names. Source: notes.md section 8."""
        place = self.place(resource)
        ids = [str(resource.table.value(raw, "id")) for raw in objects]
        if "{id}" in place.status:
            found = [self.one(place.status.replace("{id}", object_id)) for object_id in ids]
            return {
                object_id: fields.SERVER_STATUS.result(row) for object_id, row in zip(ids, found, strict=True) if row
            }
        query = {
            place.filters[name]: value for name, value in wanted.items() if name in place.filters and value is not None
        }
        try:
            rows = self.filtered_rows(place.status, query)
        except AnswerError as error:
            # Older servers have no status of gateways.
            if error.status not in NO_SUCH_PATH:
                raise
            rows = []
        return {str(status.get("id")): status for status in map(fields.SERVER_STATUS.result, rows)}

    def sites(self) -> list[dict[str, Any]]:
        """All sites as they are now, as the API has them. Source: seed 001."""
        self._sites = self.rows(self.request("GET", "/api/Site"))
        return self._sites

    def licensing_site_id(self) -> int | None:
        """The id of the site in which the server adds an object whose site is not named (assumed for some kinds)."""
        licensing = (
            row for row in map(fields.SITE.result, self._sites or self.sites()) if row.get("licensing_site") is True
        )
        return next((row.get("id") for row in licensing), None)

    def site_id(self, site: str | None) -> int | None:
        """The id of a site given by name or id; None when none is given. BadInputError names the known sites."""
        if site is None:
            return None
        if site.isdecimal():
            return int(site)
        found = _site_named(self._sites, site)
        if found is None:
            found = _site_named(self.sites(), site)
        if found is None:
            raise self._unknown_site(repr(site))
        return found

    def check_site(self, site_id: int) -> None:
        """Raise UnknownSiteError for an id that no site has."""
        if not any(_same_id(fields.SITE.value(row, "id"), site_id) for row in self.sites()):
            raise self._unknown_site(f"with id {site_id}")

    def _unknown_site(self, site: str) -> UnknownSiteError:
        sites = [fields.SITE.result(row) for row in self._sites]
        known = ", ".join(f"{row.get('name')} (id {row.get('id')})" for row in sites) or "none"
        return UnknownSiteError(f"site: there is no site {site}. The farm has: {known}.")


def matching(resource: Resource, rows: list[dict[str, Any]], wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The objects whose fields have the wanted values, by our names; None is no wish."""
    table = resource.table
    compared = [
        (name, table.by_name[name].normal, table.by_name[name].normal(value))
        for name, value in wanted.items()
        if value is not None
    ]
    return [row for row in rows if all(normal(table.value(row, name)) == value for name, normal, value in compared)]


class UnknownSiteError(BadInputError):
    """The named site is not there; in check mode it may be one that the play is about to create."""


def _site_named(rows: Iterable[dict[str, Any]], name: str) -> int | None:
    """The id of the site of that name; letter case matters only where two differ in nothing else."""
    sites = [fields.SITE.result(row) for row in rows]
    for same in (str, str.casefold):
        found = [str(site.get("id")) for site in sites if same(str(site.get("name"))) == same(name)]
        if len(found) == 1 and found[0].isdecimal():
            return int(found[0])
    return None


def _same_id(left: Any, right: Any) -> bool:
    return str(left) == str(right)


def new_client(task: Task) -> RasClient:
    """A client for a task's connection options; the caller ends it."""
    params = task.params
    return RasClient(
        HttpClient(RAS.http_settings(params), transport=task.transport),
        username=params.get("username"),
        password=params.get("password"),
        token=params.get("auth_token"),
        api_family=params.get("api_family") or "auto",
    )


def ras_client(task: Task) -> contextlib.AbstractContextManager[RasClient]:
    """The client for a task, from its first request to the end of the session that it opened."""
    return connection(task, RAS, new_client)
