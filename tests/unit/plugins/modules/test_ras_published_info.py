# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ras_published_info: what it asks and returns. Expectations: schema PubItem, enum PubItemType, endpoints."""

from __future__ import annotations

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.modules import ras_published_info
from unit.support.tasks import BY_TOKEN, facts, make_task, run

ALL = "/api/PubItems"
APPS = f"{ALL}/Apps/RDS"
FOLDERS = f"{ALL}/Folders"
OFFICE = {"id": 10, "type": 1, "name": "Office", "parentId": 0}
TOOLS = {"id": 11, "type": 1, "name": "Tools", "parentId": 10}
EDITOR = {**facts("ras_published")["app"], "id": 12, "parentId": 11, "winType": 1}
PAINTER = {**EDITOR, "id": 13, "name": "Painter", "parentId": 0}
REMOTE = {"id": 14, "type": 9, "name": "Cloud", "parentId": 10, "enabledMode": 2}
ITEMS = [OFFICE, TOOLS, EDITOR, PAINTER, REMOTE]


def ask(ras, **args):
    return run(ras_published_info, ras, {**BY_TOKEN, "api_family": "current", **args})["published_items"]


def names(items):
    return [item["name"] for item in items]


def test_all_kinds_with_their_folders_are_one_request(ras):
    ras.on("GET", ALL, json=ITEMS)
    items = ask(ras)
    assert [(item["type"], item["name"], item["folder"]) for item in items] == [
        ("Folder", "Office", "/"),
        ("Folder", "Tools", "Office"),
        ("RDSApp", "Text Editor", "Office/Tools"),
        ("RDSApp", "Painter", "/"),
        ("AVDDesktop", "Cloud", "Office"),
    ]
    assert (items[2]["win_type"], items[4]["enabled_mode"]) == ("Maximized", "Maintenance")


def test_messages_by_language(ras):
    ras.on("GET", ALL, json=[{**OFFICE, "maintenanceMessages": {"maintenanceMessage_pt_BR": "Volto já."}}])
    assert ask(ras)[0]["maintenance_messages"] == {"pt_br": "Volto já."}


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ({"name": "TEXT editor"}, ["Text Editor"]),
        ({"folder": "office/tools"}, ["Text Editor"]),
        ({"folder": "Office"}, ["Tools", "Cloud"]),
        ({"folder": "/"}, ["Office", "Painter"]),
        ({"parent_id": 10}, ["Tools", "Cloud"]),
        ({"id": 14}, ["Cloud"]),
        ({"id": 99}, []),
        ({"name": "Tools", "folder": "/"}, []),
    ],
)
def test_some_items(args, found, ras):
    ras.on("GET", ALL, json=ITEMS)
    assert names(ask(ras, **args)) == found


def test_applications_of_a_site(ras):
    ras.on("GET", APPS, query={"Name": "Painter", "SiteId": "2"}, json=[PAINTER])
    (app,) = ask(ras, type="app", name="Painter", site="2")
    assert (app["name"], app["folder"]) == ("Painter", "/")


def test_folders_are_read_where_an_application_is_in_one(ras):
    ras.on("GET", APPS, json=[EDITOR, PAINTER]).on("GET", FOLDERS, json=[OFFICE, TOOLS])
    assert [app["folder"] for app in ask(ras, type="app")] == ["Office/Tools", "/"]


def test_applications_of_a_folder(ras):
    ras.on("GET", APPS, json=[PAINTER]).on("GET", FOLDERS, json=[OFFICE, TOOLS])
    assert ask(ras, type="app", folder="Office") == []


def test_folders_are_one_request(ras):
    ras.on("GET", FOLDERS, json=[OFFICE, TOOLS])
    assert [(item["name"], item["folder"]) for item in ask(ras, type="folder", name="tools")] == [("Tools", "Office")]


def test_desktops(ras):
    ras.on("GET", f"{ALL}/Desktops/RDS", json=[])
    assert ask(ras, type="desktop") == []


def test_one_object_for_a_list_is_understood(ras):
    ras.on("GET", ALL, json=OFFICE)
    assert names(ask(ras)) == ["Office"]


def test_a_folder_that_is_not_listed_stands_as_its_id(ras):
    ras.on("GET", ALL, json=[TOOLS, EDITOR])
    assert [item["folder"] for item in ask(ras)] == ["(id 10)", "(id 10)/Tools"]


def test_unknown_folder(ras):
    ras.on("GET", ALL, json=ITEMS)
    with pytest.raises(errors.BadInputError, match=r"no published folder Ofice\. There are: Office, Office/Tools"):
        ask(ras, folder="Ofice")


def test_unknown_site(ras):
    ras.on("GET", "/api/Site", json=facts("basic_sample")["sites"])
    with pytest.raises(errors.BadInputError, match="there is no site 'nowhere'"):
        ask(ras, site="nowhere")


@pytest.mark.parametrize("kind", ["all", "app"])
@pytest.mark.parametrize("family", ["auto", "legacy"])
def test_legacy_lists_its_applications(family, kind, ras):
    if family == "auto":
        ras.on("GET", APPS if kind == "app" else ALL, status=404)
    ras.on("GET", "/api/pubrdsapps", json=[{**EDITOR, "parentId": 0}])
    assert [(item["name"], item["folder"]) for item in ask(ras, api_family=family, type=kind)] == [("Text Editor", "/")]


def test_legacy_does_not_ask_for_folders(ras):
    ras.on("GET", "/api/pubrdsapps", json=[EDITOR])
    assert [item["folder"] for item in ask(ras, api_family="legacy")] == ["(id 11)"]


@pytest.mark.parametrize("args", [{"type": "folder"}, {"type": "desktop"}, {"folder": "Office"}])
def test_legacy_has_neither_folders_nor_desktops(args, ras):
    if "folder" in args:
        ras.on("GET", "/api/pubrdsapps", json=[])
    with pytest.raises(errors.BadInputError, match="legacy API, which documents no published"):
        ask(ras, api_family="legacy", **args)


@pytest.mark.parametrize("other", [{"name": "x"}, {"folder": "x"}, {"parent_id": 1}, {"site": "1"}])
def test_an_id_excludes_other_filters(other, ras):
    with pytest.raises(AssertionError, match="mutually exclusive"):
        make_task(ras_published_info, ras, {**BY_TOKEN, "id": 1, **other})
