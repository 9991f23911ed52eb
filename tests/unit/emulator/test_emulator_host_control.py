# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of hosts over time, on a clock that moves only when told to."""

from __future__ import annotations

import datetime

import pytest

from emulator.ras.hosts import Pace

# AgentState as seed 002 numbers it.
OK, ROLE_DISABLED, DRAIN_UNTIL_RESTART, DRAIN, LOGON_DISABLED, INSTALLING_ROLE, REBOOT_PENDING = (
    0,
    2,
    13,
    14,
    15,
    20,
    21,
)
DISCONNECTED, DISABLED, NOT_VERIFIED = -1, -2, -4
ACTIONS = {
    "rds.enable_logons": "EnableLogons",
    "rds.disable_logons": "DisableLogonsAndReconnections",
    "rds.drain": "Drain",
    "rds.drain_until_reboot": "DrainUntilReboot",
    "rds.cancel_pending_reboot": "CancelPendingReboot",
    "rds.cancel_disabled_state": "CancelDisabledState",
    "rds.reboot": "Reboot",
    "rds.shutdown": "Shutdown",
    "rds.install_role": "InstallRDSRole",
}


@pytest.fixture
def farm(launch):
    """Hosts 1 to 5; a reboot takes 60 s, the role 30 s, an agent 20 s; a user leaves every 5 s."""
    return launch(farm_options={"sessions": 100, "pace": Pace(20, 60, 30, 5)}).log_on()


def do(server, host_id, action):
    response = server.call("POST", f"/api/RDS/Host/{host_id}/{action}")
    assert (response.status_code, response.content) == (204, b"")


def status(server, host_id):
    every = server.call("GET", "/api/RDS/Host/status").json()
    return next(one for one in every if one["id"] == str(host_id))


def state(server, host_id):
    return status(server, host_id)["agentState"]


def sessions(server, host_id):
    every = server.call("GET", "/api/RDS/Host/sessions").json()
    return [one for one in every if one["serverID"] == host_id]


def machine(server, host_id, **body):
    response = server.control("POST", "update", {"resource": "rds_machine", "id": host_id, "body": body})
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize(("operation", "action"), ACTIONS.items())
def test_each_action_is_an_operation_that_stages_nothing(farm, operation, action):
    do(farm, 1, action)
    counters = farm.state()
    assert (counters["writes"], counters["waiting_for_apply"]) == ({operation: 1}, False)


@pytest.mark.parametrize("action", ACTIONS.values())
def test_unknown_host(farm, action):
    assert farm.call("POST", f"/api/RDS/Host/99/{action}").status_code == 404
    assert farm.call("POST", f"/api/RDS/Host/one/{action}").status_code == 400
    assert farm.call("GET", f"/api/RDS/Host/1/{action}").status_code == 405


@pytest.mark.parametrize("action", ACTIONS.values())
def test_legacy_has_no_control(legacy, action):
    assert legacy.call("POST", f"/api/RDS/Host/1/{action}").status_code == 404


@pytest.mark.parametrize(
    ("action", "shown", "login_status", "after_reboot"),
    [
        ("Drain", DRAIN, 2, DRAIN),
        ("DrainUntilReboot", DRAIN_UNTIL_RESTART, 2, OK),
        ("DisableLogonsAndReconnections", LOGON_DISABLED, 1, LOGON_DISABLED),
        ("EnableLogons", OK, 0, OK),
    ],
)
def test_logon_control_and_reboot(farm, action, shown, login_status, after_reboot):
    do(farm, 1, action)
    assert (state(farm, 1), status(farm, 1)["loginStatus"]) == (shown, login_status)
    assert state(farm, 2) == OK
    do(farm, 1, "Reboot")
    assert state(farm, 1) == DISCONNECTED
    farm.clock.advance(59)
    assert state(farm, 1) == DISCONNECTED
    farm.clock.advance(1)
    assert state(farm, 1) == after_reboot
    do(farm, 1, "EnableLogons")
    assert (state(farm, 1), status(farm, 1)["loginStatus"]) == (OK, 0)


def test_a_reboot_ends_the_sessions_of_the_host_alone(farm):
    other, foreign = sessions(farm, 2), farm.call("GET", "/api/RDSession?Source=2").json()
    assert sessions(farm, 1)
    do(farm, 1, "Reboot")
    assert sessions(farm, 1) == []
    assert (status(farm, 1)["activeSessions"], status(farm, 1)["disconnectedSessions"]) == (0, 0)
    assert (sessions(farm, 2), farm.call("GET", "/api/RDSession?Source=2").json()) == (other, foreign)


def test_boot_times(farm):
    before, other = status(farm, 1), status(farm, 2)
    do(farm, 1, "Reboot")
    assert status(farm, 1)["systemBootTime"] == before["systemBootTime"]
    farm.clock.advance(500)
    after = status(farm, 1)
    # The clock began at 8:00, and the boot took a minute.
    assert after["systemBootTime"] == after["serviceStartTime"] == "Mon Jan  5 08:01:00 2026"
    assert datetime.datetime.strptime(before["systemBootTime"], "%a %b %d %H:%M:%S %Y").year == 2019
    assert status(farm, 2) == other


def test_shutdown_lasts_until_somebody_powers_it_on(farm):
    do(farm, 1, "Shutdown")
    assert (state(farm, 1), sessions(farm, 1)) == (DISCONNECTED, [])
    farm.clock.advance(10_000)
    do(farm, 1, "Reboot")
    farm.clock.advance(10_000)
    assert state(farm, 1) == DISCONNECTED
    assert machine(farm, 1, powered=True)["agentState"] == DISCONNECTED
    farm.clock.advance(60)
    assert state(farm, 1) == OK


def test_a_second_reboot_starts_again(farm):
    do(farm, 1, "Reboot")
    farm.clock.advance(50)
    do(farm, 1, "Reboot")
    farm.clock.advance(50)
    assert state(farm, 1) == DISCONNECTED
    farm.clock.advance(10)
    assert state(farm, 1) == OK


@pytest.mark.parametrize("action", ["Drain", "DrainUntilReboot"])
def test_users_leave_a_draining_host_one_by_one(farm, action):
    before = sessions(farm, 1)
    other = sessions(farm, 2)
    do(farm, 1, action)
    assert sessions(farm, 1) == before
    for gone, seconds in ((0, 4.9), (1, 0.1), (1, 4), (3, 10)):
        farm.clock.advance(seconds)
        assert sessions(farm, 1) == before[gone:]
    counts = status(farm, 1)
    assert counts["activeSessions"] == sum(one["state"] == 0 for one in before[3:])
    assert counts["disconnectedSessions"] == sum(one["state"] == 4 for one in before[3:])
    farm.clock.advance(5 * len(before))
    assert sessions(farm, 1) == []
    assert (sessions(farm, 2), state(farm, 1)) == (other, DRAIN if action == "Drain" else DRAIN_UNTIL_RESTART)


def test_the_full_list_knows_who_left(farm):
    before = farm.call("GET", "/api/RDSession").json()
    do(farm, 1, "Drain")
    farm.clock.advance(5)
    assert len(farm.call("GET", "/api/RDSession").json()) == len(before) - 1


@pytest.mark.parametrize("action", ["EnableLogons", "DisableLogonsAndReconnections"])
def test_nobody_leaves_any_more(farm, action):
    do(farm, 1, "Drain")
    farm.clock.advance(5)
    left = sessions(farm, 1)
    do(farm, 1, action)
    farm.clock.advance(1000)
    assert sessions(farm, 1) == left


def test_another_drain_does_not_start_the_count_again(farm):
    before = sessions(farm, 1)
    do(farm, 1, "Drain")
    farm.clock.advance(4)
    do(farm, 1, "DrainUntilReboot")
    farm.clock.advance(1)
    assert sessions(farm, 1) == before[1:]


def test_users_may_leave_at_once(launch):
    server = launch(farm_options={"sessions": 100, "pace": Pace(leave=0)}).log_on()
    do(server, 1, "Drain")
    assert sessions(server, 1) == []


def test_cancel_disabled_state_ends_nothing_else(farm):
    do(farm, 1, "DisableLogonsAndReconnections")
    do(farm, 1, "CancelDisabledState")
    assert state(farm, 1) == OK
    do(farm, 1, "Drain")
    do(farm, 1, "CancelDisabledState")
    assert state(farm, 1) == DRAIN


def test_pending_reboot(farm):
    assert machine(farm, 1, rebootPending=True)["agentState"] == REBOOT_PENDING
    do(farm, 1, "CancelPendingReboot")
    assert state(farm, 1) == OK
    machine(farm, 1, rebootPending=True)
    do(farm, 1, "Reboot")
    farm.clock.advance(60)
    assert state(farm, 1) == OK


def test_role(farm):
    do(farm, 1, "InstallRDSRole")
    assert state(farm, 1) == OK
    assert machine(farm, 1, role=False)["agentState"] == ROLE_DISABLED
    do(farm, 1, "InstallRDSRole")
    farm.clock.advance(29)
    assert state(farm, 1) == INSTALLING_ROLE
    farm.clock.advance(1)
    assert state(farm, 1) == OK


@pytest.mark.parametrize("path", ["/api/RDS/Host", "/api/Gateway"])
def test_an_agent_is_installed_unless_told_otherwise(farm, path):
    def shown(number):
        every = farm.call("GET", f"{path}/status").json()
        return next(one["agentState"] for one in every if one["id"] == str(number))

    bare = farm.call("POST", f"{path}?noInstall=true", {"server": "bare.example.test"}).json()["id"]
    full = farm.call("POST", path, {"server": "full.example.test"}).json()["id"]
    assert (shown(bare), shown(full)) == (OK, NOT_VERIFIED)
    farm.clock.advance(19)
    assert shown(full) == NOT_VERIFIED
    farm.clock.advance(1)
    assert shown(full) == OK


def test_by_default_an_agent_is_there_at_once(current):
    new = current.call("POST", "/api/RDS/Host", {"server": "new.example.test"}).json()["id"]
    assert state(current, new) == OK


def test_the_default_pace(current):
    before = sessions(current, 1)
    do(current, 1, "Drain")
    current.clock.advance(1)
    assert sessions(current, 1) == before[1:]
    do(current, 2, "Reboot")
    machine(current, 3, role=False)
    do(current, 3, "InstallRDSRole")
    current.clock.advance(1.9)
    assert (state(current, 2), state(current, 3)) == (DISCONNECTED, INSTALLING_ROLE)
    current.clock.advance(0.1)
    assert (state(current, 2), state(current, 3)) == (OK, OK)


def test_a_server_that_the_settings_disable_says_so_first(farm):
    do(farm, 1, "Drain")
    farm.call("PUT", "/api/RDS/Host/1", {"enabled": False})
    assert state(farm, 1) == DISABLED


def test_a_new_host_inherits_nothing_from_one_that_is_gone(farm):
    do(farm, 5, "Shutdown")
    body = {"resource": "rds", "body": {"server": "rds-south.example.test", "siteId": 3, "id": 5}}
    farm.call("DELETE", "/api/RDS/Host/5")
    assert farm.control("POST", "create", body).status_code == 200
    assert state(farm, 5) == OK


def test_what_the_control_address_says_about_a_status_stays(farm):
    farm.control("POST", "update", {"resource": "rds_status", "id": 1, "body": {"agentState": 10}})
    do(farm, 1, "Drain")
    assert state(farm, 1) == 10


def test_the_host_of_the_sample_lives_like_any_other(launch):
    server = launch(farm_options={"farm": "sample", "pace": Pace(reboot=60)}).log_on()
    server.call("POST", "/api/RDS/Host?noInstall=true", {"server": "rds.company.dom"})
    assert (state(server, 361), status(server, 361)["activeSessions"]) == (OK, 1)
    do(server, 361, "Drain")
    assert (state(server, 361), status(server, 361)["activeSessions"]) == (DRAIN, 0)


@pytest.mark.parametrize(
    "body", [{"powered": 1}, {"logons": "no"}, {"brandNew": True}, {"role": None}, {"rebootPending": "x"}]
)
def test_refused_changes_of_a_machine(farm, body):
    response = farm.control("POST", "update", {"resource": "rds_machine", "id": 1, "body": body})
    assert (response.status_code, next(iter(body)) in response.json()["error"]) == (400, True)


@pytest.mark.parametrize(
    ("logons", "shown"),
    [("disabled", LOGON_DISABLED), ("drain", DRAIN), ("drain_until_reboot", DRAIN_UNTIL_RESTART), ("enabled", OK)],
)
def test_logons_by_the_control_address(farm, logons, shown):
    assert machine(farm, 1, logons=logons)["agentState"] == shown
