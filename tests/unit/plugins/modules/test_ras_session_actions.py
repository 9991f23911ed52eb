# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ras_session and ras_session_message: which sessions, check mode, diff, lost answers, and nothing twice."""

from __future__ import annotations

import re

import httpx
import pytest
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._ras import fields, session_actions
from ansible_collections.deskops.vdi.plugins.module_utils._ras.client import new_client
from ansible_collections.deskops.vdi.plugins.module_utils._ras.records import session_pages
from ansible_collections.deskops.vdi.plugins.modules import ras_session, ras_session_info, ras_session_message
from unit.support.tasks import BY_TOKEN, make_task, run

LIST = "/api/RDSession"
LOST = httpx.ReadError("lost")
RDS = {"Source": "1"}
BOTH = pytest.mark.parametrize(
    ("module", "more"), [(ras_session, {"state": "absent"}), (ras_session_message, {"text": "Hello"})]
)


def session(number, host=7, **changes):
    return {
        "sessionID": number,
        "serverID": host,
        # A text of its own: no source says that it is the number of the host.
        "sessionHostId": f"c0ffee00-{host}",
        "sessionHostName": f"rds-0{host}.example.test",
        "poolName": "Accounting",
        "user": f"user{number}",
        "source": 1,
        "state": 0,
        "ip": "10.0.0.1",
        "themeID": 1,
        **changes,
    }


def row(number, host=7, state="Active"):
    return {
        "id": f"RDS/{host}/{number}",
        "session_id": number,
        "server_id": host,
        "user": f"user{number}",
        "host": f"rds-0{host}.example.test",
        "pool": "Accounting",
        "state": state,
    }


def listed(ras, *sessions, **query):
    return ras.on("GET", LIST, query={**RDS, **query}, json=list(sessions))


def post(ras, number, action, host=7, **answer):
    return ras.on("POST", f"/api/RDS/Host/{host}/sessions/{number}/{action}", **{"status": 204, **answer})


def do(module, ras, **args):
    task = {name: args.pop(name) for name in ("check_mode", "diff") if name in args}
    return run(module, ras, {**BY_TOKEN, **args}, **task)


def ended(ras, *ids, state="absent", **args):
    return do(ras_session, ras, id=list(ids), state=state, **args)


def faults(module, **args):
    spec = module.ARGUMENT_SPEC
    return ModuleArgumentSpecValidator(spec.options, **spec.constraints()).validate({**BY_TOKEN, **args}).error_messages


# Which sessions


@BOTH
class TestSelection:
    @pytest.mark.parametrize("chosen", [{"user": ""}, {"server": " ", "session_id": [3]}, {"user": "x", "ip": ""}])
    def test_an_empty_filter_is_refused(self, module, more, chosen, ras):
        """A template that came out empty; the server might take it for no filter at all."""
        with pytest.raises(errors.BadInputError, match=r"^(user|server|ip) is empty, .*Nothing was done"):
            do(module, ras, max_affected=99, **chosen, **more)

    def test_something_must_be_chosen(self, module, more):
        assert "one of the following is required" in faults(module, **more)[0]

    @pytest.mark.parametrize("name", ["user", "ip", "session_state"])
    def test_filters_need_a_limit(self, module, more, name):
        assert "max_affected" in faults(module, **{name: "x"}, **more)[0]
        assert faults(module, **{name: "x"}, max_affected=1, **more) == []

    @pytest.mark.parametrize("chosen", [{"server": "rds-07"}, {"server_id": 7}, {"site": "1"}])
    def test_a_host_alone_is_a_filter_too(self, module, more, chosen, ras):
        with pytest.raises(errors.BadInputError, match=r"^max_affected is required with filters"):
            do(module, ras, **chosen, **more)

    @pytest.mark.parametrize("other", [{"user": "x"}, {"server": "x"}, {"session_id": [1]}])
    def test_ids_exclude_all_else(self, module, more, other):
        assert "mutually exclusive" in faults(module, id=["RDS/1/2"], max_affected=1, **other, **more)[0]

    def test_a_number_needs_its_host(self, module, more, ras):
        with pytest.raises(errors.BadInputError, match=r"^session_id: sessions are numbered by their host"):
            do(module, ras, session_id=[2], **more)

    def test_numbers_on_a_host(self, module, more, ras):
        listed(ras, session(2), session(3), ServerId="7")
        result = do(module, ras, session_id=[3, 9], server_id=7, check_mode=True, **more)
        assert result["sessions"] == [row(3)]

    def test_ids_of_several_hosts_take_one_list(self, module, more, ras):
        listed(ras, session(2), session(2, 8), session(3, 8))
        result = do(module, ras, id=["RDS/7/2", "RDS/8/3"], check_mode=True, **more)
        assert result == {"changed": True, "count": 2, "sessions": [row(2), row(3, 8)]}

    @pytest.mark.parametrize(
        ("chosen", "words"),
        [
            ({"server": "rds-77.example.test", "max_affected": 9}, "server: .* no RDS server rds-77"),
            ({"server_id": 99, "session_id": [1]}, "server_id: .* no RDS server 99"),
        ],
    )
    @pytest.mark.parametrize("check_mode", [False, True])
    def test_a_server_that_the_farm_does_not_have_is_a_warning(
        self, module, more, chosen, words, check_mode, ras, warnings
    ):
        query = {"Server": "rds-77.example.test"} if "server" in chosen else {"ServerId": "99"}
        listed(ras, **query).on("GET", "/api/RDS/Host", json=[{"id": 7, "server": "rds-07.example.test"}])
        assert do(module, ras, check_mode=check_mode, **chosen, **more)["count"] == 0
        (text,) = warnings
        assert re.search(words, text)
        assert "There are: 7." in text or "There are: rds-07.example.test." in text

    def test_nobody_on_a_server_that_is_there_is_no_warning(self, module, more, ras, warnings):
        listed(ras, Server="RDS-07.example.test")
        ras.on("GET", "/api/RDS/Host", json=[{"id": 7, "server": "rds-07.example.test"}])
        assert do(module, ras, server="RDS-07.example.test", max_affected=9, **more)["count"] == 0
        assert warnings == []

    def test_who_may_not_read_the_servers_is_not_told(self, module, more, ras, warnings):
        listed(ras, ServerId="7").on("GET", "/api/RDS/Host", status=403)
        assert do(module, ras, server_id=7, max_affected=9, **more)["count"] == 0
        assert warnings == []

    def test_filters_reach_the_server_and_are_checked_again(self, module, more, ras):
        """A server that does not know a filter would give all sessions."""
        listed(ras, session(2), session(3, state=4), session(4, user="other", state=4), State="4", User="user3")
        result = do(module, ras, session_state="Disconnected", user="user3", max_affected=9, check_mode=True, **more)
        assert result["sessions"] == [row(3, state="Disconnected")]

    def test_sessions_of_other_sources_in_the_answer_are_left_alone(self, module, more, ras):
        listed(ras, session(2, source=2), session(3, source=63), IP="10.0.0.1")
        assert do(module, ras, ip="10.0.0.1", max_affected=9, **more)["sessions"] == []

    @pytest.mark.parametrize("source", ["VDI", "AVD", "All", "2"])
    def test_another_source_is_refused_before_anything(self, module, more, source, ras):
        with pytest.raises(errors.BadInputError, match=rf"^source: {source} is not RDS. .* \(VDI, AVD\) cannot be"):
            do(module, ras, source=source, user="x", max_affected=1, **more)

    def test_an_id_of_another_source_is_refused_before_anything(self, module, more, ras):
        with pytest.raises(errors.BadInputError, match=r"^id: VDI/3/1 is a session of source VDI.*Nothing was done"):
            do(module, ras, id=["RDS/7/2", "VDI/3/1"], **more)

    @pytest.mark.parametrize("one", ["2", "RDS/7", "RDS/seven/2", "RDS/7/2/1", "RDS/7/02", "RDS/07/2"])
    def test_the_form_of_an_id(self, module, more, one, ras):
        with pytest.raises(errors.BadInputError, match="has not the form RDS/"):
            do(module, ras, id=[one], **more)

    @pytest.mark.parametrize("given", [{"sessionID": "3"}, {"serverID": "7"}, {"sessionHostId": None}])
    @pytest.mark.parametrize("chosen", [{"session_id": [3], "server_id": 7}, {"id": ["RDS/7/3"]}])
    def test_numbers_as_text_are_numbers(self, module, more, given, chosen, ras):
        listed(ras, session(3, **given), ServerId="7")
        assert do(module, ras, check_mode=True, **chosen, **more)["sessions"] == [row(3)]

    @pytest.mark.parametrize("lost", [{"serverID": None}, {"sessionID": None}, {"sessionID": "three"}])
    def test_a_session_without_its_numbers_is_refused_before_anything(self, module, more, lost, ras):
        listed(ras, session(2, user="x"), session(3, user="x", **{"sessionHostId": None, **lost}), User="x")
        with pytest.raises(errors.UnexpectedAnswerError, match=r"without a number of its host or its own.*Nothing was"):
            do(module, ras, user="x", max_affected=9, **more)

    def test_a_session_that_is_listed_twice_is_one(self, module, more, ras):
        listed(ras, session(3), session(3), ServerId="7")
        if module is ras_session:
            post(ras, 3, "logoff")
        else:
            post(ras, 3, "sendmsg", body={"message": "Hello"})
        assert do(module, ras, id=["RDS/7/3"], **more)["count"] == 1

    def test_no_ids_are_no_sessions(self, module, more, ras):
        assert do(module, ras, id=[], **more)["changed"] is False

    def test_more_than_the_limit_is_nothing(self, module, more, ras):
        listed(ras, session(2), session(3), Server="rds-07.example.test")
        with pytest.raises(errors.BadInputError, match=r"2 sessions .* the 1 allowed; nothing was done"):
            do(module, ras, server="rds-07.example.test", max_affected=1, **more)

    @pytest.mark.parametrize("state", ["All", "all", "-1"])
    def test_all_is_no_choice(self, module, more, state, ras):
        with pytest.raises(errors.BadInputError, match=r"^session_state: All does not say"):
            do(module, ras, session_state=state, max_affected=9, **more)

    def test_a_negative_limit(self, module, more, ras):
        with pytest.raises(errors.BadInputError, match="max_affected: -1 is out of range"):
            do(module, ras, user="x", max_affected=-1, **more)

    def test_legacy_is_refused(self, module, more, ras):
        with pytest.raises(errors.BadInputError, match=r"^api_family: the legacy API documents no actions"):
            do(module, ras, api_family="legacy", id=["RDS/7/2"], **more)

    def test_a_server_that_turns_out_to_be_legacy(self, module, more, ras):
        for path in (LIST, "/api/RDS/Host/sessions"):
            ras.on("GET", path, query={**RDS, "User": "x"} if path == LIST else None, status=404)
            if path == LIST:
                ras.on("GET", path, status=404)
        with pytest.raises(errors.NotFoundError, match="documented for the current API only"):
            do(module, ras, user="x", max_affected=1, **more)

    def test_an_unknown_state(self, module, more, ras):
        with pytest.raises(errors.BadInputError, match=r"^session_state: 'Gone' is none of"):
            do(module, ras, session_state="Gone", max_affected=1, **more)


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_message_that_says_nothing_is_refused(text, ras):
    with pytest.raises(errors.BadInputError, match=r"^text: it is empty"):
        do(ras_session_message, ras, id=["RDS/7/3"], text=text)


@BOTH
def test_a_failure_half_way_tells_what_was_done_before(module, more, ras):
    listed(ras, session(2), session(3), ServerId="7")
    action, body = ("logoff", {}) if module is ras_session else ("sendmsg", {"body": {"message": "Hello"}})
    post(ras, 2, action, **body)
    post(ras, 3, action, status=403, **body)
    with pytest.raises(errors.PermissionDeniedError, match="1 of 2 sessions were") as caught:
        do(module, ras, id=["RDS/7/2", "RDS/7/3"], **more)
    assert caught.value.done == {"changed": True, "count": 1, "sessions": [row(2)]}


def test_a_message_tells_who_was_gone_before(ras, warnings):
    listed(ras, session(3), ServerId="7")
    post(ras, 3, "sendmsg", body={"message": "Hello"})
    result = do(ras_session_message, ras, id=["RDS/7/3", "RDS/7/4"], text="Hello")
    assert result["sessions"] == [row(3)]
    assert warnings == ["These sessions ended before the message was sent: RDS/7/4."]


def test_the_options_are_the_filters_of_the_list():
    options = set(session_actions.selection_options())
    listing = set(ras_session_info.ARGUMENT_SPEC.options) & set(fields.SESSION.by_name) | {"site", "server", "group_id"}
    assert options - {"id", "session_id", "max_affected", "session_state"} == listing - {"state"}


def test_ids_are_those_of_audits(ras):
    rows = [session(2), session(3, 8)]
    ras.on("GET", LIST, json=rows)
    client = new_client(make_task(ras_session_info, ras, BY_TOKEN))
    (page,) = session_pages(client, {}, "farm")
    client.close()
    assert [record.id for record in page] == ["RDS/7/2", "RDS/8/3"]


# Disconnect and log off


@pytest.mark.parametrize(("state", "action"), [("absent", "logoff"), ("disconnected", "disconnect")])
def test_each_session_is_one_request(state, action, ras):
    listed(ras, session(2), session(3), ServerId="7")
    post(post(ras, 2, action), 3, action)
    result = ended(ras, "RDS/7/2", "RDS/7/3", state=state, diff=True)
    rows = [row(2), row(3)]
    after = [] if state == "absent" else [row(2, state="Disconnected"), row(3, state="Disconnected")]
    assert result == {
        "changed": True,
        "count": 2,
        "sessions": rows,
        "diff": {"before": {"sessions": rows}, "after": {"sessions": after}},
    }


def test_what_is_disconnected_already_is_no_change(ras):
    listed(ras, session(2, state=4), ServerId="7")
    assert ended(ras, "RDS/7/2", state="disconnected", diff=True)["changed"] is False


def test_a_disconnected_session_is_logged_off(ras):
    post(listed(ras, session(2, state=4), ServerId="7"), 2, "logoff")
    assert ended(ras, "RDS/7/2")["sessions"] == [row(2, state="Disconnected")]


def test_a_session_that_is_gone_is_no_change(ras):
    listed(ras, ServerId="7")
    assert ended(ras, "RDS/7/2")["changed"] is False


@pytest.mark.parametrize("status", [404, 409])
def test_a_session_that_ends_meanwhile_is_no_change(status, ras):
    post(listed(ras, session(2), ServerId="7"), 2, "logoff", status=status)
    listed(ras, ServerId="7")
    assert ended(ras, "RDS/7/2")["changed"] is False


AT_EIGHT = {"logonTime": "2026-01-31T08:15:00.25+00:00"}


@pytest.mark.parametrize("state", ["absent", "disconnected"])
def test_a_session_that_took_the_place_of_one_that_has_ended_is_left_alone(state, ras, warnings):
    """Host 7 gave the number 2 anew. Session 3 is the one that was meant, whatever the spelling of its time."""
    listed(ras, session(2, **AT_EIGHT), session(3, **AT_EIGHT), ServerId="7")
    post(ras, 3, "logoff" if state == "absent" else "disconnect")
    logon_times = {"RDS/7/2": "2026-01-31T07:00:00Z", "RDS/7/3": "2026-01-31T09:15:00+01:00"}
    result = ended(ras, "RDS/7/2", "RDS/7/3", state=state, logon_times=logon_times)
    assert result["sessions"] == [row(3)]
    assert warnings == ["These sessions have ended, and other ones have their ids now, which are left alone: RDS/7/2."]


@pytest.mark.parametrize("logon_times", [{}, {"RDS/7/2": "2026-01-31T07:00:00Z"}])
@pytest.mark.parametrize("told", [{}, {"logonTime": ""}, {"logonTime": None}])
def test_a_session_whose_time_nobody_tells_is_known_by_its_id(logon_times, told, ras, warnings):
    post(listed(ras, session(2, **told), ServerId="7"), 2, "logoff")
    assert ended(ras, "RDS/7/2", logon_times=logon_times)["sessions"] == [row(2)]
    assert warnings == []


@pytest.mark.parametrize("moment", ["yesterday", "", None, 3, "2026-01-31T07:00:00", "11/16/2020 2:01:04 PM"])
def test_a_logon_time_that_is_no_time_is_refused_before_anything(moment, ras):
    with pytest.raises(errors.BadInputError, match=r"^logon_times: .* of RDS/7/2 is no time .*Nothing was done"):
        ended(ras, "RDS/7/2", logon_times={"RDS/7/2": moment})


def test_a_logon_time_of_no_id_is_refused_before_anything(ras):
    with pytest.raises(errors.BadInputError, match=r"^logon_times: RDS/7/3 is none of the ids.*Nothing was done"):
        ended(ras, "RDS/7/2", logon_times={"RDS/7/3": "2026-01-31T07:00:00Z"})


def test_logon_times_go_with_ids():
    (fault,) = faults(ras_session, user="x", max_affected=1, logon_times={}, state="absent")
    assert "'logon_times': id" in fault


def test_a_server_that_does_not_know_the_call(ras):
    post(listed(ras, session(2), ServerId="7"), 2, "logoff", status=404)
    listed(ras, session(2), ServerId="7")
    with pytest.raises(errors.NotFoundError, match=r"version 21 documents it. 0 of 1 sessions were logged off before"):
        ended(ras, "RDS/7/2")


@pytest.mark.parametrize(("state", "action", "now"), [("absent", "logoff", []), ("disconnected", "disconnect", [4])])
def test_a_lost_answer_is_settled_by_reading_again(state, action, now, ras):
    post(listed(ras, session(2), ServerId="7"), 2, action, error=LOST)
    listed(ras, *(session(2, state=number) for number in now), ServerId="7")
    assert ended(ras, "RDS/7/2", state=state, retries=3)["count"] == 1


def test_a_lost_answer_without_effect_is_a_failure(ras):
    post(listed(ras, session(2), session(3), ServerId="7"), 2, "logoff")
    post(ras, 3, "logoff", error=LOST)
    listed(ras, session(3), ServerId="7")
    with pytest.raises(errors.TransportError, match="1 of 2 sessions were logged off before"):
        ended(ras, "RDS/7/2", "RDS/7/3", retries=3)


def test_after_a_refusal_no_further_session_is_touched(ras):
    post(listed(ras, session(2), session(3), ServerId="7"), 2, "logoff", status=403)
    with pytest.raises(errors.PermissionDeniedError, match="0 of 2 sessions"):
        ended(ras, "RDS/7/2", "RDS/7/3")


# Messages


def test_a_message_is_one_request_for_each_session(ras):
    body = {"message": "Hello", "messageTitle": "News"}
    post(post(listed(ras, session(2), session(3), ServerId="7"), 2, "sendmsg", body=body), 3, "sendmsg", body=body)
    result = do(ras_session_message, ras, id=["RDS/7/2", "RDS/7/3"], text="Hello", title="News")
    assert result == {"changed": True, "count": 2, "sessions": [row(2), row(3)]}


def test_the_assumed_fields_can_be_named(ras):
    post(listed(ras, session(2), ServerId="7"), 2, "sendmsg", body={"text": "Hello", "heading": "News"})
    do(
        ras_session_message,
        ras,
        id=["RDS/7/2"],
        text="Hello",
        title="News",
        text_field="text",
        title_field="heading",
    )


def test_a_session_that_ended_gets_no_message(ras, warnings):
    post(listed(ras, session(2), ServerId="7"), 2, "sendmsg", body={"message": "Hello"}, status=404)
    listed(ras, ServerId="7")
    assert do(ras_session_message, ras, id=["RDS/7/2"], text="Hello")["changed"] is False
    assert "RDS/7/2" in warnings[0]


def test_a_message_is_never_sent_twice(ras):
    post(listed(ras, session(2), ServerId="7"), 2, "sendmsg", body={"message": "Hello"}, error=LOST)
    with pytest.raises(errors.TransportError, match=r"is not known. 0 of 1 sessions were sent the message before"):
        do(ras_session_message, ras, id=["RDS/7/2"], text="Hello", retries=3)
