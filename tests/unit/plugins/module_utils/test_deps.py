# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A missing library fails the task in Ansible's standard words, in both doors; nothing else happens."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _deps
from ansible_collections.deskops.vdi.plugins.module_utils._errors import MissingLibraryError

# Imports a module where libraries are hidden, and runs it through both doors.
PROGRAM = """
import json, sys
for name in sys.argv[1].split(","):
    sys.modules[name] = None
from ansible.plugins.loader import init_plugin_loader
init_plugin_loader(sys.argv[2].split(":"))
from ansible_collections.deskops.vdi.plugins.modules import ras_session_info
from ansible_collections.deskops.vdi.plugins.module_utils import _task
from ansible_collections.deskops.vdi.plugins.action import ras_session_info as action
args = {"url": "https://127.0.0.1:1", "auth_token": "5f2b7c31e7c04d4c"}
result = _task.run_in_process(
    ras_session_info, "deskops.vdi.ras_session_info", args, check_mode=False, diff=False, progress=print, pool=None
)
print(json.dumps(result))
from ansible.module_utils.testing import patch_module_args
with patch_module_args(args):
    ras_session_info.main()
"""


@pytest.mark.parametrize("library", ["httpx", "pydantic"])
def test_require_names_the_library_and_the_interpreter(library, monkeypatch):
    monkeypatch.setattr(_deps, "MISSING", {library: "No module named"})
    with pytest.raises(MissingLibraryError) as caught:
        _deps.require()
    text = str(caught.value)
    assert f"Failed to import the required Python library ({library})" in text
    assert sys.executable in text
    assert caught.value.failure() == {"kind": "missing_library", "status": None, "code": None, "detail": None}


def test_nothing_is_missing_here():
    assert _deps.require() is None


@pytest.mark.parametrize(("hidden", "named"), [("httpx", "httpx"), ("pydantic,pydantic_core", "pydantic")])
def test_both_doors_report_it(hidden, named):
    command = [sys.executable, "-c", PROGRAM, hidden, os.environ["ANSIBLE_COLLECTIONS_PATH"]]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    lines = [line for line in ended.stdout.splitlines() if line.startswith("{")]
    assert len(lines) == 2, ended.stdout + ended.stderr
    for line in lines:
        result = json.loads(line)
        assert result["failed"] is True
        assert f"Failed to import the required Python library ({named})" in result["msg"]
        assert sys.executable in result["msg"]
        assert result["failure"]["kind"] == "missing_library"
