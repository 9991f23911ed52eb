# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role session_audit with its enforcement, and the playbook of that name."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from emulator.process import Emulator, start
from integration.support.doors import LATENCY_MS, Farms, farms
from integration.support.runner import AS_MODULE, DOORS, IN_PROCESS, Ansible, Run, TaskResult

PASSWORD = 'Zür @ 50% "open" \\ é{1}'
SESSIONS: tuple[dict[str, Any], ...] = (
    {"Id": "c1", "State": "Active", "User": {"Name": "EXAMPLE\\dora"}, "Machine": {"DnsName": "sales-01"},
     "ApplicationsInUse": [{"Id": None, "Uid": None, "Name": "Ledger"}]},
    {"Id": "c2", "State": "Active", "User": {"Name": "EXAMPLE\\ben"}, "Machine": {"DnsName": "sales-02"},
     "ApplicationsInUse": []},
    {"Id": "c3", "State": "Active", "User": {"Name": "EXAMPLE\\carla"}, "Machine": {"DnsName": "office-01"},
     "ApplicationsInUse": []},
    {"Id": "c4", "State": "Disconnected", "User": {"Name": "EXAMPLE\\emil"}, "Machine": {"DnsName": "depot-01"},
     "ApplicationsInUse": []},
)  # fmt: skip

HEAD = """
- name: Play
  hosts: localhost
  gather_facts: false
  module_defaults:
    group/deskops.vdi.cvad: {auth_token: token-of-the-defaults, customer_id: somebody}
  vars:
    session_audit_sources:
      - platform: ras
        name: Head office
        url: "{{ lookup('ansible.builtin.env', 'URL_OF_THE_FARM') }}"
        username: administrator
        password: "{{ password }}"
        ca_path: "{{ lookup('ansible.builtin.env', 'CA_OF_THE_FARM') }}"
      - platform: cvad
        name: Sales
        url: "{{ stand_in_url }}"
        username: administrator
        password: "{{ password }}"
        ca_path: "{{ lookup('ansible.builtin.env', 'CA_OF_THE_SITE') }}"
  tasks:
"""
# name -> (variables of the role, keywords of its tasks)
HOSTS = 'session_audit_policies: {forbidden_hosts: ["sales-*"], forbidden_applications: [Ledger]}'
ENDINGS = "session_audit_enforce: {forbidden_hosts: disconnected, forbidden_applications: absent}"
FARM = (
    'session_audit_policies: {forbidden_users: ["dora", "anna"]}, session_audit_enforce: {forbidden_users: absent}, '
    "session_audit_max_affected: 2"
)
VDI_TOO = 'session_audit_policies: {forbidden_users: ["*"]}, session_audit_enforce: {forbidden_users: absent}'
DEPOT = (
    'session_audit_policies: {forbidden_hosts: ["depot-*"]}, session_audit_enforce: {forbidden_hosts: disconnected}, '
    "session_audit_max_affected: 0"
)
# A source whose API shows its generation only when it is asked for actions; the site beside it would be hit first.
OLD_FARM = (
    "session_audit_sources: [{platform: ras, name: Old farm, url: \"{{ lookup('env', 'URL_OF_THE_OLD_FARM') }}\", "
    "username: administrator, password: \"{{ password }}\", ca_path: \"{{ lookup('env', 'CA_OF_THE_OLD_FARM') }}\"}, "
    '{platform: cvad, name: Sales, url: "{{ stand_in_url }}", username: administrator, password: "{{ password }}", '
    "ca_path: \"{{ lookup('env', 'CA_OF_THE_SITE') }}\"}], "
    'session_audit_policies: {forbidden_users: ["carla", "fritz"]}, session_audit_enforce: {forbidden_users: absent}, '
    "session_audit_max_affected: 2"
)
# What an earlier audit found: since then host 7 has given the number 11 to somebody else, and the others have ended.
# What the server told of their times is none.
EARLIER_FINDINGS = ", ".join(
    "{policy: forbidden_users, session: {platform: ras, farm: Head office, state: active, "
    f"id: RDS/7/{number}, logon_time: {moment}}}}}"
    for number, moment in ((11, '"2026-01-31T07:00:00Z"'), (12, '"11/16/2020 2:01:04 PM"'), (13, "null"))
)
EARLIER = (
    'session_audit_policies: {forbidden_users: ["fritz"]}, session_audit_enforce: {forbidden_users: absent}, '
    f"session_audit_max_affected: 3, session_audit_result: {{findings: [{EARLIER_FINDINGS}]}}"
)
# Of a farm: its source, and so the beginning of its id, decides whether it can be ended.
RAS_SESSIONS: tuple[dict[str, Any], ...] = (
    {"sessionID": 11, "user": "EXAMPLE\\anna", "serverID": 7, "sessionHostId": "7", "sessionHostName": "rds-07",
     "source": 1, "state": 0, "logonTime": "2026-01-31T08:15:00.25Z"},
    {"sessionID": 11, "user": "EXAMPLE\\eve", "serverID": 8, "sessionHostId": "8", "sessionHostName": "vdi-08",
     "source": 2, "state": 0},
)  # fmt: skip
SCENARIOS: Mapping[str, tuple[str, str]] = {
    "only audit": (HOSTS, ""),
    "other source": (f"{VDI_TOO}, session_audit_max_affected: 9", ""),
    "no limit": (f"{HOSTS}, {ENDINGS}", ""),
    "policy that is not set": (
        f"{HOSTS}, session_audit_enforce: {{forbidden_users: absent}}, session_audit_max_affected: 9",
        "",
    ),
    "above the limit": (f"{HOSTS}, {ENDINGS}, session_audit_max_affected: 1", ""),
    "slip in a source": ("session_audit_sources: [{platform: ras, name: x, url: y, paswort: z}]", ""),
    "disconnected already": (DEPOT, "check_mode: true"),
    "check mode": (f"{HOSTS}, {ENDINGS}, session_audit_max_affected: 2", "check_mode: true"),
    "for real": (f"{HOSTS}, {ENDINGS}, session_audit_max_affected: '2'", ""),
    "again": (f"{HOSTS}, {ENDINGS}, session_audit_max_affected: 2", ""),
    "farm that turns out to be legacy": (OLD_FARM, ""),
    "number that was given anew": (EARLIER, ""),
    "farm, check mode": (FARM, "check_mode: true"),
    "farm": (FARM, ""),
}
BEGINNINGS = {"number that was given anew": "enforce"}
PLAYBOOK = HEAD + "".join(
    f"""
    - name: "scenario: {name}"
      block:
        - name: "begin: {name}"
          ansible.builtin.debug: {{msg: begin}}
        - name: the role
          ansible.builtin.include_role:
            {{name: deskops.vdi.session_audit, tasks_from: {BEGINNINGS.get(name, "main")}, apply: {{{keywords}}}}}
          vars: {{{variables}}}
      rescue:
        - name: go on
          ansible.builtin.debug: {{msg: go on}}
"""
    for name, (variables, keywords) in SCENARIOS.items()
)


@dataclasses.dataclass(frozen=True)
class Enforcement:
    """The runs of all scenarios through both doors, and how the sites looked at their ends."""

    runs: Mapping[str, Run]
    servers: Mapping[str, Emulator]
    ras: Mapping[str, Emulator]
    logs: Mapping[str, Path]

    def tasks(self, door: str, scenario: str) -> list[TaskResult]:
        """The tasks of one scenario."""
        tasks = self.runs[door].tasks
        begins = [position for position, task in enumerate(tasks) if task.name.startswith("begin: ")]
        first = next(position for position in begins if tasks[position].name == f"begin: {scenario}")
        return tasks[first:][1 : next((later - first for later in begins if later > first), None)]

    def task(self, door: str, scenario: str, name: str) -> TaskResult:
        """The task of that name; the last one, which is not that of the rehearsal."""
        return [task for task in self.tasks(door, scenario) if task.name.endswith(name)][-1]

    def failure(self, door: str, scenario: str) -> str:
        (failed,) = [task for task in self.tasks(door, scenario) if task.failed]
        return failed.message

    def writes(self, door: str, scenario: str) -> list[str]:
        """The requests that end sessions, each with the session."""
        return [
            f"{one['operation']} {one['path'].split('/')[-2]}"
            for task in self.tasks(door, scenario)
            for one in task.servers["server"].requests
            if one["operation"] in ("session.disconnect", "session.logoff")
        ]


@pytest.fixture(scope="module")
def enforcement(ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Enforcement]:
    logs = {door: tmp_path_factory.mktemp("logs") / "ansible.log" for door in DOORS}
    with (
        farms(ansible, platform="ras", farm="empty", password=PASSWORD) as ras,
        farms(ansible, platform="cvad", farm="empty", password=PASSWORD, job_seconds=0) as farm,
        start(farm="empty", api_family="legacy", password=PASSWORD, latency=LATENCY_MS) as old,
    ):
        old.create(
            "session", sessionID=1, user="EXAMPLE\\fritz", serverID=1, source=1, sessionHostName="rds-01", state=0
        )
        for session in RAS_SESSIONS:
            ras.create("session", **session)
        for session in SESSIONS:
            farm.create("session", **session)
        pair = farm.play(
            "",
            "-vvvv",
            playbook=PLAYBOOK,
            variables={"password": PASSWORD},
            environment={"URL_OF_THE_OLD_FARM": old.url, "CA_OF_THE_OLD_FARM": str(old.ca_path)},
            own=_own(farm, ras, logs),
        )
        yield Enforcement(pair.runs, farm.servers, ras.servers, logs)


def _own(farm: Farms, ras: Farms, logs: Mapping[str, Path]) -> dict[str, dict[str, str]]:
    return {
        door: {
            "CA_OF_THE_SITE": str(server.ca_path),
            "CA_OF_THE_FARM": str(ras.servers[door].ca_path),
            "URL_OF_THE_FARM": ras.servers[door].url,
            "ANSIBLE_LOG_PATH": str(logs[door]),
            # Nothing of it may count.
            "CVAD_PASSWORD": "of-the-environment",
            "CVAD_SITE": "nowhere",
            "CVAD_URL_STYLE": "techpreview",
            "CVAD_CLIENT_CERT": "/nowhere/client.pem",
            "RAS_PASSWORD": "of-the-environment",
        }
        for door, server in farm.servers.items()
    }


@pytest.mark.parametrize("door", DOORS)
def test_without_enforcement_nothing_is_ended(door: str, enforcement: Enforcement) -> None:
    audit = enforcement.task(door, "only audit", "Audit the sessions of all sources")
    assert not audit.failed, audit.message
    assert sorted((finding["policy"], finding["session"]["id"]) for finding in audit["findings"]) == [
        ("forbidden_applications", "c1"),
        ("forbidden_hosts", "c1"),
        ("forbidden_hosts", "c2"),
    ]
    assert not audit.changed


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("other source", ("Nothing was done", "Head office", "RDS hosts of RAS farms")),
        ("no limit", ("session_audit_max_affected",)),
        ("policy that is not set", ("session_audit_enforce", "session_audit_policies")),
        ("above the limit", ("2 sessions", "session_audit_max_affected allows 1")),
        ("slip in a source", ("paswort", "session_audit_sources")),
    ],
)
@pytest.mark.parametrize("door", DOORS)
def test_refusals(door: str, scenario: str, words: tuple[str, ...], enforcement: Enforcement) -> None:
    message = enforcement.failure(door, scenario)
    for word in words:
        assert word in message
    assert "Sales" not in message
    assert enforcement.writes(door, scenario) == []


@pytest.mark.parametrize("door", DOORS)
def test_check_mode_lists_what_would_happen(door: str, enforcement: Enforcement) -> None:
    plan = enforcement.task(door, "check mode", "List what happens to which session")["msg"]
    # c1 breaks both policies: what is logged off need not be disconnected before.
    assert {action: [session["id"] for session in sessions] for action, sessions in plan.items()} == {
        "absent": ["c1"],
        "disconnected": ["c2"],
    }
    assert _ended(enforcement.task(door, "check mode", "End the sessions of CVAD sites")) == {
        "absent": ["c1"],
        "disconnected": ["c2"],
    }
    assert enforcement.writes(door, "check mode") == []


@pytest.mark.parametrize("door", DOORS)
def test_what_is_so_already_is_neither_planned_nor_counted(door: str, enforcement: Enforcement) -> None:
    """The audit finds it; the limit of none is kept all the same."""
    (finding,) = enforcement.task(door, "disconnected already", "Audit the sessions of all sources")["findings"]
    assert finding["session"]["id"] == "c4"
    plan = enforcement.task(door, "disconnected already", "List what happens to which session")["msg"]
    assert plan == {"absent": [], "disconnected": []}
    assert not enforcement.task(door, "disconnected already", "End the sessions of CVAD sites").failed


@pytest.mark.parametrize("door", DOORS)
def test_sessions_are_ended_once(door: str, enforcement: Enforcement) -> None:
    done = enforcement.task(door, "for real", "End the sessions of CVAD sites")
    assert done.changed
    assert _ended(done) == {"absent": ["c1"], "disconnected": ["c2"]}
    assert sorted(enforcement.writes(door, "for real")) == ["session.disconnect c2", "session.logoff c1"]
    again = enforcement.task(door, "again", "End the sessions of CVAD sites")
    assert (again.failed, again.changed) == (False, False)
    assert enforcement.writes(door, "again") == []


@pytest.mark.parametrize("door", DOORS)
def test_sessions_of_several_platforms_are_ended(door: str, enforcement: Enforcement) -> None:
    """Both steps tell of the session on the RDS host; dora's was logged off before."""
    for scenario in ("farm, check mode", "farm"):
        ended = enforcement.task(door, scenario, "End the sessions of RAS farms")
        assert _ended(ended) == {"absent": ["RDS/7/11"]}
        kept = enforcement.task(door, scenario, "Keep what was done, and forget the rest")["ansible_facts"][
            "session_audit_enforced"
        ]
        assert kept["changed"] is True
    # One task in check mode sent nothing; the VDI session was left alone.
    (sent,) = enforcement.ras[door].requests("rd_session.logoff")
    assert sent["path"].endswith("/api/RDS/Host/7/sessions/11/logoff")


@pytest.mark.parametrize("door", DOORS)
def test_a_source_that_cannot_end_sessions_shows_before_any_is_ended(door: str, enforcement: Enforcement) -> None:
    scenario = "farm that turns out to be legacy"
    assert [
        one["id"] for one in enforcement.task(door, scenario, "List what happens to which session")["msg"]["absent"]
    ]
    message = enforcement.failure(door, scenario)
    assert message.startswith(
        "Nothing was done, since these sources refuse it or do not answer: Old farm (not_found): "
    )
    assert "Actions on sessions are documented for the current API only." in message
    assert "Sales" not in message
    assert enforcement.writes(door, scenario) == []


@pytest.mark.parametrize("door", DOORS)
def test_who_got_the_number_of_an_ended_session_is_left_alone(door: str, enforcement: Enforcement) -> None:
    ended = enforcement.task(door, "number that was given anew", "End the sessions of RAS farms")
    assert _ended(ended) == {"absent": []}
    assert "other ones have their ids now, which are left alone: RDS/7/11." in enforcement.runs[door].output


def _ended(task: TaskResult) -> dict[str, list[str]]:
    """What the task did to which sessions."""
    return {
        result["item"][1]: [session["id"] for session in result["sessions"]]
        for result in task["results"]
        if "sessions" in result
    }


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_both_doors_agree(scenario: str, enforcement: Enforcement) -> None:
    in_process, as_module = (
        [(task.name, task.outcome, task.result.get("changed"), task.result.get("msg"))
         for task in enforcement.tasks(door, scenario)]
        for door in (IN_PROCESS, AS_MODULE)
    )  # fmt: skip
    assert in_process == as_module


@pytest.mark.parametrize("door", DOORS)
def test_no_secret_is_said(door: str, enforcement: Enforcement) -> None:
    said = enforcement.runs[door].output + enforcement.logs[door].read_text(encoding="utf-8")
    assert "Audit the sessions of all sources" in said
    for form in (PASSWORD, repr(PASSWORD)[1:-1], json.dumps(PASSWORD)[1:-1], "of-the-environment"):
        assert form not in said
    assert enforcement.ras[door].state()["admin_sessions"] == 0
    assert enforcement.servers[door].state()["foreign_tokens"] == 0


HIDDEN = (
    HEAD
    + """
    - name: whatever happens
      block:
        - name: the role
          ansible.builtin.include_role: {name: deskops.vdi.session_audit}
          vars:
            session_audit_policies: {forbidden_hosts: ["*"]}
            session_audit_enforce: {forbidden_hosts: absent}
            session_audit_max_affected: 9
            session_audit_pseudonymize_users: true
      rescue:
        - name: what is known afterwards
          ansible.builtin.debug: {msg: "{{ hostvars['localhost'] | dict2items }}"}
"""
)
# Users, hosts and pools that are named after them, and a site that names them too.
NAMES = ("quentin", "rosalind", "tabitha")


@pytest.fixture(scope="module")
def hidden(ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Enforcement]:
    """A run with pseudonyms, in which the first job of a site ends with a warning and the second one fails."""
    logs = {door: tmp_path_factory.mktemp("logs") / "ansible.log" for door in DOORS}
    with (
        farms(ansible, platform="ras", farm="empty", password=PASSWORD) as ras,
        farms(ansible, platform="cvad", farm="empty", password=PASSWORD, job_seconds=0) as farm,
    ):
        ras.create("session", **{**RAS_SESSIONS[0], "user": "quentin", "sessionHostName": "rds-quentin"})
        for number, name in enumerate(NAMES[1:], 1):
            machine = {"DnsName": f"ws-{name}", "DeliveryGroup": {"Name": f"Desk of {name}"}}
            farm.create("session", Id=f"c{number}", State="Active", User={"Name": f"EXAMPLE\\{name}"}, Machine=machine)
            farm.fault(
                operation="session.logoff",
                kind="job",
                outcome=("CompleteWithWarning", "Failed")[number - 1],
                error_string=f"{name} has unsaved work",
                skip=number - 1,
                times=1,
            )
        pair = farm.play(
            "",
            "-vvv",
            "--diff",
            playbook=HIDDEN,
            variables={"password": PASSWORD},
            own=_own(farm, ras, logs),
        )
        yield Enforcement(pair.runs, farm.servers, ras.servers, logs)


@pytest.mark.parametrize("door", DOORS)
def test_with_pseudonyms_nothing_tells_who_it_was(door: str, hidden: Enforcement) -> None:
    said = hidden.runs[door].output + hidden.logs[door].read_text(encoding="utf-8")
    assert "session_audit_enforced" in said
    assert [line for line in said.splitlines() if any(name in line.casefold() for name in NAMES)] == []


@pytest.mark.parametrize("door", DOORS)
def test_with_pseudonyms_counts_and_ids_are_told(door: str, hidden: Enforcement) -> None:
    known = hidden.runs[door]["what is known afterwards"]["msg"]
    (enforced,) = (pair["value"] for pair in known if pair["key"] == "session_audit_enforced")
    (site, farm) = enforced["results"]
    assert enforced["changed"] is True
    assert farm == {
        "source": "Head office",
        "item": [0, "absent"],
        "changed": True,
        "failed": False,
        "count": 1,
        "sessions": [{"id": "RDS/7/11"}],
        "failure": {},
    }
    assert (site["failed"], site["count"], len(site["sessions"])) == (True, 1, 1)
    assert site["failure"]["kind"] == "job_failed"


@pytest.mark.parametrize("door", DOORS)
def test_with_pseudonyms_a_failure_tells_its_source_and_its_kind(door: str, hidden: Enforcement) -> None:
    (failed,) = [task for task in hidden.runs[door] if task.failed]
    assert failed.message == "Not all was done: Sales (job_failed)"


def test_check_mode_asks_once(ansible: Ansible) -> None:
    with start(platform="cvad", farm="empty", password=PASSWORD, latency=LATENCY_MS) as site:
        site.create("session", **SESSIONS[0])
        run = ansible.run(
            HEAD
            + """
    - name: the role
      ansible.builtin.include_role: {name: deskops.vdi.session_audit}
      vars:
        session_audit_sources:
          - {platform: cvad, name: Sales, url: "{{ stand_in_url }}", username: administrator,
             password: "{{ password }}", validate_certs: false}
        session_audit_policies: {forbidden_users: ["dora"]}
        session_audit_enforce: {forbidden_users: absent}
        session_audit_max_affected: 1
""",
            "--check",
            servers={"server": site},
            variables={"password": PASSWORD, "stand_in_url": site.url},
        )
        assert run.status == 0, run.output
        assert _ended(run["End the sessions of CVAD sites"]) == {"absent": ["c1"]}


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Emulator]]:
    with (
        start(platform="ras", latency=LATENCY_MS) as ras,
        start(platform="cvad", latency=LATENCY_MS) as cvad,
        start(platform="fastx", latency=LATENCY_MS) as fastx,
    ):
        yield {"ras": ras, "cvad": cvad, "fastx": fastx}


def _environment(servers: Mapping[str, Emulator], folder: Path) -> dict[str, str]:
    variables = {
        f"{name.upper()}_{key.upper()}": str(server.ready[key])
        for name, server in servers.items()
        for key in ("url", "username", "password", "ca_path")
    }
    return {**variables, "RAS_NAME": "Head office", "PWD": str(folder)}


def test_playbook(ansible: Ansible, servers: dict[str, Emulator], tmp_path: Path) -> None:
    run = ansible.run("deskops.vdi.session_audit", "-v", servers=servers, environment=_environment(servers, tmp_path))
    assert run.status == 0, run.output
    audit = next(task for task in run if task.name.endswith("Audit the sessions of all sources"))
    # The demo farms of the three servers.
    assert [(one["name"], one["sessions"]) for one in audit["sources"]] == [
        ("Head office", 12),
        ("CVAD", 12),
        ("FastX", 9),
    ]
    assert {path.name for path in tmp_path.iterdir()} == {"sessions.html", "sessions.csv"}
    for line in ("Head office: page 1, 12 sessions", "CVAD: page 1, 12 sessions", "FastX: page 1, 9 sessions"):
        assert line in run.stdout
    shown = "\n".join(run["Show what was found"]["msg"])
    assert f"REPORT {tmp_path}/sessions.html" in shown
    for server in servers.values():
        assert server.state()["writes"] == {}


def test_playbook_in_check_mode_for_one_server(ansible: Ansible, servers: dict[str, Emulator], tmp_path: Path) -> None:
    one = {"fastx": servers["fastx"]}
    run = ansible.run("deskops.vdi.session_audit", "--check", environment=_environment(one, tmp_path))
    assert run.status == 0, run.output
    assert list(tmp_path.iterdir()) == []
    assert "not written in check mode" in "\n".join(run["Show what was found"]["msg"])


def test_playbook_without_a_server(ansible: Ansible, tmp_path: Path) -> None:
    run = ansible.run("deskops.vdi.session_audit", environment={"PWD": str(tmp_path)})
    assert run.status != 0
    assert "RAS_URL, CVAD_URL or FASTX_URL" in run["Name a source at least"].message
