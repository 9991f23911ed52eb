# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event sources: documentation and options agree; arguments, worker thread, and a whole run against fakes."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import threading
from typing import Any

import pytest
import yaml

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._fastx import stream
from ansible_collections.deskops.vdi.plugins.module_utils._options import PLATFORMS
from ansible_collections.deskops.vdi.plugins.module_utils._sessions import event_source
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.record import FIELDS, SessionRecord
from tools.collection_tree import COLLECTION, ROOT, link_tree

# As ansible-rulebook finds them: below ansible_collections.
SOURCES = link_tree() / COLLECTION / "extensions" / "eda" / "plugins" / "event_source"
NAMES = sorted(path.stem for path in SOURCES.glob("*.py"))
RAS = PLATFORMS["ras"]
RAS_ARGS = {"platform": "ras", "url": "https://ras.example.test", "username": "anna", "password": "secret-1"}


def load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"source_{name}", SOURCES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def documented(name: str) -> dict[str, Any]:
    options: dict[str, Any] = yaml.safe_load(load(name).DOCUMENTATION)["options"]
    return options


def assert_agree(documentation: dict[str, Any], spec: dict[str, Any]) -> None:
    assert set(documentation) == set(spec)
    for name, option in spec.items():
        said = documentation[name]
        for key, default in (("type", "str"), ("default", None), ("choices", None), ("required", False)):
            assert said.get(key, default) == option.get(key, default), (name, key)


def test_the_sources_are_those_of_the_tests() -> None:
    assert NAMES == ["fastx_sessions", "session_changes"]


def test_fastx_sessions_documents_its_options() -> None:
    spec = {**event_source.listing_options("fastx").options, **stream.SOURCE_OPTIONS}
    for name in ("sort_by", "sort_reverse", "start", "limit", "method"):
        del spec[name]
    assert_agree(documented("fastx_sessions"), spec)


def test_session_changes_documents_what_all_platforms_share() -> None:
    shared = set.intersection(*({option.name for option in platform.options} for platform in PLATFORMS.values()))
    # CVAD takes several addresses.
    spec = {name: option for name, option in RAS.argument_spec().items() if name in shared - {"url"}}
    documentation = documented("session_changes")
    assert documentation.pop("url")["type"] == "raw"
    assert_agree(documentation, {**spec, **event_source.POLL_OPTIONS})


@pytest.mark.parametrize("name", NAMES)
def test_each_source_tells_its_version_its_author_and_what_is_akin(name: str) -> None:
    documentation = yaml.safe_load(load(name).DOCUMENTATION)
    assert documentation["version_added"] == "1.0.0"
    assert documentation["author"]
    for entry in documentation["seealso"]:
        module = entry["module"].removeprefix("deskops.vdi.")
        assert (ROOT / "plugins" / "modules" / f"{module}.py").is_file()


@pytest.mark.parametrize("name", NAMES)
def test_each_source_has_three_examples_or_more_with_documented_options(name: str) -> None:
    examples = yaml.safe_load(load(name).EXAMPLES)
    assert len(examples) >= 3
    for example in examples:
        ((source, options),) = example.items()
        assert source == f"deskops.vdi.{name}"
        platform = options.get("platform", "fastx")
        own = stream.SOURCE_OPTIONS if name == "fastx_sessions" else event_source.POLL_OPTIONS
        event_source.source_task(options, PLATFORMS[platform], event_source.listing_options(platform), own, {})


def task(args: dict[str, Any], environment: dict[str, str] | None = None) -> Any:
    spec = event_source.listing_options("ras")
    return event_source.source_task(args, RAS, spec, event_source.POLL_OPTIONS, environment or {})


def test_arguments_get_types_and_defaults() -> None:
    params = task({**RAS_ARGS, "timeout": "7", "validate_certs": "no"}).params
    assert (params["timeout"], params["validate_certs"], params["interval"]) == (7, False, 60)
    assert "fields" not in params


def test_arguments_are_completed_from_the_environment() -> None:
    params = task({"platform": "ras"}, {"RAS_URL": "https://ras.example.test", "RAS_AUTH_TOKEN": "token"}).params
    assert (params["url"], params["auth_token"]) == ("https://ras.example.test", "token")


def test_what_ansible_rulebook_adds_is_no_option() -> None:
    assert "eda_feedback_queue" not in task({**RAS_ARGS, "eda_feedback_queue": object()}).params


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"colour": "red"}, "colour"),
        ({"timeout": "soon"}, "timeout"),
        ({"auth_token": "other-secret"}, "mutually exclusive"),
    ],
)
def test_wrong_arguments_are_told_without_secrets(args: dict[str, Any], words: str) -> None:
    with pytest.raises(errors.BadInputError, match=words) as caught:
        task({**RAS_ARGS, **args})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"url": "https://fx.example.test:3443/x"}, "fx.example.test"),
        ({"url": ["https://a.example.test", "https://b.example.test"]}, "a.example.test"),
        ({"url": "https://fx.example.test", "name": "Lab"}, "Lab"),
    ],
)
def test_a_farm_has_a_name(params: dict[str, Any], expected: str) -> None:
    assert event_source.farm_name(params) == expected


# The thread


def test_the_worker_returns_and_raises_and_keeps_the_order() -> None:
    async def scenario() -> None:
        worker = event_source.Worker()
        threads = [await worker.run(threading.get_ident) for _turn in range(3)]
        assert len(set(threads)) == 1
        assert threads[0] != threading.get_ident()

        def fail() -> None:
            raise errors.ServerFaultError("oops")

        with pytest.raises(errors.ServerFaultError):
            await worker.run(fail)
        assert await worker.run(lambda: 7) == 7
        worker.stop()

    asyncio.run(scenario())


class FakeClient:
    """A client that notes what was asked of it."""

    def __init__(self, log_off_error: Exception | None = None) -> None:
        self.calls: list[str] = []
        self.secrets: set[str] = set()
        self.busy = threading.Event()
        self.release = threading.Event()
        self._error = log_off_error

    def log_off(self) -> None:
        self.calls.append("log_off")
        if self._error:
            raise self._error

    def close(self) -> None:
        self.calls.append("close")

    def block(self) -> None:
        self.busy.set()
        self.release.wait(10)
        self.calls.append("answered")


def test_a_cancelled_source_closes_its_session_after_the_request_under_way() -> None:
    client = FakeClient()

    async def source() -> None:
        async with event_source.client_in_thread(task(RAS_ARGS), lambda unused: client) as (worker, _client):
            await worker.run(client.block)

    async def scenario() -> None:
        running = asyncio.create_task(source())
        while not client.busy.is_set() and not running.done():
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.sleep(0)
        client.release.set()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(scenario())
    assert client.calls == ["answered", "log_off", "close"]


def test_a_request_that_does_not_end_does_not_hold_up_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_source, "STOP_SECONDS", 0.01)
    client = FakeClient()

    async def source() -> None:
        async with event_source.client_in_thread(task(RAS_ARGS), lambda unused: client) as (worker, _client):
            await worker.run(client.block)

    async def scenario() -> None:
        running = asyncio.create_task(source())
        while not client.busy.is_set() and not running.done():
            await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert client.calls == []

    try:
        asyncio.run(scenario())
    finally:
        client.release.set()


def test_a_session_that_cannot_be_closed_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    client = FakeClient(log_off_error=errors.ServerFaultError("oops"))

    async def scenario() -> None:
        async with event_source.client_in_thread(task(RAS_ARGS), lambda unused: client):
            pass

    with caplog.at_level(logging.WARNING, logger="deskops.vdi.events"):
        asyncio.run(scenario())
    assert client.calls == ["log_off", "close"]
    assert "oops" in caplog.text


# Whole runs


def test_the_platforms_offer_what_the_source_needs() -> None:
    for platform in PLATFORMS:
        new_client, pages = event_source.platform_parts(platform)
        assert callable(new_client)
        assert callable(pages)


def test_session_changes_lists_tells_and_closes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = FakeClient()
    one, two, three = (SessionRecord("ras", "HQ", number) for number in "123")
    listings = [[[one], [two]], [[two], [three]]]
    asked: list[tuple[Any, ...]] = []
    waits: list[float] = []

    def pages(given: Any, params: Any, farm: str, raw: bool = False, *, warn: Any) -> Any:
        asked.append((given, params["state"], farm, raw))
        warn("Some times cannot be read.")
        yield from listings[min(len(asked), len(listings)) - 1]

    async def at_once(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    monkeypatch.setattr(event_source, "platform_parts", lambda platform: (lambda unused: client, pages))

    async def scenario() -> list[Any]:
        events: asyncio.Queue[Any] = asyncio.Queue()
        args = {**RAS_ARGS, "name": "HQ", "state": "Active", "interval": 45}
        running = asyncio.create_task(event_source.watch_listings(events.put, args, sleep=at_once))
        told = [await asyncio.wait_for(events.get(), 10) for _turn in range(2)]
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert events.empty()
        return told

    told = asyncio.run(scenario())
    assert [(event["change"], event["session"]["id"]) for event in told] == [("ended", "1"), ("appeared", "3")]
    assert asked[0] == (client, "Active", "HQ", False)
    assert set(waits) == {45}
    # Each listing says it, the log has it once.
    assert caplog.messages == ["HQ: Some times cannot be read."]
    # A session for each listing, none between two of them.
    assert client.calls.pop() == "close"
    assert client.calls.count("log_off") == len(client.calls) >= len(asked)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"platform": "avd"}, "platform must be one of ras, cvad, fastx"),
        ({}, "platform must be one of"),
        ({**RAS_ARGS, "interval": 0}, "interval: 0"),
        # A session that is pushed out of a part of the list has not ended.
        ({**RAS_ARGS, "platform": "cvad", "max_sessions": 100}, "max_sessions: .* told as ended"),
        ({**RAS_ARGS, "platform": "fastx", "limit": 100}, "limit: .* told as ended"),
        ({**RAS_ARGS, "platform": "fastx", "start": 0}, "start: .* told as ended"),
    ],
)
def test_session_changes_refuses_wrong_options_at_once(args: dict[str, Any], words: str) -> None:
    with pytest.raises(errors.BadInputError, match=words):
        asyncio.run(load("session_changes").main(asyncio.Queue(), args))


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"refresh": 0}, "refresh: 0"),
        ({"sort_by": "id"}, "sort_by"),
        ({"filters": {"login": []}}, "login needs a value"),
    ],
)
def test_fastx_sessions_refuses_wrong_options_at_once(args: dict[str, Any], words: str) -> None:
    options = {"url": "https://fx.example.test", "auth_token": "token-1234", **args}
    with pytest.raises(errors.BadInputError, match=words):
        asyncio.run(load("fastx_sessions").main(asyncio.Queue(), options))


# The sample rulebook


def test_the_sample_rulebook_of_the_docs_uses_the_sources_as_they_are() -> None:
    text = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    (play,) = yaml.safe_load(text.split("```yaml\n")[1].split("```")[0])
    seen = set()
    for source in play["sources"]:
        ((name, options),) = ((key, value) for key, value in source.items() if key != "name")
        seen.add(name)
        platform = options.get("platform", "fastx")
        own = event_source.POLL_OPTIONS if "platform" in options else stream.SOURCE_OPTIONS
        event_source.source_task(options, PLATFORMS[platform], event_source.listing_options(platform), own, {})
    assert seen == {f"deskops.vdi.{name}" for name in NAMES}


def test_the_sample_event_of_the_docs_is_a_record() -> None:
    text = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    event = json.loads(text.split("```json\n")[1].split("```")[0])
    assert set(event) == {"change", "session"}
    assert tuple(event["session"]) == FIELDS
