# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ansible-rulebook as a user does, and read the events that its rules meet."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from integration.support.runner import INVENTORY
from tools.collection_tree import link_tree

TIME_LIMIT = 120.0
STOP_LIMIT = 30.0
MARK = "EVENT "
RULE = {
    "name": "Every change",
    "condition": "event.change is defined",
    "action": {"debug": {"msg": MARK + "{{ {'change': event.change, 'session': event.session} | tojson }}"}},
}


def command() -> Path | None:
    """ansible-rulebook, beside this interpreter or on PATH."""
    beside = Path(sys.executable).with_name("ansible-rulebook")
    found = beside if beside.exists() else shutil.which("ansible-rulebook")
    return None if found is None else Path(found)


def why_not() -> str | None:
    """What keeps ansible-rulebook from running here."""
    if command() is None:
        return "not run: ansible-rulebook is not installed"
    if shutil.which("java") is None:
        return "not run: Java 17 is not installed"
    return None


class Rulebook:
    """A running ansible-rulebook."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    @property
    def output(self) -> str:
        return "".join(self.lines)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events so far, in their order."""
        found = [line[line.index(MARK) + len(MARK) :] for line in list(self.lines) if line.startswith(MARK)]
        return [json.loads(text) for text in found]

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until the condition holds; fail when ansible-rulebook ends before, or after the time limit."""
        end = time.monotonic() + TIME_LIMIT
        while not condition():
            assert self.process.poll() is None, f"ansible-rulebook ended before {what}:\n{self.output}"
            assert time.monotonic() < end, f"no {what} within {TIME_LIMIT:.0f} s:\n{self.output}"
            time.sleep(0.1)

    def wait_for_events(self, count: int) -> list[dict[str, Any]]:
        self.wait(lambda: len(self.events) >= count, f"{count} events")
        return self.events

    def finish(self) -> int:
        """Wait for the end of a run that ends by itself."""
        status = self.process.wait(TIME_LIMIT)
        self._reader.join(STOP_LIMIT)
        return status

    def stop(self) -> None:
        """End it as a service manager does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_LIMIT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._reader.join(STOP_LIMIT)


@contextlib.contextmanager
def rulebook(folder: Path, source: str, options: Mapping[str, Any], **environment: str) -> Iterator[Rulebook]:
    """ansible-rulebook with one source and a rule that prints every event of it."""
    text = [{"name": "Watch", "hosts": "all", "sources": [{source: dict(options)}], "rules": [RULE]}]
    (folder / "rulebook.yml").write_text(yaml.safe_dump(text, sort_keys=False), encoding="utf-8")
    (folder / "inventory.yml").write_text(INVENTORY, encoding="utf-8")
    program = command()
    assert program is not None
    full = {
        "PATH": os.pathsep.join([str(program.parent), os.environ.get("PATH", os.defpath)]),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "ANSIBLE_HOME": str(folder / ".ansible"),
        "ANSIBLE_COLLECTIONS_PATH": str(link_tree()),
        **({"JAVA_HOME": os.environ["JAVA_HOME"]} if "JAVA_HOME" in os.environ else {}),
        **environment,
    }
    process = subprocess.Popen(
        [str(program), "--rulebook", "rulebook.yml", "--inventory", "inventory.yml", "-vv"],
        cwd=folder,
        env=full,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Rulebook(process)
    try:
        yield running
    finally:
        running.stop()
