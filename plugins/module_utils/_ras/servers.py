# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers of a farm (secure gateways, RDS servers): adding one installs an agent on it.

Source: seed 001; reference/ras/notes.md section 6 (push installation).
"""

from __future__ import annotations

import dataclasses
from typing import Any

from .._converge import Raw
from .._task import ArgumentSpec
from .client import Resource
from .objects import ObjectTarget, state_spec


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

    def create(self) -> Raw | None:
        self.check_options_known()
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
        body: dict[str, Any] = {"server": self._key}
        if self._site_id is not None:
            body["siteId"] = self._site_id
        reply = self._client.request(
            "POST",
            self._client.path(self._resource),
            query=query,
            body=body,
            hints={"not_found": f"Check that the site {params['site']} exists." if params["site"] else "Check url."},
        )
        return self._carried(reply)
