# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets: recognised by name, found at any depth, taken out of text."""

from __future__ import annotations

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
        "",
    ],
)
def test_names_of_other_things(name):
    assert not is_secret_name(name)


def test_values_of_secrets_at_any_depth():
    """Numbers are none: a lifetime of tokens would else be masked wherever its digits stand."""
    value = {
        "password": "one",
        "tokenLifetime": 3,
        "list": [{"authToken": "two"}, [{"pwd": "three"}], ({"apiKey": "four"},)],
        "secret": {"inner": "not named so", "password": "five"},
        "username": "nobody",
        "passphrase": "",
        "token": None,
        "usePassword": True,
    }
    assert sorted(secret_values(value)) == ["five", "four", "one", "three", "two"]


@pytest.mark.parametrize("value", [None, "text", 5, [], {}])
def test_no_values_of_secrets(value):
    assert list(secret_values(value)) == []


def test_fields_of_secrets_are_masked_in_a_copy():
    value = {"password": "one", "list": [{"authToken": "two", "id": 1}], "pwd": "", "token": None, "server": "gw"}
    masked = {"password": MASK, "list": [{"authToken": MASK, "id": 1}], "pwd": "", "token": None, "server": "gw"}
    assert mask_secret_fields(value) == masked
    assert value["password"] == "one"


def test_everything_under_a_secret_name_is_masked():
    assert mask_secret_fields({"credentials": {"user": "a", "x": "b"}}) == {"credentials": MASK}


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


def test_scrub_takes_longer_secrets_first():
    assert scrub("abcdef abc", ["abc", "abcdef"]) == f"{MASK} {MASK}"


@pytest.mark.parametrize("secrets", [[], [""], {"other"}])
def test_scrub_leaves_other_text(secrets):
    assert scrub("plain text", secrets) == "plain text"


def test_a_secret_that_is_no_unicode_is_bearable():
    assert scrub("text \udcff", ["\udcff"]) == f"text {MASK}"
