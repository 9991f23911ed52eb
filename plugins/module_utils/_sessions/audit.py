# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asks many sources for their sessions at the same time, and hands them to the reports as they come."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import gc
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._connection import connection
from .._errors import BadInputError, UnexpectedAnswerError, VdiError
from .._options import any_platform_spec, platform_params
from .._secrets import scrub
from .._task import Task
from .platforms import SESSION_PLATFORMS, SessionPlatform
from .record import mend_texts
from .reports import AuditOptions, AuditResult, AuditWriter, SourceResult


def source_options() -> dict[str, dict[str, Any]]:
    """The argument spec of one source: the connection options of all platforms, and its own."""
    spec: dict[str, dict[str, Any]] = {
        "platform": {"type": "str", "required": True, "choices": list(SESSION_PLATFORMS)},
        "name": {"type": "str", "required": True},
        "filters": {"type": "dict", "default": {}},
    }
    for name, option in any_platform_spec().items():
        # Defaults and choices are left to the platform.
        spec[name] = {key: value for key, value in option.items() if key not in ("default", "choices")}
    spec["url"]["required"] = True
    return spec


@dataclasses.dataclass
class _SourceTask(Task):
    """The task of one source. Its warnings wait, since it runs in a thread of its own."""

    warnings: list[str] = dataclasses.field(default_factory=list)

    def warn(self, text: str) -> None:
        self.warnings.append(scrub(text, self.secrets))


class Source:
    """One source of an audit. BadInputError for options that its platform does not have.

    Nothing is taken from the environment, so that no secret meets another source's server.
    """

    def __init__(self, options: Mapping[str, Any], position: int, task: Task):
        self.platform: str = options["platform"]
        self.name: str = options["name"]
        self._kind: SessionPlatform = SESSION_PLATFORMS[self.platform]
        self._progress = task.progress
        params = self._checked(options, f"sources[{position}] ({self.name})")
        self.task = _SourceTask(params=params, given=params, secrets=task.secrets, transport=task.transport)

    def _checked(self, options: Mapping[str, Any], where: str) -> dict[str, Any]:
        platform = self._kind.platform
        known = {"platform", "name", "filters", *(option.name for option in platform.options)}
        for name, value in options.items():
            if value not in (None, "") and name not in known:
                raise BadInputError(f"{where}: {name} is no option of the platform {platform.name}; leave it out.")
        try:
            chosen = platform_params(platform, options)
        except BadInputError as error:
            raise BadInputError(f"{where}: {error}") from error
        # An empty text is what a lookup of an unset variable leaves.
        given = {name: value for name, value in chosen.items() if value not in (None, "")}
        params = _validated(platform.argument_spec(), given, [platform.exclusive], where)
        return {**params, **_validated(self._kind.filters, options["filters"] or {}, [], f"{where}: filters")}

    def read(self, writer: AuditWriter, raw: bool = False) -> SourceResult:
        """Hand all pages to the writer. What the source does wrong is its own result, not an error."""
        pages = sessions = 0
        try:
            with connection(self.task, self._kind.platform, self._kind.new_client) as client:
                for page in self._kind.session_pages(client, self.task.params, self.name, raw, self.task.warn):
                    pages, sessions = pages + 1, sessions + len(page)
                    self._progress(f"{self.name}: page {pages}, {sessions} sessions")
                    mend_texts(page)
                    writer.add(page)
                    if self._kind.paged:
                        # What came since the page before: answers of httpx are cycles, and hold a page each.
                        gc.collect(1)
        except VdiError as error:
            return self._failed(error)
        except Exception as error:
            # What nobody foresaw in an answer. A fault of the writer comes again when it is to finish.
            words = f"{type(error).__name__}: {error}"
            return self._failed(UnexpectedAnswerError(f"An answer could not be understood ({words}).", detail=words))
        return SourceResult(self.platform, self.name)

    def _failed(self, error: VdiError) -> SourceResult:
        failure = error.failure()
        failure["detail"] = failure["detail"] and scrub(failure["detail"], self.task.secrets)
        return SourceResult(self.platform, self.name, scrub(error.message, self.task.secrets), failure)


def _validated(
    spec: Mapping[str, dict[str, Any]], given: Mapping[str, Any], exclusive: list[list[str]], where: str
) -> dict[str, Any]:
    validation = ArgumentSpecValidator(dict(spec), mutually_exclusive=exclusive).validate(dict(given))
    if validation.error_messages:
        raise BadInputError(f"{where}: {'; '.join(validation.error_messages)}")
    return dict(validation.validated_parameters)


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """No search for cycles in the block but for one after each of many answers: sessions are millions of small objects
    without any, and it takes a third of the time to look at them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def run_audit(
    task: Task, sources: Sequence[Source], options: AuditOptions, parallel: int, raw: bool = False
) -> AuditResult:
    """Ask all sources, at most `parallel` at a time, and write the reports."""
    with _without_collector(), AuditWriter(options) as writer, concurrent.futures.ThreadPoolExecutor(parallel) as pool:
        reading = [pool.submit(source.read, writer, raw) for source in sources]
        try:
            results = [future.result() for future in reading]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            for source in sources:
                for text in source.task.warnings:
                    task.warn(f"{source.name}: {text}")
        return writer.finish(results)
