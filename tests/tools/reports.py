# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a check leaves for the closing summary, beside its exit status: test counts, and what it did not run.

The runner names the check in the environment and keeps a folder of files: `<check>.xml`, written by pytest, and
`<check>.not_run`, a line for each thing that was not run.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from tools.collection_tree import CACHE

FOLDER = CACHE / "checks"
# The runner sets it for each check that it starts.
CHECK_VARIABLE = "DESKOPS_CHECK"


@dataclass
class Counts:
    """How many passed and failed, and what was not run, each with the reason."""

    passed: int = 0
    failed: int = 0
    not_run: list[str] = field(default_factory=list)

    def add(self, other: Counts) -> None:
        """Add another check's counts to these."""
        self.passed += other.passed
        self.failed += other.failed
        self.not_run.extend(other.not_run)

    def closing_line(self) -> str:
        """The plain line that says it all."""
        return f"{self.passed} passed, {self.failed} failed, {len(self.not_run)} skipped"


def not_run(what: str, why: str) -> None:
    """Say that something was not run; outside the runner, just print it."""
    line = " ".join(f"{what}: {why}".split())
    sys.stdout.write(f"not run: {line}\n")
    check = os.environ.get(CHECK_VARIABLE)
    if check:
        FOLDER.mkdir(parents=True, exist_ok=True)
        with (FOLDER / f"{check}.not_run").open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def clear(check: str, folder: Path = FOLDER) -> None:
    """Remove what an earlier run left."""
    for path in (folder / f"{check}.xml", folder / f"{check}.not_run"):
        path.unlink(missing_ok=True)


def collect(check: str, status: int, *, has_tests: bool, folder: Path = FOLDER) -> Counts:
    """What one finished check adds to the summary.

    A check with tests counts by its tests, any other as one. A status other than zero is never without a failure:
    pytest also ends so when it could not collect, or found no test.
    """
    listed = folder / f"{check}.not_run"
    counts = Counts(not_run=listed.read_text(encoding="utf-8").splitlines() if listed.exists() else [])
    whole_check = any(line.startswith(f"{check}: ") for line in counts.not_run)
    report = folder / f"{check}.xml"
    if has_tests and report.exists():
        counts.add(junit(report))
    elif status == 0 and not whole_check:
        if has_tests:
            # No report and no word why: nothing was tested.
            counts.failed += 1
        else:
            counts.passed += 1
    if status and not counts.failed:
        counts.failed += 1
    return counts


def junit(report: Path) -> Counts:
    """The counts of a pytest report."""
    counts = Counts()
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            counts.failed += 1
        elif skip is not None:
            counts.not_run.append(" ".join(f"{name}: {skip.get('message') or 'no reason given'}".split()))
        else:
            counts.passed += 1
    return counts
