# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ras_rds_server_control, ras_session and ras_session_message through both doors, on a farm with users."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.support.doors import Pair, farms
from integration.support.runner import Ansible

# Host 1 of the demo farm is rds-01, of which the first site is; user sessions on it, by number.
HOST = "rds-01.example.test"
SESSIONS = {2: 0, 3: 0, 4: 4, 5: 0}
TASKS = f"""
- name: check drain
  deskops.vdi.ras_rds_server_control: {{server: {HOST}, action: drain}}
  check_mode: true
- name: drain
  deskops.vdi.ras_rds_server_control: {{server: {HOST}, action: drain, wait: true}}
- name: drain again
  deskops.vdi.ras_rds_server_control: {{server: {HOST}, action: drain, wait: true}}
- name: reboot whose answer is lost
  deskops.vdi.ras_rds_server_control: {{id: 2, action: reboot, wait: true, wait_timeout: 60}}
- name: too little time
  deskops.vdi.ras_rds_server_control: {{id: 3, action: reboot, wait: true, wait_timeout: 0}}
- name: unknown host
  deskops.vdi.ras_rds_server_control: {{server: nobody, action: drain}}
- name: unknown host in check mode
  deskops.vdi.ras_rds_server_control: {{server: nobody, action: drain}}
  check_mode: true
- name: unknown action
  deskops.vdi.ras_rds_server_control: {{server: {HOST}, action: dance}}
- name: message
  deskops.vdi.ras_session_message: {{server_id: 1, max_affected: 9, text: Good bye, title: News}}
- name: message whose answer is lost
  deskops.vdi.ras_session_message: {{server_id: 1, session_id: [2], text: Good bye}}
- name: check disconnect
  deskops.vdi.ras_session: {{server: {HOST}, session_id: [2, 4, 77], state: disconnected}}
  check_mode: true
- name: disconnect
  deskops.vdi.ras_session: {{server: {HOST}, session_id: [2, 4, 77], state: disconnected}}
- name: disconnect again
  deskops.vdi.ras_session: {{server: {HOST}, session_id: [2, 4, 77], state: disconnected}}
- name: too many
  deskops.vdi.ras_session: {{server: {HOST}, max_affected: 3, state: absent}}
- name: other source
  deskops.vdi.ras_session: {{source: VDI, server_id: 1, max_affected: 9, state: absent}}
- name: filter without a limit
  deskops.vdi.ras_session: {{user: anna, state: absent}}
- name: log off whose answer is lost
  deskops.vdi.ras_session: {{id: [RDS/1/3], state: absent}}
- name: log off
  deskops.vdi.ras_session: {{site: Head office, session_state: Disconnected, max_affected: 2, state: absent}}
- name: log off again
  deskops.vdi.ras_session: {{site: Head office, session_state: Disconnected, max_affected: 2, state: absent}}
- name: enable logons
  deskops.vdi.ras_rds_server_control: {{server: {HOST}, site: Head office, action: enable_logons, wait: true}}
"""
REFUSED = {
    "unknown host": ("there is no RDS server nobody. There are: ", "bad_input"),
    "too many": ("4 sessions would be logged off, more than the 3 allowed; nothing was done", "bad_input"),
    "other source": ("source: VDI is not RDS", "bad_input"),
    "too little time": ("within the time limit of 0 s: its agent was last in the state Disconnected", "time_limit"),
    "message whose answer is lost": ("0 of 1 sessions were sent the message before", "unreachable"),
}


@pytest.fixture(scope="module")
def day(ansible: Ansible) -> Iterator[Pair]:
    # Nobody leaves by himself while the tasks run.
    with farms(ansible, sessions=0, reboot_seconds=2, leave_seconds=3600) as farm:
        for number, state in SESSIONS.items():
            farm.create(
                "session", sessionID=number, serverID=1, sessionHostId="host-1", sessionHostName=HOST, source=1,
                state=state, user=f"user{number}", poolName="Office",
            )  # fmt: skip
        farm.fault(operation="rds.reboot", kind="drop_after", times=1)
        farm.fault(operation="rd_session.message", kind="drop_after", times=1, skip=4)
        farm.fault(operation="rd_session.logoff", kind="drop_after", times=1)
        yield farm.play(TASKS, "--diff", environment={"RAS_API_FAMILY": "current"})


def test_both_doors_agree(day: Pair) -> None:
    day.assert_alike()
    day.assert_no_session_left()


def test_only_what_must_fail_fails(day: Pair) -> None:
    failed = {task.name for task in day if task.failed}
    assert failed == {*REFUSED, "unknown action", "filter without a limit"}


@pytest.mark.parametrize("name", REFUSED)
def test_failures_say_why(name: str, day: Pair) -> None:
    words, kind = REFUSED[name]
    assert words in day[name].message
    assert day[name].kind == kind


def test_nothing_is_written_where_nothing_may_be(day: Pair) -> None:
    for name in (
        "check drain", "drain again", "unknown host", "unknown host in check mode", "check disconnect",
        "disconnect again", "too many", "other source", "filter without a limit", "log off again",
    ):  # fmt: skip
        assert day[name].traffic.writes == [], name


def test_check_mode_tells_what_would_be(day: Pair) -> None:
    for name in ("drain", "disconnect"):
        checked, done = day[f"check {name}"], day[name]
        assert (checked.changed, done.changed) == (True, True)
        assert checked["diff"] == done["diff"]
    assert day["unknown host in check mode"].changed


def test_a_drain_and_its_requests(day: Pair) -> None:
    assert day["drain"]["agent_state"] == {"before": "OK", "after": "LogonDrain"}
    assert day["drain"].traffic.operations == [
        "session.logon",
        "rds.list",
        "rds.status",
        "rds.drain",
        "rds.status",
        "session.logoff",
    ]
    assert not day["drain again"].changed
    assert day["enable logons"]["agent_state"] == {"before": "LogonDrain", "after": "OK"}


def test_a_reboot_is_sent_once_and_waited_for(day: Pair) -> None:
    task = day["reboot whose answer is lost"]
    assert task.changed
    assert task["agent_state"] == {"before": "OK", "after": "OK"}
    assert task.traffic.writes == ["rds.reboot"]


def test_a_message_reaches_each_session_once(day: Pair) -> None:
    task = day["message"]
    assert [one["id"] for one in task["sessions"]] == ["RDS/1/2", "RDS/1/3", "RDS/1/4", "RDS/1/5"]
    assert [one["body"] for one in task.traffic.of("rd_session.message")] == [
        {"message": "Good bye", "messageTitle": "News"}
    ] * 4
    assert len(day["message whose answer is lost"].traffic.of("rd_session.message")) == 1


def test_sessions_are_ended_once(day: Pair) -> None:
    assert [one["id"] for one in day["disconnect"]["sessions"]] == ["RDS/1/2"]
    assert day["disconnect"].traffic.writes == ["rd_session.disconnect"]
    assert not day["disconnect again"].changed
    lost = day["log off whose answer is lost"]
    assert (lost["count"], lost.traffic.writes) == (1, ["rd_session.logoff"])
    assert [one["id"] for one in day["log off"]["sessions"]] == ["RDS/1/2", "RDS/1/4"]
    assert not day["log off again"].changed
