# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fast door: runs a module's body in the worker of ansible-playbook when the connection is local.

Ansible loads action plugins in the parent before it forks, so what is imported here (httpx, pydantic, the clients) and
the TLS context of the system's store are paid for once per play, not once per task.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from ansible import constants
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.parsing.mod_args import ModuleArgsParser
from ansible.plugins.action import ActionBase

from ..module_utils._options import PLATFORMS, Platform
from ..module_utils._task import ModuleFile, run_in_process
from ..module_utils._tls import tls_context

_GROUP_DEFAULTS = "group/deskops.vdi."
IN_PROCESS_VARIABLE = "deskops_vdi_in_process"

tls_context()
# What Ansible and this file have loaded by now stays to the end: workers need not look through it for cycles, which
# costs more than parsing a large answer does.
gc.freeze()


class _Pool:
    """Connections kept for the items of a loop, in one worker process."""

    def __init__(self) -> None:
        self._clients: dict[object, Any] = {}

    def get(self, key: object) -> Any:
        return self._clients.get((os.getpid(), key))

    def put(self, key: object, client: Any) -> None:
        self._clients[(os.getpid(), key)] = client


_POOL = _Pool()


class VdiActionModule(ActionBase):
    """Base of all action files; each names its module.

    signs_in: the module opens a session. What it returns is for register only, nothing prints it; and a token that
    module_defaults or the environment hand to every task is not meant for it.
    """

    module: ClassVar[ModuleFile]
    signs_in: ClassVar[bool] = False

    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        task_vars = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        if self.signs_in and self._task.async_val:
            raise AnsibleActionFail(
                f"{self._task.action} cannot run with async: its result is a secret that async_status would print. "
                "Leave async and poll out; a sign-in is short."
            )
        environment = self._environment()
        args = self._completed(_plain(self._task.args), {**os.environ, **environment})
        module_name = f"deskops.vdi.{self._name}"
        reason = self._why_as_module(task_vars)
        if reason:
            self._display.v(f"{module_name} runs as a module, not in process: {reason}", host=self._host(task_vars))
            wrap_async = bool(self._task.async_val) and not self._connection.has_native_async
            result.update(self._execute_module(module_name, args, task_vars=task_vars, wrap_async=wrap_async))
            if not wrap_async:
                self._remove_tmp_path(self._connection._shell.tmpdir)
        else:
            with _environment_of(environment):
                result.update(
                    run_in_process(
                        self.module,
                        module_name,
                        args,
                        check_mode=bool(self._task.check_mode),
                        diff=bool(self._task.diff),
                        progress=lambda text: self._display.v(text, host=self._host(task_vars)),
                        pool=_POOL,
                        no_log=bool(self._task.no_log),
                        invocation=_tells_invocation(task_vars),
                    )
                )
        if self.signs_in and not result.get("failed"):
            result["_ansible_no_log"] = True
        return result

    @property
    def _name(self) -> str:
        return self.module.__name__.rpartition(".")[2]

    def _completed(self, args: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
        """The task's options with the connection values of the environment, which is the controller's."""
        named = self.module.ARGUMENT_SPEC.options.get("platform")
        platform = PLATFORMS.get(
            str(args.get("platform") or named["default"]) if named else self._name.partition("_")[0]
        )
        if platform is None:
            return args
        if self.signs_in and args.get("state", "present") == "present":
            args.pop(platform.token, None)
            environment = {
                name: value for name, value in environment.items() if name != platform.variable(platform.token)
            }
        if named:
            args = self._own_args(args, platform)
        return platform.resolve(self._one_way_in(args, platform), environment)

    def _one_way_in(self, args: dict[str, Any], platform: Platform) -> dict[str, Any]:
        """args without the secrets that a better one makes needless: of the task's own and of its defaults the task's,
        of several defaults the first. Several of the task's own are left for the validation to refuse."""
        given = [name for name in platform.exclusive if args.get(name) not in (None, "")]
        if len(given) < 2:
            return args
        written = self._written()
        kept = [name for name in given if name in written] or given[:1]
        return {name: value for name, value in args.items() if name not in given or name in kept}

    def _written(self) -> set[str]:
        """The names of the options that the task itself gives; Ansible has put the defaults beside them."""
        parser = ModuleArgsParser(task_ds=self._task.get_ds() or {}, collection_list=self._task.collections)
        try:
            _action, written, _delegate_to = parser.parse(skip_action_validation=True)
        except AnsibleError:
            # Not the task of a playbook.
            return set()
        return set(written)

    def _own_args(self, args: dict[str, Any], platform: Platform) -> dict[str, Any]:
        """args without the defaults of other platforms' groups, which Ansible has mixed into those of a module that is
        in several: one platform's token must not reach another platform's server."""
        defaults: dict[str, Any] = {}
        for default in self._task.module_defaults or []:
            defaults.update(default)
        defaults = _plain(self._templar.template(defaults))
        groups = {name: values for name, values in defaults.items() if name.startswith(_GROUP_DEFAULTS)}
        own = groups.pop(f"{_GROUP_DEFAULTS}{platform.name}", {})
        own = {**own, **defaults.get(f"deskops.vdi.{self._name}", {})}
        foreign = {
            name
            for values in groups.values()
            for name, value in values.items()
            if name in args and args[name] == value and own.get(name) != value
        }
        if foreign:
            foreign -= self._written()
        return {**own, **{name: value for name, value in args.items() if name not in foreign}}

    def _environment(self) -> dict[str, str]:
        """What the keyword environment sets, of play, block and task."""
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        return {str(name): str(value) for name, value in environment.items()}

    def _why_as_module(self, task_vars: Mapping[str, Any]) -> str | None:
        if self._task.async_val:
            return "the keyword async"
        if self._connection.become is not None:
            return "the keyword become"
        if self._connection.transport not in ("local", "ansible.builtin.local"):
            return f"the connection {self._connection.transport}"
        wanted = self._templar.template(task_vars.get(IN_PROCESS_VARIABLE, True))
        try:
            in_process = boolean(wanted)
        except TypeError as error:
            raise AnsibleActionFail(f"The variable {IN_PROCESS_VARIABLE} must be true or false: {error}") from error
        return None if in_process else f"the variable {IN_PROCESS_VARIABLE}"

    @staticmethod
    def _host(task_vars: Mapping[str, Any]) -> str | None:
        return task_vars.get("inventory_hostname")


def _tells_invocation(task_vars: Mapping[str, Any]) -> bool:
    """Whether results tell the options of the task: always up to ansible-core 2.20, then a setting decides."""
    if "INJECT_INVOCATION" not in constants.config.get_configuration_definitions():
        return True
    return bool(constants.config.get_config_value("INJECT_INVOCATION", variables=task_vars))


@contextlib.contextmanager
def _environment_of(environment: Mapping[str, str]) -> Iterator[None]:
    """The keyword environment for work in process: proxies and certificate stores are read from it."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _plain(value: Any) -> Any:
    """value without Ansible's own subclasses (tags, vaulted text), as a module on a host would get it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, bool):
        return value
    for kind in (int, float):
        if isinstance(value, kind):
            return kind(value)
    return str.__str__(value) if isinstance(value, str) else str(value)
