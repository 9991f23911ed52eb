# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The setting up of the local environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import bootstrap
from tools.bootstrap import fingerprint, requirement_files
from tools.collection_tree import ROOT


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A requirements file that includes another, which includes a third."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "base.txt").write_text("httpx\n", encoding="utf-8")
    (tmp_path / "sub/middle.txt").write_text("-r ../base.txt\n", encoding="utf-8")
    top = tmp_path / "sub/top.txt"
    top.write_text("# all\n-r middle.txt\npytest\n", encoding="utf-8")
    return top


def test_included_files_are_found(top: Path) -> None:
    """Relative to the one that includes them, as pip does."""
    assert [path.name for path in requirement_files(top)] == ["top.txt", "middle.txt", "base.txt"]


def test_a_change_in_an_included_file_asks_for_a_new_installation(top: Path, tmp_path: Path) -> None:
    """So does another place; nothing else does."""
    before = fingerprint(tmp_path / "venv", top)
    assert fingerprint(tmp_path / "venv", top) == before
    assert fingerprint(tmp_path / "elsewhere", top) != before
    (tmp_path / "base.txt").write_text("httpx>=1\n", encoding="utf-8")
    assert fingerprint(tmp_path / "venv", top) != before


def test_an_old_python_is_told_so(tmp_path: Path) -> None:
    """With what was found, what is needed, and how to name another."""
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n', encoding="utf-8")
    old.chmod(0o755)
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", "python", f"PYTHON={old}"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stderr
    assert "found: Python 3.9.2" in done.stderr
    assert "make PYTHON=" in done.stderr


@pytest.mark.parametrize("installer", [None, sys.executable])
def test_the_environment_that_installs_has_the_newest_pip(
    installer: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First of all; where that fails, the pip that is there does the work."""
    commands: list[list[str]] = []

    def run(command: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 1 if "--upgrade" in command else 0)

    monkeypatch.setattr(subprocess, "run", run)
    top = tmp_path / "requirements.txt"
    top.write_text("httpx\n", encoding="utf-8")
    bootstrap.install(tmp_path, top, installer)
    assert ["--upgrade" in command for command in commands] == ([True, False] if installer is None else [False])
    assert commands[-1][-2:] == ["--requirement", str(top)]
    assert (tmp_path / ".installed-requirements").exists()
