# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The administrator's session: who opens it, closes it; what a 401 means; hints. Seen through the modules."""

from __future__ import annotations

import httpx
import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._ras.client import RasClient
from ansible_collections.deskops.vdi.plugins.modules import (
    ras_auth,
    ras_gateway,
    ras_gateway_info,
    ras_rds_server_info,
    ras_settings_apply,
    ras_site_info,
)
from unit.support.tasks import BY_PASSWORD, BY_TOKEN, PASSWORD, TOKEN, RasScript, facts, make_task, run

SAMPLE = facts("basic_sample")
SITES, GATEWAYS, NEW = SAMPLE["sites"], SAMPLE["gateways"], SAMPLE["new_gateway"]


def test_a_task_with_a_password_opens_and_closes_its_session(ras):
    ras.log_on().on("GET", "/api/Site", json=SITES).log_off()
    assert len(run(ras_site_info, ras, BY_PASSWORD)["sites"]) == 1


def test_a_task_with_a_token_does_neither(ras):
    ras.on("GET", "/api/Site", json=SITES)
    run(ras_site_info, ras, BY_TOKEN)


@pytest.mark.parametrize("status", [200, 202, 204])
def test_the_answer_of_a_logoff_is_not_read(status, ras, warnings):
    ras.log_on().on("GET", "/api/Site", json=SITES).log_off(status=status, content=b"" if status == 204 else b"bye")
    run(ras_site_info, ras, BY_PASSWORD)
    assert warnings == []


def test_the_session_is_closed_after_a_failure(ras):
    ras.log_on().on("GET", "/api/Site", status=500).log_off()
    with pytest.raises(errors.ServerFaultError):
        run(ras_site_info, ras, BY_PASSWORD)


def test_the_session_is_closed_after_a_bug(ras, monkeypatch):
    def bug(client):
        client.request("GET", "/api/Site")
        raise KeyError("bug")

    monkeypatch.setattr(RasClient, "sites", bug)
    ras.log_on().on("GET", "/api/Site", json=SITES).log_off()
    with pytest.raises(KeyError):
        run(ras_site_info, ras, BY_PASSWORD)


def test_nothing_is_logged_on_for_options_that_are_refused(ras):
    with pytest.raises(errors.BadInputError):
        run(ras_gateway, ras, {**BY_PASSWORD, "server": "gw", "ssl_port": 0})


def test_a_logoff_that_fails_is_a_warning(ras, warnings):
    ras.log_on().on("GET", "/api/Site", json=SITES).log_off(status=500)
    assert len(run(ras_site_info, ras, BY_PASSWORD)["sites"]) == 1
    assert ["could not be closed" in text for text in warnings] == [True]


def test_a_session_that_ended_by_itself_is_closed(ras, warnings):
    ras.log_on().on("GET", "/api/Site", json=SITES).log_off(status=401)
    run(ras_site_info, ras, BY_PASSWORD)
    assert warnings == []


def test_a_failure_is_reported_even_when_the_logoff_fails_too(ras, warnings):
    ras.log_on().on("GET", "/api/Site", status=403).log_off(error=httpx.ReadError("reset"))
    with pytest.raises(errors.PermissionDeniedError):
        run(ras_site_info, ras, BY_PASSWORD)
    assert len(warnings) == 1


# Logon


def test_wrong_password(ras):
    ras.headers["auth_token"] = None
    ras.on(
        "POST",
        "/api/Session/logon",
        body={"username": "administrator", "password": PASSWORD},
        status=401,
        json={"title": "Unauthorized", "detail": f"{PASSWORD} is wrong"},
    )
    with pytest.raises(errors.AuthenticationError) as caught:
        run(ras_site_info, ras, BY_PASSWORD)
    text = str(caught.value)
    assert "POST https://ras.example.test:20443/api/Session/logon answered 401" in text
    assert "Check username and password" in text
    assert "underscore" not in text
    assert PASSWORD not in text


@pytest.mark.parametrize("missing", [{"username"}, {"password"}, {"username", "password"}])
def test_no_way_to_sign_in(missing, ras):
    args = {name: value for name, value in BY_PASSWORD.items() if name not in missing}
    with pytest.raises(errors.BadInputError) as caught:
        run(ras_site_info, ras, args)
    for part in ("auth_token", "username", "password", "RAS_AUTH_TOKEN", "RAS_USERNAME", "RAS_PASSWORD"):
        assert part in str(caught.value)


@pytest.mark.parametrize("reply", [{}, {"authToken": ""}, {"authToken": None}, [], {"token": "x"}])
def test_a_logon_without_a_token(reply, ras):
    ras.on("POST", "/api/Session/logon", headers={"auth_token": None}, body=logon(), json=reply)
    with pytest.raises(errors.UnexpectedAnswerError, match="without an authToken"):
        run(ras_site_info, ras, BY_PASSWORD)


def logon():
    return {"username": "administrator", "password": PASSWORD}


def test_a_logon_that_is_answered_by_another_service(ras):
    ras.on("POST", "/api/Session/logon", headers={"auth_token": None}, body=logon(), status=404)
    with pytest.raises(errors.NotFoundError, match="20443"):
        run(ras_site_info, ras, BY_PASSWORD)


@pytest.mark.parametrize("key", ["authToken", "AuthToken", "authtoken"])
def test_the_token_in_any_spelling(key, ras):
    ras.on("POST", "/api/Session/logon", headers={"auth_token": None}, body=logon(), json={key: TOKEN})
    ras.on("GET", "/api/Site", json=SITES).log_off()
    run(ras_site_info, ras, BY_PASSWORD)


# 401 in the middle


def test_401_with_a_given_token_says_where_a_new_one_comes_from(ras):
    ras.on("GET", "/api/Site", status=401)
    with pytest.raises(errors.AuthenticationError) as caught:
        run(ras_site_info, ras, {**BY_TOKEN, "username": "administrator"})
    assert "auth_token is not valid" in str(caught.value)
    assert "ras_auth" in str(caught.value)


def test_401_right_after_a_good_logon_hints_at_dropped_headers(ras):
    ras.log_on().on("GET", "/api/Site", status=401).log_off()
    with pytest.raises(errors.AuthenticationError) as caught:
        run(ras_site_info, ras, BY_PASSWORD)
    for part in ("proxy", "underscore", "underscores_in_headers"):
        assert part in str(caught.value)


def test_401_later_logs_on_again_once(ras):
    ras.log_on("first").on("GET", "/api/Site", json=SITES).on("GET", "/api/Gateway", status=401)
    # In case it is not the session that is refused: an open one would count until it expires.
    ras.log_off(status=401)
    ras.log_on("second").on("GET", "/api/Gateway", json=GATEWAYS).log_off()
    assert len(run(ras_gateway_info, ras, {**BY_PASSWORD, "site": "site11"})["gateways"]) == 1


def test_401_of_a_write_logs_on_again_and_writes_once(ras):
    """A refused write was not carried out."""
    ras.log_on("first").on("GET", "/api/Gateway", json=[]).on("POST", "/api/Gateway", body={"server": "gw"}, status=401)
    ras.log_off(status=401)
    ras.log_on("second").on("POST", "/api/Gateway", body={"server": "gw"}, status=201, json=NEW).log_off()
    assert run(ras_gateway, ras, {**BY_PASSWORD, "server": "gw"})["changed"] is True


def test_401_again_after_the_second_logon_is_the_end(ras):
    ras.log_on("first").on("GET", "/api/Site", json=SITES).on("GET", "/api/Gateway", status=401)
    ras.log_off(status=401).log_on("second").on("GET", "/api/Gateway", status=401).log_off()
    with pytest.raises(errors.AuthenticationError) as caught:
        run(ras_gateway_info, ras, {**BY_PASSWORD, "site": "site11"})
    assert "logging on again did not help" in str(caught.value)
    assert "underscore" not in str(caught.value)


def test_401_later_is_forgiven_each_time_it_worked_in_between(ras):
    ras.log_on("first").on("GET", "/api/Gateway", json=[]).on("POST", "/api/Gateway", body={"server": "gw"}, status=401)
    ras.log_off(status=401).log_on("second").on("POST", "/api/Gateway", body={"server": "gw"}, status=201, json=NEW)
    ras.on("PUT", "/api/Gateway/219", body={"description": "x"}, status=401).log_off(status=401)
    ras.log_on("third").on("PUT", "/api/Gateway/219", body={"description": "x"}, json={**NEW, "description": "x"})
    ras.log_off()
    result = run(ras_gateway, ras, {**BY_PASSWORD, "server": "gw", "description": "x"})
    assert result["gateway"]["description"] == "x"


def test_401_of_what_the_account_may_not_do_leaves_no_session_open(ras):
    """A forbidden request may be answered with 401 too (reference/ras/notes.md, section 3)."""
    ras.log_on("first").on("GET", "/api/Gateway", json=[]).on("POST", "/api/Gateway", body={"server": "gw"}, status=401)
    ras.log_off().log_on("second").on("POST", "/api/Gateway", body={"server": "gw"}, status=401).log_off()
    with pytest.raises(errors.AuthenticationError, match="rights of the account"):
        run(ras_gateway, ras, {**BY_PASSWORD, "server": "gw"})


def test_401_on_the_first_request_names_missing_rights_too(ras):
    ras.log_on().on("GET", "/api/Site", status=401).log_off()
    with pytest.raises(errors.AuthenticationError, match="lacks the right"):
        run(ras_site_info, ras, BY_PASSWORD)


def test_what_is_half_given_is_named(ras):
    args = {name: value for name, value in BY_PASSWORD.items() if name != "username"}
    with pytest.raises(errors.BadInputError, match="password is given, username is not"):
        run(ras_site_info, ras, args)


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_log_off_that_meets_a_passing_fault_is_sent_again(status, ras):
    """A session that is closed already stays closed."""
    ras.log_on().on("GET", "/api/Site", json=SITES)
    ras.log_off(status=status, reply_headers={"Retry-After": "0"}).log_off()
    assert len(run(ras_site_info, ras, {**BY_PASSWORD, "retries": 1})["sites"]) == len(SITES)


PAGE = "<html><head><title>Maintenance</title></head></html>"


def test_a_page_instead_of_the_log_off_is_told(ras):
    ras.on("POST", "/api/Session/logoff", content=PAGE)
    with pytest.raises(errors.NotJsonError, match="Maintenance"):
        run(ras_auth, ras, {**BY_TOKEN, "state": "absent"})


def test_a_page_instead_of_the_apply_is_told(ras):
    ras.on("POST", "/api/Settings/apply", content=PAGE)
    with pytest.raises(errors.NotJsonError, match="Maintenance"):
        run(ras_settings_apply, ras, BY_TOKEN)


def test_a_page_instead_of_a_write_is_settled_by_reading(ras):
    there = [{**NEW, "server": "gw"}]
    ras.on("GET", "/api/Gateway", json=there).on("DELETE", "/api/Gateway/219", content=PAGE)
    ras.on("GET", "/api/Gateway", json=there)
    with pytest.raises(errors.NotJsonError, match="still there"):
        run(ras_gateway, ras, {**BY_TOKEN, "server": "gw", "state": "absent"})


@pytest.mark.parametrize(
    ("family", "path", "status"),
    [("legacy", "/api/rds", 404), ("current", "/api/RDS/Host", 404), ("current", "/api/RDS/Host", 400)],
)
def test_an_api_family_that_the_server_does_not_speak_is_named(family, path, status, ras):
    ras.on("GET", path, status=status)
    with pytest.raises(errors.AnswerError, match=f"api_family, which is {family}"):
        run(ras_rds_server_info, ras, {**BY_TOKEN, "api_family": family})


@pytest.mark.parametrize(
    ("name", "value"), [("timeout", 0), ("timeout", -5), ("timeout", 10**20), ("retries", -1), ("retries", 10**6)]
)
def test_limits_out_of_range(name, value, ras):
    with pytest.raises(errors.BadInputError, match=f"^{name}: {value} is out of range"):
        run(ras_site_info, ras, {**BY_TOKEN, name: value})


def test_a_client_key_without_its_certificate(ras):
    with pytest.raises(errors.BadInputError, match="client_cert"):
        run(ras_site_info, ras, {**BY_TOKEN, "client_key": "/x.pem"})


# Secrets


def test_what_the_task_learns_is_a_secret_of_it(ras):
    ras.log_on("n3w-t0ken").on("GET", "/api/Site", json=SITES).log_off()
    task = make_task(ras_site_info, ras, BY_PASSWORD)
    ras_site_info.run(task)
    assert {PASSWORD, "n3w-t0ken"} <= task.secrets


def test_the_token_is_in_no_message(ras):
    ras.on("GET", "/api/Site", status=400, json={"code": 0, "msg": f"header auth_token={TOKEN}"})
    with pytest.raises(errors.RefusedValueError) as caught:
        run(ras_site_info, ras, BY_TOKEN)
    assert TOKEN not in str(caught.value)
    assert TOKEN not in caught.value.failure()["detail"]


@pytest.mark.parametrize("token", ["tökén", "line\nbreak", "end\n"])
def test_a_token_that_cannot_be_a_header_is_an_error_of_the_task(token, ras):
    """As a file or a prompt may hand it on; not a crash, and not shown."""
    args = {**BY_TOKEN, "auth_token": token}
    with pytest.raises(errors.BadInputError, match="auth_token") as caught:
        run(ras_site_info, ras, args)
    assert token.strip() not in str(caught.value)


# Loops


class Pool:
    def __init__(self):
        self.clients = {}

    def get(self, key):
        return self.clients.get(key)

    def put(self, key, client):
        self.clients[key] = client


def test_items_of_a_loop_share_a_client_by_token(ras):
    pool = Pool()
    for _item in range(3):
        ras.on("GET", "/api/Gateway", json=GATEWAYS)
        run(ras_gateway_info, ras, {**BY_TOKEN, "server": "126.0.0.5"}, pool=pool)
    assert len(pool.clients) == 1


def test_items_of_a_loop_find_a_site_by_name_with_one_read(ras):
    pool = Pool()
    ras.on("GET", "/api/Site", json=SITES)
    for _item in range(3):
        ras.on("GET", "/api/Gateway", json=GATEWAYS)
        run(ras_gateway_info, ras, {**BY_TOKEN, "site": "site11"}, pool=pool)


def test_a_task_that_is_repeated_until_something_shows_reads_afresh(ras):
    """The tries of until, like the items of a loop, run in one worker with one client."""
    pool = Pool()
    ras.on("GET", "/api/Site", json=[]).on("GET", "/api/Site", json=SITES)
    found = [run(ras_site_info, ras, BY_TOKEN, pool=pool)["sites"] for _try in range(2)]
    assert [len(sites) for sites in found] == [0, 1]


def test_a_site_that_was_not_there_is_looked_for_afresh(ras):
    pool = Pool()
    ras.on("GET", "/api/Site", json=[])
    with pytest.raises(errors.BadInputError, match="no site 'site11'"):
        run(ras_gateway_info, ras, {**BY_TOKEN, "site": "site11"}, pool=pool)
    ras.on("GET", "/api/Site", json=SITES).on("GET", "/api/Gateway", json=GATEWAYS)
    assert len(run(ras_gateway_info, ras, {**BY_TOKEN, "site": "site11"}, pool=pool)["gateways"]) == 1


@pytest.mark.parametrize(
    "difference",
    [
        {"auth_token": "another-token"},
        {"timeout": 7},
        {"validate_certs": False},
        {"username": "other"},
        {"retries": 1},
    ],
)
def test_items_that_differ_in_a_connection_option_share_none(difference, ras):
    pool = Pool()
    ras.on("GET", "/api/Gateway", json=GATEWAYS)
    run(ras_gateway_info, ras, BY_TOKEN, pool=pool)
    ras.headers["auth_token"] = difference.get("auth_token", TOKEN)
    ras.on("GET", "/api/Gateway", json=GATEWAYS)
    run(ras_gateway_info, ras, {**BY_TOKEN, **difference}, pool=pool)
    assert len(pool.clients) == 2


def test_items_of_two_farms_share_none(ras):
    pool = Pool()
    ras.on("GET", "/api/Gateway", json=GATEWAYS)
    run(ras_gateway_info, ras, BY_TOKEN, pool=pool)
    other = RasScript()
    other.url = "https://other.example.test:20443"
    other.on("GET", "/api/Gateway", json=[])
    assert run(ras_gateway_info, other, {**BY_TOKEN, "url": other.url}, pool=pool) == {"gateways": []}
    other.verify()


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "HTTPS_PROXY", "no_proxy"])
def test_items_under_another_environment_share_none(variable, ras, monkeypatch):
    pool = Pool()
    for value in ("", "/x.invalid"):
        monkeypatch.setenv(variable, value and ("http://127.0.0.1:9" if "PROXY" in variable else value))
        ras.on("GET", "/api/Site", json=SITES)
        run(ras_site_info, ras, BY_TOKEN, pool=pool)
    assert len(pool.clients) == 2


def test_without_a_token_no_client_is_kept(ras):
    pool = Pool()
    for _item in range(2):
        ras.log_on().on("GET", "/api/Site", json=SITES).log_off()
        run(ras_site_info, ras, BY_PASSWORD, pool=pool)
    assert pool.clients == {}


# ras_auth


def test_auth_logs_on_and_finds_the_generation(ras):
    ras.log_on(applySettingsEnabled=False, connectedSiteId=1, sessionId=7, farmName="Farm")
    ras.on("GET", "/api/RDS/Host", status=404).on("GET", "/api/rds", json=[])
    assert run(ras_auth, ras, BY_PASSWORD) == {
        "auth_token": TOKEN,
        "api_family": "legacy",
        "session": {"apply_settings_enabled": False, "connected_site_id": 1, "session_id": 7, "farm_name": "Farm"},
    }


@pytest.mark.parametrize("family", ["current", "legacy"])
def test_auth_with_a_fixed_generation_asks_nothing_more(family, ras):
    ras.log_on()
    result = run(ras_auth, ras, {**BY_PASSWORD, "api_family": family}, check_mode=True)
    assert (result["auth_token"], result["api_family"], result["session"]) == (TOKEN, family, {})


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("status", [200, 401])
def test_auth_logs_off(status, check_mode, ras):
    ras.log_off(status=status)
    assert run(ras_auth, ras, {**BY_TOKEN, "state": "absent"}, check_mode=check_mode).get("changed", False) is False


def test_auth_closes_what_it_opened_when_it_fails(ras):
    ras.log_on().on("GET", "/api/RDS/Host", status=500).log_off()
    with pytest.raises(errors.ServerFaultError):
        run(ras_auth, ras, BY_PASSWORD)


def test_auth_reports_the_first_fault_when_the_logoff_fails_too(ras):
    ras.log_on().on("GET", "/api/RDS/Host", status=500).log_off(error=httpx.ReadError("reset"))
    with pytest.raises(errors.ServerFaultError):
        run(ras_auth, ras, BY_PASSWORD)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({**BY_PASSWORD, "state": "absent"}, "state=absent needs auth_token"),
        (BY_TOKEN, "username and password"),
    ],
)
def test_auth_with_the_wrong_credentials_for_its_state(args, words, ras):
    with pytest.raises(errors.BadInputError, match=words):
        run(ras_auth, ras, args)


# ras_settings_apply


@pytest.mark.parametrize(
    ("told", "applied", "waiting"),
    [
        ({"applySettingsEnabled": True}, True, True),
        ({"applySettingsEnabled": False}, False, False),
        ({"applySettingsEnabled": "false"}, False, False),
        ({"applySettingsEnabled": "perhaps"}, True, None),
        ({}, True, None),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_apply_when_something_waits_or_nobody_knows(told, applied, waiting, check_mode, ras):
    ras.log_on(**told)
    if applied and not check_mode:
        ras.on("POST", "/api/Settings/apply", status=204)
    ras.log_off()
    result = run(ras_settings_apply, ras, BY_PASSWORD, check_mode=check_mode)
    assert result == {"changed": applied, "applied": applied, "waiting": waiting}


@pytest.mark.parametrize("status", [200, 202, 204])
def test_apply_with_a_token(status, ras):
    ras.on("POST", "/api/Settings/apply", status=status)
    assert run(ras_settings_apply, ras, BY_TOKEN) == {"changed": True, "applied": True, "waiting": None}


def test_apply_whose_answer_is_lost_is_not_sent_again(ras):
    ras.on("POST", "/api/Settings/apply", error=httpx.ReadTimeout("x"))
    with pytest.raises(errors.TimeLimitError):
        run(ras_settings_apply, ras, {**BY_TOKEN, "retries": 3})
