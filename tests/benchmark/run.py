# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure, print a table and write docs/performance.md: `make bench`.

Every ratio is taken within one run, between things that took turns, so that a busy machine slows all of them alike.
A goal that is missed is reported with the reason; only a wrong number of requests or connections is a failure.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmark import audits, counts, farm, loops, sessions, tasks, workflow
from benchmark.bed import BenchmarkError
from benchmark.machine import facts
from benchmark.report import Section, markdown, markdown_table, terminal
from emulator.process import EmulatorError
from tools.collection_tree import ROOT

PAGE = ROOT / "docs" / "performance.md"
# One topic per module, in the order of the page.
TOPICS: Mapping[str, Callable[[int], list[Section]]] = {
    "tasks": tasks.measure,
    "loops": loops.measure,
    "counts": counts.measure,
    "farm": farm.measure,
    "workflow": workflow.measure,
    "sessions": sessions.measure,
    "audits": audits.measure,
}
ROUNDS = 3
INTRODUCTION = """# Performance

Measured by `make bench`, which writes this page, against the stand-in server of the tests: no real farm was asked, so
a real server's own time is not in these numbers. Absolute times are those of the machine below, and vary with what
else it does; the time of the processor, of a play and all that it starts, varies less. The quotients were taken between
things that took turns in one run, each as the median of the rounds (here {rounds}) unless the text says otherwise. A
goal that is missed is shown as such, with the reason."""


BUSY = """**The machine was busy with other work when this was measured: {load:.1f} processes ran or waited for its
{cores} cores before it began. Trust the times of the processor and the counts; times on the clock, and goals judged by
them, say little. Run `make bench` again on a quiet machine.**"""


def page(sections: list[Section], rounds: int, load: float) -> str:
    """The whole page. load: how many processes ran on average when the measurement began."""
    machine = "\n".join(markdown_table(("what", "measured on"), list(facts(load).items())))
    cores = os.cpu_count() or 1
    caution = [BUSY.format(load=load, cores=cores)] if load > cores / 2 else []
    return "\n\n".join([INTRODUCTION.format(rounds=rounds), *caution, machine, *map(markdown, sections)]) + "\n"


def main() -> int:
    """Run the topics, print as they end, write the page when all have run."""
    parser = argparse.ArgumentParser(description="Measure the collection.")
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help=f"only some of {', '.join(TOPICS)}; writes no page")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="runs per measurement (default: %(default)s)")
    options = parser.parse_args()
    unknown = sorted(set(options.topics) - set(TOPICS))
    if unknown:
        parser.error(f"unknown topic: {', '.join(unknown)}")
    # As Ctrl-C does, so that servers, plays and folders are cleared away.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sections: list[Section] = []
    began, load = time.monotonic(), os.getloadavg()[0]
    try:
        for name, measure in TOPICS.items():
            if not options.topics or name in options.topics:
                for section in measure(options.rounds):
                    sections.append(section)
                    sys.stdout.write(f"{terminal(section)}\n")
                    sys.stdout.flush()
    except (BenchmarkError, EmulatorError) as error:
        sys.stderr.write(f"The benchmark failed. {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        return 130
    sys.stdout.write(f"\nMeasured in {time.monotonic() - began:.0f} s.\n")
    if not options.topics:
        PAGE.write_text(page(sections, options.rounds, load), encoding="utf-8")
        sys.stdout.write(f"Written: {PAGE.relative_to(ROOT)}\n")
    wrong = [goal for section in sections for goal in section.goals if goal.exact and not goal.holds]
    for goal in wrong:
        sys.stderr.write(f"Wrong: {goal.promise}: {goal.found}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
