# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each operation does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from emulator.cvad import enums, headers
from emulator.cvad.errors import CONTENT_TYPE, CvadError, bad_value
from emulator.cvad.jobs import Job, Outcome
from emulator.cvad.options import CvadOptions
from emulator.cvad.record import PROPERTIES, Session
from emulator.cvad.search import read_search
from emulator.cvad.sites import Site, Sites, changed
from emulator.cvad.store import PageRequest
from emulator.cvad.times import formatted, time_of_day
from emulator.exchange import ApiRequest, NotJsonError, Reply, dump
from emulator.tokens import Token, Tokens

USER_SID = "S-1-5-21-1004336348-1177238915-682003330-500"
FORM_TYPE = "application/x-www-form-urlencoded"
# The official customer segment of a sign-in that does not name the customer.
ROOT_CUSTOMER = "root"


def json_reply(body: bytes, status: int = 200) -> Reply:
    """An answer with JSON."""
    return Reply(status, body, CONTENT_TYPE)


@dataclass(frozen=True)
class Account:
    """The administrator that may sign in."""

    username: str = "administrator"
    password: str = "11112222"


@dataclass
class Service:
    """The state behind all operations."""

    options: CvadOptions
    account: Account
    tokens: Tokens
    sites: Sites
    messages: int = 0

    def token(self, request: ApiRequest) -> Token | None:
        """The token of a request."""
        return self.tokens.find(headers.bearer(request))

    def principal(self, request: ApiRequest) -> str:
        """Who calls."""
        token = self.token(request)
        return self.account.username if token is None else token.principal

    def site(self, request: ApiRequest) -> Site:
        """The site that the address names, or the header does."""
        name = request.path_values.get("siteId") or request.headers.get(headers.INSTANCE, "")
        site = self.sites.find(name)
        if site is None or site.id != name.lower():
            raise CvadError(404, f"There is no site {name!r}.")
        return site

    def missing(self, what: str) -> CvadError:
        """A referenced object that does not exist, in the form that was chosen."""
        if self.options.missing == 500:
            return CvadError(500, "Object does not exist.")
        return CvadError(404, what)


class SignIn:
    """Tokens, on premises and in the cloud, and what a token is good for."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def create(self, request: ApiRequest) -> Reply:
        """``POST tokens`` with Basic credentials; a body has no meaning."""
        account = self._service.account
        if headers.basic(request) != (account.username, account.password):
            raise CvadError(401, "The user name or the password is wrong.")
        return self._issued(account.username)

    def refresh(self, request: ApiRequest) -> Reply:
        """``POST tokens/$refresh``."""
        return self._issued(self._service.principal(request))

    def _issued(self, principal: str) -> Reply:
        token = self._service.tokens.issue(principal)
        ends = self._service.sites.now() + int(self._service.tokens.seconds)
        body = {
            "Token": token.text,
            "Principal": principal,
            "UserId": USER_SID,
            "CustomerId": self._service.options.customer,
            "ExpiresAt": formatted(ends),
        }
        return json_reply(dump(body))

    def cloud(self, request: ApiRequest) -> Reply:
        """``POST …/tokens/clients``, form-encoded."""
        if headers.media_type(request) != FORM_TYPE:
            return self._refused("invalid_request", f"The media type must be {FORM_TYPE}.", 400)
        form = {name: values[0] for name, values in parse_qs(request.body.decode(), keep_blank_values=True).items()}
        if form.get("grant_type") != "client_credentials":
            return self._refused("unsupported_grant_type", "grant_type must be client_credentials.", 400)
        options = self._service.options
        known = request.path_values["customerId"].lower() in (options.customer.lower(), ROOT_CUSTOMER)
        if not known or (form.get("client_id"), form.get("client_secret")) != (
            options.client_id,
            options.client_secret,
        ):
            return self._refused("invalid_client", "The client or its secret is not known.", 401)
        token = self._service.tokens.issue(options.client_id)
        seconds = int(self._service.tokens.seconds)
        body = {
            "token_type": "bearer",
            "access_token": token.text,
            "expires_in": str(seconds) if options.expires_in == "text" else seconds,
        }
        return json_reply(dump(body))

    def _refused(self, error: str, description: str, status: int) -> Reply:
        inside = self._service.options.sign_in_errors == "in-200"
        return json_reply(dump({"error": error, "error_description": description}), 200 if inside else status)

    def me(self, request: ApiRequest) -> Reply:
        """``GET me``."""
        service, token = self._service, self._service.token(request)
        left = 0.0 if token is None else token.ends - service.tokens.now()
        ends = service.sites.now() + int(left)
        # The vendor's sample of 2020 shows a bare time of day.
        expiry = formatted(ends) if service.options.formatted_times else time_of_day(ends)
        customer = service.options.customer
        body = {
            "UserId": USER_SID,
            "DisplayName": service.principal(request),
            "ExpiryTime": expiry,
            "RefreshExpirationTime": expiry,
            "VerifiedEmail": None,
            "IsCspCustomer": False,
            "Customers": [
                {"Id": customer, "Name": customer, "Sites": [site.reference() for site in service.sites.all]}
            ],
        }
        return json_reply(dump(body))


class SiteOperations:
    """Sites, and what the server says about itself."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def sites(self, _request: ApiRequest) -> Reply:
        """``GET Sites``."""
        items = [site.reference() for site in self._service.sites.all]
        return json_reply(dump({"Items": items, "ContinuationToken": None, "TotalItems": len(items)}))

    def site(self, request: ApiRequest) -> Reply:
        """``GET Sites/{nameOrId}``."""
        site = self._service.sites.find(request.path_values["nameOrId"])
        if site is None:
            raise self._service.missing("There is no such site.")
        return json_reply(dump(site.detail()))

    def about(self, _request: ApiRequest) -> Reply:
        """``GET About``."""
        return json_reply(dump({"Commit": None, "IsCloud": self._service.options.cloud}))

    def health(self, _request: ApiRequest) -> Reply:
        """``GET HealthCheck``."""
        return json_reply(b"true")


class SessionOperations:
    """Lists, searches and actions."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def sessions(self, request: ApiRequest) -> Reply:
        """``GET Sessions``."""
        store = self._service.site(request).sessions
        page = store.page_json(store.all(), self._page(request, ""))
        return self._perhaps_async(request, "GetSessions", page)

    def search(self, request: ApiRequest) -> Reply:
        """``POST Sessions/$search``."""
        document, store = _body(request), self._service.site(request).sessions
        search = read_search(document, self._service.sites.now())
        skip = _number(request, "skip") or 0
        if skip < 0:
            raise bad_value("skip", skip, "must not be negative")
        subject = f"{skip} {dump(document).decode()}"
        found = store.selection(subject, lambda: search.run(store.all())[skip:])
        return self._perhaps_async(request, "DoSessionSearch", store.page_json(found, self._page(request, subject)))

    def get(self, request: ApiRequest) -> Reply:
        """``GET Sessions/{id}``."""
        site, session = self._session(request)
        return json_reply(site.sessions.one_json(session, self._fields(request)))

    def disconnect(self, request: ApiRequest) -> Reply:
        """``POST …/$disconnect``."""

        def act(site: Site, session: Session) -> Session:
            if session.value("State") == "Disconnected":
                return session
            after = changed(session, self._service.sites.now(), State="Disconnected")
            site.sessions.put(after)
            return after

        return self._act(request, "DisconnectSessions", act)

    def send_message(self, request: ApiRequest) -> Reply:
        """``POST …/$sendMessage``."""
        body = _body(request)
        for name, value in body.items():
            if name not in ("Style", "Title", "Text"):
                raise bad_value(name, value, "is not a field of a message")
            if value is not None and not isinstance(value, str):
                raise bad_value(name, value, "must be a text")
        if body.get("Style") is not None and body["Style"] not in enums.MESSAGE_STYLE:
            raise bad_value("Style", body["Style"], f"must be one of {', '.join(sorted(enums.MESSAGE_STYLE))}")

        def act(_site: Site, session: Session) -> Session:
            self._service.messages += 1
            return session

        return self._act(request, "SendSessionMessage", act)

    def logoff(self, request: ApiRequest) -> Reply:
        """``POST …/$logoff``: a job, or done at once where the server was told so."""
        wanted = _flag(request, "async")
        site, session = self._session(request)
        if self._service.options.logoff_sync and not wanted:
            site.sessions.remove(session.id)
            return Reply(204)
        site.sessions.put(changed(session, self._service.sites.now(), LogoffInProgress=True))

        def finish(well: bool) -> None:
            current = site.sessions.get(session.id)
            if well:
                site.sessions.remove(session.id)
            elif current is not None:
                site.sessions.put(changed(current, self._service.sites.now(), LogoffInProgress=False))

        return self._job(request, site, "LogoffSessions", finish=finish, session_id=session.id)

    def _act(self, request: ApiRequest, kind: str, act: Callable[[Site, Session], Session]) -> Reply:
        """Do something to a session, now or in a job."""
        wanted = _flag(request, "async")
        site, session = self._session(request)
        if not wanted:
            return json_reply(self._result(site, act(site, session)))

        def finish(well: bool) -> None:
            current = site.sessions.get(session.id)
            if well and current is not None:
                act(site, current)

        result = self._result(site, session)
        return self._job(request, site, kind, finish=finish, result=result, session_id=session.id)

    def _result(self, site: Site, session: Session) -> bytes:
        body = site.sessions.one_json(session)
        return b'{"Items":[%b]}' % body if self._service.options.envelope else body

    def _perhaps_async(self, request: ApiRequest, kind: str, page: bytes) -> Reply:
        if not _flag(request, "async"):
            return json_reply(page)
        return self._job(request, self._service.site(request), kind, result=page)

    def _job(
        self,
        request: ApiRequest,
        site: Site,
        kind: str,
        *,
        finish: Callable[[bool], None] = lambda _well: None,
        result: bytes = b"",
        session_id: str | None = None,
    ) -> Reply:
        outcome = Outcome.read(request.quirk("job"), self._service.options.job_seconds)
        parameters = {} if session_id is None else {"SessionId": session_id}
        principal = self._service.principal(request)
        job = site.jobs.start(kind, principal, outcome, parameters=parameters, result=result, finish=finish)
        return Reply(202, headers={"Location": _job_address(request, job)})

    def _session(self, request: ApiRequest) -> tuple[Site, Session]:
        site, session_id = self._service.site(request), request.path_values["id"]
        if request.quirk("vanish") is not None:
            site.sessions.remove(session_id)
        session = site.sessions.get(session_id)
        if session is None:
            raise self._service.missing(f"There is no session {session_id!r}.")
        return site, session

    def _page(self, request: ApiRequest, subject: str) -> PageRequest:
        return PageRequest(
            subject=subject,
            limit=_number(request, "limit"),
            token=request.first_query("continuationToken") or None,
            fields=self._fields(request),
        )

    def _fields(self, request: ApiRequest) -> tuple[str, ...] | None:
        text = request.first_query("fields")
        if not text:
            return None
        known = {name.casefold(): name for name in PROPERTIES}
        names = [name.strip() for name in text.split(",")]
        for name in names:
            if name.casefold() not in known:
                raise bad_value("fields", name, "is not a property of a session")
        return None if self._service.options.ignore_fields else tuple(known[name.casefold()] for name in names)


class JobOperations:
    """Jobs of the caller."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def jobs(self, request: ApiRequest) -> Reply:
        """``GET Jobs``."""
        jobs = self._service.site(request).jobs
        items = [job.document(jobs.now()) for job in jobs.of(self._service.principal(request))]
        return json_reply(dump({"Items": items, "ContinuationToken": None, "TotalItems": len(items)}))

    def get(self, request: ApiRequest) -> Reply:
        """``GET Jobs/{id}``."""
        site, job = self._job(request)
        return json_reply(dump(job.document(site.jobs.now())))

    def results(self, request: ApiRequest) -> Reply:
        """``GET Jobs/{id}/Results``."""
        site, job = self._job(request)
        if not job.ended(site.jobs.now()):
            raise CvadError(400, "The job has not ended yet.")
        return json_reply(job.result) if job.result else Reply(204)

    def cancel(self, request: ApiRequest) -> Reply:
        """``POST Jobs/{id}/$cancel``."""
        site, job = self._job(request)
        site.jobs.cancel(job)
        return json_reply(dump(job.document(site.jobs.now())))

    def delete(self, request: ApiRequest) -> Reply:
        """``DELETE Jobs/{id}``."""
        site, job = self._job(request)
        if not job.ended(site.jobs.now()):
            raise CvadError(409, "The job is running.")
        site.jobs.delete(job)
        return Reply(204)

    def _job(self, request: ApiRequest) -> tuple[Site, Job]:
        site = self._service.site(request)
        job = site.jobs.find(request.path_values["id"], self._service.principal(request))
        if job is None:
            raise self._service.missing("There is no such job.")
        return site, job


def _job_address(request: ApiRequest, job: Job) -> str:
    """The job's address in the style of the request."""
    prefix = re.split(r"/sessions(?=/|$)", request.path, maxsplit=1, flags=re.IGNORECASE)[0]
    return f"{request.scheme}://{request.headers.get('host', '')}{prefix}/Jobs/{job.id}"


def _body(request: ApiRequest) -> Mapping[str, Any]:
    try:
        document = request.document()
    except NotJsonError as error:
        raise CvadError(400, f"The body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise CvadError(400, "A JSON object is required as body.")
    return document


def _number(request: ApiRequest, name: str) -> int | None:
    text = request.first_query(name)
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise bad_value(name, text, "is not a number") from None


def _flag(request: ApiRequest, name: str) -> bool:
    text = (request.first_query(name) or "false").lower()
    if text not in ("true", "false"):
        raise bad_value(name, text, "must be true or false")
    return text == "true"
