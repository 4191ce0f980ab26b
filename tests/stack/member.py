"""A member account of the organisation whose hub is the stack in mode observe."""

import json
from typing import Any

from local.assuming import ORGANIZATION
from local.deploy import STACK_NAME
from local.deploy_intrinsics import Resolver
from local.seed import seed_roles
from tests.stack.account import Account
from tests.template.test_member import MEMBER as TEMPLATE
from tests.template.test_regions import Named
from tests.template.translation import read_source

MEMBER, WITHOUT = "222233334444", "333344445555"  # the second has no stack of the member's template
EXTERNAL_ID = "an-external-id-of-ours"
PARAMETERS = {"OrganizationId": ORGANIZATION, "ExternalId": EXTERNAL_ID, "Members": f"{MEMBER},{WITHOUT}"}
OF_ORGANISATION = tuple(word for name, value in PARAMETERS.items() for word in ("--param", f"{name}={value}"))


def iam_in(account: Account, member: str) -> Any:
    """Return IAM of a member account, for its administrator."""
    arn = f"arn:aws:iam::{member}:role/Administrator"
    return account.client_of(
        account.stack.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    )


def make_member(account: Account) -> Any:
    """Make the read role of the member's template, and the six roles, if they are not there; return its IAM."""
    iam = iam_in(account, MEMBER)
    if not iam.list_roles()["Roles"]:
        with account.events_lost():
            _make_read_role(iam, account)
            list(seed_roles(iam))
    return iam


def _make_read_role(iam: Any, account: Account) -> None:
    source = read_source(TEMPLATE)
    pseudo = {"Region": "us-east-1", "Partition": "aws", "AccountId": MEMBER, "StackName": "member"}
    given = {"HubAccount": account.id, "ExternalId": EXTERNAL_ID, "HubStackName": STACK_NAME}
    defaults = {name: str(one.get("Default", "")) for name, one in source["Parameters"].items()}
    values = defaults | given | {f"AWS::{name}": one for name, one in pseudo.items()}
    role = Resolver(source, values, Named()).resolve(source["Resources"]["ReadRole"]["Properties"])
    trust = json.dumps(role["AssumeRolePolicyDocument"])
    iam.create_role(RoleName=role["RoleName"], Path=role["Path"], AssumeRolePolicyDocument=trust)
    for policy in role["Policies"]:
        document = json.dumps(policy["PolicyDocument"])
        iam.put_role_policy(RoleName=role["RoleName"], PolicyName=policy["PolicyName"], PolicyDocument=document)
