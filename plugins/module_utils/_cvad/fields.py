# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields and enums of the CVAD objects: the API's names, and ours.

Source: reference/cvad/schemas.yaml. Every name of ours follows from the API's by the common rule (snake_case), at any
depth. Enums travel as text, and are open: newer servers may send names that stand here not.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from .._errors import BadInputError
from .._fields import Field, FieldTable, snake_case

SESSION_STATES = ("Unknown", "Connected", "Active", "Disconnected")
MESSAGE_STYLES = ("Critical", "Question", "Exclamation", "Information")
# Final states of jobs; every other one, also of a newer server, is running.
DONE_JOB = ("Complete", "CompleteWithWarning")
FAILED_JOB = ("Failed", "Canceled", "NonTerminatingError")


def _table(*names: str) -> FieldTable:
    return FieldTable(Field(snake_case(name), name, read_only=True) for name in names)


# Schema SessionResponseModel.
SESSION = _table(
    "Id",
    "Uid",
    "ApplicationsInUse",
    "AppState",
    "AppStateLastChangeTime",
    "FormattedAppStateLastChangeTime",
    "Brokering",
    "Client",
    "Connection",
    "ContainerScopes",
    "EstablishmentDurationMilliseconds",
    "EstablishmentTime",
    "FormattedEstablishmentTime",
    "IsAnonymousUser",
    "IsHidden",
    "LogoffInProgress",
    "LogonInProgress",
    "Machine",
    "SessionType",
    "StartTime",
    "FormattedStartTime",
    "State",
    "StateChangeTime",
    "FormattedStateChangeTime",
    "UntrustedUserName",
    "User",
)


def documented(value: str, names: Sequence[str], option: str) -> str:
    """The documented spelling of an enum's name (letter case does not matter); BadInputError lists the names."""
    for name in names:
        if name.casefold() == value.casefold():
            return name
    raise BadInputError(f"{option}: {value!r} is none of {', '.join(names)}.")


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a list of an answer; whatever else stands there, or in place of the list, counts as none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def in_our_names(value: Any) -> Any:
    """A parsed JSON value with the keys of all its objects in our names."""
    if isinstance(value, dict):
        # Most values are plain; not calling for them halves the time of large lists.
        return {
            _our_name(key): in_our_names(inner) if isinstance(inner, (dict, list)) else inner
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [in_our_names(inner) for inner in value]
    return value


@functools.lru_cache(maxsize=4096)
def _our_name(api: str) -> str:
    return snake_case(api)
