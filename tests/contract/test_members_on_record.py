"""What the service expects of the record of members holds for the fake and for the table."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from panorama_guard.aws.ledger_members import DynamoMembers
from panorama_guard.case.errors import StaleRecordError
from panorama_guard.case.member import Member, MemberState
from panorama_guard.service.member_ports import MemberRecords
from tests.builders import ACCOUNT, NOW
from tests.contract.drivers import moto_account, new_table
from tests.fakes import FakeMembers

MEMBER = Member("222233334444", MemberState.UNREACHED, NOW, "account 222233334444 cannot be read", "", 1)
OTHER = replace(MEMBER, account="222233334445", state=MemberState.READ, why="", swept_at=NOW)


@pytest.fixture(scope="module", autouse=True)
def account() -> Iterator[None]:
    """Run in moto's account."""
    with moto_account():
        yield


@pytest.fixture(params=["fake", "moto"])
def records(request: pytest.FixtureRequest) -> MemberRecords:
    """Return an empty record, once of each sort."""
    if request.param == "fake":
        return FakeMembers()
    return DynamoMembers(*new_table())


def test_nothing_is_on_record_at_first(records: MemberRecords) -> None:
    """Neither of one, nor of all."""
    assert (records.read_member(ACCOUNT, MEMBER.account), records.read_members(ACCOUNT)) == (None, ())


def test_what_is_put_is_read_back(records: MemberRecords) -> None:
    """By its account, and among all of them, which are in order."""
    records.put_member(ACCOUNT, OTHER)
    records.put_member(ACCOUNT, MEMBER)
    assert records.read_member(ACCOUNT, MEMBER.account) == MEMBER
    assert records.read_members(ACCOUNT) == (MEMBER, OTHER)


def test_a_record_is_put_on_top_of_the_one_before(records: MemberRecords) -> None:
    """Whoever has read an earlier one is too late."""
    records.put_member(ACCOUNT, MEMBER)
    records.put_member(ACCOUNT, replace(MEMBER, swept_at=NOW, revision=2))
    with pytest.raises(StaleRecordError):
        records.put_member(ACCOUNT, replace(MEMBER, revision=2))
    with pytest.raises(StaleRecordError):
        records.put_member(ACCOUNT, MEMBER)
    assert records.read_members(ACCOUNT) == (replace(MEMBER, swept_at=NOW, revision=2),)


def test_one_that_is_forgotten_is_not_there(records: MemberRecords) -> None:
    """Nor is it an error to forget what is not there."""
    records.put_member(ACCOUNT, MEMBER)
    records.forget_member(ACCOUNT, MEMBER.account)
    records.forget_member(ACCOUNT, MEMBER.account)
    assert records.read_members(ACCOUNT) == ()
