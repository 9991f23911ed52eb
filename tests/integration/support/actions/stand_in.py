# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task for playbooks of the tests: tell the stand-in server what to do from here on, through its control address.

    - stand_in: {fault: {operation: gateway.create, kind: drop_after, times: 1}}

The variable stand_in_url names the server.
"""

from __future__ import annotations

import json
import ssl
import urllib.request
from typing import Any

from ansible.plugins.action import ActionBase

PATHS = {"fault": "faults"}


class ActionModule(ActionBase):
    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        url = self._templar.template((task_vars or {})["stand_in_url"])
        for what, body in self._task.args.items():
            self._post(f"{url}/_emulator/{PATHS.get(what, what)}", body)
        return {**result, "changed": False}

    @staticmethod
    def _post(url: str, body: Any) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        with opener.open(urllib.request.Request(url, json.dumps(body).encode(), method="POST"), timeout=30):
            pass
