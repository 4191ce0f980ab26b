"""What is around a role is read as IAM has it: identity, instance profiles, versions, providers, last use."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from panorama_guard.aws.clients import keep_documents_as_text
from panorama_guard.aws.role_uses import VERSIONS, IamRoleUses
from panorama_guard.case import role_use
from panorama_guard.case.record import load_record
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.case.snapshot import RoleSnapshot
from tests.builders import IN_PATTERN, PAYROLL, policy, trusting
from tests.contract.drivers import MOTO_ACCOUNT, REGION, moto_account

NAME = "AWSPanoramaServiceRole"
KEY = f"iam-role:{NAME}"
OIDC = f"arn:aws:iam::{MOTO_ACCOUNT}:oidc-provider/token.example.com"
SAML = f"arn:aws:iam::{MOTO_ACCOUNT}:saml-provider/Partner"
TRUST = policy(trusting({"Service": "panorama.amazonaws.com"}))
VOUCHED = policy(
    trusting({"Federated": OIDC}, "sts:AssumeRoleWithWebIdentity"),
    trusting({"Federated": SAML}, "sts:AssumeRoleWithSAML"),
)


class Cloud:
    """A role in moto, and the adapter on what is around it."""

    def __init__(self) -> None:
        """Make the role."""
        self.client: Any = boto3.client("iam", region_name=REGION)
        keep_documents_as_text(self.client)
        self.client.create_role(RoleName=NAME, Path="/service-role/", AssumeRolePolicyDocument=TRUST)
        self.reader = IamRoleUses(self.client, lambda: (NAME, "Other"))

    def read(self) -> ResourceSnapshot:
        """Return what is around the role."""
        snapshot = self.reader.read_resource(KEY)
        assert snapshot is not None
        return snapshot


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Give a role in an empty account."""
    with moto_account():
        yield Cloud()


def test_a_new_role_has_nothing_around_it_and_is_read_whole(cloud: Cloud) -> None:
    """Its id is the role's own, and the role itself comes with it."""
    snapshot, role = cloud.read(), cloud.client.get_role(RoleName=NAME)["Role"]
    assert (snapshot.type, snapshot.parts, snapshot.unread) == (role_use.TYPE, (), ())
    assert (snapshot.subject.arn, snapshot.subject.unique_id) == (role["Arn"], role["RoleId"])
    assert snapshot.fact(role_use.PATH) == "/service-role/"
    assert load_record(RoleSnapshot, snapshot.fact(role_use.ROLE)).trust == TRUST


def test_instance_profiles_are_read(cloud: Cloud) -> None:
    """By their names."""
    for name in ("b", "a"):
        cloud.client.create_instance_profile(InstanceProfileName=name)
        cloud.client.add_role_to_instance_profile(InstanceProfileName=name, RoleName=NAME)
    assert cloud.read().text_of(role_use.PROFILES) == '["a", "b"]'


def test_versions_that_are_not_in_force_are_read_of_policies_and_boundary(cloud: Cloud) -> None:
    """The customer's own; those in force are the role's."""
    arns = []
    for name in ("Extra", "Boundary"):
        arns.append(cloud.client.create_policy(PolicyName=name, PolicyDocument=IN_PATTERN)["Policy"]["Arn"])
        cloud.client.create_policy_version(PolicyArn=arns[-1], PolicyDocument=PAYROLL)
    cloud.client.attach_role_policy(RoleName=NAME, PolicyArn=arns[0])
    cloud.client.put_role_permissions_boundary(RoleName=NAME, PermissionsBoundary=arns[1])
    parts = {part.name: json.loads(part.text) for part in cloud.read().parts}
    assert parts == {role_use.version_part(arn, "v2"): json.loads(PAYROLL) for arn in arns}


def test_providers_that_the_trust_names_are_read_and_missing_ones_as_such(cloud: Cloud) -> None:
    """Whoever makes one of that name later is let in."""
    cloud.client.update_assume_role_policy(RoleName=NAME, PolicyDocument=VOUCHED)
    parts = {part.name: part.text for part in cloud.read().parts}
    assert parts == {role_use.provider_part(arn): "null" for arn in (OIDC, SAML)}
    thumbprint = "0123456789abcdef0123456789abcdef01234567"
    cloud.client.create_open_id_connect_provider(Url="https://token.example.com", ThumbprintList=[thumbprint])
    cloud.client.create_saml_provider(Name="Partner", SAMLMetadataDocument="x" * 1024)
    parts = {part.name: part.text for part in cloud.read().parts}
    assert json.loads(parts[role_use.provider_part(OIDC)])["ThumbprintList"] == [thumbprint]
    assert json.loads(parts[role_use.provider_part(SAML)])


def test_the_last_use_is_read_by_its_day(cloud: Cloud) -> None:
    """So that not every use is news."""
    cloud.client.meta.events.register("after-call.iam.GetRole", _used)
    assert cloud.read().text_of(role_use.LAST_USE) == "2026-11-20"


@pytest.mark.parametrize("key", ["iam-role:Gone", "iam-role:awspanoramaservicerole"])
def test_a_role_that_is_not_called_just_so_is_not_there(cloud: Cloud, key: str) -> None:
    """One role has one record."""
    assert cloud.reader.read_resource(key) is None


def test_the_roles_of_a_policy_and_those_that_are_named_are_behind_their_keys(cloud: Cloud) -> None:
    """A policy that is gone has none."""
    arn = cloud.client.create_policy(PolicyName="Extra", PolicyDocument=IN_PATTERN)["Policy"]["Arn"]
    cloud.client.attach_role_policy(RoleName=NAME, PolicyArn=arn)
    assert cloud.reader.behind(f"iam-policy:{arn}") == (KEY,)
    assert cloud.reader.behind(f"iam-policy:{arn}-gone") == ()
    assert cloud.reader.behind("iam-provider:") == (KEY, "iam-role:Other")


def test_versions_that_are_kept_from_the_guard_are_unread(cloud: Cloud) -> None:
    """A doubt, never clean."""
    arn = cloud.client.create_policy(PolicyName="Extra", PolicyDocument=IN_PATTERN)["Policy"]["Arn"]
    cloud.client.attach_role_policy(RoleName=NAME, PolicyArn=arn)
    cloud.client.meta.events.register("before-call.iam.ListPolicyVersions", _deny)
    assert [part.name for part in cloud.read().unread] == [VERSIONS]


@pytest.mark.parametrize("operation", ["get_role", "list_entities_for_policy"])
def test_other_errors_are_raised(operation: str) -> None:
    """The queue brings the message back."""
    with moto_account():
        client: Any = boto3.client("iam", region_name=REGION)
    reader = IamRoleUses(client, tuple)
    with Stubber(client) as stubber:
        stubber.add_client_error(operation, "Throttling")
        with pytest.raises(ClientError, match="Throttling"):
            reader.read_resource(KEY) if operation == "get_role" else reader.behind(f"iam-policy:{OIDC}")


def _used(parsed: dict[str, Any], **_: Any) -> None:
    parsed["Role"]["RoleLastUsed"] = {"LastUsedDate": "2026-11-20 10:00:00+00:00"}


def _deny(**_: Any) -> None:
    raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListPolicyVersions")
