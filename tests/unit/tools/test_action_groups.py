# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules, their aliases, the action groups and the documentation agree.

A module that is missing in its group gets no defaults and says nothing about it.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.collection_tree import ROOT

RUNTIME: dict[str, Any] = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
GROUPS: dict[str, list[str]] = RUNTIME["action_groups"]
MODULES = {path.stem: path for path in (ROOT / "plugins" / "modules").glob("[a-z]*.py")}
# The one module whose name does not begin with its group's.
OTHERS = {"api_request": "ras"}


def group_of(module: str) -> str:
    """The group in which a module's name puts it."""
    return OTHERS.get(module, module.partition("_")[0])


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
    names = [name for name in MODULES if group_of(name) == group]
    names += [alias for alias, module in aliases("modules").items() if group_of(module) == group]
    assert sorted(GROUPS[group]) == sorted(names)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_documents_its_group_and_no_other(module: str) -> None:
    """By the fragment that describes the group."""
    of_groups = [f"deskops.vdi.attributes.{group}" for group in GROUPS]
    named = [name for name in fragments(MODULES[module]) if name in of_groups]
    assert named == [f"deskops.vdi.attributes.{group_of(module)}"]


def test_an_alias_is_redirected_as_a_module_and_as_an_action() -> None:
    """Each module has an action file, which Ansible looks for first; and what it stands for is there."""
    assert aliases("modules") == aliases("action")
    assert set(aliases("modules").values()) <= set(MODULES)
