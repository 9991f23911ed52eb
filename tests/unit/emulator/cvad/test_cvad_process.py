# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CVAD as a process over TLS, and its command line."""

from __future__ import annotations

import ssl

import httpx
import pytest

from emulator.cli import parser
from emulator.clock import StillClock
from emulator.cvad import arguments
from emulator.cvad.options import CvadOptions
from emulator.cvad.store import Paging
from emulator.process import start

CUSTOMER = {"Citrix-CustomerId": "CitrixOnPremises"}


def test_five_sessions_in_pages_of_two_over_tls():
    with start(platform="cvad", sessions=5, page_size=2, username="EXAMPLE\\admin", password="p@:é") as server:
        context = ssl.create_default_context(cafile=server.ca_path)
        with httpx.Client(base_url=server.url, verify=context, trust_env=False, headers=CUSTOMER) as client:
            token = client.post("/cvad/manage/Tokens", auth=httpx.BasicAuth("EXAMPLE\\admin", "p@:é"))
            assert token.status_code == 200, token.text
            client.headers["Authorization"] = f"CWSAuth bearer={token.json()['Token']}"
            client.headers["Citrix-InstanceId"] = server.ready["sites"][0]["Id"]
            seen, page = [], {}
            while not seen or page["ContinuationToken"]:
                query = {"limit": 1000, **({"continuationToken": page["ContinuationToken"]} if seen else {})}
                page = client.get("/cvad/manage/Sessions", params=query).raise_for_status().json()
                seen += [one["Id"] for one in page["Items"]]
            logoff = client.post(f"/cvad/manage/Sessions/{seen[0]}/$logoff")
            assert logoff.headers["Location"].startswith(f"{server.url}/cvad/manage/Jobs/")
            server.advance(60)
            assert client.get(logoff.headers["Location"]).json()["Status"] == "Complete"
            new = server.create("session", State="Active")
            server.update("session", new["Id"], State="Disconnected")
            assert client.get(f"/cvad/manage/Sessions/{new['Id']}").json()["State"] == "Disconnected"
        assert len(set(seen)) == 5
        assert server.state()["reads"]["session.list"] == 3
        assert server.state()["connections"] == 1


def options_of(monkeypatch, *argv):
    """What the command line makes of its arguments."""
    made = []
    monkeypatch.setattr(arguments, "CvadPlatform", lambda options, **_: made.append(options))
    arguments.build(parser("cvad").parse_args(["--platform=cvad", *argv]), StillClock())
    return made[0]


def test_defaults_are_those_of_the_platform(monkeypatch):
    assert options_of(monkeypatch) == CvadOptions()


def test_every_option_arrives(monkeypatch):
    chosen = options_of(
        monkeypatch,
        *("--farm=empty", "--sessions=7", "--seed=3", "--sites=2", "--cloud", "--customer-id=acme"),
        *("--client-id=c", "--client-secret=s", "--url-style=techpreview", "--page-size=2", "--limit-ceiling=100"),
        *("--page-overlap=1", "--last-token=empty", "--no-formatted-times", "--ignore-fields"),
        *("--error-style=error_data", "--missing=500", "--logoff-sync", "--envelope", "--job-seconds=5"),
        *("--session-expire=60", "--expires-in=number", "--sign-in-errors=in-200"),
    )
    assert chosen == CvadOptions(
        farm="empty",
        sessions=7,
        seed=3,
        sites=2,
        cloud=True,
        customer_id="acme",
        client_id="c",
        client_secret="s",
        url_styles=("techpreview",),
        paging=Paging(default=100, ceiling=100, largest=2, overlap=1, last_token="empty"),
        formatted_times=False,
        ignore_fields=True,
        error_style="error_data",
        missing=500,
        logoff_sync=True,
        envelope=True,
        job_seconds=5,
        token_seconds=60,
        expires_in="number",
        sign_in_errors="in-200",
    )


@pytest.mark.parametrize(
    "wrong", ["--sessions=100001", "--page-size=0", "--sites=-1", "--job-seconds=-1", "--missing=403"]
)
def test_values_that_make_no_sense(wrong, capsys):
    with pytest.raises(SystemExit):
        parser("cvad").parse_args([wrong])
    assert wrong.partition("=")[0] in capsys.readouterr().err
