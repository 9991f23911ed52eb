# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a platform's client lives: for a task, or for the items of a loop."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from ._errors import VdiError
from ._http import PROXY_VARIABLES, Reply
from ._options import Platform
from ._task import Task
from ._tls import STORE_VARIABLES


class Client(Protocol):
    """What a platform's client offers for its end."""

    @property
    def secrets(self) -> set[str]:
        """The credentials and tokens that it knows."""

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
        """One request within the session; see HttpClient.request."""

    def log_off(self) -> None:
        """Close the session if this client opened it, and if the platform can close one."""

    def close(self) -> None:
        """Close the connections. Sends nothing."""


AnyClient = TypeVar("AnyClient", bound=Client)


@contextlib.contextmanager
def connection(task: Task, platform: Platform, new_client: Callable[[Task], AnyClient]) -> Iterator[AnyClient]:
    """The client for a task's connection options. A session opened in the block is closed at its end, also on failure.

    A client that was given a token is kept for the items of a loop (in process); nothing must be left for its end.
    """
    if task.pool and task.params.get(platform.token):
        key = _key(task, platform)
        client: AnyClient = task.pool.get(key) or new_client(task)
        task.pool.put(key, client)
        task.secrets.update(client.secrets)
        yield client
        return
    client = new_client(task)
    try:
        yield client
    finally:
        try:
            client.log_off()
        except VdiError as error:
            task.warn(f"The session could not be closed and stays open until it expires: {error}")
        finally:
            task.secrets.update(client.secrets)
            client.close()


def _key(task: Task, platform: Platform) -> tuple[object, ...]:
    """All that a connection depends on: every connection option, the secret too, and the environment it reads."""
    options = tuple((option.name, str(task.params.get(option.name))) for option in platform.options)
    variables = tuple(os.environ.get(name) for name in (*STORE_VARIABLES, *PROXY_VARIABLES))
    return platform.name, options, variables
