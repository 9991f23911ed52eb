# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find other Python interpreters on this machine, for the checks that need another one than ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

Minor = tuple[int, int]

# The controller Pythons of ansible-core 2.19, and those of the releases after it, newest first.
LOWEST_CORE: tuple[Minor, ...] = ((3, 11), (3, 12), (3, 13))
NEWEST_CORE: tuple[Minor, ...] = ((3, 14), (3, 13), (3, 12))


def candidates(minor: Minor) -> Iterator[str]:
    """Where an interpreter of this version may be: this one, PATH, then pyenv's folder of versions."""
    name = f"python{minor[0]}.{minor[1]}"
    if sys.version_info[:2] == minor:
        yield sys.executable
    on_path = shutil.which(name)
    if on_path:
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for folder in sorted(pyenv.glob(f"versions/{minor[0]}.{minor[1]}.*"), reverse=True):
        yield str(folder / "bin" / name)


def works(interpreter: str, minor: Minor) -> bool:
    """Whether it starts (a version manager's stub may not), is what it claims to be, and can make environments."""
    code = f"import ensurepip, ssl, sys, venv; sys.exit(sys.version_info[:2] != {minor!r})"
    try:
        return subprocess.run([interpreter, "-c", code], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def find(minors: Iterable[Minor]) -> str | None:
    """The first working interpreter of the first of these versions that has one."""
    return next((path for minor in minors for path in candidates(minor) if works(path, minor)), None)
