# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the tools of the interpreter's own virtual environment, away from the user's home folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# Not resolved: inside a virtual environment the interpreter is a link, and the tools lie beside the link.
BIN = Path(sys.executable).parent


def tool(name: str) -> str:
    """The command `name` of this environment, whatever else is on PATH."""
    return str(BIN / name)


def environment(home: Path, **extra: str) -> dict[str, str]:
    """This process's environment with a private home and this virtual environment first on PATH.

    A judge must see neither the user's Ansible settings nor collections that the user has installed.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "XDG_"))}
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])
    return {**kept, "HOME": str(home), "PATH": path, "LC_ALL": "C.UTF-8", **extra}


def run(command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> int:
    """Run a judge with its output passed through; its exit status is the verdict."""
    sys.stdout.flush()
    return subprocess.run(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, check=False).returncode


def run_captured(command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> tuple[int, str]:
    """Run a judge whose words matter too; they are shown as well."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    sys.stdout.write(done.stdout)
    sys.stdout.flush()
    return done.returncode, done.stdout
