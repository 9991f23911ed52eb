# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The session list: what is asked of the server, and what is filtered and sorted again here.

Source: seed 004; reference/fastx/notes.md, list semantics.
"""

from __future__ import annotations

import collections
from collections.abc import Mapping
from typing import Any

from .._errors import BadInputError, UnexpectedAnswerError
from .._fields import check_range
from . import fields
from .client import FastxClient

SUMMARY = {"state": "by_state", "hostname": "by_host", "window_mode": "by_window_mode"}
METHODS = ("GET", "POST")
# Pages of a list without an order could overlap; the id is the one member that orders any list.
PAGING_ORDER = "id"


class SessionQuery:
    """What a task asks of the session list; BadInputError for what cannot be asked.

    params: the options of fastx_session_info; those that are missing count as left out.
    """

    def __init__(self, params: Mapping[str, Any]):
        self.all_users = bool(params.get("all_users"))
        self._method: str = params.get("method") or METHODS[0]
        self._start: int = _at_least(params, "start", 0) or 0
        self._limit: int | None = _at_least(params, "limit", 1)
        self._filters = {_member(name): _wanted(name, value) for name, value in (params.get("filters") or {}).items()}
        self._reverse = bool(params.get("sort_reverse"))
        sort_by = params.get("sort_by") or (PAGING_ORDER if self._start or self._limit else None)
        self._sort_by: str | None = _member(sort_by) if sort_by else None
        self._fields: list[str] | None = params.get("fields")
        for name in self._fields or []:
            if name not in fields.FIELDS:
                raise BadInputError(f"fields: {name!r} is none of {', '.join(fields.FIELDS)}.")

    @property
    def undocumented(self) -> list[str]:
        """The filters by names that no source shows: members of params, or misspelt."""
        return [name for name in self._filters if fields.SESSION.by_api(name) is None]

    def ask(self, client: FastxClient) -> SessionList:
        """The sessions that match."""
        return SessionList([fields.session_row(raw) for raw in self.rows(client)], self._fields)

    def rows(self, client: FastxClient) -> list[dict[str, Any]]:
        """The sessions that match, as the API has them."""
        served = self._served()
        asked = self._parameters(served)
        options: dict[str, Any] = {"query": asked} if self._method == "GET" else {"body": asked, "read": True}
        path = client.list_path(self.all_users)
        hints = {"not_found": "Check url, api_version, base_path and list_path."}
        if self.all_users:
            hints["permission"] = "Only administrators of the FastX server may list the sessions of all users."
        rows = client.result(self._method, path, hints=hints, **options)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UnexpectedAnswerError(
                f"{self._method} {path} answered with a result that is no list of sessions. Check list_path."
            )
        rows = self._sorted([row for row in rows if self.matches(row)])
        return rows[: self._limit] if served else rows[self._start :][: self._limit]

    def matches(self, raw: Mapping[str, Any]) -> bool:
        """Whether a session passes all filters: a member, or else one of its params, has one of the wanted values."""
        return all(any(text in wanted for text in _texts(raw, name)) for name, wanted in self._filters.items())

    def _served(self) -> bool:
        """Whether the server can apply all filters, so that start and limit may be left to it.

        No source shows filters on the list of all users, nor how a value with a comma is written.
        """
        if self.all_users:
            return not self._filters
        return not any("," in value for wanted in self._filters.values() for value in wanted)

    def _parameters(self, served: bool) -> dict[str, Any]:
        asked: dict[str, Any] = {}
        if self._sort_by:
            asked["sortBy"] = self._sort_by
            if self._reverse:
                asked["sortReverse"] = True
        if served and self._start:
            asked["start"] = self._start
        if served and self._limit:
            asked["limit"] = self._limit
        if served and self._filters:
            terms = [f"{name}=={','.join(wanted)}" for name, wanted in self._filters.items()]
            # Assumed: several filters are a list in a body, as they are a repeated parameter in a query.
            asked["filter"] = terms[0] if len(terms) == 1 else terms
        return asked

    def _sorted(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """By the same member as the server; what lacks it comes last in either direction."""
        if self._sort_by is None:
            return rows
        name = self._sort_by
        found = [row for row in rows if _value(row, name) is not None]
        missing = [row for row in rows if _value(row, name) is None]
        return [*sorted(found, key=lambda row: _order(_value(row, name)), reverse=self._reverse), *missing]


class SessionList:
    """Sessions in our names, and the fields that were asked for (None: all)."""

    def __init__(self, rows: list[dict[str, Any]], names: list[str] | None):
        self._rows = rows
        self._names = names

    @property
    def count(self) -> int:
        return len(self._rows)

    def summary(self) -> dict[str, dict[str, int]]:
        """How many sessions by state, host and window mode; keys as text, sorted."""
        summary = {}
        for name, title in SUMMARY.items():
            counts = collections.Counter(
                "unknown" if (value := row.get(name)) in (None, "") else str(value) for row in self._rows
            )
            summary[title] = dict(sorted(counts.items()))
        return summary

    def sessions(self) -> list[dict[str, Any]]:
        """The sessions with the fields that were asked for."""
        if self._names is None:
            return self._rows
        return [{name: row[name] for name in self._names if name in row} for row in self._rows]


def _at_least(params: Mapping[str, Any], option: str, least: int) -> int | None:
    value: int | None = params.get(option)
    check_range(option, value, least)
    return value


def _member(name: Any) -> str:
    """The API's name of a member given by our name; any other name stays, since params have names of their own."""
    text = str(name)
    if not text or "==" in text:
        raise BadInputError(f"filters, sort_by: {text!r} cannot be the name of a member.")
    if text == fields.STATE:
        raise BadInputError(
            f"filters, sort_by: {text} is made by this collection, and no member of the API. Use clients instead, of "
            "which 0 means disconnected."
        )
    field = fields.SESSION.by_name.get(text)
    return field.api if field else text


def _wanted(name: Any, value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, (list, tuple)) else [value]
    if not values or any(one in (None, "") or isinstance(one, (dict, list)) for one in values):
        raise BadInputError(f"filters: {name} needs a value, or a list of values.")
    return tuple(_text(one) for one in values)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _inner(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = fields.SESSION.value(raw, "params")
    return inner if isinstance(inner, dict) else {}


def _top(raw: Mapping[str, Any], name: str) -> Any:
    field = fields.SESSION.by_api(name)
    return fields.SESSION.value(raw, field.name) if field else raw.get(name)


def _value(raw: Mapping[str, Any], name: str) -> Any:
    value = _top(raw, name)
    return _inner(raw).get(name) if value is None else value


def _texts(raw: Mapping[str, Any], name: str) -> list[str]:
    return [_text(value) for value in (_top(raw, name), _inner(raw).get(name)) if value is not None]


def _order(value: Any) -> tuple[int, float, str]:
    """Numbers by size and before texts; anything else by its text."""
    if isinstance(value, (int, float)):
        return 0, value, ""
    return 1, 0.0, str(value)
