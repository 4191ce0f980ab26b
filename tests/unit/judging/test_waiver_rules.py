"""A waiver says nothing whose meaning an attacker decides."""

import json
from typing import Any

import pytest

from panorama_guard.case.errors import CommandError
from panorama_guard.case.waivable import SAFE_KEYS
from panorama_guard.case.waiver import Scope
from panorama_guard.judging.waiver_rules import is_for_all, parse_waiver
from tests.builders import ADMINISTRATOR, PAYROLL, allow, deny, policy, trusting

OTHER = {"AWS": "arn:aws:iam::999999999999:role/Auditor"}


def refused(text: str, scope: Scope = Scope.PERMISSIONS) -> str:
    """Return why a waiver is refused."""
    with pytest.raises(CommandError) as caught:
        parse_waiver(text, scope)
    assert caught.value.field == "document"
    return str(caught.value)


def on(operator: str, key: str, value: object = "x") -> dict[str, Any]:
    """Return a Condition element."""
    return {operator: {key: value}}


@pytest.mark.parametrize(
    "text",
    [
        PAYROLL,
        ADMINISTRATOR,
        policy(allow("s3:*")),
        policy(allow(["s3:Get*", "kms:Decrypt"], ["arn:aws:s3:::payroll/*", "*"])),
        policy(allow("iam:PassRole", Condition=on("StringEquals", "iam:PassedToService", "ecs.amazonaws.com"))),
        policy(allow("s3:GetObject", Condition=on("StringEquals", "aws:ResourceAccount", "111122223333"))),
        policy(allow("s3:GetObject", Condition=on("DateLessThan", "AWS:CurrentTime", "2027-01-01T00:00:00Z"))),
        policy(allow("s3:GetObject", Condition=on("Bool", "aws:SecureTransport", "true"))),
        policy(allow("s3:GetObject", Condition=on("StringLike", "aws:RequestedRegion", "eu-*"))),
    ],
)
def test_a_document_for_an_identity_is_taken(text: str) -> None:
    """Named services, and conditions on what AWS alone decides."""
    assert parse_waiver(text, Scope.PERMISSIONS).statements


@pytest.mark.parametrize(
    "statement",
    [
        trusting(OTHER),
        trusting({"AWS": "999999999999"}, ["sts:AssumeRole", "sts:TagSession"]),
        trusting({"Service": "ecs-tasks.amazonaws.com"}, Condition=on("StringEquals", "aws:SourceAccount", "1")),
        trusting(OTHER, Condition=on("StringEquals", "sts:ExternalId", "our secret")),
        trusting(OTHER, Condition=on("Bool", "aws:MultiFactorAuthPresent", "true")),
    ],
)
def test_a_trust_policy_is_taken(statement: dict[str, object]) -> None:
    """Of principals by name."""
    assert parse_waiver(policy(statement), Scope.TRUST).statements


@pytest.mark.parametrize(
    "key",
    [
        *(
            "aws:UserAgent",
            "aws:userid",
            "aws:username",
            "aws:PrincipalTag/team",
            "aws:RequestTag/team",
            "aws:SourceIp",
        ),
        *("aws:Referer", "aws:TagKeys", "aws:SourceVpce", "aws:TokenIssueTime", "s3:prefix", "sts:RoleSessionName"),
        *("aws:SourceIdentity", "aws:ResourceTag/team", "AWS:USERAGENT", "no-such:Key"),
    ],
)
@pytest.mark.parametrize("scope", Scope)
def test_a_condition_on_what_others_choose_is_refused(key: str, scope: Scope) -> None:
    """The error names the key, and those that are safe."""
    condition = on("StringEquals", key)
    statements = {
        Scope.PERMISSIONS: allow("s3:GetObject", Condition=condition),
        Scope.TRUST: trusting(OTHER, Condition=condition),
        Scope.RESOURCE: allow("s3:GetObject", Principal=OTHER, Condition=condition),
    }
    text = policy(statements[scope])
    why = refused(text, scope)
    assert "not on the list of safe ones" in why
    assert why.endswith(f": `{key}`")


@pytest.mark.parametrize(
    ("scope", "key"), [(Scope.TRUST, "aws:RequestedRegion"), (Scope.PERMISSIONS, "sts:ExternalId")]
)
def test_a_key_is_safe_in_one_kind_of_document_only(scope: Scope, key: str) -> None:
    """What it means hangs on who decides it there."""
    condition = on("StringEquals", key)
    statements = {
        Scope.PERMISSIONS: allow("s3:GetObject", Condition=condition),
        Scope.TRUST: trusting(OTHER, Condition=condition),
        Scope.RESOURCE: allow("s3:GetObject", Principal=OTHER, Condition=condition),
    }
    text = policy(statements[scope])
    assert "not on the list" in refused(text, scope)


@pytest.mark.parametrize(
    "operator",
    [
        *("StringNotEquals", "StringNotLike", "ArnNotLike", "StringEqualsIfExists", "ForAllValues:StringEquals"),
        *("ForAnyValue:StringEquals", "Null", "IpAddress", "BinaryEquals", "StringEquels"),
    ],
)
def test_an_operator_that_holds_where_the_key_is_absent_is_refused(operator: str) -> None:
    """Or one that is not compared."""
    text = policy(allow("s3:GetObject", Condition=on(operator, "aws:ResourceAccount", "true")))
    assert refused(text).endswith(f": `{operator}`")


def test_an_external_id_is_compared_exactly() -> None:
    """A pattern would be for an attacker to match."""
    text = policy(trusting(OTHER, Condition=on("StringLike", "sts:ExternalId", "*")))
    assert "sts:ExternalId with anything but StringEquals" in refused(text, Scope.TRUST)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not an IAM document"),
        ("{}", "not an IAM document"),
        ("[]", "not an IAM document"),
        (policy(), "waives nothing"),
        ('{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}', "duplicate key"),
        (policy(allow("s3:*"), deny("s3:PutObject")), "one that denies"),
        (policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}), "open at one end"),
        (policy({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::x"}), "open at one end"),
        (policy(allow("*", "arn:aws:s3:::payroll/*")), "every action in part"),
        (policy(allow("*", Condition=on("Bool", "aws:SecureTransport", "true"))), "every action in part"),
        (policy(allow("s*:Get*")), "wildcard in the name of a service"),
        (policy(allow("?3:Get*")), "wildcard in the name of a service"),
        (policy(allow("s3:GetObject", "arn:aws:s3:::${aws:username}/*")), "policy variable"),
        (policy(trusting({"AWS": "999999999999"})), "needs Resource"),
        (json.dumps({"Statement": allow("s3:*", "arn:aws:s3:::${aws:PrincipalTag/x}")}), "policy variable"),
    ],
)
def test_what_no_permission_waiver_may_say_is_refused(text: str, why: str) -> None:
    """The error says what it is."""
    assert why in refused(text)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (trusting("*"), "everybody may become the role"),
        (trusting({"AWS": "*"}), "everybody may become the role"),
        (trusting({"AWS": "arn:aws:iam::*:root"}), "wildcard inside a principal"),
        (trusting({"Federated": "accounts.google.com"}), "identity provider decides"),
        (trusting({"CanonicalUser": "79a59d"}), "no principal of a trust policy"),
        (trusting(OTHER, "*"), "more than sts actions"),
        (trusting(OTHER, ["sts:AssumeRole", "iam:*"]), "more than sts actions"),
        (allow("sts:AssumeRole"), "needs Principal"),
        ({"Effect": "Allow", "NotPrincipal": OTHER, "Action": "sts:AssumeRole"}, "open at one end"),
    ],
)
def test_what_no_trust_waiver_may_say_is_refused(statement: dict[str, object], why: str) -> None:
    """Nobody is let in whom somebody else chooses."""
    assert why in refused(policy(statement), Scope.TRUST)


def test_a_waiver_of_everything_is_known() -> None:
    """By its action alone."""
    assert is_for_all(parse_waiver(ADMINISTRATOR, Scope.PERMISSIONS))
    assert not is_for_all(parse_waiver(PAYROLL, Scope.PERMISSIONS))


def test_every_safe_key_has_its_reason() -> None:
    """In lower case, as the engine compares them."""
    for keys in SAFE_KEYS.values():
        assert all(key == key.lower() and reason for key, reason in keys.items())
