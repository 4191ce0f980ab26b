"""More alerts than anybody reads one by one are told in one message, and none of them is lost."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from panorama_guard.case.approval import Approval
from panorama_guard.case.finding import Severity
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.lifecycle import approve
from panorama_guard.case.pause import Pause
from panorama_guard.case.word import Word
from panorama_guard.service.notify import Notifier, notify
from panorama_guard.service.summary import MOST_HELD, summarize
from tests.builders import ACCOUNT, INCIDENT, NOW
from tests.fakes import Calls, CrashError, FakeAlerts
from tests.unit.service.world import World

NEXT_MINUTE = "2026-11-23T15:01:10+00:00"
LATER = "2026-11-23T15:20:10+00:00"


def incident(number: int, state: State = State.OBSERVED) -> Incident:
    """Return an incident of a role of its own."""
    subject = replace(INCIDENT.subject, name=f"Role{number}", arn=f"arn:aws:iam::{ACCOUNT}:role/Role{number}")
    return replace(INCIDENT, id=f"inc-{number:016}", subject=subject).moved(state, now=NOW, reason="because")


def a_storm(count: int, most: int = 10, calls: Calls | None = None) -> World:
    """Return a world in which so many incidents wait to be told, and so many a minute are told one by one."""
    world = World(alerts_per_minute=most, calls=calls or Calls())
    for number in range(count):
        one = incident(number)
        world.ledger.incidents[ACCOUNT, one.role_name.lower(), one.slot] = one
        world.ledger.stream.append(one)
    return world


def told(world: World) -> list[tuple[str, str]]:
    """Return the incidents that were told, in all messages, with their states."""
    bodies = [json.loads(message.splitlines()[-1]) for _, message, _ in world.topic.alerts]
    listed = [body.get("listed", [{"id": body.get("incident"), "state": body.get("state")}]) for body in bodies]
    return [(one["id"], one["state"]) for each in listed for one in each]


def test_fifty_incidents_of_a_minute_are_ten_alerts_and_one_message() -> None:
    """All fifty are told, and all are on record as told."""
    world = a_storm(50)
    assert Counter(world.notify()) == {"told": 10, "held": 40}
    assert world.summarize() == [40]
    assert len(world.topic.alerts) == 11
    assert sorted(told(world)) == [(one.id, "OBSERVED") for one in map(incident, range(50))]
    assert {world.ledger.told(one) for one in map(incident, range(50))} == {incident(0).transition}


def test_nothing_stays_held_once_it_is_told() -> None:
    """And the next request for a summary finds nothing."""
    world = a_storm(12)
    world.notify()
    world.summarize()
    assert world.held.kept == {}
    assert summarize(world.notifier) == 0
    assert len(world.topic.alerts) == 11


def test_the_next_minute_is_told_one_by_one_again() -> None:
    """The count is that of a minute."""
    world = a_storm(4, most=2)
    assert world.notify() == ["told", "told", "held", "held"]
    world.now = NEXT_MINUTE
    world.ledger.stream += [incident(5), incident(6)]
    assert world.notify() == ["told", "told"]


def test_what_changed_meanwhile_is_told_in_its_newest_state_and_once() -> None:
    """The record of the later state comes before the summary, and is held too."""
    world = a_storm(3, most=1)
    world.ledger.put_incident(incident(1).moved(State.RESOLVED, now=NOW, reason="gone"))
    assert world.notify() == ["told", "held", "held", "held"]
    assert world.summarize() == [2]
    assert sorted(told(world)) == [
        (incident(0).id, "OBSERVED"),
        (incident(1).id, "RESOLVED"),
        (incident(2).id, "OBSERVED"),
    ]


def test_what_is_being_contained_again_is_told_when_it_is_done() -> None:
    """The summary does not say of an incident how it stood before it came back."""
    world = a_storm(3, most=1)
    world.notify()
    world.ledger.put_incident(incident(1).moved(State.REOPENED, now=NOW, reason="back"))
    assert world.summarize() == [1]
    assert incident(1).id not in dict(told(world))
    world.now = NEXT_MINUTE
    (reopened,) = (one for one in world.incidents if one.id == incident(1).id)
    world.ledger.put_incident(reopened.moved(State.NOT_FIXED, now=NOW, reason="refused"))
    assert world.notify() == ["pending: its outcome will be told", "told"]
    assert dict(told(world))[incident(1).id] == "NOT FIXED"


def test_what_a_sweep_had_told_meanwhile_is_not_told_again() -> None:
    """The summary was late; the sweep put the incident on the stream once more."""
    world = a_storm(3, most=1)
    world.notify()
    world.now = LATER
    world.ledger.stream.append(incident(1))
    assert world.notify() == ["told"]
    assert world.summarize() == [1]
    assert Counter(told(world)) == {(one.id, "OBSERVED"): 1 for one in map(incident, range(3))}


def test_an_alert_that_a_sweep_sends_into_a_storm_is_held_once() -> None:
    """The second net adds nothing to what is held already."""
    world = a_storm(3, most=1)
    world.ledger.stream += [incident(1), incident(2)]
    world.notify()
    assert world.summarize() == [2]
    assert world.summarize() == []
    assert Counter(told(world)) == {(one.id, "OBSERVED"): 1 for one in map(incident, range(3))}


def test_what_an_operator_did_is_told_at_once_whatever_goes_on() -> None:
    """A storm that somebody makes does not hide who stopped the guard meanwhile; nor does a pause fill the minute."""
    world = a_storm(2, most=1)
    world.ledger.stream.insert(0, Pause(ACCOUNT, "alice", NOW, LATER, "maintenance"))
    world.ledger.stream.append(Pause(ACCOUNT, "alice", NOW, LATER, "maintenance", revision=2))
    done = world.notify()
    assert done[:3] == ["told", "told", "held"]
    assert done[3].startswith("told")
    assert "PAUSED" in world.subjects[0]


def test_who_approved_a_plan_is_told_at_once_whatever_goes_on() -> None:
    """The outcome, which comes within seconds, does not say it: held until then, it would be told to nobody."""
    world = a_storm(2, most=1)
    asked = incident(2, State.NEEDS_APPROVAL)
    world.ledger.stream.append(approve(asked, Approval("alice", NOW, LATER, asked.remedy.plan)))
    assert world.notify() == ["told", "held", "told"]
    assert "approved by alice" in world.topic.alerts[-1][1]


def test_those_who_were_turned_away_are_held_too() -> None:
    """Somebody who tries with many principals fills no mailbox."""
    world = a_storm(2, most=1)
    world.ledger.stream.append(Word("wrd-1", ACCOUNT, "mallory", NOW, "an operator's command was refused", "no"))
    assert world.notify() == ["told", "held", "held"]
    assert world.summarize() == [2]
    assert told(world)[-1] == ("wrd-1", "OPERATOR")


def test_one_that_is_held_alone_is_told_as_any_other() -> None:
    """With all that an alert says."""
    world = a_storm(2, most=1)
    world.notify()
    world.summarize()
    assert world.subjects[1] == world.subjects[0].replace("Role0", "Role1")


def test_an_incident_that_was_archived_meanwhile_is_told_as_it_was_held() -> None:
    """It is nowhere else."""
    world = a_storm(3, most=1)
    world.notify()
    world.ledger.incidents.clear()
    assert world.summarize() == [2]


def test_the_worst_come_first() -> None:
    """What is not fixed, then what waits for an operator; of these the most severe."""
    world = a_storm(1, most=1)
    medium = replace(incident(3, State.NOT_FIXED), severity=Severity.MEDIUM)
    others = (incident(1, State.CONTAINED), medium, incident(2, State.NEEDS_APPROVAL), incident(4, State.NOT_FIXED))
    world.ledger.stream += others
    world.notify()
    world.summarize()
    states = [(incident(4).id, "NOT FIXED"), (medium.id, "NOT FIXED"), (incident(2).id, "NEEDS APPROVAL")]
    assert told(world)[1:] == [*states, (incident(1).id, "CONTAINED")]


def test_more_than_one_message_holds_are_told_in_the_next() -> None:
    """It is asked for at once, and comes a minute later."""
    world = a_storm(MOST_HELD + 3, most=1)
    world.notify()
    world.summaries.waiting.clear()
    world.now = NEXT_MINUTE
    assert summarize(world.notifier) == MOST_HELD
    assert world.summarize() == [2]
    assert len(set(told(world))) == len(told(world)) == MOST_HELD + 3


def test_the_time_of_a_request_is_read_once_the_alert_is_held() -> None:
    """Else a summary could come between the two, and the request be taken for the one that was answered."""
    world = a_storm(1, most=0)
    seen: list[int] = []

    def clock() -> str:
        seen.append(len(world.held.kept))
        return NOW

    notify(incident(0), replace_clock(world.notifier, clock, world.held))
    assert seen == [0, 1]


def replace_clock(notifier: Notifier, clock: object, held: FakeAlerts) -> Notifier:
    """Return the same with another clock."""
    most = notifier.alerts_per_minute
    return Notifier(notifier.ledger, notifier.topic, held, notifier.summaries, most, clock)  # type: ignore[arg-type]


def deliver(world: World) -> None:
    """Deliver the stream and the requests, again where the function died, until nothing waits."""
    for _ in range(3):
        try:
            world.notify()
            world.summarize()
        except CrashError:
            continue
        return


def calls_of_a_storm() -> int:
    """Return how many calls a storm takes."""
    world = a_storm(5, most=2)
    deliver(world)
    return len(world.calls.made)


@pytest.mark.parametrize("crash_at", range(1, calls_of_a_storm() + 1))
def test_killed_at_any_call_all_is_told_and_at_most_twice(crash_at: int) -> None:
    """Once more where it died between publishing and recording it; and nothing stays held."""
    world = a_storm(5, most=2, calls=Calls(crash_at=crash_at))
    deliver(world)
    counts = Counter(told(world))
    assert set(counts) == {(one.id, "OBSERVED") for one in map(incident, range(5))}
    assert max(counts.values()) <= 2
    assert world.held.kept == {}


def test_telling_one_by_one_takes_four_calls() -> None:
    """What was told, the count, the alert, that it was told."""
    world = a_storm(1)
    world.notify()
    assert world.calls.made == ["told", "count_alert", "publish", "put_told"]


def test_holding_takes_four_calls() -> None:
    """What was told, the count, the alert to be held, the request."""
    world = a_storm(1, most=0)
    world.notify()
    assert world.calls.made == ["told", "count_alert", "hold", "ask_for_summary"]


def test_a_summary_reads_the_record_of_each_role_once() -> None:
    """A storm makes the record long: read again for each alert, it would take more than the function has."""
    world = a_storm(1, most=0)
    for number in range(1, 6):
        one = replace(incident(number), subject=incident(0).subject, source=f"policy-{number}")
        world.ledger.put_incident(one)
    world.notify()
    world.calls.made.clear()
    assert world.summarize() == [6]
    assert [call for call in world.calls.made if call.startswith("read ")] == ["read Role0"]


def test_a_summary_of_subjects_with_long_names_is_one_that_sns_takes() -> None:
    """Who chooses the names would else have all that is held refused, again and again."""
    world = a_storm(1, most=0)
    for number in range(1, MOST_HELD):
        name = f"log-group:/aws/panorama_device{number:03}{'x' * 480}"
        arn = f"arn:aws:logs:us-east-1:{ACCOUNT}:{name}"
        world.ledger.put_incident(replace(incident(number), subject=replace(INCIDENT.subject, name=name, arn=arn)))
    world.notify()
    for minute in range(1, 6):
        world.now = f"2026-11-23T15:0{minute}:10+00:00"
        summarize(world.notifier)
    assert world.held.kept == {}
    assert {world.ledger.told(one) for one in world.incidents} == {incident(0).transition}
    for subject, message, attributes in world.topic.alerts:
        assert len(f"{subject}{message}{json.dumps(attributes)}".encode()) <= 262_144
