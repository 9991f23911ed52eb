# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Misbehaviour on demand: what can go wrong, for which operation, and how often.

The same vocabulary serves the command line (``--fault``) and the control address (``POST /_emulator/faults``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.exchange import JSON_TYPE, ApiRequest, NotJsonError, Reply
from emulator.routing import UNKNOWN, Operation

EVERY = "*"
COMMON_KEYS = frozenset({"operation", "kind", "times", "skip"})
HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Proxy: sign in first</h1></body></html>"


@dataclass(frozen=True)
class Kind:
    """One kind of fault: the keys that it takes and the values that it starts from.

    ``edits``: it changes a written field and leaves the answer alone. ``choices`` names the values that a key may have,
    None aside. ``handled`` among the defaults says whether the
    operation still takes place, unseen, before the answer is spoiled.
    """

    required: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    edits: bool = False
    # The operation itself carries it out: a platform's own kinds, see ``Platform.fault_kinds``.
    quirk: bool = False
    choices: Mapping[str, frozenset[str]] = field(default_factory=dict)


KINDS: Mapping[str, Kind] = {
    "delay": Kind(required=frozenset({"seconds"})),
    "drop_before": Kind(defaults={"handled": False}),
    "drop_after": Kind(defaults={"handled": True}),
    "status": Kind(
        required=frozenset({"status"}),
        defaults={"body": "problem", "detail": None, "retry_after": None, "handled": False},
    ),
    "html": Kind(defaults={"status": 200, "handled": False}),
    "truncate": Kind(defaults={"handled": True}),
    "truncate_wire": Kind(defaults={"handled": True}),
    "empty": Kind(defaults={"status": 200, "handled": True}),
    "redirect": Kind(required=frozenset({"location"}), defaults={"status": 307, "handled": False}),
    "ignore_field": Kind(required=frozenset({"field"}), edits=True),
    "normalise_field": Kind(required=frozenset({"field"}), defaults={"value": None, "how": None}, edits=True),
    "reorder_field": Kind(required=frozenset({"field"}), edits=True),
}
# Faults whose very meaning says whether the operation took place.
FIXED_HANDLED = frozenset({"drop_before", "drop_after", "truncate", "truncate_wire"})
NEUTRAL_BODIES = frozenset({"html", "text", "empty"})
TEXT_CHANGES: Mapping[str, Callable[[str], str]] = {"upper": str.upper, "lower": str.lower, "strip": str.strip}


class FaultError(ValueError):
    """A fault that cannot be understood."""


@dataclass
class Fault:
    """One fault in force; ``times`` None means for ever, ``skip`` counts down over matching requests."""

    operation: str
    kind: str
    times: int | None
    skip: int
    settings: dict[str, Any]

    @property
    def handled(self) -> bool:
        """Whether the operation takes place before the answer is spoiled."""
        return bool(self.settings.get("handled", True))

    def describe(self) -> dict[str, Any]:
        """What the control address shows."""
        return {"operation": self.operation, "kind": self.kind, "times": self.times, "skip": self.skip, **self.settings}


@dataclass
class Plan:
    """What the faults make of one request."""

    delay: float = 0.0
    outcome: Fault | None = None
    edits: list[Fault] = field(default_factory=list)
    quirks: list[Fault] = field(default_factory=list)


def _number(value: Any, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise FaultError(f"{key} must be a number that is not negative")
    return float(value)


def _count(value: Any, key: str) -> int:
    number = _number(value, key)
    if number != int(number):
        raise FaultError(f"{key} must be a whole number")
    return int(number)


def _status(value: Any) -> int:
    status = _count(value, "status")
    if not 200 <= status <= 599:
        raise FaultError("status must lie between 200 and 599")
    return status


def parse_text(text: str) -> dict[str, Any]:
    """A fault of the command line: JSON, or ``key=value,key=value`` whose values are JSON where they look like it."""
    if text.lstrip().startswith("{"):
        try:
            spec = json.loads(text)
        except json.JSONDecodeError as error:
            raise FaultError(f"not JSON: {error}") from error
        return dict(spec)
    spec = {}
    for part in text.split(","):
        key, equals, value = part.partition("=")
        if not equals:
            raise FaultError(f"expected key=value, not {part!r}")
        try:
            spec[key.strip()] = json.loads(value)
        except json.JSONDecodeError:
            spec[key.strip()] = value
    return spec


class FaultBook:
    """The faults in force, first come, first served."""

    def __init__(
        self, operations: Iterable[str], bodies: Iterable[str] = (), kinds: Mapping[str, Kind] | None = None
    ) -> None:
        self._operations = frozenset(operations) | {EVERY, UNKNOWN}
        self._kinds = {**KINDS, **(kinds or {})}
        self._bodies = NEUTRAL_BODIES | frozenset(bodies)
        self._faults: list[Fault] = []

    def add(self, spec: Mapping[str, Any]) -> Fault:
        """Put a fault in force."""
        fault = self._parse(dict(spec))
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """End all faults."""
        self._faults.clear()

    def describe(self) -> list[dict[str, Any]]:
        """The faults that can still strike."""
        return [fault.describe() for fault in self._faults if fault.times != 0]

    def take(self, request: ApiRequest, operation: Operation | None) -> Plan:
        """Decide what happens to one request, and count down.

        Delays add up, field changes and quirks all apply; of the faults that decide the answer the first one in force
        wins, the others keep their ``times``. ``skip`` counts every matching request, also one that another fault
        answered.
        """
        plan = Plan()
        for fault in self._faults:
            if not self._matches(fault, request, operation):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.times == 0 or not self._enlist(fault, plan):
                continue
            if fault.times is not None:
                fault.times -= 1
        return plan

    def _enlist(self, fault: Fault, plan: Plan) -> bool:
        if fault.kind == "delay":
            plan.delay += fault.settings["seconds"]
        elif self._kinds[fault.kind].edits:
            plan.edits.append(fault)
        elif self._kinds[fault.kind].quirk:
            plan.quirks.append(fault)
        elif plan.outcome is None:
            plan.outcome = fault
        else:
            return False
        return True

    def _matches(self, fault: Fault, request: ApiRequest, operation: Operation | None) -> bool:
        name = UNKNOWN if operation is None else operation.name
        if fault.operation not in (EVERY, name):
            return False
        if not self._kinds[fault.kind].edits:
            return True
        return (
            operation is not None
            and operation.kind == "write"
            and _key_of(request, fault.settings["field"]) is not None
        )

    def _parse(self, spec: dict[str, Any]) -> Fault:
        operation, kind_name = str(spec.get("operation", EVERY)), str(spec.get("kind"))
        if operation not in self._operations:
            raise FaultError(f"unknown operation {operation!r}; known: {', '.join(sorted(self._operations))}")
        if kind_name not in self._kinds:
            raise FaultError(f"unknown kind {kind_name!r}; known: {', '.join(sorted(self._kinds))}")
        kind = self._kinds[kind_name]
        given = {key: value for key, value in spec.items() if key not in COMMON_KEYS}
        self._check_keys(kind_name, kind, given)
        self._check_choices(kind, given)
        times = spec.get("times")
        return Fault(
            operation=operation,
            kind=kind_name,
            times=None if times is None else _count(times, "times"),
            skip=_count(spec.get("skip", 0), "skip"),
            settings=self._settings(kind, {**kind.defaults, **given}),
        )

    def _check_keys(self, kind_name: str, kind: Kind, given: Mapping[str, Any]) -> None:
        missing = kind.required - set(given)
        if missing:
            raise FaultError(f"{kind_name} needs {', '.join(sorted(missing))}")
        known = kind.required | set(kind.defaults)
        if kind_name in FIXED_HANDLED:
            known = known - {"handled"}
        unknown = set(given) - known
        if unknown:
            raise FaultError(f"{kind_name} does not take {', '.join(sorted(unknown))}")

    def _check_choices(self, kind: Kind, given: Mapping[str, Any]) -> None:
        for key, known in kind.choices.items():
            if given.get(key) is not None and given[key] not in known:
                raise FaultError(f"unknown {key} {given[key]!r}; known: {', '.join(sorted(known))}")

    def _settings(self, kind: Kind, settings: dict[str, Any]) -> dict[str, Any]:
        if settings.get("seconds") is not None or "seconds" in kind.required:
            settings["seconds"] = _number(settings["seconds"], "seconds")
        if "status" in settings:
            settings["status"] = _status(settings["status"])
        # Retry-After may be a number of seconds or a date, so a text passes as it is.
        if not isinstance(settings.get("retry_after"), (str, type(None))):
            _number(settings["retry_after"], "retry_after")
        if settings.get("body", "empty") not in self._bodies:
            raise FaultError(f"unknown body {settings['body']!r}; known: {', '.join(sorted(self._bodies))}")
        if settings.get("how") is not None and settings["how"] not in TEXT_CHANGES:
            raise FaultError(f"unknown how {settings['how']!r}; known: {', '.join(sorted(TEXT_CHANGES))}")
        for key in ("field", "location"):
            if not isinstance(settings.get(key, ""), str):
                raise FaultError(f"{key} must be a text")
        if not isinstance(settings.get("handled", False), bool):
            raise FaultError("handled must be true or false")
        return settings


def _key_of(request: ApiRequest, name: str) -> str | None:
    """The key of a JSON object body that has this name, letter case aside."""
    try:
        document = request.document()
    except NotJsonError:
        return None
    if not isinstance(document, dict):
        return None
    return next((key for key in document if key.casefold() == name.casefold()), None)


def _reordered(value: Any) -> Any:
    if isinstance(value, list):
        return value[::-1]
    # Several RAS fields hold a list as one text with semicolons.
    if isinstance(value, str) and ";" in value:
        return ";".join(value.split(";")[::-1])
    return value


def edit(request: ApiRequest, edits: Iterable[Fault]) -> ApiRequest:
    """The request as a server with these quirks would store it."""
    for fault in edits:
        key = _key_of(request, fault.settings["field"])
        if key is None:
            continue
        document = request.document()
        if fault.kind == "ignore_field":
            del document[key]
        elif fault.kind == "reorder_field":
            document[key] = _reordered(document[key])
        elif fault.settings["how"] is None:
            document[key] = fault.settings["value"]
        elif isinstance(document[key], str):
            document[key] = TEXT_CHANGES[fault.settings["how"]](document[key])
        request = request.with_document(document)
    return request


def neutral_body(style: str, detail: str | None) -> tuple[bytes, str | None]:
    """Body and content type of an error that no platform words."""
    if style == "html":
        return HTML, "text/html; charset=utf-8"
    if style == "text":
        return (detail or "Something went wrong").encode(), "text/plain; charset=utf-8"
    return b"", None


def spoil(fault: Fault, reply: Reply) -> Reply:
    """The answer of a handled request, after the fault."""
    if fault.kind == "truncate":
        return Reply(reply.status, reply.body[: len(reply.body) // 2], reply.content_type, reply.headers)
    if fault.kind == "empty":
        return Reply(fault.settings["status"], b"", JSON_TYPE)
    return reply
