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
from tools.collection_tree import ROOT

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
    monkeypatch.setattr(_deps, "MISSING", {library: library})
    with pytest.raises(MissingLibraryError) as caught:
        _deps.require()
    text = str(caught.value)
    assert f"Failed to import the required Python library ({library})" in text
    assert sys.executable in text
    assert caught.value.failure() == {"kind": "missing_library", "status": None, "code": None, "detail": None}


@pytest.mark.parametrize(
    ("library", "version", "old"),
    [
        ("httpx", "0.23.0", True), ("httpx", "0.27.0", True), ("httpx", "0.27.1", False), ("httpx", "1.0.dev3", False),
        ("pydantic", "1.10.21", True), ("pydantic", "2.8.0", False), ("pydantic", "2.13.0b2", False),
    ],
)  # fmt: skip
def test_a_library_that_is_too_old_is_told_with_both_versions(library, version, old, monkeypatch):
    monkeypatch.setattr(_deps, "MISSING", {})
    _deps.note_if_too_old(library, version)
    if not old:
        assert _deps.require() is None
        return
    with pytest.raises(MissingLibraryError, match=rf"\({library} {_deps.LOWEST[library]} or later; {version} is inst"):
        _deps.require()


def test_the_lowest_versions_are_those_of_the_requirements():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [f"{name}>={lowest}" for name, lowest in _deps.LOWEST.items()] == [one for one in lines if ">=" in one]


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
