# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a measurement hands back, and how it is printed: on the terminal, and as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """What was promised, what was found, and why it is so where it falls short."""

    promise: str
    found: str
    holds: bool
    why: str = ""
    # A broken goal that no slow machine can excuse ends the run with a failure.
    exact: bool = False

    @property
    def verdict(self) -> str:
        return "yes" if self.holds else "NO"


@dataclass(frozen=True)
class Section:
    """One topic: a table, how to read it, and the goals that it answers for."""

    title: str
    reading: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    goals: Sequence[Goal] = ()


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, and seconds of the processor, which other work on the machine hardly changes."""

    clock: float
    processor: float

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.clock - other.clock, self.processor - other.processor)

    def __truediv__(self, number: float) -> Cost:
        return Cost(self.clock / number, self.processor / number)


def interleaved(cases: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, Cost]:
    """The median of each case. Each round runs all of them, so that a busy moment of the machine meets all alike."""
    found: dict[str, list[Cost]] = {name: [] for name in cases}
    for _round in range(rounds):
        for name, measure in cases.items():
            found[name].append(measure())
    return {
        name: Cost(statistics.median(cost.clock for cost in costs), statistics.median(cost.processor for cost in costs))
        for name, costs in found.items()
    }


def ratio(one: Cost, other: Cost) -> str:
    """How many times the other, on the clock and of the processor."""
    return f"{times(one.clock / other.clock)} (processor: {times(one.processor / other.processor)})"


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


def times(ratio: float) -> str:
    return f"{ratio:.2f} times" if ratio < 10 else f"{ratio:.1f} times"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table for the terminal: the first column to the left, the others to the right."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]

    def line(row: Sequence[str]) -> str:
        first, *others = (
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        return "  ".join([first, *others]).rstrip()

    return [line(header), "  ".join("-" * width for width in widths), *map(line, rows)]


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The same in Markdown."""
    marks = ["---", *["---:"] * (len(header) - 1)]
    return [f"| {' | '.join(row)} |" for row in (header, marks, *rows)]


def _goal_rows(goals: Sequence[Goal]) -> list[tuple[str, str, str]]:
    return [(goal.promise, goal.found, goal.verdict) for goal in goals]


GOALS = ("goal", "found", "holds")


def terminal(section: Section) -> str:
    """A section for the terminal."""
    lines = ["", section.title, "=" * len(section.title), *table(section.header, section.rows)]
    if section.goals:
        lines += ["", *table(GOALS, _goal_rows(section.goals))]
    return "\n".join(lines)


def markdown(section: Section) -> str:
    """A section for the page."""
    lines = [f"## {section.title}", "", section.reading, "", *markdown_table(section.header, section.rows)]
    if section.goals:
        lines += ["", *markdown_table(GOALS, _goal_rows(section.goals))]
    short = [goal for goal in section.goals if not goal.holds and goal.why]
    for goal in short:
        lines += ["", f"Falls short: {goal.promise}. {goal.why}"]
    return "\n".join(lines)
