# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs: what an asynchronous call leaves behind; their state follows the clock."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.clock import Clock
from emulator.cvad.times import cultural, formatted

# The part of its time that a job has not started yet (assumed).
WAITING_PART = 0.2
KEPT_SECONDS = 48 * 3600.0
SUCCESS = frozenset({"Complete", "CompleteWithWarning"})


@dataclass(frozen=True)
class Outcome:
    """How a job ends, and after how many seconds."""

    seconds: float
    status: str = "Complete"
    error_string: str | None = None
    error_code: str | None = None
    error_details: str | None = None

    @classmethod
    def read(cls, quirk: Mapping[str, Any] | None, seconds: float) -> Outcome:
        """What a fault of kind ``job`` makes of it."""
        if quirk is None:
            return cls(seconds)
        status = str(quirk["outcome"])
        failed = status not in SUCCESS
        return cls(
            seconds if quirk["seconds"] is None else float(quirk["seconds"]),
            status,
            quirk["error_string"] or (None if status == "Complete" else f"The job ended as {status}."),
            quirk["error_code"] or ("UnknownError" if failed else None),
            quirk["error_details"],
        )


@dataclass
class Job:
    """One job; ``finish`` is called once, with whether it went well."""

    id: str
    type: str
    parameters: Mapping[str, str]
    principal: str
    outcome: Outcome
    created: float
    created_at: int
    finish: Callable[[bool], None]
    result: bytes = b""
    settled: bool = field(default=False)
    canceled: bool = field(default=False)

    def status(self, now: float) -> str:
        """Its state at this moment."""
        if self.canceled:
            return "Canceled"
        age = now - self.created
        if age >= self.outcome.seconds:
            return self.outcome.status
        return "NotStarted" if age < self.outcome.seconds * WAITING_PART else "InProgress"

    def ended(self, now: float) -> bool:
        """Whether its state is final."""
        return self.canceled or now - self.created >= self.outcome.seconds

    def document(self, now: float) -> dict[str, Any]:
        """JobResponseModel."""
        status, ended = self.status(now), self.ended(now)
        seconds = self.outcome.seconds
        percent = 100 if ended or not seconds else int(100 * (now - self.created) / seconds)
        started = None if status == "NotStarted" else self.created_at + int(seconds * WAITING_PART)
        stopped = self.created_at + int(seconds) if ended else None
        error = self.outcome if ended and not self.canceled else Outcome(0)
        return {
            "Id": self.id,
            "Type": self.type,
            "OverallProgressPercent": percent,
            "IsCancellable": not ended,
            "Parameters": [{"Name": name, "Value": value} for name, value in self.parameters.items()],
            "SubJobs": [],
            "Status": status,
            "ResultLocation": None,
            "ErrorString": error.error_string,
            "ErrorCode": error.error_code,
            "ErrorParameters": [{"Name": "ErrorDetails", "Value": error.error_details}]
            if error.error_details
            else None,
            **_both("CreationTime", self.created_at),
            **_both("StartTime", started),
            **_both("EndTime", stopped),
        }


class Jobs:
    """All jobs of a site."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._jobs: dict[str, Job] = {}

    def start(
        self,
        kind: str,
        principal: str,
        outcome: Outcome,
        *,
        parameters: Mapping[str, str] | None = None,
        result: bytes = b"",
        finish: Callable[[bool], None] = lambda _well: None,
    ) -> Job:
        """A new job."""
        job = Job(
            id=str(uuid.UUID(bytes=secrets.token_bytes(16))),
            type=kind,
            parameters=parameters or {},
            principal=principal,
            outcome=outcome,
            created=self._clock.monotonic(),
            created_at=int(self._clock.now().timestamp()),
            finish=finish,
            result=result,
        )
        self._jobs[job.id] = job
        self.settle()
        return job

    def settle(self) -> None:
        """Let take place what was due by now, and forget what ended long ago."""
        now = self._clock.monotonic()
        for job in list(self._jobs.values()):
            if not job.settled and job.ended(now):
                job.settled = True
                job.finish(not job.canceled and job.outcome.status in SUCCESS)
            if now - job.created - job.outcome.seconds > KEPT_SECONDS:
                del self._jobs[job.id]

    def find(self, job_id: str, principal: str) -> Job | None:
        """A job of this caller."""
        job = self._jobs.get(job_id.lower())
        return job if job is not None and job.principal == principal else None

    def of(self, principal: str) -> list[Job]:
        """The jobs of this caller."""
        return [job for job in self._jobs.values() if job.principal == principal]

    def cancel(self, job: Job) -> None:
        """End a job before its time; one that has ended stays as it is."""
        if not job.ended(self._clock.monotonic()):
            job.canceled = True
        self.settle()

    def delete(self, job: Job) -> None:
        """Forget a job."""
        del self._jobs[job.id]

    def now(self) -> float:
        """The time that jobs go by."""
        return self._clock.monotonic()

    def __len__(self) -> int:
        return len(self._jobs)


def _both(name: str, epoch: int | None) -> dict[str, str | None]:
    return {
        name: None if epoch is None else cultural(epoch),
        f"Formatted{name}": None if epoch is None else formatted(epoch),
    }
