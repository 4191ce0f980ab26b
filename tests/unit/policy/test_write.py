"""What is written reads back as what it was."""

import json

import pytest

from panorama_guard.policy import parse_document, parse_document_value
from panorama_guard.policy.write import document_value, write_document

STATEMENTS = [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a"},
    {"Sid": "x", "Effect": "Deny", "NotAction": ["s3:Get*", "iam:*"], "NotResource": ["arn:aws:s3:::a*", "*"]},
    {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:sqs"},
    {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${aws:username}/${*}/${$}${?}"},
    {
        "Effect": "Allow",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {
            "StringEquals": {"k": ["a*", "b?", "${aws:username, 'x'}"], "m": "c"},
            "StringLike": {"k": ["a*", "${*}"]},
            "NumericLessThan": {"n": 5},
            "Bool": {"b": True},
            "ForAllValues:StringEquals": {"k": []},
        },
    },
    {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
    {"Effect": "Allow", "Principal": {"AWS": ["1" * 12, "*"], "Service": "s.amazonaws.com"}, "Action": "sts:*"},
    {"Effect": "Deny", "NotPrincipal": {"AWS": "1" * 12}, "Action": "s3:*", "Resource": "*"},
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_reads_back_as_itself(statement: dict[str, object]) -> None:
    """Globs, escapes, variables and every kind of value."""
    read = parse_document_value({"Version": "2012-10-17", "Statement": statement}, name="x")
    assert parse_document(write_document(read.statements), name="x") == read


def test_text_of_the_first_version_keeps_its_meaning() -> None:
    """There `${aws:username}` is text; in the version that is written it has to be escaped."""
    old = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${aws:username}"}}
    read = parse_document_value(old, name="x")
    again = parse_document(write_document(read.statements), name="x")
    assert again.statements == read.statements
    assert document_value(read.statements)["Statement"][0]["Resource"] == "arn:aws:s3:::${$}{aws:username}"


def test_the_text_is_short_and_ascii() -> None:
    """A list of one is its member, there is no space, and no character that acts on a terminal."""
    told = {"Effect": "Allow", "Action": ["s3:*"], "Resource": ["arn:aws:s3:::\u202e\x1b"]}
    text = write_document(parse_document_value({"Statement": told}, name="x").statements)
    assert text.isascii()
    assert " " not in text
    assert json.loads(text)["Statement"] == [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::\u202e\x1b"}
    ]
