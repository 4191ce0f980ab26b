"""Mode enforce: changes that keep a role inside its profile are nobody's business."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.builders import PROFILE, allow, deny, policy, trusting
from tests.stack.account import Account
from tests.stack.roles import delete_role

pytestmark = pytest.mark.stack
SERVICE, APPLIANCE, SAGEMAKER, GROUP, GREENGRASS = (role.name for role in PROFILE.roles)
LOG_GROUPS = ["arn:aws:logs:*:*:log-group:/aws/panorama_device*", "arn:aws:logs:*:*:log-group:/aws/greengrass/*"]
BOUNDARY = policy(allow(["logs:*", "s3:*"]))


@pytest.fixture(scope="module")
def quiet(enforcing_account: Account) -> Iterator[Account]:
    """Give the account of mode enforce to all changes of this file, one after another."""
    enforcing_account.alerts()
    yield enforcing_account
    enforcing_account.tidy()


def put(role: str, name: str, document: str) -> Callable[[Account], object]:
    """Return the change that puts an inline policy."""
    return lambda account: account.mallory.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document)


def grant(role: str, action: str | list[str], resource: str | list[str]) -> Callable[[Account], object]:
    """Return the change that grants this by an inline policy."""
    return put(role, "granted", policy(allow(action, resource)))


def attach(role: str, name: str, document: str) -> Callable[[Account], object]:
    """Return the change that creates and attaches a customer managed policy."""

    def change(account: Account) -> None:
        arn = account.create_policy(name, document)
        account.mallory.attach_role_policy(RoleName=role, PolicyArn=arn)

    return change


def attach_baseline_again(account: Account) -> None:
    """Attach what is attached already."""
    account.mallory.attach_role_policy(RoleName=SERVICE, PolicyArn=PROFILE.roles[0].managed_policies[0])


def detach_baseline(account: Account) -> None:
    """Take permission away."""
    account.mallory.detach_role_policy(RoleName=GROUP, PolicyArn=PROFILE.roles[3].managed_policies[0])


def tag(account: Account) -> None:
    """Tag and untag."""
    account.mallory.tag_role(RoleName=SERVICE, Tags=[{"Key": "team", "Value": "vision"}])
    account.mallory.untag_role(RoleName=SERVICE, TagKeys=["team"])


def describe(account: Account) -> None:
    """Change the description and the longest session."""
    account.mallory.update_role(RoleName=SERVICE, Description="of the factory", MaxSessionDuration=7200)


def write_trust_otherwise(account: Account) -> None:
    """Say the same trust in another order, with a list and white space."""
    statement = {
        "Principal": {"Service": ["greengrass.amazonaws.com"]},
        "Effect": "Allow",
        "Action": ["sts:AssumeRole"],
    }
    document = json.dumps({"Statement": statement, "Version": "2012-10-17"}, indent=4)
    account.mallory.update_assume_role_policy(RoleName=GREENGRASS, PolicyDocument=document)


def narrow_trust(account: Account) -> None:
    """Let the service in only for this account."""
    condition = {"StringEquals": {"aws:SourceAccount": account.id}}
    document = policy(trusting({"Service": "greengrass.amazonaws.com"}, Condition=condition))
    account.mallory.update_assume_role_policy(RoleName=GROUP, PolicyDocument=document)


def trust_reviewed_principal(account: Account) -> None:
    """Let in a principal that the profile calls plausible."""
    services = ["credentials.iot.amazonaws.com", "iot.amazonaws.com"]
    document = policy(trusting({"Service": services}))
    account.mallory.update_assume_role_policy(RoleName=APPLIANCE, PolicyDocument=document)


def set_boundary(account: Account) -> None:
    """Bound the role."""
    arn = account.create_policy("bounds", BOUNDARY)
    account.mallory.put_role_permissions_boundary(RoleName=APPLIANCE, PermissionsBoundary=arn)


def narrow_boundary(account: Account) -> None:
    """Bound it more narrowly, in place."""
    arn = f"arn:aws:iam::{account.id}:policy/bounds"
    account.mallory.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("logs:*")), SetAsDefault=True)


def remove_boundary(account: Account) -> None:
    """Bound it no more: inside its ceiling it is without the boundary too."""
    account.mallory.delete_role_permissions_boundary(RoleName=APPLIANCE)


def add_dormant_version(account: Account) -> None:
    """Keep a wide version of an attached policy that is not in force."""
    arn = account.create_policy("dormant", policy(allow("logs:*", LOG_GROUPS)))
    account.mallory.attach_role_policy(RoleName=SAGEMAKER, PolicyArn=arn)
    account.mallory.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("*")), SetAsDefault=False)


def change_an_unguarded_role(account: Account) -> None:
    """Give a role that is nobody's of the profile everything."""
    trust = policy(trusting({"Service": "lambda.amazonaws.com"}))
    account.mallory.create_role(RoleName="Payroll", AssumeRolePolicyDocument=trust)
    account.mallory.put_role_policy(RoleName="Payroll", PolicyName="all", PolicyDocument=policy(allow("*")))


def delete_and_create_again(account: Account) -> None:
    """Delete a role and make it again as AWS makes it."""
    delete_role(account.mallory, GREENGRASS)
    account.mallory.create_role(
        RoleName=GREENGRASS, Path="/service-role/", AssumeRolePolicyDocument=PROFILE.roles[4].trust_text
    )
    account.mallory.attach_role_policy(RoleName=GREENGRASS, PolicyArn=PROFILE.roles[4].managed_policies[0])


def join_instance_profile(account: Account) -> None:
    """Put a role into an instance profile and take it out: its trust decides who may become it, and it is as it was."""
    account.mallory.create_instance_profile(InstanceProfileName="cameras")
    account.mallory.add_role_to_instance_profile(InstanceProfileName="cameras", RoleName=SERVICE)
    account.mallory.remove_role_from_instance_profile(InstanceProfileName="cameras", RoleName=SERVICE)
    account.mallory.delete_instance_profile(InstanceProfileName="cameras")


CHANGES = {
    "objects of a bucket of the pattern": grant(SAGEMAKER, "s3:*", "arn:aws:s3:::my-aws-panorama-models/*"),
    "things, policies, role aliases and jobs of the pattern": grant(
        SERVICE, "iot:*", [f"arn:aws:iot:*:*:{kind}/panorama*" for kind in ("thing", "policy", "rolealias", "job")]
    ),
    "training jobs of the pattern": grant(SERVICE, "sagemaker:*", "arn:aws:sagemaker:*:*:training-job/panorama-*"),
    "log groups of the pattern": grant(APPLIANCE, "logs:*", LOG_GROUPS),
    "dashboards of the pattern": grant(GROUP, "cloudwatch:*", "arn:aws:cloudwatch::*:dashboard/panorama-line-1"),
    "what the baseline grants on everything": grant(GREENGRASS, "greengrass:GetGroup", "*"),
    "a role passed under the baseline's condition": put(
        SERVICE,
        "passing",
        policy(
            allow(
                "iam:PassRole",
                "arn:aws:iam::*:role/AWSPanoramaSageMakerRole",
                Condition={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
            )
        ),
    ),
    "a grant that a Deny takes back": put(SAGEMAKER, "nothing", policy(allow("s3:*"), deny("s3:*"))),
    "a policy that only denies": put(SERVICE, "deny", policy(deny("*", "arn:aws:s3:::payroll/*"))),
    "a customer managed policy of the pattern": attach(APPLIANCE, "tuned", policy(allow("logs:*", LOG_GROUPS))),
    "the baseline attached again": attach_baseline_again,
    "the baseline detached": detach_baseline,
    "tags": tag,
    "description and session length": describe,
    "the same trust written otherwise": write_trust_otherwise,
    "a narrower trust": narrow_trust,
    "a trust that the profile calls plausible": trust_reviewed_principal,
    "a boundary set": set_boundary,
    "a boundary narrowed": narrow_boundary,
    "a boundary removed that nothing needs": remove_boundary,
    "a wide version that is dormant": add_dormant_version,
    "an unguarded role that may do everything": change_an_unguarded_role,
    "a role deleted and created again": delete_and_create_again,
    "an instance profile": join_instance_profile,
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_harmless_change_is_met_with_silence(quiet: Account, name: str) -> None:
    """No alert, no incident, no write of the guard's to any role."""
    CHANGES[name](quiet)
    assert quiet.alerts() == []
    assert [incident for role in PROFILE.roles for incident in quiet.incidents(role.name)] == []
    assert [quiet.record(role.name).containments for role in PROFILE.roles] == [()] * 5
