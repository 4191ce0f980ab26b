"""Sweeps the member accounts: asks for each of them, and lists one for what is to be judged there."""

from collections.abc import Sequence

from panorama_guard.case.errors import UnlistedError, UnreachableError
from panorama_guard.case.member import MemberState
from panorama_guard.case.sweeping import FanOut, MemberSweep, Place, parse_members
from panorama_guard.policy.record import record
from panorama_guard.service.errors import NoMembersError
from panorama_guard.service.fleet import note_member
from panorama_guard.service.sweep import SweepResult, Walked, ask_for_all, sweep_for
from panorama_guard.service.sweeper import Fleet, Ground, Pace, Sweeper


@record
class MembersSwept:
    """What came of a message about members, for the log: accounts that were asked for, or one that was listed.

    `state` is how that one stands; it is empty where its sweep is not at its end, and `rest` is where it goes on.
    """

    accounts: tuple[str, ...] = ()
    account: str = ""
    state: MemberState | None = None
    why: str = ""
    asked_for: tuple[str, ...] = ()
    sent_again: tuple[str, ...] = ()
    rest: Place | None = None


def take_sweeps(
    bodies: Sequence[str], sweeper: Sweeper, *, now: str, pace: Pace
) -> SweepResult | tuple[MembersSwept, ...]:
    """Do what the messages of one queue ask: of the guard's own account, or of its members.

    Raises NoMembersError where there is no organisation, UnlistedError where AWS does not say who its members are, and
    what `sweep` raises.
    """
    requests = [request for request in map(parse_members, bodies) if request]
    if not requests:
        return sweep_for(bodies, sweeper, now=now, pace=pace)
    if sweeper.fleet is None:
        message = f"a sweep of members is asked for, and there is no organisation: `{requests[0]}`"
        raise NoMembersError(message)
    return tuple(_sweep(request, sweeper.fleet, now=now, pace=pace) for request in requests)


def _sweep(request: MemberSweep | FanOut, fleet: Fleet, *, now: str, pace: Pace) -> MembersSwept:
    match request:
        case FanOut():
            return _fan_out(fleet, now=now)
        case MemberSweep():
            return _sweep_member(request, fleet, now=now, pace=pace)


def _fan_out(fleet: Fleet, *, now: str) -> MembersSwept:
    """Ask for every member account, and forget those that are none any more."""
    roll = fleet.roll
    accounts = tuple(account for account in fleet.accounts.accounts() if account != roll.hub)
    fleet.sweeps.sweep_each(accounts, now)
    members = frozenset(accounts)
    for known in roll.records.read_members(roll.hub):
        if known.account not in members:
            roll.records.forget_member(roll.hub, known.account)
    return MembersSwept(accounts)


def _sweep_member(request: MemberSweep, fleet: Fleet, *, now: str, pace: Pace) -> MembersSwept:
    """List one account, and have judged there what is guarded; one that cannot be read is kept, told, and done with.

    What AWS throttles is raised, and the message comes back: other accounts have messages of their own.
    """
    account = request.sweep_member
    try:
        ground = fleet.grounds.ground_of(account)
    except UnreachableError as error:
        note_member(account, MemberState.UNREACHED, str(error), fleet.roll, now=now)
        return MembersSwept(account=account, state=MemberState.UNREACHED, why=str(error))
    walked, rest, unlisted = _list(request, ground, now=now, pace=pace)
    asked = tuple(name for stretch, _ in walked for name in stretch.names)
    sent = tuple(incident for _, each in walked for incident in each)
    if rest:
        fleet.sweeps.go_on(account, rest, unlisted, now)
        return MembersSwept(account=account, why=unlisted, asked_for=asked, sent_again=sent, rest=rest)
    state = MemberState.IN_PART if unlisted else MemberState.READ
    why = f"account {account}: {unlisted}" if unlisted else ""
    note_member(account, state, why, fleet.roll, now=now)
    return MembersSwept(account=account, state=state, why=why, asked_for=asked, sent_again=sent)


def _list(request: MemberSweep, ground: Ground, *, now: str, pace: Pace) -> tuple[Walked, Place | None, str]:
    """Return what was walked through, where to go on, and what of the account cannot be listed so far."""
    known = frozenset(ground.ledger.resources_on_record(ground.account))
    try:
        walked, rest = ask_for_all(request.place, ground, known, pace, now=now)
    except UnlistedError as error:  # not even the roles, which come first
        return [], None, str(error)
    found = (request.unlisted, *(stretch.unlisted for stretch, _ in walked))
    return walked, rest, "; ".join(one for one in found if one)
