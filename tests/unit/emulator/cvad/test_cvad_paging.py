# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages: nothing is lost, nothing comes twice unless asked for, and a token that was not encoded is found out."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from emulator.cvad import store


def pages(server, path="Sessions", method="GET", **params):
    """Every page, as the documents say: until the token is null, absent or empty."""
    found, token = [], None
    while True:
        query = {**params, **({"continuationToken": token} if token else {})}
        answer = server.call(method, path, params=query, **({"json": {}} if method == "POST" else {}))
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
        token = answer.json().get("ContinuationToken")
        if not token:
            return found


def ids(found):
    return [one["Id"] for page in found for one in page["Items"]]


@pytest.mark.parametrize(("path", "method"), [("Sessions", "GET"), ("Sessions/$search", "POST")])
def test_five_sessions_in_pages_of_two(launch, path, method):
    server = launch(sessions=5, paging={"largest": 2}).sign_in()
    found = pages(server, path, method, limit=1000)
    assert [len(page["Items"]) for page in found] == [2, 2, 1]
    assert len(set(ids(found))) == 5
    assert all(page["TotalItems"] == 5 for page in found)


def test_limit_is_the_size_of_a_page(launch):
    found = pages(launch(sessions=5).sign_in(), limit=3)
    assert [len(page["Items"]) for page in found] == [3, 2]


def test_a_page_that_is_just_full_is_the_last(launch):
    found = pages(launch(sessions=4).sign_in(), limit=2)
    assert [len(page["Items"]) for page in found] == [2, 2]


def test_default_is_250(launch):
    found = pages(launch(sessions=251).sign_in())
    assert [len(page["Items"]) for page in found] == [250, 1]


@pytest.mark.parametrize(("limit", "status"), [(1, 200), (1000, 200), (1001, 400), (0, 400), (-1, 400), ("x", 400)])
def test_limits(cvad, limit, status):
    assert cvad.get("Sessions", params={"limit": limit}).status_code == status
    assert cvad.post("Sessions/$search", params={"limit": limit}, json={}).status_code == status


def test_ceiling_can_be_lower(launch):
    server = launch(paging={"ceiling": 100, "default": 100}).sign_in()
    assert server.get("Sessions", params={"limit": 101}).status_code == 400
    assert server.get("Sessions").status_code == 200


def test_token_needs_encoding(launch):
    server = launch(sessions=5, paging={"largest": 2}).sign_in()
    token = server.get("Sessions").json()["ContinuationToken"]
    for sign in "+/=&;%":
        assert sign in token
    assert server.get(f"Sessions?continuationToken={quote(token, safe='')}").status_code == 200
    # Sent as it is, the query falls apart at & and the plus sign becomes a blank.
    assert server.get(f"Sessions?continuationToken={token}").status_code == 400
    assert server.get("Sessions", params={"continuationToken": token.replace("+", " ")}).status_code == 400


def test_empty_token_is_the_first_page(cvad):
    assert cvad.get("Sessions?continuationToken=").json() == cvad.get("Sessions").json()


def test_token_of_another_search(launch):
    server = launch(sessions=5, paging={"largest": 2}).sign_in()
    token = server.get("Sessions").json()["ContinuationToken"]
    assert server.post("Sessions/$search", params={"continuationToken": token}, json={}).status_code == 400
    assert server.get("Sessions", params={"continuationToken": "invented"}).status_code == 400


@pytest.mark.parametrize(("choice", "expected"), [("null", None), ("empty", ""), ("absent", "not there")])
def test_last_token(launch, choice, expected):
    page = launch(paging={"last_token": choice}).sign_in().get("Sessions").json()
    assert page.get("ContinuationToken", "not there") == expected


def test_overlap_repeats_sessions(launch):
    server = launch(sessions=7, paging={"largest": 3, "overlap": 1}).sign_in()
    seen = ids(pages(server))
    assert len(seen) > 7
    assert len(set(seen)) == 7


def test_overlap_as_large_as_a_page_still_comes_to_an_end(launch):
    server = launch(sessions=3, paging={"largest": 2, "overlap": 5}).sign_in()
    assert len(set(ids(pages(server)))) == 3


def test_overlap_of_pages_of_one(launch):
    server = launch(sessions=3, paging={"largest": 1, "overlap": 1}).sign_in()
    assert len(ids(pages(server))) == 3


def test_changes_show_at_once(launch):
    server = launch(sessions=3).sign_in()
    first = server.session_ids()[0]
    server.delete("session", first)
    new = server.create("session", State="Active")
    assert first not in server.session_ids()
    assert server.session_ids()[-1] == new["Id"]


def test_every_kind_of_change_shows(launch):
    server = launch(sessions=3).sign_in()

    def states():
        return {one["Id"]: one["State"] for one in server.get("Sessions").json()["Items"]}

    first = next(iter(states()))
    new = server.create("session", State="Active")["Id"]
    assert states()[new] == "Active"
    server.update("session", new, State="Connected")
    assert states()[new] == "Connected"
    server.post(f"Sessions/{first}/$disconnect")
    assert states()[first] == "Disconnected"


def test_pages_that_no_longer_fit_are_made_again(launch, monkeypatch):
    server = launch(sessions=6, paging={"largest": 2}).sign_in()
    before = pages(server)
    monkeypatch.setattr(store, "PAGE_CACHE_BYTES", 1)
    server.delete("session", server.create("session")["Id"])
    assert pages(server) == before
    assert pages(server) == before


def test_fields(cvad):
    wanted = "State,Id,User"
    page = cvad.get("Sessions", params={"fields": wanted}).json()
    assert len(page["Items"]) == 12
    assert all(set(one) == {"Id", "State", "User"} for one in page["Items"])
    assert set(cvad.post("Sessions/$search", params={"fields": wanted}, json={}).json()["Items"][0]) == {
        "Id",
        "State",
        "User",
    }
    assert set(cvad.get(f"Sessions/{page['Items'][0]['Id']}", params={"fields": "State"}).json()) == {"State"}


def test_fields_that_sessions_do_not_have(cvad):
    for wanted in ("Id,Colour", "Machine.Name", "Id,"):
        assert cvad.get("Sessions", params={"fields": wanted}).status_code == 400


def test_a_server_that_ignores_fields(launch):
    assert "Machine" in launch(ignore_fields=True).sign_in().get("Sessions", params={"fields": "Id"}).json()["Items"][0]


def test_fields_do_not_mix_with_other_pages(cvad):
    whole = cvad.get("Sessions").json()
    cvad.get("Sessions", params={"fields": "Id"})
    assert cvad.get("Sessions").json() == whole


def test_skip_on_search_alone(cvad):
    every = cvad.session_ids()
    skipped = cvad.post("Sessions/$search", params={"skip": 3}, json={}).json()
    assert [one["Id"] for one in skipped["Items"]] == every[3:]
    assert cvad.post("Sessions/$search", params={"skip": -1}, json={}).status_code == 400


def test_page_as_a_job(launch):
    server = launch(sessions=5, paging={"largest": 2}, job_seconds=10).sign_in()
    answer = server.get("Sessions", params={"async": "true"})
    assert answer.content == b""
    assert server.job(answer)["Type"] == "GetSessions"
    results = answer.headers["Location"].replace("http://127.0.0.1", "") + "/Results"
    assert server.get(results).status_code == 400
    server.clock.advance(10)
    page = server.get(results).json()
    assert [one["Id"] for one in page["Items"]] == server.session_ids()
    assert page["ContinuationToken"]


def test_search_as_a_job(cvad):
    assert cvad.job(cvad.post("Sessions/$search?async=true", json={}))["Type"] == "DoSessionSearch"


def test_async_must_be_a_flag(cvad):
    assert cvad.get("Sessions", params={"async": "maybe"}).status_code == 400


def test_many_sessions_come_whole(launch):
    server = launch(sessions=3_000).sign_in()
    found = pages(server, limit=1000, fields="Id,State")
    assert [len(page["Items"]) for page in found] == [1000, 1000, 1000]
    assert len(set(ids(found))) == 3000
    assert json.dumps(found) == json.dumps(pages(server, limit=1000, fields="Id,State"))
