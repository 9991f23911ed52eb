# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request and one answer, free of any web framework: what platforms and faults work on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from emulator.feeds import Feed

JSON_TYPE = "application/json"


class NotJsonError(ValueError):
    """The body of a request cannot be read as JSON."""


def _refuse_constant(name: str) -> Any:
    raise NotJsonError(f"{name} is not JSON")


@dataclass(frozen=True)
class ApiRequest:
    """A request as it arrived; header names are lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    connection: str = ""
    scheme: str = "https"
    path_values: Mapping[str, str] = field(default_factory=dict)
    # Faults of the platform's own vocabulary that strike this request; the operation itself carries them out.
    quirks: tuple[Mapping[str, Any], ...] = ()

    def document(self) -> Any:
        """The JSON body; None when there is no body at all."""
        if not self.body.strip():
            return None
        try:
            return json.loads(self.body, parse_constant=_refuse_constant)
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise NotJsonError(str(error)) from error

    def quirk(self, kind: str) -> Mapping[str, Any] | None:
        """The first quirk of a kind."""
        return next((quirk for quirk in self.quirks if quirk["kind"] == kind), None)

    def with_document(self, document: Any) -> ApiRequest:
        """The same request with another body."""
        return replace(self, body=dump(document))

    def first_query(self, name: str) -> str | None:
        """The first value of a query parameter, its name compared without regard to letter case."""
        wanted = name.casefold()
        return next((value for key, value in self.query if key.casefold() == wanted), None)


@dataclass(frozen=True)
class Reply:
    """An answer; with a ``feed`` it goes on for as long as the feed does."""

    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    feed: Feed | None = None


def dump(document: Any) -> bytes:
    """JSON without blanks, text as UTF-8."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
