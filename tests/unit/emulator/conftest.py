# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator in process, without a network: one engine, one client, a clock that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from emulator.clock import StillClock
from emulator.engine import Engine
from emulator.limits import Rate
from emulator.ras.farm import FarmOptions
from emulator.ras.platform import RasPlatform

JSON_HEADERS = {"Content-Type": "application/json; api-version=1.0"}
CREDENTIALS = {"username": "administrator", "password": "11112222"}


class Server:
    """An engine and a client of it."""

    def __init__(self, engine: Engine, clock: StillClock) -> None:
        self.engine = engine
        self.clock = clock
        self.token: str | None = None

    def call(self, method: str, path: str, body: Any = None, **headers: str | None) -> httpx.Response:
        """One request with the documented headers; a header given as None is left out."""
        wanted = {
            **JSON_HEADERS,
            "auth_token": self.token,
            **{name.replace("-", "_"): v for name, v in headers.items()},
        }
        if "content_type" in wanted:
            wanted["Content-Type"] = wanted.pop("content_type")
        sent = {name: value for name, value in wanted.items() if value is not None}
        content = (
            body if isinstance(body, (bytes, type(None))) else httpx.Request("POST", "http://x", json=body).content
        )
        return self._send(method, path, content=content, headers=sent)

    def log_on(self) -> Server:
        """Use the token of a new session from now on."""
        self.token = self.call("POST", "/api/Session/logon", CREDENTIALS).json()["authToken"]
        return self

    def control(self, method: str, name: str, body: Any = None) -> httpx.Response:
        """One request to the control address."""
        return self._send(method, f"/_emulator/{name}", json=body)

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.engine)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, **options)

        return asyncio.run(send())

    def fault(self, **spec: Any) -> None:
        """Put a fault in force."""
        response = self.control("POST", "faults", spec)
        assert response.status_code == 200, response.text

    def state(self) -> dict[str, Any]:
        """The counters."""
        return dict(self.control("GET", "state").json())


Launch = Callable[..., Server]


@pytest.fixture
def launch() -> Launch:
    """Make a server that nobody has logged on to; keywords go to farm, platform or engine."""

    def make(
        *,
        rate: Rate | None = None,
        disabled: tuple[str, ...] = (),
        farm_options: dict[str, Any] | None = None,
        **platform: Any,
    ) -> Server:
        clock = StillClock()
        farm = FarmOptions(**(farm_options or {}))
        ras = RasPlatform(farm, clock=clock, **platform)
        return Server(Engine(ras, clock=clock, rate=rate, disabled=disabled), clock)

    return make


@pytest.fixture
def current(launch: Launch) -> Server:
    """The demo farm of the current family, logged on."""
    return launch().log_on()


@pytest.fixture
def legacy(launch: Launch) -> Server:
    """The demo farm of the legacy family, logged on."""
    return launch(farm_options={"family": "legacy"}).log_on()
