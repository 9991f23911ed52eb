# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in: in one request, or as a dialogue of stages."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from emulator.clock import Clock
from emulator.exchange import dump
from emulator.fastx.envelope import FastxError, not_signed_in
from emulator.fastx.options import FastxOptions
from emulator.tokens import Token, Tokens

PASSWORD, QUESTION, SUCCESS = "password", "keyboard-interactive", "success"
PROMPT = "One-time code: "
SERVER_ID = "fx-001"


@dataclass(frozen=True)
class Account:
    """The one user that may sign in; an administrator unless the server was told otherwise."""

    username: str = "administrator"
    password: str = "11112222"


@dataclass
class Dialogue:
    """A login under way."""

    username: str
    admin: bool
    stage: str = PASSWORD
    well: bool = True


class Logins:
    """Everything about signing in."""

    def __init__(self, options: FastxOptions, account: Account, tokens: Tokens, clock: Clock) -> None:
        self._options = options
        self._account = account
        self._tokens = tokens
        self._clock = clock
        self._dialogues: dict[str, Dialogue] = {}
        self._key = secrets.token_bytes(32)

    def basic(self, username: str, password: str | None, admin: bool) -> dict[str, Any]:
        """User name and password at once: success, or an error."""
        if self._options.second_factor is not None:
            raise not_signed_in("Basic login is not possible with a one-time code.")
        if (username, password) != (self._account.username, self._account.password):
            raise not_signed_in("The user name or the password is wrong.")
        return self._success(username, admin)

    def begin(self, username: str, admin: bool) -> dict[str, Any]:
        """The first stage of a dialogue."""
        authtoken = secrets.token_urlsafe(24)
        self._dialogues[authtoken] = Dialogue(username, admin)
        return {"stage": PASSWORD, "authtoken": authtoken}

    def go_on(self, authtoken: str | None, stage: str | None, secret: str | None) -> dict[str, Any]:
        """The next stage; ``stage`` None takes what is due."""
        dialogue = self._dialogues.pop(authtoken or "", None)
        if dialogue is None:
            raise not_signed_in("There is no such login under way.")
        if stage not in (None, dialogue.stage) or secret is None:
            raise FastxError(400, f"The login waits for {dialogue.stage}.")
        if dialogue.stage == PASSWORD:
            dialogue.well = (dialogue.username, secret) == (self._account.username, self._account.password)
            if self._options.second_factor is not None:
                dialogue.stage = QUESTION
                self._dialogues[authtoken or ""] = dialogue
                return {"stage": QUESTION, "prompt": PROMPT, "authtoken": authtoken}
        else:
            dialogue.well = dialogue.well and secret == self._options.second_factor
        if not dialogue.well:
            raise not_signed_in("The user name or what proves it is wrong.")
        return self._success(dialogue.username, dialogue.admin)

    def waits_for(self, authtoken: str | None) -> str | None:
        """The stage of a login under way."""
        dialogue = self._dialogues.get(authtoken or "")
        return None if dialogue is None else dialogue.stage

    def _success(self, username: str, admin: bool) -> dict[str, Any]:
        if admin and self._options.no_admin:
            raise FastxError(403, f"{username} is not an administrator of this server.")
        # Version 2 knows no admin login: the server reads who is an administrator from a file of its own.
        rights = admin or (self._options.version == 2 and not self._options.no_admin)
        return {"stage": SUCCESS, "token": self._issue(username, rights).text}

    def _issue(self, username: str, admin: bool) -> Token:
        if self._options.version == 2:
            return self._tokens.issue(username, admin=admin)
        issued = int(self._clock.now().timestamp())
        claims = {
            "sub": username,
            "iss": SERVER_ID,
            "iat": issued,
            "exp": issued + int(self._tokens.seconds),
            "aud": "api",
            "jti": str(uuid.uuid4()),
        }
        signed = b".".join(_base64(dump(part)) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
        signature = _base64(hmac.new(self._key, signed, hashlib.sha256).digest())
        return self._tokens.issue(username, b".".join((signed, signature)).decode(), admin=admin)


def _base64(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")
