# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every answer has the form that the models of the API describe; the vendor's sample comes back field for field."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import jsonschema
import pytest

from emulator.cvad.crowd import _READERS, crowd
from emulator.cvad.record import PROPERTIES, reach
from emulator.cvad.search import PROPERTIES as SEARCHABLE
from emulator.cvad.sites import SAMPLE
from emulator.cvad.times import cultural, formatted

SAMPLE_TEXT = Path(SAMPLE).read_text(encoding="utf-8")
MISSING_ID = "00000000-0000-0000-0000-00000000dead"


def valid(schemas, name, document):
    jsonschema.Draft202012Validator(schemas[name]).validate(document)


def test_sample_comes_back_field_for_field(launch):
    answer = launch(farm="sample").sign_in().get("Sessions", params={"limit": 100})
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    # Compared as text, so that the order of the fields counts as well.
    assert json.dumps(answer.json()) == json.dumps(json.loads(SAMPLE_TEXT))


def test_sample_obeys_the_models(schemas):
    valid(schemas, "SessionResponseModelCollection", json.loads(SAMPLE_TEXT))


def test_schemas_refuse_what_the_models_do_not_have(schemas):
    document = json.loads(SAMPLE_TEXT)
    document["Items"][0]["Client"]["Colour"] = "red"
    with pytest.raises(jsonschema.ValidationError, match="Colour"):
        valid(schemas, "SessionResponseModelCollection", document)


@pytest.mark.parametrize("formatted", [True, False])
def test_lists(launch, schemas, formatted):
    server = launch(sessions=50, formatted_times=formatted).sign_in()
    server.create("session", IsAnonymousUser=True, User=None)
    page = server.get("Sessions").json()
    valid(schemas, "SessionResponseModelCollection", page)
    assert len(page["Items"]) == 51
    assert all(("FormattedStartTime" in one) == formatted for one in page["Items"])


def test_times_agree(cvad):
    for one in cvad.get("Sessions").json()["Items"]:
        date, time, half = one["StartTime"].split(" ")
        month, day, year = (int(part) for part in date.split("/"))
        hour, minute, second = (int(part) for part in time.split(":"))
        hour = hour % 12 + (12 if half == "PM" else 0)
        assert one["FormattedStartTime"] == f"{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        # The form of the vendor's sample; noon and midnight are twelve.
        ("2020-11-16T14:01:04Z", "11/16/2020 2:01:04 PM"),
        ("2020-01-02T00:00:00Z", "1/2/2020 12:00:00 AM"),
        ("2020-01-02T12:09:00Z", "1/2/2020 12:09:00 PM"),
        ("2020-01-02T11:59:59Z", "1/2/2020 11:59:59 AM"),
    ],
)
def test_both_forms_of_a_time(moment, text):
    epoch = int(datetime.datetime.fromisoformat(moment).timestamp())
    assert (formatted(epoch), cultural(epoch)) == (moment, text)


def test_search_session_and_actions(cvad, schemas):
    first = cvad.session_ids()[0]
    valid(schemas, "SessionResponseModelCollection", cvad.post("Sessions/$search", json={}).json())
    valid(schemas, "SessionResponseModel", cvad.get(f"Sessions/{first}").json())
    valid(schemas, "SessionResponseModel", cvad.post(f"Sessions/{first}/$disconnect").json())
    valid(schemas, "SessionResponseModel", cvad.post(f"Sessions/{first}/$sendMessage", json={"Text": "Hello"}).json())


def test_sign_in_and_sites(launch, schemas):
    cvad = launch(sites=2).sign_in()
    site = cvad.headers["Citrix-InstanceId"]
    valid(schemas, "MeResponseModel", cvad.get("me").json())
    valid(schemas, "SiteResponseModelCollection", cvad.get("Sites").json())
    valid(schemas, "SiteDetailResponseModel", cvad.get(f"Sites/{site}").json())
    valid(schemas, "AboutModel", cvad.get("About").json())
    valid(schemas, "AuthTokenResponseModel", cvad.post("tokens/$refresh").json())
    assert cvad.get("HealthCheck").json() is True


@pytest.mark.parametrize("outcome", ["Complete", "CompleteWithWarning", "Failed", "Canceled", "NonTerminatingError"])
def test_jobs(launch, schemas, outcome):
    cvad = launch(job_seconds=10).sign_in()
    cvad.fault(operation="session.logoff", kind="job", outcome=outcome, error_details="ErrorMessage : no")
    response = cvad.post(f"Sessions/{cvad.session_ids()[0]}/$logoff")
    for seconds in (0, 5, 5):
        cvad.clock.advance(seconds)
        valid(schemas, "JobResponseModel", cvad.job(response))
    valid(schemas, "JobResponseModelCollection", cvad.get("Jobs").json())
    assert cvad.job(response)["Status"] == outcome


@pytest.mark.parametrize(("style", "model"), [("error_response", "ErrorResponse"), ("error_data", "ErrorData")])
def test_error_bodies(launch, schemas, style, model):
    cvad = launch(error_style=style).sign_in()
    for response in (
        cvad.get("Sessions", params={"limit": "many"}),
        cvad.get(f"Sessions/{MISSING_ID}"),
        cvad.get("Sessions", headers={"Authorization": "CWSAuth bearer=nobody"}),
        cvad.get("Nonsense"),
    ):
        assert response.status_code in (400, 401, 404)
        valid(schemas, model, response.json())
    cvad.fault(kind="status", status=503, times=1)
    valid(schemas, model, cvad.get("me").json())


def test_either_error_body_by_fault(cvad, schemas):
    cvad.fault(kind="status", status=500, body="error_data", times=1)
    cvad.fault(kind="status", status=500, body="error_response", times=1, detail="Object does not exist.")
    valid(schemas, "ErrorData", cvad.get("me").json())
    assert cvad.get("me").json()["detail"] == "Object does not exist."


def test_crowd_reads_what_its_records_say():
    """What a search looks at without making a record is what stands in the record."""
    assert {place for prop in SEARCHABLE.values() for place in prop.places} == set(_READERS)
    for session in crowd(200, 1, 1_767_600_000):
        record = session.record()
        for path in _READERS:
            assert session.value(path) == reach(record, path.split(".")), path


def test_crowd_is_repeatable_and_varied():
    one, again, other = crowd(500, 1, 1_767_600_000), crowd(500, 1, 1_767_600_000), crowd(500, 2, 1_767_600_000)
    assert one == again
    assert {session.id for session in one}.isdisjoint(session.id for session in other)
    assert len({session.id for session in one}) == 500
    assert {session.state for session in one} == {"Active", "Disconnected", "Connected", "Unknown"}
    assert {session.machine.support for session in one} == {"SingleSession", "MultiSession"}
    assert any(session.anonymous for session in one)
    single = [session.machine.name for session in one if session.machine.support == "SingleSession"]
    assert len(set(single)) == len(single)


def test_records_have_the_known_properties():
    assert tuple(crowd(1, 1, 0)[0].record()) == PROPERTIES
