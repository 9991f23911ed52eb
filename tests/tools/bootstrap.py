# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set up the local virtual environment that the Makefile's targets run in.

    python3 tests/tools/bootstrap.py FOLDER REQUIREMENTS [--installer PYTHON]

installs a requirements file into FOLDER unless the same has been installed there before. The standard library must do.

With --installer the pip of that interpreter installs, so that the environment needs none of its own. Nothing is
compiled in advance: an environment that runs a check or two imports little of what it holds.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class BootstrapError(Exception):
    """Something that the user has to mend; the text says what."""


def requirement_files(top: Path) -> list[Path]:
    """A requirements file and those that it includes, in the order of reading."""
    files = [top]
    for line in top.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            files.extend(requirement_files(top.parent / line[3:].strip()))
    return files


def maker(venv: Path) -> str:
    """Who made an environment, and where: it works neither elsewhere nor with another interpreter."""
    return f"{venv}\n{sys.version}\n{sys.base_prefix}\n"


def fingerprint(venv: Path, top: Path) -> str:
    """What must be the same for an installation to be taken as done."""
    digest = hashlib.sha256(maker(venv).encode())
    for file in requirement_files(top):
        digest.update(file.read_bytes())
    return digest.hexdigest()


@contextmanager
def only_one(lock_file: Path) -> Iterator[None]:
    """Two `make` at once must not install into one folder."""
    with lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def create(venv: Path, *, with_pip: bool = True) -> None:
    """Make an empty environment, unless there is one made by this interpreter at this place."""
    made_by = venv / ".made-by"
    if made_by.exists() and made_by.read_text(encoding="utf-8") == maker(venv):
        return
    if venv.exists():
        shutil.rmtree(venv)
    options = [] if with_pip else ["--without-pip"]
    if subprocess.run([sys.executable, "-m", "venv", *options, str(venv)], check=False).returncode:
        raise BootstrapError(
            f"{sys.executable} cannot make a virtual environment. On Debian and Ubuntu, install python3-venv;"
            " elsewhere, name a Python that has venv and ensurepip: make PYTHON=/path/to/python3"
        )
    made_by.write_text(maker(venv), encoding="utf-8")


def pip(venv: Path, installer: str | None) -> list[str]:
    """The command that installs into an environment."""
    python = str(venv / "bin" / "python")
    options = ["install", "--no-compile", "--quiet", "--disable-pip-version-check"]
    if installer is None:
        return [python, "-m", "pip", *options]
    return [installer, "-m", "pip", "--python", python, *options]


def renew_pip(venv: Path) -> None:
    """Install the newest pip: the one that came with Python may need twice the time to find out what to install.

    It is the installer of all environments to come. Where the index has none, the old one does the work.
    """
    subprocess.run([*pip(venv, None), "--upgrade", "pip"], capture_output=True, check=False)


def install(venv: Path, top: Path, installer: str | None = None) -> None:
    """Install the requirements; the stamp is written last, so that an interrupted run is repeated."""
    stamp = venv / f".installed-{top.stem}"
    wanted = fingerprint(venv, top)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    sys.stdout.write(f"Installing {top.name} into {venv.name} (once; a minute or two) ...\n")
    sys.stdout.flush()
    if installer is None:
        renew_pip(venv)
    command = [*pip(venv, installer), "--requirement", str(top)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        # Even a quiet pip can warn at length about a machine's settings: its words count only where it failed.
        sys.stderr.write(done.stdout + done.stderr)
        raise BootstrapError(f"pip could not install {top}; its own message is above. Is the package index reachable?")
    stamp.write_text(wanted, encoding="utf-8")


def main() -> int:
    """Set up one environment."""
    parser = argparse.ArgumentParser(description="Set up a virtual environment.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("requirements", type=Path)
    parser.add_argument("--installer", metavar="PYTHON", help="an interpreter whose pip installs")
    arguments = parser.parse_args()
    venv, top = arguments.folder.absolute(), arguments.requirements.absolute()
    try:
        venv.parent.mkdir(parents=True, exist_ok=True)
        with only_one(venv.with_name(f"{venv.name}.lock")):
            create(venv, with_pip=arguments.installer is None)
            install(venv, top, arguments.installer)
    except BootstrapError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
