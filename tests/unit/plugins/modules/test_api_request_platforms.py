# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""api_request for the platforms beside RAS: sign-in, headers and paths of their own, and no write in check mode."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.modules import api_request
from unit.plugins.cvad import support as citrix
from unit.plugins.fastx import support as fx
from unit.support.script import Script
from unit.support.tasks import BY_TOKEN, RasScript, make_task, run

FASTX = {"platform": "fastx", "url": fx.URL, "auth_token": fx.TOKEN, "retries": 0}
CVAD = {"platform": "cvad", **citrix.BY_TOKEN}
UNSENT = {"changed": True, "status": None, "json": None, "text": ""}


def verified(script: Script, args: dict[str, Any], **task: Any) -> dict[str, Any]:
    result = run(api_request, script, args, **task)
    script.verify()
    return result


@pytest.mark.parametrize("path", ["/Machines", "Machines"])
def test_a_path_of_cvad_lies_below_the_root_of_its_api(path: str) -> None:
    cvad = citrix.CvadScript().on("GET", f"{citrix.API}/Machines", query={"limit": "5"}, json={"Items": []})
    result = verified(cvad, {**CVAD, "path": path, "query": {"limit": 5}})
    assert result == {"changed": False, "status": 200, "json": {"Items": []}, "text": ""}


def test_a_write_of_cvad() -> None:
    cvad = citrix.CvadScript().on("PATCH", f"{citrix.API}/Machines/m1", body={"InMaintenanceMode": True}, status=204)
    args = {**CVAD, "method": "PATCH", "path": "/Machines/m1", "body": {"InMaintenanceMode": True}}
    assert verified(cvad, args) == {"changed": True, "status": 204, "json": None, "text": ""}


def test_cvad_signs_in_with_a_password_and_finds_the_site() -> None:
    cvad = citrix.CvadScript().sign_in().me().on("GET", f"{citrix.API}/Machines", json={"Items": []})
    args = {"platform": "cvad", **citrix.BY_PASSWORD, "path": "/Machines"}
    assert verified(cvad, args)["json"] == {"Items": []}


def test_fastx_has_its_token_where_the_path_says() -> None:
    fastx = Script(fx.URL).on("GET", f"/api/list/{fx.TOKEN_IN_PATH}", json={"result": [fx.SESSION]})
    result = verified(fastx, {**FASTX, "path": "/api/list/:token"})
    # The body as it came: what a call returns in its envelope is not known here.
    assert (result["changed"], result["json"]) == (False, {"result": [fx.SESSION]})


def test_an_error_in_the_envelope_of_fastx_is_one_whatever_the_status() -> None:
    fastx = Script(fx.URL).on("GET", "/api/x", json={"error": {"name": "Error", "message": "no such thing"}})
    with pytest.raises(errors.RefusedValueError, match="no such thing"):
        verified(fastx, {**FASTX, "path": "/api/x"})


def test_a_refusal_never_tells_the_token_of_fastx() -> None:
    fastx = Script(fx.URL).on(
        "GET", f"/api/list/{fx.TOKEN_IN_PATH}", status=404, json={"error": {"message": f"{fx.TOKEN} leads nowhere"}}
    )
    with pytest.raises(errors.NotFoundError) as caught:
        verified(fastx, {**FASTX, "path": "/api/list/:token"})
    for text in (caught.value.message, str(caught.value.detail)):
        assert fx.TOKEN not in text
        assert fx.TOKEN_IN_PATH not in text


@pytest.mark.parametrize("args", [FASTX, CVAD, {"platform": "cvad", **citrix.BY_PASSWORD}], ids=["fastx", "cvad", "me"])
def test_no_write_and_no_sign_in_in_check_mode(args: dict[str, Any]) -> None:
    assert verified(Script(), {**args, "method": "POST", "path": "/x", "body": {}}, check_mode=True) == UNSENT


def test_a_read_of_cvad_by_post_is_sent_in_check_mode() -> None:
    cvad = citrix.CvadScript().on("POST", f"{citrix.API}/Sessions/$search", body={"a": 1}, json={"Items": []})
    args = {**CVAD, "method": "POST", "path": "/Sessions/$search", "body": {"a": 1}, "read_only": True}
    assert verified(cvad, args, check_mode=True)["changed"] is False


@pytest.mark.parametrize("platform", ["ras", "fastx"])
def test_a_platform_of_one_server_takes_one_address(platform: str) -> None:
    args = {"platform": platform, "url": ["https://a.test", "https://b.test"], "auth_token": "t", "path": "/x"}
    with pytest.raises(errors.BadInputError, match="url"):
        verified(Script(), args)


def test_options_of_other_platforms_do_not_matter() -> None:
    """Group defaults of several platforms may all reach the module."""
    ras = RasScript().on("GET", "/api/Farm", json=[])
    assert verified(ras, {**BY_TOKEN, "path": "/api/Farm", "site": "x", "list_path": "/y"})["json"] == []


@pytest.mark.parametrize("path", ["https://evil.test/api", "/api/x?token=y", "/x#y"])
@pytest.mark.parametrize("args", [FASTX, CVAD], ids=["fastx", "cvad"])
def test_only_a_path_below_url_is_taken(args: dict[str, Any], path: str) -> None:
    with pytest.raises(errors.BadInputError, match="path"):
        verified(Script(), {**args, "path": path})


def test_secrets_of_answers_are_secrets_of_the_task() -> None:
    cvad = citrix.CvadScript().on("GET", f"{citrix.API}/x", json={"ClientSecret": "cccc-of-the-answer"})
    task = make_task(api_request, cvad, {**CVAD, "path": "/x"})
    api_request.run(task)
    assert {"cccc-of-the-answer", citrix.TOKEN} <= task.secrets
