# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs: what a 202 starts, and how it ends.

Source: reference/cvad/notes.md section 8; schemas.yaml (JobResponseModel).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from .._errors import AnswerError, NotFoundError, TimeLimitError
from .._http import Reply
from .._polling import looks
from .client import CvadClient
from .fields import DONE_JOB, FAILED_JOB, objects

# Seconds between two questions: quick at first, since a log-off takes seconds, then as rarely as the official client.
WAITS = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)


class JobFailedError(AnswerError):
    kind = "job_failed"


def job_id(reply: Reply, warn: Callable[[str], None]) -> str | None:
    """The id of the job that an answer names; None when the server is done already, or does not say what it started."""
    if reply.status != 202:
        return None
    location = urlsplit(reply.headers.get("location") or "").path
    found = location.rstrip("/").rpartition("/")[2]
    if not found:
        warn(f"{reply.where} was accepted, but the answer names no job, so that how it ended is not known.")
        return None
    return found


class Jobs:
    """Jobs that run at the same time, by the id of their session.

    warn: takes a warning about a job that ended well, though not without one; with_words: what it says is told too.
    """

    def __init__(
        self,
        client: CvadClient,
        warn: Callable[[str], None],
        *,
        with_words: bool = True,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] | None = None,
    ):
        self._client = client
        self._warn = warn
        self._with_words = with_words
        self._sleep = sleep
        self._clock = clock

    def wait(self, jobs: Mapping[str, str], limit: float) -> dict[str, AnswerError]:
        """Wait until all have ended, and return those that failed or whose end nobody tells. jobs: session -> job.

        TimeLimitError after limit seconds; jobs that have not ended by then go on.
        """
        running = dict(jobs)
        failed: dict[str, AnswerError] = {}
        for _left in looks(limit, WAITS, sleep=self._sleep, clock=self._clock):
            for session, job in list(running.items()):
                if self._ended(session, job, failed):
                    del running[session]
            if not running:
                return failed
        names = ", ".join(f"session {session} (job {job})" for session, job in running.items())
        raise TimeLimitError(
            f"{len(running)} of {len(jobs)} jobs have not ended within the time limit of {limit:g} s: {names}. "
            "They go on at the server. Raise wait_timeout, or run again later."
        )

    def _ended(self, session: str, job: str, failed: dict[str, AnswerError]) -> bool:
        try:
            body = self._client.request("GET", f"/Jobs/{quote(job, safe='')}").json()
        except NotFoundError as error:
            # A job is shown to whoever started it only, and for 48 hours after its end.
            error.message = f"How the job {job} for session {session} ended is not known: {error.message.rstrip('. ')}."
            failed[session] = error
            return True
        fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
        status = fields.get("Status")
        words = _words(fields)
        told = f": {words}" if words else ""
        if status in FAILED_JOB:
            failed[session] = JobFailedError(
                f"The job {job} for session {session} ended as {status}{told}.",
                code=fields.get("ErrorCode"),
                detail=words or None,
            )
        elif status == "CompleteWithWarning":
            said = told if self._with_words else ""
            self._warn(f"The job {job} for session {session} is complete, with a warning{said}.")
        return status in DONE_JOB or status in FAILED_JOB


def _words(fields: Mapping[str, Any]) -> str:
    """What a job says about its fault: the useful line of its details, else its text, else the code."""
    details = next(
        (pair.get("Value") for pair in objects(fields.get("ErrorParameters")) if pair.get("Name") == "ErrorDetails"),
        None,
    )
    for line in str(details or "").splitlines():
        name, colon, text = line.partition(":")
        if colon and name.strip() == "ErrorMessage" and text.strip():
            return text.strip().rstrip(".")
    return str(fields.get("ErrorString") or fields.get("ErrorCode") or "").strip().rstrip(".")
