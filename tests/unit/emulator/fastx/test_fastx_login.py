# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging in to both versions: at once, in stages, with a second factor; tokens and the envelope of refusals."""

from __future__ import annotations

import base64
import json

import pytest

LOGIN, SSH = "/api/login", "/v3/api/auth/ssh"
USER = {"username": "administrator", "password": "11112222"}
BASIC = {**USER, "basic": True}


def post(server, path, **body):
    return server.request("POST", path, json=body)


def result(answer):
    assert answer.status_code == 200, answer.text
    assert list(answer.json()) == ["result"]
    return answer.json()["result"]


def refused(answer, name="AuthError"):
    assert list(answer.json()) == ["error"]
    assert answer.json()["error"]["name"] == name
    assert answer.json()["error"]["message"]
    return answer.status_code


@pytest.mark.parametrize("form", ["json", "data"])
def test_basic_login(launch, form):
    body = BASIC if form == "json" else {**USER, "basic": "true"}
    answer = result(launch().request("POST", LOGIN, **{form: body}))
    assert answer["stage"] == "success"
    assert answer["token"]


@pytest.mark.parametrize("change", [{"password": "wrong"}, {"username": "nobody"}, {"password": None}])
def test_wrong_credentials(launch, change):
    server = launch()
    assert refused(post(server, LOGIN, **{**BASIC, **change})) == 401
    assert server.state()["logons"] == 0


@pytest.mark.parametrize("body", [{"basic": True}, {**BASIC, "otp": "1"}, {**BASIC, "basic": "perhaps"}])
def test_request_that_makes_no_sense(launch, body):
    assert refused(post(launch(), LOGIN, **body), "Error") == 400


def test_get_is_no_login_in_version_2(launch):
    assert launch().request("GET", LOGIN, params=BASIC).status_code == 405


def test_stages(launch):
    server = launch()
    first = result(post(server, LOGIN, username="administrator"))
    assert first["stage"] == "password"
    last = result(post(server, f"{LOGIN}/password", authtoken=first["authtoken"], password="11112222"))
    assert last["stage"] == "success"
    server.token = last["token"]
    assert result(server.own())


def test_stages_with_a_code(launch):
    server = launch(second_factor="123456")
    assert refused(post(server, LOGIN, **BASIC)) == 401
    first = result(post(server, LOGIN, username="administrator"))
    second = result(post(server, f"{LOGIN}/password", authtoken=first["authtoken"], password="11112222"))
    assert second["stage"] == "keyboard-interactive"
    assert second["prompt"]
    last = result(post(server, f"{LOGIN}/keyboard-interactive", authtoken=second["authtoken"], answer="123456"))
    assert last["stage"] == "success"


def test_stages_that_fail(launch):
    server = launch()
    first = result(post(server, LOGIN, username="administrator"))
    assert (
        refused(post(server, f"{LOGIN}/keyboard-interactive", authtoken=first["authtoken"], answer="x"), "Error") == 400
    )
    first = result(post(server, LOGIN, username="administrator"))
    assert refused(post(server, f"{LOGIN}/password", authtoken=first["authtoken"], password="wrong")) == 401
    # A login that failed is over.
    assert refused(post(server, f"{LOGIN}/password", authtoken=first["authtoken"], password="11112222")) == 401


@pytest.mark.parametrize(("password", "code"), [("wrong", "123456"), ("11112222", "000000")])
def test_both_factors_count(launch, password, code):
    server = launch(second_factor="123456")
    token = result(post(server, LOGIN, username="administrator"))["authtoken"]
    post(server, f"{LOGIN}/password", authtoken=token, password=password)
    assert refused(post(server, f"{LOGIN}/keyboard-interactive", authtoken=token, answer=code)) == 401


def test_errors_with_status_200(launch):
    server = launch(error_status="200")
    assert refused(post(server, LOGIN, **{**BASIC, "password": "wrong"})) == 200
    assert refused(server.request("GET", "/api/list/invented")) == 200
    # A fault still has the status that it was given, and an address that leads nowhere 404.
    server.fault(operation="login.start", kind="status", status=503, times=1)
    assert refused(post(server, LOGIN, **BASIC), "Error") == 503
    assert server.request("GET", "/api/nonsense").status_code == 404


def test_token_ends(launch):
    server = launch(token_seconds=60).log_in()
    server.clock.advance(59)
    assert server.own().status_code == 200
    server.clock.advance(1)
    assert refused(server.own()) == 401


def test_tokens_can_be_ended_behind_the_clients_back(fastx):
    fastx.delete("token", "*")
    assert refused(fastx.own()) == 401


def test_foreign_token_is_counted(fastx):
    fastx.request("GET", "/api/list/from-elsewhere")
    state = fastx.state()
    assert (state["foreign_tokens"], state["refused"], state["tokens"]) == (1, {"session.list": 1}, 1)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_version_3_info(third, method):
    assert result(third.request(method, "/v3/api"))["build"].startswith("3.")


@pytest.mark.parametrize(
    "way", [{"method": "POST", "json": BASIC}, {"method": "GET", "params": {**USER, "basic": "true"}}]
)
def test_version_3_login(launch, way):
    method = way.pop("method")
    answer = result(launch(version=3).request(method, SSH, **way))
    assert answer["stage"] == "success"
    way["method"] = method
    head, payload, signature = answer["token"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert set(claims) == {"sub", "iss", "iat", "exp", "aud", "jti"}
    assert (claims["sub"], claims["aud"]) == ("administrator", "api")
    # The clock of these tests stands at 2026-01-05T08:00:00Z; a token lives for a day.
    assert (claims["iat"], claims["exp"] - claims["iat"]) == (1_767_600_000, 86_400)
    assert head
    assert signature


def test_version_3_stages(launch):
    server = launch(version=3, second_factor="123456")
    first = result(post(server, SSH, username="administrator"))
    second = result(post(server, SSH, authtoken=first["authtoken"], password="11112222"))
    assert (second["stage"], second["authtoken"]) == ("keyboard-interactive", first["authtoken"])
    assert result(post(server, SSH, authtoken=second["authtoken"], answer="123456"))["stage"] == "success"


def test_version_3_admin_login(launch):
    assert result(post(launch(version=3), SSH, **BASIC, admin=True))["stage"] == "success"
    assert refused(post(launch(version=3, no_admin=True), SSH, **BASIC, admin=True), "Error") == 403
    assert result(post(launch(version=3, no_admin=True), SSH, **BASIC))["stage"] == "success"


@pytest.mark.parametrize(
    "way",
    [
        lambda token: {"headers": {"Authorization": f"Bearer {token}"}},
        lambda token: {"headers": {"X-FASTX-TOKEN": token}},
        lambda token: {"headers": {"Authorization": f"Bearer {token}", "X-FASTX-TOKEN": token}},
        lambda token: {"params": {"token": token}},
    ],
)
def test_version_3_token_places(third, way):
    assert result(third.request("GET", "/v3/api/my/list", **way(third.token)))


def test_version_3_token_in_the_body(third):
    assert result(third.request("POST", "/v3/api/my/list", json={"token": third.token}))


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x.y.z"}, {"Authorization": "CWSAuth bearer=x"}])
def test_version_3_without_a_token(third, headers):
    assert refused(third.request("GET", "/v3/api/my/list", headers=headers)) == 401


def test_versions_do_not_mix(fastx, third, launch):
    assert third.request("GET", f"/api/list/{third.token}").status_code == 404
    assert fastx.request("POST", SSH, json=BASIC).status_code == 404
    plain = launch(version=3).log_in(SSH)
    assert plain.request("GET", "/v3/api/my/list", headers=plain.bearer()).status_code == 404


def test_base_path(launch):
    server = launch(base_path="/fastx/api/").log_in("/fastx/api/login")
    assert server.request("GET", f"/fastx/api/list/{server.token}").status_code == 200
    assert server.own().status_code == 404
