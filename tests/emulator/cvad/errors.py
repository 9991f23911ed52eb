# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two error bodies of the API: ErrorResponse of the current specification, ErrorData of the older one."""

from __future__ import annotations

import re
from http import HTTPStatus

from emulator.exchange import Reply, dump

CONTENT_TYPE = "application/json; charset=utf-8"
ERROR_RESPONSE, ERROR_DATA = "error_response", "error_data"
STYLES = (ERROR_RESPONSE, ERROR_DATA)


class CvadError(Exception):
    """A refusal; ``parameters`` name what was wrong."""

    def __init__(self, status: int, detail: str, **parameters: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.parameters = parameters


def bad_value(name: str, value: object, text: str) -> CvadError:
    """A 400 for one parameter or field."""
    return CvadError(400, f"{name}: {text}", name=name, value=str(value))


def error_reply(status: int, detail: str | None, style: str, parameters: dict[str, str] | None = None) -> Reply:
    """A refusal in one of the two styles."""
    text = detail or _phrase(status)
    return Reply(
        status, _response(status, text, parameters) if style == ERROR_RESPONSE else _data(status, text), CONTENT_TYPE
    )


def _response(status: int, detail: str, parameters: dict[str, str] | None) -> bytes:
    # Service and name in ``type`` are assumed: only the form of the address is documented.
    name = re.sub(r"[^a-z0-9]+", "-", _phrase(status).lower()).strip("-")
    return dump(
        {
            "type": f"https://errors-api.cloud.com/cvad/{name}",
            "detail": detail,
            "parameters": [{"name": name, "value": value} for name, value in (parameters or {}).items()],
        }
    )


def _data(status: int, detail: str) -> bytes:
    # ``SdkErrorId`` alone is required; its value here is assumed.
    return dump(
        {
            "ErrorMessage": detail,
            "SdkErrorId": f"Citrix.Emulator.{status}",
            "ErrorType": _phrase(status),
            "ErrorDetails": None,
            "SupportLink": None,
            "ErrorReportXml": None,
            "ErrorReport": None,
        }
    )


def _phrase(status: int) -> str:
    if status == 530:
        return "Site frozen"
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"
