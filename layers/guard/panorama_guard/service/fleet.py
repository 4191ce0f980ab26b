"""Keeps how each member account of an organisation stands, and has operators told where that changes."""

from collections.abc import Mapping
from types import MappingProxyType

from panorama_guard.case.errors import StaleRecordError
from panorama_guard.case.member import MemberState, is_told, seen
from panorama_guard.case.word import Word
from panorama_guard.policy.record import record
from panorama_guard.service.member_ports import MemberRecords
from panorama_guard.service.ports import Ledger

TRIES = 4  # how often a race for a member's record is run before it is left to the queue
TITLES: Mapping[MemberState, str] = MappingProxyType(
    {
        MemberState.UNREACHED: "a member account cannot be read: its changes are not judged",
        MemberState.IN_PART: "a member account cannot be listed whole: sweeps do not see all of it",
        MemberState.READ: "a member account can be read again",
    }
)


@record
class Roll:
    """Where it is kept how each member of a hub stands."""

    hub: str
    records: MemberRecords
    ledger: Ledger


def note_member(account: str, state: MemberState, why: str, roll: Roll, *, now: str) -> None:
    """Keep in which state an account was seen; have operators told once of each state that it comes into.

    Raises StaleRecordError if somebody else wrote first each time.
    """
    for _ in range(TRIES - 1):
        try:
            return _note_once(account, state, why, roll, now=now)
        except StaleRecordError:
            continue
    return _note_once(account, state, why, roll, now=now)


def _note_once(account: str, state: MemberState, why: str, roll: Roll, *, now: str) -> None:
    known = roll.records.read_member(roll.hub, account)
    member = seen(known, account, state, why, now=now)
    if member == known:
        return
    if is_told(known, member):
        # First, under a name that the record decides: a crash between the two tells it again, and once.
        text = why or f"account {account} is read again, and was swept"
        roll.ledger.put_word(Word(member.word_id, roll.hub, account, now, TITLES[state], text))
    roll.records.put_member(roll.hub, member)
