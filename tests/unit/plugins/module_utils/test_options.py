# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options: where their values come from, and that documentation and table agree."""

from __future__ import annotations

import itertools
import re

import pytest
import yaml

from ansible_collections.deskops.vdi.plugins.doc_fragments.ras import ModuleDocFragment
from ansible_collections.deskops.vdi.plugins.module_utils._errors import BadInputError
from ansible_collections.deskops.vdi.plugins.module_utils._http import HttpSettings
from ansible_collections.deskops.vdi.plugins.module_utils._options import PLATFORMS, RAS
from ansible_collections.deskops.vdi.plugins.module_utils._ras.fields import GATEWAY, RDS_SERVER
from ansible_collections.deskops.vdi.plugins.modules import (
    ras_gateway,
    ras_gateway_info,
    ras_rds_server,
    ras_rds_server_info,
)

# The names of design section 5.
CONNECTION = {
    "url",
    "username",
    "password",
    "auth_token",
    "validate_certs",
    "ca_path",
    "client_cert",
    "client_key",
    "use_proxy",
    "timeout",
    "retries",
    "allow_insecure_http",
}
SOURCES = ("token in the task", "password in the task", "token in the environment", "password in the environment")
COMBINATIONS = [
    frozenset(chosen)
    for count in range(len(SOURCES) + 1)
    for chosen in itertools.combinations(SOURCES, count)
    if not {SOURCES[0], SOURCES[1]} <= set(chosen)  # refused by the argument spec
]


@pytest.mark.parametrize("given", COMBINATIONS, ids=lambda given: ", ".join(sorted(given)) or "nothing")
def test_the_first_source_in_the_order_wins_alone(given):
    args = {"url": "https://ras.example.test"}
    environment = {"RAS_URL": "https://ras.example.test"}
    if SOURCES[0] in given:
        args["auth_token"] = SOURCES[0]
    if SOURCES[1] in given:
        args["password"] = SOURCES[1]
    if SOURCES[2] in given:
        environment["RAS_AUTH_TOKEN"] = SOURCES[2]
    if SOURCES[3] in given:
        environment["RAS_PASSWORD"] = SOURCES[3]
    resolved = RAS.resolve(args, environment)
    winner = next((source for source in SOURCES if source in given), None)
    found = {name: resolved[name] for name in ("auth_token", "password") if resolved.get(name) is not None}
    wanted = {} if winner is None else {("auth_token" if "token" in winner else "password"): winner}
    assert found == wanted


@pytest.mark.parametrize("name", sorted(CONNECTION - {"password", "auth_token"}))
def test_each_option_comes_from_its_variable_unless_the_task_names_it(name):
    environment = {f"RAS_{name.upper()}": "from the environment"}
    assert RAS.resolve({}, environment)[name] == "from the environment"
    assert RAS.resolve({name: None}, environment)[name] == "from the environment"
    assert RAS.resolve({name: "own"}, environment)[name] == "own"
    assert RAS.resolve({name: False}, environment)[name] is False
    assert name not in RAS.resolve({}, {f"RAS_{name.upper()}": ""})


def test_variables_of_other_platforms_do_not_count():
    environment = {f"{prefix}_{name}": "x" for prefix in ("CVAD", "FASTX", "ras") for name in ("URL", "AUTH_TOKEN")}
    assert RAS.resolve({"server": "gw"}, environment) == {"server": "gw"}


@pytest.mark.parametrize(
    ("own", "of_environment", "goes"),
    [
        ("https://a.test", "https://a.test", True),
        ("https://A.test/", "https://a.test", True),
        ("https://b.test", "https://a.test", False),
        ("https://a.test:20443", "https://a.test", False),
        ("http://a.test", "https://a.test", False),
        (None, "https://a.test", True),
    ],
)
def test_a_token_of_the_environment_goes_to_no_other_server(own, of_environment, goes):
    args = {} if own is None else {"url": own}
    resolved = RAS.resolve(args, {"RAS_URL": of_environment, "RAS_AUTH_TOKEN": "t", "RAS_PASSWORD": "p"})
    assert resolved.get("auth_token") == ("t" if goes else None)
    assert resolved.get("password") == (None if goes else "p")


def test_resolving_changes_nothing_else():
    args = {"server": "gw", "settings": {"a": 1}, "username": "me"}
    environment = {"RAS_URL": "https://ras.example.test", "RAS_USERNAME": "you", "RAS_SERVER": "other"}
    resolved = RAS.resolve(args, environment)
    assert resolved == {**args, "url": "https://ras.example.test"}
    assert "url" not in args


def test_options_of_ras():
    assert {option.name for option in RAS.options} == CONNECTION | {"api_family"}
    spec = RAS.argument_spec()
    assert {name: spec[name]["default"] for name in spec if "default" in spec[name]} == {
        "validate_certs": True,
        "use_proxy": True,
        "timeout": 30,
        "retries": 3,
        "allow_insecure_http": False,
        "api_family": "auto",
    }


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_every_platform_has_the_common_options_and_no_fallback(platform):
    """env_fallback would hand one farm's token to another (design section 4)."""
    spec = platform.argument_spec()
    assert set(spec) >= CONNECTION
    assert all("fallback" not in option for option in spec.values())


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_secrets_are_marked_and_nothing_else(platform):
    marked = {name for name, option in platform.argument_spec().items() if option.get("no_log")}
    assert marked == {"password", "auth_token"} | ({"client_secret"} if platform.name == "cvad" else set())


def test_http_settings():
    params = {"url": "https://ras.example.test", "timeout": 7, "ca_path": None, "retries": 0, "server": "gw"}
    settings = RAS.http_settings(params)
    assert settings == HttpSettings("https://ras.example.test", timeout=7, retries=0)
    assert settings.validate_certs is True


@pytest.mark.parametrize("url", [None, ""])
def test_no_server_is_named(url):
    with pytest.raises(BadInputError, match=r"url .*RAS_URL"):
        RAS.http_settings({"url": url})


def documented(text: str) -> dict[str, dict]:
    return yaml.safe_load(text)["options"]


def of_servers() -> dict[str, dict]:
    """What the fragments of all objects and of servers document."""
    return {**documented(ModuleDocFragment.OBJECT), **documented(ModuleDocFragment.SERVER)}


def as_spec(options: dict[str, dict]) -> dict[str, dict]:
    """What documentation says about options, as an argument spec would."""
    names = ("type", "default", "choices", "elements", "required")
    return {name: {key: option[key] for key in names if key in option} for name, option in options.items()}


def without_log(spec: dict[str, dict]) -> dict[str, dict]:
    return {name: {key: value for key, value in option.items() if key != "no_log"} for name, option in spec.items()}


def test_the_fragment_documents_the_table():
    assert as_spec(documented(ModuleDocFragment.DOCUMENTATION)) == without_log(RAS.argument_spec())


@pytest.mark.parametrize("name", [option.name for option in RAS.options])
def test_the_fragment_names_each_variable(name):
    text = " ".join(documented(ModuleDocFragment.DOCUMENTATION)[name]["description"])
    variables = set(re.findall(r"E\((RAS_[A-Z_]+)\)", text))
    assert RAS.variable(name) in variables
    assert variables <= {RAS.variable(option.name) for option in RAS.options}


@pytest.mark.parametrize(("module", "table"), [(ras_gateway, GATEWAY), (ras_rds_server, RDS_SERVER)])
def test_the_fragment_of_servers_documents_their_options(module, table):
    spec = module.ARGUMENT_SPEC.options
    own = {name: spec[name] for name in set(spec) - set(RAS.argument_spec()) - set(table.options())}
    assert as_spec(of_servers()) == without_log(own)


@pytest.mark.parametrize("module", [ras_gateway_info, ras_rds_server_info])
def test_the_fragment_of_server_reads_documents_their_options(module):
    spec = module.ARGUMENT_SPEC.options
    own = {name: spec[name] for name in set(spec) - set(RAS.argument_spec())}
    fragments = {**documented(ModuleDocFragment.OBJECT_INFO), **documented(ModuleDocFragment.SERVER_INFO)}
    assert as_spec(fragments) == without_log(own)


@pytest.mark.parametrize("module", [ras_gateway, ras_rds_server])
def test_modules_document_each_field_with_its_type(module):
    spec = module.ARGUMENT_SPEC.options
    options = as_spec(documented(module.DOCUMENTATION))
    assert options == {name: spec[name] for name in options}
    assert set(spec) == set(options) | set(RAS.argument_spec()) | set(of_servers())
