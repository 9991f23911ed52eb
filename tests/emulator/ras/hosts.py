# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of servers over time: agents install, hosts drain, reboot and come back.

Nothing happens by itself: what should have happened by now is worked out from the clock whenever somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.clock import Clock
from emulator.exchange import ApiRequest, Reply
from emulator.ras import values
from emulator.ras.problems import ProblemError
from emulator.ras.rd_sessions import RdSessions
from emulator.ras.service import NO_CONTENT, Service

# AgentState, as seed 002 numbers it.
OK, RDS_ROLE_DISABLED, DRAIN_UNTIL_RESTART, DRAIN, LOGON_DISABLED = 0, 2, 13, 14, 15
INSTALLING_RDS_ROLE, REBOOT_PENDING = 20, 21
DISCONNECTED, DISABLED_FROM_SETTINGS, NOT_VERIFIED = -1, -2, -4
# Assumed: the order of PowerShell's LoginStatus; the sample's 0 fits.
LOGIN_STATUS = {OK: 0, LOGON_DISABLED: 1, DRAIN: 2, DRAIN_UNTIL_RESTART: 2}
LOGONS = {"enabled": OK, "disabled": LOGON_DISABLED, "drain": DRAIN, "drain_until_reboot": DRAIN_UNTIL_RESTART}
# Time differences are sums of floating numbers.
EPSILON = 1e-6


@dataclass(frozen=True)
class Pace:
    """How long things take, in seconds; ``leave`` lies between two users who leave a draining host."""

    install: float = 0.0
    reboot: float = 2.0
    role: float = 2.0
    leave: float = 1.0


class Installations:
    """Agents on their way to a server."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._ends: dict[tuple[str, int], float] = {}

    def begin(self, kind: str, object_id: int) -> None:
        """Install an agent from now on."""
        self._ends[(kind, object_id)] = self._clock.monotonic() + self._seconds

    def runs(self, kind: str, object_id: int) -> bool:
        """Whether the agent is still being installed."""
        return self._ends.get((kind, object_id), 0.0) > self._clock.monotonic() + EPSILON

    def forget(self, kind: str, object_id: int) -> None:
        """The server is gone."""
        self._ends.pop((kind, object_id), None)


@dataclass
class Machine:
    """One RD Session Host.

    ``logons`` is the AgentState that its logon control shows; ``boot_ends`` and ``role_ends`` are times of the clock
    while it boots or gets its role, ``left_until`` the time up to which leaving users are accounted for.
    """

    logons: int = OK
    powered: bool = True
    role: bool = True
    reboot_pending: bool = False
    boot_ends: float | None = None
    role_ends: float | None = None
    left_until: float | None = None
    boot_time: str | None = None

    @property
    def state(self) -> int:
        """AgentState; of several reasons the one that must go first."""
        if not self.powered or self.boot_ends is not None:
            return DISCONNECTED
        if self.role_ends is not None:
            return INSTALLING_RDS_ROLE
        if not self.role:
            return RDS_ROLE_DISABLED
        return REBOOT_PENDING if self.reboot_pending else self.logons


class Machines:
    """All RD Session Hosts as machines; one that nobody touched is not kept."""

    def __init__(self, clock: Clock, pace: Pace, sessions: RdSessions) -> None:
        self._clock = clock
        self._pace = pace
        self._sessions = sessions
        self._machines: dict[int, Machine] = {}

    def settle(self) -> None:
        """Let everything happen that should have happened by now."""
        now = self._clock.monotonic()
        for host_id, machine in self._machines.items():
            self._settle(host_id, machine, now)

    def touched(self, host_id: int) -> bool:
        """Whether anything ever happened to a host."""
        return host_id in self._machines

    def look(self, host_id: int) -> Machine:
        """A host as it is now."""
        self.settle()
        return self._machines.get(host_id, Machine())

    def forget(self, host_id: int) -> None:
        """The host is gone."""
        self._machines.pop(host_id, None)

    def enable_logons(self, host_id: int) -> None:
        """Back to normal, whatever the logon control was."""
        self._set_logons(host_id, OK)

    def disable_logons(self, host_id: int) -> None:
        """No logon and no reconnection, also after a reboot (assumed)."""
        self._set_logons(host_id, LOGON_DISABLED)

    def drain(self, host_id: int) -> None:
        """No new logon until logons are enabled, also after a reboot."""
        self._set_logons(host_id, DRAIN)

    def drain_until_reboot(self, host_id: int) -> None:
        """No new logon until the next reboot."""
        self._set_logons(host_id, DRAIN_UNTIL_RESTART)

    def cancel_disabled_state(self, host_id: int) -> None:
        """End disabled logons, and nothing else (assumed)."""
        if self._touch(host_id).logons == LOGON_DISABLED:
            self._set_logons(host_id, OK)

    def cancel_pending_reboot(self, host_id: int) -> None:
        """The host need not reboot any more."""
        self._touch(host_id).reboot_pending = False

    def reboot(self, host_id: int) -> None:
        """Go down and come back; a host that is off hears nothing of it."""
        if self._touch(host_id).powered:
            self._go_down(host_id)
            self._boot(host_id)

    def shutdown(self, host_id: int) -> None:
        """Go down and stay off."""
        machine = self._touch(host_id)
        self._go_down(host_id)
        machine.powered, machine.boot_ends = False, None

    def power_on(self, host_id: int) -> None:
        """Boot a host that is off."""
        machine = self._touch(host_id)
        if not machine.powered:
            machine.powered = True
            self._boot(host_id)

    def install_role(self, host_id: int) -> None:
        """Install the role on a host that lacks it and can be reached."""
        machine = self._touch(host_id)
        if machine.state == RDS_ROLE_DISABLED:
            machine.role_ends = self._clock.monotonic() + self._pace.role
            self.settle()

    def set_up(self, host_id: int, wanted: Mapping[str, Any]) -> Machine:
        """What the control address may change: ``powered``, ``role``, ``rebootPending``, ``logons``."""
        machine = self._touch(host_id)
        for name, value in wanted.items():
            if name == "powered" and isinstance(value, bool):
                (self.power_on if value else self.shutdown)(host_id)
            elif name == "role" and isinstance(value, bool):
                machine.role, machine.role_ends = value, None
            elif name == "rebootPending" and isinstance(value, bool):
                machine.reboot_pending = value
            elif name == "logons" and value in LOGONS:
                self._set_logons(host_id, LOGONS[value])
            else:
                raise ProblemError(400, f"{name}: {value!r} is not possible.")
        return machine

    def _touch(self, host_id: int) -> Machine:
        self.settle()
        return self._machines.setdefault(host_id, Machine())

    def _set_logons(self, host_id: int, logons: int) -> None:
        machine = self._touch(host_id)
        machine.logons = logons
        if logons not in (DRAIN, DRAIN_UNTIL_RESTART):
            machine.left_until = None
        elif machine.left_until is None:
            machine.left_until = self._clock.monotonic()
        self.settle()

    def _go_down(self, host_id: int) -> None:
        """Every session of the host ends, and so does what lasts until a reboot."""
        self._sessions.end_first(host_id)
        machine = self._machines[host_id]
        machine.reboot_pending = False
        if machine.logons == DRAIN_UNTIL_RESTART:
            self._set_logons(host_id, OK)

    def _boot(self, host_id: int) -> None:
        self._machines[host_id].boot_ends = self._clock.monotonic() + self._pace.reboot
        self.settle()

    def _settle(self, host_id: int, machine: Machine, now: float) -> None:
        if machine.boot_ends is not None and machine.boot_ends <= now + EPSILON:
            # The way C prints a time, like the sample.
            machine.boot_time = self._clock.at(machine.boot_ends).ctime()
            machine.boot_ends = None
        if machine.role_ends is not None and machine.role_ends <= now + EPSILON:
            machine.role, machine.role_ends = True, None
        if machine.left_until is not None:
            machine.left_until = self._leave(host_id, machine.left_until, now)

    def _leave(self, host_id: int, since: float, now: float) -> float:
        """Let users leave; up to which time that is accounted for."""
        seconds = self._pace.leave
        if seconds == 0:
            self._sessions.end_first(host_id)
            return now
        count = int((now - since + EPSILON) / seconds)
        if count:
            self._sessions.end_first(host_id, count)
        return since + count * seconds


class HostControl:
    """What an administrator does to one RD Session Host: 204 whatever its state is (assumed)."""

    def __init__(self, service: Service) -> None:
        self._farm = service.farm
        machines = service.farm.machines
        # Name of the operation, last part of the path, what it does.
        self.actions: tuple[tuple[str, str, Callable[[int], None]], ...] = (
            ("enable_logons", "EnableLogons", machines.enable_logons),
            ("disable_logons", "DisableLogonsAndReconnections", machines.disable_logons),
            ("drain", "Drain", machines.drain),
            ("drain_until_reboot", "DrainUntilReboot", machines.drain_until_reboot),
            ("cancel_pending_reboot", "CancelPendingReboot", machines.cancel_pending_reboot),
            ("cancel_disabled_state", "CancelDisabledState", machines.cancel_disabled_state),
            ("reboot", "Reboot", machines.reboot),
            ("shutdown", "Shutdown", machines.shutdown),
            ("install_role", "InstallRDSRole", machines.install_role),
        )

    def handler(self, action: Callable[[int], None]) -> Callable[[ApiRequest], Reply]:
        """The operation that does something to the host in the path."""

        def handle(request: ApiRequest) -> Reply:
            action(self._farm.collections["rds"].get(values.path_id(request))["id"])
            return NO_CONTENT

        return handle
