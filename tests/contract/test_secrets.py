"""The adapters of secrets: what they read is what was put, what they put is what is read, and no silence is clean."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from panorama_guard.aws.named_secrets import NamedSecrets
from panorama_guard.aws.own_subjects import OwnSubjects
from panorama_guard.aws.secret_writer import SecretWriter
from panorama_guard.case import secret
from panorama_guard.case.errors import WriteRefusedError
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical
from panorama_guard.case.step import DeletePart, PartStep, PutPart, apply_step, invert_step
from tests.builders import PROFILE
from tests.contract.drivers import MOTO_ACCOUNT, REGION, moto_account

NAME, KEY = "panorama-camera-1", "secret:panorama-camera-1"
SPACED = '{ "Version":"2012-10-17",\n "Statement": [ ] }'


class Cloud:
    """A secret in moto, and the adapters on it."""

    def __init__(self) -> None:
        """Make the secret."""
        self.client: Any = boto3.client("secretsmanager", region_name=REGION)
        self.arn = self.client.create_secret(Name=NAME, SecretString="x")["ARN"]
        self.reader, self.writer = NamedSecrets(self.client, MOTO_ACCOUNT), SecretWriter(self.client)

    def read(self) -> ResourceSnapshot:
        """Return the secret as it is."""
        snapshot = self.reader.read_resource(KEY)
        assert snapshot is not None
        return snapshot


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Give a secret in an empty account."""
    with moto_account():
        yield Cloud()


def test_a_new_secret_has_no_parts(cloud: Cloud) -> None:
    """Its ARN, which no later one of its name has, is what tells it from another one."""
    snapshot = cloud.read()
    assert (snapshot.type, snapshot.parts, snapshot.unread) == ("secret", (), ())
    assert (snapshot.subject.arn, snapshot.subject.unique_id, snapshot.name) == (cloud.arn, cloud.arn, NAME)


def test_the_policy_is_read_byte_for_byte(cloud: Cloud) -> None:
    """White space and all."""
    cloud.client.put_resource_policy(SecretId=NAME, ResourcePolicy=SPACED)
    assert cloud.read().text_of(secret.POLICY) == SPACED


def test_key_rotation_and_copies_are_read(cloud: Cloud) -> None:
    """As far as they are switched on."""
    function = f"arn:aws:lambda:us-east-1:{MOTO_ACCOUNT}:function:rotate"
    described = {
        "ARN": cloud.arn,
        "Name": NAME,
        "KmsKeyId": "alias/cameras",
        "RotationEnabled": True,
        "RotationLambdaARN": function,
        "ReplicationStatus": [
            {"Region": "eu-west-1", "Status": "InProgress", "KmsKeyId": "alias/aws/secretsmanager"},
            {"Region": "ap-south-1", "Status": "InSync"},
        ],
    }
    with Stubber(cloud.client) as stubber:
        stubber.add_response("describe_secret", described, {"SecretId": NAME})
        stubber.add_response("get_resource_policy", {"ARN": cloud.arn, "Name": NAME}, {"SecretId": NAME})
        snapshot = cloud.read()
    copies = [{"KmsKeyId": "alias/aws/secretsmanager", "Region": "eu-west-1"}, {"Region": "ap-south-1"}]
    assert snapshot.parts == (
        Part(secret.KEY, "alias/cameras"),
        Part(secret.REPLICATION, canonical(copies)),
        Part(secret.ROTATION, canonical({"Rotations": [{"RotationLambdaARN": function}]})),
    )


def test_a_copy_is_read_from_moto_too(cloud: Cloud) -> None:
    """And its removal."""
    cloud.client.replicate_secret_to_regions(SecretId=NAME, AddReplicaRegions=[{"Region": "eu-west-1"}])
    assert "eu-west-1" in str(cloud.read().text_of(secret.REPLICATION))
    cloud.client.remove_regions_from_replication(SecretId=NAME, RemoveReplicaRegions=["eu-west-1"])
    assert cloud.read().parts == ()


def test_a_secret_that_there_is_not_is_none(cloud: Cloud) -> None:
    """Nor one that waits for its deletion: nobody can read it, and whoever restores it makes an event."""
    assert cloud.reader.read_resource("secret:panorama-camera") is None
    assert cloud.reader.resource_keys(secret.TYPE) == (KEY,)
    cloud.client.delete_secret(SecretId=NAME)
    assert cloud.reader.read_resource(KEY) is None
    assert cloud.reader.resource_keys(secret.TYPE) == ()
    cloud.client.restore_secret(SecretId=NAME)
    assert cloud.read().subject.arn == cloud.arn


@pytest.mark.parametrize(
    "step", [PutPart(secret.POLICY, '{"Version": "2012-10-17",  "Statement": []}'), DeletePart(secret.POLICY)], ids=repr
)
def test_a_step_does_what_it_says_and_its_inverse_takes_it_back(cloud: Cloud, step: PartStep) -> None:
    """On paper and in Secrets Manager; done twice it is done once."""
    cloud.client.put_resource_policy(SecretId=NAME, ResourcePolicy=SPACED)
    before = cloud.read()
    for _ in range(2):
        cloud.writer.apply(KEY, step)
        assert cloud.read() == apply_step(before, step)
    make: Any = boto3.client
    own = OwnSubjects(PROFILE, lambda service: make(service, region_name=REGION), lambda _: None)
    own.apply(before.subject, invert_step(before, step))
    assert own.read_subject(before.subject) == before


@pytest.mark.parametrize(
    "step", [PutPart(secret.KEY, "x"), DeletePart(secret.ROTATION), DeletePart(secret.REPLICATION)]
)
def test_nothing_but_the_policy_is_written(cloud: Cloud, step: PartStep) -> None:
    """What a secret is encrypted, rotated and copied by is for its owner."""
    with pytest.raises(WriteRefusedError, match=r"^no function "):
        cloud.writer.apply(KEY, step)


# --- what moto never says ---


def test_what_a_policy_hides_of_its_secret_is_unread_with_aws_s_words(cloud: Cloud) -> None:
    """A Deny in the secret's own policy is enough for that; the account's listing tells that there is one."""
    listed = {"SecretList": [{"ARN": f"{cloud.arn}0", "Name": f"{NAME}0"}, {"ARN": cloud.arn, "Name": NAME}]}
    with Stubber(cloud.client) as stubber:
        stubber.add_client_error("describe_secret", "AccessDeniedException", "of AWS")
        stubber.add_response("list_secrets", listed, {"Filters": [{"Key": "name", "Values": [NAME]}]})
        stubber.add_client_error("get_resource_policy", "AccessDeniedException", "of AWS")
        snapshot = cloud.read()
    why = "AWS does not let the guard read it: AccessDeniedException: `of AWS`"
    assert (snapshot.subject.arn, snapshot.parts) == (cloud.arn, ())
    assert snapshot.unread == (Part(secret.REPLICATION, why), Part(secret.POLICY, why))


@pytest.mark.parametrize(
    ("code", "listed"),
    [("AccessDeniedException", []), ("ThrottlingException", None), ("InternalServiceError", None)],
)
def test_an_error_that_may_pass_is_for_the_queue_to_try_again(
    cloud: Cloud, code: str, listed: list[object] | None
) -> None:
    """It is neither absence nor a doubt; a new secret is not in the listing yet."""
    with Stubber(cloud.client) as stubber:
        stubber.add_client_error("describe_secret", code, "of AWS")
        if listed is not None:
            stubber.add_response("list_secrets", {"SecretList": listed})
        with pytest.raises(ClientError, match=code):
            cloud.reader.read_resource(KEY)


def test_a_secret_that_goes_away_while_it_is_read_is_none(cloud: Cloud) -> None:
    """Between its description and its policy."""
    with Stubber(cloud.client) as stubber:
        stubber.add_response("describe_secret", {"ARN": cloud.arn, "Name": NAME})
        stubber.add_client_error("get_resource_policy", "ResourceNotFoundException", "of AWS")
        assert cloud.reader.read_resource(KEY) is None


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "MalformedPolicyDocumentException", "InvalidRequestException"]
)
def test_what_secrets_manager_refuses_for_good_is_said_by_name(cloud: Cloud, code: str) -> None:
    """Another rung may be open."""
    with Stubber(cloud.client) as stubber:
        stubber.add_client_error("put_resource_policy", code, "not this")
        with pytest.raises(WriteRefusedError, match=f"^put the resource policy: {code}: `not this`$"):
            cloud.writer.apply(KEY, PutPart(secret.POLICY, SPACED))


def test_a_policy_of_a_secret_that_is_gone_is_deleted_already(cloud: Cloud) -> None:
    """By whoever deleted the secret."""
    with Stubber(cloud.client) as stubber:
        stubber.add_client_error("delete_resource_policy", "ResourceNotFoundException", "gone")
        cloud.writer.apply(KEY, DeletePart(secret.POLICY))
        stubber.assert_no_pending_responses()
