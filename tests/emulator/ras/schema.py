# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of the objects: fields, types, defaults. A new kind of object is one more ``Resource`` here."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from emulator.ras import values
from emulator.ras.problems import Errors, ProblemError
from emulator.ras.samples import sample

Family = Literal["legacy", "current"]
FAMILIES: tuple[Family, ...] = ("legacy", "current")
AUDIT = ("adminCreate", "adminLastMod", "timeCreate", "timeLastMod")
KEYS = ("id", "siteId", "server")


@dataclass(frozen=True)
class Field:
    """One field that can be written. Its JSON type is the type of its default."""

    name: str
    default: Any
    minimum: int = values.INT32_MIN
    maximum: int = values.INT32_MAX
    choices: frozenset[int] | None = None
    nullable: bool = False

    def fault(self, value: Any) -> str | None:
        """What is wrong with a value, if anything is."""
        if value is None:
            return None if self.nullable else "The value must not be null."
        if type(value) is not type(self.default):
            return f"The JSON value could not be converted to {type(self.default).__name__}."
        if isinstance(value, list):
            return None if all(isinstance(item, str) for item in value) else "Every item must be a text."
        if isinstance(value, bool) or not isinstance(value, int):
            return None
        if self.choices is not None and value not in self.choices:
            return f"{value} is not one of {', '.join(map(str, sorted(self.choices)))}."
        if not self.minimum <= value <= self.maximum:
            return f"{value} is not between {self.minimum} and {self.maximum}."
        return None


@dataclass(frozen=True)
class Resource:
    """One kind of object.

    ``follows_server`` names the fields that start as the server's name; ``order`` is the order of keys in an answer;
    ``main`` the properties that a list carries, None for all.
    """

    name: str
    title: str
    fields: Mapping[str, Field]
    order: tuple[str, ...]
    follows_server: tuple[str, ...] = ()
    audited: bool = False
    main: tuple[str, ...] | None = None
    _by_folded: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_folded", {name.casefold(): name for name in self.fields})

    def fresh(self, server: str, site_id: int, object_id: int) -> dict[str, Any]:
        """A newly added object, keys in order; audit fields are empty."""
        known = {name: copy.deepcopy(one.default) for name, one in self.fields.items()}
        known.update(dict.fromkeys(self.follows_server, server))
        known.update({"server": server, "siteId": site_id, "id": object_id}, **dict.fromkeys(AUDIT, ""))
        return {name: known[name] for name in self.order}

    def changes(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The checked fields of an update, by their documented names."""
        errors: dict[str, list[str]] = {}
        checked: dict[str, Any] = {}
        for given, value in body.items():
            name = self._by_folded.get(given.casefold())
            wrong = self._refusal(given) if name is None else self.fields[name].fault(value)
            if wrong is not None:
                errors[given] = [wrong]
            elif name is not None:
                checked[name] = value
        _raise(errors)
        return checked

    def _refusal(self, given: str) -> str:
        if given.casefold() in {name.casefold() for name in (*KEYS, *AUDIT)}:
            return "The field cannot be changed."
        return "The field is not known."


@dataclass(frozen=True)
class NewServer:
    """The documented body of a create: ``server`` and ``siteId``, nothing else."""

    server: str
    site_id: int | None

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> NewServer:
        """Check the body of a create."""
        given = {key.casefold(): value for key, value in body.items()}
        errors = {key: ["The field is not known."] for key in body if key.casefold() not in ("server", "siteid")}
        server, site = given.get("server"), given.get("siteid")
        if not isinstance(server, str) or not server.strip():
            errors["server"] = ["The server field is required."]
        if site is not None and _site_number(site) is None:
            errors["siteId"] = ["The JSON value could not be converted to int."]
        _raise(errors)
        return cls(str(server), None if site is None else _site_number(site))


def _site_number(value: Any) -> int | None:
    """A site id as number or, like in the sample, as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() else None


def _raise(errors: Errors) -> None:
    if errors:
        raise ProblemError(400, "One or more validation errors occurred.", errors)


def _fields(defaults: Mapping[str, Any], special: Iterable[Field] = ()) -> dict[str, Field]:
    fields = {name: Field(name, default) for name, default in defaults.items() if name not in (*KEYS, *AUDIT)}
    for one in special:
        fields[one.name] = replace(one, default=fields[one.name].default)
    return fields


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
        fields=_fields(shown, special),
        order=tuple(shown) if family == "legacy" else (*shown, *AUDIT),
        follows_server=("iPs",),
        audited=family == "current",
    )


def _legacy_host() -> Resource:
    shown = sample("07_new_rds")
    return Resource(
        name="rds",
        title="RD Session Host",
        fields=_fields(shown),
        order=tuple(shown),
        follows_server=("directAddress",),
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
        fields=_fields(defaults, _HOST_SPECIAL),
        order=("id", *AUDIT, "server", "enabled", "description", "siteId", *rest),
        follows_server=("directAddress",),
        audited=True,
        # The page says "main properties only" and not which (assumed).
        main=("id", *AUDIT, "server", "enabled", "description", "siteId", "directAddress"),
    )


def rds_host(family: Family) -> Resource:
    """The RD Session Host of a family."""
    return _legacy_host() if family == "legacy" else _current_host()
