# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading what a client sent: numbers, flags and enums of query and path, as strictly as the documents allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emulator.exchange import ApiRequest, NotJsonError
from emulator.ras.problems import ProblemError, bad_value

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
UINT32_MAX = 2**32 - 1

# Documented enums that the server checks, by their numbers; -1 stands for all.
SESSION_STATES = frozenset({*range(10), -1})
SESSION_SOURCES = frozenset({1, 2, 63, -1})
URL_MAIL_REDIRECTION = frozenset(range(3))
TRANSFER_MODES = frozenset(range(4))
RDP_TRANSPORT = frozenset(range(4))
PRINTER_NAME_FORMATS = frozenset(range(3))
PROFILE_TECHNOLOGIES = frozenset(range(3))
ENABLED_MODES = frozenset(range(3))
# Assumed: PowerShell's order All, Group, Server and Normal, Maximized, Minimized; the sample's fresh 0 fits.
PUBLISH_FROM = frozenset(range(3))
WINDOW_TYPES = frozenset(range(3))
# Documented for names and messages of published items.
NAME_LENGTHS = (1, 255)


def is_a(value: object, kind: type) -> bool:
    """Whether a JSON value is of a kind; true and false are no numbers."""
    return isinstance(value, kind) and isinstance(value, bool) == (kind is bool)


def int32(text: str, name: str) -> int:
    """A whole number in a path or query."""
    try:
        number = int(text)
    except ValueError:
        raise bad_value(name, f"The value '{text}' is not valid.") from None
    if not INT32_MIN <= number <= INT32_MAX:
        raise bad_value(name, f"The value '{text}' is not valid.")
    return number


def path_id(request: ApiRequest, name: str = "id") -> int:
    """The id in a path."""
    return int32(request.path_values[name], name)


def query_int(request: ApiRequest, name: str) -> int | None:
    """An optional number of the query; an empty text counts as absent."""
    text = request.first_query(name)
    return int32(text, name) if text else None


def query_text(request: ApiRequest, name: str) -> str | None:
    """An optional text of the query; an empty one counts as absent."""
    return request.first_query(name) or None


def query_flag(request: ApiRequest, name: str) -> bool:
    """An optional flag of the query."""
    text = request.first_query(name)
    if not text:
        return False
    if text.casefold() not in ("true", "false"):
        raise bad_value(name, f"The value '{text}' is not valid.")
    return text.casefold() == "true"


def query_enum(request: ApiRequest, name: str, values: frozenset[int]) -> int | None:
    """An optional enum of the query, as its number; -1 (all) counts as absent."""
    number = query_int(request, name)
    if number is not None and number not in values:
        raise bad_value(name, f"The value '{number}' is not valid.")
    return None if number == -1 else number


def object_body(request: ApiRequest) -> dict[str, Any]:
    """The JSON object of a request."""
    try:
        document = request.document()
    except NotJsonError as error:
        raise ProblemError(400, f"The body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise ProblemError(400, "A JSON object is required as body.")
    return document


def known_keys(body: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """A body by its documented names, which alone it may hold; letter case does not count."""
    by_folded = {name.casefold(): name for name in names}
    for key in body:
        if key.casefold() not in by_folded:
            raise bad_value(key, "The field is not known.")
    return {by_folded[key.casefold()]: value for key, value in body.items()}


def one_of(name: str, value: Any, choices: Sequence[str]) -> str:
    """One of several texts."""
    if value not in choices:
        raise bad_value(name, f"{value!r} is not one of {', '.join(choices)}.")
    return str(value)
