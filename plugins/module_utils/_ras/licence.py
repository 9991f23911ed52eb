# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The farm's licence: read, activate, deactivate. The same in both generations of the API.

Source: reference/ras/notes.md section 11 (Licensing sample), schema License, endpoints.yaml.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from .._converge import Raw, telling
from .._errors import BadInputError, VdiError
from .._http import ANY_SUCCESS
from .._secrets import MASK
from .._task import Task
from .client import RasClient
from .fields import LICENSE

PATH = "/api/License"
# What the server has masked itself: nobody's key has a run of these.
_MASKED = re.compile(r"\*{2,}|[xX]{4,}|•{2,}")


# Of all that this collection knows of licences, this rule alone is not from a document: no source says how the object
# of a farm without a licence looks, or which words licenseStatus holds. Whoever learns it has to change this function.
def is_activated(licence: Raw) -> bool:
    """Whether a licence, as the API has it, is activated: with a key, or as a trial, which has a type but no key."""
    return _has_key(licence) or bool(_text(licence, "license_type"))


def _has_key(licence: Raw) -> bool:
    return bool(_text(licence, "license_key"))


def _text(licence: Raw, name: str) -> str:
    return str(LICENSE.value(licence, name) or "").strip()


def read_licence(client: RasClient, use_cache: bool | None = None) -> Raw:
    """The licence as the API has it. use_cache: whether the server may answer from its cache; None: as it likes."""
    rows = client.rows(client.request("GET", PATH, query={"UseCache": use_cache}))
    return rows[0] if rows else {}


def shown(licence: Raw) -> dict[str, Any]:
    """The licence in our names. A key that the server has not masked itself is masked here."""
    result = LICENSE.result(licence)
    key = result.get("license_key")
    if key and not _MASKED.search(str(key)):
        result["license_key"] = MASK
    return result


def licence_result(licence: Raw) -> dict[str, Any]:
    """What both modules return of a licence."""
    return {"license": shown(licence), "activated": is_activated(licence)}


def licence_options() -> dict[str, dict[str, Any]]:
    """The argument spec of what brings the licence to a state."""
    return {
        "state": {"type": "str", "choices": list(_REQUESTS), "default": "activated"},
        "license_email": {"type": "str", "required": True},
        "license_password": {"type": "str", "required": True, "no_log": True},
        "license_key": {"type": "str", "no_log": True},
        "force": {"type": "bool", "default": False},
    }


@dataclasses.dataclass(frozen=True)
class _Request:
    """A request of the licence. hint: what to change when the server refuses it."""

    path: str
    what: str
    hint: str


_ACCOUNT = "Check license_email and license_password: they are those of the licence's account at the vendor"
_REQUESTS: Mapping[str, _Request] = {
    "activated": _Request(f"{PATH}/activate", "activation", f"{_ACCOUNT}. Check license_key too, if it is set."),
    "deactivated": _Request(
        f"{PATH}/deactivate",
        "deactivation",
        "If the farm was not activated with a license_key, as in a trial, there is nothing to deactivate: leave the "
        f"task out, or set state to activated and give license_key. Else {_ACCOUNT[0].lower()}{_ACCOUNT[1:]}.",
    ),
}


def converge_licence(task: Task, client: RasClient) -> dict[str, Any]:
    """Bring the licence to the state that the task wants, and return the task's result."""
    params = task.params
    for name in ("license_email", "license_password", "license_key"):
        if params[name] is not None and not params[name].strip():
            raise BadInputError(f"{name} is empty. Give a value{', or leave it out' if name == 'license_key' else ''}.")
    state: str = params["state"]
    if state == "deactivated" and params["force"]:
        raise BadInputError("force: it serves to activate an activated farm once more. Leave it out to deactivate.")
    before = read_licence(client)
    due = params["force"] or not _is_there(task, before)
    after = before
    if due and not task.check_mode:
        after = _carried_out(task, client, before)
        if not _is_there(task, after):
            task.warn(
                f"The server accepted the {_REQUESTS[state].what}, but its licence does not look {state}: "
                "license_key and license_type tell, see the notes of the module."
            )
    result = {"changed": due, **licence_result(after)}
    if due and task.check_mode:
        result["activated"] = state == "activated"
    return task.with_diff(result, *(_sides(licence_result(before), result) if due else ({}, {})))


def _sides(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a task changes; what a licence would look like is not known in check mode."""
    names = sorted({*before["license"], *after["license"]})
    differ = [name for name in names if before["license"].get(name) != after["license"].get(name)]
    first, second = (
        {"activated": shown["activated"], **{name: shown["license"].get(name) for name in differ}}
        for shown in (before, after)
    )
    return first, second


def _is_there(task: Task, licence: Raw) -> bool:
    """Whether the licence is as the task wants it. A key that is given takes the place of a trial."""
    if task.params["state"] == "deactivated":
        return not is_activated(licence)
    return _has_key(licence) if task.params["license_key"] is not None else is_activated(licence)


def _carried_out(task: Task, client: RasClient, before: Raw) -> Raw:
    """Send the request, once, and return the licence as it is then. A lost answer is settled by reading."""
    params = task.params
    request = _REQUESTS[params["state"]]
    body = {"email": params["license_email"], "password": params["license_password"]}
    if params["state"] == "activated" and params["license_key"] is not None:
        body["key"] = params["license_key"]
    try:
        # The answer to a success is not documented.
        client.request("POST", request.path, body=body, success=ANY_SUCCESS, hints={"refused_value": request.hint})
    except VdiError as error:
        if not error.lost_answer:
            raise
        after = read_licence(client, use_cache=False)
        if _is_there(task, before) or not _is_there(task, after):
            error.message += (
                f" The {request.what} was not sent a second time. Look with ras_license_info, or run the task again."
            )
            raise
        return after
    with telling("The licence", [params["state"]]):
        return read_licence(client, use_cache=False)
