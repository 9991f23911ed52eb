# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the event sources share: their options, and a thread for the clients, which block.

Under ansible-rulebook there is no task and no AnsibleModule; options come as they stand in the rulebook.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import importlib
import logging
import os
import queue
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._connection import Client
from .._deps import require
from .._errors import BadInputError, VdiError
from .._fields import check_range
from .._options import PLATFORMS, Platform
from .._secrets import scrub
from .._task import ArgumentSpec, Task
from .changes import Log, Put, Sleep, Tracker, poll
from .platforms import SESSION_PLATFORMS, SessionPages
from .record import SessionRecord

LOGGER = logging.getLogger("deskops.vdi.events")
# How long a stopped source waits for the request under way, and for the log-off after it.
STOP_SECONDS = 10.0
# What ansible-rulebook adds to the options by itself.
_FOREIGN = frozenset({"eda_feedback_queue"})
# Options of the info modules that say what a task returns, not which sessions there are.
_RESULT_OPTIONS = frozenset({"fields", "return_sessions"})
# Options of theirs that end the list early, or begin it late.
_PART_OPTIONS = ("max_sessions", "start", "limit")

Value = TypeVar("Value")


class Worker:
    """Runs blocking calls one after the other in one thread, which never keeps the process from ending."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[tuple[concurrent.futures.Future[Any], Callable[[], Any]] | None]
        self._calls = queue.SimpleQueue()
        threading.Thread(target=self._work, name="deskops.vdi", daemon=True).start()

    async def run(self, call: Callable[[], Value]) -> Value:
        """What call returns or raises. When cancelled, a call that has begun goes on to its end."""
        future: concurrent.futures.Future[Value] = concurrent.futures.Future()
        self._calls.put((future, call))
        return await asyncio.wrap_future(future)

    def stop(self) -> None:
        """End the thread after the calls that wait."""
        self._calls.put(None)

    def _work(self) -> None:
        while (item := self._calls.get()) is not None:
            future, call = item
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(call())
                except Exception as error:  # goes to whoever waits for the result
                    future.set_exception(error)


def listing_options(platform: str) -> ArgumentSpec:
    """The options of a platform's info module that say where and which sessions are listed."""
    module = importlib.import_module(f"...modules.{platform}_session_info", __package__)
    spec: ArgumentSpec = module.ARGUMENT_SPEC
    return ArgumentSpec(
        {name: option for name, option in spec.options.items() if name not in _RESULT_OPTIONS},
        **spec.constraints(),
    )


def source_task(
    args: Mapping[str, Any],
    platform: Platform,
    spec: ArgumentSpec,
    own: Mapping[str, dict[str, Any]],
    environment: Mapping[str, str] | None = None,
) -> Task:
    """The options of a source, completed from the environment and checked, as the clients take them.

    spec: options of the platform; own: options of the source itself. BadInputError says what is wrong.
    """
    require()
    given = {name: value for name, value in args.items() if name not in _FOREIGN}
    resolved = platform.resolve(given, os.environ if environment is None else environment)
    validation = ArgumentSpecValidator({**spec.options, **own}, **spec.constraints()).validate(resolved)
    secrets = set(validation._no_log_values)
    if validation.error_messages:
        raise BadInputError(scrub("; ".join(validation.error_messages), secrets))
    return Task(params={**resolved, **validation.validated_parameters}, given=given, secrets=secrets)


def farm_name(params: Mapping[str, Any]) -> str:
    """The name given to the source, else the host of its url."""
    url = params.get("url")
    first = str(url[0] if isinstance(url, list) and url else url or "")
    return str(params.get("name") or urlsplit(first).hostname or first)


@contextlib.asynccontextmanager
async def client_in_thread(task: Task, new_client: Callable[[Task], Client]) -> AsyncIterator[tuple[Worker, Any]]:
    """A client and the thread that alone may use it. At the end its session is closed, if it opened one."""
    client = new_client(task)
    worker = Worker()
    try:
        yield worker, client
    finally:
        try:
            await asyncio.wait_for(worker.run(lambda: _end(client)), STOP_SECONDS)
        except TimeoutError:
            LOGGER.warning("A request still under way was left alone; a session may stay open until it expires.")
        finally:
            worker.stop()


def _end(client: Client) -> None:
    try:
        _log_off(client)
    finally:
        client.close()


def _log_off(client: Client) -> None:
    try:
        client.log_off()
    except VdiError as error:
        LOGGER.warning("The session could not be closed and stays open until it expires: %s", error)


def warner(name: str) -> Log:
    """Writes what happened to a source into the log of ansible-rulebook."""
    return lambda text: LOGGER.warning("%s: %s", name, text)


def once(log: Log) -> Log:
    """log, for each text only once: what a listing has to say it says each time."""
    said: set[str] = set()

    def told(text: str) -> None:
        if text not in said:
            said.add(text)
            log(text)

    return told


def platform_parts(platform: str) -> tuple[Callable[[Task], Client], SessionPages]:
    """(what makes a client, what lists the sessions) of a platform."""
    kind = SESSION_PLATFORMS[platform]
    return kind.new_client, kind.session_pages


POLL_OPTIONS: Mapping[str, dict[str, Any]] = {
    "platform": {"type": "str", "required": True, "choices": list(PLATFORMS)},
    "name": {"type": "str"},
    "interval": {"type": "int", "default": 60},
    "existing": {"type": "bool", "default": False},
}


async def watch_listings(put: Put, args: Mapping[str, Any], *, sleep: Sleep = asyncio.sleep) -> None:
    """The source session_changes: list a platform's sessions again and again, and put what differs."""
    name = str(args.get("platform"))
    if name not in PLATFORMS:
        raise BadInputError(f"platform must be one of {', '.join(PLATFORMS)}; it is {name}.")
    task = source_task(args, PLATFORMS[name], listing_options(name), POLL_OPTIONS)
    interval: int = task.params["interval"]
    check_range("interval", interval, 1)
    for option in _PART_OPTIONS:
        if task.params.get(option) is not None:
            raise BadInputError(
                f"{option}: session_changes compares whole lists; a session that moves beyond a part of it would be "
                f"told as ended. Leave {option} out, and choose sessions by filters."
            )
    farm = farm_name(task.params)
    new_client, pages = platform_parts(name)
    log = warner(farm)
    warn = once(log)

    async with client_in_thread(task, new_client) as (worker, client):

        def listed() -> list[SessionRecord]:
            # Not only at the end: signals end ansible-rulebook at once, from within Java, and an open session of an
            # administrator may stand in the way of others.
            try:
                return [record for page in pages(client, task.params, farm, warn=warn) for record in page]
            finally:
                _log_off(client)

        async def listing() -> list[SessionRecord]:
            return await worker.run(listed)

        await poll(listing, Tracker(task.params["existing"]), put, interval, log=log, sleep=sleep)
