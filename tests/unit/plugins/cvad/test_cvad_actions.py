# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disconnect, log off and message: which sessions, jobs, check mode, diff, and nothing twice."""

from __future__ import annotations

import httpx
import pytest
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator

from ansible_collections.deskops.vdi.plugins.module_utils._cvad.client import new_client
from ansible_collections.deskops.vdi.plugins.module_utils._cvad.jobs import JobFailedError, Jobs, job_id
from ansible_collections.deskops.vdi.plugins.module_utils._errors import (
    BadInputError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    TimeLimitError,
    TransportError,
)
from ansible_collections.deskops.vdi.plugins.module_utils._http import Reply
from ansible_collections.deskops.vdi.plugins.modules import cvad_session, cvad_session_info, cvad_session_message
from unit.plugins.cvad.support import API, BY_TOKEN, URL, page, session, session_id
from unit.support.tasks import make_task, run

SESSIONS = f"{API}/Sessions"
SEARCH = f"{API}/Sessions/$search"
# What deciding and showing take.
FIELDS = {"fields": "Id,LogoffInProgress,Machine,State,UntrustedUserName,User"}
LIST = {"limit": "1000", **FIELDS}
LOST = httpx.ReadError("lost")
ACTIVE = {"State": "Active"}


def path(number, action=""):
    return f"{SESSIONS}/{session_id(number)}{action}"


def row(number, state="Active"):
    return {
        "id": session_id(number),
        "user": "HTLABS04\\DevUser1",
        "host": "Sales-B03.htlabs04.example.com",
        "delivery_group": "Sales",
        "state": state,
    }


def read(script, number, **changes):
    return script.on("GET", path(number), query=FIELDS, json=session(number, **{**ACTIVE, **changes}))


def gone(script, number):
    return script.on("GET", path(number), query=FIELDS, status=404)


def started(script, number, action="$logoff", job=None):
    """Expect an action, which the server carries out in a job of the same number."""
    location = f"{URL}{API}/Jobs/{number if job is None else job}"
    return script.on(
        "POST", path(number, f"/{action}"), query={"async": "true"}, status=202, reply_headers={"Location": location}
    )


def job(script, number, status="Complete", **fields):
    return script.on("GET", f"{API}/Jobs/{number}", json={"Id": str(number), "Status": status, **fields})


def ended(script, *numbers, state="absent", **task):
    args = {**BY_TOKEN, "id": [session_id(number) for number in numbers], "state": state}
    return run(cvad_session, script, args, **task)


def faults(module, **args):
    spec = module.ARGUMENT_SPEC
    return ModuleArgumentSpecValidator(spec.options, **spec.constraints()).validate({**BY_TOKEN, **args}).error_messages


# Which sessions


@pytest.mark.parametrize(
    ("module", "more"), [(cvad_session, {"state": "absent"}), (cvad_session_message, {"text": "Hello"})]
)
class TestSelection:
    def test_something_must_be_chosen(self, module, more):
        assert "one of the following is required" in faults(module, **more)[0]

    @pytest.mark.parametrize("name", ["user", "machine", "delivery_group", "catalog", "application", "session_state"])
    def test_filters_need_a_limit(self, module, more, name):
        assert "max_affected" in faults(module, **{name: "x"}, **more)[0]
        assert faults(module, **{name: "x"}, max_affected=1, **more) == []

    def test_a_search_needs_a_limit_too(self, module, more):
        assert "max_affected" in faults(module, search={}, **more)[0]

    @pytest.mark.parametrize(
        "args",
        [
            {"search": {}},
            {"search": {"SearchFilters": [], "BasicSearchString": ""}},
            {"user": ""},
            {"machine": " "},
            {"started_before": "", "user": "x"},
        ],
    )
    def test_an_empty_filter_chooses_nobody(self, module, more, args, cvad):
        """A template of which nothing was left must not hit the whole site."""
        with pytest.raises(BadInputError, match=f"{next(iter(args))} is empty, .* Nothing was done"):
            run(module, cvad, {**BY_TOKEN, **args, "max_affected": 5, **more})

    def test_an_empty_id_is_no_session(self, module, more, cvad):
        with pytest.raises(BadInputError, match="id: one of the ids is empty"):
            run(module, cvad, {**BY_TOKEN, "id": [session_id(1), ""], **more})

    def test_an_id_in_two_spellings_is_one_session(self, module, more, cvad):
        cvad.on("GET", path(1).replace("d12b", "D12B"), query=FIELDS, json=session(1, **ACTIVE))
        args = {**BY_TOKEN, "id": [session_id(1), session_id(1).replace("d12b", "D12B")], "max_affected": 1, **more}
        assert run(module, cvad, args, check_mode=True)["count"] == 1

    def test_ids_and_filters_exclude_each_other(self, module, more):
        assert "mutually exclusive" in faults(module, id=["x"], user="y", max_affected=1, **more)[0]

    def test_more_than_the_limit_is_nothing(self, module, more, cvad):
        body = {"SearchFilters": [{"Property": "SessionState", "Operator": "Equals", "Value": "Active"}]}
        rows = [session(1, **ACTIVE), session(2, **ACTIVE)]
        cvad.on("POST", SEARCH, query=LIST, body=body, json=page(*rows))
        with pytest.raises(BadInputError, match=r"max_affected: 2 sessions .* the 1 allowed; nothing was done"):
            run(module, cvad, {**BY_TOKEN, "session_state": "active", "max_affected": 1, **more})

    def test_sessions_whose_start_is_not_known_are_left_alone(self, module, more, cvad, warnings):
        fields = "Id,LogoffInProgress,Machine,StartTime,FormattedStartTime,State,UntrustedUserName,User"
        cvad.on("GET", SESSIONS, query={"limit": "1000", "fields": fields}, json=page(session(1, **ACTIVE)))
        args = {**BY_TOKEN, "started_before": "2026-01-31T08:15:00Z", "max_affected": 1, **more}
        assert run(module, cvad, args) == {"changed": False, "count": 0, "sessions": []}
        assert len(warnings) == 1
        assert "left out" in warnings[0]

    def test_no_ids_are_no_sessions(self, module, more, cvad):
        assert run(module, cvad, {**BY_TOKEN, "id": [], **more})["changed"] is False

    def test_check_mode_sends_nothing_and_says_who(self, module, more, cvad):
        read(cvad, 1)
        args = {**BY_TOKEN, "id": [session_id(1)], **more}
        assert run(module, cvad, args, check_mode=True) == {"changed": True, "count": 1, "sessions": [row(1)]}


# Disconnect and log off


def test_a_log_off_is_waited_for(cvad):
    job(started(read(cvad, 1), 1), 1)
    assert ended(cvad, 1) == {"changed": True, "count": 1, "sessions": [row(1)]}


def test_a_log_off_may_be_done_at_once(cvad):
    read(cvad, 1).on("POST", path(1, "/$logoff"), query={"async": "true"}, status=204)
    assert ended(cvad, 1)["changed"] is True


@pytest.mark.parametrize("answer", [session(1), page(session(1))])
def test_a_disconnection_answers_with_a_session_or_with_a_list(cvad, answer):
    read(cvad, 1).on("POST", path(1, "/$disconnect"), query={"async": "true"}, json=answer)
    assert ended(cvad, 1, state="disconnected") == {"changed": True, "count": 1, "sessions": [row(1)]}


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        ("absent", {"LogoffInProgress": True}),
        ("disconnected", {"State": "Disconnected"}),
        ("disconnected", {"LogoffInProgress": True}),
    ],
)
def test_what_is_so_already_is_no_change(cvad, state, changes):
    read(cvad, 1, **changes)
    assert ended(cvad, 1, state=state) == {"changed": False, "count": 0, "sessions": []}


@pytest.mark.parametrize("state", ["absent", "disconnected"])
@pytest.mark.parametrize("answer", [{"status": 404}, {"status": 500, "json": {"detail": "Object does not exist."}}])
def test_a_session_that_is_gone_is_no_change(cvad, state, answer):
    cvad.on("GET", path(1), query=FIELDS, **answer)
    assert ended(cvad, 1, state=state)["changed"] is False


def test_a_session_that_goes_before_its_turn_is_no_change(cvad):
    read(cvad, 1).on("POST", path(1, "/$logoff"), query={"async": "true"}, status=404)
    assert ended(cvad, 1)["changed"] is False


def test_a_disconnected_session_is_logged_off(cvad):
    job(started(read(cvad, 1, State="Disconnected"), 1), 1)
    assert ended(cvad, 1)["sessions"] == [row(1, "Disconnected")]


def test_only_what_needs_a_change_counts_for_the_limit(cvad):
    body = {"SearchFilters": [{"Property": "DeliveryGroup", "Operator": "Equals", "Value": "Sales"}]}
    rows = [session(1, State="Disconnected"), session(2, **ACTIVE)]
    cvad.on("POST", SEARCH, query=LIST, body=body, json=page(*rows))
    cvad.on("POST", path(2, "/$disconnect"), query={"async": "true"}, json=session(2))
    args = {**BY_TOKEN, "delivery_group": "Sales", "max_affected": 1, "state": "disconnected"}
    assert run(cvad_session, cvad, args)["sessions"] == [row(2)]


@pytest.mark.parametrize(("state", "after"), [("absent", []), ("disconnected", [row(1, "Disconnected")])])
def test_the_diff(cvad, state, after):
    read(cvad, 1)
    result = ended(cvad, 1, state=state, check_mode=True, diff=True)
    assert result["diff"] == {"before": {"sessions": [row(1)]}, "after": {"sessions": after}}


def test_all_are_started_before_any_is_waited_for(cvad):
    read(cvad, 1)
    read(cvad, 2)
    started(cvad, 1)
    started(cvad, 2)
    job(cvad, 1)
    job(cvad, 2)
    assert ended(cvad, 1, 2)["count"] == 2


def test_without_waiting_no_job_is_asked_for(cvad):
    started(read(cvad, 1), 1)
    args = {**BY_TOKEN, "id": [session_id(1)], "state": "absent", "wait_timeout": 0}
    assert run(cvad_session, cvad, args)["changed"] is True


def test_an_id_is_no_path(cvad):
    cvad.on("GET", f"{SESSIONS}/..%2FMachines", query=FIELDS, status=404)
    run(cvad_session, cvad, {**BY_TOKEN, "id": ["../Machines"], "state": "absent"})


@pytest.mark.parametrize("answer", [{"error": LOST}, {"status": 409}])
@pytest.mark.parametrize(
    ("state", "action", "after"),
    [
        ("absent", "$logoff", None),
        ("absent", "$logoff", {"LogoffInProgress": True}),
        ("disconnected", "$disconnect", {"State": "Disconnected"}),
    ],
)
def test_a_lost_answer_is_settled_by_reading_again(cvad, answer, state, action, after):
    read(cvad, 1).on("POST", path(1, f"/{action}"), query={"async": "true"}, **answer)
    if after is None:
        gone(cvad, 1)
    else:
        read(cvad, 1, **after)
    assert ended(cvad, 1, state=state)["changed"] is True


@pytest.mark.parametrize(("answer", "kind"), [({"error": LOST}, TransportError), ({"status": 409}, ConflictError)])
def test_a_lost_answer_that_changed_nothing_is_an_error(cvad, answer, kind):
    read(cvad, 1).on("POST", path(1, "/$logoff"), query={"async": "true"}, **answer)
    read(cvad, 1)
    with pytest.raises(kind, match="0 of 1 sessions were logged off"):
        ended(cvad, 1)


def test_after_a_refusal_no_further_one_is_started(cvad):
    for number in (1, 2, 3):
        read(cvad, number)
    started(cvad, 1)
    cvad.on("POST", path(2, "/$logoff"), query={"async": "true"}, status=403)
    job(cvad, 1)
    with pytest.raises(PermissionDeniedError, match="1 of 3 sessions were logged off") as caught:
        ended(cvad, 1, 2, 3)
    assert (caught.value.done["changed"], [one["id"] for one in caught.value.done["sessions"]]) == (
        True,
        [session_id(1)],
    )


# Jobs. Source: notes.md section 8, JobResponseModel.


def test_complete_with_a_warning_is_success_and_is_told(cvad, warnings):
    job(started(read(cvad, 1), 1), 1, "CompleteWithWarning", ErrorString="Slow agent.")
    assert ended(cvad, 1)["changed"] is True
    assert len(warnings) == 1
    assert "complete, with a warning: Slow agent." in warnings[0]


def test_a_task_that_hides_its_result_does_not_tell_what_the_server_says(cvad, warnings):
    """Ansible shows the warnings of a task with no_log."""
    job(started(read(cvad, 1), 1), 1, "CompleteWithWarning", ErrorString="Anna's agent is slow.")
    assert ended(cvad, 1, no_log=True)["changed"] is True
    (text,) = warnings
    assert "complete, with a warning." in text


@pytest.mark.parametrize("status", ["Failed", "Canceled", "NonTerminatingError"])
def test_a_job_that_fails_fails_the_task(cvad, status):
    job(started(read(cvad, 1), 1), 1, status, ErrorString="No agent.", ErrorCode="MachineNotRegistered")
    read(cvad, 1)
    with pytest.raises(JobFailedError, match=f"ended as {status}: No agent. 0 of 1 sessions") as caught:
        ended(cvad, 1)
    assert caught.value.failure() == {
        "kind": "job_failed",
        "status": None,
        "code": "MachineNotRegistered",
        "detail": "No agent",
    }


def test_a_job_that_fails_since_the_user_was_quicker_is_success(cvad):
    job(started(read(cvad, 1), 1), 1, "Failed", ErrorCode="UnknownSession")
    gone(cvad, 1)
    assert ended(cvad, 1)["changed"] is True


def test_a_failed_job_does_not_hide_that_others_succeeded(cvad):
    read(cvad, 1)
    read(cvad, 2)
    started(cvad, 1)
    started(cvad, 2)
    job(cvad, 1, "Failed")
    job(cvad, 2)
    read(cvad, 1)
    with pytest.raises(JobFailedError, match="1 of 2 sessions were logged off") as caught:
        ended(cvad, 1, 2)
    assert [one["id"] for one in caught.value.done["sessions"]] == [session_id(2)]


def test_the_useful_line_of_the_details_is_told(cvad):
    details = "Category : x\r\nErrorMessage : The agent does not answer.\r\nOther : y"
    pairs = [{"Name": "ErrorDetails", "Value": details}]
    job(started(read(cvad, 1), 1), 1, "Failed", ErrorString="General", ErrorParameters=pairs)
    read(cvad, 1)
    with pytest.raises(JobFailedError, match="ended as Failed: The agent does not answer"):
        ended(cvad, 1)


@pytest.fixture
def waiting(cvad):
    """Jobs that wait on a clock of their own."""
    now = [0.0]
    waits: list[float] = []

    def sleep(seconds):
        waits.append(seconds)
        now[0] += seconds

    client = new_client(make_task(cvad_session_info, cvad, BY_TOKEN))
    return Jobs(client, pytest.fail, sleep=sleep, clock=lambda: now[0]), waits


@pytest.mark.parametrize("status", ["Unknown", "NotStarted", "InProgress", "Resting"])
def test_a_running_job_is_asked_for_again_less_and_less(cvad, waiting, status):
    jobs, waits = waiting
    for _time in range(4):
        job(cvad, 7, status)
    job(cvad, 7)
    assert jobs.wait({session_id(1): "7"}, 300) == {}
    assert len(waits) == 4
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]


def test_only_running_jobs_are_asked_for_again(cvad, waiting):
    jobs, _waits = waiting
    job(cvad, 1, "InProgress")
    job(cvad, 2)
    job(cvad, 1)
    assert jobs.wait({session_id(1): "1", session_id(2): "2"}, 300) == {}


def test_the_wait_has_an_end(cvad, waiting):
    jobs, waits = waiting
    for _time in range(4):
        job(cvad, 7, "InProgress")
    with pytest.raises(TimeLimitError, match=r"1 of 1 jobs .* 5 s: .*job 7.*wait_timeout"):
        jobs.wait({session_id(1): "7"}, 5)
    assert sum(waits) == 5


def test_a_202_that_names_no_job_is_a_start_whose_end_is_not_known(cvad, warnings):
    read(cvad, 1)
    read(cvad, 2)
    cvad.on("POST", path(1, "/$logoff"), query={"async": "true"}, status=202)
    job(started(cvad, 2), 2)
    assert ended(cvad, 1, 2)["count"] == 2
    assert len(warnings) == 1
    assert session_id(1) in warnings[0]
    assert "how it ended is not known" in warnings[0]


def test_a_job_that_is_forgotten_is_settled_by_reading_the_session(cvad):
    started(read(cvad, 1), 1).on("GET", f"{API}/Jobs/1", status=404)
    gone(cvad, 1)
    assert ended(cvad, 1)["changed"] is True


def test_a_forgotten_job_of_a_session_that_is_still_there_is_told(cvad):
    read(cvad, 1)
    read(cvad, 2)
    started(cvad, 1)
    started(cvad, 2).on("GET", f"{API}/Jobs/1", status=404)
    job(cvad, 2)
    read(cvad, 1)
    with pytest.raises(NotFoundError) as caught:
        ended(cvad, 1, 2)
    assert f"How the job 1 for session {session_id(1)} ended is not known" in caught.value.message
    assert "1 of 2 sessions were logged off" in caught.value.message


@pytest.mark.parametrize("odd", [5, {}, [5], [{"Name": "ErrorDetails", "Value": 5}]])
def test_odd_details_of_a_failed_job_hide_nothing(cvad, odd):
    job(started(read(cvad, 1), 1), 1, "Failed", ErrorString="No agent", ErrorParameters=odd)
    read(cvad, 1)
    with pytest.raises(JobFailedError, match="ended as Failed: No agent"):
        ended(cvad, 1)


@pytest.mark.parametrize("location", [f"{URL}{API}/Jobs/ab-1", f"{URL}{API}/Jobs/ab-1/?x=y", "/cvad/manage/Jobs/ab-1"])
def test_the_job_is_the_last_segment_of_the_location(location):
    assert job_id(Reply(202, {"location": location}, b"", "POST x"), pytest.fail) == "ab-1"


# Messages


def messaged(script, *numbers, **args):
    args = {**BY_TOKEN, "id": [session_id(number) for number in numbers], "text": "Hello", **args}
    return run(cvad_session_message, script, args)


def send(script, number, body=None, **answer):
    return script.on("POST", path(number, "/$sendMessage"), body=body or {"Text": "Hello"}, **answer)


def test_a_message_with_what_was_given(cvad):
    send(read(cvad, 1), 1, {"Text": "Hello", "Title": "T", "Style": "Critical"}, json=session(1))
    assert messaged(cvad, 1, title="T", style="Critical") == {"changed": True, "count": 1, "sessions": [row(1)]}


def test_omitted_title_and_style_are_not_sent(cvad):
    send(read(cvad, 1), 1, json=session(1))
    assert messaged(cvad, 1)["changed"] is True


def test_a_message_is_a_change_each_time(cvad):
    send(read(cvad, 1), 1, json=session(1))
    send(read(cvad, 1), 1, json=session(1))
    assert [messaged(cvad, 1)["changed"], messaged(cvad, 1)["changed"]] == [True, True]


@pytest.mark.parametrize("answer", [{"error": LOST}, {"status": 502}, {"status": 503}, {"status": 504}])
def test_a_message_is_never_sent_twice(cvad, answer):
    send(read(cvad, 1), 1, **answer)
    with pytest.raises(Exception, match="sent to 0 of 1 sessions"):
        messaged(cvad, 1, retries=3)


def test_a_message_that_surely_did_not_arrive_is_sent_again(cvad):
    send(read(cvad, 1), 1, status=429, reply_headers={"Retry-After": "0"})
    send(cvad, 1, json=session(1))
    assert messaged(cvad, 1, retries=1)["changed"] is True


def test_sessions_that_are_gone_get_no_message(cvad, warnings):
    gone(cvad, 1)
    read(cvad, 2)
    send(read(cvad, 3), 2, status=404)
    send(cvad, 3, json=session(3))
    assert messaged(cvad, 1, 2, 3)["sessions"] == [row(3)]
    assert len(warnings) == 1
    assert session_id(2) in warnings[0]


def test_after_a_refusal_no_further_message_is_sent(cvad):
    for number in (1, 2, 3):
        read(cvad, number)
    send(cvad, 1, json=session(1))
    send(cvad, 2, status=403)
    with pytest.raises(PermissionDeniedError, match="sent to 1 of 3 sessions"):
        messaged(cvad, 1, 2, 3)


def test_a_message_in_a_job_is_waited_for(cvad):
    send(read(cvad, 1), 1, status=202, reply_headers={"Location": f"{URL}{API}/Jobs/5"})
    job(cvad, 5, "Failed", ErrorString="No agent")
    with pytest.raises(JobFailedError, match="reached 0 of 1 sessions") as caught:
        messaged(cvad, 1)
    assert caught.value.done == {"changed": False, "count": 0, "sessions": []}


@pytest.mark.parametrize("text", ["", " "])
def test_a_message_that_says_nothing_is_refused(text, cvad):
    with pytest.raises(BadInputError, match=r"^text: it is empty"):
        messaged(cvad, 1, text=text)


def test_a_message_of_a_forgotten_job_is_told_as_unknown(cvad):
    read(cvad, 1)
    send(read(cvad, 2), 1, json=session(1))
    send(cvad, 2, status=202, reply_headers={"Location": f"{URL}{API}/Jobs/5"})
    cvad.on("GET", f"{API}/Jobs/5", status=404)
    with pytest.raises(NotFoundError, match=f"job 5 for session {session_id(2)} .* surely reached 1 of 2 sessions"):
        messaged(cvad, 1, 2)


def test_a_message_whose_202_names_no_job_counts_as_sent(cvad, warnings):
    send(read(cvad, 1), 1, status=202)
    assert messaged(cvad, 1)["count"] == 1
    assert "how it ended is not known" in warnings[0]
