"""Member accounts are swept one by one; what cannot be read is told once, kept, and never passed over."""

from dataclasses import dataclass, replace
from typing import cast

import pytest

from panorama_guard.case.errors import UnlistedError
from panorama_guard.case.incident import State
from panorama_guard.case.member import Member, MemberState
from panorama_guard.case.order import InspectionRequest, Origin, address
from panorama_guard.case.outline import RoleOutline
from panorama_guard.case.record import dump_record
from panorama_guard.case.sweeping import BEGINNING, FanOut, MemberSweep, Place
from panorama_guard.service.errors import NoMembersError
from panorama_guard.service.inspect import inspect_message
from panorama_guard.service.member_ports import NamedAccounts
from panorama_guard.service.member_sweep import MembersSwept, take_sweeps
from panorama_guard.service.members import MemberGrounds, MemberInspectors
from panorama_guard.service.settings import InMembers, Mode
from panorama_guard.service.sweep import SweepResult
from panorama_guard.service.sweeper import WITHOUT_END, Fleet, Pace, Sweeper
from tests.builders import ACCOUNT, NOW, PROFILE, SERVICE_ROLE, as_administrator, snapshot_of
from tests.fakes import FakeResources, FakeRoles
from tests.unit.service.accounts import MEMBER, Accounts, roll_of
from tests.unit.service.world import OPERATOR, World

OTHER, GONE, CLOSED = "333344445555", "444455556666", "555566667777"
LATER = "2026-11-24T15:00:10+00:00"
UNREAD = "a member account cannot be read: its changes are not judged"
AGAIN = "a member account can be read again"
IN_PART = "a member account cannot be listed whole: sweeps do not see all of it"


class Organisation:
    """A hub, and a member with a guarded role that became an administrator while no event came."""

    def __init__(self, *accounts: str) -> None:
        """Take which accounts AWS lists."""
        self.hub, self.member = World(Mode.ENFORCE, is_hub=True), World(Mode.OBSERVE)
        healthy = snapshot_of()
        there = replace(healthy, subject=replace(healthy.subject, account=MEMBER))
        self.member.roles.put(as_administrator(there))
        self.accounts = Accounts({MEMBER: self.member})
        self.listed = accounts or (ACCOUNT, MEMBER, GONE)

    @property
    def sweeper(self) -> Sweeper:
        """Return what sweeps it."""
        own = self.hub.sweeper
        grounds = MemberGrounds(own.ground, self.accounts.reach, PROFILE, lambda _: self.member.inspections, ())
        fleet = Fleet(NamedAccounts(self.listed), grounds, self.hub.members, roll_of(self.hub))
        return replace(own, fleet=fleet)

    def ask(self, request: object, *, now: str = NOW, pace: Pace = WITHOUT_END) -> MembersSwept:
        """Deliver one message."""
        (done,) = cast(
            "tuple[MembersSwept, ...]", take_sweeps([dump_record(request)], self.sweeper, now=now, pace=pace)
        )
        return done

    def sweep(self, account: str, *, now: str = NOW, pace: Pace = WITHOUT_END) -> MembersSwept:
        """Deliver the message for one account."""
        return self.ask(MemberSweep(account, BEGINNING, ""), now=now, pace=pace)

    @property
    def told(self) -> list[tuple[str, str]]:
        """Return what operators hear of, and of whom."""
        return [(word.title, word.by) for word in self.hub.ledger.words.values()]

    def standing(self, account: str) -> Member:
        """Return what is on record of an account."""
        return self.hub.members.members[account]


def test_each_member_is_asked_for_and_the_hub_is_none_of_them() -> None:
    """One request for each; nothing is read there yet."""
    own = Organisation()
    assert own.ask(FanOut("schedule")).accounts == (MEMBER, GONE)
    assert own.hub.members.requests == [(MEMBER, GONE)]
    assert own.accounts.asked == []


def test_who_is_no_member_any_more_is_forgotten() -> None:
    """An account that was closed is not told of for ever."""
    own = Organisation()
    own.sweep(CLOSED)
    own.sweep(MEMBER)
    own.ask(FanOut("schedule"))
    assert list(own.hub.members.members) == [MEMBER]


def test_what_a_member_s_sweep_asks_for_finds_what_no_event_said() -> None:
    """It is judged as after an event: an incident of that account, with nothing ordered and nothing written."""
    own = Organisation()
    done = own.sweep(MEMBER)
    requests = own.member.inspections.requests
    assert InspectionRequest(SERVICE_ROLE.name, NOW, Origin.SWEEP) in requests
    assert (len(done.asked_for), done.state) == (len(requests), MemberState.READ)
    hub = own.hub
    members = MemberInspectors(
        hub.inspector, own.accounts.reach, PROFILE, lambda _: hub.rechecks, hub.members, roll_of(hub), InMembers.TELL
    )
    inspector = replace(hub.inspector, members=members)
    for request in requests:
        inspect_message(address(request, MEMBER), inspector, now=NOW)
    assert [(one.account, one.state) for one in hub.incidents] == [(MEMBER, State.OBSERVED)]
    assert (hub.remediations.orders, own.member.roles.writes, hub.inspections.requests) == ([], [], [])


def test_the_sweep_of_a_member_sends_no_canary_and_asks_for_no_report() -> None:
    """Both are the hub's own account's; so are its rules."""
    own = Organisation()
    own.sweep(MEMBER)
    assert (own.hub.canary.sent, own.hub.reports.requests, own.hub.sweeps.rests) == ([], [], [])


def test_a_message_of_the_hub_s_own_account_is_its_own_sweep() -> None:
    """As before there were members."""
    own = Organisation()
    assert isinstance(take_sweeps(["{}"], own.sweeper, now=NOW, pace=WITHOUT_END), SweepResult)
    assert own.accounts.asked == []


def test_without_an_organisation_a_request_for_members_is_an_error() -> None:
    """It is never taken for a sweep that was done."""
    with pytest.raises(NoMembersError, match="there is no organisation"):
        take_sweeps([dump_record(FanOut("schedule"))], World().sweeper, now=NOW, pace=WITHOUT_END)


def test_a_member_that_cannot_be_read_is_told_once_for_as_long_as_it_is_so() -> None:
    """Sweep after sweep; and its message is done, so that no dead letter tells it again."""
    own = Organisation()
    for now in (NOW, LATER, "2026-12-24T15:00:10+00:00"):
        done = own.sweep(GONE, now=now)
        assert (done.state, done.why) == (MemberState.UNREACHED, f"account {GONE} cannot be read: AccessDenied")
    assert own.told == [(UNREAD, GONE)]
    assert own.standing(GONE) == Member(GONE, MemberState.UNREACHED, NOW, done.why, "", 1)


def test_a_member_that_can_be_read_again_is_told_and_swept() -> None:
    """And once more, where it is lost once more."""
    own = Organisation()
    own.sweep(GONE)
    own.accounts.worlds[GONE] = World(Mode.OBSERVE)
    own.sweep(GONE, now=LATER)
    assert own.told == [(UNREAD, GONE), (AGAIN, GONE)]
    assert own.standing(GONE) == Member(GONE, MemberState.READ, LATER, "", LATER, 2)
    del own.accounts.worlds[GONE]
    own.sweep(GONE, now="2026-11-25T15:00:10+00:00")
    assert own.told == [(UNREAD, GONE), (AGAIN, GONE), (UNREAD, GONE)]
    assert own.standing(GONE).swept_at == LATER


def test_a_member_that_was_always_read_is_no_news() -> None:
    """What is kept is when it was swept."""
    own = Organisation()
    own.sweep(MEMBER)
    own.sweep(MEMBER, now=LATER)
    assert own.told == []
    assert own.standing(MEMBER) == Member(MEMBER, MemberState.READ, NOW, "", LATER, 2)


@pytest.mark.parametrize("crash_at", range(1, 4))
def test_who_dies_while_telling_tells_it_once_when_the_message_comes_again(crash_at: int) -> None:
    """The word comes before the record, under a name that both attempts give it."""
    own = Organisation()
    own.hub.calls.crash_at = crash_at
    try:
        own.sweep(GONE)
    except Exception:  # noqa: BLE001 - the function died
        own.hub.calls.crash_at = 0
    own.sweep(GONE, now="2026-11-23T15:06:10+00:00")
    assert own.told == [(UNREAD, GONE)]


def test_a_race_for_a_record_is_run_again() -> None:
    """Another worker has seen the same: nothing is lost, and nothing told twice."""
    own = Organisation()
    real, before = own.hub.members.read_member, [None]
    own.sweep(GONE)
    own.hub.members.read_member = lambda hub, account: before.pop() if before else real(hub, account)  # type: ignore[method-assign]
    own.sweep(GONE)
    assert (own.told, own.standing(GONE).revision) == ([(UNREAD, GONE)], 1)


def test_a_member_s_sweep_that_runs_out_of_time_goes_on_there() -> None:
    """It is not swept before its end."""
    own = Organisation()
    done = own.sweep(MEMBER, pace=Pace(lambda: True, lambda _: None))
    assert (done.state, done.rest) == (None, Place("on record", ""))
    assert own.hub.members.rests == [(MEMBER, Place("on record", ""), "")]
    assert own.hub.members.members == {}
    (rest,) = own.hub.members.rests
    assert own.ask(MemberSweep(*rest)).state is MemberState.READ


@dataclass
class PartlyListed(FakeResources):
    """Resources of which those of one type cannot be listed."""

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of a type, or say that AWS does not let them be listed."""
        if kind == "iot-policy":
            message = "AWS does not let the guard list what is of type `iot-policy`"
            raise UnlistedError(message)
        return super().resource_keys(kind)


class RolesUnlisted(FakeRoles):
    """Roles that cannot be listed: the member's stack is older than the hub's."""

    def role_outlines(self) -> tuple[RoleOutline, ...]:
        """Say that AWS does not let them be listed."""
        message = "AWS does not let the guard list the roles: AccessDenied"
        raise UnlistedError(message)


def test_what_cannot_be_listed_in_a_member_is_told_and_holds_up_nothing_else() -> None:
    """All else is asked for; that some is not seen is told once, and comes again with the rest of a long sweep."""
    own = Organisation()
    own.member.resources = PartlyListed(own.member.calls)
    for now in (NOW, LATER):
        done = own.sweep(MEMBER, now=now)
    assert (done.state, SERVICE_ROLE.name in done.asked_for) == (MemberState.IN_PART, True)
    assert own.told == [(IN_PART, MEMBER)]
    assert own.standing(MEMBER).why == f"account {MEMBER}: AWS does not let the guard list what is of type `iot-policy`"
    rest = own.ask(MemberSweep(MEMBER, Place("s3-bucket", ""), "not the roles"))
    assert rest.why.startswith(f"account {MEMBER}: not the roles")


def test_a_member_whose_roles_cannot_be_listed_is_told_of() -> None:
    """It is no dead letter, and no clean account."""
    own = Organisation()
    own.member.roles = RolesUnlisted(own.member.calls)
    assert own.sweep(MEMBER).state is MemberState.IN_PART
    assert own.told == [(IN_PART, MEMBER)]


def test_what_aws_throttles_in_a_member_comes_back_to_the_queue() -> None:
    """The error is raised; that says nothing of whether the account can be read."""
    own = Organisation()
    own.member.calls.crash_at = 1
    with pytest.raises(Exception, match="role_outlines"):
        own.sweep(MEMBER)
    assert (own.told, own.hub.members.members) == ([], {})


def test_an_alert_of_a_member_that_the_stream_missed_is_sent_by_its_sweep() -> None:
    """Its incident is written once more, in its own account's place."""
    own = Organisation()
    before = World(Mode.OBSERVE)
    before.change(as_administrator(snapshot_of()))
    incident = replace(before.incident, subject=replace(before.incident.subject, account=MEMBER))
    own.hub.ledger.put_incident(incident)
    done = own.sweep(MEMBER, now=LATER)
    assert done.sent_again == (incident.id,)
    assert own.hub.ledger.read(ACCOUNT, SERVICE_ROLE.name).incidents == ()


def test_an_operator_s_sweep_is_of_the_members_too() -> None:
    """Where there is an organisation."""
    own = Organisation()
    own.hub.operate(OPERATOR, "sweep")
    assert (own.hub.sweeps.requests, own.hub.members.all_requests) == ([NOW], [NOW])
    alone = World()
    alone.operate(OPERATOR, "sweep")
    assert (alone.sweeps.requests, alone.members.all_requests) == ([NOW], [])


def test_the_status_says_how_the_members_stand() -> None:
    """How many are read, which are not and since when, and who was swept longest ago."""
    own = Organisation()
    own.sweep(MEMBER)
    own.accounts.worlds[OTHER] = World(Mode.OBSERVE)
    own.sweep(OTHER, now=LATER)
    own.sweep(GONE)
    members = own.hub.operate(OPERATOR, "status").body["members"]
    why = f"account {GONE} cannot be read: AccessDenied"
    assert members == {
        "all": 3,
        "read": 2,
        "in_part": 0,
        "unreached": 1,
        "swept_longest_ago": {"account": MEMBER, "at": NOW},
        "not_read": [{"account": GONE, "state": "unreached", "since": NOW, "why": why}],
    }
    assert "members" not in World().operate(OPERATOR, "status").body
