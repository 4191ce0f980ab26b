"""A trust that cannot be judged for a time: whoever came in then is told, and ended where the guard may do that."""

from dataclasses import replace

import pytest

from panorama_guard.case.attribution import attribute
from panorama_guard.case.ending import told_state
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Cause, Incident, State
from panorama_guard.case.let_in import NOBODY, LetIn, Stranger
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.case.record import dump_record
from panorama_guard.case.step import RevokeSessions
from panorama_guard.planning.names import REVOCATION
from panorama_guard.service.carry_out import carry_out
from panorama_guard.service.settings import Mode
from tests.builders import GROUP_ROLE, policy, trusting
from tests.unit.service.test_let_in import DOUBTFUL, MUCH_LATER, carried_out, renewed, role_of
from tests.unit.service.test_renewing import HEALTHY, OPENED, SOON, look, repaired
from tests.unit.service.world import ACTOR, OPERATOR, SECOND, World, event_on

DOUBT, BACK, AFTER = (MUCH_LATER.replace("10:00", f"1{minute}:00") for minute in (2, 3, 4))
INSIDE = policy(trusting({"Service": "greengrass.amazonaws.com"}, Sid="Another"))


def incident_of(world: World) -> Incident:
    """Return the incident of the trust."""
    return next(one for one in world.incidents if one.kind is Kind.TRUST_ESCAPE)


def doubted(world: World, *, after: str = "") -> World:
    """Have the trust not understood for a minute, and then as it was, or another one."""
    before = role_of(world).trust
    world.now = DOUBT
    world.change(role_of(world).with_trust(DOUBTFUL), event_id="event-doubt")
    assert incident_of(world).state is State.NOT_FIXED
    world.now = BACK
    world.change(role_of(world).with_trust(after or before), event_id="event-back")
    return world


def unverified() -> World:
    """Return a world in which a trust was repaired, and IAM showed that late."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.change(OPENED)
    world.roles.stale = [OPENED] * 7
    assert (world.remediate(), world.incident.state, world.roles.stale) == (["NOT FIXED"], State.NOT_FIXED, [])
    world.notify()
    world.topic.alerts.clear()
    return world


def test_a_repair_that_was_not_seen_to_hold_hides_no_session_after_a_doubt() -> None:
    """Somebody had the trust not understood, and was the role."""
    world = doubted(unverified())
    assert Stranger.IN_DOUBT in incident_of(world).let_in.who
    assert carried_out(world) == ["moved up to 2026-11-23T15:13:01Z"]
    assert told_state(incident_of(world)) is State.CONTAINED


def test_a_doubt_about_a_repair_that_was_not_seen_to_hold_is_told_once() -> None:
    """However often it is looked at."""
    world = unverified()
    for number in (1, 2, 3):
        world.change(role_of(world).with_trust(DOUBTFUL), event_id=f"event-doubt-{number}")
    world.notify()
    told = [text for _, text, _ in world.topic.alerts if incident_of(world).id in text]
    assert (len(told), "cannot judge it any more" in told[0]) == (1, True)


@pytest.mark.parametrize("mode", [Mode.APPROVE, Mode.OBSERVE])
def test_sessions_of_a_doubt_are_an_operators_to_end_where_the_guard_waits_for_his_word(mode: Mode) -> None:
    """No plan that he has approved says that whoever is the role today is denied everything."""
    world = renewed()
    world.mode = mode
    before = incident_of(world).remedy
    doubted(world)
    told = incident_of(world)
    assert (told_state(told), told.remedy) == (State.NOT_FIXED, before)
    assert Stranger.IN_DOUBT in told.let_in.who
    assert (
        f"the guard ends none of these sessions, by mode {mode.value}: revoke the role's sessions in IAM's console"
        in told.reason
    )
    world.notify()
    alerts = len(world.topic.alerts)
    world.mode = Mode.ENFORCE  # later: it was left to the operator, and is not done at another time
    for number in (1, 2):
        world.inspect(event_on(GROUP_ROLE.name, event_id=f"event-{number}"))
    world.notify()
    assert (world.remediations.renewals, len(world.topic.alerts)) == ([], alerts)
    answer = world.operate(OPERATOR, "retry", incident=told.id)
    assert (answer.status, "revoke the role's sessions" in str(answer.body["error"])) == (409, True)
    world.now = "2026-11-24T03:19:00+00:00"
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert "none lasts longer than 12 hours" in incident_of(world).reason


def test_an_order_that_meets_mode_approve_ends_no_session_of_a_doubt() -> None:
    """It was given before the mode was."""
    world = doubted(renewed())
    (order,) = world.remediations.renewals
    world.mode = Mode.APPROVE
    assert carry_out(order, world.remediator, now=AFTER) == "nothing to renew by mode approve"
    world.now = AFTER
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert incident_of(world).let_in.left_to_operator


def test_the_deny_that_was_approved_is_put_again_as_it_was_in_mode_approve() -> None:
    """It ends nobody's session whom the approved plan left."""
    world = renewed()
    world.mode = Mode.APPROVE
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-taken")
    assert carried_out(world) == ["moved up to 2026-11-23T15:02:11Z"]


def test_in_mode_observe_it_is_told_that_it_is_not_put_again_and_put_once_the_mode_allows_it() -> None:
    """The alert says what is done, and by whom."""
    world = renewed()
    world.mode = Mode.OBSERVE
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-taken")
    assert "the guard ends none of these sessions, by mode observe" in incident_of(world).reason
    assert world.remediations.renewals == []
    world.mode = Mode.ENFORCE
    world.now = DOUBT
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert carried_out(world) == ["moved up to 2026-11-23T15:02:11Z"]
    assert told_state(incident_of(world)) is State.CONTAINED


@pytest.mark.parametrize("after", ["", INSIDE], ids=["as it was", "otherwise inside"])
def test_an_undo_that_waits_for_a_second_operator_hides_no_session(after: str) -> None:
    """Whoever asked for it may be the one who came in."""
    world = renewed()
    answer = world.operate(OPERATOR, "undo", incident=incident_of(world).id, reason="x y", seconds=7200)
    assert answer.body["undo"] == "waiting"
    doubted(world, after=after)
    assert told_state(incident_of(world)) is State.NOT_FIXED
    assert carried_out(world) == ["moved up to 2026-11-23T15:13:01Z"]


def test_an_undo_that_is_agreed_to_is_an_operators_word_about_its_sessions_too() -> None:
    """What was ended is let in again by it."""
    world = renewed()
    answer = world.operate(OPERATOR, "undo", incident=incident_of(world).id, reason="x y", seconds=7200)
    waiver = answer.body["waiver"]
    assert isinstance(waiver, dict)
    assert world.operate(SECOND, "approve-waiver", waiver=waiver["waiver"]).status == 200
    doubted(world)
    assert world.remediations.renewals == []


def test_whoever_comes_in_while_iam_spreads_the_trust_that_is_as_it_was_is_ended_too() -> None:
    """As after a repair: the other one still lets him in for seconds."""
    world = renewed()
    world.rechecks.requests.clear()
    doubted(world)
    requests = [(one.origin, delay) for one, delay in world.rechecks.requests if one.origin is Origin.RENEWAL]
    assert requests == [(Origin.RENEWAL, 30), (Origin.RENEWAL, 120)]
    assert carried_out(world) == ["moved up to 2026-11-23T15:13:01Z"]
    world.now = "2026-11-23T15:13:30+00:00"
    world.message(dump_record(InspectionRequest(GROUP_ROLE.name, BACK, Origin.RENEWAL)))
    assert carried_out(world) == ["moved up to 2026-11-23T15:13:31Z"]
    world.notify()
    assert (told_state(incident_of(world)), "ended" in incident_of(world).reason) == (State.CONTAINED, True)


def test_an_order_that_comes_late_ends_sessions_until_iam_had_spread_the_trust_and_no_later() -> None:
    """The breaker, a pause or a lost order put it off; who became the role since is inside the profile."""
    world = doubted(renewed())
    world.remediations.renewals.clear()
    for now in ("2026-11-23T15:40:00+00:00", "2026-11-23T18:00:00+00:00"):
        world.roles.refusals = {RevokeSessions: f"AccessDenied: `{now}`"}
        world.now = now
        world.inspect(event_on(GROUP_ROLE.name, event_id=f"event-{now}"))
        assert carried_out(world)[0].startswith("refused")
    world.roles.refusals, world.now = {}, "2026-11-23T18:01:00+00:00"
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert carried_out(world) == ["moved up to 2026-11-23T15:18:01Z"]


def test_what_is_only_wanted_is_not_told_as_done() -> None:
    """Nothing was written: a pause is in force."""
    world = renewed()
    assert world.operate(OPERATOR, "pause", reason="x y", seconds=3600).status == 200
    before = incident_of(world).remedy
    doubted(world)
    assert (told_state(incident_of(world)), incident_of(world).remedy) == (State.NOT_FIXED, before)


def test_a_doubt_about_a_trust_that_nobody_repaired_tells_of_sessions_when_it_is_gone() -> None:
    """It may have let somebody in, who is the role for hours."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.change(HEALTHY.with_trust(DOUBTFUL), event_id="event-doubt")
    world.change(HEALTHY, event_id="event-back")
    (incident,) = world.incidents
    assert (incident.kind, incident.state) == (Kind.UNDECIDED, State.RESOLVED)
    assert "it may have let somebody in, whose sessions are not ended by that" in incident.reason


def test_an_approved_deny_that_is_taken_away_after_a_doubt_is_told_though_the_guard_puts_none() -> None:
    """Whoever was the role before the repair is it again, too; the operator ends them all by one act."""
    world = renewed()
    world.mode = Mode.APPROVE
    doubted(world)
    world.notify()
    told = len(world.topic.alerts)
    for number in (1, 2):
        world.change(role_of(world).without_inline(REVOCATION), event_id=f"event-taken-{number}")
    world.notify()
    assert (len(world.topic.alerts), world.remediations.renewals) == (told + 1, [])
    assert incident_of(world).let_in == LetIn((Stranger.BEFORE, Stranger.IN_DOUBT), left_to_operator=True)
    assert "whoever was the role before is it again, and it could not be judged" in incident_of(world).reason


def test_who_is_found_to_have_led_to_it_later_moves_no_time() -> None:
    """It is since when somebody is let in."""
    world = doubted(renewed())
    told = incident_of(world)
    cause = replace(told.cause, event_name="UpdateAssumeRolePolicy", event_time=told.seen_at)
    unnamed = replace(told, cause=Cause.unnamed("sweep", told.seen_at))
    named = attribute(unnamed, cause, now=AFTER)
    assert (named.cause.actor, named.transition, named.updated_at) == (ACTOR, told.transition + 1, told.updated_at)


def test_who_was_let_in_before_a_doubt_is_let_in_after_it_too() -> None:
    """A doubt ends no session, and the words of it are no reason to forget one."""
    world = repaired()
    world.roles.refusals = {RevokeSessions: "AccessDenied: `no`"}
    assert look(world, SOON) == ["refused: AccessDenied: `no`"]
    doubted(world)
    world.inspect(event_on("SomebodyElse", event_id="event-of-another"))
    assert incident_of(world).let_in == LetIn((Stranger.IN_SPREAD, Stranger.IN_DOUBT))
    assert carried_out(world) == ["refused: AccessDenied: `no`"]
    assert incident_of(world).let_in == LetIn((Stranger.IN_SPREAD, Stranger.IN_DOUBT))
    world.roles.refusals = {}
    world.now = AFTER
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert carried_out(world) == ["moved up to 2026-11-23T15:14:01Z"]
    assert (told_state(incident_of(world)), incident_of(world).let_in) == (State.CONTAINED, NOBODY)


def test_what_the_mode_left_to_an_operator_before_a_doubt_is_not_left_to_him_for_good() -> None:
    """Whoever came in during the doubt was never his to end: the mode lets the guard do that by then."""
    world = renewed()
    world.mode = Mode.OBSERVE
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-taken")
    assert incident_of(world).let_in == LetIn((Stranger.BEFORE,), left_to_operator=True)
    world.mode = Mode.ENFORCE
    doubted(world)
    assert incident_of(world).let_in == LetIn((Stranger.BEFORE, Stranger.IN_DOUBT))
    assert carried_out(world) == ["moved up to 2026-11-23T15:13:01Z"]
    assert told_state(incident_of(world)) is State.CONTAINED
