"""containment/cases.py: the cases of a question with policy variables."""

import pytest

from panorama_guard.containment.cases import MOST_CASES, instances
from panorama_guard.containment.instances import Case
from panorama_guard.containment.question import Question
from tests.unit.containment.questions import BUCKET, budget, frame, question, statement


def cases(asked: Question) -> list[Case]:
    """Return the cases of the question."""
    return [instance.case for instance in instances(asked, frame(asked), budget())]


def test_a_key_is_absent_or_has_a_value() -> None:
    """A question that compares it with nothing has no other case."""
    absent, present = cases(question([statement(f"{BUCKET}${{k}}")], [statement(f"{BUCKET}*")]))
    assert (dict(absent.values), set(absent.kinds)) == ({"k": ()}, set())
    assert (set(present.values), set(present.kinds)) == (set(), {"k"})


def test_a_text_that_the_question_names_is_a_case_of_its_own() -> None:
    """And all other values are one, whose kind says that they are not this text."""
    asked = question([statement(f"{BUCKET}${{k}}")], [statement(f"{BUCKET}a")])
    found = cases(asked)
    assert [case.values for case in found if case.values] == [{"k": ()}, {"k": ("a",)}]
    assert [case.kinds["k"].has("a") for case in found if case.kinds] == [False]


def test_values_are_of_as_many_kinds_as_answer_the_conditions_differently() -> None:
    """Those that match the pattern, and those that do not."""
    asked = question([statement(f"{BUCKET}${{k}}", Condition={"StringLike": {"k": "a*"}})], [statement(f"{BUCKET}*")])
    kinds = [case.kinds["k"] for case in cases(asked) if case.kinds]
    assert sorted(kind.has("ab") for kind in kinds) == [False, True]


def test_every_pair_of_what_two_keys_may_be_is_a_case() -> None:
    """Each key is absent, or has a value."""
    asked = question([statement(f"{BUCKET}${{j, 'd'}}/${{k, 'd'}}")], [statement(f"{BUCKET}*")])
    found = {(frozenset(case.values), frozenset(case.kinds)) for case in cases(asked)}
    assert found == {
        (frozenset("jk"), frozenset()),
        (frozenset("j"), frozenset("k")),
        (frozenset("k"), frozenset("j")),
        (frozenset(), frozenset("jk")),
    }


@pytest.mark.parametrize("key", ["k", "aws:TagKeys"])
def test_a_key_that_may_have_several_values_stays_open(key: str) -> None:
    """A set operator asks it, or AWS says so."""
    asked = question(
        [statement(f"{BUCKET}${{{key}}}", Condition={"ForAnyValue:StringLike": {key: "a*"}})],
        [statement(f"{BUCKET}*")],
    )
    assert cases(asked) == [Case({}, {}, {})]


def test_too_many_cases_are_not_split() -> None:
    """Of twenty keys only the first are told apart."""
    resource = BUCKET + "".join(f"${{k{number}}}" for number in range(20))
    assert len(cases(question([statement(resource)], [statement(f"{BUCKET}*")]))) <= MOST_CASES


def test_an_absent_key_may_be_let_in_where_aws_does_not_say() -> None:
    """ForAnyValue with IfExists: both answers are cases in which the key is absent."""
    condition = {"ForAnyValue:StringLikeIfExists": {"aws:username": "a*"}}
    asked = question([statement(f"{BUCKET}${{aws:username, 'x'}}", Condition=condition)], [statement(f"{BUCKET}a*")])
    absent = [case for case in cases(asked) if case.values == {"aws:username": ()}]
    assert {answer for case in absent for answer in case.answers.values()} == {True, False}
