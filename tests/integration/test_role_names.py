# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Misspelt variables of roles are told, and no others. What a role documents is taken from its argument spec."""

from __future__ import annotations

import pytest
import yaml

from integration.support.runner import Ansible, Run
from tools.collection_tree import ROOT

ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())


def _documented(role: str) -> list[str]:
    spec = yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text("utf-8"))
    return list(spec["argument_specs"]["main"]["options"])


@pytest.fixture(scope="module")
def told(ansible: Ansible) -> Run:
    """One run with the roles' files of names: each with all of its variables, and again with one that it has not."""
    tasks = []
    for role in ROLES:
        include = {"ansible.builtin.include_role": {"name": f"deskops.vdi.{role}", "tasks_from": "names.yml"}}
        right = dict.fromkeys(_documented(role), "any")
        tasks += [{**include, "vars": right}, {**include, "vars": {**right, f"{role}_sit": "any"}}]
    return ansible.run(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))


@pytest.mark.parametrize("role", ROLES)
def test_a_misspelt_variable_is_told_with_those_that_there_are(role: str, told: Run) -> None:
    assert told.status == 0, told.output
    place = 2 * ROLES.index(role)
    right, wrong = [task for task in told if task.name.endswith("that the role does not have")][place : place + 2]
    assert right.outcome == "skipped"
    assert wrong.message.startswith(f"WARNING: the role {role} has no variable {role}_sit, which has no effect.")
    assert wrong.message.endswith(f"There are {', '.join(_documented(role))}.")


def test_every_role_looks_at_its_names_first() -> None:
    for role in ROLES:
        first, *_others = yaml.safe_load((ROOT / "roles" / role / "tasks" / "main.yml").read_text("utf-8"))
        assert first.get("ansible.builtin.import_tasks") == "names.yml", role
