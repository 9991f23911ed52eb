# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules, their aliases, the action groups and the documentation agree.

A module that is missing in its group gets no defaults and says nothing about it.
"""

from __future__ import annotations

import ast
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.collection_tree import ROOT, link_tree
from tools.commands import environment, tool

RUNTIME: dict[str, Any] = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
GROUPS: dict[str, list[str]] = RUNTIME["action_groups"]
MODULES = {path.stem: path for path in (ROOT / "plugins" / "modules").glob("[a-z]*.py")}
# Before the name of a group.
FRAGMENT = "deskops.vdi.attributes.actiongroup_"
# The modules whose name does not begin with their group's: the one that can speak to each platform, and the one that
# takes nothing from defaults.
OTHERS = {"api_request": list(GROUPS), "session_audit": []}


def groups_of(module: str) -> list[str]:
    """The groups in which a module's name puts it."""
    return OTHERS.get(module, [module.partition("_")[0]])


def aliases(kind: str) -> dict[str, str]:
    """The other names of modules, each with what it stands for."""
    routes: dict[str, dict[str, str]] = RUNTIME.get("plugin_routing", {}).get(kind, {})
    return {name: route["redirect"].rpartition(".")[2] for name, route in routes.items() if "redirect" in route}


def fragments(path: Path) -> list[str]:
    """The documentation fragments that a module extends."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == "DOCUMENTATION":
            named: list[str] = yaml.safe_load(ast.literal_eval(node.value)).get("extends_documentation_fragment", [])
            return named
    return []


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_lists_its_modules_and_their_aliases(group: str) -> None:
    """All of them, each once, and nothing else."""
    names = [name for name in MODULES if group in groups_of(name)]
    names += [alias for alias, module in aliases("modules").items() if group in groups_of(module)]
    assert sorted(GROUPS[group]) == sorted(names)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_documents_its_group_and_no_other(module: str) -> None:
    """By the fragment that describes the group."""
    fragment = {0: [], 1: [f"{FRAGMENT}{group}" for group in groups_of(module)]}
    named = [name for name in fragments(MODULES[module]) if name.startswith(FRAGMENT)]
    assert named == fragment.get(len(groups_of(module)), [f"{FRAGMENT}all"])


@pytest.fixture(scope="module", name="shown")
def _shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The documentation of all modules as ansible-doc puts it together."""
    env = environment(tmp_path_factory.mktemp("home"), ANSIBLE_COLLECTIONS_PATH=str(link_tree()))
    names = [f"deskops.vdi.{name}" for name in MODULES]
    command = [tool("ansible-doc"), "--json", *names]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=120)
    shown: dict[str, Any] = {name.rpartition(".")[2]: entry["doc"] for name, entry in json.loads(done.stdout).items()}
    return shown


@pytest.mark.parametrize("module", sorted(MODULES))
def test_ansible_doc_shows_the_group_and_every_note_once(module: str, shown: dict[str, Any]) -> None:
    """Ansible takes a fragment by the last part of its name, where a file has that name: the wrong one, in silence."""
    groups = shown[module]["attributes"].get("action_group", {}).get("membership", [])
    assert sorted(groups) == sorted(f"deskops.vdi.{group}" for group in groups_of(module))
    notes = shown[module].get("notes", [])
    assert len(notes) == len(set(notes))


def test_an_alias_is_redirected_as_a_module_and_as_an_action() -> None:
    """Each module has an action file, which Ansible looks for first; and what it stands for is there."""
    assert aliases("modules") == aliases("action")
    assert set(aliases("modules").values()) <= set(MODULES)
