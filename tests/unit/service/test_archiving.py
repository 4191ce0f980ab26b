"""What is over is put away, so that a look reads little, whoever makes records of it; and nothing of it is lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident, State, incident_id
from panorama_guard.case.order import Origin
from panorama_guard.case.undo import Undo
from panorama_guard.case.waiver import Waiver
from panorama_guard.service.archiving import AT_ONCE, FAR_TOO_MANY, KEPT, MANY, SETTLED
from panorama_guard.service.settings import Mode
from panorama_guard.service.settling import ORDERED_AGAIN
from tests.builders import ACCOUNT, INCIDENT, NOW, PAYROLL, SERVICE_ROLE, UNDO, WAIVER, snapshot_of, with_policies
from tests.fakes import CrashError
from tests.unit.service.world import OPERATOR, World, event_on, recreated

NAME = SERVICE_ROLE.name
HEALTHY = snapshot_of()
ESCAPED = with_policies(HEALTHY, PAYROLL)
OLD = KEPT + timedelta(minutes=1)
WHY = {"reason": "an agreed change", "seconds": 3600}


def ago(span: timedelta) -> str:
    """Return a time before now."""
    return (datetime.fromisoformat(NOW) - span).isoformat()


def closed(number: int, *, age: timedelta = OLD, state: State = State.RESOLVED, attempt: int = 0) -> Incident:
    """Return an incident of a cause of its own that came to an end so long ago."""
    source = f"p{number}"
    ended = replace(INCIDENT, source=source, id=f"inc-{number}", attempt=attempt)
    return ended.moved(state, now=ago(age), reason="over")


def world_with(*incidents: Incident, told: bool = True) -> World:
    """Return a world with a healthy role and these incidents of it on record, told or not."""
    world = World()
    world.roles.put(HEALTHY)
    for incident in incidents:
        world.ledger.put_incident(incident)
        if told:
            world.ledger.put_told(incident)
    world.ledger.stream.clear()
    return world


def look(world: World) -> list[Incident]:
    """Look at the role as a sweep has it looked at, and return the incidents that are on record afterwards."""
    world.message(f'{{"form":1,"inspect_role":"{NAME}","requested_at":"{NOW}","origin":"{Origin.SWEEP.value}"}}')
    return world.incidents


def test_what_was_resolved_long_ago_is_put_away() -> None:
    """It is in the history, as it was, and its mark is gone too."""
    old = closed(1)
    world = world_with(old)
    assert look(world) == []
    assert (world.ledger.history, world.ledger.read(ACCOUNT, NAME).told) == ([old], ())


def test_a_sweep_has_it_put_away() -> None:
    """It asks for a look at every subject, and that is enough."""
    world = world_with(closed(1))
    world.sweep()
    for request in world.inspections.requests:
        if request.inspect_role == NAME:
            look(world)
    assert world.incidents == []


KEPT_ONES = {
    "resolved lately": closed(1, age=KEPT - timedelta(minutes=1)),
    "contained": closed(1, state=State.CONTAINED, attempt=1),
}


@pytest.mark.parametrize("kept", KEPT_ONES.values(), ids=KEPT_ONES)
def test_what_somebody_may_still_ask_for_stays(kept: Incident) -> None:
    """What was contained stays as long as there is room, for the containment is in place."""
    world = world_with(kept)
    assert look(world) == [kept]
    assert world.ledger.history == []


def test_what_was_not_told_stays() -> None:
    """The sweep has it told first."""
    world = world_with(closed(1), told=False)
    assert look(world) == [closed(1)]


def test_what_a_living_waiver_speaks_of_stays() -> None:
    """Who asks what it was for finds the incident."""
    old = closed(1)
    world = world_with(old)
    world.ledger.put_waiver(replace(WAIVER, incident_id=old.id))
    assert look(world) == [old]


def flood(count: int, **how: object) -> list[Incident]:
    """Return so many closed incidents, the first the oldest."""
    made = [closed(number, **how) for number in range(count)]  # type: ignore[arg-type]
    start = datetime.fromisoformat(made[0].updated_at)
    return [replace(one, updated_at=(start + timedelta(milliseconds=n)).isoformat()) for n, one in enumerate(made)]


JUST_SETTLED = SETTLED + timedelta(minutes=1)


def test_of_too_many_the_oldest_are_put_away_however_young() -> None:
    """So many at once, at each look, until there are no more than may be."""
    made = flood(MANY + AT_ONCE + 3, age=JUST_SETTLED)
    world = world_with(*made)
    assert look(world) == made[AT_ONCE:]
    assert look(world) == look(world) == made[-MANY:]
    assert world.ledger.history == made[:-MANY]


def test_what_is_too_young_stays_however_many() -> None:
    """Looks, orders and alerts may still be on their way."""
    made = flood(MANY + 5, age=SETTLED - timedelta(minutes=1))
    assert look(world_with(*made)) == made


def test_what_the_breaker_counts_and_what_can_be_undone_go_last() -> None:
    """Those that nothing was ordered for go first, however young."""
    window = timedelta(minutes=15)
    counted = [replace(closed(n, age=SETTLED), attempt=1) for n in range(MANY)]
    counted = [replace(one, updated_at=ago(window - timedelta(milliseconds=1))) for one in counted]
    undoable = closed(1_000, state=State.CONTAINED, attempt=1)
    stopped = closed(1_001, age=JUST_SETTLED, state=State.CONTAINED)
    left = look(world_with(*counted, undoable, stopped))
    assert stopped not in left
    assert undoable not in left or counted[0] not in left
    assert len(left) >= MANY


def test_what_the_guard_holds_back_stays_however_many() -> None:
    """Its cause is still on the role: were it put away, it would be told as news at the next look."""
    world = World()
    world.change(HEALTHY)
    world.change(ESCAPED)
    world.remediate()
    world.notify()
    assert world.incident.state is State.CONTAINED
    contained = world.incident
    for one in flood(MANY + 1, age=JUST_SETTLED):
        world.ledger.put_incident(one)
        world.ledger.put_told(one)
    world.ledger.incidents |= {
        key: replace(one, updated_at=ago(2 * OLD)) for key, one in world.ledger.incidents.items() if one == contained
    }
    left = look(world)
    assert contained.id in [one.id for one in left]
    assert len(left) == MANY


@pytest.mark.parametrize(("age", "stays"), [(timedelta(hours=12), True), (timedelta(hours=13), False)])
def test_a_repair_stays_as_long_as_it_keeps_sessions_ended(age: timedelta, *, stays: bool) -> None:
    """Who floods the record would be let in again by taking the Deny away, of which nobody knew any more."""
    repair = replace(closed(0, age=age, state=State.CONTAINED, attempt=1), kind=Kind.TRUST_ESCAPE)
    repair = replace(repair, remedy=replace(repair.remedy, carried_out=True))
    world = world_with(repair, *(closed(number, age=SETTLED / 2) for number in range(1, MANY + 5)))
    assert (repair in look(world)) is stays


def test_far_too_many_are_put_away_even_if_nobody_could_be_told() -> None:
    """A topic that takes nothing for hours must not end in a record that nobody can read; the stream tells it yet."""
    made = flood(FAR_TOO_MANY + 1, age=JUST_SETTLED)
    assert len(look(world_with(*made, told=False))) == len(made) - AT_ONCE


def test_far_too_many_are_put_away_after_a_minute() -> None:
    """An attacker who is quicker than it takes to settle fills nothing either."""
    made = flood(FAR_TOO_MANY + 1, age=timedelta(minutes=2))
    assert look(world_with(*made)) == made[AT_ONCE:]


def test_what_is_pending_and_gone_is_ordered_again_so_much_at_a_time() -> None:
    """The longest waiting first; a look makes no more calls, however many wait."""
    world = world_with()
    waiting = [
        replace(INCIDENT, id=f"inc-{n}", source=f"p{n}", updated_at=ago(timedelta(minutes=n))) for n in range(60)
    ]
    for incident in waiting:
        world.ledger.put_incident(incident)
    look(world)
    ordered = [order.incident_id for order in world.remediations.orders]
    assert ordered == [one.id for one in reversed(waiting)][:ORDERED_AGAIN]


def test_marks_of_what_was_replaced_are_forgotten_where_there_are_too_many() -> None:
    """The same escape each second, taken away each time: the slot is one, the marks are many."""
    world = world_with()
    former = [closed(number) for number in range(MANY + 3)]
    for incident in former:
        world.ledger.put_history(incident)
        world.ledger.put_told(incident)
    look(world)
    assert len(world.ledger.read(ACCOUNT, NAME).told) == MANY


def test_a_mark_of_what_is_in_no_history_is_left() -> None:
    """Its incident may have been opened while the record was read, page by page."""
    world = world_with()
    for number in range(MANY + 3):
        world.ledger.put_told(closed(number))
    look(world)
    assert len(world.ledger.read(ACCOUNT, NAME).told) == MANY + 3


def test_what_is_over_of_a_role_that_is_gone_is_put_away_too() -> None:
    """And of one that had the name before."""
    world = world_with(closed(1))
    del world.roles.roles[NAME.lower()]
    assert look(world) == []
    again = world_with(closed(1))
    again.roles.put(recreated(HEALTHY, "AROAANOTHER"))
    assert look(again) == []


# --- races and crashes ---


def test_what_somebody_writes_meanwhile_is_not_lost() -> None:
    """The delete is for the revision that was read."""
    old = closed(1)
    world = world_with(old)
    later = old.moved(State.REOPENED, now=NOW, reason="back")
    world.ledger.races.append(lambda: world.ledger.put_incident(later))
    assert look(world) == [later]
    assert world.ledger.read(ACCOUNT, NAME).told == ((old.id, old.transition),)


def test_killed_at_any_call_nothing_is_lost() -> None:
    """The record is where it was, or in the history, or in both; and the next look ends it."""
    old = closed(1)
    calls = world_with(old)
    before = len(calls.calls.made)
    look(calls)
    for at in range(before + 1, len(calls.calls.made) + 1):
        world = world_with(old)
        world.calls.crash_at = at
        with pytest.raises(CrashError):
            look(world)
        assert old in (*world.incidents, *world.ledger.history)
        assert look(world) == []
        assert world.ledger.history == [old]


def test_a_worker_that_read_before_it_was_put_away_does_not_overwrite_what_began_since() -> None:
    """Not even where the revisions happen to follow one another."""
    old = closed(1)
    world = world_with(old)
    look(world)
    other = replace(old, id="inc-other")
    for revision in range(1, old.revision + 1):
        world.ledger.put_incident(replace(other, revision=revision))
    late = old.moved(State.REOPENED, now=NOW, reason="late")
    with pytest.raises(Exception, match=old.slot):
        world.ledger.put_incident(late)
    with pytest.raises(Exception, match=old.slot):
        world.ledger.put_incident(replace(late, id="inc-its-successor"), replaced=old.id)


# --- what comes back ---


def test_an_escape_that_comes_back_after_its_incident_was_put_away_is_another_incident() -> None:
    """The same event even: its history and its backups are its own."""
    world = World()
    world.change(HEALTHY)
    world.change(ESCAPED, event_id="event-7")
    world.remediate()
    world.notify()
    first, backups = world.incident, world.ledger.read_attempts(world.incident)
    del world.ledger.incidents[ACCOUNT, NAME.lower(), first.slot]
    world.ledger.history.append(first)
    world.now = "2026-12-24T15:00:10+00:00"
    world.change(ESCAPED, event_id="event-7")
    world.remediate()
    second = world.incident
    assert (second.state, second.slot) == (State.CONTAINED, first.slot)
    assert second.id != first.id
    assert world.ledger.history == [first]
    assert world.ledger.read_attempts(first) == backups
    assert len(world.ledger.read_attempts(second)) == 1


def test_the_id_of_an_incident_tells_times_apart() -> None:
    """Slot, event and revision may all be as they were."""
    assert incident_id("slot", "event", NOW, 0) != incident_id("slot", "event", ago(KEPT), 0)


# --- operators ---


def put_away(world: World) -> Incident:
    """Put the one incident of a world away, as a look does, and return it."""
    incident = world.incident
    world.ledger.archive(incident)
    assert world.incidents == []
    return incident


def contained_world() -> World:
    """Return a world in which an escape was contained and told."""
    world = World()
    world.change(HEALTHY)
    world.change(ESCAPED)
    world.remediate()
    world.notify()
    return world


def test_an_archived_incident_is_explained() -> None:
    """With its backups, and the word that it is archived."""
    world = contained_world()
    current = world.operate(OPERATOR, "explain", incident=world.incident.id)
    archived = world.operate(OPERATOR, "explain", incident=put_away(world).id)
    assert (current.status, current.body["archived"]) == (200, False)
    assert archived.body == {**current.body, "archived": True}


def test_an_archived_incident_is_undone_like_any_other() -> None:
    """It becomes current again for it, and is not told as news."""
    world = contained_world()
    incident, alerts = put_away(world), len(world.subjects)
    assert world.operate(OPERATOR, "undo", incident=incident.id, **WHY).body["undo"] == "lifting"
    assert world.notify() == ["told", "its undo is told", "told already"]
    look(world)
    world.remediate()
    assert (world.roles.roles[NAME.lower()], world.incident.state) == (ESCAPED, State.RESOLVED)
    assert len(world.subjects) == alerts + 1


def test_an_archived_incident_is_not_undone_once_a_later_one_has_its_place() -> None:
    """What the later one did stands on what the earlier one left."""
    world = contained_world()
    incident = put_away(world)
    world.roles.put(HEALTHY)
    world.inspect(event_on(NAME, event_id="event-8"))
    world.now = ago(-timedelta(hours=1))
    world.change(ESCAPED, event_id="event-9")
    later = world.incident
    answer = world.operate(OPERATOR, "undo", incident=incident.id, **WHY)
    assert (answer.status, later.id in str(answer.body["error"])) == (404, True)
    assert world.operate(OPERATOR, "explain", incident=incident.id).status == 200


def test_a_question_that_is_refused_brings_nothing_back() -> None:
    """Nor does one that only reads."""
    world = contained_world()
    incident = put_away(world)
    world.operate(OPERATOR, "approve", incident=incident.id, plan="0")
    world.operate(OPERATOR, "undo", incident=incident.id, reason="no time is given")
    world.operate(OPERATOR, "explain", incident=incident.id)
    assert world.incidents == []


def test_what_was_never_there_is_not_found() -> None:
    """Neither among what is current, nor in the history."""
    assert contained_world().operate(OPERATOR, "explain", incident="inc-0123456789abcdef").status == 404


Word = Callable[[], Waiver | Undo]
WORDS: dict[str, Word] = {
    "waiver": lambda: replace(WAIVER, expires_at=ago(OLD), incident_id="inc-gone"),
    "undo": lambda: replace(UNDO, at=ago(OLD), until=ago(OLD), incident_id="inc-gone"),
}


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_an_operators_word_that_is_long_over_is_put_away(word: Word) -> None:
    """Once its incident is."""
    record, world = word(), world_with()
    world.ledger.put_waiver(record) if isinstance(record, Waiver) else world.ledger.put_undo(record)
    look(world)
    dossier = world.ledger.read(ACCOUNT, NAME)
    assert (dossier.waivers, dossier.undos, world.ledger.archived) == ((), (), [record])


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_an_operators_word_stays_as_long_as_its_incident(word: Word) -> None:
    """Who asks about the one is told of the other."""
    kept = closed(1, state=State.CONTAINED, attempt=1)
    record, world = replace(word(), incident_id=kept.id), world_with(kept)
    world.ledger.put_waiver(record) if isinstance(record, Waiver) else world.ledger.put_undo(record)
    look(world)
    dossier = world.ledger.read(ACCOUNT, NAME)
    assert (*dossier.waivers, *dossier.undos) == (record,)


def test_a_look_with_nothing_to_put_away_makes_no_call_for_it() -> None:
    """The bar of calls for an inspection holds as before."""
    world = world_with(closed(1, age=SETTLED))
    look(world)
    assert not {"put_history", "delete_record", "recall", "forget_told"} & set(world.calls.made)


def test_an_attacker_who_takes_a_new_name_each_time_leaves_a_record_that_stays_short() -> None:
    """What is on record is what is young, and no more than may be beside."""
    world = world_with(*flood(MANY - 5, age=JUST_SETTLED))
    world.mode = Mode.OBSERVE
    start, step, longest = datetime.fromisoformat(NOW), timedelta(minutes=3), 0
    for number in range(1_000, 1_020):
        world.now = (start + number * step).isoformat()
        world.change(HEALTHY.with_inline(f"p{number}", PAYROLL), event_id=f"put-{number}")
        world.change(HEALTHY, event_id=f"taken-{number}")
        world.notify()
        longest = max(longest, len(world.incidents))
    assert MANY < longest <= MANY + SETTLED // step + 1
    assert len(world.ledger.history) + len(world.incidents) == MANY - 5 + 20
