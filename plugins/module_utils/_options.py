# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One table of connection options per platform: modules, lookups, inventory and event sources take theirs from here."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

from ._errors import BadInputError
from ._fields import check_range
from ._http import HttpSettings
from ._secrets import is_secret_name


@dataclasses.dataclass(frozen=True)
class Option:
    """One connection option. The environment variable is the platform's prefix and the name in capitals."""

    name: str
    type: str = "str"
    default: Any = None
    secret: bool = False
    choices: tuple[str, ...] = ()

    def spec(self) -> dict[str, Any]:
        spec: dict[str, Any] = {"type": self.type}
        if self.type == "list":
            spec["elements"] = "str"
        if self.default is not None:
            spec["default"] = self.default
        if self.choices:
            spec["choices"] = list(self.choices)
        if self.secret or is_secret_name(self.name):
            spec["no_log"] = self.secret
        return spec


@dataclasses.dataclass(frozen=True)
class Platform:
    """A platform's name, the prefix of its environment variables, and its connection options.

    token, accounts: the ways to sign in, of which the token goes first; an account is who signs in, and its secret.
    """

    name: str
    prefix: str
    options: tuple[Option, ...]
    token: str = "auth_token"
    accounts: tuple[tuple[str, str], ...] = (("username", "password"),)

    def variable(self, option: str) -> str:
        return f"{self.prefix}_{option.upper()}"

    def argument_spec(self) -> dict[str, dict[str, Any]]:
        return {option.name: option.spec() for option in self.options}

    @property
    def exclusive(self) -> list[str]:
        """The options of which a task may give one only."""
        return [self.token, *(secret for _who, secret in self.accounts)]

    def no_way_in(self, given: Collection[str]) -> BadInputError:
        """The error of who has no way to sign in. given: the options that have a value."""
        ways = ", or ".join([self.token, *(f"{who} and {secret}" for who, secret in self.accounts)])
        halves = [
            f" {'{} is given, {} is not.'.format(*(pair if pair[0] in given else pair[::-1]))}"
            for pair in self.accounts
            if len(set(pair) & set(given)) == 1
        ]
        names = [self.token, *(name for pair in self.accounts for name in pair)]
        return BadInputError(
            f"No way to sign in: give {ways}.{''.join(halves)} Modules and lookups take them also from the variables "
            f"{', '.join(self.variable(name) for name in names)}."
        )

    def resolve(self, args: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
        """args, completed from the environment.

        Order: token in the task, password in the task, token in the environment, password in the environment; never
        two of them. A token of the environment belongs to the environment's url and goes to no other server.
        """

        def found(option: str) -> str | None:
            return environment.get(self.variable(option)) or None

        # An empty text is what default('') leaves of a secret that is not there.
        args = {name: value for name, value in args.items() if not (name in self.exclusive and value == "")}
        resolved = dict(args)
        secrets = self.exclusive
        own_url = args.get("url")
        for option in self.options:
            if option.name not in secrets and resolved.get(option.name) is None and found(option.name):
                resolved[option.name] = found(option.name)
        if any(args.get(name) is not None for name in secrets):
            return resolved
        foreign = own_url is not None and found("url") is not None and _same(own_url) != _same(found("url"))
        for name in secrets:
            if found(name) and not (name == self.token and foreign):
                resolved[name] = found(name)
                break
        return resolved

    def http_settings(self, params: Mapping[str, Any]) -> HttpSettings:
        """The settings of the HTTP client; BadInputError when no url is known."""
        if not params.get("url"):
            raise BadInputError(f"No server is named: set the option url or the variable {self.variable('url')}.")
        for name, (least, most) in _RANGES.items():
            check_range(name, params.get(name), least, most)
        if params.get("client_key") and not params.get("client_cert"):
            raise BadInputError("client_key: it belongs to a client_cert, which is missing.")
        names = {field.name for field in dataclasses.fields(HttpSettings)}
        return HttpSettings(**{name: params[name] for name in names if params.get(name) is not None})


def _same(url: Any) -> list[str]:
    """Addresses as they are compared; one text may hold several, as Ansible reads lists."""
    urls = url.split(",") if isinstance(url, str) else url or []
    return sorted(str(one).strip().rstrip("/").casefold() for one in urls)


# Inclusive; a day of waiting, and more tries than anybody waits for.
_RANGES = {"timeout": (1, 86_400), "retries": (0, 1_000)}
_TRANSPORT = (
    Option("validate_certs", "bool", True),
    Option("ca_path", "path"),
    Option("client_cert", "path"),
    Option("client_key", "path"),
    Option("use_proxy", "bool", True),
    Option("timeout", "int", 30),
    Option("retries", "int", 3),
    Option("allow_insecure_http", "bool", False),
)

RAS = Platform(
    "ras",
    "RAS",
    (
        Option("url"),
        Option("username"),
        Option("password", secret=True),
        Option("auth_token", secret=True),
        Option("api_family", default="auto", choices=("auto", "current", "legacy")),
        *_TRANSPORT,
    ),
)

CVAD = Platform(
    "cvad",
    "CVAD",
    (
        Option("url", "list"),
        Option("username"),
        Option("password", secret=True),
        Option("client_id"),
        Option("client_secret", secret=True),
        Option("token_url"),
        Option("auth_token", secret=True),
        Option("customer_id"),
        Option("site"),
        Option("url_style", default="gateway", choices=("gateway", "orchestration", "techpreview")),
        *_TRANSPORT,
    ),
    accounts=(("username", "password"), ("client_id", "client_secret")),
)

FASTX = Platform(
    "fastx",
    "FASTX",
    (
        Option("url"),
        Option("username"),
        Option("password", secret=True),
        Option("auth_token", secret=True),
        Option("api_version", default="2", choices=("2", "3")),
        Option("base_path"),
        Option("list_path"),
        *_TRANSPORT,
    ),
)

PLATFORMS: Mapping[str, Platform] = {platform.name: platform for platform in (RAS, CVAD, FASTX)}


def any_platform_spec() -> dict[str, dict[str, Any]]:
    """The connection options of all platforms together. An option that is a list somewhere is one here."""
    spec: dict[str, dict[str, Any]] = {}
    for platform in PLATFORMS.values():
        for name, option in platform.argument_spec().items():
            if name not in spec or option["type"] == "list":
                spec[name] = option
    return spec


def platform_params(platform: Platform, params: Mapping[str, Any]) -> dict[str, Any]:
    """One platform's options out of those of any_platform_spec; BadInputError for a list where one value is meant."""
    chosen = {option.name: params.get(option.name) for option in platform.options}
    for option in platform.options:
        value = chosen[option.name]
        if option.type != "list" and isinstance(value, list):
            if len(value) != 1:
                raise BadInputError(f"{option.name}: the platform {platform.name} takes one, {len(value)} are given.")
            chosen[option.name] = value[0]
    return chosen
