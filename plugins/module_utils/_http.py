# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one HTTP client: TLS, time limits, retries, redirects, the error ladder, redaction.

It knows neither Ansible nor any platform; a platform's client adds paths, headers and sign-in.
"""

from __future__ import annotations

import contextlib
import dataclasses
import email.utils
import http
import json
import logging
import random
import re
import socket
import ssl
import time
import urllib.request
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ._deps import httpx, pydantic_core, require
from ._errors import (
    AnswerError,
    AuthenticationError,
    BadInputError,
    ConflictError,
    InsecureUrlError,
    NotFoundError,
    NotJsonError,
    PermissionDeniedError,
    RateLimitError,
    RedirectError,
    RefusedValueError,
    ServerFaultError,
    TimeLimitError,
    TlsError,
    TransportError,
    UnexpectedAnswerError,
    UnreachableError,
)
from ._secrets import scrub
from ._tls import tls_context

USER_AGENT = "deskops.vdi"
CONNECT_LIMIT = 10.0  # seconds; a host that does not answer the connection within it is down, however slow its API
MAX_RETRY_AFTER = 60.0  # seconds; the most that a server may ask us to wait between two tries
MAX_TOTAL_WAIT = 120.0  # seconds of waiting, over all tries of one request
FIRST_WAIT = 0.5  # seconds, doubled at each try
FIRST_RATE_LIMIT_WAIT = 2.0  # 2 + 4 + 8 outlast the 10 second window of RAS v21 with the default three retries
MAX_REDIRECTS = 5
KEEPALIVE_SECONDS = 3.0  # below the idle limit of common servers, so that no write meets a closing connection
WORDS_LIMIT = 500  # characters of a server's own words in a message
# Of these the secrets are taken out before they are cut to the limit: half a secret would not be recognised.
_WORDS_READ = 10 * WORDS_LIMIT

SUCCESS: Mapping[str, Collection[int]] = {
    "GET": (200,),
    "POST": (200, 201, 202, 204),
    "PUT": (200, 204),
    "PATCH": (200, 204),
    "DELETE": (200, 204),
}
ANY_SUCCESS = range(200, 300)

_PASSING_STATUS = frozenset((429, 502, 503, 504))
# Such an answer may come from a proxy, while the server behind it carries the request out.
_BY_A_PROXY = frozenset((502, 503, 504))
_LADDER: Mapping[int, type[AnswerError]] = {
    400: RefusedValueError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    412: RefusedValueError,
    415: RefusedValueError,
    422: RefusedValueError,
    429: RateLimitError,
}
HINTS: Mapping[str, str] = {
    "authentication": "Check username and password; a token given as auth_token may have expired: sign in again.",
    "permission": "The account lacks the right to do this: grant it, or sign in with another username.",
    "not_found": "Check the id or name, and that this version of the server knows the call.",
    "conflict": "An object with these properties exists already.",
    "rate_limit": "The server limits the number of requests: raise retries, or let fewer hosts run at once (throttle).",
    "refused_value": "Correct what the server names.",
    "server_fault": "The fault is the server's: see its log, or try again later.",
    "redirect": "Set url to the address where the API is served.",
}

PROXY_HINT = "Correct the proxy variables, add the host to NO_PROXY, or set use_proxy to false."

# What httpx reads of the environment, in both letter cases.
PROXY_VARIABLES = tuple(
    variable for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY") for variable in (name, name.lower())
)

# Both libraries log full addresses, which may carry a password in the query or a token in the path, at levels that
# ANSIBLE_LOG_PATH would keep.
for _name in ("httpx", "httpcore"):
    _logger = logging.getLogger(_name)
    _logger.setLevel(logging.CRITICAL + 1)
    # Also where somebody sets another level later.
    _logger.propagate = False
    _logger.disabled = True


@dataclasses.dataclass(frozen=True)
class HttpSettings:
    """How to reach one server. timeout: seconds between two packets of an answer; retries: tries after the first."""

    url: str
    validate_certs: bool = True
    ca_path: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    use_proxy: bool = True
    timeout: float = 30.0
    retries: int = 3
    allow_insecure_http: bool = False


class Reply:
    """A successful answer: status, headers (any letter case), content (bytes)."""

    def __init__(
        self,
        status: int,
        headers: Mapping[str, str],
        content: bytes,
        where: str,
        clean: Callable[[str], str] = str,
    ):
        self.status = status
        self.headers = headers
        self.content = content
        self.where = where
        self._clean = clean

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The parsed body; NotJsonError says what stands there instead."""
        # pydantic's parser takes half the time. The standard one takes more (a lone surrogate, another encoding than
        # UTF-8), and tells where a body breaks off.
        with contextlib.suppress(ValueError):
            return pydantic_core.from_json(self.content)
        try:
            return json.loads(self.content)
        except ValueError as error:
            raise NotJsonError(
                f"{self.where} answered {self.status} with {self._instead(error)}. "
                "Check that url is the address of the API, and that no proxy or portal answers in its place.",
                status=self.status,
                detail=self._clean(_words(self.content)[0])[:WORDS_LIMIT],
            ) from error

    def refuse_html(self) -> None:
        """Raise NotJsonError for a page: something else has answered. Whether a write was carried out is not known."""
        if self.content.lstrip().startswith(b"<"):
            try:
                self.json()
            except NotJsonError as error:
                error.lost_answer = True
                raise

    def _instead(self, error: ValueError) -> str:
        text = self.text.strip()
        if not text:
            return "an empty body instead of JSON"
        if text.startswith("<"):
            return f"an HTML page{self._clean(_title(text))} instead of JSON"
        if text[0] in "[{" and isinstance(error, json.JSONDecodeError):
            return f"JSON that is cut off or broken at character {error.pos} of {len(self.text)}"
        return "plain text instead of JSON"


class HttpClient:
    """Sends requests to one server. Use as a context manager, or call close().

    secrets: every value in it is taken out of the texts of errors, in plain and in encoded form.
    transport, sleep, jitter: replaced by tests.
    """

    def __init__(
        self,
        settings: HttpSettings,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ):
        require()
        self.settings = settings
        self.secrets: set[str] = set()
        # Whether a server that cannot be reached, or whose service is down, is tried again; off where another one can
        # be asked instead.
        self.patient = True
        self._sleep = sleep
        self._jitter = jitter
        self.base = _checked_base(settings)
        self._origin = _origin(self.base)
        self._answered = False  # whether the server has answered a request, so that address and certificates are right
        try:
            self._proxy = _proxy(self._origin) if settings.use_proxy and transport is None else None
            self._client = httpx.Client(
                verify=tls_context(
                    settings.validate_certs, settings.ca_path, settings.client_cert, settings.client_key
                ),
                timeout=httpx.Timeout(settings.timeout, connect=min(settings.timeout, CONNECT_LIMIT)),
                limits=httpx.Limits(keepalive_expiry=KEEPALIVE_SECONDS),
                trust_env=settings.use_proxy,
                follow_redirects=False,
                headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
                transport=transport,
            )
        except httpx.InvalidURL as error:
            # Its words may hold a part of the proxy's password.
            raise BadInputError(
                f"The proxy of the environment cannot be used: its address is not valid. {PROXY_HINT}"
            ) from error
        except (ImportError, ValueError) as error:
            raise BadInputError(f"The proxy of the environment cannot be used: {error}. {PROXY_HINT}") from error

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        read: bool | None = None,
        success: Collection[int] | None = None,
        hints: Mapping[str, str] | None = None,
        shown_path: str | None = None,
    ) -> Reply:
        """Send one request and return its answer.

        path: below the url's own path. body: sent as JSON unless None or bytes. read: whether it changes nothing on the
        server (default: GET and HEAD), which decides what may be repeated. success: statuses that are success (default:
        by method).
        hints: kind of error -> what to change, instead of the common advice. shown_path: stands for path in messages.
        Raises a TransportError or an AnswerError; with lost_answer set, a write may have been carried out.
        """
        method = method.upper()
        read = method in ("GET", "HEAD") if read is None else read
        where = f"{method} {self.base}{shown_path or path}"
        success = SUCCESS.get(method, ANY_SUCCESS) if success is None else success
        request = self._request(method, path, query, body, headers)
        waited, tries = 0.0, 1
        while True:
            error: TransportError | AnswerError
            wait_asked: float | None = None
            try:
                response = self._send(request, where, read)
            except TransportError as transport_error:
                error = transport_error
                again = self.patient and error.passing and (read or not error.lost_answer)
            else:
                if response.status_code in success:
                    reply = Reply(response.status_code, response.headers, response.content, where, self._clean)
                    if not read:
                        reply.refuse_html()
                    return reply
                error = self._refusal(response, where, hints or {})
                wait_asked = _retry_after(response.headers.get("retry-after"))
                if not read and wait_asked is None and response.status_code in _BY_A_PROXY:
                    error.lost_answer = True
                    error.message += _maybe_done(read)
                again = _may_repeat(response.status_code, read, wait_asked is not None) and (
                    self.patient or response.status_code not in _BY_A_PROXY
                )
            wait = self._wait(tries, wait_asked, isinstance(error, RateLimitError))
            if not again or tries > self.settings.retries or waited + wait > MAX_TOTAL_WAIT:
                if tries > 1:
                    error.message += f" (tried {tries} times, waiting {waited:.0f} s in all)"
                raise error
            self._sleep(wait)
            waited += wait
            tries += 1

    def _request(
        self, method: str, path: str, query: Mapping[str, Any] | None, body: Any, headers: Mapping[str, str] | None
    ) -> httpx.Request:
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if any(not value.isprintable() or not value.isascii() for value in (headers or {}).values()):
            raise BadInputError(
                "auth_token, username or password holds a character that cannot stand in a header: "
                "only printable ASCII can."
            )
        try:
            return self._client.build_request(
                method, self.base + path, params=_query(query), content=content, headers=headers
            )
        except (httpx.InvalidURL, ValueError) as error:
            raise BadInputError(f"The path or url is not valid: {self._clean(str(error)).rstrip('.')}.") from error

    def _wait(self, tries: int, asked: float | None, rate_limited: bool) -> float:
        if asked is not None:
            return min(asked, MAX_RETRY_AFTER)
        first = FIRST_RATE_LIMIT_WAIT if rate_limited else FIRST_WAIT
        return float(first * 2 ** (tries - 1) * (1 + 0.1 * self._jitter()))

    def _send(self, request: httpx.Request, where: str, read: bool) -> httpx.Response:
        for _hop in range(MAX_REDIRECTS + 1):
            try:
                response = self._client.send(request)
            except httpx.HTTPError as error:
                if isinstance(error.__context__, httpx.InvalidURL):  # httpx reads the address of a redirect, too
                    raise _redirected_nowhere(where) from error
                raise self._transport_error(error, where, read) from error
            self._answered = True
            if not response.has_redirect_location:
                return response
            request = self._redirected(request, response, where, read)
        raise RedirectError(f"{where} was redirected more than {MAX_REDIRECTS} times. {HINTS['redirect']}")

    def _redirected(self, request: httpx.Request, response: httpx.Response, where: str, read: bool) -> httpx.Request:
        """The request for the new address. Only to the same origin, so that no secret reaches another server."""
        status = response.status_code
        try:
            target = request.url.join(response.headers["location"])
            origin = _origin(str(target))
        except (httpx.InvalidURL, ValueError) as error:
            raise _redirected_nowhere(where, status) from error
        shown = f"{target.scheme}://{target.netloc.decode()}{target.path}"
        if origin != self._origin:
            raise RedirectError(
                f"{where} is redirected to another server ({status} to {self._clean(shown)}), which is not followed. "
                f"{HINTS['redirect']}",
                status=status,
            )
        if not read and status not in (307, 308):
            raise RedirectError(
                f"{where} is redirected ({status} to {self._clean(shown)}); a write is not sent on. "
                f"{HINTS['redirect']}",
                status=status,
            )
        keeps = status in (307, 308)
        return self._client.build_request(
            request.method if keeps else "GET",
            target,
            content=request.content if keeps else None,
            headers={name: value for name, value in request.headers.items() if name not in ("host", "content-length")},
        )

    def _refusal(self, response: httpx.Response, where: str, hints: Mapping[str, str]) -> AnswerError:
        status = response.status_code
        ladder = error_class(status)
        words, code = _words(response.content, known=_phrase(status))
        words = self._clean(words)[:WORDS_LIMIT]
        hint = hints.get(ladder.kind) or HINTS.get(ladder.kind, "")
        said = f": {words.rstrip('. ')}" if words else ""
        return ladder(
            f"{where} answered {status} {_phrase(status)}{said}. {hint}".strip(),
            status=status,
            code=code,
            detail=words or None,
        )

    def _transport_error(self, error: httpx.HTTPError, where: str, read: bool) -> TransportError:
        chain = list(causes(error))
        connecting = isinstance(error, httpx.ConnectError)
        for cause in chain:
            # Once the connection stands, only the server's refusal of the client is about TLS (version 1.3 tells it
            # late); anything else is a lost connection.
            if isinstance(cause, ssl.SSLError) and (connecting or _refuses_client(cause)):
                return TlsError(f"{where} failed: {tls_words(cause, self._origin[1], self.settings.ca_path)}")
        server = f"{self._origin[1]}:{self._origin[2]}"
        check = "Check the host and port of url, and that the service runs."
        if self._proxy:
            server, check = f"the proxy {self._proxy} of the environment", PROXY_HINT
        if isinstance(error, httpx.ConnectTimeout):
            limit = min(self.settings.timeout, CONNECT_LIMIT)
            return TimeLimitError(
                f"{where} failed: {server} did not accept the connection within {limit:g} s. {check} "
                "Look at firewalls on the way, too."
            )
        if isinstance(error, httpx.TimeoutException):
            return TimeLimitError(
                f"{where} failed: no answer within the time limit of {self.settings.timeout:g} s. Raise timeout."
                + _maybe_done(read),
                lost_answer=True,
            )
        for cause in chain:
            if isinstance(cause, socket.gaierror):
                host, check = (
                    (server, check) if self._proxy else (f"the host {self._origin[1]}", "Check the host name in url.")
                )
                return UnreachableError(
                    f"{where} failed: {host} is unknown ({cause.strerror}). {check}",
                    passing=cause.errno == socket.EAI_AGAIN,
                )
        if isinstance(error, httpx.ProxyError):
            name = f" {self._proxy}" if self._proxy else ""
            return UnreachableError(
                f"{where} failed: the proxy{name} of the environment refused the request "
                f"({self._clean(str(error))}). {PROXY_HINT}"
            )
        if connecting:
            refused = any(isinstance(cause, ConnectionRefusedError) for cause in chain)
            words = "refused the connection" if refused else f"cannot be reached ({self._clean(str(error))})"
            return UnreachableError(
                f"{where} failed: {server} {words}. {check}",
                passing=True,
            )
        ended = _ended_by_peer(error)
        words = "closed or reset by peer" if ended else self._clean(str(error)) or "closed"
        return UnreachableError(
            f"{where} failed: the connection was lost before the whole answer came ({words})."
            + ("" if self._answered or not ended else self._maybe_other_protocol())
            + _maybe_done(read),
            lost_answer=True,
            passing=True,
        )

    def _maybe_other_protocol(self) -> str:
        """What may be wrong with the url or the certificate where a server closes the first connection."""
        if self._origin[0] == "http":
            return " The url begins with http://: if the server speaks https there, change that."
        # Under TLS 1.3 a server that misses a client certificate may close after the handshake.
        if self.settings.client_cert:
            return ""
        return " If the server wants a client certificate, set client_cert and client_key."

    def _clean(self, text: str) -> str:
        return scrub(text, self.secrets)


def tls_words(error: ssl.SSLError, host: str, ca_path: str | None = None) -> str:
    """What is wrong with TLS to a host, and what to change."""
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code == 10:
            return f"the certificate of {host} has expired. Renew it on the server, and check this machine's clock."
        if error.verify_code in (62, 63, 64):
            return (
                f"the certificate is not valid for the host {host} ({error.verify_message}). "
                "Use in url a name that stands in the certificate."
            )
        # Where an authority is given, another one has issued it.
        given = f": no authority in {ca_path} issued it" if ca_path else ""
        return (
            f"the certificate of {host} is not trusted ({error.verify_message}){given}. Set ca_path to the PEM file of "
            "the authority that issued it; validate_certs: false switches the check off and is unsafe."
        )
    reason = (error.reason or str(error)).replace("_", " ").lower()
    if "certificate required" in reason or "handshake failure" in reason or "bad certificate" in reason:
        return (
            f"the server refused the TLS handshake ({reason}). "
            "It may want a client certificate: client_cert, client_key."
        )
    return f"TLS could not be set up with {host} ({reason}). Check the port of url: does it speak HTTPS?"


def error_class(status: int, otherwise: type[AnswerError] = UnexpectedAnswerError) -> type[AnswerError]:
    """The class of an answer with this status; otherwise: of one whose status tells no cause."""
    return ServerFaultError if status >= 500 else _LADDER.get(status, otherwise)


def _redirected_nowhere(where: str, status: int | None = None) -> RedirectError:
    shown = f" ({status})" if status else ""
    return RedirectError(
        f"{where} is redirected to an address that is not valid{shown}. {HINTS['redirect']}", status=status
    )


def _checked_base(settings: HttpSettings) -> str:
    try:
        parts = urlsplit(settings.url)
        sound = parts.scheme in ("https", "http") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        httpx.URL(settings.url)
    except (ValueError, httpx.InvalidURL):
        sound = False
    if not sound:
        shown = re.sub(r"//[^/]*@", "//", settings.url)
        raise BadInputError(f"url must have the form https://host:port, with an optional path; {shown!r} has not.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise BadInputError(
            "url must hold no user, password, query or fragment; give username and password as options."
        )
    if parts.scheme == "http" and not settings.allow_insecure_http and not _is_loopback(parts.hostname or ""):
        raise InsecureUrlError(
            f"url is plain http to {parts.hostname}: passwords and tokens would travel readable for all on the way. "
            "Use https, or set allow_insecure_http to true if the network in between is yours."
        )
    return settings.url.rstrip("/")


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host == "::1" or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


def _proxy(origin: tuple[str, str, int]) -> str | None:
    """host:port of the environment's proxy for an origin, for messages only; httpx decides for itself."""
    scheme, host, _port = origin
    proxies = urllib.request.getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    if not proxy or urllib.request.proxy_bypass(host):
        return None
    return httpx.URL(proxy if "://" in proxy else f"http://{proxy}").netloc.decode()


def _refuses_client(error: ssl.SSLError) -> bool:
    reason = (error.reason or "").upper()
    return "ALERT" in reason and ("CERTIFICATE" in reason or "HANDSHAKE" in reason or "UNKNOWN_CA" in reason)


def _query(query: Mapping[str, Any] | None) -> dict[str, str | list[str]] | None:
    """Query values as text: booleans in lower case, None left out."""
    if not query:
        return None
    return {
        name: [_query_text(inner) for inner in value] if isinstance(value, (list, tuple)) else _query_text(value)
        for name, value in query.items()
        if value is not None
    }


def _query_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _ended_by_peer(error: httpx.HTTPError) -> bool:
    """Whether the peer ended the connection before it answered: by closing it or by a reset.

    The two are one event to the user: which of them the client sees depends on what the peer had read by then.
    """
    return "disconnected" in str(error) or any(isinstance(cause, ConnectionError) for cause in causes(error))


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what led to it, the latest first."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _maybe_done(read: bool) -> str:
    return "" if read else " Whether the server carried out the request is not known."


def _may_repeat(status: int, read: bool, says_when: bool) -> bool:
    """Reads on passing faults; a write only when the refusal says that nothing was done."""
    if read:
        return status in _PASSING_STATUS
    return status == 429 or (status == 503 and says_when)


def _retry_after(value: str | None) -> float | None:
    """Seconds of a Retry-After header, given as a number or as a date."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _phrase(status: int) -> str:
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return ""


def _title(text: str) -> str:
    found = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    return f" titled '{' '.join(found.group(1).split())[:100]}'" if found and found.group(1).strip() else ""


def _words(content: bytes, known: str = "") -> tuple[str, Any]:
    """(the server's own words, its own code) of an error's body, whichever of the platforms' forms it has.

    known: a text that the message has already, and that is left out.

    RAS: ProblemDetails {title, detail, errors}, or {code, msg}. CVAD: {type, detail} or {ErrorMessage, SdkErrorId}.
    FastX: {error: {name, message}}. Else the title of an HTML page, or the text itself.
    """
    text = content.decode("utf-8", "replace").strip()
    try:
        body = json.loads(text)
    except ValueError:
        if text.startswith("<"):
            return f"an HTML page{_title(text)}", None
        return " ".join(text.split())[:_WORDS_READ], None
    if isinstance(body, str):
        return body[:_WORDS_READ], None
    if not isinstance(body, dict):
        return "", None
    fields = {str(key).lower(): value for key, value in body.items()}
    if isinstance(fields.get("error"), dict):
        fields = {str(key).lower(): value for key, value in fields["error"].items()}
    code = next((fields[key] for key in ("code", "sdkerrorid", "name") if fields.get(key) is not None), None)
    texts: list[str] = []
    for key in ("title", "msg", "message", "errormessage", "detail", "error", "error_description"):
        value = fields.get(key)
        if isinstance(value, str) and value.strip() and value.strip() not in (known, *texts):
            texts.append(value.strip())
    errors = fields.get("errors")
    if isinstance(errors, dict):
        for name, reasons in errors.items():
            reason = " ".join(map(str, reasons)) if isinstance(reasons, list) else str(reasons)
            texts.append(f"{name}: {reason}")
    return "; ".join(texts)[:_WORDS_READ], code
