# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fast door's parts; the door as a whole is tested through ansible-playbook."""

from __future__ import annotations

import json
import os
import types

import pytest
from ansible.constants import config
from ansible.errors import AnsibleActionFail
from ansible.module_utils.datatag import native_type_name
from ansible.template import Templar, trust_as_template

from ansible_collections.deskops.vdi.plugins.action import ras_site_info
from ansible_collections.deskops.vdi.plugins.plugin_utils import _door


def test_values_lose_what_ansible_adds_to_them():
    tagged = trust_as_template("text")
    value = {tagged: [tagged, 5, 2.5, True, None, (tagged,)]}
    plain = _door._plain(value)
    assert plain == {"text": ["text", 5, 2.5, True, None, ["text"]]}
    assert {type(text) for text in (*plain, plain["text"][0])} == {str}
    assert native_type_name(tagged) == "str"
    json.dumps(plain)


@pytest.mark.parametrize("wanted", [True, False])
def test_results_tell_the_options_as_ansible_is_set(wanted):
    """Before ansible-core 2.21 there is no such setting, and each result tells them."""
    known = "INJECT_INVOCATION" in config.get_configuration_definitions()
    assert _door._tells_invocation({"ansible_inject_invocation": wanted}) is (wanted or not known)


def test_numbers_and_truth_values_keep_their_types():
    plain = _door._plain({"a": True, "b": 1, "c": 1.0})
    assert [type(plain[name]) for name in "abc"] == [bool, int, float]


def test_the_keyword_environment_holds_during_the_work_only(monkeypatch):
    monkeypatch.setenv("VDI_TEST_OLD", "before")
    monkeypatch.delenv("VDI_TEST_NEW", raising=False)
    with _door._environment_of({"VDI_TEST_OLD": "during", "VDI_TEST_NEW": "during"}):
        assert (os.environ["VDI_TEST_OLD"], os.environ["VDI_TEST_NEW"]) == ("during", "during")
    assert os.environ["VDI_TEST_OLD"] == "before"
    assert "VDI_TEST_NEW" not in os.environ


def test_the_keyword_environment_ends_after_a_failure_too(monkeypatch):
    monkeypatch.delenv("VDI_TEST_NEW", raising=False)
    with pytest.raises(KeyError), _door._environment_of({"VDI_TEST_NEW": "during"}):
        raise KeyError("failure")
    assert "VDI_TEST_NEW" not in os.environ


def test_clients_are_kept_for_one_process(monkeypatch):
    pool = _door._Pool()
    client = object()
    pool.put(("key",), client)
    assert pool.get(("key",)) is client
    assert pool.get(("another",)) is None
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert pool.get(("key",)) is None


def door(*, async_val=0, become=None, transport="local"):
    """An action as Ansible makes it, as far as its choice of a door needs."""
    action = ras_site_info.ActionModule.__new__(ras_site_info.ActionModule)
    action._task = types.SimpleNamespace(async_val=async_val, action="deskops.vdi.ras_site_info")
    action._connection = types.SimpleNamespace(become=become, transport=transport)
    action._templar = Templar(variables={"forced": "no"})
    return action


@pytest.mark.parametrize("transport", ["local", "ansible.builtin.local"])
@pytest.mark.parametrize("value", [None, True, "yes", "true", 1])
def test_a_local_connection_runs_in_process(transport, value):
    task_vars = {} if value is None else {_door.IN_PROCESS_VARIABLE: value}
    assert door(transport=transport)._why_as_module(task_vars) is None


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"async_val": 30}, "async"),
        ({"become": object()}, "become"),
        ({"transport": "ssh"}, "connection ssh"),
        ({"transport": "community.docker.docker"}, "connection community.docker.docker"),
    ],
)
def test_what_needs_the_module_says_so(settings, reason):
    assert reason in door(**settings)._why_as_module({})


@pytest.mark.parametrize("value", [False, "false", "no", 0, trust_as_template("{{ forced }}")])
def test_the_variable_forces_the_module(value):
    assert _door.IN_PROCESS_VARIABLE in door()._why_as_module({_door.IN_PROCESS_VARIABLE: value})


def test_the_variable_must_be_true_or_false():
    with pytest.raises(AnsibleActionFail, match=f"{_door.IN_PROCESS_VARIABLE} must be true or false"):
        door()._why_as_module({_door.IN_PROCESS_VARIABLE: "perhaps"})


def test_connection_values_come_from_the_platform_of_the_module():
    environment = {"RAS_URL": "https://ras.example.test", "RAS_AUTH_TOKEN": "t", "CVAD_AUTH_TOKEN": "c"}
    assert door()._completed({"id": 1}, environment) == {
        "id": 1,
        "url": "https://ras.example.test",
        "auth_token": "t",
    }
