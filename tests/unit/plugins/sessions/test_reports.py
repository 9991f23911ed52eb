# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports: what stands in them, and that a report is there whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import datetime
import errno
import io
import json
import os
import re
import socket
import stat
import sys
import threading
import time
import tracemalloc
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._errors import BadInputError, MissingLibraryError
from ansible_collections.deskops.vdi.plugins.module_utils._sessions import reports
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.record import FIELDS, SessionRecord, as_dict
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.reports import (
    AuditOptions,
    AuditResult,
    AuditWriter,
    ReportError,
    SourceResult,
)

NOW = datetime.datetime(2026, 3, 10, 12, 0, 0, tzinfo=datetime.UTC)
FORMATS = ("csv", "html", "json", "ndjson")
SOURCES = (SourceResult("ras", "Oslo"), SourceResult("cvad", "London"))


def session(number: int = 1, **values: Any) -> SessionRecord:
    return SessionRecord(**{"platform": "ras", "farm": "Oslo", "id": str(number), "user": "anna", **values})


def audit(
    folder: Path,
    pages: Sequence[Sequence[SessionRecord]],
    *formats: str,
    sources: Sequence[SourceResult] = SOURCES,
    **options: Any,
) -> AuditResult:
    wanted = {name: folder / f"report.{name}" for name in formats}
    with AuditWriter(AuditOptions(reports=wanted, **options), now=NOW) as writer:
        for page in pages:
            writer.add(page)
        return writer.finish(sources)


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def block(page: str, name: str) -> Any:
    """The content of one of the page's data blocks."""
    match = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert match
    return json.loads(match[1])


FULL = session(
    1,
    domain="CORP",
    state="disconnected",
    platform_state=4,
    kind="application",
    applications=["Excel", "SAP GUI"],
    host="rds1",
    pool="Office",
    client_name="PC-1",
    client_address="192.0.2.1",
    protocol="RDP",
    logon_time="2026-03-10T08:00:00Z",
    last_change="2026-03-10T09:00:00Z",
    idle_seconds=7200,
    connected_through=["gw1", "gw2"],
)


class TestFormats:
    def test_csv_has_a_header_and_a_row_for_each_session(self, tmp_path: Path) -> None:
        audit(tmp_path, [[FULL], [session(2)]], "csv", policies={"idle_longer_than": "1h"})
        first, second = csv_rows(tmp_path / "report.csv")
        assert list(first) == [*FIELDS, "policies"]
        assert first == {
            **{name: str(value) for name, value in as_dict(FULL).items()},
            "applications": "Excel; SAP GUI",
            "connected_through": "gw1; gw2",
            "policies": "idle_longer_than",
        }
        known = {name: value for name, value in second.items() if value}
        assert known == {"platform": "ras", "farm": "Oslo", "id": "2", "user": "anna", "state": "unknown"}

    def test_csv_begins_with_the_mark_that_spreadsheets_know_utf_8_by(self, tmp_path: Path) -> None:
        audit(tmp_path, [[session(user="Jürgen Ł 王")]], "csv")
        content = (tmp_path / "report.csv").read_bytes()
        assert content.startswith(b"\xef\xbb\xbfplatform,")
        assert content.count(b"\xef\xbb\xbf") == 1
        assert csv_rows(tmp_path / "report.csv")[0]["user"] == "Jürgen Ł 王"

    @pytest.mark.parametrize(
        "text", ['with "quotes"', "with, comma", "with\r\nline", "with\rreturn", "semi; colon", " x "]
    )
    def test_csv_keeps_texts_that_need_quotes(self, tmp_path: Path, text: str) -> None:
        page = [session(1, host=text, idle_seconds=5), session(2, host="plain")]
        audit(tmp_path, [page, [session(3)]], "csv")
        rows = csv_rows(tmp_path / "report.csv")
        assert [(row["id"], row["host"]) for row in rows] == [("1", text), ("2", "plain"), ("3", "")]

    def test_csv_is_what_pythons_csv_writer_writes(self, tmp_path: Path) -> None:
        audit(tmp_path, [[FULL, session(2)]], "csv")
        text = io.StringIO(newline="")
        csv.writer(text).writerows(
            csv.reader(io.StringIO((tmp_path / "report.csv").read_text("utf-8-sig"), newline=""))
        )
        assert (tmp_path / "report.csv").read_bytes().decode("utf-8-sig") == text.getvalue()

    @pytest.mark.parametrize(
        "cell",
        [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\tx",
            "\rx",
            "\n=1",
            " =1+1",
            " " * 9 + "=1+1",
            "\u00a0\0\u2003" * 50 + "@x",
            '=HYPERLINK("http://x","y")',
            "=cmd|'/c calc'!A1",
            "\uff1d1+1",
        ],
    )
    @pytest.mark.parametrize("field", ["id", "user", "host", "client_name", "applications", "logon_time", "farm"])
    def test_csv_has_no_cell_that_begins_a_formula(self, tmp_path: Path, cell: str, field: str) -> None:
        value: Any = [cell] if field == "applications" else cell
        audit(tmp_path, [[session(1), session(2, **{field: value})]], "csv")
        written = csv_rows(tmp_path / "report.csv")[1][field]
        assert written.startswith("'")
        assert written.replace("'", "") == cell.replace("'", ""), "nothing but apostrophes may come in"

    @pytest.mark.parametrize(
        ("cell", "harmless"),
        [
            ("x;=1+1", "x;'=1+1"),
            ("x\t=1", "x\t'=1"),
            ("x,@y", "x,'@y"),
            ("x\n+1", "x\n'+1"),
            ('x;"=1', "x;\"'=1"),
            (f"x;{' ' * 99}=1", f"x;'{' ' * 99}=1"),
            # Wherever it cuts, the apostrophe stands before the sign.
            ("x\t \n =1", "x\t \n' =1"),
        ],
    )
    def test_csv_is_safe_where_a_spreadsheet_cuts_at_other_marks(
        self, tmp_path: Path, cell: str, harmless: str
    ) -> None:
        audit(tmp_path, [[session(host=cell)]], "csv")
        assert csv_rows(tmp_path / "report.csv")[0]["host"] == harmless

    @pytest.mark.parametrize("part", [" ", "\t", " \t", "\n", " ,", ';"', "\0", "="])
    def test_csv_does_not_dwell_on_long_texts(self, part: str) -> None:
        """Of a search that looks at blanks again and again, this would take minutes."""
        start = time.process_time()
        reports._harmless("x" + part * 200_000)
        reports._ANYWHERE.search("x" + part * 200_000)
        assert time.process_time() - start < 5

    def test_csv_leaves_all_other_texts_and_numbers_alone(self, tmp_path: Path) -> None:
        harmless = session(user="a=b", host="rds-1", pool="R&D @ Oslo", client_name="x+y", idle_seconds=-5)
        audit(tmp_path, [[harmless]], "csv")
        row = csv_rows(tmp_path / "report.csv")[0]
        assert (row["user"], row["host"], row["pool"], row["client_name"]) == ("a=b", "rds-1", "R&D @ Oslo", "x+y")
        assert row["idle_seconds"] == "-5"

    def test_ndjson_has_one_session_a_line(self, tmp_path: Path) -> None:
        page = [FULL, session(2, user="a\u2028b\nc", raw={"a": [1]})]
        audit(tmp_path, [page], "ndjson", policies={"idle_longer_than": 60})
        lines = (tmp_path / "report.ndjson").read_bytes().decode().removesuffix("\n").split("\n")
        assert [json.loads(line) for line in lines] == [
            {**as_dict(page[0]), "policies": ["idle_longer_than"]},
            {**as_dict(page[1]), "policies": []},
        ]

    @pytest.mark.parametrize("pages", [[], [[]], [[session(1)]], [[session(1)], [], [session(2), session(3)]]])
    def test_json_holds_result_and_sessions(self, tmp_path: Path, pages: list[list[SessionRecord]]) -> None:
        result = audit(tmp_path, pages, "json", policies={"sessions_per_user_above": 2})
        report = json.loads((tmp_path / "report.json").read_bytes())
        assert list(report) == ["generated", "sources", "summary", "findings", "sessions"]
        assert [row["id"] for row in report.pop("sessions")] == [record.id for page in pages for record in page]
        assert report == {name: getattr(result, name) for name in report}
        assert report["generated"] == "2026-03-10T12:00:00Z"
        assert len(report["findings"]) == (1 if sum(map(len, pages)) > 2 else 0)

    @pytest.mark.parametrize("name", FORMATS)
    def test_a_broken_character_spoils_no_report(self, tmp_path: Path, name: str) -> None:
        # JSON may hold half of a surrogate pair; UTF-8 may not.
        audit(tmp_path, [[session(user=json.loads('"x\\ud800y"'))]], name)
        text = (tmp_path / f"report.{name}").read_bytes().decode()
        assert "x\\ud800y" in text
        if name == "ndjson":
            assert json.loads(text)["user"] == "x\ud800y"


class TestHtml:
    def test_names_never_become_markup(self, tmp_path: Path) -> None:
        evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u2028"
        page = [session(user=evil, host=evil, applications=[evil], protocol=evil, farm=evil, idle_seconds=9)]
        sources = [SourceResult("ras", evil, error=evil)]
        audit(tmp_path, [page], "html", sources=sources, title=evil, policies={"idle_longer_than": 5})
        text = (tmp_path / "report.html").read_text("utf-8")
        assert "<img" not in text
        assert "<script>alert" not in text
        assert text.count("</script>") == 3
        assert "\u2028" not in text.partition('<script type="application/json"')[2]
        assert block(text, "session-data")["rows"][0][0] == evil
        assert block(text, "finding-data")["rows"][0][1] == evil

    def test_nothing_is_asked_for_from_outside(self, tmp_path: Path) -> None:
        audit(tmp_path, [[FULL]], "html", policies={"idle_longer_than": 5})
        text = (tmp_path / "report.html").read_text("utf-8")
        assert "default-src 'none'" in text
        assert not re.search(r"https?://", text)
        assert re.findall(r'(?:src|href)="([^"]*)"', text) == ["data:,", "#sessions"]
        assert " style=" not in text, "the policy forbids style attributes"

    def test_failed_sources_and_findings_are_told_first(self, tmp_path: Path) -> None:
        sources = [*SOURCES, SourceResult("fastx", "Lab", error="No answer within 30 s.")]
        audit(tmp_path, [[FULL]], "html", sources=sources, policies={"idle_longer_than": "1h"})
        text = (tmp_path / "report.html").read_text("utf-8")
        places = [
            text.index(part)
            for part in ("1 of 3 sources did not answer", "No answer within 30 s.", ">Findings</h2>", ">By state<")
        ]
        assert places == sorted(places)
        [row] = block(text, "finding-data")["rows"]
        assert row[:4] == ["Idle too long", ["anna", "CORP"], ["2 h", None, 7200], ["1 h", None, 3600]]

    def test_more_than_ten_thousand_sessions_point_to_the_csv(self, tmp_path: Path) -> None:
        pages = [[session(start + number, user=None) for number in range(1000)] for start in range(0, 10_500, 1000)]
        audit(tmp_path, pages, "html", "csv")
        text = (tmp_path / "report.html").read_text("utf-8")
        assert [row[-1] for row in block(text, "session-data")["rows"]] == [str(number) for number in range(10_000)]
        assert "lists the first 10,000 of 11,000 sessions" in text
        assert '<a href="./report.csv">report.csv</a>' in text

    def test_without_a_report_beside_it_there_is_no_link(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reports._report_html, "MAX_ROWS", 1)
        (tmp_path / "other").mkdir()
        targets = {"html": tmp_path / "a.html", "ndjson": tmp_path / "other" / "all.ndjson"}
        with AuditWriter(AuditOptions(reports=targets), now=NOW) as writer:
            writer.add([session(1), session(2)])
            writer.finish(SOURCES)
        text = (tmp_path / "a.html").read_text("utf-8")
        assert "<a href" not in text.partition("Skip to the sessions")[2]
        assert "All of them are in the report all.ndjson." in text

    def test_an_audit_without_sessions_has_a_page(self, tmp_path: Path) -> None:
        audit(tmp_path, [], "html", policies={"idle_longer_than": 5})
        text = (tmp_path / "report.html").read_text("utf-8")
        assert "There is no session." in text
        assert "No session breaks a policy." in text

    def test_without_jinja2_only_html_fails_and_before_anything_is_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "jinja2", None)
        with pytest.raises(MissingLibraryError, match="Jinja2"):
            AuditWriter(AuditOptions(reports={"html": tmp_path / "a.html"}))
        audit(tmp_path, [[FULL]], "csv", "json", "ndjson")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-4, "0 s"),
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (7500, "2 h 05 min"),
        (86400, "1 d"),
        (100000, "1 d 3 h"),
    ],
)
def test_durations_read_well(seconds: int, text: str) -> None:
    assert reports._report_html.duration(seconds) == text


class TestResult:
    def test_findings_carry_what_acting_on_them_needs(self, tmp_path: Path) -> None:
        result = audit(tmp_path, [[session(1), FULL]], policies={"idle_longer_than": "1h", "forbidden_hosts": ["rds*"]})
        where = {"platform": "ras", "farm": "Oslo", "id": "1", "state": "disconnected", "host": "rds1"}
        where["logon_time"] = FULL.logon_time
        common = {"user": "anna", "domain": "CORP", "session": where}
        assert result.findings == [
            {"policy": "idle_longer_than", **common, "measured": 7200, "limit": 3600},
            {"policy": "forbidden_hosts", **common, "measured": "rds1", "limit": "rds*"},
        ]
        assert result.summary["findings"] == 2
        assert result.summary["by_policy"] == {"idle_longer_than": 1, "forbidden_hosts": 1}
        assert result.summary["not_judged"] == {"idle_longer_than": 1, "forbidden_hosts": 1}

    def test_a_finding_on_a_user_has_no_session(self, tmp_path: Path) -> None:
        pages = [[session(1), session(2, platform="cvad", farm="London")]]
        [finding] = audit(tmp_path, pages, policies={"sessions_per_user_above": 1}).findings
        assert finding == {
            "policy": "sessions_per_user_above",
            "user": "anna",
            "domain": None,
            "session": None,
            "farms": {"Oslo": 1, "London": 1},
            "measured": 2,
            "limit": 1,
        }

    def test_sources_tell_how_they_ended_and_what_they_gave(self, tmp_path: Path) -> None:
        failure = {"kind": "tls", "status": None, "code": None, "detail": None}
        sources = [
            SourceResult("ras", "Oslo", error="Bad certificate.", failure=failure),
            SourceResult("ras", "Bergen"),
        ]
        result = audit(tmp_path, [[session(1), session(2, farm="Bergen")], [session(3)]], sources=sources)
        assert result.sources == [
            {"platform": "ras", "name": "Oslo", "failed": True, "error": "Bad certificate.", "failure": failure,
             "sessions": 2},
            {"platform": "ras", "name": "Bergen", "failed": False, "error": None, "failure": None, "sessions": 1},
        ]  # fmt: skip

    def test_sessions_come_only_on_request(self, tmp_path: Path) -> None:
        assert "sessions" not in audit(tmp_path, [[FULL]]).as_dict()
        kept = audit(tmp_path, [[FULL]], keep_sessions=True).as_dict()["sessions"]
        assert kept == [{**as_dict(FULL), "policies": []}]

    def test_the_order_in_which_sources_answer_does_not_show_in_the_result(self, tmp_path: Path) -> None:
        oslo = [[session(1, host="rds1")], [session(2, user="Anna"), session(3, user="bert", domain="CORP")]]
        london = [[session(9, platform="cvad", farm="London", user="ANNA", host="rds2")]]
        wanted = {"sessions_per_user_above": 1, "forbidden_users": ["a*"], "forbidden_hosts": ["rds*"]}
        results = [
            audit(tmp_path, pages, policies=wanted, keep_sessions=True).as_dict()
            for pages in ([*oslo, *london], [*london, *oslo], [oslo[0], *london, oslo[1]])
        ]
        assert [json.dumps(result) for result in results] == [json.dumps(results[0])] * 3
        places = [finding["session"] and finding["session"]["farm"] for finding in results[0]["findings"]]
        assert places == ["Oslo", "Oslo", "Oslo", "London", "London", None]
        assert [row["farm"] for row in results[0]["sessions"]] == ["Oslo", "Oslo", "Oslo", "London"]
        assert results[0]["summary"]["top_users"][0] == {"user": "anna", "domain": None, "sessions": 3}

    def test_pseudonyms_reach_everything_that_is_written_or_returned(self, tmp_path: Path) -> None:
        policies = {
            "idle_longer_than": "1h",
            "sessions_per_user_above": 1,
            "forbidden_users": ["brunhilde"],
            "forbidden_hosts": ["*brunhilde*"],
            "forbidden_clients": ["brunhilde-pc"],
        }
        page = [
            session(number, user="Brunhilde", domain="CORP", host="ws-brunhilde", client_name="Brunhilde-PC",
                    idle_seconds=7200, raw={"user": "Brunhilde"})
            for number in (1, 2)
        ]  # fmt: skip
        result = audit(
            tmp_path, [page], *FORMATS, policies=policies, pseudonymize_users=True, keep_sessions=True
        ).as_dict()
        assert result["summary"]["by_policy"] == {
            "idle_longer_than": 2,
            "sessions_per_user_above": 1,
            "forbidden_users": 2,
            "forbidden_hosts": 2,
            "forbidden_clients": 2,
        }
        texts = [json.dumps(result), *((tmp_path / f"report.{name}").read_text("utf-8") for name in FORMATS)]
        assert not [text for text in texts if "brunhilde" in text.casefold()]
        [name] = {finding["user"] for finding in result["findings"]}
        assert all(name in text for text in texts)
        users = [finding for finding in result["findings"] if finding["policy"] == "forbidden_users"]
        assert {(finding["measured"], finding["limit"]) for finding in users} == {(f"CORP\\{name}", "pattern 1")}


class TestFiles:
    @pytest.mark.parametrize("name", FORMATS)
    def test_only_the_owner_may_read_them(self, tmp_path: Path, name: str) -> None:
        path = tmp_path / f"report.{name}"
        path.write_text("old")
        path.chmod(0o644)
        audit(tmp_path, [[FULL]], name)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_another_mode_on_request(self, tmp_path: Path) -> None:
        audit(tmp_path, [[FULL]], "csv", mode="0644")
        assert stat.S_IMODE((tmp_path / "report.csv").stat().st_mode) == 0o644

    @pytest.mark.parametrize("mode", [0o644, 600, "rw-r--r--", "0999", "420420", "", None])
    def test_a_mode_that_may_mean_something_else_is_refused(self, tmp_path: Path, mode: Any) -> None:
        with pytest.raises(BadInputError, match="mode"):
            audit(tmp_path, [], "csv", mode=mode)

    def test_nothing_else_is_left(self, tmp_path: Path) -> None:
        audit(tmp_path, [[FULL]], *FORMATS)
        assert sorted(path.name for path in tmp_path.iterdir()) == [f"report.{name}" for name in FORMATS]

    def test_no_report_shows_before_all_are_complete(self, tmp_path: Path) -> None:
        targets = {name: tmp_path / f"report.{name}" for name in FORMATS}
        with AuditWriter(AuditOptions(reports=targets)) as writer:
            writer.add([FULL])
            assert not [path for path in targets.values() if path.exists()]
            assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.iterdir())
            writer.finish(SOURCES)
            assert all(path.exists() for path in targets.values())

    def test_leaving_early_keeps_the_good_files_and_nothing_else(self, tmp_path: Path) -> None:
        for name in FORMATS:
            (tmp_path / f"report.{name}").write_text("good")
        targets = {name: tmp_path / f"report.{name}" for name in FORMATS}
        with contextlib.suppress(KeyboardInterrupt), AuditWriter(AuditOptions(reports=targets)) as writer:
            writer.add([FULL])
            raise KeyboardInterrupt
        self._only_good(tmp_path, *FORMATS)

    @pytest.mark.parametrize("name", FORMATS)
    @pytest.mark.parametrize("step", ["add", "finish"])
    def test_a_full_disk_keeps_all_good_files(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, step: str
    ) -> None:
        """One report fails on its way; the others must not be new either."""
        for other in FORMATS:
            (tmp_path / f"report.{other}").write_text("good")

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(reports.WRITERS[name], step, full)
        with pytest.raises(ReportError, match=rf"report\.{name}.*No space left on device") as raised:
            audit(tmp_path, [[FULL]], *FORMATS)
        assert raised.value.failure()["kind"] == "report"
        self._only_good(tmp_path, *FORMATS)

    def test_a_fault_that_a_source_swallowed_is_raised_at_the_end(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        (tmp_path / "a.csv").write_text("good")
        with AuditWriter(AuditOptions(reports={"csv": tmp_path / "a.csv"})) as writer:
            with monkeypatch.context() as patch:
                patch.setattr(reports.CsvWriter, "add", full)
                with pytest.raises(ReportError):
                    writer.add([session(1)])
            with pytest.raises(ReportError):
                writer.add([session(2)])
            with pytest.raises(ReportError):
                writer.finish(SOURCES)
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.csv": "good"}

    def test_a_file_that_cannot_be_opened_removes_those_before_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Refusing(reports.JsonWriter):
            def __init__(self, *_: object) -> None:
                raise OSError(errno.EDQUOT, "Quota exceeded")

        monkeypatch.setitem(reports.WRITERS, "json", Refusing)
        with pytest.raises(ReportError, match="Quota exceeded"):
            audit(tmp_path, [[FULL]], "csv", "json")
        assert not list(tmp_path.iterdir())

    def test_a_symbolic_link_is_replaced_and_not_followed(self, tmp_path: Path) -> None:
        target = tmp_path / "target"
        target.write_text("not ours")
        (tmp_path / "report.csv").symlink_to(target)
        (tmp_path / "report.json").symlink_to(tmp_path / "nothing")
        audit(tmp_path, [[FULL]], "csv", "json")
        assert target.read_text() == "not ours"
        assert not (tmp_path / "report.csv").is_symlink()
        assert not (tmp_path / "report.json").is_symlink()

    @pytest.mark.parametrize(
        ("targets", "text"),
        [
            ({"csv": "missing/a.csv"}, "does not exist"),
            ({"csv": "file/a.csv"}, "does not exist"),
            ({"html": "."}, "no file name"),
            ({"html": "link-to-folder"}, "no file name"),
            ({"csv": "pipe"}, "/pipe, the path of the csv report, is no regular file.*Give the path of a file"),
            ({"json": "socket"}, "no regular file"),
            ({"csv": "link-to-device"}, "no regular file"),
            ({"csv": "/dev/null"}, "no regular file|cannot be written to"),
            ({"csv": ""}, "no file name"),
            ({"csv": "a", "json": "./a"}, "two of them"),
            ({"pdf": "a.pdf"}, "'pdf' is none of"),
        ],
    )
    @pytest.mark.parametrize("write", [True, False])
    def test_what_cannot_work_is_told_before_anything_is_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, targets: Mapping[str, str], text: str, *, write: bool
    ) -> None:
        (tmp_path / "file").write_text("")
        (tmp_path / "link-to-folder").symlink_to(tmp_path)
        (tmp_path / "link-to-device").symlink_to("/dev/null")
        os.mkfifo(tmp_path / "pipe")
        monkeypatch.chdir(tmp_path)
        with socket.socket(socket.AF_UNIX) as listener:
            # A short name: the path of a socket may have some hundred bytes.
            listener.bind("socket")
        with pytest.raises(BadInputError, match=text):
            AuditWriter(AuditOptions(reports=targets, write=write))

    @staticmethod
    def _only_good(folder: Path, *names: str) -> None:
        assert {path.name: path.read_text() for path in folder.iterdir()} == {
            f"report.{name}": "good" for name in names
        }

    def test_check_mode_finds_the_same_and_writes_nothing(self, tmp_path: Path) -> None:
        options = {"policies": {"idle_longer_than": "1h"}}
        (tmp_path / "real").mkdir()
        (tmp_path / "check").mkdir()
        real = audit(tmp_path / "real", [[FULL]], *FORMATS, **options).as_dict()
        check = audit(tmp_path / "check", [[FULL]], *FORMATS, **options, write=False).as_dict()
        assert not list((tmp_path / "check").iterdir())
        assert check.pop("reports") == {name: str(tmp_path / "check" / f"report.{name}") for name in FORMATS}
        real.pop("reports")
        assert check == real


def test_pages_may_come_from_many_threads(tmp_path: Path) -> None:
    targets = {name: tmp_path / f"report.{name}" for name in FORMATS}
    options = AuditOptions(reports=targets, policies={"sessions_per_user_above": 399})
    start = threading.Barrier(8)

    def deliver(writer: AuditWriter, source: int) -> None:
        start.wait()
        for page in range(50):
            writer.add([session(source * 1000 + page * 8 + row, farm=f"farm{source}") for row in range(8)])

    with AuditWriter(options, now=NOW) as writer:
        threads = [threading.Thread(target=deliver, args=(writer, source)) for source in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        result = writer.finish([SourceResult("ras", f"farm{source}") for source in range(8)])

    expected = sorted(source * 1000 + number for source in range(8) for number in range(400))
    assert sorted(int(row["id"]) for row in csv_rows(targets["csv"])) == expected
    lines = targets["ndjson"].read_text().splitlines()
    assert sorted(int(json.loads(line)["id"]) for line in lines) == expected
    assert sorted(int(row["id"]) for row in json.loads(targets["json"].read_text())["sessions"]) == expected
    assert {source["sessions"] for source in result.sources} == {400}
    assert [finding["measured"] for finding in result.findings] == [3200]


def test_memory_follows_the_page_and_not_the_number_of_sessions(tmp_path: Path) -> None:
    def peak(pages: int) -> int:
        targets = {name: tmp_path / f"report.{name}" for name in ("csv", "json", "ndjson")}
        tracemalloc.start()
        try:
            with AuditWriter(AuditOptions(reports=targets, policies={"sessions_per_user_above": 10**6})) as writer:
                for page in range(pages):
                    writer.add([session(page * 500 + row, user=f"user{row}") for row in range(500)])
                writer.finish(SOURCES)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)
    assert peak(40) < 1.5 * peak(4)
