# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rate limit and idle expiry, on a clock that stands still."""

from __future__ import annotations

import pytest

from emulator.clock import StillClock
from emulator.limits import FixedWindow, Rate


def test_window():
    clock = StillClock()
    window = FixedWindow(Rate(2, 10), clock)
    assert [window.admit() for _turn in range(3)] == [True, True, False]
    clock.advance(9.9)
    assert not window.admit()
    clock.advance(0.2)
    assert [window.admit() for _turn in range(3)] == [True, True, False]
    clock.advance(35)
    assert [window.admit() for _turn in range(3)] == [True, True, False]


@pytest.mark.parametrize("text", ["50", "50/", "/10", "0/10", "50/0", "x/10", "50/-1", "50/x"])
def test_rates_that_are_none(text):
    with pytest.raises(ValueError, match=r"expected|could not convert"):
        Rate.parse(text)


def test_rate_text():
    assert Rate.parse("50/10") == Rate(50, 10)
    assert Rate.parse("5/0.5") == Rate(5, 0.5)


def test_limited_server(launch):
    server = launch(rate=Rate(50, 10)).log_on()
    statuses = [server.call("GET", "/api/Site").status_code for _turn in range(60)]
    assert statuses == [200] * 49 + [429] * 11
    refused = server.call("GET", "/api/Nothing")
    assert (refused.status_code, refused.json()["status"]) == (429, 429)
    assert "retry-after" not in refused.headers
    state = server.state()
    assert (state["rate_limited"], state["refused"]) == (12, {"site.list": 11, "unknown": 1})
    assert state["reads"] == {"site.list": 49}
    server.control("POST", "advance", {"seconds": 10})
    assert server.call("GET", "/api/Site").status_code == 200


def test_idle_session_expires(launch):
    server = launch(session_expire=60).log_on()
    for _turn in range(3):
        server.clock.advance(50)
        assert server.call("GET", "/api/Site").status_code == 200
    server.clock.advance(61)
    assert server.state()["admin_sessions"] == 0
    assert server.call("GET", "/api/Site").status_code == 401
    state = server.state()
    assert (state["refused"], state["logoffs"], state["foreign_tokens"]) == ({"site.list": 1}, 0, 0)


def test_without_expiry_a_session_lasts(current):
    current.clock.advance(10**6)
    assert current.call("GET", "/api/Site").status_code == 200
