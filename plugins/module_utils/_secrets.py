# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recognise secrets by name, and take known secrets out of text in every form in which they travel."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "********"
_SECRET_NAME = re.compile(r"passw|passphrase|pwd|secret|token|credential|api_?key|license_?key", re.IGNORECASE)
_NOT_SECRET = re.compile(
    r"^(?i:update_password|continuation_?token)$"
    # What a secret is like: tokenType, password_length, DaysUntilPasswordExpiry, token_expires_in.
    r"|(?:^|_|(?<=[a-z])(?=[A-Z]))(?i:type|encoding|length|count|lifetime|timeout|expir(?:y|ation|es(?:_?(?:at|in))?)"
    r"|days|hours|minutes|seconds)$"
)
_OWNER = re.compile(r"^(?:user|user_?name|name|domain)$", re.IGNORECASE)  # whose the secret beside it is
_ESCAPE = re.compile(r"%[0-9A-F]{2}")
_TELLING = 6  # characters; what is shorter stands in other texts by chance


def is_secret_name(name: str) -> bool:
    """Whether a field of this name is taken for a secret (password, token, key ...)."""
    return bool(_SECRET_NAME.search(name)) and not _NOT_SECRET.search(name)


def secret_values(value: Any) -> Iterator[str]:
    """What stands under the names of secrets, at any depth of value, and is to be taken out of other texts.

    A text right under such a name, or in a list there, is the secret, however short it is. A number may be a lifetime
    of tokens, and what lies deeper a choice: of those only long ones. mask_secret_fields masks the others in place.
    """
    return _secret_values(value, 0)


def _secret_values(value: Any, shortest: int) -> Iterator[str]:
    """shortest: characters of a text that is a secret; 0 where no secret is to be expected."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            name = str(key)
            deeper = 0 if _NOT_SECRET.search(name) or _OWNER.search(name) else shortest and _TELLING
            yield from _secret_values(inner, 1 if is_secret_name(name) else deeper)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _secret_values(inner, shortest)
    elif shortest and isinstance(value, (str, int, float)) and not isinstance(value, bool):
        text = str(value)
        if len(text) >= (shortest if isinstance(value, str) else _TELLING):
            yield text


def mask_secret_fields(value: Any) -> Any:
    """A copy of value in which everything that stands under a secret's name is masked.

    What is empty or no more than true or false tells no secret, and stays.
    """
    if isinstance(value, Mapping):
        return {
            key: MASK if is_secret_name(str(key)) and inner and inner is not True else mask_secret_fields(inner)
            for key, inner in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [mask_secret_fields(inner) for inner in value]
    return value


def forms(secret: str) -> set[str]:
    """The forms in which a secret may come back: plain, percent-encoded, JSON-escaped, base64, as Python shows it."""
    utf8 = secret.encode("utf-8", "surrogatepass")
    percent = {quote(utf8, safe=""), quote(utf8), quote_plus(utf8)}
    return {
        secret,
        *percent,
        *(_ESCAPE.sub(lambda escape: escape[0].lower(), form) for form in percent),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        base64.b64encode(utf8).decode(),
        # Python escapes ' only in a text that holds both quotes.
        repr(secret)[1:-1],
        repr('"' + secret)[2:-1],
    }


def scrub(text: str, secrets: Iterable[str]) -> str:
    """text without any of the secrets, whichever form they have in it."""
    found = {form for secret in secrets if secret for form in forms(secret)}
    for form in sorted(found, key=len, reverse=True):
        text = text.replace(form, MASK)
    return text
