# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the demo shows a play: a line for each task, and the tables that the play prints kept for later."""

from __future__ import annotations

import json
import os
import textwrap
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: brief
type: stdout
short_description: A line for each task
description:
  - Prints a line for each task that did something, and how each run ended.
  - Writes the counts of the run, and every list of lines that a debug task shows, to the file of E(DEMO_REPORT).
"""

WIDTH = 100
INDENT = " " * 11
# Ansible's own check of a role's arguments is no task of the playbook.
UNSHOWN = (*constants._ACTION_ALL_INCLUDES, "ansible.builtin.validate_argument_spec")
COLOURS = {
    "role": constants.COLOR_INCLUDED,
    "ok": constants.COLOR_OK,
    "changed": constants.COLOR_CHANGED,
    "FAILED": constants.COLOR_ERROR,
    "rescued": constants.COLOR_WARN,
}


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "brief"

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []

    def _say(self, word: str, result: Any, item: str = "") -> None:
        """A line for a result, or for a role that begins."""
        name = result._task.get_name().strip().rpartition(" : ")[2]
        self._display.display(f"  {word:8} {name}{f' ({item})' if item else ''}", color=COLOURS[word])

    def _tell(self, text: str, colour: str) -> None:
        for line in text.strip().splitlines():
            for part in textwrap.wrap(line, WIDTH - len(INDENT)):
                self._display.display(f"{INDENT}{part}", color=colour)

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._display.display(f"  {play.get_name().strip()}")

    def v2_playbook_on_include(self, included_file: Any) -> None:
        self._say("role", included_file)

    def v2_runner_on_ok(self, result: Any) -> None:
        outcome = result._result
        if result._task.action in constants._ACTION_DEBUG:
            message = outcome.get("msg")
            if isinstance(message, list):
                self._lines += [str(line) for line in message]
            else:
                self._tell(str(message), constants.COLOR_WARN)
        elif result._task.loop:
            return  # each item has had its line
        elif result._task.action not in UNSHOWN:
            self._say("changed" if outcome.get("changed") else "ok", result)
        self._handle_warnings(outcome)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        outcome = result._result
        self._say("changed" if outcome.get("changed") else "ok", result, str(self._get_item_label(outcome)))
        self._handle_warnings(outcome)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._say("rescued" if ignore_errors else "FAILED", result)
        self._tell(str(result._result.get("msg", "")), constants.COLOR_ERROR)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._say("FAILED", result, str(self._get_item_label(result._result)))
        self._tell(str(result._result.get("msg", "")), constants.COLOR_ERROR)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self.v2_runner_on_failed(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        totals: dict[str, int] = {}
        for host in stats.processed:
            for name, count in stats.summarize(host).items():
                totals[name] = totals.get(name, 0) + count
        Path(os.environ["DEMO_REPORT"]).write_text(json.dumps({"totals": totals, "lines": self._lines}), "utf-8")
