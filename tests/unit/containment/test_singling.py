"""containment/singling.py: texts of which a question may say something else than of all others."""

from panorama_guard.containment.singling import mentions_of, singled
from tests.unit.containment.questions import BUCKET, question, statement


def test_a_text_that_the_key_is_compared_with_is_singled_out() -> None:
    """A pattern is not."""
    condition = {"StringEquals": {"k": "a"}, "StringNotLike": {"k": ["b", "c*"]}}
    assert list(singled("k", mentions_of(question([statement(Condition=condition)], [statement()])))) == ["a", "b"]


def test_the_value_that_makes_two_resources_one_is_singled_out() -> None:
    """With it the grant's pattern is the ceiling's text."""
    asked = question([statement(f"{BUCKET}${{k}}/x")], [statement(f"{BUCKET}a/x"), statement(f"{BUCKET}b/y")])
    assert set(singled("k", mentions_of(asked))) - {""} == {"a"}


def test_the_value_that_makes_two_values_of_a_condition_one_is_singled_out() -> None:
    """Both are compared with the same key."""
    grant = statement(Condition={"StringEquals": {"prefix": "home/${k}"}})
    asked = question([grant], [statement(Condition={"StringEquals": {"prefix": "home/a", "other": "home/b"}})])
    assert "a" in set(singled("k", mentions_of(asked)))
    assert "b" not in set(singled("k", mentions_of(asked)))


def test_the_values_that_make_a_truth_are_singled_out() -> None:
    """Of a variable under Bool, and of no other under it."""
    asked = question([statement(Condition={"Bool": {"secure": ["${k}", "t${j}"]}})], [statement(Condition={})])
    assert set(singled("k", mentions_of(asked))) - {""} == {"true", "false"}
    assert set(singled("j", mentions_of(asked))) - {""} == {"rue"}
    plain = question([statement(f"{BUCKET}${{k}}", Condition={"Bool": {"secure": "true"}})], [statement()])
    assert not set(singled("k", mentions_of(plain))) & {"true", "false"}


def test_the_empty_text_is_singled_out_where_one_pattern_has_more_of_the_variable() -> None:
    """Only an empty value stands as often in both."""
    more = question([statement(f"{BUCKET}${{k}}${{k}}")], [statement(f"{BUCKET}${{k}}")])
    same = question([statement(f"{BUCKET}${{k}}/x")], [statement(f"{BUCKET}${{k}}/*")])
    assert "" in set(singled("k", mentions_of(more)))
    assert "" not in set(singled("k", mentions_of(same)))


def test_other_variables_of_a_pattern_are_taken_as_empty() -> None:
    """More values than one would fit."""
    asked = question([statement(f"{BUCKET}a${{j}}${{k}}")], [statement(f"{BUCKET}a"), statement(f"{BUCKET}ab")])
    assert set(singled("k", mentions_of(asked))) == {""}
