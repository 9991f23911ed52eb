# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a part of the collection may import, as docs/architecture.md has it."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
PLATFORMS = ("_ras", "_cvad", "_fastx")
LIBRARIES = {"httpx", "httpcore", "pydantic", "pydantic_core", "jinja2"}


@functools.cache
def imports(file: Path) -> frozenset[str]:
    """What a file imports: names of libraries, and paths below plugins for what is ours."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            if not node.level:
                found.add(str(node.module))
                continue
            base = file.parents[node.level - 1].joinpath(*str(node.module or "").split("."))
            names = [base / alias.name for alias in node.names] if base.is_dir() else [base]
            found |= {str(name.relative_to(PLUGINS)) for name in names}
    return frozenset(found)


def files(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (PLUGINS / folder).rglob("*.py"))


def top(name: str) -> str:
    return name.partition(".")[0]


def of(file: Path, folder: str) -> set[str]:
    """What a file imports from a folder below plugins."""
    return {name for name in imports(file) if name == folder or name.startswith(f"{folder}/")}


def where(file: Path) -> str:
    return str(file.relative_to(PLUGINS))


@pytest.mark.parametrize("file", files("module_utils"), ids=where)
def test_shared_code_knows_nothing_of_those_who_use_it(file: Path) -> None:
    assert not {user for folder in ("modules", "action", "lookup", "plugin_utils") for user in of(file, folder)}


@pytest.mark.parametrize("file", files("modules", "module_utils", "lookup", "plugin_utils"), ids=where)
def test_libraries_are_imported_in_one_place(file: Path) -> None:
    wanted = LIBRARIES if file.name == "_deps.py" else set()
    # For types only.
    if file.name == "_task.py":
        wanted = {"httpx"}
    assert {top(name) for name in imports(file)} & LIBRARIES == wanted
    assert "websockets" not in {top(name) for name in imports(file)} or where(file) == "module_utils/_fastx/stream.py"


@pytest.mark.parametrize("file", files("modules", *(f"module_utils/{name}" for name in PLATFORMS)), ids=where)
def test_modules_and_platforms_see_ansible_by_their_task_alone(file: Path) -> None:
    assert "ansible" not in {top(name) for name in imports(file)}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_platforms_know_nothing_of_each_other(platform: str) -> None:
    for file in files(f"module_utils/{platform}"):
        others = (f"module_utils/{name}" for name in PLATFORMS if name != platform)
        assert not {name for other in others for name in of(file, other)}, where(file)


@pytest.mark.parametrize(
    "name", ["_errors", "_secrets", "_polling", "_tls", "_fields", "_http", "_options", "_converge"]
)
def test_what_all_share_knows_no_platform(name: str) -> None:
    known = {one for one in imports(PLUGINS / "module_utils" / f"{name}.py") if one.startswith("module_utils/")}
    allowed = {
        "_tls": {"_errors"},
        "_fields": {"_errors"},
        "_http": {"_deps", "_errors", "_secrets", "_tls"},
        "_options": {"_errors", "_fields", "_http", "_secrets"},
        "_converge": {"_errors", "_secrets", "_task"},
    }
    assert known <= {f"module_utils/{one}" for one in allowed.get(name, set())}
