# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions on sessions, and the jobs that they leave behind."""

from __future__ import annotations

import pytest

from emulator.clock import StillClock
from emulator.cvad.jobs import Jobs, Outcome

MISSING_ID = "00000000-0000-0000-0000-00000000dead"


@pytest.fixture
def slow(launch):
    """Jobs take ten seconds, so that every state can be seen."""
    return launch(job_seconds=10).sign_in()


def first(server, **wanted):
    """The id of a session that looks like this."""
    for one in server.get("Sessions").json()["Items"]:
        if all(one[name] == value for name, value in wanted.items()):
            return one["Id"]
    return server.create("session", **wanted)["Id"]


def test_disconnect(cvad):
    session = first(cvad, State="Active")
    cvad.clock.advance(60)
    answer = cvad.post(f"Sessions/{session}/$disconnect")
    assert answer.status_code == 200
    after = cvad.get(f"Sessions/{session}").json()
    assert answer.json() == after
    assert after["State"] == "Disconnected"
    assert (after["StateChangeTime"], after["FormattedStateChangeTime"]) == (
        "1/5/2026 8:01:00 AM",
        "2026-01-05T08:01:00Z",
    )
    assert session in cvad.session_ids()


def test_disconnect_again_changes_nothing(cvad):
    session = first(cvad, State="Disconnected")
    before = cvad.get(f"Sessions/{session}").json()
    cvad.clock.advance(60)
    assert cvad.post(f"Sessions/{session}/$disconnect").json() == before


def test_disconnect_in_the_envelope_of_the_how_to(launch):
    server = launch(envelope=True).sign_in()
    session = first(server, State="Active")
    answer = server.post(f"Sessions/{session}/$disconnect").json()
    assert list(answer) == ["Items"]
    assert [one["Id"] for one in answer["Items"]] == [session]


def test_id_in_any_letter_case(cvad):
    session = cvad.session_ids()[0]
    assert cvad.get(f"Sessions/{session.upper()}").json()["Id"] == session


def test_logoff_is_a_job(slow):
    session = slow.session_ids()[0]
    answer = slow.post(f"Sessions/{session}/$logoff")
    assert (answer.status_code, answer.content) == (202, b"")
    assert answer.headers["Location"].startswith("http://127.0.0.1/cvad/manage/Jobs/")
    job = slow.job(answer)
    assert (job["Type"], job["Status"], job["StartTime"]) == ("LogoffSessions", "NotStarted", None)
    assert slow.get(f"Sessions/{session}").json()["LogoffInProgress"] is True
    slow.clock.advance(5)
    job = slow.job(answer)
    assert (job["Status"], job["OverallProgressPercent"], job["EndTime"]) == ("InProgress", 50, None)
    slow.clock.advance(5)
    job = slow.job(answer)
    assert (job["Status"], job["OverallProgressPercent"], job["ErrorCode"]) == ("Complete", 100, None)
    assert job["FormattedEndTime"] == "2026-01-05T08:00:10Z"
    assert slow.get(f"Sessions/{session}").status_code == 404
    assert session not in slow.session_ids()


def test_logoff_of_an_older_server(launch):
    server = launch(logoff_sync=True).sign_in()
    session, other = server.session_ids()[:2]
    assert server.post(f"Sessions/{session}/$logoff").status_code == 204
    assert server.get(f"Sessions/{session}").status_code == 404
    assert server.post(f"Sessions/{other}/$logoff", params={"async": "true"}).status_code == 202


@pytest.mark.parametrize(
    ("outcome", "gone"),
    [("CompleteWithWarning", True), ("Failed", False), ("NonTerminatingError", False), ("Canceled", False)],
)
def test_outcome_of_a_job_by_fault(slow, outcome, gone):
    session = slow.session_ids()[0]
    details = {"error_string": "It went wrong", "error_code": "UnknownSession", "error_details": "ErrorMessage : gone"}
    slow.fault(operation="session.logoff", kind="job", outcome=outcome, seconds=1, times=1, **details)
    answer = slow.post(f"Sessions/{session}/$logoff")
    assert slow.job(answer)["ErrorString"] is None
    slow.clock.advance(1)
    job = slow.job(answer)
    assert (job["Status"], job["ErrorString"], job["ErrorCode"]) == (outcome, "It went wrong", "UnknownSession")
    assert job["ErrorParameters"] == [{"Name": "ErrorDetails", "Value": "ErrorMessage : gone"}]
    assert (session not in slow.session_ids()) == gone
    if not gone:
        assert slow.get(f"Sessions/{session}").json()["LogoffInProgress"] is False
    other = slow.post(f"Sessions/{slow.session_ids()[-1]}/$logoff")
    slow.clock.advance(10)
    assert slow.job(other)["Status"] == "Complete"


@pytest.mark.parametrize("spec", [{"outcome": "Done"}, {"seconds": -1}, {"colour": "red"}])
def test_fault_that_no_job_can_have(cvad, spec):
    with pytest.raises(ValueError, match=next(iter(spec))):
        cvad.fault(operation="session.logoff", kind="job", **spec)


def test_other_actions_as_jobs(slow):
    session = first(slow, State="Active")
    disconnect = slow.post(f"Sessions/{session}/$disconnect?async=true")
    message = slow.post(f"Sessions/{session}/$sendMessage?async=true", json={"Text": "Hello"})
    assert slow.job(disconnect)["Type"] == "DisconnectSessions"
    assert slow.job(message)["Type"] == "SendSessionMessage"
    assert slow.get(f"Sessions/{session}").json()["State"] == "Active"
    assert slow.state()["messages"] == 0
    slow.clock.advance(10)
    assert slow.get(f"Sessions/{session}").json()["State"] == "Disconnected"
    assert slow.state()["messages"] == 1


def test_message(cvad):
    session = cvad.session_ids()[0]
    body = {"Style": "Exclamation", "Title": "Maintenance", "Text": "Save your work"}
    answer = cvad.post(f"Sessions/{session}/$sendMessage", json=body)
    assert (answer.status_code, answer.json()["Id"]) == (200, session)
    assert cvad.state()["messages"] == 1
    assert cvad.state()["writes"] == {"session.send_message": 1}


@pytest.mark.parametrize("body", [{"Style": "Loud"}, {"Text": 5}, {"Message": "x"}, [], None])
def test_message_that_is_refused(cvad, body):
    session = cvad.session_ids()[0]
    options = {} if body is None else {"json": body}
    assert cvad.post(f"Sessions/{session}/$sendMessage", **options).status_code == 400
    assert cvad.state()["messages"] == 0


def test_message_whose_answer_is_lost_was_shown(cvad):
    session = cvad.session_ids()[0]
    cvad.fault(operation="session.send_message", kind="status", status=503, handled=True, times=1)
    assert cvad.post(f"Sessions/{session}/$sendMessage", json={"Text": "x"}).status_code == 503
    assert cvad.state()["messages"] == 1


@pytest.mark.parametrize("action", ["$disconnect", "$logoff", "$sendMessage"])
def test_unknown_session(cvad, action):
    options = {"json": {"Text": "x"}} if action == "$sendMessage" else {}
    assert cvad.post(f"Sessions/{MISSING_ID}/{action}", **options).status_code == 404


def test_unknown_session_as_500(launch):
    server = launch(missing=500).sign_in()
    answer = server.get(f"Sessions/{MISSING_ID}")
    assert (answer.status_code, answer.json()["detail"]) == (500, "Object does not exist.")


def test_session_vanishes_between_list_and_action(cvad):
    session, other = cvad.session_ids()[:2]
    cvad.fault(operation="session.logoff", kind="vanish", times=1)
    assert cvad.post(f"Sessions/{session}/$logoff").status_code == 404
    assert cvad.post(f"Sessions/{other}/$logoff").status_code == 202
    assert session not in cvad.session_ids()


def test_session_that_ends_while_its_job_runs(slow):
    session = first(slow, State="Active")
    answer = slow.post(f"Sessions/{session}/$disconnect?async=true")
    slow.delete("session", session)
    slow.clock.advance(10)
    assert slow.job(answer)["Status"] == "Complete"
    assert session not in slow.session_ids()


def test_cancel(slow):
    session = slow.session_ids()[0]
    answer = slow.post(f"Sessions/{session}/$logoff")
    path = answer.headers["Location"].replace("http://127.0.0.1", "")
    assert slow.call("DELETE", path).status_code == 409
    assert slow.post(f"{path}/$cancel").json()["Status"] == "Canceled"
    slow.clock.advance(10)
    assert session in slow.session_ids()
    assert slow.post(f"{path}/$cancel").json()["Status"] == "Canceled"
    assert slow.call("DELETE", path).status_code == 204
    assert slow.get(path).status_code == 404


def test_jobs_vanish_after_two_days(launch):
    server = launch(job_seconds=10, token_seconds=1_000_000).sign_in()
    answer = server.post(f"Sessions/{server.session_ids()[0]}/$logoff")
    server.clock.advance(48 * 3600)
    assert server.job(answer)["Status"] == "Complete"
    server.clock.advance(11)
    assert server.get(answer.headers["Location"].replace("http://127.0.0.1", "")).status_code == 404


def test_jobs_are_seen_by_their_creator_alone():
    jobs = Jobs(StillClock())
    job = jobs.start("LogoffSessions", "anna", Outcome(0))
    assert jobs.find(job.id, "anna") is job
    assert jobs.find(job.id, "ben") is None
    assert (jobs.of("anna"), jobs.of("ben")) == ([job], [])


def test_job_without_length_is_done_at_once(launch):
    server = launch(job_seconds=0).sign_in()
    session = server.session_ids()[0]
    assert server.job(server.post(f"Sessions/{session}/$logoff"))["Status"] == "Complete"
    assert session not in server.session_ids()


def test_behind_the_clients_back(cvad):
    new = cvad.create("session", State="Active", User={"Name": "EXAMPLE\\eve"}, Machine={"Name": "EXAMPLE\\m-1"})
    seen = cvad.get(f"Sessions/{new['Id']}").json()
    assert seen == new
    assert (seen["User"]["Name"], seen["Machine"]["Name"]) == ("EXAMPLE\\eve", "EXAMPLE\\m-1")
    assert "PrincipalName" in seen["User"]
    cvad.update("session", new["Id"], State="Disconnected", User=None)
    assert cvad.get(f"Sessions/{new['Id']}").json() == {**new, "State": "Disconnected", "User": None}
    cvad.delete("session", new["Id"])
    assert cvad.get(f"Sessions/{new['Id']}").status_code == 404
    assert cvad.state()["writes"] == {}


def test_created_sessions_differ_from_the_crowd(launch):
    server = launch(sessions=12, seed=1).sign_in()
    new = [server.create("session")["Id"] for _turn in range(3)]
    assert len({*server.session_ids(), *new}) == 15


def test_session_of_another_site(launch):
    server = launch(sites=2).sign_in()
    new = server.create("session", site="Branch")["Id"]
    assert new not in server.session_ids()
    server.delete("session", new)


def test_control_of_what_is_not_there(cvad):
    for ask in (
        lambda: cvad.create("machine"),
        lambda: cvad.create("session", Id=cvad.session_ids()[0]),
        lambda: cvad.create("session", site="Nowhere"),
        lambda: cvad.update("session", MISSING_ID, State="Active"),
        lambda: cvad.delete("session", MISSING_ID),
        lambda: cvad.delete("machine", MISSING_ID),
    ):
        with pytest.raises(ValueError, match="error"):
            ask()


def test_counters(cvad):
    cvad.control("POST", "reset")
    session = cvad.session_ids()[0]
    cvad.get("me")
    cvad.post("Sessions/$search", json={})
    cvad.post(f"Sessions/{session}/$disconnect")
    cvad.post(f"Sessions/{MISSING_ID}/$disconnect")
    cvad.get("Sessions", headers={"Citrix-CustomerId": None})
    state = cvad.state()
    assert state["reads"] == {"session.list": 1, "me.get": 1, "session.search": 1}
    assert state["writes"] == {"session.disconnect": 2}
    assert state["refused"] == {"session.list": 1}
    assert [one["operation"] for one in cvad.requests()][:3] == ["session.list", "me.get", "session.search"]
