# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection brokers: the full ladder and promotions through both doors, the role that sets them up, and its playbook.

Expected values: the options that the tasks give, the demo farm (broker-01 is the primary one, broker-02 the next), and
reference/ras/endpoints.yaml (Broker, ConnectionBroker). The session ends with a promotion: notes.md section 8.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from integration.support.doors import Farms, Pair, farms
from integration.support.runner import IN_PROCESS, Ansible, Run

FIRST, SECOND = "broker-01.example.test", "broker-02.example.test"
THIRD = "role-01.example.test"
NEW = {"server": "new-01.example.test", "site": "Head office", "install_agent": False, "description": "New"}
VARIABLES = {"new": NEW, "changed": {**NEW, "standby": True, "priority": 1}, "first": FIRST, "second": SECOND}
TASKS = """
- name: check create
  deskops.vdi.ras_broker: "{{ new }}"
  check_mode: true
- name: create
  deskops.vdi.ras_broker: "{{ new }}"
- name: create again
  deskops.vdi.ras_broker: "{{ new }}"
- name: check change
  deskops.vdi.ras_broker: "{{ changed }}"
  check_mode: true
- name: change
  deskops.vdi.ras_broker: "{{ changed }}"
- name: change again
  deskops.vdi.ras_broker: "{{ changed }}"
- name: info
  deskops.vdi.ras_broker_info:
- name: info of one
  deskops.vdi.ras_broker_info: {server: "{{ second | upper }}", site: Head office}
- name: primary by priority
  deskops.vdi.ras_broker: {server: "{{ second }}", priority: 0}
- name: other priority of the primary
  deskops.vdi.ras_broker: {server: "{{ first }}", priority: 1}
- name: remove the primary
  deskops.vdi.ras_broker: {server: "{{ first }}", state: absent}
- name: no options
  deskops.vdi.ras_broker:
- name: legacy
  deskops.vdi.ras_broker: {server: "{{ first }}", api_family: legacy}
- name: check delete
  deskops.vdi.ras_broker: {server: new-01.example.test, state: absent}
  check_mode: true
- name: delete
  deskops.vdi.ras_broker: {server: new-01.example.test, state: absent}
- name: delete again
  deskops.vdi.ras_broker: {server: new-01.example.test, state: absent}

- name: promote nobody
  deskops.vdi.ras_broker_promote: {server: nobody}
- name: promote without a name
  deskops.vdi.ras_broker_promote:
- name: check promote
  deskops.vdi.ras_broker_promote: {server: "{{ second }}"}
  check_mode: true
- name: promote
  deskops.vdi.ras_broker_promote: {server: "{{ second }}"}
- name: promote again
  deskops.vdi.ras_broker_promote: {server: "{{ second }}"}
- name: log on
  deskops.vdi.ras_auth:
  register: logon
- name: promote with a token
  deskops.vdi.ras_broker_promote: {server: "{{ first }}", auth_token: "{{ logon.auth_token }}", api_family: current}
- name: the token afterwards
  deskops.vdi.ras_broker_info: {auth_token: "{{ logon.auth_token }}", api_family: current}
- name: info afterwards
  deskops.vdi.ras_broker_info:
"""


@pytest.fixture(scope="module")
def ladder(ansible: Ansible) -> Iterator[Pair]:
    with farms(ansible) as farm:
        yield farm.play(TASKS, "--diff", variables=VARIABLES)


def test_both_doors_agree(ladder: Pair) -> None:
    ladder.assert_alike()


def test_no_session_is_left_open(ladder: Pair) -> None:
    for run in ladder.runs.values():
        left = [task.name for task in run if task.traffic.state["admin_sessions"]]
        assert left == ["log on"]


@pytest.mark.parametrize("task", ["check create", "check change", "check delete", "check promote"])
def test_check_mode_tells_a_change_and_writes_nothing(task: str, ladder: Pair) -> None:
    assert ladder[task].changed
    assert ladder[task].traffic.writes == []
    done = ladder[task.removeprefix("check ")]
    assert done.changed
    assert ladder[task]["diff"] == done["diff"]


@pytest.mark.parametrize("task", ["create again", "change again", "delete again", "promote again"])
def test_a_second_run_changes_nothing(task: str, ladder: Pair) -> None:
    assert not ladder[task].changed
    assert ladder[task].traffic.writes == []
    assert ladder[task].traffic.operations.count("broker.list") == 1


@pytest.mark.parametrize(
    ("task", "writes"),
    [
        ("create", ["broker.create", "broker.update"]),
        ("change", ["broker.update", "broker.priority"]),
        ("delete", ["broker.delete"]),
        ("promote", ["broker.promote"]),
        ("promote with a token", ["broker.promote"]),
    ],
)
def test_a_change_sends_what_is_needed(task: str, writes: list[str], ladder: Pair) -> None:
    assert ladder[task].traffic.writes == writes


def test_what_is_sent(ladder: Pair) -> None:
    (created,) = ladder["create"].traffic.of("broker.create")
    assert created["body"] == {"server": NEW["server"], "siteId": 1}
    assert created["query"] == {"noInstall": "true"}
    (moved,) = ladder["change"].traffic.of("broker.priority")
    assert moved["body"] == {"priority": 1}


def test_the_others_move_over(ladder: Pair) -> None:
    order = [(one["server"], one["priority"]) for one in ladder["info"]["brokers"]]
    assert sorted(order, key=lambda one: one[1]) == [(FIRST, 0), (NEW["server"], 1), (SECOND, 2)]
    assert [one["server"] for one in ladder["info of one"]["brokers"]] == [SECOND]


@pytest.mark.parametrize(
    ("task", "text"),
    [
        ("primary by priority", "ras_broker_promote"),
        ("other priority of the primary", "ras_broker_promote"),
        ("remove the primary", "Promote another one first"),
        ("no options", "one of the following is required: id, server"),
        ("legacy", "documents no connection brokers"),
        ("promote nobody", f"There are: {FIRST} (id "),
        ("promote without a name", "one of the following is required: id, server"),
    ],
)
def test_slips_are_told_before_anything_is_written(task: str, text: str, ladder: Pair) -> None:
    assert ladder[task].failed
    assert text in ladder[task].message
    assert ladder[task].traffic.writes == []


def test_a_promotion_logs_on_again_and_waits(ladder: Pair) -> None:
    task = ladder["promote"]
    assert (task["broker"]["server"], task["broker"]["priority"], task["session_ended"]) == (SECOND, 0, True)
    sent = task.traffic.operations
    assert sent[sent.index("broker.promote") :] == [
        "broker.promote",
        "broker.get",
        "session.logon",
        "broker.get",
        "session.logoff",
    ]


def test_a_promotion_with_a_token_tells_that_it_has_ended(ladder: Pair) -> None:
    task = ladder["promote with a token"]
    assert (task["broker"]["server"], task["broker"]["priority"], task["session_ended"]) == (FIRST, 0, True)
    (warning,) = task["warnings"]
    assert "auth_token" in str(warning)
    assert ladder["the token afterwards"].kind == "authentication"
    assert [one["server"] for one in ladder["info afterwards"]["brokers"] if one["priority"] == 0] == [FIRST]


def test_a_promotion_whose_answer_is_lost_is_sent_once(ansible: Ansible) -> None:
    """The older path too."""
    with farms(ansible, doors=[IN_PROCESS], broker_path="Broker") as farm:
        farm.fault(operation="broker.promote", kind="drop_after")
        pair = farm.play(f"- name: promote\n  deskops.vdi.ras_broker_promote: {{server: {SECOND}}}\n")
        assert pair["promote"].changed, pair["promote"].message
        (sent,) = pair["promote"].traffic.of("broker.promote")
        assert sent["path"].startswith("/api/Broker/")
        pair.assert_no_session_left()


# The role. Its tasks are modules that go through both doors above.


def _play(**variables: Any) -> str:
    given = {f"ras_broker_gateway_setup_{name}": value for name, value in variables.items()}
    role = {"role": "deskops.vdi.ras_broker_gateway_setup", "vars": given}
    return json.dumps([{"hosts": "localhost", "gather_facts": False, "roles": [role]}], indent=1)


ALL = {
    "site": "Head office",
    "brokers": [{"server": THIRD, "install_agent": False, "description": "Third"}],
    "promote": SECOND,
    "gateways": [{"server": "role-02.example.test", "install_agent": False}],
}
LOG_ON_AND_OFF = ["session.logon", "session.logoff"]


def _run(farm: Farms, playbook: str, *arguments: str, status: int = 0) -> tuple[Run, list[str]]:
    """The run, and the requests that do more than read."""
    farm.reset("counters")
    (server,) = farm
    run = farm.play("", *arguments, playbook=playbook).runs[IN_PROCESS]
    assert run.status == status, run.output
    assert server.state()["admin_sessions"] == 0
    return run, [one["operation"] for one in server.requests() if one["method"] != "GET"]


@pytest.fixture(scope="module")
def demo(ansible: Ansible) -> Iterator[Farms]:
    with farms(ansible, doors=[IN_PROCESS]) as found:
        yield found


def test_role_with_a_promotion(demo: Farms) -> None:
    """Check mode, the first run, the second."""
    checked, sent = _run(demo, _play(**ALL), "--check")
    assert sent == LOG_ON_AND_OFF
    # Broker, promotion, gateway, and the apply after each of the two parts.
    assert checked.recap()["changed"] == 5
    first, sent = _run(demo, _play(**ALL))
    assert sent == [
        "session.logon",
        "broker.create",
        "broker.update",
        "settings.apply",
        "broker.promote",
        "session.logon",
        "gateway.create",
        "settings.apply",
        "session.logoff",
    ]
    assert first.recap()["changed"] == 5
    again, sent = _run(demo, _play(**ALL))
    assert sent == LOG_ON_AND_OFF
    assert again.recap()["changed"] == 0


def test_role_replaces_the_primary_broker_in_two_runs(demo: Farms) -> None:
    _run(demo, _play(promote=FIRST))
    _unused, sent = _run(demo, _play(brokers=[{"server": SECOND, "state": "absent"}], promote=FIRST))
    assert sent == ["session.logon", "broker.delete", "settings.apply", "session.logoff"]


def test_role_closes_its_session_after_a_failure(demo: Farms) -> None:
    demo.fault(operation="broker.promote", kind="status", status=500, times=1)
    run, sent = _run(demo, _play(promote=THIRD), status=2)
    assert sent == ["session.logon", "broker.promote", "session.logoff"]
    assert run.recap()["failed"] == 1


def test_role_tells_that_a_promotion_stays_staged_after_a_failure(ansible: Ansible) -> None:
    with farms(ansible, doors=[IN_PROCESS]) as farm:
        farm.fault(operation="gateway.create", kind="status", status=400)
        gateways = [{"server": "role-02.example.test", "install_agent": False}]
        run, sent = _run(farm, _play(promote=SECOND, gateways=gateways), status=2)
        assert "settings.apply" not in sent
        (told,) = [task for task in run if task.outcome == "ok" and "still wait to be applied" in task.message]
        assert "ras_broker_gateway_setup_apply" in told.message


def test_role_tells_that_a_promotion_stays_staged_where_it_does_not_apply(ansible: Ansible) -> None:
    """A second run, which promotes nobody and fails at its logon, has changed nothing."""
    with farms(ansible, doors=[IN_PROCESS]) as farm:
        plays = [*json.loads(_play(promote=SECOND, apply="never")), *json.loads(_play(apply="never"))]
        farm.fault(operation="session.logon", kind="status", status=401, times=1, skip=2)
        run, sent = _run(farm, json.dumps(plays, indent=1), status=2)
        assert "settings.apply" not in sent
        (told,) = [task for task in run if task.outcome == "ok" and "wait to be applied" in task.message]
        assert told.name.endswith("Tell what stays staged")


WITH_TOKEN = """
- hosts: localhost
  gather_facts: false
  tasks:
    - deskops.vdi.ras_auth:
      register: logon
    - ansible.builtin.include_role: {name: deskops.vdi.ras_broker_gateway_setup}
      vars: {variables}
"""


def test_role_with_a_token_stops_after_the_promotion(demo: Farms) -> None:
    connection = {"auth_token": "{{ logon.auth_token }}", "api_family": "current"}
    variables = {"connection": connection, "promote": THIRD, "gateways": [{"server": "role-03.example.test"}]}
    named: Mapping[str, Any] = {f"ras_broker_gateway_setup_{name}": value for name, value in variables.items()}
    run, sent = _run(demo, WITH_TOKEN.replace("{variables}", json.dumps(named)), status=2)
    assert sent == ["session.logon", "broker.promote"]
    assert "run the role with the new token" in " ".join(run.output.split())


# The playbook

PLAYBOOK = "deskops.vdi.broker_gateway_sample"


@pytest.mark.parametrize("family", ["current", "legacy"])
def test_sample(family: str, ansible: Ansible) -> None:
    """Check mode on an empty farm, and the first run; where there are brokers, the second and a promotion too."""
    brokers = ["broker.create"] if family == "current" else []
    with farms(ansible, doors=[IN_PROCESS], farm="empty", api_family=family) as farm:
        checked, sent = _run(farm, PLAYBOOK, "--check", "--diff")
        assert (sent, checked.recap()["changed"]) == (LOG_ON_AND_OFF, len(brokers) + 2)
        assert re.search(r"WOULD CHANGE.*new +secure gateway +126\.0\.0\.6", checked.stdout, re.DOTALL)
        first, sent = _run(farm, PLAYBOOK)
        assert sent == ["session.logon", *brokers, "gateway.create", "settings.apply", "session.logoff"]
        assert "126.0.0.6" in first.stdout
        if family == "legacy":
            return
        again, sent = _run(farm, PLAYBOOK)
        assert (sent, again.recap()["changed"]) == (LOG_ON_AND_OFF, 0)
        assert "NOTHING CHANGED" in again.stdout
        promoted, sent = _run(farm, PLAYBOOK, "-e", "broker_gateway_sample_promote=true")
        assert sent == ["session.logon", "broker.promote", "session.logon", "settings.apply", "session.logoff"]
        assert promoted.recap()["changed"] == 2
