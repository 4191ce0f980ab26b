"""Denies built from how far an escape reaches: each denies all of it, and nothing of the ceiling."""

import json
from typing import Any

import pytest

from panorama_guard.containment import Contained, Grant
from panorama_guard.containment.check import check
from panorama_guard.containment.extent import measure_escape
from panorama_guard.judging.allowance import OverworkedError, allowing
from panorama_guard.planning.containment_deny import ceiling_rules, narrow_denies, wide_denies
from panorama_guard.policy import Document, parse_document, parse_document_value
from panorama_guard.profile import RoleProfile
from tests.builders import ROLES, SERVICE_ROLE, allow, deny, policy

BUCKETS = "arn:aws:s3:::*aws-panorama*"


def grant(*statements: dict[str, Any]) -> Grant:
    """Return the grant of one document."""
    return Grant((document(*statements),))


def document(*statements: dict[str, Any]) -> Document:
    """Return a document of these statements."""
    return parse_document_value({"Version": "2012-10-17", "Statement": list(statements)}, name="policy")


def narrow(wide: Grant, ceiling: Grant) -> list[list[dict[str, Any]]]:
    """Return the statements of each narrow Deny of what escapes."""
    return [json.loads(text)["Statement"] for text in narrow_denies(measure_escape(wide, ceiling).document, ceiling)]


CEILING = grant(
    allow("s3:*", BUCKETS),
    allow("iot:CreateThing", "arn:aws:iot:*:*:thing/panorama*"),
    allow("iot:DescribeEndpoint"),
    allow("cloudwatch:PutMetricData", Condition={"StringEquals": {"cloudwatch:namespace": "PanoramaDeviceMetrics"}}),
    allow("iam:PassRole", "arn:aws:iam::*:role/A", Condition={"StringEquals": {"iam:PassedToService": "a"}}),
    allow("iam:PassRole", "arn:aws:iam::*:role/B", Condition={"StringEqualsIfExists": {"iam:PassedToService": "b"}}),
)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow("iam:CreateUser", ["arn:aws:iam::1:user/a", "arn:aws:iam::1:user/b"])], [deny("iam:CreateUser")]),
        (
            [allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::*aws-panoram*")],
            [{"Effect": "Deny", "Action": ["s3:GetObject", "s3:PutObject"], "NotResource": BUCKETS}],
        ),
        ([allow(["iot:DescribeEndpoint", "iot:GetThing"])], [deny("iot:GetThing")]),
        (
            [allow("cloudwatch:PutMetricData", Condition={"Bool": {"aws:SecureTransport": "true"}})],
            [
                deny(
                    "cloudwatch:PutMetricData",
                    Condition={"StringNotEquals": {"cloudwatch:namespace": "PanoramaDeviceMetrics"}},
                )
            ],
        ),
        (
            [allow("iam:PassRole", "arn:aws:iam::*:role/B")],
            [
                deny(
                    "iam:PassRole",
                    "arn:aws:iam::*:role/B",
                    Condition={
                        "StringNotEquals": {"iam:PassedToService": "b"},
                        "Null": {"iam:PassedToService": "false"},
                    },
                )
            ],
        ),
    ],
)
def test_the_first_deny_is_the_shortest(statements: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    """By action: all of it, outside the ceiling's resources, or where the ceiling's condition is not met."""
    assert narrow(grant(*statements), CEILING)[0] == expected


def test_an_action_of_two_ceiling_statements_is_held_to_both() -> None:
    """One NotResource of all their resources, and each one's condition on its own."""
    first = narrow(grant(allow("iam:PassRole")), CEILING)[0]
    assert {
        "Effect": "Deny",
        "Action": "iam:PassRole",
        "NotResource": [f"arn:aws:iam::*:role/{x}" for x in "AB"],
    } in first
    assert len(first) == 3


def test_a_service_of_which_the_ceiling_has_part_is_held_to_that_part() -> None:
    """No statement with NotResource names an action that the ceiling gives on every resource."""
    (statements,) = narrow(grant(allow("iot:*")), CEILING)
    everything = next(item for item in statements if "NotAction" in item)
    assert everything["NotAction"] == ["s3:*", "iot:CreateThing", "iot:DescribeEndpoint", "cloudwatch:*", "iam:*"]
    assert {
        "Effect": "Deny",
        "Action": "iot:CreateThing",
        "NotResource": "arn:aws:iot:*:*:thing/panorama*",
    } in statements
    assert len(statements) == 2


def test_a_deny_never_uses_a_variable_nor_a_condition_of_the_grant() -> None:
    """Their values are the role's user's to choose."""
    wide = grant(
        allow("sqs:*", "arn:aws:sqs:::${aws:username}", Condition={"StringEquals": {"aws:PrincipalTag/a": "b"}}),
        allow("s3:*", "arn:aws:s3:::payroll/*", Condition={"StringEquals": {"aws:PrincipalTag/a": "b"}}),
    )
    for statements in narrow(wide, CEILING):
        assert "PrincipalTag" not in json.dumps(statements)
        assert "${" not in json.dumps(statements)


ESCAPES: list[list[dict[str, Any]]] = [
    [allow("*")],
    [{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}],
    [allow(["s3:*", "iot:*", "iam:*", "logs:*", "lambda:*"])],
    [allow("iam:PassRole"), allow("s3:Get*", "arn:aws:s3:::payroll/*")],
    [allow("cloudwatch:*"), deny("cloudwatch:PutMetricData")],
    [{"Effect": "Allow", "Action": "s3:*", "NotResource": BUCKETS}],
]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
@pytest.mark.parametrize("number", range(len(ESCAPES)))
def test_every_deny_takes_the_escape_away_and_nothing_of_the_ceiling(role: RoleProfile, number: int) -> None:
    """Whichever of the candidates the quota leaves room for."""
    wide, ceiling = grant(*ESCAPES[number]), role.ceiling
    narrow_texts = list(narrow_denies(measure_escape(wide, ceiling).document, ceiling))
    assert narrow_texts == sorted(narrow_texts, key=len)
    for text in (*narrow_texts, *wide_denies(ceiling)):
        denies = parse_document(text, name="deny")
        assert check(Grant((*wide.policies, denies)), ceiling) == Contained()
        assert check(ceiling, Grant((*ceiling.policies, denies), ceiling.boundaries)) == Contained()


def test_a_ceiling_that_is_not_plain_has_no_denies() -> None:
    """What it means is not the guard's to turn around."""
    for odd in (
        grant(allow("*")),
        grant(allow("s*:Get*")),
        grant(allow("s3:*"), deny("s3:Put*")),
        grant({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}),
        grant({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::a"}),
        Grant(CEILING.policies, (CEILING.policies,)),
    ):
        assert ceiling_rules(odd) is None
        assert [*narrow_denies(document(allow("iam:*")), odd), *wide_denies(odd)] == []


def test_an_empty_ceiling_denies_everything() -> None:
    """A retired role is left nothing."""
    assert list(wide_denies(Grant(()))) == [policy(deny("*")).replace(" ", "")]


def test_the_deny_of_all_but_the_ceiling_fits() -> None:
    """Of the largest profile, with room for others."""
    (text,) = wide_denies(SERVICE_ROLE.ceiling)
    assert len(text) < 6_200


def test_cutting_an_escape_costs_the_order_that_asks_for_it() -> None:
    """Whoever widens the role chooses how many actions there are to cut."""
    secure = {"Bool": {"aws:SecureTransport": "true"}}  # so that nothing is asked of the engine
    some = [f"s3:Get{letter}*" for letter in "ABCLOP"]
    wide = measure_escape(grant(allow(some, "*", Condition=secure)), CEILING).document
    with allowing(5), pytest.raises(OverworkedError):
        list(narrow_denies(wide, CEILING))
    wide_denies.cache_clear()
    with allowing(5):
        assert wide_denies(CEILING), "it is the same for every order, so that none pays for it"
