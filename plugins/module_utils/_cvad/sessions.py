# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CVAD session list: filters, pages, projection, summary, and the common session record.

Source: seed 003; reference/cvad/notes.md sections 5 to 7, 11 and 13; schemas.yaml (session and search models).
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import functools
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from .._deps import pydantic_core
from .._errors import BadInputError, RefusedValueError, UnexpectedAnswerError
from .._fields import check_range
from .._http import Reply
from .._sessions.acting import check_filters
from .._sessions.record import SessionRecord, ignore, read_time, split_user, utc_text
from .client import CvadClient
from .fields import SESSION, SESSION_STATES, documented, in_our_names, objects

# The documented ceiling, and the documented default for servers whose ceiling was lowered.
PAGE_SIZES = (1000, 250)
# Pages in a row without a new session after which a list is taken for endless. Sessions that come and go may shift what
# a page holds; pages are empty where the server filters them after it has cut the list.
STALE_PAGES = 5
EMPTY_PAGES = 1000

# What is taken from a session for filters, summary and record, by our name -> where it stands.
FACTS: Mapping[str, tuple[str, ...]] = {
    "id": ("Id",),
    "state": ("State",),
    "session_type": ("SessionType",),
    "logoff_in_progress": ("LogoffInProgress",),
    "user_name": ("User", "Name"),
    "principal_name": ("User", "PrincipalName"),
    "untrusted_user_name": ("UntrustedUserName",),
    "applications": ("ApplicationsInUse",),
    "machine_name": ("Machine", "Name"),
    "dns_name": ("Machine", "DnsName"),
    "delivery_group": ("Machine", "DeliveryGroup", "Name"),
    "delivery_group_id": ("Machine", "DeliveryGroup", "Id"),
    "catalog": ("Machine", "MachineCatalog", "Name"),
    "catalog_id": ("Machine", "MachineCatalog", "Id"),
    "client_name": ("Client", "Name"),
    "client_address": ("Client", "IPAddress"),
    "protocol": ("Connection", "Protocol"),
    "connected_via_host": ("Connection", "ConnectedViaHostName"),
    "connected_via_ip": ("Connection", "ConnectedViaIP"),
    "start": ("FormattedStartTime",),
    "start_text": ("StartTime",),
    "change": ("FormattedStateChangeTime",),
    "change_text": ("StateChangeTime",),
}
_USER_FACTS = ("user_name", "principal_name", "untrusted_user_name")
_HOST_FACTS = ("dns_name", "machine_name")
SUMMARY_FACTS = ("state", *_HOST_FACTS, "delivery_group", "protocol")
SUMMARY = ("by_state", "by_host", "by_delivery_group", "by_protocol")
# What an action shows of a session, and decides by.
ACTION_FACTS = ("state", "logoff_in_progress", *_USER_FACTS, *_HOST_FACTS, "delivery_group")
RECORD_FACTS = tuple(name for name in FACTS if name not in ("logoff_in_progress", "catalog", "catalog_id"))

# One session: its facts by our names, whole fields by the API's names, and "raw" where all of it was asked for.
Found = dict[str, Any]
SearchFilter = dict[str, str]


# Filters


@dataclasses.dataclass(frozen=True)
class Filter:
    """One filter option. search: the server's filter, None where it has none that is surely right for the value.

    matches: decides here, for all that the server lets through: nothing depends on how it compares.
    """

    facts: tuple[str, ...]
    matches: Callable[[Found, str], bool]
    search: Callable[[str], SearchFilter | None]


def _search(name: str, operator: str, value: str) -> SearchFilter:
    return {"Property": name, "Operator": operator, "Value": value}


def _search_user(value: str) -> SearchFilter:
    """CurrentUser with Equals was seen working; the other two rest on the documented names alone."""
    if "\\" in value:
        return _search("CurrentUser", "Equals", value)
    if "@" in value:
        return _search("UserPrincipalName", "Equals", value)
    return _search("CurrentUser", "EndsWith", f"\\{value}")


def _search_machine(value: str) -> SearchFilter:
    if "\\" in value:
        return _search("MachineName", "Equals", value)
    if "." in value:
        return _search("DnsName", "Equals", value)
    return _search("MachineName", "EndsWith", f"\\{value}")


def _search_name(name: str, operator: str = "Equals") -> Callable[[str], SearchFilter | None]:
    """A filter by name; whether the server compares ids too is not known."""
    return lambda value: None if _is_guid(value) else _search(name, operator, value)


def _is_user(found: Found, value: str) -> bool:
    names = [found.get("user_name") or found.get("untrusted_user_name"), found.get("principal_name")]
    if "\\" not in value and "@" not in value:
        names = [split_user(name)[0] for name in names]
    return _in(value, names)


def _is_machine(found: Found, value: str) -> bool:
    name, dns_name = found.get("machine_name"), found.get("dns_name")
    if "\\" not in value and "." not in value:
        name = split_user(name)[0]
        dns_name = (dns_name or "").partition(".")[0]
    return _in(value, [name, dns_name])


def _is_one_of(*facts: str) -> Callable[[Found, str], bool]:
    return lambda found, value: _in(value, [found.get(fact) for fact in facts])


def _uses(found: Found, value: str) -> bool:
    return _in(value, application_names(found))


def _in(value: str, names: Collection[Any]) -> bool:
    wanted = value.casefold()
    return any(isinstance(name, str) and name.casefold() == wanted for name in names)


FILTERS: Mapping[str, Filter] = {
    "user": Filter(_USER_FACTS, _is_user, _search_user),
    "machine": Filter(_HOST_FACTS, _is_machine, _search_machine),
    "delivery_group": Filter(
        ("delivery_group", "delivery_group_id"),
        _is_one_of("delivery_group", "delivery_group_id"),
        _search_name("DeliveryGroup"),
    ),
    "catalog": Filter(("catalog", "catalog_id"), _is_one_of("catalog", "catalog_id"), _search_name("MachineCatalog")),
    "state": Filter(("state",), _is_one_of("state"), _search_name("SessionState")),
    # A list on the server, hence Contains; which of its list operators compares whole names is not documented.
    "application": Filter(("applications",), _uses, _search_name("AppsInUse", "Contains")),
}
TIME_FILTERS = ("started_before", "started_after")
# Everything that chooses sessions, by its option's name.
SELECTORS = (*FILTERS, *TIME_FILTERS, "search")


def filter_options(state: str) -> dict[str, dict[str, Any]]:
    """The argument spec of the filters; state: the name of the one for the session's state."""
    names = [state if name == "state" else name for name in (*FILTERS, *TIME_FILTERS)]
    return {**{name: {"type": "str"} for name in names}, "search": {"type": "dict"}}


def application_names(found: Found) -> list[str]:
    return [application["Name"] for application in objects(found.get("applications")) if application.get("Name")]


def _is_guid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _moment(params: Mapping[str, Any], option: str) -> datetime.datetime | None:
    value = params.get(option)
    if value is None:
        return None
    moment = read_time(value)
    if moment is None:
        raise BadInputError(
            f"{option}: {value!r} is no time with a zone; write it like 2026-01-31T08:15:00Z or "
            "2026-01-31T09:15:00+01:00."
        )
    return moment


# Projection


@dataclasses.dataclass(frozen=True)
class Projection:
    """What is taken of each session. whole: top-level fields by the API's names; None: everything, as "raw"."""

    facts: tuple[str, ...]
    whole: tuple[str, ...] | None

    @property
    def query(self) -> str | None:
        """The value for the query's fields; older servers may ignore it."""
        if self.whole is None:
            return None
        names = {*self.whole, *(FACTS[fact][0] for fact in self.facts)}
        return ",".join(api.api for api in SESSION if api.api in names)

    def page(self, reply: Reply) -> Page:
        """The sessions of an answer. Straight from the bytes unless everything is wanted, which spares most objects."""
        if self.whole is not None:
            try:
                body = _page_parser(self.facts, self.whole).validate_json(reply.content)
                return Page(body["Items"], _token(body.get("ContinuationToken")))
            except pydantic_core.ValidationError:
                # Not JSON, or not a page: the plain way says what it is.
                pass
        body = reply.json()
        try:
            items = _list_parser(self.facts, self.whole or ()).validate_python(body["Items"])
        except (KeyError, TypeError, pydantic_core.ValidationError) as error:
            raise UnexpectedAnswerError(
                f"{reply.where} answered {reply.status} with JSON that is no page of sessions. "
                "Check url and url_style.",
                status=reply.status,
            ) from error
        if self.whole is None:
            for found, raw in zip(items, body["Items"], strict=True):
                found["raw"] = raw
        return Page(items, _token(body.get("ContinuationToken")))

    def one(self, reply: Reply) -> Found:
        """The session of an answer that carries a single one."""
        body = reply.json()
        try:
            found: Found = _row_parser(self.facts, self.whole or ()).validate_python(body)
        except pydantic_core.ValidationError as error:
            raise UnexpectedAnswerError(
                f"{reply.where} answered {reply.status} with JSON that is no session.", status=reply.status
            ) from error
        return found


@dataclasses.dataclass
class Page:
    """The sessions of one answer, and the token of the next page."""

    items: list[Found]
    token: str | None


def _token(value: Any) -> str | None:
    return str(value) if value else None


def _row_schema(facts: tuple[str, ...], whole: tuple[str, ...]) -> pydantic_core.CoreSchema:
    schema = pydantic_core.core_schema
    # Our name -> where it stands, and what is taken there.
    fields: dict[str, tuple[list[str | int], pydantic_core.CoreSchema]] = {
        **{fact: ([*FACTS[fact]], _fact_schema(fact)) for fact in facts},
        **{name: ([name], schema.any_schema()) for name in whole},
    }
    return schema.typed_dict_schema(
        {
            name: schema.typed_dict_field(kind, required=False, validation_alias=[path])
            for name, (path, kind) in fields.items()
        }
    )


def _fact_schema(fact: str) -> pydantic_core.CoreSchema:
    """What a fact may be: a text (or a number, as text) or null. Anything odd is left out, as if the server did not
    tell it: filters, counts and records rely on texts."""
    schema = pydantic_core.core_schema
    if fact == "logoff_in_progress":
        return schema.any_schema()
    text = schema.str_schema(coerce_numbers_to_str=True)
    # Of Python's texts some pydantics refuse those with lone surrogates, which JSON may hold.
    kept = schema.union_schema([schema.is_instance_schema(str), text], mode="left_to_right")
    name = _or_left_out(schema.nullable_schema(schema.json_or_python_schema(text, kept)))
    if fact != "applications":
        return name
    application = schema.typed_dict_schema({"Name": schema.typed_dict_field(name, required=False)})
    return _or_left_out(schema.nullable_schema(schema.list_schema(_or_left_out(application))))


def _or_left_out(kind: pydantic_core.CoreSchema) -> pydantic_core.CoreSchema:
    return pydantic_core.core_schema.with_default_schema(kind, on_error="omit")


@functools.lru_cache(maxsize=16)
def _row_parser(facts: tuple[str, ...], whole: tuple[str, ...]) -> pydantic_core.SchemaValidator:
    return pydantic_core.SchemaValidator(_row_schema(facts, whole))


@functools.lru_cache(maxsize=16)
def _list_parser(facts: tuple[str, ...], whole: tuple[str, ...]) -> pydantic_core.SchemaValidator:
    return pydantic_core.SchemaValidator(pydantic_core.core_schema.list_schema(_row_schema(facts, whole)))


@functools.lru_cache(maxsize=16)
def _page_parser(facts: tuple[str, ...], whole: tuple[str, ...]) -> pydantic_core.SchemaValidator:
    schema = pydantic_core.core_schema
    return pydantic_core.SchemaValidator(
        schema.typed_dict_schema(
            {
                "Items": schema.typed_dict_field(schema.list_schema(_row_schema(facts, whole))),
                "ContinuationToken": schema.typed_dict_field(schema.any_schema(), required=False),
            }
        )
    )


# Query


class SessionQuery:
    """What a task asks of the session list; BadInputError for what its options cannot mean.

    params: the options of cvad_session_info, all of them optional. warn: takes a warning. certain: leave out sessions
    of which a filter cannot be told, instead of keeping them; for what changes sessions.
    """

    def __init__(self, params: Mapping[str, Any], *, warn: Callable[[str], None] = ignore, certain: bool = False):
        check_filters(params, (*FILTERS, *TIME_FILTERS))
        self._warn = warn
        self._certain = certain
        self._warned = False
        self._wanted = {name: str(params[name]) for name in FILTERS if params.get(name) is not None}
        if "state" in self._wanted:
            self._wanted["state"] = documented(self._wanted["state"], SESSION_STATES, "state")
        self._before, self._after = (_moment(params, option) for option in TIME_FILTERS)
        self._search: dict[str, Any] = dict(params.get("search") or {})
        self._limit: int | None = params.get("max_sessions")

    def pages(self, client: CvadClient, facts: Collection[str], whole: Collection[str] | None = ()) -> Iterator[Page]:
        """The matching sessions, page by page, each session once. facts, whole: see Projection."""
        needed = {"id", *facts}.union(*(FILTERS[name].facts for name in self._wanted))
        if self._before or self._after:
            needed |= {"start", "start_text"}
        projection = Projection(tuple(sorted(needed)), None if whole is None else tuple(sorted(whole)))
        seen: set[str] = set()
        tokens: set[str] = set()
        stale = empty = 0
        ask, page = self._first_page(client, projection)
        while True:
            before = len(seen)
            fresh = []
            for found in page.items:
                session_id = found.get("id")
                if session_id is not None:
                    if session_id in seen:
                        continue
                    seen.add(session_id)
                fresh.append(found)
            yield Page([found for found in fresh if self._matches(found)], page.token)
            if page.token is None:
                return
            if page.token in tokens:
                raise _endless("gave the same continuation token twice")
            tokens.add(page.token)
            if len(seen) > before:
                stale = empty = 0
            elif page.items:
                stale += 1
            else:
                empty += 1
            if stale == STALE_PAGES or empty == EMPTY_PAGES:
                raise _endless(f"gave {stale + empty} pages in a row without a new session")
            page = ask(page.token)

    def _first_page(self, client: CvadClient, projection: Projection) -> tuple[Callable[[str | None], Page], Page]:
        """How pages are asked for, and the first one.

        A 400 may mean that the server's ceiling is lower, or that it cannot search sessions by a property (which ones
        is not documented): smaller pages are tried then, at last of the size that the server likes, and the filters are
        left to the client.
        """
        refusal: RefusedValueError | None = None
        for body in self._bodies():
            for size in self._sizes(filtered=body is not None and body != self._search):
                ask = functools.partial(_ask, client, projection, body, size)
                try:
                    return ask, ask(None)
                except RefusedValueError as error:
                    if error.status != 400:
                        raise
                    refusal = refusal or error
        raise refusal or UnexpectedAnswerError("The server refused every form of the request.")

    def _bodies(self) -> list[dict[str, Any] | None]:
        """The bodies of $search to try in turn; None: the plain list."""
        filters = [
            search for name, value in self._wanted.items() if (search := FILTERS[name].search(value)) is not None
        ]
        plain = self._search or None
        # How single filters and groups combine is not documented.
        if not filters or any(str(key).casefold() == "searchfiltergroups" for key in self._search):
            return [plain]
        key = next((key for key in self._search if str(key).casefold() == "searchfilters"), "SearchFilters")
        own = self._search.get(key) or []
        if not isinstance(own, list):
            raise BadInputError(f"search: {key} is {own!r}, which is no list.")
        return [{**self._search, key: [*own, *filters]}, plain]

    def _sizes(self, filtered: bool) -> list[int | None]:
        """Page sizes to try; None: the server's own. No more than wanted, where its answer is the whole answer."""
        here = bool(self._before or self._after or (self._wanted and not filtered))
        if self._limit is None or here:
            return [*PAGE_SIZES, None]
        return [*sorted({min(size, self._limit) for size in PAGE_SIZES}, reverse=True), None]

    def _matches(self, found: Found) -> bool:
        if not all(FILTERS[name].matches(found, value) for name, value in self._wanted.items()):
            return False
        if not (self._before or self._after):
            return True
        start = read_time(found.get("start"))
        if start is None:
            self._warn_about_time(found)
            return not self._certain
        return (self._before is None or start < self._before) and (self._after is None or start > self._after)

    def _warn_about_time(self, found: Found) -> None:
        if self._warned:
            return
        self._warned = True
        text = found.get("start") or found.get("start_text")
        self._warn(
            f"The start of a session cannot be read as a time (the server gave {text!r}). Such sessions are "
            f"{'left out' if self._certain else 'kept'}, whatever started_before and started_after say."
        )


def _endless(words: str) -> UnexpectedAnswerError:
    return UnexpectedAnswerError(
        f"The server {words}, so that its list of sessions would never end. "
        "Run again; if it stays so, ask for fewer sessions with filters."
    )


def _ask(
    client: CvadClient, projection: Projection, body: dict[str, Any] | None, size: int | None, token: str | None
) -> Page:
    query = {"limit": size, "fields": projection.query, "continuationToken": token}
    if body is None:
        reply = client.request("GET", "/Sessions", query=query)
    else:
        reply = client.request("POST", "/Sessions/$search", query=query, body=body, read=True, success=(200,))
    return projection.page(reply)


# Results


class SessionList:
    """The sessions of a query as the module returns them. Keeps the rows only if they are wanted."""

    def __init__(self, params: Mapping[str, Any], warn: Callable[[str], None] = ignore):
        self._query = SessionQuery(params, warn=warn)
        self._warn = warn
        self._rows_wanted: bool = params.get("return_sessions", True)
        self._limit: int | None = params.get("max_sessions")
        check_range("max_sessions", self._limit, 1)
        self._names: list[str] | None = params.get("fields")
        for name in self._names or []:
            if name not in SESSION.by_name:
                raise BadInputError(f"fields: {name!r} is none of {', '.join(SESSION.by_name)}.")
        self.count = 0
        self.rows: list[dict[str, Any]] = []
        self._counts = tuple(collections.Counter[str]() for _title in SUMMARY)

    def read(self, client: CvadClient) -> SessionList:
        for page in self._query.pages(client, SUMMARY_FACTS, self._whole()):
            left = len(page.items) if self._limit is None else self._limit - self.count
            for found in page.items[:left]:
                self._take(found)
            if self.count == self._limit and (page.token or len(page.items) > left):
                self._warn(f"Only the first {self._limit} sessions were read, as max_sessions says; the site has more.")
                break
        return self

    def summary(self) -> dict[str, dict[str, int]]:
        """How many sessions by state, host, delivery group and protocol; sorted."""
        return {title: dict(sorted(counts.items())) for title, counts in zip(SUMMARY, self._counts, strict=True)}

    def _whole(self) -> list[str] | None:
        if not self._rows_wanted:
            return []
        return None if self._names is None else [SESSION.by_name[name].api for name in self._names]

    def _take(self, found: Found) -> None:
        self.count += 1
        values = (found.get("state"), host(found), found.get("delivery_group"), found.get("protocol"))
        for counts, value in zip(self._counts, values, strict=True):
            counts["unknown" if value in (None, "") else str(value)] += 1
        if not self._rows_wanted:
            return
        if self._names is None:
            self.rows.append(in_our_names(found["raw"]))
        else:
            whole = ((name, SESSION.by_name[name].api) for name in self._names)
            self.rows.append({name: in_our_names(found[api]) for name, api in whole if api in found})


def host(found: Found) -> str | None:
    return found.get("dns_name") or found.get("machine_name")


def user_name(found: Found) -> str | None:
    """DOMAIN\\user where the directory knows it, else as the machine reports it."""
    return found.get("user_name") or found.get("untrusted_user_name") or found.get("principal_name")


_STATES = {"Active": "active", "Connected": "connected", "Disconnected": "disconnected"}
_KINDS = {"Desktop": "desktop", "Application": "application"}


def record(found: Found, farm: str) -> SessionRecord:
    """The common record of a session."""
    get = found.get
    user, domain = split_user(user_name(found))
    state = get("state")
    via = get("connected_via_host") or get("connected_via_ip")
    return SessionRecord(
        platform="cvad",
        farm=farm,
        id=get("id") or "",
        user=user,
        domain=domain,
        state=_STATES.get(str(state), "unknown"),
        platform_state=state,
        kind=_KINDS.get(str(get("session_type"))),
        applications=application_names(found),
        host=host(found),
        pool=get("delivery_group"),
        client_name=get("client_name") or None,
        client_address=get("client_address") or None,
        protocol=get("protocol"),
        logon_time=utc_text(get("start") or get("start_text")),
        last_change=utc_text(get("change") or get("change_text")),
        connected_through=[via] if via else [],
        raw=get("raw"),
    )


def session_pages(
    client: CvadClient,
    params: Mapping[str, Any],
    farm: str,
    raw: bool = False,
    warn: Callable[[str], None] = ignore,
) -> Iterator[list[SessionRecord]]:
    """The matching sessions as common records, page by page. params: options of cvad_session_info, all optional."""
    for page in SessionQuery(params, warn=warn).pages(client, RECORD_FACTS, None if raw else ()):
        yield [record(found, farm) for found in page.items]
