"""The channels beside the topic, all on: each hears what operators hear, and what befalls one befalls no alert."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import PAYROLL
from tests.stack.account import Account
from tests.stack.faulty import calls_made, faults_met, put_faults
from tests.stack.messages import take_bodies
from tests.stack.running import run_local, start_stack

pytestmark = pytest.mark.stack
ROLE = "AWSPanoramaServiceRole"
ALL_ON = [word for name in ("ChatTopic", "BusEvents", "SecurityHub") for word in ("--param", f"{name}=yes")]
CHAT, BUS, HUB = "Publish", "PutEvents", "BatchImportFindings"
LEDGER = ["GetItem", "PutItem"]
NOTIFY = [LEDGER[0], "UpdateItem", CHAT, LEDGER[1]]  # UpdateItem counts the alerts of the minute


class Listener:
    """An account whose guard has every channel on, and what arrives at each."""

    def __init__(self, account: Account) -> None:
        """Put a queue behind the chat's topic, and one behind a rule for the guard's events."""
        self.account = account
        stack = account.stack
        self._chat = account.sqs.create_queue(QueueName="listens-to-the-chat")["QueueUrl"]
        topic, prefix = account.resource("GuardChatTopic"), f"arn:aws:sqs:us-east-1:{account.id}"
        stack.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{prefix}:listens-to-the-chat")
        allow = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [{**allow, "Resource": f"{prefix}:anybodys"}]})
        made = account.sqs.create_queue(QueueName="anybodys", Attributes={"Policy": document})
        self._events = made["QueueUrl"]
        events = stack.client("events")
        events.put_rule(Name="anybodys", EventPattern=json.dumps({"source": ["panorama-guard"]}))
        events.put_targets(Rule="anybodys", Targets=[{"Id": "queue", "Arn": f"{prefix}:anybodys"}])
        self._hub = stack.client("securityhub")

    def posts(self) -> list[dict[str, Any]]:
        """Take what the chat heard."""
        return [json.loads(json.loads(body)["Message"]) for body in take_bodies(self.account.sqs, self._chat)]

    def events(self) -> list[dict[str, Any]]:
        """Take what the rule was given."""
        return [json.loads(body) for body in take_bodies(self.account.sqs, self._events)]

    def findings(self, incident_id: str) -> list[dict[str, Any]]:
        """Return the findings of an incident."""
        found = self._hub.get_findings(MaxResults=100)["Findings"]
        return [finding for finding in found if finding["Id"].endswith(incident_id)]

    def dead_letters(self) -> list[str]:
        """Take what the relay gave up."""
        return take_bodies(self.account.sqs, self.account.resource("RelayDeadLetterQueue"))

    def attack(self, name: str) -> str:
        """Let permission escape, and return the incident once the guard is at rest."""
        self.account.mallory.put_role_policy(RoleName=ROLE, PolicyName=name, PolicyDocument=PAYROLL)
        (incident,) = [one for one in self._settled() if one.source == name]
        return str(incident.id)

    def repair(self, name: str) -> None:
        """Take the escape back."""
        self.account.iam.delete_role_policy(RoleName=ROLE, PolicyName=name)
        self.account.settle()

    def _settled(self) -> Any:
        self.account.settle()
        return self.account.incidents(ROLE)


@pytest.fixture(scope="module")
def all_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    """Run a stack in mode observe with every channel on."""
    folder = tmp_path_factory.mktemp("channels")
    stack = start_stack(folder, "--mode", "observe", *ALL_ON, "--retry", "0.05", "--cold")
    yield Listener(Account(stack))
    run_local(folder, "down")


@pytest.fixture
def listener(all_on: Listener) -> Iterator[Listener]:
    """Give it with nothing waiting anywhere, and without faults."""
    yield all_on
    put_faults(all_on.account.stack)
    all_on.account.settle()
    all_on.account.tidy()
    for take in (all_on.posts, all_on.events, all_on.dead_letters):
        take()


def test_every_channel_hears_of_an_incident_and_of_its_end(listener: Listener) -> None:
    """One alert, one notification, one event each; one finding, which is archived in the end."""
    incident = listener.attack("told")
    (finding,) = listener.findings(incident)
    assert (finding["RecordState"], finding["Resources"][0]["Type"]) == ("ACTIVE", "AwsIamRole")
    listener.repair("told")
    alerts = [alert.body["state"] for alert in listener.account.alerts()]
    posts, events, (finding,) = listener.posts(), listener.events(), listener.findings(incident)
    assert alerts == [event["detail"]["state"] for event in events] == ["OBSERVED", "RESOLVED"]
    assert [post["metadata"]["threadId"] for post in posts] == [incident, incident]
    assert {(event["source"], event["detail-type"]) for event in events} == {
        ("panorama-guard", "Panorama Guard Incident")
    }
    assert (finding["RecordState"], finding["Compliance"]["Status"]) == ("ARCHIVED", "PASSED")
    assert listener.dead_letters() == []


def test_a_relay_takes_three_calls_of_each_channel(listener: Listener) -> None:
    """What it had, the telling, what it has; and `notify` makes as many as without channels."""
    put_faults(listener.account.stack)
    listener.attack("counted")
    made = calls_made(listener.account.stack)
    operations = [call.operation for call in made if call.function == "relay"]
    assert operations == [LEDGER[0], CHAT, LEDGER[1], LEDGER[0], BUS, LEDGER[1], LEDGER[0], HUB, LEDGER[1]]
    assert [call.operation for call in made if call.function == "notify"] == NOTIFY


@pytest.mark.parametrize("operation", [CHAT, BUS, HUB])
@pytest.mark.parametrize("fault", ["throttled", "failing", "denied", "killed before", "unreached"])
def test_a_channel_that_fails_once_is_told_when_it_comes_back(listener: Listener, operation: str, fault: str) -> None:
    """One alert, and each channel in the end once; no dead letter."""
    rule = {"fault": fault, "function": "relay", "operation": operation, "times": 1}
    put_faults(listener.account.stack, [rule])
    incident = listener.attack(f"{operation}-{fault.replace(' ', '-')}")
    assert faults_met(listener.account.stack) > 0
    assert len(listener.account.alerts()) == 1
    assert (len(listener.posts()), len(listener.events()), len(listener.findings(incident))) == (1, 1, 1)
    assert listener.dead_letters() == []


@pytest.mark.parametrize("operation", [CHAT, BUS, HUB])
def test_a_channel_that_never_answers_ends_with_a_dead_letter_and_an_alarm(listener: Listener, operation: str) -> None:
    """The alert is told once all the same, and so are the other channels."""
    rule = {"fault": "denied", "function": "relay", "operation": operation, "times": None}
    put_faults(listener.account.stack, [rule])
    incident = listener.attack(f"never-{operation}")
    alarms = [alert.alarm for alert in listener.account.alerts() if alert.alarm]
    told = {CHAT: len(listener.posts()), BUS: len(listener.events()), HUB: len(listener.findings(incident))}
    assert told == {CHAT: 1, BUS: 1, HUB: 1} | {operation: 0}
    assert len(listener.dead_letters()) == 1
    assert len(alarms) == 1
    assert "RelayDeadLetterAlarm" in alarms[0]


def test_an_alert_does_not_wait_for_a_channel(listener: Listener) -> None:
    """While the relay is kept from all channels, the alerts of two incidents are told, each once."""
    rule = {"fault": "denied", "function": "relay", "times": None}
    put_faults(listener.account.stack, [rule])
    listener.attack("first")
    listener.attack("second")
    subjects = [alert.subject for alert in listener.account.alerts() if not alert.alarm]
    assert len(subjects) == 2
    assert listener.posts() == listener.events() == []


def test_what_an_operator_does_is_heard_too(listener: Listener) -> None:
    """In the chat and on the bus; it is no finding."""
    operator, _ = listener.account.operators
    status, _ = operator.ask({"action": "pause", "reason": "maintenance"})
    assert status == 200
    listener.account.settle()
    (post,), (event,) = listener.posts(), listener.events()
    assert post["content"]["title"].startswith("PAUSED: ")
    assert (event["detail-type"], event["detail"]["what"]) == ("Panorama Guard Operator", "PAUSED")
    operator.ask({"action": "resume"})
    listener.account.settle()
