# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ras_published_app and ras_published_desktop, which differ in the path and in `target` alone.

Expectations: the start of the Publishing Sample (schema PubRDSApp_sample), schemas PubItem and NewPubRDSApp, endpoints.
"""

from __future__ import annotations

import httpx
import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._ras import fields
from ansible_collections.deskops.vdi.plugins.modules import ras_published_app, ras_published_desktop
from unit.support.tasks import BY_TOKEN, facts, make_task, run

SAMPLE = facts("ras_published")
LEGACY_APP = {**SAMPLE["app"], "id": 12}
TYPES = {bool: "bool", int: "int", str: "str", list: "list"}

APPS = "/api/PubItems/Apps/RDS"
DESKTOPS = "/api/PubItems/Desktops/RDS"
FOLDERS = "/api/PubItems/Folders"
NAMED = {"Name": "Text Editor"}
MESSAGES = dict.fromkeys(SAMPLE["messages"], "")
APP = {**LEGACY_APP, "enabledMode": 1, "inheritMaintenance": True, "maintenanceMessages": MESSAGES}
DESKTOP = {
    **{api: APP[api] for api in (*SAMPLE["item_fields"], "publishFrom", "publishFromServer") if api in APP},
    "id": 20,
    "type": 3,
    "name": "Full Desktop",
}
OFFICE = {"id": 10, "type": 1, "name": "Office", "parentId": 0}
TOOLS = {"id": 11, "type": 1, "name": "Tools", "parentId": 10}
HOSTS = [{"id": number, "server": f"rds-0{number}.example.test", "siteId": 1} for number in (1, 2)]


def ask(ras, check_mode=False, **args):
    given = {**BY_TOKEN, "api_family": "current", "name": "Text Editor", **args}
    return run(ras_published_app, ras, given, check_mode=check_mode, diff=True)


def desktop(ras, check_mode=False, **args):
    given = {**BY_TOKEN, "name": "Full Desktop", **args}
    return run(ras_published_desktop, ras, given, check_mode=check_mode, diff=True)


def listed(ras, *apps, query=None):
    return ras.on("GET", APPS, query=query or NAMED, json=list(apps))


def unfiltered(ras, *apps):
    """The look of a run that writes nothing, where the server's filter found nothing: it may mind the letter case."""
    return ras.on("GET", APPS, json=list(apps))


def folders(ras, *rows):
    return ras.on("GET", FOLDERS, json=list(rows or (OFFICE, TOOLS)))


# Fields


@pytest.mark.parametrize("api", [api for api in SAMPLE["app"] if fields.PUBLISHED_APP.by_api(api)])
def test_fields_of_the_sample_have_its_types(api):
    field = fields.PUBLISHED_APP.by_api(api)
    assert field.api == api
    assert field.type == TYPES[type(SAMPLE["app"][api])] or field.enum


def test_sample_fields_without_an_option_are_deprecated_or_objects():
    """Filters are deprecated; the others are lists of objects, or replication of settings that v20 no longer shows."""
    left = {api for api in SAMPLE["app"] if fields.PUBLISHED_APP.by_api(api) is None}
    filters = {api for api in left if "Filter" in api or api.startswith("allowed")}
    replicated = {api for api in left if api.startswith("replicate")}
    assert left - filters - replicated == {"perServerAttributes", "fileExtensions"}


@pytest.mark.parametrize("table", ["PUBLISHED_APP", "PUBLISHED_DESKTOP", "PUBLISHED_FOLDER", "PUBLISHED_ITEM"])
def test_all_kinds_have_the_fields_of_a_published_item(table):
    missing = {api for api in SAMPLE["item_fields"] if getattr(fields, table).by_api(api) is None}
    assert {api for api in missing if not ("Filter" in api or api.startswith("allowed"))} == set()


def test_languages_of_the_messages():
    assert {f"{fields.MESSAGE_PREFIX}{language}" for language in fields.MESSAGE_LANGUAGES} == set(MESSAGES)
    shown = {api for api in SAMPLE["new_app_fields"] if api.startswith(fields.MESSAGE_PREFIX)}
    assert {f"{fields.MESSAGE_PREFIX}{language}" for language in fields.NEW_MESSAGE_LANGUAGES} == shown


# Publish


def test_legacy_sends_the_documented_request(ras):
    ras.on("GET", "/api/pubrdsapps", json=[])
    ras.on("POST", "/api/pubrdsapps", body=SAMPLE["request"], status=201, json=LEGACY_APP)
    result = ask(ras, api_family="legacy", target="notepad.exe")
    app = result["published_app"]
    assert (result["changed"], app["id"], app["type"], app["publish_from"]) == (True, 12, "RDSApp", "All")
    assert (app["win_type"], app["create_shortcut_on_desktop"]) == ("Normal", True)


def test_legacy_sends_no_more_than_that_at_first(ras):
    ras.on("GET", "/api/pubrdsapps", json=[])
    ras.on("POST", "/api/pubrdsapps", body=SAMPLE["request"], status=201, json=LEGACY_APP)
    ras.on("PUT", "/api/pubrdsapps/12", body={"enabled": False, "previousId": 4}, status=204)
    ras.on("GET", "/api/pubrdsapps", json=[{**LEGACY_APP, "enabled": False, "previousId": 4}])
    args = {"target": "notepad.exe", "enabled": False, "previous_id": 4, "parent_id": 0}
    assert ask(ras, api_family="legacy", **args)["published_app"]["enabled"] is False


@pytest.mark.parametrize("check_mode", [False, True])
def test_legacy_publishes_at_the_top_alone(check_mode, ras):
    ras.on("GET", "/api/pubrdsapps", json=[LEGACY_APP])
    with pytest.raises(errors.BadInputError, match="parent_id: no source shows"):
        ask(ras, check_mode, api_family="legacy", target="notepad.exe", parent_id=7)


def test_current_sends_the_same_to_its_own_path(ras):
    listed(ras).on("POST", APPS, body=SAMPLE["request"], status=201, json=APP)
    assert ask(ras, target="notepad.exe")["published_app"]["enabled_mode"] == "Enabled"


def test_the_generation_is_found_by_the_list_of_applications(ras):
    ras.on("GET", APPS, status=404).on("GET", "/api/pubrdsapps", json=[LEGACY_APP])
    assert ask(ras, api_family="auto")["changed"] is False


@pytest.mark.parametrize("check_mode", [False, True])
def test_target_is_needed_to_publish(check_mode, ras):
    listed(ras)
    if check_mode:
        unfiltered(ras)
    with pytest.raises(errors.BadInputError, match=r"target: .*Text Editor is not published yet"):
        ask(ras, check_mode=check_mode, enabled=True)


def test_what_the_documents_show_goes_with_the_first_request_and_the_rest_follows(ras, warnings):
    folders_after = {"Name": "Text Editor", "SiteId": "1"}
    ras.on("GET", APPS, query=folders_after, json=[])
    ras.on("GET", FOLDERS, query={"SiteId": "1"}, json=[OFFICE, TOOLS])
    body = {
        "name": "Text Editor",
        "siteId": 1,
        "parentId": 11,
        "enabledMode": 2,
        "target": "notepad.exe",
        "maintenanceMessage_en_US": "Later.",
    }
    made = {
        **APP,
        "parentId": 11,
        "enabledMode": 2,
        "maintenanceMessages": {**MESSAGES, "maintenanceMessage_en_US": "Later."},
    }
    ras.on("POST", APPS, body=body, status=201, json=made)
    rest = {"winType": 1, "maintenanceMessage_ko_KR": "나중에.", "description": "Writes"}
    ras.on("PUT", "/api/PubItems/12/Apps/RDS", body=rest, status=204)
    messages = {**made["maintenanceMessages"], "maintenanceMessage_ko_KR": "나중에."}
    end = {**made, "winType": 1, "description": "Writes", "maintenanceMessages": messages}
    ras.on("GET", "/api/PubItems/12/Apps/RDS", json=end)
    result = ask(
        ras,
        folder="office / TOOLS",
        site="1",
        target="notepad.exe",
        enabled_mode="maintenance",
        win_type="Maximized",
        description="Writes",
        maintenance_messages={"en_us": "Later.", "ko_kr": "나중에."},
    )
    assert warnings == []
    shown = result["published_app"]["maintenance_messages"]
    assert (shown["en_us"], shown["ko_kr"], shown["de_de"], len(shown)) == ("Later.", "나중에.", "", 11)
    assert result["diff"]["after"]["maintenance_messages"] == {"en_us": "Later.", "ko_kr": "나중에."}


def test_check_mode_tells_what_would_be_published(ras):
    listed(ras)
    folders(ras)
    unfiltered(ras)
    result = ask(ras, check_mode=True, folder="Office", target="notepad.exe", enabled_mode="Enabled")
    assert result["published_app"] == {
        "id": None,
        "name": "Text Editor",
        "parent_id": 10,
        "target": "notepad.exe",
        "enabled_mode": "Enabled",
    }


def test_lost_answer_is_settled_by_reading(ras):
    listed(ras).on("POST", APPS, body=SAMPLE["request"], error=httpx.ReadTimeout("x"))
    ras.on("GET", APPS, json=[APP])
    assert ask(ras, target="notepad.exe")["changed"] is True


# The folder


def test_without_a_folder_the_item_is_found_in_any(ras):
    """Nothing is published a second time at the top because it is elsewhere."""
    listed(ras, {**APP, "parentId": 11})
    assert ask(ras, target="notepad.exe")["changed"] is False


def test_without_a_folder_several_are_an_error_that_says_where(ras):
    listed(ras, APP, {**APP, "id": 13, "parentId": 11})
    folders(ras)
    with pytest.raises(errors.BadInputError) as caught:
        ask(ras, target="notepad.exe")
    for part in ("2 published applications", "id 12 in folder /", "id 13 in folder Office/Tools", "Set folder"):
        assert part in str(caught.value)


@pytest.mark.parametrize("folder", ["/", "", " / "])
def test_the_top_can_be_named(folder, ras):
    listed(ras, {**APP, "id": 13, "parentId": 11}, APP)
    assert ask(ras, folder=folder)["published_app"]["id"] == 12


@pytest.mark.parametrize("folder", ["Office/Tools", "/office/TOOLS/"])
def test_the_item_of_the_folder_is_taken(folder, ras):
    listed(ras, APP, {**APP, "id": 13, "parentId": 11})
    folders(ras)
    assert ask(ras, folder=folder)["published_app"]["id"] == 13


def test_one_of_the_name_elsewhere_is_another_item(ras):
    listed(ras, {**APP, "parentId": 11})
    folders(ras)
    ras.on("POST", APPS, body={**SAMPLE["request"], "parentId": 10}, status=201, json={**APP, "id": 14, "parentId": 10})
    assert ask(ras, folder="Office", target="notepad.exe")["published_app"]["id"] == 14


@pytest.mark.parametrize(("parent_id", "body"), [(11, {"parentId": 11}), (0, {})])
def test_the_folder_by_its_id_needs_no_list_of_folders(parent_id, body, ras):
    listed(ras)
    made = {**APP, "parentId": parent_id}
    ras.on("POST", APPS, body={**SAMPLE["request"], **body}, status=201, json=made)
    assert ask(ras, parent_id=parent_id, target="notepad.exe")["published_app"]["parent_id"] == parent_id


def test_unknown_folder_names_those_that_are_there(ras):
    listed(ras)
    folders(ras)
    with pytest.raises(
        errors.BadInputError, match=r"no published folder Office/Tolls\. There are: Office, Office/Tools"
    ):
        ask(ras, folder="Office/Tolls", target="notepad.exe")


def test_unknown_folder_in_check_mode_is_a_warning(ras, warnings):
    listed(ras)
    folders(ras)
    unfiltered(ras)
    result = ask(ras, check_mode=True, folder="New", target="notepad.exe")
    assert result["changed"] is True
    assert len(warnings) == 1
    assert "no published folder New" in warnings[0]


@pytest.mark.parametrize("row", [[], [APP]])
def test_nothing_is_in_a_folder_that_is_not_there(row, ras):
    listed(ras, *row)
    if row:
        folders(ras)
    unfiltered(ras, *row)
    assert ask(ras, folder="New", state="absent") == {
        "changed": False,
        "published_app": None,
        "diff": {"before": {}, "after": {}},
    }


def test_two_folders_of_one_path(ras):
    listed(ras, APP)
    folders(ras, OFFICE, {**OFFICE, "id": 30})
    with pytest.raises(errors.BadInputError, match=r"2 published folders are called Office \(ids 10, 30\)"):
        ask(ras, folder="Office")


def test_id_and_folder_must_agree(ras):
    ras.on("GET", "/api/PubItems/12/Apps/RDS", json=APP)
    folders(ras)
    with pytest.raises(errors.BadInputError, match="id and folder disagree"):
        ask(ras, id=12, folder="Office")


def test_an_id_in_a_folder_that_is_not_there_removes_nothing(ras):
    ras.on("GET", "/api/PubItems/12/Apps/RDS", json=APP)
    folders(ras)
    with pytest.raises(errors.BadInputError, match="no published folder New"):
        ask(ras, id=12, folder="New", state="absent")


def test_legacy_has_no_folders(ras):
    ras.on("GET", "/api/pubrdsapps", json=[LEGACY_APP])
    with pytest.raises(errors.BadInputError, match="legacy API, which documents no published folders"):
        ask(ras, api_family="legacy", folder="Office")


# The site


@pytest.mark.parametrize("family", ["current", "auto"])
def test_the_site_is_a_filter_of_the_server(family, ras):
    """Items do not tell their site, so the filter must be sent, also where the generation has to be found first."""
    if family == "auto":
        ras.on("GET", APPS, json=[])
    listed(ras, query={**NAMED, "SiteId": "2"})
    ras.on("POST", APPS, body={**SAMPLE["request"], "siteId": 2}, status=201, json=APP)
    assert ask(ras, api_family=family, site="2", target="notepad.exe")["changed"] is True


# Change


def test_converged_is_one_read(ras):
    listed(ras, APP)
    result = ask(
        ras, target="notepad.exe", enabled_mode="Enabled", win_type=0, maintenance_messages={"en_us": ""}, parameters=""
    )
    assert result["changed"] is False


def test_one_object_for_a_list_is_understood(ras):
    ras.on("GET", APPS, query=NAMED, json=APP)
    assert ask(ras, target="notepad.exe")["changed"] is False


def test_a_setting_is_sent_with_its_switch(ras):
    listed(ras, APP)
    body = {"createShortcutOnDesktop": False, "inheritShortcutDefaultSettings": False}
    ras.on("PUT", "/api/PubItems/12/Apps/RDS", body=body, status=204)
    ras.on("GET", "/api/PubItems/12/Apps/RDS", json={**APP, **body})
    result = ask(ras, create_shortcut_on_desktop=False)
    assert result["diff"]["before"] == {
        "name": "Text Editor",
        "parent_id": 0,
        "id": 12,
        "create_shortcut_on_desktop": True,
        "inherit_shortcut_default_settings": True,
    }


def test_a_value_that_is_in_place_but_inherited_is_no_match(ras):
    listed(ras, APP)
    body = {"inheritLicenseDefaultSettings": False}
    ras.on("PUT", "/api/PubItems/12/Apps/RDS", body=body, json={**APP, **body})
    assert ask(ras, one_instance_per_user=False)["changed"] is True


def test_only_the_messages_that_differ_are_sent(ras):
    now = {**APP, "maintenanceMessages": {**MESSAGES, "maintenanceMessage_en_US": "Later."}}
    listed(ras, now)
    ras.on("PUT", "/api/PubItems/12/Apps/RDS", body={"maintenanceMessage_fr_FR": "Plus tard."}, status=204)
    both = {**now["maintenanceMessages"], "maintenanceMessage_fr_FR": "Plus tard."}
    ras.on("GET", "/api/PubItems/12/Apps/RDS", json={**now, "maintenanceMessages": both})
    result = ask(ras, maintenance_messages={"en_us": "Later.", "fr_fr": "Plus tard."})
    assert result["diff"]["before"]["maintenance_messages"]["fr_fr"] == ""
    assert result["diff"]["after"]["maintenance_messages"]["fr_fr"] == "Plus tard."
    assert result["published_app"]["maintenance_messages"]["en_us"] == "Later."


def test_check_mode_writes_nothing(ras):
    listed(ras, APP)
    result = ask(ras, check_mode=True, win_type="Minimized", maintenance_messages={"en_us": "Later."})
    assert (result["changed"], result["published_app"]["win_type"]) == (True, "Minimized")
    assert result["published_app"]["maintenance_messages"]["en_us"] == "Later."


def test_legacy_is_changed_by_analogy(ras):
    ras.on("GET", "/api/pubrdsapps", json=[LEGACY_APP])
    ras.on("PUT", "/api/pubrdsapps/12", body={"enabled": False}, status=204)
    ras.on("GET", "/api/pubrdsapps", json=[{**LEGACY_APP, "enabled": False}])
    assert ask(ras, api_family="legacy", enabled=False)["published_app"]["enabled"] is False


@pytest.mark.parametrize(
    ("args", "option"),
    [({"enabled_mode": "Enabled"}, "enabled_mode"), ({"maintenance_messages": {"en_us": "x"}}, "maintenance_messages")],
)
@pytest.mark.parametrize("rows", [[], [LEGACY_APP]])
def test_legacy_has_no_maintenance(rows, args, option, ras):
    ras.on("GET", "/api/pubrdsapps", json=rows)
    with pytest.raises(errors.BadInputError, match=f"{option}: this server speaks the legacy API"):
        ask(ras, api_family="legacy", target="notepad.exe", **args)


# Published from


def hosts(ras, query=None):
    return ras.on("GET", "/api/RDS/Host", query=query, json=HOSTS)


def test_servers_by_name(ras):
    listed(ras, APP)
    hosts(ras)
    body = {"publishFrom": 2, "publishFromServer": [2, 1]}
    ras.on("PUT", "/api/PubItems/12/Apps/RDS", body=body, json={**APP, **body})
    names = ["RDS-02.example.test", "rds-01.example.test", "rds-02.example.test"]
    result = ask(ras, publish_from_servers=names)
    assert (result["published_app"]["publish_from"], result["diff"]["before"]["publish_from"]) == ("Server", "All")


def test_servers_in_another_order_are_no_change(ras):
    listed(ras, {**APP, "publishFrom": 2, "publishFromServer": [2, 1]}, query={**NAMED, "SiteId": "1"})
    hosts(ras, {"SiteId": "1"})
    servers = ["rds-01.example.test", "rds-02.example.test"]
    assert ask(ras, site="1", publish_from="server", publish_from_servers=servers)["changed"] is False


def test_pools_by_name(ras):
    listed(ras, APP)
    ras.on("GET", "/api/RDS/HostPool", json=[{"id": 3, "name": "Accounting", "siteId": 1}])
    body = {"publishFrom": 1, "publishFromGroup": [3]}
    ras.on("PUT", "/api/PubItems/12/Apps/RDS", body=body, json={**APP, **body})
    assert ask(ras, publish_from_pools=["accounting"])["published_app"]["publish_from_group"] == [3]


def test_back_to_all_servers(ras):
    listed(ras, {**APP, "publishFrom": 2, "publishFromServer": [2]})
    body = {"publishFrom": 0, "publishFromServer": []}
    ras.on("PUT", "/api/PubItems/12/Apps/RDS", body=body, json={**APP, **body})
    assert ask(ras, publish_from="All", publish_from_servers=[])["changed"] is True


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ({"publish_from": "All", "publish_from_servers": ["rds-01"]}, "publish_from is Server, but the task says All"),
        ({"publish_from": "Server", "publish_from_pools": ["x"]}, "publish_from is Group, but the task says Server"),
        ({"publish_from": "Server", "publish_from_servers": []}, "publish_from_servers: it is empty"),
        ({"publish_from_pools": []}, "publish_from_pools: it is empty"),
        ({"publish_from_servers": None}, "publish_from_servers: no source shows"),
        ({"maintenance_messages": None}, "maintenance_messages: no source shows"),
        ({"publish_from": "Nowhere"}, "publish_from: 'Nowhere' is none of All, Group, Server"),
        ({"settings": {"publishFromServer": [1]}}, "publish_from_servers"),
        ({"settings": {"MaintenanceMessage_en_us": "x"}}, "maintenance_messages"),
        ({"settings": {"parentId": 3}}, "an item is not moved"),
    ],
)
def test_contradictions_are_refused_before_any_request(args, text, ras):
    with pytest.raises(errors.BadInputError, match=text):
        ask(ras, target="notepad.exe", **args)


@pytest.mark.parametrize("rows", [[], [APP]])
def test_a_source_without_names(rows, ras):
    listed(ras, *rows)
    with pytest.raises(errors.BadInputError, match="publish_from: Server needs publish_from_servers"):
        ask(ras, target="notepad.exe", publish_from="Server")


def test_a_source_whose_names_are_there_already(ras):
    listed(ras, {**APP, "publishFrom": 2, "publishFromServer": [1]})
    assert ask(ras, publish_from="Server")["changed"] is False


def test_unknown_server(ras):
    listed(ras, APP)
    hosts(ras)
    with pytest.raises(errors.BadInputError, match=r"no RDS server rds-9\. There are: rds-01\.example\.test, rds-02"):
        ask(ras, publish_from_servers=["rds-9"])


def test_unknown_server_in_check_mode(ras, warnings):
    listed(ras, APP)
    hosts(ras)
    result = ask(ras, check_mode=True, publish_from_servers=["rds-01.example.test", "RDS-9"])
    assert result["published_app"]["publish_from_server"] == [1, "RDS-9"]
    assert "no RDS server RDS-9" in warnings[0]


def test_a_name_in_two_sites(ras):
    listed(ras, APP)
    ras.on("GET", "/api/RDS/HostPool", json=[{"id": site, "name": "Pool", "siteId": site} for site in (1, 2)])
    with pytest.raises(
        errors.BadInputError, match=r"publish_from_pools: several sites have one called pool \(RDS host pool\)"
    ):
        ask(ras, publish_from_pools=["Pool"])


def test_legacy_servers_have_no_pools(ras):
    ras.on("GET", "/api/pubrdsapps", json=[LEGACY_APP])
    with pytest.raises(errors.BadInputError, match="legacy API, which documents no RDS host pools"):
        ask(ras, api_family="legacy", publish_from_pools=["x"])


@pytest.mark.parametrize(
    "args",
    [
        {"enabled": True, "enabled_mode": "Enabled"},
        {"folder": "Office", "parent_id": 10},
        {"publish_from_servers": ["a"], "publish_from_pools": ["b"]},
        {"maintenance_messages": {"en_gb": "x"}},
    ],
)
def test_options_that_exclude_each_other(args, ras):
    with pytest.raises(AssertionError, match=r"mutually exclusive|en_gb"):
        make_task(ras_published_app, ras, {**BY_TOKEN, "name": "Text Editor", **args})


# Remove


def test_remove(ras):
    listed(ras, APP).on("DELETE", "/api/PubItems/12/Apps/RDS", status=204)
    result = ask(ras, state="absent")
    assert (result["changed"], result["diff"]["before"]["target"]) == (True, "notepad.exe")


def test_a_filter_that_minds_the_letter_case_hides_nothing(ras):
    unfiltered(listed(ras), {**APP, "name": APP["name"].upper()})
    ras.on("DELETE", "/api/PubItems/12/Apps/RDS", status=204)
    assert ask(ras, state="absent")["changed"] is True


def test_remove_again(ras):
    unfiltered(listed(ras))
    assert ask(ras, state="absent")["changed"] is False


# Desktops


def test_desktop_is_published_without_a_target(ras):
    ras.on("GET", DESKTOPS, query={"Name": "Full Desktop"}, json=[])
    ras.on("POST", DESKTOPS, body={"name": "Full Desktop", "enabledMode": 1}, status=201, json=DESKTOP)
    ras.on("PUT", "/api/PubItems/20/Desktops/RDS", body={"width": 1280, "height": 800}, status=204)
    ras.on("GET", "/api/PubItems/20/Desktops/RDS", json={**DESKTOP, "enabledMode": 1, "width": 1280, "height": 800})
    result = desktop(ras, enabled_mode=1, width=1280, height=800)
    assert (result["published_desktop"]["type"], result["published_desktop"]["width"]) == ("RDSDesktop", 1280)


def test_desktop_from_servers_finds_the_generation_with_their_list(ras):
    ras.on("GET", DESKTOPS, query={"Name": "Full Desktop"}, json=[DESKTOP])
    hosts(ras)
    body = {"publishFrom": 2, "publishFromServer": [1]}
    ras.on("PUT", "/api/PubItems/20/Desktops/RDS", body=body, json={**DESKTOP, **body})
    assert desktop(ras, publish_from_servers=["rds-01.example.test"])["changed"] is True


def test_desktop_is_removed(ras):
    ras.on("GET", DESKTOPS, query={"Name": "Full Desktop"}, json=[DESKTOP])
    ras.on("DELETE", "/api/PubItems/20/Desktops/RDS", status=204)
    assert desktop(ras, state="absent")["published_desktop"] is None


def test_legacy_has_no_desktops(ras):
    with pytest.raises(errors.BadInputError, match="legacy API, which documents no published desktops"):
        desktop(ras, api_family="legacy")
