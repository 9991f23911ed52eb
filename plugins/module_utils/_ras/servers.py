# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers of a farm (gateways, RDS servers, brokers): adding one installs an agent on it.

Source: seed 001; reference/ras/notes.md section 6 (push installation).
"""

from __future__ import annotations

import dataclasses
from typing import Any

from .._task import ArgumentSpec
from .objects import ObjectTarget, state_spec
from .resources import Resource


def server_spec(resource: Resource) -> ArgumentSpec:
    """The argument spec of a server's state module."""
    spec = state_spec(
        resource,
        {
            "install_agent": {"type": "bool", "default": True},
            "agent_username": {"type": "str"},
            "agent_password": {"type": "str", "no_log": True},
            "restart": {"type": "bool", "default": True},
            "firewall_rules": {"type": "bool", "default": True},
        },
    )
    return dataclasses.replace(spec, required_together=[["agent_username", "agent_password"]])


class ServerTarget(ObjectTarget):
    """A server and what a task asks of it."""

    def _create_query(self) -> dict[str, Any]:
        params = self._task.params
        query: dict[str, Any] = {}
        if not params["install_agent"]:
            query["noInstall"] = True
        if params["agent_username"]:
            query.update(username=params["agent_username"], password=params["agent_password"])
        if not params["restart"]:
            query["noRestart"] = True
        if not params["firewall_rules"]:
            query["noFireWallRules"] = True
        return query
