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
import unicodedata
from collections.abc import Mapping
from typing import Any

from .._errors import BadInputError
from .policies import identity
from .record import SessionRecord

SHORTEST_KEY = 16
# 40 bits: among 100,000 users the chance that any two share a pseudonym is below one in 200.
_DIGITS = 10
# Fields that may carry a name inside another: the personal desktop WS-ANNA, Anna's notes, a device as its own gateway.
_CARRIERS = ("host", "pool")
_CARRIER_LISTS = ("applications", "connected_through")


class Pseudonyms:
    """Replaces what tells who a user is. key: the same key gives the same pseudonyms; without one it is random.

    user, client_name and client_address become pseudonyms: a device tells its owner as surely as the name does. In
    host, pool, applications and connected_through the session's own user and device are replaced where they stand as
    words. In domain only the user is: the domain tells users apart, also those who come from several devices. raw is
    dropped. id stays: it is what a session is acted on by.
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
        return pseudonym, domain and _replaced({_folded(user): pseudonym}, domain)

    def record(self, record: SessionRecord) -> SessionRecord:
        """The record without what tells who its user is."""
        stand_ins = self._stand_ins(record)
        changes: dict[str, Any] = {
            name: _replaced(stand_ins, value) for name in _CARRIERS if (value := getattr(record, name))
        }
        for name in _CARRIER_LISTS:
            changes[name] = [_replaced(stand_ins, value) for value in getattr(record, name)]
        for name in ("client_name", "client_address"):
            if value := getattr(record, name):
                changes[name] = self.value(record, name, value)
        if record.user:
            changes["user"], changes["domain"] = self.names(record.user, record.domain)
        return dataclasses.replace(record, raw=None, **changes)

    def value(self, record: SessionRecord, field: str, value: str) -> str:
        """A text that stands in this field of the record, without what tells who its user is."""
        if field == "client_name":
            return self._stand_in("client", value.casefold())
        if field == "client_address":
            return self._stand_in("address", value.casefold())
        return _replaced(self._stand_ins(record), value)

    def _stand_ins(self, record: SessionRecord) -> dict[str, str]:
        """What tells who the user of a record is, folded, with what stands for it."""
        stand_ins = {
            _folded(value): self.value(record, field, value)
            for field in ("client_address", "client_name")
            if (value := getattr(record, field))
        }
        # The last, for the device that has its user's name.
        if record.user:
            stand_ins[_folded(record.user)] = self.user(record.user, record.domain)
        return stand_ins

    def _stand_in(self, kind: str, first: str, second: str = "") -> str:
        key = (kind, first, second)
        known = self._known.get(key)
        if known is None:
            # No name can hold a NUL and pass for two parts.
            message = "\0".join(key).encode("utf-8", "surrogatepass")
            digest = hmac.new(self._key, message, hashlib.sha256).hexdigest()
            known = self._known[key] = f"{kind}-{digest[:_DIGITS]}"
        return known


def _folded(text: str) -> str:
    """The one form of all spellings of a text: letter case, composed or not, wide or not."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _replaced(stand_ins: Mapping[str, str], text: str) -> str:
    """The text with stand-ins in place of the folded names."""
    folded = _folded(text)
    if folded in stand_ins:
        return stand_ins[folded]
    # The longest first: WS-ANNA before ANNA.
    names = sorted((name for name in stand_ins if name in folded), key=len, reverse=True)
    if not names:
        return text
    words = _words(*names)
    # Where a name is spelt otherwise than the user's own, the whole text is shown folded, in which it is found.
    shown = text if len(words.findall(text)) == len(words.findall(folded)) else folded
    return words.sub(lambda found: stand_ins.get(_folded(found[0]), found[0]), shown)


@functools.lru_cache(maxsize=4096)
def _words(*names: str) -> re.Pattern[str]:
    """Finds the names where no letter or digit stands beside them."""
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, names))})(?![^\W_])", re.IGNORECASE)
