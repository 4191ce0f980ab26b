"""The types of context keys, as the simulator calls them."""

import pytest

from panorama_guard.containment import Grant
from panorama_guard.containment.context_types import context_type, context_types, may_be
from panorama_guard.policy import parse_document_value
from panorama_guard.policy.condition import parse_condition


@pytest.mark.parametrize(
    ("key", "values", "expected"),
    [
        ("iam:PassedToService", ("lambda.amazonaws.com",), "string"),
        ("aws:SecureTransport", ("false",), "boolean"),
        ("aws:MultiFactorAuthAge", ("299",), "numeric"),
        ("aws:CurrentTime", ("2026-01-01T00:00:00Z",), "date"),
        ("aws:SourceIp", ("203.0.113.9",), "ip"),
        ("AWS:SOURCEIP", ("203.0.113.9",), "ip"),
        ("aws:TagKeys", ("a",), "stringList"),
        ("k", ("a", "b"), "stringList"),
        ("aws:SourceIp", ("nowhere",), "string"),
    ],
)
def test_a_key_has_the_type_that_aws_gives_it(key: str, values: tuple[str, ...], expected: str) -> None:
    """Names ignore case; a value of another type is text."""
    assert context_type(key, values) == expected


@pytest.mark.parametrize(
    ("tests", "values", "expected"),
    [
        ([("NumericLessThan", "5")], ("4",), "numeric"),
        ([("DateGreaterThan", "2026-01-01")], ("2027-01-01",), "date"),
        ([("Bool", "true"), ("Null", "false")], ("true",), "boolean"),
        ([("BinaryEquals", "YQ==")], ("YQ==",), "binary"),
        ([("NumericLessThan", "5"), ("StringEquals", "4")], ("4",), "string"),
        ([("ForAnyValue:NumericLessThan", "5")], ("4",), "numericList"),
        ([("StringLike", "a*")], ("ab",), "string"),
    ],
)
def test_another_key_has_the_type_that_policies_test_it_as(
    tests: list[tuple[str, str]], values: tuple[str, ...], expected: str
) -> None:
    """One that is tested as two is text."""
    conditions = [parse_condition(operator, "k", (value,), variables=True) for operator, value in tests]
    assert context_type("k", values, conditions) == expected


def test_every_key_of_a_context_is_told() -> None:
    """By the conditions of all grants."""
    body = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NumericEquals": {"ec2:Size": 5}}}
    grant = Grant((parse_document_value({"Statement": body}, name="x"),))
    context = (("aws:SourceIp", ("203.0.113.9",)), ("ec2:Size", ("5",)))
    assert context_types(context, Grant(()), grant) == (("aws:SourceIp", "ip"), ("ec2:Size", "numeric"))


@pytest.mark.parametrize(
    ("key", "text", "may"),
    [
        ("aws:sourceip", "203.0.113.9", True),
        ("aws:sourceip", "example", False),
        ("aws:currenttime", "2026-01-01T00:00:00Z", True),
        ("aws:currenttime", "", False),
        ("s3:max-keys", "0", True),
        ("aws:securetransport", "maybe", False),
        ("aws:username", "", True),
    ],
)
def test_a_request_may_have_what_is_of_the_key_s_type(key: str, text: str, *, may: bool) -> None:
    """A key without a type may be any text."""
    assert may_be(key, text) is may


def test_nothing_is_a_number() -> None:
    """Zero is told as one."""
    assert context_type("s3:max-keys", ("0",)) == "numeric"
