# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ras_rds_server in both API generations. Expectations: the Basic Sample (legacy) and the reference (current)."""

from __future__ import annotations

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._ras import fields
from ansible_collections.deskops.vdi.plugins.modules import ras_rds_server
from unit.support.tasks import BY_TOKEN, facts, run

OLD = facts("basic_sample")["new_rds"]  # legacy, id 361
SERVER = OLD["server"]
NAMES = {
    "inheritDefaultUPDSettings": "inheritDefaultUserProfileSettings",
    "sessionTimeout": "disconnectActiveSessionAfter",
    "sessionLogoffTimeout": "logoffDisconnectedSessionAfter",
    "preferredPAId": "preferredBrokerId",
}
LEGACY_ONLY = ("updMode", "maxUserProfileDiskSizeGB", "diskPath", "roamingMode")
LEGACY_LISTS = ("includeFolderPath", "includeFilePath", "excludeFolderPath", "excludeFilePath")
# The same host as the current generation would show it.
HOST = {
    **{NAMES.get(api, api): value for api, value in OLD.items() if api not in LEGACY_ONLY + LEGACY_LISTS},
    "fileTransferMode": 3,
    "dragAndDropMode": 3,
    "manageRDPTransportProtocol": 1,
    "adminLastMod": "administrator",
    "timeLastMod": "2026-01-31T08:15:00Z",
}
# Such a host takes its settings from its site; these switches are off on one that has settings of its own.
AGENT = "inheritDefaultAgentSettings"
OFF = {
    AGENT: False,
    "inheritDefaultPrinterSettings": False,
    "inheritDefaultUserProfileSettings": False,
    "inheritDefaultDesktopAccessSettings": False,
}
OWN = {**HOST, **OFF}
OLD_OWN = {api: OFF.get(NAMES.get(api, api), value) for api, value in OLD.items()}
MAIN = {name: HOST[name] for name in ("id", "server", "siteId", "enabled", "description")}
CURRENT, LEGACY = "/api/RDS/Host", "/api/rds"


def ask(ras, family, check_mode=False, **args):
    args = {**BY_TOKEN, "api_family": family, **args}
    return run(ras_rds_server, ras, args, check_mode=check_mode, diff=True)


# Requests


def test_current_converged_is_two_reads(ras):
    """The list carries only the main properties; the server-side filter keeps it short."""
    ras.on("GET", CURRENT, query={"Server": SERVER}, json=[MAIN]).on("GET", f"{CURRENT}/361", json=OWN)
    result = ask(ras, "current", server=SERVER, max_sessions=250)
    assert (result["changed"], result["rds_server"]["max_sessions"]) == (False, 250)


def test_current_with_a_site_filters_by_it_too(ras):
    ras.on("GET", CURRENT, query={"Server": SERVER, "SiteId": "1"}, json=[MAIN]).on("GET", f"{CURRENT}/361", json=HOST)
    assert ask(ras, "current", server=SERVER, site="1")["changed"] is False


def test_what_the_filter_lets_through_is_checked(ras):
    near = {**MAIN, "id": 400, "server": f"x{SERVER}"}
    ras.on("GET", CURRENT, query={"Server": SERVER}, json=[near, MAIN]).on("GET", f"{CURRENT}/361", json=HOST)
    assert ask(ras, "current", server=SERVER)["rds_server"]["id"] == 361


def test_current_by_id_is_one_read(ras):
    ras.on("GET", f"{CURRENT}/361", json=HOST)
    assert ask(ras, "current", id=361)["changed"] is False


def test_legacy_converged_is_one_read(ras):
    ras.on("GET", LEGACY, json=[OLD_OWN])
    assert ask(ras, "legacy", server=SERVER, max_sessions=250)["changed"] is False


def test_legacy_by_id_goes_through_the_list(ras):
    """Reading one is not documented."""
    ras.on("GET", LEGACY, json=[{**OLD, "id": 1}, OLD])
    assert ask(ras, "legacy", id=361)["rds_server"]["server"] == SERVER


@pytest.mark.parametrize(
    ("family", "path", "query"), [("current", CURRENT, {"Server": SERVER}), ("legacy", LEGACY, None)]
)
def test_create_is_one_read_and_one_write(family, path, query, ras):
    reply = HOST if family == "current" else OLD
    ras.on("GET", path, query=query, json=[])
    ras.on("POST", path, query={"noInstall": "true"}, body={"server": SERVER}, status=201, json=reply)
    result = ask(ras, family, server=SERVER, install_agent=False)
    assert (result["changed"], result["rds_server"]["id"]) == (True, 361)


def test_create_as_the_sample_does(ras):
    ras.on("GET", LEGACY, json=[])
    body = {"server": "rds.company.dom", "siteId": 1}
    ras.on("POST", LEGACY, query={"noInstall": "true"}, body=body, status=201, json=OLD)
    server = ask(ras, "legacy", server="rds.company.dom", site="1", install_agent=False)["rds_server"]
    assert len(server) == 38
    assert server["allow_url_and_mail_redirection"] == "Enabled"
    assert server["printer_name_format"] == "PrnFormat_PRN_CMP_SES"
    assert server["disk_path"] == "\\\\server\\upd-path"


def test_a_filtered_list_may_answer_404_for_none(ras):
    ras.on("GET", CURRENT, query={"Server": SERVER}, status=404).on("GET", CURRENT, json=[])
    ras.on("POST", CURRENT, body={"server": SERVER}, status=201, json=HOST)
    assert ask(ras, "current", server=SERVER)["changed"] is True


def test_conflict_looks_without_the_filter(ras):
    """The server's filter may mind the letter case."""
    ras.on("GET", CURRENT, query={"Server": "RDS.company.dom"}, json=[])
    ras.on("POST", CURRENT, body={"server": "RDS.company.dom"}, status=409)
    ras.on("GET", CURRENT, json=[MAIN]).on("GET", f"{CURRENT}/361", json=HOST)
    result = ask(ras, "current", server="RDS.company.dom")
    assert (result["changed"], result["rds_server"]["id"]) == (False, 361)


@pytest.mark.parametrize("status", [404, 405, 400])
def test_auto_finds_the_legacy_generation(status, ras):
    ras.on("GET", CURRENT, status=status).on("GET", LEGACY, json=[OLD])
    assert ask(ras, "auto", server=SERVER)["changed"] is False


def test_auto_finds_the_current_generation_without_a_request_more(ras):
    ras.on("GET", CURRENT, json=[{**MAIN, "id": 1, "server": "other"}, MAIN]).on("GET", f"{CURRENT}/361", json=HOST)
    assert ask(ras, "auto", server=SERVER)["changed"] is False


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_probe_that_fails_for_another_reason_is_a_failure(status, ras):
    ras.on("GET", CURRENT, status=status)
    with pytest.raises(errors.AnswerError) as caught:
        ask(ras, "auto", server=SERVER)
    assert caught.value.status == status


def test_a_server_that_knows_neither_generation(ras):
    ras.on("GET", CURRENT, status=404).on("GET", LEGACY, status=404)
    with pytest.raises(errors.NotFoundError, match="knows none of the paths /api/RDS/Host, /api/rds"):
        ask(ras, "auto", server=SERVER)


def test_remove(ras):
    ras.on("GET", CURRENT, query={"Server": SERVER}, json=[MAIN]).on("GET", f"{CURRENT}/361", json=HOST)
    ras.on("DELETE", f"{CURRENT}/361", status=204)
    assert ask(ras, "current", server=SERVER, state="absent")["changed"] is True


def test_remove_legacy(ras):
    ras.on("GET", LEGACY, json=[OLD]).on("DELETE", f"{LEGACY}/361", status=204)
    assert ask(ras, "legacy", server=SERVER, state="absent")["changed"] is True


# Fields


def other(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return [*value, "C:\\x"] if isinstance(value, list) else f"{value}x"


def cases(sample):
    audit = {"adminLastMod", "timeLastMod"}
    return sorted(set(sample) - {"id", "server", "siteId"} - audit)


def change(ras, family, sample, api):
    field = fields.RDS_SERVER.by_api(api)
    value = other(sample[api])
    path = CURRENT if family == "current" else LEGACY
    if family == "current":
        ras.on("GET", path, query={"Server": SERVER}, json=[MAIN]).on("GET", f"{path}/361", json=sample)
    else:
        ras.on("GET", path, json=[sample])
    ras.on("PUT", f"{path}/361", body={api: value}, status=204)
    after = {**sample, api: value}
    ras.on("GET", f"{path}/361", json=after) if family == "current" else ras.on("GET", path, json=[after])
    shown = field.enum.names[value] if field.enum else value
    result = ask(ras, family, server=SERVER, **{field.name: shown})
    assert result["changed"] is True
    assert result["rds_server"][field.name] == shown
    return result


@pytest.mark.parametrize("api", cases(OLD))
def test_each_legacy_field_is_changed_under_its_legacy_name(api, ras):
    change(ras, "legacy", OLD_OWN, api)


@pytest.mark.parametrize("api", [api for api in cases(HOST) if not api.endswith("Mode")])
def test_each_current_field_is_changed_under_its_current_name(api, ras):
    change(ras, "current", OWN, api)


# Inherited settings


# One setting of each group: our name, its value on the host, another value, and the switch.
GOVERNED = [
    ("max_sessions", 250, 60, "inherit_default_agent_settings"),
    ("printer_name_format", "PrnFormat_PRN_CMP_SES", "PrnFormat_PRN_REDSES", "inherit_default_printer_settings"),
    ("restrict_desktop_access", False, True, "inherit_default_desktop_access_settings"),
]


def sent_names(name, switch):
    return fields.RDS_SERVER.by_name[name].api, fields.RDS_SERVER.by_name[switch].api


@pytest.mark.parametrize(("name", "now", "wanted", "switch"), GOVERNED)
def test_the_switch_is_set_with_the_value_and_stands_in_the_diff(name, now, wanted, switch, ras):
    api, switch_api = sent_names(name, switch)
    field = fields.RDS_SERVER.by_name[name]
    body = {api: field.to_api(wanted), switch_api: False}
    ras.on("GET", f"{CURRENT}/361", json=HOST).on("PUT", f"{CURRENT}/361", body=body, status=204)
    ras.on("GET", f"{CURRENT}/361", json={**HOST, **body})
    result = ask(ras, "current", id=361, **{name: wanted})
    assert (result["rds_server"][name], result["rds_server"][switch]) == (wanted, False)
    assert (result["diff"]["before"][name], result["diff"]["before"][switch]) == (now, True)
    assert (result["diff"]["after"][name], result["diff"]["after"][switch]) == (wanted, False)


@pytest.mark.parametrize(("name", "now", "wanted", "switch"), GOVERNED)
def test_the_right_value_does_not_count_while_it_is_inherited(name, now, wanted, switch, ras):
    _api, switch_api = sent_names(name, switch)
    ras.on("GET", f"{CURRENT}/361", json=HOST).on("PUT", f"{CURRENT}/361", body={switch_api: False}, status=204)
    ras.on("GET", f"{CURRENT}/361", json={**HOST, switch_api: False})
    result = ask(ras, "current", id=361, **{name: now})
    assert result["changed"] is True
    assert name not in result["diff"]["after"]


def test_the_switch_has_its_legacy_name_on_a_legacy_server(ras):
    body = {"diskPath": r"D:\profiles", "inheritDefaultUPDSettings": False}
    ras.on("GET", LEGACY, json=[OLD]).on("PUT", f"{LEGACY}/361", body=body, status=204)
    ras.on("GET", LEGACY, json=[{**OLD, **body}])
    result = ask(ras, "legacy", id=361, disk_path=r"D:\profiles")
    assert result["rds_server"]["inherit_default_user_profile_settings"] is False


def test_handing_the_settings_back_to_the_site(ras):
    ras.on("GET", f"{CURRENT}/361", json=OWN).on("PUT", f"{CURRENT}/361", body={AGENT: True}, status=204)
    ras.on("GET", f"{CURRENT}/361", json={**OWN, AGENT: True})
    assert ask(ras, "current", id=361, inherit_default_agent_settings=True)["changed"] is True


def test_a_value_with_its_switch_on_is_refused_before_the_first_request(ras):
    with pytest.raises(
        errors.BadInputError, match=r"^max_sessions: it counts only while inherit_default_agent_settings is false"
    ):
        ask(ras, "current", id=361, inherit_default_agent_settings=True, max_sessions=60)


def test_a_new_server_gets_the_switch_with_the_value(ras):
    ras.on("GET", CURRENT, query={"Server": SERVER}, json=[])
    ras.on("POST", CURRENT, body={"server": SERVER}, status=201, json=HOST)
    after = {AGENT: False, "maxSessions": 60}
    ras.on("PUT", f"{CURRENT}/361", body=after, status=204).on("GET", f"{CURRENT}/361", json={**HOST, **after})
    result = ask(ras, "current", server=SERVER, max_sessions=60)
    assert result["diff"]["after"] == {
        "server": SERVER,
        "max_sessions": 60,
        "inherit_default_agent_settings": False,
    }


@pytest.mark.parametrize("given", ["ClientToServer", "clienttoserver", "1"])
def test_enums_by_name_and_by_digits(given, ras):
    ras.on("GET", f"{CURRENT}/361", json=OWN).on("PUT", f"{CURRENT}/361", body={"fileTransferMode": 1}, status=204)
    ras.on("GET", f"{CURRENT}/361", json={**OWN, "fileTransferMode": 1})
    result = ask(ras, "current", id=361, file_transfer_mode=given)
    assert result["rds_server"]["file_transfer_mode"] == "ClientToServer"
    assert result["diff"]["before"]["file_transfer_mode"] == "Bidirectional"
    assert result["diff"]["after"]["file_transfer_mode"] == "ClientToServer"


@pytest.mark.parametrize("given", ["Bidirectional", "BIDIRECTIONAL", "3"])
def test_enums_that_are_so_already(given, ras):
    ras.on("GET", f"{CURRENT}/361", json=OWN)
    assert ask(ras, "current", id=361, file_transfer_mode=given)["changed"] is False


@pytest.mark.parametrize("shown", [3, "3", "Bidirectional"])
def test_enums_that_the_server_shows_in_another_form(shown, ras):
    ras.on("GET", f"{CURRENT}/361", json={**OWN, "fileTransferMode": shown})
    result = ask(ras, "current", id=361, file_transfer_mode="Bidirectional")
    assert (result["changed"], result["rds_server"]["file_transfer_mode"]) == (False, "Bidirectional")


def test_an_unknown_number_of_an_enum_stays_and_can_be_asked_for(ras):
    ras.on("GET", f"{CURRENT}/361", json={**OWN, "fileTransferMode": 77})
    result = ask(ras, "current", id=361, file_transfer_mode="77")
    assert (result["changed"], result["rds_server"]["file_transfer_mode"]) == (False, 77)


def test_an_unknown_name_of_an_enum_is_refused_before_the_first_request(ras):
    with pytest.raises(errors.BadInputError, match=r"file_transfer_mode: 'Both' is none of Disabled, ClientToServer"):
        ask(ras, "current", server=SERVER, file_transfer_mode="Both")


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize(
    ("family", "option", "value", "words"),
    [
        ("legacy", "file_transfer_mode", "Disabled", "speaks the legacy API, where only the current one"),
        ("legacy", "support_shell_url_namespace_objects", True, "speaks the legacy API"),
        ("current", "upd_mode", 1, "speaks the current API, where only the legacy one"),
        ("current", "disk_path", "x", "speaks the current API"),
    ],
)
def test_an_option_without_a_counterpart_fails_before_anything_is_written(
    family, option, value, words, exists, check_mode, ras
):
    if family == "legacy":
        ras.on("GET", LEGACY, json=[OLD] if exists else [])
    else:
        ras.on("GET", CURRENT, query={"Server": SERVER}, json=[MAIN] if exists else [])
        if exists:
            ras.on("GET", f"{CURRENT}/361", json=HOST)
        elif check_mode:
            ras.on("GET", CURRENT, json=[])
    with pytest.raises(errors.BadInputError, match=f"^{option}: .*{words}"):
        ask(ras, family, check_mode=check_mode, server=SERVER, **{option: value})
    assert all(call.startswith("GET") for call in ras.sent)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"port": 0}, "port: 0 is out of range, 1 to 65535"),
        ({"max_sessions": -1}, "max_sessions: -1 is out of range"),
        ({"settings": {"sessionTimeout": 5}}, "sessionTimeout has an option of its own, disconnect_active"),
        ({"settings": {"maxsessions": 5}}, "maxsessions has an option of its own, max_sessions"),
    ],
)
@pytest.mark.parametrize("family", ["current", "legacy"])
def test_bad_options_are_refused_before_the_first_request(family, args, words, ras):
    with pytest.raises(errors.BadInputError, match=words):
        ask(ras, family, server=SERVER, **args)


def test_audit_fields_are_no_change_and_stay_in_the_result(ras):
    ras.on("GET", f"{CURRENT}/361", json=HOST)
    server = ask(ras, "current", id=361)["rds_server"]
    assert server["admin_last_mod"] == "administrator"


@pytest.mark.parametrize(("family", "reads"), [("current", 2), ("legacy", 1)])
def test_check_mode_reads_only(family, reads, ras):
    if family == "current":
        ras.on("GET", CURRENT, query={"Server": SERVER}, json=[MAIN]).on("GET", f"{CURRENT}/361", json=HOST)
    else:
        ras.on("GET", LEGACY, json=[OLD])
    result = ask(ras, family, check_mode=True, server=SERVER, max_sessions=10)
    assert (result["changed"], result["rds_server"]["max_sessions"]) == (True, 10)
    assert len(ras.sent) == reads
