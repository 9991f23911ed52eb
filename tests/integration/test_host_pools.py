# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Host pools: the full ladder through both doors, the RDS Sample, and the role ras_rds_setup that both stand on.

Expected values: the options that the tasks give, and reference/ras/endpoints.yaml (RDS/HostPool and its Members).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from integration.support.doors import Farms, Pair, farms
from integration.support.runner import IN_PROCESS, Ansible, Run

HOSTS = [f"rds-bulk-{number:05}.example.test" for number in (1, 2, 3)]
VARIABLES = {
    "one": HOSTS[0],
    "two": HOSTS[1],
    "first": {"name": "Office", "site": "site1", "enabled": True, "description": "New", "members": HOSTS[:1]},
    "second": {"name": "office", "enabled": True, "autoscale": True, "members": HOSTS[1:2]},
    "exactly": {"name": "Office", "members": [HOSTS[1].upper()], "members_exact": True},
}
TASKS = """
- name: check create
  deskops.vdi.ras_rds_host_pool: "{{ first }}"
  check_mode: true
- name: create
  deskops.vdi.ras_rds_host_pool: "{{ first }}"
- name: create again
  deskops.vdi.ras_rds_host_pool: "{{ first }}"
- name: check change
  deskops.vdi.ras_rds_host_pool: "{{ second }}"
  check_mode: true
- name: change
  deskops.vdi.ras_rds_host_pool: "{{ second }}"
- name: change again
  deskops.vdi.ras_rds_host_pool: "{{ second }}"
- name: exactly
  deskops.vdi.ras_rds_host_pool: "{{ exactly }}"
- name: exactly again
  deskops.vdi.ras_rds_host_pool: "{{ exactly }}"
- name: info
  deskops.vdi.ras_rds_host_pool_info: {name: Office, gather_members: true}
- name: info of all
  deskops.vdi.ras_rds_host_pool_info:
  check_mode: true
- name: unknown member
  deskops.vdi.ras_rds_host_pool: {name: Other, members: [nobody]}
- name: unknown member, in check mode
  deskops.vdi.ras_rds_host_pool: {name: Other, members: [nobody]}
  check_mode: true
- name: exactly nothing said
  deskops.vdi.ras_rds_host_pool: {name: Office, members_exact: true}
- name: no options
  deskops.vdi.ras_rds_host_pool:
- name: legacy
  deskops.vdi.ras_rds_host_pool: {name: Office, api_family: legacy}
- name: check delete
  deskops.vdi.ras_rds_host_pool: {name: Office, state: absent}
  check_mode: true
- name: delete
  deskops.vdi.ras_rds_host_pool: {name: Office, state: absent}
- name: delete again
  deskops.vdi.ras_rds_host_pool: {name: Office, state: absent}
"""
PLAYBOOK = "deskops.vdi.rds_sample"


@pytest.fixture(scope="module")
def ladder(ansible: Ansible) -> Iterator[Pair]:
    with farms(ansible, farm="empty", rds_servers=3) as farm:
        yield farm.play(TASKS, "--diff", variables=VARIABLES)


def test_both_doors_agree(ladder: Pair) -> None:
    ladder.assert_alike()
    ladder.assert_no_session_left()


@pytest.mark.parametrize("task", ["check create", "check change", "unknown member, in check mode", "check delete"])
def test_check_mode_tells_a_change_and_writes_nothing(task: str, ladder: Pair) -> None:
    assert ladder[task].changed
    assert ladder[task].traffic.writes == []


@pytest.mark.parametrize("task", ["create again", "change again", "exactly again", "delete again"])
def test_a_second_run_changes_nothing(task: str, ladder: Pair) -> None:
    assert not ladder[task].changed
    assert ladder[task].traffic.writes == []


@pytest.mark.parametrize(
    ("task", "writes"),
    [
        ("create", ["host_pool.create", "host_pool.set_members"]),
        ("change", ["host_pool.update", "host_pool.set_members"]),
        ("exactly", ["host_pool.set_members"]),
        ("delete", ["host_pool.delete"]),
    ],
)
def test_a_change_sends_what_is_needed(task: str, writes: list[str], ladder: Pair) -> None:
    assert ladder[task].changed
    assert ladder[task].traffic.writes == writes


def test_enabled_is_sent_when_a_pool_is_added(ladder: Pair) -> None:
    (sent,) = ladder["create"].traffic.of("host_pool.create")
    assert sent["body"] == {"name": "Office", "siteId": 1, "enabled": True, "description": "New"}


def test_members_are_added_or_set(ladder: Pair) -> None:
    pool = {task: ladder[task]["rds_host_pool"]["members"] for task in ("create", "change", "exactly")}
    assert pool == {"create": HOSTS[:1], "change": HOSTS[:2], "exactly": HOSTS[1:2]}
    assert ladder["check change"]["rds_host_pool"]["members"] == HOSTS[:2]


def test_diff_shows_members_and_fields(ladder: Pair) -> None:
    before, after = (ladder["change"]["diff"][side] for side in ("before", "after"))
    assert (before["autoscale"], after["autoscale"]) == (False, True)
    assert (before["members"], after["members"]) == (HOSTS[:1], HOSTS[:2])
    assert ladder["delete"]["diff"]["after"] == {}


def test_info(ladder: Pair) -> None:
    (pool,) = ladder["info"]["rds_host_pools"]
    assert (pool["name"], pool["enabled"], pool["site_id"]) == ("Office", True, 1)
    assert [host["server"] for host in pool["members"]] == HOSTS[1:2]
    assert "members" not in ladder["info of all"]["rds_host_pools"][0]


@pytest.mark.parametrize(
    ("task", "text"),
    [
        ("unknown member", f"there is no RDS server nobody. There are: {HOSTS[0]}, "),
        ("exactly nothing said", "it needs members"),
        ("no options", "one of the following is required: id, name"),
        ("legacy", "documents no RDS host pools"),
    ],
)
def test_slips_are_told_before_anything_is_written(task: str, text: str, ladder: Pair) -> None:
    assert ladder[task].failed
    assert text in ladder[task].message
    assert ladder[task].traffic.writes == []


# The sample and the role


def _run(farm: Farms, *arguments: str) -> Run:
    farm.reset("counters")
    run = farm.play("", *arguments, playbook=PLAYBOOK).runs[IN_PROCESS]
    assert run.status == 0, run.output
    for server in farm:
        assert server.state()["admin_sessions"] == 0
    return run


def _writes(farm: Farms) -> dict[str, int]:
    (server,) = farm
    return dict(server.state()["writes"])


@pytest.fixture(scope="module", params=["current", "legacy"])
def farm(request: pytest.FixtureRequest, ansible: Ansible) -> Iterator[Farms]:
    # The role's tasks are modules that other tests send through both doors.
    with farms(ansible, doors=[IN_PROCESS], farm="empty", api_family=request.param) as found:
        yield found


def test_rds_sample(farm: Farms) -> None:
    """Check mode on an empty farm, the first run, the second."""
    plan = _run(farm, "--check", "--diff")
    assert _writes(farm) == {}
    assert re.search(r"WOULD CHANGE.*new +RDS server +rds\.company\.dom", plan.stdout, re.DOTALL)
    first = _run(farm)
    (server,) = farm
    family = server.ready["api_family"]
    pool = {"host_pool.create": 1, "host_pool.set_members": 1} if family == "current" else {}
    assert _writes(farm) == {"rds.create": 1, **pool, "settings.apply": 1}
    assert first.recap()["changed"] == (3 if family == "current" else 2)
    assert "rds.company.dom" in first.stdout
    assert "APPLIED" in first.stdout
    second = _run(farm)
    assert _writes(farm) == {}
    assert second.recap()["changed"] == 0
