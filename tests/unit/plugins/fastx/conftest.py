# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scripted FastX server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._fastx.client import FastxClient
from ansible_collections.deskops.vdi.plugins.module_utils._http import HttpClient, HttpSettings
from unit.plugins.fastx.support import PASSWORD, TOKEN, URL, USERNAME
from unit.support.script import Script


@pytest.fixture
def fastx() -> Iterator[Script]:
    """A scripted FastX server; its missing calls fail the test at the end."""
    made = Script(URL)
    yield made
    made.verify()


@pytest.fixture
def new_client(fastx: Script) -> Iterator[Callable[..., FastxClient]]:
    """Makes clients of the scripted server: by token, or by password where token is None."""
    made: list[FastxClient] = []

    def make(token: str | None = TOKEN, retries: int = 0, **options: Any) -> FastxClient:
        http = HttpClient(HttpSettings(URL, retries=retries), transport=fastx, sleep=lambda seconds: None)
        if token is None:
            options = {"username": USERNAME, "password": PASSWORD, **options}
        made.append(FastxClient(http, token=token, **options))
        return made[-1]

    yield make
    for client in made:
        client.close()
