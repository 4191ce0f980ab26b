"""An escape in a member account is contained there, undone there, and never in the hub's role of the same name."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from panorama_guard.case.errors import UnreachableError
from panorama_guard.case.incident import State
from panorama_guard.case.member import NO_ROLE, READ_ROLE, REMEDIATION_ROLE, SWITCHED_OFF, MemberState
from panorama_guard.case.order import LiftOrder, RemediationOrder, RenewalOrder
from panorama_guard.reporting.commands import operator_commands
from panorama_guard.service.carry_out import carry_out
from panorama_guard.service.inspect import inspect_message
from panorama_guard.service.operate import operate
from panorama_guard.service.settings import InMembers, Mode
from tests.builders import ACCOUNT, ADMINISTRATOR, NOW, PAYROLL, policy, snapshot_of, trusting, with_policies
from tests.unit.service.accounts import MEMBER
from tests.unit.service.organisation import NAME, Organisation, there
from tests.unit.service.world import OPERATOR, SECOND, event_on
from tests.url_events import url_event

HEALTHY = snapshot_of()
FREED = with_policies(HEALTHY, PAYROLL)
OPENED = HEALTHY.with_trust(policy(trusting({"Service": "panorama.amazonaws.com"}), trusting({"AWS": "999999999999"})))
WHY: dict[str, Any] = {"reason": "an agreed change", "seconds": 3600}


def later(minutes: int) -> str:
    """Return a time so long after the first."""
    return (datetime.fromisoformat(NOW) + timedelta(minutes=minutes)).isoformat()


def test_an_escape_in_a_member_is_contained_there_and_verified() -> None:
    """The incident, its backup and its order are the member's; the hub's role of the same name is not touched."""
    own = Organisation()
    assert own.change(FREED).state is State.DETECTED
    assert own.remediate() == ["CONTAINED"]
    assert (own.incident.state, own.incident.account) == (State.CONTAINED, MEMBER)
    assert own.role != there(FREED)
    (backups,) = own.hub.ledger.read_attempts(own.incident)
    assert [one.snapshot for one in backups] == [there(FREED)]
    assert (own.hub.roles.writes, own.hub.roles.roles[NAME.lower()]) == ([], HEALTHY)
    assert own.hub.ledger.read(ACCOUNT, NAME).incidents == ()
    assert own.hub.rechecks.requests == []
    assert own.member.rechecks.requests != []


def test_the_guard_s_own_write_in_a_member_is_no_cause() -> None:
    """Its event comes back as the remediation role of that account, and the incident keeps the name that it had."""
    own = Organisation()
    own.change(FREED)
    own.remediate()
    before = own.incident
    role = f"arn:aws:iam::{MEMBER}:role/{REMEDIATION_ROLE}"
    own.look(MEMBER, event_id="own-1", by=role)
    assert (own.incident.cause, own.incident.suspects) == (before.cause, before.suspects)


def test_the_same_role_in_hub_and_member_has_two_records_two_groups_and_two_remedies() -> None:
    """Containing one leaves the other as it is, to be contained by its own order."""
    own = Organisation()
    own.hub.roles.put(FREED)
    own.look(ACCOUNT, event_id="event-0")
    own.change(FREED)
    orders = own.hub.remediations.orders
    assert [order.account for order in orders] == [ACCOUNT, MEMBER]
    assert len({order.group for order in orders}) == 2
    assert carry_out(orders.pop(), own.remediator, now=NOW) == "CONTAINED"
    assert own.hub.roles.writes == []
    assert own.remediate() == ["CONTAINED"]
    assert len(own.member.roles.writes) == len(own.hub.roles.writes) == 1


def test_where_members_are_only_told_of_nothing_is_ordered_and_no_command_is_named() -> None:
    """Whatever the mode: the alert says which setting it is, and what would be done."""
    own = Organisation(in_members=InMembers.TELL)
    incident = own.change(FREED)
    assert (incident.state, incident.reason, bool(incident.remedy.steps)) == (State.OBSERVED, SWITCHED_OFF, True)
    assert operator_commands(incident) == ()
    assert (own.hub.remediations.orders, own.member.roles.writes, own.hands.asked) == ([], [], [])


@pytest.mark.parametrize("mode", [Mode.ENFORCE, Mode.APPROVE])
def test_where_the_account_s_stack_makes_no_remediation_role_it_says_so(mode: Mode) -> None:
    """And one of that name that somebody made elsewhere is none."""
    own = Organisation(mode)
    own.make_remediation_role("/")
    incident = own.change(FREED)
    assert (incident.state, incident.reason, bool(incident.remedy.steps)) == (State.OBSERVED, NO_ROLE, True)
    assert operator_commands(incident) == ()
    own.make_remediation_role()
    own.look(MEMBER, event_id="event-2")
    assert own.incident.state in (State.REOPENED, State.NEEDS_APPROVAL)


def test_the_role_is_looked_for_only_where_it_would_be_used() -> None:
    """A look at a healthy role, and one in mode observe, take no call more than before."""
    own, observing = Organisation(), Organisation(Mode.OBSERVE)
    own.look(MEMBER)
    observing.change(FREED)
    for one in (own, observing):
        assert not [call for call in one.member.calls.made if call.startswith("read_outline panorama-guard")]
    assert observing.incident.reason == "mode observe: the guard tells and changes nothing"
    assert [name for name, _ in operator_commands(observing.incident)] == ["To waive"]


def test_a_member_that_refuses_the_remediation_role_is_not_fixed_and_tried_again() -> None:
    """The alert says why; once the account lets the guard in, the next look contains it."""
    own = Organisation()
    own.change(FREED)
    own.hands.worlds.clear()
    assert own.remediate() == ["NOT FIXED"]
    assert own.incident.state is State.NOT_FIXED
    assert own.incident.reason == f"account {MEMBER} cannot be written to: AccessDenied"
    assert (own.member.roles.writes, own.hub.roles.writes) == ([], [])
    own.hands.worlds[MEMBER] = own.member
    own.look(MEMBER, event_id="event-2")
    assert own.remediate() == ["CONTAINED"]


def test_an_order_that_meets_the_setting_switched_off_is_told_and_not_carried_out() -> None:
    """Whoever deploys it so may have orders on their way."""
    own = Organisation()
    own.change(FREED)
    own.in_members = InMembers.TELL
    assert own.remediate() == ["OBSERVED"]
    assert (own.incident.reason, own.hands.asked, own.member.roles.writes) == (SWITCHED_OFF, [], [])


@pytest.mark.parametrize("account", [MEMBER, "999999999999", "not an account"])
def test_an_order_that_no_incident_stands_behind_opens_no_account(account: str) -> None:
    """Whoever may send to the queue can have no role assumed, and nothing written."""
    own = Organisation()
    own.change(FREED)
    known, other = own.incident, "inc-0000000000000000"
    orders = (
        RemediationOrder(account, NAME, known.slot, other, 1),
        RenewalOrder(account, NAME, known.slot, other, 1, NOW),
        LiftOrder(account, NAME, known.slot, other, 1, NOW),
    )
    assert [carry_out(order, own.remediator, now=NOW) for order in orders] == ["no such incident"] * 3
    assert (own.hands.asked, own.member.roles.writes) == ([], [])


def test_an_order_that_names_the_hub_for_a_member_s_incident_is_dropped() -> None:
    """The record is the member's: in the hub there is no such incident, whatever the role is called."""
    own = Organisation()
    own.hub.roles.put(FREED)
    incident = own.change(FREED)
    forged = RemediationOrder(ACCOUNT, NAME, incident.slot, incident.id, incident.attempt)
    assert carry_out(forged, own.remediator, now=NOW) == "no such incident"
    assert own.hub.roles.writes == []


def test_an_undo_in_a_member_gives_back_byte_for_byte_and_finds_its_account_by_itself() -> None:
    """The incident's id is enough; the waiver is of the member's role, and of no other of its name."""
    own = Organisation()
    incident = own.change(FREED)
    own.remediate()
    answer = own.operate("undo", incident=incident.id, **WHY)
    assert (answer.status, answer.body["undo"], answer.body["account"]) == (200, "lifting", MEMBER)
    assert own.remediate() == ["lifted"]
    assert own.role == there(FREED)
    assert own.incident.state is State.RESOLVED
    own.look(MEMBER, event_id="event-3")
    assert own.hub.remediations.orders == []
    own.hub.roles.put(FREED)
    own.look(ACCOUNT, event_id="event-4")
    assert [order.account for order in own.hub.remediations.orders] == [ACCOUNT]


def test_an_undo_that_meets_a_refusal_is_turned_down_and_told() -> None:
    """The operator would wait for ever else."""
    own = Organisation()
    incident = own.change(with_policies(HEALTHY, ADMINISTRATOR))
    own.remediate()
    assert own.operate("undo", incident=incident.id, **WHY).body["undo"] == "waiting"
    (waiver,) = own.hub.ledger.waivers
    assert own.operate("approve-waiver", waiver=waiver, by=SECOND).status == 200
    own.hands.worlds.clear()
    assert own.remediate() == [f"refused: account {MEMBER} cannot be written to: AccessDenied"]
    (undo,) = own.hub.ledger.undos.values()
    assert undo.refused == f"account {MEMBER} cannot be written to: AccessDenied"
    assert own.incident.state is State.CONTAINED


def test_a_plan_in_a_member_waits_for_an_operator_s_word() -> None:
    """And is carried out there once it is given."""
    own = Organisation(Mode.APPROVE)
    incident = own.change(FREED)
    assert (incident.state, own.hub.remediations.orders) == (State.NEEDS_APPROVAL, [])
    assert [name for name, _ in operator_commands(incident)] == ["To approve", "To waive"]
    assert own.operate("approve", incident=incident.id).status == 200
    assert own.remediate() == ["CONTAINED"]
    assert own.hub.roles.writes == []


def test_a_waiver_and_a_second_try_in_a_member_find_their_account() -> None:
    """The role there is read, and looked at, and not the hub's."""
    own = Organisation(Mode.OBSERVE)
    incident = own.change(FREED)
    waived = own.operate("waive", incident=incident.id, **WHY)
    assert waived.status == 200
    (waiver,) = own.hub.ledger.waivers.values()
    assert (waiver.account, waiver.subject.unique_id) == (MEMBER, there(FREED).subject.unique_id)
    assert own.operate("end-waiver", waiver=waiver.id).status == 200
    assert own.hub.rechecks.requests == []
    tried = own.operate("retry", incident=incident.id)
    assert "OBSERVED" in str(tried.body["error"])


def test_what_an_operator_asks_in_a_member_that_cannot_be_read_is_refused_with_the_reason() -> None:
    """Nothing is read in the hub in its place."""
    own = Organisation(Mode.OBSERVE)
    incident = own.change(FREED)
    own.eyes.worlds.clear()
    answer = own.operate("waive", incident=incident.id, **WHY)
    assert (answer.status, answer.body["error"]) == (409, f"account {MEMBER} cannot be read: AccessDenied")


def test_an_operator_hears_that_a_member_s_role_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its read role is assumed, and the account's administrator has it denied the rest."""
    own = Organisation(Mode.OBSERVE)
    incident = own.change(FREED)
    monkeypatch.setattr(own.member.roles, "read_role", denied)
    answer = own.operate("waive", incident=incident.id, **WHY)
    assert (answer.status, answer.body["error"]) == (409, f"account {MEMBER} cannot be read: AccessDenied")


def test_an_operator_reads_of_a_member_by_its_account_or_by_the_incident() -> None:
    """All incidents of an account, how it stands, or all about one incident, whose id is enough."""
    own = Organisation()
    incident = own.change(FREED)
    listed = own.operate("incidents", account=MEMBER).body
    assert (listed["account"], [one["incident"] for one in listed["incidents"]]) == (MEMBER, [incident.id])  # type: ignore[attr-defined]
    here = own.operate("incidents").body
    assert (here["account"], here["incidents"]) == (ACCOUNT, [])
    for more in ({}, {"account": MEMBER}):
        told = own.operate("explain", incident=incident.id, **more)
        assert (told.status, told.body["subject"]["account"]) == (200, MEMBER)  # type: ignore[index]
    assert own.operate("explain", incident=incident.id, account=ACCOUNT).status == 404
    assert own.operate("incidents", account="2222").status == 400
    status = own.operate("status", account=MEMBER).body
    assert (status["account"], status["incidents"]) == (MEMBER, {"DETECTED": 1})
    assert own.operate("status").body["remediate_members"] == "yes"
    assert own.hub.operate(OPERATOR, "incidents", account=MEMBER).status == 404


def test_a_member_s_pause_holds_there_alone_and_the_hub_s_everywhere() -> None:
    """What it put off is contained when it ends."""
    own = Organisation()
    assert own.operate("pause", reason="a migration there", account=MEMBER).body["account"] == MEMBER
    own.hub.roles.put(FREED)
    own.look(ACCOUNT, event_id="event-0")
    own.change(FREED)
    assert own.remediate() == ["CONTAINED", "OBSERVED"]
    assert "paused by" in own.incident.reason
    assert own.operate("status").body["paused"] is None
    assert own.operate("status", account=MEMBER).body["paused"]
    resumed = own.operate("resume", account=MEMBER).body
    assert (resumed["account"], resumed["was_paused_by"]) == (MEMBER, OPERATOR)
    assert (own.hub.members.requests, own.hub.sweeps.requests) == ([(MEMBER,)], [])
    own.operate("pause", reason="everywhere")
    own.look(MEMBER, event_id="event-2")
    assert own.remediate() == []
    assert own.operate("status", account=MEMBER).body["paused"]
    assert own.operate("resume", account=MEMBER).body["paused"] is True
    own.operate("resume")
    assert len(own.hub.members.all_requests) == 1
    own.look(MEMBER, event_id="event-3")
    assert own.remediate() == ["CONTAINED"]


def test_a_pause_of_an_account_that_is_no_member_is_refused() -> None:
    """A word that nobody acts by would be believed."""
    own = Organisation()
    assert own.operate("pause", reason="a slip", account="999999999999").status == 404
    assert own.hub.ledger.pauses == {}


def test_a_repaired_trust_in_a_member_has_younger_sessions_ended_there() -> None:
    """By a renewal of its own; where the account refuses it, that is told of the incident."""
    own = Organisation()
    role = there(OPENED)
    own.member.roles.put(there(HEALTHY))
    own.look(MEMBER, event_id="event-0")  # so that the trust is confirmed
    own.change(OPENED)
    assert own.remediate() == ["CONTAINED"]
    incident = own.incident
    order = RenewalOrder(MEMBER, NAME, incident.slot, incident.id, incident.attempt, NOW)
    assert carry_out(order, own.remediator, now=later(1)).startswith("moved up to")
    assert own.role.trust != role.trust
    own.hands.worlds.clear()
    for _ in range(2):
        assert carry_out(order, own.remediator, now=later(2)).startswith("refused: account")
    assert own.incident.reason.endswith(f"account {MEMBER} cannot be written to: AccessDenied")
    assert own.incident.transition == incident.transition + 1


def test_the_breaker_counts_in_each_account() -> None:
    """Escapes that come back in the member shield nobody in the hub."""
    own = Organisation()
    for number in range(6):
        own.change(FREED, event_id=f"event-{number}")
        own.remediate()
    assert own.incident.state is State.NOT_FIXED
    own.hub.roles.put(FREED)
    own.look(ACCOUNT, event_id="event-9")
    assert own.remediate() == ["CONTAINED"]


def test_an_event_of_another_account_s_envelope_finds_no_role_of_the_hub() -> None:
    """A forged account that is no member: the guard cannot read there, and orders nothing."""
    own = Organisation()
    own.hub.roles.put(FREED)
    own.look("999999999999")
    assert (own.hub.remediations.orders, own.hub.ledger.incidents) == ([], {})


def denied(*_: object) -> None:
    """Be what an account's administrator makes of a read after the role was assumed."""
    message = f"account {MEMBER} cannot be read: AccessDenied"
    raise UnreachableError(message)


def test_an_order_that_may_not_read_its_role_is_not_fixed_and_comes_back_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The role is assumed, and a boundary or a service control policy denies the rest."""
    own = Organisation()
    own.change(FREED)
    monkeypatch.setattr(own.member.roles, "read_role", denied)
    assert own.remediate() == ["NOT FIXED"]
    assert own.incident.reason == f"account {MEMBER} cannot be read: AccessDenied"
    monkeypatch.undo()
    own.look(MEMBER, event_id="event-2")
    assert own.remediate() == ["CONTAINED"]


def test_a_look_that_may_not_read_is_told_of_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of one whose role cannot be assumed: no message comes back until it is a dead letter."""
    own = Organisation()
    monkeypatch.setattr(own.member.roles, "read_role", denied)
    assert own.look(MEMBER).note == f"not judged: account {MEMBER} cannot be read: AccessDenied"
    known = own.hub.members.read_member(own.hub.inspector.account, MEMBER)
    assert known is not None
    assert known.state is MemberState.UNREACHED


def test_where_it_may_not_be_seen_whether_there_is_a_role_the_order_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    """The incident is written all the same."""
    own = Organisation()
    monkeypatch.setattr(own.member.roles, "read_outline", denied)
    assert own.change(FREED).state is State.DETECTED
    assert own.remediate() == ["CONTAINED"]


def test_a_member_cannot_imitate_the_hub_s_canary() -> None:
    """Its event would say that the hub's trail is whole."""
    own = Organisation()
    event: dict[str, Any] = {**event_on(own.hub.inspector.canary), "account": MEMBER}
    event["detail"]["eventName"] = "TagRole"
    assert inspect_message(json.dumps(event), own.inspector, now=own.hub.now).canaries == 0


@pytest.mark.parametrize("role", [NAME, REMEDIATION_ROLE.rpartition("/")[2], READ_ROLE.rpartition("/")[2]])
def test_no_guarded_role_and_no_role_of_the_guard_s_commands_it_from_a_member(role: str) -> None:
    """Though that account may name operators."""
    own = Organisation()
    limits = replace(own.operator.limits, other_accounts=(MEMBER,))
    by = f"arn:aws:sts::{MEMBER}:assumed-role/{role}/x"
    answer = operate(url_event(by, {"action": "status"}), replace(own.operator, limits=limits), now=own.hub.now)
    assert answer.status == 403
