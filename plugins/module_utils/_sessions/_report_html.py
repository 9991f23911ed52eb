# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the HTML report shows: figures, charts and tables, made ready for the page in _report_page.py.

Whatever comes from servers reaches the page in two ways only: through the template, which escapes it, or as JSON in a
data block whose markup characters are escaped, which the script puts on the page as text.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import urllib.parse
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from .._deps import require_jinja2
from ._report_page import PAGE, SCRIPT, STYLE
from .policies import (
    AGE,
    APPLICATIONS,
    CLIENTS,
    DISCONNECTED,
    DURATIONS,
    HOSTS,
    IDLE,
    PER_USER,
    PROTOCOLS,
    UNKNOWN,
    USERS,
    is_time,
    qualified,
)
from .record import SessionRecord

# As many as a browser sorts and filters without a pause, also on a phone.
MAX_ROWS = 10_000
_LONGEST_CHART = 10

# A cell is a text or number, [text, smaller text below], or [text, smaller text, what to sort by].
Cell: TypeAlias = "str | int | list[Any] | None"
Row = list[Cell]

PLATFORMS = {"ras": "Parallels RAS", "cvad": "Citrix CVAD", "fastx": "StarNet FastX"}
POLICY_TITLES: dict[str, str] = {
    IDLE: "Idle too long",
    DISCONNECTED: "Disconnected too long",
    AGE: "Session too old",
    PER_USER: "Too many sessions",
    USERS: "Forbidden user",
    HOSTS: "Forbidden host",
    CLIENTS: "Forbidden client",
    APPLICATIONS: "Forbidden application",
    PROTOCOLS: "Forbidden protocol",
}

_FINDING_COLUMNS = (
    {"label": "Policy", "facet": True},
    {"label": "User"},
    {"label": "Measured", "number": True},
    {"label": "Limit", "number": True},
    {"label": "State", "state": True},
    {"label": "Host"},
    {"label": "Farm", "facet": True},
    {"label": "Session", "code": True},
)
_SESSION_COLUMNS = (
    {"label": "User"},
    {"label": "State", "state": True, "facet": True},
    {"label": "Idle", "number": True},
    {"label": "Logged on", "number": True},
    {"label": "Host"},
    {"label": "Farm", "facet": True},
    {"label": "In use"},
    {"label": "Client"},
    {"label": "Findings", "tags": True, "facet": True},
    {"label": "Session", "code": True},
)


def duration(seconds: int) -> str:
    """Seconds in the two largest units that say enough: 45 s, 12 min, 2 h 05 min, 3 d 4 h."""
    if seconds < 60:
        return f"{max(seconds, 0)} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def moment(text: str | None) -> str | None:
    """A time of a record as people read it; a text that is no such time stays as it is."""
    return f"{text[:10]} {text[11:16]}" if is_time(text) else text


def session_row(record: SessionRecord, policies: Sequence[str]) -> Row:
    """A session as the page's table shows it."""
    idle = record.idle_seconds
    return [
        _pair(record.user, record.domain),
        record.state,
        None if idle is None else [duration(idle), None, idle],
        moment(record.logon_time),
        _pair(record.host, record.pool),
        _pair(record.farm, PLATFORMS.get(record.platform, record.platform)),
        _pair(", ".join(record.applications) or (record.kind or "").capitalize() or None, record.protocol),
        _pair(record.client_name, record.client_address),
        [POLICY_TITLES[name] for name in policies],
        record.id,
    ]


def finding_row(finding: Mapping[str, Any]) -> Row:
    """A finding as the page's table shows it."""
    session = finding["session"]
    policy = finding["policy"]
    row: Row = [
        POLICY_TITLES[policy],
        _pair(finding["user"], finding["domain"]),
        _measure(policy, finding["measured"]),
        _measure(policy, finding["limit"]),
    ]
    if session is None:
        farms = finding["farms"]
        return [*row, None, None, _pair(", ".join(farms), "several farms" if len(farms) > 1 else None), None]
    farm = _pair(session["farm"], PLATFORMS.get(session["platform"], session["platform"]))
    return [*row, session["state"], session["host"], farm, session["id"]]


def _pair(first: str | None, second: str | None) -> Cell:
    return [first, second] if second else first


def _measure(policy: str, value: int | str) -> Cell:
    return [duration(value), None, value] if policy in DURATIONS and isinstance(value, int) else value


class Bar(NamedTuple):
    """A bar of a list: share is its length in percent of the longest, part its percentage of all."""

    label: str
    value: int
    share: float
    part: str
    style: str


class Column(NamedTuple):
    """A column of a histogram; x and width in percent of the chart, y and height in its pixels."""

    label: str
    title: str
    value: int
    x: float
    width: float
    y: float
    height: float


@dataclasses.dataclass(frozen=True)
class Bars:
    """Bars side by side with names and numbers. hidden: how many more there are."""

    title: str
    bars: list[Bar]
    hidden: int = 0


@dataclasses.dataclass(frozen=True)
class Columns:
    """A histogram. every: which of its labels are shown. tops: whether numbers stand on the columns."""

    title: str
    note: str
    columns: list[Column]
    every: int
    tops: bool
    text: str


PLOT_TOP, PLOT_BOTTOM = 22, 132


def _bars(
    title: str,
    counts: Mapping[str, int],
    total: int,
    *,
    name: Callable[[str], str] = str,
    style: Callable[[str], str] = lambda key: "",
) -> Bars:
    shown = list(counts.items())[:_LONGEST_CHART]
    most = max((value for _key, value in shown), default=0) or 1
    bars = [
        Bar(name(key), value, round(100 * value / most, 2), _part(value, total), style(key)) for key, value in shown
    ]
    return Bars(title, bars, len(counts) - len(shown))


def _part(value: int, total: int) -> str:
    percent = 100 * value / (total or 1)
    return "<1%" if 0 < percent < 1 else f"{percent:.0f}%"


def _columns(title: str, note: str, values: Sequence[tuple[str, str, int]], *, every: int, tops: bool) -> Columns:
    """values: (short label, full label, count) of each column."""
    most = max((value for *_labels, value in values), default=0) or 1
    step = 100 / len(values)
    columns = []
    for position, (label, full, value) in enumerate(values):
        height = round((PLOT_BOTTOM - PLOT_TOP) * value / most, 1)
        # What is there is seen, however little it is.
        height = max(height, 2.0) if value else 0.0
        x = round(step * (position + 0.12), 3)
        columns.append(
            Column(label, f"{full}: {value:,}", value, x, round(step * 0.76, 3), PLOT_BOTTOM - height, height)
        )
    text = "; ".join(f"{full}: {value:,}" for _label, full, value in values)
    return Columns(title, note, columns, every, tops, text)


_STEP_LABELS = (
    ("<5 m", "under 5 minutes"),
    ("<15 m", "5 to 15 minutes"),
    ("<1 h", "15 to 60 minutes"),
    ("<4 h", "1 to 4 hours"),
    ("<8 h", "4 to 8 hours"),
    ("<1 d", "8 to 24 hours"),
    ("1 d+", "a day or longer"),
)


def _idle_chart(summary: Mapping[str, Any]) -> Columns:
    values = [
        (short, full, step["sessions"]) for (short, full), step in zip(_STEP_LABELS, summary["idle"], strict=True)
    ]
    unknown = summary["idle_unknown"]
    note = f"{unknown:,} sessions without a known idle time are left out." if unknown else ""
    return _columns("Idle time", note, values, every=1, tops=True)


def _hour_chart(summary: Mapping[str, Any]) -> Columns:
    hours: dict[str, int] = summary["logons_by_hour"]
    values = [(hour, f"{hour}:00 to {hour}:59", count) for hour, count in hours.items()]
    unknown = summary["sessions"] - sum(hours.values())
    note = f" {unknown:,} sessions without a known logon time are left out." if unknown else ""
    return _columns("Logons over the day", f"By hour, UTC.{note}", values, every=3, tops=False)


@dataclasses.dataclass(frozen=True)
class Page:
    """All that the page shows. complete: name of a report with all sessions, and whether it lies beside this one."""

    title: str
    generated: str
    sources: Sequence[Mapping[str, Any]]
    summary: Mapping[str, Any]
    findings: Sequence[Mapping[str, Any]]
    rows: Sequence[Row]
    complete: tuple[str, bool] | None

    def render(self) -> str:
        """The page as text."""
        jinja2 = require_jinja2()
        environment = jinja2.Environment(
            autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        environment.filters["number"] = lambda value: f"{value:,}"
        template = environment.from_string(PAGE)
        return str(template.render(self._context()))

    def _context(self) -> dict[str, Any]:
        summary = self.summary
        failed = [source for source in self.sources if source["failed"]]
        return {
            "title": self.title,
            "generated": moment(self.generated),
            "sources": self.sources,
            "failed": failed,
            "platforms": PLATFORMS,
            "summary": summary,
            "hosts": len(summary["by_host"]) - (UNKNOWN in summary["by_host"]),
            "policies": [(POLICY_TITLES[name], count) for name, count in summary["by_policy"].items()],
            "not_judged": [(POLICY_TITLES[name], count) for name, count in summary["not_judged"].items()],
            "bars": self._bars(),
            "histograms": [_idle_chart(summary), _hour_chart(summary)] if summary["sessions"] else [],
            "plot": (PLOT_TOP, PLOT_BOTTOM),
            "shown": len(self.rows),
            "shown_findings": min(len(self.findings), MAX_ROWS),
            "complete": self._complete(),
            "style": STYLE,
            "script": SCRIPT,
            "style_hash": _source_hash(STYLE),
            "script_hash": _source_hash(SCRIPT),
            "session_data": _data(_SESSION_COLUMNS, self.rows),
            "finding_data": _data(_FINDING_COLUMNS, [finding_row(finding) for finding in self.findings[:MAX_ROWS]]),
        }

    def _bars(self) -> list[Bars]:
        summary = self.summary
        total = summary["sessions"]
        users = {qualified(user["user"], user["domain"]) or UNKNOWN: user["sessions"] for user in summary["top_users"]}
        top_users = _bars("Top users", users, total)
        charts = [
            _bars("By state", summary["by_state"], total, name=str.capitalize, style=lambda state: f"state-{state}"),
            _bars("By platform", summary["by_platform"], total, name=lambda key: PLATFORMS.get(key, key)),
            _bars("By farm", summary["by_farm"], total),
            _bars("By protocol", summary["by_protocol"], total),
            _bars("By host", summary["by_host"], total),
            dataclasses.replace(top_users, hidden=summary["users"] - len(top_users.bars)),
        ]
        return [chart for chart in charts if chart.bars]

    def _complete(self) -> dict[str, str | None] | None:
        if self.complete is None:
            return None
        name, beside = self.complete
        # The dot keeps a name such as "data:x" from being read as an address of its own.
        return {"name": name, "link": f"./{urllib.parse.quote(name)}" if beside else None}


def _data(columns: Iterable[Mapping[str, Any]], rows: Sequence[Row]) -> str:
    """JSON for a data block: nothing in it ends the block or reads as markup."""
    text = json.dumps({"columns": list(columns), "rows": rows}, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _source_hash(text: str) -> str:
    """How a content security policy names one inline style or script, so that no other is let in."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
