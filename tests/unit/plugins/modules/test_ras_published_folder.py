# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ras_published_folder. Expectations: schemas PubItem and PubFolder, endpoints, what issue section 1 asks for."""

from __future__ import annotations

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.modules import ras_published_folder
from unit.support.tasks import BY_TOKEN, run

PATH = "/api/PubItems/Folders"
ALL = "/api/PubItems"


def item(object_id, name, parent_id=0, kind=1):
    return {"id": object_id, "type": kind, "name": name, "parentId": parent_id, "enabledMode": 1, "description": ""}


OFFICE = item(10, "Office")
TOOLS = item(11, "Tools", 10)
SALES = item(12, "Sales")
SALES_TOOLS = item(13, "Tools", 12)
EDITOR = item(20, "Text Editor", 11, 2)
DESKTOP = item(21, "Full Desktop", 10, 3)
TREE = [OFFICE, TOOLS, SALES, SALES_TOOLS]


def ask(ras, check_mode=False, **args):
    given = {**BY_TOKEN, "api_family": "current", **args}
    return run(ras_published_folder, ras, given, check_mode=check_mode, diff=True)


def named(ras, name, *rows):
    return ras.on("GET", PATH, query={"Name": name}, json=list(rows))


def tree(ras):
    return ras.on("GET", PATH, json=TREE)


def test_a_folder_without_an_id_is_not_the_top(ras):
    """What is to be added below it would come to the top."""
    ras.on("GET", PATH, json=[{"name": "Lost", "parentId": "0"}])
    with pytest.raises(errors.BadInputError, match="no published folder Lost"):
        ask(ras, name="New", folder="Lost")


def test_a_folder_whose_id_is_no_number(ras):
    ras.on("GET", PATH, json=[{"id": "x7", "name": "Lost", "parentId": "0"}])
    with pytest.raises(errors.UnexpectedAnswerError, match="the id x7, no number"):
        ask(ras, name="New", folder="Lost")


def test_add_at_the_top(ras):
    named(ras, "New").on("POST", PATH, body={"name": "New"}, status=201, json=item(30, "New"))
    result = ask(ras, name="New")
    assert (result["changed"], result["published_folder"]["type"]) == (True, "Folder")


def test_add_below_a_folder_needs_one_list(ras):
    """The list that tells where the folder is tells too whether the new one is there."""
    tree(ras).on("POST", PATH, body={"name": "New", "parentId": 13}, status=201, json=item(30, "New", 13))
    assert ask(ras, name="New", folder="sales/tools")["published_folder"]["parent_id"] == 13


def test_a_folder_of_the_same_name_elsewhere_is_another_one(ras):
    tree(ras).on("POST", PATH, body={"name": "Sales", "parentId": 10}, status=201, json=item(30, "Sales", 10))
    assert ask(ras, name="Sales", folder="Office")["changed"] is True


@pytest.mark.parametrize(("folder", "object_id"), [("Office", 11), ("Sales", 13)])
def test_the_folder_within_the_folder(folder, object_id, ras):
    tree(ras)
    result = ask(ras, name="TOOLS", folder=folder)
    assert (result["changed"], result["published_folder"]["id"]) == (False, object_id)


def test_without_a_folder_several_are_an_error(ras):
    named(ras, "Tools", TOOLS, SALES_TOOLS)
    tree(ras)
    with pytest.raises(errors.BadInputError, match=r"id 11 in folder Office, id 13 in folder Sales\)\. Set folder"):
        ask(ras, name="Tools")


def test_a_conflict_reads_the_folders_again(ras):
    tree(ras).on("POST", PATH, body={"name": "New", "parentId": 10}, status=409, json={"title": "Conflict"})
    ras.on("GET", PATH, json=[*TREE, item(30, "new", 10)])
    result = ask(ras, name="New", folder="Office")
    assert (result["changed"], result["published_folder"]["id"]) == (False, 30)


def test_change(ras):
    named(ras, "Office", OFFICE)
    ras.on("PUT", "/api/PubItems/10/Folders", body={"adminOnly": True}, status=204)
    ras.on("GET", "/api/PubItems/10/Folders", json={**OFFICE, "adminOnly": True})
    assert ask(ras, name="Office", admin_only=True)["published_folder"]["admin_only"] is True


def test_by_id(ras):
    ras.on("GET", "/api/PubItems/10/Folders", json=OFFICE)
    assert ask(ras, id=10, enabled_mode="Enabled")["changed"] is False


def test_unknown_folder_above(ras):
    tree(ras)
    with pytest.raises(errors.BadInputError) as caught:
        ask(ras, name="New", folder="Nowhere/There")
    assert "There are: Office, Office/Tools, Sales, Sales/Tools. " in str(caught.value)


def test_unknown_folder_above_in_check_mode(ras, warnings):
    tree(ras)
    result = ask(ras, check_mode=True, name="New", folder="Nowhere")
    assert result["published_folder"] == {"id": None, "name": "New"}
    assert len(warnings) == 1


def test_a_message_does_not_list_too_many(ras):
    ras.on("GET", PATH, json=[item(number, f"Folder {number}") for number in range(100, 125)])
    with pytest.raises(errors.BadInputError, match=r"Folder 119, and 5 more\."):
        ask(ras, name="New", folder="Nowhere")


# Remove


def removable(ras, *items):
    named(ras, "Office", OFFICE)
    return ras.on("GET", ALL, json=[*TREE, *items])


def test_an_empty_folder_is_removed(ras):
    named(ras, "Sales", SALES)
    ras.on("GET", ALL, json=[OFFICE, TOOLS, SALES, EDITOR])
    ras.on("DELETE", "/api/PubItems/12/Folders", status=204)
    result = ask(ras, name="Sales", state="absent")
    assert (result["changed"], result["diff"]["before"]["contents"]) == (True, [])


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_folder_that_holds_something_is_kept(check_mode, ras):
    removable(ras, EDITOR, DESKTOP)
    with pytest.raises(errors.BadInputError) as caught:
        ask(ras, check_mode=check_mode, name="Office", state="absent")
    for part in (
        "published folder Office still holds Full Desktop, Tools, Tools/Text Editor.",
        "set recursive: true",
    ):
        assert part in str(caught.value)


def test_a_folder_is_removed_with_what_is_in_it_when_asked(ras):
    removable(ras, EDITOR, DESKTOP).on("DELETE", "/api/PubItems/10/Folders", status=204)
    result = ask(ras, name="Office", state="absent", recursive=True)
    assert result["published_folder"] is None
    assert result["diff"]["before"]["contents"] == ["Full Desktop", "Tools", "Tools/Text Editor"]


def test_recursive_in_check_mode_writes_nothing(ras):
    removable(ras, DESKTOP)
    assert ask(ras, check_mode=True, name="Office", state="absent", recursive=True)["changed"] is True


def test_the_only_thing_in_a_folder_may_come_as_an_object(ras):
    named(ras, "Office", OFFICE).on("GET", ALL, json=TOOLS)
    with pytest.raises(errors.BadInputError, match="still holds Tools"):
        ask(ras, name="Office", state="absent")


def test_folders_that_hold_each_other_end_the_search(ras):
    """No server should answer so; the task must end even then."""
    named(ras, "Office", OFFICE).on("GET", ALL, json=[{**OFFICE, "parentId": 11}, TOOLS])
    with pytest.raises(errors.BadInputError, match="still holds Tools"):
        ask(ras, name="Office", state="absent")


def test_absent_again_is_a_read_by_name_and_one_of_all(ras):
    """The server's filter may mind the letter case."""
    named(ras, "Office").on("GET", PATH, json=[])
    assert ask(ras, name="Office", state="absent")["changed"] is False


def test_absent_below_a_folder_that_is_gone(ras):
    tree(ras)
    assert ask(ras, name="Tools", folder="Gone", state="absent")["changed"] is False


def test_legacy_has_no_folders(ras):
    with pytest.raises(errors.BadInputError, match="legacy API, which documents no published folders"):
        ask(ras, api_family="legacy", name="Office")
