# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sign-in, controllers, URL styles, the site, and the errors of CVAD, as the reference tells them."""

from __future__ import annotations

import datetime
from urllib.parse import parse_qs

import httpx
import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._cvad import auth
from ansible_collections.deskops.vdi.plugins.module_utils._cvad.client import new_client
from ansible_collections.deskops.vdi.plugins.module_utils._errors import (
    AuthenticationError,
    BadInputError,
    NotFoundError,
    RateLimitError,
    ServerFaultError,
    TransportError,
    UnexpectedAnswerError,
    UnreachableError,
)
from ansible_collections.deskops.vdi.plugins.modules import cvad_auth, cvad_session_info, cvad_site_info
from unit.plugins.cvad.support import (
    API,
    BY_PASSWORD,
    BY_TOKEN,
    CLOUD_URL,
    CUSTOMER,
    OTHER_SITE,
    PASSWORD,
    SECOND_URL,
    SITE,
    TOKEN,
    URL,
    CvadScript,
    Network,
    page,
    session,
    tokens,
)
from unit.support.script import Script
from unit.support.tasks import make_task, run

SESSIONS = f"{API}/Sessions"
LIST = {"limit": "1000"}
NO_SITE = {"Citrix-InstanceId": None}
REFUSED = httpx.ConnectError("refused")
LOST = httpx.ReadError("lost")
CLOUD = {
    "url": [CLOUD_URL],
    "customer_id": "examplecust01",
    "client_id": "client",
    "client_secret": PASSWORD,
    "retries": 0,
}


def client_of(script, **args):
    return new_client(make_task(cvad_session_info, script, args))


# Sign-in


def test_on_premises_signs_in_then_finds_the_site_then_works(cvad):
    cvad.sign_in().me().on("GET", SESSIONS, query=LIST, json=page(session()))
    result = run(cvad_session_info, cvad, BY_PASSWORD)
    assert result["count"] == 1


def test_a_token_and_a_site_by_id_cost_no_request(cvad):
    cvad.on("GET", SESSIONS, query=LIST, json=page())
    assert run(cvad_session_info, cvad, BY_TOKEN)["count"] == 0


def test_auth_returns_the_token_and_where_it_is_good(cvad):
    cvad.sign_in().me()
    assert run(cvad_auth, cvad, BY_PASSWORD) == {
        "auth_token": TOKEN,
        "expires_at": "2026-01-31T09:15:00Z",
        "customer_id": CUSTOMER,
        "site_id": SITE,
    }


def test_auth_checks_a_site_given_by_id(cvad):
    cvad.sign_in().me()
    with pytest.raises(BadInputError, match=f"no site '{OTHER_SITE}'. It has: Head office .id {SITE}."):
        run(cvad_auth, cvad, {**BY_PASSWORD, "site": OTHER_SITE})


def test_auth_takes_no_token(cvad):
    with pytest.raises(BadInputError, match="username and password"):
        run(cvad_auth, cvad, BY_TOKEN)


def test_without_credentials_the_message_names_options_and_variables(cvad):
    with pytest.raises(BadInputError, match=r"auth_token, or username and password.*CVAD_CLIENT_SECRET"):
        run(cvad_session_info, cvad, {"url": [URL]})


def test_a_refused_sign_in_says_what_to_check_and_keeps_the_password(cvad):
    cvad.sign_in(status=401, content=f"Login failed for {PASSWORD}")
    with pytest.raises(AuthenticationError) as caught:
        run(cvad_auth, cvad, BY_PASSWORD)
    assert "Login failed for ********" in caught.value.message
    assert r"username (DOMAIN\user)" in caught.value.message
    assert PASSWORD not in caught.value.message


def test_a_sign_in_without_a_token_is_an_error(cvad):
    cvad.sign_in(json={**tokens(), "Token": None})
    with pytest.raises(UnexpectedAnswerError, match="without a Token"):
        run(cvad_auth, cvad, BY_PASSWORD)


def cloud_script(answer):
    """A token server that answers, and the gateway."""
    calls: list[httpx.Request] = []

    class Gateway(CvadScript):
        def handle_request(self, request):
            if request.url.path.startswith("/cctrustoauth2"):
                calls.append(request)
                return httpx.Response(200, json=answer)
            return super().handle_request(request)

    return Gateway(CLOUD_URL, "cloudtoken", customer="examplecust01"), calls


@pytest.mark.parametrize("seconds", ["3600", 3600])
def test_the_cloud_gives_a_token_for_client_id_and_secret(seconds):
    script, calls = cloud_script({"token_type": "bearer", "access_token": "cloudtoken", "expires_in": seconds})
    script.me()
    before = datetime.datetime.now(datetime.UTC)
    result = run(cvad_auth, script, CLOUD)
    script.verify()
    assert [str(call.url) for call in calls] == [f"{CLOUD_URL}/cctrustoauth2/examplecust01/tokens/clients"]
    assert calls[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(calls[0].content.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["client"],
        "client_secret": [PASSWORD],
    }
    assert (result["auth_token"], result["customer_id"]) == ("cloudtoken", "examplecust01")
    life = datetime.datetime.fromisoformat(result["expires_at"]) - before
    assert 3595 < life.total_seconds() < 3630


@pytest.mark.parametrize("seconds", ["nan", "inf", 1e13, "soon", {}, True, "9" * 400, 10**400])
def test_a_time_to_live_that_is_none_is_not_known(seconds):
    script, _calls = cloud_script({"access_token": "cloudtoken", "expires_in": seconds})
    script.me()
    result = run(cvad_auth, script, CLOUD)
    assert (result["auth_token"], result["expires_at"]) == ("cloudtoken", None)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-08:00"])
def test_an_end_that_utc_has_not_keeps_its_text(cvad, moment):
    cvad.sign_in(json=tokens(expires_at=moment)).me()
    assert run(cvad_auth, cvad, BY_PASSWORD)["expires_at"] == moment


def test_an_error_inside_a_200_of_the_cloud_is_a_failed_sign_in():
    script, _calls = cloud_script({"error": "invalid_client", "error_description": "Invalid client id or secret."})
    with pytest.raises(AuthenticationError, match="invalid_client; Invalid client id or secret") as caught:
        run(cvad_auth, script, CLOUD)
    assert caught.value.failure()["code"] == "invalid_client"


@pytest.mark.parametrize("args", [CLOUD, {"url": [CLOUD_URL], "auth_token": TOKEN}])
def test_the_cloud_needs_a_customer(cvad, args):
    with pytest.raises(BadInputError, match=r"customer_id.*CVAD_CUSTOMER_ID"):
        run(cvad_session_info, cvad, {name: value for name, value in args.items() if name != "customer_id"})


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api-eu.cloud.com", "https://api-eu.cloud.com/cctrustoauth2/a%2Fb/tokens/clients"),
        ("https://example.xendesktop.net", "https://api.cloud.com/cctrustoauth2/a%2Fb/tokens/clients"),
    ],
)
def test_a_regional_gateway_hands_out_its_own_tokens(url, expected):
    assert auth.default_token_url(url, "a/b") == expected


# URL styles. Source: endpoints.yaml, base_urls and url.


@pytest.mark.parametrize(
    ("style", "sign_in", "me", "sites", "sessions"),
    [
        (
            "gateway",
            "/cvad/manage/Tokens",
            "/cvad/manage/me",
            "/cvad/manage/Sites/a",
            "/cvad/manage/Sessions/$search",
        ),
        (
            "orchestration",
            "/citrix/orchestration/api/Tokens",
            "/citrix/orchestration/api/me",
            "/citrix/orchestration/api/CitrixOnPremises/Sites/a",
            f"/citrix/orchestration/api/CitrixOnPremises/{SITE}/Sessions/$search",
        ),
        (
            "techpreview",
            "/citrix/orchestration/api/techpreview/Tokens",
            "/citrix/orchestration/api/techpreview/me",
            "/citrix/orchestration/api/techpreview/CitrixOnPremises/Sites/a",
            f"/citrix/orchestration/api/techpreview/CitrixOnPremises/{SITE}/Sessions/$search",
        ),
    ],
)
def test_url_styles(cvad, style, sign_in, me, sites, sessions):
    cvad.sign_in(path=sign_in).me(path=me)
    cvad.on("POST", sessions, body={}, json=page())
    cvad.on("GET", sites, headers=NO_SITE, json={})
    client = client_of(cvad, **BY_PASSWORD, url_style=style)
    client.request("POST", "/Sessions/$search", body={}, read=True)
    client.request("GET", "/Sites/a")


# Sites


@pytest.mark.parametrize("site", ["Branch", "branch", OTHER_SITE, OTHER_SITE.upper()])
def test_one_of_several_sites_by_name_or_id(cvad, site):
    cvad.sign_in().me((SITE, "Head office"), (OTHER_SITE, "Branch"))
    assert run(cvad_auth, cvad, {**BY_PASSWORD, "site": site})["site_id"] == OTHER_SITE


@pytest.mark.parametrize("site", [None, "Unknown"])
def test_the_message_lists_the_sites_to_choose_from(cvad, site):
    cvad.sign_in().me((SITE, "Head office"), (OTHER_SITE, "Branch"))
    with pytest.raises(BadInputError) as caught:
        run(cvad_auth, cvad, {**BY_PASSWORD, "site": site})
    assert f"Head office (id {SITE}), Branch (id {OTHER_SITE})" in caught.value.message


def test_an_account_without_a_site_is_told(cvad):
    cvad.sign_in().me(json={"Customers": []})
    with pytest.raises(BadInputError, match="has no site"):
        run(cvad_auth, cvad, BY_PASSWORD)


@pytest.mark.parametrize("odd", [5, "x", {"Id": SITE}])
def test_sites_that_are_no_list_are_told(cvad, odd):
    cvad.sign_in().me(json={"Customers": [{"Id": CUSTOMER, "Sites": odd}]})
    with pytest.raises(UnexpectedAnswerError, match="Sites that are no list"):
        run(cvad_auth, cvad, BY_PASSWORD)


def test_site_info_lists_filters_and_ignores_the_connections_site(cvad):
    rows = [
        {"id": SITE, "name": "Head office", "customer_id": CUSTOMER, "customer_name": None},
        {"id": OTHER_SITE, "name": "Branch", "customer_id": CUSTOMER, "customer_name": None},
    ]
    for args, expected in (({}, rows), ({"name": "Branch"}, rows[1:]), ({"id": SITE}, rows[:1]), ({"name": "x"}, [])):
        cvad.me((SITE, "Head office"), (OTHER_SITE, "Branch"))
        assert run(cvad_site_info, cvad, {**BY_TOKEN, **args}) == {"sites": expected}


# Tokens that end


def test_a_token_is_renewed_a_minute_before_it_ends(cvad):
    now = []
    client = client_of(cvad, **BY_PASSWORD)
    client._clock = client._sign_in._clock = lambda: datetime.datetime.fromisoformat(now[-1]).timestamp()
    now.append("2026-01-31T08:15:00Z")
    cvad.sign_in("first").me().on("GET", SESSIONS, json=page())
    client.request("GET", "/Sessions")
    now.append("2026-01-31T09:13:59Z")
    cvad.on("GET", SESSIONS, json=page())
    client.request("GET", "/Sessions")
    now.append("2026-01-31T09:14:01Z")
    cvad.sign_in("second").on("GET", SESSIONS, json=page())
    client.request("GET", "/Sessions")


@pytest.mark.parametrize("expires_at", ["5:19:11 AM", None, "2020-01-01T00:00:00Z"])
def test_an_end_that_cannot_be_used_is_left_to_the_401(cvad, expires_at):
    """No time, or clocks that differ: signing in again for each request would help nobody."""
    cvad.sign_in(json=tokens(expires_at=expires_at)).me().on("GET", SESSIONS, json=page())
    client = client_of(cvad, **BY_PASSWORD)
    client.request("GET", "/Sessions")
    cvad.on("GET", SESSIONS, status=401).sign_in("second").on("GET", SESSIONS, json=page())
    client.request("GET", "/Sessions")


def test_a_second_401_is_not_answered_with_another_sign_in(cvad):
    cvad.sign_in().me().on("GET", SESSIONS, status=401).sign_in("second").on("GET", SESSIONS, status=401)
    with pytest.raises(AuthenticationError, match="The sign-in itself succeeded"):
        client_of(cvad, **BY_PASSWORD).request("GET", "/Sessions")


def test_a_given_token_that_ended_is_told(cvad):
    cvad.on("GET", SESSIONS, status=401)
    with pytest.raises(AuthenticationError, match="Sign in again with cvad_auth"):
        client_of(cvad, **BY_TOKEN).request("GET", "/Sessions")


# Controllers


@pytest.fixture
def pair():
    network = Network(CvadScript(URL), CvadScript(SECOND_URL))
    yield network
    network.verify()


def both(pair):
    return pair._scripts["ddc1.example.test"], pair._scripts["ddc2.example.test"]


BOTH_URLS = {"url": [URL, SECOND_URL], "retries": 0}


@pytest.mark.parametrize("fault", [{"error": REFUSED}, {"error": LOST}, *[{"status": s} for s in (500, 501, 503, 520)]])
def test_a_read_goes_to_the_next_controller_and_stays_there(pair, fault):
    first, second = both(pair)
    first.on("GET", SESSIONS, **fault)
    second.on("GET", SESSIONS, json=page()).on("GET", SESSIONS, json=page())
    client = client_of(pair, **{**BY_TOKEN, **BOTH_URLS})
    client.request("GET", "/Sessions")
    client.request("GET", "/Sessions")


@pytest.mark.parametrize(
    "fault",
    [
        {"error": REFUSED},
        {"status": 502},
        {"status": 503, "reply_headers": {"Retry-After": "60"}},
        {"status": 504},
    ],
)
def test_no_controller_is_waited_for_while_another_can_be_asked(pair, fault):
    first, second = both(pair)
    first.on("GET", SESSIONS, **fault)
    second.on("GET", SESSIONS, json=page())
    client_of(pair, **{**BY_TOKEN, **BOTH_URLS, "retries": 3}).request("GET", "/Sessions")


@pytest.mark.parametrize("fault", [{"error": REFUSED}, {"status": 500}, {"status": 503}])
def test_when_none_answers_they_are_asked_once_more(pair, fault):
    first, second = both(pair)
    first.on("GET", SESSIONS, **fault).on("GET", SESSIONS, json=page())
    second.on("GET", SESSIONS, **fault)
    client_of(pair, **{**BY_TOKEN, **BOTH_URLS, "retries": 1}).request("GET", "/Sessions")


def test_the_next_controller_wants_its_own_sign_in(pair):
    first, second = both(pair)
    first.sign_in("one").me().on("GET", SESSIONS, error=LOST)
    second.sign_in("two").on("GET", SESSIONS, json=page())
    client_of(pair, **{**BY_PASSWORD, **BOTH_URLS}).request("GET", "/Sessions")


def test_a_controller_that_does_not_even_sign_in_is_passed_over_for_a_write(pair):
    first, second = both(pair)
    first.sign_in(error=LOST)
    second.sign_in().on("POST", f"{SESSIONS}/1/$logoff", status=204)
    client_of(pair, **{**BY_PASSWORD, **BOTH_URLS, "site": SITE}).request("POST", "/Sessions/1/$logoff")


def test_a_write_moves_on_when_nothing_was_sent(pair):
    first, second = both(pair)
    first.on("POST", f"{SESSIONS}/1/$logoff", error=REFUSED)
    second.on("POST", f"{SESSIONS}/1/$logoff", status=204)
    client_of(pair, **{**BY_TOKEN, **BOTH_URLS}).request("POST", "/Sessions/1/$logoff")


@pytest.mark.parametrize("retries", [0, 3])
def test_a_write_moves_on_when_a_controller_says_to_come_back(pair, retries):
    """503 with Retry-After was not carried out, as for one controller alone."""
    first, second = both(pair)
    first.on("POST", f"{SESSIONS}/1/$logoff", status=503, reply_headers={"Retry-After": "60"})
    second.on("POST", f"{SESSIONS}/1/$logoff", status=204)
    client_of(pair, **{**BY_TOKEN, **BOTH_URLS, "retries": retries}).request("POST", "/Sessions/1/$logoff")


@pytest.mark.parametrize("retries", [0, 3])
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"error": LOST}, TransportError),
        *[({"status": status}, ServerFaultError) for status in (500, 502, 503, 504)],
        ({"status": 504, "reply_headers": {"Retry-After": "0"}}, ServerFaultError),
    ],
)
def test_a_write_that_may_have_been_done_is_not_sent_to_another(pair, fault, kind, retries):
    first, _second = both(pair)
    first.on("POST", f"{SESSIONS}/1/$logoff", **fault)
    with pytest.raises(kind):
        client_of(pair, **{**BY_TOKEN, **BOTH_URLS, "retries": retries}).request("POST", "/Sessions/1/$logoff")


@pytest.mark.parametrize(
    ("status", "detail", "kind"), [(500, "Object does not exist.", NotFoundError), (530, "frozen", ServerFaultError)]
)
def test_what_all_controllers_would_say_is_asked_of_one(pair, status, detail, kind):
    first, _second = both(pair)
    first.on("GET", f"{SESSIONS}/1", status=status, json={**CURRENT_BODY, "detail": detail})
    with pytest.raises(kind):
        client_of(pair, **{**BY_TOKEN, **BOTH_URLS}).request("GET", "/Sessions/1")


def test_the_first_fault_is_told_where_another_controller_refuses(pair):
    first, second = both(pair)
    first.on("GET", SESSIONS, status=500, json={**CURRENT_BODY, "detail": "Database is down."})
    second.on("GET", SESSIONS, status=401)
    with pytest.raises(AuthenticationError, match=r"ddc2.* Asked before: .*ddc1.*Database is down"):
        client_of(pair, **{**BY_TOKEN, **BOTH_URLS}).request("GET", "/Sessions")


def test_when_no_controller_answers_all_are_named(pair):
    first, second = both(pair)
    first.on("GET", SESSIONS, error=REFUSED)
    second.on("GET", SESSIONS, error=REFUSED)
    with pytest.raises(UnreachableError) as caught:
        client_of(pair, **{**BY_TOKEN, **BOTH_URLS}).request("GET", "/Sessions")
    assert "ddc1.example.test:443" in caught.value.message
    assert "The other controllers of url did not serve it either" in caught.value.message
    assert "ddc2.example.test:443" in caught.value.message


def test_a_refusal_is_an_answer(pair):
    first, _second = both(pair)
    first.on("GET", SESSIONS, status=429)
    with pytest.raises(RateLimitError):
        client_of(pair, **{**BY_TOKEN, **BOTH_URLS}).request("GET", "/Sessions")


# Errors. Source: notes.md section 9.

CURRENT_BODY = {"type": "https://errors-api.cloud.com/x/y", "detail": "Object does not exist.", "parameters": []}
OLDER_BODY = {"SdkErrorId": "Citrix.Fault", "ErrorMessage": "Object does not exist."}


@pytest.mark.parametrize("body", [CURRENT_BODY, OLDER_BODY])
@pytest.mark.parametrize("status", [404, 500])
def test_a_missing_object_comes_as_404_or_as_500(cvad, status, body):
    cvad.on("GET", f"{SESSIONS}/1", status=status, json=body)
    with pytest.raises(NotFoundError) as caught:
        client_of(cvad, **BY_TOKEN).request("GET", "/Sessions/1")
    assert caught.value.failure()["status"] == status
    assert caught.value.failure()["detail"] == "Object does not exist."


def test_another_500_stays_a_fault(cvad):
    cvad.on("GET", SESSIONS, status=500, json={**CURRENT_BODY, "detail": "Database is down."})
    with pytest.raises(ServerFaultError, match="Database is down"):
        client_of(cvad, **BY_TOKEN).request("GET", "/Sessions")


def test_errors_name_the_transaction_that_was_sent(cvad):
    cvad.on("GET", SESSIONS, status=500, json=OLDER_BODY | {"ErrorMessage": "Boom."})
    with pytest.raises(ServerFaultError) as caught:
        client_of(cvad, **BY_TOKEN).request("GET", "/Sessions")
    sent = cvad.calls[0].headers["citrix-transactionid"]
    assert f"(Citrix-TransactionId {sent})" in caught.value.message


def test_a_frozen_cloud_site_is_explained(cvad):
    cvad.sign_in().me(status=530, json=CURRENT_BODY | {"detail": "frozen"})
    with pytest.raises(ServerFaultError, match="The site is frozen"):
        run(cvad_auth, cvad, BY_PASSWORD)


def test_no_call_gives_a_token_back(cvad):
    cvad.sign_in().me()
    client = client_of(cvad, **BY_PASSWORD)
    client.sites()
    client.log_off()
    client.close()


def test_something_else_than_cvad_is_told(cvad):
    cvad.sign_in().me(json=[])
    with pytest.raises(UnexpectedAnswerError, match="without Customers"):
        run(cvad_auth, cvad, BY_PASSWORD)


def test_scripts_of_other_hosts_do_not_mix():
    script = Script(SECOND_URL)
    with pytest.raises(AssertionError):
        Network(CvadScript(URL), script).handle_request(httpx.Request("GET", f"{SECOND_URL}/x"))
