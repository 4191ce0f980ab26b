"""Why a grant is inside its ceiling, statement by statement."""

from typing import Any

from panorama_guard.containment import Contained, Grant, StatementRef
from panorama_guard.containment.check import check
from panorama_guard.containment.covering import Cover, explain_containment
from panorama_guard.policy import parse_document_value
from tests.builders import ROLES, allow, deny

BUCKETS = "arn:aws:s3:::*aws-panorama*"


def grant(name: str, *statements: dict[str, Any], boundary: tuple[dict[str, Any], ...] = ()) -> Grant:
    """Return the grant of one document, under a boundary called `limit` if statements are given for one."""
    documents = [
        parse_document_value({"Version": "2012-10-17", "Statement": list(listed)}, name=called)
        for called, listed in ((name, statements), ("limit", boundary))
    ]
    return Grant((documents[0],), ((documents[1],),) if boundary else ())


def place(name: str, index: int) -> StatementRef:
    """Return where a statement without a Sid stands."""
    return StatementRef(name, None, index)


def covers(inner: Grant, ceiling: Grant) -> tuple[Cover, ...]:
    """Return the covers of a grant that is contained."""
    assert check(inner, ceiling) == Contained()
    return explain_containment(inner, ceiling).covers


CEILING = grant(
    "c", allow("iot:*"), allow("s3:Get*", BUCKETS), allow("s3:Put*", BUCKETS), allow("s3:GetObject", BUCKETS)
)


def test_one_statement_covers_another() -> None:
    """The first that does."""
    (cover,) = covers(grant("p", allow("s3:GetObject", "arn:aws:s3:::my-aws-panorama-b")), CEILING)
    assert cover == Cover(place("p", 0), ((place("c", 1),),), (), ())


def test_several_statements_cover_one_together() -> None:
    """None of them can be left out."""
    (cover,) = covers(grant("p", allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::aws-panorama")), CEILING)
    assert cover.by == ((place("c", 1), place("c", 2)),)


def test_denies_of_the_grant_are_told_where_they_are_needed() -> None:
    """Those that are not are left out."""
    inner = grant("p", allow("s3:Get*"), deny("iam:*"), {"Effect": "Deny", "Action": "s3:*", "NotResource": BUCKETS})
    assert covers(inner, CEILING) == (Cover(place("p", 0), ((place("c", 1),),), (place("p", 2),), ()),)


def test_boundaries_are_told_where_they_are_needed() -> None:
    """By their number."""
    inner = grant("p", allow("iot:*"), allow("*"), boundary=(allow("iot:Get*"),))
    assert covers(inner, CEILING) == (
        Cover(place("p", 0), ((place("c", 0),),), (), ()),
        Cover(place("p", 1), ((place("c", 0),),), (), (0,)),
    )


def test_an_allow_of_which_nothing_is_left_needs_no_cover() -> None:
    """Everything that it allows is denied."""
    assert covers(grant("p", allow("iam:*"), deny("*")), CEILING) == (Cover(place("p", 0), (), (place("p", 1),), ()),)


def test_each_layer_of_a_ceiling_has_to_cover() -> None:
    """One group of statements for each."""
    ceiling = grant("c", allow("s3:*"), boundary=(allow("iot:*"), allow("s3:Get*")))
    (cover,) = covers(grant("p", allow("s3:GetObject")), ceiling)
    assert cover.by == ((place("c", 0),), (place("limit", 1),))


def test_the_baseline_of_each_role_is_covered_by_itself() -> None:
    """Every statement by one of the ceiling."""
    for role in ROLES:
        assert all(len(layer) == 1 for cover in covers(role.baseline, role.ceiling) for layer in cover.by)


def test_a_budget_that_is_spent_claims_no_more_than_is_known() -> None:
    """All statements that have to do with it cover together: the verdict says so."""
    inner = grant("p", allow("s3:GetObject", "arn:aws:s3:::aws-panorama"))
    (cover,) = explain_containment(inner, CEILING, budget=0).covers
    assert cover.by == ((place("c", 1), place("c", 3)),)
