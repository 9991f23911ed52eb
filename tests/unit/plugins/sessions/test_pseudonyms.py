# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pseudonyms: stable where they must be, and silent about the user everywhere."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._errors import BadInputError
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.pseudonyms import Pseudonyms
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.record import SessionRecord, as_dict

KEY = "a key of more than sixteen"


def anna(**values: Any) -> SessionRecord:
    return SessionRecord(
        **{"platform": "ras", "farm": "Oslo", "id": "7", "user": "anna.berg", "domain": "CORP", **values}
    )


def test_one_user_has_one_pseudonym_whatever_the_letter_case() -> None:
    names = Pseudonyms()
    assert re.fullmatch("user-[0-9a-f]{10}", names.user("Anna.Berg", "CORP"))
    assert names.user("Anna.Berg", "CORP") == names.user("anna.berg", "corp")
    others = {names.user("anna.berg", None), names.user("anna.berg", "LAB"), names.user("bert", "CORP")}
    assert len(others | {names.user("anna.berg", "CORP")}) == 4


def test_the_parts_of_a_name_cannot_be_shifted() -> None:
    names = Pseudonyms()
    assert names.user("ab", "c") != names.user("b", "ca")


def test_the_key_makes_runs_comparable_and_nothing_else_does() -> None:
    assert Pseudonyms(KEY).user("anna", None) == Pseudonyms(KEY).user("anna", None)
    assert Pseudonyms(KEY).user("anna", None) != Pseudonyms(KEY + "!").user("anna", None)
    assert Pseudonyms().user("anna", None) != Pseudonyms().user("anna", None)


@pytest.mark.parametrize("key", ["", "short", "x" * 15])
def test_a_key_that_can_be_guessed_is_refused(key: str) -> None:
    with pytest.raises(BadInputError, match="pseudonym_key"):
        Pseudonyms(key)


def test_nothing_of_a_record_tells_the_user() -> None:
    record = anna(
        domain="ANNA.BERG",
        host="WS-Anna.Berg-01.corp.example",
        pool="anna.berg's desktop",
        applications=["Notes of anna.berg", "Excel"],
        connected_through=["gw_anna.berg"],
        client_name="LAPTOP-17",
        client_address="198.51.100.7",
        raw={"user": "anna.berg"},
    )
    shown = Pseudonyms(KEY).record(record)
    text = str(as_dict(shown)).casefold()
    for telling in ("anna", "berg", "laptop-17", "198.51.100.7"):
        assert telling not in text
    pseudonym = shown.user
    assert shown.host == f"WS-{pseudonym}-01.corp.example"
    assert shown.applications == [f"Notes of {pseudonym}", "Excel"]
    assert shown.raw is None
    assert (shown.platform, shown.farm, shown.id) == ("ras", "Oslo", "7")
    assert record.user == "anna.berg", "the record itself belongs to the source"


def test_a_device_keeps_its_pseudonym_over_users() -> None:
    names = Pseudonyms()
    first = names.record(anna(client_name="PC-1", client_address="192.0.2.1"))
    second = names.record(anna(user="bert", client_name="pc-1", client_address="192.0.2.1"))
    assert first.client_name == second.client_name
    assert first.client_address == second.client_address
    assert first.client_name != first.client_address


def test_a_name_inside_a_word_is_not_taken_for_the_user() -> None:
    shown = Pseudonyms().record(anna(user="rds", host="rdsh-rds-1", pool="ards"))
    assert shown.host == f"rdsh-{shown.user}-1"
    assert shown.pool == "ards"


def test_what_is_not_there_stays_so() -> None:
    assert as_dict(Pseudonyms().record(SessionRecord("ras", "Oslo", "7"))) == as_dict(SessionRecord("ras", "Oslo", "7"))
