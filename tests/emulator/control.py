# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control address: how a test tells the server what to do, and asks what it saw. No token, never counted."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.contract import ControlError
from emulator.faults import FaultError

if TYPE_CHECKING:
    from emulator.engine import Engine

PREFIX = "/_emulator"
RESETTABLE = ("counters", "faults")

Action = Callable[[dict[str, Any]], Any]


def _needed(body: dict[str, Any], key: str) -> Any:
    if key not in body:
        raise ControlError(f"{key} is missing")
    return body[key]


async def _document(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if not raw:
        return {}
    try:
        document = json.loads(raw)
    except ValueError as error:
        raise ControlError(f"not JSON: {error}") from error
    if not isinstance(document, dict):
        raise ControlError("expected a JSON object")
    return document


def _endpoint(action: Action) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        try:
            return JSONResponse(action(await _document(request)))
        except (ControlError, FaultError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return serve


class _Control:
    """The actions, each from a JSON object to a JSON document."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def state(self, _body: dict[str, Any]) -> Any:
        return self._engine.state()

    def requests(self, _body: dict[str, Any]) -> Any:
        return self._engine.recorder.requests()

    def faults(self, _body: dict[str, Any]) -> Any:
        return self._engine.faults.describe()

    def add_fault(self, body: dict[str, Any]) -> Any:
        return self._engine.faults.add(body).describe()

    def reset(self, body: dict[str, Any]) -> Any:
        what = body.get("what", list(RESETTABLE))
        unknown = [one for one in what if one not in RESETTABLE]
        if unknown:
            raise ControlError(f"cannot reset {', '.join(map(str, unknown))}; possible: {', '.join(RESETTABLE)}")
        if "counters" in what:
            self._engine.reset_counters()
        if "faults" in what:
            self._engine.faults.clear()
        return {"reset": what}

    def advance(self, body: dict[str, Any]) -> Any:
        seconds = _needed(body, "seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or seconds < 0:
            raise ControlError("seconds must be a number that is not negative")
        self._engine.clock.advance(seconds)
        return {"advanced": seconds}

    def hang_up(self, _body: dict[str, Any]) -> Any:
        return {"ended": self._engine.hang_up()}

    def create(self, body: dict[str, Any]) -> Any:
        return self._engine.platform.create(_needed(body, "resource"), body.get("body", {}))

    def update(self, body: dict[str, Any]) -> Any:
        return self._engine.platform.update(_needed(body, "resource"), _needed(body, "id"), body.get("body", {}))

    def delete(self, body: dict[str, Any]) -> Any:
        self._engine.platform.delete(_needed(body, "resource"), _needed(body, "id"))
        return {"deleted": True}


def control_application(engine: Engine) -> Starlette:
    """The application behind ``/_emulator``."""
    control = _Control(engine)
    table: tuple[tuple[str, str, Action], ...] = (
        ("GET", "state", control.state),
        ("GET", "requests", control.requests),
        ("GET", "faults", control.faults),
        ("POST", "faults", control.add_fault),
        ("POST", "reset", control.reset),
        ("POST", "advance", control.advance),
        ("POST", "hang_up", control.hang_up),
        ("POST", "create", control.create),
        ("POST", "update", control.update),
        ("POST", "delete", control.delete),
    )
    return Starlette(
        routes=[Route(f"{PREFIX}/{name}", _endpoint(action), methods=[method]) for method, name, action in table]
    )
