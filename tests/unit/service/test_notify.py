"""Each state of an incident is told once; what is on its way is not told."""

import json
from dataclasses import replace

import pytest

from panorama_guard.case.incident import PENDING, State
from panorama_guard.service.notify import notify
from panorama_guard.service.settings import Mode
from tests.builders import INCIDENT, NOW, as_administrator, snapshot_of
from tests.fakes import CrashError, FakeLedger, FakeTopic
from tests.unit.service.world import World, notifier_of

TOLD = [state for state in State if state not in PENDING]


@pytest.mark.parametrize("state", TOLD)
def test_a_state_is_told_once(state: State) -> None:
    """The stream delivers a record again: nothing more is sent."""
    topic, ledger = FakeTopic(), FakeLedger()
    incident = INCIDENT.moved(state, now=NOW, reason="because")
    assert notify(incident, notifier_of(ledger, topic)) == "told"
    assert notify(incident, notifier_of(ledger, topic)) == "told already"
    assert len(topic.alerts) == 1


@pytest.mark.parametrize("state", sorted(state.value for state in PENDING))
def test_a_remediation_that_is_on_its_way_is_not_told(state: str) -> None:
    """Its outcome is."""
    topic = FakeTopic()
    pending = replace(INCIDENT, state=State(state))
    assert notify(pending, notifier_of(FakeLedger(), topic)).startswith("pending")
    assert topic.alerts == []


def test_a_later_state_is_told_again() -> None:
    """An update is one more alert of the same incident."""
    topic, ledger = FakeTopic(), FakeLedger()
    observed = INCIDENT.moved(State.OBSERVED, now=NOW, reason="mode observe")
    resolved = observed.moved(State.RESOLVED, now=NOW, reason="gone")
    assert [notify(incident, notifier_of(ledger, topic)) for incident in (observed, resolved)] == ["told", "told"]
    bodies = [json.loads(message.splitlines()[-1]) for _, message, _ in topic.alerts]
    assert [(body["incident"], body["state"]) for body in bodies] == [
        (INCIDENT.id, "OBSERVED"),
        (INCIDENT.id, "RESOLVED"),
    ]


def test_an_old_record_after_a_newer_one_tells_nothing() -> None:
    """A stream record that was retried past its successor is outdated."""
    topic, ledger = FakeTopic(), FakeLedger()
    observed = INCIDENT.moved(State.OBSERVED, now=NOW, reason="mode observe")
    resolved = observed.moved(State.RESOLVED, now=NOW, reason="gone")
    notify(resolved, notifier_of(ledger, topic))
    assert notify(observed, notifier_of(ledger, topic)) == "told already"


def test_the_alert_is_recorded_only_after_it_was_sent() -> None:
    """A crash between the two tells twice, never not at all."""
    topic, ledger = FakeTopic(), FakeLedger()
    incident = INCIDENT.moved(State.OBSERVED, now=NOW, reason="mode observe")
    topic.calls.crash_at = 1
    with pytest.raises(CrashError):
        notify(incident, notifier_of(ledger, topic))
    assert notify(incident, notifier_of(ledger, topic)) == "told"
    assert len(topic.alerts) == 1


def test_the_attributes_are_what_subscribers_filter_by() -> None:
    """Severity, kind, state, subject and role."""
    topic = FakeTopic()
    notify(INCIDENT.moved(State.CONTAINED, now=NOW, reason="read again"), notifier_of(FakeLedger(), topic))
    ((_, _, attributes),) = topic.alerts
    assert attributes == {
        "severity": "HIGH",
        "kind": "permission-escape",
        "state": "CONTAINED",
        "subject": INCIDENT.subject.arn,
        "role": "AWSPanoramaServiceRole",
    }


def test_an_enforced_escape_is_one_alert() -> None:
    """From the event to the containment: the operator hears once, at the end."""
    world = World()
    world.change(as_administrator(snapshot_of()))
    world.remediate()
    world.notify()
    (subject,) = world.subjects
    assert subject.startswith("[CONTAINED] CRITICAL AWSPanoramaServiceRole: ")


def test_an_observed_escape_is_one_alert() -> None:
    """However often the event is delivered."""
    world = World(Mode.OBSERVE)
    for _ in range(3):
        world.change(as_administrator(snapshot_of()))
        world.notify()
    assert len(world.subjects) == 1
