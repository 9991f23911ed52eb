# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The error ladder: one class per cause, each with the text and the data that a task reports.

Every error carries `failure()` = {kind, status, code, detail}, so that a playbook can test for the cause instead of
searching the text.
"""

from __future__ import annotations

from typing import Any, ClassVar


class VdiError(Exception):
    """Base of all errors that a task reports in its own words.

    kind: stable word for the cause; status: HTTP status or None; code: the server's own code or None;
    detail: the server's own words or None; lost_answer: a write that the server may have carried out all the same;
    done: what the result tells of that which was carried out before.
    """

    kind: ClassVar[str] = "error"
    lost_answer: bool = False

    def __init__(self, message: str, *, status: int | None = None, code: Any = None, detail: str | None = None):
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.detail = detail
        self.done: dict[str, Any] = {}

    def __str__(self) -> str:
        return self.message

    def failure(self) -> dict[str, Any]:
        return {"kind": self.kind, "status": self.status, "code": self.code, "detail": self.detail}


class MissingLibraryError(VdiError):
    kind = "missing_library"


class BadInputError(VdiError):
    """The task's options cannot be carried out; raised before anything is written."""

    kind = "bad_input"


class InsecureUrlError(BadInputError):
    kind = "insecure_url"


class TransportError(VdiError):
    """No usable HTTP answer. lost_answer: the request, also one that reads, may have reached the server."""

    def __init__(self, message: str, *, lost_answer: bool = False, passing: bool = False):
        super().__init__(message)
        self.lost_answer = lost_answer
        self.passing = passing


class UnreachableError(TransportError):
    kind = "unreachable"


class TlsError(TransportError):
    kind = "tls"


class TimeLimitError(TransportError):
    kind = "time_limit"


class AnswerError(VdiError):
    """The server answered, with a refusal or with something unusable."""


class AuthenticationError(AnswerError):
    kind = "authentication"


class PermissionDeniedError(AnswerError):
    kind = "permission"


class NotFoundError(AnswerError):
    kind = "not_found"


class ConflictError(AnswerError):
    kind = "conflict"


class RateLimitError(AnswerError):
    kind = "rate_limit"


class RefusedValueError(AnswerError):
    kind = "refused_value"


class ServerFaultError(AnswerError):
    kind = "server_fault"


class RedirectError(AnswerError):
    kind = "redirect"


class NotJsonError(AnswerError):
    kind = "not_json"


class UnexpectedAnswerError(AnswerError):
    kind = "unexpected_answer"


class UnexpectedError(VdiError):
    """Anything else that was raised; words: its type and text, without secrets."""

    kind = "unexpected"

    def __init__(self, words: str):
        super().__init__(
            f"This is a fault of the collection, or an answer of the server that it does not know: {words}. "
            "Please report it with the traceback, which ANSIBLE_DISPLAY_TRACEBACK=error shows."
        )
