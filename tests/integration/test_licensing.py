# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The licence: the full ladder through both doors, the role ras_licensing, and the Licensing Sample.

Expected values: the sample's two refusals and its licence (notes.md section 11), and the emulator's account.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from integration.support.doors import Farms, Pair, farms
from integration.support.runner import IN_PROCESS, Ansible, Run

KEY = "ABCD12-EFGH34-IJKL56-MNOP78"
PASSWORD = "license-pass"
WRONG = "not-the-password"
ACCOUNT = {"license_email": "licenses@example.test", "license_password": PASSWORD}
VARIABLES = {
    "trial": ACCOUNT,
    "keyed": {**ACCOUNT, "license_key": KEY},
    "without": {**ACCOUNT, "state": "deactivated"},
    "wrong": {**ACCOUNT, "license_password": WRONG, "license_key": KEY},
}
TASKS = """
- name: info before
  deskops.vdi.ras_license_info:
- name: nothing to deactivate
  deskops.vdi.ras_license: "{{ without }}"
- name: wrong account
  deskops.vdi.ras_license: "{{ wrong }}"
- name: check trial
  deskops.vdi.ras_license: "{{ trial }}"
  check_mode: true
- name: trial
  deskops.vdi.ras_license: "{{ trial }}"
- name: trial again
  deskops.vdi.ras_license: "{{ trial }}"
- name: deactivate a trial
  deskops.vdi.ras_license: "{{ without }}"
- name: check key
  deskops.vdi.ras_license: "{{ keyed }}"
  check_mode: true
- name: key
  deskops.vdi.ras_license: "{{ keyed }}"
- name: key again
  deskops.vdi.ras_license: "{{ keyed }}"
- name: forced
  deskops.vdi.ras_license: "{{ keyed | combine({'force': true}) }}"
- name: info
  deskops.vdi.ras_license_info: {use_cache: false}
- name: check deactivate
  deskops.vdi.ras_license: "{{ without }}"
  check_mode: true
- name: deactivate
  deskops.vdi.ras_license: "{{ without }}"
- name: deactivate again
  deskops.vdi.ras_license: "{{ without }}"
- name: no options
  deskops.vdi.ras_license:
- name: empty key
  deskops.vdi.ras_license: "{{ trial | combine({'license_key': ''}) }}"
"""


@pytest.fixture(scope="module")
def ladder(ansible: Ansible) -> Iterator[Pair]:
    with farms(ansible, farm="empty") as farm:
        yield farm.play(TASKS, "--diff", "-vvvv", variables=VARIABLES)


def test_both_doors_agree(ladder: Pair) -> None:
    ladder.assert_alike()
    ladder.assert_no_session_left()


def test_no_generation_is_asked_for(ladder: Pair) -> None:
    assert ladder["key again"].traffic.operations == ["session.logon", "license.get", "session.logoff"]


@pytest.mark.parametrize("task", ["trial", "key", "deactivate"])
def test_check_mode_tells_a_change_and_writes_nothing(task: str, ladder: Pair) -> None:
    checked, done = ladder[f"check {task}"], ladder[task]
    assert (checked.changed, done.changed) == (True, True)
    assert checked["activated"] == done["activated"]
    assert checked.traffic.writes == []
    assert len(done.traffic.writes) == 1


@pytest.mark.parametrize("task", ["nothing to deactivate", "trial again", "key again", "deactivate again"])
def test_nothing_to_do(task: str, ladder: Pair) -> None:
    assert not ladder[task].failed, ladder[task].message
    assert not ladder[task].changed
    assert ladder[task].traffic.writes == []


def test_what_is_sent(ladder: Pair) -> None:
    (trial,) = ladder["trial"].traffic.of("license.activate")
    (key,) = ladder["key"].traffic.of("license.activate")
    (none,) = ladder["deactivate"].traffic.of("license.deactivate")
    account = {"email": "licenses@example.test", "password": PASSWORD}
    assert [one["body"] for one in (trial, key, none)] == [account, {**account, "key": KEY}, account]
    assert ladder["forced"].traffic.writes == ["license.activate"]


@pytest.mark.parametrize(
    ("task", "words", "option"),
    [
        ("wrong account", "invalid login or password", "license_password"),
        ("deactivate a trial", "Failed to Deactivate - Product not activated with a license key.", "license_key"),
    ],
)
def test_refusals_are_told_in_the_servers_words(task: str, words: str, option: str, ladder: Pair) -> None:
    assert ladder[task].failed
    assert ladder[task]["failure"] == {"kind": "refused_value", "status": 400, "code": 0, "detail": words}
    assert words.rstrip(".") in ladder[task].message
    assert option in ladder[task].message


@pytest.mark.parametrize(
    ("task", "words"), [("no options", "license_email, license_password"), ("empty key", "license_key is empty")]
)
def test_slips_are_told_before_the_first_request(task: str, words: str, ladder: Pair) -> None:
    assert words in ladder[task].message
    assert ladder[task].traffic.requests == []


def test_info(ladder: Pair) -> None:
    assert ladder["info before"]["activated"] is False
    info = ladder["info"]
    assert (info["activated"], info["license"]["license_type"]) == (True, "Parallels Remote Application Server SPLA")


def test_diff_tells_the_states(ladder: Pair) -> None:
    before, after = (ladder["deactivate"]["diff"][side] for side in ("before", "after"))
    assert (before["activated"], after["activated"]) == (True, False)


def test_no_secret_is_shown(ladder: Pair) -> None:
    for run in ladder.runs.values():
        # The variables are on the command line of no run.
        for secret in (PASSWORD, WRONG, KEY):
            assert secret not in run.output


# The role and the sample. Their tasks are modules that go through both doors above.

PLAYBOOK = "deskops.vdi.licensing_sample"
GIVEN = {
    "licensing_sample_email": ACCOUNT["license_email"],
    "licensing_sample_password": PASSWORD,
    "licensing_sample_key": KEY,
}


def _run(farm: Farms, playbook: str, *arguments: str, status: int = 0, **variables: Any) -> tuple[Run, list[str]]:
    """The run, and its requests."""
    farm.reset("counters")
    (server,) = farm
    run = farm.play("", *arguments, playbook=playbook, variables=variables).runs[IN_PROCESS]
    assert run.status == status, run.output
    assert server.state()["admin_sessions"] == 0
    assert PASSWORD not in run.output
    return run, [one["operation"] for one in server.requests()]


@pytest.fixture(scope="module")
def empty(ansible: Ansible) -> Iterator[Farms]:
    """Of the other generation, where all of this is the same."""
    with farms(ansible, doors=[IN_PROCESS], farm="empty", api_family="legacy") as found:
        yield found


def _play(**variables: Any) -> str:
    given = {f"ras_licensing_{name}": value for name, value in variables.items()}
    role = {"role": "deskops.vdi.ras_licensing", "vars": given}
    return json.dumps([{"hosts": "localhost", "gather_facts": False, "roles": [role]}], indent=1)


def test_role(empty: Farms) -> None:
    activate = _play(**ACCOUNT, license_key=KEY)
    run, sent = _run(empty, activate, "-vvvv")
    assert sent == ["session.logon", "license.get", "license.activate", "license.get", "session.logoff"]
    assert run.recap()["changed"] == 1
    assert KEY not in run.output
    run, sent = _run(empty, activate)
    assert (sent, run.recap()["changed"]) == (["session.logon", "license.get", "session.logoff"], 0)
    _unused, sent = _run(empty, _play(**ACCOUNT, state="deactivated"))
    assert "license.deactivate" in sent


def test_role_after_a_refusal(empty: Farms) -> None:
    run, sent = _run(empty, _play(**{**ACCOUNT, "license_password": WRONG}), status=2)
    assert sent == ["session.logon", "license.get", "license.activate", "session.logoff"]
    assert "invalid login or password" in run.output
    assert WRONG not in run.output


def test_sample(empty: Farms) -> None:
    """Without an account, in check mode, and the five steps."""
    run, sent = _run(empty, PLAYBOOK)
    assert sent == ["session.logon", "license.get", "session.logoff"]
    assert "no licensing_sample_email" in run.stdout
    run, sent = _run(empty, PLAYBOOK, "--check", **GIVEN)
    assert sent == ["session.logon", "license.get", "license.get", "session.logoff"]
    run, sent = _run(empty, PLAYBOOK, **GIVEN, licensing_sample_deactivate=True)
    steps = ["session.logon", "license.activate", "license.get", "license.deactivate", "session.logoff"]
    assert [one for one in sent if one != "license.get"] == [one for one in steps if one != "license.get"]
    assert run.recap()["changed"] == 2
    assert KEY not in run.output


@pytest.mark.parametrize(
    "given",
    [
        {"licensing_sample_email": ACCOUNT["license_email"]},
        {"licensing_sample_password": PASSWORD},
        {"licensing_sample_deactivate": True},
    ],
)
def test_sample_with_half_an_account_does_not_log_on(given: dict[str, Any], empty: Farms) -> None:
    run, sent = _run(empty, PLAYBOOK, status=2, **given)
    assert sent == []
    assert "licensing_sample_email together with licensing_sample_password" in " ".join(run.output.split())


def test_sample_tells_a_refusal(empty: Farms) -> None:
    run, sent = _run(empty, PLAYBOOK, status=2, **{**GIVEN, "licensing_sample_password": WRONG})
    assert sent == ["session.logon", "license.get", "license.activate", "session.logoff"]
    assert "invalid login or password" in run.output
