# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run all of `ansible-test sanity` without a container, and without the hosts that it would download from.

- It wants the collection at `…/ansible_collections/deskops/vdi`: a copy outside the checkout.
- It makes virtual environments for its tests below the home folder: a private one, kept between runs.
- It bootstraps pip with a script from a host that may be out of reach: a stand-in lies where it would keep it.
- It clears the environment of what it starts: pip's settings from there are written to a file below that home folder.
"""

from __future__ import annotations

import configparser
import importlib.util
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tools.collection_tree import CACHE, copy_tree
from tools.commands import environment, run_captured, tool
from tools.reports import not_run

# Copied, and with its compiled code: each of the environments would else take seconds to install and compile a pip that
# it uses once.
GET_PIP = '''\
"""Stand-in for the pip bootstrap script of ansible-test: pip comes from the environment that runs the checks."""

import pathlib
import shutil
import subprocess
import sys
import sysconfig

SOURCE = {source!r}

if SOURCE is None:
    subprocess.run([sys.executable, "-m", "ensurepip"], check=True)
else:
    here = pathlib.Path(sysconfig.get_path("purelib"))
    for found in [pathlib.Path(SOURCE, "pip"), *pathlib.Path(SOURCE).glob("pip-*.dist-info")]:
        shutil.copytree(found, here / found.name, dirs_exist_ok=True)
others = [name for name in sys.argv[1:] if not name.startswith(("-", "pip=="))]
if others:
    subprocess.run([sys.executable, "-m", "pip", "install", *others], check=True)
'''

_SKIPPED = re.compile(r'^WARNING: Skipping sanity test "(?P<test>[^"]+)" (?P<why>.+)$', re.MULTILINE)


def bootstrap_name(source: str) -> str:
    """The file that ansible-test looks for, told from its own source: it carries the version of pip."""
    versions = set(re.findall(r"""\bpip=['"]([0-9.]+)['"]""", source))
    if len(versions) != 1:
        raise RuntimeError(f"ansible-test names not one version of pip but {sorted(versions)}: see {__file__}")
    return f"get_pip_{versions.pop().replace('.', '_')}.py"


def skipped(output: str) -> list[tuple[str, str]]:
    """The sanity tests that ansible-test left out, with its reason."""
    return [(match["test"], match["why"]) for match in _SKIPPED.finditer(output)]


def pip_settings(variables: Mapping[str, str], own_files: list[Path]) -> configparser.RawConfigParser:
    """pip's settings from the user's files and from the environment, as one file.

    Nothing is compiled in advance: there is an environment for nearly each test, which imports little of it. But from
    Python 3.12 on, compiling warns of old libraries, which fails a test if it happens while that runs.
    """
    settings = configparser.RawConfigParser()
    settings.read(own_files, encoding="utf-8")
    if not settings.has_section("global"):
        settings.add_section("global")
    for name, value in variables.items():
        if name.startswith("PIP_") and name != "PIP_CONFIG_FILE":
            settings.set("global", name.removeprefix("PIP_").lower().replace("_", "-"), value)
    if not settings.has_section("install"):
        settings.add_section("install")
    settings.set("install", "compile", str(sys.version_info >= (3, 12)).lower())
    return settings


def prepare_home(home: Path) -> None:
    """Put the stand-in and pip's settings where ansible-test and pip look for them."""
    found = importlib.util.find_spec("ansible_test")
    if found is None or found.origin is None:
        raise RuntimeError("ansible-test is not installed beside this interpreter")
    source = Path(found.origin).parent / "_internal" / "python_requirements.py"
    stand_in = home / ".ansible" / "test" / "cache" / bootstrap_name(source.read_text(encoding="utf-8"))
    stand_in.parent.mkdir(parents=True, exist_ok=True)
    pip = importlib.util.find_spec("pip")
    folder = None if pip is None or pip.origin is None else str(Path(pip.origin).parent.parent)
    stand_in.write_text(GET_PIP.format(source=folder), encoding="utf-8")
    own_files = [Path("~/.pip/pip.conf").expanduser(), Path("~/.config/pip/pip.conf").expanduser()]
    settings = home / ".config" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True, exist_ok=True)
    with settings.open("w", encoding="utf-8") as file:
        pip_settings(os.environ, own_files).write(file)


def main() -> int:
    """Copy, prepare, judge."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    home = CACHE / f"ansible-test-{version}"
    prepare_home(home)
    with tempfile.TemporaryDirectory(prefix="deskops-sanity-") as scratch:
        collection = copy_tree(Path(scratch))
        command = [tool("ansible-test"), "sanity", "--local", "--requirements", "--python", version, "--color", "no"]
        status, output = run_captured([*command, *sys.argv[1:]], cwd=collection, env=environment(home))
    for test, why in skipped(output):
        not_run(f"sanity test {test}", why)
    return status


if __name__ == "__main__":
    sys.exit(main())
