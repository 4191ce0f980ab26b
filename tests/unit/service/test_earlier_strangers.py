"""An operator's word about the last stranger of a trust: the Deny for those before him is watched over all the same."""

from dataclasses import replace
from typing import Any

import pytest

from panorama_guard.case.ending import told_state
from panorama_guard.case.incident import State
from panorama_guard.case.let_in import Stranger
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.case.record import dump_record
from panorama_guard.planning.names import REVOCATION
from panorama_guard.service.operator import Answer
from panorama_guard.service.settings import Mode
from tests.builders import GROUP_ROLE, NOW, filler, policy, trusting, with_policies
from tests.unit.service.test_doubted_trust import doubted, incident_of
from tests.unit.service.test_let_in import DOUBTFUL, LAST, carried_out, renewed, role_of
from tests.unit.service.test_renewing import BUILDER, HEALTHY, LATER, OPENED, OPENED_TO_BUILDER, SOON, look, repaired
from tests.unit.service.world import OPERATOR, SECOND, World, event_on

WHY: dict[str, Any] = {"reason": "an agreed change", "seconds": 3600}
SOON_TAKEN, OPEN, WORD, TAKEN, PUT = (
    f"2026-11-23T{time}+00:00" for time in ("15:30:00", "17:00:00", "17:05:00", "17:10:00", "17:11:00")
)


def waive(world: World) -> Answer:
    """Have an operator let the second stranger in."""
    document = OPENED_TO_BUILDER.trust
    return world.operate(OPERATOR, "waive", incident=incident_of(world).id, document=document, **WHY)


def second_stranger() -> World:
    """Return a world in which a second stranger was put out some hours after the first."""
    world = renewed()
    world.now = OPEN
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-builder")
    assert world.remediate()[0] == "CONTAINED"
    world.now = WORD
    return world


def waived() -> World:
    """Return a world in which the second stranger was let in again by a waiver, and is there."""
    world = second_stranger()
    assert waive(world).status == 200
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-waived")
    world.remediate()
    world.notify()
    world.topic.alerts.clear()
    return world


def test_the_deny_for_an_earlier_stranger_is_told_and_put_again_whoever_is_let_in_since() -> None:
    """Nobody has agreed to him, and his session lasts; who takes it away again and again is counted."""
    world = waived()
    assert world.incident.state is State.CONTAINED
    world.now = TAKEN
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-taken-1")
    assert (told_state(world.incident), world.incident.let_in.who) == (State.NOT_FIXED, (Stranger.BEFORE,))
    assert carried_out(world) == ["moved up to 2026-11-23T17:00:01Z"]
    assert told_state(world.incident) is State.CONTAINED
    world.now = PUT
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-taken-2")
    assert (world.incident.let_in.halted, world.remediations.renewals) == (True, [])


def test_as_long_as_it_stands_nothing_is_told() -> None:
    """However often it is looked at."""
    world = waived()
    world.now = PUT
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    world.notify()
    assert (world.topic.alerts, world.remediations.renewals) == ([], [])


def test_a_waiver_of_all_who_were_ever_let_in_ends_it() -> None:
    """There is nobody left to be kept out, and the line says that the Deny may go."""
    world = repaired(OPENED_TO_BUILDER)
    assert waive(world).status == 200
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-waived")
    assert world.incident.state is State.RESOLVED
    assert "watches no longer that a Deny for older sessions stays" in world.incident.reason


def test_an_undo_says_that_no_deny_is_watched_over_any_more() -> None:
    """It is the operator's word; whom else it may free he has to see to."""
    world = second_stranger()
    answer = world.operate(OPERATOR, "undo", incident=world.incident.id, **WHY)
    assert (answer.body["undo"], world.remediate()) == ("lifting", ["lifted"])
    assert "watches no longer that a Deny for older sessions stays" in world.incident.reason


def waived_and_closed() -> World:
    """Return a world with a waiver in force for the second stranger, who is not there."""
    world = second_stranger()
    assert waive(world).status == 200
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-waiver"))
    assert world.incident.state is State.CONTAINED
    return world


def test_no_waiver_of_another_ends_what_is_told_of_who_came_after_it() -> None:
    """The third is let in until the breaker is open, and is gone from the trust when the second is there again."""
    world = waived_and_closed()
    closed = role_of(world).trust
    third = policy(trusting({"Service": "greengrass.amazonaws.com"}), trusting({"AWS": "999999999999"}))
    for number in range(7):
        world.now = TAKEN.replace("10:00", f"1{number}:00")
        world.change(role_of(world).with_trust(third), event_id=f"event-third-{number}")
        world.remediate()
    assert (world.incident.state, role_of(world).trust == closed) == (State.NOT_FIXED, False)
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-second")
    assert (told_state(world.incident), Stranger.WHILE_OPEN in world.incident.let_in.who) == (State.NOT_FIXED, True)


def test_a_third_who_is_gone_when_his_turn_comes_is_not_told_as_waived() -> None:
    """The waiver is of the second, who stands there."""
    world = waived()
    world.now = TAKEN
    both = policy(*(trusting({"Service": "greengrass.amazonaws.com"}), BUILDER, trusting({"AWS": "999999999999"})))
    world.change(role_of(world).with_trust(both), event_id="event-third")
    world.roles.put(role_of(world).with_trust(OPENED_TO_BUILDER.trust))
    assert world.remediate() == ["NOT FIXED"]
    world.now = PUT
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert (told_state(world.incident), world.incident.let_in.who) == (State.NOT_FIXED, (Stranger.WHILE_OPEN,))


def test_no_waiver_ends_what_is_told_of_somebody_else() -> None:
    """Who came in while the trust could not be judged is nobody whom the operator has agreed to."""
    world = repaired(OPENED_TO_BUILDER)
    world.mode = Mode.APPROVE
    doubted(world)
    told = incident_of(world)
    assert waive(world).status == 200
    world.now = SOON_TAKEN
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-waived")
    assert (incident_of(world).id, told_state(incident_of(world))) == (told.id, State.NOT_FIXED)


def test_who_came_in_by_a_doubt_is_told_still_after_the_trust_was_open_again() -> None:
    """Though none of those can be the role any more whom the repair had put out."""
    world = renewed()
    world.now = "2026-11-24T02:00:00+00:00"
    world.mode = Mode.APPROVE
    before = role_of(world).trust
    world.change(role_of(world).with_trust(DOUBTFUL), event_id="event-doubt")
    world.now = "2026-11-24T02:01:00+00:00"
    world.change(role_of(world).with_trust(before), event_id="event-back")
    assert incident_of(world).let_in.who == (Stranger.IN_DOUBT,)
    world.now = "2026-11-24T03:10:00+00:00"
    world.change(role_of(world).with_trust(OPENED.trust), event_id="event-open")
    world.now = "2026-11-24T03:11:00+00:00"
    world.change(role_of(world).with_trust(before), event_id="event-closed")
    assert told_state(incident_of(world)) is State.NOT_FIXED
    assert incident_of(world).let_in.who == (Stranger.IN_DOUBT, Stranger.WHILE_OPEN)


def test_a_doubt_after_a_waiver_ends_no_watch() -> None:
    """Whoever came in by it is told, and the earlier one too, once his Deny is gone."""
    world = waived()
    before = role_of(world).trust
    world.now = TAKEN
    world.change(role_of(world).with_trust(DOUBTFUL), event_id="event-doubt")
    world.change(role_of(world).with_trust(before), event_id="event-back")
    assert incident_of(world).let_in.who == (Stranger.IN_DOUBT,)
    world.now = PUT
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-taken")
    assert incident_of(world).let_in.who == (Stranger.BEFORE, Stranger.IN_DOUBT)
    assert [order for order in world.remediations.renewals if order.is_put_again]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_waiver_of_an_open_trust_leaves_the_deny_for_an_earlier_stranger_watched_over(*, is_there: bool) -> None:
    """In mode approve nobody has answered the second yet; his call may have taken the Deny for the first away."""
    world = renewed()
    world.mode = Mode.APPROVE
    world.now = OPEN
    role = role_of(world) if is_there else role_of(world).without_inline(REVOCATION)
    world.change(role.with_trust(OPENED_TO_BUILDER.trust), event_id="event-builder")
    assert (world.incident.state, waive(world).status) == (State.NEEDS_APPROVAL, 200)
    world.now = WORD
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-waiver"))
    assert world.incident.state is State.CONTAINED
    assert world.incident.let_in.who == (() if is_there else (Stranger.BEFORE,))
    assert ("of others stays, and is watched over" in world.incident.reason) is is_there
    assert carried_out(world) == ([] if is_there else [f"moved up to {LAST.before}"])
    world.now = TAKEN
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-taken")
    assert world.incident.let_in.who == (Stranger.BEFORE,)


@pytest.mark.parametrize("is_told", [True, False])
def test_a_waiver_that_comes_before_an_order_does_ends_no_watch(*, is_told: bool) -> None:
    """The order leaves it to the look after it."""
    world = renewed()
    if is_told:
        world.mode = Mode.APPROVE
        doubted(world)
        world.mode = Mode.ENFORCE
    world.now = OPEN
    world.change(
        role_of(world).with_trust(OPENED_TO_BUILDER.trust).without_inline(REVOCATION), event_id="event-builder"
    )
    assert waive(world).status == 200
    assert world.remediate()[0] == "NOT FIXED"
    world.now = WORD
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    told = (Stranger.BEFORE, Stranger.IN_DOUBT, Stranger.WHILE_OPEN) if is_told else (Stranger.BEFORE,)
    assert incident_of(world).let_in.who == told


def test_a_stranger_whom_no_repair_has_seen_is_kept_out_whoever_is_let_in_since() -> None:
    """He came in by a doubt, and the Deny was moved up for him."""
    world = repaired(OPENED_TO_BUILDER)
    world.now = SOON_TAKEN
    before = role_of(world).trust
    world.change(role_of(world).with_trust(DOUBTFUL), event_id="event-doubt")
    world.change(role_of(world).with_trust(before), event_id="event-back")
    world.remediate()
    carried_out(world)
    assert told_state(incident_of(world)) is State.CONTAINED
    assert waive(world).status == 200
    world.now = OPEN.replace("17:00:00", "16:00:00")
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-waived")
    assert incident_of(world).state is State.CONTAINED
    world.now = OPEN.replace("17:00:00", "16:10:00")
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-taken")
    assert incident_of(world).let_in.who == (Stranger.BEFORE,)


FULL = with_policies(OPENED, filler(10_230)).inline


def partial() -> World:
    """Return a world in which a trust was repaired without a Deny, and somebody came in by a doubt since."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.change(replace(OPENED, inline=FULL))
    assert world.remediate()[0] == "CONTAINED"
    before = role_of(world).trust
    world.now = SOON_TAKEN
    world.change(role_of(world).with_trust(DOUBTFUL), event_id="event-doubt")
    world.change(role_of(world).with_trust(before), event_id="event-back")
    return world


@pytest.mark.parametrize("is_closed_first", [True, False])
def test_a_repair_without_a_deny_untells_nobody(*, is_closed_first: bool) -> None:
    """There is no room for one: who was told is the role still, and so is whoever came in while it was open again."""
    world = partial()
    before = role_of(world).trust
    assert incident_of(world).let_in.who == (Stranger.IN_DOUBT,)
    world.now = OPEN
    world.change(role_of(world).with_trust(OPENED.trust), event_id="event-open")
    if is_closed_first:
        world.roles.put(role_of(world).with_trust(before))
    world.remediate()
    assert incident_of(world).let_in.who == (Stranger.IN_DOUBT, Stranger.WHILE_OPEN)
    assert told_state(incident_of(world)) is State.NOT_FIXED
    world.roles.put(replace(role_of(world), inline=()))
    world.now = WORD
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    carried_out(world)
    assert told_state(incident_of(world)) is State.CONTAINED


def test_a_repair_without_a_deny_keeps_watch_over_the_one_before_it() -> None:
    """The attacker takes it away, fills the room that it had, and opens the trust, all at once."""
    world = renewed()
    world.now = OPEN
    world.change(replace(OPENED_TO_BUILDER, inline=FULL), event_id="event-builder")
    world.remediate()
    world.now = WORD
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert incident_of(world).let_in.who == (Stranger.BEFORE, Stranger.WHILE_OPEN)
    world.roles.put(replace(role_of(world), inline=()))
    world.now = TAKEN
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-10"))
    assert "moved up to 2026-11-23T17:05:01Z" in carried_out(world)


def test_who_was_told_is_told_still_where_a_plan_is_approved_and_the_trust_is_closed_before_it() -> None:
    """The Deny of the repair is for nobody any more; he came in after it."""
    world = renewed()
    world.mode = Mode.APPROVE
    before = role_of(world).trust
    for number, (now, trust) in enumerate(
        [("02:00", DOUBTFUL), ("02:01", before), ("03:10", OPENED.trust)],
    ):
        world.now = f"2026-11-24T{now}:00+00:00"
        world.change(role_of(world).with_trust(trust).without_inline(REVOCATION), event_id=f"event-{number}-later")
    plan = incident_of(world).remedy.plan
    assert world.operate(OPERATOR, "approve", incident=incident_of(world).id, plan=plan).status == 200
    world.roles.put(role_of(world).with_trust(before))
    assert world.remediate()[0] == "NOT FIXED"
    world.now = "2026-11-24T03:12:00+00:00"
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert {Stranger.IN_DOUBT, Stranger.WHILE_OPEN} <= {*incident_of(world).let_in.who}


def test_a_first_order_that_meets_a_waiver_says_nothing_of_a_deny() -> None:
    """There never was one."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.change(OPENED_TO_BUILDER)
    assert waive(world).status == 200
    assert world.remediate() == ["RESOLVED"]
    assert "older sessions" not in world.incident.reason


def test_a_repair_without_a_deny_that_is_seen_late_untells_nobody() -> None:
    """IAM's reads lag behind it."""
    world = partial()
    opened = role_of(world).with_trust(OPENED.trust)
    world.now = OPEN
    world.change(opened, event_id="event-open")
    world.roles.stale = [opened] * 7
    assert world.remediate()[0] == "NOT FIXED"
    world.roles.stale = []
    world.now = WORD
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert incident_of(world).let_in.who == (Stranger.IN_DOUBT, Stranger.WHILE_OPEN)


@pytest.mark.parametrize("is_repaired", [True, False])
def test_who_was_let_in_before_the_trust_let_another_one_in_is_not_waived_with_him(*, is_repaired: bool) -> None:
    """The operator read of the last of them; whoever came in before is told."""
    world = renewed() if is_repaired else World()
    world.mode = Mode.OBSERVE
    if not is_repaired:
        world.change(HEALTHY, event_id="event-0")
    world.now = OPEN
    world.change(role_of(world).with_trust(OPENED.trust), event_id="event-first")
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-second")
    world.now = WORD
    assert waive(world).status == 200
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    if is_repaired:
        assert world.incident.let_in.who == (Stranger.WHILE_OPEN,)
        assert told_state(world.incident) is State.NOT_FIXED
    else:
        assert world.incident.state is State.RESOLVED
        assert "sessions of whoever was let in are not ended by that" in world.incident.reason


def test_an_undo_that_is_seen_late_ends_the_watch_with_a_word() -> None:
    """The operator's own part of it comes before IAM shows the guard's."""
    world = second_stranger()
    held = role_of(world)
    assert world.operate(OPERATOR, "undo", incident=world.incident.id, **WHY).body["undo"] == "lifting"
    world.roles.stale = [held] * 6
    assert "not seen to be yet" in world.remediate()[0]
    world.roles.stale = []
    world.now = TAKEN
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-put-back")
    assert world.incident.state is State.RESOLVED
    assert "watches no longer that a Deny for older sessions stays" in world.incident.reason


def test_a_deny_of_an_earlier_attempt_untells_nobody() -> None:
    """The trust is opened, and is as that attempt had left it again before the order's turn."""
    world = renewed()
    before = role_of(world)
    world.mode = Mode.APPROVE
    doubted(world)
    world.mode = Mode.ENFORCE
    world.now = SOON_TAKEN
    world.change(before.with_trust(OPENED.trust), event_id="event-open")
    world.roles.put(before)
    world.remediate()
    assert incident_of(world).let_in.who == (Stranger.IN_DOUBT, Stranger.WHILE_OPEN)


def test_a_stranger_of_a_doubt_minutes_after_the_repair_is_kept_out_as_well() -> None:
    """No later than for whom IAM's spread let in was the Deny moved up for him."""
    world = repaired(OPENED_TO_BUILDER)
    before = role_of(world).trust
    world.now = "2026-11-23T15:01:00+00:00"
    world.change(role_of(world).with_trust(DOUBTFUL), event_id="event-doubt")
    world.now = "2026-11-23T15:03:00+00:00"
    world.change(role_of(world).with_trust(before), event_id="event-back")
    assert carried_out(world) == ["moved up to 2026-11-23T15:03:01Z"]
    world.now = SOON_TAKEN
    assert waive(world).status == 200
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-waived")
    assert incident_of(world).state is State.CONTAINED


def let_in(world: World) -> None:
    """Have Builder let in by a waiver that is in force, by a second operator's word where it takes that."""
    answer = waive(world)
    assert answer.status == 200
    waiver: Any = answer.body["waiver"]
    if waiver["second_because"]:
        assert world.operate(SECOND, "approve-waiver", waiver=waiver["waiver"]).status == 200


def another_is_kept_out(world: World) -> None:
    """Have Builder let in by a waiver, and the Deny taken away that is for somebody else too: it is put again."""
    world.now = "2026-11-23T15:40:00+00:00"
    let_in(world)
    world.now = "2026-11-23T15:42:00+00:00"
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-waived")
    world.remediate()
    assert incident_of(world).state is State.CONTAINED
    world.now = "2026-11-23T16:10:00+00:00"
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-taken")
    assert incident_of(world).let_in.who == (Stranger.BEFORE,)
    assert carried_out(world)[-1].startswith("moved up to")


def test_whom_the_next_repair_ends_for_somebody_of_a_doubt_is_kept_out() -> None:
    """The trust is opened to the second before the sessions of the doubt are ended by an order of their own."""
    world = repaired(OPENED_TO_BUILDER)
    world.now = SOON_TAKEN
    before = role_of(world).trust
    world.change(role_of(world).with_trust(DOUBTFUL), event_id="event-doubt")
    world.change(role_of(world).with_trust(before), event_id="event-back")
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-again")
    world.remediate()
    assert (told_state(incident_of(world)), incident_of(world).let_in.who) == (State.CONTAINED, ())
    another_is_kept_out(world)


def test_whom_a_doubt_let_in_that_ended_in_an_escape_is_kept_out() -> None:
    """The trust is not as it was again in between."""
    world = repaired(OPENED_TO_BUILDER)
    world.now = SOON_TAKEN
    world.change(role_of(world).with_trust(DOUBTFUL), event_id="event-doubt")
    world.now = SOON_TAKEN.replace("30:00", "31:00")
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-again")
    world.remediate()
    another_is_kept_out(world)


def test_who_came_in_before_the_trust_was_changed_under_an_order_is_kept_out() -> None:
    """The order repairs the second's trust; the first was told of, and his is no more."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.change(OPENED)
    world.roles.put(OPENED_TO_BUILDER)
    assert world.remediate()[0] == "CONTAINED"
    another_is_kept_out(world)


def test_who_came_in_before_a_mode_let_the_guard_act_is_kept_out() -> None:
    """Both were told while it only watched."""
    world = World(Mode.OBSERVE)
    world.change(HEALTHY, event_id="event-0")
    world.change(OPENED, event_id="event-first")
    world.change(OPENED_TO_BUILDER, event_id="event-second")
    world.mode = Mode.ENFORCE
    world.now = SOON_TAKEN
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert world.remediate()[0] == "CONTAINED"
    another_is_kept_out(world)


def test_who_came_in_before_an_order_that_found_an_earlier_repair_is_kept_out() -> None:
    """The look after it moves the Deny up for him."""
    world = repaired(OPENED_TO_BUILDER)
    before = role_of(world)
    world.now = SOON_TAKEN
    world.change(before.with_trust(OPENED.trust), event_id="event-open")
    world.roles.put(before)
    assert world.remediate()[0] == "CONTAINED"
    assert look(world, SOON_TAKEN.replace("30:00", "30:40")) == ["moved up to 2026-11-23T15:30:41Z"]
    another_is_kept_out(world)


def test_an_undo_of_one_who_was_told_that_is_seen_late_ends_what_is_told() -> None:
    """The operator's own part of it comes before IAM shows the guard's."""
    world = repaired(OPENED_TO_BUILDER)
    world.mode = Mode.APPROVE
    doubted(world)
    held = role_of(world)
    assert world.operate(OPERATOR, "undo", incident=incident_of(world).id, **WHY).body["undo"] == "lifting"
    world.roles.stale = [held] * 6
    assert "not seen to be yet" in world.remediate()[0]
    world.roles.stale = []
    world.now = SOON_TAKEN
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-put-back")
    assert incident_of(world).state is State.RESOLVED
    assert "sessions of whoever was let in are not ended by that" in incident_of(world).reason


def test_a_waiver_of_what_no_order_has_acted_on_is_told_as_one() -> None:
    """Whatever was changed of it meanwhile."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.change(OPENED)
    world.mode = Mode.OBSERVE
    assert world.remediate() == ["OBSERVED"]
    world.change(OPENED_TO_BUILDER, event_id="event-second")
    assert waive(world).status == 200
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert world.incident.state is State.RESOLVED
    assert world.incident.reason.startswith("waived by")


def test_a_deny_that_was_put_again_as_it_was_is_for_nobody_else() -> None:
    """Somebody's template drops it: once the only stranger is waived, nothing is put again against that word."""
    world = repaired(OPENED_TO_BUILDER)
    for now in (SOON, LATER):
        look(world, now)
    world.now = SOON_TAKEN.replace("30:00", "12:00")
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-dropped")
    assert carried_out(world) == [f"moved up to {LAST.before}"]
    world.now = SOON_TAKEN
    assert waive(world).status == 200
    world.change(OPENED_TO_BUILDER, event_id="event-applied")
    assert (world.incident.state, world.remediations.renewals) == (State.RESOLVED, [])


def test_a_call_that_comes_to_light_between_the_renewals_is_no_other_stranger() -> None:
    """It names who led to the escape; the Deny is moved up as it would be."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.roles.put(OPENED_TO_BUILDER)
    world.message(dump_record(InspectionRequest(GROUP_ROLE.name, NOW, Origin.SWEEP)))
    assert world.remediate() == ["CONTAINED"]
    look(world, SOON)
    late = event_on(GROUP_ROLE.name, event_id="event-late")
    late["detail"] |= {"eventName": "UpdateAssumeRolePolicy", "eventTime": "2026-11-23T15:00:05Z"}
    world.now = "2026-11-23T15:01:30+00:00"
    world.inspect(late)
    assert world.incident.cause.is_named
    look(world, LATER)
    world.now = SOON_TAKEN
    assert waive(world).status == 200
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-waived")
    assert world.incident.state is State.RESOLVED
