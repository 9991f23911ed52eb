# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of FastX share: an account, a session with every member of the documented list, a JSON Web Token."""

from __future__ import annotations

import base64
import json
from typing import Any

URL = "https://fastx.example.test:3443"
USERNAME = "anna"
PASSWORD = "geh heim/1"
# Slash, plus and percent must be encoded in a path, or the server would see another one.
TOKEN = "tok/en+4%7c31"
TOKEN_IN_PATH = "tok%2Fen%2B4%257c31"

# The members of seed 004, in its order and spelling. Types and values are made up, as the seed shows none.
SESSION: dict[str, Any] = {
    "id": "4c0f7f2e",
    "serverPid": 2201,
    "geometry": "1920x1080",
    "windowMode": "desktop",
    "started": 1769847300,
    "lastConnect": 1769847360000,
    "lastDisconnect": None,
    "command": "startxfce4",
    "appPid": 2204,
    "clients": 1,
    "params": {"project": "turbine"},
    "hostname": "fx-01.example.test",
    "login": "anna",
    "display": 10,
    "serverId": "srv-1",
    "cpuPercentage": 100,
    "videoRam": 131072,
    "sharing": True,
    "disconnectTImeout": 0,
}


def session(session_id: str, **members: Any) -> dict[str, Any]:
    """A session that differs from SESSION in these members."""
    return {**SESSION, "id": session_id, **members}


def jwt(**claims: Any) -> str:
    """A JSON Web Token with these claims; nobody checks its signature."""

    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'HS256'})}.{part(claims)}.c2lnbmF0dXJl"
