# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A FastX server in process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from emulator.clock import StillClock
from emulator.engine import Engine
from emulator.fastx.options import FastxOptions
from emulator.fastx.platform import FastxPlatform
from emulator.in_process import InProcess

USER = {"username": "administrator", "password": "11112222"}


class Fastx(InProcess):
    """Version 2 with the token in the path, version 3 with the token in a header."""

    token = ""

    def log_in(self, path: str = "/api/login", **more: Any) -> Fastx:
        answer = self.request("POST", path, json={**USER, "basic": True, **more})
        self.token = answer.json()["result"]["token"]
        return self

    def own(self, *pairs: tuple[str, str]) -> httpx.Response:
        """The list by GET; pairs of the query may repeat a name."""
        return self.request("GET", f"/api/list/{self.token}", params=list(pairs))

    def every(self, *pairs: tuple[str, str]) -> httpx.Response:
        return self.request("GET", f"/api/admin/session/{self.token}", params=list(pairs))

    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


Launch = Callable[..., Fastx]


@pytest.fixture
def launch() -> Launch:
    """Make a server that nobody has logged in to."""

    def make(**options: Any) -> Fastx:
        clock = StillClock()
        return Fastx(Engine(FastxPlatform(FastxOptions(**options), clock=clock), clock=clock), clock)

    return make


@pytest.fixture
def fastx(launch: Launch) -> Fastx:
    """The demo server of version 2, logged in."""
    return launch().log_in()


@pytest.fixture
def third(launch: Launch) -> Fastx:
    """The demo server of version 3 with both lists somewhere, logged in as administrator."""
    server = launch(version=3, list_path="my/list", admin_list_path="/elsewhere/all")
    return server.log_in("/v3/api/auth/ssh", admin=True)
