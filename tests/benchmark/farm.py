# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A farm of a thousand gateways: what one task pays for their number."""

from __future__ import annotations

import json
import time

from benchmark.bed import Bed, Task, bed
from benchmark.report import Cost, Goal, Section, interleaved, milliseconds

GATEWAYS = 1000
FEW, MANY = 2, 22
BY_NAME: Task = {"deskops.vdi.ras_gateway": {"server": "gw-bulk-00001.example.test", "enabled": True}}
BY_ID: Task = {"deskops.vdi.ras_gateway": {"id": 1, "enabled": True}}
SMALL, LARGE = "1 gateway in the farm", f"{GATEWAYS:,} gateways in the farm"


def measure(rounds: int) -> list[Section]:
    """The same converged task in a small and in a large farm, beside the bare transfer of their lists."""
    with bed(farm="empty", gateways=1) as small, bed(farm="empty", gateways=GATEWAYS) as large:
        grounds = {SMALL: small, LARGE: large}
        cases = {}
        for title, ground in grounds.items():
            cases[f"{title}: by name"] = lambda ground=ground: _per_task(ground, BY_NAME)
            cases[f"{title}: by id"] = lambda ground=ground: _per_task(ground, BY_ID)
            cases[f"{title}: the list alone"] = lambda ground=ground: _transfer(ground)
        found = interleaved(cases, rounds)
        with large.client() as client:
            size = len(client.get("/api/Gateway").raise_for_status().content)
    growth = found[f"{LARGE}: by name"] - found[f"{SMALL}: by name"]
    transfer = found[f"{LARGE}: the list alone"] - found[f"{SMALL}: the list alone"]
    return [
        Section(
            "A farm of 1,000 gateways",
            "Time of one task in process with a token, nothing to change, in a small and in a large farm. `The list "
            "alone` is one GET of the list and `json.loads`, without Ansible, over a connection that is open. The list "
            f"of {GATEWAYS:,} gateways has {size / 1e6:.1f} MB; no filter of it is documented, so a task by name reads "
            "all of it, and a task by id does not.",
            ("case", "time", "of the processor"),
            [(name, milliseconds(cost.clock), milliseconds(cost.processor)) for name, cost in found.items()],
            [
                Goal(
                    "a task by name grows by no more than the list's transfer",
                    f"{milliseconds(growth.clock)} for {milliseconds(transfer.clock)} (processor: "
                    f"{milliseconds(growth.processor)} for {milliseconds(transfer.processor)})",
                    growth.clock <= transfer.clock,
                    "While the list is parsed, Python's garbage collector walks all of Ansible's own objects in the "
                    "worker, several times. With the collector off (tried) the growth is that of the transfer; "
                    "comparing the rows takes 1 to 3 ms. A task by id does not grow.",
                )
            ],
        )
    ]


def _per_task(ground: Bed, task: Task) -> Cost:
    few = ground.play([task] * FEW).cost
    return (ground.play([task] * MANY).cost - few) / (MANY - FEW)


def _transfer(ground: Bed) -> Cost:
    with ground.client() as client:
        client.get("/api/Site").raise_for_status()
        began = Cost(time.perf_counter(), time.process_time())
        json.loads(client.get("/api/Gateway").raise_for_status().content)
        return Cost(time.perf_counter(), time.process_time()) - began
