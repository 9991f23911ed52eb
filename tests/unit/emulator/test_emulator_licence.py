# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The licence: the documented Licensing Sample, and a licence that comes and goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import emulator.ras
from emulator.ras.licence import LicenceAccount

# Names and values of the sample; the documents cover account holder, address and key.
SAMPLE = {
    "usageToday": "0",
    "currPeriodUsage": "0",
    "billingPeriodStart": "03/05/2019 05:30",
    "billingPeriodEnd": "02/06/2019 05:30",
    "paUserName": None,
    "paCompanyName": "Parallels",
    "paUserEmail": None,
    "licenseKey": None,
    "supportExpireDate": "23/03/2021",
    "upgradeInsurance": "23/03/2021",
    "licenseFirstActive": "21/02/2018 12:39",
    "licenseStatus": "",
    "licenseType": "Parallels Remote Application Server SPLA",
    "expiryDate": "21/02/2021",
    "installedUsers": "",
    "usersPeak": "0",
    "usersLicenseInfo": "0",
    "gracePeriodState": "",
    "gracePeriodDaysLeft": "",
    "type": 3,
}
ACCOUNT = {"email": "licenses@example.test", "password": "license-pass"}
WRONG = {"email": "licenses@example.test", "password": "something else"}
WRONG_ACCOUNT = {"code": 0, "msg": "invalid login or password"}
NO_KEY = {"code": 0, "msg": "Failed to Deactivate - Product not activated with a license key."}
FIXTURE = Path(emulator.ras.__file__).parent / "fixtures" / "licensing_sample" / "license.json"


def licence(server):
    response = server.call("GET", "/api/License")
    assert response.status_code == 200
    return response.json()


def assert_sample(shown):
    assert list(shown) == list(SAMPLE)
    assert {name: shown[name] for name, value in SAMPLE.items() if value is not None} == {
        name: value for name, value in SAMPLE.items() if value is not None
    }
    assert isinstance(shown["type"], int)
    assert all(shown[name] for name in ("paUserName", "paUserEmail", "licenseKey"))


@pytest.mark.parametrize("family", ["legacy", "current"])
def test_licensing_sample(launch, family):
    server = launch(farm_options={"farm": "sample", "family": family}).log_on()
    activate = server.call("POST", "/api/License/activate", {**WRONG, "key": "0000-0000"})
    assert (activate.status_code, activate.json()) == (400, WRONG_ACCOUNT)
    assert_sample(licence(server))
    deactivate = server.call("POST", "/api/License/deactivate", WRONG)
    assert (deactivate.status_code, deactivate.json()) == (400, NO_KEY)
    assert server.state()["waiting_for_apply"] is False
    assert server.call("POST", "/api/Session/logoff").status_code == 200


def test_the_fixture_is_the_sample():
    assert_sample(json.loads(FIXTURE.read_text(encoding="utf-8")))


@pytest.mark.parametrize("family", ["legacy", "current"])
def test_life(launch, family):
    server = launch(farm_options={"farm": "empty", "family": family}).log_on()
    blank = licence(server)
    assert list(blank) == list(SAMPLE)
    assert {value for name, value in blank.items() if name != "type"} == {""}
    assert server.call("POST", "/api/License/deactivate", ACCOUNT).json() == NO_KEY

    activate = server.call("POST", "/api/License/activate", {**ACCOUNT, "key": "1234-5678-ABCD"})
    assert (activate.status_code, activate.content) == (200, b"")
    shown = licence(server)
    assert shown["licenseType"] == SAMPLE["licenseType"]
    assert shown["paUserEmail"] == ACCOUNT["email"]
    assert "5678" not in shown["licenseKey"]
    assert shown["licenseKey"].endswith("ABCD")
    assert server.state()["waiting_for_apply"] is False

    refused = server.call("POST", "/api/License/deactivate", WRONG)
    assert (refused.status_code, refused.json()) == (400, WRONG_ACCOUNT)
    assert licence(server) == shown
    deactivate = server.call("POST", "/api/License/deactivate", ACCOUNT)
    assert (deactivate.status_code, deactivate.content) == (200, b"")
    assert licence(server) == blank


@pytest.mark.parametrize("body", [ACCOUNT, {**ACCOUNT, "key": None}])
def test_without_a_key_it_is_a_trial(launch, body):
    server = launch(farm_options={"farm": "empty"}).log_on()
    assert server.call("POST", "/api/License/activate", body).status_code == 200
    shown = licence(server)
    # A name of the v21 page.
    assert (shown["licenseType"], shown["licenseKey"]) == ("NormalTrial", "")
    assert server.call("POST", "/api/License/deactivate", ACCOUNT).json() == NO_KEY


def test_the_demo_farm_can_be_deactivated(current):
    assert_sample(licence(current))
    assert current.call("POST", "/api/License/deactivate", ACCOUNT).status_code == 200
    assert licence(current)["licenseType"] == ""


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("activate", {"password": "x"}, "email"),
        ("activate", {"email": "a@b"}, "password"),
        ("activate", {**ACCOUNT, "key": 5}, "key"),
        ("activate", {**ACCOUNT, "key": " "}, "key"),
        ("activate", {**ACCOUNT, "macAddress": "x"}, "macAddress"),
        ("deactivate", {"email": "", "password": "x"}, "email"),
        ("deactivate", {**ACCOUNT, "key": "x"}, "key"),
    ],
)
def test_refused_bodies(current, name, body, field):
    response = current.call("POST", f"/api/License/{name}", body)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


@pytest.mark.parametrize(("text", "status"), [("true", 200), ("False", 200), ("perhaps", 400)])
def test_use_cache_is_a_flag(current, text, status):
    assert current.call("GET", f"/api/License?UseCache={text}").status_code == status


@pytest.mark.parametrize(
    ("state", "kind", "removable"),
    [("none", "", False), ("trial", "NormalTrial", False), ("key", SAMPLE["licenseType"], True)],
)
def test_state_at_the_start(launch, state, kind, removable):
    server = launch(farm_options={"licence": state}).log_on()
    assert licence(server)["licenseType"] == kind
    assert (server.call("POST", "/api/License/deactivate", ACCOUNT).status_code == 200) is removable


def test_account(launch):
    account = LicenceAccount("me@example.test", "größe")
    server = launch(farm_options={"farm": "empty", "licence_account": account}).log_on()
    assert server.call("POST", "/api/License/activate", {**ACCOUNT, "key": "1"}).json() == WRONG_ACCOUNT
    mine = {"email": "ME@example.test", "password": "größe"}
    assert server.call("POST", "/api/License/activate", mine).status_code == 200
    assert server.call("POST", "/api/License/activate", {**mine, "password": "GRÖSSE"}).status_code == 400


def test_behind_the_clients_back(current):
    def update(**body):
        return current.control("POST", "update", {"resource": "license", "id": 1, "body": body})

    assert update(state="none").json()["licenseType"] == ""
    assert licence(current)["licenseType"] == ""
    assert update(state="key", gracePeriodDaysLeft="7").status_code == 200
    shown = licence(current)
    assert (shown["licenseType"], shown["gracePeriodDaysLeft"]) == (SAMPLE["licenseType"], "7")
    assert update(state="stolen").status_code == 400
    assert current.state()["waiting_for_apply"] is False
