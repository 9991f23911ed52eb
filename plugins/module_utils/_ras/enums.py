# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The enums of the RAS REST API, by their documented names.

Source: reference/ras/schemas.yaml, enums (seeds 000 and 002; the RDS ones from the host pool and default settings
pages; server type 10 from the v21 agents page).
"""

from __future__ import annotations

from .._fields import Enumeration

SESSION_TYPE = Enumeration(
    {
        0: "Desktop",
        1: "PublishedApps",
        2: "Application",
        3: "VDI",
        4: "VDIApp",
        5: "PC",
        6: "PCApp",
        7: "Admin",
        8: "Unknown",
        9: "RemoteApps",
        10: "DirectRDP",
        -1: "All",
    },
)

CONNECTION_MODE = Enumeration(
    {
        0: "GatewayMode",
        1: "DirectMode",
        2: "GatewaySSLMode",
        3: "DirectSSLMode",
        4: "DirectRDPMode",
        200: "Unknown",
    },
)

AUTHENTICATION_TYPE = Enumeration(
    {
        0: "None",
        1: "Credentials",
        2: "SCard",
        3: "SAML",
    },
)

MFA_PROVIDER = Enumeration(
    {
        0: "None",
        1: "Deepnet",
        2: "SafeNet",
        3: "Radius",
        4: "AzureRadius",
        5: "DuoRadius",
        6: "FortiRadius",
        7: "TekRadius",
        8: "GAuthTOTP",
        9: "TOTP",
        10: "MicrosoftTOTP",
        11: "EmailOTP",
    },
)

RFI_TYPE = Enumeration(
    {
        0: "Unknown",
        1: "HALBInst",
        2: "Gateway",
        3: "ForwardingGateway",
        4: "HALBDevice",
        5: "HTML5",
        6: "Other",
        7: "AVDGateway",
    },
)

USER_PROFILE_TYPE = Enumeration(
    {
        0: "Unknown",
        1: "Others",
        2: "UPD",
        3: "FSLogix",
    },
)

CONNECTION_QUALITY = Enumeration(
    {
        0: "None",
        1: "Poor",
        2: "Fair",
        3: "Good",
        4: "Excellent",
    },
)

SESSION_PROTOCOL = Enumeration(
    {
        0: "Console",
        2: "RDP",
        10: "RDP_UDP",
    },
)

SESSION_STATE = Enumeration(
    {
        0: "Active",
        1: "Connected",
        2: "ConnectQuery",
        3: "Shadow",
        4: "Disconnected",
        5: "Idle",
        6: "Listen",
        7: "Reset",
        8: "Down",
        9: "Init",
        -1: "All",
    },
)

COLOUR_DEPTH = Enumeration(
    {
        1: "COLOURDEPTH_4BIT",
        2: "COLOURDEPTH_8BIT",
        4: "COLOURDEPTH_16BIT",
        8: "COLOURDEPTH_3BYTE",
        16: "COLOURDEPTH_15BIT",
        24: "COLOURDEPTH_24BIT",
        32: "COLOURDEPTH_32BIT",
    },
)

SESSION_SOURCE = Enumeration(
    {
        1: "RDS",
        2: "VDI",
        63: "AVD",
        -1: "All",
    },
)

FSLOGIX_REASON_CODE = Enumeration(
    {
        0: "ProfileAttached",
        1: "NotInWhiteList",
        2: "InBlackList",
        3: "LocalProfileExists",
        4: "ProfileShortSid",
        5: "Unknown",
    },
)

FSLOGIX_STATUS_CODE = Enumeration(
    {
        0: "Success",
        1: "Error",
        2: "VirtualDiskDLL",
        3: "GetUser",
        5: "Security",
        6: "VHDPath",
        7: "CreateDir",
        8: "Impersonation",
        9: "CreateVHD",
        10: "CloseHandle",
        11: "OpenVHD",
        12: "AttachVHD",
        13: "GetPhysicalPath",
        14: "OpenDevice",
        15: "InitializeDisk",
        16: "GetVolumeGUID",
        17: "FormatVolume",
        18: "GetProfileDirectory",
        19: "SetMountPoint",
        20: "RegistryImport",
        21: "CheckGroupMembership",
        22: "HandleProfile",
        23: "ProfileSubfolderRedirection",
        100: "WaitingCreationOfUserProfile",
        200: "InProgress",
        300: "AlreadyAttached",
    },
)

SERVER_TYPE = Enumeration(
    {
        1: "RDSHost",
        2: "Provider",
        3: "Gateway",
        4: "Guest",
        7: "PA",
        9: "Site",
        10: "VDIHostPool",
        16: "RDSGroup",
        25: "HALBDevice",
        45: "TenantBroker",
        46: "Enrollment",
        51: "HALB",
        64: "AVDWorkspace",
        65: "AVDHostPool",
        66: "AVDTemplate",
        67: "AVDHost",
        95: "VDITemplateVersion",
        96: "AVDTemplateVersion",
        97: "RDSTemplateVersion",
        107: "RDSTemplate",
        108: "VDITemplate",
        2013: "VDIHost",
        -1: "All",
    },
)

AGENT_STATE = Enumeration(
    {
        0: "OK",
        1: "EnumSessionsFailed",
        2: "RDSRoleDisabled",
        3: "MaxNonCompletedSessions",
        4: "RASScheduleInProgress",
        5: "ConnectionFailed",
        6: "InvalidCredentials",
        7: "NeedsSysprep",
        8: "SysPrepInProgress",
        9: "CloningFailed",
        10: "Synchronising",
        13: "LogonDrainUntilRestart",
        14: "LogonDrain",
        15: "LogonDisabled",
        16: "ForcedDisconnect",
        17: "CloningCanceled",
        18: "RASprepInProgress",
        20: "InstallingRDSRole",
        21: "RebootPending",
        22: "PortMismatch",
        23: "NeedsDowngrade",
        24: "NotApplied",
        25: "CloningInProgress",
        26: "MarkedForDeletion",
        27: "StandBy",
        28: "UnsupportedVDIType",
        29: "FreeESXLicenseNotSupported",
        30: "ManagedESXNotSupported",
        32: "InvalidHostVersion",
        33: "NotJoined",
        35: "LicenseExpired",
        36: "JoinBroken",
        37: "InUse",
        38: "NotInUse",
        39: "Unsupported",
        40: "NoAvailableGateways",
        41: "EnrollServerNotInitialized",
        42: "EnrollmentUnavailable",
        43: "InvalidCAConfig",
        44: "InvalidEAUserCredentials",
        45: "InvalidESSettings",
        46: "FSLogixNotAvail",
        47: "NoDevices",
        48: "NeedsAttention",
        49: "ImageOptimizationPending",
        50: "ImageOptimization",
        51: "Unavailable",
        52: "UnderConstruction",
        53: "Broken",
        54: "NonRAS",
        55: "Provisioning",
        56: "Invalid",
        57: "FSLogixNeedsUpdate",
        58: "NoMembersAvailable",
        59: "MembersNeedUpdate",
        60: "FailedPerfCounters",
        61: "PendingRecreation",
        62: "RemovingMembers",
        63: "AddingMembers",
        64: "DeleteInProgress",
        66: "JoiningToHostPool",
        67: "AutoUpgradeInProgress",
        68: "AutoUpgradeInitiated",
        -8: "AutoUpgradeLimitReached",
        -7: "AutoUpgradeFailed",
        -6: "Unknown",
        -5: "NeedsUpdate",
        -4: "NotVerified",
        -3: "ServerDeleted",
        -2: "DisabledFromSettings",
        -1: "Disconnected",
    },
)

BROKEN_REASON = Enumeration(
    {
        0: "MissingObj",
        1: "InvalidTags",
        2: "MissingDAGObj",
        3: "InvalidDAGTags",
        4: "MissingDAGRoles",
        5: "MissingDAGWorkspaceLink",
        6: "HostpoolAutomaticAssignment",
        7: "MissingRAGObj",
        8: "InvalidRAGTags",
        9: "MissingRAGRoles",
        10: "MissingRAGWorkspaceLink",
        11: "MissingRAGRemoteApp",
        12: "MissingObjectID",
        -1: "Ignore",
    },
)

URL_MAIL_REDIRECTION = Enumeration(
    {
        0: "Disabled",
        1: "Enabled",
        2: "EnabledWithAppRegistration",
    },
)

TRANSFER_MODE = Enumeration(
    {
        0: "Disabled",
        1: "ClientToServer",
        2: "ServerToClient",
        3: "Bidirectional",
    },
)

RDP_TRANSPORT_PROTOCOL = Enumeration(
    {
        0: "Disabled",
        1: "BothUDPTCP",
        2: "OnlyTCP",
        3: "EitherUDPTCP",
    },
)

PRINTER_NAME_FORMAT = Enumeration(
    {
        0: "PrnFormat_PRN_CMP_SES",
        1: "PrnFormat_SES_CMP_PRN",
        2: "PrnFormat_PRN_REDSES",
    },
)

PUB_ITEM_TYPE = Enumeration(
    {
        0: "Any",
        1: "Folder",
        2: "RDSApp",
        3: "RDSDesktop",
        4: "VDIDesktop",
        5: "PCDesktop",
        6: "PCApp",
        7: "VDIApp",
        8: "AVDApp",
        9: "AVDDesktop",
    },
)

ENABLED_MODE = Enumeration(
    {
        0: "Disabled",
        1: "Enabled",
        2: "Maintenance",
    },
)

# The names are those of PowerShell. Their numbers are assumed to follow the order in which they are listed, which the
# sample's fresh application (0 in both) agrees with.
PUBLISH_FROM = Enumeration({0: "All", 1: "Group", 2: "Server"})
WIN_TYPE = Enumeration({0: "Normal", 1: "Maximized", 2: "Minimized"})
