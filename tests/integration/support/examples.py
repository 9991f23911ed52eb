# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the plugins' documentation, ready to run against stand-in servers."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import yaml

from tools.collection_tree import ROOT

MODULES = ROOT / "plugins" / "modules"
LOOKUPS = ROOT / "plugins" / "lookup"
# What leads to a server of the reader's; the environment leads to ours.
CONNECTION = ("url", "username", "password")
PREFIX = "deskops.vdi."
# Variables of the environment that lead to a server: these, behind the name of the platform.
VARIABLES = ("url", "username", "password", "ca_path")
# The same for Citrix Cloud, whose account stands in variables of Ansible.
CLOUD = "CVAD_CLOUD"
CLOUD_VARIABLES = ("url", "token_url", "ca_path")


def group(name: str) -> list[str]:
    """The modules of an action group, without second names of a module."""
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    return sorted(module for module in groups[name] if (MODULES / f"{module}.py").exists())


def _text(plugin: Path) -> str:
    """The value of EXAMPLES, without importing the plugin."""
    for node in ast.parse(plugin.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(getattr(target, "id", None) == "EXAMPLES" for target in node.targets):
            return str(ast.literal_eval(node.value))
    raise AssertionError(f"{plugin.name} has no EXAMPLES")


def examples(name: str) -> list[dict[str, Any]]:
    """The tasks of the examples of a module or lookup, as they stand there."""
    plugin = next(path for folder in (MODULES, LOOKUPS) if (path := folder / f"{name}.py").exists())
    tasks: list[dict[str, Any]] = yaml.safe_load(_text(plugin))
    return tasks


def adapted(task: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A task with the address and the account of our servers, and reports in the folder; nothing else is changed."""
    result: dict[str, Any] = {}
    for key, value in task.items():
        if key in ("block", "always", "rescue"):
            result[key] = [adapted(inner, folder) for inner in value]
        elif key == "module_defaults":
            result[key] = {name: _without(CONNECTION, defaults) for name, defaults in value.items()}
        elif key == f"{PREFIX}session_audit":
            result[key] = _audit(value, folder)
        elif key.startswith(PREFIX) and value:
            result[key] = _options(key, value)
        else:
            result[key] = value
    return result


def _options(module: str, options: dict[str, Any]) -> dict[str, Any]:
    if "client_id" in options:
        return {**options, **_from_environment(CLOUD, CLOUD_VARIABLES)}
    # A site of Citrix belongs to the account, and the servers name theirs.
    ours = (*CONNECTION, "site") if module.startswith(f"{PREFIX}cvad_") else CONNECTION
    return _without(ours, options)


def _audit(options: dict[str, Any], folder: Path) -> dict[str, Any]:
    """session_audit takes nothing from the environment by itself."""
    result = {
        **options,
        "sources": [
            {**source, **_from_environment(source["platform"].upper(), VARIABLES)} for source in options["sources"]
        ],
    }
    if "reports" in options:
        result["reports"] = {name: str(folder / Path(path).name) for name, path in options["reports"].items()}
    return result


def _from_environment(prefix: str, names: tuple[str, ...]) -> dict[str, str]:
    return {name: f"{{{{ lookup('env', '{prefix}_{name.upper()}') }}}}" for name in names}


def _without(names: tuple[str, ...], options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in names}


def modules_of(tasks: list[dict[str, Any]]) -> set[str]:
    """The names of our modules in tasks, also within blocks."""
    found = set()
    for task in tasks:
        found |= {key.removeprefix(PREFIX) for key in task if key.startswith(PREFIX)}
        for part in ("block", "always", "rescue"):
            found |= modules_of(task.get(part, []))
    return found
