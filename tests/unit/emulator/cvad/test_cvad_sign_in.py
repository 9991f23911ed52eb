# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in, on premises and in the cloud, and the headers that every call needs."""

from __future__ import annotations

import datetime

import pytest

from emulator.cvad.sites import FIRST_SITE_ID

MANAGE = "/cvad/manage"
CLOUD = "/cctrustoauth2/{}/tokens/clients"
SECRET = {"grant_type": "client_credentials", "client_id": "emulated-client", "client_secret": "emulated-secret"}


def token_of(server, authorization, path=f"{MANAGE}/Tokens", **options):
    return server.request("POST", path, headers={"Authorization": authorization}, **options)


@pytest.fixture
def cloud(launch):
    return launch(cloud=True)


def test_token(launch):
    server = launch()
    # base64 of administrator:11112222, written down rather than computed.
    answer = token_of(server, "Basic YWRtaW5pc3RyYXRvcjoxMTExMjIyMg==")
    assert answer.status_code == 200
    assert list(answer.json()) == ["Token", "Principal", "UserId", "CustomerId", "ExpiresAt"]
    assert answer.json()["CustomerId"] == "CitrixOnPremises"
    assert answer.json()["ExpiresAt"] == "2026-01-05T09:00:00Z"


@pytest.mark.parametrize("path", ["/cvad/manage/tokens", "/CVAD/Manage/TOKENS", "/citrix/orchestration/api/tokens"])
def test_token_takes_an_empty_object_at_any_spelling(launch, path):
    assert token_of(launch(), "Basic YWRtaW5pc3RyYXRvcjoxMTExMjIyMg==", path, json={}).status_code == 200


@pytest.mark.parametrize(
    "authorization",
    ["", "Basic", "Basic !!!", "Basic YWRtaW5pc3RyYXRvcg==", "Basic YWRtaW5pc3RyYXRvcjp3cm9uZw==", "Bearer x"],
)
def test_wrong_credentials(launch, authorization):
    server = launch()
    assert token_of(server, authorization).status_code == 401
    assert server.state()["logons"] == 0


def test_refresh(cvad):
    answer = cvad.post("tokens/$refresh")
    assert answer.status_code == 200
    assert cvad.get("me", headers={"Authorization": f"CWSAuth bearer={answer.json()['Token']}"}).status_code == 200


@pytest.mark.parametrize("form", ["CWSAuth bearer={}", "CWSAuth Bearer={}", "Bearer {}"])
def test_forms_of_the_token(cvad, form):
    token = cvad.headers["Authorization"].partition("=")[2]
    assert cvad.get("me", headers={"Authorization": form.format(token)}).status_code == 200


@pytest.mark.parametrize("form", [None, "{}", "bearer={}", "CWSAuth {}", "CWSAuth bearer=x{}"])
def test_other_forms_are_refused(cvad, form):
    token = cvad.headers["Authorization"].partition("=")[2]
    authorization = None if form is None else form.format(token)
    assert cvad.get("me", headers={"Authorization": authorization}).status_code == 401


def test_foreign_token_is_counted(cvad):
    cvad.get("me", headers={"Authorization": "CWSAuth bearer=from-elsewhere"})
    assert cvad.state()["foreign_tokens"] == 1
    assert cvad.state()["refused"] == {"me.get": 1}


def test_token_ends(launch):
    server = launch(token_seconds=60).sign_in()
    server.clock.advance(59)
    assert server.get("me").status_code == 200
    server.clock.advance(1)
    assert server.get("me").status_code == 401
    assert server.state()["tokens"] == 0
    assert server.state()["foreign_tokens"] == 0


def test_tokens_can_be_ended_behind_the_clients_back(cvad):
    cvad.delete("token", "*")
    assert cvad.get("me").status_code == 401


def test_me_with_one_site(cvad):
    me = cvad.get("me").json()
    assert me["Customers"] == [
        {"Id": "CitrixOnPremises", "Name": "CitrixOnPremises", "Sites": [{"Id": FIRST_SITE_ID, "Name": "Main"}]}
    ]
    assert datetime.datetime.fromisoformat(me["ExpiryTime"]) - cvad.clock.now() == datetime.timedelta(hours=1)


def test_me_without_a_site(launch):
    assert launch(sites=0).sign_in().get("me").json()["Customers"][0]["Sites"] == []


def test_me_with_several_sites(launch):
    server = launch(sites=3, sessions=5).sign_in()
    sites = server.get("me").json()["Customers"][0]["Sites"]
    assert [site["Name"] for site in sites] == ["Main", "Branch", "Lab"]
    assert sites == server.get("Sites").json()["Items"]
    seen = [
        {one["Id"] for one in server.get("Sessions", headers={"Citrix-InstanceId": site["Id"]}).json()["Items"]}
        for site in sites
    ]
    assert len(seen[0]) == 5
    assert not seen[0] & seen[1]
    assert not seen[1] & seen[2]


def test_me_of_2020_shows_a_time_of_day(launch):
    # The clock starts at 8:00 UTC and a token lasts an hour.
    assert launch(formatted_times=False).sign_in().get("me").json()["ExpiryTime"] == "9:00:00 AM"


@pytest.mark.parametrize("name", ["Main", "main", FIRST_SITE_ID, FIRST_SITE_ID.upper()])
def test_one_site_by_name_or_id(cvad, name):
    assert cvad.get(f"Sites/{name}").json()["Id"] == FIRST_SITE_ID


def test_unknown_site(cvad):
    assert cvad.get("Sites/Nowhere").status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Citrix-CustomerId": None}, 400),
        ({"Citrix-CustomerId": "somebodyelse"}, 403),
        ({"Citrix-InstanceId": None}, 400),
        ({"Citrix-InstanceId": "00000000-0000-0000-0000-000000000000"}, 404),
        ({"Citrix-InstanceId": "Main"}, 404),
        ({"Accept": "text/html"}, 406),
        ({"Accept": "application/json;q=0"}, 406),
        ({"Accept": "text/html, application/*;q=0.5"}, 200),
        ({"Accept": None}, 200),
        ({"Citrix-CustomerId": "CITRIXONPREMISES"}, 200),
        # The vendor's sample sends it with a GET.
        ({"Content-Type": "application/json; charset=utf-8"}, 200),
    ],
)
def test_headers(cvad, headers, status):
    assert cvad.get("Sessions", headers=headers).status_code == status


def test_me_and_sites_need_no_site(cvad):
    for path in ("me", "Sites"):
        assert cvad.get(path, headers={"Citrix-InstanceId": None}).status_code == 200
        assert cvad.get(path, headers={"Citrix-CustomerId": None}).status_code == 400


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json; charset=utf-8", 200),
        ("application/json", 200),
        ("application/json; charset=iso-8859-1", 415),
        ("text/plain", 415),
        (None, 415),
    ],
)
def test_content_type_of_a_body(cvad, content_type, status):
    answer = cvad.post("Sessions/$search", headers={"Content-Type": content_type}, content=b"{}")
    assert answer.status_code == status


def test_transaction_id_comes_back_or_is_made(cvad):
    given = "ce0d3943-e294-4fc8-b2c6-85271d4a0c3b"
    assert cvad.get("me", headers={"Citrix-TransactionId": given}).headers["citrix-transactionid"] == given
    made = {cvad.get(path).headers["citrix-transactionid"] for path in ("me", "Sessions/none", "Nonsense", "me")}
    assert len(made) == 4
    cvad.fault(kind="status", status=503, retry_after=2)
    refused = cvad.get("me", headers={"Citrix-TransactionId": given})
    assert (refused.headers["citrix-transactionid"], refused.headers["Retry-After"]) == (given, "2")


@pytest.mark.parametrize("style", ["manage", "orchestration", "techpreview"])
def test_url_styles(launch, style):
    server = launch(url_styles=(style,))
    root = {
        "manage": "/cvad/manage",
        "orchestration": "/citrix/orchestration/api",
        "techpreview": "/citrix/orchestration/api/techpreview",
    }[style]
    customer = "" if style == "manage" else "/CitrixOnPremises"
    site = "" if style == "manage" else f"{customer}/{FIRST_SITE_ID}"
    token = token_of(server, "Basic YWRtaW5pc3RyYXRvcjoxMTExMjIyMg==", f"{root}/tokens").json()["Token"]
    server.headers["Authorization"] = f"CWSAuth bearer={token}"
    if style == "manage":
        server.headers["Citrix-InstanceId"] = FIRST_SITE_ID
    assert server.get(f"{root}/me").status_code == 200
    assert server.get(f"{root}{customer}/Sites").json()["Items"] == [{"Id": FIRST_SITE_ID, "Name": "Main"}]
    sessions = server.get(f"{root}{site}/Sessions").json()["Items"]
    assert len(sessions) == 12
    assert server.post(f"{root}{site}/sessions/%24SEARCH", json={}).json()["Items"] == sessions
    logoff = server.post(f"{root}{site}/Sessions/{sessions[0]['Id']}/$logoff")
    assert logoff.headers["Location"].startswith(f"http://127.0.0.1{root}{site}/Jobs/")
    assert server.job(logoff)["Type"] == "LogoffSessions"


def test_a_style_that_is_not_there(launch):
    server = launch(url_styles=("manage",)).sign_in()
    assert server.get("/citrix/orchestration/api/me").status_code == 404
    assert server.get("/citrix/orchestration/api/techpreview/me").status_code == 404


def test_orchestration_address_and_headers_must_agree(cvad):
    root = "/citrix/orchestration/api"
    other = "11111111-0000-0000-0000-000000000000"
    good = f"{root}/CitrixOnPremises/{FIRST_SITE_ID}/Sessions"
    assert cvad.get(good, headers={"Citrix-InstanceId": None}).status_code == 200
    assert cvad.get(good, headers={"Citrix-InstanceId": other}).status_code == 400
    assert cvad.get(good, headers={"Citrix-CustomerId": None}).status_code == 400
    assert cvad.get(f"{root}/somebodyelse/{FIRST_SITE_ID}/Sessions").status_code == 403


@pytest.mark.parametrize("customer", ["examplecloud", "root"])
def test_cloud_sign_in(cloud, customer):
    answer = cloud.request("POST", CLOUD.format(customer), data=SECRET)
    assert answer.json()["token_type"] == "bearer"
    assert answer.json()["expires_in"] == "3600"
    authorization = f"CWSAuth bearer={answer.json()['access_token']}"
    me = cloud.get("me", headers={"Authorization": authorization}).json()
    assert me["Customers"][0]["Id"] == "examplecloud"


def test_cloud_expires_in_as_a_number(launch):
    server = launch(cloud=True, expires_in="number", token_seconds=1800)
    assert server.request("POST", CLOUD.format("root"), data=SECRET).json()["expires_in"] == 1800


@pytest.mark.parametrize(
    ("customer", "change", "error"),
    [
        ("examplecloud", {"client_secret": "wrong"}, "invalid_client"),
        ("examplecloud", {"client_id": "wrong"}, "invalid_client"),
        ("othercloud", {}, "invalid_client"),
        ("examplecloud", {"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_cloud_refusals(launch, customer, change, error, inside):
    server = launch(cloud=True, sign_in_errors="in-200" if inside else "status")
    answer = server.request("POST", CLOUD.format(customer), data={**SECRET, **change})
    assert answer.json()["error"] == error
    assert answer.json()["error_description"]
    assert (answer.status_code == 200) == inside


def test_cloud_and_premises_do_not_mix(cloud, launch):
    assert cloud.request("POST", f"{MANAGE}/Tokens").status_code == 404
    assert launch().request("POST", CLOUD.format("root"), data=SECRET).status_code == 404
