# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ras_rds_host_pool and its info module. Expectations: schema RDSHostPool, endpoints.yaml, issue section 1.

That the request for the members takes the ids of all of them as rdsObject is assumed, see the module.
"""

from __future__ import annotations

import httpx
import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._ras.fields import RDS_HOST_POOL
from ansible_collections.deskops.vdi.plugins.modules import ras_rds_host_pool, ras_rds_host_pool_info
from unit.support.tasks import BY_TOKEN, run

PATH = "/api/RDS/HostPool"
HOSTS = [{"id": number, "server": f"rds-0{number}.example.test", "siteId": 1, "enabled": True} for number in (1, 2, 3)]
POOL = {
    "id": 5,
    "siteId": 1,
    "name": "Office",
    "enabled": True,
    "description": "",
    "autoscale": False,
    "workLoadToDrain": 20,
    "inheritDefaultAgentSettings": True,
    "adminLastMod": "administrator",
}
IN_SITE = {"Name": "Office", "SiteId": "1"}


def ask(ras, check_mode=False, **args):
    given = {**BY_TOKEN, "api_family": "current", "name": "Office", **args}
    return run(ras_rds_host_pool, ras, given, check_mode=check_mode, diff=True)


def info(ras, **args):
    return run(ras_rds_host_pool_info, ras, {**BY_TOKEN, "api_family": "current", **args})["rds_host_pools"]


def listed(ras, *pools, query=None):
    return ras.on("GET", PATH, query=query or {"Name": "Office"}, json=list(pools))


def members(ras, *names):
    return ras.on("GET", f"{PATH}/5/Members", json=[host for host in HOSTS if host["server"] in names])


def hosts(ras, site="1"):
    return ras.on("GET", "/api/RDS/Host", query={"SiteId": site} if site else None, json=HOSTS)


def sites(ras):
    return ras.on("GET", "/api/Site", json=[{"id": 1, "name": "Main", "licensingSite": True}, {"id": 2, "name": "B"}])


# Fields


def test_the_table_has_every_documented_field_but_the_nested_one():
    documented = {
        "adminCreate", "adminLastMod", "autoscale", "description", "drainRemainsBelowSec", "enabled", "id",
        "inheritDefaultAgentSettings", "inheritDefaultAppPackageSettings", "inheritDefaultAutoUpgradeSettings",
        "inheritDefaultDesktopAccessSettings", "inheritDefaultPrinterSettings", "inheritDefaultUserProfileSettings",
        "maxServersFromTemplate", "minServersFromTemplate", "name", "rasTemplateId", "rasTemplateVersionId",
        "removeServersAfterDrainAndPowerOff", "serversToAddPerRequest", "siteId", "timeCreate", "timeLastMod",
        "workLoadThreshold", "workLoadToDrain",
    }  # fmt: skip
    assert {field.api for field in RDS_HOST_POOL} == documented


def test_nothing_to_change_is_one_read(ras):
    listed(ras, POOL, query=IN_SITE)
    result = ask(ras, site="1", enabled=True, work_load_to_drain=20)
    assert (result["changed"], result["rds_host_pool"]["id"]) == (False, 5)
    assert "members" not in result["rds_host_pool"]


def test_create_sends_enabled_when_asked(ras):
    listed(ras, query=IN_SITE)
    ras.on("POST", PATH, body={"name": "Office", "siteId": 1, "enabled": True}, status=201, json=POOL)
    assert ask(ras, site="1", enabled=True)["changed"] is True


def test_create_leaves_enabled_to_the_server_when_not_asked(ras):
    listed(ras)
    ras.on("POST", PATH, body={"name": "Office"}, status=201, json={**POOL, "enabled": False})
    assert ask(ras)["rds_host_pool"]["enabled"] is False


def test_other_fields_follow_with_one_put(ras):
    listed(ras)
    ras.on("POST", PATH, body={"name": "Office", "description": "New"}, status=201, json={**POOL, "description": "New"})
    ras.on("PUT", f"{PATH}/5", body={"autoscale": True}, status=204)
    ras.on("GET", f"{PATH}/5", json={**POOL, "description": "New", "autoscale": True})
    assert ask(ras, description="New", autoscale=True)["rds_host_pool"]["autoscale"] is True


def test_the_name_is_found_in_any_letter_case(ras):
    listed(ras, POOL)
    assert ask(ras)["changed"] is False


def test_pools_of_one_name_in_two_sites(ras):
    listed(ras, POOL, {**POOL, "id": 6, "siteId": 2})
    with pytest.raises(errors.BadInputError, match=r"2 RDS host pools are named Office \(id 5 in site 1, .*Set site"):
        ask(ras)


def test_remove(ras):
    listed(ras, POOL).on("DELETE", f"{PATH}/5", status=204)
    assert ask(ras, state="absent", members=["rds-01.example.test"])["changed"] is True


def test_a_legacy_server_has_no_pools(ras):
    with pytest.raises(errors.BadInputError, match="legacy API, which documents no RDS host pools"):
        ask(ras, api_family="legacy")


def test_a_server_without_pools_is_explained(ras):
    ras.on("GET", PATH, query={"Name": "Office"}, status=404).on("GET", PATH, status=404)
    with pytest.raises(errors.NotFoundError, match=r"Only servers of the current API .* have RDS host pools"):
        ask(ras, api_family="auto")


def test_the_generation_need_not_be_known(ras):
    listed(ras, POOL)
    assert ask(ras, api_family="auto")["changed"] is False


# Members


def test_members_that_are_in_already(ras):
    listed(ras, POOL)
    members(ras, "rds-01.example.test", "rds-02.example.test")
    result = ask(ras, members=["RDS-01.example.test"])
    assert result["changed"] is False
    assert result["rds_host_pool"]["members"] == ["rds-01.example.test", "rds-02.example.test"]


def test_members_are_added_to_those_that_are_there(ras):
    listed(ras, POOL)
    members(ras, "rds-01.example.test")
    hosts(ras)
    ras.on("PUT", f"{PATH}/5/Members", body={"rdsObject": [1, 3]}, status=204)
    ras.on("GET", f"{PATH}/5", json=POOL)
    members(ras, "rds-01.example.test", "rds-03.example.test")
    result = ask(ras, members=["RDS-03.example.test"])
    assert result["rds_host_pool"]["members"] == ["rds-01.example.test", "rds-03.example.test"]
    assert result["diff"]["before"]["members"] == ["rds-01.example.test"]
    assert result["diff"]["after"]["members"] == ["rds-01.example.test", "rds-03.example.test"]


def test_exactly_these_members(ras):
    listed(ras, POOL)
    members(ras, "rds-01.example.test", "rds-02.example.test")
    hosts(ras)
    ras.on("PUT", f"{PATH}/5/Members", body={"ids": [2]}, status=204)
    ras.on("GET", f"{PATH}/5", json=POOL)
    members(ras, "rds-02.example.test")
    ask(ras, members=["rds-02.example.test"], members_exact=True, members_field="ids")


def test_no_member_at_all(ras):
    listed(ras, POOL)
    members(ras, "rds-01.example.test")
    hosts(ras)
    ras.on("PUT", f"{PATH}/5/Members", body={"rdsObject": []}, status=204)
    ras.on("GET", f"{PATH}/5", json=POOL)
    members(ras)
    assert ask(ras, members=[], members_exact=True)["rds_host_pool"]["members"] == []


def test_fields_and_members_change_together(ras):
    listed(ras, POOL)
    members(ras)
    hosts(ras)
    ras.on("PUT", f"{PATH}/5", body={"enabled": False}, status=204)
    ras.on("PUT", f"{PATH}/5/Members", body={"rdsObject": [1]}, status=204)
    ras.on("GET", f"{PATH}/5", json={**POOL, "enabled": False})
    members(ras, "rds-01.example.test")
    assert ask(ras, enabled=False, members=["rds-01.example.test"])["changed"] is True


def test_refused_members_tell_what_was_changed_before_them(ras):
    listed(ras, POOL)
    members(ras)
    hosts(ras)
    ras.on("PUT", f"{PATH}/5", body={"description": "New"}, status=204)
    ras.on("PUT", f"{PATH}/5/Members", body={"rdsObject": [1]}, status=400)
    told = r"^RDS host pool Office was changed \(description\), but then this failed: PUT "
    with pytest.raises(errors.RefusedValueError, match=told) as caught:
        ask(ras, description="New", members=["rds-01.example.test"])
    assert caught.value.done == {"changed": True}


def test_members_refused_after_nothing_else_are_no_change(ras):
    listed(ras, POOL)
    members(ras)
    hosts(ras)
    ras.on("PUT", f"{PATH}/5/Members", body={"rdsObject": [1]}, status=400)
    with pytest.raises(errors.RefusedValueError, match=r"^PUT ") as caught:
        ask(ras, members=["rds-01.example.test"])
    assert caught.value.done == {}


def test_a_new_pool_gets_its_members(ras):
    names = ["rds-02.example.test", "rds-03.example.test"]
    listed(ras)
    hosts(sites(ras))
    ras.on("POST", PATH, body={"name": "Office"}, status=201, json=POOL)
    ras.on("PUT", f"{PATH}/5/Members", body={"rdsObject": [2, 3]}, status=204)
    ras.on("GET", f"{PATH}/5", json=POOL)
    members(ras, *names)
    assert ask(ras, members=names)["rds_host_pool"]["members"] == names


@pytest.mark.parametrize(
    ("now", "ids"), [([{"id": 9, "server": "elsewhere"}], [9, 2]), ([HOSTS[0], {"id": 9, "server": "x"}], [1, 2, 9])]
)
def test_members_that_the_list_of_hosts_does_not_show_stay(now, ids, ras):
    """The account may not see them, or they were moved to another site."""
    listed(ras, POOL).on("GET", f"{PATH}/5/Members", json=now)
    hosts(ras)
    ras.on("PUT", f"{PATH}/5/Members", body={"rdsObject": ids}, status=204)
    ras.on("GET", f"{PATH}/5", json=POOL).on("GET", f"{PATH}/5/Members", json=[*now, HOSTS[1]])
    assert ask(ras, members=["rds-02.example.test"])["changed"] is True


@pytest.mark.parametrize("row", [{"id": 9}, {"server": "x"}, {"id": 9, "server": 7}])
def test_a_member_without_name_or_id(row, ras):
    listed(ras, POOL).on("GET", f"{PATH}/5/Members", json=[row])
    with pytest.raises(errors.UnexpectedAnswerError, match="without a name or an id"):
        ask(ras, members=["rds-02.example.test"])


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_host_of_another_site_than_the_new_pools_is_told_before_anything_is_written(check_mode, ras):
    """A pool without a site is added to the licensing site (assumed)."""
    listed(ras)
    if check_mode:
        ras.on("GET", PATH, json=[])
    hosts(sites(ras))
    ras.on("GET", "/api/RDS/Host", json=[*HOSTS, {"id": 8, "server": "B", "siteId": 2}])
    with pytest.raises(errors.BadInputError, match=r"the RDS server b is in site 2, .*There are: rds-01"):
        ask(ras, members=["b"], check_mode=check_mode)


def test_an_unknown_member_is_told_before_anything_is_written(ras):
    listed(ras)
    hosts(sites(ras)).on("GET", "/api/RDS/Host", json=HOSTS)
    with pytest.raises(errors.BadInputError, match=r"no RDS server rds-9\. There are: rds-01\.example\.test, "):
        ask(ras, members=["rds-9"])


def test_an_unknown_member_may_be_planned_in_check_mode(ras, warnings):
    listed(ras).on("GET", PATH, json=[])
    hosts(sites(ras)).on("GET", "/api/RDS/Host", json=HOSTS)
    # One look at the sites, at those of the pool's site, and at all of them, however many are missing.
    result = ask(ras, check_mode=True, members=["rds-9", "rds-8", "rds-01.example.test"])
    members = ["rds-01.example.test", "rds-8", "rds-9"]
    assert (result["changed"], result["rds_host_pool"]["members"]) == (True, members)
    assert "as if the server were added before" in warnings[0]


def test_check_mode_writes_nothing(ras):
    listed(ras, POOL)
    members(ras)
    hosts(ras)
    result = ask(ras, check_mode=True, members=["rds-01.example.test"])
    assert (result["changed"], result["rds_host_pool"]["members"]) == (True, ["rds-01.example.test"])


def test_members_that_the_server_did_not_take(ras, warnings):
    listed(ras, POOL)
    members(ras)
    hosts(ras)
    ras.on("PUT", f"{PATH}/5/Members", body={"rdsObject": [1]}, status=204)
    ras.on("GET", f"{PATH}/5", json=POOL)
    members(ras)
    ask(ras, members=["rds-01.example.test"])
    assert "did not take every value: members is []" in warnings[0]


def test_a_lost_answer_is_settled_by_reading(ras):
    listed(ras, POOL)
    members(ras)
    hosts(ras)
    ras.on("PUT", f"{PATH}/5/Members", body={"rdsObject": [1]}, error=httpx.ReadTimeout("x"))
    ras.on("GET", f"{PATH}/5", json=POOL)
    members(ras, "rds-01.example.test")
    assert ask(ras, members=["rds-01.example.test"])["changed"] is True


def test_exactly_nothing_said_is_a_slip(ras):
    with pytest.raises(errors.BadInputError, match="members_exact: it needs members"):
        ask(ras, members_exact=True)


# Info


def test_info_lists_all(ras):
    ras.on("GET", PATH, json=[POOL, {**POOL, "id": 6, "name": "Lab"}])
    assert [(pool["id"], pool["name"]) for pool in info(ras)] == [(5, "Office"), (6, "Lab")]


def test_info_with_members(ras):
    listed(ras, POOL)
    members(ras, "rds-01.example.test")
    (pool,) = info(ras, name="Office", gather_members=True)
    assert [host["server"] for host in pool["members"]] == ["rds-01.example.test"]


def test_info_by_id_that_is_not_there(ras):
    ras.on("GET", f"{PATH}/9", status=404)
    assert info(ras, id=9) == []
