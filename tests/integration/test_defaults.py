# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Defaults of groups and of single modules never cross: no token arrives at a server that did not issue it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from emulator.process import Emulator, start
from integration.support.doors import LATENCY_MS
from integration.support.runner import DOORS, Ansible, Run


@dataclass(frozen=True)
class Group:
    """An action group: how its platform is signed in to, and what stands for its modules.

    options: of the emulator. member: the task that follows the group's defaults. single: the module that has defaults
    of its own; its task goes to the group's second server.
    """

    name: str
    options: Mapping[str, Any]
    log_on: str
    log_off: str
    member: str
    single: str

    def variable(self, which: str) -> str:
        """The variable that holds a server of this group."""
        return f"{self.name}_{which}"


# One line more for each platform: then the first servers of all groups stand in one play.
GROUPS = (
    Group(
        name="ras",
        options={},
        log_on="deskops.vdi.ras_auth",
        log_off="deskops.vdi.ras_auth",
        member="deskops.vdi.ras_gateway_info",
        single="deskops.vdi.ras_site_info",
    ),
)


def _sign_in(group: Group, which: str) -> str:
    server = group.variable(which)
    return f"""
- name: log on to {server}
  {group.log_on}:
    url: "{{{{ {server}.url }}}}"
    ca_path: "{{{{ {server}.ca_path }}}}"
    username: "{{{{ {server}.username }}}}"
    password: "{{{{ {server}.password }}}}"
  register: logon_{server}
"""


def _sign_out(group: Group, which: str) -> str:
    server = group.variable(which)
    return f"""
- name: log off from {server}
  {group.log_off}: {{state: absent, {_connection(server)}}}
"""


def _connection(server: str) -> str:
    return (
        f'url: "{{{{ {server}.url }}}}", ca_path: "{{{{ {server}.ca_path }}}}", '
        f'auth_token: "{{{{ logon_{server}.auth_token }}}}"'
    )


def _playbook() -> str:
    tasks = "".join(_sign_in(group, which) for group in GROUPS for which in ("group", "single"))
    tasks += "- name: tasks with defaults\n  module_defaults:\n"
    for group in GROUPS:
        tasks += f"    group/deskops.vdi.{group.name}: {{{_connection(group.variable('group'))}}}\n"
        tasks += f"    {group.single}: {{{_connection(group.variable('single'))}}}\n"
    tasks += "  block:\n"
    for group in GROUPS:
        tasks += f"    - name: {group.name} by the group\n      {group.member}:\n"
        tasks += f"    - name: {group.name} by its own defaults\n      {group.single}:\n"
        tasks += f"    - name: {group.name} by the group in a loop\n      {group.member}:\n      loop: [1, 2]\n"
        tasks += f"    - name: {group.name} by its own defaults in a loop\n      {group.single}:\n      loop: [1, 2]\n"
    # The keyword nearest to the task wins, and still nothing of the group may cross.
    for group in GROUPS:
        own = group.variable("single")
        tasks += f"""
    - name: {group.name} with a password beside the group's token
      {group.member}:
        url: "{{{{ {own}.url }}}}"
        ca_path: "{{{{ {own}.ca_path }}}}"
        username: "{{{{ {own}.username }}}}"
        password: "{{{{ {own}.password }}}}"
"""
    tasks += "".join(_sign_out(group, which) for group in GROUPS for which in ("group", "single"))
    return "- name: Play\n  hosts: localhost\n  gather_facts: false\n  tasks:\n" + textwrap.indent(tasks, "    ")


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Emulator]]:
    with ExitStack() as stack:
        yield {
            group.variable(which): stack.enter_context(start(latency=LATENCY_MS, **group.options))
            for group in GROUPS
            for which in ("group", "single")
        }


@pytest.fixture(scope="module", params=DOORS)
def run(request: pytest.FixtureRequest, ansible: Ansible, servers: dict[str, Emulator]) -> Run:
    for server in servers.values():
        server.reset()
    described = {
        name: {
            "url": server.url,
            "ca_path": server.ca_path,
            "username": server.username,
            "password": server.password,
        }
        for name, server in servers.items()
    }
    return ansible.run(_playbook(), servers=servers, variables={**DOORS[request.param], **described})


def test_no_token_arrives_at_a_foreign_server(run: Run, servers: dict[str, Emulator]) -> None:
    assert run.status == 0, run.output
    for name, server in servers.items():
        state = server.state()
        assert state["foreign_tokens"] == 0, name
        assert state["admin_sessions"] == 0, name
        assert state["refused"] == {}, name


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_tasks_reach_the_server_of_their_own_defaults(group: Group, run: Run) -> None:
    for task, which in (("by the group", "group"), ("by its own defaults", "single")):
        for name in (f"{group.name} {task}", f"{group.name} {task} in a loop"):
            reached = {server for server, traffic in run[name].servers.items() if traffic.requests}
            assert reached == {group.variable(which)}, name
            # With the token of the defaults: nobody logged on.
            (traffic,) = (run[name].servers[server] for server in reached)
            assert not any("logon" in operation for operation in traffic.operations)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_a_password_of_the_task_goes_before_the_groups_token(group: Group, run: Run) -> None:
    task = run[f"{group.name} with a password beside the group's token"]
    assert not task.failed, task.message
    reached = {name: traffic.operations for name, traffic in task.servers.items() if traffic.requests}
    assert list(reached) == [group.variable("single")]
    assert any("logon" in operation for operation in reached[group.variable("single")])
