# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The session lookups without a playbook: where options come from, which credential counts, what a term may be."""

from __future__ import annotations

import types
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleLookupError
from ansible.plugins.loader import lookup_loader

from ansible_collections.deskops.vdi.plugins.doc_fragments import cvad_lookup, fastx_lookup, ras_lookup
from ansible_collections.deskops.vdi.plugins.module_utils._errors import AuthenticationError
from ansible_collections.deskops.vdi.plugins.module_utils._options import PLATFORMS
from ansible_collections.deskops.vdi.plugins.modules import cvad_session_info, fastx_session_info, ras_session_info

URL = "https://vdi.example.test"
FRAGMENTS = {"ras": ras_lookup, "cvad": cvad_lookup, "fastx": fastx_lookup}
MODULES = {"ras": ras_session_info, "cvad": cvad_session_info, "fastx": fastx_session_info}
TERMS = ["ben", {"user": "carla"}]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for platform in PLATFORMS.values():
        for option in platform.options:
            monkeypatch.delenv(platform.variable(option.name), raising=False)


class Client:
    """Stands for a client; counts what it is for."""

    def __init__(self) -> None:
        self.entered = 0

    def __enter__(self) -> Client:
        self.entered += 1
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Looks up without a server; tells the lookup's result, its queries and its client."""

    def look_up(platform: str, terms: list[Any], fault: Exception | None = None, **options: Any) -> Any:
        plugin = lookup_loader.get(f"deskops.vdi.{platform}_sessions")
        client, queries, tasks = Client(), [], []

        def new_client(task: Any) -> Client:
            tasks.append(task)
            return client

        def sessions(client: Any, params: Any, task: Any) -> list[dict[str, Any]]:
            if fault:
                raise fault
            queries.append(params)
            return [{"id": len(queries)}]

        monkeypatch.setattr(plugin, "client", new_client)
        monkeypatch.setattr(plugin, "sessions", sessions)
        result = plugin.run(terms, variables={}, **options)
        return types.SimpleNamespace(result=result, queries=queries, client=client, params=tasks[0].params)

    return look_up


@pytest.mark.parametrize("platform", PLATFORMS)
def test_all_terms_share_one_client_and_give_one_flat_list(platform: str, asked: Any) -> None:
    done = asked(platform, TERMS, url=URL)
    assert done.result == [{"id": 1}, {"id": 2}]
    assert done.client.entered == 1


def test_a_text_is_a_user_and_a_dictionary_holds_filters(asked: Any) -> None:
    first, second = asked("ras", ["ben", {"state": "Active", "user": "carla"}], url=URL, state="Idle").queries
    assert (first["user"], first["state"]) == ("ben", "Idle")
    assert (second["user"], second["state"]) == ("carla", "Active")


def test_terms_of_fastx_add_to_the_filters(asked: Any) -> None:
    first, second = asked("fastx", ["ben", {"project": "a"}], url=URL, filters={"clients": 0}).queries
    assert first["filters"] == {"clients": 0, "login": "ben"}
    assert second["filters"] == {"clients": 0, "project": "a"}


def test_without_a_term_there_is_one_query(asked: Any) -> None:
    (query,) = asked("cvad", [], url=URL, state="Active").queries
    assert (query["user"], query["state"]) == (None, "Active")


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("term", [5, None, ["anna"]])
def test_other_terms_are_refused(term: Any, platform: str, asked: Any) -> None:
    with pytest.raises(AnsibleLookupError, match="user or a dictionary"):
        asked(platform, [term], url=URL)


@pytest.mark.parametrize("name", ["shoe_size", "url", "password"])
def test_filters_that_are_none_are_refused(name: str, asked: Any) -> None:
    with pytest.raises(AnsibleLookupError, match=name):
        asked("cvad", [{name: "x"}], url=URL)


@pytest.mark.parametrize(
    ("platform", "term", "words"),
    [
        ("cvad", {"search": "x"}, "search.*dict"),
        ("cvad", {"max_sessions": "many"}, "max_sessions.*int"),
        ("cvad", {"fields": {"a": 1}}, "fields.*list"),
        ("ras", {"server_id": "seven"}, "server_id.*int"),
        ("ras", {"user": "anna", "theme_id": [1]}, "theme_id.*int"),
    ],
)
def test_values_of_a_term_are_checked_like_options(platform: str, term: dict[str, Any], words: str, asked: Any) -> None:
    with pytest.raises(AnsibleLookupError, match=f"A term is not valid: .*{words}"):
        asked(platform, [term], url=URL)


@pytest.mark.parametrize(("platform", "name"), [("cvad", "max_sessions"), ("ras", "server_id")])
def test_a_number_of_a_term_may_come_as_text(platform: str, name: str, asked: Any) -> None:
    (query,) = asked(platform, [{name: "7"}], url=URL).queries
    assert query[name] == 7


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_slip_in_an_option_lists_the_options(platform: str, asked: Any) -> None:
    with pytest.raises(AnsibleLookupError, match=r"usr\..*Supported are: .*username"):
        asked(platform, [], url=URL, usr="anna")


def test_what_is_given_goes_before_the_environment(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("URL", "https://other.example.test"), ("PASSWORD", "e"), ("TIMEOUT", "7")):
        monkeypatch.setenv(f"RAS_{name}", value)
    params = asked("ras", [], url=URL).params
    assert (params["url"], params["password"], params["timeout"], params["retries"]) == (URL, "e", 7, 3)


@pytest.mark.parametrize(
    ("environment", "given", "expected"),
    [
        ({"AUTH_TOKEN": "t", "PASSWORD": "p"}, {}, ("t", None)),
        ({"AUTH_TOKEN": "t"}, {"password": "q"}, (None, "q")),
        ({"PASSWORD": "p"}, {"auth_token": "u"}, ("u", None)),
        ({"PASSWORD": "p"}, {"auth_token": ""}, (None, "p")),
        ({"AUTH_TOKEN": "t", "URL": URL}, {"url": f"{URL}/"}, ("t", None)),
        ({"AUTH_TOKEN": "t", "PASSWORD": "p", "URL": "https://o.test"}, {"url": URL}, (None, "p")),
    ],
)
def test_which_credential_counts(
    environment: dict[str, str],
    given: dict[str, str],
    expected: tuple[str | None, str | None],
    asked: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(f"RAS_{name}", value)
    params = asked("ras", [], **given).params
    assert (params["auth_token"], params["password"]) == expected


def test_two_credentials_are_refused(asked: Any) -> None:
    with pytest.raises(AnsibleLookupError, match="Only one of auth_token, client_secret"):
        asked("cvad", [], url=URL, auth_token="a", client_secret="b")


@pytest.mark.parametrize("credential", ["password", "auth_token"])
def test_a_failure_is_told_without_the_secret(credential: str, asked: Any) -> None:
    secret = "p%40ss of the farm"
    with pytest.raises(AnsibleLookupError, match="the server said") as caught:
        asked("ras", [], url=URL, fault=AuthenticationError(f"the server said {secret}"), **{credential: secret})
    assert secret not in str(caught.value)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_connection_option_has_its_variable_and_secrets_no_setting(platform: str) -> None:
    options = yaml.safe_load(FRAGMENTS[platform].ModuleDocFragment.DOCUMENTATION)["options"]
    known = PLATFORMS[platform]
    assert set(options) == {option.name for option in known.options}
    for option in known.options:
        documented = options[option.name]
        assert documented["env"] == [{"name": known.variable(option.name)}]
        assert ("ini" in documented) is not option.secret
        assert documented["description"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_options_are_those_of_the_module(platform: str) -> None:
    plugin = lookup_loader.get(f"deskops.vdi.{platform}_sessions")
    assert set(plugin.option_definitions) - {"_terms"} == set(MODULES[platform].ARGUMENT_SPEC.options) - {
        "return_sessions"
    }
