"""How far an escape reaches, in IAM's own words, and what is proved of that."""

import json
from typing import Any

import pytest

from panorama_guard.containment import Grant
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.check import check
from panorama_guard.containment.extent import measure_escape
from panorama_guard.containment.extent_proof import Precision, prove_extent
from panorama_guard.policy import Document, parse_document, parse_document_value
from tests.builders import allow, deny

BUCKETS = "arn:aws:s3:::*aws-panorama*"
Statement = dict[str, Any]


def grant(*statements: Statement, boundary: tuple[Statement, ...] = ()) -> Grant:
    """Return the grant of one document, under a boundary if statements are given for one."""
    return Grant((document(*statements),), ((document(*boundary),),) if boundary else ())


def document(*statements: Statement) -> Document:
    """Return a document of these statements."""
    return parse_document_value({"Version": "2012-10-17", "Statement": list(statements)}, name="policy")


def measured(wide: Grant, ceiling: Grant, *, budget: int | None = None) -> tuple[list[Statement], Precision]:
    """Return the statements of the extent, as short as they are written, and what is proved of them."""
    extent = measure_escape(wide, ceiling) if budget is None else measure_escape(wide, ceiling, budget=budget)
    return json.loads(extent.text)["Statement"], extent.precision


CEILING = grant(
    allow("s3:*", BUCKETS),
    allow("iot:CreateThing", "arn:aws:iot:*:*:thing/panorama*"),
    allow("iot:DescribeEndpoint"),
    allow("cloudwatch:PutMetricData", Condition={"StringEquals": {"cloudwatch:namespace": "PanoramaDeviceMetrics"}}),
    allow("iam:PassRole", "arn:aws:iam::*:role/A", Condition={"StringEqualsIfExists": {"iam:PassedToService": "iot"}}),
)
NOT_PASSED = {"StringNotEquals": {"iam:PassedToService": "iot"}, "Null": {"iam:PassedToService": "false"}}
OTHER_NAMESPACE = {"StringNotEquals": {"cloudwatch:namespace": "PanoramaDeviceMetrics"}}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow("iam:CreateUser")], [allow("iam:CreateUser")]),
        ([allow(["iam:CreateUser", "iot:DescribeEndpoint"])], [allow("iam:CreateUser")]),
        ([allow("iam:CreateUser"), allow("iam:Create*")], [allow("iam:Create*")]),
        (
            [allow("s3:GetObject"), allow("s3:PutObject")],
            [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "NotResource": BUCKETS}],
        ),
        (
            [allow("s3:GetObject", ["arn:aws:s3:::my-aws-panorama-models/*", "arn:aws:sqs:::q"])],
            [allow("s3:GetObject", "arn:aws:sqs:::q")],
        ),
        (
            [allow("s3:GetObject", "arn:aws:s3:::*aws-panoram*")],
            [allow("s3:GetObject", "arn:aws:s3:::*aws-panoram*"), deny("s3:GetObject", BUCKETS)],
        ),
        (
            [{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::a"}],
            [{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": ["arn:aws:s3:::a", BUCKETS]}],
        ),
        ([allow("cloudwatch:PutMetricData")], [allow("cloudwatch:PutMetricData", Condition=OTHER_NAMESPACE)]),
        (
            [
                allow(
                    "cloudwatch:PutMetricData",
                    Condition={"StringEquals": {"cloudwatch:namespace": ["PanoramaDeviceMetrics", "X"]}},
                )
            ],
            [allow("cloudwatch:PutMetricData", Condition={"StringEquals": {"cloudwatch:namespace": "X"}})],
        ),
        (
            [allow("iam:PassRole", "arn:aws:iam::*:role/A")],
            [allow("iam:PassRole", "arn:aws:iam::*:role/A", Condition=NOT_PASSED)],
        ),
        ([allow(["s3:GetObject", "sqs:A"]), deny("s3:Get*")], [allow("sqs:A")]),
        ([allow("sqs:*"), deny("sqs:A"), deny("sns:A")], [allow("sqs:*"), deny("sqs:A")]),
        (
            [allow("s3:GetObject", ["arn:aws:s3:::a", "arn:aws:sqs:::q"]), deny("s3:*", "arn:aws:s3:::a")],
            [allow("s3:GetObject", "arn:aws:sqs:::q")],
        ),
        (
            [allow("iot:*")],
            [
                allow("iot:*"),
                deny("iot:CreateThing", "arn:aws:iot:*:*:thing/panorama*"),
                deny("iot:DescribeEndpoint"),
            ],
        ),
    ],
)
def test_an_escape_is_described_exactly(statements: list[Statement], expected: list[Statement]) -> None:
    """Only what escapes, grouped; Denies only of what is left of the ceiling, or of the grant's own, in it."""
    assert measured(grant(*statements), CEILING) == (expected, Precision.EXACT)


def test_everything_escapes_but_the_ceiling() -> None:
    """An administrator's escape is all, less what the ceiling says."""
    found, precision = measured(grant(allow("*")), CEILING)
    assert (found[0], precision) == (allow("*"), Precision.EXACT)
    assert {"Effect": "Deny", "Action": "s3:*", "Resource": BUCKETS} in found


def test_what_is_granted_under_a_boundary_escapes_only_there() -> None:
    """What both have in common, the boundary's Denies included."""
    bounded = grant(allow("*"), boundary=(allow(["s3:Get*", "iam:Get*"]), deny("iam:GetRole")))
    assert measured(bounded, CEILING) == (
        [
            {"Effect": "Allow", "Action": "s3:Get*", "NotResource": BUCKETS},
            allow("iam:Get*"),
            deny("iam:GetRole"),
        ],
        Precision.EXACT,
    )


def test_what_the_ceiling_denies_escapes() -> None:
    """It is no part of the ceiling, whatever its Allows say."""
    ceiling = grant(allow("s3:*"), deny("s3:Delete*", "arn:aws:s3:::a"))
    assert measured(grant(allow("s3:*")), ceiling) == ([allow("s3:Delete*", "arn:aws:s3:::a")], Precision.EXACT)


def test_a_boundary_of_the_ceiling_narrows_it() -> None:
    """Only what both layers allow is inside."""
    ceiling = grant(allow("s3:*", BUCKETS), boundary=(allow("s3:Get*"),))
    found, precision = measured(grant(allow("s3:PutObject", "arn:aws:s3:::aws-panorama")), ceiling)
    assert (found, precision) == ([allow("s3:PutObject", "arn:aws:s3:::aws-panorama")], Precision.EXACT)


def test_a_grant_without_an_escape_has_none_to_describe() -> None:
    """Nothing is left."""
    assert measured(CEILING, CEILING) == ([], Precision.EXACT)


def test_what_cannot_be_said_is_at_most_said() -> None:
    """All of `s3:Get*` but one action under a condition is inside: IAM has no words for the rest of `s3:*`."""
    ceiling = grant(allow("s3:Get*", BUCKETS), deny("s3:GetObject", Condition={"Unheard": {"k": "y"}}))
    assert measured(grant(allow("s3:*", BUCKETS)), ceiling) == ([allow("s3:*", BUCKETS)], Precision.AT_MOST)


def test_a_spent_budget_leaves_all_that_the_policies_allow() -> None:
    """That is at most more than the escape, and needs no proof."""
    wide = grant(allow("s3:*"), deny("s3:Delete*"))
    assert measured(wide, CEILING, budget=1) == ([allow("s3:*"), deny("s3:Delete*")], Precision.AT_MOST)


@pytest.mark.parametrize(
    "hard",
    [
        [allow([f"s3:Get{n}*", f"iot:*{n}*"], [f"arn:aws:s3:::*{n}*", f"arn:aws:iot:*:*:*{n}*"]) for n in range(300)],
        [allow(f"s3:{'*a' * 20}{n}", f"arn:aws:s3:::{'*a' * 50}*{n}") for n in range(60)],
        [
            allow("*"),
            *(deny("*:Get*", f"arn:aws:s3:::*{n}*", Condition={"Bool": {f"k{n}": "true"}}) for n in range(200)),
        ],
    ],
)
def test_what_is_hard_to_describe_is_bounded(hard: list[Statement]) -> None:
    """Cutting, grouping and proving all cost of one budget."""
    assert measure_escape(grant(*hard), CEILING, budget=20_000).precision is Precision.AT_MOST


def test_a_proof_is_only_for_what_is_exact() -> None:
    """Less than the escape is proved nothing of; more than it is at most it."""
    wide, ceiling = grant(allow("s3:*")), grant(allow("s3:*", BUCKETS))

    def proved(*statements: Statement) -> Precision | None:
        return prove_extent(document(*statements), wide, ceiling, Budget(100_000))

    assert proved({"Effect": "Allow", "Action": "s3:*", "NotResource": BUCKETS}) is Precision.EXACT
    assert proved(allow("s3:*")) is Precision.AT_MOST
    assert proved(allow("*"), deny("s3:*", BUCKETS)) is Precision.AT_MOST
    assert proved(allow("s3:*"), deny("s3:*", "arn:aws:s3:::*")) is None
    assert proved(allow("s3:Get*")) is None


def test_the_text_is_a_policy_that_reads_back() -> None:
    """Anybody may put it to the engine, or to AWS."""
    extent = measure_escape(grant(allow(["S3:GET*", "iam:x"])), CEILING)
    assert parse_document(extent.text, name=extent.document.name) == extent.document


def test_the_same_question_has_the_same_answer() -> None:
    """Whatever was asked before."""
    wide = grant(allow(["s3:*", "iot:*", "iam:*"]), deny("iot:Get*"))
    first = measure_escape(wide, CEILING)
    check(grant(allow("*")), CEILING)
    assert measure_escape(wide, CEILING) == first
