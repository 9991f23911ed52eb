# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The error ladder: each cause gives its own text and its own failure data.

Expectations: issue section 3, design section 5; RAS error bodies: notes section 4 (ProblemDetails, and {code, msg} of
the licensing sample).
"""

from __future__ import annotations

import socket
import ssl

import httpx
import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._http import HttpClient, HttpSettings, tls_words

WHERE = "GET https://ras.example.test:20443/api/Gateway/7"


def problem(status, title, detail=None, **more):
    """A ProblemDetails body."""
    return {
        "type": f"https://tools.ietf.org/html/rfc7231#{status}",
        "title": title,
        "status": status,
        "instance": "/x",
        **({"detail": detail} if detail else {}),
        **more,
    }


CAUSES = [
    pytest.param(
        401,
        problem(401, "Unauthorized", "The token is unknown."),
        errors.AuthenticationError,
        {"kind": "authentication", "status": 401, "code": None, "detail": "The token is unknown."},
        ["answered 401 Unauthorized", "The token is unknown", "username and password", "auth_token"],
        id="wrong password",
    ),
    pytest.param(
        403,
        problem(403, "Forbidden", "Site settings are not granted."),
        errors.PermissionDeniedError,
        {"kind": "permission", "status": 403, "code": None, "detail": "Site settings are not granted."},
        ["answered 403 Forbidden", "Site settings are not granted", "right", "username"],
        id="no permission",
    ),
    pytest.param(
        404,
        problem(404, "Not Found", "No gateway has the id 7."),
        errors.NotFoundError,
        {"kind": "not_found", "status": 404, "code": None, "detail": "No gateway has the id 7."},
        ["answered 404 Not Found", "No gateway has the id 7", "id"],
        id="unknown id",
    ),
    pytest.param(
        409,
        problem(409, "Conflict", "The server is in the farm already."),
        errors.ConflictError,
        {"kind": "conflict", "status": 409, "code": None, "detail": "The server is in the farm already."},
        ["answered 409 Conflict", "The server is in the farm already", "exists already"],
        id="duplicate",
    ),
    pytest.param(
        400,
        problem(400, "One or more validation errors occurred.", errors={"sslPort": ["must be below 65536"]}),
        errors.RefusedValueError,
        {
            "kind": "refused_value",
            "status": 400,
            "code": None,
            "detail": "One or more validation errors occurred.; sslPort: must be below 65536",
        },
        ["answered 400 Bad Request", "One or more validation errors", "sslPort: must be below 65536"],
        id="refused field, ProblemDetails",
    ),
    pytest.param(
        400,
        {"code": 0, "msg": "invalid login or password"},
        errors.RefusedValueError,
        {"kind": "refused_value", "status": 400, "code": 0, "detail": "invalid login or password"},
        ["answered 400 Bad Request", "invalid login or password"],
        id="refused field, code and msg",
    ),
    pytest.param(
        412,
        problem(412, "Client Error", "Join was refused."),
        errors.RefusedValueError,
        {"kind": "refused_value", "status": 412, "code": None, "detail": "Client Error; Join was refused."},
        ["answered 412", "Join was refused"],
        id="412",
    ),
    pytest.param(
        429,
        problem(429, "Too Many Requests", "Wait for the next window."),
        errors.RateLimitError,
        {"kind": "rate_limit", "status": 429, "code": None, "detail": "Wait for the next window."},
        ["answered 429 Too Many Requests", "Wait for the next window", "retries", "throttle"],
        id="rate limit",
    ),
    pytest.param(
        500,
        problem(500, "Internal Server Error", "Object reference not set."),
        errors.ServerFaultError,
        {"kind": "server_fault", "status": 500, "code": None, "detail": "Object reference not set."},
        ["answered 500 Internal Server Error", "Object reference not set", "server's"],
        id="server fault",
    ),
    pytest.param(
        418,
        {},
        errors.UnexpectedAnswerError,
        {"kind": "unexpected_answer", "status": 418, "code": None, "detail": None},
        ["answered 418"],
        id="any other status",
    ),
]


@pytest.mark.parametrize(("status", "body", "cause", "failure", "words"), CAUSES)
def test_refusal(status, body, cause, failure, words, script, client):
    script.on("GET", "/api/Gateway/7", query={"SiteId": "1"}, status=status, json=body)
    with pytest.raises(errors.VdiError) as caught:
        client(retries=0).request("GET", "/api/Gateway/7", query={"SiteId": 1})
    assert caught.type is cause
    assert caught.value.failure() == failure
    text = str(caught.value)
    assert text.startswith(f"{WHERE} answered ")
    assert "SiteId" not in text
    for part in words:
        assert part in text


def test_each_cause_has_a_kind_of_its_own():
    kinds = [parameter.values[3]["kind"] for parameter in CAUSES]
    assert len(set(kinds)) == len({parameter.values[2] for parameter in CAUSES})


@pytest.mark.parametrize(
    ("body", "code", "detail"),
    [
        pytest.param({"type": "General", "detail": "Catalog is in use."}, None, "Catalog is in use.", id="cvad"),
        pytest.param(
            {"ErrorMessage": "No such machine.", "SdkErrorId": "Citrix.XD.NotFound"},
            "Citrix.XD.NotFound",
            "No such machine.",
            id="cvad sdk",
        ),
        pytest.param(
            {"error": {"name": "BadRequest", "message": "No such session."}},
            "BadRequest",
            "No such session.",
            id="fastx",
        ),
        pytest.param("just text", None, "just text", id="json text"),
        pytest.param([1, 2], None, None, id="list"),
    ],
)
def test_error_bodies_of_all_platforms(body, code, detail, script, client):
    script.on("GET", "/api/Gateway/7", status=400, json=body)
    with pytest.raises(errors.RefusedValueError) as caught:
        client().request("GET", "/api/Gateway/7")
    assert caught.value.failure() == {"kind": "refused_value", "status": 400, "code": code, "detail": detail}
    assert (detail or "400") in str(caught.value)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (problem(409, "Conflict", "Conflicting names."), "Conflicting names."),
        ({"code": 3, "msg": "Conflicts with gateway 218"}, "Conflicts with gateway 218"),
    ],
)
def test_words_that_begin_like_the_status_stay_whole(body, detail, script, client):
    script.on("POST", "/api/Gateway", status=409, json=body)
    with pytest.raises(errors.ConflictError) as caught:
        client().request("POST", "/api/Gateway")
    assert caught.value.failure()["detail"] == detail


def test_html_page_of_a_proxy_is_named_in_a_refusal(script, client):
    script.on("GET", "/x", status=502, content="<html><title>Bad Gateway | nginx</title></html>")
    with pytest.raises(errors.ServerFaultError) as caught:
        client(retries=0).request("GET", "/x")
    assert "an HTML page titled 'Bad Gateway | nginx'" in str(caught.value)
    assert caught.value.failure()["status"] == 502


def test_long_words_of_a_server_are_cut(script, client):
    script.on("GET", "/x", status=500, content="x" * 100_000)
    with pytest.raises(errors.ServerFaultError) as caught:
        client(retries=0).request("GET", "/x")
    assert len(str(caught.value)) < 1000


def test_own_hint_replaces_the_common_one(script, client):
    script.on("GET", "/x", status=404)
    with pytest.raises(errors.NotFoundError) as caught:
        client().request("GET", "/x", hints={"not_found": "Check that the site exists."})
    assert str(caught.value).endswith("Check that the site exists.")
    assert "version of the server" not in str(caught.value)


def test_shown_path_stands_for_the_path(script, client):
    script.on("GET", "/api/secret-token/x", status=404)
    with pytest.raises(errors.NotFoundError) as caught:
        client().request("GET", "/api/secret-token/x", shown_path="/api/…/x")
    assert "secret-token" not in str(caught.value)
    assert "/api/…/x answered 404" in str(caught.value)


def caused(error: Exception, cause: BaseException) -> Exception:
    """error as httpx raises it: with the socket's own error below."""
    error.__cause__ = cause
    return error


def certificate_error(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, f"certificate verify failed: {message}")
    error.verify_code, error.verify_message = code, message
    return error


def tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] {reason.lower()}")
    error.reason = reason
    return error


TRANSPORT = [
    pytest.param(
        caused(httpx.ConnectError("[Errno 111] Connection refused"), ConnectionRefusedError(111, "refused")),
        errors.UnreachableError,
        ["ras.example.test:20443 refused the connection", "host and port of url", "service runs"],
        False,
        id="refused connection",
    ),
    pytest.param(
        caused(httpx.ConnectError("no"), socket.gaierror(socket.EAI_NONAME, "Name or service not known")),
        errors.UnreachableError,
        ["the host ras.example.test is unknown", "Name or service not known", "host name in url"],
        False,
        id="unknown host",
    ),
    pytest.param(
        caused(httpx.ConnectError("no route"), OSError(113, "No route to host")),
        errors.UnreachableError,
        ["ras.example.test:20443 cannot be reached", "no route"],
        False,
        id="no route",
    ),
    pytest.param(
        caused(httpx.ConnectError("x"), certificate_error(18, "self-signed certificate")),
        errors.TlsError,
        ["certificate of ras.example.test is not trusted", "self-signed certificate", "ca_path", "validate_certs"],
        False,
        id="untrusted certificate",
    ),
    pytest.param(
        caused(httpx.ConnectError("x"), certificate_error(10, "certificate has expired")),
        errors.TlsError,
        ["certificate of ras.example.test has expired", "Renew", "clock"],
        False,
        id="expired certificate",
    ),
    pytest.param(
        caused(httpx.ConnectError("x"), certificate_error(62, "Hostname mismatch")),
        errors.TlsError,
        ["not valid for the host ras.example.test", "Hostname mismatch", "Use in url a name"],
        False,
        id="wrong host name",
    ),
    pytest.param(
        caused(httpx.ConnectError("x"), certificate_error(64, "IP address mismatch")),
        errors.TlsError,
        ["not valid for the host ras.example.test", "IP address mismatch"],
        False,
        id="wrong address",
    ),
    pytest.param(
        caused(httpx.ConnectError("x"), tls_error("WRONG_VERSION_NUMBER")),
        errors.TlsError,
        ["wrong version number", "does it speak HTTPS"],
        False,
        id="no tls",
    ),
    pytest.param(
        caused(httpx.ReadError("x"), tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED")),
        errors.TlsError,
        ["certificate required", "client_cert", "client_key"],
        False,
        id="client certificate wanted",
    ),
    pytest.param(
        httpx.ConnectTimeout("x"),
        errors.TimeLimitError,
        ["ras.example.test:20443 did not accept the connection within 10 s", "firewalls"],
        False,
        id="time limit of connecting",
    ),
    pytest.param(
        httpx.ReadTimeout("x"),
        errors.TimeLimitError,
        ["no answer within the time limit of 30 s", "Raise timeout"],
        True,
        id="time limit",
    ),
    pytest.param(
        httpx.ProxyError("407 Proxy Authentication Required"),
        errors.UnreachableError,
        ["the proxy of the environment refused", "407", "use_proxy", "NO_PROXY"],
        False,
        id="proxy",
    ),
    pytest.param(
        httpx.ReadError("reset by peer"),
        errors.UnreachableError,
        ["connection was lost before the whole answer came", "reset by peer"],
        True,
        id="lost connection",
    ),
    pytest.param(
        httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
        errors.UnreachableError,
        ["connection was lost before the whole answer came"],
        True,
        id="answer cut off",
    ),
]


@pytest.mark.parametrize(("raised", "cause", "words", "lost_answer"), TRANSPORT)
def test_no_answer(raised, cause, words, lost_answer, script, client):
    """lost_answer: whether the server may have got the request; only then a write may have been carried out."""
    script.on("PUT", "/api/Gateway/7", query={"noRestart": "true"}, error=raised)
    with pytest.raises(errors.TransportError) as caught:
        client(retries=0).request("PUT", "/api/Gateway/7", query={"noRestart": True})
    assert caught.type is cause
    assert caught.value.lost_answer is lost_answer
    assert caught.value.failure() == {"kind": cause.kind, "status": None, "code": None, "detail": None}
    text = str(caught.value)
    assert text.startswith("PUT https://ras.example.test:20443/api/Gateway/7 failed: ")
    assert "noRestart" not in text
    for part in words:
        assert part in text


def test_a_connection_lost_without_tls_asks_for_the_scheme():
    """What a server that speaks TLS does with plain http: it just closes."""

    def close(request):
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)

    with (
        HttpClient(HttpSettings("http://127.0.0.1:20443", retries=0), transport=httpx.MockTransport(close)) as plain,
        pytest.raises(errors.UnreachableError, match=r"http://: if the server speaks https there, change that"),
    ):
        plain.request("GET", "/x")


def test_a_reset_and_a_close_are_told_alike(script, client):
    """Which of the two a client sees when a server hangs up is chance."""
    closed = httpx.RemoteProtocolError("Server disconnected without sending a response.")
    reset = caused(httpx.ReadError("[Errno 104] Connection reset by peer"), ConnectionResetError(104, "reset"))
    told = []
    for error in (closed, reset):
        script.on("GET", "/x", error=error)
        with pytest.raises(errors.UnreachableError) as caught:
            client(retries=0).request("GET", "/x")
        told.append(str(caught.value))
    assert told[0] == told[1]
    assert "(closed or reset by peer)" in told[0]
    assert "client_cert" in told[0]


def test_once_the_server_has_answered_a_lost_connection_is_no_question_of_certificates(script, client):
    script.on("GET", "/x", json=[]).on("GET", "/x", error=httpx.RemoteProtocolError("Server disconnected"))
    server = client(retries=0)
    server.request("GET", "/x")
    with pytest.raises(errors.UnreachableError) as caught:
        server.request("GET", "/x")
    assert "client_cert" not in str(caught.value)


def test_kinds_of_transport_errors():
    kinds = {errors.UnreachableError.kind, errors.TlsError.kind, errors.TimeLimitError.kind}
    assert kinds == {"unreachable", "tls", "time_limit"}


@pytest.mark.parametrize(("method", "unsure"), [("GET", False), ("PUT", True)])
def test_a_lost_write_says_that_it_may_have_been_done(method, unsure, script, client):
    script.on(method, "/x", error=httpx.ReadTimeout("x"))
    with pytest.raises(errors.TimeLimitError) as caught:
        client(retries=0, timeout=5).request(method, "/x")
    assert ("Whether the server carried out the request is not known" in str(caught.value)) is unsure
    assert "5 s" in str(caught.value)


def test_a_short_time_limit_is_that_of_connecting_too(script, client):
    script.on("GET", "/x", error=httpx.ConnectTimeout("x"))
    with pytest.raises(errors.TimeLimitError, match="within 3 s"):
        client(retries=0, timeout=3).request("GET", "/x")


def test_a_write_may_be_done_when_tls_fails_after_it(script, client):
    """A lost answer is settled by reading again, whatever lost it."""
    script.on("PUT", "/x", error=caused(httpx.ReadError("x"), tls_error("SSLV3_ALERT_BAD_RECORD_MAC")))
    with pytest.raises(errors.TransportError) as caught:
        client(retries=0).request("PUT", "/x")
    assert caught.value.lost_answer


def test_tls_end_of_file_in_the_middle_is_a_lost_connection(script, client):
    """No fault of certificates: the peer vanished, and reading again settles it."""
    end = ssl.SSLEOFError(8, "EOF occurred in violation of protocol")
    end.reason = "UNEXPECTED_EOF_WHILE_READING"
    error = caused(httpx.ReadError("EOF occurred"), end)
    script.on("GET", "/x", error=error).on("GET", "/x", json=[])
    assert client().request("GET", "/x").json() == []


@pytest.mark.parametrize(("ca_path", "told"), [("/etc/farm-ca.pem", True), (None, False)])
def test_a_ca_path_that_does_not_fit_is_named(ca_path, told):
    words = tls_words(certificate_error(20, "unable to get local issuer certificate"), "ras.example.test", ca_path)
    assert ("no authority in /etc/farm-ca.pem issued it" in words) == told
    assert "Set ca_path to the PEM file" in words
