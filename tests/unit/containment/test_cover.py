"""containment/cover.py, hunt.py, records.py: what one pattern or condition says of another, and where an escape is."""

from itertools import product

import pytest

from panorama_guard.containment import Contained, Escaped, Grant, StatementRef, Undecided
from panorama_guard.containment.check import check
from panorama_guard.containment.cover import _embeds_at_once, covers, embeds, entails, is_split
from panorama_guard.policy import parse_document
from panorama_guard.policy.condition import Condition, parse_condition
from panorama_guard.policy.glob import Glob, parse_glob, tokens
from tests.builders import allow, policy

SMALL = ["".join(parts) for size in range(4) for parts in product(("a", "b", "*", "?", "${k}"), repeat=size)]


def test_all_places_at_once_say_what_one_after_the_other_says() -> None:
    """The reading that takes nothing back is another way to the same answer, of every pair of small patterns."""
    read = {text: tokens(parse_glob(text, variables=True)) for text in SMALL}
    for outer, inner in product(read.values(), repeat=2):
        assert _embeds_at_once(outer, inner) is embeds(outer, inner), (outer, inner)


@pytest.mark.parametrize(
    ("outer", "inner"), [("arn:aws:s3:::*", "arn"), ("arn", "arn:aws:s3:::*"), ("*:*", "arn:aws:s3:::x")]
)
def test_a_pattern_of_other_fields_is_not_plainly_covered(outer: str, inner: str) -> None:
    """One that has fewer fields says nothing of those that it has not."""
    assert not covers(Glob(outer), Glob(inner))


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("brn:aws:s3:::${k}", "arn:aws:s3:::${k}", False),
        ("arn:aws:logs:::log-group:*", "arn:aws:logs:::log-group:${k}:b", True),
        ("arn:aws:s3:*::${k}", "arn:aws:s3:a:b:${k}", False),
    ],
)
def test_patterns_with_variables_are_compared_field_by_field(outer: str, inner: str, *, expected: bool) -> None:
    """The first five colons part them, and no other does."""
    assert covers(parse_glob(outer, variables=True), parse_glob(inner, variables=True)) is expected


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("StringEquals", ("a", "b"), True),
        ("StringLike", ("a*", "b"), True),
        ("StringNotEquals", ("a", "b"), False),
        ("StringEquals", ("a",), False),
        ("ForAnyValue:StringEquals", ("a", "b"), True),
        ("ForAllValues:StringEquals", ("a", "b"), False),
        ("NumericLessThan", ("1", "2"), False),
    ],
)
def test_a_list_is_the_sum_of_its_values_where_one_is_enough(
    operator: str, values: tuple[str, ...], *, expected: bool
) -> None:
    """Not under a negated operator, which asks for none of them, nor one that asks for all."""
    assert is_split(parse_condition(operator, "aws:PrincipalTag/k", values, variables=True), ()) is expected


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ("10.1.0.0/16", "10.0.0.0/8", True),
        ("10.0.0.0/8", "10.1.0.0/16", False),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("11.1.0.0/16", "10.0.0.0/8", False),
        ("2001:db8::1", "2001:db8::/32", True),
        ("::a00:1", "10.0.0.0/8", False),
        ("everywhere", "everywhere", True),
        ("everywhere", "nowhere", False),
        ("10.1.0.0/16", "everywhere", False),
    ],
)
def test_a_network_covers_those_in_it(inner: str, outer: str, *, expected: bool) -> None:
    """What is no network is the same as itself alone."""
    one, other = (parse_condition("IpAddress", "aws:sourceip", (text,), variables=True) for text in (inner, outer))
    assert entails(one, other) is expected


def test_an_escape_behind_a_hundred_statements_that_are_in_doubt_is_found() -> None:
    """The first few pieces leave a doubt; the others are searched all the same."""
    odd = [
        allow(
            "s3:GetObject",
            f"arn:aws:s3:::aws-panorama-{n}/*",
            Condition={"BinaryEquals": {f"aws:RequestTag/{n}": "QR=="}},
        )
        for n in range(100)
    ]
    grant = Grant((parse_document(policy(*odd, allow("s3:GetObject", "arn:aws:s3:::payroll/*")), name="p"),))
    ceiling = Grant((parse_document(policy(allow("s3:PutObject", "*")), name="c"),))
    verdict = check(grant, ceiling)
    assert isinstance(verdict, Escaped)
    assert verdict.statement.index == 100


def test_an_escape_behind_a_hundred_statements_with_variables_is_found() -> None:
    """No proof that all is contained rests on the first few pieces."""
    inside = [allow("s3:GetObject", f"arn:aws:s3:::aws-panorama-{n}/${{aws:username}}/*") for n in range(100)]
    ceiling = Grant((parse_document(policy(allow("s3:GetObject", "arn:aws:s3:::aws-panorama*")), name="c"),))
    last = allow("s3:GetObject", "arn:aws:s3:::payroll/${aws:username}/*")
    escaping = Grant((parse_document(policy(*inside, last), name="p"),))
    assert check(Grant((parse_document(policy(*inside), name="p"),)), ceiling) == Contained()
    assert isinstance(check(escaping, ceiling), Escaped)


def test_a_statement_is_told_by_its_place_as_people_count() -> None:
    """From one, and by its Sid where it has one."""
    assert StatementRef("p", None, 0).words == "p, statement 1"
    assert StatementRef("p", "Sid", 1).words == "p, statement 2 (Sid)"


def test_a_value_that_would_make_an_arn_of_a_pattern_leaves_the_question_open() -> None:
    """Where the wildcard beside it then ends AWS does not say, so there is no proof, and no error either."""
    named = {"StringEquals": {"aws:PrincipalTag/k": "arn:aws:s3:::payroll/"}}
    inner, outer = (
        Grant((parse_document(policy(one), name="p"),))
        for one in (
            allow("s3:GetObject", "${aws:PrincipalTag/k}*", Condition=named),
            allow("s3:GetObject", "arn:aws:s3:::payroll/*"),
        )
    )
    assert isinstance(check(inner, outer), Undecided)


@pytest.mark.parametrize(("inner", "outer"), [("${aws:username}", "*"), ("a", "${aws:username}*"), ("${k}", "${k}")])
def test_what_a_variable_is_is_not_plainly_seen(inner: str, outer: str) -> None:
    """On either side: without a value it matches nothing."""
    one, two = (Condition("StringLike", "k", (parse_glob(text, variables=True),)) for text in (inner, outer))
    assert not entails(one, two)
