# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both doors of a module end alike: in process, and as AnsibleModule on a host (design sections 3 and 4)."""

from __future__ import annotations

import json
import types
import unittest.mock

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common.parameters import PASS_VARS
from ansible.module_utils.testing import patch_module_args

from ansible_collections.deskops.vdi.plugins.module_utils import _task
from ansible_collections.deskops.vdi.plugins.module_utils._connection import connection
from ansible_collections.deskops.vdi.plugins.module_utils._errors import BadInputError, ConflictError
from ansible_collections.deskops.vdi.plugins.module_utils._options import RAS
from ansible_collections.deskops.vdi.plugins.module_utils._task import ArgumentSpec, Task, run_in_process, run_module

SPEC = ArgumentSpec(
    {
        "name": {"type": "str", "required": True},
        "size": {"type": "int", "default": 3},
        "enabled": {"type": "bool"},
        "kind": {"type": "str", "choices": ["a", "b"], "aliases": ["sort"]},
        "tags": {"type": "list", "elements": "str"},
        "settings": {"type": "dict", "default": {}},
        "password": {"type": "str", "no_log": True},
        "auth_token": {"type": "str", "no_log": True},
        "username": {"type": "str"},
    },
    mutually_exclusive=[["password", "auth_token"]],
    required_together=[["username", "password"]],
)
# From ansible-core 2.21 on the controller says whether a result tells the task's options; before, each result does.
INVOCATIONS = [True, False] if "inject_invocation" in PASS_VARS else [True]
SECRET = 'P@ss%20w"o\\rdé 1'


class Pool:
    def get(self, key):
        return None

    def put(self, key, client):
        pass


def in_process(run, args, *, check_mode=False, diff=False, invocation=True):
    module = types.SimpleNamespace(__name__="x.y.thing", ARGUMENT_SPEC=SPEC, run=run)
    return run_in_process(
        module,
        "deskops.vdi.thing",
        args,
        check_mode=check_mode,
        diff=diff,
        progress=print,
        pool=Pool(),
        invocation=invocation,
    )


def as_module(run, args, capsys, *, check_mode=False, diff=False, invocation=True):
    internal = {
        "_ansible_check_mode": check_mode,
        "_ansible_diff": diff,
        "_ansible_module_name": "deskops.vdi.thing",
    }
    if "inject_invocation" in PASS_VARS:
        internal["_ansible_inject_invocation"] = invocation
    with patch_module_args({**args, **internal}), pytest.raises(SystemExit):
        run_module(SPEC, run)
    return json.loads(capsys.readouterr().out)


def echo(task: Task):
    """A body that shows all that it sees."""
    return {
        "changed": task.check_mode,
        "params": dict(task.params),
        "given": sorted(task.given),
        "modes": [task.check_mode, task.diff],
        "nothing": None,
        "number": 5,
        "inner": [{"password": task.params["password"], "text": f"<{task.params['password']}>", "flag": True}],
    }


def test_truth_and_null_stay_where_a_secret_is_the_same_word():
    """Ansible masks the values of options that are secret wherever they stand."""
    result = in_process(echo, {"name": "x", "username": "u", "password": "True"}, check_mode=True)
    assert (result["changed"], result["nothing"]) == (True, None)


def refuse(task: Task):
    raise BadInputError(f"name: {task.params['name']} and {task.params['password']} are wrong.")


def conflict(task: Task):
    raise ConflictError("it exists.", status=409, code=7, detail=f"<{task.params['password']}> exists")


def half(task: Task):
    error = ConflictError("it exists.", status=409)
    error.done = {"changed": True, "sessions": [{"user": "anna", "note": task.params["password"]}]}
    raise error


def stumble(task: Task):
    return {"found": {}[f"no field {task.params['password']}"]}


BODIES = {"echo": echo, "refuse": refuse, "conflict": conflict, "half": half, "stumble": stumble}
TASKS = [
    pytest.param({"name": "x"}, id="least"),
    pytest.param({"name": "x", "size": "7", "enabled": "yes", "tags": "a,b", "kind": "b"}, id="converted"),
    pytest.param({"name": 5, "settings": {"a": {"b": 1}}}, id="number for text"),
    pytest.param({"name": "x", "enabled": None, "tags": None, "size": None}, id="null"),
    pytest.param({"name": "x", "username": "u", "password": SECRET}, id="secret"),
    pytest.param({"name": SECRET, "username": "u", "password": SECRET}, id="secret elsewhere"),
    pytest.param({"name": "x", "auth_token": "t0ken-t0ken"}, id="token"),
    pytest.param({"name": "x", "unknown": 1}, id="unsupported"),
    pytest.param({"name": "x", "unknown": 1, "another": 2}, id="two unsupported"),
    pytest.param({}, id="missing"),
    pytest.param({"name": "x", "size": "many"}, id="no number"),
    pytest.param({"name": "x", "kind": "c"}, id="no choice"),
    pytest.param({"name": "x", "enabled": "perhaps"}, id="no truth value"),
    pytest.param({"name": "x", "username": "u", "password": "p4ss", "auth_token": "t0k3n"}, id="excluded"),
    pytest.param({"name": "x", "username": "u"}, id="not together"),
]


def test_a_failure_tells_what_was_carried_out_before_it():
    outcome = in_process(half, {"name": "x", "username": "u", "password": SECRET})
    assert (outcome["failed"], outcome["changed"], outcome["failure"]["kind"]) == (True, True, "conflict")
    assert outcome["sessions"][0]["user"] == "anna"
    assert SECRET not in str(outcome["sessions"])


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("args", TASKS)
@pytest.mark.parametrize("modes", [{}, {"check_mode": True, "diff": True}], ids=["real", "check"])
@pytest.mark.parametrize("invocation", INVOCATIONS)
def test_both_doors_end_alike(args, body, modes, invocation, capsys):
    """Key by key: result, masking, invocation and standard texts."""
    there = as_module(BODIES[body], args, capsys, **modes, invocation=invocation)
    here = in_process(BODIES[body], dict(args), **modes, invocation=invocation)
    for outcome in (here, there):
        outcome.pop("warnings", None)
        outcome.pop("deprecations", None)
        outcome.pop("exception", None)
    assert json.loads(json.dumps(here)) == there
    assert ("invocation" in there) is invocation


@pytest.mark.parametrize("door", ["process", "module"])
class TestEachDoor:
    """What both must do, so that alike is not alike wrong."""

    def run(self, door, body, args, capsys, **modes):
        if door == "process":
            return in_process(body, args, **modes)
        return as_module(body, args, capsys, **modes)

    def test_unsupported_option(self, door, capsys):
        result = self.run(door, echo, {"name": "x", "unknown": 1}, capsys)
        assert result["failed"] is True
        assert result["msg"].startswith("Unsupported parameters for (deskops.vdi.thing) module: unknown.")
        assert "params" not in result

    def test_null_and_omitted_differ(self, door, capsys):
        result = self.run(door, echo, {"name": "x", "enabled": None}, capsys)
        assert result["given"] == ["enabled", "name"]
        assert (result["params"]["enabled"], result["params"]["tags"]) == (None, None)

    def test_defaults_are_not_given(self, door, capsys):
        result = self.run(door, echo, {"name": "x"}, capsys)
        assert (result["params"]["size"], result["given"]) == (3, ["name"])

    def test_secrets_are_masked_everywhere(self, door, capsys):
        args = {"name": f"a {SECRET} b", "username": "u", "password": SECRET}
        result = self.run(door, echo, args, capsys)
        assert SECRET not in json.dumps(result, ensure_ascii=False)
        assert json.dumps(SECRET) not in json.dumps(result)
        assert result["inner"][0]["text"] == "<********>"
        assert result["inner"][0]["flag"] is True
        assert (result["nothing"], result["number"]) == (None, 5)
        assert result["invocation"]["module_args"]["username"] == "u"

    def test_failure_carries_data(self, door, capsys):
        result = self.run(door, conflict, {"name": "x", "username": "u", "password": SECRET}, capsys)
        assert (result["failed"], result["msg"]) == (True, "it exists.")
        assert result["failure"] == {"kind": "conflict", "status": 409, "code": 7, "detail": "<********> exists"}
        assert result["invocation"]["module_args"]["name"] == "x"

    @pytest.mark.parametrize(
        "form",
        ["P%40ss%2520w%22o%5Crd%C3%A9%201", 'P@ss%20w\\"o\\\\rd\\u00e9 1', "UEBzcyUyMHcib1xyZMOpIDE="],
        ids=["percent", "json", "base64"],
    )
    def test_texts_of_failures_are_cleaned_of_every_form(self, form, door, capsys):
        def body(task):
            raise ConflictError(f"<{form}>", detail=f"<{form}>")

        result = self.run(door, body, {"name": "x", "username": "u", "password": SECRET}, capsys)
        assert result["msg"] == result["failure"]["detail"] == "<********>"

    def test_a_bug_is_told_as_one(self, door, capsys):
        """And without the secret, which Python shows in a form of its own."""
        result = self.run(door, stumble, {"name": "x", "username": "u", "password": SECRET}, capsys)
        assert (result["failed"], result["failure"]["kind"]) == (True, "unexpected")
        assert "fault of the collection" in result["msg"]
        assert "KeyError: 'no field ********'" in result["msg"]
        assert "report it" in result["msg"]

    def test_the_traceback_of_a_bug_is_there_without_the_secret(self, door, capsys, monkeypatch):
        monkeypatch.setenv("ANSIBLE_DISPLAY_TRACEBACK", "error")
        args = {"name": "x", "username": "u", "password": SECRET}
        result = self.run(door, stumble, args, capsys)
        assert "in stumble" in result["exception"]
        assert "KeyError: 'no field ********'" in result["exception"]

    def test_a_bug_does_not_keep_a_session_open(self, door, capsys):
        client = unittest.mock.Mock(secrets={"t0ken-of-the-session"})

        def body(task):
            with connection(task, RAS, lambda task: client):
                raise KeyError("t0ken-of-the-session")

        result = self.run(door, body, {"name": "x"}, capsys)
        assert "KeyError: '********'" in result["msg"]
        assert [call[0] for call in client.method_calls] == ["log_off", "close"]

    def test_modes(self, door, capsys):
        result = self.run(door, echo, {"name": "x"}, capsys, check_mode=True, diff=True)
        assert (result["modes"], result["changed"]) == ([True, True], True)

    def test_not_changed_unless_the_body_says_so(self, door, capsys):
        assert self.run(door, lambda task: {"x": 1}, {"name": "x"}, capsys)["changed"] is False


def test_warnings_are_cleaned(warnings):
    task = Task(params={}, given={}, secrets={SECRET})
    task.warn(f"the server said {SECRET}")
    assert warnings == ["the server said ********"]


def test_args_of_the_task_stay_as_they_are():
    args = {"name": "x", "size": "7"}
    in_process(echo, args)
    assert args == {"name": "x", "size": "7"}


def test_modules_support_check_mode():
    made = {}

    class StopError(Exception):
        pass

    class Spy(basic.AnsibleModule):
        def __init__(self, **options):
            made.update(options)
            raise StopError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_task, "_Module", Spy)
        with pytest.raises(StopError):
            run_module(SPEC, echo)
    assert made["supports_check_mode"] is True
    assert made["mutually_exclusive"] == SPEC.mutually_exclusive
    assert made["argument_spec"] is SPEC.options
