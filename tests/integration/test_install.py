# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The built tarball in an empty environment, and the README's first playbook from there."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from emulator.process import Emulator, start
from integration.support.doors import LATENCY_MS
from integration.support.runner import connection
from tools.collection_tree import ROOT
from tools.tarball import build

TIME_LIMIT = 300


@dataclass(frozen=True)
class Installed:
    """A new environment: nothing but Ansible, what requirements.txt names, and the collection in the home folder."""

    folder: Path
    output: str

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def programs(self) -> Path:
        return self.folder / "venv" / "bin"

    def run(self, *command: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.programs / command[0]), *command[1:]],
            cwd=self.folder,
            env={
                "HOME": str(self.home),
                "LANG": "C.UTF-8",
                "ANSIBLE_NOCOLOR": "1",
                "PATH": f"{self.programs}:/usr/bin:/bin",
                **(environment or {}),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
            check=False,
        )


def _requirements() -> list[str]:
    """The lines of requirements.txt, each in the version that the tests themselves run with."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    names = [re.split(r"[^\w-]", line)[0] for line in lines if line and not line.startswith("#")]
    return [f"{name}=={importlib.metadata.version(name)}" for name in ("ansible-core", *names)]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True, timeout=TIME_LIMIT)
    # pip as whoever runs the tests has set it up: with their index and their cache. Little of it is ever imported.
    subprocess.run(
        [str(folder / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-compile", *_requirements()],
        check=True,
        timeout=TIME_LIMIT,
        stdin=subprocess.DEVNULL,
    )
    (folder / "home").mkdir()
    environment = Installed(folder, "")
    done = environment.run("ansible-galaxy", "collection", "install", str(build(folder)))
    assert done.returncode == 0, done.stdout + done.stderr
    return Installed(folder, done.stdout)


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with start(latency=LATENCY_MS) as started:
        yield started


def first_playbook() -> str:
    """The first YAML block below the heading "First playbook"."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## First playbook\n")[2]
    found = re.search(r"^```yaml\n(.*?)^```", section.partition("\n## ")[0], re.MULTILINE | re.DOTALL)
    assert found, "README.md has no YAML block below the heading 'First playbook'"
    return found.group(1)


def test_collection_is_where_users_have_it(installed: Installed) -> None:
    assert "deskops.vdi" in installed.output
    home = installed.home / ".ansible" / "collections" / "ansible_collections" / "deskops" / "vdi"
    assert (home / "plugins" / "modules" / "ras_gateway.py").is_file()
    assert not (home / "tests" / "integration").exists()


def test_first_playbook_of_the_readme(installed: Installed, server: Emulator) -> None:
    (installed.folder / "first.yml").write_text(first_playbook(), encoding="utf-8")
    server.reset()
    done = installed.run("ansible-playbook", "first.yml", environment=connection(server))
    assert done.returncode == 0, done.stdout + done.stderr
    state = server.state()
    # It only reads, closes its session, and shows what the demo farm holds.
    assert state["writes"] == {}
    assert (state["logons"], state["logoffs"], state["admin_sessions"]) == (1, 1, 0)
    for shown in ("Head office", "Branch north", "Branch south", "gw-01.example.test", "gw-south.example.test"):
        assert shown in done.stdout
    assert "WARNING" not in done.stderr.replace("[WARNING]: No inventory was parsed", "").replace(
        "[WARNING]: provided hosts list is empty", ""
    )


def test_documentation_is_readable(installed: Installed) -> None:
    done = installed.run("ansible-doc", "deskops.vdi.ras_gateway")
    assert done.returncode == 0, done.stderr
    assert "hsts_max_age" in done.stdout


def test_basic_sample_from_the_installed_collection(installed: Installed, server: Emulator) -> None:
    server.reset()
    done = installed.run("ansible-playbook", "deskops.vdi.basic_sample", "--check", environment=connection(server))
    assert done.returncode == 0, done.stdout + done.stderr
    state = server.state()
    assert state["writes"] == {}
    assert state["admin_sessions"] == 0
