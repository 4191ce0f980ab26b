"""Mode approve: the guard tells its plan, waits for an operator's word, and acts on that plan or asks again."""

from dataclasses import replace

import pytest

from panorama_guard.case.account import LEAST
from panorama_guard.case.approval import Approval
from panorama_guard.case.finding import Kind, Severity
from panorama_guard.case.incident import State
from panorama_guard.case.lifecycle import approve
from panorama_guard.case.order import RemediationOrder
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.service.remediate import remediate
from panorama_guard.service.settings import Mode, Modes
from panorama_guard.settings import SettingError, Settings
from tests.builders import GROUP_ROLE, NOW, ONE_CHARACTER_OFF, PAYROLL, filler, snapshot_of, with_policies
from tests.unit.service.world import World, event_on

HEALTHY = snapshot_of(GROUP_ROLE)
ESCAPED = with_policies(HEALTHY, PAYROLL)
LATER = "2026-11-23T16:00:11+00:00"
UNTIL = "2026-11-23T16:00:10+00:00"


def asked() -> World:
    """Return a world in which an operator was asked."""
    world = World(Mode.APPROVE)
    world.change(ESCAPED)
    world.remediate()
    world.notify()
    return world


def give_word(world: World) -> str:
    """Approve the plan of the incident, carry the order out, and return how the incident stands."""
    incident = world.incident
    approved = approve(incident, Approval("alice", NOW, UNTIL, incident.remedy.plan))
    world.ledger.put_incident(approved)
    order = RemediationOrder(incident.subject.account, GROUP_ROLE.name, incident.slot, incident.id, approved.attempt)
    return remediate(order, world.remediator, now=world.now)


def test_the_operators_are_asked_once_with_the_plan_and_its_proof() -> None:
    """Nothing is written."""
    world = asked()
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-2"))
    world.notify()
    assert world.incident.state is State.NEEDS_APPROVAL
    assert world.incident.remedy.steps
    assert world.incident.remedy.proof.startswith("decided over all requests")
    assert (world.roles.writes, world.remediations.orders) == ([], [])
    assert [subject.split("]")[0] for subject in world.subjects] == ["[NEEDS APPROVAL"]


def test_an_approved_plan_is_carried_out_and_verified() -> None:
    """By the same way as in mode enforce."""
    world = asked()
    assert give_word(world) == "CONTAINED"
    assert len(world.roles.writes) == 1


def test_an_approval_that_has_expired_is_asked_for_again() -> None:
    """The order came too late."""
    world = asked()
    world.now = LATER
    assert give_word(world) == "NEEDS APPROVAL"
    assert (world.incident.reason[:24], world.roles.writes) == ("the approval has expired", [])


def rewritten(text: str) -> RoleSnapshot:
    """Return the escaped role with another text in the policy that escapes."""
    (own,) = (policy for policy in ESCAPED.inline if policy not in HEALTHY.inline)
    return replace(ESCAPED, inline=(*HEALTHY.inline, replace(own, text=text)))


def test_a_role_that_has_changed_since_is_planned_anew_and_asked_for_again() -> None:
    """What was approved is one plan, not whatever comes of it."""
    world = asked()
    before = world.incident.remedy.plan
    world.roles.put(rewritten(ONE_CHARACTER_OFF))
    assert give_word(world) == "NEEDS APPROVAL"
    assert "of another plan" in world.incident.reason
    assert world.incident.remedy.plan not in ("", before)
    assert world.roles.writes == []


def test_a_change_that_needs_another_plan_is_told() -> None:
    """The operators are asked about the new one."""
    world = asked()
    world.change(rewritten(ONE_CHARACTER_OFF), event_id="event-2")
    world.notify()
    assert len(world.topic.alerts) == 2


def test_an_escape_without_a_plan_is_not_fixed_and_critical() -> None:
    """There is nothing to approve: the operators must act themselves."""
    world = World(Mode.APPROVE)
    world.roles.quotas = replace(LEAST, spare_policies=0)
    world.change(with_policies(HEALTHY, filler(10_240 - len("".join(PAYROLL.split()))), PAYROLL))
    assert (world.incident.state, world.incident.severity) == (State.NOT_FIXED, Severity.CRITICAL)
    assert "of the 10240 that IAM allows" in world.incident.reason


def test_once_the_mode_is_enforce_nobody_is_asked() -> None:
    """The incident that waited is acted on at the next look."""
    world = asked()
    world.mode = Mode.ENFORCE
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-2"))
    world.remediate()
    assert world.incident.state is State.CONTAINED


def test_an_escape_that_is_gone_needs_no_approval_any_more() -> None:
    """Somebody took it away."""
    world = asked()
    world.change(HEALTHY, event_id="event-2")
    assert world.incident.state is State.RESOLVED


def test_an_approval_holds_for_one_opening_only() -> None:
    """What comes back is asked about again."""
    world = asked()
    give_word(world)
    world.change(ESCAPED, event_id="event-3")
    assert (world.incident.state, world.incident.approval) == (State.NEEDS_APPROVAL, ())


def test_kinds_may_have_modes_of_their_own() -> None:
    """In one setting."""
    modes = Settings({"MODE": "enforce,trust-escape=approve,boundary-escape=observe"}).mode
    assert [modes.of(kind) for kind in (Kind.PERMISSION_ESCAPE, Kind.TRUST_ESCAPE, Kind.BOUNDARY_ESCAPE)] == [
        Mode.ENFORCE,
        Mode.APPROVE,
        Mode.OBSERVE,
    ]
    assert Settings({"MODE": "observe"}).mode == Modes(Mode.OBSERVE)


@pytest.mark.parametrize(
    "text", ["", "Enforce", "enforce,", "enforce,trust=approve", "trust-escape=approve", "enforce,trust-escape=maybe"]
)
def test_a_mode_that_is_not_understood_is_refused(text: str) -> None:
    """The error names the variable, the choices and the value."""
    with pytest.raises(SettingError, match=r"^MODE is not one of .*: `.*`$"):
        _ = Settings({"MODE": text}).mode
