# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the reports of a session audit while the sessions arrive.

Sources hand over their pages as they come, from as many threads as they like. csv and ndjson go to disk page by page,
json too, beside the file in which it is put together at the end; html keeps the rows that it will show. So memory
follows the size of a page, the number of findings, and those rows, not the number of sessions.

A report appears under its name in one step, when all of them are complete; until then, and after any failure, what
stood there before stays.
"""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import datetime
import functools
import io
import json
import operator
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

from .._deps import require_jinja2
from .._errors import BadInputError, VdiError
from . import _report_html
from .policies import PER_USER, PERSONAL, Breach, Policies, Summary, UserBreach
from .pseudonyms import Pseudonyms
from .record import FIELDS, SessionRecord, as_dict, moment_text

COLUMNS = (*FIELDS, "policies")
LISTS = ("applications", "connected_through")
DEFAULT_MODE = "0600"
# A lone surrogate can stand in JSON, and so in a name; its escape is what JSON writes for it.
_ESCAPE = "backslashreplace"
_MODE = re.compile(r"0?[0-7]{3}")


class ReportError(VdiError):
    """A report could not be written."""

    kind = "report"


@dataclasses.dataclass(frozen=True)
class AuditOptions:
    """What an audit looks for and what it writes.

    reports: format (csv, html, json, ndjson) -> path; policies: see policies.py; mode: permissions of the files, octal
    text; pseudonym_key: makes pseudonyms comparable between runs; keep_sessions: return the sessions as well;
    write: false (check mode) looks at everything and writes nothing.
    """

    reports: Mapping[str, str | os.PathLike[str]] = dataclasses.field(default_factory=dict)
    policies: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    mode: str = DEFAULT_MODE
    pseudonymize_users: bool = False
    pseudonym_key: str | None = None
    keep_sessions: bool = False
    write: bool = True
    title: str = "Session audit"


@dataclasses.dataclass(frozen=True)
class SourceResult:
    """How one source ended. error: why it failed, in words without secrets; failure: VdiError.failure()."""

    platform: str
    name: str
    error: str | None = None
    failure: Mapping[str, Any] | None = None


@dataclasses.dataclass(frozen=True)
class AuditResult:
    """What an audit found. reports: format -> path; sessions: only where they were asked for."""

    generated: str
    sources: list[dict[str, Any]]
    summary: dict[str, Any]
    findings: list[dict[str, Any]]
    reports: dict[str, str]
    sessions: list[dict[str, Any]] | None = None

    def as_dict(self) -> dict[str, Any]:
        """The result as a task returns it."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return values if self.sessions is not None else {k: v for k, v in values.items() if k != "sessions"}


class Batch:
    """A page of sessions on its way to the writers, with the names of the policies that each of them breaks."""

    def __init__(self, records: Sequence[SessionRecord], broken: Mapping[int, Sequence[Breach]]):
        self.records = records
        self._broken = broken

    def policies(self, position: int) -> list[str]:
        broken = self._broken.get(position)
        return [breach.policy for breach in broken] if broken else []

    def joined_policies(self) -> list[str]:
        """policies() of all sessions, each as one text."""
        texts = [""] * len(self.records)
        for position in self._broken:
            texts[position] = "; ".join(self.policies(position))
        return texts

    @functools.cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The sessions as plain data, as all reports but csv and html show them."""
        return [
            {**as_dict(record), "policies": self.policies(position)} for position, record in enumerate(self.records)
        ]

    @functools.cached_property
    def json_texts(self) -> list[str]:
        """The sessions as JSON, each on one line; made once for all reports."""
        return [_encode(row) for row in self.rows]


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


class Writer(Protocol):
    """One report in the making."""

    def add(self, batch: Batch) -> None:
        """Take a page."""

    def finish(self, result: AuditResult) -> None:
        """Write what is left; no page comes any more."""

    def close(self) -> None:
        """Give back what the writer holds besides its file."""


class NdjsonWriter:
    """One session a line, as JSON."""

    def __init__(self, stream: IO[str], path: Path, options: AuditOptions):
        self._stream = stream

    def add(self, batch: Batch) -> None:
        self._stream.write("".join([f"{text}\n" for text in batch.json_texts]))

    def finish(self, result: AuditResult) -> None:
        """All is written."""

    def close(self) -> None:
        """It holds nothing."""


class JsonWriter:
    """One object: generated, sources, summary, findings, sessions.

    The sessions come last, where readers find the short parts first, but arrive first: they wait in a file without a
    name, which ends with the process whatever happens.
    """

    def __init__(self, stream: IO[str], path: Path, options: AuditOptions):
        self._stream = stream
        self._waiting = _nameless_file(path.parent)
        self._separator = "\n"

    def add(self, batch: Batch) -> None:
        if batch.json_texts:
            self._waiting.write(self._separator + ",\n".join(batch.json_texts))
            self._separator = ",\n"

    def finish(self, result: AuditResult) -> None:
        head = {
            "generated": result.generated,
            "sources": result.sources,
            "summary": result.summary,
            "findings": result.findings,
        }
        text = json.dumps(head, ensure_ascii=False, indent=1, default=str)
        self._stream.write(text.removesuffix("\n}") + ',\n "sessions": [')
        self._waiting.seek(0)
        shutil.copyfileobj(self._waiting, self._stream)
        self._stream.write("\n]}\n")

    def close(self) -> None:
        self._waiting.close()


class CsvWriter:
    """A table for spreadsheets: a header, one session a row, lists joined by '; '.

    It begins with a byte order mark, without which spreadsheets read names in the encoding of their own computer;
    programs are better served by ndjson. A cell that a spreadsheet would take for a formula gets an apostrophe.
    """

    def __init__(self, stream: IO[str], path: Path, options: AuditOptions):
        self._stream = stream
        stream.write("\ufeff" + _table([COLUMNS]))

    def add(self, batch: Batch) -> None:
        # By columns: a page at a time costs less than a session at a time.
        columns = [_column(name, batch.records) for name in FIELDS]
        columns.append(batch.joined_policies())
        texts = [cell for cell in set().union(*columns) if cell and isinstance(cell, str)]
        # One search over what a page holds costs a fraction of a look at each cell; hardly any page has a hit.
        lines = "\n".join(["", *texts])
        if _ANYWHERE.search(lines):
            columns = [[_harmless(cell) for cell in column] for column in columns]
        needs_quotes = any(mark in lines for mark in '",\r') or lines.count("\n") > len(texts)
        rows = zip(*map(_cells, columns), strict=True)
        self._stream.write(_table(rows) if needs_quotes else _plain_table(rows))

    def finish(self, result: AuditResult) -> None:
        """All is written."""

    def close(self) -> None:
        """It holds nothing."""


def _table(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _plain_table(rows: Iterable[Sequence[str]]) -> str:
    """The same for cells of which none needs quotes, in a fraction of the time."""
    return "\r\n".join([*map(",".join, rows), ""])


def _column(name: str, records: Sequence[SessionRecord]) -> list[Any]:
    values = map(operator.attrgetter(name), records)
    return list(map("; ".join, values) if name in LISTS else values)


def _cells(column: list[Any]) -> list[str]:
    kinds = set(map(type, column))
    return column if kinds == {str} else ["" if value is None else str(value) for value in column]


# What begins a formula, also in the wide forms that spreadsheets of East Asia accept; they skip blanks before it.
_SIGN = "[=+\\-@\uff1d\uff0b\uff0d\uff20]"
_START = re.compile(f"[\\t\\r\\n]|[\\s\\0]*+{_SIGN}")
# A spreadsheet may take ; | or a tab for the end of a cell, where it is set up so: then a formula also begins there.
# Blanks are looked at up to the next such end only, from which the search goes on: none of them is seen twice.
_FORMULA = f"(?:[^\\S\\t\\r\\n]|\\0)*+{_SIGN}"
_INSIDE = re.compile(f'([,;|\\t\\r\\n]"?)(?={_FORMULA})')
# Either of them in texts that stand on lines of their own.
_ANYWHERE = re.compile(f'[,;|\\t\\r\\n](?:"?{_FORMULA}|[\\t\\r\\n])')


def _harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if not isinstance(cell, str):
        return cell
    start = "'" if _START.match(cell) else ""
    return start + _INSIDE.sub(r"\1'", cell)


class HtmlWriter:
    """The page that people look at; shows the first sessions up to a limit, and counts them all."""

    def __init__(self, stream: IO[str], path: Path, options: AuditOptions):
        self._stream = stream
        self._title = options.title
        self._beside = _neighbours(path, options.reports)
        self._rows: list[_report_html.Row] = []

    def add(self, batch: Batch) -> None:
        left = _report_html.MAX_ROWS - len(self._rows)
        for position, record in enumerate(batch.records[:left]):
            self._rows.append(_report_html.session_row(record, batch.policies(position)))

    def finish(self, result: AuditResult) -> None:
        page = _report_html.Page(
            title=self._title,
            generated=result.generated,
            sources=result.sources,
            summary=result.summary,
            findings=result.findings,
            rows=self._rows,
            complete=self._beside,
        )
        self._stream.write(page.render())

    def close(self) -> None:
        self._rows = []


def _neighbours(path: Path, reports: Mapping[str, str | os.PathLike[str]]) -> tuple[str, bool] | None:
    """The report that holds all sessions: its file name, and whether it lies beside this one; None if there is none."""
    for name in ("csv", "ndjson", "json"):
        if reports.get(name):
            other = _absolute(reports[name])
            return other.name, other.parent == path.parent
    return None


WRITERS: dict[str, type[CsvWriter] | type[HtmlWriter] | type[JsonWriter] | type[NdjsonWriter]] = {
    "csv": CsvWriter,
    "html": HtmlWriter,
    "json": JsonWriter,
    "ndjson": NdjsonWriter,
}


def _nameless_file(folder: Path) -> IO[str]:
    """A file that is gone once it is closed, whoever closes it."""
    return tempfile.TemporaryFile("w+", dir=folder, encoding="utf-8", errors=_ESCAPE, newline="")


def _hidden_file(folder: Path) -> IO[str]:
    """A file under a name that listings leave out."""
    return tempfile.NamedTemporaryFile(
        "w",
        dir=folder,
        prefix=".session_audit-",
        suffix=".tmp",
        delete=False,
        encoding="utf-8",
        errors=_ESCAPE,
        newline="",
    )


class AtomicFile:
    """A file that takes its name in one step, or never.

    It is written under a hidden name in the same folder, since only there a rename is one step, readable by its owner
    alone from the start. A symbolic link of that name is replaced, not followed: where others may write to the folder,
    it could point anywhere.
    """

    def __init__(self, path: Path, mode: int):
        self._path = path
        self._mode = mode
        self.stream = _hidden_file(path.parent)
        self._name: str | None = self.stream.name

    def seal(self) -> None:
        """Make the content complete on disk, so that a crash right after the renaming leaves no empty file."""
        self.stream.flush()
        os.fsync(self.stream.fileno())
        os.fchmod(self.stream.fileno(), self._mode)
        self.stream.close()

    def publish(self) -> None:
        """Take the name."""
        if self._name is not None:
            Path(self._name).replace(self._path)
            self._name = None

    def discard(self) -> None:
        """Remove what has not taken its name."""
        with contextlib.suppress(OSError):
            self.stream.close()
        if self._name is not None:
            Path(self._name).unlink(missing_ok=True)
            self._name = None


@dataclasses.dataclass(frozen=True)
class _Report:
    """One report: where it goes, its file and its writer."""

    path: Path
    file: AtomicFile
    writer: Writer


class AuditWriter:
    """Takes the pages of an audit and ends with its reports and result. Use as a context manager:

        with AuditWriter(options) as audit:   # options and folders are checked here, before anything is read
            audit.add(page)                   # list of SessionRecord; from any thread, any number of times
            result = audit.finish(sources)    # the reports stand under their names now

    Leaving without finish() removes all that was written. now: what ages are measured from.
    """

    def __init__(self, options: AuditOptions, now: datetime.datetime | None = None):
        self._options = options
        moment = now or datetime.datetime.now(datetime.UTC)
        self._now = moment.astimezone(datetime.UTC).replace(microsecond=0)
        self._policies = Policies(options.policies, self._now)
        self._pseudonyms = Pseudonyms(options.pseudonym_key) if options.pseudonymize_users else None
        self._mode = _mode(options.mode)
        self._paths = _paths(options)
        self._lock = threading.Lock()
        self._summary = Summary()
        self._findings: list[dict[str, Any]] = []
        self._sessions: list[dict[str, Any]] | None = [] if options.keep_sessions else None
        self._reports: list[_Report] = []
        self._fault: BaseException | None = None
        self._finished = False

    def __enter__(self) -> AuditWriter:
        try:
            for name, path in self._paths.items() if self._options.write else ():
                self._open(name, path)
        except BaseException:
            self._discard()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._discard()

    def add(self, page: Sequence[SessionRecord]) -> None:
        """Take a page: judge, count and write it. ReportError when a report cannot be written."""
        with self._lock:
            self._check_sound()
            try:
                self._take(page)
            except BaseException as error:
                self._fault = error
                raise

    def finish(self, sources: Sequence[SourceResult]) -> AuditResult:
        """Complete the reports and let them take their names. sources: all that were asked, also those that failed.

        Raises what add() raised, should its caller have taken that for the failure of a source.
        """
        with self._lock:
            self._check_sound()
            self._order(sources)
            self._findings.extend(self._user_finding(breach) for breach in self._policies.user_breaches())
            result = AuditResult(
                generated=moment_text(self._now),
                sources=[self._source(source) for source in sources],
                summary=self._summed_up(),
                findings=self._findings,
                reports={name: str(path) for name, path in self._paths.items()},
                sessions=self._sessions,
            )
            for report in self._reports:
                with _told(report.path):
                    report.writer.finish(result)
                    report.file.seal()
            for report in self._reports:
                with _told(report.path):
                    report.file.publish()
            self._finished = True
            return result

    def _order(self, sources: Sequence[SourceResult]) -> None:
        """Put what is returned in the order of the sources, so that two audits of the same sessions are alike."""
        places = {(source.platform, source.name): place for place, source in enumerate(sources)}

        def place(session: Mapping[str, Any]) -> int:
            return places.get((session["platform"], session["farm"]), len(places))

        self._findings.sort(key=lambda finding: place(finding["session"]))
        if self._sessions is not None:
            self._sessions.sort(key=place)

    def _open(self, name: str, path: Path) -> None:
        kind = WRITERS[name]
        with _told(path):
            file = AtomicFile(path, self._mode)
            try:
                writer = kind(file.stream, path, self._options)
            except BaseException:
                file.discard()
                raise
        self._reports.append(_Report(path, file, writer))

    def _discard(self) -> None:
        for report in self._reports:
            report.writer.close()
            report.file.discard()
        self._reports = []

    def _check_sound(self) -> None:
        if self._fault is not None:
            raise self._fault
        if self._finished:
            raise RuntimeError("The audit is finished.")

    def _take(self, page: Sequence[SessionRecord]) -> None:
        broken = self._policies.breaches(page)
        shown = page if self._pseudonyms is None else [self._pseudonyms.record(record) for record in page]
        for position in sorted(broken):
            for breach in broken[position]:
                self._findings.append(self._finding(breach, page[position], shown[position]))
        self._summary.add(shown)
        batch = Batch(shown, broken)
        if self._sessions is not None:
            self._sessions.extend(batch.rows)
        for report in self._reports:
            with _told(report.path):
                report.writer.add(batch)

    def _finding(self, breach: Breach, record: SessionRecord, shown: SessionRecord) -> dict[str, Any]:
        measured, limit = breach.measured, breach.limit
        if self._pseudonyms is not None and breach.field is not None:
            measured = self._pseudonyms.value(record, breach.field, str(measured))
            if breach.policy in PERSONAL:
                limit = f"pattern {breach.pattern}"
        return {
            "policy": breach.policy,
            "user": shown.user,
            "domain": shown.domain,
            "session": {
                "platform": shown.platform,
                "farm": shown.farm,
                "id": shown.id,
                "state": shown.state,
                "host": shown.host,
                "logon_time": shown.logon_time,
            },
            "measured": measured,
            "limit": limit,
        }

    def _user_finding(self, breach: UserBreach) -> dict[str, Any]:
        user, domain = breach.user, breach.domain
        if self._pseudonyms is not None:
            user, domain = self._pseudonyms.names(user, domain)
        return {
            "policy": PER_USER,
            "user": user,
            "domain": domain,
            "session": None,
            "farms": breach.farms,
            "measured": breach.measured,
            "limit": breach.limit,
        }

    def _summed_up(self) -> dict[str, Any]:
        counts = dict.fromkeys(self._policies.names, 0)
        for finding in self._findings:
            counts[finding["policy"]] += 1
        return {
            **self._summary.as_dict(),
            "findings": len(self._findings),
            "by_policy": counts,
            "not_judged": self._policies.not_judged(),
        }

    def _source(self, source: SourceResult) -> dict[str, Any]:
        return {
            "platform": source.platform,
            "name": source.name,
            "failed": source.error is not None,
            "error": source.error,
            "failure": None if source.failure is None else dict(source.failure),
            "sessions": self._summary.by_source[source.platform, source.name],
        }


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Says which report could not be written, and why."""
    try:
        yield
    except OSError as error:
        raise ReportError(f"The report {path} could not be written: {error.strerror or error}.") from error


def _mode(text: Any) -> int:
    # YAML reads 0644 as the number 420, which is another mode's text: only a text can be trusted.
    if not isinstance(text, str) or not _MODE.fullmatch(text):
        raise BadInputError(f"The mode of the reports is {text!r}; write it as octal digits in quotes, such as '0640'.")
    return int(text, 8)


def _absolute(path: str | os.PathLike[str]) -> Path:
    given = Path(path).expanduser()
    # Without following a link in the last place, which is replaced.
    return given.parent.resolve() / given.name


def _paths(options: AuditOptions) -> dict[str, Path]:
    """Where the reports go. BadInputError, before anything is read, for what cannot work."""
    paths: dict[str, Path] = {}
    for name, given in options.reports.items():
        if name not in WRITERS:
            raise BadInputError(f"reports: {name!r} is none of {', '.join(WRITERS)}.")
        if given is None:
            continue
        path = _absolute(given)
        _check_path(name, path, str(given))
        if path in paths.values():
            raise BadInputError(f"reports: two of them have the path {path}.")
        paths[name] = path
    if "html" in paths:
        require_jinja2()
    return paths


def _check_path(name: str, path: Path, given: str) -> None:
    if not given or path.is_dir():
        raise BadInputError(f"reports: {name} is {given!r}, which is no file name.")
    if not path.parent.is_dir():
        raise BadInputError(f"reports: the folder {path.parent} for the {name} report does not exist; create it first.")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise BadInputError(f"reports: the folder {path.parent} for the {name} report cannot be written to.")
    # The report would take the place of it: of /dev/null, say, where root runs the audit.
    if path.exists() and not path.is_file():
        raise BadInputError(
            f"reports: {path}, the path of the {name} report, is no regular file (but a device, a pipe or a socket, or "
            "a link to one), and would be replaced. Give the path of a file."
        )
