# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Published items: the documented Publishing Sample, their life in both families, the tree of folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import emulator.ras

FOLDER = Path(emulator.ras.__file__).parent / "fixtures" / "publishing_sample"
# What the sample prints before it is cut: names in their order, and what is neither off nor empty nor 0.
SAMPLE_NAMES = [
    "publishFromServer", "publishFromGroup", "perServerAttributes", "publishFrom", "enableFileExtensions",
    "inheritDisplayDefaultSettings", "replicateDisplaySettings", "startMaximized", "startFullscreen",
    "waitForPrinters", "waitForPrintersTimeout", "colorDepth", "inheritLicenseDefaultSettings",
    "replicateLicenseSettings", "replicateFileExtensionSettings", "replicateDefaultServerSettings",
    "disableSessionSharing", "oneInstancePerUser", "conCurrentLicenses", "licenseLimitNotify", "fileExtensions",
    "winType", "parameters", "startIn", "target", "startOnLogon", "excludePrelaunch",
    "inheritShortcutDefaultSettings", "replicateShortcutSettings", "createShortcutOnDesktop",
    "createShortcutInStartFolder", "createShortcutInStartUpFolder", "startPath", "name", "type", "parentId",
    "previousId", "description", "enabled", "publishToSite", "userFilterEnabled", "userFilterReplicate",
    "allowedUsers", "clientFilterEnabled", "clientFilterReplicate", "allowedClients", "ipFilterEnabled",
    "ipFilterReplicate", "allowedIP4s", "allowedIP6s", "macFilterEnabled", "macFilterReplicate", "allowedMACs",
    "gwFilterEnabled",
]  # fmt: skip
SAMPLE_VALUES = {
    "inheritDisplayDefaultSettings": True,
    "startMaximized": True,
    "startFullscreen": True,
    "waitForPrintersTimeout": 20,
    "colorDepth": 5,
    "inheritLicenseDefaultSettings": True,
    "target": "notepad.exe",
    "inheritShortcutDefaultSettings": True,
    "createShortcutOnDesktop": True,
    "startPath": "RAS Remote Desktops & Applications\\%Groups%",
    "name": "Text Editor",
    "type": 2,
    "enabled": True,
    "publishToSite": [1],
}
# The page of published items up to where it is cut, in its order.
ITEM_FIELDS = [
    "id", "adminCreate", "adminLastMod", "timeCreate", "timeLastMod", "maintenanceMessages", "inheritMaintenance",
    "replicateMaintenance", "name", "type", "parentId", "previousId", "description", "enabledMode", "enabled",
    "publishToSite", "userFilterEnabled", "allowedUsers", "clientFilterEnabled", "allowedClients", "ipFilterEnabled",
    "allowedIP4s", "allowedIP6s", "macFilterEnabled", "allowedMACs",
]  # fmt: skip
MESSAGES = [
    f"maintenanceMessage_{language}"
    for language in (
        "en_US", "ja_JP", "fr_FR", "es_ES", "it_IT", "pt_BR", "nl_NL", "zh_TW", "zh_CN", "ko_KR", "de_DE",
    )
]  # fmt: skip
FOLDERS, APPS, DESKTOPS = "/api/PubItems/Folders", "/api/PubItems/Apps/RDS", "/api/PubItems/Desktops/RDS"
# Collection, what is below the id, PubItemType, a body to create one.
KINDS = [
    (FOLDERS, "Folders", 1, {"name": "New"}),
    (APPS, "Apps/RDS", 2, {"name": "New", "target": "new.exe"}),
    (DESKTOPS, "Desktops/RDS", 3, {"name": "New"}),
]


def names(server, path):
    return [one["name"] for one in server.call("GET", path).json()]


def add(server, path, **body):
    response = server.call("POST", path, body)
    assert response.status_code == 201, response.text
    return response.json()["id"]


def test_publishing_sample(launch):
    server = launch(farm_options={"family": "legacy", "farm": "sample"}).log_on()
    request = json.loads((FOLDER / "new_app_request.json").read_text(encoding="utf-8"))
    assert request == {"target": "notepad.exe", "name": "Text Editor"}
    response = server.call("POST", "/api/pubrdsapps", request)
    assert response.status_code == 201
    app = response.json()
    assert list(app)[: len(SAMPLE_NAMES)] == SAMPLE_NAMES
    printed = {name: app[name] for name in SAMPLE_NAMES}
    assert {name: value for name, value in printed.items() if value} == SAMPLE_VALUES
    # As text, so that 0, false, "" and [] are told apart.
    expected = json.loads((FOLDER / "new_app.json").read_text(encoding="utf-8"))
    assert json.dumps(printed) == json.dumps(expected)


def test_the_fixture_is_the_sample():
    shown = json.loads((FOLDER / "new_app.json").read_text(encoding="utf-8"))
    assert list(shown) == SAMPLE_NAMES
    assert {name: value for name, value in shown.items() if value} == SAMPLE_VALUES
    numbers = {name for name, value in shown.items() if value == 0 and value is not False}
    assert numbers == {"publishFrom", "conCurrentLicenses", "licenseLimitNotify", "winType", "parentId", "previousId"}
    assert {name for name, value in shown.items() if value == ""} == {"parameters", "startIn", "description"}


def test_life_of_a_legacy_app(legacy):
    before = legacy.call("GET", "/api/pubrdsapps").json()
    new = legacy.call("POST", "/api/pubrdsapps", {"target": "new.exe", "name": "New"}).json()
    one = f"/api/pubrdsapps/{new['id']}"
    assert legacy.call("GET", one).json() == new
    assert legacy.call("GET", "/api/pubrdsapps").json() == [*before, new]
    assert legacy.call("PUT", one, {"winType": 1, "publishFrom": 2, "publishFromServer": [1]}).status_code == 204
    assert legacy.call("GET", one).json() == {**new, "winType": 1, "publishFrom": 2, "publishFromServer": [1]}
    assert legacy.call("POST", "/api/pubrdsapps", {"target": "x", "name": "NEW"}).status_code == 409
    assert legacy.call("DELETE", one).status_code == 204
    assert legacy.call("GET", "/api/pubrdsapps").json() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x"}, "target"),
        ({"target": "x"}, "name"),
        ({"name": "x", "target": "x", "description": "x"}, "description"),
        ({"name": "x", "target": ""}, "target"),
    ],
)
def test_refused_legacy_creates(legacy, body, field):
    response = legacy.call("POST", "/api/pubrdsapps", body)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


@pytest.mark.parametrize("path", ["/api/PubItems", FOLDERS, APPS, DESKTOPS])
def test_legacy_has_applications_alone(legacy, path):
    assert legacy.call("GET", path).status_code == 404


def test_current_has_no_legacy_path(current):
    assert current.call("GET", "/api/pubrdsapps").status_code == 404


@pytest.mark.parametrize(("path", "part", "kind", "body"), KINDS)
def test_life(current, path, part, kind, body):
    before = names(current, path)
    created = current.call("POST", path, {**body, "siteId": "2", "parentId": 1, "description": "fresh"})
    assert created.status_code == 201
    item = created.json()
    assert list(item)[: len(ITEM_FIELDS)] == ITEM_FIELDS
    assert list(item["maintenanceMessages"]) == MESSAGES
    assert (item["type"], item["parentId"], item["publishToSite"], item["description"]) == (kind, 1, [2], "fresh")
    assert (item["enabledMode"], item["enabled"]) == (1, True)
    one = f"/api/PubItems/{item['id']}/{part}"
    assert current.call("GET", one).json() == item
    assert names(current, path) == [*before, "New"]

    update = current.call("PUT", one, {"description": "changed", "name": "Renamed"})
    assert (update.status_code, update.content) == (204, b"")
    after = current.call("GET", one).json()
    assert {name for name in item if after[name] != item[name]} == {"description", "name", "timeLastMod"}
    for other in {"Folders", "Apps/RDS", "Desktops/RDS"} - {part}:
        assert current.call("GET", f"/api/PubItems/{item['id']}/{other}").status_code == 404

    delete = current.call("DELETE", one)
    assert (delete.status_code, delete.content) == (204, b"")
    assert current.call("GET", one).status_code == 404
    assert names(current, path) == before


def test_application_fields_on_create(current):
    fields = {"parameters": "/p", "startIn": "C:\\", "winType": 2, "startOnLogon": True, "publishFrom": 1}
    body = {"name": "New", "target": "new.exe", "publishFromGroup": [1, 2], **fields}
    item = current.call("POST", APPS, body).json()
    assert {name: item[name] for name in body} == body
    # What the sample prints for an application stands here too, but for the filters that the newer page lacks.
    own = SAMPLE_NAMES[: SAMPLE_NAMES.index("name")]
    assert set(own) <= set(item)
    fresh = {name: SAMPLE_VALUES[name] for name in own if name in SAMPLE_VALUES and name != "target"}
    assert {name: item[name] for name in fresh} == fresh


def test_desktop_fields(current):
    fields = {
        "publishFrom": 2,
        "publishFromServer": [1],
        "publishFromGroup": [],
        "desktopSize": 1,
        "width": 1024,
        "height": 768,
        "connectToConsole": True,
        "startOnLogon": True,
        "allowMultiMonitor": True,
    }
    item = current.call("POST", DESKTOPS, {"name": "New", **fields}).json()
    assert {name: item[name] for name in fields} == fields


def test_folder_fields(current):
    assert current.call("POST", FOLDERS, {"name": "New", "adminOnly": True}).json()["adminOnly"] is True


def test_null_counts_as_left_out_on_create(current):
    item = current.call("POST", APPS, {"name": "New", "target": "x", "parentId": None, "enabledMode": None}).json()
    assert (item["parentId"], item["enabledMode"]) == (0, 1)
    assert current.call("PUT", f"/api/PubItems/{item['id']}/Apps/RDS", {"parentId": None}).status_code == 400


def test_messages_are_flat_on_write_and_nested_on_read(current):
    item = current.call("POST", FOLDERS, {"name": "New", "maintenanceMessage_en_US": "Back soon"}).json()
    one = f"/api/PubItems/{item['id']}/Folders"
    assert item["maintenanceMessages"]["maintenanceMessage_en_US"] == "Back soon"
    assert current.call("PUT", one, {"maintenanceMessage_de_DE": "Bald zurück"}).status_code == 204
    shown = current.call("GET", one).json()
    assert {name: text for name, text in shown["maintenanceMessages"].items() if text} == {
        "maintenanceMessage_en_US": "Back soon",
        "maintenanceMessage_de_DE": "Bald zurück",
    }
    assert "maintenanceMessage_en_US" not in shown
    # Two languages are missing on the page of creates.
    assert current.call("PUT", one, {"maintenanceMessage_ko_KR": "곧"}).status_code == 204
    # Another item's texts are its own.
    assert set(current.call("GET", "/api/PubItems/1/Folders").json()["maintenanceMessages"].values()) == {""}


@pytest.mark.parametrize(
    ("written", "mode", "enabled"),
    [
        ({"enabledMode": 0}, 0, False),
        ({"enabledMode": 2}, 2, False),
        ({"enabled": False}, 0, False),
        ({"enabled": False, "enabledMode": 1}, 1, True),
    ],
)
def test_enabled_mode_and_its_forerunner(current, written, mode, enabled):
    number = add(current, FOLDERS, name="New", **written)
    shown = current.call("GET", f"/api/PubItems/{number}/Folders").json()
    assert (shown["enabledMode"], shown["enabled"]) == (mode, enabled)
    current.call("PUT", f"/api/PubItems/{number}/Folders", {"enabledMode": 1})
    current.call("PUT", f"/api/PubItems/{number}/Folders", written)
    shown = current.call("GET", f"/api/PubItems/{number}/Folders").json()
    assert (shown["enabledMode"], shown["enabled"]) == (mode, enabled)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (FOLDERS, {}, "name"),
        (FOLDERS, {"name": None}, "name"),
        (FOLDERS, {"name": "x" * 256}, "name"),
        (FOLDERS, {"name": "x", "type": 1}, "type"),
        (FOLDERS, {"name": "x", "target": "x"}, "target"),
        (FOLDERS, {"name": "x", "maintenanceMessages": {}}, "maintenanceMessages"),
        (FOLDERS, {"name": "x", "maintenanceMessage_en_US": ""}, "maintenanceMessage_en_US"),
        (FOLDERS, {"name": "x", "maintenanceMessage_ko_KR": "x"}, "maintenanceMessage_ko_KR"),
        (FOLDERS, {"name": "x", "enabledMode": 3}, "enabledMode"),
        (FOLDERS, {"name": "x", "parentId": 99}, "parentId"),
        (FOLDERS, {"name": "x", "parentId": 4}, "parentId"),  # an application
        (APPS, {"name": "x"}, "target"),
        (APPS, {"name": "x", "target": "x", "publishFrom": 3}, "publishFrom"),
        (APPS, {"name": "x", "target": "x", "publishFromServer": ["1"]}, "publishFromServer"),
        (APPS, {"name": "x", "target": "x", "winType": -1}, "winType"),
        (APPS, {"name": "x", "target": "x", "id": 5}, "id"),
        (DESKTOPS, {"name": "x", "target": "x"}, "target"),
        (DESKTOPS, {"name": "x", "width": "wide"}, "width"),
    ],
)
def test_refused_creates(current, path, body, field):
    before = current.call("GET", "/api/PubItems").json()
    response = current.call("POST", path, body)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert current.call("GET", "/api/PubItems").json() == before


def test_an_unknown_site(current):
    assert current.call("POST", FOLDERS, {"name": "x", "siteId": 99}).status_code == 404


def test_names_are_unique_in_a_folder_and_kind(current):
    number = add(current, APPS, name="Twin", target="x", parentId=1)
    assert current.call("POST", APPS, {"name": "TWIN", "target": "y", "parentId": 1}).status_code == 409
    assert add(current, APPS, name="Twin", target="x", parentId=2) != number
    add(current, DESKTOPS, name="Twin", parentId=1)
    # The tree moves as well as it grows.
    assert current.call("PUT", f"/api/PubItems/{number}/Apps/RDS", {"parentId": 2}).status_code == 409
    assert current.call("PUT", f"/api/PubItems/{number}/Apps/RDS", {"parentId": 3}).status_code == 204


def test_a_folder_cannot_move_into_itself(current):
    outer = add(current, FOLDERS, name="Outer")
    inner = add(current, FOLDERS, name="Inner", parentId=outer)
    for parent in (outer, inner, 99):
        response = current.call("PUT", f"/api/PubItems/{outer}/Folders", {"parentId": parent})
        assert (response.status_code, list(response.json()["errors"])) == (400, ["parentId"])
    assert current.call("PUT", f"/api/PubItems/{inner}/Folders", {"parentId": 0}).status_code == 204
    assert current.call("PUT", f"/api/PubItems/{outer}/Folders", {"parentId": inner}).status_code == 204


@pytest.mark.parametrize("path", ["/api/PubItems/{}", "/api/PubItems/{}/Folders"])
def test_a_folder_takes_with_it_what_it_holds(current, path):
    before = current.call("GET", "/api/PubItems").json()
    outer = add(current, FOLDERS, name="Outer")
    inner = add(current, FOLDERS, name="Inner", parentId=outer)
    add(current, APPS, name="Deep", target="x", parentId=inner)
    add(current, DESKTOPS, name="Deep", parentId=outer)
    assert current.call("DELETE", path.format(outer)).status_code == 204
    assert current.call("GET", "/api/PubItems").json() == before
    # All names are free again.
    add(current, FOLDERS, name="Outer")


def test_any_item_can_be_deleted_by_its_id_alone(current):
    number = add(current, DESKTOPS, name="New")
    response = current.call("DELETE", f"/api/PubItems/{number}")
    assert (response.status_code, response.content) == (204, b"")
    assert current.call("DELETE", f"/api/PubItems/{number}").status_code == 404


def test_items_of_all_kinds(current):
    every = current.call("GET", "/api/PubItems").json()
    assert all(list(one)[: len(ITEM_FIELDS)] == ITEM_FIELDS for one in every)
    assert not any("target" in one for one in every)
    assert [one["id"] for one in every] == list(range(1, 9))
    assert [one["type"] for one in every] == [1, 1, 1, 2, 2, 2, 3, 3]


@pytest.mark.parametrize(
    ("path", "query", "found"),
    [
        ("/api/PubItems", "?Name=ENGINEERING", ["Engineering"]),
        ("/api/PubItems", "?SiteId=2", []),
        (APPS, "?Name=paint", ["Paint"]),
        (APPS, "?SiteId=1", ["Calculator", "Paint", "Registry Editor"]),
        (APPS, "?SiteId=3", []),
        (FOLDERS, "", ["Office", "Engineering", "Tools"]),
        (DESKTOPS, "?Name=Paint", []),
    ],
)
def test_filters(current, path, query, found):
    assert names(current, f"{path}{query}") == found


def test_an_item_may_be_in_several_sites(current):
    number = add(current, APPS, name="Everywhere", target="x", publishToSite=[2, 3])
    for site, found in ((1, False), (2, True), (3, True)):
        assert ("Everywhere" in names(current, f"{APPS}?SiteId={site}")) is found
    current.call("PUT", f"/api/PubItems/{number}/Apps/RDS", {"publishToSite": [1]})
    assert names(current, f"{APPS}?SiteId=2") == []


@pytest.mark.parametrize(("path", "bare"), [("/api/PubItems", True), (APPS, True), (DESKTOPS, True), (FOLDERS, False)])
def test_a_single_item_may_come_without_its_array(launch, path, bare):
    server = launch(published_as_object=True, farm_options={"farm": "empty"}).log_on()
    assert server.call("GET", path).json() == []
    create = path if path != "/api/PubItems" else DESKTOPS
    body = {"name": "One", "target": "x"} if path == APPS else {"name": "One"}
    server.call("POST", create, body)
    found = server.call("GET", path).json()
    assert (found if bare else found[0])["name"] == "One"
    server.call("POST", create, {**body, "name": "Two"})
    assert names(server, path) == ["One", "Two"]
    assert isinstance(server.call("GET", f"{path}?Name=two").json(), dict if bare else list)


def test_writes_wait_for_apply(current):
    for method, path, body in (
        ("POST", APPS, {"name": "New", "target": "x"}),
        ("PUT", "/api/PubItems/4/Apps/RDS", {"enabledMode": 0}),
        ("DELETE", "/api/PubItems/4/Apps/RDS", None),
        ("DELETE", "/api/PubItems/1", None),
    ):
        assert current.call(method, path, body).is_success
        assert current.state()["waiting_for_apply"] is True
        current.call("POST", "/api/Settings/apply")


def test_a_large_farm(launch):
    server = launch(farm_options={"farm": "empty", "published": 300}).log_on()
    apps = server.call("GET", APPS).json()
    folders = {one["id"] for one in server.call("GET", FOLDERS).json()}
    assert len(apps) == 300
    assert len(folders) > 1
    assert {one["parentId"] for one in apps} == folders


def test_a_large_legacy_farm(launch):
    server = launch(farm_options={"farm": "empty", "published": 30, "family": "legacy"}).log_on()
    apps = server.call("GET", "/api/pubrdsapps").json()
    assert (len(apps), {one["parentId"] for one in apps}) == (30, {0})


@pytest.mark.parametrize(
    ("resource", "part"),
    [("published_folder", "Folders"), ("published_app", "Apps/RDS"), ("published_desktop", "Desktops/RDS")],
)
def test_behind_the_clients_back(current, resource, part):
    body = {"name": "Back", "parentId": 1, "siteId": 2, "description": "by another admin"}
    new = current.control("POST", "create", {"resource": resource, "body": body}).json()
    one = f"/api/PubItems/{new['id']}/{part}"
    shown = current.call("GET", one).json()
    assert (shown["name"], shown["parentId"], shown["publishToSite"]) == ("Back", 1, [2])
    update = {"resource": resource, "id": new["id"], "body": {"name": "Moved", "maintenanceMessage_en_US": "x"}}
    current.control("POST", "update", update)
    shown = current.call("GET", one).json()
    assert (shown["name"], shown["maintenanceMessages"]["maintenanceMessage_en_US"]) == ("Moved", "x")
    current.control("POST", "delete", {"resource": resource, "id": new["id"]})
    assert current.call("GET", one).status_code == 404
    assert current.state()["waiting_for_apply"] is False
