# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles that set up farms, several in one play: each works in its own session and applies to its own farm.

Nothing comes from the environment: each role has its farm in the variable for the connection.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from emulator.process import Emulator, start
from integration.support.runner import Ansible, Run

NAMES = ("first", "second")


@dataclass(frozen=True)
class Together:
    """A play, and the two farms at its end."""

    run: Run
    farms: Mapping[str, Emulator]

    def sent(self, farm: str) -> list[str]:
        return [one["operation"] for one in self.farms[farm].requests()]


def _connection(server: Emulator) -> dict[str, str | None]:
    return {
        "url": server.url,
        "username": server.username,
        "password": server.password,
        "ca_path": server.ca_path,
    }


def _role(name: str, server: Emulator, **variables: Any) -> dict[str, Any]:
    given = {"connection": _connection(server), **variables}
    return {"role": f"deskops.vdi.{name}", "vars": {f"{name}_{key}": value for key, value in given.items()}}


@contextlib.contextmanager
def _farms() -> Iterator[dict[str, Emulator]]:
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(start()) for name in NAMES}


def _play(ansible: Ansible, **play: Any) -> Run:
    return ansible.run(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, **play}]))


GATEWAY = {"server": "gw-new.example.test", "install_agent": False}


@pytest.fixture(scope="module")
def twice(ansible: Ansible) -> Iterator[Together]:
    """One role twice: it changes the first farm, and finds nothing to do in the second."""
    with _farms() as farms:
        roles = [
            _role("ras_basic_setup", farms["first"], gateways=[GATEWAY]),
            _role("ras_basic_setup", farms["second"]),
        ]
        yield Together(_play(ansible, roles=roles), farms)


@pytest.fixture(scope="module")
def different(ansible: Ansible) -> Iterator[Together]:
    """Two roles for one farm each, of which the second may not apply."""
    with _farms() as farms:
        roles = [
            _role("ras_basic_setup", farms["first"], gateways=[GATEWAY]),
            _role("ras_rds_setup", farms["second"], host_pools=[{"name": "New", "enabled": True}], apply="never"),
        ]
        yield Together(_play(ansible, roles=roles), farms)


def test_no_token_reaches_another_farm(twice: Together, different: Together) -> None:
    for together in (twice, different):
        assert together.run.status == 0, together.run.output
        for farm in together.farms.values():
            state = farm.state()
            assert (state["foreign_tokens"], state["refused"], state["admin_sessions"]) == (0, {}, 0)


def test_each_run_is_one_session_without_probing(twice: Together, different: Together) -> None:
    for together in (twice, different):
        for farm in NAMES:
            sent = together.sent(farm)
            assert (sent.count("session.logon"), sent.count("session.logoff")) == (1, 1)
            # The logon finds out the generation, and hands it on.
            assert sent.count("rds.list") == 1


def test_each_run_applies_to_its_own_farm_before_it_logs_off(twice: Together, different: Together) -> None:
    for together in (twice, different):
        assert together.sent("first")[-2:] == ["settings.apply", "session.logoff"]
        assert not together.farms["first"].state()["waiting_for_apply"]
    assert "settings.apply" not in twice.sent("second")
    assert "settings.apply" not in different.sent("second")
    assert different.farms["second"].state()["waiting_for_apply"]


def test_a_failure_that_is_rescued_leaves_nothing_for_the_end_of_the_play(ansible: Ansible) -> None:
    with start() as farm:
        farm.fault(operation="rds.create", kind="status", status=500)
        role = _role("ras_basic_setup", farm, gateways=[GATEWAY], rds_servers=[{"server": "rds-new.example.test"}])
        block = {
            "block": [{"ansible.builtin.include_role": {"name": role["role"]}, "vars": role["vars"]}],
            "rescue": [{"ansible.builtin.debug": {"msg": "go on"}}],
        }
        run = _play(ansible, tasks=[block], force_handlers=True)
        assert run.status == 0, run.output
        sent = [one["operation"] for one in farm.requests()]
        assert sent[-1] == "session.logoff"
        assert "settings.apply" not in sent
        assert "WARNING: this run failed after it had changed the farm." in run.stdout
        assert farm.state()["admin_sessions"] == 0
