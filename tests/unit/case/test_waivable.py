"""What an alert offers to waive is what a waiver may say."""

import pytest

from panorama_guard.case.errors import CommandError
from panorama_guard.case.waivable import may_be_waived
from panorama_guard.case.waiver import Scope
from panorama_guard.judging.waiver_rules import parse_waiver
from tests.builders import allow, policy, trusting

OTHER = {"AWS": "arn:aws:iam::999999999999:root"}
PERMISSIONS = [
    allow("*"),
    allow("*", "arn:aws:s3:::payroll/*"),
    allow("s3:*"),
    allow(["s3:GetObject", "*"]),
    allow("s*:Get*"),
    {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
    allow("s3:*", "arn:aws:s3:::${aws:username}/*"),
    *(
        allow("s3:*", Condition={operator: {key: "a"}})
        for operator in ("StringEquals", "StringLike", "StringNotEquals", "StringEqualsIfExists", "Null")
        for key in ("aws:PrincipalArn", "aws:UserAgent")
    ),
    allow("s3:*", Condition={"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "a"}}),
    allow("s3:*", Condition={"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}),
    allow("*", Condition={"StringEquals": {"aws:PrincipalArn": "a"}}),
]
TRUSTS = [
    trusting(OTHER),
    trusting("*"),
    trusting({"AWS": ["*", "999999999999"]}),
    trusting({"Federated": "arn:aws:iam::111122223333:saml-provider/x"}),
    trusting(OTHER, Condition={"StringEquals": {"sts:ExternalId": "x"}}),
    trusting(OTHER, Condition={"StringLike": {"sts:ExternalId": "x*"}}),
    {"Effect": "Allow", "NotPrincipal": OTHER, "Action": "sts:AssumeRole"},
]


@pytest.mark.parametrize(
    ("statement", "scope"),
    [*((one, Scope.PERMISSIONS) for one in PERMISSIONS), *((one, Scope.TRUST) for one in TRUSTS)],
)
def test_what_is_offered_is_what_is_accepted(statement: dict[str, object], scope: Scope) -> None:
    """As it stands in a policy, an escape has the same elements."""
    text = policy(statement)
    try:
        parse_waiver(text, scope)
        is_accepted = True
    except CommandError:
        is_accepted = False
    assert may_be_waived(text, scope) is is_accepted


def test_what_an_escape_does_not_take_in_is_no_reason_to_refuse_it() -> None:
    """Its Denies are what the ceiling allows."""
    text = policy(allow("s3:*"), {"Effect": "Deny", "NotAction": "s3:Get*", "Resource": "*"})
    assert may_be_waived(text, Scope.PERMISSIONS)
