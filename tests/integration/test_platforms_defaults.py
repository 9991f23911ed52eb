# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Defaults of three groups and of single modules in one play: no token arrives at another platform's server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from emulator.process import Emulator, start
from integration.support.doors import LATENCY_MS
from integration.support.runner import DOORS, Ansible, Run

PLATFORMS = ("ras", "cvad", "fastx")


def _sign_in(platform: str) -> str:
    return f"""
    - name: sign in to {platform}
      deskops.vdi.{platform}_auth:
        url: "{{{{ {platform}.url }}}}"
        ca_path: "{{{{ {platform}.ca_path }}}}"
        username: "{{{{ {platform}.username }}}}"
        password: "{{{{ {platform}.password }}}}"
      register: {platform}_signed_in
"""


def _defaults(platform: str) -> str:
    return (
        f'{{url: "{{{{ {platform}.url }}}}", ca_path: "{{{{ {platform}.ca_path }}}}", '
        f'auth_token: "{{{{ {platform}_signed_in.auth_token }}}}"}}'
    )


PLAYBOOK = (
    "- name: Play\n  hosts: localhost\n  gather_facts: false\n  tasks:\n"
    + "".join(_sign_in(platform) for platform in PLATFORMS)
    + "    - name: three groups\n      module_defaults:\n"
    + "".join(f"        group/deskops.vdi.{platform}: {_defaults(platform)}\n" for platform in PLATFORMS)
    + f"""\
      block:
        - name: ras by its group
          deskops.vdi.ras_site_info:
        - name: cvad by its group
          deskops.vdi.cvad_session_info: {{return_sessions: false}}
        - name: cvad by its group and another name
          deskops.vdi.cvad_sessions: {{return_sessions: false}}
        - name: fastx by its group
          deskops.vdi.fastx_session_info: {{return_sessions: false}}
        - name: ras by a request
          deskops.vdi.api_request: {{path: /api/Site}}
        - name: cvad by a request
          deskops.vdi.api_request: {{platform: cvad, path: /Sites}}
        - name: fastx by a request
          deskops.vdi.api_request: {{platform: fastx, path: "/api/list/:token"}}
    - name: one group and single modules
      module_defaults:
        group/deskops.vdi.ras: {_defaults("ras")}
        deskops.vdi.cvad_site_info: {_defaults("cvad")}
        deskops.vdi.fastx_session_info: {_defaults("fastx")}
        deskops.vdi.api_request: {_defaults("cvad")[:-1]}, platform: cvad}}
      block:
        - name: ras by the one group
          deskops.vdi.ras_site_info:
        - name: cvad by its own defaults
          deskops.vdi.cvad_site_info:
        - name: fastx by its own defaults
          deskops.vdi.fastx_session_info: {{return_sessions: false}}
        - name: cvad by a request with its own defaults
          deskops.vdi.api_request: {{path: /Sites}}
    - name: log off
      deskops.vdi.ras_auth:
        state: absent
        url: "{{{{ ras.url }}}}"
        ca_path: "{{{{ ras.ca_path }}}}"
        auth_token: "{{{{ ras_signed_in.auth_token }}}}"
"""
)
TASKS = (
    "{} by its group",
    "{} by a request",
    "cvad by its group and another name",
    "ras by the one group",
    "cvad by its own defaults",
    "fastx by its own defaults",
    "cvad by a request with its own defaults",
)


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Emulator]]:
    with ExitStack() as stack:
        yield {platform: stack.enter_context(start(platform=platform, latency=LATENCY_MS)) for platform in PLATFORMS}


@pytest.fixture(scope="module", params=DOORS)
def run(request: pytest.FixtureRequest, ansible: Ansible, servers: dict[str, Emulator]) -> Run:
    for server in servers.values():
        server.reset()
    described: dict[str, Any] = {
        name: {key: server.ready[key] for key in ("url", "ca_path", "username", "password")}
        for name, server in servers.items()
    }
    return ansible.run(PLAYBOOK, servers=servers, variables={**DOORS[request.param], **described})


def test_no_token_arrives_at_a_foreign_server(run: Run, servers: dict[str, Emulator]) -> None:
    assert run.status == 0, run.output
    for name, server in servers.items():
        state = server.state()
        assert (state["foreign_tokens"], state["refused"], state["unknown"]) == (0, {}, 0), name
    assert servers["ras"].state()["admin_sessions"] == 0


@pytest.mark.parametrize("name", sorted({task.format(name) for task in TASKS for name in PLATFORMS}))
def test_a_task_reaches_the_server_of_its_defaults_with_their_token(name: str, run: Run) -> None:
    task = run[name]
    reached = {server: traffic for server, traffic in task.servers.items() if traffic.requests}
    assert list(reached) == [name.partition(" ")[0]]
    (traffic,) = reached.values()
    assert not [one for one in traffic.operations if one in ("session.logon", "token.create", "login.start")]
    assert not task.failed
