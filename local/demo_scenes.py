"""What happens in the demo: harmless changes first, then attacks, each a few calls that anybody could make."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from panorama_guard.containment import Request

FOREIGN_ACCOUNT = "999999999999"
TUNED_POLICY = "panorama-logs-tuning"


@dataclass(frozen=True, slots=True)
class Scene:
    """One change to one role: the call as one would type it, how it is made, and what must still work after it."""

    title: str
    role: str
    command: str
    act: Callable[[Any, str], object]
    kept: Request


MODELS = Request("s3:GetObject", "arn:aws:s3:::my-aws-panorama-models/yolo.tar.gz")
LOGS = Request(
    "logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/panorama_device1:log-stream:app"
)


def allow(action: str, resource: str) -> str:
    """Return a policy document of one Allow."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _put_in_pattern(iam: Any, _account: str) -> None:
    document = allow("s3:GetObjectTagging", "arn:aws:s3:::my-aws-panorama-models/*")
    iam.put_role_policy(RoleName="AWSPanoramaSageMakerRole", PolicyName="tagging", PolicyDocument=document)


def _attach_tuned_policy(iam: Any, account: str) -> None:
    document = allow("logs:PutRetentionPolicy", "arn:aws:logs:*:*:log-group:/aws/panorama_device*")
    iam.create_policy(PolicyName=TUNED_POLICY, PolicyDocument=document)
    iam.attach_role_policy(RoleName="AWSPanoramaApplianceRole", PolicyArn=_tuned_arn(account))


def _attach_administrator(iam: Any, _account: str) -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    iam.attach_role_policy(RoleName="AWSPanoramaServiceRole", PolicyArn=arn)


def _put_one_character_off(iam: Any, _account: str) -> None:
    document = allow("s3:GetObject", "arn:aws:s3:::*aws-panoram*")
    iam.put_role_policy(RoleName="AWSPanoramaSageMakerRole", PolicyName="models", PolicyDocument=document)


def _open_trust(iam: Any, _account: str) -> None:
    role = "AWSPanoramaGreengrassRole"
    trust = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    stranger = {"AWS": f"arn:aws:iam::{FOREIGN_ACCOUNT}:root"}
    trust["Statement"].append({"Effect": "Allow", "Principal": stranger, "Action": "sts:AssumeRole"})
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust))


def _widen_by_version(iam: Any, account: str) -> None:
    document = allow("logs:*", "*")
    iam.create_policy_version(PolicyArn=_tuned_arn(account), PolicyDocument=document, SetAsDefault=True)


def _tuned_arn(account: str) -> str:
    return f"arn:aws:iam::{account}:policy/{TUNED_POLICY}"


HARMLESS = (
    Scene(
        "an inline policy inside the naming pattern",
        "AWSPanoramaSageMakerRole",
        "aws iam put-role-policy --role-name AWSPanoramaSageMakerRole --policy-name tagging  # s3:GetObjectTagging on "
        "arn:aws:s3:::my-aws-panorama-models/*",
        _put_in_pattern,
        MODELS,
    ),
    Scene(
        "a customer managed policy inside the naming pattern",
        "AWSPanoramaApplianceRole",
        f"aws iam attach-role-policy --role-name AWSPanoramaApplianceRole --policy-arn .../{TUNED_POLICY}  # "
        "logs:PutRetentionPolicy on /aws/panorama_device*",
        _attach_tuned_policy,
        LOGS,
    ),
)
ATTACKS = (
    Scene(
        "AdministratorAccess attached",
        "AWSPanoramaServiceRole",
        "aws iam attach-role-policy --role-name AWSPanoramaServiceRole "
        "--policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
        _attach_administrator,
        MODELS,
    ),
    Scene(
        "an inline policy one character off the pattern",
        "AWSPanoramaSageMakerRole",
        "aws iam put-role-policy --role-name AWSPanoramaSageMakerRole --policy-name models  # s3:GetObject on "
        "arn:aws:s3:::*aws-panoram*",
        _put_one_character_off,
        MODELS,
    ),
    Scene(
        "the trust policy opened to another account",
        "AWSPanoramaGreengrassRole",
        f"aws iam update-assume-role-policy --role-name AWSPanoramaGreengrassRole  # plus account {FOREIGN_ACCOUNT}",
        _open_trust,
        Request("greengrass:GetGroup", "*"),
    ),
    Scene(
        "a new default version of an attached customer policy",
        "AWSPanoramaApplianceRole",
        f"aws iam create-policy-version --policy-arn .../{TUNED_POLICY} --set-as-default  # logs:* on *",
        _widen_by_version,
        LOGS,
    ),
)
