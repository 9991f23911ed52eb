# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of every module of the group ras run as they stand in the documentation, against the demo farm."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from integration.support.doors import Pair, farms
from integration.support.examples import adapted, examples, group, modules_of
from integration.support.runner import DOORS, Ansible

MODULES = group("ras")
# Common, full, bulk (collection_style.md, 45).
FEWEST = 3


def _heading(module: str) -> str:
    return f"examples of {module}"


@pytest.fixture(scope="module")
def pair(ansible: Ansible) -> Iterator[Pair]:
    """One run with the examples of all the modules, each module's below a heading of its own."""
    tasks = []
    for module in MODULES:
        tasks.append({"name": _heading(module), "ansible.builtin.debug": {"msg": module}})
        tasks.extend(adapted(task) for task in examples(module))
    play = {"name": "Examples", "hosts": "localhost", "gather_facts": False, "ignore_errors": True, "tasks": tasks}
    with farms(ansible) as farm:
        yield farm.play(
            "",
            playbook=yaml.safe_dump([play], sort_keys=False, allow_unicode=True),
            variables={"vault_ras_password": "11112222", "vault_agent_password": "of-the-agent"},
        )


def test_both_doors_agree(pair: Pair) -> None:
    pair.assert_alike()


@pytest.mark.parametrize("module", MODULES)
def test_examples_work(module: str, pair: Pair) -> None:
    for door in DOORS:
        names = [task.name for task in pair.through(door)]
        first = names.index(_heading(module)) + 1
        later = [names.index(_heading(other)) for other in MODULES if other > module]
        mine = pair.through(door).tasks[first : min(later, default=None)]
        assert len(mine) >= FEWEST
        assert [(task.name, task.message) for task in mine if task.failed] == []
        # Something did run: not all of it was skipped.
        assert any(module in task.action and task.outcome == "ok" for task in mine), door


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_examples_of_its_own(module: str) -> None:
    tasks = examples(module)
    assert module in modules_of(tasks)
    assert len(tasks) >= FEWEST
    assert all(task.get("name") for task in tasks)


def test_examples_close_their_sessions(pair: Pair) -> None:
    for server in pair.servers.values():
        assert server.state()["admin_sessions"] == 0
