# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ras_session_info against three generations: all nine filters, the fall-backs, the fields, the summary.

The sessions are put into an empty farm by the tests; numbers and names of enums are those of seed 000.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integration.support.doors import Farms, Pair, farms
from integration.support.runner import Ansible

RDS, VDI, AVD = 1, 2, 63
ACTIVE, DISCONNECTED = 0, 4
# siteId and groupId place a session; they are not part of the record.
SESSIONS: tuple[dict[str, Any], ...] = (
    {"sessionID": 11, "siteId": 1, "groupId": 1, "source": RDS, "serverID": 7, "sessionHostName": "rds-07.example.test",
     "state": ACTIVE, "user": "anna", "ip": "10.0.0.1", "themeID": 1, "protocol": 2},
    {"sessionID": 12, "siteId": 1, "groupId": 2, "source": RDS, "serverID": 7, "sessionHostName": "rds-07.example.test",
     "state": DISCONNECTED, "user": "ben", "ip": "10.0.0.2", "themeID": 2, "protocol": 10},
    {"sessionID": 13, "siteId": 2, "groupId": 1, "source": RDS, "serverID": 8, "sessionHostName": "rds-08.example.test",
     "state": ACTIVE, "user": "EXAMPLE\\anna", "ip": "10.0.0.3", "themeID": 1, "protocol": 2},
    {"sessionID": 14, "siteId": 1, "groupId": 3, "source": VDI, "serverID": 9, "sessionHostName": "vdi-09",
     "state": ACTIVE, "user": "carla", "ip": "10.0.0.4", "themeID": 1, "protocol": 2},
    {"sessionID": 15, "siteId": 2, "groupId": 3, "source": AVD, "serverID": 10, "sessionHostName": "avd-10",
     "state": 99, "user": "dora", "ip": "10.0.0.5", "themeID": 3, "protocol": 0},
)  # fmt: skip

# filter of the module -> (value in the task, its name and value in the query, ids of the sessions that pass)
FILTERS: dict[str, tuple[Any, tuple[str, str], list[int]]] = {
    "site": ("Branch", ("SiteId", "2"), [13, 15]),
    "source": ("VDI", ("Source", "2"), [14]),
    "server_id": (7, ("ServerId", "7"), [11, 12]),
    "server": ("RDS-07.example.test", ("Server", "RDS-07.example.test"), [11, 12]),
    "state": ("disconnected", ("State", "4"), [12]),
    "user": ("anna", ("User", "anna"), [11]),
    "ip": ("10.0.0.3", ("IP", "10.0.0.3"), [13]),
    "theme_id": (1, ("ThemeId", "1"), [11, 13, 14]),
    "group_id": (3, ("GroupId", "3"), [14, 15]),
}
ON_THE_CLIENT = ("server_id", "server", "state", "user", "ip", "theme_id")
# Where the client applies it, a name without a domain stands for that name in any domain.
USER_ON_THE_CLIENT = [11, 13]


def _by_filter(*names: str) -> str:
    return "".join(
        f'- name: by {name}\n  deskops.vdi.ras_session_info: {{{name}: "{value}", fields: [session_id]}}\n'
        for name, (value, _query, _ids) in FILTERS.items()
        if name in names
    )


TASKS = f"""
- name: all
  deskops.vdi.ras_session_info:
- name: all in check mode
  deskops.vdi.ras_session_info:
  check_mode: true
{_by_filter(*FILTERS)}
- name: all nine
  deskops.vdi.ras_session_info:
    site: "1"
    source: "1"
    server_id: 7
    server: rds-07.example.test
    state: Active
    user: anna
    ip: 10.0.0.1
    theme_id: 1
    group_id: 1
- name: three fields
  deskops.vdi.ras_session_info: {{fields: [user, state, session_host_name], state: Active}}
- name: counts alone
  deskops.vdi.ras_session_info: {{return_sessions: false}}
- name: nobody
  deskops.vdi.ras_session_info: {{user: nobody}}
"""
BAD_NAMES = """
- name: state that is none
  deskops.vdi.ras_session_info: {state: Sleeping}
- name: field that is none
  deskops.vdi.ras_session_info: {fields: [user, shoe_size]}
- name: site that is none
  deskops.vdi.ras_session_info: {site: nowhere}
"""
# Sessions stand below the hosts: the server applies two filters, the module those that stand in the record.
V19 = f"""
- name: all
  deskops.vdi.ras_session_info:
{_by_filter("site", "source", "server", "user", "group_id")}
"""
REFUSED = ("state that is none", "field that is none", "site that is none")


def _filled(farm: Farms) -> Farms:
    for server in farm:
        server.create("site", name="Branch")
        for session in SESSIONS:
            server.create("session", **session)
    return farm


def _ids(pair: Pair, task: str) -> list[int]:
    return [session["session_id"] for session in pair[task]["sessions"]]


@pytest.fixture(scope="module")
def current(ansible: Ansible) -> Iterator[Pair]:
    with farms(ansible, farm="empty") as farm:
        yield _filled(farm).play(TASKS + BAD_NAMES)


@pytest.fixture(scope="module")
def v19(ansible: Ansible) -> Iterator[Pair]:
    """A server that has no /api/RDSession."""
    with farms(ansible, farm="empty", disable="rdsession.list") as farm:
        yield _filled(farm).play(V19)


@pytest.fixture(scope="module")
def legacy(ansible: Ansible) -> Iterator[Pair]:
    with farms(ansible, farm="empty", api_family="legacy") as farm:
        yield _filled(farm).play(TASKS, environment={"RAS_API_FAMILY": "legacy"})


@pytest.mark.parametrize("generation", ["current", "v19", "legacy"])
def test_both_doors_agree(generation: str, request: pytest.FixtureRequest) -> None:
    pair: Pair = request.getfixturevalue(generation)
    pair.assert_alike()
    pair.assert_no_session_left()
    assert all(task.traffic.writes == [] for task in pair)


def test_all(current: Pair) -> None:
    assert _ids(current, "all") == [11, 12, 13, 14, 15]
    assert current["all"]["count"] == 5
    assert current["all in check mode"]["sessions"] == current["all"]["sessions"]


def test_names_of_enums(current: Pair) -> None:
    sessions = current["all"]["sessions"]
    assert [one["source"] for one in sessions] == ["RDS", "RDS", "RDS", "VDI", "AVD"]
    assert [one["protocol"] for one in sessions] == ["RDP", "RDP_UDP", "RDP", "RDP", "Console"]
    # A number without a name stays a number.
    assert [one["state"] for one in sessions] == ["Active", "Disconnected", "Active", "Active", 99]


def test_summary(current: Pair) -> None:
    summary = {
        "by_state": {"99": 1, "Active": 3, "Disconnected": 1},
        "by_source": {"AVD": 1, "RDS": 3, "VDI": 1},
        "by_host": {"avd-10": 1, "rds-07.example.test": 2, "rds-08.example.test": 1, "vdi-09": 1},
        "by_protocol": {"Console": 1, "RDP": 3, "RDP_UDP": 1},
    }
    assert current["all"]["summary"] == summary
    counts = current["counts alone"]
    assert (counts["count"], counts["summary"]) == (5, summary)
    assert "sessions" not in counts.result


@pytest.mark.parametrize("name", FILTERS)
def test_filter_is_sent_by_its_documented_name(name: str, current: Pair) -> None:
    _value, (query, sent), ids = FILTERS[name]
    task = current[f"by {name}"]
    assert task["sessions"] == [{"session_id": number} for number in ids]
    (request,) = task.traffic.of("rdsession.list")
    assert request["query"] == {query: sent}


def test_all_nine_filters_at_once(current: Pair) -> None:
    assert _ids(current, "all nine") == [11]
    (request,) = current["all nine"].traffic.of("rdsession.list")
    assert request["query"] == {
        "SiteId": "1",
        "Source": "1",
        "ServerId": "7",
        "Server": "rds-07.example.test",
        "State": "0",
        "User": "anna",
        "IP": "10.0.0.1",
        "ThemeId": "1",
        "GroupId": "1",
    }


def test_fields(current: Pair) -> None:
    assert current["three fields"]["sessions"] == [
        {"user": "anna", "state": "Active", "session_host_name": "rds-07.example.test"},
        {"user": "EXAMPLE\\anna", "state": "Active", "session_host_name": "rds-08.example.test"},
        {"user": "carla", "state": "Active", "session_host_name": "vdi-09"},
    ]


def test_nobody_is_an_empty_list(current: Pair) -> None:
    task = current["nobody"]
    assert (task["sessions"], task["count"]) == ([], 0)


def test_bad_names_are_refused(current: Pair) -> None:
    for name in REFUSED:
        assert current[name].kind == "bad_input", name
    for part in ("state", "Sleeping", "Active, Connected, ConnectQuery, Shadow, Disconnected, Idle, Listen, Reset"):
        assert part in current["state that is none"].message
    assert "shoe_size" in current["field that is none"].message
    # The site of the emulator's empty farm, and the one that the test added.
    assert "site1 (id 1), Branch (id 2)" in current["site that is none"].message


@pytest.mark.parametrize(("generation", "name"), [("v19", "user"), *(("legacy", name) for name in ON_THE_CLIENT)])
def test_filter_that_the_older_server_lacks_is_applied_here(
    name: str, generation: str, request: pytest.FixtureRequest
) -> None:
    pair: Pair = request.getfixturevalue(generation)
    ids = [number for number in FILTERS[name][2] if number < 14]  # sessions of RDS hosts only
    if name == "user":
        ids = USER_ON_THE_CLIENT
    assert _ids(pair, f"by {name}") == ids


@pytest.mark.parametrize("generation", ["v19", "legacy"])
def test_older_servers_list_sessions_of_rds_hosts_only(generation: str, request: pytest.FixtureRequest) -> None:
    pair: Pair = request.getfixturevalue(generation)
    assert _ids(pair, "all") == [11, 12, 13]
    task = pair["by source"]
    assert task.kind == "bad_input"
    for part in ("source", "RDS"):
        assert part in task.message


def test_v19_filters(v19: Pair) -> None:
    task = v19["by site"]
    assert _ids(v19, "by site") == [13]
    assert [one["query"] for one in task.traffic.of("rds.sessions")][-1] == {"SiteId": "2"}
    assert [one["query"] for one in v19["by server"].traffic.of("rds.sessions")][-1] == {
        "Server": "RDS-07.example.test"
    }
    assert v19["by group_id"].kind == "bad_input"
    assert "group_id" in v19["by group_id"].message


def test_legacy_filters_that_cannot_be_applied(legacy: Pair) -> None:
    for name, option in (("by site", "site"), ("by group_id", "group_id"), ("by source", "source")):
        task = legacy[name]
        assert task.kind == "bad_input"
        assert task.message.startswith(f"{option}:")
        assert "legacy" in task.message
    # Nothing of the newer generation is asked for when it is known.
    assert {one["path"].lower() for one in legacy["all"].traffic.of("rds.sessions")} == {"/api/rds/sessions"}
