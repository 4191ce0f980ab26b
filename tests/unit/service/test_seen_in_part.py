"""What is seen of a trust repair in part alone, late or not at all: no session of a stranger is forgotten by it."""

import pytest

from panorama_guard.case.ending import told_state
from panorama_guard.case.incident import State
from panorama_guard.case.let_in import LetIn, Stranger
from panorama_guard.case.order import Origin
from panorama_guard.planning.names import REVOCATION
from panorama_guard.service.carry_out import carry_out
from panorama_guard.service.settings import Mode
from tests.builders import GROUP_ROLE
from tests.fakes import CrashError
from tests.unit.service.test_doubted_trust import INSIDE, doubted, incident_of, unverified
from tests.unit.service.test_let_in import carried_out, renewed, role_of
from tests.unit.service.test_renewing import (
    HEALTHY,
    LATER,
    OPENED,
    OPENED_TO_BUILDER,
    SOON,
    look,
    repaired,
)
from tests.unit.service.world import OPERATOR, World, event_on

AT_ONCE, AFTER_PAUSE = "2026-11-23T15:00:15+00:00", "2026-11-23T15:30:00+00:00"
HOURS_LATER, CLOSED, TAKEN, LAST = (f"2026-11-23T17:{time}+00:00" for time in ("00:00", "00:40", "01:00", "11:00"))


def without_its_deny() -> World:
    """Return a world in which the Deny for older sessions was deleted before the repair was read back."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.change(OPENED)
    world.roles.stale = [*[OPENED] * 2, *[HEALTHY] * 5]
    assert world.remediate() == ["NOT FIXED"]
    world.roles.stale = []
    world.roles.put(role_of(world).without_inline(REVOCATION))
    world.notify()
    return world


def test_a_deny_that_is_deleted_before_the_repair_is_read_back_is_told_and_put_again() -> None:
    """The trust alone reads as repaired: whoever became the role before is it still."""
    world = without_its_deny()
    world.now = AT_ONCE
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-5"))
    assert (told_state(world.incident), world.incident.let_in) == (State.NOT_FIXED, LetIn((Stranger.BEFORE,)))
    assert carried_out(world)[0] == "moved up to 2026-11-23T15:00:11Z"
    assert told_state(world.incident) is State.CONTAINED
    assert look(world, SOON) == ["moved up to 2026-11-23T15:00:41Z"]


def test_another_trust_inside_the_profile_than_the_one_that_was_written_ends_the_sessions_of_the_spread_too() -> None:
    """Nobody has seen the guard's own in force."""
    world = unverified()
    world.roles.put(role_of(world).with_trust(INSIDE))
    world.now = AT_ONCE
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-5"))
    assert world.incident.let_in == LetIn((Stranger.IN_SPREAD,))
    assert carried_out(world) == ["moved up to 2026-11-23T15:00:16Z"]
    assert told_state(world.incident) is State.CONTAINED


def test_a_pause_over_a_renewal_is_told_and_the_sessions_are_ended_after_it() -> None:
    """Whoever became the role while IAM spread the repair is it until then."""
    world = repaired()
    assert world.operate(OPERATOR, "pause", reason="maintenance", seconds=600).status == 200
    for now in (SOON, LATER):
        (told,) = look(world, now) or ["told before"]
        assert told.startswith(("paused", "told before"))
    assert (told_state(world.incident), world.incident.let_in) == (State.NOT_FIXED, LetIn((Stranger.IN_SPREAD,)))
    world.notify()
    assert "paused by" in world.topic.alerts[-1][1]
    world.now = AFTER_PAUSE
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert carried_out(world) == ["moved up to 2026-11-23T15:05:41Z"]
    assert told_state(world.incident) is State.CONTAINED


def test_a_mode_that_lets_the_guard_write_no_more_leaves_who_came_in_to_an_operator() -> None:
    """He is told once, and by the look after it nothing more."""
    world = repaired()
    world.topic.alerts.clear()
    assert look(world, SOON) == ["moved up to 2026-11-23T15:00:41Z"]
    world.mode = Mode.OBSERVE
    assert look(world, LATER) == ["nothing to renew by mode observe"]
    assert (told_state(world.incident), world.incident.let_in) == (
        State.NOT_FIXED,
        LetIn((Stranger.IN_SPREAD,), left_to_operator=True),
    )
    world.now = AFTER_PAUSE
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    world.notify()
    assert ["revoke the role's sessions" in text for _, text, _ in world.topic.alerts] == [True]


def test_an_undo_of_one_trust_frees_no_session_of_another_that_was_repaired_before() -> None:
    """The operator has agreed to the second alone: the Deny for the sessions of the first stays."""
    world = renewed()
    world.now = HOURS_LATER
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-builder")
    assert world.remediate()[0] == "CONTAINED"
    answer = world.operate(OPERATOR, "undo", incident=world.incident.id, reason="agreed", seconds=3600)
    assert answer.body["undo"] == "lifting"
    assert world.remediate() == ["lifted"]
    (deny,) = [one.text for one in role_of(world).inline if one.name == REVOCATION]
    assert "2026-11-23T15:02:11Z" in deny


def test_what_was_left_to_an_operator_in_one_doubt_is_not_left_to_him_in_the_next() -> None:
    """The mode of that time says whose these are."""
    world = renewed()
    world.mode = Mode.APPROVE
    doubted(world)
    assert incident_of(world).let_in.left_to_operator
    world.mode = Mode.ENFORCE
    doubted(world)
    assert not incident_of(world).let_in.left_to_operator
    assert carried_out(world) == ["moved up to 2026-11-23T15:13:01Z"]


def test_a_crash_behind_the_word_about_a_doubt_loses_no_look_that_ends_its_sessions() -> None:
    """They are asked for before it is on record."""
    world = renewed()
    doubted(world)
    told = world.calls.made.index("put_incident CONTAINED", world.calls.made.index("put_incident NOT FIXED"))
    world = renewed()
    world.rechecks.requests.clear()
    world.calls.crash_at = told + 2  # the call after it
    with pytest.raises(CrashError):
        doubted(world)
    asked = [delay for one, delay in world.rechecks.requests if one.origin is Origin.RENEWAL]
    assert asked == [30, 120]


def test_a_trust_that_is_open_for_a_moment_hides_no_session_of_an_earlier_repair() -> None:
    """In mode approve nobody answers in that moment; who became the role then is the operator's to end, and told."""
    world = renewed()
    world.mode = Mode.APPROVE
    repaired_trust = role_of(world).trust
    world.now = HOURS_LATER
    world.change(role_of(world).with_trust(OPENED.trust), event_id="event-open")
    assert world.incident.state is State.NEEDS_APPROVAL
    world.now = CLOSED
    world.change(role_of(world).with_trust(repaired_trust), event_id="event-closed")
    assert told_state(world.incident) is State.NOT_FIXED
    assert world.incident.let_in == LetIn((Stranger.WHILE_OPEN,), left_to_operator=True)
    world.notify()
    told = len(world.topic.alerts)
    world.now = TAKEN
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-taken")
    world.notify()
    assert world.incident.let_in == LetIn((Stranger.BEFORE, Stranger.WHILE_OPEN), left_to_operator=True)
    assert (len(world.topic.alerts), world.remediations.renewals) == (told + 1, [])


@pytest.mark.parametrize("is_paused", [True, False])
def test_who_came_in_while_the_guard_had_not_answered_yet_is_ended_whenever_it_may(*, is_paused: bool) -> None:
    """So is he again whom the repair before had put out: his Deny is gone."""
    world = renewed()
    repaired_trust = role_of(world).trust
    world.now = HOURS_LATER
    if is_paused:
        assert world.operate(OPERATOR, "pause", reason="maintenance", seconds=600).status == 200
    world.change(role_of(world).with_trust(OPENED.trust), event_id="event-open")
    if is_paused:
        assert world.remediate() == ["OBSERVED"]
    closed = role_of(world).with_trust(repaired_trust).without_inline(REVOCATION)
    world.rechecks.requests.clear()
    world.change(closed, event_id="event-closed")
    if not is_paused:
        assert world.remediate() == ["NOT FIXED"]
        world.inspect(event_on(GROUP_ROLE.name, event_id="event-5"))
    assert world.incident.let_in == LetIn((Stranger.BEFORE, Stranger.WHILE_OPEN))
    asked = [delay for one, delay in world.rechecks.requests if one.origin is Origin.RENEWAL]
    assert asked == [30, 120]  # IAM spreads the trust that is closed again
    world.now = LAST
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert carried_out(world)[0] == "moved up to 2026-11-23T17:05:01Z"
    assert told_state(world.incident) is State.CONTAINED


def test_a_trust_that_is_open_again_just_as_it_was_is_repaired_again() -> None:
    """It was closed for the moment in which its turn came; nobody had tried anything on it as it is."""
    world = renewed()
    repaired_trust = role_of(world).trust
    world.now = HOURS_LATER
    opened = role_of(world).with_trust(OPENED.trust).without_inline(REVOCATION)
    world.change(opened, event_id="event-open")
    world.roles.put(opened.with_trust(repaired_trust))
    (order,) = world.remediations.orders
    world.remediations.orders.clear()
    assert carry_out(order, world.remediator, now=world.now) == "NOT FIXED"
    world.now = CLOSED
    world.change(opened, event_id="event-open-again")
    assert world.incident.state is State.REOPENED
    assert world.remediate() == ["CONTAINED"]
