# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ras_license and ras_license_info. Expectations: the Licensing sample (notes.md section 11) and the schema License."""

from __future__ import annotations

import httpx
import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._ras.licence import is_activated
from ansible_collections.deskops.vdi.plugins.modules import ras_license, ras_license_info
from unit.support.tasks import BY_TOKEN, make_task, run

PATH = "/api/License"
KEY = "ABCD12-EFGH34-IJKL56-MNOP78"
# The sample's values; those that it does not show are made up.
SAMPLE = {
    "usageToday": "0",
    "currPeriodUsage": "0",
    "billingPeriodStart": "03/05/2019 05:30",
    "billingPeriodEnd": "02/06/2019 05:30",
    "paUserName": "Jane Doe",
    "paCompanyName": "Parallels",
    "paUserEmail": "licenses@example.test",
    "licenseKey": KEY,
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
NONE = {name: "" if isinstance(value, str) else 0 for name, value in SAMPLE.items()}
TRIAL = {**NONE, "licenseType": "NormalTrial", "licenseStatus": "Active"}
ACCOUNT = {"license_email": "licenses@example.test", "license_password": "of-the-account"}
BODY = {"email": "licenses@example.test", "password": "of-the-account"}
WRONG = {"code": 0, "msg": "invalid login or password"}
WITHOUT_KEY = {"code": 0, "msg": "Failed to Deactivate - Product not activated with a license key."}


def ask(ras, check_mode=False, **args):
    return run(ras_license, ras, {**BY_TOKEN, **ACCOUNT, **args}, check_mode=check_mode, diff=True)


def reads(ras, licence, fresh=False):
    return ras.on("GET", PATH, query={"UseCache": "false"} if fresh else None, json=licence)


def sends(ras, what, **answer):
    """The request as documented; the answer to a success is not."""
    key = answer.pop("key", None)
    body = {**BODY, "key": key} if key else BODY
    return ras.on("POST", f"{PATH}/{what}", body=body, **answer)


# The rule


@pytest.mark.parametrize(
    ("licence", "activated"),
    [
        (SAMPLE, True),
        (TRIAL, True),
        (NONE, False),
        ({}, False),
        ({**NONE, "licenseKey": " "}, False),
        ({**NONE, "licenseKey": None, "licenseType": None}, False),
        ({"LicenseKey": KEY}, True),
        ({**NONE, "licenseStatus": "Expired"}, False),
    ],
)
def test_what_counts_as_activated(licence, activated):
    assert is_activated(licence) is activated


# Activate


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_activate_with_a_key(status, ras, warnings):
    sends(reads(ras, NONE), "activate", key=KEY, status=status)
    reads(ras, SAMPLE, fresh=True)
    result = ask(ras, license_key=KEY)
    assert (result["changed"], result["activated"]) == (True, True)
    assert result["license"]["license_type"] == "Parallels Remote Application Server SPLA"
    assert result["diff"]["before"]["activated"] is False
    assert result["diff"]["after"]["activated"] is True
    assert (result["diff"]["before"]["license_key"], result["diff"]["after"]["license_key"]) == ("", "********")
    assert warnings == []


def test_activate_a_trial(ras):
    sends(reads(ras, NONE), "activate", json={"whatever": 1})
    reads(ras, TRIAL, fresh=True)
    result = ask(ras)
    assert (result["changed"], result["activated"], result["license"]["license_key"]) == (True, True, "")


def test_a_key_takes_the_place_of_a_trial(ras):
    sends(reads(ras, TRIAL), "activate", key=KEY)
    reads(ras, SAMPLE, fresh=True)
    assert ask(ras, license_key=KEY)["changed"] is True


@pytest.mark.parametrize(("licence", "key"), [(SAMPLE, KEY), (SAMPLE, "ANOTHER"), (SAMPLE, None), (TRIAL, None)])
def test_an_activated_farm_is_left_alone(licence, key, ras):
    reads(ras, licence)
    result = ask(ras, **({"license_key": key} if key else {}))
    assert (result["changed"], result["activated"], result["diff"]) == (False, True, {"before": {}, "after": {}})


def test_force_activates_again(ras):
    sends(reads(ras, SAMPLE), "activate", key="ANOTHER")
    reads(ras, {**SAMPLE, "licenseKey": "ANOTHER", "expiryDate": "21/02/2031"}, fresh=True)
    result = ask(ras, license_key="ANOTHER", force=True)
    assert result["changed"] is True
    assert result["diff"] == {
        "before": {"activated": True, "expiry_date": "21/02/2021"},
        "after": {"activated": True, "expiry_date": "21/02/2031"},
    }


def test_an_activation_that_does_not_show_is_a_warning(ras, warnings):
    sends(reads(ras, NONE), "activate", key=KEY)
    reads(ras, NONE, fresh=True)
    result = ask(ras, license_key=KEY)
    assert (result["changed"], result["activated"]) == (True, False)
    assert ["activation" in text and "license_key" in text for text in warnings] == [True]


def test_an_activation_that_cannot_be_looked_at_is_a_change_all_the_same(ras):
    sends(reads(ras, NONE), "activate", key=KEY)
    ras.on("GET", PATH, query={"UseCache": "false"}, status=500)
    with pytest.raises(errors.ServerFaultError, match=r"^The licence was activated, but then this failed: ") as caught:
        ask(ras, license_key=KEY)
    assert caught.value.done == {"changed": True}


# Deactivate


def test_deactivate(ras):
    sends(reads(ras, SAMPLE), "deactivate")
    reads(ras, NONE, fresh=True)
    result = ask(ras, state="deactivated", license_key=KEY)
    assert (result["changed"], result["activated"], result["license"]["license_type"]) == (True, False, "")


def test_nothing_to_deactivate(ras):
    reads(ras, NONE)
    assert ask(ras, state="deactivated")["changed"] is False


# The two documented failures, in the server's words


def test_wrong_account(ras):
    sends(reads(ras, NONE), "activate", key=KEY, status=400, json=WRONG)
    with pytest.raises(errors.RefusedValueError) as caught:
        ask(ras, license_key=KEY)
    text = str(caught.value)
    for part in ("400", "invalid login or password", "license_email", "license_password", "license_key"):
        assert part in text
    assert caught.value.failure() == {
        "kind": "refused_value",
        "status": 400,
        "code": 0,
        "detail": "invalid login or password",
    }
    # Not the administrator's account, nor the token, is at fault.
    assert "auth_token" not in text


def test_deactivate_without_a_key(ras):
    sends(reads(ras, TRIAL), "deactivate", status=400, json=WITHOUT_KEY)
    with pytest.raises(errors.RefusedValueError) as caught:
        ask(ras, state="deactivated")
    for part in ("Failed to Deactivate - Product not activated with a license key.", "license_key", "license_email"):
        assert part in f"{caught.value}{caught.value.detail}"
    assert caught.value.detail == WITHOUT_KEY["msg"]


# Sent once


@pytest.mark.parametrize(
    ("state", "what", "before", "after"),
    [("activated", "activate", NONE, TRIAL), ("deactivated", "deactivate", SAMPLE, NONE)],
)
def test_a_lost_answer_is_settled_by_reading(state, what, before, after, ras):
    sends(reads(ras, before), what, error=httpx.ReadTimeout("x"))
    reads(ras, after, fresh=True)
    assert ask(ras, state=state)["changed"] is True
    assert ras.sent.count(f"POST {PATH}/{what}") == 1


def test_a_lost_answer_without_the_effect(ras):
    sends(reads(ras, NONE), "activate", error=httpx.ReadTimeout("x"))
    reads(ras, NONE, fresh=True)
    with pytest.raises(errors.TimeLimitError, match="not sent a second time"):
        ask(ras)


def test_a_lost_answer_with_force_tells_nothing(ras):
    sends(reads(ras, SAMPLE), "activate", key="ANOTHER", error=httpx.ReadTimeout("x"))
    reads(ras, SAMPLE, fresh=True)
    with pytest.raises(errors.TimeLimitError, match="not sent a second time"):
        ask(ras, license_key="ANOTHER", force=True)


# Check mode


@pytest.mark.parametrize(
    ("licence", "args", "changed", "activated"),
    [
        (NONE, {}, True, True),
        (SAMPLE, {}, False, True),
        (SAMPLE, {"force": True}, True, True),
        (SAMPLE, {"state": "deactivated"}, True, False),
        (NONE, {"state": "deactivated"}, False, False),
    ],
)
def test_check_mode_reads_only(licence, args, changed, activated, ras):
    reads(ras, licence)
    result = ask(ras, check_mode=True, **args)
    assert (result["changed"], result["activated"]) == (changed, activated)
    assert ras.sent == [f"GET {PATH}"]


# Options


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"license_email": ""}, "license_email is empty"),
        ({"license_password": " "}, "license_password is empty"),
        ({"license_key": ""}, "license_key is empty.*leave it out"),
        ({"state": "deactivated", "force": True}, "force: "),
    ],
)
def test_refused_before_the_first_request(args, words, ras):
    with pytest.raises(errors.BadInputError, match=words):
        ask(ras, **args)


def test_password_and_key_are_secrets_of_the_task(ras):
    task = make_task(ras_license, ras, {**BY_TOKEN, **ACCOUNT, "license_key": KEY})
    assert {"of-the-account", KEY} <= task.secrets


# The key in results


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        (KEY, "********"),
        ("", ""),
        ("******-******-******-MNOP78", "******-******-******-MNOP78"),
        ("xxxxxx-xxxxxx-xxxxxx-MNOP78", "xxxxxx-xxxxxx-xxxxxx-MNOP78"),
        ("AXXB12-EFGH34", "********"),
    ],
)
def test_a_key_is_masked_unless_the_server_did_it(key, shown, ras):
    reads(ras, {**SAMPLE, "licenseKey": key})
    assert run(ras_license_info, ras, BY_TOKEN)["license"]["license_key"] == shown


# Info


def test_the_sample_in_our_names(ras):
    reads(ras, SAMPLE)
    result = run(ras_license_info, ras, BY_TOKEN)
    assert result["activated"] is True
    assert len(result["license"]) == len(SAMPLE)
    assert {name: result["license"][name] for name in ("type", "expiry_date", "users_peak", "pa_company_name")} == {
        "type": 3,
        "expiry_date": "21/02/2021",
        "users_peak": "0",
        "pa_company_name": "Parallels",
    }


@pytest.mark.parametrize(("use_cache", "query"), [(True, "true"), (False, "false")])
def test_the_cache(use_cache, query, ras):
    ras.on("GET", PATH, query={"UseCache": query}, json=SAMPLE)
    run(ras_license_info, ras, {**BY_TOKEN, "use_cache": use_cache})


@pytest.mark.parametrize("family", ["current", "legacy"])
def test_no_generation_is_asked_for(family, ras):
    reads(ras, NONE)
    assert run(ras_license_info, ras, {**BY_TOKEN, "api_family": family})["activated"] is False
