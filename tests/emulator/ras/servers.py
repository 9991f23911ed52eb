# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers with an agent: gateways and RD Session Hosts, as far as the documents show them; what all servers do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.exchange import ApiRequest, Reply, dump
from emulator.ras import values
from emulator.ras.samples import sample
from emulator.ras.schema import AUDIT, Family, Field, Resource, fields_of
from emulator.ras.service import ObjectOperations, json_reply

KEYS = ("id", "siteId", "server")
NO_INSTALL = "noInstall"
INSTALL_FLAGS = (NO_INSTALL, "noRestart", "noFireWallRules")


def gateway(family: Family) -> Resource:
    """The secure gateway: what the sample's fresh gateway shows are the defaults.

    Assumed: the current family has the same fields, and audit fields after them.
    """
    shown = sample("05_new_gateway")
    special = (
        # The management portal guide: months, 4 to 120. Assumed: the server refuses others.
        Field("hstsMaxAge", 12, minimum=4, maximum=120),
        # The sample's 4294967295 exceeds int32.
        Field("fwGWID", 0, minimum=0, maximum=values.UINT32_MAX),
    )
    return Resource(
        name="gateway",
        title="gateway",
        fields=fields_of(shown, special, KEYS),
        order=tuple(shown) if family == "legacy" else (*shown, *AUDIT),
        follows_name=("iPs",),
    )


def _legacy_host() -> Resource:
    shown = sample("07_new_rds")
    return Resource(
        name="rds",
        title="RD Session Host",
        fields=fields_of(shown, without=KEYS),
        order=tuple(shown),
        follows_name=("directAddress",),
    )


# The host of v19+ as its page shows it up to enableTWAIN; the page is cut there. Defaults are those of the sample's
# counterpart where there is one, else assumed.
_HOST_SHOWN: Mapping[str, Any] = {
    "enabled": True,
    "description": "",
    "directAddress": "",
    "rasTemplateId": 0,
    "inheritDefaultAgentSettings": True,
    "inheritDefaultPrinterSettings": True,
    "inheritDefaultUserProfileSettings": True,
    "inheritDefaultDesktopAccessSettings": True,
    "inheritDefaultOptimizationSettings": True,
    "inheritDefaultAppPackageSettings": True,
    "port": 3389,
    "maxSessions": 250,
    "disconnectActiveSessionAfter": 25,
    "logoffDisconnectedSessionAfter": 0,
    "allowURLAndMailRedirection": 1,
    "supportShellURLNamespaceObjects": True,
    "allowRemoteExec": True,
    "enableAppMonitoring": True,
    "useRemoteApps": False,
    "allowFileTransfer": True,
    "fileTransferMode": 3,
    "fileTransferLocation": "",
    "fileTransferLockLocation": False,
    "allowDragAndDrop": True,
    "dragAndDropMode": 3,
    "preferredBrokerId": 0,
    "enableDriveRedirectionCache": True,
    "manageRDPTransportProtocol": 0,
    "enablePrinting": True,
    "enableTWAIN": True,
}
# Assumed: what follows after the cut, named by analogy with the sample and the default settings of RD Session Hosts.
_HOST_AFTER_THE_CUT: Mapping[str, Any] = {
    "enableWIA": False,
    "printerNameFormat": 0,
    "removeClientNameFromPrinterName": False,
    "removeSessionNumberFromPrinterName": False,
    "technology": 0,
    "restrictDesktopAccess": False,
    "restrictedUsers": [],
}
_HOST_SPECIAL = (
    Field("inheritDefaultOptimizationSettings", True, nullable=True),
    Field("allowURLAndMailRedirection", 1, choices=values.URL_MAIL_REDIRECTION),
    Field("fileTransferMode", 3, choices=values.TRANSFER_MODES),
    Field("dragAndDropMode", 3, choices=values.TRANSFER_MODES),
    Field("manageRDPTransportProtocol", 0, choices=values.RDP_TRANSPORT),
    Field("printerNameFormat", 0, choices=values.PRINTER_NAME_FORMATS),
    Field("technology", 0, choices=values.PROFILE_TECHNOLOGIES),
)


def _current_host() -> Resource:
    defaults = {**_HOST_SHOWN, **_HOST_AFTER_THE_CUT}
    rest = tuple(name for name in defaults if name not in ("enabled", "description"))
    return Resource(
        name="rds",
        title="RD Session Host",
        fields=fields_of(defaults, _HOST_SPECIAL),
        order=("id", *AUDIT, "server", "enabled", "description", "siteId", *rest),
        follows_name=("directAddress",),
        # The page says "main properties only" and not which (assumed).
        main=("id", *AUDIT, "server", "enabled", "description", "siteId", "directAddress"),
    )


def rds_host(family: Family) -> Resource:
    """The RD Session Host of a family."""
    return _legacy_host() if family == "legacy" else _current_host()


class ServerOperations(ObjectOperations):
    """One kind of server: an agent comes with it, and it has a status."""

    def create(self, request: ApiRequest) -> Reply:
        """Add one: 201 and the whole object, while the agent may still be on its way."""
        flags = {flag: values.query_flag(request, flag) for flag in INSTALL_FLAGS}
        record = self._add(request)
        if not flags[NO_INSTALL]:
            self._farm.installations.begin(self._kind, record["id"])
        return json_reply(self._objects.whole_json(record), 201)

    def status(self, request: ApiRequest) -> Reply:
        """The status of all, or of those that the filters leave."""
        return json_reply(dump([self._farm.status(self._kind, record) for record in self._selected(request)]))

    def status_one(self, request: ApiRequest) -> Reply:
        """The status of one."""
        record = self._objects.get(values.path_id(request))
        return json_reply(dump(self._farm.status(self._kind, record)))
