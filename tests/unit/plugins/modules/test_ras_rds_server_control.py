# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ras_rds_server_control: what is sent in which state, waiting, lost answers. Paths and states: the reference."""

from __future__ import annotations

import httpx
import pytest
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._ras import enums
from ansible_collections.deskops.vdi.plugins.module_utils._ras.client import ras_client
from ansible_collections.deskops.vdi.plugins.module_utils._ras.control import ACTIONS, HostControl
from ansible_collections.deskops.vdi.plugins.modules import ras_rds_server_control
from unit.support.tasks import BY_TOKEN, make_task, run

HOSTS = "/api/RDS/Host"
STATUS = f"{HOSTS}/status"
SERVER = "rds-01.example.test"
MAIN = {"id": 7, "server": SERVER, "siteId": 2, "enabled": True}
QUERY = {"Server": SERVER, "SiteId": "2"}
NUMBERS = {name: number for number, name in enums.AGENT_STATE.names.items()}
# endpoints.yaml, RDS/Host/{id}/...
PATHS = {
    "enable_logons": "EnableLogons",
    "disable_logons": "DisableLogonsAndReconnections",
    "drain": "Drain",
    "drain_until_reboot": "DrainUntilReboot",
    "cancel_pending_reboot": "CancelPendingReboot",
    "cancel_disabled_state": "CancelDisabledState",
    "reboot": "Reboot",
    "shutdown": "Shutdown",
    "install_rds_role": "InstallRDSRole",
}
LOST = httpx.ReadError("lost")


def listed(ras):
    return ras.on("GET", HOSTS, query={"Server": SERVER}, json=[MAIN])


def status(ras, state, **fields):
    rows = [] if state is None else [{"id": "7", "siteId": 2, "agentState": NUMBERS[state], **fields}]
    return ras.on("GET", STATUS, query=QUERY, json=rows)


def act(ras, name, **answer):
    return ras.on("POST", f"{HOSTS}/7/{PATHS[name]}", **{"status": 204, **answer})


def args(action, **more):
    return {**BY_TOKEN, "api_family": "current", "server": SERVER, "action": action, **more}


def control(ras, action, check_mode=False, **more):
    return run(ras_rds_server_control, ras, args(action, **more), check_mode=check_mode, diff=True)


class Time:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now = 0.0
        self.waits = []

    def sleep(self, seconds):
        self.waits.append(seconds)
        self.now += seconds

    def clock(self):
        return self.now


def waited(ras, action, **more):
    """The result and the waits of a task that waits, without spending the time."""
    time = Time()
    task = make_task(ras_rds_server_control, ras, args(action, wait=True, **more))
    with ras_client(task) as client:
        return HostControl(task, client, sleep=time.sleep, clock=time.clock).run(), time.waits


# What is sent


def test_there_are_the_nine_documented_actions():
    assert {name: action.path for name, action in ACTIONS.items()} == PATHS


@pytest.mark.parametrize(
    ("action", "state", "after"),
    [
        ("enable_logons", "LogonDrain", "OK"),
        ("enable_logons", "LogonDrainUntilRestart", "OK"),
        ("enable_logons", "RebootPending", "OK"),
        ("disable_logons", "OK", "LogonDisabled"),
        ("drain", "OK", "LogonDrain"),
        ("drain", "LogonDrainUntilRestart", "LogonDrain"),
        ("drain_until_reboot", "LogonDrain", "LogonDrainUntilRestart"),
        ("cancel_pending_reboot", "RebootPending", "OK"),
        ("cancel_pending_reboot", "LogonDrain", "LogonDrain"),
        ("cancel_disabled_state", "LogonDisabled", "OK"),
        ("cancel_disabled_state", "RebootPending", "RebootPending"),
        ("reboot", "OK", "OK"),
        ("reboot", "RebootPending", "OK"),
        ("reboot", "LogonDrain", "LogonDrain"),
        ("reboot", "LogonDrainUntilRestart", "OK"),
        ("shutdown", "LogonDrain", "Disconnected"),
        ("install_rds_role", "RDSRoleDisabled", "OK"),
        ("drain", None, "LogonDrain"),
    ],
)
def test_an_action_is_one_request(action, state, after, ras):
    act(status(listed(ras), state), action)
    result = control(ras, action)
    host = {"id": 7, "server": SERVER, "site_id": 2}
    assert result == {
        "changed": True,
        "rds_server": host,
        "agent_state": {"before": state, "after": after},
        "diff": {
            "before": {**host, "agent_state": state},
            "after": {**host, "agent_state": after, "action": action},
        },
    }


@pytest.mark.parametrize(
    ("action", "state", "after"),
    [
        ("enable_logons", "OK", "OK"),
        ("disable_logons", "LogonDisabled", "LogonDisabled"),
        ("drain", "LogonDrain", "LogonDrain"),
        ("drain_until_reboot", "LogonDrainUntilRestart", "LogonDrainUntilRestart"),
        ("cancel_pending_reboot", "OK", "OK"),
        ("cancel_disabled_state", "OK", "OK"),
        ("cancel_disabled_state", "LogonDrain", "LogonDrain"),
        ("reboot", "Disconnected", "Disconnected"),
        ("shutdown", "Disconnected", "Disconnected"),
        ("install_rds_role", "OK", "OK"),
        ("install_rds_role", "InstallingRDSRole", "InstallingRDSRole"),
        ("install_rds_role", "RebootPending", "RebootPending"),
    ],
)
def test_what_the_status_shows_already_is_not_done_again(action, state, after, ras):
    status(listed(ras), state)
    result = control(ras, action)
    assert (result["changed"], result["agent_state"]) == (False, {"before": state, "after": after})
    assert result["diff"] == {"before": {}, "after": {}}


@pytest.mark.parametrize("action", PATHS)
def test_check_mode_sends_nothing(action, ras):
    state = {"cancel_pending_reboot": "RebootPending", "cancel_disabled_state": "LogonDisabled"}.get(action)
    status(listed(ras), state or "RDSRoleDisabled")
    result = control(ras, action, check_mode=True, wait=True)
    assert (result["changed"], result["agent_state"]["after"]) == (True, ACTIONS[action].leads_to)


@pytest.mark.parametrize("check_mode", [False, True])
def test_force_sends_what_the_status_shows_as_needless(check_mode, ras):
    status(listed(ras), "OK")
    if not check_mode:
        act(ras, "enable_logons")
    result = control(ras, "enable_logons", force=True, check_mode=check_mode)
    assert (result["changed"], result["agent_state"]) == (True, {"before": "OK", "after": "OK"})


def test_a_shutdown_tells_that_the_host_may_only_be_rebooting(ras, warnings):
    status(listed(ras), "Disconnected")
    assert control(ras, "shutdown")["changed"] is False
    assert "it may be off, or only rebooting" in warnings[0]


def test_a_shutdown_that_is_sent_tells_nothing(ras, warnings):
    act(status(listed(ras), "OK"), "shutdown")
    control(ras, "shutdown")
    assert warnings == []


def test_a_refusal_tells_the_servers_words(ras):
    act(status(listed(ras), "OK"), "drain", status=409, json={"title": "The host is in maintenance."})
    with pytest.raises(errors.ConflictError, match="The host is in maintenance"):
        control(ras, "drain")


def test_an_older_server_does_not_know_the_call(ras):
    act(status(listed(ras), "OK"), "drain", status=404)
    with pytest.raises(errors.NotFoundError, match="Version 21 of the server documents this call"):
        control(ras, "drain")


# Which host


def test_by_id(ras):
    ras.on("GET", f"{HOSTS}/7", json=MAIN)
    status(ras, "LogonDrain")
    assert control(ras, "drain", id=7)["changed"] is False


@pytest.mark.parametrize("more", [{"server": "other"}, {"site": "1"}])
def test_id_and_the_rest_must_agree(more, ras):
    ras.on("GET", f"{HOSTS}/7", json=MAIN)
    (option,) = more
    with pytest.raises(errors.BadInputError, match=f"id and {option} disagree: the RDS server with id 7 has {option} "):
        control(ras, "drain", id=7, **more)


def test_an_unknown_id_is_nothing_that_could_be_planned(ras):
    ras.on("GET", f"{HOSTS}/9", status=404).on("GET", HOSTS, json=[MAIN])
    with pytest.raises(errors.BadInputError, match=f"id: there is no RDS server 9. There are: {SERVER} .id 7."):
        control(ras, "drain", id=9, server=None, check_mode=True)


def test_an_unknown_host(ras):
    ras.on("GET", HOSTS, query={"Server": SERVER}, json=[])
    # Once without the filter, which may mind the letter case; once more for the names in the message.
    for _look in range(2):
        ras.on("GET", HOSTS, json=[{**MAIN, "server": "other", "id": 9}])
    with pytest.raises(errors.BadInputError, match=f"server: there is no RDS server {SERVER}. There are: other .id 9."):
        control(ras, "drain")


def test_a_filter_that_minds_the_letter_case_hides_no_host(ras):
    ras.on("GET", HOSTS, query={"Server": SERVER}, json=[])
    ras.on("GET", HOSTS, json=[{**MAIN, "server": SERVER.upper()}])
    ras.on("GET", STATUS, query={**QUERY, "Server": SERVER.upper()}, json=[{"id": "7", "agentState": NUMBERS["OK"]}])
    act(ras, "drain")
    assert control(ras, "drain")["rds_server"]["id"] == 7


@pytest.mark.parametrize("odd", [[], {"name": "OK"}])
def test_an_odd_state_is_not_known(odd, ras):
    listed(ras).on("GET", STATUS, query=QUERY, json=[{"id": "7", "agentState": odd}])
    act(ras, "drain")
    assert control(ras, "drain")["agent_state"]["before"] is None


def test_an_unknown_host_may_be_planned(ras, warnings):
    ras.on("GET", HOSTS, query={"Server": SERVER}, json=[]).on("GET", HOSTS, json=[]).on("GET", HOSTS, json=[])
    result = control(ras, "drain", check_mode=True)
    assert (result["changed"], result["rds_server"]["id"]) == (True, None)
    assert "Going on in check mode" in warnings[0]


def test_the_same_name_in_two_sites(ras):
    ras.on("GET", HOSTS, query={"Server": SERVER}, json=[MAIN, {**MAIN, "id": 8, "siteId": 3}])
    with pytest.raises(errors.BadInputError, match=r"2 RDS servers .* id 8 in site 3\). Set site, or use id"):
        control(ras, "drain")


def test_legacy_is_refused(ras):
    ras.on("GET", "/api/rds", json=[MAIN])
    with pytest.raises(errors.BadInputError, match=r"^api_family: this server speaks the legacy API"):
        control(ras, "drain", api_family="legacy")


def test_something_must_be_named():
    spec = ras_rds_server_control.ARGUMENT_SPEC
    validator = ModuleArgumentSpecValidator(spec.options, **spec.constraints())
    assert "one of the following is required" in validator.validate({**BY_TOKEN, "action": "drain"}).error_messages[0]


# Waiting


def test_a_drain_shows_at_once(ras):
    status(act(status(listed(ras), "OK"), "drain"), "LogonDrain")
    result, waits = waited(ras, "drain")
    assert (result["agent_state"], waits) == ({"before": "OK", "after": "LogonDrain"}, [])


def test_nothing_to_do_is_nothing_to_wait_for(ras):
    status(listed(ras), "LogonDrain")
    assert waited(ras, "drain")[0]["changed"] is False


def test_a_reboot_is_over_when_the_host_was_away_and_its_agent_is_back(ras):
    act(status(listed(ras), "LogonDrain"), "reboot")
    for state in ("LogonDrain", "Disconnected", "Disconnected", "Synchronising", "LogonDrain"):
        status(ras, state)
    result, waits = waited(ras, "reboot")
    assert result["agent_state"] == {"before": "LogonDrain", "after": "LogonDrain"}
    assert waits == [1, 2, 4, 8]


def test_what_was_so_before_a_reboot_does_not_count_as_being_away(ras):
    act(status(listed(ras), "Synchronising"), "reboot")
    for state in ("Synchronising", "OK", "Disconnected", "OK"):
        status(ras, state)
    assert waited(ras, "reboot")[1] == [1, 2, 4]


def test_a_reboot_that_was_quicker_than_the_look_shows_in_the_boot_time(ras):
    act(status(listed(ras), "OK", systemBootTime="Wed May 15 09:34:08 2019"), "reboot")
    status(ras, "OK", systemBootTime="Wed May 15 09:34:08 2019")
    status(ras, "OK", systemBootTime="Thu May 16 01:00:00 2019")
    assert waited(ras, "reboot")[1] == [1]


def test_a_reboot_that_was_under_way_is_waited_for(ras):
    status(listed(ras), "Disconnected")
    for state in ("Disconnected", "OK"):
        status(ras, state)
    result, waits = waited(ras, "reboot")
    assert (result["changed"], result["agent_state"]["after"], waits) == (False, "OK", [1])


def test_the_pauses_grow_to_15_seconds(ras):
    act(status(listed(ras), "RDSRoleDisabled"), "install_rds_role")
    for _look in range(7):
        status(ras, "InstallingRDSRole")
    status(ras, "OK")
    assert waited(ras, "install_rds_role")[1] == [1, 2, 4, 8, 15, 15, 15]


def test_a_status_that_never_comes(ras):
    act(status(listed(ras), "OK"), "reboot")
    for _look in range(3):
        status(ras, "Disconnected")
    with pytest.raises(
        errors.TimeLimitError, match=r"end of reboot within the time limit of 2 s: .* Disconnected"
    ) as caught:
        waited(ras, "reboot", wait_timeout=2)
    assert caught.value.done == {"changed": True}


@pytest.mark.parametrize("outage", [{"error": httpx.ConnectError("refused")}, {"status": 500}, {"status": 503}])
def test_an_outage_of_the_service_is_waited_out(outage, ras):
    act(status(listed(ras), "OK"), "reboot")
    status(ras, "Disconnected").on("GET", STATUS, query=QUERY, **outage)
    status(ras, "OK")
    assert waited(ras, "reboot", retries=0)[1] == [1, 2]


def test_an_outage_that_does_not_pass_is_told_with_the_limit(ras):
    act(status(listed(ras), "OK"), "reboot")
    status(ras, "Disconnected").on("GET", STATUS, query=QUERY, status=503)
    with pytest.raises(errors.TimeLimitError, match=r"Disconnected.* The last fault meanwhile: .* 503 ") as caught:
        waited(ras, "reboot", wait_timeout=1, retries=0)
    assert caught.value.done == {"changed": True}


@pytest.mark.parametrize(("answer", "error"), [(401, errors.AuthenticationError), (403, errors.PermissionDeniedError)])
def test_a_refusal_ends_the_waiting(answer, error, ras):
    act(status(listed(ras), "OK"), "reboot").on("GET", STATUS, query=QUERY, status=answer)
    with pytest.raises(error) as caught:
        waited(ras, "reboot")
    assert caught.value.done == {"changed": True}


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("drain", "RebootPending"),
        ("drain_until_reboot", "RebootPending"),
        ("disable_logons", "RebootPending"),
        ("enable_logons", "RebootPending"),
        ("cancel_disabled_state", "RebootPending"),
        ("cancel_pending_reboot", "LogonDrain"),
    ],
)
def test_what_another_state_hides_is_not_waited_for(action, state, ras, warnings):
    status(act(status(listed(ras), state), action), state)
    result, waits = waited(ras, action)
    assert (result["changed"], result["agent_state"]["after"], waits) == (True, state, [])
    assert f"{state}, which hides what {action} leads to" in warnings[0]


def test_a_drain_that_a_pending_reboot_hides_meanwhile(ras, warnings):
    act(status(listed(ras), "OK"), "drain")
    for state in ("OK", "RebootPending"):
        status(ras, state)
    assert waited(ras, "drain")[1] == [1]
    assert len(warnings) == 1


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("enable_logons", "LogonDrain", "RebootPending"),
        ("cancel_disabled_state", "LogonDisabled", "RebootPending"),
        ("cancel_pending_reboot", "RebootPending", "LogonDrain"),
    ],
)
def test_a_state_that_shows_up_behind_the_one_that_ended_hides_nothing(action, before, after, ras, warnings):
    status(act(status(listed(ras), before), action), after)
    assert waited(ras, action)[0]["agent_state"] == {"before": before, "after": after}
    assert warnings == []


def test_a_host_that_no_status_tells(ras):
    act(status(listed(ras), None), "drain")
    status(ras, None)
    with pytest.raises(errors.TimeLimitError, match="that no status tells"):
        waited(ras, "drain", wait_timeout=0)


# Lost answers


@pytest.mark.parametrize(("action", "after"), [("drain", "LogonDrain"), ("reboot", "Disconnected")])
def test_a_lost_answer_is_settled_by_the_status(action, after, ras):
    status(act(status(listed(ras), "OK"), action, error=LOST), after)
    assert control(ras, action, retries=3)["changed"] is True
    assert [call for call in ras.sent if call.startswith("POST")] == [f"POST {HOSTS}/7/{PATHS[action]}"]


def test_a_lost_answer_without_effect_is_a_failure_and_sends_nothing_again(ras):
    status(act(status(listed(ras), "OK"), "reboot", error=LOST), "OK")
    with pytest.raises(errors.TransportError, match="in the state OK now; reboot was not sent a second time"):
        control(ras, "reboot", retries=3)


def test_a_lost_answer_is_waited_for(ras):
    act(status(listed(ras), "OK"), "reboot", error=LOST)
    for state in ("OK", "Disconnected", "OK"):
        status(ras, state)
    assert waited(ras, "reboot")[1] == [1, 2]


def test_a_lost_answer_that_no_status_settles_is_told_with_the_limit(ras):
    status(act(status(listed(ras), "OK"), "reboot", error=LOST), "OK")
    with pytest.raises(errors.TimeLimitError, match=r"The last fault meanwhile: .* connection was lost"):
        waited(ras, "reboot", wait_timeout=0)


def test_a_negative_time_limit(ras):
    with pytest.raises(errors.BadInputError, match=r"^wait_timeout: -1 is out of range"):
        control(ras, "drain", wait_timeout=-1)
