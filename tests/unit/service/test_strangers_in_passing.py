"""A trust that a look or an order reads in passing, and that is gone before it is repaired: who came in is known."""

from dataclasses import replace
from typing import Any

import pytest

from panorama_guard.case.breaker import Breaker
from panorama_guard.case.ending import waived
from panorama_guard.case.incident import State
from panorama_guard.case.let_in import Stranger
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import PutTrust, RevokeSessions
from panorama_guard.judging.allowance import OverworkedError
from panorama_guard.judging.subject import judge
from panorama_guard.planning.names import REVOCATION
from panorama_guard.service import remediate, still
from panorama_guard.service.ended import on_top_of
from panorama_guard.service.job import RE_READS
from panorama_guard.service.settings import Mode
from tests.builders import GROUP_ROLE, NOW, policy, trusting
from tests.unit.service.test_doubted_trust import incident_of
from tests.unit.service.test_earlier_strangers import FULL, another_is_kept_out, let_in
from tests.unit.service.test_let_in import DOUBTFUL, role_of
from tests.unit.service.test_renewing import BUILDER, HEALTHY, LATER, OPENED, OPENED_TO_BUILDER, SOON
from tests.unit.service.world import OPERATOR, World, event_on

GREENGRASS = trusting({"Service": "greengrass.amazonaws.com"})
TOO_OLD = "2026-11-24T03:07:00+00:00"
LOST = "2026-11-23T15:35:00+00:00"


def open_to_builder(mode: Mode = Mode.ENFORCE) -> World:
    """Return a world in which a trust is open to Builder, and an order or an operator is waited for."""
    world = World(mode)
    world.change(HEALTHY, event_id="event-0")
    world.change(OPENED_TO_BUILDER, event_id="event-builder")
    return world


def test_who_is_seen_while_an_order_waits_is_kept_out_though_the_trust_is_put_back() -> None:
    """The order finds the second's trust, for which it was made; of the first a look alone has seen a trust."""
    world = open_to_builder()
    world.change(OPENED, event_id="event-first")
    world.change(OPENED_TO_BUILDER, event_id="event-back")
    assert world.remediate()[0] == "CONTAINED"
    another_is_kept_out(world)


def test_who_is_seen_by_a_look_while_an_order_is_carried_out_is_kept_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look comes after the backup is written, and the trust is put back before the order reads the role again."""
    world = open_to_builder()
    write = world.roles.apply

    def look_between(name: str, step: Any) -> None:
        if isinstance(step, RevokeSessions):
            world.change(OPENED, event_id="event-first")
            world.roles.put(OPENED_TO_BUILDER)
        write(name, step)

    monkeypatch.setattr(world.roles, "apply", look_between)
    assert world.remediate()[0] == "CONTAINED"
    monkeypatch.undo()
    another_is_kept_out(world)


def test_who_is_seen_just_before_the_write_is_kept_out_though_the_trust_is_put_back() -> None:
    """The reading before the write shows the first's trust; the plan that is made of it finds the second's again."""
    world = open_to_builder()
    assert remediated_by_readings(world, OPENED_TO_BUILDER, OPENED, OPENED_TO_BUILDER) == "CONTAINED"
    another_is_kept_out(world)


def test_who_is_seen_when_a_repair_is_read_back_is_kept_out() -> None:
    """Somebody lets the first in right after the write, and takes him out before the next reading."""
    world = open_to_builder()
    assert remediated_by_readings(world, OPENED_TO_BUILDER, OPENED_TO_BUILDER, OPENED) == "CONTAINED"
    another_is_kept_out(world)


def remediated_by_readings(world: World, *readings: RoleSnapshot | None) -> str:
    """Have an order read these in turn, and from then on what there is; return how its incident stands."""
    world.roles.stale = [*readings]
    done = world.remediate()[0]
    assert not world.roles.stale
    return done


def test_who_is_seen_when_a_repair_is_read_back_in_vain_is_kept_out() -> None:
    """Every reading after the write shows the first's trust; the look after it finds the repair in place."""
    world = open_to_builder()
    readings = (OPENED_TO_BUILDER, OPENED_TO_BUILDER, *[OPENED] * len(RE_READS))
    assert remediated_by_readings(world, *readings) == "NOT FIXED"
    world.now = LATER
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert incident_of(world).state is State.CONTAINED
    another_is_kept_out(world)


def test_who_was_seen_is_known_still_after_the_trust_is_open_once_more() -> None:
    """Before his session is ended, and as it was when the repair was ordered that he came after."""
    world = open_to_builder()
    assert remediated_by_readings(world, OPENED_TO_BUILDER, OPENED_TO_BUILDER, OPENED) == "CONTAINED"
    world.now = LATER
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-again")
    world.remediate()
    another_is_kept_out(world)


@pytest.mark.parametrize("mode", [Mode.APPROVE, Mode.ENFORCE])
def test_who_came_in_while_an_open_trust_could_not_be_judged_is_kept_out(mode: Mode) -> None:
    """Whether an operator is waited for then, or an order."""
    world = open_to_builder(mode)
    world.change(HEALTHY.with_trust(DOUBTFUL), event_id="event-doubt")
    world.change(OPENED_TO_BUILDER, event_id="event-back")
    if mode is Mode.APPROVE:
        assert world.operate(OPERATOR, "approve", incident=incident_of(world).id).status == 200
        world.mode = Mode.ENFORCE
    world.remediate()
    another_is_kept_out(world)


def test_who_is_seen_when_planning_is_too_much_work_is_kept_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The trust is put back before the next order has less to do."""
    world = open_to_builder()
    with monkeypatch.context() as patch:
        patch.setattr(remediate, "plan_to_carry_out", overwork)
        assert remediated_by_readings(world, OPENED) == "NOT FIXED"
    assert Stranger.WHILE_OPEN in incident_of(world).let_in.who


def test_who_is_seen_when_reading_back_is_too_much_work_is_kept_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look after it finds the repair in place."""
    world = open_to_builder()
    read: list[Any] = []

    def judge_once(snapshot: Any, *others: Any) -> Any:
        read.append(snapshot)
        return judge(snapshot, *others) if len(read) == 1 else overwork()

    with monkeypatch.context() as patch:
        patch.setattr(remediate, "judge", judge_once)
        readings = (OPENED_TO_BUILDER, OPENED_TO_BUILDER, OPENED)
        assert remediated_by_readings(world, *readings) == "NOT FIXED"
    assert incident_of(world).state is State.CONTAINED
    another_is_kept_out(world)


def overwork(*_: object) -> Any:
    """Be more work than an order may cost."""
    raise OverworkedError


def test_who_is_seen_while_an_order_comes_to_a_waiver_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look has found nobody else to tell of him, and no other order."""
    world = open_to_builder()
    let_in(world)
    put = world.ledger.put_incident

    def look_before(incident: Any, *, replaced: str = "") -> None:
        monkeypatch.setattr(world.ledger, "put_incident", put)
        if incident.state is State.RESOLVED:
            world.change(OPENED, event_id="event-first")
            world.roles.put(OPENED_TO_BUILDER)
        put(incident, replaced=replaced)

    monkeypatch.setattr(world.ledger, "put_incident", look_before)
    assert world.remediate() == ["NOT FIXED"]
    assert "somebody else was seen to come in" in incident_of(world).reason


def test_who_was_seen_last_is_told_where_a_waiver_of_another_comes_before_the_order() -> None:
    """The order was made for the first's trust, and finds the second's, who is waived."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.change(OPENED, event_id="event-first")
    world.roles.put(OPENED_TO_BUILDER)
    let_in(world)
    assert world.remediate() == ["NOT FIXED"]
    assert "others may have been the role before" in incident_of(world).reason


def test_who_is_seen_when_an_order_is_given_up_as_lost_is_kept_out() -> None:
    """The look that says so shows the first's trust."""
    world = open_to_builder()
    world.remediations.orders.clear()
    world.now = LOST
    world.change(OPENED, event_id="event-first")
    assert incident_of(world).reason.startswith("no remediation reported back")
    world.change(OPENED_TO_BUILDER, event_id="event-back")
    assert world.remediate()[0] == "CONTAINED"
    another_is_kept_out(world)


def test_that_a_repair_is_read_back_and_not_judged_makes_nobody_a_stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read is the guard's own, which is another trust than the one that it was ordered for."""
    world = open_to_builder()
    judged = iter([True])
    with monkeypatch.context() as patch:
        patch.setattr(remediate, "judge", lambda *asked: judge(*asked) if next(judged, False) else overwork())
        assert world.remediate() == ["NOT FIXED"]
    assert (incident_of(world).state, incident_of(world).remedy.notes) == (State.CONTAINED, ())


def test_two_trusts_that_are_gone_before_the_first_order_are_told_once() -> None:
    """Nothing was done that an operator could have to look after; that sessions are not ended is said."""
    world = open_to_builder()
    world.change(OPENED, event_id="event-first")
    world.roles.put(HEALTHY)
    world.now = SOON
    assert world.remediate() == ["RESOLVED"]
    assert "sessions of whoever was let in are not ended" in incident_of(world).reason


@pytest.mark.parametrize("reading", [HEALTHY, None])
def test_one_reading_before_the_write_does_not_say_that_the_escape_is_gone(reading: RoleSnapshot | None) -> None:
    """The next one shows it, and the order is carried out."""
    world = open_to_builder()
    world.now = SOON
    assert remediated_by_readings(world, OPENED_TO_BUILDER, reading) == "CONTAINED"


def test_what_an_operator_has_ended_is_counted_no_more_though_a_look_writes_meanwhile() -> None:
    """The count is the outcome's, for a look counts nothing of what waits for its order."""
    counted = replace(incident_of(open_to_builder()), reopenings=(NOW, NOW), breaker=Breaker.STRONGEST)
    outcome = waived(counted, now=SOON, reason="waived")
    written = on_top_of(replace(counted, revision=counted.revision + 1), outcome, now=SOON)
    assert (written.reopenings, written.breaker, written.revision) == ((), Breaker.CLOSED, counted.revision + 2)


@pytest.mark.parametrize(("again", "who"), [("2026-11-24T03:05:00+00:00", (Stranger.WHILE_OPEN,)), (TOO_OLD, ())])
def test_a_note_is_of_nobody_any_more_once_no_session_can_last(again: str, who: tuple[Stranger, ...]) -> None:
    """What is opened months later is open to whom it says alone."""
    world = open_to_builder()
    assert remediated_by_readings(world, OPENED_TO_BUILDER, OPENED_TO_BUILDER, OPENED) == "CONTAINED"
    world.now = again
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-again")
    assert (incident_of(world).state, incident_of(world).let_in.who) == (State.REOPENED, who)


def test_a_trust_that_was_asked_about_again_and_is_gone_is_not_called_contained() -> None:
    """Another one that is let in stands there; the guard has put nothing in place."""
    world = open_to_builder(Mode.APPROVE)
    let_in(world)
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    world.now = LATER
    both = (BUILDER, trusting({"AWS": "999999999999"}))
    world.change(HEALTHY.with_trust(policy(GREENGRASS, *both)), event_id="event-first")
    assert world.operate(OPERATOR, "approve", incident=incident_of(world).id).status == 200
    world.roles.put(HEALTHY.with_trust(policy({**GREENGRASS, "Sid": "Another"}, *both)))
    assert world.remediate() == ["NEEDS APPROVAL"]
    world.change(OPENED_TO_BUILDER, event_id="event-gone")
    assert incident_of(world).state is State.RESOLVED
    assert "sessions of whoever was let in are not ended" in incident_of(world).reason


def test_who_is_read_before_the_write_by_too_much_work_is_known_and_what_was_planned_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The role is not the one that was planned for: should it be that again, nobody has tried."""
    world = open_to_builder()

    def judge_first(snapshot: Any, *others: Any) -> Any:
        return judge(snapshot, *others) if snapshot == OPENED_TO_BUILDER else overwork()

    with monkeypatch.context() as patch:
        patch.setattr(remediate, "judge", judge_first)
        patch.setattr(still, "judge", judge_first)
        assert remediated_by_readings(world, OPENED_TO_BUILDER, OPENED) == "NOT FIXED"
    assert incident_of(world).let_in.who == (Stranger.WHILE_OPEN,)
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert world.remediate()[0] == "CONTAINED"


def test_a_plan_that_was_dropped_has_put_nobody_out() -> None:
    """Somebody closes the trust between the plan and its write: no Deny is gone that never was."""
    world = open_to_builder()
    world.now = SOON
    world.roles.stale = [OPENED_TO_BUILDER]
    world.roles.put(HEALTHY)
    assert world.remediate() == ["RESOLVED"]
    assert "sessions of whoever was let in are not ended" in incident_of(world).reason


def test_a_plan_that_was_dropped_and_made_again_is_no_other_s_doing() -> None:
    """AWS refuses its second step, and somebody does that himself: the Deny is the guard's, and watched over."""
    world = open_to_builder()
    world.now = SOON
    until = RevokeSessions(REVOCATION, "2026-11-23T15:00:41Z")
    world.roles.refusals = {PutTrust: "AccessDenied"}
    denied = HEALTHY.with_inline(REVOCATION, until.text)
    readings = (OPENED_TO_BUILDER, HEALTHY, OPENED_TO_BUILDER, OPENED_TO_BUILDER, denied)
    assert remediated_by_readings(world, *readings) == "CONTAINED"


def test_what_an_earlier_attempt_did_is_known_though_its_plan_is_made_again_and_dropped() -> None:
    """Both the look and the order's first reading lag behind a repair that had no room for a Deny."""
    world, full = World(), replace(OPENED, inline=FULL)
    world.change(replace(HEALTHY, inline=FULL), event_id="event-0")
    world.change(full)
    assert world.remediate()[0] == "CONTAINED"
    world.now = SOON
    world.roles.stale = [full]
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert remediated_by_readings(world, full) == "CONTAINED"
    assert incident_of(world).let_in.who == (Stranger.WHILE_OPEN,)
