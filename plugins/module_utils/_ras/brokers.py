# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection brokers: their priority, and the promotion of one to the primary broker.

Source: reference/ras/endpoints.yaml (Broker, ConnectionBroker), schema Broker, notes.md section 8.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from .._converge import Changes, Raw
from .._errors import AnswerError, AuthenticationError, BadInputError, TimeLimitError, TransportError, VdiError
from .._fields import check_range
from .._http import ANY_SUCCESS
from .._polling import looks
from .._secrets import mask_secret_fields
from .._task import ArgumentSpec, Task
from .client import RasClient
from .objects import info_spec, named_object
from .resources import BROKERS
from .servers import ServerTarget

PRIORITY = "priority"
PRIMARY = 0  # the priority of the primary broker


def is_primary(broker: Raw) -> bool:
    """Whether a broker, as the API has it or in our names, is the primary one."""
    return BROKERS.table.by_name[PRIORITY].same(BROKERS.table.value(broker, PRIORITY), PRIMARY)


class BrokerTarget(ServerTarget):
    """A broker and what a task asks of it."""

    apart = PRIORITY

    def __init__(self, task: Task, client: RasClient):
        super().__init__(task, client, BROKERS)

    def find(self, *, thorough: bool = False) -> Raw | None:
        found = super().find(thorough=thorough)
        if found is not None and self._state == "absent" and is_primary(found):
            raise BadInputError(
                f"state: {self.label} is the primary one (priority {PRIMARY}) and cannot be removed. Promote another "
                "one first, with ras_broker_promote."
            )
        return found

    def changes(self, current: Raw) -> Changes:
        changes = super().changes(current)
        if PRIORITY in changes and is_primary(current):
            raise BadInputError(
                f"{PRIORITY}: {self.label} is the primary one, which has priority {PRIMARY}. It gets another priority "
                "when another broker is promoted, with ras_broker_promote."
            )
        if PRIORITY in changes:
            self._check_not_promoted()
        return changes

    def _check_not_promoted(self) -> None:
        if self._wanted.get(PRIORITY) == PRIMARY:
            raise BadInputError(
                f"{PRIORITY}: {PRIMARY} is that of the primary broker, and {self.label} is not the primary one. "
                "Promote it with ras_broker_promote, which ends the session; or give a priority of 1 or more."
            )

    def update(self, current: Raw, changes: Changes) -> Raw | None:
        if PRIORITY not in changes:
            return super().update(current, changes)
        # The path is documented. No source shows its body, which is assumed.
        _now, wanted = changes[PRIORITY]
        self._client.request("PUT", f"{self._object_path(current)}/priority", body={"priority": wanted})
        return None

    def planned(self) -> dict[str, Any]:
        self._check_not_promoted()
        return super().planned()


# Promotion


def promotion_spec() -> ArgumentSpec:
    """The argument spec of the promotion: what names a broker, and how long to wait."""
    spec = info_spec(BROKERS, {"wait_timeout": {"type": "int", "default": 300}})
    return dataclasses.replace(spec, required_one_of=[["id", "server"]])


def promote(task: Task, client: RasClient) -> dict[str, Any]:
    """Make the broker that the task names the primary one, and return the task's result."""
    check_range("wait_timeout", task.params["wait_timeout"], 0)
    broker = named_object(task, client, BROKERS) or {"id": None, "server": task.params["server"], PRIORITY: None}
    if is_primary(broker):
        return _result(task, broker, broker, changed=False)
    promoted = {**broker, PRIORITY: PRIMARY}
    if task.check_mode:
        return _result(task, broker, promoted, changed=True)
    promotion = _Promotion(task, client, broker)
    found = promotion.carry_out()
    if found is None:
        task.warn(
            "As is to be expected, the session of auth_token ended with the promotion. The token is not valid now, "
            f"and cannot be used to see whether {_label(broker)} is the primary one. Log on again with ras_auth."
        )
    return _result(task, broker, found or promoted, changed=True, session_ended=promotion.session_ended)


def _result(task: Task, before: Raw, after: Raw, *, changed: bool, session_ended: bool = False) -> dict[str, Any]:
    result: dict[str, Any] = {
        "changed": changed,
        "broker": mask_secret_fields(after),
        "session_ended": session_ended,
    }
    shown = ("server", "site_id", "id", PRIORITY) if changed else ()
    return task.with_diff(result, *({name: raw.get(name) for name in shown} for raw in (before, after)))


def _label(broker: Mapping[str, Any]) -> str:
    return f"{BROKERS.title} {broker.get('server')}"


class _Promotion:
    """One promotion. The request is sent once; what became of it is settled by reading.

    session_ended: whether the session that sent it did not outlive it.
    """

    def __init__(self, task: Task, client: RasClient, broker: Mapping[str, Any]):
        self.session_ended = False
        self._client = client
        self._id: int = broker["id"]
        self._label = _label(broker)
        self._limit: int = task.params["wait_timeout"]
        # What the last look, or else the request itself, ended with.
        self._fault: VdiError | None = None

    def carry_out(self) -> dict[str, Any] | None:
        """The broker as the primary one, in our names; None if a given token ended, so that nothing could be read."""
        with self._client.single_session():
            lost = self._send()
            try:
                return self._wait()
            except AuthenticationError:
                if lost is None:
                    return None
                lost.message += (
                    f" The session of auth_token has ended, so that {self._label} could not be looked at. Log on again "
                    "with ras_auth, and run the task again: it does nothing if the broker is the primary one."
                )
                raise lost from None
            except TimeLimitError as error:
                if lost is None:
                    # The server has accepted it.
                    error.done = {"changed": True}
                    raise
                lost.message += f" {error.message}"
                raise lost from None

    def _send(self) -> VdiError | None:
        """Ask for the promotion. Returns the error that leaves open whether the server has carried it out."""
        try:
            path = self._client.place(BROKERS).path(self._id)
            self._client.request("POST", f"{path}/promote", success=ANY_SUCCESS)
        except VdiError as error:
            # The session may have ended by the promotion itself.
            if not (error.lost_answer or isinstance(error, AuthenticationError)):
                raise
            return error
        return None

    def _wait(self) -> dict[str, Any]:
        """Look at the broker until it is the primary one. AuthenticationError if a given token has ended."""
        broker: Raw | None = None
        for _left in looks(self._limit):
            broker = self._look()
            if broker is not None and is_primary(broker):
                return BROKERS.table.result(broker)
        raise TimeLimitError(self._still(broker))

    def _still(self, broker: Raw | None) -> str:
        if broker is not None:
            seen = f"its priority is {BROKERS.table.value(broker, PRIORITY)}"
        else:
            seen = f"the last look failed: {self._fault}" if self._fault else "the server does not list it any more"
        return (
            f"{self._label} is not the primary one within the time limit of {self._limit} s ({seen}). It was not "
            "promoted a second time. Raise wait_timeout, or run the task again later."
        )

    def _look(self) -> Raw | None:
        """The broker as it is now; None while the server, which is changing over, cannot tell."""
        try:
            return self._read()
        except AuthenticationError as error:
            self._fault = error
            first, self.session_ended = not self.session_ended, True
            if not self._client.give_up_session():
                raise
        # At once in another session, the first time; later ones may be refused too, while the server changes over.
        return self._look() if first else None

    def _read(self) -> Raw | None:
        self._fault = None
        try:
            return self._client.get(BROKERS, self._id)
        except AuthenticationError:
            raise
        except (TransportError, AnswerError) as error:
            self._fault = error
        return None
