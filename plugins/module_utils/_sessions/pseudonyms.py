# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that stand for users, so that a report can be passed on without saying who is who.

A pseudonym is a keyed hash: the same user has the same one all through a run, and without the key nobody can try names
until one fits. The key is random, and forgotten at the end, unless one is given to make runs comparable.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import hmac
import re
import secrets
from typing import Any

from .._errors import BadInputError
from .policies import identity
from .record import SessionRecord

SHORTEST_KEY = 16
# 40 bits: among 100,000 users the chance that any two share a pseudonym is below one in 200.
_DIGITS = 10
# Fields that may carry the user's name inside another: the personal desktop WS-ANNA, Anna's notes.
_CARRIERS = ("domain", "host", "pool")
_CARRIER_LISTS = ("applications", "connected_through")


class Pseudonyms:
    """Replaces what tells who a user is. key: the same key gives the same pseudonyms; without one it is random.

    user, client_name and client_address become pseudonyms: a device tells its owner as surely as the name does. In
    domain, host, pool, applications and connected_through the session's own user is replaced where the name stands as
    a word. raw is dropped. id stays: it is what a session is acted on by.
    """

    def __init__(self, key: str | None = None):
        if key is not None and len(key) < SHORTEST_KEY:
            raise BadInputError(
                f"pseudonym_key is shorter than {SHORTEST_KEY} characters: whoever guesses it can tell the users."
            )
        self._key = secrets.token_bytes(32) if key is None else key.encode("utf-8", "surrogatepass")
        self._known: dict[tuple[str, str, str], str] = {}

    def user(self, user: str, domain: str | None) -> str:
        """The pseudonym of a user: user-3f9a1c07be."""
        return self._stand_in("user", *identity(user, domain))

    def names(self, user: str, domain: str | None) -> tuple[str, str | None]:
        """The pseudonym of a user, and the domain without the user's name."""
        pseudonym = self.user(user, domain)
        return pseudonym, domain and _word(user).sub(pseudonym, domain)

    def record(self, record: SessionRecord) -> SessionRecord:
        """The record without what tells who its user is."""
        changes: dict[str, Any] = {
            name: self.value(record, name, value) for name in _CARRIERS if (value := getattr(record, name))
        }
        for name in _CARRIER_LISTS:
            changes[name] = [self.value(record, name, value) for value in getattr(record, name)]
        for name in ("client_name", "client_address"):
            if value := getattr(record, name):
                changes[name] = self.value(record, name, value)
        if record.user:
            changes["user"] = self.user(record.user, record.domain)
        return dataclasses.replace(record, raw=None, **changes)

    def value(self, record: SessionRecord, field: str, value: str) -> str:
        """A text that stands in this field of the record, without what tells who its user is."""
        if field == "client_name":
            return self._stand_in("client", value.casefold())
        if field == "client_address":
            return self._stand_in("address", value.casefold())
        user = record.user
        if not user or user.casefold() not in value.casefold():
            return value
        return _word(user).sub(self.user(user, record.domain), value)

    def _stand_in(self, kind: str, first: str, second: str = "") -> str:
        key = (kind, first, second)
        known = self._known.get(key)
        if known is None:
            # No name can hold a NUL and pass for two parts.
            message = "\0".join(key).encode("utf-8", "surrogatepass")
            digest = hmac.new(self._key, message, hashlib.sha256).hexdigest()
            known = self._known[key] = f"{kind}-{digest[:_DIGITS]}"
        return known


@functools.lru_cache(maxsize=4096)
def _word(name: str) -> re.Pattern[str]:
    """Finds the name where no letter or digit stands beside it."""
    return re.compile(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", re.IGNORECASE)
