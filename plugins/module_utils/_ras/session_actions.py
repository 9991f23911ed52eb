# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is done to sessions of RD session hosts: disconnect, log off, send a message.

Source: reference/ras/endpoints.yaml (RDS/Host/{rdsId}/sessions/{id}/...), schema ScheduleMessage; seed 000 (the list).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping
from typing import Any

from .._errors import BadInputError, ConflictError, NotFoundError, UnexpectedAnswerError, VdiError
from .._sessions.acting import acted, check_filters, check_limit, check_number, check_text, ended
from .._sessions.record import read_time, utc_text
from .._task import Task
from . import enums, fields
from .client import RasClient
from .resources import RDS_SERVERS
from .sessions import CLIENT_FILTERS, FILTER_OPTIONS, RDS_ONLY, SessionQuery, matching, session_key

Session = dict[str, Any]

# What deciding and showing take, beside what the filters compare.
_FACTS = (
    "session_id",
    "server_id",
    "session_host_id",
    "session_host_name",
    "user",
    "state",
    "source",
    "pool_name",
    "logon_time",
)
# What the path of an action takes.
_PLACE = ("server_id", "session_id")
# The filters of ras_session_info; those that name the host go with numbers of sessions too.
_HOST = ("site", "server", "server_id")
_FILTERS = tuple("session_state" if name == "state" else name for name in FILTER_OPTIONS if name != "source")
_NOT_ENDED = (
    f"The API documents actions on sessions of {RDS_ONLY} hosts only; those of other hosts (VDI, AVD) cannot be ended "
    "or messaged through it. Nothing was done."
)


# Which sessions


def selection_options() -> dict[str, dict[str, Any]]:
    """The argument spec of what chooses the sessions of an action."""
    filters = {"session_state" if name == "state" else name: option for name, option in FILTER_OPTIONS.items()}
    return {
        "id": {"type": "list", "elements": "str"},
        "session_id": {"type": "list", "elements": "int"},
        **filters,
        "source": {"type": "str", "default": RDS_ONLY},
        "max_affected": {"type": "int"},
    }


def selection_rules() -> dict[str, Any]:
    """The constraints of these options: ids, or numbers on a host, or filters."""
    others = [name for name in _FILTERS if name not in _HOST]
    return {
        "mutually_exclusive": [
            ["id", "session_id"],
            *(["id", name] for name in _FILTERS),
            *(["session_id", name] for name in others),
        ],
        "required_one_of": [["id", "session_id", *_FILTERS]],
        "required_by": {name: ["max_affected"] for name in others},
    }


def chosen(task: Task, client: RasClient) -> list[Session]:
    """The sessions that the task's options choose; those that are not there (any more) are left out."""
    check_limit(task)
    params = task.params
    check_filters(params, _FILTERS)
    if enums.SESSION_SOURCE.number(params["source"], "source") != enums.SESSION_SOURCE.number(RDS_ONLY, "source"):
        raise BadInputError(f"source: {params['source']} is not {RDS_ONLY}. {_NOT_ENDED}")
    state = params["session_state"]
    if state is not None and enums.SESSION_STATE.name(state) == "All":
        raise BadInputError("session_state: All does not say which sessions are meant. Name a state, or leave it out.")
    if params["api_family"] == "legacy":
        raise BadInputError("api_family: the legacy API documents no actions on sessions.")
    if params["id"] is not None:
        sessions = _by_key(client, params["id"])
    else:
        sessions = _on_hosts(client, params)
        if not sessions:
            _warn_of_unknown_host(task, client)
    for session in sessions:
        if not all(isinstance(session.get(name), int) for name in _PLACE):
            raise UnexpectedAnswerError(
                f"The server lists a session without a number of its host or its own ({shown(session)}). Nothing was "
                "done, since an action needs both."
            )
    return sessions


def _on_hosts(client: RasClient, params: Mapping[str, Any]) -> list[Session]:
    """The sessions by numbers or filters."""
    if params["session_id"] is None:
        if params["max_affected"] is None:
            raise BadInputError("max_affected is required with filters: say how many sessions may be affected at most.")
        return _listed(client, {**params, "state": params["session_state"]})
    if params["server"] is None and params["server_id"] is None:
        raise BadInputError(
            "session_id: sessions are numbered by their host, so the number alone does not tell which one is meant. "
            "Set server or server_id."
        )
    wanted = set(params["session_id"])
    return [session for session in _listed(client, params, _HOST) if session["session_id"] in wanted]


def _warn_of_unknown_host(task: Task, client: RasClient) -> None:
    """Nobody there may be right, or a typo. No error: sessions may name their host in another way than the farm."""
    server, server_id = task.params["server"], task.params["server_id"]
    if server is None and server_id is None:
        return
    table = RDS_SERVERS.table
    # Who may not read the servers is not told.
    with contextlib.suppress(VdiError):
        hosts = client.select(RDS_SERVERS)
        for option, name, value in (("server", "server", server), ("server_id", "id", server_id)):
            known = [table.value(host, name) for host in hosts]
            if value is not None and not any(table.by_name[name].same(one, value) for one in known):
                there = ", ".join(sorted(map(str, known))) or "none"
                task.warn(
                    f"{option}: no session was chosen, and the farm has no RDS server {value}. There are: {there}."
                )


def _by_key(client: RasClient, keys: Collection[str]) -> list[Session]:
    hosts = set()
    for one in keys:
        parts = one.split("/")
        # As results have them: a number in another spelling would silently be no session.
        if len(parts) != 3 or not all(part.isdecimal() and part == str(int(part)) for part in parts[1:]):
            raise BadInputError(
                f"id: {one!r} has not the form {RDS_ONLY}/<id of the host>/<number of the session>, as audits and this "
                "collection's results have it."
            )
        if parts[0] != RDS_ONLY:
            raise BadInputError(f"id: {one} is a session of source {parts[0]}. {_NOT_ENDED}")
        hosts.add(int(parts[1]))
    if not hosts:
        return []
    # Where all are on one host, the list of that host will do.
    query = {"server_id": hosts.pop()} if len(hosts) == 1 else {}
    return [session for session in _listed(client, query) if session_key(session) in keys]


def _listed(
    client: RasClient, params: Mapping[str, Any], names: Collection[str] = tuple(FILTER_OPTIONS)
) -> list[Session]:
    """The sessions of RDS hosts that pass these filters. What the server lets through is checked here once more."""
    filters = {name: params[name] for name in names if params.get(name) is not None}
    if "state" in filters:
        filters["state"] = enums.SESSION_STATE.number(filters["state"], "session_state")
    compared = {name: value for name, value in filters.items() if name in CLIENT_FILTERS}
    needed = {*_FACTS, *(CLIENT_FILTERS[name] for name in compared)}
    query = SessionQuery({**filters, "source": RDS_ONLY, "api_family": "current", "fields": sorted(needed)})
    try:
        rows = query.ask(client).rows
    except NotFoundError as error:
        error.message += " Actions on sessions are documented for the current API only."
        raise
    found = (_placed(row) for row in matching(rows, compared) if row.get("source") == RDS_ONLY)
    # One that the list has twice is one: a message must not be sent twice.
    return list({session_key(session): session for session in found}.values())


def _placed(row: Session) -> Session:
    """A session with the numbers that make its place as numbers, also where the server gave text."""
    return {**row, **{name: fields.SESSION.by_name[name].normal(row.get(name)) for name in _PLACE}}


def shown(session: Session) -> dict[str, Any]:
    """A session as the results of actions show it."""
    return {
        "id": session_key(session),
        "session_id": session.get("session_id"),
        "server_id": session.get("server_id"),
        "user": session.get("user"),
        "host": session.get("session_host_name"),
        "pool": session.get("pool_name"),
        "state": session.get("state"),
    }


# Disconnect and log off

# State that the task asks for -> the action's path, what it is called, and whether a session needs nothing done.
ENDINGS: Mapping[str, tuple[str, str, Callable[[Session], bool]]] = {
    "disconnected": ("disconnect", "disconnected", lambda session: session.get("state") == "Disconnected"),
    "absent": ("logoff", "logged off", lambda session: False),
}


def end_sessions(task: Task, client: RasClient) -> dict[str, Any]:
    """Bring the chosen sessions to the state, and return the task's result."""
    action, verb, reached = ENDINGS[task.params["state"]]
    logons = _logons(task.params)
    sessions = _still_the_same(task, chosen(task, client), logons)
    sessions = [session for session in sessions if not reached(session)]
    check_number(task, sessions, verb)
    if not task.check_mode:
        sessions = _each(sessions, lambda session: _end(client, session, action, reached), verb)
    return ended(task, [shown(session) for session in sessions])


def _logons(params: Mapping[str, Any]) -> dict[str, str | None]:
    """When the sessions of the task began, by their ids, as texts that compare."""
    logons: Mapping[str, Any] = params["logon_times"] or {}
    for key, moment in logons.items():
        if key not in params["id"]:
            raise BadInputError(f"logon_times: {key} is none of the ids that the task names. Nothing was done.")
        if read_time(moment) is None:
            raise BadInputError(
                f"logon_times: {moment!r} of {key} is no time such as 2026-01-31T08:15:00Z. Nothing was done."
            )
    return {key: utc_text(moment) for key, moment in logons.items()}


def _still_the_same(task: Task, sessions: list[Session], logons: Mapping[str, str | None]) -> list[Session]:
    """The sessions but those that took the place of another one: a host gives the number of an ended session anew."""

    def is_another(session: Session) -> bool:
        before, now = logons.get(session_key(session)), utc_text(session.get("logon_time"))
        return None not in (before, now) and before != now

    others = [session for session in sessions if is_another(session)]
    if others:
        task.warn(
            "These sessions have ended, and other ones have their ids now, which are left alone: "
            f"{', '.join(sorted(map(session_key, others)))}."
        )
    return [session for session in sessions if not is_another(session)]


def _each(sessions: list[Session], act: Callable[[Session], bool], verb: str) -> list[Session]:
    """Act on one session after the other, up to the first failure. Those that were acted on; act tells for each."""
    acted_on: list[Session] = []
    for session in sessions:
        try:
            if act(session):
                acted_on.append(session)
        except VdiError as error:
            error.message += f" {len(acted_on)} of {len(sessions)} sessions were {verb} before."
            error.done = acted([shown(one) for one in acted_on])
            raise
    return acted_on


def _end(client: RasClient, session: Session, action: str, reached: Callable[[Session], bool]) -> bool:
    """Send one action. A refusal or a lost answer is settled by reading again. False: the session ended by itself."""
    try:
        _post(client, session, action)
    except (NotFoundError, ConflictError):
        if not _is_over(client, session, reached):
            raise
        return False
    except VdiError as error:
        if not error.lost_answer or not _is_over(client, session, reached):
            raise
    return True


def _is_over(client: RasClient, session: Session, reached: Callable[[Session], bool]) -> bool:
    now = _again(client, session)
    return now is None or reached(now)


def _post(client: RasClient, session: Session, action: str, body: Any = None) -> None:
    client.request(
        "POST",
        f"/api/RDS/Host/{session['server_id']}/sessions/{session['session_id']}/{action}",
        body=body,
        hints={
            "not_found": "The session is there, so the server may not know the call: version 21 documents it.",
            "conflict": "Look at the session on its host.",
        },
    )


def _again(client: RasClient, session: Session) -> Session | None:
    """The session as it is now, or None."""
    rows = _listed(client, {"server_id": session["server_id"]})
    return next((row for row in rows if session_key(row) == session_key(session)), None)


# Messages


def message_options() -> dict[str, dict[str, Any]]:
    return {
        "text": {"type": "str", "required": True},
        "title": {"type": "str"},
        # No source shows the body: the names are those of the message of a schedule (schema ScheduleMessage).
        "text_field": {"type": "str", "default": "message"},
        "title_field": {"type": "str", "default": "messageTitle"},
    }


def send_messages(task: Task, client: RasClient) -> dict[str, Any]:
    """Send the message to the chosen sessions, and return the task's result. No message is sent twice."""
    params = task.params
    check_text(params["text"])
    sessions = chosen(task, client)
    _warn_of_missing(task, set(params["id"] or ()) - {session_key(session) for session in sessions})
    check_number(task, sessions, "sent the message")
    if not task.check_mode:
        body = {params["text_field"]: params["text"]}
        if params["title"] is not None:
            body[params["title_field"]] = params["title"]
        sessions = _sent(task, client, sessions, body)
    return acted([shown(session) for session in sessions])


def _sent(task: Task, client: RasClient, sessions: list[Session], body: dict[str, Any]) -> list[Session]:
    told = _each(sessions, lambda session: _tell(client, session, body), "sent the message")
    _warn_of_missing(task, {session_key(session) for session in sessions if session not in told})
    return told


def _warn_of_missing(task: Task, keys: Collection[str]) -> None:
    if keys:
        task.warn(f"These sessions ended before the message was sent: {', '.join(sorted(keys))}.")


def _tell(client: RasClient, session: Session, body: dict[str, Any]) -> bool:
    """Send the message to one session; False: it is gone. Nobody can tell whether a lost answer means a message."""
    try:
        _post(client, session, "sendmsg", body)
    except NotFoundError:
        if _again(client, session) is not None:
            raise
        return False
    return True
