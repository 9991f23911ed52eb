# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ras_broker and ras_broker_info. Expectations: schema Broker, the documented paths, the documentation of both."""

from __future__ import annotations

import httpx
import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.modules import ras_broker, ras_broker_info
from unit.support.tasks import BY_TOKEN, run

NEWEST, OLDER = "/api/ConnectionBroker", "/api/Broker"
ABSENT = 404


def broker(number, priority, **fields):
    return {
        "id": number,
        "server": f"broker-0{number}.example.test",
        "enabled": True,
        "description": "",
        "siteId": 1,
        "priority": priority,
        "ip": f"192.0.2.{number}",
        "alternativeIPs": "",
        "standby": False,
        "markedForDeletion": False,
        "adminCreate": "administrator",
        "adminLastMod": "administrator",
        "timeCreate": "2026-01-02T03:04:05",
        "timeLastMod": "2026-01-02T03:04:05",
        **fields,
    }


PRIMARY, SECOND = broker(1, 0), broker(2, 1)
BOTH = [PRIMARY, SECOND]


def ask(ras, check_mode=False, diff=True, **args):
    return run(ras_broker, ras, {**BY_TOKEN, **args}, check_mode=check_mode, diff=diff)


def listed(ras, rows=None, path=NEWEST):
    if path == OLDER:
        ras.on("GET", NEWEST, status=ABSENT)
    return ras.on("GET", path, json=BOTH if rows is None else rows)


# Add


@pytest.mark.parametrize("path", [NEWEST, OLDER])
def test_add_is_one_list_and_the_documented_write(path, ras):
    new = broker(3, 2)
    listed(ras, path=path)
    query = {"noInstall": "true"}
    body = {"server": "broker-03.example.test", "siteId": 1}
    ras.on("POST", path, query=query, body=body, status=201, json=new)
    result = ask(ras, server="broker-03.example.test", site="1", install_agent=False)
    assert result["changed"] is True
    assert result["broker"] == {
        "id": 3,
        "server": "broker-03.example.test",
        "enabled": True,
        "description": "",
        "site_id": 1,
        "priority": 2,
        "ip": "192.0.2.3",
        "alternative_ips": "",
        "standby": False,
        "marked_for_deletion": False,
        "admin_create": "administrator",
        "admin_last_mod": "administrator",
        "time_create": "2026-01-02T03:04:05",
        "time_last_mod": "2026-01-02T03:04:05",
    }


def test_add_with_all_options_of_the_installation(ras):
    query = {"username": "u", "password": "p w", "noRestart": "true", "noFireWallRules": "true"}
    listed(ras, []).on("POST", NEWEST, query=query, body={"server": "b"}, status=201, json=broker(3, 2, server="b"))
    ask(ras, server="b", agent_username="u", agent_password="p w", restart=False, firewall_rules=False)


def test_add_with_settings_and_priority_is_one_change_each(ras, warnings):
    path = f"{NEWEST}/3"
    listed(ras, BOTH).on("POST", NEWEST, body={"server": "b"}, status=201, json=broker(3, 2, server="b"))
    ras.on("PUT", path, body={"standby": True, "alternativeIPs": "192.0.2.9;192.0.2.10"}, status=204)
    ras.on("PUT", f"{path}/priority", body={"priority": 1}, status=204)
    final = broker(3, 1, server="b", standby=True, alternativeIPs="192.0.2.9;192.0.2.10")
    ras.on("GET", path, json=final)
    result = ask(ras, server="b", standby=True, alternative_ips="192.0.2.9;192.0.2.10", priority=1)
    assert (result["broker"]["priority"], result["broker"]["standby"]) == (1, True)
    assert warnings == []


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_new_broker_is_not_the_primary_one(check_mode, ras):
    listed(ras)
    with pytest.raises(errors.BadInputError, match=r"priority: 0 .*ras_broker_promote"):
        ask(ras, check_mode=check_mode, server="b", priority=0)


# Change


def test_nothing_to_do_is_one_read(ras):
    listed(ras)
    result = ask(ras, server="BROKER-02.example.test", priority=1, enabled=True, ip="192.0.2.2", description="")
    assert (result["changed"], result["broker"]["id"], result["diff"]) == (False, 2, {"before": {}, "after": {}})


def test_the_primary_one_keeps_its_priority(ras):
    listed(ras)
    assert ask(ras, server="broker-01.example.test", priority=0)["changed"] is False


def test_a_field_is_changed_by_a_partial_put(ras):
    listed(ras).on("PUT", f"{NEWEST}/2", body={"enabled": False}, status=204)
    ras.on("GET", f"{NEWEST}/2", json={**SECOND, "enabled": False})
    result = ask(ras, server="broker-02.example.test", enabled=False, priority=1)
    identity = {"server": "broker-02.example.test", "site_id": 1, "id": 2}
    assert result["diff"] == {"before": {**identity, "enabled": True}, "after": {**identity, "enabled": False}}


def test_the_priority_alone_has_its_own_path(ras):
    listed(ras).on("PUT", f"{NEWEST}/2/priority", body={"priority": 3}, status=204)
    ras.on("GET", f"{NEWEST}/2", json={**SECOND, "priority": 3})
    assert ask(ras, server="broker-02.example.test", priority=3)["broker"]["priority"] == 3


def test_a_priority_that_the_server_does_not_take_is_a_warning(ras, warnings):
    listed(ras).on("PUT", f"{NEWEST}/2/priority", body={"priority": 9}, status=204)
    ras.on("GET", f"{NEWEST}/2", json={**SECOND, "priority": 2})
    ask(ras, server="broker-02.example.test", priority=9)
    assert ["priority is 2 instead of 9" in text for text in warnings] == [True]


def test_a_lost_answer_of_the_priority_is_settled_by_reading(ras):
    listed(ras).on("PUT", f"{NEWEST}/2/priority", body={"priority": 2}, error=httpx.ReadTimeout("x"))
    ras.on("GET", f"{NEWEST}/2", json={**SECOND, "priority": 2})
    assert ask(ras, server="broker-02.example.test", priority=2)["changed"] is True


def test_a_refused_priority_tells_what_was_changed_before_it(ras):
    listed(ras).on("PUT", f"{NEWEST}/2", body={"description": "x"}, status=204)
    ras.on("PUT", f"{NEWEST}/2/priority", body={"priority": 3}, status=400)
    told = r"^connection broker broker-02\.example\.test was changed \(description\), but then this failed: PUT "
    with pytest.raises(errors.RefusedValueError, match=told) as caught:
        ask(ras, server="broker-02.example.test", description="x", priority=3)
    assert caught.value.done == {"changed": True}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("server", "priority", "words"),
    [("broker-01.example.test", 1, "is the primary one"), ("broker-02.example.test", 0, "is not the primary one")],
)
def test_who_is_primary_is_not_changed_by_the_priority(server, priority, words, check_mode, ras):
    listed(ras)
    with pytest.raises(errors.BadInputError, match=rf"priority: .*{words}.*ras_broker_promote"):
        ask(ras, check_mode=check_mode, server=server, priority=priority)
    assert ras.sent == [f"GET {NEWEST}"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"priority": -1}, "priority: -1 is out of range"),
        ({"settings": {"Priority": 2}}, "priority; use that instead"),
        ({"settings": {"server": "x"}}, "settings: server cannot be written"),
        ({"standby": None}, "standby.*null"),
    ],
)
def test_bad_options_are_refused_before_the_first_request(args, words, ras):
    with pytest.raises(errors.BadInputError, match=words):
        ask(ras, server="broker-02.example.test", **args)


# Remove


def test_remove(ras):
    listed(ras).on("DELETE", f"{NEWEST}/2", status=204)
    result = ask(ras, server="broker-02.example.test", state="absent")
    assert (result["changed"], result["broker"]) == (True, None)


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("priority", [0, "0"])
def test_the_primary_one_is_not_removed(priority, check_mode, ras):
    listed(ras, [{**PRIMARY, "priority": priority}, SECOND])
    with pytest.raises(errors.BadInputError, match=r"primary one .*Promote another"):
        ask(ras, check_mode=check_mode, server="broker-01.example.test", state="absent")
    assert ras.sent == [f"GET {NEWEST}"]


def test_absent_already(ras):
    listed(ras)
    assert ask(ras, server="broker-09.example.test", state="absent")["changed"] is False


def test_check_mode_of_an_addition(ras):
    listed(ras, []).on("GET", "/api/Site", json=[{"id": 1, "name": "site11"}])
    planned = {"server": "b", "site_id": 1, "standby": True, "priority": 2}
    result = ask(ras, check_mode=True, server="b", site="1", standby=True, priority=2)
    assert result["broker"] == {**planned, "id": None}
    assert result["diff"] == {"before": {}, "after": planned}


# Legacy servers


def test_a_legacy_server_has_no_brokers(ras):
    with pytest.raises(errors.BadInputError, match="documents no connection brokers"):
        ask(ras, server="b", api_family="legacy")


# Info


def info(ras, **args):
    return run(ras_broker_info, ras, {**BY_TOKEN, **args})["brokers"]


@pytest.mark.parametrize("path", [NEWEST, OLDER])
def test_all_brokers(path, ras):
    listed(ras, path=path)
    assert [(one["server"], one["priority"]) for one in info(ras)] == [
        ("broker-01.example.test", 0),
        ("broker-02.example.test", 1),
    ]


def test_one_broker_by_name_and_site(ras):
    listed(ras, [*BOTH, {**SECOND, "id": 7, "siteId": 2}])
    assert [one["id"] for one in info(ras, server="broker-02.EXAMPLE.test", site="2")] == [7]


def test_one_broker_by_id(ras):
    listed(ras).on("GET", f"{NEWEST}/2", json=SECOND)
    assert [one["server"] for one in info(ras, id=2)] == ["broker-02.example.test"]


def test_no_such_broker(ras):
    listed(ras).on("GET", f"{NEWEST}/9", status=404)
    assert info(ras, id=9) == []


def test_a_server_that_knows_neither_path(ras):
    ras.on("GET", NEWEST, status=404).on("GET", OLDER, status=404)
    with pytest.raises(errors.NotFoundError, match=f"{NEWEST}, {OLDER}"):
        info(ras)
