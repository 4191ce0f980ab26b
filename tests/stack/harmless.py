"""Changes that keep a role inside its profile, of many kinds."""

import json
from collections.abc import Callable

import pytest

from tests.builders import ADMINISTRATOR_ARN, IN_PATTERN, PROFILE, allow, deny, filler, policy, trusting
from tests.stack.account import Account

SERVICE, APPLIANCE, SAGEMAKER, GROUP, GREENGRASS, APPLIANCE_SERVICE = (role.name for role in PROFILE.roles)
LOG_GROUPS = ["arn:aws:logs:*:*:log-group:/aws/panorama_device*", "arn:aws:logs:*:*:log-group:/aws/greengrass/*"]
PANORAMA_BUCKETS = "arn:aws:s3:::*aws-panorama*"
BOUNDARY = policy(allow(["logs:*", "s3:*"]))


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


def change_an_unguarded_role(account: Account) -> None:
    """Give a role that is nobody's of the profile everything."""
    trust = policy(trusting({"Service": "lambda.amazonaws.com"}))
    account.mallory.create_role(RoleName="Payroll", AssumeRolePolicyDocument=trust)
    account.mallory.put_role_policy(RoleName="Payroll", PolicyName="all", PolicyDocument=policy(allow("*")))


def put_and_delete(account: Account) -> None:
    """Put an inline policy of the pattern, and delete it."""
    account.mallory.put_role_policy(RoleName=SAGEMAKER, PolicyName="short-lived", PolicyDocument=IN_PATTERN)
    account.mallory.delete_role_policy(RoleName=SAGEMAKER, PolicyName="short-lived")


def put_twice(account: Account) -> None:
    """Put the same policy twice."""
    for _ in range(2):
        account.mallory.put_role_policy(RoleName=SAGEMAKER, PolicyName="twice", PolicyDocument=IN_PATTERN)


def change_back_and_forth(account: Account) -> None:
    """Replace the default version of an attached policy by another one of the pattern, go back, and delete it."""
    arn = account.create_policy("versions", policy(allow("logs:*", LOG_GROUPS)))
    account.mallory.attach_role_policy(RoleName=SAGEMAKER, PolicyArn=arn)
    account.mallory.create_policy_version(PolicyArn=arn, PolicyDocument=IN_PATTERN, SetAsDefault=True)
    account.mallory.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    account.mallory.delete_policy_version(PolicyArn=arn, VersionId="v2")


def move_baseline(account: Account) -> None:
    """Detach what AWS attaches, and attach it again."""
    for change in (account.mallory.detach_role_policy, account.mallory.attach_role_policy):
        change(RoleName=SAGEMAKER, PolicyArn=PROFILE.roles[2].managed_policies[0])


def replace_baseline(account: Account) -> None:
    """Put a customer managed policy in the place of AWS's own, with less in it."""
    arn = account.create_policy("less", policy(allow("s3:GetObject", PANORAMA_BUCKETS)))
    account.mallory.attach_role_policy(RoleName=SAGEMAKER, PolicyArn=arn)
    account.mallory.detach_role_policy(RoleName=SAGEMAKER, PolicyArn=PROFILE.roles[2].managed_policies[0])


def share_policy(account: Account) -> None:
    """Attach one policy to two guarded roles and to somebody else's."""
    arn = account.create_policy("shared", IN_PATTERN)
    trust = policy(trusting({"Service": "lambda.amazonaws.com"}))
    account.mallory.create_role(RoleName="Warehouse", AssumeRolePolicyDocument=trust)
    for role in (SAGEMAKER, GROUP, "Warehouse"):
        account.mallory.attach_role_policy(RoleName=role, PolicyArn=arn)


def attach_to_others(account: Account) -> None:
    """Give a user and a group everything: they are nobody's of the profile."""
    account.mallory.create_user(UserName="root-like")
    account.mallory.attach_user_policy(UserName="root-like", PolicyArn=ADMINISTRATOR_ARN)
    account.mallory.create_group(GroupName="admins")
    account.mallory.put_group_policy(GroupName="admins", PolicyName="all", PolicyDocument=policy(allow("*")))


def leave_others_again(account: Account) -> None:
    """Take it away again."""
    account.mallory.detach_user_policy(UserName="root-like", PolicyArn=ADMINISTRATOR_ARN)
    account.mallory.delete_user(UserName="root-like")
    account.mallory.delete_group_policy(GroupName="admins", PolicyName="all")
    account.mallory.delete_group(GroupName="admins")


def create_unattached(account: Account) -> None:
    """Create a policy of everything that nobody has, give it another version, and delete it."""
    arn = account.create_policy("unattached", policy(allow("*")))
    account.mallory.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("iam:*")), SetAsDefault=True)
    account.mallory.delete_policy_version(PolicyArn=arn, VersionId="v1")
    account.mallory.delete_policy(PolicyArn=arn)


def bound_by_everything(account: Account) -> None:
    """Set a boundary that bounds nothing: the role is inside its ceiling by its policies."""
    arn = account.create_policy("no-bounds", policy(allow("*")))
    account.mallory.put_role_permissions_boundary(RoleName=GREENGRASS, PermissionsBoundary=arn)


def exchange_boundaries(account: Account) -> None:
    """Set one boundary in the place of another."""
    for name in ("bounds-a", "bounds-b"):
        arn = account.create_policy(name, BOUNDARY)
        account.mallory.put_role_permissions_boundary(RoleName=GROUP, PermissionsBoundary=arn)


def trust_nobody(account: Account) -> None:
    """Deny everybody beside the service that may."""
    statement = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}
    away = {**statement, "Condition": {"StringNotEquals": {"aws:SourceAccount": account.id}}}
    trust = json.loads(PROFILE.roles[2].trust_text)
    trust["Statement"].append(away)
    account.mallory.update_assume_role_policy(RoleName=SAGEMAKER, PolicyDocument=json.dumps(trust))


def trust_twice(account: Account) -> None:
    """Say the same trust in two statements, each with a Sid."""
    (statement,) = json.loads(PROFILE.roles[3].trust_text)["Statement"]
    document = policy(*({**statement, "Sid": f"Greengrass{number}"} for number in range(2)))
    account.mallory.update_assume_role_policy(RoleName=GROUP, PolicyDocument=document)


def trust_as_before(account: Account) -> None:
    """Write the trust policy that is there."""
    account.mallory.update_assume_role_policy(RoleName=SERVICE, PolicyDocument=account.record(SERVICE).trust)


def grow_in_number(account: Account) -> None:
    """Have as many managed policies of the pattern as the quota lets a role have."""
    for number in range(8):
        arn = account.create_policy(f"small-{number}", policy(allow("logs:GetLogEvents", LOG_GROUPS)))
        account.mallory.attach_role_policy(RoleName=APPLIANCE, PolicyArn=arn)


def fill_inline(account: Account) -> None:
    """Fill the inline quota with what is inside the pattern."""
    account.mallory.put_role_policy(RoleName=GROUP, PolicyName="filler", PolicyDocument=filler(10_000))


def try_what_fails(account: Account) -> None:
    """Attach a policy that does not exist."""
    with pytest.raises(account.mallory.exceptions.NoSuchEntityException, match="does not exist"):
        account.mallory.attach_role_policy(RoleName=SERVICE, PolicyArn=f"arn:aws:iam::{account.id}:policy/none")


def create_application_role(account: Account) -> None:
    """Make the role of an application as AWS's templates do."""
    trust = policy(trusting({"Service": "panorama.amazonaws.com"}))
    account.mallory.create_role(RoleName="panorama-people", Path="/service-role/", AssumeRolePolicyDocument=trust)
    metrics = policy(allow("cloudwatch:PutMetricData"))
    account.mallory.put_role_policy(
        RoleName="panorama-people", PolicyName="cloudwatch-putmetrics", PolicyDocument=metrics
    )


def make_other_things(account: Account) -> None:
    """Make calls of other services, about nothing of Panorama's."""
    account.stack.client("s3").create_bucket(Bucket="payroll")
    queue = account.stack.client("sqs").create_queue(QueueName="orders")["QueueUrl"]
    account.stack.client("sqs").delete_queue(QueueUrl=queue)


def pass_role(role: str, service: str) -> Callable[[Account], object]:
    """Return the change that lets the service role pass another one, as the baseline does."""
    condition = {"StringEquals": {"iam:PassedToService": service}}
    statement = allow("iam:PassRole", f"arn:aws:iam::*:role/service-role/{role}", Condition=condition)
    return put(SERVICE, f"pass-{role}", policy(statement))


def conditioned(operator: str, key: str, value: str | list[str]) -> Callable[[Account], object]:
    """Return the change that grants objects of the pattern under a condition."""
    statement = allow("s3:GetObject", PANORAMA_BUCKETS, Condition={operator: {key: value}})
    return put(SAGEMAKER, "conditioned", policy(statement))


def written(document: dict[str, object]) -> Callable[[Account], object]:
    """Return the change that puts a document that is written in another way."""
    return put(SAGEMAKER, "written", json.dumps(document, indent=1))


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
    "an unguarded role that may do everything": change_an_unguarded_role,
    "an inline policy put and deleted": put_and_delete,
    "the same policy put twice": put_twice,
    "a default version changed and changed back": change_back_and_forth,
    "the baseline detached and attached again": move_baseline,
    "less in the place of the baseline": replace_baseline,
    "a policy that others use too": share_policy,
    "a user and a group that may do everything": attach_to_others,
    "a user and a group deleted": leave_others_again,
    "a policy of everything that nobody has": create_unattached,
    "a boundary that bounds nothing": bound_by_everything,
    "a boundary in the place of another": exchange_boundaries,
    "a trust with a Deny": trust_nobody,
    "a trust that says the same twice": trust_twice,
    "a trust written as it was": trust_as_before,
    "many policies of the pattern": grow_in_number,
    "a full inline quota": fill_inline,
    "a call that fails": try_what_fails,
    "calls of other services": make_other_things,
    "a role passed to SageMaker": pass_role(SAGEMAKER, "sagemaker.amazonaws.com"),
    "a role passed to Greengrass": pass_role(GROUP, "greengrass.amazonaws.com"),
    "a role passed to IoT": pass_role(APPLIANCE, "iot.amazonaws.com"),
    "a condition on an address": conditioned("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
    "a condition on a time": conditioned("DateLessThan", "aws:CurrentTime", "2027-01-01T00:00:00Z"),
    "a condition on transport": conditioned("Bool", "aws:SecureTransport", "true"),
    "a condition on a tag": conditioned("StringEquals", "aws:PrincipalTag/team", ["vision", "line"]),
    "a condition on MFA": conditioned("BoolIfExists", "aws:MultiFactorAuthPresent", "true"),
    "a single statement, not in a list": written(
        {"Version": "2012-10-17", "Statement": allow("s3:GetObject", PANORAMA_BUCKETS)}
    ),
    "an action in another case": written(
        {"Version": "2012-10-17", "Statement": [allow("S3:getOBJECT", PANORAMA_BUCKETS)]}
    ),
    "a document with an id and Sids": written(
        {
            "Version": "2012-10-17",
            "Id": "objects",
            "Statement": [{**allow(["s3:GetObject"], [PANORAMA_BUCKETS]), "Sid": "Read"}],
        }
    ),
    "actions with wildcards": grant(SAGEMAKER, ["s3:Get*", "s3:List?ucket"], PANORAMA_BUCKETS),
    "a deny of all but the pattern": put(
        SERVICE, "fence", policy({"Effect": "Deny", "Action": "s3:*", "NotResource": PANORAMA_BUCKETS})
    ),
    "what NotAction leaves": put(
        SAGEMAKER,
        "left",
        policy({"Effect": "Allow", "NotAction": "s3:Delete*", "Resource": PANORAMA_BUCKETS}, deny("*", "*")),
    ),
    "compilation jobs of the pattern": grant(SERVICE, "sagemaker:*", "arn:aws:sagemaker:*:*:compilation-job/panorama*"),
    "another log group of the pattern": grant(
        GROUP, "logs:PutLogEvents", "arn:aws:logs:eu-west-1:*:log-group:/aws/panorama/devices/d1:*"
    ),
    "a thing of the pattern in one region": grant(
        SERVICE, "iot:UpdateThing", "arn:aws:iot:us-east-1:123456789012:thing/panorama-line-1"
    ),
    "metrics of the appliance's service role": put(
        APPLIANCE_SERVICE,
        "metrics",
        policy(
            allow(
                "cloudwatch:PutMetricData",
                Condition={"StringEquals": {"cloudwatch:namespace": "PanoramaDeviceMetrics"}},
            )
        ),
    ),
    "logs of the appliance's service role": grant(APPLIANCE_SERVICE, "logs:PutLogEvents", LOG_GROUPS),
    "an application's role": create_application_role,
    "metrics of the group role": grant(GROUP, "cloudwatch:PutMetricData", "*"),
    "shadows that the baseline grants": grant(GREENGRASS, "iot:GetThingShadow", "arn:aws:iot:*:*:thing/GG_core"),
}
