# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The field tables cover the documented objects, field by field, with the types of their values."""

from __future__ import annotations

import re

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._ras import enums, fields
from unit.support.tasks import facts

SAMPLE = facts("basic_sample")
CURRENT_HOST = facts("ras_rds_host_current")
TYPES = {bool: "bool", int: "int", str: "str", list: "list"}
JSON_TYPES = {"integer": "int", "string": "str", "boolean": "bool", "array": "list"}
# Enums that the reference names by schema.
BY_SCHEMA = {
    "URLMailRedirection": enums.URL_MAIL_REDIRECTION,
    "TransferMode": enums.TRANSFER_MODE,
    "ManageRDPTransportProtocol": enums.RDP_TRANSPORT_PROTOCOL,
}
# Schema RDSDefaultSettings names the values of these sample fields.
SAMPLE_ENUMS = {"allowURLAndMailRedirection", "printerNameFormat"}


def cases(table, sample):
    return [pytest.param(table, api, value, id=api) for api, value in sample.items()]


def test_the_samples_have_all_fields_that_the_issue_counts():
    assert len(SAMPLE["new_gateway"]) == 50
    assert len(SAMPLE["new_rds"]) == 38


@pytest.mark.parametrize(
    ("table", "api", "value"),
    cases(fields.GATEWAY, SAMPLE["new_gateway"]) + cases(fields.RDS_SERVER, SAMPLE["new_rds"]),
)
def test_field_of_a_sample(table, api, value):
    field = table.by_api(api)
    assert field is not None
    assert api in (field.api, field.legacy)
    if api in SAMPLE_ENUMS:
        assert field.enum is not None
    else:
        assert (field.type, field.enum) == (TYPES[type(value)], None)


@pytest.mark.parametrize(("table", "api", "value"), cases(fields.RDS_SERVER, CURRENT_HOST))
def test_field_of_the_current_rds_host(table, api, value):
    field = table.by_api(api)
    assert field is not None
    assert (field.api, field.current) == (api, True)
    if value in BY_SCHEMA:
        assert field.enum is BY_SCHEMA[value]
    else:
        assert (field.type, field.enum) == (JSON_TYPES[value], None)


@pytest.mark.parametrize(
    ("legacy", "current"),
    [
        ("inheritDefaultUPDSettings", "inheritDefaultUserProfileSettings"),
        ("sessionTimeout", "disconnectActiveSessionAfter"),
        ("sessionLogoffTimeout", "logoffDisconnectedSessionAfter"),
        ("preferredPAId", "preferredBrokerId"),
    ],
)
def test_renamed_fields_have_one_name_here(legacy, current):
    assert fields.RDS_SERVER.by_api(legacy) is fields.RDS_SERVER.by_api(current)


def test_fields_of_one_generation_only():
    """Legacy: what the sample has not. Current: what neither its page nor the page's end by analogy has (UPD)."""
    audit = {"adminCreate", "adminLastMod", "timeCreate", "timeLastMod"}
    only_current = {field.api for field in fields.RDS_SERVER if field.legacy is None}
    renamed = {"inheritDefaultUserProfileSettings", "disconnectActiveSessionAfter", "logoffDisconnectedSessionAfter"}
    renamed.add("preferredBrokerId")
    assert only_current == set(CURRENT_HOST) - set(SAMPLE["new_rds"]) - renamed - audit
    only_legacy = {field.api for field in fields.RDS_SERVER if not field.current}
    assert only_legacy == {
        "updMode",
        "maxUserProfileDiskSizeGB",
        "diskPath",
        "roamingMode",
        "includeFolderPath",
        "includeFilePath",
        "excludeFolderPath",
        "excludeFilePath",
    }


@pytest.mark.parametrize("table", [fields.GATEWAY, fields.RDS_SERVER], ids=["gateway", "rds"])
def test_identity_and_audit_fields_are_no_options(table):
    options = table.options()
    for api in ("id", "siteId", "server", "adminCreate", "adminLastMod", "timeCreate", "timeLastMod"):
        field = table.by_api(api)
        assert field.read_only
        assert field.name not in options


def test_options_are_the_49_sample_fields_of_a_gateway_but_its_id():
    """Two of the 49 are the options server and site of the module itself."""
    apis = set(SAMPLE["new_gateway"]) - {"id", "server", "siteId"}
    assert {fields.GATEWAY.by_api(api).name for api in apis} == set(fields.GATEWAY.options())
    assert len(fields.GATEWAY.options()) == 47


@pytest.mark.parametrize("kind", ["record", "avd"])
def test_status_and_session_fields(kind):
    table, documented = {
        "record": (fields.SESSION, facts("ras_session_record")),
        "avd": (fields.AVD_WORKSPACE_STATUS, facts("ras_avd_workspace_status")),
    }[kind]
    assert {field.api for field in table} == set(documented)
    for api, value in documented.items():
        field = table.by_api(api)
        if value in JSON_TYPES:
            assert (field.type, field.enum) == (JSON_TYPES[value], None), api
        else:
            assert field.enum is getattr(enums, value), api


def test_fields_of_the_logon_reply():
    documented = facts("ras_logon_reply")
    assert {field.api: field.type for field in fields.SESSION_REPLY} == {
        api: JSON_TYPES[value] for api, value in documented.items()
    }


def test_fields_of_the_rds_status_sample():
    for api, value in SAMPLE["rds_status"].items():
        field = fields.SERVER_STATUS.by_api(api)
        assert field is not None, api
        assert (field.enum is not None) is (api in ("agentState", "serverType")), api
        if field.enum is None:
            assert field.type == TYPES[type(value)], api
    assert fields.SERVER_STATUS.by_name["agent_state"].enum is enums.AGENT_STATE
    assert fields.SERVER_STATUS.by_name["server_type"].enum is enums.SERVER_TYPE


def test_a_hop_of_a_session():
    assert fields.CONNECTED_THROUGH.result({"type": 2, "ip": "10.0.0.1"}) == {"type": "Gateway", "ip": "10.0.0.1"}


ALL_TABLES = {name: value for name, value in vars(fields).items() if type(value).__name__ == "FieldTable"}


@pytest.mark.parametrize("name", ALL_TABLES)
def test_names_are_snake_case_and_stand_for_one_field_each(name):
    table = ALL_TABLES[name]
    names = [field.name for field in table]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", one) for one in names)
    spellings = [api.casefold() for field in table for api in (field.api, field.legacy) if api]
    assert len(set(spellings)) == len(spellings)


@pytest.mark.parametrize(
    ("table", "name", "low", "high"),
    [
        *((fields.GATEWAY, port, 1, 65535) for port in ("gw_port", "rdp_port", "ssl_port", "user_portal_port")),
        (fields.GATEWAY, "hsts_max_age", 4, 120),
        (fields.GATEWAY, "fw_gw_id", 0, 4294967295),
        (fields.RDS_SERVER, "port", 1, 65535),
    ],
)
def test_ranges(table, name, low, high):
    field = table.by_name[name]
    assert (field.minimum, field.maximum) == (low, high)
