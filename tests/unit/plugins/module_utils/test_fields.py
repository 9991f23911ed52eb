# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Field tables, enumerations and names. Expectations: design section 5, "Names"."""

from __future__ import annotations

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._errors import BadInputError
from ansible_collections.deskops.vdi.plugins.module_utils._fields import Enumeration, Field, FieldTable, snake_case

STATE = Enumeration({0: "Active", 4: "Disconnected", -1: "All"})


@pytest.mark.parametrize(
    ("api", "ours"),
    [
        ("server", "server"),
        ("siteId", "site_id"),
        ("agentVer", "agent_ver"),
        ("enableHTTPProxy", "enable_http_proxy"),
        ("UserPortalPort", "user_portal_port"),
        ("newFieldName", "new_field_name"),
        ("userSIDs", "user_sids"),
        ("targetIDs", "target_ids"),
        ("serverOS", "server_os"),
        ("oneDrive2Go", "one_drive2_go"),
    ],
)
def test_name_of_an_unknown_field(api, ours):
    assert snake_case(api) == ours


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "Active"),
        ("4", "Disconnected"),
        ("-1", "All"),
        ("active", "Active"),
        ("DISCONNECTED", "Disconnected"),
        (77, 77),
        ("77", 77),
        ("Hibernating", "Hibernating"),
        (None, None),
        (True, True),
        (False, False),
        (0.0, 0.0),
        ([0], [0]),
    ],
)
def test_name_of_a_value(value, shown):
    result = STATE.name(value)
    assert result == shown
    assert type(result) is type(shown)


@pytest.mark.parametrize(
    ("value", "number"), [("Active", 0), ("disconnected", 4), ("ALL", -1), ("4", 4), (4, 4), ("77", 77), ("-9", -9)]
)
def test_number_of_a_value(value, number):
    assert STATE.number(value, "state") == number


@pytest.mark.parametrize("value", ["Hibernating", "", "4.5", "0x4", "--1", "Active "])
def test_no_number_for_an_unknown_name(value):
    with pytest.raises(BadInputError, match="state: ") as caught:
        STATE.number(value, "state")
    assert "Active, Disconnected, All" in str(caught.value)
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize(
    ("field", "option"),
    [
        (Field("enabled", "enabled", "bool"), {"type": "bool"}),
        (Field("ssl_port", "sslPort", "int"), {"type": "int"}),
        (Field("cipher", "cipher"), {"type": "str"}),
        (Field("macs", "macs", "list"), {"type": "list", "elements": "str"}),
        (Field("state", "state", enum=STATE), {"type": "str"}),
    ],
)
def test_option_of_a_field(field, option):
    assert field.option() == option


PORT = Field("ssl_port", "sslPort", "int", minimum=1, maximum=65535)


@pytest.mark.parametrize("value", [1, 443, 65535])
def test_values_in_range_pass(value):
    assert PORT.to_api(value) == value


@pytest.mark.parametrize("value", [0, -1, 65536])
def test_values_out_of_range_are_refused(value):
    with pytest.raises(BadInputError, match=f"ssl_port: {value} is out of range, 1 to 65535"):
        PORT.to_api(value)


def test_a_range_may_be_open_at_its_end():
    field = Field("max_sessions", "maxSessions", "int", minimum=0)
    assert field.to_api(10**9) == 10**9
    with pytest.raises(BadInputError, match="max_sessions: -1 is out of range") as caught:
        field.to_api(-1)
    assert "None" not in str(caught.value)


def test_enums_are_sent_as_numbers_and_shown_by_name():
    field = Field("state", "state", enum=STATE)
    assert field.to_api("disconnected") == 4
    assert field.to_result(4) == "Disconnected"
    with pytest.raises(BadInputError, match=r"^state: "):
        field.to_api("gone")


SAME = [
    (Field("x", "x"), "a", "a", True),
    (Field("x", "x"), "a", "A", False),
    (Field("x", "x", any_case=True), "rds-01.EXAMPLE", "RDS-01.example", True),
    # No source shows a field that tells null from no text, and '' is what a task can ask for.
    (Field("x", "x"), None, "", True),
    (Field("x", "x", "int"), 443, 443, True),
    (Field("x", "x", "int"), "443", 443, True),
    (Field("x", "x", "int"), 443, "443", True),
    (Field("x", "x", "int"), 443, 80, False),
    (Field("x", "x", "int"), None, 0, False),
    (Field("x", "x", "bool"), True, True, True),
    (Field("x", "x", "bool"), True, False, False),
    (Field("x", "x", "bool"), None, False, False),
    (Field("x", "x", "list"), ["b", "a"], ["a", "b"], True),
    (Field("x", "x", "list"), ["a"], ["a", "a"], False),
    (Field("x", "x", "list"), ["a"], ["A"], False),
    (Field("x", "x", "list", any_case=True), ["B", "a"], ["A", "b"], True),
    (Field("x", "x", "list", ordered=True), ["b", "a"], ["a", "b"], False),
    (Field("x", "x", "list"), None, [], True),
    (Field("x", "x", "list"), ["a"], [], False),
    (Field("x", "x", enum=STATE), 4, "Disconnected", True),
    (Field("x", "x", enum=STATE), "4", 4, True),
    (Field("x", "x", enum=STATE), "disconnected", 4, True),
    (Field("x", "x", enum=STATE), 0, 4, False),
    (Field("x", "x", enum=STATE), 77, "77", True),
]


@pytest.mark.parametrize(("field", "current", "wanted", "same"), SAME)
def test_what_counts_as_the_same(field, current, wanted, same):
    assert field.same(current, wanted) is same


TABLE = FieldTable(
    (
        Field("id", "id", "int", read_only=True),
        Field("preferred_broker_id", "preferredBrokerId", "int", legacy="preferredPAId"),
        Field("state", "state", enum=STATE),
        Field("file_transfer_mode", "fileTransferMode", legacy=None),
    )
)


def test_options_of_a_table_leave_out_what_cannot_be_set():
    assert set(TABLE.options()) == {"preferred_broker_id", "state", "file_transfer_mode"}


@pytest.mark.parametrize("key", ["preferredBrokerId", "preferredPAId", "PREFERREDPAID", "preferredbrokerid"])
def test_a_field_is_found_in_every_spelling(key):
    raw = {key: 5}
    assert TABLE.by_api(key) is TABLE.by_name["preferred_broker_id"]
    assert TABLE.value(raw, "preferred_broker_id") == 5
    assert TABLE.key(raw, "preferred_broker_id") == key
    assert TABLE.result(raw) == {"preferred_broker_id": 5}


def test_a_field_that_is_not_there():
    assert TABLE.value({}, "state") is None
    assert TABLE.key({"id": 1}, "state") is None
    assert TABLE.by_api("unknown") is None


def test_a_field_that_is_null_is_there():
    assert TABLE.key({"state": None}, "state") == "state"


def test_result_keeps_fields_of_a_newer_server():
    raw = {"ID": 1, "State": 4, "newField": {"innerField": 1}}
    assert TABLE.result(raw) == {"id": 1, "state": "Disconnected", "new_field": {"innerField": 1}}
