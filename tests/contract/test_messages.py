"""What the service expects of queues and topic holds for the fakes and for the real adapters."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest

from panorama_guard.aws.queues import ChangesQueue, RemediationsQueue, SweepsQueue
from panorama_guard.aws.topic import SnsTopic
from panorama_guard.case.incident import State
from panorama_guard.case.order import InspectionRequest, LiftOrder, Origin, RemediationOrder
from panorama_guard.case.record import dump_record, load_record
from panorama_guard.case.sweeping import Place, parse_place
from panorama_guard.reporting.alert import alert_attributes, alert_message
from panorama_guard.reporting.headline import alert_subject
from panorama_guard.service.ports import Inspections, Remediations, Topic
from panorama_guard.service.sweeper import Continuations
from tests.builders import INCIDENT, NOW
from tests.contract.drivers import REGION, moto_account
from tests.fakes import FakeInspections, FakeRemediations, FakeSweeps, FakeTopic

LIFT = LiftOrder("111122223333", "AWSPanoramaServiceRole", "slot", "inc-1", 1, NOW)
ORDER = RemediationOrder("111122223333", "AWSPanoramaServiceRole", "slot", "inc-1", 1)
_NUMBERS = itertools.count()
REQUESTS = tuple(InspectionRequest(f"Role{number}", NOW, Origin.SWEEP) for number in range(23))


@dataclass
class Messages:
    """The four ports, and what arrived at each."""

    remediations: Remediations
    sweeps: Continuations
    inspections: Inspections
    topic: Topic
    ordered: Callable[[], list[RemediationOrder]]
    lifts: Callable[[], list[LiftOrder]]
    asked: Callable[[], list[InspectionRequest]]
    alerts: Callable[[], list[tuple[str, str]]]
    rests: Callable[[], list[Place | None]]


@pytest.fixture(scope="module", autouse=True)
def account() -> Iterator[None]:
    """Run in moto's account."""
    with moto_account():
        yield


@pytest.fixture(params=["fake", "moto"])
def messages(request: pytest.FixtureRequest) -> Messages:
    """Return empty queues, once of each sort."""
    return fakes() if request.param == "fake" else on_moto()


def fakes() -> Messages:
    """Return the fakes."""
    remediations, sweeps, inspections, topic = FakeRemediations(), FakeSweeps(), FakeInspections(), FakeTopic()
    return Messages(
        remediations,
        sweeps,
        inspections,
        topic,
        lambda: remediations.orders,
        lambda: remediations.lifts,
        lambda: inspections.requests,
        lambda: [(subject, message) for subject, message, _ in topic.alerts],
        lambda: list(sweeps.rests),
    )


def on_moto() -> Messages:
    """Return the adapters on moto's queues and topic."""
    sqs, sns = boto3.client("sqs", region_name=REGION), boto3.client("sns", region_name=REGION)
    own = f"queues-{next(_NUMBERS)}"
    orders, sweeps = (
        sqs.create_queue(QueueName=f"{own}-{name}.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        for name in ("orders", "sweeps")
    )
    changes, alerts = (sqs.create_queue(QueueName=f"{own}-{name}")["QueueUrl"] for name in ("changes", "alerts"))
    topic = sns.create_topic(Name=own)["TopicArn"]
    arn = sqs.get_queue_attributes(QueueUrl=alerts, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return Messages(
        RemediationsQueue(sqs, orders),
        SweepsQueue(sqs, sweeps, 60),
        ChangesQueue(sqs, changes),
        SnsTopic(sns, topic),
        lambda: [load_record(RemediationOrder, body) for body in bodies(sqs, orders)],
        lambda: [load_record(LiftOrder, body) for body in bodies(sqs, orders)],
        lambda: [load_record(InspectionRequest, body) for body in bodies(sqs, changes)],
        lambda: [(told["Subject"], told["Message"]) for told in map(json.loads, bodies(sqs, alerts))],
        lambda: [parse_place(body) for body in bodies(sqs, sweeps)],
    )


def bodies(sqs: Any, url: str) -> list[str]:
    """Return the bodies of all messages of a queue, taking them off it."""
    found: list[str] = []
    while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in batch:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        found += [message["Body"] for message in batch]
    return found


def test_an_order_arrives_as_it_was_given(messages: Messages) -> None:
    """Every field of it."""
    messages.remediations.remediate(ORDER)
    assert messages.ordered() == [ORDER]


def test_a_repeated_order_arrives_once(messages: Messages) -> None:
    """The same incident and attempt."""
    messages.remediations.remediate(ORDER)
    messages.remediations.remediate(ORDER)
    assert messages.ordered() == [ORDER]


def test_another_attempt_arrives_too(messages: Messages) -> None:
    """An escape that is added again must not vanish."""
    second = RemediationOrder(ORDER.account, ORDER.role_name, ORDER.slot, ORDER.incident_id, 2)
    messages.remediations.remediate(ORDER)
    first = messages.ordered()[:1]
    messages.remediations.remediate(second)
    assert first == [ORDER]
    assert messages.ordered()[-1:] == [second]


def test_an_order_to_lift_arrives_once_a_minute(messages: Messages) -> None:
    """Carried out twice it does nothing, and after a minute it may have been lost."""
    later = replace(LIFT, requested_at="2026-11-23T15:01:10+00:00")
    messages.remediations.lift(LIFT)
    messages.remediations.lift(replace(LIFT, requested_at="2026-11-23T15:00:59+00:00"))
    assert messages.lifts()[:1] == [LIFT]
    messages.remediations.lift(later)
    assert messages.lifts()[-1:] == [later]


def test_what_is_done_to_one_role_is_in_one_group() -> None:
    """A lift never overlaps with a remediation, in whichever case the role is named."""
    assert LIFT.group == ORDER.group == replace(LIFT, role_name=LIFT.role_name.upper()).group
    assert LIFT.group != replace(LIFT, role_name="AnotherRole").group
    assert LIFT.deduplication_id != ORDER.deduplication_id


def test_all_requests_to_judge_arrive(messages: Messages) -> None:
    """More than one batch of them."""
    messages.inspections.inspect(REQUESTS)
    assert sorted(messages.asked(), key=dump_record) == sorted(REQUESTS, key=dump_record)


def test_no_requests_are_no_call(messages: Messages) -> None:
    """SQS refuses an empty batch."""
    messages.inspections.inspect(())
    assert messages.asked() == []


def test_an_alert_arrives_with_subject_and_message(messages: Messages) -> None:
    """As SNS hands it to a subscriber."""
    told = INCIDENT.moved(State.CONTAINED, now=NOW, reason="read again")
    subject, message = alert_subject(told), alert_message(told)
    messages.topic.publish(subject, message, alert_attributes(told))
    assert messages.alerts() == [(subject, message)]


def test_a_sweep_can_be_asked_for(messages: Messages) -> None:
    """However often."""
    for _ in range(3):
        messages.sweeps.sweep(NOW)


def test_the_rest_of_a_sweep_can_be_asked_for(messages: Messages) -> None:
    """Where it is to go on arrives as it was said."""
    places = [Place("role", ""), Place("s3-grantor", "s3-grantor:payroll")]
    for place in places:
        messages.sweeps.go_on(place, NOW)
    assert messages.rests() == places
