# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Published items: the ladder of each kind through both doors, the Publishing Sample, and the role ras_publishing.

Expected values: the options that the tasks give, the documented request and answer of the Publishing Sample (schema
PubRDSApp_sample), and reference/ras/endpoints.yaml (PubItems).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from integration.support.doors import Farms, Pair, farms
from integration.support.runner import IN_PROCESS, Ansible, Run

HOSTS = [f"rds-bulk-{number:05}.example.test" for number in (1, 2)]
VARIABLES: dict[str, Any] = {
    "tools": {"name": "Tools", "folder": "Office", "admin_only": True},
    "tools_changed": {
        "name": "tools",
        "folder": "Office",
        "description": "For administrators",
        "enabled_mode": "Maintenance",
        "maintenance_messages": {"en_us": "Back on Monday."},
    },
    "first": {
        "name": "Text Editor",
        "folder": "Office/Tools",
        "site": "site1",
        "target": "notepad.exe",
        "enabled_mode": "Maintenance",
        "publish_from_servers": HOSTS[:1],
        "maintenance_messages": {"en_us": "Later.", "ko_kr": "나중에."},
    },
    "second": {
        "name": "text editor",
        "folder": "office/tools",
        "win_type": "Maximized",
        "publish_from_servers": [host.upper() for host in HOSTS],
        "create_shortcut_on_desktop": False,
        "maintenance_messages": {"en_us": "At noon."},
    },
    "third": {"name": "Text Editor", "publish_from_pools": ["office hosts"]},
    "desktop": {"name": "Full Desktop", "folder": "Office", "width": 1280, "height": 800, "enabled_mode": "Enabled"},
    "desktop_changed": {"name": "full desktop", "width": 1920, "height": 800, "publish_from_servers": HOSTS[1:]},
}
TASKS = """
- name: folder
  deskops.vdi.ras_published_folder: {name: Office, description: For all}
- name: check folder below
  deskops.vdi.ras_published_folder: "{{ tools }}"
  check_mode: true
- name: folder below
  deskops.vdi.ras_published_folder: "{{ tools }}"
- name: folder below again
  deskops.vdi.ras_published_folder: "{{ tools }}"
- name: check change of a folder
  deskops.vdi.ras_published_folder: "{{ tools_changed }}"
  check_mode: true
- name: change of a folder
  deskops.vdi.ras_published_folder: "{{ tools_changed }}"
- name: change of a folder again
  deskops.vdi.ras_published_folder: "{{ tools_changed }}"

- name: check create
  deskops.vdi.ras_published_app: "{{ first }}"
  check_mode: true
- name: create
  deskops.vdi.ras_published_app: "{{ first }}"
- name: create again
  deskops.vdi.ras_published_app: "{{ first }}"
- name: elsewhere is enough where no folder is named
  deskops.vdi.ras_published_app: {name: Text Editor, target: notepad.exe}
- name: check change
  deskops.vdi.ras_published_app: "{{ second }}"
  check_mode: true
- name: change
  deskops.vdi.ras_published_app: "{{ second }}"
- name: change again
  deskops.vdi.ras_published_app: "{{ second }}"
- name: a pool
  deskops.vdi.ras_rds_host_pool: {name: Office hosts, enabled: true}
- name: from a pool
  deskops.vdi.ras_published_app: "{{ third }}"
- name: from a pool again
  deskops.vdi.ras_published_app: "{{ third }}"
- name: the same name at the top
  deskops.vdi.ras_published_app: {name: Text Editor, folder: /, target: wordpad.exe}

- name: check desktop
  deskops.vdi.ras_published_desktop: "{{ desktop }}"
  check_mode: true
- name: desktop
  deskops.vdi.ras_published_desktop: "{{ desktop }}"
- name: desktop again
  deskops.vdi.ras_published_desktop: "{{ desktop }}"
- name: check change of a desktop
  deskops.vdi.ras_published_desktop: "{{ desktop_changed }}"
  check_mode: true
- name: change of a desktop
  deskops.vdi.ras_published_desktop: "{{ desktop_changed }}"
- name: change of a desktop again
  deskops.vdi.ras_published_desktop: "{{ desktop_changed }}"

- name: info
  deskops.vdi.ras_published_info:
- name: info of a folder
  deskops.vdi.ras_published_info: {type: app, folder: office/tools}
- name: info of nothing
  deskops.vdi.ras_published_info: {name: Painter}

- name: check delete
  deskops.vdi.ras_published_app: {name: Text Editor, folder: /, state: absent}
  check_mode: true
- name: delete
  deskops.vdi.ras_published_app: {name: Text Editor, folder: /, state: absent}
- name: delete again
  deskops.vdi.ras_published_app: {name: Text Editor, folder: /, state: absent}
- name: check delete the desktop
  deskops.vdi.ras_published_desktop: {name: Full Desktop, state: absent}
  check_mode: true
- name: delete the desktop
  deskops.vdi.ras_published_desktop: {name: Full Desktop, state: absent}
- name: delete the desktop again
  deskops.vdi.ras_published_desktop: {name: Full Desktop, state: absent}
- name: delete all of it, in check mode
  deskops.vdi.ras_published_folder: {name: Office, state: absent, recursive: true}
  check_mode: true
- name: delete all of it
  deskops.vdi.ras_published_folder: {name: Office, state: absent, recursive: true}
- name: delete all of it again
  deskops.vdi.ras_published_folder: {name: Office, state: absent, recursive: true}
- name: delete what was in it
  deskops.vdi.ras_published_app: {name: Text Editor, folder: Office/Tools, state: absent}
"""
SLIPS = """
- name: folders
  deskops.vdi.ras_published_folder: "{{ item }}"
  loop: [{name: Office}, {name: Tools, folder: Office}]
- name: applications
  deskops.vdi.ras_published_app: {name: Text Editor, folder: "{{ item }}", target: notepad.exe}
  loop: [/, Office/Tools]

- name: no options
  deskops.vdi.ras_published_app:
- name: no target
  deskops.vdi.ras_published_app: {name: Painter}
- name: several
  deskops.vdi.ras_published_app: {name: Text Editor, enabled: false}
- name: unknown folder
  deskops.vdi.ras_published_app: {name: Painter, target: mspaint.exe, folder: Nowhere}
- name: unknown folder, in check mode
  deskops.vdi.ras_published_app: {name: Painter, target: mspaint.exe, folder: Nowhere}
  check_mode: true
- name: unknown server
  deskops.vdi.ras_published_app: {name: Painter, target: mspaint.exe, publish_from_servers: [nobody]}
- name: unknown server, in check mode
  deskops.vdi.ras_published_app: {name: Painter, target: mspaint.exe, publish_from_servers: [nobody]}
  check_mode: true
- name: contradiction
  deskops.vdi.ras_published_app: {name: Text Editor, publish_from: All, publish_from_servers: [nobody]}
- name: two words for the same
  deskops.vdi.ras_published_app: {name: Text Editor, enabled: true, enabled_mode: Enabled}
- name: moved by settings
  deskops.vdi.ras_published_app: {name: Text Editor, settings: {parentID: 0}}
- name: unknown language
  deskops.vdi.ras_published_folder: {name: Office, maintenance_messages: {en_gb: x}}
- name: unknown kind
  deskops.vdi.ras_published_info: {type: rule}
- name: legacy
  deskops.vdi.ras_published_folder: {name: Office, api_family: legacy}

- name: delete what is full
  deskops.vdi.ras_published_folder: {name: Office, state: absent}
- name: delete what is full, in check mode
  deskops.vdi.ras_published_folder: {name: Office, state: absent}
  check_mode: true
"""
CHECKS = (
    "check folder below",
    "check create",
    "check change",
    "check change of a folder",
    "check desktop",
    "check change of a desktop",
    "check delete",
    "check delete the desktop",
    "delete all of it, in check mode",
)
NOTHING_TO_DO = (
    "folder below again",
    "create again",
    "elsewhere is enough where no folder is named",
    "change again",
    "from a pool again",
    "change of a folder again",
    "desktop again",
    "change of a desktop again",
    "delete again",
    "delete the desktop again",
    "delete all of it again",
    "delete what was in it",
)


@pytest.fixture(scope="module")
def ladder(ansible: Ansible) -> Iterator[Pair]:
    with farms(ansible, farm="empty", rds_servers=2) as farm:
        yield farm.play(TASKS, "--diff", variables=VARIABLES, environment={"RAS_API_FAMILY": "current"})


def test_both_doors_agree(ladder: Pair) -> None:
    ladder.assert_alike()
    ladder.assert_no_session_left()


@pytest.mark.parametrize("task", CHECKS)
def test_check_mode_tells_a_change_and_writes_nothing(task: str, ladder: Pair) -> None:
    assert ladder[task].changed, ladder[task].message
    assert ladder[task].traffic.writes == []


@pytest.mark.parametrize("task", NOTHING_TO_DO)
def test_a_second_run_changes_nothing(task: str, ladder: Pair) -> None:
    assert ladder[task].outcome == "ok", ladder[task].message
    assert not ladder[task].changed
    assert ladder[task].traffic.writes == []


def _requests(pair: Pair, task: str) -> list[str]:
    return [one for one in pair[task].traffic.operations if not one.startswith("session.")]


APP_READS = ["published_app.list", "published_folder.list"]


@pytest.mark.parametrize(
    ("task", "requests"),
    [
        ("folder below again", ["published_folder.list"]),
        ("elsewhere is enough where no folder is named", ["published_app.list"]),
        ("create again", ["site.list", *APP_READS, "rds.list"]),
        ("change again", [*APP_READS, "rds.list"]),
        ("from a pool again", ["published_app.list", "host_pool.list"]),
        ("desktop again", ["published_desktop.list", "published_folder.list"]),
        ("info", ["published.list"]),
        ("info of a folder", APP_READS),
        # What the server's filter by name does not find is looked for without: it may mind the letter case.
        ("delete again", ["published_app.list", "published_app.list"]),
    ],
)
def test_requests_of_a_read(task: str, requests: list[str], ladder: Pair) -> None:
    assert _requests(ladder, task) == requests


@pytest.mark.parametrize(
    ("task", "writes"),
    [
        ("folder", ["published_folder.create", "published_folder.update"]),
        ("create", ["published_app.create", "published_app.update"]),
        ("change", ["published_app.update"]),
        ("change of a folder", ["published_folder.update"]),
        ("change of a desktop", ["published_desktop.update"]),
        ("from a pool", ["published_app.update"]),
        ("the same name at the top", ["published_app.create"]),
        ("desktop", ["published_desktop.create", "published_desktop.update"]),
        ("delete", ["published_app.delete"]),
        ("delete the desktop", ["published_desktop.delete"]),
        ("delete all of it", ["published_folder.delete"]),
    ],
)
def test_a_change_sends_what_is_needed(task: str, writes: list[str], ladder: Pair) -> None:
    assert ladder[task].changed, ladder[task].message
    assert ladder[task].traffic.writes == writes


def test_bodies(ladder: Pair) -> None:
    """The documented part goes first, the messages flat; a setting goes with its switch."""
    tools = ladder["folder below"]["published_folder"]["id"]
    (created,) = ladder["create"].traffic.of("published_app.create")
    assert created["body"] == {
        "name": "Text Editor",
        "siteId": 1,
        "parentId": tools,
        "target": "notepad.exe",
        "enabledMode": 2,
        "maintenanceMessage_en_US": "Later.",
    }
    (rest,) = ladder["create"].traffic.of("published_app.update")
    assert rest["body"] == {"publishFrom": 2, "publishFromServer": [1], "maintenanceMessage_ko_KR": "나중에."}
    (changed,) = ladder["change"].traffic.of("published_app.update")
    assert {**changed["body"], "publishFromServer": sorted(changed["body"]["publishFromServer"])} == {
        "winType": 1,
        "publishFromServer": [1, 2],
        "createShortcutOnDesktop": False,
        "inheritShortcutDefaultSettings": False,
        "maintenanceMessage_en_US": "At noon.",
    }


def test_bodies_of_changes_to_folders_and_desktops(ladder: Pair) -> None:
    (folder,) = ladder["change of a folder"].traffic.of("published_folder.update")
    assert folder["body"] == {
        "description": "For administrators",
        "enabledMode": 2,
        "maintenanceMessage_en_US": "Back on Monday.",
    }
    (desktop,) = ladder["change of a desktop"].traffic.of("published_desktop.update")
    assert desktop["body"] == {"width": 1920, "publishFrom": 2, "publishFromServer": [2]}


def test_results_and_diff(ladder: Pair) -> None:
    app = ladder["change"]["published_app"]
    assert (app["win_type"], app["publish_from"], app["enabled_mode"]) == ("Maximized", "Server", "Maintenance")
    assert (app["maintenance_messages"]["en_us"], app["maintenance_messages"]["ko_kr"]) == ("At noon.", "나중에.")
    planned = ladder["check change"]["published_app"]
    assert {name: planned[name] for name in app if name != "time_last_mod"} == {
        name: value for name, value in app.items() if name != "time_last_mod"
    }
    diff = ladder["change"]["diff"]
    assert (diff["before"]["inherit_shortcut_default_settings"], diff["after"]["win_type"]) == (True, "Maximized")
    assert ladder["from a pool"]["published_app"]["publish_from"] == "Group"
    contents = ladder["delete all of it"]["diff"]["before"]["contents"]
    assert contents == ["Tools", "Tools/Text Editor"]


def test_info(ladder: Pair) -> None:
    items = {(item["type"], item["folder"], item["name"]) for item in ladder["info"]["published_items"]}
    assert items == {
        ("Folder", "/", "Office"),
        ("Folder", "Office", "Tools"),
        ("RDSApp", "Office/Tools", "Text Editor"),
        ("RDSApp", "/", "Text Editor"),
        ("RDSDesktop", "Office", "Full Desktop"),
    }
    assert [item["target"] for item in ladder["info of a folder"]["published_items"]] == ["notepad.exe"]
    assert ladder["info of nothing"]["published_items"] == []


@pytest.fixture(scope="module")
def slips(ansible: Ansible) -> Iterator[Pair]:
    with farms(ansible, farm="empty", rds_servers=2) as farm:
        yield farm.play(SLIPS, environment={"RAS_API_FAMILY": "current"})


def test_both_doors_refuse_alike(slips: Pair) -> None:
    slips.assert_alike()
    slips.assert_no_session_left()


@pytest.mark.parametrize("task", ["unknown folder, in check mode", "unknown server, in check mode"])
def test_what_may_be_added_before_is_a_warning_in_check_mode(task: str, slips: Pair) -> None:
    assert slips[task].changed, slips[task].message
    assert slips[task].traffic.writes == []
    assert any("Going on in check mode" in warning for warning in slips[task].result["warnings"])


@pytest.mark.parametrize(
    ("task", "text"),
    [
        ("no options", "one of the following is required: id, name"),
        ("no target", "Painter is not published yet, which needs target"),
        ("several", "in folder Office/Tools"),
        ("unknown folder", "no published folder Nowhere. There are: Office, Office/Tools."),
        ("unknown server", f"there is no RDS server nobody. There are: {HOSTS[0]}, {HOSTS[1]}."),
        ("contradiction", "publish_from is Server, but the task says All"),
        ("two words for the same", "parameters are mutually exclusive: enabled|enabled_mode"),
        ("moved by settings", "an item is not moved"),
        ("unknown language", "en_gb"),
        ("unknown kind", "value of type must be one of: all, folder, app, desktop"),
        ("legacy", "documents no published folders"),
        ("delete what is full", "still holds Tools, Tools/Text Editor. Remove that first, or set recursive"),
        ("delete what is full, in check mode", "still holds Tools, Tools/Text Editor."),
    ],
)
def test_slips_are_told_before_anything_is_written(task: str, text: str, slips: Pair) -> None:
    assert slips[task].failed
    assert text in slips[task].message
    assert slips[task].traffic.writes == []


# The sample's generation, in which only the request that publishes an application is documented

LEGACY = """
- name: create
  deskops.vdi.ras_published_app: {name: Text Editor, target: notepad.exe}
- name: create again
  deskops.vdi.ras_published_app: {name: Text Editor, target: notepad.exe, folder: /}
- name: change
  deskops.vdi.ras_published_app: {name: Text Editor, enabled: false, one_instance_per_user: true}
- name: info
  deskops.vdi.ras_published_info:
- name: field of the other generation
  deskops.vdi.ras_published_app: {name: Text Editor, enabled_mode: Enabled}
- name: no folders
  deskops.vdi.ras_published_app: {name: Text Editor, folder: Office}
- name: delete
  deskops.vdi.ras_published_app: {name: Text Editor, state: absent}
- name: delete again
  deskops.vdi.ras_published_app: {name: Text Editor, state: absent}
"""


@pytest.fixture(scope="module")
def legacy(ansible: Ansible) -> Iterator[Pair]:
    with farms(ansible, farm="sample", api_family="legacy") as farm:
        yield farm.play(LEGACY, "--diff")


def test_legacy_both_doors_agree(legacy: Pair) -> None:
    legacy.assert_alike()
    legacy.assert_no_session_left()


def test_legacy_sends_the_request_of_the_sample(legacy: Pair) -> None:
    (sent,) = legacy["create"].traffic.of("published_app.create")
    assert (sent["path"], sent["body"]) == ("/api/pubrdsapps", {"target": "notepad.exe", "name": "Text Editor"})
    app = legacy["create"]["published_app"]
    shown = ("type", "parent_id", "target", "publish_from", "win_type", "create_shortcut_on_desktop", "publish_to_site")
    assert [app[name] for name in shown] == ["RDSApp", 0, "notepad.exe", "All", "Normal", True, [1]]


def test_legacy_ladder(legacy: Pair) -> None:
    (sent,) = legacy["change"].traffic.of("published_app.update")
    assert sent["body"] == {"enabled": False, "oneInstancePerUser": True, "inheritLicenseDefaultSettings": False}
    assert [(item["name"], item["folder"]) for item in legacy["info"]["published_items"]] == [("Text Editor", "/")]
    assert [legacy[task].changed for task in ("create", "create again", "change", "delete", "delete again")] == [
        True,
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("task", "text"),
    [
        ("field of the other generation", "enabled_mode: this server speaks the legacy API"),
        ("no folders", "documents no published folders"),
    ],
)
def test_legacy_limits(task: str, text: str, legacy: Pair) -> None:
    assert legacy[task].failed
    assert text in legacy[task].message
    assert legacy[task].traffic.writes == []


# The sample and the role

PLAYBOOK = "deskops.vdi.publishing_sample"


def _run(farm: Farms, *arguments: str) -> Run:
    farm.reset("counters")
    run = farm.play("", *arguments, playbook=PLAYBOOK).runs[IN_PROCESS]
    assert run.status == 0, run.output
    for server in farm:
        assert server.state()["admin_sessions"] == 0
    return run


def _sent(farm: Farms) -> list[tuple[str, Any]]:
    """The writes in their order, with their bodies; sessions aside."""
    (server,) = farm
    return [
        (one["operation"], one["body"])
        for one in server.requests()
        if one["method"] != "GET" and not one["operation"].startswith("session.")
    ]


@pytest.fixture(scope="module", params=["current", "legacy"])
def farm(request: pytest.FixtureRequest, ansible: Ansible) -> Iterator[Farms]:
    # The role's tasks are modules that other tests send through both doors.
    with farms(ansible, doors=[IN_PROCESS], farm="empty", api_family=request.param) as found:
        yield found


def test_publishing_sample(farm: Farms) -> None:
    """Check mode on an empty farm; the first run, in the order of the PowerShell twin; the second."""
    (server,) = farm
    current = server.ready["api_family"] == "current"
    plan = _run(farm, "--check", "--diff")
    assert _sent(farm) == []
    assert re.search(r"WOULD CHANGE.*new +application +Text Editor", plan.stdout, re.DOTALL)

    first = _run(farm)
    sent = _sent(farm)
    assert [operation for operation, _body in sent] == [
        *(["published_folder.create", "published_desktop.create"] if current else []),
        "published_app.create",
        "published_app.update",
        "settings.apply",
    ]
    bodies = dict(sent)
    assert bodies["published_app.create"] == {"target": "notepad.exe", "name": "Text Editor"}
    assert bodies["published_app.update"] == {
        "createShortcutOnDesktop": False,
        "inheritShortcutDefaultSettings": False,
    }
    if current:
        assert bodies["published_folder.create"] == {"name": "Publishing Sample"}
        assert set(bodies["published_desktop.create"]) == {"name", "parentId"}
    assert first.recap()["changed"] == (4 if current else 2)
    assert server.state()["logons"] == 1

    second = _run(farm)
    assert _sent(farm) == []
    assert second.recap()["changed"] == 0
    assert "NOTHING CHANGED" in second.stdout
