"""containment/instances.py: a question as it is in one case."""

import pytest

from panorama_guard.containment.fillings import ValueKind
from panorama_guard.containment.instances import OPEN, Case, UnlikeError, question_in, resource_in
from panorama_guard.policy.condition import Condition
from tests.unit.containment.questions import BUCKET, glob, question, statement

ANYTHING = ValueKind((), 0, None)


def known(text: str | None = None) -> Case:
    """Return the case in which the key is the text, or absent."""
    return Case({"k": () if text is None else (text,)}, {}, {})


def test_a_known_value_stands_in_the_resource_as_text() -> None:
    """Its star is no wildcard."""
    assert resource_in(glob(f"{BUCKET}${{k, 'd'}}/*"), known("a*")) == f"{BUCKET}a${{*}}/*"


def test_an_absent_key_is_its_variable_s_default() -> None:
    """Each variable has its own."""
    assert resource_in(glob(f"{BUCKET}${{k, 'd'}}${{k, '?'}}"), known()) == f"{BUCKET}d${{?}}"


def test_a_resource_whose_variable_has_no_value_matches_nothing() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value."""
    assert resource_in(glob(f"{BUCKET}${{k}}"), known()) is None


def test_a_present_key_takes_no_default() -> None:
    """So variables with and without one are the same value."""
    assert resource_in(glob(f"{BUCKET}${{k, 'd'}}"), Case({}, {"k": ANYTHING}, {})) == f"{BUCKET}${{k}}"


def test_a_variable_of_which_nothing_is_known_stays() -> None:
    """With its default, which may count."""
    assert resource_in(glob(f"{BUCKET}${{k, 'd'}}"), OPEN) == f"{BUCKET}${{k, 'd'}}"


@pytest.mark.parametrize("text", ["arn:aws:s3:${k}::b*", "arn:aws:s3:${k}::${k}"])
def test_a_resource_with_an_early_variable_stays_as_it_is_written(text: str) -> None:
    """AWS takes no variable there, so that no value is relied upon."""
    assert resource_in(glob(text), known("a")) == text


def test_a_value_that_makes_an_arn_of_a_short_pattern_is_not_put_in() -> None:
    """The pattern's wildcard would then stop at colons, and it does not."""
    with pytest.raises(UnlikeError):
        resource_in(glob("${k}*"), known("arn:aws:s3:::a"))


def test_a_value_that_makes_an_arn_of_a_pattern_without_wildcards_is_put_in() -> None:
    """Every character of it is known."""
    assert resource_in(glob("${k}/b"), known("arn:aws:s3:::a")) == "arn:aws:s3:::a/b"


def test_a_statement_whose_condition_fails_in_the_case_matches_nothing() -> None:
    """Its other conditions need not be asked."""
    condition = {"StringEquals": {"k": "a", "j": "b"}}
    asked = question([statement(Condition=condition)], [statement()])
    failing = Case({}, {"k": ANYTHING}, {asked.clauses[0].tests[0]: False})
    clause = question_in(asked, failing).clauses[0]
    assert (clause.resources.globs, clause.tests) == ((), ())


def test_a_condition_that_holds_in_the_case_is_not_asked_any_more() -> None:
    """The others are."""
    condition = {"StringEquals": {"k": "a", "j": "${k}b"}}
    asked = question([statement(Condition=condition)], [statement()])
    holding = Case({"k": ("a",)}, {}, {asked.clauses[0].tests[0]: True})
    assert question_in(asked, holding).clauses[0].tests == (Condition("StringEquals", "j", (glob("ab"),)),)


def test_a_condition_value_whose_variable_has_no_value_is_compared_with_nothing() -> None:
    """A positive operator does not match, and an inverted one does, by the values that are left."""
    asked = question([statement(Condition={"StringNotEquals": {"j": ["${k}", "b"]}})], [statement()])
    assert question_in(asked, known()).clauses[0].tests == (Condition("StringNotEquals", "j", (glob("b"),)),)


@pytest.mark.parametrize(("operator", "is_left"), [("StringEquals", True), ("StringNotEquals", False)])
def test_a_value_that_is_compared_with_itself_is_equal(operator: str, *, is_left: bool) -> None:
    """Whatever it is."""
    asked = question([statement(Condition={operator: {"k": "${k, 'd'}"}})], [statement()])
    clause = question_in(asked, Case({}, {"k": ANYTHING}, {})).clauses[0]
    assert bool(clause.resources.globs) is is_left
    assert clause.tests == ()


def test_two_cases_are_known_at_once() -> None:
    """Of different keys."""
    joined = known("a").joined(Case({}, {"j": ANYTHING}, {}))
    assert resource_in(glob(f"{BUCKET}${{j}}${{k}}"), joined) == f"{BUCKET}${{j}}a"
