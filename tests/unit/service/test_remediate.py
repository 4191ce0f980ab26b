"""An order is carried out once, safely, and what is said of it is what was read afterwards."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest

from panorama_guard.case.backup import Backup
from panorama_guard.case.errors import StaleRecordError
from panorama_guard.case.finding import Kind, Severity
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.order import InspectionRequest, Origin, RemediationOrder
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import PutBoundary, PutInline, PutOwnBoundary, PutTrust, RevokeSessions, Step
from panorama_guard.containment import DEFAULT_BUDGET
from panorama_guard.containment.budget import Budget
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import standard_of
from panorama_guard.profile import RoleProfile
from panorama_guard.profile.posture import Posture
from panorama_guard.service import job
from panorama_guard.service.job import RE_READS, Effort
from panorama_guard.service.remediate import remediate
from panorama_guard.service.settings import Mode
from tests.builders import (
    ADMINISTRATOR,
    BOUNDARY_ARN,
    GROUP_ROLE,
    IN_PATTERN,
    MEMORY,
    NOW,
    PAYROLL,
    ROLES,
    SERVICE_ROLE,
    allow,
    as_administrator,
    filler,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)
from tests.fakes import CrashError
from tests.template.reading import of_type
from tests.template.translation import translate
from tests.unit.service.world import World, delivered, event_on, recreated

OPENED = policy(trusting({"Service": "greengrass.amazonaws.com"}), trusting({"AWS": "999999999999"}))
CASES: dict[str, tuple[RoleSnapshot, RoleSnapshot, list[type[Step]]]] = {
    "a policy attached": (snapshot_of(GROUP_ROLE), as_administrator(snapshot_of(GROUP_ROLE)), [PutInline]),
    "an inline policy": (snapshot_of(GROUP_ROLE), with_policies(snapshot_of(GROUP_ROLE), PAYROLL), [PutInline]),
    "a trust opened": (
        snapshot_of(GROUP_ROLE),
        replace(snapshot_of(GROUP_ROLE), trust=OPENED),
        [RevokeSessions, PutTrust],
    ),
    "the quota filled first": (
        snapshot_of(GROUP_ROLE),
        with_policies(snapshot_of(GROUP_ROLE), filler(10_150), PAYROLL),
        [PutOwnBoundary],
    ),
    "a boundary lost": (
        replace(as_administrator(snapshot_of(GROUP_ROLE)), boundary=(managed(IN_PATTERN, BOUNDARY_ARN),)),
        as_administrator(snapshot_of(GROUP_ROLE)),
        [PutBoundary],
    ),
}


def attacked(before: RoleSnapshot, after: RoleSnapshot, *, mode: Mode = Mode.ENFORCE) -> World:
    """Return a world in which a role was judged, then changed, and an order is waiting."""
    world = World(mode)
    world.roles.policies[BOUNDARY_ARN] = managed(IN_PATTERN, BOUNDARY_ARN)
    world.change(before, event_id="event-0")
    world.change(after)
    return world


# Two names whose hashes are the same in their first 64 bits: to find such a pair takes a quarter of an hour.
TWINS = ("b1c163101df15fee", "f10c4a693235b3b8")


def is_compliant(world: World, role: RoleProfile = GROUP_ROLE) -> bool:
    """Say whether the role, as it is, is inside its profile."""
    snapshot = world.roles.roles[role.name.lower()]
    return judge_role(snapshot, standard_of(role, world.posture), MEMORY).is_compliant


def test_a_containment_that_was_taken_away_with_the_escape_is_not_called_in_place() -> None:
    """Whoever is quicker than the re-read takes the Deny away, and then what it had denied."""
    healthy, escaping, _ = CASES["an inline policy"]
    world = attacked(healthy, escaping)
    world.roles.stale = [escaping] * (3 + len(RE_READS))
    assert world.remediate() == ["NOT FIXED"]
    world.now = "2026-11-23T15:00:40+00:00"
    world.change(healthy, event_id="event-2")
    assert (world.incident.state, "without the guard's doing" in world.incident.reason) == (State.RESOLVED, True)


def test_two_policies_whose_names_were_sought_for_their_hashes_are_two_causes() -> None:
    """Were they one, what is contained of the first would be told, and the second never acted on."""
    role = snapshot_of(SERVICE_ROLE)
    for name in TWINS:
        role = role.with_inline(name, PAYROLL)
    world = attacked(snapshot_of(SERVICE_ROLE), role)
    world.remediate()
    assert {(one.source, one.state) for one in world.incidents} == {(name, State.CONTAINED) for name in TWINS}
    assert is_compliant(world, SERVICE_ROLE)


@pytest.mark.parametrize("name", CASES)
def test_an_escape_is_contained_with_as_few_writes_as_can_be(name: str) -> None:
    """Planned, proved, backed up, written, read again, judged: then CONTAINED."""
    before, after, steps = CASES[name]
    world = attacked(before, after)
    assert world.remediate() == ["CONTAINED"]
    assert is_compliant(world)
    assert [type(written) for _, written in world.roles.writes] == steps
    assert (world.incident.state, world.incident.remedy.carried_out) == (State.CONTAINED, True)
    assert world.incident.reason == "read again and judged: the role is inside its profile"


@pytest.mark.parametrize("name", CASES)
def test_the_backup_is_there_before_the_write_and_is_what_was_written_over(name: str) -> None:
    """Taking the stored inverse from the stored snapshot leads back."""
    before, after, _ = CASES[name]
    world = attacked(before, after)
    world.remediate()
    made = world.calls.made
    assert made.index("put_backup") < next(at for at, call in enumerate(made) if call.startswith("apply"))
    ((backup,),) = world.ledger.backups.values()
    assert backup.snapshot == after
    assert backup.is_in_force(world.roles.roles[GROUP_ROLE.name.lower()])


@pytest.mark.parametrize("name", CASES)
def test_a_redelivered_order_changes_nothing(name: str) -> None:
    """The incident is handled: no read of IAM, no write, no record."""
    before, after, _ = CASES[name]
    world = attacked(before, after)
    order = world.remediations.orders[0]
    world.remediate()
    world.calls.made.clear()
    assert remediate(order, world.remediator, now=NOW) == "already handled: CONTAINED"
    assert world.calls.made == [f"read {GROUP_ROLE.name}"]


def calls_of(name: str) -> int:
    """Return how many calls the whole way from the event to the alert makes."""
    before, after, _ = CASES[name]
    world = World()
    world.roles.policies[BOUNDARY_ARN] = managed(IN_PATTERN, BOUNDARY_ARN)
    world.change(before, event_id="event-0")
    world.calls.made.clear()
    world.roles.put(after)
    delivered(world, event_on(GROUP_ROLE.name))
    return len(world.calls.made)


@pytest.mark.parametrize(("name", "at"), [(name, at) for name in CASES for at in range(1, calls_of(name) + 1)])
def test_killed_at_any_call_and_delivered_again_it_comes_to_the_same_end(name: str, at: int) -> None:
    """One incident, one alert, the role contained, and every write backed up before."""
    before, after, steps = CASES[name]
    world = World()
    world.roles.policies[BOUNDARY_ARN] = managed(IN_PATTERN, BOUNDARY_ARN)
    world.change(before, event_id="event-0")
    world.calls.made.clear()
    world.roles.put(after)
    world.calls.crash_at = at
    delivered(world, event_on(GROUP_ROLE.name))
    assert (world.incident.state, world.incident.remedy.carried_out) == (State.CONTAINED, True)
    assert is_compliant(world)
    done = sum(call.startswith("apply") for call in world.calls.made[: at - 1])  # before the crash
    assert [type(written) for _, written in world.roles.writes] == [*steps[: done % len(steps)], *steps]
    assert after in [backup.snapshot for backups in world.ledger.backups.values() for backup in backups]
    expected = 2 if world.calls.made[at - 1] == "put_told" else 1  # told, and died before that was recorded
    assert len(world.topic.alerts) == expected
    assert len(set(world.subjects)) == 1


def test_two_causes_on_one_role_are_two_incidents_and_two_containments() -> None:
    """Each is contained by itself; the role is inside its profile after both."""
    world = attacked(snapshot_of(GROUP_ROLE), replace(CASES["an inline policy"][1], trust=OPENED))
    assert sorted(world.remediate()) == ["CONTAINED", "CONTAINED"]
    assert is_compliant(world)
    assert {incident.kind for incident in world.incidents} == {Kind.PERMISSION_ESCAPE, Kind.TRUST_ESCAPE}


def test_a_second_finding_on_the_role_is_said_beside_the_first_ones_end() -> None:
    """CONTAINED is about this escape; the other has an incident of its own."""
    world = attacked(snapshot_of(GROUP_ROLE), replace(CASES["an inline policy"][1], trust=OPENED))
    remediate(world.remediations.orders[0], world.remediator, now=NOW)
    reasons = [incident.reason for incident in world.incidents if incident.state is State.CONTAINED]
    assert reasons == [
        "read again and judged: this escape is gone; 1 other finding(s) on the role have incidents of their own"
    ]


def test_an_escape_that_is_added_again_is_contained_again() -> None:
    """The containment was deleted: the incident is reopened, and another attempt made."""
    before, after, _ = CASES["a policy attached"]
    world = attacked(before, after)
    world.remediate()
    world.change(after, event_id="event-2")
    assert world.remediate() == ["CONTAINED"]
    assert (world.incident.attempt, is_compliant(world)) == (2, True)


@pytest.mark.parametrize("name", CASES)
def test_a_containment_that_a_stale_reading_doubts_is_found_to_hold(name: str) -> None:
    """A later look reads the role as before the write: what the first attempt did still holds, and is undone by it."""
    before, after, _ = CASES[name]
    world = attacked(before, after)
    world.remediate()
    world.roles.stale = [after]
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-2"))
    done = len(world.roles.writes)
    assert world.remediate() == ["CONTAINED"]
    assert len(world.roles.writes) == done
    assert (world.incident.attempt, world.incident.remedy.carried_out) == (2, True)
    assert world.incident.remedy.undo


def test_an_escape_that_comes_back_just_as_it_was_is_contained_again() -> None:
    """It was taken away before the guard acted, and is put again by the event that is delivered again."""
    before, after, _ = CASES["a policy attached"]
    world = attacked(before, after)
    world.roles.put(before)
    assert world.remediate() == ["RESOLVED"]
    world.roles.put(after)
    world.inspect(event_on(GROUP_ROLE.name))
    assert world.remediate() == ["CONTAINED"]
    world.notify()
    assert [subject.split("]")[0] for subject in world.subjects] == ["[RESOLVED", "[CONTAINED"]


# --- what changes between the event and the act ---


def test_an_escape_that_is_gone_is_resolved_without_a_write() -> None:
    """Somebody was faster."""
    before, after, _ = CASES["a policy attached"]
    world = attacked(before, after)
    world.roles.put(before)
    assert world.remediate() == ["RESOLVED"]
    assert world.roles.writes == []
    assert not world.incident.remedy.carried_out


def test_an_escape_that_one_stale_read_misses_is_contained() -> None:
    """IAM's reads lag behind: the absence is read more than once before it is believed."""
    before, after, _ = CASES["a policy attached"]
    world = attacked(before, after)
    world.roles.stale = [before]
    assert world.remediate() == ["CONTAINED"]
    assert is_compliant(world)


@pytest.mark.parametrize(("now", "waits"), [(NOW, [0.5, 2.0]), ("2026-11-23T15:00:16+00:00", [])])
def test_an_absence_is_awaited_only_while_reads_may_lag(now: str, waits: list[float]) -> None:
    """A flood of escapes that vanish at once holds up nothing that comes behind: what is over is seen at once."""
    before, after, _ = CASES["a policy attached"]
    world = attacked(before, after)
    world.roles.put(before)
    world.now = now
    assert world.remediate() == ["RESOLVED"]
    assert world.waits == waits


def test_an_escape_that_somebody_removed_after_the_backup_is_not_called_our_doing() -> None:
    """A crash between backup and write, then the escape is gone: there is no containment to boast of."""
    before, after, _ = CASES["a policy attached"]
    world = attacked(before, after)
    world.calls.crash_at = len(world.calls.made) + 4  # read the ledger, read the role, back up, and die
    with pytest.raises(CrashError):
        world.remediate()
    assert world.calls.made[-2] == "put_backup"
    world.roles.put(before)
    assert world.remediate() == ["RESOLVED"]


def test_a_plan_is_made_anew_when_the_role_changes_under_it() -> None:
    """The write is refused by the guard itself, and the backup is of what was written over."""
    before, after, _ = CASES["a policy attached"]
    world = attacked(before, after)
    other = after.with_inline("more", PAYROLL)
    world.roles.put(other)
    world.roles.stale = [after]
    assert world.remediate()[0] == "CONTAINED"
    snapshots = [backup.snapshot for backups in world.ledger.backups.values() for backup in backups]
    assert snapshots[:2] == [after, other]


def test_a_role_that_changes_under_every_plan_is_not_fixed() -> None:
    """After a few plans the guard gives up, loudly."""
    before, after, _ = CASES["a policy attached"]
    world = attacked(before, after)
    for number in range(4):
        world.roles.stale += [after.with_inline(f"a{number}", IN_PATTERN), after.with_inline(f"b{number}", IN_PATTERN)]
    assert world.remediate() == ["NOT FIXED"]
    assert "changed under each of 3 plans" in world.incident.reason
    assert world.roles.writes == []


def test_a_change_that_does_not_show_is_not_fixed() -> None:
    """Re-reads that still show the escape are believed: the incident is critical."""
    before, after, _ = CASES["a policy attached"]
    world = attacked(before, after)
    world.roles.stale = [after] * (2 + len(RE_READS))
    order = world.remediations.orders[0]
    assert remediate(order, world.remediator, now=NOW) == "NOT FIXED"
    assert (world.incident.severity, world.incident.remedy.carried_out) == (Severity.CRITICAL, True)
    assert world.waits == list(RE_READS)


def test_a_change_that_shows_late_is_contained_after_all() -> None:
    """The event of the guard's own write leads to the next look."""
    before, after, _ = CASES["a policy attached"]
    world = attacked(before, after)
    world.roles.stale = [after] * (2 + len(RE_READS))
    assert world.remediate() == ["NOT FIXED"]
    assert (world.incident.state, world.incident.remedy.carried_out) == (State.CONTAINED, True)


def test_a_role_that_is_deleted_meanwhile_is_resolved() -> None:
    """There is nothing left to contain."""
    before, after, _ = CASES["a policy attached"]
    world = attacked(before, after)
    world.roles.roles.clear()
    assert world.remediate() == ["RESOLVED"]


@pytest.mark.parametrize("name", CASES)
def test_a_role_that_is_made_again_meanwhile_is_not_the_orders(name: str) -> None:
    """The order was about another RoleId: nothing is written to its successor."""
    before, after, _ = CASES[name]
    world = attacked(before, after)
    world.roles.put(recreated(after, "AROANEW"))
    assert world.remediate() == ["RESOLVED"]
    assert world.roles.writes == []


def test_nothing_remembered_is_put_on_a_role_made_again() -> None:
    """The successor's trust leaves nothing to keep: it gets the profile's, not its predecessor's."""
    world = World()
    predecessor = snapshot_of(GROUP_ROLE).with_trust(f"{GROUP_ROLE.trust_text} ")
    world.change(predecessor, event_id="event-0")
    assert [memory.trust for memory in world.ledger.memories.values()] == [(predecessor.trust,)]
    stranger = policy(trusting({"AWS": "999999999999"}))
    world.change(recreated(replace(snapshot_of(GROUP_ROLE), trust=stranger), "AROANEW"))
    assert world.remediate() == ["CONTAINED"]
    assert world.roles.writes[-1][1] == PutTrust(GROUP_ROLE.trust_text)


def test_the_remembered_trust_is_put_back_where_nothing_else_is_left() -> None:
    """The same role: what it last had while compliant."""
    stranger = policy(trusting({"AWS": "999999999999"}))
    world = attacked(snapshot_of(GROUP_ROLE), replace(snapshot_of(GROUP_ROLE), trust=stranger))
    assert world.remediate() == ["CONTAINED"]
    assert world.roles.writes[-1] == (GROUP_ROLE.name, PutTrust(GROUP_ROLE.trust_text))


def test_a_role_that_was_made_a_look_alike_meanwhile_is_observed() -> None:
    """The path is read before the act, not taken from the order."""
    before, after, _ = CASES["a policy attached"]
    world = attacked(before, after)
    world.roles.put(replace(after, path="/application/"))
    assert world.remediate() == ["OBSERVED"]
    assert world.roles.writes == []


def test_a_deployment_set_back_to_observe_acts_no_more() -> None:
    """An order that is under way is not carried out."""
    before, after, _ = CASES["a policy attached"]
    world = attacked(before, after)
    world.mode = Mode.OBSERVE
    assert world.remediate() == ["OBSERVED"]
    assert world.roles.writes == []


def test_a_role_that_cannot_be_judged_any_more_is_not_fixed() -> None:
    """The policy that let permission out is now unreadable: nothing can be said."""
    world = attacked(snapshot_of(GROUP_ROLE), CASES["an inline policy"][1])
    world.roles.put(with_policies(snapshot_of(GROUP_ROLE), "{"))
    assert world.remediate() == ["NOT FIXED"]
    assert "cannot be judged any more" in world.incident.reason


def test_a_role_that_could_not_be_judged_and_is_again_as_it_was_seen_is_contained() -> None:
    """It was not tried as it is: else a moment in which it is not understood would have its escape left for ever."""
    escaping = CASES["an inline policy"][1]
    world = attacked(snapshot_of(GROUP_ROLE), escaping)
    world.roles.put(with_policies(snapshot_of(GROUP_ROLE), "{"))
    world.remediate()
    world.change(escaping, event_id="event-2")
    assert world.remediate() == ["CONTAINED"]
    assert is_compliant(world)


# --- what AWS and the planner refuse ---


@pytest.mark.parametrize(
    "refusal", ["AccessDenied: `not authorized`", "LimitExceeded: `Maximum policy size of 10240 bytes exceeded`"]
)
def test_a_write_that_aws_refuses_is_not_fixed_and_critical(refusal: str) -> None:
    """The incident says what AWS said, and the plan that was not carried out."""
    before, after, _ = CASES["an inline policy"]
    world = attacked(before, after)
    world.roles.refusal = refusal
    assert world.remediate() == ["NOT FIXED"]
    assert (world.incident.severity, world.incident.remedy.carried_out) == (Severity.CRITICAL, False)
    assert refusal in world.incident.reason
    assert world.incident.remedy.steps[0].startswith("put the inline policy")


def test_a_full_quota_is_told_beside_what_was_done_instead() -> None:
    """There is no room for a Deny: the ceiling is the boundary, and the incident says why."""
    before, after, _ = CASES["the quota filled first"]
    world = attacked(before, after)
    assert world.remediate() == ["CONTAINED"]
    assert any("of the 10240 that IAM allows" in note for note in world.incident.remedy.notes)
    assert world.roles.roles[GROUP_ROLE.name.lower()].inline == after.inline


def test_a_failed_attempt_is_not_repeated_by_redelivery() -> None:
    """The same event again orders nothing while the role is as it was."""
    before, after, _ = CASES["an inline policy"]
    world = attacked(before, after)
    world.roles.refusal = "AccessDenied"
    world.remediate()
    world.inspect(event_on(GROUP_ROLE.name))
    assert world.remediations.orders == []


def test_a_boundary_whose_policy_has_changed_is_not_put_back() -> None:
    """The live document is another one: the escape is denied instead."""
    before, after, _ = CASES["a boundary lost"]
    world = attacked(before, after)
    world.roles.policies[BOUNDARY_ARN] = managed(ADMINISTRATOR, BOUNDARY_ARN, "v2")
    assert world.remediate() == ["CONTAINED"]
    assert [type(step) for _, step in world.roles.writes] == [PutInline]
    assert is_compliant(world)


def test_a_boundary_whose_policy_was_deleted_is_not_put_back() -> None:
    """There is nothing to put back: the escape is denied instead."""
    before, after, _ = CASES["a boundary lost"]
    world = attacked(before, after)
    world.roles.policies.clear()
    assert world.remediate() == ["CONTAINED"]
    assert [type(step) for _, step in world.roles.writes] == [PutInline]


def test_a_boundary_that_an_attacker_plants_and_takes_away_withholds_nothing() -> None:
    """Under it the role was contained; put back, it would keep from the role nearly all that the profile lets it do."""
    narrow = managed(policy(allow("s3:GetObject", "arn:aws:s3:::my-aws-panorama-models/*")), BOUNDARY_ARN)
    healthy = snapshot_of(GROUP_ROLE)
    world = attacked(healthy, replace(as_administrator(healthy), boundary=(narrow,)))
    world.roles.policies[BOUNDARY_ARN] = narrow
    world.change(as_administrator(healthy), event_id="event-2")
    assert world.remediate() == ["CONTAINED"]
    assert [type(step) for _, step in world.roles.writes] == [PutInline]
    assert world.roles.roles[GROUP_ROLE.name.lower()].boundary == ()
    assert is_compliant(world)


def test_an_outcome_is_written_on_top_of_what_was_learnt_meanwhile() -> None:
    """The conditional write is lost, because the incident was given its actor: the outcome is written on that."""
    before, after, _ = CASES["an inline policy"]
    world = attacked(before, after)
    order = world.remediations.orders[0]
    key = next(iter(world.ledger.incidents))
    pending = world.incident
    apply = world.roles.apply

    def apply_and_race(role_name: str, step: object) -> None:
        apply(role_name, step)  # type: ignore[arg-type] # the fake's own step
        cause = replace(pending.cause, actor="mallory, as it turns out")
        world.ledger.incidents[key] = replace(pending, cause=cause, revision=pending.revision + 1)

    world.roles.apply = apply_and_race  # type: ignore[method-assign] # somebody writes at the worst moment
    assert remediate(order, world.remediator, now=NOW) == "CONTAINED"
    assert (world.incident.state, world.incident.cause.actor) == (State.CONTAINED, "mallory, as it turns out")
    assert len(world.roles.writes) == 1


def test_an_outcome_that_never_can_be_written_is_delivered_again() -> None:
    """Somebody wrote first at each attempt: the order comes again, and finds its work done."""
    before, after, _ = CASES["an inline policy"]
    world = attacked(before, after)
    order, put = world.remediations.orders[0], world.ledger.put_incident

    def lose(incident: Incident, *, replaced: str = "") -> None:
        assert not replaced
        raise StaleRecordError(incident.slot)

    world.ledger.put_incident = lose  # type: ignore[method-assign] # every race is lost
    with pytest.raises(StaleRecordError, match="written by somebody else at each of 3 attempts"):
        remediate(order, world.remediator, now=NOW)
    world.ledger.put_incident = put  # type: ignore[method-assign]
    assert remediate(order, world.remediator, now=NOW) == "CONTAINED"
    assert len(world.roles.writes) == 1


@pytest.mark.parametrize("refusal", ["", "AccessDenied"])
def test_what_came_of_an_order_is_judged_again_after_5_30_and_120_seconds(refusal: str) -> None:
    """Contained or not: an attacker can undo it while IAM still spreads it, and a re-read may have been stale."""
    before, after, _ = CASES["an inline policy"]
    world = attacked(before, after)
    world.rechecks.requests.clear()
    world.roles.refusal = refusal
    world.remediate()
    request = InspectionRequest(GROUP_ROLE.name, NOW, Origin.RECHECK)
    assert world.rechecks.requests == [(request, 5), (request, 30), (request, 120)]


def test_what_the_guard_may_not_act_on_is_not_judged_again() -> None:
    """The mode was changed while the order was on its way: nothing was done that could be undone."""
    before, after, _ = CASES["an inline policy"]
    world = attacked(before, after)
    world.rechecks.requests.clear()
    world.mode = Mode.OBSERVE
    world.remediate()
    assert (world.incident.state, world.rechecks.requests) == (State.OBSERVED, [])


@pytest.mark.parametrize(
    ("forge", "answer"),
    [
        (lambda order: replace(order, account="999999999999"), "no such incident"),
        (lambda order: replace(order, role_name="Payroll"), "no such incident"),
        (lambda order: replace(order, slot="another"), "no such incident"),
        (lambda order: replace(order, incident_id="inc-other"), "already handled: DETECTED"),
        (lambda order: replace(order, attempt=7), "already handled: DETECTED"),
    ],
)
def test_an_order_that_fits_no_pending_incident_does_nothing(
    forge: Callable[[RemediationOrder], RemediationOrder], answer: str
) -> None:
    """A forged or outdated order reads the ledger, and nothing else."""
    before, after, _ = CASES["a policy attached"]
    world = attacked(before, after)
    world.calls.made.clear()
    order = forge(world.remediations.orders[0])
    assert remediate(order, world.remediator, now=NOW) == answer
    assert [call for call in world.calls.made if not call.startswith("read ")] == []


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_retired_role_is_denied_everything(role: RoleProfile) -> None:
    """Posture retired, mode enforce: no permission is left of a role as AWS makes it."""
    world = World(posture=Posture.RETIRED)
    world.change(snapshot_of(role))
    world.remediate()
    states = {incident.state for incident in world.incidents if incident.kind is Kind.PERMISSION_ESCAPE}
    assert states == {State.CONTAINED}


def test_the_service_role_is_the_hardest_of_the_five() -> None:
    """Its ceiling has the most rules; AdministratorAccess on it is contained too."""
    world = attacked(snapshot_of(), as_administrator(snapshot_of()))
    assert world.remediate() == ["CONTAINED"]
    assert is_compliant(world, SERVICE_ROLE)


HARD = {  # a question that spends its budget, and stays undecided
    "StringLike": {"aws:TagKeys": ["*${aws:userid}*", "??", "sagemaker.amazonaws.com"]},
    "ForAnyValue:StringNotLike": {"aws:RequestTag/a": ["b", "*b*"]},
    "ForAllValues:StringLike": {"iam:PassedToService": ["*x*y*", "*b*", "panorama*"]},
    "ForAllValues:StringNotLike": {
        "aws:TagKeys": ["*.amazonaws.com", "c?d", "??", "${aws:username}", "*${aws:userid}*"]
    },
}
# One plan takes 1.4 million steps beside such a policy: the role is judged as it is and as it will be.
EFFORT = Effort(planning=8 * DEFAULT_BUDGET, verifying=4 * DEFAULT_BUDGET)


def beside_a_hard_policy(effort: Effort) -> World:
    """Return a world in which a role escapes beside a policy that nobody can judge."""
    places = ["arn:aws:iam::*:role/*d*", "*"]
    hard = policy({"Effect": "Allow", "Action": ["iot:*", "s3:*"], "Resource": places, "Condition": HARD})
    before = snapshot_of(GROUP_ROLE)
    world = attacked(before, with_policies(before, policy(allow(["s3:GetObject", "sqs:*"])), hard))
    world.effort = effort
    return world


def add_a_deny(world: World, number: int) -> None:
    """Have somebody add a Deny, under which every question about the role is another one."""
    name, resource = GROUP_ROLE.name.lower(), f"arn:aws:sqs:*:*:q{number}"
    text = policy({"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": resource})
    world.roles.roles[name] = world.roles.roles[name].with_inline(f"more-{number}", text)


def change_under_every_plan(world: World) -> None:
    """Have somebody change the role each time that a plan is made for it."""
    put, numbers = world.ledger.put_backup, count()

    def put_backup(incident: Incident, backup: Backup) -> None:
        put(incident, backup)
        add_a_deny(world, next(numbers))

    world.ledger.put_backup = put_backup  # type: ignore[method-assign]


def carry_out_order(world: World) -> tuple[str, Incident]:
    """Carry out the one order, and nothing that follows; return what came of it, and the incident of the escape."""
    (order,) = world.remediations.orders
    outcome = remediate(order, world.remediator, now=NOW)
    return outcome, escape_in(world)


def escape_in(world: World) -> Incident:
    """Return the incident of the escape, which is not the only one: the hard policy has its own."""
    (incident,) = (one for one in world.incidents if one.kind is Kind.PERMISSION_ESCAPE)
    return incident


def test_all_plans_of_one_order_together_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that its timeout kills says nothing, and is killed again; so the work is counted, and its end told."""
    world, steps = beside_a_hard_policy(EFFORT), 0
    spend = Budget.spend

    def counted(self: Budget, taken: int = 1) -> None:
        nonlocal steps
        steps += taken
        spend(self, taken)

    monkeypatch.setattr(Budget, "spend", counted)
    change_under_every_plan(world)
    outcome, incident = carry_out_order(world)
    assert outcome == "NOT FIXED"
    assert steps <= EFFORT.planning + EFFORT.verifying
    assert incident.reason.endswith("is more work than one order may cost, as it changed meanwhile")
    assert world.roles.writes == []


def test_after_a_role_has_changed_under_too_much_work_the_next_look_orders_another_attempt() -> None:
    """The role as it is was not tried: without another change, one plan for it is not too much."""
    world = beside_a_hard_policy(EFFORT)
    change_under_every_plan(world)
    carry_out_order(world)
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-2"))
    assert [order.attempt for order in world.remediations.orders] == [1, 2]


def test_one_plan_beside_a_hard_policy_is_within_the_work_of_an_order() -> None:
    """What nobody can judge shields nothing."""
    outcome, incident = carry_out_order(beside_a_hard_policy(EFFORT))
    assert (outcome, incident.remedy.carried_out) == ("CONTAINED", True)


def test_what_was_decided_for_the_plan_need_not_be_decided_again_to_verify_it() -> None:
    """A role that is read again as it was planned is judged for nothing."""
    outcome, _ = carry_out_order(beside_a_hard_policy(replace(EFFORT, verifying=0)))
    assert outcome == "CONTAINED"


def test_what_is_too_much_for_one_plan_is_told_and_not_tried_again_on_the_same_role() -> None:
    """It would be too much again."""
    world = beside_a_hard_policy(replace(EFFORT, planning=DEFAULT_BUDGET))
    outcome, incident = carry_out_order(world)
    assert (outcome, world.roles.writes) == ("NOT FIXED", [])
    assert incident.reason == "to judge this role and to plan for it is more work than one order may cost"
    world.notify()
    assert any(incident.reason in message for _, message, _ in world.topic.alerts)
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-2"))
    assert len(world.remediations.orders) == 1


def test_a_role_that_was_too_much_work_and_is_again_as_it_was_seen_is_contained() -> None:
    """What was too much is another role than the one that the order was given for, and that it is again."""
    escaping = CASES["an inline policy"][1]
    world = attacked(snapshot_of(GROUP_ROLE), escaping)
    world.roles.put(beside_a_hard_policy(EFFORT).roles.roles[GROUP_ROLE.name.lower()])
    add_a_deny(world, 0)
    world.roles.put(world.roles.roles[GROUP_ROLE.name.lower()].with_inline("policy-0", escaping.inline[-1].text))
    world.effort = replace(EFFORT, planning=DEFAULT_BUDGET)
    assert carry_out_order(world)[0] == "NOT FIXED"
    world.remediations.orders.clear()
    world.change(escaping, event_id="event-2")
    assert world.remediate() == ["CONTAINED"]
    assert is_compliant(world)


def test_a_change_that_is_too_much_work_to_verify_is_told_as_made_and_not_verified() -> None:
    """What the plans cost is no reason to leave it unread; what reading again costs has a bound of its own."""
    world = beside_a_hard_policy(replace(EFFORT, verifying=DEFAULT_BUDGET))
    apply = world.roles.apply

    def apply_as_somebody_adds_more(role_name: str, step: Step) -> None:
        apply(role_name, step)
        add_a_deny(world, 0)

    world.roles.apply = apply_as_somebody_adds_more  # type: ignore[method-assign]
    outcome, incident = carry_out_order(world)
    assert (outcome, incident.remedy.carried_out, len(world.roles.writes)) == ("NOT FIXED", True, 1)
    assert incident.reason.startswith("changed as planned, but")
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-2"))
    assert escape_in(world).state is State.CONTAINED


def test_the_work_of_one_order_is_done_in_half_of_the_function_s_timeout() -> None:
    """The other half is for AWS's answers, and for a processor that is slower than the one it was measured on."""
    (timeout,) = (
        function["Timeout"]
        for name, function in of_type(translate(), "AWS::Lambda::Function").items()
        if name == "RemediateFunction"
    )
    microseconds = (job.EFFORT.planning + job.EFFORT.verifying) * job.STEP_MICROSECONDS
    assert microseconds <= timeout * 1_000_000 / 2
