# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine asks of a platform: its operations, its refusals, its state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from emulator.exchange import ApiRequest, Reply
from emulator.faults import Kind
from emulator.routing import Operation


class ControlError(ValueError):
    """The control address was asked for something that the platform cannot do."""


class Platform(Protocol):
    """One platform's API as the engine sees it."""

    name: str
    operations: Sequence[Operation]
    # Names that a fault may ask ``error`` for; "problem" is the platform's usual body.
    error_bodies: frozenset[str]
    # Faults beyond those of every platform; an operation finds them in ``ApiRequest.quirks``.
    fault_kinds: Mapping[str, Kind]
    ready: Mapping[str, Any]

    def screen(self, request: ApiRequest, operation: Operation) -> Reply | None:
        """Refuse a request for its headers or its token; None lets it pass."""

    def handle(self, request: ApiRequest, operation: Operation) -> Reply:
        """Carry out an operation."""

    def error(self, request: ApiRequest, status: int, detail: str | None = None, style: str = "problem") -> Reply:
        """An error body in one of the platform's own styles."""

    def state(self) -> dict[str, Any]:
        """What the platform adds to the state of the control address."""

    def reset_counters(self) -> None:
        """Start the platform's own counters again."""

    def create(self, resource: str, body: Mapping[str, Any]) -> Any:
        """Add an object behind the client's back."""

    def update(self, resource: str, key: Any, body: Mapping[str, Any]) -> Any:
        """Change an object behind the client's back."""

    def delete(self, resource: str, key: Any) -> None:
        """Remove an object behind the client's back."""
