# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""State modules when the server or somebody else gets in the way: lost answers, conflicts, values not taken, races."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.support.doors import Pair, farms
from integration.support.runner import Ansible, TaskResult

NEW = "{server: new-01.example.test, site: '1', description: Main line}"

TASKS = f"""
- name: "before: the answer of a create gets lost"
  stand_in: {{fault: {{operation: gateway.create, kind: drop_after, times: 1}}}}
- name: create whose answer is lost
  deskops.vdi.ras_gateway: {NEW}
- name: run again after the lost answer
  deskops.vdi.ras_gateway: {NEW}

- name: "before: a create does not arrive"
  stand_in: {{fault: {{operation: rds.create, kind: drop_before, times: 1}}}}
- name: create that does not arrive
  deskops.vdi.ras_rds_server: {NEW}
- name: run again after what did not arrive
  deskops.vdi.ras_rds_server: {NEW}

- name: "before: somebody else is quicker"
  stand_in: {{fault: {{operation: gateway.create, kind: status, status: 409, handled: true, times: 1}}}}
- name: create that somebody else did
  deskops.vdi.ras_gateway: {{server: new-02.example.test, site: "1", description: Adopted}}
- name: "before: a conflict with something that no list shows"
  stand_in: {{fault: {{operation: gateway.create, kind: status, status: 409, detail: There is one already., times: 1}}}}
- name: conflict that cannot be explained
  deskops.vdi.ras_gateway: {{server: hidden.example.test, site: "1"}}

- name: "before: the answer of a change gets lost"
  stand_in: {{fault: {{operation: gateway.update, kind: drop_after, times: 1}}}}
- name: change whose answer is lost
  deskops.vdi.ras_gateway: {{server: gw-01.example.test, description: Once}}
- name: "before: a change does not arrive"
  stand_in: {{fault: {{operation: gateway.update, kind: drop_before, times: 1}}}}
- name: change that does not arrive
  deskops.vdi.ras_gateway: {{server: gw-01.example.test, description: Twice}}

- name: "before: the server ignores a field"
  stand_in: {{fault: {{operation: gateway.update, kind: ignore_field, field: description, times: 1}}}}
- name: value that is ignored
  deskops.vdi.ras_gateway: {{server: gw-02.example.test, description: Ignored, broadcast: false}}
- name: "before: the server writes a field in its own way"
  stand_in: {{fault: {{operation: rds.update, kind: normalise_field, field: directAddress, how: upper, times: 1}}}}
- name: value that comes back in capitals
  deskops.vdi.ras_rds_server: {{server: rds-01.example.test, direct_address: rds-01.inside.example.test}}
- name: value in capitals again
  deskops.vdi.ras_rds_server: {{server: rds-01.example.test, direct_address: rds-01.inside.example.test}}
- name: "before: the server sorts a list in its own way"
  stand_in: {{fault: {{operation: gateway.update, kind: reorder_field, field: macAllowOnlyLst, times: 1}}}}
- name: list that comes back in another order
  deskops.vdi.ras_gateway: &macs
    server: GW-01.EXAMPLE.TEST
    mac_allow_only: [00-11-22-33-44-55, aa-bb-cc-dd-ee-ff, AA-BB-CC-00-00-01]
- name: list in another order again
  deskops.vdi.ras_gateway: *macs
- name: list in another order and letter case
  deskops.vdi.ras_gateway:
    server: gw-01.example.test
    mac_allow_only: [aa-bb-cc-00-00-01, AA-BB-CC-DD-EE-FF, 00-11-22-33-44-55]

- name: "before: the answer of a delete gets lost"
  stand_in: {{fault: {{operation: gateway.delete, kind: drop_after, times: 1}}}}
- name: delete whose answer is lost
  deskops.vdi.ras_gateway: {{server: new-01.example.test, state: absent}}
- name: "before: somebody else deletes first"
  stand_in: {{fault: {{operation: gateway.delete, kind: status, status: 404, handled: true, times: 1}}}}
- name: delete that somebody else did
  deskops.vdi.ras_gateway: {{server: new-02.example.test, state: absent}}

- name: "before: the same name in two sites"
  stand_in: {{create: {{resource: gateway, body: {{server: twin.example.test, siteId: 2}}}}}}
- name: "before: and the second one"
  stand_in: {{create: {{resource: gateway, body: {{server: twin.example.test, siteId: 3}}}}}}
- name: two of one name
  deskops.vdi.ras_gateway: {{server: twin.example.test, description: Which}}
- name: two of one name and the site
  deskops.vdi.ras_gateway: {{server: twin.example.test, site: Branch south, description: South}}
- name: id and server that disagree
  deskops.vdi.ras_gateway: {{id: 1, server: gw-02.example.test, description: Which}}
- name: id and site that disagree
  deskops.vdi.ras_rds_server: {{id: 1, site: Branch north, description: Which}}
- name: id alone
  deskops.vdi.ras_gateway: {{id: 3, description: By number}}
- name: unknown id
  deskops.vdi.ras_rds_server: {{id: 4711, description: Nobody}}
- name: site that is only planned
  deskops.vdi.ras_gateway: {{server: new-03.example.test, site: Branch east}}
  check_mode: true
- name: raw field without an option
  deskops.vdi.ras_rds_server: &raw {{server: rds-02.example.test, settings: {{Technology: "1"}}}}
- name: raw field without an option again
  deskops.vdi.ras_rds_server: *raw
- name: the settings are its own
  deskops.vdi.ras_rds_server: {{server: rds-02.example.test, inherit_default_agent_settings: false}}
- name: digits for a documented name
  deskops.vdi.ras_rds_server: {{server: rds-02.example.test, file_transfer_mode: "3"}}
- name: unknown name of an enum
  deskops.vdi.ras_rds_server: {{server: rds-02.example.test, file_transfer_mode: Sideways}}
- name: a new server and how its agent is installed
  deskops.vdi.ras_rds_server:
    server: new-04.example.test
    install_agent: false
    restart: false
    firewall_rules: false
"""

FAILED = {
    "create that does not arrive",
    "conflict that cannot be explained",
    "change that does not arrive",
    "two of one name",
    "id and server that disagree",
    "id and site that disagree",
    "unknown id",
    "unknown name of an enum",
}


@pytest.fixture(scope="module")
def pair(ansible: Ansible) -> Iterator[Pair]:
    with farms(ansible) as farm:
        yield farm.play(TASKS, environment={"RAS_API_FAMILY": "current", "RAS_RETRIES": "0"})


def _refused(task: TaskResult, *parts: str) -> None:
    """Bad input: nothing was written, and the message says what to change."""
    assert task.kind == "bad_input"
    assert task.traffic.writes == []
    for part in parts:
        assert part in task.message


def test_both_doors_agree(pair: Pair) -> None:
    pair.assert_alike()


def test_no_session_is_left_open(pair: Pair) -> None:
    pair.assert_no_session_left()


def test_only_what_cannot_be_done_fails(pair: Pair) -> None:
    assert {task.name for task in pair if task.failed} == FAILED


def test_lost_answer_of_a_create(pair: Pair) -> None:
    task = pair["create whose answer is lost"]
    assert task.changed
    assert task.traffic.writes == ["gateway.create", "gateway.update"]
    assert task["gateway"]["description"] == "Main line"
    assert not pair["run again after the lost answer"].changed


def test_create_that_does_not_arrive(pair: Pair) -> None:
    task = pair["create that does not arrive"]
    assert task.kind == "unreachable"
    assert task.traffic.writes == ["rds.create"]
    assert "not created a second time" in task.message
    again = pair["run again after what did not arrive"]
    assert again.changed
    assert again.traffic.writes == ["rds.create", "rds.update"]


def test_conflict_adopts_what_is_there(pair: Pair) -> None:
    task = pair["create that somebody else did"]
    assert task.traffic.writes == ["gateway.create", "gateway.update"]
    assert task["gateway"]["description"] == "Adopted"


def test_conflict_that_cannot_be_explained(pair: Pair) -> None:
    task = pair["conflict that cannot be explained"]
    assert task["failure"]["kind"] == "conflict"
    assert task["failure"]["status"] == 409
    for part in ("409 Conflict", "There is one already.", "does not list it", "site"):
        assert part in task.message


def test_lost_answer_of_a_change(pair: Pair) -> None:
    task = pair["change whose answer is lost"]
    assert task.changed
    assert task["gateway"]["description"] == "Once"
    assert task.traffic.writes == ["gateway.update"]


def test_change_that_does_not_arrive(pair: Pair) -> None:
    task = pair["change that does not arrive"]
    assert task.kind == "unreachable"
    assert task.traffic.writes == ["gateway.update"]
    assert "not in place" in task.message


def test_value_that_is_ignored_is_warned_about(pair: Pair) -> None:
    task = pair["value that is ignored"]
    assert task.changed
    assert task["gateway"]["broadcast"] is False
    warning = str(task["warnings"])
    assert "description is 'Reserve for maintenance' instead of 'Ignored'" in warning
    assert "broadcast" not in warning


def test_letter_case_of_a_name_is_no_difference(pair: Pair) -> None:
    task = pair["value that comes back in capitals"]
    assert task["rds_server"]["direct_address"] == "RDS-01.INSIDE.EXAMPLE.TEST"
    assert "warnings" not in task.result
    assert not pair["value in capitals again"].changed


def test_order_of_a_list_is_no_difference(pair: Pair) -> None:
    task = pair["list that comes back in another order"]
    assert task.changed
    assert task["gateway"]["mac_allow_only"] == ["AA-BB-CC-00-00-01", "aa-bb-cc-dd-ee-ff", "00-11-22-33-44-55"]
    assert "warnings" not in task.result
    assert not pair["list in another order again"].changed
    assert not pair["list in another order and letter case"].changed


def test_deletes_that_meet_another(pair: Pair) -> None:
    task = pair["delete whose answer is lost"]
    assert task.changed
    assert task.traffic.writes == ["gateway.delete"]
    assert not pair["delete that somebody else did"].changed


def test_two_of_one_name(pair: Pair) -> None:
    _refused(pair["two of one name"], "2 ", "twin.example.test", "site 2", "site 3", "site", "id")
    assert pair["two of one name and the site"]["gateway"]["site_id"] == 3


def test_id_must_agree(pair: Pair) -> None:
    _refused(pair["id and server that disagree"], "id and server disagree", "gw-01.example.test", "gw-02.example.test")
    _refused(pair["id and site that disagree"], "id and site disagree")
    _refused(pair["unknown id"], "4711", "server")
    assert pair["id alone"]["gateway"]["server"] == "gw-north.example.test"


def test_site_that_is_only_planned_is_a_warning_in_check_mode(pair: Pair) -> None:
    task = pair["site that is only planned"]
    assert task.changed
    assert task.traffic.writes == []
    assert task["gateway"] == {"server": "new-03.example.test", "id": None}
    assert "Branch east" in str(task["warnings"])


def test_raw_fields(pair: Pair) -> None:
    task = pair["raw field without an option"]
    (update,) = task.traffic.of("rds.update")
    assert update["body"] == {"technology": 1}
    assert task["rds_server"]["technology"] == 1
    assert not pair["raw field without an option again"].changed


def test_enum_by_number_and_unknown_name(pair: Pair) -> None:
    # The host has 3 = Bidirectional from the start (assumed by the emulator from the default of allowFileTransfer).
    task = pair["digits for a documented name"]
    assert not task.changed
    assert task["rds_server"]["file_transfer_mode"] == "Bidirectional"
    _refused(
        pair["unknown name of an enum"],
        "file_transfer_mode",
        "Sideways",
        "Disabled, ClientToServer, ServerToClient, Bidirectional",
    )


def test_how_the_agent_is_installed_travels_in_the_query(pair: Pair) -> None:
    (create,) = pair["a new server and how its agent is installed"].traffic.of("rds.create")
    query = {name.lower(): value for name, value in create["query"].items()}
    assert query == {"noinstall": "true", "norestart": "true", "nofirewallrules": "true"}
    # No site was named, so none is sent.
    assert create["body"] == {"server": "new-04.example.test"}
