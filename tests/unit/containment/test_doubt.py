"""What an undecided question turns on."""

from typing import Any

import pytest

from panorama_guard.containment import Grant, StatementRef, Undecided
from panorama_guard.containment.check import check
from panorama_guard.containment.doubt import Cause, Doubt, Unsure, explain_doubt
from panorama_guard.containment.trust import trust_grant
from panorama_guard.policy import parse_document_value
from tests.benchmarks.adversarial import grants
from tests.builders import allow, deny, trusting

THERE = StatementRef("p", None, 0)


def grant(name: str, *statements: dict[str, Any]) -> Grant:
    """Return the grant of one document."""
    return Grant((parse_document_value({"Version": "2012-10-17", "Statement": list(statements)}, name=name),))


def doubts(inner: Grant, ceiling: Grant) -> tuple[Doubt, ...]:
    """Return the doubts about a question that is undecided."""
    assert isinstance(check(inner, ceiling), Undecided)
    return explain_doubt(inner, ceiling).doubts


def under(operator: str, key: str, value: str) -> dict[str, Any]:
    """Return an Allow under one condition."""
    return allow("s3:GetObject", Condition={operator: {key: value}})


NARROW = grant("c", allow("s3:*", "arn:aws:s3:::a"))


def test_the_statement_in_doubt_is_named_with_its_unknown_operator() -> None:
    """The statements that are decided are not."""
    inner = grant("p", allow("s3:GetObject", "arn:aws:s3:::a"), under("FooEquals", "aws:x", "1"))
    (doubt,) = doubts(inner, NARROW)
    place = StatementRef("p", None, 1)
    assert doubt == Doubt(place, (Cause(Unsure.OPERATOR, place, inner.policies[0].statements[1].conditions),))


@pytest.mark.parametrize(
    ("statement", "unsure", "patterns"),
    [
        (under("Bool", "aws:SecureTransport", "maybe"), Unsure.VALUE, ("maybe",)),
        (under("NumericEquals", "aws:MultiFactorAuthAge", "many"), Unsure.VALUE, ("many",)),
        (under("IpAddress", "aws:SourceIp", "everywhere"), Unsure.VALUE, ("everywhere",)),
        (under("DateLessThan", "aws:CurrentTime", "soon"), Unsure.VALUE, ("soon",)),
        (under("Null", "k", "perhaps"), Unsure.VALUE, ("perhaps",)),
        (under("ArnEquals", "aws:SourceArn", "arn:aws"), Unsure.OPEN, ("arn:aws",)),
        (under("BinaryEquals", "k", "QR=="), Unsure.VALUE, ("QR==",)),
    ],
)
def test_a_value_that_nobody_can_read_is_named(statement: dict[str, Any], unsure: Unsure, patterns: Any) -> None:
    """By the operator that was to compare it; a short ARN is what AWS leaves open."""
    (doubt,) = doubts(grant("p", statement), NARROW)
    assert [(cause.unsure, cause.patterns) for cause in doubt.causes] == [(unsure, patterns)]


def test_what_aws_leaves_open_is_named_where_it_stands() -> None:
    """In a statement of the ceiling, too, if it may have a say; other statements of it are not looked at."""
    inner = grant("p", allow("s3:GetObject", Condition={"StringEquals": {"aws:TagKeys": "a"}}))
    ceiling = grant(
        "c",
        allow("s3:*", Condition={"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "a"}}),
        allow("iam:*", Condition={"FooEquals": {"k": "v"}}),
    )
    (doubt,) = doubts(inner, ceiling)
    assert [(cause.unsure, cause.statement.policy) for cause in doubt.causes] == [
        (Unsure.OPEN, "p"),
        (Unsure.OPEN, "c"),
    ]


def test_letters_other_than_those_of_ascii_are_named_where_case_does_not_count() -> None:
    """Which of them are one letter AWS does not say; a text without them is not what the question turns on."""
    inner, ceiling = (
        grant(name, under("StringEqualsIgnoreCase", "s3:prefix", text))
        for name, text in (("p", "stra\u00dfe"), ("c", "STRASSE"))
    )
    (doubt,) = doubts(inner, ceiling)
    assert [(cause.unsure, cause.statement) for cause in doubt.causes] == [(Unsure.OPEN, THERE)]


def test_the_surest_cause_is_told_first() -> None:
    """Of an unknown operator nothing is ever known."""
    odd = {"StringLike": {"s3:prefix": "${aws:username}/*"}, "FooEquals": {"k": "v"}}
    (doubt,) = doubts(grant("p", allow("s3:*", "arn:aws:s3:::${aws:userid}", Condition=odd)), NARROW)
    assert [cause.unsure for cause in doubt.causes] == [Unsure.OPERATOR, Unsure.VARIABLE, Unsure.VARIABLE]
    assert [cause.patterns for cause in doubt.causes[1:]] == [
        ("${aws:username}/*",),
        ("arn:aws:s3:::${aws:userid}",),
    ]


def test_a_deny_that_is_not_understood_is_named() -> None:
    """It may take away what escapes."""
    inner = grant("p", allow("s3:GetObject"), deny("s3:*", Condition={"FooEquals": {"k": "v"}}))
    (doubt,) = doubts(inner, NARROW)
    assert (doubt.statement, doubt.causes[0].statement) == (THERE, StatementRef("p", None, 1))


def test_a_principal_that_aws_leaves_open_is_named_as_one() -> None:
    """The engine's own conditions for it are nobody's."""
    inner, ceiling = (
        trust_grant(parse_document_value({"Statement": listed}, name="t"))
        for listed in (
            [trusting("*"), {"Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}],
            trusting("*", Condition={"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:root"}}),
        )
    )
    (doubt,) = doubts(inner, ceiling)
    assert doubt.causes == (Cause(Unsure.OPEN, StatementRef("t", None, 1)),)


def test_a_spent_budget_is_told_as_that() -> None:
    """Of such a question nothing else is known."""
    inner, ceiling = grants("variables")
    (doubt, *_) = explain_doubt(inner, ceiling, budget=1_000).doubts
    assert doubt.causes == (Cause(Unsure.WORK, doubt.statement),)


def test_operators_of_different_kinds_on_one_key_are_named() -> None:
    """Each kind is understood, both together are not."""
    tests = {"IpAddress": {"k": "10.0.0.0/8"}, "StringLike": {"k": "*0*1*"}}
    (doubt,) = doubts(grant("p", allow("s3:GetObject", Condition=tests)), NARROW)
    assert [cause.unsure for cause in doubt.causes] == [Unsure.KINDS, Unsure.KINDS]
