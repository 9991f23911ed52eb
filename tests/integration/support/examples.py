# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the modules' documentation, ready to run against a stand-in server."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import yaml

from tools.collection_tree import ROOT

MODULES = ROOT / "plugins" / "modules"
# What leads to a server of the reader's; the environment leads to ours.
CONNECTION = ("url", "username", "password")
PREFIX = "deskops.vdi."


def group(name: str) -> list[str]:
    """The modules of an action group, without second names of a module."""
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    return sorted(module for module in groups[name] if (MODULES / f"{module}.py").exists())


def _text(module: Path) -> str:
    """The value of EXAMPLES, without importing the module."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(getattr(target, "id", None) == "EXAMPLES" for target in node.targets):
            return str(ast.literal_eval(node.value))
    raise AssertionError(f"{module.name} has no EXAMPLES")


def examples(name: str) -> list[dict[str, Any]]:
    """The tasks of a module's examples, as they stand there."""
    tasks: list[dict[str, Any]] = yaml.safe_load(_text(MODULES / f"{name}.py"))
    return tasks


def adapted(task: dict[str, Any]) -> dict[str, Any]:
    """A task without the address and the account of the reader's server; nothing else is changed."""
    result: dict[str, Any] = {}
    for key, value in task.items():
        if key in ("block", "always", "rescue"):
            result[key] = [adapted(inner) for inner in value]
        elif key == "module_defaults":
            result[key] = {name: _without_connection(defaults) for name, defaults in value.items()}
        elif key.startswith(PREFIX) and value:
            result[key] = _without_connection(value)
        else:
            result[key] = value
    return result


def _without_connection(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in CONNECTION}


def modules_of(tasks: list[dict[str, Any]]) -> set[str]:
    """The names of our modules in tasks, also within blocks."""
    found = set()
    for task in tasks:
        found |= {key.removeprefix(PREFIX) for key in task if key.startswith(PREFIX)}
        for part in ("block", "always", "rescue"):
            found |= modules_of(task.get(part, []))
    return found
