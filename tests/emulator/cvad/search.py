# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``Sessions/$search``: filters, groups and order of MachineAndSessionSearchRequestModel.

Names of properties and operators are documented, their meaning hardly: everything here that goes beyond the names is
assumed, and listed in docs/emulator.md.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from emulator.cvad import enums
from emulator.cvad.errors import CvadError, bad_value
from emulator.cvad.record import Session
from emulator.cvad.times import parse, parse_span

Kind = Literal["text", "texts", "enum", "flag", "number", "time"]
Test = Callable[[Any], bool]
Predicate = Callable[[Session], bool]


@dataclass(frozen=True)
class Property:
    """Where a property of the search stands in a session; of several places the first that holds something counts."""

    kind: Kind
    places: tuple[str, ...]
    values: frozenset[str] = frozenset()

    def of(self, session: Session) -> Any:
        """Its value."""
        for place in self.places:
            value = session.value(place)
            if value is not None:
                return value
        return None


def _text(*places: str) -> Property:
    return Property("text", places)


# The documentation says that about 17 of its 60 properties cannot be used for sessions, and not which. Those that
# follow have a place in a session; the others are refused.
PROPERTIES: Mapping[str, Property] = {
    "AgentVersion": _text("Machine.AgentVersion"),
    "AllocationType": Property("enum", ("Machine.AllocationType",), enums.ALLOCATION_TYPE),
    "AppState": Property("enum", ("AppState",), enums.APP_STATE),
    "AppsInUse": Property("texts", ("ApplicationsInUse.Name",)),
    "ClientIP": _text("Client.IPAddress"),
    "ClientName": _text("Client.Name"),
    "ClientVersion": _text("Client.Version"),
    "ConnectedViaHostName": _text("Connection.ConnectedViaHostName"),
    "ConnectedViaIP": _text("Connection.ConnectedViaIP"),
    "ConnectionProtocol": Property("enum", ("Connection.Protocol",), enums.PROTOCOL_TYPE),
    "CurrentUser": _text("User.Name", "UntrustedUserName"),
    "DeliveryGroup": _text("Machine.DeliveryGroup.Name"),
    "DnsName": _text("Machine.DnsName"),
    "InMaintenanceMode": Property("flag", ("Machine.InMaintenanceMode",)),
    "LaunchedViaHostName": _text("Connection.LaunchedViaHostName"),
    "LaunchedViaIP": _text("Connection.LaunchedViaIP"),
    "MachineCatalog": _text("Machine.MachineCatalog.Name"),
    "MachineName": _text("Machine.Name"),
    "OSType": _text("Machine.OSType"),
    "SecureIcaActive": Property("flag", ("Connection.SecureIcaActive",)),
    "SessionState": Property("enum", ("State",), enums.SESSION_STATE),
    "SessionStateChangeTime": Property("time", ("FormattedStateChangeTime",)),
    "SessionSupport": Property("enum", ("Machine.SessionSupport",), enums.SESSION_SUPPORT),
    "StartTime": Property("time", ("FormattedStartTime",)),
    "SummaryState": Property("enum", ("Machine.SummaryState",), enums.SUMMARY_STATE),
    "Uid": Property("number", ("Uid",)),
    "UserDisplayName": _text("User.DisplayName"),
    "UserName": _text("User.Name", "UntrustedUserName"),
    "UserPrincipalName": _text("User.PrincipalName"),
    "ZoneName": _text("Machine.Zone.Name"),
}

_SAME = {"Equals", "NotEquals", "In", "NotIn"}
_PRESENCE = {"Any", "None"}
_ORDER = {"LessThan", "GreaterThan", "LessThanOrEquals", "GreaterThanOrEquals"}
_PATTERN = {"Like", "NotLike", "EndsWith", "NotEndsWith", "StartsWith", "NotStartsWith"}
_CONTAINS = {f"{negation}Contains{how}" for negation in ("", "Not") for how in ("", "Like", "EndsWith", "StartsWith")}
OPERATORS: Mapping[Kind, frozenset[str]] = {
    "text": frozenset(_SAME | _PATTERN | _CONTAINS | _PRESENCE),
    "texts": frozenset(_CONTAINS | _PRESENCE),
    "enum": frozenset(_SAME | _PRESENCE),
    "flag": frozenset({"Equals", "NotEquals"} | _PRESENCE),
    "number": frozenset(_SAME | _ORDER | _PRESENCE),
    "time": frozenset(_SAME | _ORDER | _PRESENCE | {"IsWithin", "IsNotWithin"}),
}


@dataclass(frozen=True)
class Search:
    """A search that was understood."""

    matches: Predicate
    order: tuple[tuple[Property, bool], ...] = ()

    def run(self, sessions: Iterable[Session]) -> list[Session]:
        """The sessions found, in the order asked for."""
        found = [session for session in sessions if self.matches(session)]
        for prop, descending in reversed(self.order):
            found.sort(key=_sort_key(prop), reverse=descending)
        return found


def read_search(document: Any, now: float) -> Search:
    """Understand a request; what is not documented is refused."""
    body = _object(
        document,
        "the body",
        "BasicSearchString",
        "SearchFilters",
        "SortCriteria",
        "SearchFilterGroups",
        "SearchFilterGroupsType",
        "SortCriteriaItems",
    )
    predicates = [_filter(one, now) for one in _list(body, "SearchFilters")]
    groups = [_group(one, now) for one in _list(body, "SearchFilterGroups")]
    if groups:
        predicates.append(_joined(groups, _choice(body, "SearchFilterGroupsType", enums.FILTER_GROUPS_TYPE, "And")))
    basic = body.get("BasicSearchString")
    if basic is not None:
        predicates.append(_anywhere(_string(body, "BasicSearchString")))
    return Search(_joined(predicates, "And"), _order(body))


def _order(body: Mapping[str, Any]) -> tuple[tuple[Property, bool], ...]:
    items = _list(body, "SortCriteriaItems")
    if body.get("SortCriteria") is not None:
        items = [body["SortCriteria"], *items]
    order = []
    for item in items:
        criterion = _object(item, "a sort criterion", "Property", "SortDirection")
        direction = _choice(criterion, "SortDirection", enums.SORT_DIRECTION)
        order.append((_property(criterion), direction == "Descending"))
    return tuple(order)


def _sort_key(prop: Property) -> Callable[[Session], tuple[bool, Any]]:
    """Missing values first; texts without regard to letter case."""

    def key(session: Session) -> tuple[bool, Any]:
        value = prop.of(session)
        if prop.kind == "texts":
            value = ",".join(value or ())
        return (value is not None, value.casefold() if isinstance(value, str) else value or 0)

    return key


def _group(document: Any, now: float) -> Predicate:
    """A leaf (filters and a singular type) or a parent (groups and a plural type), never both."""
    leaf, parent = ("SearchFilters", "SearchFilterGroupType"), ("SearchFilterGroups", "SearchFilterGroupsType")
    body = _object(document, "a filter group", *leaf, *parent)
    is_leaf, is_parent = (any(body.get(key) is not None for key in keys) for keys in (leaf, parent))
    if is_leaf == is_parent:
        raise CvadError(400, f"A filter group has either {' and '.join(leaf)} or {' and '.join(parent)}.")
    if is_leaf:
        filters = [_filter(one, now) for one in _list(body, leaf[0])]
        return _joined(filters, _choice(body, leaf[1], enums.FILTER_GROUPS_TYPE, "And"))
    groups = [_group(one, now) for one in _list(body, parent[0])]
    return _joined(groups, _choice(body, parent[1], enums.FILTER_GROUPS_TYPE, "And"))


def _joined(predicates: list[Predicate], how: str) -> Predicate:
    if len(predicates) == 1:
        return predicates[0]
    if how == "Or":
        return lambda session: any(predicate(session) for predicate in predicates)
    return lambda session: all(predicate(session) for predicate in predicates)


def _anywhere(text: str) -> Predicate:
    """Some text property contains it."""
    wanted = text.casefold()
    texts = [prop for prop in PROPERTIES.values() if prop.kind in ("text", "texts")]

    def matches(session: Session) -> bool:
        return any(wanted in item.casefold() for prop in texts for item in _items(prop.of(session)))

    return matches


def _filter(document: Any, now: float) -> Predicate:
    body = _object(document, "a search filter", "Property", "Value", "Operator")
    prop = _property(body)
    operator = _choice(body, "Operator", enums.SEARCH_OPERATOR)
    if operator not in OPERATORS[prop.kind]:
        raise bad_value("Operator", operator, f"cannot be used with {body['Property']}")
    test = _test(prop, operator, body, now)
    of = prop.of
    return lambda session: test(of(session))


def _test(prop: Property, operator: str, body: Mapping[str, Any], now: float) -> Test:
    if operator == "Any":
        return lambda value: bool(_items(value))
    if operator == "None":
        return lambda value: not _items(value)
    text = _string(body, "Value")
    positive, negated = _split_negation(operator)
    test = _positive(prop, positive, text, now)
    return (lambda value: not test(value)) if negated else test


def _split_negation(operator: str) -> tuple[str, bool]:
    if operator == "IsNotWithin":
        return "IsWithin", True
    return operator.removeprefix("Not"), operator.startswith("Not")


def _positive(prop: Property, operator: str, text: str, now: float) -> Test:
    if operator == "IsWithin":
        earliest = now - _read(text, parse_span)
        return lambda value: value is not None and earliest <= parse(value) <= now
    if prop.kind in ("text", "texts"):
        test = _text_test(operator.removeprefix("Contains") or "Equals", text)
        return lambda value: any(test(item.casefold()) for item in _items(value))
    of = _reader(prop)
    if operator == "In":
        several = {of(part.strip()) for part in text.split(",")}
        return lambda value: value is not None and _comparable(prop, value) in several
    wanted = of(text)
    return _comparison(prop, operator, wanted)


def _text_test(operator: str, text: str) -> Callable[[str], bool]:
    wanted = text.casefold()
    if operator == "StartsWith":
        return lambda item: item.startswith(wanted)
    if operator == "EndsWith":
        return lambda item: item.endswith(wanted)
    if operator == "Like":
        # Without a wildcard the text may stand anywhere.
        pattern = wanted if any(sign in wanted for sign in "*?") else f"*{wanted}*"
        matcher = re.compile(fnmatch.translate(pattern.replace("[", "[[]")))
        return lambda item: matcher.match(item) is not None
    if operator == "In":
        several = {part.strip() for part in wanted.split(",")}
        return lambda item: item in several
    return lambda item: item == wanted


def _comparison(prop: Property, operator: str, wanted: Any) -> Test:
    def compare(value: Any) -> bool:
        if value is None:
            return False
        found = _comparable(prop, value)
        if operator == "Equals":
            return bool(found == wanted)
        if operator.startswith("LessThan"):
            return bool(found < wanted or (operator.endswith("OrEquals") and found == wanted))
        return bool(found > wanted or (operator.endswith("OrEquals") and found == wanted))

    return compare


def _comparable(prop: Property, value: Any) -> Any:
    return parse(value) if prop.kind == "time" else value


def _reader(prop: Property) -> Callable[[str], Any]:
    """From the text in a filter to what is compared."""

    def of(text: str) -> Any:
        if prop.kind == "enum":
            return _one_of(text, prop.values)
        if prop.kind == "flag":
            return _one_of(text.lower(), frozenset({"true", "false"})) == "true"
        return _read(text, parse if prop.kind == "time" else int)

    return of


def _read(text: str, how: Callable[[str], float]) -> float:
    try:
        return how(text)
    except ValueError:
        raise bad_value("Value", text, "cannot be read") from None


def _one_of(text: str, values: frozenset[str]) -> str:
    if text not in values:
        raise bad_value("Value", text, f"must be one of {', '.join(sorted(values))}")
    return text


def _items(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def _property(body: Mapping[str, Any]) -> Property:
    name = _string(body, "Property")
    if name not in PROPERTIES:
        raise bad_value("Property", name, "is not a property that sessions can be searched by")
    return PROPERTIES[name]


def _object(document: Any, where: str, *known: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise CvadError(400, f"Expected an object as {where}.")
    for key in document:
        if key not in known:
            raise bad_value(key, document[key], f"is not a field of {where}")
    return document


def _list(body: Mapping[str, Any], key: str) -> list[Any]:
    value = body.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad_value(key, value, "must be a list")
    return value


def _string(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str):
        raise bad_value(key, value, "must be a text")
    return value


def _choice(body: Mapping[str, Any], key: str, values: frozenset[str], default: str | None = None) -> str:
    value = body.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or value not in values:
        raise bad_value(key, value, f"must be one of {', '.join(sorted(values))}")
    return value
