# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is tried again, after which waits, and what never is. Expectations: design section 5, "Retries"."""

from __future__ import annotations

import datetime
import email.utils
import socket

import httpx
import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils import _http


def refused() -> httpx.ConnectError:
    error = httpx.ConnectError("refused")
    error.__cause__ = ConnectionRefusedError(111, "refused")
    return error


def unknown(number: int) -> httpx.ConnectError:
    error = httpx.ConnectError("unknown")
    error.__cause__ = socket.gaierror(number, "unknown")
    return error


def faults(**answers):
    return [pytest.param(answer, id=name.replace("_", " ")) for name, answer in answers.items()]


READ_AGAIN = faults(
    too_many={"status": 429},
    bad_gateway={"status": 502},
    unavailable={"status": 503},
    gateway_time={"status": 504},
    unavailable_with_retry_after={"status": 503, "reply_headers": {"Retry-After": "1"}},
    refused={"error": refused()},
    reset={"error": httpx.ReadError("reset")},
    cut_off={"error": httpx.RemoteProtocolError("cut off")},
    resolver_busy={"error": unknown(socket.EAI_AGAIN)},
)
WRITE_AGAIN = faults(
    too_many={"status": 429},
    unavailable_with_retry_after={"status": 503, "reply_headers": {"Retry-After": "1"}},
    refused={"error": refused()},
)
WRITE_ONCE = faults(
    server_fault={"status": 500},
    bad_gateway={"status": 502},
    unavailable={"status": 503},
    gateway_time={"status": 504},
    gateway_time_with_retry_after={"status": 504, "reply_headers": {"Retry-After": "1"}},
    conflict={"status": 409},
    reset={"error": httpx.ReadError("reset")},
    cut_off={"error": httpx.RemoteProtocolError("cut off")},
    write_error={"error": httpx.WriteError("broken pipe")},
    time_limit={"error": httpx.ReadTimeout("x")},
)
NEVER = faults(
    refused_value={"status": 400},
    no_token={"status": 401},
    forbidden={"status": 403},
    missing={"status": 404},
    conflict={"status": 409},
    server_fault={"status": 500},
    unknown_host={"error": unknown(socket.EAI_NONAME)},
)


@pytest.mark.parametrize("answer", READ_AGAIN)
def test_a_read_is_repeated(answer, script, client, sleeper):
    script.on("GET", "/x", **answer).on("GET", "/x", json=[1])
    assert client().request("GET", "/x").json() == [1]
    assert len(sleeper.waits) == 1


@pytest.mark.parametrize("answer", READ_AGAIN)
def test_a_post_that_only_reads_is_repeated(answer, script, client, sleeper):
    script.on("POST", "/x/$search", body={"a": 1}, **answer).on("POST", "/x/$search", body={"a": 1}, json=[1])
    assert client().request("POST", "/x/$search", body={"a": 1}, read=True).json() == [1]
    assert len(sleeper.waits) == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("answer", WRITE_AGAIN)
def test_a_write_that_surely_did_not_happen_is_repeated(answer, method, script, client, sleeper):
    script.on(method, "/x", body={"a": 1}, **answer).on(method, "/x", body={"a": 1}, content=b"{}")
    client().request(method, "/x", body={"a": 1})
    assert len(sleeper.waits) == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("answer", WRITE_ONCE)
def test_a_write_that_may_have_happened_is_sent_once(answer, method, script, client, sleeper):
    script.on(method, "/x", body={}, **answer)
    with pytest.raises(errors.VdiError):
        client().request(method, "/x", body={})
    assert sleeper.waits == []


@pytest.mark.parametrize("answer", NEVER)
def test_what_no_patience_mends_is_tried_once(answer, script, client, sleeper):
    script.on("GET", "/x", **answer)
    with pytest.raises(errors.VdiError) as caught:
        client().request("GET", "/x")
    assert sleeper.waits == []
    assert "tried" not in str(caught.value)


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_retries_is_the_number_of_tries_after_the_first(retries, script, client, sleeper):
    for _try in range(retries + 1):
        script.on("GET", "/x", status=503)
    with pytest.raises(errors.ServerFaultError) as caught:
        client(retries=retries).request("GET", "/x")
    assert len(sleeper.waits) == retries
    assert (f"tried {retries + 1} times" in str(caught.value)) is (retries > 0)


def test_different_faults_share_the_tries(script, client):
    script.on("GET", "/x", status=503).on("GET", "/x", error=refused()).on("GET", "/x", status=429)
    script.on("GET", "/x", json=[])
    assert client(retries=3).request("GET", "/x").json() == []


def test_default_waits_outlast_the_rate_limit_window_of_v21(script, client, sleeper):
    """50 requests per window of 10 seconds, and no Retry-After was seen."""
    for _try in range(3):
        script.on("GET", "/x", status=429)
    script.on("GET", "/x", json=[])
    assert client().request("GET", "/x").json() == []
    assert sum(sleeper.waits) > 10


def test_waits_grow(script, client, sleeper):
    for _try in range(4):
        script.on("GET", "/x", status=503)
    with pytest.raises(errors.ServerFaultError):
        client().request("GET", "/x")
    first, second, third = sleeper.waits
    assert 0 < first < second < third
    assert sum(sleeper.waits) < 10


def test_waits_differ_between_machines(script, client, sleeper):
    script.on("GET", "/x", status=503).on("GET", "/x", json=[])
    client(jitter=0.0).request("GET", "/x")
    script.on("GET", "/x", status=503).on("GET", "/x", json=[])
    client(jitter=1.0).request("GET", "/x")
    assert sleeper.waits[1] > sleeper.waits[0]


@pytest.mark.parametrize(
    ("value", "wait"),
    [("7", 7), ("0", 0), ("2.5", 2.5), ("-3", 0), ("3600", _http.MAX_RETRY_AFTER), ("inf", _http.MAX_RETRY_AFTER)],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_as_a_number_is_obeyed_up_to_a_cap(status, value, wait, script, client, sleeper):
    script.on("PUT", "/x", body={}, status=status, reply_headers={"Retry-After": value})
    script.on("PUT", "/x", body={}, status=204)
    client(jitter=1.0).request("PUT", "/x", body={})
    assert sleeper.waits == [wait]


def date(seconds: float) -> str:
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
    return email.utils.format_datetime(moment, usegmt=True)


@pytest.mark.parametrize(("seconds", "low", "high"), [(20, 15, 20), (-100, 0, 0), (100_000, 60, 60)])
def test_retry_after_as_a_date(seconds, low, high, script, client, sleeper):
    script.on("GET", "/x", status=429, reply_headers={"Retry-After": date(seconds)}).on("GET", "/x", json=[])
    client().request("GET", "/x")
    assert low <= sleeper.waits[0] <= high


@pytest.mark.parametrize("value", ["soon", "", "Wed, 99 Foo 2026"])
def test_retry_after_that_says_nothing(value, script, client, sleeper):
    script.on("GET", "/x", status=429, reply_headers={"Retry-After": value}).on("GET", "/x", json=[])
    client().request("GET", "/x")
    script.on("GET", "/x", status=429).on("GET", "/x", json=[])
    client().request("GET", "/x")
    assert sleeper.waits[0] == sleeper.waits[1]


@pytest.mark.parametrize("retries", [3, 50])
def test_waiting_is_bounded_in_all(retries, script, client, sleeper):
    for _try in range(3):
        script.on("GET", "/x", status=429, reply_headers={"Retry-After": "60"})
    with pytest.raises(errors.RateLimitError, match=r"tried 3 times, waiting 120 s in all"):
        client(retries=retries).request("GET", "/x")
    assert sum(sleeper.waits) == _http.MAX_TOTAL_WAIT == 120


def test_failure_of_the_last_try_is_reported(script, client):
    script.on("GET", "/x", status=503).on("GET", "/x", status=404)
    with pytest.raises(errors.NotFoundError) as caught:
        client().request("GET", "/x")
    assert caught.value.failure()["status"] == 404
    assert "tried 2 times" in str(caught.value)
