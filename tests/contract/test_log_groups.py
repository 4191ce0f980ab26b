"""The adapters of log groups: what they read is what was set, what they delete is gone, and no silence is clean."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from panorama_guard.aws.log_group_writer import LogGroupWriter
from panorama_guard.aws.log_groups import LogGroups
from panorama_guard.aws.own_subjects import OwnSubjects
from panorama_guard.case import log_group
from panorama_guard.case.errors import WriteRefusedError
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical
from panorama_guard.case.step import DeletePart, PartStep, PutPart, apply_step, invert_step
from tests.builders import PROFILE
from tests.contract.drivers import MOTO_ACCOUNT, REGION, moto_account

NAME = "/aws/panorama/devices/gate"
KEY, ARN = f"log-group:{NAME}", f"arn:aws:logs:{REGION}:{MOTO_ACCOUNT}:log-group:{NAME}"
OTHERS = "999999999999"
SPACED = '{ "Version":"2012-10-17",\n "Statement": [ ] }'
COPY = log_group.filter_part("copy")


def destination(account: str) -> str:
    """Return the ARN of a destination of an account."""
    return f"arn:aws:logs:{REGION}:{account}:destination:central"


class Cloud:
    """A log group in moto, and the adapters on it."""

    def __init__(self) -> None:
        """Make the log group, and another one whose name begins with its name."""
        self.client: Any = boto3.client("logs", region_name=REGION)
        for name in (f"{NAME}-2", NAME):
            self.client.create_log_group(logGroupName=name)
        self.reader, self.writer = LogGroups(self.client, MOTO_ACCOUNT), LogGroupWriter(self.client)

    def read(self) -> ResourceSnapshot:
        """Return the log group as it is."""
        snapshot = self.reader.read_resource(KEY)
        assert snapshot is not None
        return snapshot

    def put_filter(self, target: str) -> None:
        """Have events sent to a target."""
        self.client.put_subscription_filter(
            logGroupName=NAME, filterName="copy", filterPattern="{ $.x = 1 }", destinationArn=target
        )

    def put_account_policy(self, name: str, criteria: str = "") -> None:
        """Have the events of all log groups sent to a target."""
        chosen = {"selectionCriteria": criteria} if criteria else {}
        document = canonical({"DestinationArn": destination(OTHERS), "FilterPattern": ""})
        self.client.put_account_policy(
            policyName=name, policyType="SUBSCRIPTION_FILTER_POLICY", policyDocument=document, **chosen
        )


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Give two log groups in an empty account."""
    with moto_account():
        yield Cloud()


def test_a_new_log_group_has_no_parts(cloud: Cloud) -> None:
    """When it was made is what tells it from another one of its name."""
    snapshot = cloud.read()
    assert (snapshot.type, snapshot.parts, snapshot.unread, snapshot.facts) == ("log-group", (), (), ())
    assert (snapshot.subject.arn, snapshot.name) == (ARN, NAME)
    assert snapshot.subject.unique_id.startswith(f"{ARN}@1")


def test_what_is_set_of_a_log_group_is_read(cloud: Cloud) -> None:
    """Days, key, and whether sensitive data is masked; the last moto never says."""
    group = {
        "logGroupName": NAME,
        "arn": f"{ARN}:*",
        "creationTime": 1,
        "retentionInDays": 14,
        "kmsKeyId": "arn:aws:kms:us-east-1:1:key/k",
        "dataProtectionStatus": "DELETED",
    }
    with Stubber(cloud.client) as stubber:
        stubber.add_response("describe_log_groups", {"logGroups": [group]}, {"logGroupNamePrefix": NAME})
        stubber.add_response("describe_subscription_filters", {"subscriptionFilters": []})
        for _ in range(2):
            stubber.add_response("describe_resource_policies", {"resourcePolicies": []})
        stubber.add_response("describe_account_policies", {"accountPolicies": []})
        snapshot = cloud.read()
    assert snapshot.parts == (
        Part(log_group.PROTECTION, "DELETED"),
        Part(log_group.KEY, "arn:aws:kms:us-east-1:1:key/k"),
        Part(log_group.RETENTION, "14"),
    )


def test_a_key_and_days_are_read_from_moto_too(cloud: Cloud) -> None:
    """Whether the call names the log group by its name or by its ARN."""
    cloud.client.put_retention_policy(logGroupName=NAME, retentionInDays=7)
    cloud.client.associate_kms_key(resourceIdentifier=ARN, kmsKeyId="arn:aws:kms:us-east-1:1:key/k")
    snapshot = cloud.read()
    assert snapshot.text_of(log_group.RETENTION) == "7"
    assert snapshot.text_of(log_group.KEY) == "arn:aws:kms:us-east-1:1:key/k"


def test_filters_are_read_without_what_changes_when_they_are_put_again(cloud: Cloud) -> None:
    """When a filter was made says nothing of it."""
    cloud.put_filter(destination(OTHERS))
    assert cloud.read().text_of(COPY) == canonical(
        {
            "Filters": [
                {
                    "destinationArn": destination(OTHERS),
                    "distribution": "ByLogStream",
                    "filterName": "copy",
                    "filterPattern": "{ $.x = 1 }",
                }
            ]
        }
    )


def test_what_is_behind_a_destination_of_the_account_is_a_fact(cloud: Cloud) -> None:
    """Of others nobody here can tell."""
    stream, role = f"arn:aws:kinesis:us-east-1:{OTHERS}:stream/s", f"arn:aws:iam::{MOTO_ACCOUNT}:role/r"
    cloud.client.put_destination(destinationName="central", targetArn=stream, roleArn=role)
    cloud.put_filter(destination(OTHERS))
    assert cloud.read().facts == ()
    cloud.put_filter(destination(MOTO_ACCOUNT))
    assert cloud.read().facts == (Part(log_group.DESTINATIONS, canonical({destination(MOTO_ACCOUNT): stream})),)


def test_policies_of_the_account_and_of_the_log_group_are_read_byte_for_byte(cloud: Cloud) -> None:
    """Those on another log group are not this one's."""
    cloud.client.put_resource_policy(policyName="all", policyDocument=SPACED)
    cloud.client.put_resource_policy(policyName="own", policyDocument=SPACED, resourceArn=ARN)
    cloud.client.put_resource_policy(policyName="other", policyDocument=SPACED, resourceArn=f"{ARN}-2")
    names = [log_group.policy_part(name) for name in ("all", "own")]
    assert cloud.read().parts == tuple(Part(name, SPACED) for name in names)


def test_subscriptions_of_all_log_groups_are_read(cloud: Cloud) -> None:
    """But those that leave this one out; what is not understood leaves nothing out."""
    cloud.put_account_policy("every")
    cloud.put_account_policy("others", f'LogGroupName NOT IN ["{NAME}", "/x"]')
    cloud.put_account_policy("strange", f'LogGroupName LIKE "{NAME}"')
    cloud.put_account_policy("this", 'LogGroupName NOT IN ["/x"]')
    assert {part.name for part in cloud.read().parts} == {
        log_group.subscription_part(name) for name in ("every", "strange", "this")
    }


@pytest.mark.parametrize("document", ["{}", "[]", "no JSON"])
def test_a_subscription_that_is_not_understood_is_read_all_the_same(cloud: Cloud, document: str) -> None:
    """Whatever it is, it keeps no log group from being judged."""
    kind = "SUBSCRIPTION_FILTER_POLICY"
    cloud.client.put_account_policy(policyName="odd", policyType=kind, policyDocument=document)
    assert cloud.read().parts == (Part(log_group.subscription_part("odd"), '{"Filters":[{}]}'),)


def test_a_log_group_that_there_is_not_is_none(cloud: Cloud) -> None:
    """Even where another one's name begins with it."""
    assert cloud.reader.read_resource("log-group:/aws/panorama/devices") is None
    assert sorted(cloud.reader.resource_keys(log_group.TYPE)) == [KEY, f"{KEY}-2"]
    assert sorted(cloud.reader.behind("log-account:")) == [KEY, f"{KEY}-2"]


def test_only_what_begins_like_a_guarded_one_is_listed(cloud: Cloud) -> None:
    """An account may have very many others; one that begins as two of them do is listed once."""
    cloud.client.create_log_group(logGroupName="/aws/lambda/f")
    reader = LogGroups(cloud.client, MOTO_ACCOUNT, (f"{NAME}-", "/aws/panorama", "/aws/greengrass"))
    assert reader.resource_keys(log_group.TYPE) == (f"{KEY}-2", KEY)


def test_a_filter_is_deleted_and_an_operator_s_own_hand_puts_it_back(cloud: Cloud) -> None:
    """On paper and in Logs; done twice it is done once."""
    cloud.put_filter(destination(OTHERS))
    before, step = cloud.read(), DeletePart(COPY)
    for _ in range(2):
        cloud.writer.apply(KEY, step)
        assert cloud.read() == apply_step(before, step)
    inverse = invert_step(before, step)
    make: Any = boto3.client
    own = OwnSubjects(PROFILE, lambda service: make(service, region_name=REGION), lambda _: None)
    own.apply(before.subject, inverse)
    assert own.read_subject(before.subject) == before


@pytest.mark.parametrize(
    "step",
    [
        PutPart(COPY, '{"Filters":[]}'),
        DeletePart(log_group.policy_part("x")),
        PutPart(log_group.policy_part("x"), SPACED),
        DeletePart(log_group.subscription_part("x")),
        DeletePart(log_group.RETENTION),
    ],
    ids=repr,
)
def test_nothing_but_the_deletion_of_a_filter_is_written(cloud: Cloud, step: PartStep) -> None:
    """To put one Logs asks for iam:PassRole; what is the account's concerns other log groups."""
    with pytest.raises(WriteRefusedError, match=r"^no function "):
        cloud.writer.apply(KEY, step)


# --- what moto never says ---


@pytest.mark.parametrize(
    ("operation", "what"),
    [
        ("describe_destinations", log_group.FILTERS),
        ("describe_subscription_filters", log_group.FILTERS),
        ("describe_resource_policies", log_group.POLICIES),
        ("describe_account_policies", log_group.SUBSCRIPTIONS),
    ],
)
def test_what_aws_keeps_from_the_guard_is_unread_with_its_words(cloud: Cloud, operation: str, what: str) -> None:
    """A policy of the organisation is enough for that."""
    cloud.client.meta.events.register(
        f"before-parameter-build.logs.{''.join(part.capitalize() for part in operation.split('_'))}", denied
    )
    cloud.put_filter(destination(MOTO_ACCOUNT))
    snapshot = cloud.read()
    why = "AWS does not let the guard read it: AccessDeniedException: `of AWS`"
    assert snapshot.unread == (Part(what, why),)


def denied(**_: object) -> None:
    """Answer as AWS does to who may not."""
    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "of AWS"}}, "Describe")


@pytest.mark.parametrize("code", ["ThrottlingException", "ServiceUnavailableException"])
def test_an_error_that_may_pass_is_for_the_queue_to_try_again(cloud: Cloud, code: str) -> None:
    """It is neither absence nor a doubt."""
    with Stubber(cloud.client) as stubber:
        stubber.add_client_error("describe_log_groups", code, "of AWS")
        with pytest.raises(ClientError, match=code):
            cloud.reader.read_resource(KEY)


def test_a_log_group_that_goes_away_while_it_is_read_is_none(cloud: Cloud) -> None:
    """Between its description and its filters."""
    with Stubber(cloud.client) as stubber:
        stubber.add_response("describe_log_groups", {"logGroups": [{"logGroupName": NAME, "arn": f"{ARN}:*"}]})
        stubber.add_client_error("describe_subscription_filters", "ResourceNotFoundException", "of AWS")
        assert cloud.reader.read_resource(KEY) is None
