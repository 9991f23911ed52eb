# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions made up: a realistic, repeatable crowd of up to 100,000.

One record is 4 kB of JSON, so a crowd is kept as bare facts, and the JSON of a property is written when it is asked
for. Every text here comes from our own pools and needs no escape.
"""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from emulator.crowds import FIRST_NAMES, LAST_NAMES, wheel
from emulator.cvad.record import PROPERTIES, Record, compact
from emulator.cvad.times import cultural, formatted

DOMAIN, DNS_DOMAIN = "EXAMPLE", "example.test"
NO_ID = "00000000-0000-0000-0000-000000000000"
SESSIONS_PER_HOST = 40
SINGLE_SESSION_POOLS = frozenset({"Design", "Finance"})
POOLS = wheel({"Office": 45, "Sales": 25, "Finance": 15, "Design": 15})
STATES = wheel({"Active": 66, "Disconnected": 28, "Connected": 5, "Unknown": 1})
SYSTEMS = {"SingleSession": "Windows 11", "MultiSession": "Windows 2022"}
APPLICATIONS = wheel({"": 55, "Ledger": 15, "Mail": 12, "Planner": 10, "Drawing Board": 8})
PROTOCOLS = wheel({"Hdx": 92, "Rdp": 7, "Console": 1})
CLIENTS = wheel(
    {
        ("Windows", "24.5.0.87"): 60,
        ("Mac", "24.2.1.12"): 18,
        ("Linux", "24.5.0.76"): 8,
        ("HTML5", "24.6.0.1"): 8,
        ("iOS", "24.6.0.8"): 6,
    }
)
ZONES = ("Primary", "Branch")
_CUT = "@cut@"
RANDOM_BYTES = 48


@dataclass(frozen=True)
class Machine:
    """A machine that runs sessions."""

    number: int
    pool: str

    @functools.cached_property
    def name(self) -> str:
        """As ``DOMAIN\\name``."""
        return f"{DOMAIN}\\{self._host}"

    @functools.cached_property
    def dns_name(self) -> str:
        """As DNS knows it."""
        return f"{self._host.lower()}.{DNS_DOMAIN}"

    @property
    def support(self) -> str:
        """One session, or many."""
        return "SingleSession" if self.pool in SINGLE_SESSION_POOLS else "MultiSession"

    @property
    def system(self) -> str:
        """Operating system."""
        return SYSTEMS[self.support]

    @property
    def catalog(self) -> str:
        """Its machine catalog."""
        return f"{self.pool}-Catalog"

    @property
    def zone(self) -> str:
        """Its zone."""
        return ZONES[self.number % len(ZONES)]

    @property
    def json(self) -> str:
        """The nested machine: as in the vendor's sample, most of it is null, its Id too."""
        address = f"10.40.{self.number // 250 % 250}.{1 + self.number % 250}"
        own = (str(self.number), self.dns_name, address, self.name.replace("\\", "\\\\"), "")
        return "".join([text for pair in zip(_machine_text(self.pool, self.zone), own, strict=True) for text in pair])

    @property
    def _host(self) -> str:
        return f"{self.pool}-{self.number:05}"


class CrowdSession(NamedTuple):
    """The bare facts of one session; times are seconds since 1970."""

    id: str
    uid: int
    machine: Machine
    application: str
    client_ip: str
    client_name: str
    client_platform: str
    client_version: str
    gateway_ip: str
    protocol: str
    establishment: int
    start: int
    change: int
    state: str
    user: str
    sid_tail: int

    @property
    def anonymous(self) -> bool:
        """Whether nobody signed in."""
        return not self.user

    @property
    def app_state(self) -> str:
        """What goes with state and application."""
        return "Active" if self.application else "Desktop"

    @property
    def user_name(self) -> str | None:
        """As ``DOMAIN\\name``."""
        return f"{DOMAIN}\\{self.user}" if self.user else None

    @property
    def untrusted_name(self) -> str:
        """As the machine tells it."""
        return self.user_name or f"{self.machine.name.partition(chr(92))[2]}\\Anon{self.uid:03}"

    @property
    def display_name(self) -> str | None:
        """For people."""
        return self.user.replace(".", " ").title() if self.user else None

    @property
    def principal(self) -> str | None:
        """As name@domain."""
        return f"{self.user}@{DNS_DOMAIN}" if self.user else None

    def to_json(self, names: tuple[str, ...]) -> bytes:
        """The session with these properties."""
        return f"{{{','.join([name + write(self) for name, write in _writers(names)])}}}".encode()

    def value(self, path: str) -> Any:
        """What stands at a path, without writing JSON for it."""
        return _READERS[path](self)

    def record(self) -> Record:
        """The whole session."""
        return dict(json.loads(self.to_json(PROPERTIES)))


def crowd(count: int, seed: int, now: int) -> list[CrowdSession]:
    """``count`` sessions of the last ten hours; same seed and same ``now``, same sessions."""
    bits = random.Random(seed).getrandbits
    machines = _Machines()
    return [
        _session(index, machines, now, bits(RANDOM_BYTES * 8).to_bytes(RANDOM_BYTES, "little"))
        for index in range(count)
    ]


class _Machines:
    """Hands out machines: the next one when the last of a pool is full."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[Machine, int]] = {}
        self._made = 0

    def take(self, pool: str) -> Machine:
        machine, free = self._last.get(pool, (None, 0))
        if machine is None or free == 0:
            self._made += 1
            machine = Machine(self._made, pool)
            free = 1 if machine.support == "SingleSession" else SESSIONS_PER_HOST
        self._last[pool] = (machine, free - 1)
        return machine


def _session(index: int, machines: _Machines, now: int, dice: bytes) -> CrowdSession:
    machine = machines.take(POOLS[dice[0]])
    state = STATES[dice[1]]
    platform, version = CLIENTS[dice[2]]
    age = 300 + (dice[3] | dice[4] << 8) % 36_000
    since = age if state == "Active" else min(age, 60 + (dice[5] | dice[6] << 8) % 18_000)
    person = f"{FIRST_NAMES[dice[7] % 32]}.{LAST_NAMES[dice[8] % 32]}{index % 97 or ''}"
    anonymous = machine.support == "MultiSession" and dice[9] < 5
    digits = dice[-16:].hex()
    return CrowdSession(
        id=f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}",
        uid=index + 1,
        machine=machine,
        application=APPLICATIONS[dice[10]] if machine.support == "MultiSession" else "",
        client_ip=f"10.{20 + dice[11] % 30}.{dice[12]}.{1 + dice[13] % 254}",
        client_name=f"{'MAC' if platform == 'Mac' else 'PC'}-{1000 + (dice[14] | dice[15] << 8) % 9000}",
        client_platform=platform,
        client_version=version,
        gateway_ip=f"10.0.1.{10 + dice[16] % 4}",
        protocol=PROTOCOLS[dice[17]],
        establishment=4_000 + (dice[18] | dice[19] << 8) % 40_000,
        start=now - age,
        change=now - since,
        state=state,
        user="" if anonymous else person,
        sid_tail=1_100 + (dice[7] % 32) * 3_200 + (dice[8] % 32) * 100 + index % 97,
    )


@functools.cache
def _writers(names: tuple[str, ...]) -> tuple[tuple[str, Callable[[CrowdSession], str]], ...]:
    return tuple((f'"{name}":', _WRITERS[name]) for name in names)


@functools.cache
def _guid(text: str) -> str:
    digits = f"{random.Random(text).getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _reference(guid: str, name: str) -> Record:
    return {"Id": guid, "Uid": None, "Name": name}


_SCOPE = {
    "Id": NO_ID,
    "Uid": None,
    "Name": "All",
    "Description": None,
    "IsBuiltIn": True,
    "IsAllScope": True,
    "IsTenantScope": False,
    "TenantId": None,
    "TenantName": None,
}
_SCOPES = compact([{"Scopes": [_SCOPE], "ScopeType": kind} for kind in ("MachineCatalog", "DeliveryGroup")])
_BROKERING = compact(
    {"AutonomouslyBrokered": False, "DurationMilliseconds": None, "Time": None, "UserName": None, "UserSid": None}
)
_HOSTING = {
    "HostedMachineId": None,
    "HostedMachineName": None,
    "HostingServerName": None,
    "LastHostingUpdateTime": None,
    "HypervisorConnection": _reference(NO_ID, "Cluster-1"),
    "ImageOutOfDate": False,
}
# The nested machine in the order of the vendor's sample.
_MACHINE: Record = {
    "Id": None,
    "Uid": None,
    "AgentVersion": "2402.0.100.629",
    "AllocationType": None,
    "ApplicationsInUse": None,
    "AssociatedUsers": None,
    "MachineCatalog": None,
    "ContainerScopes": None,
    "ControllerDnsName": None,
    "DeliveryGroup": None,
    "DeliveryType": None,
    "Description": None,
    "DesktopConditions": None,
    "DnsName": None,
    "Hosting": None,
    "InMaintenanceMode": False,
    "IPAddress": None,
    "IsAssigned": None,
    "MachineType": "Virtual",
    "LastConnectionFailure": None,
    "LastConnectionTime": None,
    "LastConnectionUser": None,
    "LastDeregistrationReason": None,
    "LastDeregistrationTime": None,
    "LastErrorReason": None,
    "LastErrorTime": None,
    "LoadIndex": None,
    "Name": None,
    "OSType": None,
    "OSVersion": None,
    "PersistUserChanges": "Discard",
    "PowerActionPending": None,
    "PowerState": "On",
    "ProvisioningType": "MCS",
    "PublishedApplications": None,
    "RegistrationState": None,
    "ScheduledReboot": "None",
    "SessionClientAddress": None,
    "SessionClientName": None,
    "SessionClientVersion": None,
    "SessionConnectedViaHostName": None,
    "SessionConnectedViaIP": None,
    "SessionCount": None,
    "SessionLaunchedViaHostName": None,
    "SessionLaunchedViaIP": None,
    "SessionProtocol": None,
    "SessionSecureIcaActive": None,
    "SessionSmartAccessTags": None,
    "SessionStartTime": None,
    "SessionState": None,
    "SessionStateChangeTime": None,
    "SessionSupport": None,
    "SessionUserName": None,
    "Sid": None,
    "SummaryState": "InUse",
    "WillShutdownAfterUse": None,
    "WindowsConnectionSetting": None,
    "Zone": None,
    "SupportedPowerActions": None,
    "FaultState": "None",
}


@functools.cache
def _machine_text(pool: str, zone: str) -> tuple[str, ...]:
    """The text of every machine of a pool and zone, cut where number, DNS name, address and name go."""
    example = Machine(0, pool)
    record = _MACHINE | {
        "Uid": _CUT,
        "AllocationType": "Static" if example.support == "SingleSession" else "Random",
        "MachineCatalog": _reference(_guid(f"catalog {pool}"), example.catalog),
        "DeliveryGroup": _reference(_guid(f"group {pool}"), pool),
        "DnsName": _CUT,
        "Hosting": _HOSTING,
        "IPAddress": _CUT,
        "Name": _CUT,
        "OSType": example.system,
        "SessionSupport": example.support,
        "Zone": _reference(_guid(f"zone {zone}"), zone),
    }
    return tuple(compact(record).replace(f'"Uid":"{_CUT}"', f'"Uid":{_CUT}').split(_CUT))


def _applications(one: CrowdSession) -> str:
    return f'[{{"Id":"{NO_ID}","Uid":null,"Name":"{one.application}"}}]' if one.application else "[]"


def _client(one: CrowdSession) -> str:
    return (
        f'{{"DeviceId":"{one.client_name}","HardwareId":"{one.id[:8]}","IPAddress":"{one.client_ip}",'
        f'"Name":"{one.client_name}","Platform":"{one.client_platform}","ProductId":1,"ReceiverIPAddress":null,'
        f'"ReceiverName":null,"Version":"{one.client_version}"}}'
    )


def _connection(one: CrowdSession) -> str:
    return (
        f'{{"ConnectedViaHostName":null,"ConnectedViaIP":"{one.gateway_ip}","ConnectionMode":"Brokered",'
        f'"LaunchedViaHostName":null,"LaunchedViaIP":"{one.gateway_ip}","Protocol":"{one.protocol}",'
        f'"SecureIcaActive":false,"SmartAccessTags":[]}}'
    )


def _user(one: CrowdSession) -> str:
    if one.anonymous:
        return "null"
    return (
        f'{{"DisplayName":"{one.display_name}","SamName":"{one.user}","SamAccountName":null,"CommonName":null,'
        f'"PrincipalName":"{one.principal}",'
        f'"Sid":"S-1-5-21-1004336348-1177238915-682003330-{one.sid_tail}","GroupSids":null,"DenyOnlySids":null,'
        f'"PasswordCanExpire":null,"DaysUntilPasswordExpiry":null,"IsBuiltIn":null,"IsGroup":null,'
        f'"Name":"{DOMAIN}\\\\{one.user}","StreetAddress":null,"City":null,"State":null,"Country":null,"Mail":null,'
        f'"TelephoneNumber":null,"HomePhone":null,"Mobile":null,"Enabled":null,"Locked":null,"PropertiesFetched":0,'
        f'"Domain":null,"Forest":null,"Guid":null,"DistinguishedName":null,"CanonicalName":null,'
        f'"PossibleLookupFailure":false,"DirectoryServer":null}}'
    )


def _flag(value: bool) -> str:
    return "true" if value else "false"


_WRITERS: Mapping[str, Callable[[CrowdSession], str]] = {
    "Id": lambda one: f'"{one.id}"',
    "Uid": lambda one: str(one.uid),
    "ApplicationsInUse": _applications,
    "AppState": lambda one: f'"{one.app_state}"',
    "AppStateLastChangeTime": lambda one: f'"{cultural(one.start)}"',
    "FormattedAppStateLastChangeTime": lambda one: f'"{formatted(one.start)}"',
    "Brokering": lambda one: _BROKERING,
    "Client": _client,
    "Connection": _connection,
    "ContainerScopes": lambda one: _SCOPES,
    "EstablishmentDurationMilliseconds": lambda one: str(one.establishment),
    "EstablishmentTime": lambda one: f'"{cultural(one.start)}"',
    "FormattedEstablishmentTime": lambda one: f'"{formatted(one.start)}"',
    "IsAnonymousUser": lambda one: _flag(one.anonymous),
    "IsHidden": lambda one: "false",
    "LogoffInProgress": lambda one: "false",
    "LogonInProgress": lambda one: "false",
    "Machine": lambda one: one.machine.json,
    "SessionType": lambda one: '"Application"' if one.application else '"Desktop"',
    "StartTime": lambda one: f'"{cultural(one.start)}"',
    "FormattedStartTime": lambda one: f'"{formatted(one.start)}"',
    "State": lambda one: f'"{one.state}"',
    "StateChangeTime": lambda one: f'"{cultural(one.change)}"',
    "FormattedStateChangeTime": lambda one: f'"{formatted(one.change)}"',
    "UntrustedUserName": lambda one: compact(one.untrusted_name),
    "User": _user,
}

# Every path that a search looks at; a test compares them with the records.
_READERS: Mapping[str, Callable[[CrowdSession], Any]] = {
    "AppState": lambda one: one.app_state,
    "ApplicationsInUse.Name": lambda one: [one.application] if one.application else [],
    "Client.IPAddress": lambda one: one.client_ip,
    "Client.Name": lambda one: one.client_name,
    "Client.Version": lambda one: one.client_version,
    "Connection.ConnectedViaHostName": lambda one: None,
    "Connection.ConnectedViaIP": lambda one: one.gateway_ip,
    "Connection.LaunchedViaHostName": lambda one: None,
    "Connection.LaunchedViaIP": lambda one: one.gateway_ip,
    "Connection.Protocol": lambda one: one.protocol,
    "Connection.SecureIcaActive": lambda one: False,
    "FormattedStartTime": lambda one: formatted(one.start),
    "FormattedStateChangeTime": lambda one: formatted(one.change),
    "Machine.AgentVersion": lambda one: _MACHINE["AgentVersion"],
    "Machine.AllocationType": lambda one: "Static" if one.machine.support == "SingleSession" else "Random",
    "Machine.DeliveryGroup.Name": lambda one: one.machine.pool,
    "Machine.DnsName": lambda one: one.machine.dns_name,
    "Machine.InMaintenanceMode": lambda one: False,
    "Machine.MachineCatalog.Name": lambda one: one.machine.catalog,
    "Machine.Name": lambda one: one.machine.name,
    "Machine.OSType": lambda one: one.machine.system,
    "Machine.SessionSupport": lambda one: one.machine.support,
    "Machine.SummaryState": lambda one: _MACHINE["SummaryState"],
    "Machine.Zone.Name": lambda one: one.machine.zone,
    "State": lambda one: one.state,
    "Uid": lambda one: one.uid,
    "UntrustedUserName": lambda one: one.untrusted_name,
    "User.DisplayName": lambda one: one.display_name,
    "User.Name": lambda one: one.user_name,
    "User.PrincipalName": lambda one: one.principal,
}
