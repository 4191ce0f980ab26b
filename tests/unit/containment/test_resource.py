"""containment/resource.py, laws.py, own_account.py: resource-based documents against the own account."""

from typing import Any

import pytest

from panorama_guard.containment import Contained, Escaped, Grant, Undecided, Verdict
from panorama_guard.containment.caller import caller_of, describe_principal, told_context
from panorama_guard.containment.check import check
from panorama_guard.containment.own_account import own_account_ceiling
from panorama_guard.containment.resource import below, device_grant, resource_grant
from panorama_guard.policy import Document, DocumentError, parse_document_value
from panorama_guard.policy.glob import escape

ACCOUNT, OTHER = "111122223333", "999988887777"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
CEILING = own_account_ceiling(ACCOUNT)


def statement(principal: object = "*", action: str = "s3:GetObject", **more: object) -> dict[str, object]:
    """Return an Allow, or what `more` makes of it."""
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "arn:aws:s3:::b/*", **more}


def document(*statements: dict[str, object]) -> Document:
    """Parse a document of the statements."""
    return parse_document_value({"Version": "2012-10-17", "Statement": list(statements)}, name="policy")


def decide(*statements: dict[str, object], ceiling: Grant = CEILING) -> Verdict:
    """Decide a document of the statements."""
    return check(resource_grant(document(*statements)), ceiling)


@pytest.mark.parametrize(
    ("arn", "ends"),
    [
        ("arn:aws:s3:::b", ["", "/*"]),  # a name of S3 has no colon: another bucket's would begin alike
        ("arn:aws:lambda:us-east-1:111122223333:function:f", ["", "/*", ":*"]),
        ("arn:aws:s3:::b*c", ["", "/*"]),
    ],
)
def test_below_a_resource_is_what_its_name_begins(arn: str, ends: list[str]) -> None:
    """Objects, streams, versions; a wildcard in the name is a character."""
    assert below(arn) == tuple(f"{escape(arn)}{end}" for end in ends)


def test_a_witness_has_principal_action_and_resource() -> None:
    """Three dimensions, one answer."""
    verdict = decide(statement({"AWS": OTHER}))
    assert isinstance(verdict, Escaped)
    witness = verdict.witness
    assert (witness.action, witness.resource) == ("s3:GetObject", "arn:aws:s3:::b/example")
    assert describe_principal(witness) == f"AWS arn:aws:iam::{OTHER}:root"
    assert verdict.statement.index == 0


def test_a_statement_keeps_what_was_written() -> None:
    """For whoever explains the verdict."""
    original = document(statement({"AWS": ACCOUNT}))
    (translated,) = resource_grant(original).policies
    assert [one.written for one in translated.statements] == list(original.statements)


def test_what_is_not_known_of_whom_a_statement_reaches_stands_beside_what_is() -> None:
    """The same text is the same doubt on both sides."""
    limit = {"StringEqualsIfExists": {"aws:PrincipalAccount": ACCOUNT}}
    grant = resource_grant(document(statement(Condition=limit)))
    assert [one.index for one in grant.policies[0].statements] == [0, 0]
    assert check(grant, grant) == Contained()
    assert isinstance(check(grant, CEILING), Undecided)


def test_the_resource_of_a_key_policy_is_the_key_alone() -> None:
    """`*` in a policy of a key is that key; the witness is on it."""
    everybody = document(statement(action="kms:Decrypt", Resource="*"))
    verdict = check(resource_grant(everybody, resource=KEY), CEILING)
    assert isinstance(verdict, Escaped)
    assert verdict.witness.resource == KEY
    own_key = Grant(
        (parse_document_value({"Statement": {"Effect": "Allow", "Action": "*", "Resource": KEY + "*"}}, name="k"),)
    )
    assert check(resource_grant(everybody, resource=KEY), own_key) == Contained()


@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
def test_a_statement_without_principals_is_no_resource_policy(element: str) -> None:
    """It is an error that says so."""
    body: dict[str, object] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    with pytest.raises(DocumentError, match="policy: statement 1: Principal: missing in"):
        resource_grant(document(body))
    assert resource_grant(document({**body, element: {"AWS": ACCOUNT}})).policies


def test_a_policy_of_aws_iot_has_no_principals() -> None:
    """Whoever holds the certificate is meant."""
    plain = document(
        {"Effect": "Allow", "Action": "iot:Publish", "Resource": "arn:aws:iot:us-east-1:1:topic/panorama/x"}
    )
    assert device_grant(plain) == Grant((plain,))
    with pytest.raises(DocumentError, match="not allowed in an IoT policy"):
        device_grant(document(statement()))


def test_keys_that_only_services_send_are_shown_with_a_service() -> None:
    """A witness is a request that can be."""
    verdict = decide(statement(Condition={"StringEquals": {"aws:SourceAccount": OTHER}}))
    assert isinstance(verdict, Escaped)
    assert describe_principal(verdict.witness) == "Service example.amazonaws.com"


def test_a_key_that_its_caller_never_sends_is_a_doubt() -> None:
    """That it is never sent keeps a witness away, and proves nothing."""
    verdict = decide(statement({"AWS": OTHER}, Condition={"StringEquals": {"aws:SourceAccount": OTHER}}))
    assert isinstance(verdict, Undecided)


@pytest.mark.parametrize(
    ("key", "principal"),
    [
        ("aws:username", {"AWS": f"arn:aws:iam::{OTHER}:user/x/bob"}),
        ("aws:userid", {"AWS": f"arn:aws:iam::{OTHER}:role/App"}),
        ("aws:userid", "*"),
        ("aws:PrincipalAccount", {"AWS": OTHER}),
        ("aws:PrincipalArn", {"AWS": f"arn:aws:iam::{OTHER}:role/App"}),
        ("aws:PrincipalOrgID", {"AWS": OTHER}),
        ("aws:PrincipalType", {"AWS": f"arn:aws:sts::{OTHER}:federated-user/bob"}),
    ],
)
def test_a_variable_that_aws_derives_from_the_caller_is_the_callers(key: str, principal: object) -> None:
    """The witness carries what its principal would."""
    verdict = decide(statement(principal, Resource=f"arn:aws:s3:::b/${{{key}}}/x"))
    assert isinstance(verdict, Escaped)
    caller = caller_of(verdict.witness)
    assert caller is not None
    ((name, (value,)),) = told_context(verdict.witness)
    assert (name, value) == (key.lower(), caller.keys[name])
    assert verdict.witness.resource == f"arn:aws:s3:::b/{value}/x"


@pytest.mark.parametrize(
    ("stated", "principal"),
    [
        ({}, {"AWS": ACCOUNT}),
        ({"principals": [OTHER]}, {"AWS": f"arn:aws:iam::{OTHER}:user/bob"}),
        ({"principals": [f"arn:aws:iam::{OTHER}:role/App"]}, {"AWS": f"arn:aws:iam::{OTHER}:role/App"}),
        ({"principals": ["a" * 64]}, {"CanonicalUser": "a" * 64}),
        ({"services": ["s3.amazonaws.com"]}, {"Service": "s3.amazonaws.com"}),
    ],
)
def test_who_is_stated_is_inside(stated: dict[str, Any], principal: object) -> None:
    """And nobody else by that."""
    ceiling = own_account_ceiling(ACCOUNT, **stated)
    assert decide(statement(principal), ceiling=ceiling) == Contained()
    assert isinstance(decide(statement({"AWS": "444455556666"}), ceiling=ceiling), Escaped)


def test_a_stated_principal_that_aws_does_not_take_is_an_error() -> None:
    """The operator is told."""
    with pytest.raises(DocumentError, match="not a principal `somebody`"):
        own_account_ceiling(ACCOUNT, principals=["somebody"])
