# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The full ladder of each state module in each API generation, through both doors.

Expected values: the fresh gateway and RDS server of seed 001, and the options that the tasks give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from integration.support.doors import Pair, farms
from integration.support.runner import Ansible

SERVER = "new-01.example.test"


@dataclass(frozen=True)
class Kind:
    """A state module, and what the ladder does with it.

    first, second: the options at first and after the change, as tasks give them and as results show them; implied,
    implied_later: what the module sets together with the first, and with the second besides; sent: the body of the PUT
    that makes the difference.
    """

    module: str
    noun: str
    operation: str
    family: str
    first: dict[str, Any]
    second: dict[str, Any]
    sent: dict[str, Any]
    out_of_range: str
    # What a list shows is the whole object, so that a task needs no further read.
    list_is_whole: bool = True
    # Lists take a name (reference/ras/endpoints.yaml).
    filters_names: bool = False
    implied: Mapping[str, Any] = field(default_factory=dict)
    implied_later: Mapping[str, Any] = field(default_factory=dict)

    @property
    def set_first(self) -> dict[str, Any]:
        """All that the first task sets."""
        return {**self.implied, **self.first}

    @property
    def set_second(self) -> dict[str, Any]:
        """All that the second task sets."""
        return {**self.implied, **self.implied_later, **self.second}

    @property
    def name(self) -> str:
        return f"{self.module}-{self.family}"


GATEWAY = {
    "module": "ras_gateway",
    "noun": "gateway",
    "operation": "gateway",
    "first": {"description": "Main line", "broadcast": False},
    "second": {"description": "Second line", "broadcast": False, "hsts_max_age": 24},
    "sent": {"description": "Second line", "hstsMaxAge": 24},
    "out_of_range": "gw_port",
}
RDS = {
    "module": "ras_rds_server",
    "noun": "rds_server",
    "operation": "rds",
    "first": {"description": "Office", "allow_url_and_mail_redirection": "EnabledWithAppRegistration"},
    "out_of_range": "port",
    # A redirection of its own counts only then (schema RDSHost, inheritDefaultAgentSettings).
    "implied": {"inherit_default_agent_settings": False},
}
RDS_SECOND = {
    "description": "Office",
    "allow_url_and_mail_redirection": "Disabled",
    "disconnect_active_session_after": 14400,
}
KINDS = (
    Kind(**GATEWAY, family="current"),
    Kind(**GATEWAY, family="legacy"),
    Kind(
        **RDS,
        family="current",
        second={**RDS_SECOND, "file_transfer_mode": "ClientToServer"},
        sent={"allowURLAndMailRedirection": 0, "disconnectActiveSessionAfter": 14400, "fileTransferMode": 1},
        list_is_whole=False,
        filters_names=True,
    ),
    Kind(
        **RDS,
        family="legacy",
        second={**RDS_SECOND, "include_folder_path": [r"C:\Data", r"C:\Work"]},
        implied_later={"inherit_default_user_profile_settings": False},
        sent={
            "inheritDefaultUPDSettings": False,
            "allowURLAndMailRedirection": 0,
            "sessionTimeout": 14400,
            "includeFolderPath": [r"C:\Data", r"C:\Work"],
        },
    ),
)

LADDER = """
- name: check create
  {module}: "{{{{ first }}}}"
  check_mode: true
- name: create
  {module}: "{{{{ first }}}}"
- name: create again
  {module}: "{{{{ first }}}}"
- name: create again, in check mode
  {module}: "{{{{ first }}}}"
  check_mode: true
- name: check change
  {module}: "{{{{ second }}}}"
  check_mode: true
- name: change
  {module}: "{{{{ second }}}}"
- name: change again
  {module}: "{{{{ second }}}}"
- name: omitted
  {module}: {{server: {server}, site: Head office, description: "{{{{ omit }}}}"}}
- name: check delete
  {module}: {{server: {server}, state: absent}}
  check_mode: true
- name: delete
  {module}: {{server: {server}, state: absent}}
- name: delete again
  {module}: {{server: {server}, state: absent}}
- name: delete again, in check mode
  {module}: {{server: {server}, state: absent}}
  check_mode: true
"""

# On a farm where the server is.
BAD_INPUT = """
- name: no options
  {module}:
- name: "null"
  {module}: {{server: {server}, description: null}}
- name: out of range
  {module}: {{server: {server}, {out_of_range}: 65536}}
- name: wrong type
  {module}: {{server: {server}, enabled: perhaps}}
- name: unknown option
  {module}: {{server: {server}, sight: 1}}
- name: unknown site
  {module}: {{server: {server}, site: nowhere, description: elsewhere}}
- name: read-only field in settings
  {module}: {{server: {server}, settings: {{siteID: 2}}}}
- name: option in settings
  {module}: {{server: {server}, settings: {{DESCRIPTION: twice}}}}
- name: field that the server does not know
  {module}: {{server: {server}, settings: {{noSuchField: 1}}}}
"""

REFUSED = (
    "no options",
    "null",
    "out of range",
    "wrong type",
    "unknown option",
    "unknown site",
    "read-only field in settings",
    "option in settings",
    "field that the server does not know",
)
# These are refused by what the task says alone: nothing is asked of the server's objects.
REFUSED_BEFORE_ANY_REQUEST = (*REFUSED[:5], *REFUSED[6:8])
NOTHING_TO_DO = (
    "create again",
    "create again, in check mode",
    "change again",
    "omitted",
    "delete again",
    "delete again, in check mode",
)
CHANGES = ("create", "change", "delete")


@dataclass(frozen=True)
class Climbed:
    """A ladder that was climbed."""

    kind: Kind
    pair: Pair

    def object(self, task: str) -> Any:
        return self.pair[task][self.kind.noun]

    def operations(self, task: str) -> list[str]:
        """The requests of a task on this kind of object."""
        prefix = f"{self.kind.operation}."
        return [one.removeprefix(prefix) for one in self.pair[task].traffic.operations if one.startswith(prefix)]

    @property
    def reads(self) -> list[str]:
        """The reads of a task that finds the object, when the generation is known."""
        return ["list"] if self.kind.list_is_whole else ["list", "get"]


def _params() -> Iterator[Any]:
    for kind in KINDS:
        # The smoke subset: the ladder of one module that differs between the generations.
        smoke = kind.name == "ras_rds_server-current"
        yield pytest.param(kind, id=kind.name, marks=[pytest.mark.smoke] if smoke else [])


def _text(tasks: str, kind: Kind) -> str:
    return tasks.format(module=f"deskops.vdi.{kind.module}", server=SERVER, out_of_range=kind.out_of_range)


@pytest.fixture(scope="module", params=_params())
def climbed(request: pytest.FixtureRequest, ansible: Ansible) -> Iterator[Climbed]:
    kind: Kind = request.param
    key = {"server": SERVER, "site": "Head office"}
    with farms(ansible, api_family=kind.family) as farm:
        pair = farm.play(
            _text(LADDER, kind),
            "--diff",
            variables={"first": {**key, **kind.first}, "second": {**key, **kind.second}},
            environment={"RAS_API_FAMILY": kind.family},
        )
        yield Climbed(kind, pair)


def test_both_doors_agree(climbed: Climbed) -> None:
    climbed.pair.assert_alike()


def test_no_session_is_left_open(climbed: Climbed) -> None:
    climbed.pair.assert_no_session_left()


def test_no_step_fails(climbed: Climbed) -> None:
    assert [(task.name, task.message) for task in climbed.pair if task.failed] == []


def test_check_mode_writes_nothing(climbed: Climbed) -> None:
    checked = [task for task in climbed.pair if "check" in task.name]
    assert len(checked) == 5
    assert [task.traffic.writes for task in checked] == [[]] * 5


def test_check_mode_tells_what_would_be(climbed: Climbed) -> None:
    for step in CHANGES:
        checked, done = climbed.pair[f"check {step}"], climbed.pair[step]
        assert checked.changed
        assert done.changed
        assert checked["diff"] == done["diff"]


def test_planned_object(climbed: Climbed) -> None:
    expected = {"server": SERVER, "site_id": 1, **climbed.kind.set_first, "id": None}
    assert climbed.object("check create") == expected


def test_created_object(climbed: Climbed) -> None:
    created = climbed.object("create")
    assert {key: created[key] for key in ("server", "site_id", *climbed.kind.set_first)} == {
        "server": SERVER,
        "site_id": 1,
        **climbed.kind.set_first,
    }
    assert isinstance(created["id"], int)
    # Not asked for, so as the server makes it (seed 001).
    assert created["enabled"] is True


def test_create_sends_the_documented_body_and_one_put(climbed: Climbed) -> None:
    traffic, operation = climbed.pair["create"].traffic, climbed.kind.operation
    assert traffic.writes == [f"{operation}.create", f"{operation}.update"]
    (create,) = traffic.of(f"{operation}.create")
    assert create["body"] == {"server": SERVER, "siteId": 1}
    assert create["query"] == {}


def test_create_diff(climbed: Climbed) -> None:
    diff = climbed.pair["create"]["diff"]
    assert diff == {"before": {}, "after": {"server": SERVER, "site_id": 1, **climbed.kind.set_first}}


def test_change_sends_what_differs_and_no_more(climbed: Climbed) -> None:
    traffic, operation = climbed.pair["change"].traffic, climbed.kind.operation
    assert traffic.writes == [f"{operation}.update"]
    (update,) = traffic.of(f"{operation}.update")
    assert update["body"] == climbed.kind.sent


def test_change_diff_shows_what_differs(climbed: Climbed) -> None:
    before, after = (climbed.pair["change"]["diff"][side] for side in ("before", "after"))
    kind, created = climbed.kind, climbed.object("create")
    differing = {name for name, value in kind.set_second.items() if created[name] != value}
    identity = {"server": SERVER, "site_id": 1, "id": created["id"]}
    assert before == {**identity, **{name: created[name] for name in differing}}
    assert after == {**identity, **{name: kind.set_second[name] for name in differing}}


def test_changed_object(climbed: Climbed) -> None:
    created, changed = climbed.object("create"), climbed.object("change")
    audit = {"admin_last_mod", "time_last_mod"}
    assert {key: value for key, value in changed.items() if key not in audit} == {
        **{key: value for key, value in created.items() if key not in audit},
        **climbed.kind.set_second,
    }


def test_nothing_to_do_costs_the_fewest_reads(climbed: Climbed) -> None:
    for name in NOTHING_TO_DO:
        assert not climbed.pair[name].changed, name
        assert climbed.pair[name]["diff"] == {"before": {}, "after": {}}, name
    assert climbed.operations("create again") == climbed.reads
    assert climbed.operations("change again") == climbed.reads
    # What a filter by name does not find is looked for without: the server may mind the letter case.
    assert climbed.operations("delete again") == ["list"] * (2 if climbed.kind.filters_names else 1)


def test_omitted_means_untouched(climbed: Climbed) -> None:
    assert climbed.object("omitted")["description"] == climbed.kind.second["description"]


def test_delete(climbed: Climbed) -> None:
    task = climbed.pair["delete"]
    assert task.traffic.writes == [f"{climbed.kind.operation}.delete"]
    assert task[climbed.kind.noun] is None
    assert task["diff"]["after"] == {}
    assert task["diff"]["before"] == climbed.object("change")


# The two modules share their checks, and the generations do; one of each is enough.
@pytest.fixture(scope="module", params=[KINDS[0], KINDS[3]], ids=lambda kind: kind.name)
def refused(request: pytest.FixtureRequest, ansible: Ansible) -> Iterator[Climbed]:
    kind: Kind = request.param
    with farms(ansible, api_family=kind.family) as farm:
        farm.create(kind.operation, server=SERVER, siteId=1, description=kind.first["description"])
        pair = farm.play(_text(BAD_INPUT, kind), environment={"RAS_API_FAMILY": kind.family})
        yield Climbed(kind, pair)


def test_bad_input_through_both_doors(refused: Climbed) -> None:
    refused.pair.assert_alike()
    refused.pair.assert_no_session_left()
    assert {task.name for task in refused.pair if task.failed} == set(REFUSED)


def test_null_is_refused_with_a_way_out(refused: Climbed) -> None:
    task = refused.pair["null"]
    assert task.kind == "bad_input"
    assert task.message.startswith("description:")
    assert "''" in task.message
    assert "omit" in task.message


def test_out_of_range_names_option_and_range(refused: Climbed) -> None:
    task = refused.pair["out of range"]
    assert task.kind == "bad_input"
    for part in (refused.kind.out_of_range, "65536", "1 to 65535"):
        assert part in task.message


def test_unknown_site_lists_the_known_ones(refused: Climbed) -> None:
    task = refused.pair["unknown site"]
    assert task.kind == "bad_input"
    for part in ("site", "'nowhere'", "Head office (id 1)", "Branch north (id 2)", "Branch south (id 3)"):
        assert part in task.message


def test_settings_must_not_double_or_be_read_only(refused: Climbed) -> None:
    assert "siteID" in refused.pair["read-only field in settings"].message
    assert "option" in refused.pair["option in settings"].message
    for name in REFUSED[6:8]:
        assert refused.pair[name].kind == "bad_input"


def test_refusal_of_a_field_carries_the_servers_words(refused: Climbed) -> None:
    task = refused.pair["field that the server does not know"]
    assert task["failure"]["kind"] == "refused_value"
    assert task["failure"]["status"] == 400
    for part in ("PUT ", "400 Bad Request", "noSuchField", "The field is not known."):
        assert part in task.message


def test_bad_input_writes_nothing(refused: Climbed) -> None:
    for name in REFUSED[:-1]:
        assert refused.pair[name].traffic.writes == [], name
    for name in REFUSED_BEFORE_ANY_REQUEST:
        assert refused.pair[name].traffic.requests == [], name
