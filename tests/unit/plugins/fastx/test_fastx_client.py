# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sign-in, token and envelope. Expectations: reference/fastx notes, "Login", "Envelope and errors", "Versions"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._fastx.client import FastxClient
from unit.plugins.fastx.support import PASSWORD, TOKEN, TOKEN_IN_PATH, USERNAME, jwt
from unit.support.script import Script

LIST = "/api/list/:token"
BASIC = {"username": USERNAME, "password": PASSWORD, "basic": True}
SIGNED_IN = {"result": {"stage": "success", "token": TOKEN}}
NewClient = Callable[..., FastxClient]


def test_version_2_signs_in_with_basic_and_puts_the_token_into_the_path(fastx: Script, new_client: NewClient) -> None:
    fastx.on("POST", "/api/login", body=BASIC, headers={"Content-Type": "application/json"}, json=SIGNED_IN)
    fastx.on(
        "GET", f"/api/list/{TOKEN_IN_PATH}", headers={"Authorization": None, "X-FASTX-TOKEN": None}, json={"result": []}
    )
    assert new_client(token=None).result("GET", LIST) == []


def test_version_3_signs_in_and_sends_both_documented_headers(fastx: Script, new_client: NewClient) -> None:
    token = jwt(sub="anna", exp=1769847300, aud="api", jti="1")
    fastx.on("POST", "/v3/api/auth/ssh", body=BASIC, json={"result": {"stage": "success", "token": token}})
    fastx.on(
        "GET",
        "/v3/api/mine",
        headers={"Authorization": f"Bearer {token}", "X-FASTX-TOKEN": token},
        json={"result": []},
    )
    client = new_client(token=None, api_version="3", list_path="mine")
    assert client.result("GET", client.list_path(all_users=False)) == []


def test_version_3_asks_for_an_administrators_sign_in(fastx: Script, new_client: NewClient) -> None:
    fastx.on("POST", "/v3/api/auth/ssh", body={**BASIC, "admin": True}, json=SIGNED_IN)
    assert new_client(token=None, api_version="3", admin=True).sign_in().token == TOKEN


def test_version_2_knows_no_administrators_sign_in(fastx: Script, new_client: NewClient) -> None:
    fastx.on("POST", "/api/login", body=BASIC, json=SIGNED_IN)
    new_client(token=None, admin=True).sign_in()


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        # 1769847300 s after 1970 is 2026-01-31, 08:15 UTC.
        (jwt(exp=1769847300), "2026-01-31T08:15:00Z"),
        (jwt(sub="anna"), None),
        (jwt(exp="soon"), None),
        (jwt(exp=1e300), None),
        ("no.web.token", None),
        (TOKEN, None),
    ],
)
def test_the_expiry_is_read_from_the_token_where_it_tells(
    fastx: Script, new_client: NewClient, token: str, expected: str | None
) -> None:
    fastx.on("POST", "/api/login", body=BASIC, json={"result": {"stage": "success", "token": token}})
    assert new_client(token=None).sign_in().expires_at == expected


@pytest.mark.parametrize("stage", ["password", "keyboard-interactive", "init"])
def test_a_further_stage_is_a_failed_sign_in(fastx: Script, new_client: NewClient, stage: str) -> None:
    answer = {"result": {"stage": stage, "prompt": "Code:", "authtoken": "middle"}}
    fastx.on("POST", "/api/login", body=BASIC, json=answer)
    with pytest.raises(errors.AuthenticationError, match=rf"further step.*\({stage}\).*auth_token") as caught:
        new_client(token=None).sign_in()
    assert PASSWORD not in str(caught.value)


def test_a_sign_in_without_token_is_no_sign_in(fastx: Script, new_client: NewClient) -> None:
    fastx.on("POST", "/api/login", body=BASIC, json={"result": {"stage": "success"}})
    with pytest.raises(errors.UnexpectedAnswerError, match="without a token"):
        new_client(token=None).sign_in()


@pytest.mark.parametrize("status", [200, 401, 403])
def test_a_refused_sign_in_is_told_as_such_whatever_the_status(
    fastx: Script, new_client: NewClient, status: int
) -> None:
    error = {"name": "AuthError", "message": f"{PASSWORD} is wrong", "stack": "at Secret.js:1"}
    fastx.on("POST", "/api/login", body=BASIC, status=status, json={"error": error})
    with pytest.raises(errors.AuthenticationError) as caught:
        new_client(token=None).sign_in()
    text = str(caught.value)
    assert "AuthError: ******** is wrong" in text
    assert "Secret.js" not in text
    assert caught.value.failure()["code"] == "AuthError"


def test_an_unknown_error_of_the_sign_in_counts_as_refused(fastx: Script, new_client: NewClient) -> None:
    fastx.on("POST", "/api/login", body=BASIC, json={"error": {"name": "SshError", "message": "no such user"}})
    with pytest.raises(errors.AuthenticationError, match="SshError: no such user"):
        new_client(token=None).sign_in()


def test_without_credentials_nothing_is_sent(new_client: NewClient) -> None:
    with pytest.raises(errors.BadInputError, match=r"FASTX_AUTH_TOKEN.*FASTX_USERNAME.*FASTX_PASSWORD"):
        new_client(token=None, password=None).token()


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"base_path": "/fastx/api"}, f"/fastx/api/list/{TOKEN_IN_PATH}"),
        ({"base_path": "fastx/api/"}, f"/fastx/api/list/{TOKEN_IN_PATH}"),
        ({"base_path": "/"}, f"/list/{TOKEN_IN_PATH}"),
        ({"list_path": "/sessions/"}, f"/api/sessions/{TOKEN_IN_PATH}"),
    ],
)
def test_paths_are_options(fastx: Script, new_client: NewClient, options: dict[str, str], path: str) -> None:
    fastx.on("GET", path, json={"result": []})
    client = new_client(**options)
    client.result("GET", client.list_path(all_users=False))


@pytest.mark.parametrize("option", ["base_path", "list_path"])
@pytest.mark.parametrize("path", ["https://other.example.test/api", "/api?x=1", "/a b", "/api#x"])
def test_a_path_is_nothing_but_a_path(new_client: NewClient, option: str, path: str) -> None:
    with pytest.raises(errors.BadInputError, match=option):
        new_client(**{option: path})


@pytest.mark.parametrize("all_users", [False, True])
def test_version_3_without_list_path_is_a_clear_error(new_client: NewClient, all_users: bool) -> None:
    with pytest.raises(errors.BadInputError, match=r"list_path.*version 3"):
        new_client(api_version="3").list_path(all_users)


def test_the_token_is_in_no_message(fastx: Script, new_client: NewClient) -> None:
    body = {"error": {"name": "Error", "message": f"no session for {TOKEN} at /api/list/{TOKEN_IN_PATH}"}}
    fastx.on("GET", f"/api/list/{TOKEN_IN_PATH}", status=500, json=body)
    with pytest.raises(errors.ServerFaultError) as caught:
        new_client().request("GET", LIST)
    for text in (str(caught.value), str(caught.value.failure())):
        assert TOKEN not in text
        assert TOKEN_IN_PATH not in text
    assert "GET https://fastx.example.test:3443/api/list/:token answered 500" in str(caught.value)


def test_the_token_is_in_no_message_of_a_redirect(fastx: Script, new_client: NewClient) -> None:
    location = f"https://other.example.test/api/list/{TOKEN_IN_PATH}"
    fastx.on("GET", f"/api/list/{TOKEN_IN_PATH}", status=302, reply_headers={"Location": location})
    with pytest.raises(errors.RedirectError) as caught:
        new_client().request("GET", LIST)
    assert TOKEN_IN_PATH not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {"error": {"name": "AuthError", "message": "logged out"}}, errors.AuthenticationError),
        (200, {"error": {"name": "Error", "message": "bad filter"}}, errors.RefusedValueError),
        (200, {"error": {"error": {"name": "AuthError", "message": "nested"}}}, errors.AuthenticationError),
        (200, {"error": "plain text"}, errors.RefusedValueError),
        (200, {"error": {"message": "both"}, "result": []}, errors.RefusedValueError),
        (403, {"error": {"name": "Error", "message": "no admin"}}, errors.PermissionDeniedError),
        (404, {"error": {"name": "Error", "message": "no such call"}}, errors.NotFoundError),
        (500, {"error": {"name": "Error", "message": "oops"}}, errors.ServerFaultError),
        (401, {}, errors.AuthenticationError),
        (404, [], errors.NotFoundError),
    ],
)
def test_an_error_is_judged_by_the_body_first(
    fastx: Script, new_client: NewClient, status: int, body: Any, kind: type[errors.VdiError]
) -> None:
    fastx.on("GET", f"/api/list/{TOKEN_IN_PATH}", status=status, json=body)
    with pytest.raises(errors.VdiError) as caught:
        new_client().request("GET", LIST)
    assert caught.type is kind
    assert caught.value.status == status


@pytest.mark.parametrize("status", [200, 201, 400, 404, 500])
@pytest.mark.parametrize("result", [[], None, False, 0])
def test_a_result_is_a_result_whatever_the_status_and_its_truth(
    fastx: Script, new_client: NewClient, status: int, result: Any
) -> None:
    fastx.on("GET", f"/api/list/{TOKEN_IN_PATH}", status=status, json={"result": result})
    assert new_client().result("GET", LIST) == result


def test_an_empty_error_beside_a_result_is_none(fastx: Script, new_client: NewClient) -> None:
    fastx.on("GET", f"/api/list/{TOKEN_IN_PATH}", json={"error": None, "result": [1]})
    assert new_client().result("GET", LIST) == [1]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, errors.NotJsonError),
        (401, errors.AuthenticationError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (500, errors.ServerFaultError),
    ],
)
def test_the_status_decides_where_the_body_is_not_json(
    fastx: Script, new_client: NewClient, status: int, kind: type[errors.VdiError]
) -> None:
    page = "<html><head><title>Portal</title></head></html>"
    fastx.on("GET", f"/api/list/{TOKEN_IN_PATH}", status=status, content=page)
    with pytest.raises(kind, match="HTML page titled 'Portal'"):
        new_client().result("GET", LIST)


def test_json_without_envelope_is_not_taken_for_a_result(fastx: Script, new_client: NewClient) -> None:
    fastx.on("GET", f"/api/list/{TOKEN_IN_PATH}", json={"sessions": []})
    with pytest.raises(errors.UnexpectedAnswerError, match="neither result nor error"):
        new_client().result("GET", LIST)


def test_a_passing_fault_is_tried_again(fastx: Script, new_client: NewClient) -> None:
    fastx.on("GET", f"/api/list/{TOKEN_IN_PATH}", status=503, content="<html></html>")
    fastx.on("GET", f"/api/list/{TOKEN_IN_PATH}", json={"result": [1]})
    assert new_client(retries=1).result("GET", LIST) == [1]


def test_a_lapsed_token_is_renewed_once(fastx: Script, new_client: NewClient) -> None:
    lapsed = {"error": {"name": "AuthError", "message": "token"}}
    fastx.on("POST", "/api/login", body=BASIC, json={"result": {"stage": "success", "token": "first"}})
    fastx.on("GET", "/api/list/first", json={"result": []})
    fastx.on("GET", "/api/list/first", json=lapsed)
    fastx.on("POST", "/api/login", body=BASIC, json={"result": {"stage": "success", "token": "second"}})
    fastx.on("GET", "/api/list/second", json={"result": [1]})
    client = new_client(token=None)
    assert client.result("GET", LIST) == []
    assert client.result("GET", LIST) == [1]


def test_a_fresh_token_that_is_refused_is_not_renewed(fastx: Script, new_client: NewClient) -> None:
    fastx.on("POST", "/api/login", body=BASIC, json=SIGNED_IN)
    fastx.on("GET", f"/api/list/{TOKEN_IN_PATH}", json={"error": {"name": "AuthError", "message": "no"}})
    with pytest.raises(errors.AuthenticationError, match="sign-in itself succeeded"):
        new_client(token=None).result("GET", LIST)


def test_a_given_token_is_never_renewed(fastx: Script, new_client: NewClient) -> None:
    fastx.on("GET", f"/api/list/{TOKEN_IN_PATH}", json={"result": []})
    fastx.on("GET", f"/api/list/{TOKEN_IN_PATH}", json={"error": {"name": "AuthError", "message": "no"}})
    client = new_client(username=USERNAME, password=PASSWORD)
    client.result("GET", LIST)
    with pytest.raises(errors.AuthenticationError, match="auth_token"):
        client.result("GET", LIST)
