"""What the adapter of IAM Roles Anywhere reads is what was made, and no silence is clean."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from panorama_guard.aws.anywhere import AnywhereProfiles
from panorama_guard.case import anywhere
from panorama_guard.case.resource import Part
from tests.builders import PROFILE
from tests.contract.drivers import MOTO_ACCOUNT, REGION, moto_account

ROLES = f"arn:aws:iam::{MOTO_ACCOUNT}:role/"
GUARDED = f"{ROLES}service-role/AWSPanoramaServiceRole"
GONE = "5f1a9c0e-6d5b-4d0c-9f0a-000000000001"
BUNDLE = {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": "x"}}


@pytest.fixture
def cloud() -> Iterator[Any]:
    """Give an empty account."""
    with moto_account():
        yield boto3.client("rolesanywhere", region_name=REGION)


def profiles(client: Any) -> AnywhereProfiles:
    """Return the adapter."""
    return AnywhereProfiles(client, MOTO_ACCOUNT, lambda role: PROFILE.role_named(role) is not None)


def make(client: Any, *roles: str, name: str = "factory") -> str:
    """Make a profile, and return its id."""
    made = client.create_profile(name=name, roleArns=list(roles), enabled=True)["profile"]
    return str(made["profileId"])


def test_a_profile_that_names_a_guarded_role_is_read_with_the_anchors_in_force(cloud: Any) -> None:
    """Its other roles are nobody's business."""
    name = make(cloud, f"{ROLES}Payroll", GUARDED)
    anchor = cloud.create_trust_anchor(name="plant", source=BUNDLE, enabled=True)["trustAnchor"]
    cloud.create_trust_anchor(name="idle", source=BUNDLE, enabled=False)
    snapshot = profiles(cloud).read_resource(f"rolesanywhere-profile:{name}")
    assert snapshot is not None
    assert json.loads(snapshot.text_of(anywhere.ROLES) or "") == [GUARDED]
    assert json.loads(snapshot.text_of(anywhere.ANCHORS) or "") == [anchor["trustAnchorArn"]]
    assert (snapshot.fact(anywhere.NAME), snapshot.fact(anywhere.STATE)) == ("factory", "enabled")
    assert snapshot.subject.arn == f"arn:aws:rolesanywhere:{REGION}:{MOTO_ACCOUNT}:profile/{name}"


def test_a_profile_that_is_disabled_says_so(cloud: Any) -> None:
    """It still names the role."""
    name = make(cloud, GUARDED)
    cloud.disable_profile(profileId=name)
    snapshot = profiles(cloud).read_resource(f"rolesanywhere-profile:{name}")
    assert snapshot is not None
    assert snapshot.fact(anywhere.STATE) == anywhere.DISABLED


def test_a_profile_of_other_roles_or_none_is_none(cloud: Any) -> None:
    """Until it is changed."""
    reader, name = profiles(cloud), make(cloud, f"{ROLES}Payroll")
    keys = [f"rolesanywhere-profile:{one}" for one in (name, GONE, "none", "*")]
    assert [reader.read_resource(key) for key in keys] == [None] * 4
    assert reader.resource_keys(anywhere.PROFILE) == ()
    cloud.update_profile(profileId=name, roleArns=[GUARDED])
    assert reader.resource_keys(anywhere.PROFILE) == (keys[0],)
    assert reader.behind("rolesanywhere-anchor:") == (keys[0],)


def test_profiles_that_cannot_be_listed_are_a_doubt(cloud: Any) -> None:
    """With AWS's words; anchors that cannot be are unread."""
    with Stubber(cloud) as stubber:
        for _ in range(2):
            stubber.add_client_error("list_profiles", "AccessDeniedException", "no")
        reader = profiles(cloud)
        (key,) = reader.resource_keys(anywhere.PROFILE)
        snapshot = reader.read_resource(key)
    assert key == "rolesanywhere-profile:*"
    assert snapshot is not None
    assert snapshot.unread == (
        Part(anywhere.ROLES, "AWS does not let the guard list them: AccessDeniedException: `no`"),
    )
    name = make(cloud, GUARDED)
    found = cloud.get_profile(profileId=name)
    found.pop("ResponseMetadata")
    with Stubber(cloud) as stubber:
        stubber.add_response("get_profile", found)
        stubber.add_client_error("list_trust_anchors", "AccessDeniedException", "no")
        snapshot = profiles(cloud).read_resource(f"rolesanywhere-profile:{name}")
    assert snapshot is not None
    assert [part.name for part in snapshot.unread] == [anywhere.ANCHORS]
