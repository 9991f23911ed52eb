# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""api_request: one authenticated request, with the same errors, retries and masking."""

from __future__ import annotations

import httpx
import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._secrets import MASK
from ansible_collections.deskops.vdi.plugins.modules import api_request
from unit.support.tasks import BY_PASSWORD, BY_TOKEN, make_task, run


def ask(ras, check_mode=False, **args):
    return run(api_request, ras, {**BY_TOKEN, **args}, check_mode=check_mode)


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("path", ["/api/Farm", "api/Farm"])
def test_a_read_is_sent_in_check_mode_too(path, check_mode, ras):
    ras.on("GET", "/api/Farm", json={"id": 1})
    assert ask(ras, check_mode, path=path) == {"changed": False, "status": 200, "json": {"id": 1}, "text": ""}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_write_is_a_change(method, ras):
    ras.on(method, "/api/Farm", query={"force": "true"}, body={"name": "x"}, status=204)
    result = ask(ras, path="/api/Farm", method=method, query={"force": True}, body={"name": "x"})
    assert result == {"changed": True, "status": 204, "json": None, "text": ""}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("credentials", [BY_TOKEN, BY_PASSWORD])
def test_a_write_is_not_sent_in_check_mode(method, credentials, ras):
    args = {**credentials, "path": "/api/Farm", "method": method}
    result = run(api_request, ras, args, check_mode=True)
    assert result == {"changed": True, "status": None, "json": None, "text": ""}


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_post_that_only_reads(check_mode, ras):
    ras.on("POST", "/api/x/$search", body={"a": 1}, json=[])
    result = ask(ras, check_mode, path="/api/x/$search", method="POST", body={"a": 1}, read_only=True)
    assert (result["changed"], result["json"]) == (False, [])


@pytest.mark.parametrize("read_only", [True, False])
def test_only_what_reads_is_sent_again_after_a_lost_answer(read_only, ras):
    ras.on("POST", "/api/x/$search", body={}, error=httpx.ReadError("gone")).on(
        "POST", "/api/x/$search", body={}, json=[]
    )
    args = {"path": "/api/x/$search", "method": "POST", "body": {}, "read_only": read_only, "retries": 1}
    if read_only:
        assert ask(ras, **args)["json"] == []
    else:
        with pytest.raises(errors.UnreachableError):
            ask(ras, **args)
        # The second answer was not asked for.
        ask(ras, **{**args, "read_only": True})


def test_what_is_secret_by_its_name_is_masked_in_the_answer_however_short_it_is(ras):
    ras.on("GET", "/api/x", json={"pinSecret": 1234, "credential": {"v": "ab"}, "name": "n"})
    assert ask(ras, path="/api/x")["json"] == {"pinSecret": MASK, "credential": MASK, "name": "n"}


@pytest.mark.parametrize("body", [[1, 2], "text", 5, {"a": None}])
def test_a_body_of_any_kind(body, ras):
    ras.on("POST", "/api/x", body=body, json={})
    ask(ras, path="/api/x", method="POST", body=body)


def test_a_list_in_the_query_repeats_its_parameter(ras):
    calls = []

    def answer(request):
        calls.append(request.url.query)
        return httpx.Response(200, json=[])

    task = make_task(api_request, ras, {**BY_TOKEN, "path": "/api/x", "query": {"id": [1, 2]}})
    task.transport = httpx.MockTransport(answer)
    api_request.run(task)
    assert calls == [b"id=1&id=2"]


@pytest.mark.parametrize("status", [200, 201, 202, 206])
def test_any_success_will_do(status, ras):
    ras.on("GET", "/api/x", status=status, content="plain words")
    assert ask(ras, path="/api/x") == {"changed": False, "status": status, "json": None, "text": "plain words"}


@pytest.mark.parametrize(
    "path", ["https://evil.test/api", "/api/x?password=y", "/api/x#y", "//evil.test/api", "/api/x\n", "/api\tx"]
)
def test_only_a_path_below_url_is_taken(path, ras):
    """Nothing is sent, or what is sent goes to the server of url, which the script checks."""
    if path.startswith("//"):
        ras.on("GET", "/evil.test/api", json=[])
        assert ask(ras, path=path)["status"] == 200
        return
    with pytest.raises(errors.BadInputError, match="path"):
        ask(ras, path=path)


@pytest.mark.parametrize(("status", "kind"), [(404, "not_found"), (409, "conflict"), (400, "refused_value")])
def test_errors_of_the_ladder(status, kind, ras):
    ras.on("DELETE", "/api/x/5", status=status, json={"detail": "no"})
    with pytest.raises(errors.AnswerError) as caught:
        ask(ras, path="/api/x/5", method="DELETE")
    assert caught.value.failure() == {"kind": kind, "status": status, "code": None, "detail": "no"}


def test_a_read_is_repeated_and_a_write_is_not(ras, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    ras.on("POST", "/api/x", status=503)
    with pytest.raises(errors.ServerFaultError):
        ask(ras, path="/api/x", method="POST", retries=1)


def test_a_session_of_its_own(ras):
    ras.log_on().on("GET", "/api/Farm", json=[]).log_off()
    assert run(api_request, ras, {**BY_PASSWORD, "path": "/api/Farm"})["json"] == []


def test_secrets_of_query_body_and_answer_are_secrets_of_the_task(ras):
    ras.on("POST", "/api/x", query={"SecretKey": "qqqq"}, body={"in": {"password": "bbbb"}}, json={"apiKey": "aaaa"})
    args = {"path": "/api/x", "method": "POST", "query": {"SecretKey": "qqqq"}, "body": {"in": {"password": "bbbb"}}}
    task = make_task(api_request, ras, {**BY_TOKEN, **args})
    api_request.run(task)
    assert {"qqqq", "bbbb", "aaaa"} <= task.secrets


def test_secrets_of_query_and_body_are_known_in_check_mode(ras):
    args = {"path": "/api/x", "method": "POST", "body": {"password": "bbbb"}}
    task = make_task(api_request, ras, {**BY_TOKEN, **args}, check_mode=True)
    api_request.run(task)
    assert "bbbb" in task.secrets


def test_secrets_of_a_refused_request_are_known(ras):
    ras.on("POST", "/api/x", body={"password": "bbbb"}, status=400, json={"msg": "bbbb is too short"})
    task = make_task(api_request, ras, {**BY_TOKEN, "path": "/api/x", "method": "POST", "body": {"password": "bbbb"}})
    with pytest.raises(errors.RefusedValueError):
        api_request.run(task)
    assert "bbbb" in task.secrets
