"""Mode enforce: a policy of devices goes back to the version that was judged; who else is a device is told."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from panorama_guard.case import iot
from panorama_guard.case.incident import Incident, State
from tests.stack.account import Account

pytestmark = pytest.mark.stack
_NUMBERS = itertools.count(1)


class Fleet:
    """AWS IoT of the account, with a policy and a thing of the pattern, new in each test. `client` is mallory's."""

    def __init__(self, account: Account) -> None:
        """Make the policy and the thing, and let the guard see them as they are."""
        self.account, self.name = account, f"panorama-gate-{next(_NUMBERS)}"
        self.client: Any = account.client_of(account.mallory_keys, "iot")
        self.arn = f"arn:aws:iot:{account.stack.places['region']}:{account.id}:"
        self.appliance = f"arn:aws:iam::{account.id}:role/service-role/AWSPanoramaApplianceRole"
        self.first = self.document(("iot:Connect", f"client/{self.name}"))
        self.client.create_policy(policyName=self.name, policyDocument=self.first)
        self.client.create_thing(thingName=self.name)
        account.settle()

    def document(self, *allowed: tuple[str, str]) -> str:
        """Return a policy, with white space of its own, that allows actions on what stands behind the account."""
        statements = [{"Effect": "Allow", "Action": one, "Resource": self.arn + what} for one, what in allowed]
        return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=1)

    def widen(self, *allowed: tuple[str, str]) -> None:
        """Let mallory put a version in force that allows this too."""
        document = self.document(("iot:Connect", f"client/{self.name}"), *allowed)
        self.client.create_policy_version(policyName=self.name, policyDocument=document, setAsDefault=True)

    @property
    def in_force(self) -> str:
        """Return the document that is in force."""
        return str(self.client.get_policy(policyName=self.name)["policyDocument"])

    def certificate(self, *things: str, policy: str = "") -> str:
        """Let mallory make a certificate of things, with a policy; return its ARN."""
        arn = str(self.client.create_keys_and_certificate(setAsActive=True)["certificateArn"])
        for thing in things:
            self.client.attach_thing_principal(thingName=thing, principal=arn)
        if policy:
            self.client.attach_policy(policyName=policy, target=arn)
        return arn

    def incidents(self, kind: str, name: str = "") -> dict[str, Incident]:
        """Wait for rest, and return the incidents of a resource by the part in which they are."""
        found = self.account.resource_incidents(f"{kind}:{name or self.name}")
        return {incident.source: incident for incident in found}


def delete_all(client: Any) -> None:
    """Delete all that tests have made."""
    for rule in client.list_topic_rules()["rules"]:
        client.delete_topic_rule(ruleName=rule["ruleName"])
    for alias in client.list_role_aliases()["roleAliases"]:
        client.delete_role_alias(roleAlias=alias)
    for template in client.list_provisioning_templates()["templates"]:
        client.delete_provisioning_template(templateName=template["templateName"])
    for job in client.list_jobs()["jobs"]:
        client.delete_job(jobId=job["jobId"], force=True)
    for one in client.list_certificates()["certificates"]:
        delete_certificate(client, one["certificateArn"])
    for thing in client.list_things()["things"]:
        client.delete_thing(thingName=thing["thingName"])
    for policy in client.list_policies()["policies"]:
        delete_policy(client, policy["policyName"])


def delete_certificate(client: Any, arn: str) -> None:
    """Delete a certificate that things and policies may have."""
    for thing in client.list_principal_things(principal=arn)["things"]:
        client.detach_thing_principal(thingName=thing, principal=arn)
    for policy in client.list_attached_policies(target=arn)["policies"]:
        client.detach_policy(policyName=policy["policyName"], target=arn)
    client.update_certificate(certificateId=iot.end_of(arn), newStatus="INACTIVE")
    client.delete_certificate(certificateId=iot.end_of(arn))


def delete_policy(client: Any, name: str) -> None:
    """Delete a policy that may have versions."""
    for version in client.list_policy_versions(policyName=name)["policyVersions"]:
        if not version["isDefaultVersion"]:
            client.delete_policy_version(policyName=name, policyVersionId=version["versionId"])
    client.delete_policy(policyName=name)


@pytest.fixture
def account(enforcing_account: Account) -> Iterator[Account]:
    """Give the account of mode enforce, with no alert waiting, and leave nothing of AWS IoT and nothing delayed."""
    enforcing_account.alerts()
    yield enforcing_account
    enforcing_account.settle()
    with enforcing_account.events_lost("Iot"):
        delete_all(enforcing_account.client_of(enforcing_account.mallory_keys, "iot"))
    enforcing_account.forget()
    enforcing_account.recheck()
    assert enforcing_account.dead_letters() == []
    enforcing_account.alerts()


def test_a_policy_that_lets_devices_do_more_goes_back_to_the_version_that_was_judged(account: Account) -> None:
    """One incident, one alert with a request that proves it, and what the version had given beside is said."""
    fleet = Fleet(account)
    fleet.widen(("iot:Publish", "topic/*"))
    incident = fleet.incidents(iot.POLICY)[iot.DEFAULT]
    assert (incident.state, fleet.in_force) == (State.CONTAINED, fleet.first)
    (alert,) = account.alerts()
    assert alert.subject.startswith(f"[CONTAINED] HIGH iot-policy:{fleet.name}: ")
    assert alert.body["witness"]["action"] == "iot:Publish"
    assert alert.body["witness"]["resource"] == f"{fleet.arn}topic/example"
    assert alert.body["call"]["event"] == "iot.amazonaws.com CreatePolicyVersion"
    assert "when the policy was last judged contained" in alert.text


def test_an_undo_puts_the_version_back(account: Account) -> None:
    """By the operator's own hand, after a second operator's word; the guard lets it stand until then."""
    fleet = Fleet(account)
    fleet.widen(("iot:Publish", "topic/payroll"))
    wide = fleet.client.get_policy_version(policyName=fleet.name, policyVersionId="2")["policyDocument"]
    incident = fleet.incidents(iot.POLICY)[iot.DEFAULT]
    operator, second = account.operators
    code, told = operator.run("undo", incident.id, "--reason", "payroll listens", "--for", "1h")
    assert (code, told["undo"]) == (4, "waiting")
    assert second.run("approve-waiver", told["waiver"]["waiver"])[0] == 0
    code, told = operator.run("undo", incident.id, "--reason", "payroll listens", "--for", "1h")
    assert (code, told["by_operator"]) == (0, [f"put the {iot.DEFAULT}"])
    account.recheck()
    assert fleet.in_force == wide
    assert fleet.incidents(iot.POLICY)[iot.DEFAULT].state is State.RESOLVED


def test_a_version_that_nobody_has_judged_in_force_waits_for_a_word(account: Account) -> None:
    """Whoever wrote what escapes may have written that one too."""
    fleet, name = Fleet(account), "panorama-planted"
    with account.events_lost("Iot"):
        fleet.client.create_policy(policyName=name, policyDocument=fleet.document(("iot:*", "*")))
    fleet.client.create_policy_version(policyName=name, policyDocument=fleet.first, setAsDefault=False)
    incident = fleet.incidents(iot.POLICY, name)[iot.DEFAULT]
    assert incident.state is State.NEEDS_APPROVAL
    account.approve(incident)
    assert fleet.incidents(iot.POLICY, name)[iot.DEFAULT].state is State.CONTAINED
    assert fleet.client.get_policy(policyName=name)["policyDocument"] == fleet.first


def test_a_version_that_is_made_the_default_later_goes_back_too(account: Account) -> None:
    """It grants nothing before: no alert for it until then."""
    fleet = Fleet(account)
    document = fleet.document(("iot:*", "*"))
    made = fleet.client.create_policy_version(policyName=fleet.name, policyDocument=document, setAsDefault=False)
    assert (account.alerts(), fleet.incidents(iot.POLICY)) == ([], {})
    fleet.client.set_default_policy_version(policyName=fleet.name, policyVersionId=made["policyVersionId"])
    incident = fleet.incidents(iot.POLICY)[iot.DEFAULT]
    assert (incident.state, fleet.in_force) == (State.CONTAINED, fleet.first)


def test_a_policy_with_no_version_to_go_back_to_is_told_as_not_fixed(account: Account) -> None:
    """Nobody here writes a document."""
    fleet = Fleet(account)
    fleet.client.create_policy(policyName=f"{fleet.name}-x", policyDocument=fleet.document(("iot:Subscribe", "*")))
    assert fleet.incidents(iot.POLICY, f"{fleet.name}-x")[iot.DEFAULT].state is State.NOT_FIXED


def test_who_else_becomes_a_device_or_gets_its_policy_is_told(account: Account) -> None:
    """A second certificate, a certificate of no thing, one of a thing of others; nothing is written."""
    fleet = Fleet(account)
    fleet.certificate(fleet.name, policy=fleet.name)
    fleet.certificate(fleet.name)
    assert "2 active certificates" in fleet.incidents(iot.THING)[iot.CERTIFICATES].evidence.reason
    fleet.client.create_thing(thingName="payroll")
    fleet.certificate("payroll", policy=fleet.name)
    incident = fleet.incidents(iot.POLICY)[iot.ATTACHMENTS]
    assert (incident.state, incident.kind.value) == (State.OBSERVED, "weakness")
    assert "of the thing payroll" in incident.evidence.reason


def test_a_policy_of_another_name_and_a_job_of_others_on_a_device_are_told(account: Account) -> None:
    """With a request that proves what the device may do beside, when the policy gets it and when it gets wider."""
    fleet = Fleet(account)
    fleet.client.create_policy(policyName="fleet", policyDocument=fleet.document(("iot:Connect", "client/panorama*")))
    arn = fleet.certificate(fleet.name, policy="fleet")
    part = iot.attached_part("fleet", iot.target_name(arn))
    assert part not in fleet.incidents(iot.THING)
    wide = fleet.document(("iot:Publish", "topic/payroll"))
    fleet.client.create_policy_version(policyName="fleet", policyDocument=wide, setAsDefault=True)
    incident = fleet.incidents(iot.THING)[part]
    assert (incident.state, incident.evidence.resource) == (State.OBSERVED, f"{fleet.arn}topic/payroll")
    fleet.client.create_job(jobId="fix", targets=[f"{fleet.arn}thing/{fleet.name}"], document="{}")
    assert "the job fix" in fleet.incidents(iot.THING)[iot.JOBS].evidence.reason


def test_what_uses_a_guarded_role_is_told_in_both_directions(account: Account) -> None:
    """An alias of the pattern with another role; another alias, a rule, a template, a job with a guarded one."""
    fleet = Fleet(account)
    payroll = f"arn:aws:iam::{account.id}:role/Payroll"
    fleet.client.create_role_alias(roleAlias="panorama-right", roleArn=fleet.appliance)
    fleet.client.create_role_alias(roleAlias="payroll", roleArn=payroll)
    assert account.alerts() == []
    fleet.client.create_role_alias(roleAlias="panorama-wrong", roleArn=payroll)
    fleet.client.update_role_alias(roleAlias="payroll", roleArn=fleet.appliance)
    rule = {"sql": "SELECT * FROM 'gate'", "actions": [{"republish": {"roleArn": fleet.appliance, "topic": "x"}}]}
    fleet.client.create_topic_rule(ruleName="copy", topicRulePayload=rule)
    fleet.client.create_provisioning_template(
        templateName="fleet", templateBody="{}", provisioningRoleArn=fleet.appliance
    )
    fleet.client.create_job(
        jobId="fix",
        targets=[f"arn:aws:iot:us-east-1:{account.id}:thing/pump"],
        document="{}",
        presignedUrlConfig={"roleArn": fleet.appliance, "expiresInSec": 60},
    )
    assert payroll in fleet.incidents(iot.ALIAS, "panorama-wrong")[iot.ROLE].evidence.reason
    for user in ("role-alias/payroll", "topic-rule/copy", "provisioning-template/fleet", "job/fix"):
        incident = fleet.incidents(iot.USER, user)[iot.ROLE]
        assert (incident.state, incident.severity.value) == (State.OBSERVED, "HIGH")
    fleet.client.update_role_alias(roleAlias="payroll", roleArn=payroll)
    assert fleet.incidents(iot.USER, "role-alias/payroll")[iot.ROLE].state is State.RESOLVED


def test_a_sweep_finds_what_no_event_told(account: Account) -> None:
    """Of policies, things, aliases and rules."""
    fleet = Fleet(account)
    with account.events_lost("Iot"):
        fleet.widen(("iot:Publish", "topic/*"))
        fleet.certificate(fleet.name)
        fleet.certificate(fleet.name)
        fleet.client.create_role_alias(roleAlias="payroll", roleArn=fleet.appliance)
    account.invoke("sweep", {"Records": []})
    assert fleet.incidents(iot.POLICY)[iot.DEFAULT].state is State.CONTAINED
    assert iot.CERTIFICATES in fleet.incidents(iot.THING)
    assert iot.ROLE in fleet.incidents(iot.USER, "role-alias/payroll")


def test_changes_inside_the_pattern_are_silent_and_others_are_never_written_to(account: Account) -> None:
    """And the function's own role is refused by IAM beyond it."""
    fleet = Fleet(account)
    fleet.certificate(fleet.name, policy=fleet.name)
    account.alerts()
    fleet.widen(("iot:Publish", f"topic/$aws/things/{fleet.name}/*"), ("iot:Subscribe", "topicfilter/panorama/#"))
    fleet.client.create_job(jobId="panorama-job", targets=[f"{fleet.arn}thing/{fleet.name}"], document="{}")
    fleet.client.update_thing(thingName=fleet.name, attributePayload={"attributes": {"site": "gate"}})
    fleet.client.create_policy(policyName="payroll", policyDocument=fleet.document(("iot:*", "*")))
    assert (account.alerts(), fleet.incidents(iot.POLICY), fleet.incidents(iot.THING)) == ([], {}, {})
    role = account.iam.get_role(RoleName=account.resource("RemediateRole"))["Role"]["Arn"]
    keys = account.stack.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    with pytest.raises(ClientError, match="not authorized to perform: iot:SetDefaultPolicyVersion"):
        account.client_of(keys, "iot").set_default_policy_version(policyName="payroll", policyVersionId="1")
