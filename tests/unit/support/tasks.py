# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module's body against a scripted RAS server, without a door."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator

from ansible_collections.deskops.vdi.plugins.module_utils._task import ModuleFile, Task

from .script import URL, Script

FIXTURES = Path(__file__).resolve().parents[1] / "plugins" / "fixtures"
CONTENT_TYPE = "application/json; api-version=1.0"
USERNAME = "administrator"
PASSWORD = "11112222"
TOKEN = "5f2b7c31e7c04d4c"
BY_TOKEN: dict[str, Any] = {"url": URL, "auth_token": TOKEN, "retries": 0}
BY_PASSWORD: dict[str, Any] = {"url": URL, "username": USERNAME, "password": PASSWORD, "retries": 0}


def facts(name: str) -> Any:
    """A fixture: facts of the vendor's documents."""
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


class RasScript(Script):
    """A scripted RAS server; every call must carry the two documented headers, the logon only the first."""

    def __init__(self, token: str = TOKEN):
        super().__init__(headers={"Content-Type": CONTENT_TYPE, "auth_token": token})

    def log_on(self, token: str = TOKEN, **reply: Any) -> RasScript:
        """Expect a logon; the calls that follow must carry its token. reply: further fields of the answer."""
        self.on(
            "POST",
            "/api/Session/logon",
            headers={"auth_token": None},
            body={"username": USERNAME, "password": PASSWORD},
            json={"authToken": token, **reply},
        )
        self.headers["auth_token"] = token
        return self

    def log_off(self, **answer: Any) -> RasScript:
        self.on("POST", "/api/Session/logoff", **answer)
        return self


def make_task(module: ModuleFile, script: Script, args: dict[str, Any], **task: Any) -> Task:
    """The task that the module's body gets for valid args."""
    spec = module.ARGUMENT_SPEC
    validation = ModuleArgumentSpecValidator(spec.options, **spec.constraints()).validate(args)
    assert not validation.error_messages, validation.error_messages
    return Task(
        params={**args, **validation.validated_parameters},
        given=args,
        secrets=set(validation._no_log_values),
        transport=script,
        **task,
    )


def run(module: ModuleFile, script: Script, args: dict[str, Any], **task: Any) -> dict[str, Any]:
    """What the module's body returns for a task with these options."""
    return module.run(make_task(module, script, args, **task))
