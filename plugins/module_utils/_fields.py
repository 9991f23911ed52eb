# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Field tables: one row per field of an API object, from which options, results and comparisons follow."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ._errors import BadInputError

_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """An API name that no table knows, as one of ours: newFieldName -> new_field_name, userSIDs -> user_sids."""
    return _WORD_STARTS.sub("_", re.sub(r"(?<=[A-Z]{2})s(?![a-z])", "S", name)).lower()


class Enumeration:
    """A documented enum: number <-> name. Numbers without a name pass through in both directions."""

    def __init__(self, names: Mapping[int, str]):
        self.names = dict(names)
        self._numbers = {name.casefold(): number for number, name in names.items()}

    def name(self, value: Any) -> Any:
        """The name of a number (also written as text); anything unknown as it is."""
        if isinstance(value, int):
            # JSON's true is no 1.
            return value if isinstance(value, bool) else self.names.get(value, value)
        if isinstance(value, str):
            if _is_number(value):
                return self.names.get(int(value), int(value))
            number = self._numbers.get(value.casefold())
            return value if number is None else self.names[number]
        return value

    def number(self, value: Any, option: str) -> int:
        """The number of a name (letter case does not matter) or of digits; BadInputError lists the names."""
        number = self._numbers.get(str(value).casefold())
        if number is not None:
            return number
        if _is_number(str(value)):
            return int(value)
        raise BadInputError(f"{option}: {value!r} is none of {', '.join(self.names.values())}, and not a number.")


def check_range(option: str, value: int | None, low: int, high: int | None = None) -> None:
    """Refuse a number beyond these limits, which are allowed themselves; None passes."""
    if value is not None and (value < low or (high is not None and value > high)):
        allowed = f"{low} or more" if high is None else f"{low} to {high}"
        raise BadInputError(f"{option}: {value} is out of range, {allowed} is allowed.")


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d+", text))


@dataclasses.dataclass(frozen=True)
class Field:
    """One field of an API object.

    name: ours; api: the API's; type: the Ansible option type; enum: its names, if documented; minimum, maximum:
    inclusive range; legacy: the name of the older API generation ("": the same; None: it has no such field);
    current: False when only the older generation has it; elements: of a list, str or int; ordered: its order matters;
    read_only: never an option; any_case: letter case is no difference; switch: our name of the field that must be false
    for this one to count.
    """

    name: str
    api: str
    type: str = "str"
    enum: Enumeration | None = None
    minimum: int | None = None
    maximum: int | None = None
    legacy: str | None = ""
    current: bool = True
    elements: str = "str"
    ordered: bool = False
    read_only: bool = False
    any_case: bool = False
    switch: str = ""

    def option(self) -> dict[str, Any]:
        """The row of an argument spec. An enum is text, so that names and digits pass."""
        if self.type == "list":
            return {"type": "list", "elements": self.elements}
        return {"type": "str" if self.enum else self.type}

    def to_result(self, value: Any) -> Any:
        return self.enum.name(value) if self.enum else value

    def to_api(self, value: Any) -> Any:
        """The value that is sent for an option's value; BadInputError when it is out of range or no known name."""
        if self.enum:
            return self.enum.number(value, self.name)
        if self.type == "int" and self.minimum is not None:
            check_range(self.name, value, self.minimum, self.maximum)
        return value

    def same(self, current: Any, wanted: Any) -> bool:
        """Whether two API values mean the same: order of lists, letter case, numbers as text are no difference."""
        return bool(self.normal(current) == self.normal(wanted))

    def normal(self, value: Any) -> Any:
        """One form of all values that mean the same; no text is as good as null."""
        if self.enum:
            return self.enum.name(value)
        if self.type == "str" and value is None:
            return ""
        if self.type == "list":
            items = [self._text(item) for item in (value if isinstance(value, list) else [])]
            return items if self.ordered else sorted(items, key=str)
        if self.type == "int" and isinstance(value, str) and _is_number(value):
            return int(value)
        return self._text(value)

    def _text(self, value: Any) -> Any:
        if self.elements == "int" and isinstance(value, str) and _is_number(value):
            return int(value)
        return value.casefold() if self.any_case and isinstance(value, str) else value


class FieldTable:
    """The fields of one kind of object, found by our name and by the API's names in any letter case."""

    def __init__(self, fields: Iterable[Field]):
        self.fields = tuple(fields)
        self.by_name = {field.name: field for field in self.fields}
        self._by_api: dict[str, Field] = {}
        for field in self.fields:
            for api in (field.api, field.legacy):
                if api:
                    self._by_api[api.casefold()] = field
        # Our name and the field by the spelling of a server, which repeats itself in each of its objects.
        self._spelled: dict[str, tuple[str, Field | None]] = {}

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def by_api(self, api: str) -> Field | None:
        return self._by_api.get(api.casefold())

    def options(self) -> dict[str, dict[str, Any]]:
        """The argument spec of all fields that can be set."""
        return {field.name: field.option() for field in self.fields if not field.read_only}

    def result(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """An API object in our names; fields of a newer server are kept under a name derived from the API's."""
        result = {}
        for key, value in raw.items():
            name, field = self._spelled.get(key) or self._spell(key)
            result[name] = field.to_result(value) if field else value
        return result

    def _spell(self, key: str) -> tuple[str, Field | None]:
        field = self.by_api(key)
        self._spelled[key] = spelled = (field.name if field else snake_case(key), field)
        return spelled

    def value(self, raw: Mapping[str, Any], name: str) -> Any:
        """The API value of our field name in raw, whatever spelling the server used; None when it is not there."""
        key = self.key(raw, name)
        return None if key is None else raw[key]

    def key(self, raw: Mapping[str, Any], name: str) -> str | None:
        """The server's own spelling of our field name in raw."""
        field = self.by_name[name]
        for api in (field.api, field.legacy):
            if api in raw:
                return api
        return next((key for key in raw if self.by_api(key) is field), None)
