# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The runner of all checks."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import run_checks
from tools.collection_tree import ROOT
from tools.run_checks import CHECKS, Check, Running, chosen, run_all


def spawn(check: Check, code: str, folder: Path) -> Running:
    """Start Python code in place of a check."""
    process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    log = folder / f"{check.name}.log"
    log.touch()
    return Running(check, process, log)


def test_every_check_is_a_session_of_nox() -> None:
    """A misspelt one would fail only when it runs."""
    listed = subprocess.run(
        [sys.executable, "-m", "nox", "--list", "--json"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    sessions = {session["session"] for session in json.loads(listed.stdout)}
    assert {check.name for check in CHECKS} <= sessions


def test_an_unknown_name_is_refused() -> None:
    """Silence would look like success."""
    with pytest.raises(SystemExit, match="Unknown check: rough"):
        chosen(["ruff", "rough"])


def test_no_name_means_all() -> None:
    """In the order of the table."""
    assert chosen([]) == [check for check in CHECKS if not check.on_request]
    assert [check.name for check in chosen(["newest-sanity"])] == ["newest-sanity"]


def test_one_that_fails_does_not_stop_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All are told of."""
    checks = [Check("bad"), Check("good")]
    monkeypatch.setattr(run_checks, "ROOT", tmp_path)
    monkeypatch.setattr(run_checks, "start", lambda check: spawn(check, f"exit({check.name == 'bad':d})", tmp_path))
    ended = {check.name: counts for check, counts in run_all(checks, cores=1)}
    assert (ended["bad"].failed, ended["good"].passed) == (1, 1)


def test_a_check_that_needs_two_cores_runs_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine with two."""
    now_running: list[str] = []
    seen: dict[str, list[str]] = {}

    def begin(check: Check) -> Running:
        now_running.append(check.name)
        seen[check.name] = list(now_running)
        return spawn(check, "pass", tmp_path)

    monkeypatch.setattr(run_checks, "start", begin)
    for check, _counts in run_all([Check("a"), Check("big", cores=2), Check("b")], cores=2):
        now_running.remove(check.name)
    assert (seen["big"], seen["b"]) == (["big"], ["b"])


def test_a_check_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    """Nothing stays behind."""
    check = Check("stuck", limit=0.5)
    pid_file = tmp_path / "pid"
    code = (
        "import pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(pid_file)!r}).write_text(str(child.pid))\n"
        "time.sleep(60)\n"
    )
    running = spawn(check, code, tmp_path)
    while not running.finished():
        time.sleep(0.05)
    assert running.timed_out
    child = Path("/proc", pid_file.read_text(encoding="utf-8"), "stat")
    # The signal was sent; the kernel carries it out when the child's turn comes. Left alone, it would live a minute.
    end = time.monotonic() + 10
    while _lives(child) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _lives(child)


def _lives(stat: Path) -> bool:
    """Whether a process is there; one that has ended, but nobody has waited for yet, is not."""
    try:
        return stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
