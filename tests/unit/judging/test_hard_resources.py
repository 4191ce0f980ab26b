"""However many parts and statements of a resource are hard to judge, it is judged, and what is easy in it is found."""

import pytest

from panorama_guard.case import bucket
from panorama_guard.case.finding import Kind
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.case.step import DeletePart
from panorama_guard.containment import DEFAULT_BUDGET
from panorama_guard.judging.decide import QUESTIONS
from panorama_guard.judging.resource import judge_resource
from panorama_guard.judging.subject import reach_of
from panorama_guard.planning.plan import Plan
from panorama_guard.planning.resource_ladder import ResourceSituation, plan_for_resource
from tests.unit.buckets import ARN, OTHERS, STANDARD, a_bucket, lets, text
from tests.unit.hard_questions import HARD, count_steps

SUBJECT = QUESTIONS * DEFAULT_BUDGET  # steps that the verdicts on one subject may take


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the steps of each question."""
    return count_steps(monkeypatch)


def hard(number: int) -> dict[str, object]:
    """Return a statement for others that takes more work than a question may."""
    return {**lets({"AWS": OTHERS}, "s3:GetObject", Resource=f"{ARN}/{number}/*"), "Condition": HARD}


def with_points(count: int, last: str) -> ResourceSnapshot:
    """Return a bucket with so many access points, whose policies are hard, and one more."""
    made = a_bucket()
    for number in range(count):
        made = made.with_part(bucket.point_policy(f"p{number}"), text(*(hard(each) for each in range(12))))
    return made.with_part(bucket.point_policy("the-last"), last)


def test_the_parts_of_a_resource_share_what_judging_one_subject_may_cost(steps: list[int]) -> None:
    """Verdicts and grades each: ten hard policies cost no more than three."""
    judge_resource(with_points(10, text(hard(0))), STANDARD)
    assert sum(steps) <= 2 * SUBJECT + DEFAULT_BUDGET


@pytest.mark.parametrize("count", [10, 300])
def test_an_easy_part_is_judged_however_many_hard_ones_are_before_it(count: int, steps: list[int]) -> None:
    """As with the policies of a role; but a bucket may have thousands of access points."""
    findings = judge_resource(with_points(count, text(lets({"AWS": OTHERS}))), STANDARD).findings
    assert [one.source for one in findings if one.kind is Kind.RESOURCE_ESCAPE] == [bucket.point_policy("the-last")]
    assert len(findings) == count + 1
    assert steps


def test_an_escape_beside_hard_statements_has_a_plan_that_takes_no_more_than_four_subjects(steps: list[int]) -> None:
    """What cannot be told apart in time goes at an operator's word."""
    snapshot = a_bucket().with_part(bucket.POLICY, text(*map(hard, range(30)), lets({"AWS": OTHERS})))
    (finding,) = judge_resource(snapshot, STANDARD).findings
    steps.clear()
    reach_of(finding, snapshot, STANDARD)
    assert sum(steps) <= SUBJECT + DEFAULT_BUDGET
    steps.clear()
    plan = plan_for_resource(ResourceSituation(finding, snapshot, STANDARD))
    assert isinstance(plan, Plan)
    assert (plan.steps, plan.needs_approval) == ((DeletePart(bucket.POLICY),), True)
    assert sum(steps) <= 4 * SUBJECT
