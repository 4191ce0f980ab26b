"""A message of the sweeps queue asks for a sweep, or for the rest of one."""

import pytest

from panorama_guard.case.record import dump_record
from panorama_guard.case.sweeping import Place, parse_place


def test_a_place_is_read_back() -> None:
    """As it was sent."""
    place = Place("s3-grantor", "s3-grantor:payroll")
    assert parse_place(dump_record(place)) == place


@pytest.mark.parametrize("body", ["", '{"reason": "schedule"}', '{"kind": 1, "after": ""}', "[]", '{"kind": "role"}'])
def test_anything_else_asks_for_a_sweep(body: str) -> None:
    """The schedule's words, an operator's, or nothing."""
    assert parse_place(body) is None
