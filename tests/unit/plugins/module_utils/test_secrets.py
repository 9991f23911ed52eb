# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets: recognised by name, found at any depth, taken out of text."""

from __future__ import annotations

import re

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._secrets import (
    MASK,
    forms,
    is_secret_name,
    mask_secret_fields,
    scrub,
    secret_values,
)


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "agentPassword",
        "PASSWORD",
        "passwd",
        "passphrase",
        "pwd",
        "adminPwd",
        "secret",
        "clientSecret",
        "tenantBrokerSecretKey",
        "auth_token",
        "authToken",
        "credentials",
        "apiKey",
        "api_key",
        "licenseKey",
        "license_key",
        "secretAccount",
        "password_for_user",
    ],
)
def test_names_of_secrets(name):
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "update_password",
        "continuation_token",
        "continuationToken",
        "username",
        "server",
        "privateKeyFile",
        "certificateFile",
        "keyboard",
        "description",
        "macAllowOnlyLst",
        "tokenType",
        "token_type",
        "passwordEncoding",
        "minPasswordLength",
        "tokenLifetime",
        "DaysUntilPasswordExpiry",
        "token_expires_in",
        "expires_in",
        "",
    ],
)
def test_names_of_other_things(name):
    assert not is_secret_name(name)


def test_values_of_secrets_at_any_depth():
    value = {
        "password": "one",
        "list": [{"authToken": "two"}, [{"pwd": "three"}], ({"apiKey": "four"},)],
        "secret": {"password": "five"},
        "username": "nobody",
        "passphrase": "",
        "token": None,
        "usePassword": True,
    }
    assert sorted(secret_values(value)) == ["five", "four", "one", "three", "two"]


@pytest.mark.parametrize(
    ("value", "secrets"),
    [
        ({"password": 12345678}, ["12345678"]),
        ({"passwords": ["SECRETINLIST", "x"]}, ["SECRETINLIST", "x"]),
        ({"credential": {"v": "DEEPSECRET"}}, ["DEEPSECRET"]),
        ({"tokens": [[{"a": [{"b": "DEEPSECRET"}]}]]}, ["DEEPSECRET"]),
        ({"tokens": [123456, 1234567.5]}, ["123456", "1234567.5"]),
    ],
)
def test_values_of_secrets_that_are_no_plain_text(value, secrets):
    assert list(secret_values(value)) == secrets


@pytest.mark.parametrize(
    "value",
    [
        {"pinSecret": 1234},
        {"tokens": 3, "passwords": [5]},
        {"passwordChangeAllowed": True, "passwords": [True, None, ""]},
        {"token_type": "Bearer", "token_expires_in": 1209600, "tokenCount": 100000},
        {"credentials": {"kind": "NTLM", "port": 443, "enabled": True}},
        {"credentials": {"username": "administrator", "domain": "example.test", "tokenType": "Bearer"}},
    ],
)
def test_what_stands_in_other_texts_by_chance_is_not_taken_out_of_them(value):
    assert list(secret_values(value)) == []


@pytest.mark.parametrize("value", [None, "text", 5, [], {}])
def test_no_values_of_secrets(value):
    assert list(secret_values(value)) == []


def test_fields_of_secrets_are_masked_in_a_copy():
    value = {"password": "one", "list": [{"authToken": "two", "id": 1}], "pwd": "", "token": None, "server": "gw"}
    masked = {"password": MASK, "list": [{"authToken": MASK, "id": 1}], "pwd": "", "token": None, "server": "gw"}
    assert mask_secret_fields(value) == masked
    assert value["password"] == "one"


@pytest.mark.parametrize("value", ["x", 1, 12345678, 1.5, ["x"], {"user": "a", "x": "b"}])
def test_everything_under_a_secret_name_is_masked(value):
    assert mask_secret_fields([{"credentials": value}]) == [{"credentials": MASK}]


@pytest.mark.parametrize("value", [None, "", [], {}, 0, True, False])
def test_what_tells_no_secret_stays(value):
    assert mask_secret_fields({"passwordChangeAllowed": value}) == {"passwordChangeAllowed": value}


def test_what_a_secret_is_like_stays():
    value = {"token_type": "Bearer", "expires_in": 3600, "minPasswordLength": 8}
    assert mask_secret_fields(value) == value


def test_forms_of_a_secret():
    """Made by hand from the rules of percent-encoding (RFC 3986), JSON (RFC 8259) and base64 (RFC 4648)."""
    assert {
        '@% "\\é',
        "%40%25%20%22%5C%C3%A9",
        "%40%25+%22%5C%C3%A9",
        '@% \\"\\\\\\u00e9',
        '@% \\"\\\\é',
        "QCUgIlzDqQ==",
    } <= forms('@% "\\é')


@pytest.mark.parametrize("secret", ["it's", 'a"b', "a'b\"c", "back\\slash", "tab\tand\nline"])
@pytest.mark.parametrize("around", ["", "'", '"', "'\""])
def test_scrub_knows_how_python_shows_a_secret(secret, around):
    """Errors of Python itself show values so, and escape quotes by what stands around."""
    shown = scrub(repr([f"{secret}{around}"]), [secret])
    assert re.fullmatch(r"""\[['"]\*{8}[\\'"]*\]""", shown), shown


def test_scrub_takes_longer_secrets_first():
    assert scrub("abcdef abc", ["abc", "abcdef"]) == f"{MASK} {MASK}"


@pytest.mark.parametrize("secrets", [[], [""], {"other"}])
def test_scrub_leaves_other_text(secrets):
    assert scrub("plain text", secrets) == "plain text"


def test_a_secret_that_is_no_unicode_is_bearable():
    assert scrub("text \udcff", ["\udcff"]) == f"text {MASK}"
