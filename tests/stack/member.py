"""A member account of the organisation whose hub is a stack."""

import json
from collections.abc import Mapping
from typing import Any

from local.assuming import ORGANIZATION
from local.deploy import STACK_NAME
from local.deploy_intrinsics import Resolver
from local.seed import seed_roles
from panorama_guard.aws.clients import keep_documents_as_text
from tests.stack.account import Account
from tests.stack.roles import delete_role
from tests.template.test_member import MEMBER as TEMPLATE
from tests.template.test_regions import Named
from tests.template.translation import read_source

MEMBER, WITHOUT = "222233334444", "333344445555"  # the second has no stack of the member's template
EXTERNAL_ID = "an-external-id-of-ours"
PARAMETERS = {"OrganizationId": ORGANIZATION, "ExternalId": EXTERNAL_ID, "Members": f"{MEMBER},{WITHOUT}"}
OF_ORGANISATION = tuple(word for name, value in PARAMETERS.items() for word in ("--param", f"{name}={value}"))
REMEDIATED = (*OF_ORGANISATION, "--param", "RemediateMembers=yes")
REMEDIATION_ROLE = "panorama-guard-remediate"


def keys_in(account: Account, member: str) -> Mapping[str, str]:
    """Return the keys of a member account's administrator."""
    arn = f"arn:aws:iam::{member}:role/Administrator"
    keys: Mapping[str, str] = account.stack.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")[
        "Credentials"
    ]
    return keys


def iam_in(account: Account, member: str) -> Any:
    """Return IAM of a member account, for its administrator, which leaves documents as they are."""
    iam = account.client_of(keys_in(account, member))
    keep_documents_as_text(iam)
    return iam


def make_member(account: Account, *roles: str) -> Any:
    """Make roles of the member's template, its read role if none is named, and the six roles anew; return its IAM."""
    iam = iam_in(account, MEMBER)
    with account.events_lost():
        for role in iam.list_roles()["Roles"]:
            delete_role(iam, role["RoleName"])
        for name in roles or ("ReadRole",):
            _make_role(name, iam, account)
        list(seed_roles(iam))
    return iam


def _make_role(name: str, iam: Any, account: Account) -> None:
    source = read_source(TEMPLATE)
    pseudo = {"Region": "us-east-1", "Partition": "aws", "AccountId": MEMBER, "StackName": "member"}
    given = {"HubAccount": account.id, "ExternalId": EXTERNAL_ID, "HubStackName": STACK_NAME, "Remediation": "yes"}
    defaults = {name: str(one.get("Default", "")) for name, one in source["Parameters"].items()}
    values = defaults | given | {f"AWS::{name}": one for name, one in pseudo.items()}
    role = Resolver(source, values, Named()).resolve(source["Resources"][name]["Properties"])
    trust = json.dumps(role["AssumeRolePolicyDocument"])
    iam.create_role(RoleName=role["RoleName"], Path=role["Path"], AssumeRolePolicyDocument=trust)
    for policy in role["Policies"]:
        document = json.dumps(policy["PolicyDocument"])
        iam.put_role_policy(RoleName=role["RoleName"], PolicyName=policy["PolicyName"], PolicyDocument=document)
