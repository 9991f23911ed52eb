# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened: counts by operation, and the list of requests in order."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

from emulator.exchange import ApiRequest, NotJsonError
from emulator.routing import UNKNOWN, Operation

KEPT_REQUESTS = 5000


def _query(request: ApiRequest) -> dict[str, Any]:
    """Names as sent; a repeated name gives the list of its values."""
    query: dict[str, Any] = {}
    for name, value in request.query:
        if name not in query:
            query[name] = value
        elif isinstance(query[name], list):
            query[name].append(value)
        else:
            query[name] = [query[name], value]
    return query


def _body(request: ApiRequest) -> Any:
    try:
        return request.document()
    except NotJsonError:
        return request.body.decode("utf-8", "replace")


class Recorder:
    """Counters and request list; every number starts again at ``reset``."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._handled: dict[str, Counter[str]] = {"read": Counter(), "write": Counter(), "session": Counter()}
        self._refused: Counter[str] = Counter()
        self._faulted: Counter[str] = Counter()
        self._connections: set[str] = set()
        self._requests: deque[dict[str, Any]] = deque(maxlen=KEPT_REQUESTS)
        self._unknown = 0
        self._rate_limited = 0

    def begin(self, request: ApiRequest, operation: Operation | None) -> dict[str, Any]:
        """Note a request as it arrives; its status is filled in by ``finish``."""
        self._connections.add(request.connection)
        entry: dict[str, Any] = {
            "operation": UNKNOWN if operation is None else operation.name,
            "method": request.method,
            "path": request.path,
            "query": _query(request),
            "body": _body(request),
            "headers": dict(request.headers),
            "connection": request.connection,
            "status": None,
        }
        self._requests.append(entry)
        return entry

    def handled(self, operation: Operation) -> None:
        """The request reached the operation, whatever the operation then said."""
        self._handled[operation.kind][operation.name] += 1

    def refused(self, name: str) -> None:
        """The request was refused before the operation: header, token or rate limit."""
        self._refused[name] += 1

    def rate_limited(self) -> None:
        """One refusal of the rate limit."""
        self._rate_limited += 1

    def faulted(self, name: str) -> None:
        """A fault answered instead of the server."""
        self._faulted[name] += 1

    def unknown(self) -> None:
        """No operation has this path and method."""
        self._unknown += 1

    def state(self) -> dict[str, Any]:
        """The numbers."""
        return {
            "reads": dict(self._handled["read"]),
            "writes": dict(self._handled["write"]),
            "session": dict(self._handled["session"]),
            "refused": dict(self._refused),
            "faulted": dict(self._faulted),
            "unknown": self._unknown,
            "rate_limited": self._rate_limited,
            "connections": len(self._connections),
        }

    def requests(self) -> list[dict[str, Any]]:
        """The requests, oldest first."""
        return list(self._requests)
