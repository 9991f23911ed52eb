# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Talk to an engine without a process or a network, on a clock that stands still: for unit tests."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from emulator.clock import StillClock
from emulator.engine import Engine

BASE = "http://127.0.0.1"


class InProcess:
    """An engine and a client of it."""

    def __init__(self, engine: Engine, clock: StillClock) -> None:
        self.engine = engine
        self.clock = clock

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request; options are those of httpx."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.engine)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.request(method, path, **options)

        return asyncio.run(send())

    def control(self, method: str, name: str, body: Any = None) -> Any:
        """One request to the control address, which must succeed."""
        response = self.request(method, f"/_emulator/{name}", json=body)
        if response.status_code != 200:
            raise ValueError(response.text)
        return response.json()

    def state(self) -> dict[str, Any]:
        """Counters."""
        return dict(self.control("GET", "state"))

    def requests(self) -> list[dict[str, Any]]:
        """Requests so far."""
        return list(self.control("GET", "requests"))

    def fault(self, **spec: Any) -> dict[str, Any]:
        """Put a fault in force."""
        return dict(self.control("POST", "faults", spec))

    def create(self, resource: str, **body: Any) -> dict[str, Any]:
        """Add an object behind the client's back."""
        return dict(self.control("POST", "create", {"resource": resource, "body": body}))

    def update(self, resource: str, key: Any, **body: Any) -> dict[str, Any]:
        """Change an object behind the client's back."""
        return dict(self.control("POST", "update", {"resource": resource, "id": key, "body": body}))

    def delete(self, resource: str, key: Any) -> None:
        """Remove an object behind the client's back."""
        self.control("POST", "delete", {"resource": resource, "id": key})
