"""A message of the sweeps queue asks for a sweep, or for the rest of one."""

import pytest

from panorama_guard.case.record import dump_record
from panorama_guard.case.sweeping import FanOut, MemberSweep, Place, parse_members, parse_place


def test_a_place_is_read_back() -> None:
    """As it was sent."""
    place = Place("s3-grantor", "s3-grantor:payroll")
    assert parse_place(dump_record(place)) == place


@pytest.mark.parametrize("body", ["", '{"reason": "schedule"}', '{"kind": 1, "after": ""}', "[]", '{"kind": "role"}'])
def test_anything_else_asks_for_a_sweep(body: str) -> None:
    """The schedule's words, an operator's, or nothing."""
    assert parse_place(body) is None


@pytest.mark.parametrize("request_", [MemberSweep("222233334444", Place("s3-bucket", "x"), "no roles"), FanOut("me")])
def test_what_is_asked_of_members_is_read_back(request_: MemberSweep | FanOut) -> None:
    """As it was sent; and it is no request for a sweep of the guard's own account."""
    assert parse_members(dump_record(request_)) == request_
    assert parse_place(dump_record(request_)) is None


@pytest.mark.parametrize("body", ["", '{"reason": "schedule"}', dump_record(Place("role", "")), '{"sweep_members": 1}'])
def test_anything_else_is_about_the_guard_s_own_account(body: str) -> None:
    """As before there were members."""
    assert parse_members(body) is None
