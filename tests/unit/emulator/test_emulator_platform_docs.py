# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/emulator.md names every operation, option, fault and counter of CVAD and FastX, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import emulator
from emulator.cli import parser
from emulator.cvad.operations import rows
from emulator.cvad.options import CvadOptions
from emulator.cvad.platform import CvadPlatform
from emulator.cvad.search import OPERATORS, PROPERTIES
from emulator.fastx.options import FastxOptions
from emulator.fastx.platform import FastxPlatform

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "emulator.md").read_text(encoding="utf-8")
PACKAGE = Path(emulator.__file__).parent


def section(title):
    return re.split(r"^##+ ", TEXT.split(f"\n### {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def table(title):
    lines = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def code(text):
    return re.findall(r"`([^`]+)`", text)


@pytest.mark.parametrize(("platform", "title"), [("cvad", "Options of CVAD"), ("fastx", "Options of FastX")])
def test_options(platform, title):
    own = next(group for group in parser(platform)._action_groups[::-1] if group._group_actions)
    options = {option for action in own._group_actions for option in action.option_strings}
    assert options == {option for row in table(title) for option in re.findall(r"--[a-z-]+", row[0])}


def test_operations_of_cvad():
    described = set()
    for cloud in (False, True):
        table_of = rows(CvadPlatform(CvadOptions(cloud=cloud))._service)
        described |= {(one.name, one.method, one.path, one.kind, one.scope) for one in table_of}
    documented = [
        (code(name)[0], method, code(path)[0], kind, scope)
        for name, method, path, kind, scope, _note in table("Operations of CVAD")
    ]
    assert set(documented) == described
    assert len(documented) == len(described)


def test_operations_of_fastx():
    described = set()
    for version in (2, 3):
        options = FastxOptions(version=version, list_path="--list-path", admin_list_path="--admin-list-path")
        for one in FastxPlatform(options).operations:
            described.add((one.name, str(version), one.method, one.path.replace("/v3/api/--", "--"), one.kind))
    documented = {
        (code(name)[0], version, method, code(path)[0], kind)
        for name, version, methods, path, kind, _note in table("Operations of FastX")
        for method in methods.split(", ")
    }
    assert documented == described


def test_faults_of_cvad():
    documented = {code(row[0])[0]: set(code(row[1])) for row in table("Faults and control of CVAD")}
    assert set(documented) == set(CvadPlatform.fault_kinds)
    for name, kind in CvadPlatform.fault_kinds.items():
        assert set(kind.defaults) <= documented[name]


def test_search_of_cvad():
    for kind, properties, operators in table("Search"):
        assert set(code(properties)) == {name for name, prop in PROPERTIES.items() if prop.kind == kind}
        if kind != "time":
            plain = {
                one for one in OPERATORS[kind] if not one.startswith(("Not", "IsNot")) and one not in ("Any", "None")
            }
            assert set(code(operators)) == plain
    assert {row[0] for row in table("Search")} == set(OPERATORS)


@pytest.mark.parametrize(
    ("platform", "title"), [(CvadPlatform, "Faults and control of CVAD"), (FastxPlatform, "Operations of FastX")]
)
def test_counters(platform, title):
    for name in platform().state():
        assert f"`{name}`" in section(title)


@pytest.mark.parametrize(("folder", "title"), [("cvad", "Assumptions of CVAD"), ("fastx", "Assumptions of FastX")])
def test_assumptions_point_at_code_that_is_there(folder, title):
    for _what, _why, where in table(title):
        names = code(where)
        files = [PACKAGE / folder / name for name in names if name.endswith(".py")]
        assert files, where
        texts = "".join(file.read_text(encoding="utf-8") for file in files)
        for name in names:
            assert name.endswith(".py") or name in texts, where


def test_ready_line():
    for platform in (CvadPlatform(), FastxPlatform()):
        for name in platform.ready:
            assert f"`{name}`" in TEXT
