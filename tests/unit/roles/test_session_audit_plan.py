# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role session_audit plans: just what its modules would do, and whose sessions it refuses to end."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from tools.collection_tree import ROOT

SOURCES = [
    {"platform": "ras", "name": "Farm"},
    {"platform": "ras", "name": "Old farm", "api_family": "legacy"},
    {"platform": "cvad", "name": "Site", "api_family": None},
    {"platform": "fastx", "name": "Cluster"},
]
PLATFORMS = {source["name"]: source["platform"] for source in SOURCES}
ENFORCE = {"forbidden_hosts": "disconnected", "forbidden_users": "absent"}


def finding(farm: str, session_id: str, state: str = "active", policy: str = "forbidden_hosts") -> dict[str, Any]:
    session = {"platform": PLATFORMS[farm], "farm": farm, "id": session_id, "state": state, "host": "h"}
    return {"policy": policy, "session": session}


def planned(name: str, *findings: dict[str, Any]) -> Any:
    """One of the role's variables after an audit with these findings."""
    loader = DataLoader()
    given = {
        "session_audit_sources": SOURCES,
        "session_audit_enforce": ENFORCE,
        "session_audit_result": {"findings": list(findings)},
    }
    variables = loader.load_from_file(
        str(ROOT / "roles" / "session_audit" / "vars" / "main.yml"), trusted_as_template=True
    )
    return Templar(loader, variables={**variables, **given}).template(variables[name])


def plan(*findings: dict[str, Any]) -> dict[str, list[str]]:
    return {
        action: [session["id"] for session in sessions]
        for action, sessions in planned("session_audit_plan", *findings).items()
    }


def test_what_is_disconnected_already_is_not_to_be_disconnected() -> None:
    findings = [
        finding("Site", "c1"),
        finding("Site", "c2", "disconnected"),
        finding("Farm", "RDS/1/2", "disconnected"),
    ]
    assert plan(*findings) == {"absent": [], "disconnected": ["c1"]}


def test_what_is_disconnected_is_logged_off() -> None:
    findings = [finding("Site", "c1", "disconnected", policy) for policy in ENFORCE]
    assert plan(*findings) == {"absent": ["c1"], "disconnected": []}


def test_what_is_logged_off_is_not_disconnected_before() -> None:
    findings = [finding("Site", "c1", policy=policy) for policy in ENFORCE]
    assert plan(*findings, finding("Site", "c1")) == {"absent": ["c1"], "disconnected": []}


@pytest.mark.parametrize(
    ("farm", "session_id"),
    [
        ("Cluster", "f1"),
        ("Farm", "VDI/1/2"),
        ("Farm", "RDS/None/2"),
        ("Farm", "RDS/1/2/3"),
        ("Old farm", "RDS/1/2"),
        ("Site", ""),
    ],
)
def test_a_source_whose_sessions_the_modules_refuse_is_told(farm: str, session_id: str) -> None:
    sound = [finding("Site", "c1"), finding("Farm", "RDS/1/2")]
    assert planned("session_audit_refused", *sound) == []
    assert planned("session_audit_refused", *sound, finding(farm, session_id)) == [farm]
