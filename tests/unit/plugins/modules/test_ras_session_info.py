# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ras_session_info: filters, the three paths, projection, summary. Expectations: seed pages and issue section 5."""

from __future__ import annotations

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._ras import enums, fields
from ansible_collections.deskops.vdi.plugins.modules import ras_session_info
from unit.support.tasks import BY_TOKEN, facts, run

NEW, HOSTS, OLD = "/api/RDSession", "/api/RDS/Host/sessions", "/api/rds/sessions"
DOCUMENTED = facts("ras_session_record")


def record(number, **more):
    """A session with every documented field; enums get their first number, or more's."""
    values = {"integer": number, "string": f"text {number}", "array": [{"type": 2, "ip": "10.0.0.1"}]}
    row = {api: values[kind] if kind in values else first_number(kind) for api, kind in DOCUMENTED.items()}
    return {**row, "sessionID": number, **more}


def first_number(enum):
    return next(iter(getattr(enums, enum).names))


SESSIONS = [
    record(1, user="EXAMPLE\\anna", state=0, source=1, protocol=2, ip="10.1.1.1", serverID=7, sessionHostName="rds-01"),
    {
        **record(2, user="ben@example.test", state=4, source=1, protocol=10, ip="10.1.1.2"),
        "serverID": 8,
        "sessionHostName": "RDS-02",
    },
    {
        **record(3, user="anna", state=77, source=2, protocol=0, ip="10.1.1.3"),
        "serverID": 7,
        "sessionHostName": "rds-01",
        "themeID": 5,
    },
]


def ask(ras, **args):
    return run(ras_session_info, ras, {**BY_TOKEN, **args})


def ids(result):
    return [session["session_id"] for session in result["sessions"]]


# Records


def test_every_documented_field_is_returned_by_name(ras):
    ras.on("GET", NEW, json=[record(1)])
    (session,) = ask(ras)["sessions"]
    assert len(session) == len(DOCUMENTED) == 54
    assert session["rfi_info_list"] == [{"type": "Gateway", "ip": "10.0.0.1"}]
    for api, kind in DOCUMENTED.items():
        value = session[fields.SESSION.by_api(api).name]
        if hasattr(enums, kind):
            assert value == next(iter(getattr(enums, kind).names.values())), api


@pytest.mark.parametrize("api", [api for api, kind in DOCUMENTED.items() if kind.isupper()])
def test_every_number_of_each_enum_is_named(api, ras):
    names = getattr(enums, DOCUMENTED[api]).names
    ras.on("GET", NEW, json=[{api: number} for number in [*names, 4711]])
    option = fields.SESSION.by_api(api).name
    assert [session[option] for session in ask(ras)["sessions"]] == [*names.values(), 4711]


def test_fields_of_a_newer_server_are_kept(ras):
    ras.on("GET", NEW, json=[{"sessionID": 1, "gpuLoad": 5}])
    assert ask(ras)["sessions"] == [{"session_id": 1, "gpu_load": 5}]


# Filters on the server


@pytest.mark.parametrize(
    ("args", "query"),
    [
        ({"site": "1"}, {"SiteId": "1"}),
        ({"source": "RDS"}, {"Source": "1"}),
        ({"source": "vdi"}, {"Source": "2"}),
        ({"source": "AVD"}, {"Source": "63"}),
        ({"source": "All"}, {"Source": "-1"}),
        ({"source": "99"}, {"Source": "99"}),
        ({"server_id": 7}, {"ServerId": "7"}),
        ({"server": "rds-01"}, {"Server": "rds-01"}),
        ({"state": "Disconnected"}, {"State": "4"}),
        ({"state": "-1"}, {"State": "-1"}),
        ({"user": "EXAMPLE\\anna"}, {"User": "EXAMPLE\\anna"}),
        ({"ip": "10.1.1.1"}, {"IP": "10.1.1.1"}),
        ({"theme_id": 5}, {"ThemeId": "5"}),
        ({"group_id": 3}, {"GroupId": "3"}),
        ({"state": "Active", "source": "RDS", "user": "anna"}, {"State": "0", "Source": "1", "User": "anna"}),
    ],
)
def test_the_nine_filters_go_by_their_documented_names_as_numbers(args, query, ras):
    ras.on("GET", NEW, query=query, json=SESSIONS)
    assert ask(ras, **args)["count"] == 3


def test_all_nine_at_once(ras):
    query = {
        "SiteId": "1",
        "Source": "1",
        "ServerId": "7",
        "Server": "rds-01",
        "State": "0",
        "User": "anna",
        "IP": "10.1.1.1",
        "ThemeId": "5",
        "GroupId": "3",
    }
    ras.on("GET", NEW, query=query, json=[])
    args = {"site": "1", "source": "RDS", "server_id": 7, "server": "rds-01", "state": "Active", "user": "anna"}
    assert ask(ras, **args, ip="10.1.1.1", theme_id=5, group_id=3)["sessions"] == []


def test_site_by_name(ras):
    ras.on("GET", "/api/Site", json=facts("basic_sample")["sites"]).on("GET", NEW, query={"SiteId": "1"}, json=[])
    assert ask(ras, site="site11")["count"] == 0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"state": "Sleeping"}, "state: 'Sleeping' is none of Active, Connected"),
        ({"source": "Cloud"}, "source: 'Cloud' is none of RDS, VDI, AVD, All"),
        ({"fields": ["user", "colour"]}, "fields: 'colour' is none of session_id, user"),
        ({"fields": ["sessionID"]}, "fields: 'sessionID' is none of"),
    ],
)
@pytest.mark.parametrize("return_sessions", [True, False])
def test_unknown_names_are_refused_before_the_first_request(args, words, return_sessions, ras):
    with pytest.raises(errors.BadInputError, match=words):
        ask(ras, return_sessions=return_sessions, **args)


# The three paths


@pytest.mark.parametrize("status", [404, 405, 400])
def test_newest_path_that_the_server_knows(status, ras):
    ras.on("GET", NEW, status=status).on("GET", HOSTS, status=status).on("GET", OLD, json=[])
    assert ask(ras)["sessions"] == []


def test_hosts_path_is_the_second(ras):
    ras.on("GET", NEW, status=404).on("GET", HOSTS, json=SESSIONS)
    assert ids(ask(ras)) == [1, 2, 3]


def test_a_known_generation_asks_its_paths_only(ras):
    ras.on("GET", OLD, json=SESSIONS)
    assert ids(ask(ras, api_family="legacy")) == [1, 2, 3]


def test_the_current_generation_does_not_ask_the_legacy_path(ras):
    ras.on("GET", NEW, status=404).on("GET", HOSTS, status=404)
    with pytest.raises(errors.NotFoundError, match=r"none of the session lists .*api_family \(current\)"):
        ask(ras, api_family="current")


@pytest.mark.parametrize("status", [401, 403, 500])
def test_another_failure_is_one(status, ras):
    ras.on("GET", NEW, status=status)
    with pytest.raises(errors.AnswerError) as caught:
        ask(ras)
    assert caught.value.status == status


def test_404_of_a_filter_means_none_where_the_path_is_known(ras):
    ras.on("GET", NEW, query={"User": "nobody"}, status=404).on("GET", NEW, json=SESSIONS)
    assert ask(ras, user="nobody") == {
        "sessions": [],
        "count": 0,
        "summary": {"by_state": {}, "by_source": {}, "by_host": {}, "by_protocol": {}},
    }


def test_400_of_a_filter_is_a_failure_where_the_path_is_known(ras):
    refusal = {"code": 3, "msg": "ThemeId is unknown"}
    ras.on("GET", NEW, query={"ThemeId": "9"}, status=400, json=refusal).on("GET", NEW, json=SESSIONS)
    with pytest.raises(errors.RefusedValueError, match="ThemeId is unknown"):
        ask(ras, theme_id=9)


def test_a_filter_falls_through_where_the_path_is_not_known(ras):
    ras.on("GET", NEW, query={"Server": "rds-01"}, status=404).on("GET", NEW, status=404)
    ras.on("GET", HOSTS, query={"Server": "rds-01"}, json=SESSIONS[:1])
    assert ids(ask(ras, server="rds-01")) == [1]


# Filters on the client


@pytest.mark.parametrize(
    ("args", "kept"),
    [
        ({"state": "Active"}, [1]),
        ({"state": "4"}, [2]),
        ({"state": "77"}, [3]),
        ({"state": "All"}, [1, 2, 3]),
        ({"server": "rds-02"}, [2]),
        ({"server": "rds"}, []),
        ({"server_id": 7}, [1, 3]),
        ({"ip": "10.1.1.2"}, [2]),
        ({"theme_id": 5}, [3]),
        ({"user": "anna"}, [1, 3]),
        ({"user": "ANNA"}, [1, 3]),
        ({"user": "example\\Anna"}, [1]),
        ({"user": "OTHER\\anna"}, []),
        ({"user": "ben"}, [2]),
        ({"user": "ben@example.test"}, [2]),
        ({"user": "ben@other.test"}, []),
        ({"user": "ann"}, []),
        ({"source": "RDS"}, [1, 2, 3]),
        ({"source": "All"}, [1, 2, 3]),
        ({"source": "-1"}, [1, 2, 3]),
        ({"user": "anna", "state": "Active", "server": "RDS-01"}, [1]),
    ],
)
@pytest.mark.parametrize("chosen", [None, ["session_id"]], ids=["all fields", "one field"])
def test_legacy_filters_are_applied_here(args, kept, chosen, ras):
    ras.on("GET", OLD, json=SESSIONS)
    result = ask(ras, api_family="legacy", fields=chosen, **args)
    assert ids(result) == kept
    assert result["count"] == len(kept)
    assert sum(result["summary"]["by_state"].values()) == len(kept)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"site": "1"}, "^site: .*legacy API.* no such filter"),
        ({"group_id": 3}, "^group_id: .*no such filter"),
        ({"source": "VDI"}, "^source: .*RDS hosts only"),
        ({"source": "AVD"}, "^source: .*RDS hosts only"),
    ],
)
def test_filters_that_legacy_cannot_serve_fail_with_a_clear_text(args, words, ras):
    with pytest.raises(errors.BadInputError, match=words):
        ask(ras, api_family="legacy", **args)


@pytest.mark.parametrize("args", [{"group_id": 3}, {"source": "VDI"}])
def test_filters_that_the_hosts_path_cannot_serve(args, ras):
    query = {"GroupId": "3"} if "group_id" in args else {"Source": "2"}
    ras.on("GET", NEW, query=query, status=404).on("GET", NEW, status=404).on("GET", HOSTS, json=SESSIONS)
    with pytest.raises(errors.BadInputError, match="/api/RDS/Host/sessions"):
        ask(ras, **args)


def test_filters_of_the_hosts_path_mix_with_ours(ras):
    ras.on("GET", NEW, query={"SiteId": "1", "State": "0"}, status=404).on("GET", NEW, status=404)
    ras.on("GET", HOSTS, query={"SiteId": "1"}, json=SESSIONS)
    assert ids(ask(ras, site="1", state="Active")) == [1]


# Projection


NAMES = [
    ["session_id"],
    ["user", "state"],
    ["rfi_info_list", "session_id"],
    ["fslogix_status_code", "colour_depth", "logon_time"],
    [field.name for field in fields.SESSION],
]
ODD = [
    record(1),
    {"sessionID": 2},
    {**record(3), "rfiInfoList": None, "user": None, "state": None},
    {**record(4), "state": "4", "source": "VDI", "protocol": 99, "rfiInfoList": []},
    {"sessionID": 5, "user": 'quote " backslash \\ é \U0001f600', "extra": {"user": "inner", "state": 1}},
]


@pytest.mark.parametrize("names", NAMES, ids=lambda names: ",".join(names)[:40])
def test_projection_is_the_same_as_the_full_records(names, ras):
    ras.on("GET", NEW, json=ODD).on("GET", NEW, json=ODD)
    full, some = ask(ras), ask(ras, fields=names)
    assert some["sessions"] == [{name: row[name] for name in names if name in row} for row in full["sessions"]]
    assert some["summary"] == full["summary"]
    assert some["count"] == full["count"] == 5


@pytest.mark.parametrize("spell", [str.upper, str.lower, str.capitalize])
def test_projection_finds_keys_in_another_letter_case(spell, ras):
    rows = [{spell(api): value for api, value in row.items()} for row in SESSIONS]
    ras.on("GET", NEW, json=rows).on("GET", NEW, json=rows)
    names = ["session_id", "user", "state", "session_host_name"]
    full, some = ask(ras), ask(ras, fields=names)
    assert some["sessions"] == [{name: row[name] for name in names} for row in full["sessions"]]
    assert [session["state"] for session in some["sessions"]] == ["Active", "Disconnected", 77]
    assert some["summary"] == full["summary"]


def test_projection_of_a_field_that_the_first_record_lacks(ras):
    ras.on("GET", NEW, json=[{"sessionID": 1}, record(2, user="anna")])
    assert ask(ras, fields=["session_id", "user"])["sessions"] == [{"session_id": 1}, {"session_id": 2, "user": "anna"}]


def test_projection_keeps_the_order_of_fields(ras):
    ras.on("GET", NEW, json=SESSIONS[:1])
    assert list(ask(ras, fields=["user", "session_id", "state"])["sessions"][0]) == ["user", "session_id", "state"]


def test_projection_of_one_object_instead_of_a_list(ras):
    ras.on("GET", NEW, json=SESSIONS[0])
    assert ask(ras, fields=["session_id"])["sessions"] == [{"session_id": 1}]


@pytest.mark.parametrize(
    ("content", "error"),
    [(b'[{"sessionID": 1', errors.NotJsonError), (b"<html></html>", errors.NotJsonError), (b"5", errors.AnswerError)],
)
@pytest.mark.parametrize("chosen", [None, ["user"]])
def test_an_answer_that_is_no_list_of_sessions(content, error, chosen, ras):
    ras.on("GET", NEW, content=content)
    with pytest.raises(error):
        ask(ras, fields=chosen)


# Summary


def test_summary(ras):
    ras.on("GET", NEW, json=[*SESSIONS, {"sessionID": 9, "sessionHostName": ""}])
    result = ask(ras)
    assert result["count"] == 4
    assert result["summary"] == {
        "by_state": {"77": 1, "Active": 1, "Disconnected": 1, "unknown": 1},
        "by_source": {"RDS": 2, "VDI": 1, "unknown": 1},
        "by_host": {"RDS-02": 1, "rds-01": 2, "unknown": 1},
        "by_protocol": {"Console": 1, "RDP": 1, "RDP_UDP": 1, "unknown": 1},
    }
    assert all(list(counts) == sorted(counts) for counts in result["summary"].values())


@pytest.mark.parametrize("chosen", [None, ["user"]])
def test_counts_alone(chosen, ras):
    ras.on("GET", NEW, json=SESSIONS)
    result = ask(ras, return_sessions=False, fields=chosen)
    assert set(result) == {"count", "summary"}
    assert (result["count"], result["summary"]["by_host"]) == (3, {"RDS-02": 1, "rds-01": 2})


@pytest.mark.parametrize("name", ["user", "server", "ip", "site"])
def test_a_filter_that_is_an_empty_text_is_refused(name, ras):
    """As templates leave it; it would find everybody here, and nobody elsewhere."""
    with pytest.raises(errors.BadInputError, match=f"^{name} is empty"):
        ask(ras, **{name: ""})
