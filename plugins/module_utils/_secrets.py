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
_NOT_SECRET = re.compile(r"^update_password$|^continuation_?token$", re.IGNORECASE)
_ESCAPE = re.compile(r"%[0-9A-F]{2}")


def is_secret_name(name: str) -> bool:
    """Whether a field of this name is taken for a secret (password, token, key ...)."""
    return bool(_SECRET_NAME.search(name)) and not _NOT_SECRET.search(name)


def secret_values(value: Any) -> Iterator[str]:
    """Every non-empty text that stands under a secret's name, at any depth of value.

    Not numbers: a small one, such as a lifetime of tokens, would be masked wherever its digits stand.
    """
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if is_secret_name(str(key)) and isinstance(inner, str):
                if inner:
                    yield inner
            else:
                yield from secret_values(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from secret_values(inner)


def mask_secret_fields(value: Any) -> Any:
    """A copy of value in which everything that stands under a secret's name is masked."""
    if isinstance(value, Mapping):
        return {
            key: MASK if is_secret_name(str(key)) and inner not in (None, "") else mask_secret_fields(inner)
            for key, inner in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [mask_secret_fields(inner) for inner in value]
    return value


def forms(secret: str) -> set[str]:
    """The forms in which a secret may come back: plain, percent-encoded, JSON-escaped, base64."""
    utf8 = secret.encode("utf-8", "surrogatepass")
    percent = {quote(utf8, safe=""), quote(utf8), quote_plus(utf8)}
    return {
        secret,
        *percent,
        *(_ESCAPE.sub(lambda escape: escape[0].lower(), form) for form in percent),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        base64.b64encode(utf8).decode(),
    }


def scrub(text: str, secrets: Iterable[str]) -> str:
    """text without any of the secrets, whichever form they have in it."""
    found = {form for secret in secrets if secret for form in forms(secret)}
    for form in sorted(found, key=len, reverse=True):
        text = text.replace(form, MASK)
    return text
