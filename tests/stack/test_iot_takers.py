"""Mode enforce: whatever of AWS IoT is given a guarded role is told, by its call or by a sweep, and let be."""

from collections.abc import Iterator
from typing import Any

import pytest

from panorama_guard.aws.iot_takers import IotTakers
from panorama_guard.case import iot, iot_takers
from panorama_guard.case.incident import Incident, State
from tests.iot_takers import GIVE
from tests.stack.account import Account

pytestmark = pytest.mark.stack
# Each kind with the call that gives it a role, and the one that takes it away, if there is one.
CALLS = (
    ("command", "create_command", "delete_command"),
    ("job-template", "create_job_template", "delete_job_template"),
    ("mitigation-action", "create_mitigation_action", "delete_mitigation_action"),
    ("security-profile", "create_security_profile", "delete_security_profile"),
    ("stream", "create_stream", "delete_stream"),
    ("topic-rule-destination", "create_topic_rule_destination", "delete_topic_rule_destination"),
    ("ca-certificate", "register_ca_certificate", "delete_ca_certificate"),
    ("thing-registration-task", "start_thing_registration_task", ""),
    ("logging-options", "set_v2_logging_options", ""),
    ("account-audit-configuration", "update_account_audit_configuration", "delete_account_audit_configuration"),
    ("encryption-configuration", "update_encryption_configuration", ""),
    ("package-configuration", "update_package_configuration", ""),
)


class Lab:
    """AWS IoT of the account. `client` is mallory's."""

    def __init__(self, account: Account) -> None:
        """Open a client."""
        self.account = account
        self.client: Any = account.client_of(account.mallory_keys, "iot")
        self.role = f"arn:aws:iam::{account.id}:role/service-role/AWSPanoramaApplianceRole"
        self.others = f"arn:aws:iam::{account.id}:role/Payroll"

    def give(self, kind: str, role: str, where: str = "") -> str:
        """Let mallory give something of a kind a role, and return its key."""
        return f"{iot.USER}:{kind}/{GIVE[kind, where](self.client, role)}"

    def take(self, key: str, call: str) -> None:
        """Let mallory take something away."""
        kind, name = iot.user_of(key)
        if kind in iot_takers.SETTINGS:
            getattr(self.client, call)()
            return
        place = f"arn:aws:iot:us-east-1:{self.account.id}:ruledestination/{name}"
        named = place if kind == iot_takers.DESTINATION else name
        getattr(self.client, call)(**{iot_takers.TAKERS[kind][1]: named})

    def incident(self, key: str) -> Incident:
        """Wait for rest, and return the incident of what uses a role."""
        (incident,) = self.account.resource_incidents(key)
        return incident

    def operation(self, call: str) -> str:
        """Return what the trail calls a call."""
        return f"iot.amazonaws.com {self.client.meta.method_to_api_mapping[call]}"


def leave_nothing(lab: Lab) -> None:
    """Take all away that tests have made, so that no later sweep finds it; a setting gets another role."""
    for kind, _, taken in CALLS:
        if kind in iot_takers.SETTINGS:
            lab.give(kind, lab.others)
        elif taken:
            for name in list(IotTakers(lab.client).names(kind)):
                lab.take(f"{iot.USER}:{kind}/{name}", taken)
    for task in lab.client.list_thing_registration_tasks(status="InProgress")["taskIds"]:
        lab.client.stop_thing_registration_task(taskId=task)


@pytest.fixture
def lab(enforcing_account: Account) -> Iterator[Lab]:
    """Give AWS IoT of mode enforce, with no alert waiting, and leave nothing that has a guarded role."""
    enforcing_account.alerts()
    made = Lab(enforcing_account)
    yield made
    enforcing_account.settle()
    with enforcing_account.events_lost("Iot"):
        leave_nothing(made)
    enforcing_account.forget()
    enforcing_account.recheck()
    assert enforcing_account.dead_letters() == []
    enforcing_account.alerts()


@pytest.mark.parametrize(("kind", "given", "taken"), CALLS)
def test_whatever_is_given_a_guarded_role_is_told_with_what_uses_it(
    lab: Lab, kind: str, given: str, taken: str
) -> None:
    """From the call by which it gets the role to the one by which it is gone; with another role it is nobody's."""
    lab.give(kind, lab.others)
    assert lab.account.alerts() == []
    key = lab.give(kind, lab.role)
    incident = lab.incident(key)
    assert (incident.source, incident.state, incident.severity.value) == (iot.ROLE, State.OBSERVED, "HIGH")
    (alert,) = lab.account.alerts()
    assert lab.role in alert.text
    assert alert.body["call"]["event"] == lab.operation(given)
    assert lab.account.attempts(incident) == ()
    if taken:
        lab.take(key, taken)
    elif kind in iot_takers.SETTINGS:
        lab.give(kind, lab.others)
    if taken or kind in iot_takers.SETTINGS:
        assert lab.incident(key).state is State.RESOLVED


@pytest.mark.parametrize(
    ("kind", "call"),
    [
        ("mitigation-action", "update_mitigation_action"),
        ("stream", "update_stream"),
    ],
)
def test_what_gets_a_guarded_role_later_is_told(lab: Lab, kind: str, call: str) -> None:
    """And it is over once it has another one again."""
    key = lab.give(kind, lab.others)
    assert lab.account.alerts() == []
    named = {iot_takers.TAKERS[kind][1]: iot.user_of(key)[1]}
    getattr(lab.client, call)(**named, roleArn=lab.role)
    assert lab.incident(key).state is State.OBSERVED
    (alert,) = lab.account.alerts()
    assert alert.body["call"]["event"] == lab.operation(call)
    getattr(lab.client, call)(**named, roleArn=lab.others)
    assert lab.incident(key).state is State.RESOLVED
    lab.account.alerts()


def test_roles_that_stand_deeper_are_told_by_their_updates(lab: Lab) -> None:
    """Of alerts of a security profile, of who is made a device by an authority, and of the first version of logging."""
    profile, authority = lab.give("security-profile", lab.others), lab.give("ca-certificate", lab.others)
    lab.client.update_security_profile(
        securityProfileName=iot.user_of(profile)[1],
        metricsExportConfig={"mqttTopic": "metrics", "roleArn": lab.role},
    )
    lab.client.update_ca_certificate(
        certificateId=iot.user_of(authority)[1], registrationConfig={"templateBody": "{}", "roleArn": lab.role}
    )
    lab.client.set_logging_options(loggingOptionsPayload={"roleArn": lab.role, "logLevel": "DEBUG"})
    for key in (profile, authority, "iot-user:logging-options/account"):
        assert lab.incident(key).state is State.OBSERVED
    lab.client.set_logging_options(loggingOptionsPayload={"roleArn": lab.others})
    assert lab.incident("iot-user:logging-options/account").state is State.RESOLVED
    lab.account.alerts()


def test_a_sweep_finds_what_no_event_told_of_every_kind(lab: Lab) -> None:
    """And tells nothing of what has another role."""
    with lab.account.events_lost("Iot"):
        lab.give("topic-rule-destination", lab.others)
        keys = [lab.give(kind, lab.role) for kind, _, _ in CALLS]
    assert lab.account.alerts() == []
    lab.account.invoke("sweep", {"Records": []})
    assert {lab.incident(key).state for key in keys} == {State.OBSERVED}
    told = {alert.body["subject"]["name"] for alert in lab.account.alerts()}
    assert told == set(keys)


def test_a_rule_that_is_deleted_closes_what_was_told_of_it(lab: Lab) -> None:
    """Though AWS says of one that is not there that nobody may read it."""
    rule = {"sql": "SELECT * FROM 'gate'", "actions": [{"republish": {"roleArn": lab.role, "topic": "x"}}]}
    lab.client.create_topic_rule(ruleName="lured", topicRulePayload=rule)
    assert lab.incident("iot-user:topic-rule/lured").state is State.OBSERVED
    lab.client.delete_topic_rule(ruleName="lured")
    assert lab.incident("iot-user:topic-rule/lured").state is State.RESOLVED
    lab.account.alerts()
