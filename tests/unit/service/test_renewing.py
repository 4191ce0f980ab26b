"""Sessions that were issued while IAM spread a repaired trust are ended too, 30 s and 2 min after it."""

from dataclasses import replace

import pytest

from panorama_guard.case.ending import told_state
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.order import InspectionRequest, Origin, RenewalOrder
from panorama_guard.case.record import dump_record
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import PutInline, RevokeSessions, apply_step
from panorama_guard.planning.names import REVOCATION
from panorama_guard.service.carry_out import carry_out
from panorama_guard.service.settings import Mode
from tests.builders import ACCOUNT, GROUP_ROLE, NOW, PAYROLL, filler, policy, snapshot_of, trusting, with_policies
from tests.unit.service.world import OPERATOR, World, event_on, recreated

HEALTHY = snapshot_of(GROUP_ROLE)
OPENED = HEALTHY.with_trust(
    policy(trusting({"Service": "greengrass.amazonaws.com"}), trusting({"AWS": "999999999999"}))
)
BUILDER = trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Builder"})
OPENED_TO_BUILDER = HEALTHY.with_trust(policy(trusting({"Service": "greengrass.amazonaws.com"}), BUILDER))
SOON, LATER, TOO_LATE = "2026-11-23T15:00:40+00:00", "2026-11-23T15:02:10+00:00", "2026-11-23T15:41:00+00:00"


def repaired(opened: RoleSnapshot = OPENED) -> World:
    """Return a world in which a trust was repaired, and told."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.rechecks.requests.clear()
    world.change(opened)
    assert world.remediate() == ["CONTAINED"]
    world.notify()
    return world


def look(world: World, now: str, origin: Origin = Origin.RENEWAL) -> list[str]:
    """Deliver a look that was asked for, then what was ordered of it."""
    world.now = now
    world.message(dump_record(InspectionRequest(GROUP_ROLE.name, NOW, origin)))
    orders, world.remediations.renewals = world.remediations.renewals, []
    return [carry_out(order, world.remediator, now=now) for order in orders]


def times(world: World) -> list[str]:
    """Return the times before which sessions were denied, as they were written."""
    return [step.before for _, step in world.roles.writes if isinstance(step, RevokeSessions)]


def test_a_repaired_trust_is_looked_at_again_after_30_s_and_2_min_to_end_younger_sessions() -> None:
    """The look after 5 s judges only."""
    requests = [(request.origin, delay) for request, delay in repaired().rechecks.requests]
    assert requests == [(Origin.RECHECK, 5), (Origin.RENEWAL, 30), (Origin.RENEWAL, 120)]


def test_the_time_is_moved_up_at_each_of_them() -> None:
    """Whoever became the role meanwhile is it no longer."""
    world = repaired()
    assert look(world, SOON) == ["moved up to 2026-11-23T15:00:41Z"]
    assert look(world, LATER) == ["moved up to 2026-11-23T15:02:11Z"]
    assert times(world) == ["2026-11-23T15:00:11Z", "2026-11-23T15:00:41Z", "2026-11-23T15:02:11Z"]


def test_nothing_is_told_again_and_the_incident_says_the_time() -> None:
    """The alert has said that it is moved up."""
    world = repaired()
    look(world, SOON)
    world.notify()
    assert len(world.topic.alerts) == 1
    assert world.incident.remedy.steps == (
        f"put the inline policy {REVOCATION}, which denies everything to sessions issued before 2026-11-23T15:00:41Z",
        "replace the trust policy by one inside the profile",
    )


def test_every_renewal_has_its_backup_and_leads_back_to_what_was() -> None:
    """All inverses together restore the role byte for byte."""
    world = repaired()
    look(world, SOON)
    role = world.roles.roles[GROUP_ROLE.name.lower()]
    (backups,) = world.ledger.backups.values()
    for backup in reversed(backups):
        for inverse in reversed(backup.inverses):
            role = apply_step(role, inverse)
    assert role == OPENED


def test_other_looks_move_nothing() -> None:
    """Only what was asked for after the repair."""
    world = repaired()
    assert look(world, SOON, Origin.RECHECK) == []
    assert look(world, SOON, Origin.SWEEP) == []


def test_a_containment_of_permission_asks_for_no_renewal() -> None:
    """Sessions are ended where the trust was wrong, and nowhere else."""
    world = World()
    world.change(with_policies(HEALTHY, PAYROLL))
    world.rechecks.requests.clear()
    world.remediate()
    assert {request.origin for request, _ in world.rechecks.requests} == {Origin.RECHECK}
    assert look(world, SOON) == []


def test_a_repair_of_long_ago_is_left_alone() -> None:
    """A look that comes late does not end the sessions of today."""
    assert look(repaired(), TOO_LATE) == []


def test_a_look_that_is_delayed_ends_what_it_would_have_ended() -> None:
    """Its first delivery failed, and the queue tries again after six minutes."""
    assert look(repaired(), "2026-11-23T15:09:00+00:00") == ["moved up to 2026-11-23T15:05:11Z"]


def order_of(incident: Incident) -> RenewalOrder:
    """Return the order for an incident's attempt."""
    subject = incident.subject
    return RenewalOrder(subject.account, subject.name, incident.slot, incident.id, incident.attempt, SOON)


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"account": "999999999999"}, "no such incident"),
        ({"role_name": "Payroll"}, "no such incident"),
        ({"slot": "another"}, "no such incident"),
        ({"renewed_incident": "inc-other"}, "another attempt was made since"),
        ({"renewed_attempt": 7}, "another attempt was made since"),
    ],
)
def test_an_order_that_fits_no_repair_does_nothing(changes: dict[str, object], answer: str) -> None:
    """Forged or outdated."""
    world = repaired()
    written = len(world.roles.writes)
    order = replace(order_of(world.incident), **changes)  # type: ignore[arg-type] # fields of the order
    assert carry_out(order, world.remediator, now=SOON) == answer
    assert len(world.roles.writes) == written


@pytest.mark.parametrize(
    "change",
    [
        lambda world: world.change(OPENED, event_id="event-2"),
        lambda world: world.roles.put(recreated(world.roles.roles[GROUP_ROLE.name.lower()], "AROANEW")),
        lambda world: world.roles.put(replace(world.roles.roles[GROUP_ROLE.name.lower()], path="/application/")),
        lambda world: world.roles.roles.clear(),
        lambda world: setattr(world, "mode", Mode.OBSERVE),
    ],
    ids=["the trust is open again", "made again", "a look-alike", "deleted", "mode observe"],
)
def test_a_role_that_is_not_what_was_repaired_is_not_written_to(change: object) -> None:
    """By whatever it was changed."""
    world = repaired()
    order, written = order_of(world.incident), len(world.roles.writes)
    change(world)  # type: ignore[operator] # one of the lambdas above
    told = carry_out(order, world.remediator, now=SOON)
    assert told in ("nothing to renew", "nothing to renew by mode observe", "another attempt was made since")
    assert len(world.roles.writes) == written


def test_a_pause_keeps_the_time_where_it_is() -> None:
    """Nothing is written while the guard is paused."""
    world = repaired()
    written = len(world.roles.writes)
    assert world.operate(OPERATOR, "pause", reason="maintenance").status == 200
    (told,) = look(world, SOON)
    assert told.startswith(f"paused by {OPERATOR} until ")
    assert len(world.roles.writes) == written


def test_what_an_operator_has_undone_is_not_renewed() -> None:
    """The renewal was on its way when the undo came: it is not taken back and put again."""
    world = repaired(OPENED_TO_BUILDER)
    order = order_of(world.incident)
    answer = world.operate(OPERATOR, "undo", incident=world.incident.id, reason="agreed", seconds=3600)
    assert answer.body["undo"] == "lifting"
    assert carry_out(order, world.remediator, now=SOON) == f"undone by {OPERATOR}"
    world.remediate()
    assert REVOCATION not in [one.name for one in world.roles.roles[GROUP_ROLE.name.lower()].inline]
    assert carry_out(order, world.remediator, now=SOON) == f"undone by {OPERATOR}"


@pytest.mark.parametrize("order", [1, -1], ids=["as written", "the other way round"])
def test_an_undo_after_a_renewal_notes_nothing_that_others_did(order: int) -> None:
    """The ledger gives the backups of an attempt in any order; the role as it was is the one before the first."""
    world = repaired(OPENED_TO_BUILDER)
    look(world, SOON)
    world.ledger.backups = {key: kept[::order] for key, kept in world.ledger.backups.items()}
    answer = world.operate(OPERATOR, "undo", incident=world.incident.id, reason="agreed", seconds=3600)
    assert answer.status == 200
    assert answer.body["notes"] == []


def test_a_repair_whose_undo_was_refused_is_renewed() -> None:
    """It stands, and so does its Deny."""
    world = repaired(OPENED_TO_BUILDER)
    order = order_of(world.incident)
    world.operate(OPERATOR, "undo", incident=world.incident.id, reason="agreed", seconds=3600)
    (undo,) = world.ledger.undos.values()
    world.ledger.put_undo(undo.turned_down("AWS refused it"))
    assert carry_out(order, world.remediator, now=SOON) == "moved up to 2026-11-23T15:00:41Z"


def test_a_repair_without_room_for_the_deny_says_so_and_is_not_renewed() -> None:
    """The attacker has filled the quota."""
    world = repaired(replace(OPENED, inline=with_policies(OPENED, filler(10_200)).inline))
    assert "for want of room" in world.incident.remedy.proof
    assert look(world, SOON) == ["refused: no room for a Deny for older sessions"]


def test_a_renewal_for_which_somebody_has_taken_the_room_is_told_and_made_once_there_is_some() -> None:
    """He keeps the Deny under another name, so that nothing looks taken away, and is the role since IAM spread that."""
    world = repaired()
    role = world.roles.roles[GROUP_ROLE.name.lower()]
    (text,) = (one.text for one in role.inline if one.name == REVOCATION)
    world.roles.put(role.without_inline(REVOCATION).with_inline("x", text).with_inline("filler", filler(10_050)))
    assert look(world, SOON) == ["refused: no room for a Deny for older sessions"]
    world.notify()
    assert told_state(world.incident) is State.NOT_FIXED
    assert "who became the role while IAM spread that still is it: no room" in world.incident.reason
    assert [subject.partition("]")[0] for subject in world.subjects] == ["[CONTAINED", "[NOT FIXED"]
    world.roles.put(HEALTHY)
    assert look(world, LATER, Origin.SWEEP) == ["moved up to 2026-11-23T15:02:11Z"]
    assert told_state(world.incident) is State.CONTAINED


def test_whoever_came_in_while_iam_spread_a_repair_is_not_forgotten_when_the_deny_is_taken_away() -> None:
    """It was refused, and told; what is put again then ends his session too."""
    world = repaired()
    world.roles.refusals = {RevokeSessions: "AccessDenied: `no`"}
    look(world, SOON)
    look(world, LATER)
    world.roles.refusals = {}
    world.roles.put(world.roles.roles[GROUP_ROLE.name.lower()].without_inline(REVOCATION))
    assert look(world, TOO_LATE, Origin.SWEEP) == ["moved up to 2026-11-23T15:05:41Z"]
    assert (told_state(world.incident), "meanwhile are ended" in world.incident.reason) == (State.CONTAINED, True)


@pytest.mark.parametrize("when", [SOON, LATER])
def test_a_deny_that_is_taken_away_before_each_look_forgets_nobody_who_came_in_meanwhile(when: str) -> None:
    """To put it again as it was is not all that is due in these minutes."""
    world = repaired()
    world.roles.put(world.roles.roles[GROUP_ROLE.name.lower()].without_inline(REVOCATION))
    look(world, when)
    assert times(world)[-1] == {SOON: "2026-11-23T15:00:41Z", LATER: "2026-11-23T15:02:11Z"}[when]


def test_renewals_for_which_there_is_no_room_are_not_forgotten_where_the_deny_was_taken_away_before() -> None:
    """What is put again is then not the Deny as it was: his session is younger."""
    world = repaired()
    healthy = world.roles.roles[GROUP_ROLE.name.lower()].without_inline(REVOCATION)
    world.now = "2026-11-23T15:00:20+00:00"
    world.change(healthy.with_inline("filler", filler(10_200)), event_id="event-taken")
    orders, world.remediations.renewals = world.remediations.renewals, []
    assert [carry_out(one, world.remediator, now=world.now)[:16] for one in orders] == ["refused: no room"]
    for now in (SOON, LATER):
        assert {told[:16] for told in look(world, now)} == {"refused: no room"}
    assert "who became the role while IAM spread that still is it: no room" in world.incident.reason
    world.roles.put(healthy)
    assert look(world, TOO_LATE, Origin.SWEEP) == ["moved up to 2026-11-23T15:05:21Z"]
    assert (told_state(world.incident), "meanwhile are ended" in world.incident.reason) == (State.CONTAINED, True)


def test_a_deny_that_somebody_has_taken_away_is_put_again() -> None:
    """The renewal needs nothing of the first."""
    world = repaired()
    world.roles.put(world.roles.roles[GROUP_ROLE.name.lower()].without_inline(REVOCATION))
    look(world, SOON)
    assert RevokeSessions(REVOCATION, "2026-11-23T15:00:41Z").text in [
        one.text for one in world.roles.roles[GROUP_ROLE.name.lower()].inline
    ]


def test_a_renewal_that_aws_refuses_is_told() -> None:
    """The trust holds; somebody who was quick may still be the role."""
    world = repaired()
    world.roles.refusals = {RevokeSessions: "AccessDenied: `no`"}
    assert look(world, SOON) == ["refused: AccessDenied: `no`"]
    world.notify()
    assert (world.incident.state, len(world.topic.alerts)) == (State.CONTAINED, 2)
    assert "who became the role while IAM spread that still is it: AccessDenied" in world.incident.reason


def test_the_first_deny_is_what_undoing_takes_away() -> None:
    """The inverse of the renewal puts the first one back, whose own inverse deletes it."""
    world = repaired()
    look(world, SOON)
    (backups,) = world.ledger.backups.values()
    assert backups[1].inverses == (PutInline(REVOCATION, RevokeSessions(REVOCATION, "2026-11-23T15:00:11Z").text),)


# --- the trust is closed by somebody else ---


@pytest.mark.parametrize("mode", [Mode.OBSERVE, Mode.APPROVE, Mode.ENFORCE])
def test_a_trust_that_somebody_else_closes_leaves_sessions_that_are_told(mode: Mode) -> None:
    """Who opened it closes it again once he is the role: nothing of the guard's ends his session."""
    world = World(mode)
    world.change(HEALTHY, event_id="event-0")
    world.change(OPENED)
    world.roles.put(HEALTHY)
    assert world.remediate() == (["RESOLVED"] if mode is Mode.ENFORCE else [])
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-2"))
    world.notify()
    subject, text, _ = world.topic.alerts[-1]
    assert (world.incident.state, "[RESOLVED]" in subject) == (State.RESOLVED, True)
    assert "sessions of whoever was let in are not ended by that, and last for up to 12 hours" in text
