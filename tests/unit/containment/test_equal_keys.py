"""containment/equal_keys.py: of keys that a question makes equal one stands for all."""

from typing import Any

import pytest

from panorama_guard.containment.equal_keys import equal_keys, glob_with_equal_keys, with_equal_keys
from tests.unit.containment.questions import BUCKET, glob, question, statement


def equal(conditions: dict[str, dict[str, Any]], several: tuple[str, ...] = ()) -> dict[str, str]:
    """Return which keys are equal in a question with these conditions of its Allow."""
    return dict(equal_keys(question([statement(Condition=conditions)], [statement()]), several))


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"StringEquals": {"j": "${k}"}}, {"j": "k"}),
        ({"StringLike": {"j": "${k}"}}, {"j": "k"}),
        ({"StringEquals": {"i": "${j}", "j": "${k}"}}, {"i": "k", "j": "k"}),
        ({"StringEquals": {"j": "${k}", "k": "${j}"}}, {"j": "k"}),
        ({"StringEquals": {"j": "${j}"}}, {}),
        ({"StringEquals": {"j": "${k, 'x'}"}}, {}),
        ({"StringEquals": {"j": "${k}x"}}, {}),
        ({"StringEquals": {"j": ""}}, {}),
        ({"StringEquals": {"j": ["${k}", "${l}"]}}, {}),
        ({"StringEqualsIfExists": {"j": "${k}"}}, {}),
        ({"StringNotEquals": {"j": "${k}"}}, {}),
        ({"StringEqualsIgnoreCase": {"j": "${k}"}}, {}),
        ({"ForAnyValue:StringEquals": {"j": "${k}"}}, {}),
        ({"StringEquals": {"aws:TagKeys": "${k}"}}, {}),
    ],
)
def test_keys_are_equal_where_one_is_compared_with_no_more_than_the_other(
    conditions: dict[str, dict[str, Any]], expected: dict[str, str]
) -> None:
    """Under an operator that holds of nothing else, and where both have one value."""
    assert equal(conditions) == expected


def test_keys_of_several_values_are_no_one_text() -> None:
    """What an operator for one value does with them AWS does not say."""
    assert equal({"StringEquals": {"j": "${k}"}}, ("k",)) == {}
    assert equal({"StringEquals": {"j": "${k}"}}, ("j",)) == {}


def test_one_variable_stands_for_all_that_are_equal() -> None:
    """In resources and in values, on both sides; a default says nothing where the key is there."""
    asked = question(
        [statement(f"{BUCKET}${{j}}", Condition={"StringEquals": {"j": "${k}"}})],
        [statement(f"{BUCKET}${{l}}/${{j, 'x'}}")],
    )
    told = with_equal_keys(asked, {"j": "k"})
    assert [clause.resources.globs for clause in told.clauses] == [
        (glob(f"{BUCKET}${{k}}"),),
        (glob(f"{BUCKET}${{l}}/${{k}}"),),
    ]
    assert told.clauses[0].tests == asked.clauses[0].tests
    assert glob_with_equal_keys(glob("a*"), {"j": "k"}) == "a*"


def test_a_variable_before_the_fifth_colon_stays_as_it_is_written() -> None:
    """AWS takes none there, and does not say what becomes of it: nothing is proved of what it is."""
    early = statement("arn:aws:sns:us-east-1:${j}:t${j}", Condition={"StringEquals": {"j": "${k}"}})
    told = with_equal_keys(question([early], [statement("arn:aws:sns:us-east-1:${k}:t${j}")]), {"j": "k"})
    written = [clause.resources.globs for clause in told.clauses]
    assert written == [(glob("arn:aws:sns:us-east-1:${j}:t${j}"),), (glob("arn:aws:sns:us-east-1:${k}:t${j}"),)]
