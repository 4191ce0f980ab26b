"""The adapters of AWS IoT: what they read is what was put, what they put is what is read, and no silence is clean."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from panorama_guard.aws.iot_policies import SETTING_UP, IotPolicies, IotPolicyWriter
from panorama_guard.aws.iot_things import IotJobs, IotThings
from panorama_guard.aws.iot_users import IotUsers
from panorama_guard.aws.own_subjects import OwnSubjects
from panorama_guard.case import iot
from panorama_guard.case.errors import WriteRefusedError
from panorama_guard.case.resource import Part, ResourceSnapshot
from panorama_guard.case.step import DeletePart, PartStep, PutPart, apply_step, invert_step
from tests.builders import PROFILE
from tests.contract.drivers import MOTO_ACCOUNT, REGION, moto_account
from tests.contract.refusing import RefusingTo

ARN = f"arn:aws:iot:{REGION}:{MOTO_ACCOUNT}:"
APPLIANCE = f"arn:aws:iam::{MOTO_ACCOUNT}:role/service-role/AWSPanoramaApplianceRole"
PAYROLL = f"arn:aws:iam::{MOTO_ACCOUNT}:role/Payroll"
FIRST, SECOND = '{ "Version":"2012-10-17",\n "Statement": [ ] }', '{"Version":"2012-10-17","Statement":[]}'
OWN, OTHER = "panorama-gate", "payroll"


def guards(key: str) -> bool:
    """Say what the shipped profile guards."""
    return PROFILE.guarded(key) is not None


def users(client: Any) -> IotUsers:
    """Return what reads what uses a role."""
    return IotUsers(client, MOTO_ACCOUNT, guards, lambda role: PROFILE.role_named(role) is not None)


class Cloud:
    """AWS IoT in moto, and the adapters on it."""

    def __init__(self) -> None:
        """Make a client."""
        self.client: Any = boto3.client("iot", region_name=REGION)
        self.policies, self.writer = IotPolicies(self.client, MOTO_ACCOUNT), IotPolicyWriter(self.client)
        self.things = IotThings(self.client, MOTO_ACCOUNT, guards)
        self.jobs = IotJobs(self.client, MOTO_ACCOUNT, guards)
        self.users = users(self.client)

    def policy(self) -> ResourceSnapshot:
        """Return the policy as it is."""
        return held(self.policies.read_resource(f"iot-policy:{OWN}"))

    def thing(self) -> ResourceSnapshot:
        """Return the thing as it is."""
        return held(self.things.read_resource(f"iot-thing:{OWN}"))

    def certificate(self, thing: str = "", policy: str = "") -> str:
        """Make a certificate of a thing, with a policy, and return its ARN."""
        arn = str(self.client.create_keys_and_certificate(setAsActive=True)["certificateArn"])
        if thing:
            self.client.attach_thing_principal(thingName=thing, principal=arn)
        if policy:
            self.client.attach_policy(policyName=policy, target=arn)
        return arn


def held(snapshot: ResourceSnapshot | None) -> ResourceSnapshot:
    """Return what is there."""
    assert snapshot is not None
    return snapshot


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Give a policy and a thing in an empty account."""
    with moto_account():
        made = Cloud()
        made.client.create_policy(policyName=OWN, policyDocument=FIRST)
        made.client.create_thing(thingName=OWN)
        yield made


def test_a_policy_is_read_byte_for_byte_with_its_versions(cloud: Cloud) -> None:
    """What is in force is a part, what could be is a fact."""
    cloud.client.create_policy_version(policyName=OWN, policyDocument=SECOND, setAsDefault=True)
    policy = cloud.policy()
    assert (policy.type, policy.parts) == ("iot-policy", (Part(iot.DEFAULT, SECOND),))
    assert policy.facts == (Part(iot.version_fact("1"), FIRST),)
    assert (policy.subject.arn, policy.name) == (f"{ARN}policy/{OWN}", OWN)


def test_who_has_a_policy_is_read_with_the_things_of_certificates(cloud: Cloud) -> None:
    """A certificate has no name: it is known by its things."""
    arn = cloud.certificate(OWN, OWN)
    group = cloud.client.create_thing_group(thingGroupName="cameras")["thingGroupArn"]
    cloud.client.attach_policy(policyName=OWN, target=group)
    targets = json.loads(str(cloud.policy().text_of(iot.ATTACHMENTS)))["Targets"]
    assert targets == [{"Target": arn, "Things": [OWN]}, {"Target": group}]


def test_a_certificate_without_a_thing_is_waited_for_once(cloud: Cloud) -> None:
    """Its calls come one after another, and a look may fall between them; one that gets no thing is what it is."""
    waited: list[float] = []

    def attach(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 1:
            cloud.client.attach_thing_principal(thingName=OWN, principal=own)

    policies = IotPolicies(cloud.client, MOTO_ACCOUNT, attach)
    own = cloud.certificate(policy=OWN)
    snapshot = held(policies.read_resource(f"iot-policy:{OWN}"))
    assert json.loads(str(snapshot.text_of(iot.ATTACHMENTS)))["Targets"] == [{"Target": own, "Things": [OWN]}]
    other = cloud.certificate(policy=OWN)
    for _ in range(2):
        targets = json.loads(str(held(policies.read_resource(f"iot-policy:{OWN}")).text_of(iot.ATTACHMENTS)))["Targets"]
        assert {"Target": other, "Things": []} in targets
    assert waited == [SETTING_UP, SETTING_UP]


def test_what_there_is_not_is_none(cloud: Cloud) -> None:
    """Of every type."""
    assert cloud.policies.read_resource("iot-policy:panorama") is None
    assert cloud.things.read_resource("iot-thing:panorama") is None
    assert cloud.jobs.read_resource("iot-job:panorama") is None
    assert cloud.users.read_resource("iot-alias:panorama") is None
    for kind in (iot.ROLE_ALIAS, iot.TOPIC_RULE, iot.TEMPLATE, iot.SIGNER):
        assert cloud.users.read_resource(f"iot-user:{kind}/none") is None


def test_a_version_is_put_in_force_and_its_inverse_takes_it_back(cloud: Cloud) -> None:
    """On paper and in AWS IoT; done twice it is done once. Who has it stays."""
    cloud.client.create_policy_version(policyName=OWN, policyDocument=SECOND, setAsDefault=True)
    before, step = cloud.policy(), PutPart(iot.DEFAULT, FIRST)
    for _ in range(2):
        cloud.writer.apply(f"iot-policy:{OWN}", step)
        assert cloud.policy().parts == apply_step(before, step).parts
    make: Any = boto3.client
    own = OwnSubjects(PROFILE, lambda service: make(service, region_name=REGION), lambda _: None)
    own.apply(before.subject, invert_step(before, step))
    assert own.read_subject(before.subject) == before


@pytest.mark.parametrize("step", [PutPart(iot.DEFAULT, "{}"), DeletePart(iot.DEFAULT), PutPart(iot.ATTACHMENTS, "{}")])
def test_nothing_else_is_written(cloud: Cloud, step: PartStep) -> None:
    """No document that there is not, and nobody's attachment."""
    with pytest.raises(WriteRefusedError, match=f"`{step.part}`"):
        cloud.writer.apply(f"iot-policy:{OWN}", step)
    assert cloud.policy().parts == (Part(iot.DEFAULT, FIRST),)


def test_a_thing_has_its_certificates_and_what_others_hand_on_to_it(cloud: Cloud) -> None:
    """By a certificate and by a group; a policy of the naming pattern is a subject itself."""
    cloud.client.create_policy(policyName="fleet", policyDocument=SECOND)
    arn = cloud.certificate(OWN, OWN)
    cloud.client.attach_policy(policyName="fleet", target=arn)
    group = cloud.client.create_thing_group(thingGroupName="cameras")["thingGroupArn"]
    cloud.client.add_thing_to_thing_group(thingName=OWN, thingGroupName="cameras")
    cloud.client.attach_policy(policyName="fleet", target=group)
    thing = cloud.thing()
    assert json.loads(str(thing.text_of(iot.CERTIFICATES))) == {"Principals": [{"Principal": arn, "Status": "ACTIVE"}]}
    names = sorted(iot.attached_part("fleet", iot.target_name(target)) for target in (arn, group))
    assert [(part.name, part.text) for part in thing.parts if iot.is_attached(part.name)] == [
        (name, SECOND) for name in names
    ]


def test_what_is_behind_a_certificate_and_a_policy_of_others_is_found(cloud: Cloud) -> None:
    """Its things and policies; the things that have it; where a group has it, any thing may."""
    cloud.client.create_policy(policyName="fleet", policyDocument=SECOND)
    cloud.client.create_thing(thingName=OTHER)
    arn = cloud.certificate(OWN, "fleet")
    assert cloud.things.behind(f"iot-certificate:{iot.end_of(arn)}") == (f"iot-thing:{OWN}", "iot-policy:fleet")
    assert cloud.things.behind("iot-holders:fleet") == (f"iot-thing:{OWN}",)
    assert cloud.things.behind(f"iot-holders:{OWN}") == ()
    assert cloud.things.behind("iot-holders:none") == ()
    assert cloud.things.behind("iot-account:") == (f"iot-thing:{OWN}",)


def test_jobs_of_others_that_run_on_a_thing_are_read(cloud: Cloud) -> None:
    """Those of the naming pattern are subjects themselves."""
    for job in ("panorama-update", "fix"):
        cloud.client.create_job(jobId=job, targets=[f"{ARN}thing/{OWN}"], document="{}")
    assert cloud.thing().text_of(iot.JOBS) == '{"Jobs":["fix"]}'
    own = held(cloud.jobs.read_resource("iot-job:panorama-update"))
    assert own.parts == (Part(iot.TARGETS, f'{{"Targets":["{ARN}thing/{OWN}"]}}'),)
    assert cloud.jobs.resource_keys(iot.JOB) == ("iot-job:panorama-update",)


def test_aliases_of_the_pattern_are_read_and_of_others_those_with_a_guarded_role(cloud: Cloud) -> None:
    """Each is one subject, not two."""
    for name, role in (("panorama-a", PAYROLL), ("fleet", APPLIANCE), (OTHER, PAYROLL)):
        cloud.client.create_role_alias(roleAlias=name, roleArn=role)
    assert held(cloud.users.read_resource("iot-alias:panorama-a")).parts == (Part(iot.ROLE, f'["{PAYROLL}"]'),)
    assert cloud.users.read_resource("iot-user:role-alias/panorama-a") is None
    assert cloud.users.read_resource(f"iot-user:role-alias/{OTHER}") is None
    user = held(cloud.users.read_resource("iot-user:role-alias/fleet"))
    assert (user.parts, user.subject.arn) == ((Part(iot.ROLE, f'["{APPLIANCE}"]'),), f"{ARN}rolealias/fleet")


def test_rules_and_templates_with_a_guarded_role_are_found_wherever_it_stands(cloud: Cloud) -> None:
    """In the action for errors too."""
    failing = {"republish": {"roleArn": APPLIANCE, "topic": "errors"}}
    acting = {"republish": {"roleArn": PAYROLL, "topic": "gate"}}
    rule = {"sql": "SELECT * FROM 'gate'", "actions": [acting]}
    cloud.client.create_topic_rule(ruleName="copy", topicRulePayload={**rule, "errorAction": failing})
    cloud.client.create_topic_rule(ruleName="plain", topicRulePayload=rule)
    cloud.client.create_provisioning_template(templateName="t", templateBody="{}", provisioningRoleArn=APPLIANCE)
    cloud.client.create_role_alias(roleAlias="panorama-a", roleArn=APPLIANCE)
    assert cloud.users.resource_keys(iot.USER) == ("iot-user:topic-rule/copy", "iot-user:provisioning-template/t")
    assert cloud.users.resource_keys(iot.ALIAS) == ("iot-alias:panorama-a",)
    assert held(cloud.users.read_resource("iot-user:topic-rule/copy")).text_of(iot.ROLE) == f'["{APPLIANCE}"]'


def test_the_things_and_policies_of_the_account_are_listed(cloud: Cloud) -> None:
    """Of things those of the naming pattern alone: there may be very many."""
    cloud.client.create_thing(thingName=OTHER)
    assert cloud.things.resource_keys(iot.THING) == (f"iot-thing:{OWN}",)
    assert cloud.policies.resource_keys(iot.POLICY) == (f"iot-policy:{OWN}",)


def test_what_aws_does_not_let_the_guard_read_is_unread(cloud: Cloud) -> None:
    """With its words."""
    arn = cloud.certificate(OWN, OWN)
    with Stubber(cloud.client) as stubber:
        stubber.add_response("get_policy", {"policyArn": arn, "policyDocument": FIRST, "defaultVersionId": "1"})
        stubber.add_client_error("list_targets_for_policy", "UnauthorizedException", "no")
        stubber.add_response("list_policy_versions", {"policyVersions": [{"versionId": "1"}]})
        assert cloud.policy().unread == (
            Part(iot.ATTACHMENTS, "AWS does not let the guard read it: UnauthorizedException: `no`"),
        )
    with Stubber(cloud.client) as stubber:
        stubber.add_response("describe_thing", {"thingArn": f"{ARN}thing/{OWN}", "thingId": "1"})
        for call in ("list_thing_principals", "list_job_executions_for_thing", "list_thing_groups_for_thing"):
            stubber.add_client_error(call, "UnauthorizedException", "no")
        assert [part.name for part in cloud.thing().unread] == [iot.ATTACHED, iot.CERTIFICATES, iot.JOBS]


def test_what_cannot_be_listed_is_a_subject_that_is_unread(cloud: Cloud) -> None:
    """And none, once it can be listed again."""
    refused = users(RefusingTo(cloud.client, "list_topic_rules"))
    assert refused.resource_keys(iot.USER) == ("iot-user:topic-rule/*",)
    unlisted = held(refused.read_resource("iot-user:topic-rule/*"))
    assert (unlisted.parts, [part.name for part in unlisted.unread]) == ((), [iot.ROLE])
    assert cloud.users.read_resource("iot-user:topic-rule/*") is None
