# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A CVAD server in process and a client that sends what the documents ask for."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator.clock import StillClock
from emulator.cvad.options import CvadOptions
from emulator.cvad.platform import CvadPlatform
from emulator.cvad.store import Paging
from emulator.engine import Engine
from emulator.in_process import InProcess

MANAGE = "/cvad/manage"


def basic(username: str = "administrator", password: str = "11112222") -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


class Cvad(InProcess):
    """Requests with token, customer and site; a header given as None is left out."""

    def __init__(self, engine: Engine, clock: StillClock, customer: str) -> None:
        super().__init__(engine, clock)
        self.headers: dict[str, str | None] = {"Accept": "application/json", "Citrix-CustomerId": customer}

    def sign_in(self) -> Cvad:
        token = self.request("POST", f"{MANAGE}/Tokens", headers={"Authorization": basic()}).json()["Token"]
        self.headers["Authorization"] = f"CWSAuth bearer={token}"
        sites = self.get("me").json()["Customers"][0]["Sites"]
        if sites:
            self.headers["Citrix-InstanceId"] = sites[0]["Id"]
        return self

    def call(
        self, method: str, path: str, *, headers: dict[str, str | None] | None = None, **options: Any
    ) -> httpx.Response:
        wanted = {**self.headers, **(headers or {})}
        sent = {name: value for name, value in wanted.items() if value is not None}
        address = path if path.startswith("/") else f"{MANAGE}/{path}"
        return self.request(method, address, headers=sent, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.call("POST", path, **options)

    def session_ids(self) -> list[str]:
        return [one["Id"] for one in self.get("Sessions").json()["Items"]]

    def job(self, response: httpx.Response) -> dict[str, Any]:
        """The job that a 202 names."""
        assert response.status_code == 202, response.text
        return dict(self.get(httpx.URL(response.headers["Location"]).path).json())


Launch = Callable[..., Cvad]


@pytest.fixture
def launch() -> Launch:
    """Make a server that nobody has signed in to; ``paging`` is a dictionary."""

    def make(*, paging: dict[str, Any] | None = None, **options: Any) -> Cvad:
        clock = StillClock()
        chosen = CvadOptions(paging=Paging(**(paging or {})), **options)
        return Cvad(Engine(CvadPlatform(chosen, clock=clock), clock=clock), clock, chosen.customer)

    return make


@pytest.fixture
def cvad(launch: Launch) -> Cvad:
    """The demo site, signed in."""
    return launch().sign_in()


@pytest.fixture(scope="session")
def schemas() -> dict[str, Any]:
    """JSON Schema of every model, built from the facts about the API's models.

    Enums and objects whose nullability is not declared accept null. One field is relaxed: the nested machine's Id is
    null in the vendor's own sample.
    """
    facts = json.loads((Path(__file__).parent / "fixtures" / "models.json").read_text(encoding="utf-8"))
    definitions = {name: _model(fields, facts["enums"]) for name, fields in facts["models"].items()}
    definitions["MachineResponseModel"]["properties"]["Id"]["type"] = ["string", "null"]
    return {name: {"$ref": f"#/$defs/{name}", "$defs": definitions} for name in definitions}


def _model(fields: dict[str, Any], enums: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _field(fact, enums) for name, fact in fields.items()},
        "required": [name for name, fact in fields.items() if fact["required"]],
        "additionalProperties": False,
    }


def _field(fact: dict[str, Any], enums: dict[str, list[str]]) -> dict[str, Any]:
    schema = _value(fact, enums)
    return schema if fact["nullable"] is False else {"anyOf": [schema, {"type": "null"}]}


def _value(fact: dict[str, Any], enums: dict[str, list[str]]) -> dict[str, Any]:
    if "model" in fact:
        return {"$ref": f"#/$defs/{fact['model']}"}
    if "enum" in fact:
        return {"enum": enums[fact["enum"]]}
    if fact["type"] == "array":
        return {"type": "array", "items": _items(fact, enums)}
    if fact["type"] == "map":
        return {"type": "object", "additionalProperties": {"type": fact["values"]}}
    return {"type": fact["type"]}


def _items(fact: dict[str, Any], enums: dict[str, list[str]]) -> dict[str, Any]:
    if "items_model" in fact:
        return {"$ref": f"#/$defs/{fact['items_model']}"}
    if "items_enum" in fact:
        return {"enum": enums[fact["items_enum"]]}
    return {"type": fact["items"]}
