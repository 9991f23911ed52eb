# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sites of a customer, each with its own sessions and jobs."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.clock import Clock
from emulator.crowds import LATER_SEEDS
from emulator.cvad.crowd import crowd
from emulator.cvad.jobs import Jobs
from emulator.cvad.options import CvadOptions
from emulator.cvad.record import Record, Session, StoredSession, merge
from emulator.cvad.store import SessionStore
from emulator.cvad.times import cultural, formatted

SAMPLE = Path(__file__).with_name("fixtures") / "sessions.json"
# The site of the vendor's sample request.
FIRST_SITE_ID = "22ded57c-0306-47e4-b6e8-fed6252759e1"
SITE_NAMES = ("Main", "Branch", "Lab")
DEMO_SESSIONS = 12
OTHER_SITE_SESSIONS = 3


@dataclass(frozen=True)
class Site:
    """One site."""

    id: str
    name: str
    sessions: SessionStore
    jobs: Jobs

    def reference(self) -> dict[str, str]:
        """SiteResponseModel, MySiteResponseModel."""
        return {"Id": self.id, "Name": self.name}

    def detail(self) -> dict[str, Any]:
        """SiteDetailResponseModel, its required fields (values assumed)."""
        return {
            **self.reference(),
            "OrchestationApiVersion": 118,
            "PrimaryZone": {"Id": _guid(random.Random(f"zone {self.id}")), "Uid": None, "Name": "Primary"},
            "ProductCode": "XDT",
            "ProductEdition": "PLT",
            "ProductVersion": "7.41",
            "SiteServices": [],
            "EnabledFeatures": [],
            "ColorDepth": "TwentyFourBit",
            "DefaultDesktopIconId": "1",
        }


class Sites:
    """All sites."""

    def __init__(self, options: CvadOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._made = 0
        self.all = [self._site(index) for index in range(options.sites)]

    def find(self, name_or_id: str) -> Site | None:
        """By id or name, letter case aside."""
        wanted = name_or_id.lower()
        return next((site for site in self.all if wanted in (site.id, site.name.lower())), None)

    def settle(self) -> None:
        """Let due jobs take place."""
        for site in self.all:
            site.jobs.settle()

    def now(self) -> int:
        """Seconds since 1970."""
        return int(self._clock.now().timestamp())

    def new_session(self, body: Mapping[str, Any]) -> StoredSession:
        """A session like those of the crowd, with what a test says about it."""
        self._made += 1
        record = crowd(1, LATER_SEEDS + self._made, self.now())[0].record()
        record["Uid"] = 1_000_000 + self._made
        return StoredSession(merge(record, body))

    def _site(self, index: int) -> Site:
        name = SITE_NAMES[index] if index < len(SITE_NAMES) else f"Site {index + 1}"
        site_id = _guid(random.Random(f"site {index}")) if index else FIRST_SITE_ID
        options = self._options
        sessions = SessionStore(self._sessions(index), options.paging, options.formatted_times)
        return Site(site_id, name, sessions, Jobs(self._clock))

    def _sessions(self, index: int) -> list[Session]:
        options = self._options
        if index:
            return list(crowd(OTHER_SITE_SESSIONS, options.seed + index, self.now()))
        sessions: list[Session] = []
        if options.farm == "sample":
            sessions.extend(StoredSession(record) for record in sample()["Items"])
        count = options.sessions
        if count is None:
            count = DEMO_SESSIONS if options.farm == "demo" else 0
        sessions.extend(crowd(count, options.seed, self.now()))
        return sessions


def sample() -> Record:
    """The vendor's sample of a list."""
    return dict(json.loads(SAMPLE.read_text(encoding="utf-8")))


def changed(session: Session, now: int, **changes: Any) -> StoredSession:
    """The session after something happened to it; a new state is dated."""
    if "State" in changes:
        changes["StateChangeTime"] = cultural(now)
        if session.value("FormattedStateChangeTime") is not None:
            changes["FormattedStateChangeTime"] = formatted(now)
    return StoredSession(merge(session.record(), changes))


def _guid(chance: random.Random) -> str:
    digits = f"{chance.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
