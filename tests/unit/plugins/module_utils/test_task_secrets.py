# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets that only their names tell: neither door shows them, be they texts, numbers, lists or mappings."""

from __future__ import annotations

import functools
import json

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common.parameters import PASS_VARS
from ansible.module_utils.testing import patch_module_args

from ansible_collections.deskops.vdi.plugins.module_utils import _task
from ansible_collections.deskops.vdi.plugins.modules import api_request, ras_gateway
from unit.support.tasks import BY_TOKEN

SECRETS = {"password": 12345678, "passwords": ["SECRETINLIST"], "credential": {"v": "DEEPSECRET"}, "pinSecret": 4711}
WORDS = ("12345678", "SECRETINLIST", "DEEPSECRET", "4711")
ECHO = "12345678 and SECRETINLIST and DEEPSECRET are not strong enough"
GATEWAY = {"id": 1, "siteId": 1, "server": "gw-01.example.test"}


class NoPool:
    def get(self, key):
        return None

    def put(self, key, client):
        pass


@pytest.fixture(params=["process", "module"])
def through_the_door(request, ras, capsys, monkeypatch):
    """Runs a module through a door against the scripted server, and returns its result and what it logs."""
    monkeypatch.setattr(_task, "Task", functools.partial(_task.Task, transport=ras))
    logged = []
    monkeypatch.setattr(basic.AnsibleModule, "log", lambda self, text, log_args=None: logged.append((text, log_args)))

    def run(module, **args):
        args = {**BY_TOKEN, **args}
        if request.param == "process":
            result = _task.run_in_process(
                module, "x.y.z", args, check_mode=False, diff=True, progress=print, pool=NoPool()
            )
        else:
            internal = {"_ansible_diff": True}
            if "inject_invocation" in PASS_VARS:
                internal["_ansible_inject_invocation"] = True
            with patch_module_args({**args, **internal}), pytest.raises(SystemExit):
                _task.run_module(module.ARGUMENT_SPEC, module.run)
            result = json.loads(capsys.readouterr().out)
            assert logged or result.get("failed")
        assert [word for word in WORDS if word in f"{result} {logged}"] == []
        return result

    return run


def test_secrets_of_a_body(through_the_door, ras):
    """The server gets them unharmed; what stands beside them is told."""
    body = {**SECRETS, "name": "x", "tokenLifetime": 3, "passwordChangeAllowed": True, "secrets": []}
    ras.on("POST", "/api/x", body=body, json={"text": ECHO})
    result = through_the_door(api_request, method="POST", path="/api/x", body=body)
    masked = dict.fromkeys(SECRETS, "********")
    assert result["invocation"]["module_args"]["body"] == {**body, **masked}
    assert result["json"] == {"text": "******** and ******** and ******** are not strong enough"}


def test_secrets_of_an_answer(through_the_door, ras):
    harmless = {"token_type": "Bearer", "expires_in": 3600, "passwordChangeAllowed": True, "count": 2}
    ras.on("GET", "/api/x", json={**SECRETS, **harmless, "text": ECHO})
    result = through_the_door(api_request, path="/api/x")
    text = "******** and ******** and ******** are not strong enough"
    assert result["json"] == {**dict.fromkeys(SECRETS, "********"), **harmless, "text": text}


def test_secrets_of_a_body_that_is_refused(through_the_door, ras):
    ras.on("POST", "/api/x", body=[SECRETS], status=400, json={"detail": ECHO})
    result = through_the_door(api_request, method="POST", path="/api/x", body=[SECRETS])
    assert result["failure"]["detail"] == "******** and ******** and ******** are not strong enough"
    assert result["failure"]["detail"] in result["msg"]


def test_secrets_of_raw_settings_that_are_refused(through_the_door, ras):
    ras.on("GET", "/api/Gateway/1", json=GATEWAY)
    ras.on("PUT", "/api/Gateway/1", body=SECRETS, status=400, json={"detail": ECHO})
    result = through_the_door(ras_gateway, id=1, settings=SECRETS, api_family="current")
    assert result["failure"]["kind"] == "refused_value"
    assert result["invocation"]["module_args"]["settings"] == dict.fromkeys(SECRETS, "********")


def test_secrets_beside_an_option_that_is_wrong(through_the_door):
    """The module's body, which knows the secrets, does not run."""
    result = through_the_door(api_request, method="POST", path="/api/x", body=SECRETS, unknown=1)
    assert "unknown" in result["msg"]
    assert result["invocation"]["module_args"]["body"] == dict.fromkeys(SECRETS, "********")
