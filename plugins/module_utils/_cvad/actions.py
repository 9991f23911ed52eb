# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is done to sessions: disconnect, log off, send a message.

Source: reference/cvad/notes.md sections 8, 10 and 13; endpoints.yaml (Sessions).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from .._errors import AnswerError, BadInputError, ConflictError, NotFoundError, VdiError
from .._sessions.acting import acted, check_filters, check_limit, check_number, check_text, ended, is_blank
from .._task import Task
from .client import CvadClient
from .fields import MESSAGE_STYLES
from .jobs import Jobs, job_id
from .sessions import ACTION_FACTS, SELECTORS, Found, Projection, SessionQuery, filter_options, host, user_name

DONE = (200, 202, 204)
_PROJECTION = Projection(tuple(sorted({"id", *ACTION_FACTS})), ())
_FILTERS = tuple("session_state" if name == "state" else name for name in SELECTORS)


# Which sessions


def selection_options() -> dict[str, dict[str, Any]]:
    """The argument spec of what chooses the sessions of an action."""
    return {
        "id": {"type": "list", "elements": "str"},
        **filter_options("session_state"),
        "max_affected": {"type": "int"},
        "wait_timeout": {"type": "int", "default": 300},
    }


def selection_rules() -> dict[str, Any]:
    """The constraints of these options: ids or filters, and filters only with a limit."""
    return {
        "mutually_exclusive": [["id", name] for name in _FILTERS],
        "required_one_of": [["id", *_FILTERS]],
        "required_by": {name: ["max_affected"] for name in _FILTERS},
    }


def chosen(task: Task, client: CvadClient) -> list[Found]:
    """The sessions that the task's options choose; ids that are not there (any more) are left out."""
    check_limit(task)
    params = task.params
    check_filters(params, _FILTERS)
    if params["id"] is not None:
        if any(is_blank(session_id) for session_id in params["id"]):
            raise BadInputError("id: one of the ids is empty. Nothing was done.")
        # Whatever their letter case, ids are of the same session, which is not to be acted on twice.
        ids = {session_id.casefold(): session_id for session_id in params["id"]}
        found = [one(client, session_id) for session_id in ids.values()]
        return [session for session in found if session is not None]
    query = SessionQuery({**params, "state": params["session_state"]}, warn=task.warn, certain=True)
    return [session for page in query.pages(client, ACTION_FACTS) for session in page.items if session.get("id")]


def one(client: CvadClient, session_id: str) -> Found | None:
    """A session by id, or None."""
    try:
        reply = client.request("GET", _path(session_id), query={"fields": _PROJECTION.query})
    except NotFoundError:
        return None
    return {**_PROJECTION.one(reply), "id": session_id}


def _path(session_id: str, action: str = "") -> str:
    return f"/Sessions/{quote(session_id, safe='')}{action}"


def _label(session: Found) -> str:
    user = user_name(session)
    return f"session {session['id']}{f' of {user}' if user else ''}"


def shown(session: Found) -> dict[str, Any]:
    """A session as the results of actions show it."""
    return {
        "id": session["id"],
        "user": user_name(session),
        "host": host(session),
        "delivery_group": session.get("delivery_group"),
        "state": session.get("state"),
    }


# Disconnect and log off


@dataclasses.dataclass(frozen=True)
class Ending:
    """A state to bring sessions to. reached: whether a session needs nothing done."""

    action: str
    verb: str
    reached: Callable[[Found], bool]


def _ends(session: Found) -> bool:
    """A log-off is under way; the session vanishes by itself."""
    return session.get("logoff_in_progress") is True


ENDINGS: Mapping[str, Ending] = {
    "disconnected": Ending(
        "/$disconnect",
        "disconnected",
        lambda session: session.get("state") == "Disconnected" or _ends(session),
    ),
    "absent": Ending("/$logoff", "logged off", _ends),
}


def end_sessions(task: Task, client: CvadClient) -> dict[str, Any]:
    """Bring the chosen sessions to the state, and return the task's result."""
    ending = ENDINGS[task.params["state"]]
    sessions = [session for session in chosen(task, client) if not ending.reached(session)]
    check_number(task, sessions, ending.verb)
    if not task.check_mode:
        sessions = _Endings(task, client, ending).carry_out(sessions)
    return ended(task, [shown(session) for session in sessions])


class _Endings:
    """One run over the sessions: starts all, then waits for their jobs together."""

    def __init__(self, task: Task, client: CvadClient, ending: Ending):
        self._task = task
        self._client = client
        self._ending = ending

    def carry_out(self, sessions: list[Found]) -> list[Found]:
        """The sessions that were changed. One that ended by itself meanwhile is none of them."""
        changed: list[Found] = []
        jobs: dict[str, str] = {}
        fault: VdiError | None = None
        for session in sessions:
            try:
                job = self._start(session)
            except NotFoundError:
                continue
            except VdiError as error:
                fault = error
                break
            changed.append(session)
            if job:
                jobs[session["id"]] = job
        try:
            failed = self._wait(jobs)
        except VdiError as error:
            error.done = acted([shown(session) for session in changed])
            if fault is None:
                raise
            fault.done = error.done
            raise fault from error
        if fault or failed:
            fault = fault or next(iter(failed.values()))
            done = [session for session in changed if session["id"] not in failed]
            fault.message += f" {len(done)} of {len(sessions)} sessions were {self._ending.verb}."
            fault.done = acted([shown(session) for session in done])
            raise fault
        return changed

    def _start(self, session: Found) -> str | None:
        """The job that was started; None when it is done. A refusal or a lost answer is settled by reading again."""
        try:
            reply = self._client.request(
                "POST", _path(session["id"], self._ending.action), query={"async": True}, success=DONE
            )
        except VdiError as error:
            if not (error.lost_answer or isinstance(error, ConflictError)) or not self._is_reached(session["id"]):
                raise
            return None
        return job_id(reply, self._task.warn)

    def _wait(self, jobs: dict[str, str]) -> dict[str, AnswerError]:
        limit = self._task.params["wait_timeout"]
        if not jobs or limit <= 0:
            return {}
        failed = Jobs(self._client, self._task.warn, with_words=not self._task.no_log).wait(jobs, limit)
        # The user may have been quicker than the job; and where nobody tells of its end, the session does.
        return {session_id: error for session_id, error in failed.items() if not self._is_reached(session_id)}

    def _is_reached(self, session_id: str) -> bool:
        session = one(self._client, session_id)
        return session is None or self._ending.reached(session)


# Messages


def message_options() -> dict[str, dict[str, Any]]:
    return {
        "text": {"type": "str", "required": True},
        "title": {"type": "str"},
        "style": {"type": "str", "choices": list(MESSAGE_STYLES)},
    }


def send_messages(task: Task, client: CvadClient) -> dict[str, Any]:
    """Send the message to the chosen sessions, and return the task's result. No message is sent twice."""
    params = task.params
    check_text(params["text"])
    sessions = chosen(task, client)
    check_number(task, sessions, "sent the message")
    if not task.check_mode:
        message = {
            name: params[option]
            for option, name in (("style", "Style"), ("title", "Title"), ("text", "Text"))
            if params[option] is not None
        }
        sessions = _sent(task, client, sessions, message)
    return acted([shown(session) for session in sessions])


def _sent(task: Task, client: CvadClient, sessions: list[Found], message: dict[str, Any]) -> list[Found]:
    sent: list[Found] = []
    jobs: dict[str, str] = {}
    for session in sessions:
        try:
            reply = client.request("POST", _path(session["id"], "/$sendMessage"), body=message, success=DONE)
        except NotFoundError:
            task.warn(f"The {_label(session)} ended before the message was sent.")
            continue
        except VdiError as error:
            error.message += f" The message was sent to {len(sent)} of {len(sessions)} sessions before."
            error.done = acted([shown(one) for one in sent])
            raise
        sent.append(session)
        job = job_id(reply, task.warn)
        if job:
            jobs[session["id"]] = job
    limit = task.params["wait_timeout"]
    if jobs and limit > 0:
        failed = Jobs(client, task.warn, with_words=not task.no_log).wait(jobs, limit)
        for failure in failed.values():
            reached = [session for session in sent if session["id"] not in failed]
            failure.message += f" The message surely reached {len(reached)} of {len(sessions)} sessions."
            failure.done = acted([shown(session) for session in reached])
            raise failure
    return sent
