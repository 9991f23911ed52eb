# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scripted servers for the tests of the plugins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _task
from ansible_collections.deskops.vdi.plugins.module_utils._http import HttpClient, HttpSettings
from unit.support.script import Script
from unit.support.tasks import RasScript


@pytest.fixture
def script() -> Iterator[Script]:
    """A scripted server; its missing calls fail the test at the end."""
    made = Script()
    yield made
    made.verify()


@pytest.fixture
def ras() -> Iterator[RasScript]:
    """A scripted RAS server; its missing calls fail the test at the end."""
    made = RasScript()
    yield made
    made.verify()


class Sleeper:
    """Stands for time.sleep and remembers the waits."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture
def sleeper() -> Sleeper:
    return Sleeper()


@pytest.fixture
def client(script: Script, sleeper: Sleeper) -> Iterator[Callable[..., HttpClient]]:
    """Makes clients of the scripted server that never really wait; keywords go to HttpSettings."""
    made: list[HttpClient] = []

    def make(jitter: float = 0.0, **settings: Any) -> HttpClient:
        wanted = HttpSettings(**{"url": script.url, **settings})
        made.append(HttpClient(wanted, transport=script, sleep=sleeper, jitter=lambda: jitter))
        return made[-1]

    yield make
    for http in made:
        http.close()


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The warnings that tasks give."""
    texts: list[str] = []
    monkeypatch.setattr(_task, "warn", texts.append)
    return texts
