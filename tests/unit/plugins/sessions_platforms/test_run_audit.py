# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sources asked at the same time: how many at most, and that each costs only itself. The platforms are fakes."""

from __future__ import annotations

import dataclasses
import errno
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._errors import BadInputError, UnreachableError
from ansible_collections.deskops.vdi.plugins.module_utils._options import PLATFORMS
from ansible_collections.deskops.vdi.plugins.module_utils._sessions import reports
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.audit import Source, run_audit, source_options
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.platforms import SESSION_PLATFORMS
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.record import SessionRecord
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.reports import (
    AuditOptions,
    AuditResult,
    ReportError,
)
from ansible_collections.deskops.vdi.plugins.module_utils._task import Task

SECRET = "s3cret-0f-source"
SECONDS = 10
Pages = Iterator[list[SessionRecord]]
Lister = Callable[..., Pages]


class FakeClient:
    """A client that only knows whether it was ended."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()
        self.ended: list[str] = []

    def log_off(self) -> None:
        self.ended.append("log off")

    def close(self) -> None:
        self.ended.append("close")


@dataclasses.dataclass
class Fakes:
    """The clients that were made, and what lists the sessions of each source by its name."""

    clients: list[FakeClient]
    listers: dict[str, Lister]


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """All three platforms list what the test says, without a server."""
    made = Fakes([], {})

    def new_client(task: Task) -> FakeClient:
        made.clients.append(FakeClient())
        return made.clients[-1]

    def session_pages(client: Any, params: Mapping[str, Any], farm: str, raw: bool = False, warn: Any = None) -> Pages:
        return made.listers[farm](params, warn)

    for name, kind in list(SESSION_PLATFORMS.items()):
        fake = dataclasses.replace(kind, new_client=new_client, session_pages=session_pages)
        monkeypatch.setitem(cast(dict[str, Any], SESSION_PLATFORMS), name, fake)
    return made


def given(name: str, platform: str = "ras", **more: Any) -> dict[str, Any]:
    options = {"platform": platform, "name": name, "url": [f"https://{platform}.example.test"], "filters": {}}
    return {**dict.fromkeys(source_options()), **options, **more}


def sessions(farm: str, *numbers: int) -> list[SessionRecord]:
    return [SessionRecord(platform="ras", farm=farm, id=str(number), user="anna") for number in numbers]


def audited(task: Task, names: list[str], parallel: int = 10, **options: Any) -> AuditResult:
    sources = [Source(given(name, password=SECRET, username="u"), at, task) for at, name in enumerate(names)]
    return run_audit(task, sources, AuditOptions(keep_sessions=True, **options), parallel)


def new_task(progress: Callable[[str], None] = lambda text: None) -> Task:
    return Task(params={}, given={}, progress=progress, secrets={SECRET})


def test_as_many_sources_as_allowed_are_asked_at_the_same_time(fakes: Fakes) -> None:
    # Nobody passes alone: with less than two at a time the barrier breaks.
    barrier, lock = threading.Barrier(2), threading.Lock()
    at_work, most = 0, 0

    def pages(params: Any, warn: Any) -> Pages:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        barrier.wait(SECONDS)
        # Long enough for a third one to come in, if it may.
        time.sleep(0.05)
        with lock:
            at_work -= 1
        yield []

    names = [f"farm {number}" for number in range(6)]
    fakes.listers.update(dict.fromkeys(names, pages))
    result = audited(new_task(), names, parallel=2)
    assert [source["error"] for source in result.sources] == [None] * 6
    assert [source["name"] for source in result.sources] == names
    assert most == 2


def test_a_source_that_fails_costs_only_itself(fakes: Fakes) -> None:
    def broken(params: Any, warn: Any) -> Pages:
        yield sessions("broken", 1, 2)
        raise UnreachableError(f"GET https://x: the connection with {SECRET} was lost")

    def sound(params: Any, warn: Any) -> Pages:
        yield sessions("sound", 3)
        yield sessions("sound", 4)

    fakes.listers.update(broken=broken, sound=sound)
    result = audited(new_task(), ["broken", "sound"])
    first, second = result.sources
    assert (first["failed"], first["sessions"], first["failure"]["kind"]) == (True, 2, "unreachable")
    assert SECRET not in json.dumps(result.sources)
    assert (second["failed"], second["error"], second["failure"], second["sessions"]) == (False, None, None, 2)
    # What it told before it failed counts.
    assert sorted(session["id"] for session in result.sessions or []) == ["1", "2", "3", "4"]
    assert [client.ended for client in fakes.clients] == [["log off", "close"]] * 2


def test_what_nobody_foresaw_costs_only_its_source(fakes: Fakes, tmp_path: Path) -> None:
    def odd(params: Any, warn: Any) -> Pages:
        yield sessions("odd", 1)
        raise TypeError(f"unhashable type: {SECRET}")

    fakes.listers.update(odd=odd, sound=lambda params, warn: iter([sessions("sound", 2)]))
    report = tmp_path / "report.json"
    result = audited(new_task(), ["odd", "sound"], reports={"json": report})
    first, second = result.sources
    assert (first["failed"], first["sessions"], first["failure"]["kind"]) == (True, 1, "unexpected_answer")
    assert "TypeError: unhashable type: ********" in first["error"]
    assert SECRET not in json.dumps(result.sources)
    assert (second["failed"], second["sessions"]) == (False, 1)
    assert json.loads(report.read_text(encoding="utf-8"))["sources"] == result.sources
    assert [client.ended for client in fakes.clients] == [["log off", "close"]] * 2


def test_odd_values_of_a_server_do_not_reach_what_counts_and_judges(fakes: Fakes, tmp_path: Path) -> None:
    def odd(params: Any, warn: Any) -> Pages:
        page = sessions("odd", 1, 2)
        page[0].host, page[0].client_name, page[1].host = cast(Any, {}), cast(Any, ["x"]), cast(Any, 5)
        yield page

    fakes.listers.update(odd=odd)
    policies = {"forbidden_hosts": ["5"], "forbidden_clients": ["x"], "sessions_per_user_above": 1}
    result = audited(new_task(), ["odd"], policies=policies, reports={"csv": tmp_path / "report.csv"})
    assert result.sources[0]["failed"] is False
    assert result.summary["by_host"] == {"5": 1, "unknown": 1}
    assert [finding["policy"] for finding in result.findings] == ["forbidden_hosts", "sessions_per_user_above"]


def test_a_bug_of_the_writer_is_no_failure_of_a_source(
    fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports.CsvWriter, "add", lambda self, batch: {}["no such field"])
    fakes.listers.update(sound=lambda params, warn: iter([sessions("sound", 1)]))
    with pytest.raises(KeyError):
        audited(new_task(), ["sound"], reports={"csv": tmp_path / "report.csv"})
    assert list(tmp_path.iterdir()) == []
    assert fakes.clients[0].ended == ["log off", "close"]


def test_a_full_disk_is_no_failure_of_a_source(fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def add(self: Any, batch: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(reports.NdjsonWriter, "add", add)
    fakes.listers.update(sound=lambda params, warn: iter([sessions("sound", 1)]))
    report = tmp_path / "report.ndjson"
    report.write_text("of yesterday", encoding="utf-8")
    with pytest.raises(ReportError, match="No space left"):
        audited(new_task(), ["sound"], reports={"ndjson": report})
    assert report.read_text(encoding="utf-8") == "of yesterday"


def test_warnings_name_their_source_and_no_secret(fakes: Fakes, warnings: list[str]) -> None:
    def warned(params: Any, warn: Any) -> Pages:
        warn(f"a time cannot be read ({SECRET})")
        yield []

    fakes.listers.update(first=warned, second=warned)
    audited(new_task(), ["first", "second"])
    assert [text.partition(":")[0] for text in warnings] == ["first", "second"]
    assert SECRET not in "".join(warnings)


def test_progress_tells_pages_and_sessions(fakes: Fakes) -> None:
    said: list[str] = []
    fakes.listers.update(farm=lambda params, warn: iter([sessions("farm", 1, 2), sessions("farm", 3)]))
    audited(new_task(said.append), ["farm"])
    assert said == ["farm: page 1, 2 sessions", "farm: page 2, 3 sessions"]


def test_a_source_gets_its_own_options_with_the_platforms_defaults(fakes: Fakes) -> None:
    seen: dict[str, Mapping[str, Any]] = {}

    def remember(params: Mapping[str, Any], warn: Any) -> Pages:
        seen[params["url"] if isinstance(params["url"], str) else params["url"][0]] = params
        yield []

    task = new_task()
    fakes.listers.update(a=remember, b=remember)
    sources = [
        Source(given("a", filters={"state": "Active"}, timeout=7), 0, task),
        Source(given("b", "cvad", url=["https://1.example.test", "https://2.example.test"], password=""), 1, task),
    ]
    run_audit(task, sources, AuditOptions(), 2)
    first, second = seen["https://ras.example.test"], seen["https://1.example.test"]
    assert (first["url"], first["timeout"], first["retries"], first["validate_certs"], first["state"]) == (
        "https://ras.example.test",
        7,
        3,
        True,
        "Active",
    )
    assert second["url"] == ["https://1.example.test", "https://2.example.test"]
    # An empty text is what a lookup of an unset variable leaves.
    assert second["password"] is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (given("A", list_path="/list"), ("sources[4] (A)", "list_path", "ras")),
        (given("A", "fastx", site="x"), ("sources[4] (A)", "site", "fastx")),
        (given("A", "cvad", api_family="legacy"), ("api_family", "cvad")),
        (given("A", url=["https://a", "https://b"]), ("url", "takes one, 2 are given")),
        (given("A", filters={"all_users": True}), ("filters", "all_users")),
        (given("A", "fastx", filters={"state": "x"}), ("filters", "state")),
        (given("A", api_family="oldest"), ("api_family", "auto, current, legacy")),
        (given("A", password="a", auth_token="b"), ("mutually exclusive",)),
        (given("A", "cvad", client_secret="a", auth_token="b"), ("mutually exclusive",)),
    ],
)
def test_slips_name_the_source_and_the_option(options: dict[str, Any], words: tuple[str, ...]) -> None:
    with pytest.raises(BadInputError) as caught:
        Source(options, 4, new_task())
    for word in words:
        assert word in caught.value.message


def test_a_source_takes_every_connection_option_of_every_platform() -> None:
    options = source_options()
    for platform in PLATFORMS.values():
        for option in platform.options:
            spec = options[option.name]
            assert "default" not in spec
            assert "choices" not in spec
            assert spec.get("no_log", False) is option.secret


@pytest.mark.parametrize("raw", [False, True])
def test_the_platforms_own_record_comes_on_request(monkeypatch: pytest.MonkeyPatch, fakes: Fakes, raw: bool) -> None:
    asked: list[bool] = []

    def session_pages(client: Any, params: Mapping[str, Any], farm: str, raw: bool = False, warn: Any = None) -> Pages:
        asked.append(raw)
        yield [dataclasses.replace(sessions(farm, 1)[0], raw={"Id": 1} if raw else None)]

    kind = dataclasses.replace(SESSION_PLATFORMS["ras"], session_pages=session_pages)
    monkeypatch.setitem(cast(dict[str, Any], SESSION_PLATFORMS), "ras", kind)
    task = new_task()
    source = Source(given("farm", password=SECRET, username="u"), 0, task)
    result = run_audit(task, [source], AuditOptions(keep_sessions=True), 1, raw)
    assert asked == [raw]
    assert result.sessions is not None
    assert [session.get("raw") for session in result.sessions] == [{"Id": 1} if raw else None]
