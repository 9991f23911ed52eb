# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module session_audit against scripted servers of all three platforms, and what its options promise."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.platforms import SESSION_PLATFORMS
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.policies import POLICY_OPTIONS
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.reports import WRITERS
from ansible_collections.deskops.vdi.plugins.modules import (
    cvad_session_info,
    fastx_session_info,
    ras_session_info,
    session_audit,
)
from unit.plugins.cvad import support as citrix
from unit.plugins.fastx import support as fx
from unit.support.script import URL, Script
from unit.support.tasks import RasScript, make_task

DOCUMENTED = yaml.safe_load(session_audit.DOCUMENTATION)["options"]
RAS_SOURCE = {"platform": "ras", "name": "Oslo", "url": [URL], "username": "administrator", "password": "11112222"}
CVAD_SOURCE = {"platform": "cvad", "name": "Berlin", **citrix.BY_TOKEN}
FASTX_SOURCE = {"platform": "fastx", "name": "Lab", "url": [fx.URL], "auth_token": fx.TOKEN, "retries": 0}
RAS_SESSION = {"sessionID": 3, "user": "EXAMPLE\\anna", "state": 0, "source": 1, "sessionHostId": "7"}


def ras_script(**answer: Any) -> RasScript:
    """A farm of the current generation with one session."""
    script = RasScript().log_on()
    script.on("GET", "/api/RDSession", **(answer or {"json": [RAS_SESSION]}))
    return script.log_off()


def fastx_script() -> Script:
    return Script(fx.URL).on("GET", f"/api/list/{fx.TOKEN_IN_PATH}", json={"result": [fx.SESSION]})


def cvad_script() -> citrix.CvadScript:
    script = citrix.CvadScript()
    fields = (
        "Id,ApplicationsInUse,Client,Connection,Machine,SessionType,StartTime,FormattedStartTime,State,"
        "StateChangeTime,FormattedStateChangeTime,UntrustedUserName,User"
    )
    script.on("GET", f"{citrix.API}/Sessions", query={"limit": "1000", "fields": fields}, json=citrix.PAGE)
    return script


def audit(*scripts: Script, check_mode: bool = False, **args: Any) -> dict[str, Any]:
    network = citrix.Network(*scripts)
    task = make_task(session_audit, Script(), args, check_mode=check_mode)
    task.transport = network
    result = session_audit.run(task)
    network.verify()
    return result


def test_three_platforms_in_one_task() -> None:
    result = audit(
        ras_script(),
        cvad_script(),
        fastx_script(),
        sources=[RAS_SOURCE, CVAD_SOURCE, FASTX_SOURCE],
        return_sessions=True,
    )
    assert result["changed"] is False
    assert [(source["name"], source["failed"], source["sessions"]) for source in result["sources"]] == [
        ("Oslo", False, 1),
        ("Berlin", False, 1),
        ("Lab", False, 1),
    ]
    # Ids and states of the RD Sessions page, of seed 003 and of the notes on seed 004.
    assert sorted((one["farm"], one["id"], one["state"], one["user"]) for one in result["sessions"]) == [
        ("Berlin", "41ba32e9-d12b-485c-afd2-c4d0d047cd8b", "disconnected", "DevUser1"),
        ("Lab", "4c0f7f2e", "connected", "anna"),
        ("Oslo", "RDS/7/3", "active", "anna"),
    ]


def test_the_sessions_themselves_come_on_request_only() -> None:
    result = audit(fastx_script(), sources=[FASTX_SOURCE])
    assert "sessions" not in result
    assert result["summary"]["sessions"] == 1


def test_filters_go_the_way_of_the_platforms_module() -> None:
    script = RasScript().log_on()
    script.on("GET", "/api/RDSession", query={"State": "4", "Source": "1"}, json=[]).log_off()
    source = {**RAS_SOURCE, "filters": {"state": "Disconnected", "source": "RDS"}}
    assert audit(script, sources=[source])["summary"]["sessions"] == 0


@pytest.mark.parametrize("failure", ["warn", "fail"])
def test_a_failed_source_warns_or_fails(failure: str, warnings: list[str]) -> None:
    result = audit(
        ras_script(status=403, json={"detail": "not yours"}),
        fastx_script(),
        sources=[RAS_SOURCE, FASTX_SOURCE],
        on_source_failure=failure,
    )
    assert [source["failed"] for source in result["sources"]] == [True, False]
    assert result["sources"][0]["failure"]["kind"] == "permission"
    assert result.get("failed", False) is (failure == "fail")
    if failure == "fail":
        assert result["msg"].startswith("1 of 2 sources failed. Oslo: ")
    assert [text.partition("Oslo")[0] for text in warnings] == (
        [] if failure == "fail" else ["A source of the audit failed. "]
    )


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"sources": [FASTX_SOURCE, FASTX_SOURCE]}, "same name"),
        ({"sources": [FASTX_SOURCE], "parallel": 0}, "parallel: 0"),
        ({"sources": [FASTX_SOURCE], "parallel": 51}, "parallel: 51"),
        ({"sources": [FASTX_SOURCE], "policies": {"idle_longer_than": "4 hours"}}, "idle_longer_than"),
        ({"sources": [FASTX_SOURCE], "reports": {"csv": "/nowhere/at/all.csv"}}, "/nowhere/at"),
        ({"sources": [FASTX_SOURCE], "reports_mode": "rw"}, "rw"),
        ({"sources": [FASTX_SOURCE], "pseudonymize_users": True, "pseudonym_key": "short"}, "16"),
        ({"sources": [{**FASTX_SOURCE, "site": "x"}]}, "sources[0] (Lab)"),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_bad_input_is_told_before_any_source_is_asked(args: dict[str, Any], words: str, check_mode: bool) -> None:
    with pytest.raises(errors.BadInputError) as caught:
        audit(Script(), check_mode=check_mode, **args)
    assert words in caught.value.message


def test_the_secrets_of_sources_are_masked_at_any_depth() -> None:
    task = make_task(session_audit, Script(), {"sources": [RAS_SOURCE], "pseudonym_key": "k" * 16})
    assert {"11112222", "k" * 16} <= task.secrets


def test_documentation_and_options_agree() -> None:
    spec = session_audit.ARGUMENT_SPEC.options
    assert set(DOCUMENTED) == set(spec)
    assert set(DOCUMENTED["sources"]["suboptions"]) == set(spec["sources"]["options"])
    assert list(DOCUMENTED["policies"]["suboptions"]) == list(POLICY_OPTIONS)
    assert set(DOCUMENTED["reports"]["suboptions"]) == set(WRITERS)


@pytest.mark.parametrize(
    ("platform", "module", "others"),
    [
        ("ras", ras_session_info, {"fields", "return_sessions"}),
        ("cvad", cvad_session_info, {"fields", "return_sessions", "max_sessions"}),
        (
            "fastx",
            fastx_session_info,
            {"fields", "return_sessions", "sort_by", "sort_reverse", "start", "limit", "method"},
        ),
    ],
)
def test_filters_are_the_options_of_the_modules_that_choose_sessions(
    platform: str, module: Any, others: set[str]
) -> None:
    kind = SESSION_PLATFORMS[platform]
    connection = {option.name for option in kind.platform.options}
    assert set(kind.filters) == set(module.ARGUMENT_SPEC.options) - connection - others
