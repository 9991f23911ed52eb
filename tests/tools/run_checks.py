# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run every check of the project, several at a time, and sum them up.

Each check is a session of noxfile.py. A failing one does not stop the others. Its output goes to a file below
.cache/checks, and is shown when it fails. The last line counts everything; before it come the things that were not run.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.collection_tree import ROOT
from tools.reports import CHECK_VARIABLE, FOLDER, Counts, clear, collect

SHOWN_LINES = 400


@dataclass(frozen=True)
class Check:
    """A session of nox, and what the runner needs to know of it."""

    name: str
    cores: int = 1
    # Counts by the tests in its report, not as one.
    has_tests: bool = False
    # Too long for every run, with little that the others do not see.
    on_request: bool = False
    limit: float = 600.0


# Quick judges first, so that a slip is told soon; then the slow ones. Integration tests use several processes.
CHECKS = (
    Check("ruff"),
    Check("mypy"),
    Check("extra-checks"),
    Check("license-check"),
    Check("tarball"),
    Check("units", has_tests=True),
    Check("yamllint"),
    Check("sanity", limit=900.0),
    Check("changelog"),
    Check("ansible-lint"),
    Check("docs-check"),
    Check("galaxy-importer"),
    Check("lowest-units", has_tests=True),
    Check("newest-units", has_tests=True),
    Check("newest-sanity", on_request=True),
    Check("lowest-smoke", has_tests=True),
    Check("newest-smoke", has_tests=True),
    Check("browser", has_tests=True),
    Check("rulebook", has_tests=True),
    Check("integration", cores=2, has_tests=True, limit=1200.0),
)


@dataclass
class Running:
    """A check that was started."""

    check: Check
    process: subprocess.Popen[bytes]
    log: Path
    began: float = field(default_factory=time.monotonic)
    timed_out: bool = False

    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self.began

    def stop(self) -> None:
        """End it and what it started: it leads a process group of its own."""
        for how in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, how)
                self.process.wait(timeout=10)
            except ProcessLookupError:
                return
            except subprocess.TimeoutExpired:
                continue

    def finished(self) -> bool:
        """Whether it has ended, of itself or by its time limit."""
        if self.process.poll() is None and self.seconds() > self.check.limit:
            self.timed_out = True
            self.stop()
        return self.process.poll() is not None


def start(check: Check) -> Running:
    """Start one check with its output in a file."""
    clear(check.name)
    log = FOLDER / f"{check.name}.log"
    command = [sys.executable, "-m", "nox", "--non-interactive", "--no-color", "--session", check.name]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, CHECK_VARIABLE: check.name, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Running(check, process, log)


def say(text: str) -> None:
    """Print at once: a reader follows along."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def finish(running: Running) -> Counts:
    """Tell how one check ended."""
    counts = collect(running.check.name, running.process.returncode, has_tests=running.check.has_tests)
    if not counts.failed:
        verdict = "ok" if counts.passed else "not run"
    else:
        verdict = f"FAILED after its {running.check.limit:.0f} s were over" if running.timed_out else "FAILED"
    detail = f" ({counts.closing_line()})" if running.check.has_tests else ""
    say(f"[{running.seconds():5.0f} s] {running.check.name}: {verdict}{detail}")
    if counts.failed:
        lines = running.log.read_text(encoding="utf-8", errors="replace").splitlines()
        say("\n".join(f"    {line}" for line in lines[-SHOWN_LINES:]))
        say(f"    (all of it: {running.log.relative_to(ROOT)})")
    return counts


def run_all(checks: Sequence[Check], cores: int) -> Iterator[tuple[Check, Counts]]:
    """Run the checks in their order, as many at once as fit on the cores; yield each as it ends."""
    waiting = list(checks)
    running: list[Running] = []
    try:
        while waiting or running:
            while waiting and _fits(waiting[0], running, cores):
                running.append(start(waiting.pop(0)))
            for ended in [item for item in running if item.finished()]:
                running.remove(ended)
                yield ended.check, finish(ended)
            time.sleep(0.1)
    finally:
        for item in running:
            item.stop()


def _fits(check: Check, running: Sequence[Running], cores: int) -> bool:
    return not running or sum(item.check.cores for item in running) + check.cores <= cores


def chosen(names: Sequence[str]) -> list[Check]:
    """The checks of these names, in the order of the table; all but those on request, when no name is given."""
    known = {check.name for check in CHECKS}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(
            f"Unknown check: {', '.join(unknown)}. There are: {', '.join(check.name for check in CHECKS)}."
        )
    return [check for check in CHECKS if check.name in names or not (names or check.on_request)]


def main() -> int:
    """Run, sum up, and end with the count alone on the last line."""
    parser = argparse.ArgumentParser(description="Run the checks of the project.")
    parser.add_argument("names", nargs="*", metavar="CHECK", help="only these (default: all)")
    names = parser.parse_args().names
    checks = chosen(names)
    FOLDER.mkdir(parents=True, exist_ok=True)
    # The checks lead process groups of their own: whoever ends the runner must end them through it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    later = [check.name for check in CHECKS if check.on_request and not names]
    total = Counts(not_run=[f"{name}: takes minutes; make test CHECKS={name}" for name in later])
    failed: list[str] = []
    began = time.monotonic()
    try:
        # One more than there are cores: checks that install something wait for the package index.
        for check, counts in run_all(checks, cores=max(2, os.cpu_count() or 1) + 1):
            total.add(counts)
            if counts.failed:
                failed.append(check.name)
    except KeyboardInterrupt:
        say("Interrupted.")
        return 130
    say("")
    say(f"{len(checks)} checks in {time.monotonic() - began:.0f} s")
    for name in failed:
        say(f"failed: {name}")
    for line in total.not_run:
        say(f"not run: {line}")
    say(total.closing_line())
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
