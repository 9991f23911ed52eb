# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The envelope: a result, or an error with a name and a message."""

from __future__ import annotations

from typing import Any

from emulator.exchange import JSON_TYPE, Reply, dump

# The one name that the documents show.
AUTH_ERROR = "AuthError"
# Every other error (assumed).
OTHER_ERROR = "Error"


class FastxError(Exception):
    """A refusal."""

    def __init__(self, status: int, message: str, name: str = OTHER_ERROR) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.name = name


def not_signed_in(message: str) -> FastxError:
    """What a client takes as being logged out."""
    return FastxError(401, message, AUTH_ERROR)


def result_reply(result: Any) -> Reply:
    """An answer."""
    return raw_reply(dump(result))


def raw_reply(result: bytes) -> Reply:
    """An answer whose result is JSON already."""
    return Reply(200, b'{"result":%b}' % result, JSON_TYPE)


def error_reply(status: int, message: str, name: str = OTHER_ERROR) -> Reply:
    """A refusal."""
    return Reply(status, dump({"error": {"name": name, "message": message}}), JSON_TYPE)
