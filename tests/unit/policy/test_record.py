"""policy/record.py: frozen records that are dataclasses to whoever asks."""

import copy
import dataclasses
import pickle
import subprocess
import sys

import pytest

from panorama_guard.policy.record import names_of, record, replace


@record
class Point:
    """A record with a default and a method of its own."""

    across: int
    up: int = 0

    @property
    def sum(self) -> int:
        """Return both together."""
        return self.across + self.up


@record
class Place:
    """Another record with the same fields."""

    across: int
    up: int = 0


@record
class Nothing:
    """A record without fields."""


def test_a_record_has_its_fields_and_no_room_for_more() -> None:
    """Nothing of the class that it is made from, which had a dictionary for each item, is left."""
    assert not hasattr(Point(1), "__dict__")
    assert not {"__dict__", "__weakref__"} & vars(Point).keys()


def test_values_are_given_by_place_or_by_name() -> None:
    """A field that is not given has its default."""
    assert Point(1) == Point(1, 0) == Point(across=1) == Point(up=0, across=1)


def test_records_are_equal_by_class_and_fields() -> None:
    """Two classes with the same fields have no equal records, and a tuple of the values is none."""
    points: set[object] = {Point(1), Place(1), Point(1, 0), (1, 0)}
    assert len(points) == 3
    assert Nothing() == Nothing()
    assert Point(1) != Point(2)


@pytest.mark.parametrize("values", [(), (1, 2, 3)])
def test_a_wrong_number_of_values_is_refused(values: tuple[int, ...]) -> None:
    """The error names the fields."""
    with pytest.raises(TypeError, match=r"Point takes the fields `across, up`"):
        Point(*values)


@pytest.mark.parametrize("named", [{"across": 2}, {"down": 2}])
def test_a_field_that_is_given_twice_or_is_unknown_is_refused(named: dict[str, int]) -> None:
    """Nothing is guessed."""
    with pytest.raises(TypeError, match="Point takes the fields"):
        Point(1, **named)


def test_a_record_cannot_be_changed() -> None:
    """Neither set nor deleted, nor given a field that it does not have."""
    with pytest.raises(AttributeError, match="a Point is frozen: `up`"):
        Point(1).up = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match="a Point is frozen: `up`"):
        del Point(1).up
    with pytest.raises(AttributeError, match="a Point is frozen: `other`"):
        Point(1).other = 2  # type: ignore[attr-defined]


def test_a_replaced_record_differs_in_what_was_named() -> None:
    """The original stays as it was."""
    point = Point(1, 2)
    assert (replace(point, up=3), dataclasses.replace(point, up=3), point) == (Point(1, 3), Point(1, 3), Point(1, 2))


def test_a_record_is_a_dataclass_to_whoever_asks() -> None:
    """Codecs read its fields and their types."""
    assert dataclasses.is_dataclass(Point)
    assert [(field.name, field.default) for field in dataclasses.fields(Point)] == [
        ("across", dataclasses.MISSING),
        ("up", 0),
    ]


def test_a_record_is_copied_pickled_matched_and_shown() -> None:
    """As any value is."""
    point = Point(1, 2)
    assert copy.deepcopy(point) == pickle.loads(pickle.dumps(point)) == point  # noqa: S301 - our own bytes
    match point:
        case Point(across, up):
            assert (across, up, point.sum) == (1, 2, 3)
    assert repr(point) == "Point(across=1, up=2)"


def test_the_engine_waits_for_no_dataclasses_and_no_typing() -> None:
    """What they cost at import is why records are made here."""
    script = (
        "import sys, panorama_guard.containment; print(sorted({'dataclasses', 'inspect', 'typing'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_record_holds_nothing_but_its_fields() -> None:
    """Slots alone: no dictionary beside them."""
    assert not hasattr(Point(1), "__dict__")
    assert "__dict__" not in vars(Point)
    assert "__weakref__" not in vars(Point)


def test_the_names_of_a_record_are_known_without_its_description() -> None:
    """A record without fields has no names, and what `record` did not make has not even that."""
    assert names_of(Point) == ("across", "up")
    assert names_of(Nothing) == ()
    assert names_of(dataclasses.make_dataclass("Other", ["across"])) is None
    assert names_of(int) is None
