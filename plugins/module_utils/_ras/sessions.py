# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The RD session list: filters, the three paths of the API's generations, projection to the fields that are wanted.

Source: seed 000, seed 001; reference/ras/endpoints.yaml (RDSession, RDS/Host/sessions, RDS/sessions).
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .._deps import pydantic_core
from .._errors import AnswerError, BadInputError, NotFoundError
from .._fields import Field
from .._http import Reply
from .._sessions.acting import check_filters
from . import enums, fields
from .client import NO_SUCH_PATH, RasClient

# The argument spec of what chooses sessions.
FILTER_OPTIONS: Mapping[str, dict[str, Any]] = {
    "site": {"type": "str"},
    "source": {"type": "str"},
    "server_id": {"type": "int"},
    "server": {"type": "str"},
    "state": {"type": "str"},
    "user": {"type": "str"},
    "ip": {"type": "str"},
    "theme_id": {"type": "int"},
    "group_id": {"type": "int"},
}
SUMMARY = {"state": "by_state", "source": "by_source", "session_host_name": "by_host", "protocol": "by_protocol"}
# Bytes of a list that are parsed at once.
PIECE = 250_000
_FIRST_KEY = re.compile(rb'\[(\{"\w+":)')
# Legacy servers list the sessions of RDS hosts only, and so does the path below the hosts.
RDS_ONLY = "RDS"


@dataclasses.dataclass(frozen=True)
class SessionPath:
    """One path of the list. filters: our name -> the query's name, for those that the server applies."""

    path: str
    family: str
    filters: Mapping[str, str]
    rds_only: bool = True


# Newest first.
PATHS = (
    SessionPath(
        "/api/RDSession",
        "current",
        {
            "site_id": "SiteId",
            "source": "Source",
            "server_id": "ServerId",
            "server": "Server",
            "state": "State",
            "user": "User",
            "ip": "IP",
            "theme_id": "ThemeId",
            "group_id": "GroupId",
        },
        rds_only=False,
    ),
    SessionPath("/api/RDS/Host/sessions", "current", {"site_id": "SiteId", "server": "Server"}),
    SessionPath("/api/rds/sessions", "legacy", {}),
)

# What a filter compares where the client applies it. A site or a group does not stand in the record.
CLIENT_FILTERS = {
    "server_id": "server_id",
    "server": "session_host_name",
    "state": "state",
    "user": "user",
    "ip": "ip",
    "theme_id": "theme_id",
}


class SessionQuery:
    """What a task asks of the session list; BadInputError for an unknown name in its options.

    params: the options of ras_session_info, all of them optional.
    """

    def __init__(self, params: Mapping[str, Any]):
        check_filters(params, FILTER_OPTIONS)
        self._site: str | None = params.get("site")
        self._family: str = params.get("api_family") or "auto"
        self._filters: dict[str, Any] = {
            name: params[name] for name in PATHS[0].filters if params.get(name) is not None
        }
        for name, enum in (("source", enums.SESSION_SOURCE), ("state", enums.SESSION_STATE)):
            if name in self._filters:
                self._filters[name] = enum.number(self._filters[name], name)
        self._fields: list[str] | None = params.get("fields")
        for name in self._fields or []:
            if name not in fields.SESSION.by_name:
                raise BadInputError(f"fields: {name!r} is none of {', '.join(fields.SESSION.by_name)}.")
        if params.get("return_sessions") is False:
            self._fields = []

    def ask(self, client: RasClient) -> SessionList:
        """The sessions that match. BadInputError for a filter that the server's generation cannot serve."""
        filters = dict(self._filters)
        if self._site is not None:
            filters["site_id"] = client.site_id(self._site)
        path, reply = _ask(client, filters, self._family)
        if reply is None:
            return SessionList([], self._fields)
        left = {name: value for name, value in filters.items() if name not in path.filters and name in CLIENT_FILTERS}
        needed = None
        if self._fields is not None:
            needed = {*self._fields, *SUMMARY, *(CLIENT_FILTERS[name] for name in left)}
        return SessionList(matching(parse(reply, needed), left), self._fields)


class SessionList:
    """Sessions in our names, and the fields that were asked for (None: all). rows may have more fields than those."""

    def __init__(self, rows: list[dict[str, Any]], names: list[str] | None):
        self.rows = rows
        self._names = names

    @property
    def count(self) -> int:
        return len(self.rows)

    def summary(self) -> dict[str, dict[str, int]]:
        """How many sessions by state, source, host and protocol; keys as text, sorted."""
        summary = {}
        for name, title in SUMMARY.items():
            counts = collections.Counter(
                "unknown" if (value := row.get(name)) is None or value == "" else str(value) for row in self.rows
            )
            summary[title] = dict(sorted(counts.items()))
        return summary

    def sessions(self) -> list[dict[str, Any]]:
        """The sessions with the fields that were asked for."""
        if self._names is None:
            return self.rows
        return [{name: row[name] for name in self._names if name in row} for row in self.rows]


def _ask(client: RasClient, filters: Mapping[str, Any], family: str) -> tuple[SessionPath, Reply | None]:
    """The answer of the newest path that the server knows; no answer: it knows the path and has no such session."""
    paths = [path for path in PATHS if family in ("auto", path.family)]
    for path in paths:
        query = {path.filters[name]: value for name, value in filters.items() if name in path.filters}
        try:
            _check_served(path, filters)
        except BadInputError:
            # Only the answer of the server tells that it speaks this generation; ask without the filters.
            if path is not paths[-1] and not _knows(client, path):
                continue
            raise
        try:
            return path, client.request("GET", path.path, query=query)
        except AnswerError as error:
            if error.status not in NO_SUCH_PATH:
                raise
            if query and _knows(client, path):
                if isinstance(error, NotFoundError):
                    return path, None
                raise
    raise NotFoundError(
        f"The server knows none of the session lists {', '.join(path.path for path in paths)}. "
        f"Check url and api_family ({family})."
    )


def _knows(client: RasClient, path: SessionPath) -> bool:
    try:
        client.request("GET", path.path)
    except AnswerError as error:
        if error.status not in NO_SUCH_PATH:
            raise
        return False
    return True


def _check_served(path: SessionPath, filters: Mapping[str, Any]) -> None:
    """Refuse filters that neither the server (by this path) nor the client can apply."""
    for name in filters:
        if name in path.filters or name in CLIENT_FILTERS:
            continue
        if name == "source" and enums.SESSION_SOURCE.name(filters[name]) in (RDS_ONLY, "All"):
            continue
        option = {"site_id": "site"}.get(name, name)
        if name == "source":
            reason = f"it lists the sessions of RDS hosts only; leave source out or set it to {RDS_ONLY}"
        else:
            reason = "it has no such filter, and the sessions do not tell; leave the option out"
        raise BadInputError(f"{option}: this server lists sessions at {path.path} ({path.family} API), and {reason}.")


def host_of(session: Mapping[str, Any]) -> Any:
    """What tells a session's host from others of its source, in our names.

    The actions on sessions of RDS hosts take serverID, and no source says that sessionHostId, a text, is the same.
    """
    host_id, server_id = session.get("session_host_id"), session.get("server_id")
    return server_id or host_id if session.get("source") == RDS_ONLY else host_id or server_id


def session_key(session: Mapping[str, Any]) -> str:
    """A session's id in the whole farm: sessions are numbered by their host, and hosts by their source."""
    return f"{session.get('source')}/{host_of(session)}/{session.get('session_id')}"


def matching(rows: list[dict[str, Any]], filters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sessions that pass those filters which compare what stands in the record."""
    for name, value in filters.items():
        rows = _kept(rows, fields.SESSION.by_name[CLIENT_FILTERS[name]], value)
    return rows


def _kept(rows: list[dict[str, Any]], field: Field, value: Any) -> list[dict[str, Any]]:
    if field.enum and field.enum.name(value) == "All":
        return rows
    if field.name == "user":
        return [row for row in rows if _same_user(row.get("user"), value)]
    return [row for row in rows if field.same(row.get(field.name), value)]


def _same_user(user: Any, wanted: str) -> bool:
    """Whole name, or the name without its domain where the wanted one has none; letter case aside."""
    name, other = str(user or "").casefold(), wanted.casefold()
    return other == name or (
        "\\" not in other and "@" not in other and other == re.split(r"[@]", name.rpartition("\\")[2])[0]
    )


def parse(reply: Reply, names: set[str] | None) -> list[dict[str, Any]]:
    """The records of an answer in our names; names: the fields to take, None for all.

    With names, pydantic builds just these straight from the bytes, which costs about a third of json.loads.
    """
    if names is None:
        return [_full(row) for row in RasClient.rows(reply)]
    wanted = {name: fields.SESSION.by_name[name] for name in names}
    parser = _parser(tuple(sorted((name, _spelling(reply.content, field)) for name, field in wanted.items())))
    try:
        return [row for piece in pieces(reply.content) for row in _named(parser.validate_json(piece), wanted)]
    except pydantic_core.ValidationError:
        # Not a list of objects, or not JSON: the plain way says what it is.
        return [{name: value for name, value in _full(row).items() if name in wanted} for row in RasClient.rows(reply)]


def pieces(content: bytes, size: int = PIECE) -> Iterator[bytes]:
    """A JSON array of objects as several arrays of about that many bytes, which are valid if it is; or just itself.

    A parser works on some hundred thousand bytes within the processor's cache, and needs a third more time for all of
    a long list at once. The cuts lie before the key that the first object begins with: },{"key": cannot stand within
    a text, where quotes are escaped, and a cut within an object leaves pieces that are no JSON.
    """
    first = _FIRST_KEY.match(content)
    if first is None or not content.endswith(b"}]"):
        yield content
        return
    between = b"}," + first[1]
    view = memoryview(content)
    start = 1
    while (cut := content.find(between, start + size)) != -1:
        yield b"".join((b"[", view[start : cut + 1], b"]"))
        start = cut + 2
    yield b"".join((b"[", view[start:]))


def _named(rows: list[dict[str, Any]], wanted: Mapping[str, Field]) -> list[dict[str, Any]]:
    """Records with the names of enums in place of their numbers."""
    for name, field in wanted.items():
        if field.enum:
            for row in rows:
                if name in row:
                    row[name] = field.enum.name(row[name])
        elif name == "rfi_info_list":
            for row in rows:
                if name in row:
                    row[name] = _connected_through(row[name])
    return rows


def _full(raw: Mapping[str, Any]) -> dict[str, Any]:
    row = fields.SESSION.result(raw)
    if "rfi_info_list" in row:
        row["rfi_info_list"] = _connected_through(row["rfi_info_list"])
    return row


def _connected_through(hops: Any) -> list[dict[str, Any]]:
    hops = hops if isinstance(hops, list) else []
    return [fields.CONNECTED_THROUGH.result(hop) for hop in hops if isinstance(hop, dict)]


def _spelling(content: bytes, field: Field) -> str:
    """The server's spelling of a field in the first record, since names match in any letter case."""
    head = content[:8192].decode("utf-8", "replace")
    found = re.search(rf'"({re.escape(field.api)})"\s*:', head, re.IGNORECASE)
    return found.group(1) if found else field.api


@functools.lru_cache(maxsize=16)
def _parser(spelled: tuple[tuple[str, str], ...]) -> pydantic_core.SchemaValidator:
    """A parser for a list of records with just these fields: our name -> the server's spelling."""
    schema = pydantic_core.core_schema
    row = {
        name: schema.typed_dict_field(schema.any_schema(), required=False, validation_alias=api)
        for name, api in spelled
    }
    return pydantic_core.SchemaValidator(schema.list_schema(schema.typed_dict_schema(row)))
