# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From method and path to a named operation, as an ASP.NET server does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from emulator.exchange import ApiRequest, Reply

Kind = Literal["read", "write", "session"]
UNKNOWN = "unknown"
WEBSOCKET = "WEBSOCKET"


@dataclass(frozen=True)
class Operation:
    """One operation of an API: ``name`` is what faults, counters and ``--disable`` call it.

    An operation that has several paths is listed once for each. ``WEBSOCKET`` as method is a WebSocket's handshake.
    """

    name: str
    method: str
    path: str
    kind: Kind
    handle: Callable[[ApiRequest], Reply]
    needs_token: bool = True


@dataclass(frozen=True)
class Match:
    """What a path led to; ``allowed`` names the methods of a path that exists when ``operation`` is missing."""

    operation: Operation | None
    path_values: dict[str, str]
    allowed: tuple[str, ...] = ()


@dataclass
class _Place:
    pattern: re.Pattern[str]
    parameters: int
    operations: dict[str, Operation]


def _pattern(template: str) -> tuple[re.Pattern[str], int]:
    parts = re.split(r"\{(\w+)\}", template.strip("/"))
    text = "".join(f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts))
    return re.compile(text, re.IGNORECASE), len(parts) // 2


class Router:
    """Paths without regard to letter case and a closing slash; a fixed segment wins over a parameter."""

    def __init__(self, operations: Iterable[Operation], disabled: Iterable[str] = ()) -> None:
        self._disabled = frozenset(disabled)
        places: dict[str, _Place] = {}
        for operation in operations:
            pattern, parameters = _pattern(operation.path)
            key = re.sub(r"\(\?P<\w+>", "(", pattern.pattern.casefold())
            place = places.setdefault(key, _Place(pattern, parameters, {}))
            place.operations[operation.method] = operation
        self._places = sorted(places.values(), key=lambda place: place.parameters)

    def match(self, method: str, path: str) -> Match:
        """The operation of a request. A disabled one leaves nothing behind: no other path may answer in its place."""
        trimmed = path.strip("/")
        for place in self._places:
            found = place.pattern.fullmatch(trimmed)
            if found is None:
                continue
            operation = place.operations.get(method)
            if operation is not None and operation.name in self._disabled:
                return Match(None, {})
            allowed = tuple(sorted(name for name, one in place.operations.items() if one.name not in self._disabled))
            return Match(operation, found.groupdict(), allowed)
        return Match(None, {})
