# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of objects: fields, types, defaults, and what a create or an update may hold.

A kind of object is one ``Resource``; servers.py, pools.py, brokers.py and published.py hold those of the farm.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from emulator.ras import values
from emulator.ras.problems import Errors, ProblemError

Family = Literal["legacy", "current"]
FAMILIES: tuple[Family, ...] = ("legacy", "current")
AUDIT = ("adminCreate", "adminLastMod", "timeCreate", "timeLastMod")
ITEM_NAMES: Mapping[type | None, str] = {str: "a text", int: "a whole number", dict: "an object"}


@dataclass(frozen=True)
class Field:
    """One field that can be written. Its JSON type is the type of its default.

    ``items`` is the type of what a list holds, None for anything; ``lengths`` the shortest and the longest text;
    ``inside`` the object that a read shows the field in, while a write has it beside the others.
    """

    name: str
    default: Any
    minimum: int = values.INT32_MIN
    maximum: int = values.INT32_MAX
    choices: frozenset[int] | None = None
    nullable: bool = False
    items: type | None = str
    lengths: tuple[int, int] | None = None
    inside: str | None = None

    def fault(self, value: Any) -> str | None:
        """What is wrong with a value, if anything is."""
        if value is None:
            return None if self.nullable else "The value must not be null."
        if type(value) is not type(self.default):
            return f"The JSON value could not be converted to {type(self.default).__name__}."
        if isinstance(value, list):
            items = self.items
            right = items is None or all(values.is_a(item, items) for item in value)
            return None if right or items is None else f"Every item must be {ITEM_NAMES[items]}."
        if isinstance(value, str):
            return self._text_fault(value)
        return None if isinstance(value, bool) or not isinstance(value, int) else self._number_fault(value)

    def _text_fault(self, value: str) -> str | None:
        if self.lengths is None or self.lengths[0] <= len(value) <= self.lengths[1]:
            return None
        return f"A text of {self.lengths[0]} to {self.lengths[1]} characters is required."

    def _number_fault(self, value: int) -> str | None:
        if self.choices is not None and value not in self.choices:
            return f"{value} is not one of {', '.join(map(str, sorted(self.choices)))}."
        if not self.minimum <= value <= self.maximum:
            return f"{value} is not between {self.minimum} and {self.maximum}."
        return None


@dataclass(frozen=True)
class New:
    """The checked body of a create."""

    name: str
    site_id: int | None
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Resource:
    """One kind of object.

    ``fields`` can be written, ``fixed`` are the start values of what only the server writes; ``order`` is the order of
    keys in an answer, ``main`` the properties that a list carries (None for all).

    ``key`` holds the object's name, which is unique within the same ``scope``: a site or a folder. ``place`` holds the
    site, or the list of sites. A create takes name and site, the fields of ``creatable``, and needs those of
    ``required``; with ``null_is_absent`` null counts as left out there. ``follows_name`` are the fields that start as
    the name.
    """

    name: str
    title: str
    fields: Mapping[str, Field]
    order: tuple[str, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    key: str = "server"
    scope: Literal["siteId", "parentId"] = "siteId"
    place: Literal["siteId", "publishToSite"] = "siteId"
    creatable: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()
    null_is_absent: bool = False
    follows_name: tuple[str, ...] = ()
    main: tuple[str, ...] | None = None
    _by_folded: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_folded", {name.casefold(): name for name in self.fields})

    @property
    def audited(self) -> bool:
        """Whether objects tell who changed them and when."""
        return AUDIT[0] in self.order

    def fresh(self, name: str, site_id: int, object_id: int, given: Mapping[str, Any]) -> dict[str, Any]:
        """A newly added object, keys in order; audit fields are empty."""
        known: dict[str, Any] = copy.deepcopy(dict(self.fixed))
        known.update(dict.fromkeys(AUDIT, ""))
        self.store(known, {name: copy.deepcopy(one.default) for name, one in self.fields.items()})
        known.update(dict.fromkeys(self.follows_name, name))
        known[self.place] = site_id if self.place == "siteId" else [site_id]
        self.store(known, given)
        known.update({self.key: name, "id": object_id})
        return {name: known[name] for name in self.order}

    def store(self, record: dict[str, Any], changes: Mapping[str, Any]) -> None:
        """Put values where a read shows them."""
        for name, value in changes.items():
            inside = self.fields[name].inside if name in self.fields else None
            (record if inside is None else record.setdefault(inside, {}))[name] = value

    def identity(self, record: Mapping[str, Any]) -> tuple[int, str]:
        """What no two objects share: letter case does not count."""
        return record[self.scope], record[self.key].casefold()

    def is_in_site(self, record: Mapping[str, Any], site_id: int) -> bool:
        """Whether an object belongs to a site."""
        place = record[self.place]
        return site_id in place if isinstance(place, list) else bool(place == site_id)

    def new(self, body: Mapping[str, Any]) -> New:
        """Check the body of a create."""
        given = {key.casefold(): value for key, value in body.items()}
        name, site = given.get(self.key.casefold()), given.get("siteid")
        errors = self._name_errors(name)
        if site is not None and site_number(site) is None:
            errors["siteId"] = ["The JSON value could not be converted to int."]
        rest = {key: value for key, value in body.items() if key.casefold() not in (self.key.casefold(), "siteid")}
        checked = self._checked(rest, self.creatable, errors, skip_null=self.null_is_absent)
        for needed in self.required:
            if not checked.get(needed) and needed not in errors:
                errors[needed] = [f"The {needed} field is required."]
        _raise(errors)
        return New(str(name), None if site is None else site_number(site), checked)

    def changes(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The checked fields of an update, by their documented names."""
        errors: dict[str, list[str]] = {}
        checked = self._checked(body, frozenset(self.fields), errors)
        _raise(errors)
        return checked

    def _name_errors(self, name: Any) -> dict[str, list[str]]:
        if not isinstance(name, str) or not name.strip():
            return {self.key: [f"The {self.key} field is required."]}
        wrong = self.fields[self.key].fault(name) if self.key in self.fields else None
        return {} if wrong is None else {self.key: [wrong]}

    def _checked(
        self, body: Mapping[str, Any], allowed: frozenset[str], errors: dict[str, list[str]], skip_null: bool = False
    ) -> dict[str, Any]:
        checked: dict[str, Any] = {}
        for given, value in body.items():
            name = self._by_folded.get(given.casefold())
            if name is None or name not in allowed:
                errors[given] = [self._refusal(given)]
                continue
            if value is None and skip_null:
                continue
            wrong = self.fields[name].fault(value)
            if wrong is not None:
                errors[given] = [wrong]
            else:
                checked[name] = value
        return checked

    def _refusal(self, given: str) -> str:
        if given.casefold() in {name.casefold() for name in self.order}:
            return "The field cannot be written here."
        return "The field is not known."


def site_number(value: Any) -> int | None:
    """A site id as number or, like in the sample, as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() else None


def fields_of(
    defaults: Mapping[str, Any], special: Iterable[Field] = (), without: Iterable[str] = ()
) -> dict[str, Field]:
    """Fields by their defaults; ``special`` tells more about some of them."""
    left_out = frozenset(without)
    fields = {name: Field(name, default) for name, default in defaults.items() if name not in left_out}
    for one in special:
        fields[one.name] = replace(one, default=fields[one.name].default)
    return fields


def _raise(errors: Errors) -> None:
    if errors:
        raise ProblemError(400, "One or more validation errors occurred.", errors)
