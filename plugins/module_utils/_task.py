# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module's body sees of its task, and how it ends, alike in both doors.

In a module on a host, AnsibleModule validates, masks and prints. In process there is no AnsibleModule, so
`run_in_process` does what its exit_json and fail_json do.
"""

from __future__ import annotations

import copy
import dataclasses
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.common.warnings import warn
from ansible.module_utils.errors import UnsupportedError

from ._deps import require
from ._errors import UnexpectedError, VdiError
from ._http import WORDS_LIMIT
from ._secrets import mask_secret_fields, scrub

if TYPE_CHECKING:
    import httpx

_CONSTRAINTS = ("mutually_exclusive", "required_together", "required_one_of", "required_if", "required_by")


@dataclasses.dataclass(frozen=True)
class ArgumentSpec:
    """An argument spec with what goes with it; the names are AnsibleModule's."""

    options: dict[str, dict[str, Any]]
    mutually_exclusive: list[list[str]] | None = None
    required_together: list[list[str]] | None = None
    required_one_of: list[list[str]] | None = None
    required_if: list[tuple[Any, ...]] | None = None
    required_by: dict[str, list[str]] | None = None

    def constraints(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _CONSTRAINTS if getattr(self, name)}


class Pool(Protocol):
    """Keeps the connections of a loop's items (in process only)."""

    def get(self, key: object) -> Any: ...

    def put(self, key: object, client: Any) -> None: ...


@dataclasses.dataclass
class Task:
    """A task as a module's body sees it.

    params: validated options with defaults; given: the options that the task named, so that null and omitted differ;
    secrets: values that nothing may print; no_log: the task hides its result, though Ansible shows its warnings, which
    so should not repeat what a server says. pool, transport: connections kept for a loop; tests' stand-in for a server.
    """

    params: dict[str, Any]
    given: Mapping[str, Any]
    check_mode: bool = False
    diff: bool = False
    no_log: bool = False
    progress: Callable[[str], None] = lambda text: None
    secrets: set[str] = dataclasses.field(default_factory=set)
    pool: Pool | None = None
    transport: httpx.BaseTransport | None = None

    def warn(self, text: str) -> None:
        warn(scrub(text, self.secrets))

    def with_diff(self, result: dict[str, Any], before: Any, after: Any) -> dict[str, Any]:
        """The result, with both sides of what changes where the task asks for them; without what is secret by name."""
        if not self.diff:
            return result
        return {**result, "diff": {"before": mask_secret_fields(before), "after": mask_secret_fields(after)}}


class ModuleFile(Protocol):
    """What every file in plugins/modules offers."""

    __name__: str
    ARGUMENT_SPEC: ArgumentSpec

    def run(self, task: Task) -> dict[str, Any]: ...


class _Module(AnsibleModule):
    """AnsibleModule that keeps the options as the task gave them: its params hold None for omitted and for null.

    Its log and its results tell the options without the secrets that are known by name only.
    """

    params: dict[str, Any]
    given: dict[str, Any]

    def _load_params(self) -> None:
        super()._load_params()
        self.given = {key: copy.copy(value) for key, value in self.params.items() if not key.startswith("_ansible_")}

    def _log_invocation(self) -> None:
        params, self.params = self.params, _told(self.params, self.argument_spec)
        super()._log_invocation()
        self.params = params

    def _return_formatted(self, kwargs: dict[str, Any]) -> None:
        self.params = _told(self.params, self.argument_spec)
        super()._return_formatted(kwargs)


def run_module(spec: ArgumentSpec, run: Callable[[Task], dict[str, Any]]) -> None:
    """The main() of every module: the second door."""
    module = _Module(argument_spec=spec.options, supports_check_mode=True, **spec.constraints())
    task = Task(
        params=module.params,
        given=module.given,
        check_mode=module.check_mode,
        diff=module._diff,
        no_log=module.no_log,
        secrets=module.no_log_values,
    )
    outcome = _outcome(task, run)
    if outcome.pop("failed", False):
        module.fail_json(**outcome)
    module.exit_json(**outcome)


def run_in_process(
    module: ModuleFile,
    name: str,
    args: dict[str, Any],
    *,
    check_mode: bool,
    diff: bool,
    progress: Callable[[str], None],
    pool: Pool,
    no_log: bool = False,
    invocation: bool = True,
) -> dict[str, Any]:
    """Run a module's body in this process: the first door.

    name: the module's full name; args: its options; invocation: whether the result tells them.
    """
    spec = module.ARGUMENT_SPEC
    validation = ModuleArgumentSpecValidator(spec.options, **spec.constraints()).validate(args)
    params = {**args, **validation.validated_parameters}
    task = Task(
        params=params,
        given=args,
        check_mode=check_mode,
        diff=diff,
        no_log=no_log,
        progress=progress,
        secrets=validation._no_log_values,
        pool=pool,
    )
    if validation.error_messages:
        text = validation.errors.msg
        if isinstance(validation.errors[0], UnsupportedError):
            text = f"Unsupported parameters for ({name}) module: {text}"
        outcome: dict[str, Any] = {"failed": True, "msg": text}
    else:
        outcome = _outcome(task, module.run)
    if invocation:
        outcome["invocation"] = {"module_args": _told(params, spec.options)}
    masked: dict[str, Any] = remove_values(outcome, task.secrets)
    return masked


def _told(params: Mapping[str, Any], options: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Options as they may be told: what is secret by name is masked within them.

    What is secret of the options themselves, and of those that have options of their own, says the argument spec.
    """
    return {
        name: value if "options" in options.get(name, {}) else mask_secret_fields(value)
        for name, value in params.items()
    }


def _outcome(task: Task, run: Callable[[Task], dict[str, Any]]) -> dict[str, Any]:
    """The result of a module's body, or a failure in its own words. Anything else that is raised is a bug, and told as
    one: Ansible would show its text with the secrets."""
    try:
        require()
        return {"changed": False, **run(task)}
    except VdiError as error:
        return _failed(task, error)
    except Exception as error:
        failed = _failed(task, unexpected(error, task.secrets))
        return {**failed, "exception": scrub(traceback.format_exc(), task.secrets)}


def _failed(task: Task, error: VdiError) -> dict[str, Any]:
    failure = error.failure()
    if failure["detail"]:
        failure["detail"] = scrub(failure["detail"], task.secrets)
    return {**error.done, "failed": True, "msg": scrub(error.message, task.secrets), "failure": failure}


def unexpected(error: Exception, secrets: Iterable[str]) -> UnexpectedError:
    """The error that tells of one that is none of ours."""
    return UnexpectedError(scrub(f"{type(error).__name__}: {error}", secrets)[:WORDS_LIMIT])
