# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret, in whatever form, reaches the output or the log of a run, however talkative it is and however it ends."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from emulator.process import Emulator
from integration.support.doors import farms
from integration.support.runner import DOORS, Ansible, Run

# Characters that URLs, JSON, YAML, templates and shells treat in their own ways.
PASSWORD = 'Tür @ 50% "open" \\ é{1}'
AGENT_PASSWORD = 'agént@%20 "push\\inst\'all" $HOME'
BODY_SECRET = 'bödy "secret" \\ 100% @home'
NUMBER = 7306814259
LISTED = "listed-secret-5381"
DEEP = "deep-secret-9264"

TASKS = """
- name: log on
  deskops.vdi.ras_auth:
  register: logon
- name: read with the token
  deskops.vdi.ras_gateway_info: {auth_token: "{{ logon.auth_token }}"}
- name: read with the token in a loop
  deskops.vdi.ras_site_info: {auth_token: "{{ logon.auth_token }}", id: "{{ item }}"}
  loop: [1, 2]
- name: create with an agent's password
  deskops.vdi.ras_gateway: &create
    server: new-01.example.test
    agent_username: EXAMPLE\\installer
    agent_password: "{{ agent_password }}"
    description: Main line
- name: create again
  deskops.vdi.ras_gateway: *create
- name: "before: the server repeats the address in its refusal"
  stand_in: {fault: {operation: rds.create, kind: status, status: 400, detail: "{{ echo }}", times: 1}}
  no_log: true
- name: create that is refused
  deskops.vdi.ras_rds_server:
    server: new-02.example.test
    agent_username: EXAMPLE\\installer
    agent_password: "{{ agent_password }}"
- name: "before: the answer gets lost"
  stand_in: {fault: {operation: rds.create, kind: drop_before, times: 1}}
- name: create that gets lost
  deskops.vdi.ras_rds_server:
    server: new-03.example.test
    agent_username: EXAMPLE\\installer
    agent_password: "{{ agent_password }}"
    retries: 0
- name: request with a secret in query and body
  deskops.vdi.api_request:
    method: POST
    path: /api/Gateway
    query: {username: someone, password: "{{ body_secret }}"}
    body: {server: new-04.example.test, adminPassword: "{{ body_secret }}"}
- name: secret among the raw fields
  deskops.vdi.ras_gateway: {server: gw-01.example.test, settings: {sharedSecret: "{{ body_secret }}"}}
- name: secret among the raw fields in check mode
  deskops.vdi.ras_gateway: {server: gw-01.example.test, settings: {sharedSecret: "{{ body_secret }}"}}
  check_mode: true
- name: "before: the server repeats the settings in its refusal"
  stand_in: {fault: &refusal {operation: gateway.update, kind: status, status: 400, detail: "{{ odd_echo }}", times: 1}}
  no_log: true
- name: secrets among the raw fields that are no texts
  deskops.vdi.ras_gateway: {server: gw-01.example.test, settings: "{{ odd_secrets }}"}
- name: "before: the server repeats the body in its refusal"
  stand_in: {fault: *refusal}
  no_log: true
- name: request with secrets that are no texts
  deskops.vdi.api_request: {method: PUT, path: /api/Gateway/1, body: "{{ odd_secrets }}"}
- name: request with secrets that are no texts and an unknown option
  deskops.vdi.api_request: {method: PUT, path: /api/Gateway/1, body: "{{ odd_secrets }}", unknown: 1}
- name: wrong password
  deskops.vdi.ras_site_info: {password: "{{ agent_password }}"}
- name: wrong password at ras_auth
  deskops.vdi.ras_auth: {password: "{{ agent_password }}"}
- name: wrong token
  deskops.vdi.ras_site_info: {auth_token: "{{ agent_password | b64encode }}"}
- name: unknown option
  deskops.vdi.ras_gateway: {server: gw-01.example.test, passwort: "nothing", agent_password: "{{ agent_password }}"}
- name: "before: the logon is refused and repeated word by word"
  stand_in:
    fault: {operation: session.logon, kind: status, status: 400, body: code_msg, detail: "{{ own_echo }}", times: 1}
  no_log: true
- name: logon that is refused
  deskops.vdi.ras_site_info:
- name: log off
  deskops.vdi.ras_auth: {state: absent, auth_token: "{{ logon.auth_token }}"}
"""


@dataclass(frozen=True)
class Output:
    """All that a run said, and the secrets that it knew."""

    run: Run
    log: str
    secrets: dict[str, str]

    def places(self) -> dict[str, str]:
        return {"stdout": self.run.stdout, "stderr": self.run.stderr, "log": self.log}


def _base64_forms(secret: str) -> set[str]:
    """What stands in any base64 text that has the secret somewhere within: by the three ways in which it may lie."""
    plain = secret.encode()
    forms = set()
    for before in range(3):
        text = base64.b64encode(b"\0" * before + plain).decode().rstrip("=")
        # The first and the last group depend on the neighbours.
        forms.add(text[4 if before else 0 : len(text) // 4 * 4 - 4 if len(text) % 4 else len(text)])
    return forms


def _forms(secret: str) -> set[str]:
    return {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret))[3:-3],
        repr(secret)[1:-1],
        *_base64_forms(secret),
    }


@pytest.fixture(scope="module")
def outputs(ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Output]]:
    logs = {door: tmp_path_factory.mktemp("logs") / "ansible.log" for door in DOORS}
    # A refusal that repeats what the task sent.
    variables = {
        "agent_password": AGENT_PASSWORD,
        "body_secret": BODY_SECRET,
        "echo": f"cannot use {AGENT_PASSWORD} or {quote(AGENT_PASSWORD)} with {PASSWORD}",
        "odd_secrets": {"pinSecret": NUMBER, "secrets": [LISTED], "credential": {"v": DEEP}},
        "odd_echo": f"cannot use {NUMBER} or {LISTED} with {DEEP}",
        "own_echo": f"cannot use {PASSWORD} or {json.dumps(PASSWORD)}",
    }
    with farms(ansible, password=PASSWORD) as farm:
        pair = farm.play(
            TASKS,
            "-vvvv",
            "--diff",
            variables=variables,
            environment={"RAS_API_FAMILY": "current"},
            own={door: {"ANSIBLE_LOG_PATH": str(log)} for door, log in logs.items()},
        )
        yield {
            door: Output(pair.through(door), logs[door].read_text(encoding="utf-8"), _secrets(farm.servers[door]))
            for door in DOORS
        }


def _secrets(server: Emulator) -> dict[str, str]:
    tokens = {one["headers"].get("auth_token") for one in server.requests()} - {None}
    return {
        "password": PASSWORD,
        "agent_password": AGENT_PASSWORD,
        "body_secret": BODY_SECRET,
        "number": str(NUMBER),
        "listed": LISTED,
        "deep": DEEP,
        **{f"token {number}": token for number, token in enumerate(sorted(tokens))},
    }


@pytest.mark.parametrize("door", DOORS)
def test_the_tasks_did_what_they_should(door: str, outputs: dict[str, Output]) -> None:
    run = outputs[door].run
    assert {task.name for task in run if task.failed} == {
        "create that is refused",
        "create that gets lost",
        "request with a secret in query and body",
        "secret among the raw fields",
        "secrets among the raw fields that are no texts",
        "request with secrets that are no texts",
        "request with secrets that are no texts and an unknown option",
        "wrong password",
        "wrong password at ras_auth",
        "wrong token",
        "unknown option",
        "logon that is refused",
    }, run.output
    # The secrets did travel: the server got them unharmed.
    (create,) = run["create with an agent's password"].traffic.of("gateway.create")
    assert create["query"] == {"username": "EXAMPLE\\installer", "password": AGENT_PASSWORD}
    (request,) = run["request with a secret in query and body"].traffic.of("gateway.create")
    assert request["body"]["adminPassword"] == BODY_SECRET
    assert not run["create again"].changed
    assert run.tasks[-1].traffic.state["admin_sessions"] == 0
    # And the log is one: it holds what the run said.
    assert "create that is refused" in outputs[door].log


@pytest.mark.parametrize("door", DOORS)
def test_the_refusal_is_told_without_the_secret(door: str, outputs: dict[str, Output]) -> None:
    run = outputs[door].run
    for name in (
        "create that is refused",
        "secrets among the raw fields that are no texts",
        "request with secrets that are no texts",
        "logon that is refused",
    ):
        assert "cannot use " in run[name].message
        assert run[name]["failure"]["status"] == 400
    assert "sharedSecret" in run["secret among the raw fields in check mode"]["diff"]["after"]


@pytest.mark.parametrize("place", ["stdout", "stderr", "log"])
@pytest.mark.parametrize("door", DOORS)
def test_no_secret_is_said(door: str, place: str, outputs: dict[str, Output]) -> None:
    text = outputs[door].places()[place]
    found = [
        f"{name}: {line}"
        for name, secret in outputs[door].secrets.items()
        for form in _forms(secret)
        for line in text.splitlines()
        if form in line
    ]
    assert found == [], "\n".join(found)


def test_the_search_finds_what_it_looks_for() -> None:
    for form in (PASSWORD, quote(PASSWORD, safe=""), json.dumps({"a": PASSWORD}), repr([PASSWORD])):
        assert any(one in f"before {form} after" for one in _forms(PASSWORD))
    for before in ("", "x", "xy", "xyz"):
        text = base64.b64encode(f"{before}{PASSWORD}tail".encode()).decode()
        assert any(one in text for one in _forms(PASSWORD))


def test_no_secret_stays_in_the_home(ansible: Ansible, outputs: dict[str, Output]) -> None:
    left = [path for path in Path(ansible.home).rglob("*") if path.is_file()]
    for output in outputs.values():
        for secret in output.secrets.values():
            assert [path for path in left if secret.encode() in path.read_bytes()] == []
