# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is done to an RD session host: its logons, reboot, shutdown, the RDS role.

Source: reference/ras/endpoints.yaml (RDS/Host/{id}/...), notes.md section 8 (drain, agent states). What the status
shows before and after an action is assumed from the names of the agent states, but for what section 8 says of drain.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Mapping
from typing import Any

from .._errors import BadInputError, RateLimitError, ServerFaultError, TimeLimitError, TransportError, VdiError
from .._fields import check_range
from .._options import RAS
from .._polling import looks
from .._task import ArgumentSpec, Task
from . import enums
from .client import RasClient
from .objects import named_object
from .resources import RDS_SERVERS

# Logons are closed in these, in one way each; what else the agent may have to say does not show meanwhile.
CLOSED = frozenset(("LogonDrain", "LogonDrainUntilRestart", "LogonDisabled"))
# The host is away, or its agent is not ready yet.
AWAY = frozenset(("Disconnected", "Unknown", "NotVerified", "Synchronising", "ConnectionFailed", "Unavailable"))
_KNOWN = frozenset(enums.AGENT_STATE.names.values())
# It stays until the host restarts, and until then the state does not tell whether logons are open.
_HIDES_LOGONS = frozenset(("RebootPending",))
# A server that is away for a while: the host goes on meanwhile, so the waiting does, too.
_OUTAGES = (TransportError, ServerFaultError, RateLimitError)
# The host has the RDS role, or will have it after the reboot that it waits for.
_WITH_ROLE = CLOSED | {"OK", "RebootPending"}


@dataclasses.dataclass(frozen=True)
class Action:
    """An action on a host.

    needless: the states in which nothing is sent, since they exclude that there is something to do; awaited: those that
    end the waiting; hidden_by: those in which its end cannot be seen; leads_to: the state that is expected afterwards;
    cancels: the one that it ends, and no other; restarts: whether the host must have been away in between.
    """

    path: str
    needless: Collection[str]
    awaited: Collection[str]
    hidden_by: Collection[str] = frozenset()
    leads_to: str = "OK"
    cancels: str | None = None
    restarts: bool = False


def _closing(path: str, state: str) -> Action:
    """An action that closes the logons, which this state shows."""
    return Action(path, {state}, {state}, _HIDES_LOGONS, state)


ACTIONS: Mapping[str, Action] = {
    "enable_logons": Action("EnableLogons", {"OK"}, _KNOWN - CLOSED - AWAY, _HIDES_LOGONS),
    "disable_logons": _closing("DisableLogonsAndReconnections", "LogonDisabled"),
    "drain": _closing("Drain", "LogonDrain"),
    "drain_until_reboot": _closing("DrainUntilReboot", "LogonDrainUntilRestart"),
    "cancel_pending_reboot": Action(
        "CancelPendingReboot", {"OK"}, _KNOWN - {"RebootPending"}, CLOSED, cancels="RebootPending"
    ),
    "cancel_disabled_state": Action(
        "CancelDisabledState",
        CLOSED - {"LogonDisabled"} | {"OK"},
        _KNOWN - {"LogonDisabled"},
        _HIDES_LOGONS,
        cancels="LogonDisabled",
    ),
    # A host that is away cannot reboot: it is doing so, or it is off, which the status does not tell apart.
    "reboot": Action("Reboot", {"Disconnected"}, _KNOWN - AWAY - {"RebootPending"}, restarts=True),
    "shutdown": Action("Shutdown", {"Disconnected"}, {"Disconnected"}, leads_to="Disconnected"),
    "install_rds_role": Action("InstallRDSRole", _WITH_ROLE | {"InstallingRDSRole"}, _WITH_ROLE),
}


def control_spec() -> ArgumentSpec:
    return ArgumentSpec(
        {
            **RAS.argument_spec(),
            "id": {"type": "int"},
            "server": {"type": "str"},
            "site": {"type": "str"},
            "action": {"type": "str", "required": True, "choices": list(ACTIONS)},
            "force": {"type": "bool", "default": False},
            "wait": {"type": "bool", "default": False},
            "wait_timeout": {"type": "int", "default": 600},
        },
        mutually_exclusive=[RAS.exclusive],
        required_one_of=[["id", "server"]],
    )


@dataclasses.dataclass(frozen=True)
class _Seen:
    """What a status told: the agent's state, and the times that a reboot changes."""

    state: Any = None  # a name, or a number that the documents do not name
    times: tuple[Any, ...] = ()


class HostControl:
    """One action on the host that a task names. sleep, clock: replaced by tests."""

    def __init__(
        self,
        task: Task,
        client: RasClient,
        *,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] | None = None,
    ):
        check_range("wait_timeout", task.params["wait_timeout"], 0)
        self._task = task
        self._client = client
        self._sleep = sleep
        self._clock = clock
        self._name: str = task.params["action"]
        self._action = ACTIONS[self._name]

    def run(self) -> dict[str, Any]:
        """Carry the action out where it is needed, and return the task's result."""
        if self._host is None:
            planned = {"id": self._task.params["id"], "server": self._task.params["server"], "site_id": None}
            return self._result(True, planned, None, self._action.leads_to)
        before = self._look()
        shown = before.state is not None and before.state in self._action.needless
        needed = not shown or self._task.params["force"]
        if self._name == "shutdown" and not needed:
            self._task.warn(
                f"{self._label} is {before.state}: it may be off, or only rebooting, and then it comes back. Nothing "
                "was sent. Look again later, or set force."
            )
        after = self._leads_to(before) if needed else before.state
        if not self._task.check_mode:
            lost = self._send(before) if needed else None
            if self._task.params["wait"] and (needed or before.state not in self._action.awaited):
                try:
                    after = self._wait(before, needed, lost).state
                except VdiError as error:
                    error.done = {"changed": needed}
                    raise
        return self._result(needed, self._host, before.state, after)

    # Reads

    @functools.cached_property
    def _host(self) -> dict[str, Any] | None:
        """The host's id, server and site_id; None when it is only planned (check mode)."""
        found = named_object(self._task, self._client, RDS_SERVERS)
        self._check_family()
        return None if found is None else {name: found.get(name) for name in ("id", "server", "site_id")}

    def _check_family(self) -> None:
        if self._client.place(RDS_SERVERS).family != "current":
            raise BadInputError(
                "api_family: this server speaks the legacy API, which documents no control of RDS servers. If the "
                "server is newer than that, set api_family to current or auto."
            )

    def _look(self) -> _Seen:
        host = self._host or {}
        row = {field.api: host[field.name] for field in RDS_SERVERS.table if field.name in host}
        found = self._client.statuses(RDS_SERVERS, [row], server=host["server"], site_id=host["site_id"])
        status = found.get(str(host["id"])) or {}
        state = status.get("agent_state")
        return _Seen(
            state if isinstance(state, (str, int)) else None,
            (status.get("system_boot_time"), status.get("service_start_time")),
        )

    # The action

    def _leads_to(self, before: _Seen) -> str:
        # Only a drain without an end outlasts the restart.
        if self._action.restarts and before.state in ("LogonDrain", "LogonDisabled"):
            return str(before.state)
        # What hides the state that is cancelled stays.
        if self._action.cancels and before.state not in (None, self._action.cancels):
            return str(before.state)
        return self._action.leads_to

    def _send(self, before: _Seen) -> VdiError | None:
        """Send the action, once. A lost answer is settled by the status: here, or by waiting, which gets the error."""
        host_id = (self._host or {})["id"]
        try:
            self._client.request(
                "POST",
                f"{self._client.place(RDS_SERVERS).path(host_id)}/{self._action.path}",
                hints={"not_found": "Version 21 of the server documents this call; older ones may not know it."},
            )
        except VdiError as error:
            if not error.lost_answer:
                raise
            if self._task.params["wait"]:
                return error
            seen = self._look()
            if not self._shows(before, seen):
                error.message += (
                    f" The agent of {self._label} is in the state {seen.state} now; {self._name} was not sent a second "
                    "time. Look at the server, or run again."
                )
                raise
        return None

    def _shows(self, before: _Seen, seen: _Seen) -> bool:
        """Whether a status shows that the action was carried out, or that it is under way."""
        if self._action.restarts:
            return seen.state in AWAY or _restarted(before, seen)
        return seen.state in self._action.awaited or seen.state == "InstallingRDSRole"

    @property
    def _label(self) -> str:
        return f"RDS server {(self._host or {})['server']}"

    def _wait(self, before: _Seen, sent: bool, fault: VdiError | None) -> _Seen:
        """Look at the status until it shows the awaited state. fault: what went wrong last, if anything did."""
        limit = self._task.params["wait_timeout"]
        # A state that was the same before the action was sent tells nothing of it, unless the host is away indeed.
        telling = AWAY - {before.state} | {"Disconnected"}
        away = not sent and before.state in AWAY
        seen = before
        for left in looks(limit, sleep=self._sleep, clock=self._clock):
            try:
                seen = self._look()
            except _OUTAGES as error:
                fault = error
                self._task.progress(f"{self._label}: {error} Looking again for {left:.0f} s at most")
                continue
            away = away or seen.state in telling
            arrived = seen.state in self._action.awaited
            hidden = seen.state in self._action.hidden_by
            if self._action.restarts:
                arrived = arrived and (away or _restarted(before, seen))
            elif hidden:
                # Another state than before tells that what it took the place of is over.
                arrived = arrived and seen.state != before.state
            if arrived:
                return seen
            if hidden:
                self._task.warn(
                    f"{self._label} is in the state {seen.state}, which hides what {self._name} leads to. It was not "
                    "waited for."
                )
                return seen
            self._task.progress(f"{self._label}: {seen.state}, waiting for {left:.0f} s at most")
        raise TimeLimitError(
            f"{self._label} has not come to the end of {self._name} within the time limit of {limit} s: its agent was "
            f"last in the state {seen.state or 'that no status tells'}. It goes on at the server. Look there, raise "
            "wait_timeout, or run again." + (f" The last fault meanwhile: {fault}" if fault else "")
        )

    def _result(self, changed: bool, host: Mapping[str, Any], before: str | None, after: str | None) -> dict[str, Any]:
        result: dict[str, Any] = {
            "changed": changed,
            "rds_server": dict(host),
            "agent_state": {"before": before, "after": after},
        }
        if not changed:
            return self._task.with_diff(result, {}, {})
        return self._task.with_diff(
            result, {**host, "agent_state": before}, {**host, "agent_state": after, "action": self._name}
        )


def _restarted(before: _Seen, seen: _Seen) -> bool:
    """Whether the host tells another time of its start than before."""
    pairs = zip(before.times, seen.times, strict=False)
    return any(old is not None and new is not None and old != new for old, new in pairs)
