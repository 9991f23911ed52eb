# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scripted CVAD controllers, and sessions as the vendor's documents show them."""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path
from typing import Any

import httpx

from unit.support.script import Script

URL = "https://ddc1.example.test"
SECOND_URL = "https://ddc2.example.test"
CLOUD_URL = "https://api.cloud.com"
USERNAME = "EXAMPLE\\administrator"
PASSWORD = 'p@ss%w"\\é 1'
BASIC = "Basic " + base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
TOKEN = "eyJhbGciOiJSUzI1NiJ9"
SITE = "22ded57c-0306-47e4-b6e8-fed6252759e1"
OTHER_SITE = "1d405094-3abe-4ab9-b304-b21522bcd3e6"
CUSTOMER = "CitrixOnPremises"
API = "/cvad/manage"
JSON = "application/json; charset=utf-8"
BY_TOKEN: dict[str, Any] = {"url": [URL], "auth_token": TOKEN, "site": SITE, "retries": 0}
BY_PASSWORD: dict[str, Any] = {"url": [URL], "username": USERNAME, "password": PASSWORD, "retries": 0}

# Seed 003: the answer of GET Sessions.
PAGE: dict[str, Any] = json.loads((Path(__file__).parent / "fixtures" / "sessions_page.json").read_text("utf-8"))


def session_id(number: int) -> str:
    return f"41ba32e9-d12b-485c-afd2-{number:012d}"


def session(number: int = 0, **changes: Any) -> dict[str, Any]:
    """The seed's session with another id and other fields; those of Machine and User are changed one by one."""
    made = copy.deepcopy(PAGE["Items"][0])
    made["Id"] = session_id(number)
    for name, value in changes.items():
        if name in ("Machine", "User") and isinstance(value, dict):
            made[name].update(value)
        else:
            made[name] = value
    return made


def page(*sessions: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    return {"Items": list(sessions), "ContinuationToken": token, "TotalItems": len(sessions)}


def me(*sites: tuple[str, str], customer: str = CUSTOMER) -> dict[str, Any]:
    """The answer of `me`. Source: MeResponseModel."""
    return {
        "UserId": "S-1-5-21-1",
        "DisplayName": "administrator",
        "ExpiryTime": "5:19:11 AM",
        "RefreshExpirationTime": "5:19:11 AM",
        "Customers": [{"Id": customer, "Name": None, "Sites": [{"Id": key, "Name": name} for key, name in sites]}],
    }


def tokens(token: str = TOKEN, expires_at: str | None = "2026-01-31T09:15:00Z") -> dict[str, Any]:
    """The answer of the Tokens call. Source: AuthTokenResponseModel."""
    return {"Token": token, "Principal": USERNAME, "UserId": "S-1", "CustomerId": CUSTOMER, "ExpiresAt": expires_at}


class CvadScript(Script):
    """A scripted controller. Calls must carry the documented headers of the site; some calls fewer."""

    def __init__(self, url: str = URL, token: str = TOKEN, site: str = SITE, customer: str = CUSTOMER):
        super().__init__(
            url,
            {
                "Authorization": f"CWSAuth bearer={token}",
                "Citrix-CustomerId": customer,
                "Citrix-InstanceId": site,
                "Content-Type": JSON,
                "Accept": "application/json",
            },
        )

    def sign_in(self, token: str = TOKEN, path: str = f"{API}/Tokens", **answer: Any) -> CvadScript:
        """Expect a sign-in on-premises; the calls that follow must carry its token."""
        self.on(
            "POST",
            path,
            headers={
                "Authorization": BASIC,
                "Citrix-CustomerId": None,
                "Citrix-InstanceId": None,
                "Content-Type": None,
            },
            **(answer or {"json": tokens(token)}),
        )
        self.headers["Authorization"] = f"CWSAuth bearer={token}"
        return self

    def me(self, *sites: tuple[str, str], path: str = f"{API}/me", **answer: Any) -> CvadScript:
        """Expect the question for the sites, which names none."""
        body = me(*(sites or ((SITE, "Head office"),)), customer=str(self.headers["Citrix-CustomerId"]))
        self.on("GET", path, headers={"Citrix-InstanceId": None}, **(answer or {"json": body}))
        return self


class Network(httpx.BaseTransport):
    """Several scripted servers, told apart by their hosts."""

    def __init__(self, *scripts: Script):
        self._scripts = {httpx.URL(script.url).host: script for script in scripts}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._scripts[request.url.host].handle_request(request)

    def verify(self) -> None:
        for script in self._scripts.values():
            script.verify()
