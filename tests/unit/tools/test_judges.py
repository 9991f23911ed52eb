# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The small decisions of the scripts around the judges."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
import yaml

from tools import changelog, importer, interpreters, sanity, tarball
from tools.collection_tree import ROOT

NEEDED = list(tarball.NEEDED)


def test_what_users_need_may_be_in_the_tarball() -> None:
    """Plugins, roles, playbooks, documentation, changelog, and the one file that ansible-test reads."""
    names = [
        "MANIFEST.json",
        "plugins/modules/a.py",
        "roles/a/tasks/main.yml",
        "changelogs/changelog.yaml",
        "docs/a.md",
    ]
    assert tarball.unexpected([*names, *NEEDED]) == []


@pytest.mark.parametrize(
    "name",
    [
        "Makefile",
        ".venv/bin/python",
        ".ci",
        "noxfile.py",
        "plugins/__pycache__/a.pyc",
        "plugins/.swp",
        "changelogs/fragments/1.yml",
        "tests/unit/test_a.py",
        "tests/conftest.py",
        "LICENSES/GPL-3.0-or-later.txt",
        "deskops-vdi-0.9.0.tar.gz",
    ],
)
def test_nothing_else_may(name: str) -> None:
    """Tools, tests and leftovers."""
    assert tarball.unexpected([*NEEDED, name]) == [name]


def test_a_tarball_without_its_modules_is_noticed() -> None:
    """A build_ignore pattern that is too greedy would make one."""
    assert tarball.missing([name for name in NEEDED if name != "plugins/modules"]) == ["plugins/modules"]


def test_the_importers_warnings_are_failures() -> None:
    """It ends well in spite of them."""
    output = f"Loading module a\nWARNING: No changelog found.\nERROR: broken\n{importer.FINISHED}\n"
    assert importer.complaints(output) == ["WARNING: No changelog found.", "ERROR: broken"]
    assert importer.complaints(f"Loading\n{importer.FINISHED}\n") == []


def test_an_importer_that_did_not_finish_has_failed() -> None:
    """Whatever else it said."""
    assert len(importer.complaints("Loading module a\n")) == 1


def test_the_pip_script_is_looked_for_by_the_version_that_ansible_test_wants() -> None:
    """The two names that are known; and a text that fits neither is not guessed at."""
    assert sanity.bootstrap_name("x = dict(\n    pip='24.2',\n)") == "get_pip_24_2.py"
    assert sanity.bootstrap_name('x = dict(pip="25.2")') == "get_pip_25_2.py"
    with pytest.raises(RuntimeError, match="not one version"):
        sanity.bootstrap_name("nothing")


def test_the_installed_ansible_test_is_understood() -> None:
    """Its source still says the version where we look."""
    found = importlib.util.find_spec("ansible_test")
    assert found is not None
    assert found.origin is not None
    source = Path(found.origin).parent / "_internal" / "python_requirements.py"
    assert sanity.bootstrap_name(source.read_text(encoding="utf-8")).startswith("get_pip_")


def test_skipped_sanity_tests_are_told() -> None:
    """With ansible-test's reason."""
    output = 'Running\nWARNING: Skipping sanity test "pslint" because pwsh could not be found.\nDone\n'
    assert sanity.skipped(output) == [("pslint", "because pwsh could not be found.")]


def test_pip_settings_of_the_environment_win(tmp_path: Path) -> None:
    """As they do for pip itself."""
    own = tmp_path / "pip.conf"
    own.write_text("[global]\ntimeout = 5\nretries = 1\n", encoding="utf-8")
    settings = sanity.pip_settings({"PIP_DEFAULT_TIMEOUT": "9", "PIP_TIMEOUT": "7", "HOME": "x"}, [own])
    assert dict(settings["global"]) == {"timeout": "7", "retries": "1", "default-timeout": "9"}


def test_a_stub_that_does_not_start_is_no_interpreter(tmp_path: Path) -> None:
    """Version managers put such stubs on PATH."""
    stub = tmp_path / "python3.13"
    stub.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    stub.chmod(0o755)
    assert not interpreters.works(str(stub), (3, 13))
    assert not interpreters.works(str(tmp_path / "nothing"), (3, 13))


def test_an_interpreter_must_be_what_its_name_says() -> None:
    """A link can lead anywhere."""
    ours = (sys.version_info.major, sys.version_info.minor)
    assert interpreters.works(sys.executable, ours)
    assert not interpreters.works(sys.executable, (ours[0], ours[1] + 1))
    assert interpreters.find([ours]) == sys.executable


def test_the_date_of_a_release_on_record_stays(tmp_path: Path) -> None:
    """Bringing the changelog up to date does not move it."""
    (tmp_path / "changelogs").mkdir()
    (tmp_path / "galaxy.yml").write_text("version: 1.0.0\n", encoding="utf-8")
    record = "releases:\n  1.0.0:\n    release_date: '2026-01-02'\n"
    (tmp_path / changelog.RECORD).write_text(record, encoding="utf-8")
    assert changelog.release_date(tmp_path) == "2026-01-02"


def test_the_record_of_earlier_releases_is_left_alone(tmp_path: Path) -> None:
    """Their fragments are gone: what is on record is all there is."""
    (tmp_path / "changelogs").mkdir()
    (tmp_path / "galaxy.yml").write_text("version: 1.1.0\n", encoding="utf-8")
    record = {"ancestor": None, "releases": {"1.0.0": {"fragments": ["a.yml"]}, "1.1.0": {"fragments": ["b.yml"]}}}
    (tmp_path / changelog.RECORD).write_text(yaml.safe_dump(record), encoding="utf-8")
    changelog.forget_this_version(tmp_path)
    left = yaml.safe_load((tmp_path / changelog.RECORD).read_text(encoding="utf-8"))
    assert left["releases"] == {"1.0.0": {"fragments": ["a.yml"]}}


def test_a_changelog_that_differs_or_is_missing_is_stale(tmp_path: Path) -> None:
    """Each generated file by itself."""
    for side, text in (("ours", "a"), ("generated", "b")):
        (tmp_path / side / "changelogs").mkdir(parents=True)
        (tmp_path / side / changelog.RECORD).write_text("same", encoding="utf-8")
        (tmp_path / side / "CHANGELOG.rst").write_text(text, encoding="utf-8")
    assert changelog.stale(tmp_path / "ours", tmp_path / "generated") == ["CHANGELOG.rst"]
    (tmp_path / "ours" / changelog.RECORD).unlink()
    assert changelog.stale(tmp_path / "ours", tmp_path / "generated") == [changelog.RECORD, "CHANGELOG.rst"]


def test_the_tarball_ships_the_licence_text_that_the_files_name() -> None:
    """And the folder by which the licence check knows licences shows the same text."""
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in text
    assert (ROOT / "LICENSES" / "GPL-3.0-or-later.txt").read_text(encoding="utf-8") == text
