"""How far a finding reaches, as its incident keeps it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from panorama_guard.case.finding import NO_REACH, Finding, Kind, Reach, Severity
from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.containment import Undecided
from panorama_guard.judging.measuring import LONGEST, reach_of
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import standard_of
from panorama_guard.profile.posture import Posture
from tests.builders import (
    BOUNDARY_ARN,
    GROUP_ROLE,
    IN_PATTERN,
    MEMORY,
    ROLE_ID,
    allow,
    as_administrator,
    deny,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)

STANDARD = standard_of(GROUP_ROLE, Posture.ACTIVE)


def reach(snapshot: RoleSnapshot, memory: Memory = MEMORY, number: int = 0) -> tuple[list[dict[str, Any]], Reach]:
    """Return the statements of how far a finding of a role reaches, and all that is kept."""
    finding = judge_role(snapshot, STANDARD, memory).findings[number]
    found = reach_of(finding, snapshot, STANDARD)
    return json.loads(found.document)["Statement"], found


ALL_OF_PAYROLL = policy(allow("s3:*", "arn:aws:s3:::payroll/*"))


def test_a_permission_escape_reaches_as_far_as_its_own_policy() -> None:
    """Less what another policy denies."""
    both = with_policies(snapshot_of(GROUP_ROLE), ALL_OF_PAYROLL, policy(allow("iam:GetRole"), deny("s3:Put*")))
    statements, found = reach(both)
    assert statements == [
        allow("s3:*", "arn:aws:s3:::payroll/*"),
        deny("s3:Put*"),
        deny("s3:*", "arn:aws:s3:::*aws-panorama*"),
    ]
    assert found.precision == "exactly"
    assert reach(both, number=1)[0] == [allow("iam:GetRole")]


def test_an_escape_through_a_lost_boundary_reaches_as_far_as_the_role() -> None:
    """Whatever the boundary held back is free."""
    boundary = managed(IN_PATTERN, BOUNDARY_ARN)
    snapshot = as_administrator(snapshot_of(GROUP_ROLE))
    statements, _ = reach(snapshot, Memory(ROLE_ID, boundary=(boundary,)))
    assert statements[0] == allow("*")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (trusting({"AWS": "999999999999"}), [trusting({"AWS": "999999999999"})]),
        (
            trusting({"AWS": ["arn:aws:iam::999999999999:role/a/b", "arn:aws:iam::999999999999:user/u"]}),
            [trusting({"AWS": ["arn:aws:iam::999999999999:role/a/b", "arn:aws:iam::999999999999:user/u"]})],
        ),
        (
            trusting({"Service": ["lambda.amazonaws.com", "greengrass.amazonaws.com"]}),
            [trusting({"Service": "lambda.amazonaws.com"})],
        ),
        (
            trusting("*"),
            [trusting("*"), {**trusting({"Service": "greengrass.amazonaws.com"}), "Effect": "Deny"}],
        ),
        (
            trusting({"Service": "greengrass.amazonaws.com"}, "sts:*"),
            [
                trusting({"Service": "greengrass.amazonaws.com"}, "sts:*"),
                {**trusting({"Service": "greengrass.amazonaws.com"}), "Effect": "Deny"},
            ],
        ),
        (
            trusting({"AWS": "*"}, "sts:TagSession"),
            [trusting("*", "sts:TagSession")],
        ),
    ],
)
def test_a_trust_escape_reaches_principals(statement: dict[str, Any], expected: list[dict[str, Any]]) -> None:
    """Named as the trust policy names them."""
    statements, found = reach(replace(snapshot_of(GROUP_ROLE), trust=policy(statement)))
    assert (statements, found.precision) == (expected, "exactly")


def test_the_keys_of_the_witness_have_their_types() -> None:
    """For the command that shows it."""
    tested = allow("iam:GetRole", Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}})
    _, found = reach(with_policies(snapshot_of(GROUP_ROLE), policy(tested)))
    assert found.context_types == (("aws:MultiFactorAuthAge", "numeric"),)


def test_a_doubt_reaches_nowhere() -> None:
    """There is nothing that is known to escape."""
    doubt = Finding(Kind.UNDECIDED, Severity.MEDIUM, "inline-0", Undecided("a condition is not understood"))
    assert reach_of(doubt, snapshot_of(GROUP_ROLE), STANDARD) == NO_REACH


def test_a_document_that_is_too_long_is_not_kept() -> None:
    """What an attacker writes must fit the ledger; its length is told."""
    many = policy(*(allow("sqs:Send", f"arn:aws:sqs:::q{number}{'x' * 300}") for number in range(LONGEST // 250)))
    snapshot = with_policies(snapshot_of(GROUP_ROLE), many)
    (finding,) = judge_role(snapshot, STANDARD, MEMORY).findings
    found = reach_of(finding, snapshot, STANDARD)
    assert (found.document, "too long to be kept" in found.precision) == ("", True)
