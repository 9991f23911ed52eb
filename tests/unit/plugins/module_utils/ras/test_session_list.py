# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A long session list is cut into pieces between its records and nowhere else; whatever it holds, nothing is lost."""

from __future__ import annotations

import json

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._http import Reply
from ansible_collections.deskops.vdi.plugins.module_utils._ras import sessions

NAMES = {"session_id", "user", "state"}
NASTY = [
    '},{"sessionID":7',
    '"},{"sessionID":',
    "\\},{",
    '\\"},{"sessionID":1},{',
    "}]",
    "[{",
    "Zoë \u0000 \u2028",
]


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


def reply(content):
    return Reply(200, {}, content, "GET /api/RDSession")


def users(content):
    return [row.get("user") for row in sessions.parse(reply(content), NAMES)]


def rows(count, **more):
    return [{"sessionID": number, "user": f"user{number}", "state": 0, **more} for number in range(count)]


@pytest.mark.parametrize("size", [1, 40, 100, 10_000])
def test_pieces_are_arrays_that_hold_all_records_in_order(size):
    records = [{**row, "user": text, "rfiInfoList": [{"type": 2}, {"type": 3}]} for row in rows(3) for text in NASTY]
    pieces = list(sessions.pieces(compact(records), size))
    assert [row for piece in pieces for row in json.loads(piece)] == records
    assert len(pieces) == {1: 21, 10_000: 1}.get(size, len(pieces))


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"null", b"[1,2]", b'{"sessions":[]}', json.dumps(rows(2)).encode(), compact(rows(2)) + b"\n"],
)
def test_what_has_no_place_to_cut_stays_whole(content):
    assert list(sessions.pieces(content, 1)) == [content]


@pytest.fixture(name="small_pieces")
def _small_pieces(monkeypatch):
    whole = sessions.pieces
    monkeypatch.setattr(sessions, "pieces", lambda content: whole(content, 1))


@pytest.mark.usefixtures("small_pieces")
def test_records_within_records_are_no_places_to_cut():
    records = rows(3, children=[{"sessionID": 1}, {"sessionID": 2}])
    assert users(compact(records)) == ["user0", "user1", "user2"]


@pytest.mark.usefixtures("small_pieces")
def test_a_record_that_begins_with_another_field_is_not_lost():
    first, second, third, fourth = rows(4)
    records = [first, {"user": "swapped", "sessionID": 9}, second, third, {}, fourth]
    assert users(compact(records)) == ["user0", "swapped", "user1", "user2", None, "user3"]


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("text", NASTY)
def test_texts_that_look_like_a_border_are_texts(text):
    assert users(compact(rows(2, user=text))) == [text, text]


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("cut", [-1, -2, -20, -70])
def test_a_list_that_ends_too_early_is_told(cut):
    with pytest.raises(errors.VdiError, match="JSON"):
        users(compact(rows(3))[:cut])
