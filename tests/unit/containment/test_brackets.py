"""containment/brackets.py: texts in which the value of a variable is read as letters and as the value that it is."""

import pytest

from panorama_guard.containment.brackets import Marked, Reader, bracketed_kinds, value_machine
from panorama_guard.containment.budget import Budget, BudgetSpentError
from panorama_guard.containment.fillings import ValueKind
from panorama_guard.containment.machine import build
from panorama_guard.containment.search import Aim
from panorama_guard.policy.arn import Reading, steps
from tests.unit.containment.questions import budget, glob, kind

KIND = kind("a*", "*z", matched=0b01)  # values that begin with an a and do not end in z


def reader(followed: str, letters: str, other: str, values: ValueKind = KIND) -> Reader:
    """Return what follows a pattern, reads the letters of one and the marks of another, and prefers that none match."""
    plain = build([[steps(glob(letters), Reading.CROSSING)]])
    marked = Marked.of(steps(glob(followed), Reading.CROSSING), [[], [steps(glob(other), Reading.CROSSING)]])
    return Reader(plain, Aim((), 0, sum(plain.whole)), marked, {"k": values})


def kinds(one: Reader) -> set[tuple[bool, bool]]:
    """Return of the texts of the followed pattern whether they match the one of letters, and surely that of marks."""
    found = bracketed_kinds(one, budget())
    return {(bool(letters), bool(marks & 4)) for letters, marks, _ in found if marks & 1}


def test_letters_of_a_value_are_of_its_kind() -> None:
    """All values begin with an a, and some have a b behind it; one that ends in z there is not."""
    assert (False, False) not in kinds(reader("${k}", "a*", "x"))
    assert (False, False) in kinds(reader("${k}", "ab*", "x"))
    assert kinds(reader("${k}", "*z", "x")) == {(False, False)}


def test_a_pattern_with_the_same_variable_surely_matches_its_value() -> None:
    """So does one with a wildcard in its place; one that names its letters is read by these alone."""
    assert (False, False) not in kinds(reader("b${k}", "x", "b${k}"))
    assert (False, False) not in kinds(reader("b${k}", "x", "*${k, 'default'}"))
    assert (False, False) not in kinds(reader("b${k}", "x", "b*"))
    assert (False, False) in kinds(reader("b${k}", "x", "b?"))


def test_values_are_told_by_their_keys() -> None:
    """What was read between the brackets."""
    found = bracketed_kinds(reader("x${k}", "y", "y"), budget())
    values = [values for _, marks, values in found if marks & 1]
    assert values
    assert all(KIND.has(value["k"]) for value in values)


def test_a_value_may_end_where_it_is_of_its_kind() -> None:
    """Outside a value nothing has to end."""
    one = reader("${k}", "x", "x")
    (inside,) = [place for char, place in one.after(one.start) if len(char) > 1]
    assert one.is_whole(one.start)
    assert not one.is_whole(inside)
    assert any(one.is_whole(place) for char, place in one.after(inside) if char == "a")


def test_what_cannot_match_the_followed_pattern_is_not_read_on() -> None:
    """Nothing is found of a kind that has no value."""
    nothing = kind("a", "a*", matched=0b01)
    assert kinds(reader("${k}", "x", "x", nothing)) == set()
    one = reader("bb", "x", "x")
    assert [char for char, place in one.after(one.start) if one.may_escape(place)] == ["b"]


def test_a_value_machine_reads_the_lists_of_a_kind() -> None:
    """Without a kind there is nothing to read."""
    assert [value_machine(KIND).read(text) for text in ("ab", "z", "az", "b")] == [1, 2, 3, 0]
    assert value_machine(None).read("a") == 0


def test_what_takes_too_much_work_is_not_read_to_its_end() -> None:
    """Every character costs."""
    with pytest.raises(BudgetSpentError):
        list(bracketed_kinds(reader("*${k}*${k}*", "*a*b*", "*c*${k}d*"), Budget(10)))


def test_of_several_variables_each_is_read_in_its_place() -> None:
    """In whatever order their keys are looked through."""
    names = "klmnop"
    marked = Marked.of(steps(glob("".join(f"${{{name}}}" for name in names)), Reading.CROSSING), [[], []])
    plain = build([[steps(glob("x"), Reading.CROSSING)]])
    one = Reader(plain, Aim((), 0, sum(plain.whole)), marked, dict.fromkeys(names, KIND))
    read = [list(values) for _, marks, values in bracketed_kinds(one, budget()) if marks & 1]
    assert list(names) in read


def test_what_the_first_list_surely_matches_is_not_followed() -> None:
    """It stops an escape, whatever is read behind it."""
    machine = Marked.of(steps(glob("b${k}"), Reading.CROSSING), [[steps(glob("b*"), Reading.CROSSING)], []])
    plain = build([[steps(glob("x"), Reading.CROSSING)]])
    one = Reader(plain, Aim((), 0, sum(plain.whole)), machine, {"k": KIND})
    assert one.may_escape(one.start)
    assert [char for char, after in one.after(one.start) if char == "b" and one.may_escape(after)] == []


def test_what_is_no_better_is_left_out_and_what_comes_after_it_is_not() -> None:
    """Only one of the states that lead to the same answers is followed, to its end."""
    assert kinds(reader("?a${k}", "ab", "*${k}?")) == {(False, False)}
    assert (True, False) in kinds(reader("a?zz", "*z*", "bz"))
    assert (False, True) in kinds(reader("?z${k}*${k}", "za", "*${k}"))
