# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role ras_maintenance: its plan, its refusals, failures half-way, and a second run that finishes.

Each play goes through one door, with scenarios of its own; the modules' own tests compare the doors.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from emulator.process import Emulator
from integration.support.doors import farms
from integration.support.runner import AS_MODULE, IN_PROCESS, Ansible, Run, TaskResult

OFFICE = ("rds-01.example.test", "rds-02.example.test")
HEAD = """
- name: Play
  hosts: localhost
  gather_facts: false
  vars:
    # Texts, as -e name=value gives them.
    ras_maintenance_leave_interval: "1"
    ras_maintenance_reboot_timeout: "60"
  tasks:
"""
SCENARIO = """
    - name: "scenario: {name}"
      block:
        - name: "begin: {name}"
          ansible.builtin.debug: {{msg: begin}}
        - name: the role
          ansible.builtin.include_role: {{name: deskops.vdi.ras_maintenance}}
          vars: {{{variables}}}
      rescue:
        - name: go on
          ansible.builtin.debug: {{msg: go on}}
"""
REMEMBERED = "ras_maintenance_pool: Office, ras_maintenance_journal: '{{ journal }}', ras_maintenance_leave_timeout: 30"
PLANS: Mapping[str, str] = {
    "plan": "ras_maintenance_pool: Office",
    "plan for nobody": "ras_maintenance_hosts: [rds-99.example.test]",
    "plan for no pool": "ras_maintenance_pool: Ofice",
    "plan without a folder": "ras_maintenance_pool: Office, ras_maintenance_journal: /nowhere/office.json",
    "plan that takes too many": "ras_maintenance_pool: Office, ras_maintenance_batch: 2",
}
REFUSED: Mapping[str, str] = {
    "too many": "ras_maintenance_pool: Office, ras_maintenance_batch: '100%'",
    "unknown host": f"ras_maintenance_hosts: [{OFFICE[0]}, rds-99.example.test]",
    "unknown pool": "ras_maintenance_pool: Ofice",
    "nothing named": "",
    "wrong values": "ras_maintenance_pool: Office, ras_maintenance_batch: many, ras_maintenance_max_share: '101'",
    "no folder for the journal": "ras_maintenance_pool: Office, ras_maintenance_journal: /nowhere/office.json",
}
# The second restart of this play is refused by the server.
FIRST: Mapping[str, str] = {"failure": REMEMBERED, "second run": REMEMBERED}
# Host 3 has more users than leave; host 4 is drained at first, as an interrupted run leaves it; 5 waits for a restart.
BUSY = (
    "ras_maintenance_hosts: [RDS-03.example.test], ras_maintenance_max_share: '100', ras_maintenance_leave_timeout: '0'"
)
SECOND: Mapping[str, str] = {
    "users stay": f"{BUSY}, ras_maintenance_when_users_stay: skip",
    "users stay, failing": BUSY,
    "users are logged off": f"{BUSY}, ras_maintenance_when_users_stay: log_off, ras_maintenance_message: ''",
    "interrupted": (
        "ras_maintenance_hosts: [rds-south.example.test, rds-north.example.test], ras_maintenance_max_share: 100"
    ),
}
# Host 1 is drained at first.
INTERRUPTED: Mapping[str, str] = {
    "another one is out": f"ras_maintenance_hosts: [{OFFICE[1]}]",
    "interrupted pool": "ras_maintenance_pool: Office, ras_maintenance_message: ''",
}
# The session ends while the users are waited for; then opening the logons is refused twice.
CLOSED = f"ras_maintenance_hosts: [{OFFICE[1]}], ras_maintenance_journal: '{{{{ journal }}}}'"
ENDED: Mapping[str, str] = {
    "session ends": f"ras_maintenance_hosts: [{OFFICE[0]}], ras_maintenance_leave_timeout: 300",
    "logons stay closed": CLOSED,
    "closed hosts are opened": CLOSED,
}
# Host 3 has a user, and its status shows OK whatever happens. The first drain, the first message, and the second
# restart are refused.
BOTH = (
    "ras_maintenance_pool: Office, ras_maintenance_batch: '100%', ras_maintenance_max_share: 100, "
    "ras_maintenance_journal: '{{ journal }}'"
)
LAGGING: Mapping[str, str] = {
    "drain is refused": BUSY,
    "status lags": BUSY,
    "status lags, users stay": f"{BUSY}, ras_maintenance_when_users_stay: skip",
    "failure in a batch": BOTH,
    "rest of the batch": BOTH,
}
USERS = 60
# Longer than any run: users leave and sessions end when the clock is put forward.
LEAVE = 900


def _playbook(scenarios: Mapping[str, str]) -> str:
    return HEAD + "".join(SCENARIO.format(name=name, variables=variables) for name, variables in scenarios.items())


@dataclass(frozen=True)
class Maintenance:
    """A play of scenarios, and the farm at its end."""

    run: Run
    server: Emulator
    journal: Path

    def tasks(self, scenario: str) -> list[TaskResult]:
        tasks = self.run.tasks
        begins = [position for position, task in enumerate(tasks) if task.name.startswith("begin: ")]
        first = next(position for position in begins if tasks[position].name == f"begin: {scenario}")
        return tasks[first:][1 : next((later - first for later in begins if later > first), None)]

    def task(self, scenario: str, name: str) -> TaskResult:
        return next(task for task in self.tasks(scenario) if task.name.endswith(name))

    def failure(self, scenario: str) -> str:
        failed = next(task for task in self.tasks(scenario) if task.failed)
        return " ".join([failed.message, *(str(one.get("msg")) for one in failed.result.get("results", []))])

    def result(self, scenario: str) -> dict[str, list[str]]:
        kept: dict[str, list[str]] = self.task(scenario, "Keep the result")["ansible_facts"]["ras_maintenance_result"]
        return kept

    def control(self, scenario: str) -> list[str]:
        """What was sent to the hosts, each with the id of the host."""
        return [
            f"{one['operation'].removeprefix('rds.')} {one['path'].split('/')[4]}"
            for task in self.tasks(scenario)
            for one in task.traffic.requests
            if one["method"] == "POST" and one["operation"].startswith("rds.")
        ]

    def sent(self, scenario: str, operation: str) -> int:
        return sum(len(task.traffic.of(operation)) for task in self.tasks(scenario))


def _user(farm_server: Emulator, number: int, host: int, name: str) -> None:
    farm_server.create(
        "session", sessionID=number, serverID=host, sessionHostId=f"host-{host}", sessionHostName=name, source=1,
        state=0, user=f"user{number}",
    )  # fmt: skip


@contextlib.contextmanager
def _later_once_told(server: Emulator) -> Iterator[None]:
    """Put the clock forward as soon as a message has reached the users, however slow the machine is."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            if server.requests("rd_session.message"):
                server.advance(LEAVE)
                return

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch)
        try:
            yield
        finally:
            over.set()
            watching.result()


@pytest.fixture(scope="module")
def planned(ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maintenance]:
    with farms(ansible, doors=[IN_PROCESS], sessions=0) as farm:
        (server,) = farm
        _user(server, 2, 1, OFFICE[0])
        pair = farm.play("", "--check", playbook=_playbook(PLANS))
        yield Maintenance(pair.runs[IN_PROCESS], server, tmp_path_factory.mktemp("none"))


@pytest.fixture(scope="module")
def refused(ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maintenance]:
    with farms(ansible, doors=[IN_PROCESS], sessions=0) as farm:
        (server,) = farm
        pair = farm.play("", playbook=_playbook(REFUSED))
        yield Maintenance(pair.runs[IN_PROCESS], server, tmp_path_factory.mktemp("none"))


@pytest.fixture(scope="module")
def first(ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maintenance]:
    """With a journal beside the folder in which ansible-playbook is started, which is not the playbook's, and with the
    folder of jobs that Ansible takes by itself: HOME is not the home folder of the account here."""
    playbook = tmp_path_factory.mktemp("elsewhere") / "first.yml"
    playbook.write_text(_playbook(FIRST), "utf-8")
    with farms(ansible, doors=[IN_PROCESS], sessions=0, reboot_seconds=1, leave_seconds=LEAVE) as farm:
        (server,) = farm
        _user(server, 2, 1, OFFICE[0])
        server.fault(operation="rds.reboot", kind="status", status=403, skip=1, times=1)
        with _later_once_told(server):
            pair = farm.play(
                "",
                playbook=str(playbook),
                variables={"journal": "../office.json"},
                environment={"ANSIBLE_ASYNC_DIR": None},
            )
        yield Maintenance(pair.runs[IN_PROCESS], server, ansible.folder / "office.json")


@pytest.fixture(scope="module")
def ended(ansible: Ansible) -> Iterator[Maintenance]:
    with farms(ansible, doors=[IN_PROCESS], sessions=0, session_expire=LEAVE - 1, leave_seconds=10 * LEAVE) as farm:
        (server,) = farm
        _user(server, 2, 1, OFFICE[0])
        server.fault(operation="rds.enable_logons", kind="status", status=403, skip=1, times=2)
        with _later_once_told(server):
            pair = farm.play("", playbook=_playbook(ENDED), variables={"journal": "~/closed.json"})
        yield Maintenance(pair.runs[IN_PROCESS], server, ansible.home / "closed.json")


@pytest.fixture(scope="module")
def lagging(ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maintenance]:
    journal = tmp_path_factory.mktemp("journal") / "both.json"
    with farms(ansible, doors=[IN_PROCESS], sessions=0, reboot_seconds=1, leave_seconds=10 * LEAVE) as farm:
        (server,) = farm
        _user(server, 3, 3, "rds-03.example.test")
        server.update("rds_status", 3, agentState=0)
        server.fault(operation="rds.drain", kind="status", status=403, times=1)
        server.fault(operation="rd_session.message", kind="status", status=400, times=1)
        server.fault(operation="rds.reboot", kind="status", status=403, skip=1, times=1)
        pair = farm.play("", playbook=_playbook(LAGGING), variables={"journal": str(journal)})
        yield Maintenance(pair.runs[IN_PROCESS], server, journal)


@pytest.fixture(scope="module")
def second(ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maintenance]:
    with farms(ansible, doors=[IN_PROCESS], sessions=0, reboot_seconds=1, leave_seconds=5) as farm:
        (server,) = farm
        for number in range(USERS):
            _user(server, number + 1, 3, "rds-03.example.test")
        server.update("rds_machine", 4, logons="drain")
        server.update("rds_machine", 5, rebootPending=True)
        pair = farm.play("", playbook=_playbook(SECOND))
        yield Maintenance(pair.runs[IN_PROCESS], server, tmp_path_factory.mktemp("none"))


@pytest.fixture(scope="module")
def interrupted(ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maintenance]:
    with farms(ansible, doors=[AS_MODULE], sessions=0, reboot_seconds=1) as farm:
        (server,) = farm
        server.update("rds_machine", 1, logons="drain")
        pair = farm.play("", playbook=_playbook(INTERRUPTED))
        yield Maintenance(pair.runs[AS_MODULE], server, tmp_path_factory.mktemp("none"))


def test_check_mode_shows_the_plan_and_whom_it_meets(planned: Maintenance) -> None:
    plan = planned.task("plan", "Show the plan")["msg"]
    assert planned.task("plan", "Show the plan").changed
    assert not planned.task("plan for nobody", "Show the plan").changed
    assert [line for line in plan if line.startswith("Batch")] == [
        f"Batch {number}: drain, message, wait, restart, open the logons" for number in (1, 2)
    ]
    assert f"  {OFFICE[0]} (OK): 1 sessions (user2)" in plan
    assert f"  {OFFICE[1]} (OK): 0 sessions" in plan
    assert planned.task("plan for nobody", "Show the plan")["msg"] == ["Nothing can be done."]
    nobody = planned.task("plan for nobody", "Tell that these hosts would be refused")["msg"]
    assert nobody.startswith("WARNING: The farm does not have the hosts rds-99.example.test.")
    no_pool = planned.task("plan for no pool", "Tell that these hosts would be refused")["msg"]
    assert no_pool.startswith("WARNING: The farm has no host pool Ofice; there are: ")
    assert "Office" in no_pool
    warning = planned.task("plan that takes too many", "Tell that the plan would be refused")
    assert "Office (2 of 2)" in warning["results"][0]["msg"]
    assert "/nowhere/office.json" in planned.failure("plan without a folder")
    for scenario in PLANS.keys() - {"plan without a folder"}:
        assert [task.name for task in planned.tasks(scenario) if task.failed] == []
        assert planned.control(scenario) == []
        assert planned.sent(scenario, "rd_session.message") == 0


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("too many", ("Nothing was done", "More than 50 %", "Office (2 of 2)", "ras_maintenance_batch")),
        ("unknown host", ("Nothing was done", "rds-99.example.test")),
        ("unknown pool", ("Nothing was done", "no host pool Ofice", "Office")),
        ("no folder for the journal", ("Nothing was done", "/nowhere/office.json", "Create the folder")),
        ("nothing named", ("ras_maintenance_hosts or ras_maintenance_pool",)),
        ("wrong values", ("ras_maintenance_batch is", "not many.", "ras_maintenance_max_share is 1 to 100, not 101.")),
    ],
)
def test_refusals_before_anything_is_done(scenario: str, words: tuple[str, ...], refused: Maintenance) -> None:
    for word in words:
        assert word in refused.failure(scenario)
    assert refused.control(scenario) == []


def test_a_failure_half_way_opens_the_logons_again(first: Maintenance) -> None:
    assert "403" in first.failure("failure")
    assert first.control("failure") == [
        "drain 1", "reboot 1", "enable_logons 1",
        "drain 2", "reboot 2", "enable_logons 2",
    ]  # fmt: skip
    assert first.sent("failure", "rd_session.message") == 1
    assert first.result("failure") == {"done": [OFFICE[0]], "done_before": [], "stayed": [], "closed": []}


def test_the_second_run_finishes_the_work(first: Maintenance) -> None:
    assert [task.name for task in first.tasks("second run") if task.failed] == []
    assert first.control("second run") == ["drain 2", "reboot 2", "enable_logons 2"]
    assert first.result("second run") == {"done": [OFFICE[1]], "done_before": [OFFICE[0]], "stayed": [], "closed": []}
    # All is done, so that the next run begins anew.
    assert not first.journal.exists()


def test_a_session_that_ends_is_told_at_once_and_its_hosts_are_opened_all_the_same(ended: Maintenance) -> None:
    failed = [task for task in ended.tasks("session ends") if task.failed]
    assert failed[0].name.endswith("Wait until the users have left, or the time is over")
    assert failed[0].kind == "authentication"
    # The look that met the end of the session was the last one.
    looks = [one["status"] for one in failed[0].traffic.of("rdsession.list")]
    assert looks.count(401) == 1
    assert ended.control("session ends")[-1] == "enable_logons 1"
    assert ended.result("session ends") == {"done": [], "done_before": [], "stayed": [], "closed": []}
    assert ended.server.state()["admin_sessions"] == 0


def test_no_file_of_a_background_job_is_left(first: Maintenance, ended: Maintenance, second: Maintenance) -> None:
    """Neither of jobs that failed, nor where the hosts could not be opened."""
    for maintenance, scenario in ((first, "failure"), (ended, "logons stay closed"), (second, "interrupted")):
        assert any("reboot" in sent for sent in maintenance.control(scenario))
        folder = Path(maintenance.task(scenario, "Make a folder for the jobs that restart hosts")["path"])
        started = maintenance.task(scenario, "Restart the hosts")["results"]
        assert {Path(job["results_file"]).parent for job in started} == {folder}
        assert not folder.exists()


def test_hosts_that_could_not_be_opened_are_named(ended: Maintenance) -> None:
    assert ended.control("logons stay closed") == ["drain 2", "reboot 2", "enable_logons 2", "enable_logons 2"]
    result = ended.result("logons stay closed")
    assert (result["done"], result["closed"]) == ([OFFICE[1]], [OFFICE[1]])
    assert OFFICE[1] in ended.task("logons stay closed", "Tell which hosts may still refuse logons")["msg"]


def test_hosts_that_are_done_and_closed_are_opened_only(ended: Maintenance) -> None:
    scenario = "closed hosts are opened"
    assert [task.name for task in ended.tasks(scenario) if task.failed] == []
    assert ended.task(scenario, "Show the plan")["msg"] == [
        f"{OFFICE[1]}: done by the run that was interrupted, open the logons"
    ]
    assert ended.control(scenario) == ["enable_logons 2"]
    assert ended.result(scenario) == {"done": [], "done_before": [OFFICE[1]], "stayed": [], "closed": []}
    assert not ended.journal.exists()


def test_hosts_that_were_drained_are_opened_though_the_status_does_not_show_it(lagging: Maintenance) -> None:
    for scenario in ("status lags", "status lags, users stay"):
        assert lagging.control(scenario) == ["drain 3", "enable_logons 3"]
        assert lagging.result(scenario)["closed"] == []


def test_nothing_is_sent_to_a_host_whose_drain_was_refused(lagging: Maintenance) -> None:
    assert lagging.control("drain is refused") == ["drain 3"]
    assert lagging.result("drain is refused")["closed"] == []


def test_a_host_that_restarted_is_done_though_another_of_its_batch_failed(lagging: Maintenance) -> None:
    result = lagging.result("failure in a batch")
    (done,) = result["done"]
    (left,) = set(OFFICE) - {done}
    number = OFFICE.index(left) + 1
    assert lagging.control("rest of the batch") == [f"{sent} {number}" for sent in ("drain", "reboot", "enable_logons")]
    assert lagging.result("rest of the batch") == {"done": [left], "done_before": [done], "stayed": [], "closed": []}
    assert not lagging.journal.exists()


def test_a_plan_that_is_carried_out_is_no_change_by_itself(first: Maintenance) -> None:
    assert not first.task("failure", "Show the plan").changed


def test_each_run_is_one_session_and_applies_nothing(
    planned: Maintenance, first: Maintenance, second: Maintenance
) -> None:
    for maintenance, scenario in (
        (first, "failure"),
        (first, "second run"),
        (second, "interrupted"),
        (planned, "plan"),
    ):
        assert maintenance.sent(scenario, "session.logon") == 1
        assert maintenance.sent(scenario, "session.logoff") == 1
        assert maintenance.sent(scenario, "settings.apply") == 0
    for maintenance in (planned, first, second):
        assert maintenance.server.state()["admin_sessions"] == 0


def test_hosts_whose_users_stay_are_left_alone(second: Maintenance) -> None:
    assert [task.name for task in second.tasks("users stay") if task.failed] == []
    for scenario in ("users stay", "users stay, failing"):
        assert second.control(scenario) == ["drain 3", "enable_logons 3"]
        assert second.sent(scenario, "rd_session.message") > 0
        assert second.sent(scenario, "rd_session.logoff") == 0
        assert second.result(scenario)["stayed"] == ["rds-03.example.test"]
    assert "ras_maintenance_when_users_stay" in second.failure("users stay, failing")


def test_users_are_logged_off_if_asked(second: Maintenance) -> None:
    scenario = "users are logged off"
    assert second.control(scenario) == ["drain 3", "reboot 3", "enable_logons 3"]
    assert second.sent(scenario, "rd_session.logoff") > 0
    assert second.sent(scenario, "rd_session.message") == 0
    assert second.result(scenario)["done"] == ["rds-03.example.test"]


def test_what_an_interrupted_run_left_comes_first(second: Maintenance) -> None:
    plan = second.task("interrupted", "Show the plan")["msg"]
    assert plan[0].startswith("Batch 1, which an interrupted run left:")
    assert plan[1].startswith("  rds-north.example.test (LogonDrain)")
    assert second.control("interrupted") == [
        "reboot 4", "enable_logons 4",
        "drain 5", "reboot 5", "enable_logons 5",
    ]  # fmt: skip


def test_what_an_interrupted_run_left_is_back_before_the_rest_of_its_pool_goes(interrupted: Maintenance) -> None:
    """One of two hosts is out, and 50 % are allowed; another host of the pool than those of the plan counts as out."""
    assert "Office (2 of 2)" in interrupted.failure("another one is out")
    assert interrupted.control("another one is out") == []
    assert [task.name for task in interrupted.tasks("interrupted pool") if task.failed] == []
    assert interrupted.control("interrupted pool") == [
        "reboot 1", "enable_logons 1",
        "drain 2", "reboot 2", "enable_logons 2",
    ]  # fmt: skip
    assert interrupted.result("interrupted pool")["done"] == list(OFFICE)
