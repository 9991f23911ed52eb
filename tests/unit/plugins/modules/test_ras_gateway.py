# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ras_gateway: create, change, remove and what is refused. Expectations: the Basic Sample and issue section 5."""

from __future__ import annotations

import httpx
import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._ras.fields import GATEWAY
from ansible_collections.deskops.vdi.plugins.modules import ras_gateway
from unit.support.tasks import BY_TOKEN, facts, make_task, run

SAMPLE = facts("basic_sample")
OLD = SAMPLE["gateways"][0]  # 126.0.0.5, id 218
NEW = SAMPLE["new_gateway"]  # 126.0.0.6, id 219
OLD_ONLY = SAMPLE["gateways"]
BOTH = [OLD, NEW]
SITES = SAMPLE["sites"]
PATH = "/api/Gateway"


def ask(ras, check_mode=False, diff=True, **args):
    return run(ras_gateway, ras, {**BY_TOKEN, **args}, check_mode=check_mode, diff=diff)


def listed(ras, rows=None):
    return ras.on("GET", PATH, json=BOTH if rows is None else rows)


# Create


def test_create_is_one_read_and_the_documented_write(ras):
    listed(ras, OLD_ONLY)
    ras.on("POST", PATH, query={"noInstall": "true"}, body={"server": "126.0.0.6", "siteId": 1}, status=201, json=NEW)
    result = ask(ras, server="126.0.0.6", site="1", install_agent=False)
    assert result["changed"] is True
    gateway = result["gateway"]
    assert len(gateway) == 50
    assert {name: gateway[name] for name in ("id", "server", "site_id", "enabled", "ssl_port", "ips", "fw_gw_id")} == {
        "id": 219,
        "server": "126.0.0.6",
        "site_id": 1,
        "enabled": True,
        "ssl_port": 443,
        "ips": "126.0.0.6",
        "fw_gw_id": 4294967295,
    }
    assert sorted(map(str, gateway.values())) == sorted(map(str, NEW.values()))


def test_create_without_a_site_sends_none(ras):
    listed(ras, []).on("POST", PATH, body={"server": "126.0.0.6"}, status=201, json=NEW)
    assert ask(ras, server="126.0.0.6")["gateway"]["id"] == 219


def test_create_with_the_name_of_the_site(ras):
    ras.on("GET", "/api/Site", json=SITES)
    listed(ras, []).on("POST", PATH, body={"server": "126.0.0.6", "siteId": 1}, status=201, json=NEW)
    assert ask(ras, server="126.0.0.6", site="site11")["changed"] is True


@pytest.mark.parametrize(
    ("args", "query"),
    [
        ({}, None),
        ({"install_agent": True, "restart": True, "firewall_rules": True}, None),
        ({"install_agent": False}, {"noInstall": "true"}),
        ({"restart": False}, {"noRestart": "true"}),
        ({"firewall_rules": False}, {"noFireWallRules": "true"}),
        (
            {"agent_username": "EXAMPLE\\installer", "agent_password": 'P@ss%20w"o\\rdé 1'},
            {"username": "EXAMPLE\\installer", "password": 'P@ss%20w"o\\rdé 1'},
        ),
    ],
)
def test_installation_of_the_agent(args, query, ras):
    listed(ras, []).on("POST", PATH, query=query, body={"server": "126.0.0.6"}, status=201, json=NEW)
    ask(ras, server="126.0.0.6", **args)


@pytest.mark.parametrize(
    "args", [{"install_agent": False}, {"agent_username": "u", "agent_password": "p"}, {"restart": False}]
)
def test_options_of_the_installation_change_nothing_that_exists(args, ras):
    listed(ras)
    assert ask(ras, server="126.0.0.6", **args)["changed"] is False


def test_create_then_one_partial_put(ras, warnings):
    listed(ras, []).on("POST", PATH, body={"server": "126.0.0.6"}, status=201, json=NEW)
    ras.on("PUT", f"{PATH}/219", body={"description": "Second", "hstsMaxAge": 24}, status=204)
    ras.on("GET", f"{PATH}/219", json={**NEW, "description": "Second", "hstsMaxAge": 24})
    result = ask(ras, server="126.0.0.6", description="Second", hsts_max_age=24, enabled=True)
    assert result["gateway"]["description"] == "Second"
    assert result["diff"]["before"] == {}
    assert result["diff"]["after"] == {
        "server": "126.0.0.6",
        "description": "Second",
        "hsts_max_age": 24,
        "enabled": True,
    }
    assert warnings == []


def test_create_that_answers_without_the_object_is_read(ras):
    listed(ras, []).on("POST", PATH, body={"server": "126.0.0.6"}, status=204)
    listed(ras)
    assert ask(ras, server="126.0.0.6")["gateway"]["id"] == 219


def test_conflict_adopts_the_gateway_of_another_run(ras):
    listed(ras, []).on("POST", PATH, body={"server": "126.0.0.6"}, status=409, json={"title": "Conflict"})
    listed(ras)
    result = ask(ras, server="126.0.0.6")
    assert (result["changed"], result["gateway"]["id"]) == (False, 219)


def test_conflict_with_a_gateway_that_is_not_listed(ras):
    listed(ras, []).on("POST", PATH, body={"server": "126.0.0.6"}, status=409, json={"title": "Conflict"})
    listed(ras, [])
    with pytest.raises(errors.ConflictError, match=r"secure gateway 126\.0\.0\.6 exists, yet does not list it"):
        ask(ras, server="126.0.0.6")


def test_lost_answer_of_the_create_is_settled_by_reading(ras):
    listed(ras, []).on("POST", PATH, body={"server": "126.0.0.6"}, error=httpx.ReadTimeout("x"))
    listed(ras)
    result = ask(ras, server="126.0.0.6")
    assert (result["changed"], result["gateway"]["id"]) == (True, 219)
    assert ras.sent.count(f"POST {PATH}") == 1


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_create_that_a_proxy_lost_is_settled_by_reading(status, ras):
    listed(ras, []).on("POST", PATH, body={"server": "126.0.0.6"}, status=status)
    listed(ras)
    assert ask(ras, server="126.0.0.6")["changed"] is True
    assert ras.sent.count(f"POST {PATH}") == 1


def test_a_create_that_a_proxy_lost_and_nobody_carried_out(ras):
    listed(ras, []).on("POST", PATH, body={"server": "126.0.0.6"}, status=504)
    listed(ras, [])
    with pytest.raises(errors.ServerFaultError, match=r"504 .* is not known\. .* was not created a second time"):
        ask(ras, server="126.0.0.6")


def test_a_create_that_answers_with_no_more_than_an_id_is_read(ras):
    listed(ras, []).on("POST", PATH, body={"server": "126.0.0.6"}, status=201, json={"id": 219})
    listed(ras)
    assert ask(ras, server="126.0.0.6")["gateway"]["ssl_port"] == NEW["sslPort"]


def test_unknown_site_id_is_explained(ras):
    listed(ras, []).on("POST", PATH, body={"server": "gw", "siteId": 9}, status=404)
    ras.on("GET", "/api/Site", json=SITES)
    with pytest.raises(errors.BadInputError, match=r"no site with id 9\. The farm has: site11 \(id 1\)"):
        ask(ras, server="gw", site="9")


@pytest.mark.parametrize("secret", ['P@ss%20w"o\\rdé 1', "pass word"])
def test_the_password_of_the_agent_is_in_no_message(secret, ras):
    query = {"username": "u", "password": secret}
    listed(ras, []).on("POST", PATH, query=query, body={"server": "gw"}, status=500, json={"detail": "fault"})
    with pytest.raises(errors.ServerFaultError) as caught:
        ask(ras, server="gw", agent_username="u", agent_password=secret)
    assert "?" not in str(caught.value)
    assert secret not in str(caught.value)


# Nothing to do


@pytest.mark.parametrize("server", ["126.0.0.6", "GW-North.Example.Test"])
def test_converged_is_one_read(server, ras):
    listed(ras, [OLD, {**NEW, "server": server.lower()}])
    result = ask(ras, server=server, ssl_port=443, description="", mac_allow_only=[], enabled=True)
    assert result["changed"] is False
    assert result["gateway"]["id"] == 219


def test_converged_by_id_is_one_read(ras):
    ras.on("GET", f"{PATH}/219", json=NEW)
    assert ask(ras, id=219, server="126.0.0.6", site="1", enabled=True)["changed"] is False


def test_order_and_letter_case_of_addresses_are_no_change(ras):
    macs = ["00-11-22-AA-BB-CC", "00-11-22-dd-ee-ff"]
    listed(ras, [{**NEW, "macAllowOnlyLst": macs}])
    wanted = ["00-11-22-DD-EE-FF", "00-11-22-aa-bb-cc"]
    assert ask(ras, server="126.0.0.6", mac_allow_only=wanted)["changed"] is False


def test_one_object_for_a_list_is_understood(ras):
    listed(ras, NEW)
    assert ask(ras, server="126.0.0.6")["gateway"]["id"] == 219


@pytest.mark.parametrize("site_id", [1, "1"])
def test_site_id_may_come_as_text(site_id, ras):
    listed(ras, [{**NEW, "siteId": site_id}])
    assert ask(ras, server="126.0.0.6", site="1")["changed"] is False


# Change


def other(value):
    """Another value of the same type, within all ranges of the table."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value - 1 if value > 5 else value + 1
    return [*value, "00-11-22-33-44-55"] if isinstance(value, list) else f"{value}x"


@pytest.mark.parametrize("api", sorted(set(NEW) - {"id", "server", "siteId"}))
def test_each_field_of_the_sample_is_changed_alone(api, ras):
    option, wanted = GATEWAY.by_api(api).name, other(NEW[api])
    listed(ras).on("PUT", f"{PATH}/219", body={api: wanted}, status=204)
    ras.on("GET", f"{PATH}/219", json={**NEW, api: wanted})
    result = ask(ras, server="126.0.0.6", **{option: wanted})
    assert result["changed"] is True
    assert result["gateway"][option] == wanted
    identity = {"server": "126.0.0.6", "site_id": 1, "id": 219}
    assert result["diff"] == {"before": {**identity, option: NEW[api]}, "after": {**identity, option: wanted}}


def test_a_put_that_answers_with_the_object_is_not_read_again(ras):
    listed(ras).on("PUT", f"{PATH}/219", body={"sslPort": 8443}, json={**NEW, "sslPort": 8443})
    assert ask(ras, server="126.0.0.6", ssl_port=8443)["gateway"]["ssl_port"] == 8443


def test_a_put_that_answers_with_a_part_of_the_object_is_read_again(ras, warnings):
    part = {"id": 219, "server": "126.0.0.6", "sslPort": 8443}
    listed(ras).on("PUT", f"{PATH}/219", body={"sslPort": 8443}, json=part)
    ras.on("GET", f"{PATH}/219", json={**NEW, "sslPort": 8443})
    assert ask(ras, server="126.0.0.6", ssl_port=8443)["gateway"]["enabled"] is NEW["enabled"]
    assert warnings == []


def test_no_text_is_as_good_as_null(ras):
    listed(ras, [{**NEW, "description": None, "someNewerField": None}])
    assert ask(ras, server="126.0.0.6", description="", settings={"someNewerField": ""})["changed"] is False


NESTED = {"someSettings": {"maxSessions": 5, "port": 3389, "names": ["a", "b"]}}


@pytest.mark.parametrize(
    "given",
    [{"maxSessions": 5}, {"MAXSESSIONS": "5"}, {"names": ["a", "b"]}, {"maxSessions": 5, "port": "3389"}, {}],
)
def test_of_an_object_in_settings_what_is_given_counts(given, ras):
    listed(ras, [{**NEW, **NESTED}])
    assert ask(ras, server="126.0.0.6", settings={"SomeSettings": given})["changed"] is False


@pytest.mark.parametrize("given", [{"maxSessions": 6}, {"MAXSESSIONS": "6"}])
def test_what_an_object_in_settings_does_not_name_stays(given, ras, warnings):
    after = {"someSettings": {**NESTED["someSettings"], "maxSessions": 6}}
    listed(ras, [{**NEW, **NESTED}]).on("PUT", f"{PATH}/219", body=after, status=204)
    ras.on("GET", f"{PATH}/219", json={**NEW, **after})
    assert ask(ras, server="126.0.0.6", settings={"someSettings": given})["changed"] is True
    assert warnings == []


def test_a_secret_within_an_object_of_settings_is_not_sent_back(ras, warnings):
    """The server may show it masked."""
    now = {**NESTED["someSettings"], "proxyPassword": "********"}
    sent = {**NESTED["someSettings"], "port": 3390}
    listed(ras, [{**NEW, "someSettings": now}]).on("PUT", f"{PATH}/219", body={"someSettings": sent}, status=204)
    ras.on("GET", f"{PATH}/219", json={**NEW, "someSettings": {**now, "port": 3390}})
    assert ask(ras, server="126.0.0.6", settings={"someSettings": {"port": 3390}})["changed"] is True
    assert warnings == []


def test_the_order_of_a_list_in_settings_may_matter(ras):
    after = {"someSettings": {**NESTED["someSettings"], "names": ["b", "a"]}}
    listed(ras, [{**NEW, **NESTED}]).on("PUT", f"{PATH}/219", body=after, status=204)
    ras.on("GET", f"{PATH}/219", json={**NEW, **after})
    assert ask(ras, server="126.0.0.6", settings={"someSettings": {"names": ["b", "a"]}})["changed"] is True


def test_a_newer_name_of_a_field_is_used_where_the_server_shows_it(ras):
    newer = {("preferredBrokerId" if api == "preferredPAId" else api): value for api, value in NEW.items()}
    listed(ras, [newer]).on("PUT", f"{PATH}/219", body={"preferredBrokerId": 4}, status=204)
    ras.on("GET", f"{PATH}/219", json={**newer, "preferredBrokerId": 4})
    assert ask(ras, server="126.0.0.6", preferred_broker_id=4)["gateway"]["preferred_broker_id"] == 4


def test_a_value_that_the_server_does_not_take_is_a_warning(ras, warnings):
    listed(ras).on("PUT", f"{PATH}/219", body={"description": "x"}, status=204).on("GET", f"{PATH}/219", json=NEW)
    assert ask(ras, server="126.0.0.6", description="x")["gateway"]["description"] == ""
    assert ["description is '' instead of 'x'" in text for text in warnings] == [True]


def test_lost_answer_of_a_change_is_settled_by_reading(ras):
    listed(ras).on("PUT", f"{PATH}/219", body={"description": "x"}, error=httpx.ReadError("reset"))
    ras.on("GET", f"{PATH}/219", json={**NEW, "description": "x"})
    assert ask(ras, server="126.0.0.6", description="x")["changed"] is True


def test_settings_are_compared_and_changed_like_options(ras):
    row = {**NEW, "someNewerField": 1, "anotherField": True, "thirdField": "x"}
    listed(ras, [row]).on("PUT", f"{PATH}/219", body={"someNewerField": 2}, status=204)
    ras.on("GET", f"{PATH}/219", json={**row, "someNewerField": 2})
    settings = {"SomeNewerField": "2", "anotherField": "true", "thirdField": "x"}
    result = ask(ras, server="126.0.0.6", settings=settings)
    assert result["gateway"]["some_newer_field"] == 2
    assert result["diff"]["after"]["someNewerField"] == 2


def test_converged_settings_are_no_change(ras):
    listed(ras, [{**NEW, "someNewerField": 1}])
    assert ask(ras, server="126.0.0.6", settings={"someNewerField": "1"})["changed"] is False


def test_secrets_of_settings_are_masked(ras):
    row = {**NEW, "relayPassword": "0ld"}
    listed(ras, [row]).on("PUT", f"{PATH}/219", body={"relayPassword": "n3w"}, status=204)
    ras.on("GET", f"{PATH}/219", json={**row, "relayPassword": "n3w"})
    text = str(ask(ras, server="126.0.0.6", settings={"relayPassword": "n3w"}))
    assert "0ld" not in text
    assert "n3w" not in text


# Remove


def test_remove(ras):
    listed(ras).on("DELETE", f"{PATH}/219", status=204)
    result = ask(ras, server="126.0.0.6", state="absent")
    assert (result["changed"], result["gateway"]) == (True, None)
    assert (result["diff"]["before"]["server"], result["diff"]["after"]) == ("126.0.0.6", {})


def test_remove_by_id(ras):
    ras.on("GET", f"{PATH}/219", json=NEW).on("DELETE", f"{PATH}/219", status=204)
    assert ask(ras, id=219, state="absent")["changed"] is True


def test_removed_by_another_in_between(ras):
    listed(ras).on("DELETE", f"{PATH}/219", status=404)
    assert ask(ras, server="126.0.0.6", state="absent")["changed"] is False


@pytest.mark.parametrize("by_id", [True, False])
def test_absent_already(by_id, ras):
    if by_id:
        ras.on("GET", f"{PATH}/7", status=404)
    else:
        listed(ras)
    args = {"id": 7} if by_id else {"server": "gw"}
    assert ask(ras, state="absent", **args)["changed"] is False


# Check mode


CHECKED = [
    pytest.param([], {"server": "126.0.0.6"}, True, id="create"),
    pytest.param(BOTH, {"server": "126.0.0.6"}, False, id="converged"),
    pytest.param(BOTH, {"server": "126.0.0.6", "enabled": False}, True, id="change"),
    pytest.param(BOTH, {"server": "126.0.0.6", "state": "absent"}, True, id="remove"),
    pytest.param([], {"server": "126.0.0.6", "state": "absent"}, False, id="absent"),
]


@pytest.mark.parametrize(("rows", "args", "changed"), CHECKED)
def test_check_mode_reads_only(rows, args, changed, ras):
    listed(ras, rows)
    assert ask(ras, check_mode=True, **args)["changed"] is changed
    assert ras.sent == [f"GET {PATH}"]


def test_check_mode_shows_what_would_be(ras):
    listed(ras)
    gateway = ask(ras, check_mode=True, server="126.0.0.6", enabled=False)["gateway"]
    assert (gateway["enabled"], gateway["id"], gateway["ssl_port"]) == (False, 219, 443)


def test_check_mode_of_a_create_has_no_id_yet(ras):
    listed(ras, []).on("GET", "/api/Site", json=SITES)
    gateway = ask(ras, check_mode=True, server="gw", site="1", ssl_port=8443)["gateway"]
    assert gateway == {"server": "gw", "site_id": 1, "ssl_port": 8443, "id": None}


def test_a_site_by_an_id_that_is_not_there_is_a_warning_in_check_mode(ras, warnings):
    """The server would refuse it where the object is created."""
    listed(ras, []).on("GET", "/api/Site", json=SITES)
    assert ask(ras, check_mode=True, server="gw", site="77")["changed"]
    assert ["no site with id 77" in text for text in warnings] == [True]


def test_a_site_that_is_only_planned_is_a_warning_in_check_mode(ras, warnings):
    ras.on("GET", "/api/Site", json=SITES)
    result = ask(ras, check_mode=True, server="gw", site="Branch")
    assert (result["changed"], result["gateway"]["server"]) == (True, "gw")
    assert ["Branch" in text for text in warnings] == [True]


def test_removing_from_a_site_that_is_only_planned_is_a_warning_too(ras, warnings):
    ras.on("GET", "/api/Site", json=SITES)
    result = ask(ras, check_mode=True, server="gw", site="Branch", state="absent")
    assert (result["changed"], result["gateway"]) == (False, None)
    assert ["Branch" in text for text in warnings] == [True]


# Refused before anything is written


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"ssl_port": 0}, ["ssl_port: 0 is out of range", "1 to 65535"]),
        ({"gw_port": 65536}, ["gw_port: 65536 is out of range"]),
        ({"hsts_max_age": 3}, ["hsts_max_age: 3 is out of range", "4 to 120"]),
        ({"hsts_max_age": 121}, ["hsts_max_age: 121 is out of range"]),
        ({"fw_gw_id": 4294967296}, ["fw_gw_id: 4294967296 is out of range"]),
        ({"description": None}, ["description", "null", "omit"]),
        ({"enabled": None}, ["enabled", "null"]),
        ({"server": ""}, ["server: '' is empty"]),
        ({"server": " gw-1"}, ["server: ' gw-1' is empty, or begins or ends with a blank"]),
        ({"settings": {"id": 5}}, ["settings: id cannot be written", "leave it out"]),
        ({"settings": {"Server": "x"}}, ["settings: Server cannot be written", "natural key|names the object"]),
        ({"settings": {"siteId": 2}}, ["settings: siteId cannot be written"]),
        ({"settings": {"timeLastMod": "x"}}, ["settings: timeLastMod cannot be written"]),
        ({"settings": {"SSLPort": 1}}, ["settings: SSLPort has an option of its own, ssl_port"]),
        ({"settings": {"preferredPAId": 1}}, ["preferredPAId has an option of its own, preferred_broker_id"]),
    ],
)
def test_bad_options_are_refused_before_the_first_request(args, words, ras):
    with pytest.raises(errors.BadInputError) as caught:
        ask(ras, **{"server": "126.0.0.6", **args})
    for part in words:
        assert any(one in str(caught.value) for one in part.split("|"))
    assert caught.value.failure()["kind"] == "bad_input"


def test_unknown_site_names_the_known_ones(ras):
    ras.on("GET", "/api/Site", json=SITES)
    with pytest.raises(errors.BadInputError, match=r"no site 'Branch'.*site11 \(id 1\)"):
        ask(ras, server="gw", site="Branch")


@pytest.mark.parametrize("state", ["present", "absent"])
def test_two_gateways_with_one_name_and_no_site(state, ras):
    listed(ras, [NEW, {**NEW, "id": 301, "siteId": 2}])
    with pytest.raises(errors.BadInputError) as caught:
        ask(ras, server="126.0.0.6", state=state)
    for part in ("id 219 in site 1", "id 301 in site 2", "Set site"):
        assert part in str(caught.value)


def test_two_gateways_with_one_name_and_a_site(ras):
    listed(ras, [NEW, {**NEW, "id": 301, "siteId": 2}])
    assert ask(ras, server="126.0.0.6", site="2")["gateway"]["id"] == 301


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"server": "126.0.0.5"}, "id and server disagree: .* id 219 has server 126.0.0.6, not 126.0.0.5"),
        ({"site": "2"}, "id and site disagree: .* id 219 has site 1, not 2"),
    ],
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_id_that_disagrees(args, words, state, ras):
    ras.on("GET", f"{PATH}/219", json=NEW)
    with pytest.raises(errors.BadInputError, match=words):
        ask(ras, id=219, state=state, **args)


def test_id_that_agrees_but_for_letter_case(ras):
    ras.on("GET", f"{PATH}/219", json={**NEW, "server": "gw.example.test"})
    assert ask(ras, id=219, server="GW.example.test", site="1")["changed"] is False


def test_unknown_id_cannot_be_created(ras):
    ras.on("GET", f"{PATH}/7", status=404, json={"title": "Not Found"})
    with pytest.raises(errors.BadInputError, match=r"no secure gateway with id 7.*set server"):
        ask(ras, id=7)


def test_agent_password_is_a_secret_of_the_task(ras):
    args = {**BY_TOKEN, "server": "gw", "agent_username": "u", "agent_password": "hunter2"}
    assert "hunter2" in make_task(ras_gateway, ras, args).secrets
