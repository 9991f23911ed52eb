# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CVAD client: sign-in, controllers, URL styles, the site, headers, jobs.

Source: reference/cvad/notes.md sections 1 to 4, 8, 9 and endpoints.yaml.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from .._connection import connection
from .._errors import (
    AnswerError,
    AuthenticationError,
    BadInputError,
    NotFoundError,
    ServerFaultError,
    TlsError,
    TransportError,
    UnexpectedAnswerError,
    VdiError,
)
from .._http import HttpClient, Reply
from .._options import CVAD
from .._task import Task
from .auth import CLOUD_HOSTS, Cloud, OnPremises, SignIn, Token, default_token_url
from .fields import objects

ON_PREMISES_CUSTOMER = "CitrixOnPremises"
CONTENT_TYPE = "application/json; charset=utf-8"
MISSING_OBJECT = "object does not exist"
FROZEN_SITE = 530

# What stands before the path of a call. The techpreview segment was seen on releases of that age; that the customer
# and the site follow it as in its successor is assumed.
ROOTS = {
    "gateway": "/cvad/manage",
    "orchestration": "/citrix/orchestration/api",
    "techpreview": "/citrix/orchestration/api/techpreview",
}
# The first segments of calls that belong to no site (no Citrix-InstanceId), and of those to the customer only.
SITELESS = ("tokens", "me", "healthcheck")
CUSTOMER_WIDE = ("sites",)

Answer = TypeVar("Answer")


@dataclasses.dataclass(frozen=True)
class Site:
    """A site as `me` lists it."""

    id: str
    name: str
    customer_id: str
    customer_name: str | None

    @property
    def shown(self) -> str:
        return f"{self.name} (id {self.id})"


class CvadClient:
    """One administrator or API client at one site.

    controllers: the same site's servers, of which the next one is tried when one does not answer. It signs in at the
    first request unless it was given a token; tokens cannot be given back, they lapse.
    """

    def __init__(
        self,
        controllers: Sequence[HttpClient],
        *,
        sign_in: SignIn | None = None,
        given: Collection[str] = (),
        token: str | None = None,
        customer_id: str | None = None,
        site: str | None = None,
        url_style: str = "gateway",
        clock: Callable[[], float] = time.time,
    ):
        self._controllers = controllers
        self._here = 0
        self._sign_in = sign_in
        self._given = given  # options of an account that have a value, where they do not make one
        self._token = Token(token, None, None) if token else None
        self._own_token = False
        self._proven = token is not None  # whether the token has been accepted; a given one had been, once
        self.customer_id = customer_id or ON_PREMISES_CUSTOMER
        self._site = site
        self._site_id = site if site and _is_guid(site) else None
        self._sites: list[Site] | None = None
        self._style = url_style
        self._clock = clock
        self._secrets = controllers[0].secrets
        if token:
            self._secrets.add(token)

    # Session

    def sign_in(self) -> Token:
        """A new token of the controller that answers."""
        self._token = None
        value = self._through_controllers(lambda controller, token: token, read=True)
        return self._token or Token(value, None, None)

    def log_off(self) -> None:
        """Nothing: no documented call gives a token back."""

    @property
    def secrets(self) -> set[str]:
        return self._secrets

    def close(self) -> None:
        for controller in self._controllers:
            controller.close()
        if self._sign_in:
            self._sign_in.close()

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
        """One request; see HttpClient.request. path: below the API's root, for example /Sessions.

        Signs in once more if the token has ended. A missing object is a NotFoundError, whichever status tells it.
        """
        reads = method.upper() in ("GET", "HEAD") if read is None else read
        scope = path.lstrip("/").partition("/")[0].casefold()
        site_id = None if scope in SITELESS or scope in CUSTOMER_WIDE else self.site_id()

        def send(controller: HttpClient, token: str) -> Reply:
            transaction = str(uuid.uuid4())
            try:
                return controller.request(
                    method,
                    self._root(scope, site_id) + path,
                    query=query,
                    body=body,
                    headers=self._headers(token, site_id, transaction),
                    read=read,
                    success=success,
                    hints={"authentication": self._authentication_hint(), **(hints or {})},
                )
            except AnswerError as error:
                # The vendor asks for it when a call has failed.
                error.message += f" (Citrix-TransactionId {transaction})"
                raise

        try:
            reply = self._answered(send, reads)
        except AuthenticationError:
            if not (self._own_token and self._proven):
                raise
            self._token = None
            reply = self._answered(send, reads)
        self._proven = True
        return reply

    def _answered(self, send: Callable[[HttpClient, str], Reply], read: bool) -> Reply:
        try:
            return self._through_controllers(send, read)
        except ServerFaultError as error:
            if _is_missing(error):
                raise NotFoundError(error.message, status=error.status, code=error.code, detail=error.detail) from error
            if error.status == FROZEN_SITE:
                error.message += (
                    " The site is frozen, as cloud sites are when nobody uses them for long: open it once in the "
                    "cloud console, wait until it answers, and run again."
                )
            raise

    def _through_controllers(self, send: Callable[[HttpClient, str], Answer], read: bool) -> Answer:
        """What send, given a controller and the token, returns at the first one that answers.

        A write goes on to the next one only when it surely was not done. Of several controllers, each is asked once
        before any is waited for, but for one that wants fewer requests (429), which answers.
        """
        several = len(self._controllers) > 1
        again = several and self._controllers[0].settings.retries > 0
        errors: list[TransportError | AnswerError] = []
        for patient in (False, True) if again else (True,):
            errors = []
            for _controller in self._controllers:
                controller = self._controllers[self._here]
                controller.patient = patient
                writing = False
                try:
                    token = self._valid_token(controller)
                    writing = not read
                    return send(controller, token)
                except (TransportError, AnswerError) as error:
                    if not _may_ask_another(error, writing):
                        # Another controller may refuse a token, or know less; the first fault is the one to mend.
                        if errors:
                            error.message += f" Asked before: {_messages(errors)}"
                        raise
                    errors.append(error)
                if several:
                    self._move_on()
        first, *others = errors
        if others:
            first.message += f" The other controllers of url did not serve it either: {_messages(others)}"
        raise first

    def _move_on(self) -> None:
        self._here = (self._here + 1) % len(self._controllers)
        if self._sign_in and self._sign_in.per_controller:
            self._token = None

    def _valid_token(self, controller: HttpClient) -> str:
        """The token, renewed before it ends when that is known and can be done."""
        token = self._token
        if token and not (token.renew_at is not None and self._clock() >= token.renew_at):
            return token.value
        if not self._sign_in:
            raise CVAD.no_way_in(self._given)
        token = self._sign_in(controller, ROOTS[self._style] + "/Tokens")
        self._secrets.add(token.value)
        self._token, self._own_token, self._proven = token, True, False
        return token.value

    def _root(self, scope: str, site_id: str | None) -> str:
        root = ROOTS[self._style]
        if self._style == "gateway" or scope in SITELESS:
            return root
        root += f"/{quote(self.customer_id, safe='')}"
        return root if site_id is None else f"{root}/{quote(site_id, safe='')}"

    def _headers(self, token: str, site_id: str | None, transaction: str) -> dict[str, str]:
        headers = {
            "Authorization": f"CWSAuth bearer={token}",
            "Citrix-CustomerId": self.customer_id,
            "Citrix-TransactionId": transaction,
            "Content-Type": CONTENT_TYPE,
        }
        if site_id is not None:
            headers["Citrix-InstanceId"] = site_id
        return headers

    def _authentication_hint(self) -> str:
        if not self._own_token:
            return (
                "The token given as auth_token is not valid, or not any more: it lasts for about an hour. Sign in "
                "again with cvad_auth."
            )
        if not self._proven:
            return "The sign-in itself succeeded. Check customer_id, site, and that url is a server of that site."
        return "The token ended, and signing in again did not help. Check the rights of the account."

    # Site

    def sites(self) -> list[Site]:
        """The sites of the account, of all its customers or of the one that is named."""
        if self._sites is None:
            reply = self.request("GET", "/me")
            self._sites = _sites(reply, self.customer_id)
        return self._sites

    def site_id(self) -> str:
        """The id of the site: the named one, or the only one. BadInputError lists them otherwise."""
        if self._site_id is None:
            self._site_id = self.chosen_site().id
        return self._site_id

    def chosen_site(self) -> Site:
        """The site that is named, or the only one, as the server lists it."""
        sites = self.sites()
        known = ", ".join(site.shown for site in sites) or "none"
        if not self._site:
            if len(sites) == 1:
                return sites[0]
            if not sites:
                raise BadInputError("The account has no site. Check customer_id, and the rights of the account.")
            raise BadInputError(f"site: the account has several sites; choose one by name or id: {known}.")
        wanted = self._site.casefold()
        for found in (
            [site for site in sites if self._site in (site.id, site.name)],
            [site for site in sites if wanted in (site.id.casefold(), site.name.casefold())],
        ):
            if len(found) == 1:
                return found[0]
            if found:
                raise BadInputError(f"site: {self._site!r} is the name of several sites; give the id: {known}.")
        raise BadInputError(f"site: the account has no site {self._site!r}. It has: {known}.")


def _sites(reply: Reply, customer_id: str) -> list[Site]:
    body = reply.json()
    customers = body.get("Customers") if isinstance(body, dict) else None
    lists = [customers, *(customer.get("Sites") or [] for customer in objects(customers))]
    if not all(isinstance(one, list) for one in lists):
        raise UnexpectedAnswerError(
            f"{reply.where} answered {reply.status} without Customers, or with Sites that are no list. "
            "Check url and url_style.",
            status=reply.status,
        )
    sites = [
        Site(str(site["Id"]), str(site.get("Name") or site["Id"]), str(customer.get("Id")), customer.get("Name"))
        for customer in objects(customers)
        for site in objects(customer.get("Sites"))
        if site.get("Id")
    ]
    own = [site for site in sites if site.customer_id.casefold() == customer_id.casefold()]
    return own or sites


def _messages(errors: Sequence[VdiError]) -> str:
    return " ".join(error.message for error in errors)


def _is_missing(error: VdiError) -> bool:
    return MISSING_OBJECT in (error.detail or "").casefold()


def _may_ask_another(error: TransportError | AnswerError, writing: bool) -> bool:
    if isinstance(error, TransportError):
        # TLS may also break after the request went out, which its errors do not tell.
        return not (writing and (error.lost_answer or isinstance(error, TlsError)))
    if writing:
        # A 503 that says when to come back was not carried out; of any other the answer counts as lost.
        return error.status == 503 and not error.lost_answer
    # 5xx on-premises usually means that the controller's service is down (notes.md section 12); that this goes for all
    # of them, and that another controller serves then, is assumed.
    return isinstance(error, ServerFaultError) and error.status != FROZEN_SITE and not _is_missing(error)


def _is_guid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.casefold()
    except ValueError:
        return False


def new_client(task: Task) -> CvadClient:
    """A client for a task's connection options; the caller ends it."""
    params = task.params
    settings = [CVAD.http_settings({**params, "url": url}) for url in params.get("url") or [None]]
    controllers = [HttpClient(one, transport=task.transport) for one in settings]
    for controller in controllers:
        controller.secrets = controllers[0].secrets
    customer_id = params.get("customer_id")
    cloud = any(urlsplit(one.url).hostname in CLOUD_HOSTS for one in settings) or bool(params.get("client_secret"))
    if cloud and not customer_id:
        raise BadInputError(
            f"customer_id: Citrix Cloud needs it; the variable {CVAD.variable('customer_id')} serves too."
        )
    return CvadClient(
        controllers,
        sign_in=_sign_in(task, controllers[0]),
        given=[name for account in CVAD.accounts for name in account if params.get(name)],
        token=params.get("auth_token"),
        customer_id=customer_id,
        site=params.get("site"),
        url_style=params.get("url_style") or "gateway",
    )


def _sign_in(task: Task, controller: HttpClient) -> SignIn | None:
    params = task.params
    if params.get("username") and params.get("password"):
        controller.secrets.add(params["password"])
        return OnPremises(params["username"], params["password"])
    if params.get("client_id") and params.get("client_secret"):
        url = params.get("token_url") or default_token_url(controller.base, params["customer_id"])
        http = HttpClient(CVAD.http_settings({**params, "url": url}), transport=task.transport)
        http.secrets = controller.secrets
        http.secrets.add(params["client_secret"])
        return Cloud(http, params["client_id"], params["client_secret"])
    return None


def cvad_client(task: Task) -> contextlib.AbstractContextManager[CvadClient]:
    """The client for a task."""
    return connection(task, CVAD, new_client)
