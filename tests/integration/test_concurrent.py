# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs at once that want the same gateway: both succeed, and it is created once."""

from __future__ import annotations

import pytest

from emulator.process import start
from integration.support.doors import LATENCY_MS
from integration.support.runner import AS_MODULE, DOORS, IN_PROCESS, Ansible, as_play, connection

TASKS = """
- name: want it
  deskops.vdi.ras_gateway: {server: wanted.example.test, site: "1", install_agent: false, description: Ours}
"""
# Both runs have looked for the gateway long before the first create is carried out.
SECONDS = 8


@pytest.mark.parametrize("second", [IN_PROCESS, AS_MODULE])
def test_two_runs_at_once(second: str, ansible: Ansible) -> None:
    with start(latency=LATENCY_MS) as server:
        server.fault(operation="gateway.create", kind="delay", seconds=SECONDS, times=2)
        started = [
            ansible.start(as_play(TASKS), variables=DOORS[door], environment=connection(server), servers={"s": server})
            for door in (IN_PROCESS, second)
        ]
        runs = [run.finish() for run in started]
        requests, state = server.requests(), server.state()
    for run in runs:
        assert run.status == 0, run.output
        assert run["want it"].outcome == "ok"
        assert run["want it"]["gateway"]["description"] == "Ours"
    # They did collide: one create made it, the other met a conflict and took what was there.
    creates = [one["status"] for one in requests if one["operation"] == "gateway.create"]
    assert sorted(creates) == [201, 409]
    assert len({run["want it"]["gateway"]["id"] for run in runs}) == 1
    assert state["admin_sessions"] == 0
