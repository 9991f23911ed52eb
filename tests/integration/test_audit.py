# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""session_audit through both doors: three platforms at once, a dead and a slow source, policies, reports, secrets."""

from __future__ import annotations

import csv
import json
import socket
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from emulator.process import Emulator, start
from integration.support.doors import LATENCY_MS
from integration.support.runner import AS_MODULE, DOORS, IN_PROCESS, Ansible, Run, TaskResult, as_play

PASSWORDS = {
    "ras": 'Rüst @ 50% "open" \\ é{1}',
    "cvad": 'Citrön @ 60% "shut" \\ é{2}',
    "fastx": 'Fäst @ 70% "ajar" \\ é{3}',
    "dead": 'Töt @ 80% "gone" \\ é{4}',
}
KEY = "a key of sixteen characters at least"
FORMATS = ("csv", "html", "json", "ndjson")
LONG_AGO = "2025-01-31T08:00:00Z"
# The server's own way to say that there is none (assumed).
NEVER = "1970-01-01T00:00:00Z"
RAS_SESSIONS: tuple[dict[str, Any], ...] = (
    {"sessionID": 11, "source": 1, "serverID": 7, "sessionHostId": "7", "sessionHostName": "rds-07",
     "user": "EXAMPLE\\anna", "state": 5, "idleStartTime": LONG_AGO},
    {"sessionID": 12, "source": 1, "serverID": 7, "sessionHostId": "7", "sessionHostName": "rds-07",
     "user": "EXAMPLE\\ben", "state": 0, "idleStartTime": NEVER},
)  # fmt: skip
CVAD_SESSIONS: tuple[dict[str, Any], ...] = (
    {"Id": "c1", "State": "Active", "User": {"Name": "EXAMPLE\\anna"}, "Machine": {"DnsName": "sales-01"}},
    {"Id": "c2", "State": "Disconnected", "User": {"Name": "EXAMPLE\\svc-build"}, "Machine": {"DnsName": "sales-02"},
     "FormattedStateChangeTime": LONG_AGO},
)  # fmt: skip
FASTX_SESSIONS: tuple[dict[str, Any], ...] = (
    {"id": "f1", "login": "carla", "clients": 1, "hostname": "fx-01"},
    {"id": "f2", "login": "<script>alert(1)</script>", "clients": 0, "hostname": "fx-01",
     "lastDisconnect": 1738310400000},
)  # fmt: skip
POLICIES = {
    "idle_longer_than": "52w",
    "disconnected_longer_than": "2d",
    "sessions_per_user_above": 1,
    "forbidden_users": ["root", "svc-*"],
}
# policy, user, source and id of the session
FINDINGS = [
    ("disconnected_longer_than", "<script>alert(1)</script>", "Engineering", "f2"),
    ("disconnected_longer_than", "svc-build", "Sales", "c2"),
    ("forbidden_users", "svc-build", "Sales", "c2"),
    ("idle_longer_than", "anna", "Head office", "RDS/7/11"),
    ("sessions_per_user_above", "anna", None, None),
]

TASKS = """
- name: all
  deskops.vdi.session_audit: &all
    sources: "{{ healthy + sick }}"
    policies: "{{ policies }}"
    reports: "{{ reports }}"
    title: Sessions of all platforms
    return_sessions: true
- name: all in check mode
  deskops.vdi.session_audit:
    sources: "{{ healthy }}"
    reports: {csv: "{{ folder }}/check.csv"}
  check_mode: true
- name: failure after the reports
  deskops.vdi.session_audit:
    sources: "{{ [healthy[0], sick[0]] }}"
    reports: {ndjson: "{{ folder }}/partial.ndjson"}
    reports_mode: '0640'
    on_source_failure: fail
- name: pseudonyms
  deskops.vdi.session_audit:
    sources: "{{ healthy }}"
    policies: "{{ policies }}"
    reports: {json: "{{ folder }}/pseudonyms.json"}
    pseudonymize_users: true
    pseudonym_key: "{{ key }}"
- name: filters
  deskops.vdi.session_audit:
    sources:
      - "{{ healthy[0] | combine({'filters': {'state': 'Active'}}) }}"
      - "{{ healthy[1] | combine({'filters': {'user': 'anna'}}) }}"
      - "{{ healthy[2] | combine({'filters': {'all_users': true, 'filters': {'login': 'carla'}}}) }}"
    return_sessions: true
- name: nothing of the environment
  deskops.vdi.session_audit:
    sources: "{{ [healthy[0] | combine({'password': ''})] }}"
- name: option of another platform
  deskops.vdi.session_audit:
    sources: "{{ [healthy[0] | combine({'list_path': '/list'})] }}"
- name: filter of another platform
  deskops.vdi.session_audit:
    sources: "{{ [healthy[0] | combine({'filters': {'all_users': true}})] }}"
- name: two of one name
  deskops.vdi.session_audit:
    sources: "{{ [healthy[0], healthy[0]] }}"
- name: token and password
  deskops.vdi.session_audit:
    sources: "{{ [healthy[0] | combine({'auth_token': 'abcdef0123456789'})] }}"
"""
REFUSED = {
    "option of another platform": ("sources[0] (Head office)", "list_path", "ras"),
    "filter of another platform": ("sources[0] (Head office)", "filters", "all_users"),
    "two of one name": ("sources", "same name"),
    "token and password": ("sources[0] (Head office)", "mutually exclusive"),
}


@dataclass(frozen=True)
class Audit:
    """The runs through both doors against the same servers, and where each wrote."""

    runs: Mapping[str, Run]
    folders: Mapping[str, Path]
    logs: Mapping[str, str]
    servers: Mapping[str, Emulator]
    tokens: set[str]


def _source(name: str, server: Emulator, **more: Any) -> dict[str, Any]:
    platform = str(server.ready["platform"])
    return {
        "platform": platform,
        "name": name,
        "url": server.url,
        "username": server.username,
        "password": server.password,
        "ca_path": server.ca_path,
        **more,
    }


def _tokens(servers: Mapping[str, Emulator]) -> set[str]:
    """Every token that a server was sent."""
    found = {one["headers"].get("auth_token", "") for one in servers["ras"].requests()}
    found |= {one["headers"].get("authorization", "").rpartition("bearer=")[2] for one in servers["cvad"].requests()}
    found |= {one["path"].rpartition("/")[2] for one in servers["fastx"].requests("session.list_all")}
    return found - {""}


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Emulator]]:
    with ExitStack() as stack:
        made = {
            name: stack.enter_context(
                start(platform=name, farm="empty", latency=LATENCY_MS, password=PASSWORDS[name], **options)
            )
            for name, options in (("ras", {}), ("cvad", {"page_size": 1}), ("fastx", {}))
        }
        for name, sessions in (("ras", RAS_SESSIONS), ("cvad", CVAD_SESSIONS), ("fastx", FASTX_SESSIONS)):
            for session in sessions:
                made[name].create("session", **session)
        yield made


@pytest.fixture(scope="module")
def audit(ansible: Ansible, servers: dict[str, Emulator], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audit]:
    healthy = [
        _source("Head office", servers["ras"]),
        _source("Sales", servers["cvad"]),
        _source("Engineering", servers["fastx"], filters={"all_users": True}),
    ]
    # A port that is taken and at which nobody listens refuses every connection.
    with start(platform="fastx", latency=60_000) as slow, socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        sick = [
            _source("Dead", servers["ras"], password=PASSWORDS["dead"], retries=0)
            | {"url": f"https://127.0.0.1:{nobody.getsockname()[1]}"},
            _source("Slow", slow, timeout=1, retries=0),
        ]
        folders = {door: tmp_path_factory.mktemp("reports") for door in DOORS}
        logs = {door: tmp_path_factory.mktemp("logs") / "ansible.log" for door in DOORS}
        started = {
            door: ansible.start(
                as_play(TASKS),
                "-vvvv",
                variables={
                    **DOORS[door],
                    "healthy": healthy,
                    "sick": sick,
                    "policies": POLICIES,
                    "folder": str(folders[door]),
                    "reports": {name: str(folders[door] / f"all.{name}") for name in FORMATS},
                    "key": KEY,
                },
                environment={**_misleading(), "ANSIBLE_LOG_PATH": str(logs[door])},
            )
            for door in DOORS
        }
        runs = {door: run.finish() for door, run in started.items()}
        said = {door: path.read_text(encoding="utf-8") for door, path in logs.items()}
        yield Audit(runs, folders, said, servers, _tokens(servers))


def _misleading() -> dict[str, str]:
    """Variables that the other modules would take their connection from."""
    return {
        f"{name}_{option}": value
        for name in ("RAS", "CVAD", "FASTX")
        for option, value in (
            ("URL", "https://127.0.0.1:1"),
            ("USERNAME", "nobody"),
            ("PASSWORD", "of-the-environment"),
            ("AUTH_TOKEN", "token-of-the-environment"),
            ("RETRIES", "0"),
        )
    }


def found(task: TaskResult) -> list[tuple[str, str, str | None, str | None]]:
    return sorted(
        (
            finding["policy"],
            finding["user"],
            *((finding["session"]["farm"], finding["session"]["id"]) if finding["session"] else (None, None)),
        )
        for finding in task["findings"]
    )


def _comparable(task: TaskResult) -> dict[str, Any]:
    """The result without times, and with the sessions in an order: sources answer as they can."""
    result = {key: value for key, value in task.result.items() if key not in ("generated", "invocation")}
    for finding in result.get("findings", []):
        if finding["policy"] in ("idle_longer_than", "disconnected_longer_than"):
            del finding["measured"]
    for name in ("findings", "sessions"):
        rows = [{key: value for key, value in row.items() if key != "idle_seconds"} for row in result.get(name, [])]
        result[name] = sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))
    return result


@pytest.mark.parametrize("name", ["all", "failure after the reports", "pseudonyms", "filters", *REFUSED])
def test_both_doors_agree(name: str, audit: Audit) -> None:
    in_process, as_module = (
        json.loads(json.dumps(_comparable(audit.runs[door][name])).replace(str(audit.folders[door]), "FOLDER"))
        for door in (IN_PROCESS, AS_MODULE)
    )
    assert sorted(in_process) == sorted(as_module)
    for key, value in in_process.items():
        assert value == as_module[key], key


@pytest.mark.parametrize("door", DOORS)
def test_a_dead_and_a_slow_source_cost_only_themselves(door: str, audit: Audit) -> None:
    task = audit.runs[door]["all"]
    assert not task.failed, task.message
    assert [(one["name"], one["platform"], one["failed"], one["sessions"]) for one in task["sources"]] == [
        ("Head office", "ras", False, 2),
        ("Sales", "cvad", False, 2),
        ("Engineering", "fastx", False, 2),
        ("Dead", "ras", True, 0),
        ("Slow", "fastx", True, 0),
    ]
    assert [one["failure"] and one["failure"]["kind"] for one in task["sources"]] == [
        None,
        None,
        None,
        "unreachable",
        "time_limit",
    ]
    warned = json.dumps(task["warnings"])
    assert "Dead" in warned
    assert "Slow" in warned
    assert (task["summary"]["sessions"], task["summary"]["users"]) == (6, 5)
    assert task["summary"]["by_platform"] == {"cvad": 2, "fastx": 2, "ras": 2}
    assert sorted(session["id"] for session in task["sessions"]) == ["RDS/7/11", "RDS/7/12", "c1", "c2", "f1", "f2"]


@pytest.mark.parametrize("door", DOORS)
def test_policies(door: str, audit: Audit) -> None:
    task = audit.runs[door]["all"]
    assert found(task) == FINDINGS
    (many,) = [finding for finding in task["findings"] if finding["policy"] == "sessions_per_user_above"]
    assert (many["measured"], many["limit"], many["farms"]) == (2, 1, {"Head office": 1, "Sales": 1})
    (forbidden,) = [finding for finding in task["findings"] if finding["policy"] == "forbidden_users"]
    assert (forbidden["measured"], forbidden["limit"]) == ("EXAMPLE\\svc-build", "svc-*")
    # Only the session of RAS that is idle tells since when.
    assert task["summary"]["not_judged"]["idle_longer_than"] == 5


@pytest.mark.parametrize("door", DOORS)
def test_reports(door: str, audit: Audit) -> None:
    folder = audit.folders[door]
    task = audit.runs[door]["all"]
    assert task.changed
    assert task["reports"] == {name: str(folder / f"all.{name}") for name in FORMATS}
    for name in FORMATS:
        assert stat.S_IMODE((folder / f"all.{name}").stat().st_mode) == 0o600
    ids = ["RDS/7/11", "RDS/7/12", "c1", "c2", "f1", "f2"]
    with (folder / "all.csv").open(encoding="utf-8-sig", newline="") as table:
        assert sorted(row["id"] for row in csv.DictReader(table)) == ids
    lines = (folder / "all.ndjson").read_text(encoding="utf-8").splitlines()
    assert sorted(json.loads(line)["id"] for line in lines) == ids
    whole = json.loads((folder / "all.json").read_text(encoding="utf-8"))
    assert sorted(session["id"] for session in whole["sessions"]) == ids
    assert [source["failed"] for source in whole["sources"]] == [False, False, False, True, True]
    page = (folder / "all.html").read_text(encoding="utf-8")
    assert "Sessions of all platforms" in page
    assert "Dead" in page
    # A user's name is a text, whatever it looks like.
    assert "<script>alert(1)</script>" not in page
    assert not list(folder.glob(".session_audit-*"))


@pytest.mark.parametrize("door", DOORS)
def test_check_mode_asks_and_writes_nothing(door: str, audit: Audit) -> None:
    task = audit.runs[door]["all in check mode"]
    assert task.changed
    assert task["reports"] == {"csv": str(audit.folders[door] / "check.csv")}
    assert task["summary"]["sessions"] == 6
    assert not (audit.folders[door] / "check.csv").exists()


@pytest.mark.parametrize("door", DOORS)
def test_failing_sources_can_fail_the_task_after_the_reports(door: str, audit: Audit) -> None:
    task = audit.runs[door]["failure after the reports"]
    assert task.failed
    assert "1 of 2 sources failed" in task.message
    assert "Dead" in task.message
    report = audit.folders[door] / "partial.ndjson"
    assert len(report.read_text(encoding="utf-8").splitlines()) == 2
    assert stat.S_IMODE(report.stat().st_mode) == 0o640
    assert [source["failed"] for source in task["sources"]] == [False, True]


@pytest.mark.parametrize("door", DOORS)
def test_pseudonyms(door: str, audit: Audit) -> None:
    task = audit.runs[door]["pseudonyms"]
    report = (audit.folders[door] / "pseudonyms.json").read_text(encoding="utf-8")
    said = report + json.dumps({name: task[name] for name in ("findings", "summary", "sources")})
    for name in ("anna", "svc-build", "carla", "alert(1)"):
        assert name not in said
    # Judged by the real names.
    assert sorted((policy, number or "") for policy, _user, _farm, number in found(task)) == sorted(
        (policy, number or "") for policy, _user, _farm, number in FINDINGS
    )


def test_pseudonyms_of_one_key_are_the_same(audit: Audit) -> None:
    first, second = (
        sorted(json.loads((audit.folders[door] / "pseudonyms.json").read_text("utf-8"))["sessions"], key=_by_id)
        for door in DOORS
    )
    assert [session["user"] for session in first] == [session["user"] for session in second]


def _by_id(session: dict[str, Any]) -> str:
    return str(session["id"])


def test_filters_of_each_platform(audit: Audit) -> None:
    task = audit.runs[IN_PROCESS]["filters"]
    assert sorted(session["id"] for session in task["sessions"]) == ["RDS/7/12", "c1", "f1"]


@pytest.mark.parametrize("door", DOORS)
def test_nothing_comes_from_the_environment(door: str, audit: Audit) -> None:
    task = audit.runs[door]["nothing of the environment"]
    (source,) = task["sources"]
    assert source["failed"]
    assert source["failure"]["kind"] == "bad_input"
    for server in audit.servers.values():
        sent = json.dumps(server.requests())
        assert "of-the-environment" not in sent
        assert "nobody" not in sent
        assert server.state()["foreign_tokens"] == 0


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", REFUSED)
def test_slips_in_sources(name: str, door: str, audit: Audit) -> None:
    task = audit.runs[door][name]
    assert task.kind == "bad_input"
    for words in REFUSED[name]:
        assert words in task.message


@pytest.mark.parametrize("door", DOORS)
def test_no_secret_of_any_source_is_said(door: str, audit: Audit) -> None:
    said = audit.runs[door].output + audit.logs[door]
    assert "Head office" in said
    said += "".join(path.read_text(encoding="utf-8") for path in audit.folders[door].iterdir())
    assert len(audit.tokens) > 10
    for secret in {*PASSWORDS.values(), *audit.tokens, KEY}:
        for form in (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1]):
            assert form not in said


def test_every_session_of_an_administrator_is_closed(audit: Audit) -> None:
    assert audit.servers["ras"].state()["admin_sessions"] == 0


def test_progress_shows_at_v(audit: Audit) -> None:
    output = audit.runs[IN_PROCESS].stdout
    for line in ("Head office: page 1, 2 sessions", "Sales: page 1, 1 sessions", "Sales: page 2, 2 sessions"):
        assert line in output
