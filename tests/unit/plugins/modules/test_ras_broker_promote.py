# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ras_broker_promote: sent once, what became of it settled by reading, and what becomes of the session.

Expectations: notes.md section 8 (the session ends with a promotion; log on again), and the module's documentation.
"""

from __future__ import annotations

import httpx
import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils import _polling
from ansible_collections.deskops.vdi.plugins.modules import ras_broker_promote
from unit.support.tasks import BY_PASSWORD, BY_TOKEN, run

PATH = "/api/ConnectionBroker"
PRIMARY = {"id": 1, "server": "broker-01.example.test", "siteId": 1, "priority": 0}
SECOND = {"id": 2, "server": "broker-02.example.test", "siteId": 1, "priority": 1}
PROMOTED = {**SECOND, "priority": 0}
NAME = {"server": "broker-02.example.test"}
AGAIN = "the-second-token"


class Time:
    """Stands for the module time: sleeping lets it go on at once."""

    def __init__(self):
        self.now = 0.0
        self.waits = []

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture(autouse=True)
def time(monkeypatch):
    made = Time()
    monkeypatch.setattr(_polling, "time", made)
    return made


def ask(ras, connection=BY_PASSWORD, check_mode=False, **args):
    return run(ras_broker_promote, ras, {**connection, **NAME, **args}, check_mode=check_mode, diff=True)


def listed(ras, rows=(PRIMARY, SECOND)):
    return ras.on("GET", PATH, json=list(rows))


def sends(ras, **answer):
    return ras.on("POST", f"{PATH}/2/promote", **{"status": 204, **answer})


def looks(ras, status=200, **answer):
    return ras.on("GET", f"{PATH}/2", status=status, **answer)


# Nothing to do


@pytest.mark.parametrize("check_mode", [True, False])
def test_the_primary_one_is_left_alone(check_mode, ras):
    listed(ras, [SECOND | {"id": 3, "server": "b"}, PROMOTED])
    result = ask(ras, BY_TOKEN, check_mode)
    assert (result["changed"], result["session_ended"], result["broker"]["priority"]) == (False, False, 0)
    assert result["diff"] == {"before": {}, "after": {}}


def test_check_mode_sends_nothing(ras):
    listed(ras)
    result = ask(ras, BY_TOKEN, check_mode=True)
    assert (result["changed"], result["session_ended"], result["broker"]["priority"]) == (True, False, 0)
    identity = {"server": "broker-02.example.test", "site_id": 1, "id": 2}
    assert result["diff"] == {"before": {**identity, "priority": 1}, "after": {**identity, "priority": 0}}


# With username and password


def test_the_task_logs_on_again_and_looks(ras, time):
    ras.log_on()
    sends(listed(ras))
    looks(ras, 401).log_on(AGAIN)
    looks(ras, json=PROMOTED).log_off()
    result = ask(ras)
    assert (result["changed"], result["session_ended"]) == (True, True)
    assert result["broker"] == {"id": 2, "server": "broker-02.example.test", "site_id": 1, "priority": 0}
    assert result["diff"]["before"]["priority"] == 1
    assert time.waits == []


def test_a_session_that_outlives_the_promotion_is_used_on_and_closed(ras):
    ras.log_on()
    sends(listed(ras))
    looks(ras, json=PROMOTED).log_off()
    result = ask(ras)
    assert (result["changed"], result["session_ended"]) == (True, False)


def test_by_id(ras):
    ras.log_on()
    looks(listed(ras), json=SECOND)
    sends(ras)
    looks(ras, json=PROMOTED).log_off()
    assert run(ras_broker_promote, ras, {**BY_PASSWORD, "id": 2})["changed"] is True


def test_the_older_path(ras):
    ras.log_on().on("GET", PATH, status=404).on("GET", "/api/Broker", json=[PRIMARY, SECOND])
    ras.on("POST", "/api/Broker/2/promote", status=200, content=b"done")
    ras.on("GET", "/api/Broker/2", json=PROMOTED).log_off()
    assert ask(ras)["changed"] is True


def test_it_waits_while_the_server_changes_over(ras, time):
    ras.log_on()
    sends(listed(ras))
    looks(ras, json=SECOND)
    looks(ras, error=httpx.ConnectError("refused"))
    looks(ras, 503)
    looks(ras, 401)
    ras.on("POST", "/api/Session/logon", headers={"auth_token": None}, body=credentials(), status=401)
    looks(ras.log_on(AGAIN), json=SECOND)
    looks(ras, json=PROMOTED).log_off()
    result = ask(ras)
    assert (result["changed"], result["session_ended"], result["broker"]["priority"]) == (True, True, 0)
    # Ever slower: one wait after each look that did not show the broker as the primary one.
    assert time.waits == [1, 2, 4, 8, 15]


def credentials():
    return {"username": BY_PASSWORD["username"], "password": BY_PASSWORD["password"]}


def test_the_time_limit_tells_what_was_seen_last(ras, time):
    ras.log_on()
    sends(listed(ras))
    looks(ras, 401).log_on(AGAIN)
    looks(ras, json=SECOND)
    looks(ras, json=SECOND)
    looks(ras, json=SECOND).log_off()
    with pytest.raises(errors.TimeLimitError) as caught:
        ask(ras, wait_timeout=2)
    for part in ("broker-02.example.test", "2 s", "its priority is 1", "wait_timeout"):
        assert part in str(caught.value)
    assert time.waits == [1, 1]
    assert caught.value.done == {"changed": True}
    assert ras.sent.count(f"POST {PATH}/2/promote") == 1


def test_the_time_limit_tells_the_last_fault(ras):
    ras.log_on()
    sends(listed(ras))
    looks(ras, 503, json={"title": "Changing over"}).log_off()
    with pytest.raises(errors.TimeLimitError, match=r"the last look failed.*Changing over"):
        ask(ras, wait_timeout=0)


def test_sessions_that_the_server_does_not_accept_meanwhile_are_closed(ras, time):
    """They count until somebody closes them; one is opened for each look."""
    ras.log_on()
    sends(listed(ras))
    looks(ras, 401)
    for token in ("second", "third", "fourth"):
        looks(ras.log_on(token), 401).log_off()
    looks(ras.log_on("fifth"), json=PROMOTED).log_off()
    assert ask(ras)["session_ended"] is True
    assert (ras.sent.count("POST /api/Session/logon"), ras.sent.count("POST /api/Session/logoff")) == (5, 4)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_that_lost_the_server_leaves_it_open_too(status, ras):
    ras.log_on()
    sends(listed(ras), status=status)
    looks(ras, json=PROMOTED).log_off()
    assert ask(ras)["changed"] is True
    assert ras.sent.count(f"POST {PATH}/2/promote") == 1


@pytest.mark.parametrize("answer", [{"error": httpx.ReadError("reset")}, {"status": 401}])
def test_an_answer_that_leaves_it_open_is_settled_by_reading(answer, ras):
    ras.log_on()
    sends(listed(ras), **answer)
    looks(ras, 401).log_on(AGAIN)
    looks(ras, json=PROMOTED).log_off()
    assert ask(ras)["changed"] is True
    assert ras.sent.count(f"POST {PATH}/2/promote") == 1


def test_a_lost_promotion_that_did_not_happen(ras):
    ras.log_on()
    sends(listed(ras), error=httpx.ReadTimeout("x"))
    looks(ras, json=SECOND).log_off()
    with pytest.raises(errors.TimeLimitError) as caught:
        ask(ras, wait_timeout=0)
    assert f"POST https://ras.example.test:20443{PATH}/2/promote" in str(caught.value)
    assert "not promoted a second time" in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 409, "json": {"detail": "The agent is not well"}}, errors.ConflictError),
        ({"status": 403}, errors.PermissionDeniedError),
        ({"error": httpx.ConnectError("refused")}, errors.UnreachableError),
    ],
)
def test_a_refusal_is_the_end(answer, error, ras):
    ras.log_on()
    sends(listed(ras), **answer).log_off()
    with pytest.raises(error):
        ask(ras)


# With a token


def test_a_token_that_ended_is_told(ras, warnings):
    sends(listed(ras))
    looks(ras, 401)
    result = ask(ras, BY_TOKEN)
    assert (result["changed"], result["session_ended"], result["broker"]["priority"]) == (True, True, 0)
    assert len(warnings) == 1
    assert "auth_token" in warnings[0]
    assert "ras_auth" in warnings[0]


def test_a_token_that_did_not_end(ras, warnings):
    sends(listed(ras))
    looks(ras, json=SECOND)
    looks(ras, json=PROMOTED)
    result = ask(ras, BY_TOKEN)
    assert (result["changed"], result["session_ended"], warnings) == (True, False, [])


def test_a_lost_answer_with_a_token_that_ended_is_no_success(ras, warnings):
    sends(listed(ras), error=httpx.ReadTimeout("x"))
    looks(ras, 401)
    with pytest.raises(errors.TimeLimitError) as caught:
        ask(ras, BY_TOKEN)
    for part in ("/2/promote", "auth_token has ended", "ras_auth", "run the task again"):
        assert part in str(caught.value)
    assert warnings == []


# Which broker


def test_an_unknown_broker_names_the_known_ones(ras):
    listed(ras)
    listed(ras)
    with pytest.raises(errors.BadInputError) as caught:
        ask(ras, BY_TOKEN, server="broker-09.example.test")
    for part in (
        "server: ",
        "broker-09.example.test",
        "broker-01.example.test (id 1)",
        "broker-02.example.test (id 2)",
    ):
        assert part in str(caught.value)


def test_an_unknown_id(ras):
    listed(ras).on("GET", f"{PATH}/9", status=404)
    listed(ras)
    with pytest.raises(errors.BadInputError, match="id: there is no connection broker 9"):
        run(ras_broker_promote, ras, {**BY_TOKEN, "id": 9}, check_mode=True)


def test_a_broker_that_is_only_planned_is_a_warning_in_check_mode(ras, warnings):
    listed(ras, [])
    listed(ras, [])
    result = ask(ras, BY_TOKEN, check_mode=True)
    assert (result["changed"], result["broker"]["server"]) == (True, "broker-02.example.test")
    assert result["broker"]["id"] is None
    assert ["no connection broker broker-02.example.test" in text for text in warnings] == [True]


def test_a_site_that_is_only_planned_is_a_warning_in_check_mode(ras, warnings):
    ras.on("GET", "/api/Site", json=[{"name": "site11", "licensingSite": True, "id": 1}])
    assert ask(ras, BY_TOKEN, check_mode=True, site="Branch")["changed"] is True
    assert ["Branch" in text for text in warnings] == [True]


def test_an_unknown_site_is_an_error(ras):
    ras.on("GET", "/api/Site", json=[])
    with pytest.raises(errors.BadInputError, match="no site 'Branch'"):
        ask(ras, BY_TOKEN, site="Branch")


def test_two_brokers_of_one_name(ras):
    listed(ras, [SECOND, {**SECOND, "id": 7, "siteId": 2}])
    with pytest.raises(errors.BadInputError, match=r"id 2 in site 1, id 7 in site 2.*Set site, or use id"):
        ask(ras, BY_TOKEN)


def test_a_negative_time_limit(ras):
    with pytest.raises(errors.BadInputError, match="wait_timeout"):
        ask(ras, BY_TOKEN, wait_timeout=-1)
