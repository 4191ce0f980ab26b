"""What happens when a rung does not hold: AWS refuses it, or only one is left that an operator has to approve."""

from dataclasses import replace

import pytest

from panorama_guard.case.account import LEAST
from panorama_guard.case.approval import Approval
from panorama_guard.case.errors import WriteRefusedError
from panorama_guard.case.finding import Kind, Severity
from panorama_guard.case.incident import State
from panorama_guard.case.lifecycle import MAX_FAILED_ATTEMPTS, approve
from panorama_guard.case.order import InspectionRequest, Origin, RemediationOrder
from panorama_guard.case.pause import Pause
from panorama_guard.case.record import dump_record
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import DetachManaged, PutInline, PutOwnBoundary, PutTrust, RevokeSessions, Step
from panorama_guard.profile import RoleProfile
from panorama_guard.profile.posture import Posture
from panorama_guard.service.remediate import remediate
from panorama_guard.service.settings import Mode
from tests.builders import (
    ACCOUNT,
    GROUP_ROLE,
    NOW,
    PAYROLL,
    ROLES,
    allow,
    filler,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)
from tests.fakes import CrashError
from tests.unit.service.world import OPERATOR, World, event_on

HEALTHY = snapshot_of(GROUP_ROLE)
QUEUES = with_policies(HEALTHY, attached=[managed(policy(allow("sqs:*")))])  # nothing of it is inside the ceiling
OPENED = HEALTHY.with_trust(
    policy(trusting({"Service": "greengrass.amazonaws.com"}), trusting({"AWS": "999999999999"}))
)
UNTIL = "2026-11-23T16:00:10+00:00"


def written(world: World) -> list[type[Step]]:
    """Return the kinds of the steps that were carried out."""
    return [type(step) for _, step in world.roles.writes]


def kept(world: World) -> RoleSnapshot:
    """Return the role as it is."""
    return world.roles.roles[GROUP_ROLE.name.lower()]


# --- refused ---


@pytest.mark.parametrize(
    ("refused", "expected"),
    [
        ([PutInline], [DetachManaged]),
        ([PutInline, DetachManaged], [PutOwnBoundary]),
    ],
)
def test_a_rung_that_aws_refuses_is_followed_by_the_next(refused: list[type[Step]], expected: list[type[Step]]) -> None:
    """In the same attempt: the escape does not stand until the queue delivers again."""
    world = World()
    world.roles.refusals = dict.fromkeys(refused, "LimitExceeded: `no`")
    world.change(QUEUES)
    assert world.remediate() == ["CONTAINED"]
    assert (written(world), world.incident.attempt) == (expected, 1)


def test_every_refusal_is_told_where_nothing_is_left() -> None:
    """With what AWS said, and the first plan, which was not carried out."""
    world = World()
    world.roles.refusals = dict.fromkeys((PutInline, DetachManaged, PutOwnBoundary), "AccessDenied: `no`")
    world.change(QUEUES)
    assert world.remediate() == ["NOT FIXED"]
    assert world.incident.reason.count("AWS refused the step: AccessDenied") == 5  # the boundary has three names
    assert "no plan could be proved" in world.incident.reason
    assert world.incident.remedy.steps[0].startswith("put the inline policy")
    assert not world.incident.remedy.carried_out


def test_a_second_step_that_aws_refuses_leaves_a_role_that_is_granted_no_more() -> None:
    """The first one stands; the trust is what it was, and the incident says so."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.roles.refusals = {PutTrust: "MalformedPolicyDocument: `no`"}
    world.change(OPENED)
    assert world.remediate() == ["NOT FIXED"]
    assert written(world) == [RevokeSessions]
    assert kept(world).trust == OPENED.trust


GONE = "AIDAEXAMPLEDELETED001"
NOT_THEM = {**trusting({"AWS": GONE}), "Effect": "Deny"}


def test_a_trust_that_names_somebody_deleted_is_followed_by_another() -> None:
    """IAM stores an id in the place of who was deleted, and takes it from nobody: that statement shields no other one.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    world = World()
    world.roles.malformed = (GONE,)
    world.change(HEALTHY, event_id="event-0")
    statements = [trusting({"Service": "greengrass.amazonaws.com"}), NOT_THEM, trusting({"AWS": "999999999999"})]
    world.change(HEALTHY.with_trust(policy(*statements)))
    assert world.remediate() == ["CONTAINED"]
    assert kept(world).trust == HEALTHY.trust


def test_where_aws_refuses_what_a_deny_says_the_one_of_every_escape_is_put() -> None:
    """It says nothing of what the attacker wrote."""
    world = World()
    world.roles.malformed = ("s3:GetObject",)
    world.change(with_policies(HEALTHY, PAYROLL))
    assert world.remediate() == ["CONTAINED"]
    assert [type(step) for _, step in world.roles.writes] == [PutInline]


def test_where_aws_takes_no_trust_that_lets_anybody_in_an_operator_is_asked_once() -> None:
    """Quarantine is another document, which names nobody; what was begun is no change that asks again."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.roles.malformed = ("greengrass",)
    world.change(OPENED)
    assert world.remediate() == ["NEEDS APPROVAL"]
    assert "AWS refused the step: MalformedPolicyDocument" in world.incident.reason
    world.notify()
    world.inspect(event_on(GROUP_ROLE.name))
    assert world.remediations.orders == []


@pytest.mark.parametrize("refusal", ["of what it says", "denied"])
def test_what_a_plan_had_done_before_aws_refused_it_is_told(refusal: str) -> None:
    """Older sessions are ended, though the trust is as it was: nobody is told that nothing was changed."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    if refusal == "denied":
        world.roles.refusals = {PutTrust: "AccessDenied: `no`"}
    else:
        world.roles.malformed = ("greengrass",)
    world.change(OPENED)
    assert world.remediate() == ["NOT FIXED" if refusal == "denied" else "NEEDS APPROVAL"]
    assert "what its plan had done before stands: put the inline policy panorama-guard-older" in world.incident.reason
    world.notify()
    text = world.topic.alerts[-1][1]
    assert ("Nothing was changed" in text, "Not done: put the inline policy panorama-guard-older" in text) == (
        False,
    ) * 2


@pytest.mark.parametrize("after", ["closed", "not understood", "deleted"])
def test_what_a_refused_plan_had_done_is_told_however_it_ends(after: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody takes the escape away after AWS has refused the trust: older sessions are denied all the same."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.roles.malformed = ("greengrass",)
    world.change(OPENED)
    apply = world.roles.apply

    def refuse_and_change(name: str, step: Step) -> None:
        try:
            apply(name, step)
        except WriteRefusedError:
            inside = trusting({"Service": "greengrass.amazonaws.com"}, Sid="Theirs")
            world.roles.put(
                kept(world).with_trust(policy(inside if after == "closed" else trusting({"Unheard": "of"})))
            )
            if after == "deleted":
                world.roles.roles.clear()
            raise

    monkeypatch.setattr(world.roles, "apply", refuse_and_change)
    order = world.remediations.orders[0]
    # Closed by somebody else, it is for the next look to tell who became the role meanwhile.
    told = {"closed": "NOT FIXED", "not understood": "NOT FIXED", "deleted": "RESOLVED"}[after]
    assert remediate(order, world.remediator, now=NOW) == told
    assert "what its plan had done before stands: put the inline policy panorama-guard-older" in world.incident.reason


def test_a_pause_after_a_plan_that_aws_refused_tells_what_that_had_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard rests before the first step of the next one."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.roles.malformed = (GONE,)
    statements = [trusting({"Service": "greengrass.amazonaws.com"}), NOT_THEM, trusting({"AWS": "999999999999"})]
    world.change(HEALTHY.with_trust(policy(*statements)))
    pauses = iter([None, None, *[Pause(ACCOUNT, OPERATOR, NOW, "2026-11-23T15:30:00+00:00", "x y")] * 9])
    monkeypatch.setattr(world.ledger, "read_pause", lambda _: next(pauses))
    order = world.remediations.orders[0]
    assert remediate(order, world.remediator, now=NOW) == "NOT FIXED"
    assert "panorama-guard-older" in world.incident.reason
    assert "paused by" in world.incident.reason


def test_an_approved_trust_behind_one_that_aws_refuses_is_the_one_that_is_put() -> None:
    """The order that comes of the approval leaves out the one before, and no more."""
    world = World(Mode.APPROVE)
    world.change(HEALTHY, event_id="event-0")
    world.roles.malformed = (GONE,)
    statements = [trusting({"Service": "greengrass.amazonaws.com"}), NOT_THEM, trusting({"AWS": "999999999999"})]
    world.change(HEALTHY.with_trust(policy(*statements)))
    assert give_word(world) == "NEEDS APPROVAL"
    assert "MalformedPolicyDocument" in world.incident.reason
    assert give_word(world) == "CONTAINED"
    assert kept(world).trust == HEALTHY.trust


def test_an_approved_trust_without_the_end_of_sessions_is_put_where_aws_refuses_that() -> None:
    """The plan before it ends them too, and is not the one that was approved."""
    world = World(Mode.APPROVE)
    world.change(HEALTHY, event_id="event-0")
    world.roles.refusals = {RevokeSessions: "AccessDenied: `no`"}
    world.change(OPENED)
    assert give_word(world) == "NEEDS APPROVAL"
    assert give_word(world) == "CONTAINED"
    assert written(world) == [PutTrust]


def test_where_aws_takes_no_trust_at_all_the_word_for_quarantine_ends_as_not_fixed() -> None:
    """A closed trust that was refused is asked for no more."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.roles.malformed = ("sts:AssumeRole",)
    world.change(OPENED)
    assert world.remediate() == ["NEEDS APPROVAL"]
    assert give_word(world) == "NOT FIXED"
    assert kept(world).trust == OPENED.trust


def test_where_the_call_is_denied_no_other_trust_is_tried_nor_asked_for() -> None:
    """It is the same call, whatever it would put."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.roles.refusals = {PutTrust: "AccessDenied: `no`"}
    world.change(OPENED)
    assert world.remediate() == ["NOT FIXED"]
    assert world.incident.reason.count("AWS refused the step: AccessDenied") == 1


# --- only quarantine is left ---


def cornered(mode: Mode = Mode.ENFORCE) -> World:
    """Return a world in which no rung is left but quarantine."""
    world = World(mode)
    world.roles.quotas = replace(LEAST, spare_policies=0)
    world.change(with_policies(HEALTHY, filler(10_150), attached=[managed(PAYROLL)]))
    return world


def approved_order(world: World) -> RemediationOrder:
    """Approve the plan of the incident, and return the order that comes of it."""
    approved = approve(world.incident, Approval("alice", NOW, UNTIL, world.incident.remedy.plan))
    world.ledger.put_incident(approved)
    subject = approved.subject
    return RemediationOrder(subject.account, subject.name, approved.slot, approved.id, approved.attempt)


def give_word(world: World) -> str:
    """Approve the plan of the incident, carry the order out, and return how the incident stands."""
    return remediate(approved_order(world), world.remediator, now=world.now)


def test_quarantine_waits_for_an_operator_s_word_in_mode_enforce_too() -> None:
    """Nothing is written, and it is as severe as an escape that is not fixed."""
    world = cornered()
    assert world.remediate() == ["NEEDS APPROVAL"]
    assert (world.incident.severity, world.incident.remedy.needs_approval) == (Severity.CRITICAL, True)
    assert "never applied without an operator's word" in world.incident.reason
    assert world.roles.writes == []


def test_an_approved_quarantine_is_carried_out_step_by_step() -> None:
    """The trust first; then everything is denied."""
    world = cornered()
    world.remediate()
    assert give_word(world) == "CONTAINED"
    assert written(world) == [PutTrust, PutInline]


def test_an_approved_quarantine_that_is_cut_short_is_carried_out_by_redelivery() -> None:
    """The plan that is made anew is the one that was approved."""
    world = cornered()
    world.remediate()
    order, apply, deaths = approved_order(world), world.roles.apply, iter([False, True])

    def die_at_the_second(role_name: str, step: Step) -> None:
        if next(deaths, False):
            raise CrashError(role_name)
        apply(role_name, step)

    world.roles.apply = die_at_the_second  # type: ignore[method-assign] # the worker dies between the steps
    with pytest.raises(CrashError, match=GROUP_ROLE.name):
        remediate(order, world.remediator, now=NOW)
    assert remediate(order, world.remediator, now=NOW) == "CONTAINED"
    assert written(world) == [PutTrust, PutTrust, PutInline]


def look_again(world: World) -> None:
    """Deliver the looks that were asked for, and the orders that come of them."""
    for origin in (Origin.RECHECK, Origin.SWEEP, Origin.RECHECK):
        world.message(dump_record(InspectionRequest(GROUP_ROLE.name, world.now, origin)))
        world.remediate()


def test_an_operator_is_asked_once_however_often_the_role_is_looked_at() -> None:
    """Neither a re-check nor a sweep makes a new attempt of a role that is as it was."""
    world = cornered()
    world.remediate()
    look_again(world)
    world.notify()
    assert (world.incident.attempt, world.incident.state) == (1, State.NEEDS_APPROVAL)
    assert [subject.split("]")[0] for subject in world.subjects] == ["[NEEDS APPROVAL"]


def test_an_operator_is_asked_once_however_the_role_changes_beside_it() -> None:
    """The escape is the same, and so is all that can be done."""
    world = cornered()
    world.remediate()
    for number in range(3):
        world.change(with_policies(HEALTHY, filler(10_150 - number), attached=[managed(PAYROLL)]))
        world.remediate()
    world.notify()
    assert (world.incident.attempt, world.incident.state) == (1, State.NEEDS_APPROVAL)
    assert [subject.split("]")[0] for subject in world.subjects] == ["[NEEDS APPROVAL"]


def test_an_escape_that_changes_is_tried_again_and_not_for_ever() -> None:
    """Whoever changes it each time is answered a few times only."""
    world = cornered()
    world.remediate()
    for number in range(MAX_FAILED_ATTEMPTS + 3):
        other = policy(allow("s3:*", f"arn:aws:s3:::payroll-{number}/*"))
        world.change(with_policies(HEALTHY, filler(10_150), attached=[managed(other)]))
        world.remediate()
    assert world.incident.attempt == MAX_FAILED_ATTEMPTS
    assert world.incident.state is State.NEEDS_APPROVAL


def test_a_role_that_makes_room_is_contained_without_asking() -> None:
    """Another rung has become possible."""
    world = cornered()
    world.remediate()
    world.change(kept(world).without_inline("inline-0"), event_id="event-2")
    assert world.remediate() == ["CONTAINED"]
    assert written(world) == [PutInline]


def test_in_mode_approve_the_same_plan_is_asked_for_and_carried_out() -> None:
    """What `inspect` tells is what `remediate` does."""
    world = cornered(Mode.APPROVE)
    assert (world.incident.state, world.incident.severity) == (State.NEEDS_APPROVAL, Severity.CRITICAL)
    assert give_word(world) == "CONTAINED"


def test_a_boundary_that_is_approved_is_the_boundary_that_is_set() -> None:
    """The plan is made twice from the same account."""
    world = World(Mode.APPROVE)
    world.change(with_policies(HEALTHY, filler(10_150), PAYROLL))
    assert give_word(world) == "CONTAINED"
    assert written(world) == [PutOwnBoundary]


def test_a_trust_repair_that_is_approved_later_ends_the_sessions_until_then() -> None:
    """The approval is of the plan, whose time is that of the act."""
    world = World(Mode.APPROVE)
    world.change(HEALTHY, event_id="event-0")
    world.change(OPENED)
    world.now = "2026-11-23T15:40:00+00:00"
    assert give_word(world) == "CONTAINED"
    assert [step.before for _, step in world.roles.writes if isinstance(step, RevokeSessions)] == [
        "2026-11-23T15:40:01Z"
    ]


# --- in a retired service ---


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_retired_role_that_somebody_may_become_is_quarantined_without_asking(role: RoleProfile) -> None:
    """Posture retired and mode enforce is the operator's word, also where who may become it is only inferred."""
    world = World(posture=Posture.RETIRED)
    world.change(snapshot_of(role))
    world.remediate()
    states = {incident.kind: incident.state for incident in world.incidents}
    assert states == {Kind.PERMISSION_ESCAPE: State.CONTAINED, Kind.TRUST_ESCAPE: State.CONTAINED}
