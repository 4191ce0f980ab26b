"""The channels beside the topic, on the fake and on moto: taken is done, and whatever else is one kind of error."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3.session
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber
from moto.securityhub.models import securityhub_backends

from panorama_guard.aws.channels import ChatTopic, EventBus, SecurityHub
from panorama_guard.case.errors import ChannelError
from panorama_guard.case.incident import State
from panorama_guard.reporting.chat import chat_notification
from panorama_guard.reporting.event import event_detail, event_resources, event_type
from panorama_guard.reporting.security_hub import security_finding
from panorama_guard.service import channel_ports as ports
from tests.builders import INCIDENT, NOW
from tests.contract.drivers import MOTO_ACCOUNT, REGION, moto_account
from tests.contract.test_messages import bodies
from tests.fakes import FakeChannels

PRODUCT = f"arn:aws:securityhub:{REGION}:{MOTO_ACCOUNT}:product/{MOTO_ACCOUNT}/default"
_NUMBERS = itertools.count()
OBSERVED = INCIDENT.moved(State.OBSERVED, now=NOW, reason="mode observe")
EVENT = (event_type(OBSERVED), json.dumps(event_detail(OBSERVED)), event_resources(OBSERVED))
POST = json.dumps(chat_notification(OBSERVED))


@dataclass
class Channels:
    """The ports, and what arrived at each."""

    chat: ports.ChatTopic
    bus: ports.EventBus
    hub: ports.FindingsHub
    posts: Callable[[], list[str]]
    events: Callable[[], list[tuple[str, str, tuple[str, ...]]]]
    findings: Callable[[], list[Any]]


@pytest.fixture(scope="module", autouse=True)
def account() -> Iterator[None]:
    """Run in moto's account."""
    with moto_account():
        yield


@pytest.fixture(params=["fake", "moto"])
def channels(request: pytest.FixtureRequest) -> Channels:
    """Return channels that nothing was sent to, once of each sort."""
    return fakes() if request.param == "fake" else on_moto()


def client_of(service: str) -> Any:
    """Return a client of moto's account."""
    session: Any = boto3.session.Session()
    return session.client(service, region_name=REGION)


def fakes() -> Channels:
    """Return the fakes."""
    fake = FakeChannels()
    return Channels(fake, fake, fake, lambda: fake.posts, lambda: fake.events, lambda: fake.findings)


def on_moto() -> Channels:
    """Return the adapters on moto: a queue listens to the topic, another one to a rule of the bus."""
    sqs, sns, events = (client_of(service) for service in ("sqs", "sns", "events"))
    name = f"channels-{next(_NUMBERS)}"
    urls = [sqs.create_queue(QueueName=f"{name}-{end}")["QueueUrl"] for end in ("chat", "bus")]
    arns = [
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"] for url in urls
    ]
    topic = sns.create_topic(Name=name)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arns[0])
    events.create_event_bus(Name=name)
    events.put_rule(Name=name, EventBusName=name, EventPattern=json.dumps({"source": ["panorama-guard"]}))
    events.put_targets(Rule=name, EventBusName=name, Targets=[{"Id": "queue", "Arn": arns[1]}])
    securityhub_backends[MOTO_ACCOUNT][REGION].findings.clear()
    return Channels(
        ChatTopic(sns, topic),
        EventBus(events, name),
        SecurityHub(client_of("securityhub"), PRODUCT),
        lambda: [json.loads(body)["Message"] for body in bodies(sqs, urls[0])],
        lambda: [as_put(json.loads(body)) for body in bodies(sqs, urls[1])],
        lambda: [dict(finding.data) for finding in securityhub_backends[MOTO_ACCOUNT][REGION].findings],
    )


def as_put(event: dict[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    """Return an event as it was put."""
    return event["detail-type"], json.dumps(event["detail"]), tuple(event["resources"])


def test_a_notification_arrives_as_it_was_posted(channels: Channels) -> None:
    """Word for word: what is in no known form is dropped."""
    channels.chat.post(POST)
    assert channels.posts() == [POST]


def test_an_event_arrives_as_it_was_put(channels: Channels) -> None:
    """At a rule for the guard's source."""
    channels.bus.put_event(*EVENT)
    assert channels.events() == [EVENT]


def test_a_finding_is_there_once_and_is_what_was_imported_last(channels: Channels) -> None:
    """By its Id; the fake keeps both."""
    first = security_finding(OBSERVED, PRODUCT)
    last = security_finding(OBSERVED.moved(State.RESOLVED, now=NOW, reason="gone"), PRODUCT)
    channels.hub.import_finding(first)
    channels.hub.import_finding(last)
    assert channels.findings()[-1] == last
    assert {finding["Id"] for finding in channels.findings()} == {first["Id"]}


def stubbed(service: str) -> tuple[Any, Stubber]:
    """Return a client and what answers in AWS's place."""
    client = client_of(service)
    stubber = Stubber(client)
    stubber.activate()
    return client, stubber


def test_an_event_that_the_bus_did_not_take_is_an_error() -> None:
    """EventBridge answers 200 to it all the same."""
    events, stubber = stubbed("events")
    entry = {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"}
    stubber.add_response("put_events", {"FailedEntryCount": 1, "Entries": [entry]})
    with pytest.raises(ChannelError, match=r"^not taken: `ThrottlingException`$"):
        EventBus(events, "default").put_event(*EVENT)


def test_a_finding_that_the_hub_did_not_take_is_an_error() -> None:
    """Security Hub answers 200 to it all the same."""
    securityhub, stubber = stubbed("securityhub")
    failed = {"Id": "x", "ErrorCode": "InvalidInput", "ErrorMessage": "no"}
    stubber.add_response("batch_import_findings", {"FailedCount": 1, "SuccessCount": 0, "FailedFindings": [failed]})
    with pytest.raises(ChannelError, match=r"^not taken: `InvalidInput`$"):
        SecurityHub(securityhub, PRODUCT).import_finding(security_finding(OBSERVED, PRODUCT))


@pytest.mark.parametrize(
    ("service", "operation", "send"),
    [
        ("sns", "publish", lambda client: ChatTopic(client, f"arn:aws:sns:{REGION}:1:x").post(POST)),
        ("events", "put_events", lambda client: EventBus(client, "default").put_event(*EVENT)),
        (
            "securityhub",
            "batch_import_findings",
            lambda client: SecurityHub(client, PRODUCT).import_finding(security_finding(OBSERVED, PRODUCT)),
        ),
    ],
)
def test_what_aws_refuses_is_an_error_with_its_words(service: str, operation: str, send: Callable[[Any], None]) -> None:
    """Security Hub that nobody enabled, a permission that somebody took."""
    client, stubber = stubbed(service)
    stubber.add_client_error(operation, "InvalidAccessException", "not\nsubscribed")
    with pytest.raises(ChannelError, match=r"^InvalidAccessException: `not subscribed`$"):
        send(client)


def test_no_answer_is_an_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A channel that does not answer must not stop the others."""
    monkeypatch.setattr(time, "sleep", lambda _: None)  # between the attempts
    client = client_of("events")
    client.meta.events.register("before-send.events.PutEvents", _break_off)
    with pytest.raises(ChannelError, match=r"^no answer: `ReadTimeoutError`$"):
        EventBus(client, "default").put_event(*EVENT)


def _break_off(**_: object) -> None:
    raise ReadTimeoutError(endpoint_url="https://events")
