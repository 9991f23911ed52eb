# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event sources in the real ansible-rulebook, against the stand-in servers over TLS."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from emulator.process import Emulator, start
from integration.eda.rulebook import Rulebook, rulebook, why_not

REASON = why_not()
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))

PASSWORD = 'p@ss%"\\é 1'
SESSION = {"login": "anna", "hostname": "fx-009.example.test", "windowMode": "desktop", "clients": 1}


def fastx_options(server: Emulator, **options: Any) -> dict[str, Any]:
    return {"name": "Lab", "url": server.url, "ca_path": server.ca_path, "all_users": True, **options}


def credentials(server: Emulator) -> dict[str, str]:
    """By the environment: ansible-rulebook itself prints the options of a rulebook at -vv."""
    return {"FASTX_USERNAME": server.username, "FASTX_PASSWORD": server.password}


def forms(secret: str) -> set[str]:
    """A secret as it may stand in a log."""
    escaped = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (False, True)}
    return {secret, quote(secret, safe=""), quote(secret), base64.b64encode(secret.encode()).decode(), *escaped}


def told(running: Rulebook) -> list[tuple[str, str, str]]:
    return [(one["change"], one["session"]["id"], one["session"]["state"]) for one in running.events]


def wait_for_listing(server: Emulator, running: Rulebook, count: int = 1) -> None:
    """Until the source knows what there is: the ground is taken a moment after the list was read."""
    running.wait(lambda: len(server.requests("session.list_all")) >= count, f"{count} listings")


@pytest.fixture
def fastx() -> Iterator[Emulator]:
    with start(platform="fastx", sessions=3, password=PASSWORD) as server:
        yield server


def settled(server: Emulator, running: Rulebook) -> None:
    """Until a change on the stream is told: then the ground is taken."""
    wait_for_listing(server, running)
    mark = server.create("session", **{**SESSION, "id": "mark"})["id"]
    clients = iter(range(1, 10_000))

    def spoken_of() -> bool:
        # What changes before the ground is taken is part of it, so that it may take more than one change.
        server.update("session", mark, clients=next(clients))
        return any(session_id == mark for _change, session_id, _state in told(running))

    running.wait(spoken_of, "an event of the stream")


def others(running: Rulebook) -> list[tuple[str, str, str]]:
    return [event for event in told(running) if event[1] != "mark"]


def wait_for(running: Rulebook, expected: list[tuple[str, str, str]]) -> None:
    running.wait(lambda: len(others(running)) >= len(expected), f"{len(expected)} events")
    assert others(running) == expected


def test_the_stream_of_version_2_through_a_lost_connection(fastx: Emulator, tmp_path: Path) -> None:
    """Appeared, changed and ended at once; after a hang-up what happened meanwhile, once; and a clean end."""
    with rulebook(tmp_path, "deskops.vdi.fastx_sessions", fastx_options(fastx), **credentials(fastx)) as running:
        settled(fastx, running)
        fastx.create("session", **{**SESSION, "id": "s1"})
        fastx.create("session", **{**SESSION, "id": "s2"})
        fastx.update("session", "s1", clients=0)
        before = [("appeared", "s1", "connected"), ("appeared", "s2", "connected"), ("changed", "s1", "disconnected")]
        wait_for(running, before)

        listings = len(fastx.requests("session.list_all"))
        fastx.fault(operation="session.stream_all", kind="status", status=503, times=1)
        assert fastx.hang_up() == 1
        fastx.delete("session", "s2")
        fastx.create("session", **{**SESSION, "id": "s3"})
        wait_for_listing(fastx, running, listings + 1)
        after = [*before, ("ended", "s2", "connected"), ("appeared", "s3", "connected")]
        wait_for(running, after)

        fastx.delete("session", "s3")
        wait_for(running, [*after, ("ended", "s3", "connected")])
        assert "Connecting again in" in running.output
    assert fastx.state()["streams"] == 0
    tokens = {one["path"].rpartition("/")[2] for one in fastx.requests("session.list_all")}
    assert tokens
    for secret in (PASSWORD, *tokens):
        assert [form for form in forms(secret) if form in running.output] == []


def test_a_lapsed_token_is_renewed(tmp_path: Path) -> None:
    """The server drops the stream and knows the token no more: the source signs in again and goes on."""
    with (
        start(platform="fastx", sessions=1, session_expire=3600) as server,
        rulebook(tmp_path, "deskops.vdi.fastx_sessions", fastx_options(server), **credentials(server)) as running,
    ):
        settled(server, running)
        server.advance(7200)
        server.hang_up()
        running.wait(lambda: len(server.requests("login.start")) == 2, "another sign-in")
        wait_for_listing(server, running, 2)
        server.create("session", **{**SESSION, "id": "s1"})
        wait_for(running, [("appeared", "s1", "connected")])


def test_the_stream_of_version_3(tmp_path: Path) -> None:
    """Server-sent events of the user's own sessions, without a list beside them: its path is not documented."""
    with start(platform="fastx", api_version=3, sessions=2) as server:
        source = fastx_options(server, api_version="3", all_users=False)
        with rulebook(tmp_path, "deskops.vdi.fastx_sessions", source, **credentials(server)) as running:
            running.wait(lambda: server.state()["streams"] == 1, "a stream")
            server.create("session", **{**SESSION, "id": "s1", "login": server.username})
            server.create("session", **{**SESSION, "id": "foreign"})
            server.update("session", "s1", clients=0)
            server.delete("session", "s1")
            expected = [("appeared", "connected"), ("changed", "disconnected"), ("ended", "disconnected")]
            wait_for(running, [(change, "s1", state) for change, state in expected])


def test_what_no_waiting_mends_ends_the_source(fastx: Emulator, tmp_path: Path) -> None:
    wrong = {**credentials(fastx), "FASTX_PASSWORD": "wrong-password"}
    with rulebook(tmp_path, "deskops.vdi.fastx_sessions", fastx_options(fastx), **wrong) as running:
        assert running.finish() != 0
        assert "AuthenticationError" in running.output
        assert "Check username and password" in running.output
        assert "wrong-password" not in running.output
    assert len(fastx.requests("login.start")) == 1


def test_listings_of_ras_are_compared_and_no_session_stays_open(tmp_path: Path) -> None:
    """By the environment variables of the modules; killed in the middle, nothing stays behind."""
    with start(platform="ras", sessions=2) as server:
        environment = {
            "RAS_URL": server.url,
            "RAS_USERNAME": server.username,
            "RAS_PASSWORD": server.password,
            "RAS_CA_PATH": str(server.ca_path),
        }
        options = {"platform": "ras", "name": "HQ", "interval": 1, "existing": True}
        with rulebook(tmp_path, "deskops.vdi.session_changes", options, **environment) as running:
            assert [event["change"] for event in running.wait_for_events(2)] == ["appeared", "appeared"]
            server.create("session", user="anna", sessionID=9001)
            (event,) = running.wait_for_events(3)[2:]
            assert (event["change"], event["session"]["user"], event["session"]["farm"]) == ("appeared", "anna", "HQ")
            server.delete("session", 9001)
            (event,) = running.wait_for_events(4)[3:]
            assert (event["change"], event["session"]["user"]) == ("ended", "anna")
            listings = len(server.requests("rdsession.list"))
            running.wait(lambda: len(server.requests("rdsession.list")) > listings, "another listing")
            assert len(running.events) == 4
            running.wait(closed(server), "a moment between two listings")
        assert server.state()["logons"] == server.state()["logoffs"] > 1


def closed(server: Emulator) -> Callable[[], bool]:
    return lambda: server.state()["admin_sessions"] == 0
