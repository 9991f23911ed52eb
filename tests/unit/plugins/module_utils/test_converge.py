# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired state, plan, apply: with a made-up platform. Expectations: design section 5."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._converge import check_settings, converge, raw_changes
from ansible_collections.deskops.vdi.plugins.module_utils._task import Task


def lost(text="the answer was lost."):
    return errors.TimeLimitError(text, lost_answer=True)


class Lamp:
    """A target whose server is a dict: at most one object, {id, colour, power, password}."""

    noun = "lamp"
    label = "lamp L1"

    def __init__(self, there=None, wanted=None):
        self.there = copy.deepcopy(there)
        self.wanted = dict(wanted or {})
        self.calls = []
        # What a test can change: errors and answers of writes, and what the server makes of values.
        self.fails = {}
        self.happens_all_the_same = set()
        self.carries_object = set()
        self.takes = lambda values: values
        self.find_misses_unless_thorough = False
        self.filtered = False
        self.apart = None  # a value that is sent by itself

    def _write(self, name, act):
        self.calls.append(name)
        error = self.fails.get(name)
        if error is None or name in self.happens_all_the_same:
            act()
        if error is not None:
            raise error
        return copy.deepcopy(self.there) if name in self.carries_object else None

    def find(self, *, thorough=False):
        self.calls.append("find thorough" if thorough else "find")
        if self.find_misses_unless_thorough and not thorough:
            return None
        return copy.deepcopy(self.there)

    def read_again(self, current):
        self.calls.append("read again")
        return copy.deepcopy(self.there)

    def changes(self, current):
        return {name: (current.get(name), value) for name, value in self.wanted.items() if current.get(name) != value}

    def create(self):
        def act():
            self.there = {"id": 1, "colour": "white", "power": 5}

        return self._write("create", act)

    def parts(self, changes):
        alone = {name: change for name, change in changes.items() if name == self.apart}
        return [part for part in ({n: c for n, c in changes.items() if n not in alone}, alone) if part]

    def update(self, current, changes):
        return self._write("update", lambda: self.there.update(self.takes({n: v for n, (_now, v) in changes.items()})))

    def delete(self, current):
        def act():
            self.there = None

        self._write("delete", act)

    def planned(self):
        return {"name": "L1", **{name: self.shown(name, value) for name, value in self.wanted.items()}}

    def result(self, raw):
        return {name: self.shown(name, value) for name, value in raw.items()}

    def shown(self, name, value):
        return value.upper() if name == "colour" and value else value

    def identity(self, raw):
        return {"name": "L1", "id": raw["id"]}


WHITE = {"id": 1, "colour": "white", "power": 5}


def bring(lamp, state="present", *, check_mode=False, diff=True):
    return converge(Task(params={}, given={}, check_mode=check_mode, diff=diff), lamp, state)


# Nothing to do


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("wanted", [{}, {"colour": "white"}, {"colour": "white", "power": 5}])
def test_converged(wanted, check_mode):
    lamp = Lamp(WHITE, wanted)
    assert bring(lamp, check_mode=check_mode) == {
        "changed": False,
        "lamp": {"id": 1, "colour": "WHITE", "power": 5},
        "diff": {"before": {}, "after": {}},
    }
    assert lamp.calls == ["find"]


@pytest.mark.parametrize("check_mode", [False, True])
def test_absent_already(check_mode):
    lamp = Lamp(None)
    result = bring(lamp, "absent", check_mode=check_mode)
    assert result == {"changed": False, "lamp": None, "diff": {"before": {}, "after": {}}}
    assert lamp.calls == ["find"]


@pytest.mark.parametrize("check_mode", [False, True])
def test_absent_is_sure_also_where_a_filter_of_the_server_minds_the_letter_case(check_mode):
    lamp = Lamp(WHITE)
    lamp.filtered = lamp.find_misses_unless_thorough = True
    assert bring(lamp, "absent", check_mode=check_mode)["changed"] is True
    assert lamp.calls == ["find", "find thorough", *([] if check_mode else ["delete"])]


def test_check_mode_plans_nothing_that_a_filter_hides():
    lamp = Lamp(WHITE, {"colour": "white"})
    lamp.filtered = lamp.find_misses_unless_thorough = True
    assert bring(lamp, check_mode=True)["changed"] is False


def test_no_diff_unless_asked():
    assert "diff" not in bring(Lamp(WHITE, {"power": 7}), diff=False)


# Create


def test_create_with_an_answer_that_carries_the_object():
    lamp = Lamp(None)
    lamp.carries_object.add("create")
    result = bring(lamp)
    assert (result["changed"], result["lamp"]) == (True, {"id": 1, "colour": "WHITE", "power": 5})
    assert lamp.calls == ["find", "create"]


def test_create_without_it_is_read():
    lamp = Lamp(None)
    assert bring(lamp)["lamp"]["id"] == 1
    assert lamp.calls == ["find", "create", "find thorough"]


def test_create_with_more_settings_sends_one_update():
    lamp = Lamp(None, {"colour": "red", "power": 5})
    lamp.carries_object |= {"create", "update"}
    result = bring(lamp)
    assert result == {
        "changed": True,
        "lamp": {"id": 1, "colour": "RED", "power": 5},
        "diff": {"before": {}, "after": {"name": "L1", "colour": "RED", "power": 5}},
    }
    assert lamp.calls == ["find", "create", "update"]


def test_create_in_check_mode():
    lamp = Lamp(None, {"colour": "red"})
    assert bring(lamp, check_mode=True) == {
        "changed": True,
        "lamp": {"name": "L1", "colour": "RED", "id": None},
        "diff": {"before": {}, "after": {"name": "L1", "colour": "RED"}},
    }
    assert lamp.calls == ["find"]
    assert lamp.there is None


def test_create_that_is_accepted_but_not_there():
    lamp = Lamp(None)
    lamp.create = lambda: None
    with pytest.raises(errors.NotFoundError, match="accepted lamp L1, but does not list it") as caught:
        bring(lamp)
    assert caught.value.done == {"changed": True}


def test_conflict_adopts_what_another_made():
    lamp = Lamp(WHITE, {"colour": "red"})
    lamp.find_misses_unless_thorough = True
    lamp.fails["create"] = errors.ConflictError("there is one.")
    result = bring(lamp)
    assert result["lamp"]["colour"] == "RED"
    assert lamp.calls == ["find", "create", "find thorough", "update", "read again"]


def test_conflict_with_the_very_object_is_no_change():
    lamp = Lamp(WHITE, {"colour": "white"})
    lamp.find_misses_unless_thorough = True
    lamp.fails["create"] = errors.ConflictError("there is one.")
    result = bring(lamp)
    assert (result["changed"], result["diff"]) == (False, {"before": {}, "after": {}})
    assert lamp.calls == ["find", "create", "find thorough"]


def test_conflict_without_a_trace_is_explained():
    lamp = Lamp(None)
    lamp.fails["create"] = errors.ConflictError("there is one.", status=409)
    with pytest.raises(errors.ConflictError, match=r"there is one\. .*does not list it.*another site") as caught:
        bring(lamp)
    assert caught.value.failure()["status"] == 409
    assert lamp.calls == ["find", "create", "find thorough"]


def test_lost_answer_of_a_create_adopts_what_was_made():
    lamp = Lamp(None, {"colour": "red"})
    lamp.fails["create"] = lost()
    lamp.happens_all_the_same.add("create")
    result = bring(lamp)
    assert (result["changed"], result["lamp"]["colour"]) == (True, "RED")
    assert lamp.calls.count("create") == 1
    assert lamp.calls == ["find", "create", "find thorough", "update", "read again"]


def test_lost_answer_of_a_create_that_did_not_happen_creates_nothing_twice():
    lamp = Lamp(None)
    lamp.fails["create"] = lost()
    with pytest.raises(errors.TimeLimitError, match=r"not created a second time\. Run again"):
        bring(lamp)
    assert lamp.calls == ["find", "create", "find thorough"]


def test_create_that_surely_failed_is_not_looked_for():
    lamp = Lamp(None)
    lamp.fails["create"] = errors.UnreachableError("refused.")
    with pytest.raises(errors.UnreachableError, match=r"^refused\.$"):
        bring(lamp)
    assert lamp.calls == ["find", "create"]


def test_created_but_not_set_up_says_so():
    lamp = Lamp(None, {"colour": "red"})
    lamp.carries_object.add("create")
    lamp.fails["update"] = errors.RefusedValueError("red is refused.", status=400, detail="red")
    with pytest.raises(errors.RefusedValueError, match=r"lamp L1 was created, but .*red is refused\.") as caught:
        bring(lamp)
    assert caught.value.failure() == {"kind": "refused_value", "status": 400, "code": None, "detail": "red"}
    assert caught.value.done == {"changed": True}


# Change


def test_change():
    lamp = Lamp(WHITE, {"colour": "red", "power": 5})
    assert bring(lamp) == {
        "changed": True,
        "lamp": {"id": 1, "colour": "RED", "power": 5},
        "diff": {
            "before": {"name": "L1", "id": 1, "colour": "WHITE"},
            "after": {"name": "L1", "id": 1, "colour": "RED"},
        },
    }
    assert lamp.calls == ["find", "update", "read again"]


def test_change_with_an_answer_that_carries_the_object_is_not_read_again():
    lamp = Lamp(WHITE, {"colour": "red"})
    lamp.carries_object.add("update")
    assert bring(lamp)["lamp"]["colour"] == "RED"
    assert lamp.calls == ["find", "update"]


def test_change_in_check_mode_writes_nothing_and_promises_the_same():
    lamp = Lamp(WHITE, {"colour": "red"})
    promised = bring(lamp, check_mode=True)
    assert lamp.calls == ["find"]
    assert lamp.there == WHITE
    done = bring(lamp)
    assert (promised["changed"], promised["diff"]) == (True, done["diff"])
    assert {name: promised["lamp"][name] for name in done["lamp"]} == done["lamp"]


def test_a_value_that_the_server_does_not_take_is_a_warning(warnings):
    lamp = Lamp(WHITE, {"colour": "red", "power": 9})
    lamp.takes = lambda values: {"power": values["power"]}
    result = bring(lamp)
    assert result["lamp"] == {"id": 1, "colour": "WHITE", "power": 9}
    assert len(warnings) == 1
    for part in ("lamp L1", "did not take every value", "colour is 'WHITE' instead of 'RED'"):
        assert part in warnings[0]
    assert "power" not in warnings[0]


def test_a_value_that_is_taken_is_no_warning(warnings):
    bring(Lamp(WHITE, {"colour": "red"}))
    assert warnings == []


@pytest.mark.parametrize("carried", [True, False])
def test_a_value_of_a_new_object_that_is_not_taken_is_a_warning(carried, warnings):
    lamp = Lamp(None, {"colour": "red"})
    lamp.takes = lambda values: {}
    if carried:
        lamp.carries_object.add("create")
    bring(lamp)
    assert ["colour is 'WHITE' instead of 'RED'" in text for text in warnings] == [True]


def test_lost_answer_of_a_change_that_happened():
    lamp = Lamp(WHITE, {"colour": "red"})
    lamp.fails["update"] = lost()
    lamp.happens_all_the_same.add("update")
    result = bring(lamp)
    assert (result["changed"], result["lamp"]["colour"]) == (True, "RED")
    assert lamp.calls == ["find", "update", "read again"]


def test_lost_answer_of_a_change_that_did_not_happen():
    lamp = Lamp(WHITE, {"colour": "red"})
    lamp.fails["update"] = lost()
    with pytest.raises(errors.TimeLimitError, match=r"changes of lamp L1 are not in place now\. Run again"):
        bring(lamp)
    assert lamp.calls == ["find", "update", "read again"]


def test_change_that_surely_failed_is_not_read_again():
    lamp = Lamp(WHITE, {"colour": "red"})
    lamp.fails["update"] = errors.UnreachableError("refused.")
    with pytest.raises(errors.UnreachableError):
        bring(lamp)
    assert lamp.calls == ["find", "update"]


def test_an_object_that_vanishes_while_it_is_changed():
    lamp = Lamp(WHITE, {"colour": "red"})
    lamp.read_again = lambda current: None
    with pytest.raises(errors.NotFoundError, match="vanished while it was being changed"):
        bring(lamp)


# Half of it


class Half(Lamp):
    """A lamp whose power is sent by itself, and that fails in one of the two requests, or when it is read."""

    def __init__(self, failing, error, there):
        super().__init__(there, {"colour": "red", "power": 7})
        self.apart = "power"
        self.failing = failing
        self.error = error

    def update(self, current, changes):
        if self.failing in changes:
            self.fails["update"] = self.error
        else:
            self.fails.pop("update", None)
        return super().update(current, changes)

    def read_again(self, current):
        if self.failing == "read":
            raise self.error
        return super().read_again(current)


@pytest.mark.parametrize(
    ("failing", "there", "told"),
    [
        ("power", WHITE, r"^lamp L1 was changed \(colour\), but then this failed: no\.$"),
        ("power", None, r"^lamp L1 was created and changed \(colour\), but then this failed: no\.$"),
        ("read", WHITE, r"^lamp L1 was changed \(colour\) and changed \(power\), but then this failed: no\.$"),
    ],
)
def test_what_was_carried_out_before_a_failure_is_told(failing, there, told):
    lamp = Half(failing, errors.ServerFaultError("no."), there)
    with pytest.raises(errors.ServerFaultError, match=told) as caught:
        bring(lamp)
    assert caught.value.done == {"changed": True}
    assert lamp.there["colour"] == "red"


def test_a_failure_before_anything_was_carried_out_tells_no_change():
    lamp = Half("colour", errors.RefusedValueError("red is refused."), WHITE)
    with pytest.raises(errors.RefusedValueError, match=r"^red is refused\.$") as caught:
        bring(lamp)
    assert caught.value.done == {}
    assert lamp.calls == ["find", "update"]


def test_a_lost_answer_of_the_first_half_that_happened_is_followed_by_the_other():
    lamp = Half("colour", lost(), WHITE)
    lamp.happens_all_the_same.add("update")
    assert bring(lamp)["lamp"] == {"id": 1, "colour": "RED", "power": 7}
    assert lamp.calls == ["find", "update", "read again", "update", "read again"]


# Remove


def test_remove():
    lamp = Lamp(WHITE)
    assert bring(lamp, "absent") == {
        "changed": True,
        "lamp": None,
        "diff": {"before": {"id": 1, "colour": "WHITE", "power": 5}, "after": {}},
    }
    assert lamp.calls == ["find", "delete"]


def test_remove_in_check_mode():
    lamp = Lamp(WHITE)
    result = bring(lamp, "absent", check_mode=True)
    assert result["changed"] is True
    assert result["diff"]["before"]["colour"] == "WHITE"
    assert (lamp.calls, lamp.there) == (["find"], WHITE)


def test_removed_by_another_in_between():
    lamp = Lamp(WHITE)
    lamp.fails["delete"] = errors.NotFoundError("no such lamp.")
    assert bring(lamp, "absent") == {"changed": False, "lamp": None, "diff": {"before": {}, "after": {}}}


def test_lost_answer_of_a_removal_that_happened():
    lamp = Lamp(WHITE)
    lamp.fails["delete"] = lost()
    lamp.happens_all_the_same.add("delete")
    assert bring(lamp, "absent")["changed"] is True
    assert lamp.calls == ["find", "delete", "find thorough"]


def test_lost_answer_of_a_removal_that_did_not_happen():
    lamp = Lamp(WHITE)
    lamp.fails["delete"] = lost()
    with pytest.raises(errors.TimeLimitError, match=r"lamp L1 is still there\. Run again"):
        bring(lamp, "absent")


def test_removal_that_surely_failed():
    lamp = Lamp(WHITE)
    lamp.fails["delete"] = errors.UnreachableError("refused.")
    with pytest.raises(errors.UnreachableError, match=r"^refused\.$"):
        bring(lamp, "absent")
    assert lamp.calls == ["find", "delete"]


# Secrets


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    ("there", "state"),
    [
        (None, "present"),
        ({**WHITE, "password": "0ld"}, "present"),
        ({**WHITE, "password": "0ld"}, "absent"),
    ],
)
def test_secrets_are_masked_in_result_and_diff(there, state, check_mode):
    lamp = Lamp(there, {"password": "n3w"})
    text = str(bring(lamp, state, check_mode=check_mode))
    assert "0ld" not in text
    assert "n3w" not in text
    assert "********" in text
    if not check_mode and state == "present":
        assert lamp.there["password"] == "n3w"


def test_secrets_are_masked_in_the_warning(warnings):
    lamp = Lamp({**WHITE, "password": "0ld"}, {"password": "n3w"})
    lamp.takes = lambda values: {}
    bring(lamp)
    assert len(warnings) == 1
    assert "0ld" not in warnings[0]
    assert "n3w" not in warnings[0]


# Raw fields of settings


@pytest.mark.parametrize(
    ("now", "wanted", "change"),
    [
        (5, 5, None),
        (5, "5", None),
        (5, 6, (5, 6)),
        (5, "6", (5, 6)),
        (5, "five", (5, "five")),
        (True, "true", None),
        (True, "True", None),
        (True, "false", (True, False)),
        (False, True, (False, True)),
        ("a", "a", None),
        ("a", "A", ("a", "A")),
        ("5", "5", None),
        ([1, 2], [1, 2], None),
        ({"a": 1}, {"a": 2}, ({"a": 1}, {"a": 2})),
        (None, None, None),
        (None, 5, (None, 5)),
        (5, None, (5, None)),
    ],
)
def test_raw_changes(now, wanted, change):
    assert raw_changes({"Field": now}, {"field": wanted}) == ({} if change is None else {"Field": change})


@pytest.mark.parametrize(("wanted", "changes"), [(5, {"newField": (None, 5)}), (None, {})])
def test_raw_changes_of_a_field_that_the_object_does_not_show(wanted, changes):
    assert raw_changes({}, {"newField": wanted}) == changes


@pytest.mark.parametrize("key", ["sslPort", "SSLPORT"])
def test_settings_that_double_an_option(key):
    with pytest.raises(errors.BadInputError, match=f"settings: {key} has an option of its own, ssl_port"):
        check_settings({key: 1}, {"sslport": "ssl_port"}, {})


@pytest.mark.parametrize("key", ["id", "ID"])
def test_settings_that_cannot_be_written(key):
    with pytest.raises(errors.BadInputError, match=f"settings: {key} cannot be written .the server gives it.; leave"):
        check_settings({key: 1}, {}, {"id": "the server gives it"})


def test_settings_that_may_be():
    assert check_settings({"newField": 1}, {"sslport": "ssl_port"}, {"id": "x"}) is None
