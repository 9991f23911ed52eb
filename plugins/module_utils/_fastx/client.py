# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The FastX client: sign-in, token, envelope.

Source: reference/fastx/notes.md and endpoints.yaml. What is marked "inferred" there is marked "assumed" here.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import json
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote

from .._connection import connection
from .._errors import (
    AnswerError,
    AuthenticationError,
    BadInputError,
    NotJsonError,
    RefusedValueError,
    UnexpectedAnswerError,
)
from .._http import ANY_SUCCESS, HINTS, WORDS_LIMIT, HttpClient, Reply, error_class
from .._options import FASTX
from .._secrets import scrub
from .._sessions.record import epoch_text
from .._task import Task

# Stands for the token in a path, as in the vendor's documents; the token takes its place on the way out only.
TOKEN = ":token"
# An answer is judged by its body, whatever its status. Only what passes by itself is left to the HTTP client's retries.
JUDGED_BY_BODY = frozenset(range(200, 600)) - {429, 502, 503, 504}
AUTH_ERROR = "AuthError"  # the one error name that is known; the vendor's own client takes it as logged out
MAX_NESTING = 3  # how often an error may be wrapped in another; the vendor's own client unwraps one


@dataclasses.dataclass(frozen=True)
class Version:
    """Where a version of the API has what; paths below base. None: no source shows the path."""

    base: str
    sign_in: str
    own_sessions: str | None
    all_sessions: str | None
    token_in_path: bool


VERSIONS: Mapping[str, Version] = {
    "2": Version("/api", "/login", "/list", "/admin/session", token_in_path=True),
    "3": Version("/v3/api", "/auth/ssh", None, None, token_in_path=False),
}


@dataclasses.dataclass(frozen=True)
class SignIn:
    """What a sign-in brought. expires_at: as UTC text where the token tells it."""

    token: str
    expires_at: str | None


class FastxClient:
    """A user's access to one FastX server. It signs in at the first request unless it was given a token.

    admin: version 3 is asked for an administrator's sign-in; version 2 knows the administrators by itself.
    """

    def __init__(
        self,
        http: HttpClient,
        *,
        username: str | None = None,
        password: str | None = None,
        token: str | None = None,
        api_version: str = "2",
        base_path: str | None = None,
        list_path: str | None = None,
        admin: bool = False,
    ):
        self.http = http
        self.version = VERSIONS[api_version]
        self.api_version = api_version
        self.base_path = _path("base_path", self.version.base if base_path is None else base_path)
        self._list_path = None if list_path is None else _path("list_path", list_path)
        self._username = username
        self._password = password
        self._token = token
        self._admin = admin
        self._own_token = False
        self._proven = False  # whether a server has accepted the token
        http.secrets.update(secret for secret in (password, token) if secret)

    @property
    def secrets(self) -> set[str]:
        return self.http.secrets

    def log_off(self) -> None:
        """Nothing: no source shows a call that gives a token back. It lapses."""

    def close(self) -> None:
        self.http.close()

    # Token

    def sign_in(self) -> SignIn:
        """Sign in with user name and password, in one step."""
        if not (self._username and self._password):
            given = {"username": self._username, "password": self._password}
            raise FASTX.no_way_in([name for name, value in given.items() if value])
        body: dict[str, Any] = {"username": self._username, "password": self._password, "basic": True}
        if self._admin and self.api_version == "3":
            body["admin"] = True
        # Assumed for version 2: POST, a body of JSON, errors in the form of version 3.
        reply = self.http.request(
            "POST",
            self.base_path + self.version.sign_in,
            body=body,
            headers={"Content-Type": "application/json"},
            success=JUDGED_BY_BODY,
            hints={"not_found": "Check url, api_version and base_path."},
        )
        hints = {
            "authentication": "Check username and password. One-time passwords and keys cannot be used here: get a "
            "token in another way and give it as auth_token.",
            "not_found": "Check url, api_version and base_path.",
        }
        result = self._result(reply, hints, otherwise=AuthenticationError)
        signed_in = self._signed_in(reply, result, hints)
        self.http.secrets.add(signed_in.token)
        self._token, self._own_token, self._proven = signed_in.token, True, False
        return signed_in

    def _signed_in(self, reply: Reply, result: Any, hints: Mapping[str, str]) -> SignIn:
        answer = result if isinstance(result, dict) else {}
        stage, token = answer.get("stage"), answer.get("token")
        if stage not in (None, "success"):
            raise AuthenticationError(
                f"{reply.where}: the server wants a further step to sign in ({str(stage)[:100]}). "
                f"{hints['authentication']}",
                status=reply.status,
                code=stage,
            )
        if not isinstance(token, str) or not token:
            raise UnexpectedAnswerError(
                f"{reply.where} answered {reply.status} without a token. Check url, api_version and base_path.",
                status=reply.status,
            )
        return SignIn(token, token_expiry(token))

    def token(self) -> str:
        """The token, after a sign-in if there is none yet."""
        if self._token is None:
            self.sign_in()
        return self._token or ""

    def accepted(self) -> None:
        """Note that the server has accepted the token."""
        self._proven = True

    def forget_token(self) -> bool:
        """Make the next request sign in again; False where that cannot help: the token was given, or never worked."""
        if not (self._own_token and self._proven):
            return False
        self._token, self._own_token = None, False
        return True

    def token_headers(self) -> dict[str, str]:
        """The headers that carry the token. Version 3 documents both; which one a server reads depends on its age."""
        if self.version.token_in_path:
            return {}
        return {"Authorization": f"Bearer {self._token}", "X-FASTX-TOKEN": self._token or ""}

    # Paths

    def list_path(self, all_users: bool) -> str:
        """The path of the list, with TOKEN where the token goes. BadInputError where none is known."""
        path = self.known_list_path(all_users)
        if path is None:
            raise BadInputError(
                f"list_path: no document shows where version {self.api_version} of the API lists sessions. Set "
                "list_path to the path of the list below base_path, as your server has it, or use api_version 2."
            )
        return f"{path}/{TOKEN}" if self.version.token_in_path else path

    def known_list_path(self, all_users: bool) -> str | None:
        """The path of the list, without a token; None where none is known."""
        path = self._list_path or (self.version.all_sessions if all_users else self.version.own_sessions)
        return None if path is None else self.base_path + path

    # Requests

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        read: bool | None = None,
        success: Collection[int] | None = None,
        hints: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request with the token, which takes the place of ":token" in the path; see HttpClient.request.

        An error in the envelope is raised whatever the status is. Signs in once more if the token has lapsed.
        """
        try:
            reply = self._send(method, path, query, body, read, success, hints)
        except AuthenticationError:
            if not self.forget_token():
                raise
            reply = self._send(method, path, query, body, read, success, hints)
        self.accepted()
        return reply

    def result(self, method: str, path: str, **options: Any) -> Any:
        """What a request's envelope holds; options as for request."""
        reply = self.request(method, path, **options)
        return self._result(reply, options.get("hints") or {})

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Any,
        read: bool | None,
        success: Collection[int] | None,
        hints: Mapping[str, str] | None,
    ) -> Reply:
        token = self.token()
        headers = self.token_headers()
        if body is not None:
            headers["Content-Type"] = "application/json"
        hints = {"authentication": self.authentication_hint(), **(hints or {})}
        reply = self.http.request(
            method,
            path.replace(TOKEN, quote(token, safe="")),
            query=query,
            body=body,
            headers=headers,
            read=read,
            success=JUDGED_BY_BODY if success is None else JUDGED_BY_BODY | frozenset(success),
            hints=hints,
            shown_path=path,
        )
        self._check(reply, hints, RefusedValueError)
        return reply

    def authentication_hint(self) -> str:
        if self._own_token:
            return "The sign-in itself succeeded. Check the account, and that url, api_version and base_path fit."
        return "The token given as auth_token is not valid, or not any more: sign in again with fastx_auth."

    # Envelope

    def _result(self, reply: Reply, hints: Mapping[str, str], otherwise: type[AnswerError] = RefusedValueError) -> Any:
        self._check(reply, hints, otherwise)
        body = reply.json()
        if isinstance(body, dict) and "result" in body:
            return body["result"]
        if isinstance(body, list):
            # The page of the list shows the array alone; that the envelope is around it stands elsewhere.
            return body
        raise UnexpectedAnswerError(
            f"{reply.where} answered {reply.status} with JSON that has neither result nor error. "
            "Check url, api_version and base_path.",
            status=reply.status,
        )

    def _check(self, reply: Reply, hints: Mapping[str, str], otherwise: type[AnswerError]) -> None:
        """Raise the error that the body holds, or that the status tells where the body is not JSON.

        otherwise: the class of an error whose cause neither its name nor the status tells.
        """
        try:
            body = reply.json()
        except NotJsonError as error:
            if reply.status in ANY_SUCCESS:
                return
            raise self._refusal(reply, "", None, hints, otherwise, instead=str(error.detail or "")) from error
        fields = body if isinstance(body, dict) else {}
        if fields.get("error"):
            words, name = error_words(fields["error"])
            raise self._refusal(reply, words, name, hints, otherwise)
        if reply.status not in ANY_SUCCESS and "result" not in fields:
            raise self._refusal(reply, "", None, hints, otherwise)

    def _refusal(
        self,
        reply: Reply,
        words: str,
        name: str | None,
        hints: Mapping[str, str],
        otherwise: type[AnswerError],
        instead: str = "",
    ) -> AnswerError:
        # Where the name tells the cause it goes before the status, which may be that of a success.
        kind = AuthenticationError if name == AUTH_ERROR else error_class(reply.status, otherwise)
        words = scrub(words or instead, self.http.secrets)[:WORDS_LIMIT]
        said = f": {words.rstrip('. ')}" if words else ""
        hint = hints.get(kind.kind) or HINTS.get(kind.kind, "")
        return kind(
            f"{reply.where} answered {reply.status}{said}. {hint}".strip(),
            status=reply.status,
            code=name,
            detail=words or None,
        )


def error_words(error: Any) -> tuple[str, str | None]:
    """(the server's words, the error's name) of the member error; never its stack."""
    for _level in range(MAX_NESTING):
        if isinstance(error, dict) and isinstance(error.get("error"), (dict, str)) and error["error"]:
            error = error["error"]
    if not isinstance(error, dict):
        return ("" if error is True else str(error)), None
    name, message = error.get("name"), error.get("message")
    texts = [str(text) for text in (name, message) if text not in (None, "")]
    return ": ".join(texts), (None if name in (None, "") else str(name))


def token_expiry(token: str) -> str | None:
    """When a JSON Web Token lapses, as UTC text, read without verification; None for a token of another form."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return epoch_text(claims["exp"])
    except (ValueError, TypeError, KeyError):
        return None


def _path(option: str, path: str) -> str:
    """A path as it is put together with others: one slash in front, none behind; "/" is none at all."""
    path = path.strip().strip("/")
    if "://" in path or any(mark in path for mark in "?# "):
        raise BadInputError(f"{option} must be a path below url, without a host, query or blanks.")
    return f"/{path}" if path else ""


def new_client(task: Task) -> FastxClient:
    """A client for a task's connection options; the caller ends it."""
    params = task.params
    return FastxClient(
        HttpClient(FASTX.http_settings(params), transport=task.transport),
        username=params.get("username"),
        password=params.get("password"),
        token=params.get("auth_token"),
        api_version=params.get("api_version") or "2",
        base_path=params.get("base_path"),
        list_path=params.get("list_path"),
        admin=bool(params.get("admin") or params.get("all_users")),
    )


def fastx_client(task: Task) -> contextlib.AbstractContextManager[FastxClient]:
    """The client for a task, from its first request to its end."""
    return connection(task, FASTX, new_client)
