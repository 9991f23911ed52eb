# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keywords of plays and tasks do what Ansible users expect, and -v tells which of them chose the door."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest

from emulator.process import Emulator, start
from integration.support.doors import LATENCY_MS, Farms, Pair, farms
from integration.support.runner import AS_MODULE, DOORS, IN_PROCESS, Ansible, Run, as_play, connection


def _chosen(run: Run, task: str) -> str:
    """What -v said in a task about the door; empty for the in-process one."""
    part = run.stdout.partition(f"TASK [{task}]")[2].partition("\nTASK [")[0]
    said = [line for line in part.splitlines() if "as a module, not in process" in line]
    return said[0].partition("not in process: ")[2] if said else ""


TASKS = """
- name: plain
  deskops.vdi.ras_site_info:
- name: environment of the task
  deskops.vdi.ras_site_info:
  environment: {RAS_PASSWORD: not-this-one}
- name: after the environment of the task
  deskops.vdi.ras_site_info:
- name: one task in check mode
  deskops.vdi.ras_gateway: {server: new-01.example.test}
  check_mode: true
- name: "before: a server fault that passes"
  stand_in: {fault: {operation: gateway.list, kind: status, status: 500, times: 1}}
- name: until it works
  deskops.vdi.ras_gateway_info: {retries: 0}
  register: reading
  until: reading is succeeded
  retries: 3
  delay: 0
- name: until it never works
  deskops.vdi.ras_gateway_info: {server: gw-01.example.test}
  register: reading
  until: reading.gateways | length > 1
  retries: 2
  delay: 0
- name: changed_when and failed_when
  deskops.vdi.ras_site_info: {name: nowhere}
  register: found
  changed_when: true
  failed_when: found.sites | length == 0
- name: no_log
  deskops.vdi.ras_site_info:
  no_log: true
- name: from another host
  deskops.vdi.ras_site_info:
  delegate_to: other
- name: condition that is false
  deskops.vdi.ras_gateway: {server: new-02.example.test}
  when: false
- name: variable for the door
  deskops.vdi.ras_site_info:
  vars: {deskops_vdi_in_process: "{{ 'no' }}"}
- name: jump host
  deskops.vdi.ras_site_info:
  vars: {ansible_connection: elsewhere}
- name: beside the play
  deskops.vdi.ras_site_info:
  async: 60
  poll: 1
- name: beside the play, without waiting
  deskops.vdi.ras_gateway: {server: new-03.example.test, install_agent: false}
  async: 60
  poll: 0
  register: started
- name: how it ended
  ansible.builtin.async_status: {jid: "{{ started.ansible_job_id }}"}
  register: ended
  until: ended is finished
  retries: 60
  delay: 1
- name: what it did
  ansible.builtin.debug: {msg: "{{ [ended.changed, ended.gateway.server] }}"}
"""
INVENTORY = """
all:
  hosts:
    other: {ansible_connection: local, ansible_python_interpreter: "{{ ansible_playbook_python }}"}
"""
# Where nothing else is said, the first door.
REASONS = {
    "plain": "",
    "environment of the task": "",
    "from another host": "",
    "variable for the door": "the variable deskops_vdi_in_process",
    "jump host": "the connection elsewhere",
    "beside the play": "the keyword async",
    "beside the play, without waiting": "the keyword async",
}


@pytest.fixture(scope="module")
def farm(ansible: Ansible) -> Iterator[Farms]:
    with farms(ansible) as started:
        yield started


@pytest.fixture(scope="module")
def pair(farm: Farms) -> Pair:
    (farm.ansible.folder / "others.yml").write_text(INVENTORY, encoding="utf-8")
    return farm.play(TASKS, "-v", "-i", str(farm.ansible.folder / "others.yml"))


def test_both_doors_agree(pair: Pair) -> None:
    # The number of a job is another one in each run, and so are its polls.
    for tasks in pair.tasks.values():
        for task in tasks:
            if task["name"].startswith("beside the play") or task["name"] == "how it ended":
                for key in ("ansible_job_id", "results_file", "started", "finished", "attempts", "invocation"):
                    task["result"].pop(key, None)
                task["requests"] = {}
    pair.assert_alike()


def test_only_what_should_fail_does(pair: Pair) -> None:
    assert {task.name for task in pair if task.failed} == {
        "environment of the task",
        "until it never works",
        "changed_when and failed_when",
    }


def test_every_session_is_closed(pair: Pair) -> None:
    for server in pair.servers.values():
        state = server.state()
        assert state["admin_sessions"] == 0
        assert state["logons"] == state["logoffs"] > 10


@pytest.mark.parametrize("task", REASONS)
def test_the_door_and_why(task: str, pair: Pair) -> None:
    assert _chosen(pair.through(IN_PROCESS), task) == REASONS[task]
    assert _chosen(pair.through(AS_MODULE), task)
    assert pair[task].outcome == "ok" or task == "environment of the task"


def test_environment_counts_for_its_task_alone(pair: Pair) -> None:
    assert pair["environment of the task"].kind == "authentication"
    assert pair["after the environment of the task"].outcome == "ok"


def test_check_mode_of_one_task(pair: Pair) -> None:
    task = pair["one task in check mode"]
    assert task.changed
    assert task.traffic.writes == []


def test_until(pair: Pair) -> None:
    works = pair["until it works"]
    assert works["attempts"] == 2
    assert len(works["gateways"]) == 4
    never = pair["until it never works"]
    assert never["attempts"] == 2
    assert len(never.traffic.of("gateway.list")) == 3


def test_conditions(pair: Pair) -> None:
    assert pair["changed_when and failed_when"]["failed_when_result"] is True
    assert "censored" in pair["no_log"].result
    skipped = pair["condition that is false"]
    assert skipped.outcome == "skipped"
    assert skipped.traffic.requests == []


def test_async(pair: Pair) -> None:
    for door in DOORS:
        run = pair.through(door)
        assert [site["id"] for site in run["beside the play"]["sites"]] == [1, 2, 3]
        assert run["what it did"]["msg"] == [True, "new-03.example.test"]
    for server in pair.servers.values():
        (create,) = server.requests("gateway.create")
        assert create["body"] == {"server": "new-03.example.test"}


PLAY_ENVIRONMENT = """\
- name: Play
  hosts: localhost
  gather_facts: false
  environment:
    RAS_URL: "{{ server.url }}"
    RAS_USERNAME: "{{ server.username }}"
    RAS_PASSWORD: "{{ server.password }}"
    SSL_CERT_FILE: "{{ server.ca_path }}"
  tasks:
    - name: connection from the environment of the play
      deskops.vdi.ras_site_info:
    - name: in a block
      environment: {RAS_PASSWORD: not-this-one}
      block:
        - name: environment of the block
          deskops.vdi.ras_site_info:
          ignore_errors: true
        - name: option before the environment
          deskops.vdi.ras_site_info: {password: "{{ server.password }}"}
    - name: token of the environment before its password
      deskops.vdi.ras_site_info:
      environment: {RAS_AUTH_TOKEN: expired}
      ignore_errors: true
    - name: password of the task before the token of the environment
      deskops.vdi.ras_site_info: {password: "{{ server.password }}"}
      environment: {RAS_AUTH_TOKEN: expired}
"""


def test_environment_of_the_play(ansible: Ansible) -> None:
    with start(latency=LATENCY_MS) as server:
        shared = Farms(ansible, dict.fromkeys(DOORS, server))
        described = {"url": server.url, "username": server.username, "password": server.password}
        pair = shared.play(
            "",
            playbook=PLAY_ENVIRONMENT,
            watch=False,
            variables={"server": {**described, "ca_path": server.ca_path}},
            environment=dict.fromkeys(connection(server)),
        )
        pair.assert_alike()
        assert server.state()["admin_sessions"] == 0
    assert [task.outcome for task in pair] == ["ok", "failed", "ok", "failed", "ok"]
    for name in ("environment of the block", "token of the environment before its password"):
        assert pair[name].kind == "authentication"
    assert "auth_token" in pair["token of the environment before its password"].message


CHECK = """
- name: writes by itself
  deskops.vdi.ras_gateway: {server: new-11.example.test, install_agent: false}
  check_mode: false
- name: writes nothing
  deskops.vdi.ras_gateway: {server: new-12.example.test}
"""


def test_check_mode_of_the_play_and_a_task_without(ansible: Ansible) -> None:
    with farms(ansible) as farm:
        pair = farm.play(CHECK, "--check")
        pair.assert_alike()
        pair.assert_no_session_left()
    assert pair["writes by itself"].traffic.writes == ["gateway.create"]
    assert pair["writes nothing"].changed
    assert pair["writes nothing"].traffic.writes == []


def test_loop_with_a_token_uses_one_connection_in_process(ansible: Ansible) -> None:
    tasks = """
    - name: log on
      deskops.vdi.ras_auth:
      register: logon
    - name: loop with a token
      deskops.vdi.ras_gateway:
        auth_token: "{{ logon.auth_token }}"
        server: "loop-{{ item }}.example.test"
        install_agent: false
      loop: [1, 2, 3, 4]
    - name: log off
      deskops.vdi.ras_auth: {state: absent, auth_token: "{{ logon.auth_token }}"}
    """
    with farms(ansible) as farm:
        pair = farm.play(tasks)
        pair.assert_alike()
        connections = {
            door: {one["connection"] for one in pair.through(door)["loop with a token"].traffic.requests}
            for door in DOORS
        }
        assert len(connections[IN_PROCESS]) == 1
        # Each module is a process of its own: the count can tell one from many.
        assert len(connections[AS_MODULE]) == 4
        assert pair["loop with a token"].traffic.operations == ["gateway.list", "gateway.create"] * 4
        assert all(server.state()["admin_sessions"] == 0 for server in farm)


def test_until_reads_anew_with_a_token(ansible: Ansible) -> None:
    tasks = """
    - name: log on
      deskops.vdi.ras_auth:
      register: logon
    - name: wait for a site
      deskops.vdi.ras_site_info: {auth_token: "{{ logon.auth_token }}"}
      register: farm
      until: farm.sites | length > 1
      retries: 2
      delay: 0
    - name: wait for a gateway
      deskops.vdi.ras_gateway_info: {auth_token: "{{ logon.auth_token }}"}
      register: farm
      until: farm.gateways | length > 0
      retries: 2
      delay: 0
    - name: log off
      deskops.vdi.ras_auth: {state: absent, auth_token: "{{ logon.auth_token }}"}
    """
    with start(latency=LATENCY_MS, farm="empty") as server:
        run = ansible.run(as_play(tasks), servers={"server": server}, environment=connection(server))
    # The first try and two more.
    assert run["wait for a site"].traffic.operations == ["site.list"] * 3
    assert run["wait for a gateway"].traffic.operations == ["gateway.list"] * 3


def test_loop_over_two_farms_keeps_their_tokens_apart(ansible: Ansible) -> None:
    tasks = """
    - name: log on
      deskops.vdi.ras_auth: {url: "{{ item.url }}", ca_path: "{{ item.ca_path }}"}
      loop: "{{ farms }}"
      loop_control: {label: farm}
      register: logons
    - name: in turns
      deskops.vdi.ras_site_info:
        url: "{{ farms[item].url }}"
        ca_path: "{{ farms[item].ca_path }}"
        auth_token: "{{ logons.results[item].auth_token }}"
      loop: [0, 1, 0, 1]
    - name: log off
      deskops.vdi.ras_auth:
        state: absent
        url: "{{ farms[item].url }}"
        ca_path: "{{ farms[item].ca_path }}"
        auth_token: "{{ logons.results[item].auth_token }}"
      loop: [0, 1]
    """
    with start(latency=LATENCY_MS, farm="demo") as first, start(latency=LATENCY_MS, farm="empty") as second:
        both = {"first": first, "second": second}
        described = [{"url": server.url, "ca_path": server.ca_path} for server in both.values()]
        run = ansible.run(as_play(tasks), servers=both, variables={"farms": described}, environment=connection(first))
        # Three sites in the demo farm, one in the empty one.
        assert [len(item["sites"]) for item in run["in turns"]["results"]] == [3, 1, 3, 1]
        for name, server in both.items():
            traffic = run["in turns"].servers[name]
            assert traffic.operations == ["site.list"] * 2
            assert len({one["connection"] for one in traffic.requests}) == 1
            state = server.state()
            assert (state["foreign_tokens"], state["admin_sessions"], state["refused"]) == (0, 0, {})


TIMEOUT = """
- name: too slow
  deskops.vdi.ras_gateway_info: {api_family: current}
  timeout: 3
- name: the play goes on
  deskops.vdi.ras_site_info:
"""


def test_timeout_of_a_task_still_closes_the_session(ansible: Ansible) -> None:
    with farms(ansible) as farm:
        farm.fault(operation="gateway.list", kind="delay", seconds=6, times=1)
        pair = farm.play(TIMEOUT, watch=False)
        for door in DOORS:
            task = pair.through(door)["too slow"]
            assert task.failed, door
            assert "3" in str(task.result), door
            assert pair.through(door)["the play goes on"].outcome == "ok", door
        # In process the session is closed at once; a module that is left behind closes it when its answer comes.
        assert farm.servers[IN_PROCESS].state()["admin_sessions"] == 0
        _wait_until_closed(farm.servers[AS_MODULE])


def _wait_until_closed(server: Emulator) -> None:
    end = time.monotonic() + 15
    while server.state()["admin_sessions"] and time.monotonic() < end:
        time.sleep(0.2)
    assert server.state()["admin_sessions"] == 0


def _become() -> dict[str, str]:
    """A way to become somebody that works here without a password."""
    root = os.geteuid() == 0
    for method, command in (("sudo", ["sudo", "-n", "true"]), ("su", ["su", "root", "-c", "true"])):
        if shutil.which(method) is None or (method == "su" and not root):
            continue
        if subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0:
            return {"ansible_become_method": f"ansible.builtin.{method}"}
    pytest.skip("not run: become needs sudo without a password, or su as root, and this machine has neither")


def test_become(ansible: Ansible) -> None:
    method = _become()
    tasks = """
    - name: as root
      deskops.vdi.ras_gateway: {server: new-21.example.test, site: "1", install_agent: false}
      become: true
    - name: as root again
      deskops.vdi.ras_gateway: {server: new-21.example.test, site: "1", install_agent: false}
      become: true
    - name: as root in check mode
      deskops.vdi.ras_gateway: {server: new-21.example.test, description: Not yet}
      become: true
      check_mode: true
    - name: as oneself
      deskops.vdi.ras_gateway_info: {server: new-21.example.test}
    """
    with farms(ansible) as farm:
        pair = farm.play(tasks, "-v", variables=method)
        pair.assert_alike()
        pair.assert_no_session_left()
    assert [task.outcome for task in pair] == ["ok"] * 4
    assert [pair[name].changed for name in ("as root", "as root again", "as root in check mode")] == [True, False, True]
    assert _chosen(pair.through(IN_PROCESS), "as root") == "the keyword become"
    assert _chosen(pair.through(IN_PROCESS), "as oneself") == ""
    assert len(pair["as oneself"]["gateways"]) == 1
