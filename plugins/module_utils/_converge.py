# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired state -> plan -> apply, for every module that brings an object to a state, in check mode and with diff alike.

It knows no platform: what to read and write is behind a Target.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from ._errors import BadInputError, ConflictError, NotFoundError, VdiError
from ._secrets import is_secret_name, mask_secret_fields
from ._task import Task

Raw = dict[str, Any]  # an object as the API sends it
Changes = dict[str, tuple[Any, Any]]  # our name (or a raw key) -> (value now, value wanted), both as the API has them


class Target(Protocol):
    """One object of a platform and what is wanted of it. All reads and writes of a state module go through it."""

    noun: str
    label: str  # how messages name the object

    @property
    def filtered(self) -> bool:
        """Whether find() relies on a filter of the server, which may mind the letter case."""

    def find(self, *, thorough: bool = False) -> Raw | None:
        """The object as it is, or None. thorough: do not rely on the server's filters."""

    def read_again(self, current: Raw) -> Raw | None:
        """The whole object once more, after a write whose answer did not carry it."""

    def changes(self, current: Raw) -> Changes:
        """What differs from the task's options."""

    def create(self) -> Raw | None:
        """Create it with the documented body; the object if the answer carried it."""

    def parts(self, changes: Changes) -> list[Changes]:
        """The changes by the requests that send them, in their order."""

    def update(self, current: Raw, changes: Changes) -> Raw | None:
        """Send one part of the changes, in one request; the object if the answer carried it."""

    def delete(self, current: Raw) -> None:
        """Remove it, in one request."""

    def planned(self) -> dict[str, Any]:
        """What a created object would look like as far as the options say, in our names."""

    def result(self, raw: Raw) -> dict[str, Any]:
        """The object in our names."""

    def shown(self, name: str, value: Any) -> Any:
        """A value of a change as users see it."""

    def identity(self, raw: Raw) -> dict[str, Any]:
        """What identifies the object, for the diff."""


def converge(task: Task, target: Target, state: str) -> dict[str, Any]:
    """Bring the object to the state (present or absent) and return the task's result."""
    done: list[str] = []
    with telling(target.label, done):
        return _converge(task, target, state, done)


@contextlib.contextmanager
def telling(label: str, done: list[str]) -> Iterator[None]:
    """What fails in this block tells what was carried out of it before; done: that, in words that follow "was"."""
    try:
        yield
    except VdiError as error:
        if done:
            error.message = f"{label} was {' and '.join(done)}, but then this failed: {error.message}"
            error.done = {"changed": True}
        raise


def _converge(task: Task, target: Target, state: str, done: list[str]) -> dict[str, Any]:
    current = target.find()
    # Where the object is to be created, the server's conflict tells that the filter hid it; here nothing would.
    if current is None and target.filtered and (state == "absent" or task.check_mode):
        current = target.find(thorough=True)
    if state == "absent":
        return _remove(task, target, current)
    if current is None:
        return _create(task, target, done)
    return _change(task, target, current, done)


def _change(task: Task, target: Target, current: Raw, done: list[str]) -> dict[str, Any]:
    changes = target.changes(current)
    if not changes:
        return _result(task, target, False, target.result(current), {}, {})
    before, after = _sides(target, target.identity(current), changes)
    if task.check_mode:
        return _result(task, target, True, {**target.result(current), **after}, before, after)
    updated = _update(task, target, current, changes, done)
    return _result(task, target, True, target.result(updated), before, after)


def _create(task: Task, target: Target, done: list[str]) -> dict[str, Any]:
    planned = target.planned()
    if task.check_mode:
        return _result(task, target, True, {**planned, "id": None}, {}, planned)
    try:
        created = _created(target, done)
    except ConflictError as error:
        # Made by another run meanwhile, or hidden by a filter of the server that minds the letter case.
        found = target.find(thorough=True)
        if found is None:
            error.message += (
                f" The server says that {target.label} exists, yet does not list it: it may belong to another site, "
                "or the account may not see it."
            )
            raise
        return _change(task, target, found, done)
    changes = target.changes(created)
    if changes:
        created = _update(task, target, created, changes, done)
    return _result(task, target, True, target.result(created), {}, planned)


def _created(target: Target, done: list[str]) -> Raw:
    """The new object. Never creates twice: a lost answer is settled by reading."""
    try:
        created = target.create()
    except VdiError as error:
        if not error.lost_answer:
            raise
        created = target.find(thorough=True)
        if created is None:
            error.message += f" {target.label} is not there now; it was not created a second time. Run again."
            raise
        done.append("created")
        return created
    done.append("created")
    if created is None:
        created = target.find(thorough=True)
    if created is None:
        raise NotFoundError(f"The server accepted {target.label}, but does not list it.")
    return created


def _update(task: Task, target: Target, current: Raw, changes: Changes, done: list[str]) -> Raw:
    """Send the changes and return the object as it is then, with a warning about what the server did not take."""
    updated = None
    for part in target.parts(changes):
        updated = _sent(target, current, part)
        done.append(f"changed ({', '.join(part)})")
    if updated is None:
        updated = target.read_again(current)
    if updated is None:
        raise NotFoundError(f"{target.label} vanished while it was being changed; somebody else may have removed it.")
    left = target.changes(updated)
    if left:
        before, after = (mask_secret_fields(side) for side in _sides(target, {}, left))
        values = ", ".join(f"{name} is {before[name]!r} instead of {after[name]!r}" for name in left)
        task.warn(f"The server accepted the changes of {target.label}, but did not take every value: {values}.")
    return updated


def _sent(target: Target, current: Raw, part: Changes) -> Raw | None:
    """Send a part of the changes; the object if it is known then. A lost answer is settled by reading."""
    try:
        return target.update(current, part)
    except VdiError as error:
        if not error.lost_answer:
            raise
        updated = target.read_again(current)
        if updated is None or part.keys() & target.changes(updated).keys():
            error.message += f" The changes of {target.label} are not in place now. Run again."
            raise
        return updated


def _remove(task: Task, target: Target, current: Raw | None) -> dict[str, Any]:
    if current is None:
        return _result(task, target, False, None, {}, {})
    before = target.result(current)
    if not task.check_mode:
        try:
            target.delete(current)
        except NotFoundError:
            return _result(task, target, False, None, {}, {})
        except VdiError as error:
            if not error.lost_answer:
                raise
            if target.find(thorough=True) is not None:
                error.message += f" {target.label} is still there. Run again."
                raise
    return _result(task, target, True, None, before, {})


def _sides(target: Target, identity: Mapping[str, Any], changes: Changes) -> tuple[dict[str, Any], dict[str, Any]]:
    before, after = dict(identity), dict(identity)
    for name, (now, wanted) in changes.items():
        before[name] = target.shown(name, now)
        after[name] = target.shown(name, wanted)
    return before, after


def _result(
    task: Task,
    target: Target,
    changed: bool,
    value: dict[str, Any] | None,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> dict[str, Any]:
    return task.with_diff({"changed": changed, target.noun: mask_secret_fields(value)}, before, after)


def raw_changes(current: Mapping[str, Any], settings: Mapping[str, Any]) -> Changes:
    """Changes for raw API fields, whose types and spellings the server's own values tell."""
    spelled = {key.casefold(): key for key in current}
    changes: Changes = {}
    for name, given in settings.items():
        key = spelled.get(name.casefold(), name)
        now = current.get(key)
        wanted = _like(now, given)
        if now != wanted:
            changes[key] = (now, wanted)
    return changes


def _like(now: Any, wanted: Any) -> Any:
    """The wanted value in the server's terms, so that it equals what is there if it means the same.

    Text that stands for a number or a truth value is of the server's type, and no text is as good as null. Of an object
    the keys that are given count, in any letter case; the others are sent as they are, since no source says whether
    the server keeps what is left out. Not secrets, which a server may show masked.
    """
    if isinstance(now, Mapping) and isinstance(wanted, Mapping):
        spelled = {key.casefold(): key for key in now}
        pairs = {spelled.get(name.casefold(), name): value for name, value in wanted.items()}
        given = {key: _like(now.get(key), value) for key, value in pairs.items()}
        if all(now.get(key) == value for key, value in given.items()):
            return now
        return {**{key: value for key, value in now.items() if not is_secret_name(key)}, **given}
    if isinstance(now, list) and isinstance(wanted, list) and len(now) == len(wanted):
        return [_like(one, other) for one, other in zip(now, wanted, strict=True)]
    if all(value is None or value == "" for value in (now, wanted)):
        return now
    if isinstance(wanted, str):
        if isinstance(now, bool) and wanted.casefold() in ("true", "false"):
            return wanted.casefold() == "true"
        if isinstance(now, int) and not isinstance(now, bool):
            try:
                return int(wanted)
            except ValueError:
                return wanted
    return wanted


def check_settings(settings: Mapping[str, Any], options: Mapping[str, str], read_only: Mapping[str, str]) -> None:
    """Refuse settings that double an option or cannot be written. Both maps: API name, folded -> what to say."""
    for key in settings:
        folded = key.casefold()
        if folded in read_only:
            raise BadInputError(f"settings: {key} cannot be written ({read_only[folded]}); leave it out.")
        if folded in options:
            raise BadInputError(f"settings: {key} has an option of its own, {options[folded]}; use that instead.")
