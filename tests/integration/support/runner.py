# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ansible-playbook as a user does, in an environment of its own, and read what it did."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emulator.process import Emulator
from tools.collection_tree import CACHE, link_tree

SUPPORT = Path(__file__).resolve().parent
TIME_LIMIT = 240.0

# The two doors, by the value of deskops_vdi_in_process.
IN_PROCESS = "in process"
AS_MODULE = "as a module"
DOORS: Mapping[str, Mapping[str, Any]] = {IN_PROCESS: {}, AS_MODULE: {"deskops_vdi_in_process": False}}

INVENTORY = """\
all:
  hosts:
    localhost:
      ansible_connection: local
      ansible_python_interpreter: "{{ ansible_playbook_python }}"
"""

PLAY = """\
- name: Play
  hosts: localhost
  gather_facts: false
  ignore_errors: true
  tasks:
"""


@dataclass(frozen=True)
class Traffic:
    """What one server got during one task, and how it stood at its end."""

    state: Mapping[str, Any]
    requests: list[dict[str, Any]]

    @property
    def operations(self) -> list[str]:
        return [one["operation"] for one in self.requests]

    @property
    def writes(self) -> list[str]:
        """What changes the configuration. Logging on and off does not, and no read does."""
        return [
            one["operation"]
            for one in self.requests
            if one["method"] != "GET" and not one["operation"].startswith("session.")
        ]

    def of(self, operation: str) -> list[dict[str, Any]]:
        return [one for one in self.requests if one["operation"] == operation]


@dataclass(frozen=True)
class TaskResult:
    """One task's end."""

    name: str
    host: str
    action: str
    outcome: str
    result: dict[str, Any]
    servers: dict[str, Traffic]

    def __getitem__(self, key: str) -> Any:
        return self.result[key]

    @property
    def changed(self) -> bool:
        return bool(self.result["changed"])

    @property
    def failed(self) -> bool:
        return self.outcome == "failed"

    @property
    def message(self) -> str:
        return str(self.result.get("msg", ""))

    @property
    def kind(self) -> str | None:
        """Kind of the failure."""
        failure = self.result.get("failure")
        return failure["kind"] if failure else None

    @property
    def traffic(self) -> Traffic:
        """That of the only server."""
        (traffic,) = self.servers.values()
        return traffic


@dataclass(frozen=True)
class Run:
    """One run of ansible-playbook."""

    status: int
    stdout: str
    stderr: str
    tasks: list[TaskResult] = field(default_factory=list)

    def __getitem__(self, name: str) -> TaskResult:
        found = [task for task in self.tasks if task.name == name]
        assert len(found) == 1, f"{len(found)} tasks are named {name!r} in\n{self.stdout}\n{self.stderr}"
        return found[0]

    def __iter__(self) -> Iterator[TaskResult]:
        return iter(self.tasks)

    @property
    def output(self) -> str:
        return f"{self.stdout}\n{self.stderr}"

    def recap(self) -> dict[str, int]:
        """The counts of the closing line."""
        line = next(line for line in reversed(self.stdout.splitlines()) if line.startswith("localhost "))
        return {name: int(count) for name, count in (pair.split("=") for pair in line.split(":", 1)[1].split())}


def playbook_command() -> Path:
    """The ansible-playbook of this very Python environment."""
    return Path(sys.executable).with_name("ansible-playbook")


@functools.cache
def _compiled() -> Path:
    """Where support/site keeps compiled code."""
    folder = CACHE / "compiled"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def as_play(tasks: str, play: str = PLAY) -> str:
    """A play of these tasks; failing ones do not end it."""
    return play + textwrap.indent(textwrap.dedent(tasks), "    ")


def connection(server: Emulator) -> dict[str, str]:
    """The environment that leads to a server."""
    variables = {"RAS_URL": server.url, "RAS_USERNAME": server.username, "RAS_PASSWORD": server.password}
    if server.ca_path:
        variables["RAS_CA_PATH"] = server.ca_path
    return variables


class Ansible:
    """ansible-playbook with a home of its own below a folder."""

    def __init__(self, folder: Path, modules: Path) -> None:
        """modules: a folder that all runs of the tests share; see vdi_trace."""
        self.folder = folder
        self.modules = modules
        self.home = folder / "home"
        self.home.mkdir()
        self._runs = 0

    def environment(self) -> dict[str, str]:
        """As bare as it can be: nothing of whoever runs the tests reaches Ansible."""
        return {
            "PATH": os.pathsep.join([str(playbook_command().parent), "/usr/bin", "/bin", "/usr/sbin", "/sbin"]),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "ANSIBLE_HOME": str(self.home / ".ansible"),
            "ANSIBLE_LOCAL_TEMP": str(self.home / "local"),
            "ANSIBLE_REMOTE_TEMP": str(self.home / "remote"),
            # A tilde would mean the home of the account, whatever HOME says.
            "ANSIBLE_ASYNC_DIR": str(self.home / "async"),
            "ANSIBLE_COLLECTIONS_PATH": str(link_tree()),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_PIPELINING": "1",
            # What the inventories of the tests are; to load the others takes a twelfth of a run's start.
            "ANSIBLE_INVENTORY_ENABLED": "yaml",
            # Ansible prints a set in one of its messages: in the same order in every process.
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": str(SUPPORT / "site"),
            "VDI_COMPILED": str(_compiled()),
        }

    def start(
        self,
        playbook: str | Path,
        *arguments: str,
        servers: Mapping[str, Emulator] | None = None,
        variables: Mapping[str, Any] | None = None,
        environment: Mapping[str, str | None] | None = None,
    ) -> StartedRun:
        """Start a run. playbook: its text, a file, or the full name of one in a collection.

        servers: the stand-ins to watch. variables: as with -e. environment: added; None removes a variable.
        """
        self._runs += 1
        folder = self.folder / f"run-{self._runs}"
        folder.mkdir()
        inventory = folder / "inventory.yml"
        inventory.write_text(INVENTORY, encoding="utf-8")
        if isinstance(playbook, str) and "\n" in playbook:
            text, playbook = playbook, folder / "playbook.yml"
            playbook.write_text(text, encoding="utf-8")
        trace = folder / "trace.jsonl"
        variables_file = folder / "variables.json"
        variables_file.write_text(json.dumps(dict(variables or {})), encoding="utf-8")
        full = {
            **self.environment(),
            "ANSIBLE_ACTION_PLUGINS": str(SUPPORT / "actions"),
            "ANSIBLE_CONNECTION_PLUGINS": str(SUPPORT / "connections"),
            "ANSIBLE_CALLBACK_PLUGINS": str(SUPPORT / "callbacks"),
            "ANSIBLE_CALLBACKS_ENABLED": "vdi_trace",
            "VDI_MODULES": str(self.modules),
            "VDI_TRACE_FILE": str(trace),
            "VDI_TRACE_SERVERS": json.dumps({name: server.url for name, server in (servers or {}).items()}),
            **(environment or {}),
        }
        command = [
            str(playbook_command()),
            "-i",
            str(inventory),
            "-e",
            f"@{variables_file}",
            *arguments,
            str(playbook),
        ]
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={name: value for name, value in full.items() if value is not None},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return StartedRun(process, trace)

    def run(self, playbook: str | Path, *arguments: str, **options: Any) -> Run:
        """Run to the end; see start."""
        return self.start(playbook, *arguments, **options).finish()


class StartedRun:
    """A run that is under way."""

    def __init__(self, process: subprocess.Popen[str], trace: Path) -> None:
        self.process = process
        self._trace = trace

    def finish(self) -> Run:
        """Wait for the end and read the trace."""
        try:
            stdout, stderr = self.process.communicate(timeout=TIME_LIMIT)
        except BaseException:
            self.process.kill()
            self.process.communicate()
            raise
        return Run(self.process.returncode, stdout, stderr, self._tasks())

    def _tasks(self) -> list[TaskResult]:
        if not self._trace.exists():
            return []
        entries = [json.loads(line) for line in self._trace.read_text(encoding="utf-8").splitlines()]
        return [
            TaskResult(
                **{
                    **entry,
                    "servers": {name: Traffic(**traffic) for name, traffic in entry["servers"].items()},
                }
            )
            for entry in entries
        ]
