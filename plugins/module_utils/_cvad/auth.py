# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two ways to sign in to CVAD: on-premises with a domain account, in the cloud with an API client.

Source: reference/cvad/notes.md sections 2 and 3.
"""

from __future__ import annotations

import base64
import dataclasses
import math
import time
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urlsplit

from .._errors import AuthenticationError, UnexpectedAnswerError
from .._http import HttpClient, Reply
from .._sessions.record import epoch_text, read_time, utc_text

# Hosts of the cloud gateway. Each serves tokens and calls. Source: notes.md sections 1 and 3.
CLOUD_HOSTS = (
    "api.cloud.com",
    "api-us.cloud.com",
    "api-eu.cloud.com",
    "api-ap-s.cloud.com",
    "api.citrixcloud.jp",
)
TOKEN_PATH = "/cctrustoauth2/{customer}/tokens/clients"
RENEW_EARLY = 60.0  # seconds before the end, as the official client does


@dataclasses.dataclass(frozen=True)
class Token:
    """A bearer token. expires_at: UTC text, or the server's own where it is no time; renew_at: epoch seconds.

    Both None: not known, so that only a 401 tells.
    """

    value: str
    expires_at: str | None
    renew_at: float | None


class SignIn(Protocol):
    """One way to get a token."""

    def __call__(self, controller: HttpClient, path: str) -> Token:
        """A new token. controller, path: where CVAD itself hands out tokens."""

    @property
    def per_controller(self) -> bool:
        """Whether another controller wants a sign-in of its own."""

    def close(self) -> None: ...


class OnPremises:
    """A domain account, by Basic authentication to the controller's Tokens call."""

    per_controller = True

    def __init__(self, username: str, password: str, clock: Callable[[], float] = time.time):
        self._basic = base64.b64encode(f"{username}:{password}".encode()).decode()
        self._clock = clock

    def __call__(self, controller: HttpClient, path: str) -> Token:
        controller.secrets.add(self._basic)
        reply = controller.request(
            "POST",
            path,
            headers={"Authorization": f"Basic {self._basic}"},
            # Nothing on the server changes, so that it may be repeated after a lost connection.
            read=True,
            success=(200,),
            hints={
                "authentication": "Check username (DOMAIN\\user) and password, and that the account is a Citrix "
                "administrator.",
                "not_found": "Check url (a delivery controller, without /cvad/manage at its end) and url_style.",
            },
        )
        body = _fields(reply)
        expires = body.get("expiresat")
        moment = read_time(expires)
        life = None if moment is None else moment.timestamp() - self._clock()
        return Token(_token(reply, body.get("token"), "Token"), utc_text(expires), _renew_at(self._clock(), life))

    def close(self) -> None:
        pass


class Cloud:
    """An API client of Citrix Cloud, by its id and secret. http: the token address is a server of its own."""

    per_controller = False

    def __init__(self, http: HttpClient, client_id: str, client_secret: str, clock: Callable[[], float] = time.time):
        self._http = http
        self._form = urlencode(
            {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        ).encode()
        self._clock = clock

    def __call__(self, controller: HttpClient, path: str) -> Token:
        hint = "Check client_id, client_secret and customer_id."
        reply = self._http.request(
            "POST",
            "",
            body=self._form,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            read=True,
            success=(200,),
            hints={
                "authentication": hint,
                "refused_value": hint,
                "not_found": "Check customer_id and token_url.",
            },
        )
        body = _fields(reply)
        if body.get("error"):
            words = "; ".join(str(body[name]) for name in ("error", "error_description") if body.get(name))
            raise AuthenticationError(
                f"{reply.where} refused the sign-in: {words.rstrip('. ')}. {hint}",
                status=reply.status,
                code=body["error"],
                detail=words,
            )
        life = _seconds(body.get("expires_in"))
        return Token(
            _token(reply, body.get("access_token"), "access_token"),
            None if life is None else epoch_text(self._clock() + life),
            _renew_at(self._clock(), life),
        )

    def close(self) -> None:
        self._http.close()


def default_token_url(url: str, customer_id: str) -> str:
    """Where the cloud hands out tokens: the regional host of url if it is one, else the global one."""
    host = (urlsplit(url).hostname or "").lower()
    path = TOKEN_PATH.format(customer=quote(customer_id, safe=""))
    return f"https://{host if host in CLOUD_HOSTS else CLOUD_HOSTS[0]}{path}"


def _fields(reply: Reply) -> dict[str, Any]:
    body = reply.json()
    return {str(key).lower(): value for key, value in body.items()} if isinstance(body, dict) else {}


def _token(reply: Reply, value: Any, name: str) -> str:
    if isinstance(value, str) and value:
        return value
    raise UnexpectedAnswerError(
        f"{reply.where} answered {reply.status} without a {name}. Check url, url_style and token_url.",
        status=reply.status,
    )


def _seconds(value: Any) -> float | None:
    """expires_in, which comes as a number or as text; None for what is no time to live."""
    try:
        life = None if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return life if life is not None and math.isfinite(life) else None


def _renew_at(now: float, life: float | None) -> float | None:
    """When to sign in again. A token that seems to have ended already means that the clocks differ: wait for a 401."""
    if life is None or life <= 0:
        return None
    return now + max(life - RENEW_EARLY, life / 2)
