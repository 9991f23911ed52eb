# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sessions of nox: one for each check of `make test`, which runs them all and sums up.

The checks from antsibull-nox are set up in antsibull-nox.toml and bring their own environments. Ours run in the
environment that nox was started from (`make` sets it up as .venv), so that nothing is installed twice.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import antsibull_nox
import nox

sys.path.insert(0, str(Path(__file__).resolve().parent / "tests"))

from tools.collection_tree import CACHE, ROOT, link_tree
from tools.commands import tool
from tools.interpreters import LOWEST_CORE, NEWEST_CORE, Minor, find
from tools.reports import FOLDER, not_run

nox.needs_version = ">=2025.5.1"
nox.options.reuse_existing_virtualenvs = True

TYPED = ("emulator", "tools")
TYPED_PLUGINS = ("module_utils", "plugin_utils")
# The tests of the tools need the judges, which only the main environment has; the emulator knows no ansible-core.
PLUGIN_UNITS = ("tests/unit", "--ignore=tests/unit/tools", "--ignore=tests/unit/emulator")

antsibull_nox.load_antsibull_nox_toml()


def _python(session: nox.Session, *arguments: str, python: str = sys.executable, **env: str) -> None:
    # Compiled code is kept whatever the user has set: the environments of single checks come without any.
    kept = {"PYTHONPATH": str(ROOT / "tests"), "PYTHONDONTWRITEBYTECODE": ""}
    session.run(python, *arguments, env={**kept, **env}, external=True)


def _pytest(session: nox.Session, check: str, *arguments: str, python: str = sys.executable) -> None:
    report = f"--junitxml={FOLDER / check}.xml"
    # Only the interpreter's own tools: integration tests start ansible-playbook from PATH.
    path = os.pathsep.join([str(Path(python).parent), os.environ.get("PATH", os.defpath)])
    _python(session, "-m", "pytest", report, *arguments, *session.posargs, python=python, PATH=path)


def _environment(session: nox.Session, python: str, requirements: str) -> str:
    """Set up another environment, unless it is there already; return its interpreter."""
    venv = CACHE / Path(requirements).stem
    installer = ["--installer", sys.executable]
    session.run(python, "tests/tools/bootstrap.py", str(venv), f"tests/{requirements}", *installer, external=True)
    return str(venv / "bin" / "python")


@nox.session(python=False)
def ruff(session: nox.Session) -> None:
    """Lint and check the format of all Python files."""
    session.run(tool("ruff"), "check", ".", external=True)
    session.run(tool("ruff"), "format", "--check", ".", external=True)


@nox.session(python=False)
def mypy(session: nox.Session) -> None:
    """Check the types of the shared plugin code, the emulator and the tools."""
    tree = link_tree()
    shared = [f"ansible_collections.deskops.vdi.plugins.{name}" for name in TYPED_PLUGINS]
    packages = [argument for name in (*shared, *TYPED) for argument in ("--package", name)]
    path = os.pathsep.join([str(tree), str(ROOT / "tests")])
    session.run(tool("mypy"), *packages, env={"MYPYPATH": path}, external=True)


@nox.session(python=False)
def units(session: nox.Session) -> None:
    """Run the unit tests."""
    _pytest(session, "units", "tests/unit")


@nox.session(python=False)
def integration(session: nox.Session) -> None:
    """Run the integration tests: real ansible-playbook against the emulator."""
    _pytest(
        session,
        "integration",
        "tests/integration",
        "--ignore=tests/integration/eda",
        # One more than the cores of a small machine: some tests wait for a server that is slow on purpose.
        "--numprocesses=3",
        "--dist=loadfile",
        # In the order of tests/integration/conftest.py.
        "--no-loadscope-reorder",
        python=_environment(session, sys.executable, "requirements-integration.txt"),
    )


@nox.session(python=False)
def browser(session: nox.Session) -> None:
    """Look at the audit's page in a headless Chromium."""
    _pytest(session, "browser", "tests/browser")


@nox.session(python=False)
def rulebook(session: nox.Session) -> None:
    """Run the event sources under the real ansible-rulebook, which has an environment of its own."""
    if shutil.which("java") is None:
        not_run("rulebook", "Java 17 is not installed")
        return
    python = _environment(session, sys.executable, "requirements-rulebook.txt")
    _pytest(session, "rulebook", "tests/integration/eda", python=python)


@nox.session(python=False)
def sanity(session: nox.Session) -> None:
    """Run ansible-test sanity."""
    _python(session, "-m", "tools.sanity", *session.posargs)


@nox.session(name="ansible-lint", python=False)
def ansible_lint(session: nox.Session) -> None:
    """Run ansible-lint with its strictest profile."""
    _python(session, "-m", "tools.lint")


@nox.session(python=False)
def changelog(session: nox.Session) -> None:
    """Lint the changelog fragments and see that CHANGELOG.rst is up to date."""
    _python(session, "-m", "tools.changelog", *session.posargs)


@nox.session(name="galaxy-importer", python=False)
def galaxy_importer(session: nox.Session) -> None:
    """Build the tarball and judge it as Galaxy does."""
    _python(session, "-m", "tools.importer", python=_environment(session, sys.executable, "requirements-importer.txt"))


@nox.session(python=False)
def tarball(session: nox.Session) -> None:
    """See that the tarball holds what users need and nothing else."""
    _python(session, "-m", "tools.tarball")


def _other_python(session: nox.Session, check: str, minors: tuple[Minor, ...], requirements: str) -> str | None:
    """The interpreter of an environment for the check; None, with the reason on record, where there cannot be one."""
    found = find(minors)
    if found is None:
        wanted = " or ".join(f"{major}.{minor}" for major, minor in minors)
        not_run(check, f"no working Python {wanted} on PATH or in pyenv's folder")
        return None
    return _environment(session, found, requirements)


def _lowest(session: nox.Session, check: str) -> str | None:
    # This very interpreter, where it can be: then nothing but the versions differs.
    ours: Minor = (sys.version_info.major, sys.version_info.minor)
    minors = (ours,) if ours in LOWEST_CORE else LOWEST_CORE
    return _other_python(session, check, minors, "requirements-lowest.txt")


def _newest(session: nox.Session, check: str) -> str | None:
    if sys.version_info[:2] >= NEWEST_CORE[-1]:
        not_run(check, "the other checks already ran on a Python that has the newest ansible-core")
        return None
    return _other_python(session, check, NEWEST_CORE, "requirements-pytest.txt")


@nox.session(name="lowest-units", python=False)
def lowest_units(session: nox.Session) -> None:
    """Run the unit tests with the oldest ansible-core, httpx and pydantic that we promise."""
    python = _lowest(session, "lowest-units")
    if python:
        _pytest(session, "lowest-units", *PLUGIN_UNITS, python=python)


@nox.session(name="lowest-smoke", python=False)
def lowest_smoke(session: nox.Session) -> None:
    """Run a few integration tests with the oldest ansible-core, httpx and pydantic that we promise."""
    python = _lowest(session, "lowest-smoke")
    if python:
        _pytest(session, "lowest-smoke", "tests/integration", "-m", "smoke", python=python)


@nox.session(name="newest-units", python=False)
def newest_units(session: nox.Session) -> None:
    """Run the unit tests with the newest ansible-core."""
    python = _newest(session, "newest-units")
    if python:
        _pytest(session, "newest-units", *PLUGIN_UNITS, python=python)


@nox.session(name="newest-smoke", python=False)
def newest_smoke(session: nox.Session) -> None:
    """Run a few integration tests with the newest ansible-core."""
    python = _newest(session, "newest-smoke")
    if python:
        _pytest(session, "newest-smoke", "tests/integration", "-m", "smoke", python=python)


@nox.session(name="newest-sanity", python=False)
def newest_sanity(session: nox.Session) -> None:
    """Run ansible-test sanity of the newest ansible-core."""
    python = _newest(session, "newest-sanity")
    if python:
        _python(session, "-m", "tools.sanity", python=python)
