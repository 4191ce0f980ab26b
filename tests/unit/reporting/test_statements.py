"""How far an escape reaches, in words and for machines."""

import json

import pytest

from panorama_guard.reporting.plain import is_seen
from panorama_guard.reporting.statements import LONGEST_DOCUMENT, escape_body, escape_lines, statement_words
from tests.builders import allow, deny, policy, trusting


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (allow("s3:*", "arn:aws:s3:::a"), "s3:* on arn:aws:s3:::a"),
        (allow("*"), "every action on everything"),
        (
            {"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "NotResource": "arn:aws:s3:::a"},
            "every action but iam:*, s3:* on everything but arn:aws:s3:::a",
        ),
        (allow(list("abcdefgh")), "a, b, c, d, e, f and 2 more on everything"),
        (allow(list("abcdefg")), "a, b, c, d, e, f, g on everything"),
        (
            allow("s3:*", Condition={"StringNotEquals": {"k": ["a", "b"]}, "Null": {"k": "false"}}),
            "s3:* on everything if StringNotEquals k a, b and Null k false",
        ),
        (trusting({"AWS": ["1", "2"], "Service": "s"}), "sts:AssumeRole by AWS 1, AWS 2, Service s"),
        (trusting("*"), "sts:AssumeRole by everybody"),
        (
            {"Effect": "Allow", "NotPrincipal": {"Service": "s"}, "Action": "sts:*"},
            "sts:* by everybody but Service s",
        ),
        ({"Effect": "Allow", "NotPrincipal": "*", "Action": "sts:*"}, "sts:* by nobody"),
    ],
)
def test_a_statement_is_told_in_words(statement: dict[str, object], words: str) -> None:
    """As people say it; a long list is shortened."""
    assert statement_words(statement) == words


def test_what_is_denied_is_told_after_what_is_allowed() -> None:
    """Under names of their own."""
    document = policy(deny("s3:Get*"), allow("s3:*"))
    assert list(escape_lines(document, "below")) == [
        ("Escapes", "s3:* on everything"),
        ("But not", "s3:Get* on everything"),
    ]


@pytest.mark.parametrize(("number", "last"), [(9, "and 5 more statements, see below"), (5, "svc4:A on everything")])
def test_many_statements_are_counted(number: int, last: str) -> None:
    """A person reads a few, and where the whole is; one more is told as well as counted."""
    document = policy(*(allow(f"svc{number}:A") for number in range(number)))
    assert [text for _, text in escape_lines(document, "below")][-2:] == ["svc3:A on everything", last]


def test_a_machine_gets_the_statements() -> None:
    """And how many were left out of a long document."""
    short = policy(allow("s3:*"), deny("s3:Get*"))
    assert escape_body(short) == {**json.loads(short), "left_out": 0}
    long = policy(*(allow(f"svc{number}:A", "x" * 1_000) for number in range(9)))
    body = escape_body(long)
    assert body["left_out"] == 4
    assert len(json.dumps(body)) < LONGEST_DOCUMENT + 1_000


def test_no_document_has_no_statements() -> None:
    """Nothing is made up."""
    assert list(escape_lines("", "below")) == []
    assert escape_body("") == {"Version": "2012-10-17", "Statement": [], "left_out": 0}


HOSTILE = "\x1b[2J\u202e\nSeverity:    LOW" + "x" * 2_000


def test_hostile_text_is_made_plain() -> None:
    """In every member of the JSON; lines are made plain by who writes them."""
    document = policy(allow(HOSTILE, HOSTILE, Condition={HOSTILE: {HOSTILE: [HOSTILE]}}))
    told = json.dumps(escape_body(document), ensure_ascii=False)
    assert all(map(is_seen, told))
    assert "x" * 601 not in told
