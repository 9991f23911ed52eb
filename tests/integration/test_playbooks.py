# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook basic_sample and the role ras_basic_setup.

Expected requests: the ten of seed 001, from the emulator's fixtures that were taken from it.
"""

from __future__ import annotations

import json
import re
import ssl
import textwrap
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import yaml

from ansible_collections.deskops.vdi.plugins.module_utils._options import RAS
from emulator.process import Emulator
from integration.support.doors import Farms, Pair, farms
from integration.support.runner import DOORS, IN_PROCESS, Ansible, Run, TaskResult
from tools.collection_tree import ROOT

SAMPLE = ROOT / "tests" / "emulator" / "ras" / "fixtures" / "basic_sample"
PLAYBOOK = "deskops.vdi.basic_sample"


def _body(name: str) -> Any:
    return json.loads((SAMPLE / f"{name}.json").read_text(encoding="utf-8"))


# Method, path, query, body; letter case of paths and query names, and siteId as number or text, do not matter.
TEN_STEPS: tuple[tuple[str, str, dict[str, str], Any], ...] = (
    ("POST", "/api/session/logon", {}, _body("01_logon_request")),
    ("GET", "/api/site", {}, None),
    ("GET", "/api/site/1", {}, None),
    ("GET", "/api/gateway", {}, None),
    ("POST", "/api/gateway", {"noinstall": "true"}, _body("05_new_gateway_request")),
    ("GET", "/api/gateway/219", {}, None),
    ("POST", "/api/rds", {"noinstall": "true"}, _body("07_new_rds_request")),
    ("GET", "/api/rds/361/status", {}, None),
    ("GET", "/api/rds/sessions", {}, None),
    ("POST", "/api/session/logoff", {}, None),
)


def _plain(request: dict[str, Any]) -> tuple[str, str, dict[str, str], Any]:
    """A request as the sample's are written above."""
    body = request["body"]
    if isinstance(body, dict):
        body = {key: str(value) if key == "siteId" else value for key, value in body.items()}
    query = {name.lower(): value for name, value in request["query"].items()}
    return request["method"], request["path"].lower(), query, body or None


@pytest.fixture(scope="module")
def sample(ansible: Ansible) -> Iterator[Farms]:
    with farms(ansible, farm="sample", api_family="legacy") as farm:
        yield farm


@pytest.fixture(scope="module")
def first_run(sample: Farms) -> tuple[Pair, dict[str, list[dict[str, Any]]]]:
    pair = sample.play("", playbook=PLAYBOOK)
    return pair, {door: server.requests() for door, server in sample.servers.items()}


@pytest.fixture(scope="module")
def second_run(sample: Farms, first_run: object) -> tuple[Pair, dict[str, list[dict[str, Any]]]]:
    sample.reset("counters")
    pair = sample.play("", playbook=PLAYBOOK)
    return pair, {door: server.requests() for door, server in sample.servers.items()}


@pytest.mark.smoke
@pytest.mark.parametrize("door", DOORS)
def test_basic_sample_sends_its_ten_requests_in_their_order(
    door: str, first_run: tuple[Pair, dict[str, list[dict[str, Any]]]]
) -> None:
    pair, requests = first_run
    assert pair.through(door).status == 0, pair.through(door).output
    sent = [_plain(request) for request in requests[door]]
    remaining = iter(sent)
    for step in TEN_STEPS:
        assert any(request == step for request in remaining), f"{step} is missing, or too early, in {sent}"
    # All that is sent besides only reads.
    assert [one for one in sent if one[0] != "GET"] == [step for step in TEN_STEPS if step[0] != "GET"]


def test_basic_sample_through_both_doors(first_run: tuple[Pair, object], second_run: tuple[Pair, object]) -> None:
    for pair, _requests in (first_run, second_run):
        pair.assert_alike()
        for server in pair.servers.values():
            assert server.state()["admin_sessions"] == 0


@pytest.mark.parametrize("door", DOORS)
def test_basic_sample_again_changes_nothing(
    door: str,
    first_run: tuple[Pair, dict[str, list[dict[str, Any]]]],
    second_run: tuple[Pair, dict[str, list[dict[str, Any]]]],
) -> None:
    assert first_run[0].through(door).recap()["changed"] == 2
    pair, requests = second_run
    assert pair.through(door).status == 0, pair.through(door).output
    assert pair.through(door).recap()["changed"] == 0
    writes = [_plain(one)[:2] for one in requests[door] if one["method"] != "GET"]
    assert writes == [("POST", "/api/session/logon"), ("POST", "/api/session/logoff")]
    # The role runs twice, and takes what its first run left for no misspelt variable.
    names = [task for task in pair.through(door) if task.name.endswith("variables that the role does not have")]
    assert [task.outcome for task in names] == ["skipped", "skipped"]


def test_basic_sample_says_what_stays_staged(first_run: tuple[Pair, object]) -> None:
    assert "126.0.0.6" in first_run[0].runs[IN_PROCESS].stdout
    # The sample has no apply; the playbook says so.
    assert "appl" in first_run[0].runs[IN_PROCESS].stdout.lower()


@pytest.mark.parametrize("family", ["legacy", "current"])
def test_basic_sample_in_check_mode_on_an_empty_farm(family: str, ansible: Ansible) -> None:
    with farms(ansible, doors=[IN_PROCESS], farm="empty", api_family=family) as farm:
        pair = farm.play("", "--check", playbook=PLAYBOOK)
        for door, server in farm.servers.items():
            run, state = pair.through(door), server.state()
            assert run.status == 0, run.output
            assert (run.recap()["failed"], run.recap()["unreachable"]) == (0, 0)
            assert state["writes"] == {}
            assert state["waiting_for_apply"] is False
            assert state["admin_sessions"] == 0


def test_basic_sample_takes_a_site_by_its_name(ansible: Ansible) -> None:
    with farms(ansible, doors=[IN_PROCESS]) as farm:
        (server,) = farm
        run = farm.play("", "-e", '{"basic_sample_site": "branch north"}', playbook=PLAYBOOK).runs[IN_PROCESS]
        assert run.status == 0, run.output
        created = [one["body"]["siteId"] for one in server.requests() if one["operation"].endswith(".create")]
        assert created == [2, 2]
        farm.reset("counters")
        run = farm.play("", "-e", '{"basic_sample_site": "branch nroth"}', playbook=PLAYBOOK).runs[IN_PROCESS]
        assert "there is no site 'branch nroth'. The farm has: " in " ".join(run.output.split())
        assert (run.status, server.state()["writes"], server.state()["admin_sessions"]) == (2, {}, 0)


@pytest.mark.parametrize("sample_name", sorted(path.stem for path in (ROOT / "playbooks").glob("*_sample.yml")))
def test_samples_refuse_misspelt_variables_before_they_log_on(sample_name: str, sample: Farms) -> None:
    sample.reset("counters")
    (server, *_others) = sample
    misspelt = f"{sample_name}_gatway"
    run = sample.ansible.run(
        f"deskops.vdi.{sample_name}", servers={"server": server}, variables={misspelt: "x", f"{sample_name}_sit": 1}
    )
    assert run.status == 2, run.output
    (task,) = run
    documented = re.findall(rf"^\| `({sample_name}_\w+)` \|", _page(sample_name), re.MULTILINE)
    assert task.message.startswith(f"The playbook {sample_name} has no variable {misspelt}, {sample_name}_sit. ")
    assert sorted(documented) == sorted(task.message.rstrip(".").rpartition("There are ")[2].split(", "))
    assert server.requests() == []


def _page(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text("utf-8")


# The role. Each play begins with a heading.

ROLE_VARIABLES = {
    "gateways": [
        {"server": "role-01.example.test", "install_agent": False, "enable_hsts": True, "hsts_max_age": 24},
        {
            "server": "role-02.example.test",
            "site": "Branch north",
            "agent_username": "EXAMPLE\\installer",
            "agent_password": "password-of-the-agent",
        },
        {"server": "gw-south.example.test", "site": "Branch south", "state": "absent"},
    ],
    "hosts": [
        {
            "server": "role-03.example.test",
            "install_agent": False,
            "inherit_default_agent_settings": False,
            "max_sessions": 60,
            "file_transfer_mode": "Disabled",
            "settings": {"technology": 1},
        }
    ],
}
ROLE_PLAY = """\
- name: {name}
  hosts: localhost
  gather_facts: false
  pre_tasks:
    - name: "play: {name}"
      ansible.builtin.debug: {{msg: starts}}
  roles:
    - role: deskops.vdi.ras_basic_setup
      vars:
{variables}
"""


def _role_play(name: str, **variables: Any) -> str:
    given = {"site": "Head office", "gateways": "{{ gateways }}", "rds_servers": "{{ hosts }}", **variables}
    lines = "\n".join(f"ras_basic_setup_{key}: {json.dumps(value)}" for key, value in given.items())
    return ROLE_PLAY.format(name=name, variables=textwrap.indent(lines, " " * 8))


def _section(run: Run, name: str) -> list[TaskResult]:
    """The tasks of one play."""
    names = [task.name for task in run]
    first = names.index(f"play: {name}")
    later = [index for index, other in enumerate(names) if index > first and other.startswith("play: ")]
    return run.tasks[first : min(later, default=None)]


def _sent(tasks: list[TaskResult]) -> list[str]:
    return [operation for task in tasks for operation in task.traffic.operations]


def _writes(tasks: list[TaskResult]) -> list[str]:
    return [operation for task in tasks for operation in task.traffic.writes]


@pytest.fixture(scope="module")
def role(ansible: Ansible) -> Iterator[Pair]:
    plays = "".join(
        [
            _role_play("first in check mode", apply="when_changed").replace(
                "  gather_facts: false", "  gather_facts: false\n  check_mode: true"
            ),
            _role_play("first"),
            _role_play("again"),
            _role_play("always", apply="always"),
            _role_play(
                "never", apply="never", gateways=[{"server": "gw-01.example.test", "description": "Not yet in force"}]
            ),
            _role_play("nothing of its own, but something waits", gateways=[], rds_servers=[]),
            _role_play(
                "always after a change", apply="always", gateways=[{"server": "gw-02.example.test", "enabled": True}]
            ),
        ]
    )
    # The role's tasks are modules that other tests send through both doors.
    with farms(ansible, doors=[IN_PROCESS]) as farm:
        yield farm.play("", "-vvvv", playbook=plays, variables=ROLE_VARIABLES)


def test_role_closes_its_sessions(role: Pair) -> None:
    for run in role.runs.values():
        assert run.status == 0, run.output
    for server in role.servers.values():
        assert server.state()["admin_sessions"] == 0


def test_role_in_check_mode(role: Pair) -> None:
    tasks = _section(role.runs[IN_PROCESS], "first in check mode")
    assert _writes(tasks) == []
    assert any(task.outcome == "ok" and task.changed for task in tasks)


def test_role_does_everything_in_one_session_and_applies_once(role: Pair) -> None:
    sent = _sent(_section(role.runs[IN_PROCESS], "first"))
    assert sent[0] == "session.logon"
    assert sent[-2:] == ["settings.apply", "session.logoff"]
    assert sent.count("session.logon") == sent.count("session.logoff") == 1
    assert _writes(_section(role.runs[IN_PROCESS], "first")) == [
        "gateway.create",
        "gateway.update",
        "gateway.create",
        "gateway.delete",
        "rds.create",
        "rds.update",
        "settings.apply",
    ]


def test_role_hands_on_every_option(role: Pair) -> None:
    requests = [request for task in _section(role.runs[IN_PROCESS], "first") for request in task.traffic.requests]
    first, second = (one for one in requests if one["operation"] == "gateway.create")
    assert first["body"] == {"server": "role-01.example.test", "siteId": 1}
    assert first["query"] == {"noInstall": "true"}
    assert second["body"] == {"server": "role-02.example.test", "siteId": 2}
    assert second["query"] == {"username": "EXAMPLE\\installer", "password": "password-of-the-agent"}
    gateway, host = (one["body"] for one in requests if one["operation"].endswith(".update"))
    assert gateway == {"enableHSTS": True, "hstsMaxAge": 24}
    assert host == {
        "inheritDefaultAgentSettings": False,
        "maxSessions": 60,
        "fileTransferMode": 0,
        "technology": 1,
    }


def test_role_loops_use_one_connection(role: Pair) -> None:
    (loop,) = (
        task
        for task in _section(role.runs[IN_PROCESS], "first")
        if task.action.endswith("ras_gateway") and task.outcome == "ok"
    )
    assert len(loop["results"]) == 3
    assert len({one["connection"] for one in loop.traffic.requests}) == 1


def test_role_again_changes_nothing(role: Pair) -> None:
    tasks = _section(role.runs[IN_PROCESS], "again")
    assert _writes(tasks) == []
    assert not any(task.outcome == "ok" and task.result.get("changed") for task in tasks)


@pytest.mark.parametrize(
    ("play", "writes"),
    [
        ("always", ["settings.apply"]),
        ("never", ["gateway.update"]),
        ("nothing of its own, but something waits", []),
        ("always after a change", ["gateway.update", "settings.apply"]),
    ],
)
def test_apply_modes(play: str, writes: list[str], role: Pair) -> None:
    assert _writes(_section(role.runs[IN_PROCESS], play)) == writes


@pytest.mark.parametrize("play", ["never", "nothing of its own, but something waits"])
def test_role_warns_when_something_stays_staged(play: str, role: Pair) -> None:
    tasks = _section(role.runs[IN_PROCESS], play)
    told = [task for task in tasks if task.outcome == "ok" and "wait to be applied" in task.message]
    assert len(told) == 1
    assert "ras_settings_apply" in told[0].message


@pytest.mark.parametrize("play", ["first", "again", "always"])
def test_role_warns_only_then(play: str, role: Pair) -> None:
    tasks = _section(role.runs[IN_PROCESS], play)
    assert not any(task.outcome == "ok" and "to be applied" in task.message for task in tasks)


def test_role_shows_no_password(role: Pair) -> None:
    for run in role.runs.values():
        assert "password-of-the-agent" not in run.output


FAILING = {
    "handler": {"operation": "settings.apply", "kind": "status", "status": 500},
    "item": {"operation": "rds.create", "kind": "status", "status": 500},
}


@pytest.mark.parametrize("what", FAILING)
def test_role_closes_its_session_after_a_failure(what: str, ansible: Ansible) -> None:
    with farms(ansible, doors=[IN_PROCESS]) as farm:
        farm.fault(**FAILING[what])
        pair = farm.play("", playbook=_role_play("fails"), variables=ROLE_VARIABLES)
        for door, server in farm.servers.items():
            run, state = pair.through(door), server.state()
            assert run.status != 0, run.output
            assert run.recap()["failed"] == 1
            assert (state["logons"], state["logoffs"], state["admin_sessions"]) == (1, 1, 0)
            # It failed after changes, not before them, and says what becomes of these.
            assert state["writes"]["gateway.create"] == 2
            assert state["waiting_for_apply"]
            (told,) = [task for task in run if task.outcome == "ok" and "still wait to be applied" in task.message]
            assert "ras_basic_setup_apply" in told.message


def test_role_does_not_go_on_where_no_item_can_succeed(ansible: Ansible) -> None:
    """The session has ended after the first item; the others would fail one after the other."""
    with farms(ansible, doors=[IN_PROCESS]) as farm:
        (server,) = farm
        farm.fault(operation="gateway.create", kind="status", status=401, skip=1)
        gateways = [{"server": f"role-{number}.example.test", "install_agent": False} for number in range(1, 5)]
        pair = farm.play("", playbook=_role_play("ends", gateways=gateways), variables=ROLE_VARIABLES)
        (loop,) = [task for task in pair if task.action.endswith("ras_gateway")]
        assert [bool(one.get("failed")) for one in loop["results"]] == [False, True]
        assert len(server.requests("gateway.create")) == 2


# A token of the environment


def _token(server: Emulator) -> str:
    """That of a session which somebody else has opened."""
    with httpx.Client(verify=ssl.create_default_context(cafile=server.ca_path)) as client:
        reply = client.post(
            f"{server.url}/api/Session/logon",
            json={"username": server.username, "password": server.password},
            headers={"Content-Type": "application/json; api-version=1.0"},
        )
    return str(reply.json()["authToken"])


def test_role_works_in_the_session_of_the_environment(ansible: Ansible) -> None:
    """No username, no password: it neither logs on nor off, and applies in that session."""
    with farms(ansible, doors=[IN_PROCESS]) as farm:
        (server,) = farm
        environment = {"RAS_AUTH_TOKEN": _token(server), "RAS_USERNAME": None, "RAS_PASSWORD": None}
        farm.reset("counters")
        run = farm.play("", playbook=_role_play("token"), variables=ROLE_VARIABLES, environment=environment).runs[
            IN_PROCESS
        ]
        assert run.status == 0, run.output
        sent = [one["operation"] for one in server.requests()]
        assert not [operation for operation in sent if operation.startswith("session.")]
        assert sent[-1] == "settings.apply"
        assert server.state()["admin_sessions"] == 1


# Values of the role's connection, in an environment with a token, a password, and the address below.
OWN_URL = "https://ras.example.test:20443"
CONNECTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"auth_token": "t"},
    {"auth_token": ""},
    {"auth_token": None},
    {"password": "p"},
    {"password": ""},
    {"auth_token": "", "password": "p"},
    {"url": OWN_URL},
    {"url": f" {OWN_URL.upper()}/ "},
    {"url": "https://other.example.test:20443"},
    {"url": "https://other.example.test:20443", "auth_token": "t"},
    {"url": "https://other.example.test:20443", "password": "p"},
)


@pytest.mark.parametrize(
    "environment",
    [{"RAS_AUTH_TOKEN": "t", "RAS_URL": OWN_URL}, {"RAS_AUTH_TOKEN": "t"}, {"RAS_AUTH_TOKEN": "", "RAS_URL": OWN_URL}],
)
def test_role_takes_a_session_for_given_as_the_modules_do(environment: dict[str, str], ansible: Ansible) -> None:
    """Expected: what the connection options of a module resolve to."""
    environment = {"RAS_PASSWORD": "p", **environment}
    tasks = [
        {
            "ansible.builtin.debug": {"msg": "{{ 'given' if ras_basic_setup_session_given else 'none' }}"},
            "vars": {"ras_basic_setup_connection": connection},
        }
        for connection in CONNECTIONS
    ]
    files = [str(ROOT / "roles" / "ras_basic_setup" / "vars" / "main.yml")]
    play = {"hosts": "localhost", "gather_facts": False, "vars_files": files, "tasks": tasks}
    run = ansible.run(yaml.safe_dump([play]), environment=environment)
    assert run.status == 0, run.output
    resolved = (RAS.resolve(connection, environment) for connection in CONNECTIONS)
    assert [task.message for task in run] == ["given" if one.get("auth_token") else "none" for one in resolved]


def test_role_can_start_at_a_later_task(ansible: Ansible) -> None:
    """Without its logon: each task signs in by itself."""
    with farms(ansible, doors=[IN_PROCESS]) as farm:
        (server,) = farm
        start = ("--start-at-task", "Bring the RDS servers to their state")
        pair = farm.play("", *start, playbook=_role_play("later"), variables=ROLE_VARIABLES)
        assert pair.runs[IN_PROCESS].status == 0, pair.runs[IN_PROCESS].output
        assert server.state()["writes"] == {"rds.create": 1, "rds.update": 1, "settings.apply": 1}
        pair.assert_no_session_left()
        farm.fault(**{**FAILING["item"], "times": None})
        hosts = [{"server": "role-04.example.test", "install_agent": False}]
        failed = farm.play("", *start, playbook=_role_play("later", rds_servers=hosts), variables=ROLE_VARIABLES)
        assert failed.runs[IN_PROCESS].status == 2
        assert "undefined" not in failed.runs[IN_PROCESS].output


BAD_VARIABLES = {
    "apply": "sometimes",
    "gateways": [{"server": "role-01.example.test", "sight": 1}],
    "rds_servers": [{"server": "role-01.example.test", "max_sessions": "many"}],
}


@pytest.mark.parametrize("variable", BAD_VARIABLES)
def test_role_checks_its_variables_first(variable: str, ansible: Ansible, sample: Farms) -> None:
    sample.reset("counters")
    play = _role_play("bad", **{"gateways": [], "rds_servers": [], variable: BAD_VARIABLES[variable]})
    server = next(iter(sample))
    run = ansible.run(play, servers={"server": server}, variables=ROLE_VARIABLES)
    assert run.status != 0
    assert f"ras_basic_setup_{variable}" in run.output
    assert server.requests() == []
