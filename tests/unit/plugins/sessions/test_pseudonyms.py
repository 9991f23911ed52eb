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


def test_the_device_is_hidden_wherever_it_stands() -> None:
    """RAS tells each hop as type and address; a device may be its own gateway, or a physical PC its own host."""
    record = anna(
        host="Laptop-17.corp.example",
        pool="LAPTOP-17",
        applications=["Files on laptop-17"],
        connected_through=["198.51.100.7", "2 198.51.100.7:443", "gw_LAPTOP-17", "1 198.51.100.77"],
        client_name="LAPTOP-17",
        client_address="198.51.100.7",
    )
    shown = Pseudonyms(KEY).record(record)
    name, address = shown.client_name, shown.client_address
    assert shown.host == f"{name}.corp.example"
    assert shown.pool == name
    assert shown.applications == [f"Files on {name}"]
    assert shown.connected_through == [address, f"2 {address}:443", f"gw_{name}", "1 198.51.100.77"]


def test_a_device_is_hidden_in_the_session_of_nobody_known() -> None:
    shown = Pseudonyms().record(anna(user=None, client_address="2001:DB8::1", connected_through=["2001:db8::1"]))
    assert shown.connected_through == [shown.client_address]


def test_names_within_names_and_within_stand_ins_are_told_apart() -> None:
    shown = Pseudonyms().record(anna(user="client", client_name="WS-CLIENT", host="ws-client-1", pool="Client pool"))
    assert shown.host == f"{shown.client_name}-1"
    assert shown.pool == f"{shown.user} pool"


def test_the_domain_stays_the_same_for_all_sessions_of_a_user() -> None:
    names = Pseudonyms()
    one, other = (names.record(anna(domain="LAPTOP-17", client_name=name)) for name in ("LAPTOP-17", "PHONE"))
    assert (one.user, one.domain) == (other.user, other.domain) == names.names("anna.berg", "LAPTOP-17")


@pytest.mark.parametrize(
    ("user", "host", "expected"),
    [
        ("straße", "WS-STRASSE-01", "ws-{}-01"),
        ("STRASSE", "ws-straße", "ws-{}"),
        ("jose\u0301", "WS-Jos\u00e9-1", "ws-{}-1"),
        ("jos\u00e9", "ws-jose\u0301-1", "ws-{}-1"),
        ("anna", "ws-\uff21\uff2e\uff2e\uff21", "ws-{}"),
        ("J\u00fcrgen", "PC of J\u00dcRGEN", "PC of {}"),
        ("jose", "WS-Jos\u00e9", "WS-Jos\u00e9"),
        ("user", "USER-PC, J\u00fcrgen's", "{}-PC, J\u00fcrgen's"),
    ],
)
def test_other_spellings_of_a_name_are_hidden_too(user: str, host: str, expected: str) -> None:
    """The letter case of what is left may get lost where a name is spelt otherwise."""
    shown = Pseudonyms().record(anna(user=user, host=host))
    assert shown.host is not None
    assert shown.host.casefold() == expected.format(shown.user).casefold()
