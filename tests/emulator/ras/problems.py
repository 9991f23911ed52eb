# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two error bodies of the API: ProblemDetails, and code with msg."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from emulator.exchange import Reply, dump

CONTENT_TYPE = "application/json; api-version=1.0"
# ProblemDetails.type as ASP.NET fills it. Assumed: the pages show only that the key exists.
TYPES = {
    400: "https://tools.ietf.org/html/rfc9110#section-15.5.1",
    401: "https://tools.ietf.org/html/rfc9110#section-15.5.2",
    403: "https://tools.ietf.org/html/rfc9110#section-15.5.4",
    404: "https://tools.ietf.org/html/rfc9110#section-15.5.5",
    405: "https://tools.ietf.org/html/rfc9110#section-15.5.6",
    409: "https://tools.ietf.org/html/rfc9110#section-15.5.10",
    415: "https://tools.ietf.org/html/rfc9110#section-15.5.16",
    429: "https://tools.ietf.org/html/rfc6585#section-4",
    500: "https://tools.ietf.org/html/rfc9110#section-15.6.1",
    503: "https://tools.ietf.org/html/rfc9110#section-15.6.4",
}

Errors = Mapping[str, list[str]]


class ProblemError(Exception):
    """A refusal; ``errors`` names the offending fields."""

    def __init__(self, status: int, detail: str, errors: Errors | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors


def bad_value(name: str, text: str) -> ProblemError:
    """A 400 for one field or parameter."""
    return ProblemError(400, "One or more validation errors occurred.", {name: [text]})


def problem_reply(status: int, detail: str | None, instance: str, errors: Errors | None = None) -> Reply:
    """A ProblemDetails body. ``errors`` is one of the further keys that the schema allows (its name is assumed)."""
    body: dict[str, Any] = {
        "type": TYPES.get(status),
        "title": _phrase(status),
        "status": status,
        "detail": detail,
        "instance": instance,
    }
    if errors:
        body["errors"] = dict(errors)
    return Reply(status, dump(body), CONTENT_TYPE)


def code_msg_reply(status: int, detail: str | None) -> Reply:
    """The error body of the licensing sample."""
    return Reply(status, dump({"code": 0, "msg": detail or _phrase(status)}), CONTENT_TYPE)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)
