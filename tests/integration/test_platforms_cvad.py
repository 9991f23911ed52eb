# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules of Citrix CVAD through both doors: sign-in, sites, sessions by pages, their ends, messages."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from emulator.process import Emulator
from integration.support.doors import Farms, Pair, farms
from integration.support.runner import DOORS, Ansible

PASSWORD = 'Zür @ 50% "open" \\ é{1}'
USERNAME = "EXAMPLE\\administrator"
# What the server makes up for each job and for each answer.
MADE_UP = re.compile(r"(?<=/Jobs/)[0-9a-f-]{36}|(?<=Citrix-TransactionId )[0-9a-f-]{36}", re.IGNORECASE)


def session_id(number: int) -> str:
    return f"41ba32e9-d12b-485c-afd2-{number:012d}"


def _user(name: str) -> dict[str, str]:
    return {"Name": f"EXAMPLE\\{name}", "PrincipalName": f"{name}@example.test"}


def _machine(name: str, group: str) -> dict[str, Any]:
    return {
        "Name": f"EXAMPLE\\{name}",
        "DnsName": f"{name.lower()}.example.test",
        "DeliveryGroup": {"Name": group},
        "MachineCatalog": {"Name": f"{group}-Catalog"},
    }


def _application(*names: str) -> dict[str, Any]:
    return {"ApplicationsInUse": [{"Id": None, "Uid": None, "Name": name} for name in names]}


# number -> what a test says of the session; the server fills in the rest.
SESSIONS: Mapping[int, dict[str, Any]] = {
    1: {"State": "Active", "User": _user("anna"), "Machine": _machine("Sales-01", "Sales"), **_application("Ledger"),
        "SessionType": "Application", "FormattedStartTime": "2026-01-31T08:00:00Z", "Connection": {"Protocol": "Hdx"}},
    2: {"State": "Disconnected", "User": _user("ben"), "Machine": _machine("Sales-02", "Sales"), **_application(),
        "SessionType": "Desktop", "FormattedStartTime": "2026-01-31T09:00:00Z", "Connection": {"Protocol": "Rdp"}},
    3: {"State": "Active", "User": _user("carla"), "Machine": _machine("Office-01", "Office"), **_application("Mail"),
        "SessionType": "Application", "FormattedStartTime": "2026-01-31T10:00:00Z", "Connection": {"Protocol": "Hdx"}},
    4: {"State": "Disconnected", "User": _user("anna"), "Machine": _machine("Office-01", "Office"), **_application(),
        "SessionType": "Desktop", "FormattedStartTime": "2026-01-31T11:00:00Z", "Connection": {"Protocol": "Hdx"}},
    5: {"State": "Connected", "User": _user("dora"), "Machine": _machine("Office-02", "Office"), **_application(),
        "SessionType": "Desktop", "FormattedStartTime": "2026-01-31T12:00:00Z", "Connection": {"Protocol": "Hdx"}},
}  # fmt: skip

# name -> (options, numbers of the sessions that pass)
FILTERS: Mapping[str, tuple[str, list[int]]] = {
    "user": ("user: anna", [1, 4]),
    "machine and group": ("machine: Office-01, delivery_group: office", [3, 4]),
    "catalog and state": ("catalog: Office-Catalog, state: disconnected", [4]),
    "application": ("application: Mail", [3]),
    "start": ("started_after: '2026-01-31T08:30:00+00:00', started_before: '2026-01-31T12:00:00+01:00'", [2, 3]),
}

READING = """
- name: sign in
  deskops.vdi.cvad_auth:
  register: signed_in
- name: sign in in check mode
  deskops.vdi.cvad_auth:
  check_mode: true
- name: the token is there
  ansible.builtin.assert:
    that:
      - signed_in.auth_token | length > 20
      - signed_in.customer_id == "CitrixOnPremises"
      - signed_in.expires_at is match("\\\\d{4}-")
    quiet: true
- name: sites
  deskops.vdi.cvad_site_info:
- name: site that is none
  deskops.vdi.cvad_site_info: {name: nowhere}
- name: with the token
  module_defaults:
    group/deskops.vdi.cvad: {auth_token: "{{ signed_in.auth_token }}", site: "{{ signed_in.site_id }}"}
  block:
    - name: all
      deskops.vdi.cvad_session_info: {fields: [id, state]}
    - name: all in check mode
      deskops.vdi.cvad_session_info: {fields: [id, state]}
      check_mode: true
    - name: alias
      deskops.vdi.cvad_sessions: {fields: [id, state]}
    - name: whole
      deskops.vdi.cvad_session_info: {user: 'EXAMPLE\\ben'}
    - name: counts alone
      deskops.vdi.cvad_session_info: {return_sessions: false}
    - name: first three
      deskops.vdi.cvad_session_info: {fields: [id], max_sessions: 3}
    - name: own words
      deskops.vdi.cvad_session_info:
        fields: [id]
        search: {SearchFilters: [{Property: MachineName, Operator: ContainsLike, Value: Sales}]}
    - name: field that is none
      deskops.vdi.cvad_session_info: {fields: [shoe_size]}
    - name: state that is none
      deskops.vdi.cvad_session_info: {state: Sleeping}
- name: site that the account does not have
  deskops.vdi.cvad_session_info: {site: nowhere}
- name: wrong password
  deskops.vdi.cvad_session_info: {password: not-this-one}
""" + "".join(
    f"- name: by {name}\n  deskops.vdi.cvad_session_info: {{{options}, fields: [id]}}\n"
    for name, (options, _numbers) in FILTERS.items()
)


def environment(server: Emulator) -> dict[str, str]:
    return {
        "CVAD_URL": server.url,
        "CVAD_USERNAME": server.username,
        "CVAD_PASSWORD": server.password,
        "CVAD_CA_PATH": str(server.ca_path),
    }


def play(farm: Farms, tasks: str, *arguments: str, log: Mapping[str, Path] | None = None) -> Pair:
    """Through both doors; what the servers make up for themselves counts as equal."""
    own = {
        door: {**environment(server), **({"ANSIBLE_LOG_PATH": str(log[door])} if log else {})}
        for door, server in farm.servers.items()
    }
    pair = farm.play(tasks, *arguments, own=own)
    return dataclasses.replace(
        pair, tasks={door: json.loads(MADE_UP.sub("ID", json.dumps(tasks))) for door, tasks in pair.tasks.items()}
    )


def fill(farm: Farms, *numbers: int) -> Farms:
    for number in numbers or SESSIONS:
        farm.create("session", Id=session_id(number), **SESSIONS[number])
    return farm


def numbers(sessions: list[dict[str, Any]]) -> list[int]:
    return [int(session["id"].rpartition("-")[2]) for session in sessions]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {door: tmp_path_factory.mktemp("logs") / "ansible.log" for door in DOORS}


@pytest.fixture(scope="module")
def reading(ansible: Ansible, logs: dict[str, Path]) -> Iterator[Pair]:
    with farms(ansible, platform="cvad", farm="empty", page_size=2, username=USERNAME, password=PASSWORD) as farm:
        yield play(fill(farm), READING, "-vvvv", log=logs)


def test_both_doors_agree(reading: Pair) -> None:
    reading.assert_alike()
    for server in reading.servers.values():
        state = server.state()
        assert (state["writes"], state["foreign_tokens"]) == ({}, 0)


def test_the_token_is_registered_and_never_printed(reading: Pair, logs: dict[str, Path]) -> None:
    for door, server in reading.servers.items():
        run = reading.through(door)
        assert run["the token is there"].outcome == "ok", run.output
        bearers = {one["headers"].get("authorization", "") for one in server.requests()}
        secrets = {bearer.partition("bearer=")[2] for bearer in bearers if "bearer=" in bearer}
        assert len(secrets) >= 2
        secrets |= {base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()}
        secrets |= {PASSWORD, quote(PASSWORD, safe=""), json.dumps(PASSWORD)[1:-1], repr(PASSWORD)[1:-1]}
        said = run.output + logs[door].read_text(encoding="utf-8")
        assert "cvad_session_info" in said
        assert [secret for secret in secrets if secret in said] == []


def test_signing_in_is_no_change_and_works_in_check_mode(reading: Pair) -> None:
    for name in ("sign in", "sign in in check mode"):
        task = reading[name]
        assert not task.failed
        assert task.traffic.operations == ["token.create", "me.get"]


def test_sites(reading: Pair) -> None:
    (site,) = reading["sites"]["sites"]
    assert (site["name"], site["customer_id"]) == ("Main", "CitrixOnPremises")
    assert reading["site that is none"]["sites"] == []


@pytest.mark.parametrize("name", ["all", "all in check mode", "alias"])
def test_every_page_is_read(name: str, reading: Pair) -> None:
    task = reading[name]
    assert [
        (number, one["state"]) for number, one in zip(numbers(task["sessions"]), task["sessions"], strict=True)
    ] == [(number, one["State"]) for number, one in SESSIONS.items()]
    assert task["count"] == 5
    requests = task.traffic.of("session.list")
    # Five sessions in pages of two, each asked for with the token of the one before; nobody signs in.
    assert len(requests) == 3
    assert ["continuationToken" in one["query"] for one in requests] == [False, True, True]
    assert task.traffic.operations == ["session.list"] * 3


def test_summary(reading: Pair) -> None:
    task = reading["counts alone"]
    assert (task["count"], task["summary"]) == (
        5,
        {
            "by_state": {"Active": 2, "Connected": 1, "Disconnected": 2},
            "by_host": {
                "office-01.example.test": 2,
                "office-02.example.test": 1,
                "sales-01.example.test": 1,
                "sales-02.example.test": 1,
            },
            "by_delivery_group": {"Office": 3, "Sales": 2},
            "by_protocol": {"Hdx": 4, "Rdp": 1},
        },
    )
    assert "sessions" not in task.result


@pytest.mark.parametrize("name", FILTERS)
def test_filters(name: str, reading: Pair) -> None:
    assert numbers(reading[f"by {name}"]["sessions"]) == FILTERS[name][1]


def test_search_in_the_apis_words_and_whole_sessions(reading: Pair) -> None:
    assert numbers(reading["own words"]["sessions"]) == [1, 2]
    (whole,) = reading["whole"]["sessions"]
    assert (whole["session_type"], whole["user"]["principal_name"]) == ("Desktop", "ben@example.test")


def test_stopping_early_is_a_warning(reading: Pair) -> None:
    task = reading["first three"]
    assert numbers(task["sessions"]) == [1, 2, 3]
    assert "max_sessions" in json.dumps(task["warnings"])


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("field that is none", "bad_input", "shoe_size"),
        ("state that is none", "bad_input", "Unknown, Connected, Active, Disconnected"),
        ("site that the account does not have", "bad_input", "Main"),
        ("wrong password", "authentication", "password"),
    ],
)
def test_errors(name: str, kind: str, words: str, reading: Pair) -> None:
    task = reading[name]
    assert task.failed
    assert task.kind == kind
    assert words in task.message


ENDING = f"""
- name: disconnect in check mode
  deskops.vdi.cvad_session: &disconnect {{id: "{session_id(1)}", state: disconnected}}
  check_mode: true
  diff: true
- name: disconnect
  deskops.vdi.cvad_session: *disconnect
  diff: true
- name: disconnect again
  deskops.vdi.cvad_session: *disconnect
  diff: true
- name: too many
  deskops.vdi.cvad_session: {{delivery_group: Office, state: absent, max_affected: 2}}
- name: filter without a limit
  deskops.vdi.cvad_session: {{delivery_group: Office, state: absent}}
- name: log off in check mode
  deskops.vdi.cvad_session: &logoff {{delivery_group: Office, state: absent, max_affected: 3}}
  check_mode: true
  diff: true
- name: log off
  deskops.vdi.cvad_session: *logoff
  diff: true
- name: log off again
  deskops.vdi.cvad_session: *logoff
  diff: true
- name: one that is gone
  deskops.vdi.cvad_session: {{id: "{session_id(5)}", state: absent}}
- name: "before: the answer gets lost"
  stand_in: {{fault: {{operation: session.logoff, kind: drop_after, times: 1}}}}
- name: log off with a lost answer
  deskops.vdi.cvad_session: {{id: "{session_id(2)}", state: absent}}
- name: left
  deskops.vdi.cvad_session_info: {{fields: [id]}}
"""


def test_disconnect(acting: Pair) -> None:
    for name, writes in (("disconnect in check mode", 0), ("disconnect", 1)):
        task = acting[name]
        assert task.changed
        assert numbers(task["sessions"]) == [1]
        assert len(task.traffic.of("session.disconnect")) == writes
        (before,), (after,) = task["diff"]["before"]["sessions"], task["diff"]["after"]["sessions"]
        assert (before["state"], after["state"]) == ("Active", "Disconnected")
        assert (before["user"], before["host"]) == ("EXAMPLE\\anna", "sales-01.example.test")
    again = acting["disconnect again"]
    assert not again.changed
    assert again.traffic.of("session.disconnect") == []
    assert again["diff"]["before"] == again["diff"]["after"]


def test_nothing_is_done_above_the_limit(acting: Pair) -> None:
    task = acting["too many"]
    assert task.kind == "bad_input"
    assert "3 sessions" in task.message
    assert "max_affected" in task.message
    assert task.traffic.of("session.logoff") == []
    without = acting["filter without a limit"]
    assert without.failed
    assert "max_affected" in without.message
    assert without.traffic.requests == []


def test_log_off(acting: Pair) -> None:
    planned, done, again = (acting[name] for name in ("log off in check mode", "log off", "log off again"))
    assert numbers(planned["sessions"]) == numbers(done["sessions"]) == [3, 4, 5]
    assert (planned.changed, done.changed, again.changed) == (True, True, False)
    assert planned["diff"] == done["diff"]
    assert done["diff"]["after"]["sessions"] == []
    assert planned.traffic.of("session.logoff") == again.traffic.of("session.logoff") == []
    assert [one["path"].rpartition("/")[0][-1] for one in done.traffic.of("session.logoff")] == ["3", "4", "5"]
    assert not acting["one that is gone"].changed
    assert numbers(acting["left"]["sessions"]) == [1]


def test_a_lost_answer_is_settled_by_reading(acting: Pair) -> None:
    task = acting["log off with a lost answer"]
    assert not task.failed, task.message
    assert task.changed
    assert len(task.traffic.of("session.logoff")) == 1


MESSAGES = f"""
- name: message in check mode
  deskops.vdi.cvad_session_message: &message
    delivery_group: Sales
    max_affected: 2
    title: Maintenance
    text: Please save your work.
    style: Exclamation
  check_mode: true
- name: message
  deskops.vdi.cvad_session_message: *message
- name: message again
  deskops.vdi.cvad_session_message: *message
- name: too many messages
  deskops.vdi.cvad_session_message: {{delivery_group: Sales, max_affected: 1, text: x}}
- name: "before: the answer gets lost"
  stand_in: {{fault: {{operation: session.send_message, kind: drop_after, times: 1}}}}
- name: answer that gets lost
  deskops.vdi.cvad_session_message: {{id: ["{session_id(1)}", "{session_id(2)}"], text: x}}
- name: "before: the server is busy"
  stand_in: {{fault: {{operation: session.send_message, kind: status, status: 503, times: 1}}}}
- name: busy server
  deskops.vdi.cvad_session_message: {{id: "{session_id(1)}", text: x}}
- name: "before: the server is busy and says for how long"
  stand_in: {{fault: {{operation: session.send_message, kind: status, status: 503, retry_after: 1, times: 1}}}}
- name: busy server that says for how long
  deskops.vdi.cvad_session_message: {{id: "{session_id(1)}", text: x}}
- name: message to one that is gone
  deskops.vdi.cvad_session_message: {{id: "{session_id(9)}", text: x}}
"""


@pytest.fixture(scope="module")
def acting(ansible: Ansible) -> Iterator[Pair]:
    with farms(ansible, platform="cvad", farm="empty", page_size=2, job_seconds=0) as farm:
        yield play(fill(farm), MESSAGES + ENDING)


def _sent(pair: Pair, name: str) -> int:
    """Messages that the server has shown so far."""
    return int(pair[name].traffic.state["messages"])


def test_both_doors_act_alike(acting: Pair) -> None:
    acting.assert_alike()


def test_no_message_in_check_mode_and_one_each_time_otherwise(acting: Pair) -> None:
    names = ("message in check mode", "message", "message again", "too many messages")
    assert [_sent(acting, name) for name in names] == [0, 2, 4, 4]
    assert [acting[name].changed for name in names[:3]] == [True, True, True]
    assert numbers(acting["message in check mode"]["sessions"]) == numbers(acting["message"]["sessions"]) == [1, 2]
    assert [one["body"] for one in acting["message"].traffic.of("session.send_message")] == [
        {"Style": "Exclamation", "Title": "Maintenance", "Text": "Please save your work."}
    ] * 2
    assert acting["too many messages"].kind == "bad_input"


def test_a_message_is_never_sent_twice(acting: Pair) -> None:
    before = _sent(acting, "too many messages")
    lost = acting["answer that gets lost"]
    # It was shown, nobody knows, and neither it nor the next one is tried again.
    assert lost.failed
    assert _sent(acting, lost.name) == before + 1
    assert len(lost.traffic.of("session.send_message")) == 1
    assert "0 of 2" in lost.message
    busy = acting["busy server"]
    assert busy.kind == "server_fault"
    assert _sent(acting, busy.name) == before + 1
    patient = acting["busy server that says for how long"]
    assert not patient.failed
    assert _sent(acting, patient.name) == before + 2
    assert len(patient.traffic.of("session.send_message")) == 2


def test_sessions_that_are_gone_get_no_message(acting: Pair) -> None:
    task = acting["message to one that is gone"]
    assert (task.failed, task.changed, task["sessions"]) == (False, False, [])
