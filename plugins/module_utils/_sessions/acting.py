# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules that act on sessions have in common, whichever the platform: the limit, and the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._errors import BadInputError
from .._fields import check_range
from .._task import Task


def check_limit(task: Task) -> None:
    """Refuse limits that are none, before the first request."""
    for option in ("max_affected", "wait_timeout"):
        check_range(option, task.params.get(option), 0)


def check_number(task: Task, sessions: Sequence[object], verb: str) -> None:
    """Refuse to act on more sessions than the task allows. verb: what would be done to them."""
    most = task.params["max_affected"]
    if most is not None and len(sessions) > most:
        raise BadInputError(
            f"max_affected: {len(sessions)} sessions would be {verb}, more than the {most} allowed; nothing was done. "
            "Narrow the choice, or raise max_affected."
        )


def check_filters(params: Mapping[str, Any], names: Iterable[str]) -> None:
    """Refuse a filter in which nothing stands, as templates leave them: it would not narrow the choice."""
    for name in names:
        value = params.get(name)
        if is_blank(value) or (isinstance(value, Mapping) and not any(value.values())):
            raise BadInputError(
                f"{name} is empty, and so does not say which sessions are meant. Nothing was done. Give a value, or "
                "leave it out."
            )


def is_blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def check_text(text: str) -> None:
    """Refuse a message that says nothing, such as a template that came out empty."""
    if is_blank(text):
        raise BadInputError("text: it is empty.")


def acted(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The result of a task that acted on these sessions."""
    return {"changed": bool(rows), "count": len(rows), "sessions": rows}


def ended(task: Task, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The result of a task that disconnected or logged off these sessions."""
    gone = task.params["state"] == "absent"
    after = [] if gone else [{**row, "state": "Disconnected"} for row in rows]
    return task.with_diff(acted(rows), {"sessions": rows}, {"sessions": after})
