# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the headers that the API asks for."""

from __future__ import annotations

import base64
import binascii
import re
from email.message import Message

from emulator.exchange import JSON_TYPE, ApiRequest

CUSTOMER = "citrix-customerid"
INSTANCE = "citrix-instanceid"
TRANSACTION = "citrix-transactionid"

_BEARER = re.compile(r"(?:CWSAuth\s+bearer=|Bearer\s+)(?P<token>\S+)", re.IGNORECASE)


def bearer(request: ApiRequest) -> str | None:
    """The token of ``CWSAuth bearer=…``, or of plain ``Bearer …``, which the vendor's own scripts use too."""
    found = _BEARER.fullmatch(request.headers.get("authorization", "").strip())
    return None if found is None else found["token"]


def basic(request: ApiRequest) -> tuple[str, str] | None:
    """User and password of ``Basic …``."""
    scheme, _blank, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


def media_type(request: ApiRequest) -> str | None:
    """The type of the body, without parameters; None when none is named."""
    return _content_type(request).get_content_type() if "content-type" in request.headers else None


def sends_json(request: ApiRequest) -> bool:
    """Whether the body is announced as JSON in UTF-8."""
    charset = str(_content_type(request).get_param("charset", "utf-8")).lower()
    return media_type(request) == JSON_TYPE and charset in ("utf-8", "utf8")


def accepts_json(request: ApiRequest) -> bool:
    """Whether the caller takes JSON; without an Accept header it takes everything."""
    accept = request.headers.get("accept", "*/*")
    return any(_takes(part) for part in accept.split(","))


def _takes(part: str) -> bool:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    refused = any(re.fullmatch(r"q=0(\.0*)?", parameter) for parameter in parameters)
    return kind in (JSON_TYPE, "application/*", "*/*") and not refused


def _content_type(request: ApiRequest) -> Message:
    message = Message()
    message["Content-Type"] = request.headers.get("content-type", "")
    return message
