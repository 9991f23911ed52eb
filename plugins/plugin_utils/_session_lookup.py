# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The session lookups: one sign-in for all terms, the options and the records of the session modules."""

from __future__ import annotations

import abc
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from ansible import constants
from ansible.errors import AnsibleLookupError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.lookup import LookupBase

from ..module_utils._deps import require
from ..module_utils._errors import BadInputError, VdiError
from ..module_utils._options import Platform
from ..module_utils._secrets import scrub
from ..module_utils._task import Task, unexpected


class SessionLookup(LookupBase):
    """Base of the session lookups: each names its platform, and how to ask it."""

    platform: ClassVar[Platform]

    @abc.abstractmethod
    def client(self, task: Task) -> AbstractContextManager[Any]:
        """The platform's client for the connection options."""

    @abc.abstractmethod
    def sessions(self, client: Any, params: Mapping[str, Any], task: Task) -> list[dict[str, Any]]:
        """The sessions that match the options of the session module."""

    def user_query(self, params: Mapping[str, Any], user: str) -> dict[str, Any]:
        """The options for a term that is the name of a user."""
        return {**params, "user": user}

    def filter_query(self, params: Mapping[str, Any], filters: Mapping[str, Any]) -> dict[str, Any]:
        """The options for a term that is a dictionary."""
        connection_options = {option.name for option in self.platform.options}
        for name in filters:
            if name not in params or name in connection_options:
                raise BadInputError(f"A term has the filter {name!r}, which is no filter of this lookup.")
        # Ansible converts the options of a lookup, and takes its terms as they are.
        known = self.option_definitions
        spec = {name: {key: known[name][key] for key in ("type", "elements") if key in known[name]} for name in filters}
        checked = ArgumentSpecValidator(spec).validate(dict(filters))
        if checked.error_messages:
            raise BadInputError(f"A term is not valid: {'; '.join(checked.error_messages)}.")
        return {**params, **checked.validated_parameters}

    def run(self, terms: list[Any], variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        unknown = sorted(set(kwargs) - set(self.option_definitions))
        if unknown:
            raise AnsibleLookupError(
                f"Unsupported options for the lookup: {', '.join(unknown)}. "
                f"Supported are: {', '.join(sorted(self.option_definitions))}."
            )
        params = self._params(variables, kwargs)
        secrets = {str(params[name]) for name in self.platform.exclusive if params[name]}
        task = Task(params=params, given=params, secrets=secrets)
        try:
            require()
            queries = [self._query(params, term) for term in terms] or [params]
            with self.client(task) as client:
                return [session for query in queries for session in self.sessions(client, query, task)]
        except VdiError as error:
            raise AnsibleLookupError(scrub(error.message, task.secrets)) from None
        except Exception as error:
            # Ansible would show its text with the secrets.
            raise AnsibleLookupError(unexpected(error, task.secrets).message) from None

    def _params(self, variables: Mapping[str, Any] | None, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The options. Which credential counts is decided as for modules: the environment's come last."""
        values, own = {}, {}
        for name in self.option_definitions:
            # Not get_option_and_origin: up to ansible-core 2.19.0 at least, it forgets the lookup's own arguments.
            values[name], origin = constants.config.get_config_value_and_origin(
                name, plugin_type="lookup", plugin_name=self._load_name, variables=variables, direct=arguments
            )
            if values[name] is not None and origin != "default" and not str(origin).startswith("env:"):
                own[name] = values[name]
        given = [name for name in self.platform.exclusive if name in own]
        if len(given) > 1:
            raise AnsibleLookupError(f"Only one of {', '.join(given)} can be given.")
        resolved = self.platform.resolve(own, os.environ)
        return {**values, **{name: resolved.get(name) for name in self.platform.exclusive}}

    def _query(self, params: Mapping[str, Any], term: Any) -> dict[str, Any]:
        if isinstance(term, str):
            return self.user_query(params, term)
        if isinstance(term, Mapping):
            return self.filter_query(params, term)
        raise BadInputError(f"A term is the name of a user or a dictionary of filters, not {term!r}.")
