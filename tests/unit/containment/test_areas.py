"""The algebra of elements and areas: what two have in common, and what one leaves of another."""

import pytest

from panorama_guard.containment.areas import Area, Areas, area_of, outside, outside_all, shared_area, singles, trimmed
from panorama_guard.containment.budget import Budget, BudgetSpentError
from panorama_guard.containment.elements import (
    EVERYTHING,
    NOTHING,
    Said,
    common,
    is_empty,
    is_everything,
    less,
    meeting,
    meets,
    narrowed,
    plain,
    without_covered,
)
from panorama_guard.containment.overlap import LONGEST, common_globs, disjoint
from panorama_guard.policy import parse_document_value
from panorama_guard.policy.document import Patterns
from panorama_guard.policy.glob import Glob


def of(*globs: str) -> Patterns:
    """Return the patterns of these globs."""
    return Patterns(negated=False, globs=tuple(map(Glob, globs)))


def but(*globs: str) -> Patterns:
    """Return the patterns of all that none of these globs matches."""
    return Patterns(negated=True, globs=tuple(map(Glob, globs)))


def area(action: str | list[str], resource: str | list[str] = "*", **rest: object) -> Area:
    """Return the area of a statement."""
    body = {"Effect": "Allow", "Action": action, "Resource": resource, **rest}
    return area_of(parse_document_value({"Version": "2012-10-17", "Statement": body}, name="x").statements[0])


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("a*", "*b", False),
        ("a?", "?b", False),
        ("a?", "b?", True),
        ("a*c", "a?b", True),
        ("*ab*", "a", True),
        ("", "*", False),
        ("a", "a", False),
        ("a${k:x}", "ab", False),
        ("${*}", "*", False),
        ("${*}", "a", True),
    ],
)
def test_globs_are_disjoint_where_no_text_matches_both(one: str, other: str, *, apart: bool) -> None:
    """A variable may have any value."""
    assert disjoint(Glob(one), Glob(other)) is apart
    assert disjoint(Glob(other), Glob(one)) is apart


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("a*", "ab*", {"ab*"}),
        ("*x*", "y*", {"y*x*"}),
        ("a*", "*b", {"a*b"}),
        ("*a*", "*b*", {"*a*b*", "*b*a*"}),
        ("a?", "?b", {"ab"}),
        ("ab*", "*bc", {"ab*bc", "abc"}),
        ("a", "b", set()),
    ],
)
def test_what_two_globs_have_in_common_is_globs(one: str, other: str, shared: set[str]) -> None:
    """Every interleaving of the two."""
    assert set(common_globs(Glob(one), Glob(other)) or ()) == shared


def test_what_globs_have_in_common_may_take_too_many_words() -> None:
    """Then nothing is said: with variables, in long texts, and where the interleavings multiply."""
    assert common_globs(Glob("a${k:x}*"), Glob("*b")) is None
    assert common_globs(Glob("a*" + "x" * LONGEST), Glob("*b*x")) is None
    assert common_globs(Glob("*a*b*c*d*"), Glob("*e*f*g*h*")) is None


def test_what_is_left_of_everything_is_its_negation() -> None:
    """So NotAction and NotResource come about."""
    assert less(of("*"), of("a", "a*")) == Said(but("a*"), True)
    assert less(but("b"), of("a")) == Said(but("b", "a"), True)
    assert less(EVERYTHING, of("*")) == Said(NOTHING, True)


def test_what_is_left_of_a_list_are_its_members() -> None:
    """One that is partly covered stays, and that is more than was asked for."""
    assert less(of("a", "b"), of("a*")) == Said(of("b"), True)
    assert less(of("a*", "b"), of("ab", "b")) == Said(of("a*"), False)
    assert less(of("a", "b"), but("a")) == Said(of("a"), True)


def test_what_lists_and_negations_have_in_common() -> None:
    """Two negations join."""
    assert common(but("a"), but("b")) == Said(but("a", "b"), True)
    assert common(but("a*"), of("ab", "c")) == Said(of("c"), True)
    assert common(of("ab", "c"), but("a*")) == Said(of("c"), True)
    assert common(of("a*", "c"), of("*b", "c")) == Said(of("a*b", "c"), True)
    assert common(of("a${k:x}*"), of("*b")) == Said(of("a${k:x}*"), False)


def test_elements_may_meet_or_not() -> None:
    """Two negations may always, because the universe is open."""
    assert meets(but("a"), but("b"))
    assert meets(of("a*"), but("ab"))
    assert not meets(but("a*"), of("ab"))
    assert not meets(of("a"), of("b", "c"))
    assert meeting(of("a", "b"), of("b*")) == of("b")
    assert meeting(but("a"), of("b")) == but("a")


def test_elements_are_narrowed_in_words_that_are_there() -> None:
    """What is left is a part of the first with all that it has in common with the other."""
    assert narrowed(of("s3:*", "iam:*"), of("s3:get*")) == of("s3:get*")
    assert narrowed(of("s3:*object"), of("s3:get*")) == of("s3:*object")
    assert narrowed(of("s3:get*", "iam:a"), but("iam:*")) == of("s3:get*")
    assert narrowed(but("a"), of("a*")) == but("a")
    assert narrowed(but("a"), of("b", "a")) == of("b")
    assert narrowed(but("a"), but("b")) == but("a", "b")


def test_plain_elements_have_no_member_that_another_covers() -> None:
    """Of a list as of a negation."""
    assert plain(of("a", "*")) == EVERYTHING
    assert plain(but("a", "a*")) == but("a*")
    assert plain(but("*")) == NOTHING
    assert without_covered(map(Glob, ("ab", "a*", "b", "a?", "b"))) == ("a*", "b")
    assert is_everything(of("a", "*"))
    assert is_empty(but("*"))


def test_an_area_outside_a_hole_that_covers_its_action_keeps_the_other_resources() -> None:
    """Of every resource that is NotResource, of a list its other members."""
    hole = area("s3:*", "arn:aws:s3:::in*")
    assert outside(area("s3:GetObject"), hole).areas == (Area(of("s3:getobject"), but("arn:aws:s3:::in*")),)
    listed = area("s3:GetObject", ["arn:aws:s3:::in-a", "arn:aws:s3:::out"])
    assert outside(listed, hole) == Areas((area("s3:GetObject", "arn:aws:s3:::out"),), True)
    assert outside(area("s3:GetObject", "arn:aws:s3:::in-a"), hole) == Areas((), True)


def test_a_hole_that_covers_part_of_an_action_pattern_cannot_be_cut_out() -> None:
    """IAM has no words for the rest of it, but for all actions it has NotAction."""
    hole = area("s3:GetObject", "arn:aws:s3:::in*")
    assert outside(area("s3:Get*"), hole) == Areas((area("s3:Get*"),), False)
    cut = outside(area("*"), hole)
    assert cut == Areas(
        (Area(but("s3:getobject"), EVERYTHING), Area(of("s3:getobject"), but("arn:aws:s3:::in*"))),
        True,
    )


def test_a_hole_under_a_condition_leaves_what_does_not_meet_it() -> None:
    """On its own resources, beside all that is on others."""
    condition = {"StringEquals": {"cloudwatch:namespace": "X"}}
    opposite = {"StringNotEquals": {"cloudwatch:namespace": "X"}}
    assert outside(area("cloudwatch:PutMetricData"), area("cloudwatch:PutMetricData", Condition=condition)) == Areas(
        (area("cloudwatch:PutMetricData", Condition=opposite),),
        True,
    )
    hole = area("s3:GetObject", "arn:aws:s3:::in*", Condition=condition)
    assert outside(area("s3:GetObject"), hole).areas == (
        Area(of("s3:getobject"), but("arn:aws:s3:::in*")),
        area("s3:GetObject", "arn:aws:s3:::in*", Condition=opposite),
    )
    assert outside(area("s3:GetObject", Condition=condition), area("s3:*", Condition=condition)) == Areas((), True)


def test_a_condition_without_an_opposite_cannot_be_cut_out() -> None:
    """The hole stays a hole."""
    hole = area("s3:GetObject", Condition={"Unheard": {"k": "x"}})
    assert outside(area("s3:GetObject"), hole) == Areas((area("s3:GetObject"),), False)


def test_holes_are_cut_out_one_after_another() -> None:
    """What could not be cut is returned, without what has nothing to do with the area."""
    holes = [area("s3:GetObject", "arn:aws:s3:::a"), area(["s3:Get*", "iam:*"], ["arn:aws:s3:::b*", "arn:aws:sqs:::x"])]
    left, uncut = outside_all(
        [area(["s3:GetObject", "s3:Put*"], ["arn:aws:s3:::a", "arn:aws:s3:::*c"])], holes, Budget(99)
    )
    assert left == (area("s3:GetObject", "arn:aws:s3:::*c"), area("s3:Put*", ["arn:aws:s3:::a", "arn:aws:s3:::*c"]))
    assert uncut == (area("s3:GetObject", "arn:aws:s3:::b*"),)
    with pytest.raises(BudgetSpentError):
        outside_all([area("s3:*")], holes, Budget(1))


def test_areas_have_in_common_what_all_their_elements_have() -> None:
    """Conditions of both have to hold; where they cannot stand together, that is more than was asked for."""
    one = area("s3:Get*", "arn:aws:s3:::a*", Condition={"StringEquals": {"k": "x"}})
    other = area("s3:*Object", "arn:aws:s3:::*b", Condition={"Bool": {"b": "true"}})
    both = {"StringEquals": {"k": "x"}, "Bool": {"b": "true"}}
    assert shared_area(one, other) == Areas((area("s3:Get*Object", "arn:aws:s3:::a*b", Condition=both),), True)
    assert shared_area(one, area("s3:Put*")) == Areas((), True)
    assert not shared_area(one, area("s3:*", Condition={"StringEquals": {"k": "y"}})).exact


def test_an_area_is_taken_apart_by_its_actions() -> None:
    """All that is not named stays whole."""
    assert singles([area(["s3:A", "s3:B"]), area("*")]) == (area("s3:a"), area("s3:b"), Area(EVERYTHING, EVERYTHING))


def test_a_hole_is_trimmed_to_what_the_area_has_of_it() -> None:
    """Actions are narrowed; resources keep the words they have in the ceiling."""
    hole = area(["s3:*", "iam:*"], ["arn:aws:s3:::*in*", "arn:aws:sqs:::x"])
    assert trimmed(hole, area("s3:GetObject", "arn:aws:s3:::a*")) == area("s3:GetObject", "arn:aws:s3:::*in*")
