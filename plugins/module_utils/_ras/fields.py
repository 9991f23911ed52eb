# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The field tables of the RAS objects: the API's names, ours, types, and what differs between the API generations.

Source: reference/ras/schemas.yaml. A field's first API name is the current generation's; `legacy` is marked where the
older one has another name or none. An int without an enum is one whose values no source names.
"""

from __future__ import annotations

from .._fields import Field, FieldTable
from . import enums

_AUDIT = (
    Field("admin_create", "adminCreate", read_only=True),
    Field("admin_last_mod", "adminLastMod", read_only=True),
    Field("time_create", "timeCreate", read_only=True),
    Field("time_last_mod", "timeLastMod", read_only=True),
)
_IDENTITY = (
    Field("id", "id", "int", read_only=True),
    Field("site_id", "siteId", "int", read_only=True),
    Field("server", "server", read_only=True, any_case=True),
)


def _port(name: str, api: str, switch: str = "") -> Field:
    return Field(name, api, "int", minimum=1, maximum=65535, switch=switch)


# Schema Session (v20+); the samples show authToken only.
SESSION_REPLY = FieldTable(
    (
        Field("auth_token", "authToken"),
        Field("local_auth", "localAuth", "bool"),
        Field("user_id", "userId", "int"),
        Field("apply_settings_enabled", "applySettingsEnabled", "bool"),
        Field("connected_site_id", "connectedSiteId", "int"),
        Field("settings_id", "settingsId", "int"),
        Field("session_id", "sessionId", "int"),
        Field("connected_server", "connectedServer"),
        Field("licensing_server", "licensingServer"),
        Field("primary_broker_connection", "primaryBrokerConnection", "bool"),
        Field("licensing_server_connection", "licensingServerConnection", "bool"),
        Field("domain", "domain"),
        Field("farm_name", "farmName"),
        Field("farm_guid", "farmGUID"),
    )
)

# Schema Site.
SITE = FieldTable(
    (
        Field("id", "id", "int"),
        Field("name", "name"),
        Field("licensing_site", "licensingSite", "bool"),
        Field("enable_http_host_attack_protection", "enableHttpHostAttackProtection", "bool"),
        *_AUDIT,
    )
)

# Schema Gateway: the sample object, of which no newer page was seen. preferredBrokerId is inferred from the hosts'.
GATEWAY = FieldTable(
    (
        *_IDENTITY,
        Field("enabled", "enabled", "bool"),
        Field("description", "description"),
        Field("gw_mode", "gwMode", "int"),
        Field("preferred_broker_id", "preferredBrokerId", "int", minimum=0, legacy="preferredPAId"),
        Field("normal_mode_forwarding", "normalModeForwarding", "bool"),
        Field("forward_http_servers", "forwardHttpServers"),
        Field("forward_gateway_servers", "forwardGatewayServers"),
        Field("ip_version", "ipVersion", "int"),
        Field("ips", "iPs"),
        Field("bind_v4_addresses", "bindV4Addresses"),
        Field("bind_v6_addresses", "bindV6Addresses"),
        Field("optimize_connection_ipv4", "optimizeConnectionIPv4"),
        Field("optimize_connection_ipv6", "optimizeConnectionIPv6"),
        Field("enable_gw_port", "enableGWPort", "bool"),
        Field("broadcast", "broadcast", "bool"),
        Field("enable_client_manager_port", "enableClientManagerPort", "bool"),
        Field("dos_pro", "dosPro", "bool"),
        Field("enable_rdp", "enableRDP", "bool"),
        Field("enable_rdp_udp", "enableRDPUDP", "bool"),
        _port("gw_port", "gwPort"),
        _port("rdp_port", "rdpPort"),
        Field("enable_ssl", "enableSSL", "bool"),
        Field("min_ssl_version", "minSSLVersion", "int"),
        Field("cipher_strength", "cipherStrength", "int"),
        _port("ssl_port", "sslPort"),
        Field("cipher", "cipher"),
        Field("private_key_file", "privateKeyFile"),
        Field("certificate_file", "certificateFile"),
        Field("enable_user_portal", "enableUserPortal", "bool"),
        _port("user_portal_port", "UserPortalPort"),
        Field("launch_method", "launchMethod", "int"),
        Field("allow_embed", "allowEmbed", "bool"),
        Field("allow_launch_method", "allowlaunchMethod", "bool"),
        Field("allow_apps_in_new_tab", "allowAppsInNewTab", "bool"),
        Field("allow_file_transfer", "allowFileTransfer", "bool"),
        Field("allow_clipboard", "allowClipboard", "bool"),
        Field("use_pre_win2000_login_format", "usePreWin2000LoginFormat", "bool"),
        Field("enable_hsts", "enableHSTS", "bool"),
        Field("hsts_include_subdomains", "hstsIncludeSubdomains", "bool"),
        Field("hsts_preload", "hstsPreload", "bool"),
        Field("hsts_max_age", "hstsMaxAge", "int", minimum=4, maximum=120),
        Field("enable_wyse_support", "enableWyseSupport", "bool"),
        Field("security_mode", "securityMode", "int"),
        Field("mac_allow_except", "macAllowExceptLst", "list", any_case=True),
        Field("mac_allow_only", "macAllowOnlyLst", "list", any_case=True),
        Field("web_requests_url", "webRequestsURL"),
        Field("fw_gw_id", "fwGWID", "int", minimum=0, maximum=4294967295),
        *_AUDIT,
    )
)

# What a server takes from its site's defaults. Which switch governs which field is inferred: those of
# RDSDefaultSettings by what they are about, the user profile and desktop access fields by their names.
_AGENT = "inherit_default_agent_settings"
_PRINTER = "inherit_default_printer_settings"
_PROFILE = "inherit_default_user_profile_settings"
_ACCESS = "inherit_default_desktop_access_settings"

# Schemas RDSHost (current, cut after enableTWAIN: the printer and desktop access fields after the cut are assumed to
# keep the sample's names, as RDSDefaultSettings does for printers) and RDSHost_sample (legacy). Renamed fields:
# mapping inferred in the reference.
RDS_SERVER = FieldTable(
    (
        *_IDENTITY,
        Field("enabled", "enabled", "bool"),
        Field("description", "description"),
        Field("direct_address", "directAddress", any_case=True),
        Field("ras_template_id", "rasTemplateId", "int", minimum=0),
        Field("inherit_default_agent_settings", "inheritDefaultAgentSettings", "bool"),
        Field("inherit_default_printer_settings", "inheritDefaultPrinterSettings", "bool"),
        Field(
            "inherit_default_user_profile_settings",
            "inheritDefaultUserProfileSettings",
            "bool",
            legacy="inheritDefaultUPDSettings",
        ),
        Field("inherit_default_desktop_access_settings", "inheritDefaultDesktopAccessSettings", "bool"),
        Field("inherit_default_optimization_settings", "inheritDefaultOptimizationSettings", "bool", legacy=None),
        Field("inherit_default_app_package_settings", "inheritDefaultAppPackageSettings", "bool", legacy=None),
        _port("port", "port", switch=_AGENT),
        Field("max_sessions", "maxSessions", "int", minimum=0, switch=_AGENT),
        Field(
            "disconnect_active_session_after",
            "disconnectActiveSessionAfter",
            "int",
            minimum=0,
            legacy="sessionTimeout",
            switch=_AGENT,
        ),
        Field(
            "logoff_disconnected_session_after",
            "logoffDisconnectedSessionAfter",
            "int",
            minimum=0,
            legacy="sessionLogoffTimeout",
            switch=_AGENT,
        ),
        Field(
            "allow_url_and_mail_redirection",
            "allowURLAndMailRedirection",
            enum=enums.URL_MAIL_REDIRECTION,
            switch=_AGENT,
        ),
        Field(
            "support_shell_url_namespace_objects", "supportShellURLNamespaceObjects", "bool", legacy=None, switch=_AGENT
        ),
        Field("allow_remote_exec", "allowRemoteExec", "bool", switch=_AGENT),
        Field("enable_app_monitoring", "enableAppMonitoring", "bool", switch=_AGENT),
        Field("use_remote_apps", "useRemoteApps", "bool", switch=_AGENT),
        Field("allow_file_transfer", "allowFileTransfer", "bool", switch=_AGENT),
        Field("file_transfer_mode", "fileTransferMode", enum=enums.TRANSFER_MODE, legacy=None, switch=_AGENT),
        Field("file_transfer_location", "fileTransferLocation", legacy=None, switch=_AGENT),
        Field("file_transfer_lock_location", "fileTransferLockLocation", "bool", legacy=None, switch=_AGENT),
        Field("allow_drag_and_drop", "allowDragAndDrop", "bool", switch=_AGENT),
        Field("drag_and_drop_mode", "dragAndDropMode", enum=enums.TRANSFER_MODE, legacy=None, switch=_AGENT),
        Field("preferred_broker_id", "preferredBrokerId", "int", minimum=0, legacy="preferredPAId", switch=_AGENT),
        Field("enable_drive_redirection_cache", "enableDriveRedirectionCache", "bool", legacy=None, switch=_AGENT),
        Field(
            "manage_rdp_transport_protocol",
            "manageRDPTransportProtocol",
            enum=enums.RDP_TRANSPORT_PROTOCOL,
            legacy=None,
            switch=_AGENT,
        ),
        Field("enable_printing", "enablePrinting", "bool"),
        Field("enable_twain", "enableTWAIN", "bool"),
        Field("enable_wia", "enableWIA", "bool"),
        Field("printer_name_format", "printerNameFormat", enum=enums.PRINTER_NAME_FORMAT, switch=_PRINTER),
        Field("remove_client_name_from_printer_name", "removeClientNameFromPrinterName", "bool", switch=_PRINTER),
        Field("remove_session_number_from_printer_name", "removeSessionNumberFromPrinterName", "bool", switch=_PRINTER),
        Field("upd_mode", "updMode", "int", current=False, switch=_PROFILE),
        Field(
            "max_user_profile_disk_size_gb",
            "maxUserProfileDiskSizeGB",
            "int",
            minimum=0,
            current=False,
            switch=_PROFILE,
        ),
        Field("disk_path", "diskPath", current=False, switch=_PROFILE),
        Field("roaming_mode", "roamingMode", "int", current=False, switch=_PROFILE),
        Field("include_folder_path", "includeFolderPath", "list", any_case=True, current=False, switch=_PROFILE),
        Field("include_file_path", "includeFilePath", "list", any_case=True, current=False, switch=_PROFILE),
        Field("exclude_folder_path", "excludeFolderPath", "list", any_case=True, current=False, switch=_PROFILE),
        Field("exclude_file_path", "excludeFilePath", "list", any_case=True, current=False, switch=_PROFILE),
        Field("restrict_desktop_access", "restrictDesktopAccess", "bool", switch=_ACCESS),
        Field("restricted_users", "restrictedUsers", "list", any_case=True, switch=_ACCESS),
        *_AUDIT,
    )
)

# Schemas RDSStatus_sample (legacy, whole) and RDSHostStatus (current, cut after serverType). For gateways the REST body
# was not seen at all; its fields beyond these come through under derived names.
SERVER_STATUS = FieldTable(
    (
        Field("id", "id"),
        Field("site_id", "siteId", "int"),
        Field("server", "server"),
        Field("enabled", "enabled", "bool"),
        Field("agent_state", "agentState", enum=enums.AGENT_STATE),
        Field("server_type", "serverType", enum=enums.SERVER_TYPE),
        Field("agent_ver", "agentVer"),
        Field("server_os", "serverOS"),
        Field("log_level", "logLevel", "int"),
        Field("preferred_broker", "preferredBroker", legacy="preferredPA"),
        Field("login_status", "loginStatus", "int"),
        Field("upd_status", "updStatus", "int"),
        Field("active_sessions", "activeSessions", "int"),
        Field("disconnected_sessions", "disconnectedSessions", "int"),
        Field("active_connections", "activeConnections", "int"),
        Field("cpu_load", "cpuLoad", "int"),
        Field("mem_load", "memLoad", "int"),
        Field("disk_read", "diskRead", "int"),
        Field("disk_write", "diskWrite", "int"),
        Field("ip", "ip"),
        Field("service_start_time", "serviceStartTime"),
        Field("system_boot_time", "systemBootTime"),
        Field("unhandled_exceptions", "unhandledExceptions", "int"),
    )
)

# Schema AVDWorkspaceStatus (seed 002).
AVD_WORKSPACE_STATUS = FieldTable(
    (
        Field("id", "id"),
        Field("site_id", "siteId", "int"),
        Field("server_type", "serverType", enum=enums.SERVER_TYPE),
        Field("name", "name"),
        Field("provider_id", "providerId", "int"),
        Field("resource_group", "resourceGroup"),
        Field("location", "location"),
        Field("agent_state", "agentState", enum=enums.AGENT_STATE),
        Field("broken_reason", "brokenReason", enum=enums.BROKEN_REASON),
    )
)

# Schema RFIInfo (seed 000).
CONNECTED_THROUGH = FieldTable((Field("type", "type", enum=enums.RFI_TYPE), Field("ip", "ip")))

# Schema RDSession (seed 000). Units of durations, bandwidths and idleTime are not documented.
SESSION = FieldTable(
    (
        Field("session_id", "sessionID", "int"),
        Field("user", "user", any_case=True),
        Field("state", "state", enum=enums.SESSION_STATE),
        Field("source", "source", enum=enums.SESSION_SOURCE),
        Field("type", "type", enum=enums.SESSION_TYPE),
        Field("protocol", "protocol", enum=enums.SESSION_PROTOCOL),
        Field("ip", "ip"),
        Field("server_id", "serverID", "int"),
        Field("session_host_id", "sessionHostId"),
        Field("session_host_name", "sessionHostName", any_case=True),
        Field("pool_name", "poolName"),
        Field("template_name", "templateName"),
        Field("vm_id", "vmid"),
        Field("vm_name", "vmName"),
        Field("theme_id", "themeID", "int"),
        Field("logon_time", "logonTime"),
        Field("session_length", "sessionLength", "int"),
        Field("idle_start_time", "idleStartTime"),
        Field("idle_time", "idleTime", "int"),
        Field("device_name", "deviceName"),
        Field("client_ip_address", "clientIPAddress"),
        Field("client_os", "clientOS"),
        Field("client_os_version", "clientOSVersion"),
        Field("client_version", "clientVersion"),
        Field("connection_mode", "connectionMode", enum=enums.CONNECTION_MODE),
        Field("authentication_type", "authenticationType", enum=enums.AUTHENTICATION_TYPE),
        Field("mfa_provider", "mfaProvider", enum=enums.MFA_PROVIDER),
        Field("rfi_count", "rfiCount", "int"),
        Field("rfi_info_list", "rfiInfoList", "list"),
        Field("logon_duration", "logonDuration", "int"),
        Field("connection_duration", "connectionDuration", "int"),
        Field("authentication_duration", "authenticationDuration", "int"),
        Field("ras_policy_lookup", "rasPolicyLookup", "int"),
        Field("host_preparation", "hostPreparation", "int"),
        Field("group_policy_load_time", "groupPolicyLoadTime", "int"),
        Field("user_profile_load_time", "userProfileLoadTime", "int"),
        Field("desktop_load_time", "desktopLoadTime", "int"),
        Field("logon_others_duration", "logonOthersDuration", "int"),
        Field("user_profile_type", "userProfileType", enum=enums.USER_PROFILE_TYPE),
        Field("ux_evaluator", "uxEvaluator", "int"),
        Field("connection_quality", "connectionQuality", enum=enums.CONNECTION_QUALITY),
        Field("latency", "latency", "int"),
        Field("bandwidth_availability", "bandwidthAvailability", "int"),
        Field("bandwidth_usage", "bandwidthUsage", "int"),
        Field("last_reconnects", "lastReconnects", "int"),
        Field("reconnects", "reconnects", "int"),
        Field("disconnect_reason", "disconnectReason"),
        Field("incoming_data", "incomingData", "int"),
        Field("outgoing_data", "outgoingData", "int"),
        Field("vertical_resolution", "verticalResolution", "int"),
        Field("horizontal_resolution", "horizontalResolution", "int"),
        Field("colour_depth", "colourDepth", enum=enums.COLOUR_DEPTH),
        Field("fslogix_reason_code", "fsLogixReasonCode", enum=enums.FSLOGIX_REASON_CODE),
        Field("fslogix_status_code", "fsLogixStatusCode", enum=enums.FSLOGIX_STATUS_CODE),
    )
)

# Schema RDSHostPool (cut inside rdsDefSettings, which settings can take as a whole).
RDS_HOST_POOL = FieldTable(
    (
        Field("id", "id", "int", read_only=True),
        Field("site_id", "siteId", "int", read_only=True),
        Field("name", "name", read_only=True, any_case=True),
        Field("enabled", "enabled", "bool"),
        Field("description", "description"),
        Field("inherit_default_agent_settings", "inheritDefaultAgentSettings", "bool"),
        Field("inherit_default_printer_settings", "inheritDefaultPrinterSettings", "bool"),
        Field("inherit_default_user_profile_settings", "inheritDefaultUserProfileSettings", "bool"),
        Field("inherit_default_desktop_access_settings", "inheritDefaultDesktopAccessSettings", "bool"),
        Field("inherit_default_app_package_settings", "inheritDefaultAppPackageSettings", "bool"),
        Field("inherit_default_auto_upgrade_settings", "inheritDefaultAutoUpgradeSettings", "bool"),
        Field("autoscale", "autoscale", "bool"),
        Field("ras_template_id", "rasTemplateId", "int", minimum=0),
        Field("ras_template_version_id", "rasTemplateVersionId", "int", minimum=0),
        Field("min_servers_from_template", "minServersFromTemplate", "int", minimum=0),
        Field("max_servers_from_template", "maxServersFromTemplate", "int", minimum=0),
        Field("servers_to_add_per_request", "serversToAddPerRequest", "int", minimum=0),
        Field("work_load_threshold", "workLoadThreshold", "int", minimum=0),
        Field("work_load_to_drain", "workLoadToDrain", "int", minimum=0),
        Field("drain_remains_below_sec", "drainRemainsBelowSec", "int", minimum=0),
        Field("remove_servers_after_drain_and_power_off", "removeServersAfterDrainAndPowerOff", "bool"),
        *_AUDIT,
    )
)

# Schema Broker. priority 0 is the primary one; it has a request of its own.
BROKER = FieldTable(
    (
        *_IDENTITY,
        Field("enabled", "enabled", "bool"),
        Field("description", "description"),
        Field("ip", "ip", any_case=True),
        Field("alternative_ips", "alternativeIPs"),
        Field("standby", "standby", "bool"),
        Field("priority", "priority", "int", minimum=0),
        Field("marked_for_deletion", "markedForDeletion", "bool", read_only=True),
        *_AUDIT,
    )
)

# Schema License: all text but the type. Which words licenseStatus and licenseType may hold was not seen.
LICENSE = FieldTable(
    (
        Field("license_key", "licenseKey"),
        Field("license_status", "licenseStatus"),
        Field("license_type", "licenseType"),
        Field("type", "type", "int"),
        Field("license_first_active", "licenseFirstActive"),
        Field("expiry_date", "expiryDate"),
        Field("support_expire_date", "supportExpireDate"),
        Field("upgrade_insurance", "upgradeInsurance"),
        Field("installed_users", "installedUsers"),
        Field("users_peak", "usersPeak"),
        Field("users_license_info", "usersLicenseInfo"),
        Field("usage_today", "usageToday"),
        Field("curr_period_usage", "currPeriodUsage"),
        Field("billing_period_start", "billingPeriodStart"),
        Field("billing_period_end", "billingPeriodEnd"),
        Field("grace_period_state", "gracePeriodState"),
        Field("grace_period_days_left", "gracePeriodDaysLeft"),
        Field("pa_company_name", "paCompanyName"),
        Field("pa_user_name", "paUserName"),
        Field("pa_user_email", "paUserEmail"),
    )
)

# Schema MaintenanceMessages: nested below maintenanceMessages when read, flat when written (notes.md section 6).
MESSAGES = "maintenance_messages"
MESSAGE_PREFIX = "maintenanceMessage_"
MESSAGE_LANGUAGES = (
    "de_DE",
    "en_US",
    "es_ES",
    "fr_FR",
    "it_IT",
    "ja_JP",
    "ko_KR",
    "nl_NL",
    "pt_BR",
    "zh_CN",
    "zh_TW",
)


# Schema PubItem. enabled is deprecated in favour of enabledMode, and all that legacy servers have.
_PUBLISHED_ITEM = (
    Field("id", "id", "int", read_only=True),
    Field("type", "type", enum=enums.PUB_ITEM_TYPE, read_only=True),
    Field("name", "name", read_only=True, any_case=True),
    Field("parent_id", "parentId", "int", read_only=True),
    Field("enabled", "enabled", "bool"),
    Field("enabled_mode", "enabledMode", enum=enums.ENABLED_MODE, legacy=None),
    Field("description", "description"),
    Field("previous_id", "previousId", "int", minimum=0),
    Field("publish_to_site", "publishToSite", "list", elements="int"),
    Field("inherit_maintenance", "inheritMaintenance", "bool", legacy=None),
    Field("replicate_maintenance", "replicateMaintenance", "bool", legacy=None),
    Field(MESSAGES, "maintenanceMessages", "dict", read_only=True, legacy=None),
    *_AUDIT,
)
# Schema NewPubRDSApp, as far as it was seen: what the request that publishes an item takes beside name, parentId and
# the messages, of which two languages are missing there.
NEW_PUBLISHED_ITEM = (
    "enabled",
    "enabled_mode",
    "previous_id",
    "inherit_maintenance",
    "replicate_maintenance",
)
NEW_MESSAGE_LANGUAGES = tuple(language for language in MESSAGE_LANGUAGES if language not in ("ko_KR", "zh_CN"))
# Schema PubRDSApp_sample. Current servers are assumed to call these fields the same. The ids of servers and of pools
# come from names that the task gives.
_PUBLISH_FROM = (
    Field("publish_from", "publishFrom", enum=enums.PUBLISH_FROM),
    Field("publish_from_server", "publishFromServer", "list", elements="int", read_only=True),
    Field("publish_from_group", "publishFromGroup", "list", elements="int", read_only=True),
)
# The fields that these switches govern: by the defaults' groups of settings (PubDefaultSettings), inferred.
_SHORTCUT = "inherit_shortcut_default_settings"
_LICENSE = "inherit_license_default_settings"
_DISPLAY = "inherit_display_default_settings"
PUBLISHED_APP = FieldTable(
    (
        *_PUBLISHED_ITEM,
        Field("target", "target"),
        Field("parameters", "parameters"),
        Field("start_in", "startIn"),
        Field("win_type", "winType", enum=enums.WIN_TYPE),
        Field("start_on_logon", "startOnLogon", "bool"),
        Field("exclude_prelaunch", "excludePrelaunch", "bool"),
        *_PUBLISH_FROM,
        Field(_SHORTCUT, "inheritShortcutDefaultSettings", "bool"),
        Field("create_shortcut_on_desktop", "createShortcutOnDesktop", "bool", switch=_SHORTCUT),
        Field("create_shortcut_in_start_folder", "createShortcutInStartFolder", "bool", switch=_SHORTCUT),
        Field("create_shortcut_in_start_up_folder", "createShortcutInStartUpFolder", "bool", switch=_SHORTCUT),
        Field("start_path", "startPath", switch=_SHORTCUT),
        Field(_DISPLAY, "inheritDisplayDefaultSettings", "bool"),
        Field("color_depth", "colorDepth", "int", minimum=0, switch=_DISPLAY),
        Field("wait_for_printers", "waitForPrinters", "bool", switch=_DISPLAY),
        Field("wait_for_printers_timeout", "waitForPrintersTimeout", "int", minimum=0, switch=_DISPLAY),
        Field("start_maximized", "startMaximized", "bool", switch=_DISPLAY),
        Field("start_fullscreen", "startFullscreen", "bool", switch=_DISPLAY),
        Field(_LICENSE, "inheritLicenseDefaultSettings", "bool"),
        Field("disable_session_sharing", "disableSessionSharing", "bool", switch=_LICENSE),
        Field("one_instance_per_user", "oneInstancePerUser", "bool", switch=_LICENSE),
        Field("con_current_licenses", "conCurrentLicenses", "int", minimum=0, switch=_LICENSE),
        Field("license_limit_notify", "licenseLimitNotify", "int", minimum=0, switch=_LICENSE),
        Field("enable_file_extensions", "enableFileExtensions", "bool"),
    )
)
# Schema PubRDSDesktop: PubItem, then cut. The rest is PowerShell's, and assumed.
PUBLISHED_DESKTOP = FieldTable(
    (
        *_PUBLISHED_ITEM,
        *_PUBLISH_FROM,
        Field("desktop_size", "desktopSize", "int", minimum=0),
        Field("width", "width", "int", minimum=0),
        Field("height", "height", "int", minimum=0),
        Field("connect_to_console", "connectToConsole", "bool"),
        Field("start_on_logon", "startOnLogon", "bool"),
        Field("allow_multi_monitor", "allowMultiMonitor", "bool"),
    )
)
# Schema PubFolder: PubItem, then cut; adminOnly is PowerShell's, and assumed.
PUBLISHED_FOLDER = FieldTable((*_PUBLISHED_ITEM, Field("admin_only", "adminOnly", "bool")))
# Whatever is published, of whichever kind.
PUBLISHED_ITEM = FieldTable((*_PUBLISHED_ITEM, *_PUBLISH_FROM))
