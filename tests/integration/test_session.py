# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions of administrators: ras_auth, tokens that are handed on, sessions that expire, apply."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.support.doors import Farms, Pair, farms
from integration.support.runner import DOORS, Ansible

TASKS = """
- name: log on
  deskops.vdi.ras_auth:
  register: logon
- name: what the logon told
  ansible.builtin.debug:
    msg:
      keys: "{{ logon.session | sort }}"
      family: "{{ logon.api_family }}"
      farm: "{{ logon.session.farm_name }}"
      waiting: "{{ logon.session.apply_settings_enabled }}"
      token_is_text: "{{ logon.auth_token is string and logon.auth_token | length > 0 }}"
- name: work with the token
  deskops.vdi.ras_gateway_info: {auth_token: "{{ logon.auth_token }}", api_family: "{{ logon.api_family }}"}
- name: change something with the token
  deskops.vdi.ras_rds_server:
    auth_token: "{{ logon.auth_token }}"
    api_family: "{{ logon.api_family }}"
    server: rds-01.example.test
    description: "{{ 'Changed by a task' }}"
- name: apply with the token
  deskops.vdi.ras_settings_apply: {auth_token: "{{ logon.auth_token }}"}
- name: log off
  deskops.vdi.ras_auth: {state: absent, auth_token: "{{ logon.auth_token }}"}
- name: log off again
  deskops.vdi.ras_auth: {state: absent, auth_token: "{{ logon.auth_token }}"}
- name: use the token after the log-off
  deskops.vdi.ras_site_info: {auth_token: "{{ logon.auth_token }}"}
- name: log on in check mode
  deskops.vdi.ras_auth:
  check_mode: true
  register: checked
- name: log off in check mode
  deskops.vdi.ras_auth: {state: absent, auth_token: "{{ checked.auth_token }}"}
  check_mode: true
- name: log on twice
  deskops.vdi.ras_auth:
  loop: [1, 2]
  register: twice
- name: log off twice
  deskops.vdi.ras_auth: {state: absent, auth_token: "{{ item.auth_token }}"}
  loop: "{{ twice.results }}"
  loop_control: {label: session}
- name: wrong password
  deskops.vdi.ras_auth: {password: not-this-one}
- name: token and password
  deskops.vdi.ras_site_info: {auth_token: abc, password: def}
- name: log off without a token
  deskops.vdi.ras_auth: {state: absent}
- name: log on with a token that defaults hand on
  deskops.vdi.ras_auth: {auth_token: abc}
  register: another
- name: log off from there
  deskops.vdi.ras_auth: {state: absent, auth_token: "{{ another.auth_token }}"}
- name: log on beside the play
  deskops.vdi.ras_auth:
  async: 30
  poll: 0
- name: apply what does not wait
  deskops.vdi.ras_settings_apply:
- name: change something
  deskops.vdi.ras_gateway: {server: gw-01.example.test, description: Staged}
- name: would something be applied
  deskops.vdi.ras_settings_apply:
  check_mode: true
- name: apply what waits
  deskops.vdi.ras_settings_apply:
- name: apply again
  deskops.vdi.ras_settings_apply:
"""

# What the logon of v20 and later tells beside the token (notes.md section 2), in our names.
SESSION_FIELDS = [
    "apply_settings_enabled",
    "connected_server",
    "connected_site_id",
    "domain",
    "farm_guid",
    "farm_name",
    "licensing_server",
    "licensing_server_connection",
    "local_auth",
    "primary_broker_connection",
    "session_id",
    "settings_id",
    "user_id",
]
# While a token is in use, its session is open on purpose.
WITH_TOKEN = slice(0, 5)
FAILED = {
    "use the token after the log-off",
    "wrong password",
    "token and password",
    "log off without a token",
    "log on beside the play",
}


@pytest.fixture(scope="module")
def farm(ansible: Ansible) -> Iterator[Farms]:
    with farms(ansible) as started:
        yield started


@pytest.fixture(scope="module")
def pair(farm: Farms) -> Pair:
    return farm.play(TASKS, "-vvvv")


def test_both_doors_agree(pair: Pair) -> None:
    pair.assert_alike()


def test_only_what_cannot_be_done_fails(pair: Pair) -> None:
    assert {task.name for task in pair if task.failed} == FAILED


def test_every_session_is_closed(pair: Pair) -> None:
    for door in DOORS:
        tasks = {task.name: task.traffic.state["admin_sessions"] for task in pair.through(door)}
        assert list(tasks.values())[WITH_TOKEN] == [1] * 5
        for name in ("log off", "log off in check mode", "log off twice", "wrong password", "apply again"):
            assert tasks[name] == 0, (door, name)
        state = pair.servers[door].state()
        assert state["logons"] == state["logoffs"]


def test_log_on_tells_about_the_session_and_the_generation(pair: Pair) -> None:
    told = pair["what the logon told"]["msg"]
    assert told["keys"] == SESSION_FIELDS
    assert told["family"] == "current"
    assert told["farm"] == "demo farm"
    assert told["waiting"] is False
    assert told["token_is_text"] is True
    assert not pair["log on"].changed


def test_nothing_prints_a_token(pair: Pair) -> None:
    for door in DOORS:
        run = pair.through(door)
        tokens = {one["headers"].get("auth_token") for one in pair.servers[door].requests()} - {None, "abc"}
        assert len(tokens) >= 4
        assert [token for token in tokens if token in run.output] == []


def test_result_of_ras_auth_is_hidden(pair: Pair) -> None:
    for name in ("log on", "log on in check mode"):
        assert "censored" in pair[name].result
        assert "auth_token" not in pair[name].result
    assert all("censored" in item for item in pair["log on twice"]["results"])


def test_token_saves_the_logon(pair: Pair) -> None:
    assert pair["work with the token"].traffic.operations == ["gateway.list"]
    operations = pair["change something with the token"].traffic.operations
    assert operations == ["rds.list", "rds.get", "rds.update", "rds.get"]


def test_log_off_of_a_closed_session_is_no_error(pair: Pair) -> None:
    assert pair["log off again"].outcome == "ok"
    assert not pair["log off again"].changed


def test_token_after_the_log_off(pair: Pair) -> None:
    task = pair["use the token after the log-off"]
    assert task["failure"]["kind"] == "authentication"
    assert task["failure"]["status"] == 401
    assert "auth_token" in task.message
    assert "ras_auth" in task.message


def test_failed_logon_shows_its_message(pair: Pair) -> None:
    task = pair["wrong password"]
    assert task["failure"]["kind"] == "authentication"
    for part in (
        "POST ",
        "/api/Session/logon",
        "401",
        "username",
        "password",
        "The user name or the password is wrong.",
    ):
        assert part in task.message
    assert "not-this-one" not in str(task.result)


def test_contradictions_are_refused_before_any_request(pair: Pair) -> None:
    for name, part in (
        ("token and password", "mutually exclusive: auth_token|password"),
        ("log off without a token", "auth_token"),
        ("log on beside the play", "async"),
    ):
        assert part in pair[name].message, name
        assert pair[name].traffic.requests == [], name


def test_logon_does_not_look_at_a_token(pair: Pair) -> None:
    task = pair["log on with a token that defaults hand on"]
    assert task.outcome == "ok"
    assert task.traffic.operations[0] == "session.logon"
    assert task.traffic.state["foreign_tokens"] == 0


def test_apply(pair: Pair) -> None:
    with_token = pair["apply with the token"]
    assert with_token.changed
    assert with_token["waiting"] is None
    nothing = pair["apply what does not wait"]
    assert (nothing.changed, nothing["applied"], nothing["waiting"]) == (False, False, False)
    assert nothing.traffic.writes == []
    checked = pair["would something be applied"]
    assert (checked.changed, checked["applied"], checked["waiting"]) == (True, True, True)
    assert checked.traffic.writes == []
    applied = pair["apply what waits"]
    assert (applied.changed, applied["applied"], applied["waiting"]) == (True, True, True)
    assert applied.traffic.writes == ["settings.apply"]
    assert applied.traffic.state["waiting_for_apply"] is False
    assert not pair["apply again"].changed


EXPIRY = """
- name: log on
  deskops.vdi.ras_auth:
  register: logon
- name: time passes
  stand_in: {advance: {seconds: 60}}
- name: expired token
  deskops.vdi.ras_site_info: {auth_token: "{{ logon.auth_token }}"}
- name: log off the expired token
  deskops.vdi.ras_auth: {state: absent, auth_token: "{{ logon.auth_token }}"}
- name: the session will expire within the task
  stand_in: {fault: {operation: gateway.update, kind: delay, seconds: 4.5, times: 1}}
- name: credentials at hand
  deskops.vdi.ras_gateway: {server: gw-01.example.test, description: In two sessions}
"""


def test_session_that_expires(ansible: Ansible) -> None:
    with farms(ansible, session_expire=4) as farm:
        pair = farm.play(EXPIRY)
        pair.assert_alike()
        expired = pair["expired token"]
        assert expired.kind == "authentication"
        assert "idle" in expired.message
        assert pair["log off the expired token"].outcome == "ok"
        # A 401 in mid-task: one more logon, and the change is sent once more.
        renewed = pair["credentials at hand"]
        assert renewed.changed
        assert [one["status"] for one in renewed.traffic.of("gateway.update")] == [401, 204]
        assert len(renewed.traffic.of("session.logon")) == 2
        for server in farm:
            assert server.state()["admin_sessions"] == 0


LEGACY = """
- name: log on
  deskops.vdi.ras_auth:
  register: logon
- name: what the logon told
  ansible.builtin.debug: {msg: "{{ [logon.api_family, logon.session] }}"}
- name: apply without knowing
  deskops.vdi.ras_settings_apply: {password: "{{ lookup('env', 'RAS_PASSWORD') }}"}
- name: log off
  deskops.vdi.ras_auth: {state: absent, auth_token: "{{ logon.auth_token }}"}
"""


def test_server_that_tells_nothing_at_the_logon(ansible: Ansible) -> None:
    with farms(ansible, api_family="legacy") as farm:
        pair = farm.play(LEGACY)
        pair.assert_alike()
        assert pair["what the logon told"]["msg"] == ["legacy", {}]
        task = pair["apply without knowing"]
        assert (task.changed, task["applied"], task["waiting"]) == (True, True, None)
        assert task.traffic.writes == ["settings.apply"]
        assert pair["log off"].traffic.state["admin_sessions"] == 0
