# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading what a client sent: from the query of a GET, from the JSON or the form of a POST."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from emulator.exchange import JSON_TYPE, ApiRequest, NotJsonError
from emulator.fastx.envelope import FastxError

FORM_TYPE = "application/x-www-form-urlencoded"

Parameters = Mapping[str, list[Any]]


def parameters(request: ApiRequest, *known: str) -> Parameters:
    """Every parameter with its values; a name that is not documented is refused."""
    found: dict[str, list[Any]] = {}
    pairs = _posted(request) if request.method == "POST" else list(request.query)
    for name, value in pairs:
        if name not in known:
            raise FastxError(400, f"The parameter {name} is not known.")
        found.setdefault(name, []).extend(value if isinstance(value, list) else [value])
    return found


def text(given: Parameters, name: str) -> str | None:
    """A text."""
    value = _single(given, name)
    if value is not None and not isinstance(value, str):
        raise FastxError(400, f"{name} must be a text.")
    return value


def flag(given: Parameters, name: str) -> bool:
    """A boolean, or its text."""
    value = _single(given, name)
    if value is None or isinstance(value, bool):
        return bool(value)
    if value not in ("true", "false"):
        raise FastxError(400, f"{name} must be true or false.")
    return bool(value == "true")


def number(given: Parameters, name: str) -> int | None:
    """A whole number that is not negative, or its text."""
    value = _single(given, name)
    if value is None:
        return None
    try:
        found = int(value)
    except (TypeError, ValueError):
        found = -1
    if isinstance(value, (bool, float)) or found < 0:
        raise FastxError(400, f"{name} must be a number that is not negative.")
    return found


def _single(given: Parameters, name: str) -> Any:
    values = given.get(name, [None])
    if len(values) != 1:
        raise FastxError(400, f"{name} was given more than once.")
    return values[0]


def _posted(request: ApiRequest) -> list[tuple[str, Any]]:
    if not request.body.strip():
        return []
    message = Message()
    message["Content-Type"] = request.headers.get("content-type", "")
    kind = message.get_content_type()
    if kind == FORM_TYPE:
        return list(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    if kind != JSON_TYPE or "content-type" not in request.headers:
        raise FastxError(415, f"The body must be {JSON_TYPE} or {FORM_TYPE}.")
    try:
        document = request.document()
    except NotJsonError as error:
        raise FastxError(400, f"The body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise FastxError(400, "The body must be a JSON object.")
    return list(document.items())
