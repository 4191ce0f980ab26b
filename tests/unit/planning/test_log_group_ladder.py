"""What is done about a log group: a filter that sends events elsewhere is deleted; what is the account's is let be."""

from functools import reduce

import pytest

from panorama_guard.case.resource import ResourceSnapshot, canonical
from panorama_guard.case.step import DeletePart, apply_step
from panorama_guard.judging.resource import judge_resource
from panorama_guard.planning.plan import Plan, Refused
from panorama_guard.planning.resource_ladder import ResourceSituation, plan_for_resource
from tests.builders import ACCOUNT
from tests.unit.log_groups import (
    FILTER,
    OTHERS,
    POLICY,
    STANDARD,
    SUBSCRIPTION,
    a_group,
    destination,
    filters,
    lets,
    text,
)

ELSEWHERE = filters(destination(OTHERS))


def planned(snapshot: ResourceSnapshot, source: str) -> Plan | Refused:
    """Return what is planned for the finding in one part."""
    finding = next(one for one in judge_resource(snapshot, STANDARD).findings if one.source == source)
    return plan_for_resource(ResourceSituation(finding, snapshot, STANDARD))


def test_the_filter_that_sends_events_elsewhere_is_deleted_alone() -> None:
    """Another one stays; nothing that stays inside is lost, so nobody has to be asked."""
    own = ("subscription filter own", filters(f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/own"))
    snapshot = a_group((FILTER, ELSEWHERE), own)
    made = planned(snapshot, FILTER)
    assert isinstance(made, Plan)
    assert (made.steps, made.needs_approval) == ((DeletePart(FILTER),), False)
    after = reduce(apply_step, made.steps, snapshot)
    assert (after, judge_resource(after, STANDARD).findings) == (a_group(own), ())
    assert reduce(apply_step, made.inverses, after) == snapshot


def test_a_filter_to_a_destination_of_the_account_that_sends_on_is_deleted_too() -> None:
    """The destination is not touched: other log groups may use it."""
    theirs = canonical({destination(ACCOUNT): f"arn:aws:kinesis:us-east-1:{OTHERS}:stream/s"})
    made = planned(a_group((FILTER, filters(destination(ACCOUNT))), destinations=theirs), FILTER)
    assert isinstance(made, Plan)
    assert made.steps == (DeletePart(FILTER),)


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (POLICY, "no rung applies"),
        (SUBSCRIPTION, "a subscription of the account concerns log groups that the guard never touches"),
    ],
)
def test_what_concerns_many_log_groups_is_never_written(part: str, reason: str) -> None:
    """An operator is told why."""
    snapshot = a_group((POLICY, text(lets({"AWS": OTHERS}))), (SUBSCRIPTION, ELSEWHERE))
    assert planned(snapshot, part) == Refused(f"no plan could be proved: {reason}")
