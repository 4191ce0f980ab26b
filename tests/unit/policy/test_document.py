"""policy/document.py: what is read, and what is refused with field and value."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from panorama_guard.policy import DocumentError, Effect, Patterns, Principals, parse_document, parse_document_value
from panorama_guard.policy.condition import Condition
from panorama_guard.policy.glob import Glob

ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def one(**more: object) -> dict[str, object]:
    """Return a document of one statement with `more` elements."""
    return {"Version": "2012-10-17", "Statement": {**ALLOW, **more}}


def test_single_values_stand_for_lists() -> None:
    """A statement, an action or a resource without a list is a list of one."""
    (statement,) = parse_document(json.dumps(one(Sid="a")), name="x").statements
    assert (statement.index, statement.sid, statement.effect) == (0, "a", Effect.ALLOW)
    assert statement.actions == Patterns(negated=False, globs=(Glob("s3:GetObject"),))
    assert statement.resources == Patterns(negated=False, globs=(Glob("*"),))


def test_a_document_without_version_is_of_the_first_version() -> None:
    """Its variables are plain text."""
    document = parse_document_value({"Statement": {**ALLOW, "Resource": "arn:aws:s3:::${aws:x}"}}, name="x")
    assert document.version == "2008-10-17"
    assert document.statements[0].resources == Patterns(negated=False, globs=(Glob("arn:aws:s3:::${$}{aws:x}"),))


def test_condition_values_that_are_no_text_become_text() -> None:
    """Truth values and numbers are what IAM writes for them."""
    document = parse_document_value(one(Condition={"Bool": {"aws:SecureTransport": True, "k": [5, "x"]}}), name="x")
    assert document.statements[0].conditions == (
        Condition("Bool", "aws:securetransport", (Glob("true"),)),
        Condition("Bool", "k", (Glob("5"), Glob("x"))),
    )


def test_a_trust_document_keeps_its_principals() -> None:
    """Principal and NotPrincipal are read; Resource may then be missing."""
    trust = {"Effect": "Allow", "Principal": {"Service": ["a", "b"], "AWS": "*"}, "Action": "sts:AssumeRole"}
    (statement,) = parse_document_value({"Statement": [trust]}, name="x").statements
    assert statement.resources is None
    assert statement.principals == Principals(negated=False, entries=(("Service", "a"), ("Service", "b"), ("AWS", "*")))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "x: not an object `[]`"),
        ({}, "x: Statement: missing in `{}`"),
        ({"Statement": [], "Extra": 1}, "x: unknown element `Extra`"),
        ({"Version": "2013-01-01", "Statement": []}, "x: Version: not a policy version `2013-01-01`"),
        ({"Version": 5, "Statement": []}, "x: Version: not a text `5`"),
        ({"Id": 5, "Statement": []}, "x: Id: not a text `5`"),
        ({"Statement": "all"}, "x: statement 1: not an object `all`"),
        (one(Effect="allow"), "x: statement 1: Effect: neither Allow nor Deny `allow`"),
        (one(NotAction="x"), "x: statement 1: Action: stands beside `NotAction`"),
        (one(NotResource="x"), "x: statement 1: Resource: stands beside `NotResource`"),
        (one(Ressource="x"), "x: statement 1: unknown element `Ressource`"),
        (one(Action=[5]), "x: statement 1: Action: not a text `5`"),
        (one(Resource={}), "x: statement 1: Resource: not a text `{}`"),
        (one(Sid=5), "x: statement 1: Sid: not a text `5`"),
        (one(Resource="${"), "x: statement 1: Resource: policy variable: not closed or empty `${`"),
        (one(Condition={"StringLike": {"k": "${"}}), "x: statement 1: Condition: StringLike: k: policy variable: "),
        (one(Condition={"StringLike": "k"}), "x: statement 1: Condition: StringLike: not an object `k`"),
        (one(Condition={"StringLike": {"k": None}}), "x: statement 1: Condition: StringLike: k: not a text, number"),
        (one(Principal="root"), "x: statement 1: Principal: not an object `root`"),
        (one(Principal={"Robot": "x"}), "x: statement 1: Principal: unknown element `Robot`"),
        ({"Statement": {"Effect": "Allow", "Action": "*"}}, "x: statement 1: Resource: missing in"),
        ({"Statement": {"Effect": "Allow", "Resource": "*"}}, "x: statement 1: Action: missing in"),
    ],
)
def test_what_is_not_understood_is_refused_with_field_and_value(value: object, message: str) -> None:
    """Nothing is guessed and nothing is ignored."""
    with pytest.raises(DocumentError) as caught:
        parse_document_value(value, name="x")
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"Statement": [], "Statement": []}', "x: duplicate key `Statement`"),
        ('{"Version": "2012-10-17", "Id": "a", "Id": "b"}', "x: duplicate key `Id`"),
        ('{"Version": "\\u001b[2J\\n"}', r"x: Version: not a policy version `\x1b[2J\n`"),
        ("{", "x: not JSON"),
        ("", "x: not JSON"),
        ('{"Statement": NaN}', "x: not a JSON value `NaN`"),
        ("[" * 100_000, "x: not JSON that can be read"),
    ],
)
def test_text_that_is_no_plain_json_is_refused(text: str, message: str) -> None:
    """A key that stands twice is an error, because readers differ on which one counts."""
    with pytest.raises(DocumentError) as caught:
        parse_document(text, name="x")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "action", ["s3:GetObject ", " s3:*", "\u212ams:Decrypt", "s3:Get$", "s3:[ab]", "${aws:username}:*"]
)
def test_an_action_that_no_service_can_have_is_not_guessed_at(action: str) -> None:
    """IAM may trim it, refuse it or match nothing: what is not understood is told."""
    with pytest.raises(DocumentError, match="statement 1: Action: name: characters that no action has in"):
        parse_document_value({"Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}, name="x")


def test_a_key_in_two_spellings_is_not_guessed_at() -> None:
    """Names of keys ignore case, so one of the two may count, or both."""
    block = {"StringEquals": {"s3:prefix": "a", "S3:Prefix": "b"}}
    statement = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": block}
    with pytest.raises(DocumentError, match="the same key in another spelling `S3:Prefix`"):
        parse_document_value({"Statement": statement}, name="x")


def test_a_number_is_compared_as_it_is_written() -> None:
    """A floating-point number would round it to the next one."""
    allow = '"Effect": "Allow", "Action": "s3:*", "Resource": "*"'
    condition = '"Condition": {"NumericEquals": {"k": 9007199254740993.0}}'
    (statement,) = parse_document(f'{{"Statement": {{{allow}, {condition}}}}}', name="p").statements
    assert statement.conditions[0].values == ("9007199254740993.0",)


@pytest.mark.parametrize(
    "statement",
    [
        lambda number: {"Effect": "Allow", "Action": "s3:Get*", "Resource": f"arn:aws:s3:::payroll-{number}/*"},
        lambda number: {"Effect": "Allow", "Action": "s3:Get*", "Resource": ["*", f"arn:aws:s3:::payroll-{number}/*"]},
        lambda number: {
            "Effect": "Allow",
            "Action": "s3:Get*",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": f"team-{number}"}},
        },
    ],
)
def test_documents_of_one_name_that_differ_in_a_resource_or_a_condition_have_hashes_of_their_own(
    statement: Callable[[int], dict[str, object]],
) -> None:
    """An account has a thousand such; else each one that is looked up is compared with all others."""
    made = [
        parse_document_value({"Version": "2012-10-17", "Statement": [statement(number)]}, name="own")
        for number in range(1_000)
    ]
    assert len(set(map(hash, made))) > 990
