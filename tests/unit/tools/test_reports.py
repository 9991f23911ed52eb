# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The counts of the closing summary."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import reports
from tools.reports import Counts, clear, collect, junit, not_run

REPORT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="5">
<testcase classname="tests.a" name="test_good"/>
<testcase classname="tests.a" name="test_good_too"/>
<testcase classname="tests.a" name="test_bad"><failure message="no">x</failure></testcase>
<testcase classname="tests.a" name="test_broken"><error message="no">x</error></testcase>
<testcase classname="tests.a" name="test_left_out"><skipped message="sshd is&#10;missing"/></testcase>
</testsuite></testsuites>
"""


def test_each_sort_of_test_is_counted_once(tmp_path: Path) -> None:
    """An error counts as a failure; a skip says why, in one line."""
    report = tmp_path / "a.xml"
    report.write_text(REPORT, encoding="utf-8")
    assert junit(report) == Counts(2, 2, ["tests.a::test_left_out: sshd is missing"])


def test_the_closing_line_has_the_plain_form() -> None:
    """Continuous integration reads exactly this."""
    line = Counts(3, 1, ["a: b", "c: d"]).closing_line()
    assert re.fullmatch(r"\d+ passed, \d+ failed, \d+ skipped", line)
    assert line == "3 passed, 1 failed, 2 skipped"


@pytest.mark.parametrize(("status", "passed", "failed"), [(0, 1, 0), (1, 0, 1), (-9, 0, 1)])
def test_a_judge_counts_as_one(tmp_path: Path, status: int, passed: int, failed: int) -> None:
    """By its exit status."""
    assert collect("ruff", status, has_tests=False, folder=tmp_path) == Counts(passed, failed)


def test_tests_count_by_themselves(tmp_path: Path) -> None:
    """Their check is not counted besides."""
    (tmp_path / "units.xml").write_text(REPORT, encoding="utf-8")
    counts = collect("units", 1, has_tests=True, folder=tmp_path)
    assert (counts.passed, counts.failed, len(counts.not_run)) == (2, 2, 1)


@pytest.mark.parametrize("status", [2, 4, 5])
def test_a_status_is_never_lost(tmp_path: Path, status: int) -> None:
    """Pytest that found no test, or could not start, wrote no failure into its report."""
    (tmp_path / "units.xml").write_text("<testsuites/>", encoding="utf-8")
    assert collect("units", status, has_tests=True, folder=tmp_path).failed == 1


def test_tests_without_a_report_have_failed(tmp_path: Path) -> None:
    """A good status alone proves nothing."""
    assert collect("units", 0, has_tests=True, folder=tmp_path) == Counts(0, 1)


def test_a_check_that_did_not_run_has_not_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is counted as left out, once."""
    monkeypatch.setattr(reports, "FOLDER", tmp_path)
    monkeypatch.setenv(reports.CHECK_VARIABLE, "newest-units")
    not_run("newest-units", "no working Python 3.14")
    for has_tests in (True, False):
        counts = collect("newest-units", 0, has_tests=has_tests, folder=tmp_path)
        assert counts == Counts(0, 0, ["newest-units: no working Python 3.14"])


def test_a_part_that_did_not_run_leaves_the_rest_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a sanity test that lacks its tool."""
    monkeypatch.setattr(reports, "FOLDER", tmp_path)
    monkeypatch.setenv(reports.CHECK_VARIABLE, "sanity")
    not_run("sanity test pslint", "pwsh is missing")
    counts = collect("sanity", 0, has_tests=False, folder=tmp_path)
    assert counts == Counts(1, 0, ["sanity test pslint: pwsh is missing"])


def test_an_earlier_run_does_not_count(tmp_path: Path) -> None:
    """What it left is removed first."""
    (tmp_path / "units.xml").write_text(REPORT, encoding="utf-8")
    (tmp_path / "units.not_run").write_text("a: b\n", encoding="utf-8")
    clear("units", tmp_path)
    assert list(tmp_path.iterdir()) == []
