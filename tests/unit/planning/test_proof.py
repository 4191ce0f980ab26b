"""What speaks against steps, beside what they leave at the end: quotas, what is between them, and other roles."""

from dataclasses import replace

import pytest

from panorama_guard.case.account import LEAST
from panorama_guard.case.closing import CLOSED_TRUST
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import DeleteInline, PutInline, PutTrust, SetDefaultVersion, Step
from panorama_guard.judging.role import judge_role
from panorama_guard.planning.plan import Promise, Proposal
from panorama_guard.planning.proof import why_not_proved
from panorama_guard.planning.quotas import over_quota
from panorama_guard.planning.widening import is_no_wider
from tests.builders import (
    ADMINISTRATOR,
    BOUNDARY_ARN,
    CUSTOMER_ARN,
    GROUP_ROLE,
    IN_PATTERN,
    PAYROLL,
    allow,
    as_administrator,
    deny,
    filler,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)
from tests.unit.planning.situations import situation

HEALTHY = snapshot_of(GROUP_ROLE)
ESCAPED = with_policies(HEALTHY, PAYROLL)
DENY_PAYROLL = policy(deny("s3:*", "arn:aws:s3:::payroll/*"))
DENY_ALL = policy(deny("*"))


def objection(*steps: Step, promise: Promise = Promise.QUARANTINE, snapshot: RoleSnapshot = ESCAPED) -> str:
    """Return what speaks first against steps on an escaped role."""
    of = situation(snapshot)
    return why_not_proved(of, judge_role(of.snapshot, of.standard, of.memory), Proposal(steps, promise))


# --- between two steps ---


def test_steps_that_end_the_finding_before_the_last_one_are_no_plan() -> None:
    """After a crash between them nobody would come back for the rest."""
    closed, denied = PutTrust(CLOSED_TRUST), PutInline("deny", DENY_ALL)
    assert objection(closed, denied) == ""
    assert objection(denied, closed) == "the finding would be gone before the last step"


def test_steps_that_grant_more_in_between_are_no_plan() -> None:
    """Not even for a moment, and not even inside the ceiling."""
    given = PutInline("given", policy(allow("iot:UpdateThing", "arn:aws:iot:*:*:thing/panorama-1")))
    assert objection(given, PutInline("deny", DENY_ALL)) == "between two steps more would be granted than before"


def test_steps_that_let_somebody_in_in_between_are_no_plan() -> None:
    """Whoever is quick becomes the role."""
    opened = PutTrust(policy(trusting({"AWS": "*"})))
    steps = (opened, PutTrust(CLOSED_TRUST), PutInline("deny", DENY_ALL))
    assert objection(*steps) == "between two steps more would be granted than before"


def test_a_denial_in_place_of_one_that_holds_more_of_another_escape_back_is_no_plan() -> None:
    """The other escape is found already, and there is more of it: nobody was told of that."""
    escaping = with_policies(HEALTHY, policy(allow("ec2:*")), policy(allow(["iam:*", "sqs:*"])))
    snapshot = escaping.with_inline("deny", policy(deny("iam:*")))
    narrower, wider = (PutInline("deny", policy(deny(actions))) for actions in ("ec2:*", ["ec2:*", "iam:*"]))
    told = objection(narrower, promise=Promise.NOTHING_LOST, snapshot=snapshot)
    assert told == "more would escape than does already, and no waiver in force covers that: inline-1"
    assert objection(wider, promise=Promise.NOTHING_LOST, snapshot=snapshot) == ""


def test_a_policy_that_is_set_back_without_knowing_its_users_is_no_plan() -> None:
    """A shared policy is never edited."""
    snapshot = with_policies(HEALTHY, attached=[managed(PAYROLL)])
    step = SetDefaultVersion(CUSTOMER_ARN, "v0", DENY_ALL)
    assert objection(step, snapshot=snapshot) == "somebody else may use the policy"


# --- what is granted more ---


@pytest.mark.parametrize(
    ("before", "after", "is_so"),
    [
        (ESCAPED, ESCAPED, True),
        (ESCAPED, HEALTHY, True),
        (HEALTHY, ESCAPED, False),
        (ESCAPED, ESCAPED.with_inline("deny", DENY_PAYROLL), True),
        (ESCAPED.with_inline("deny", DENY_PAYROLL), ESCAPED, False),
        (ESCAPED.with_inline("odd", "{"), ESCAPED.with_inline("odd", "{").with_inline("deny", DENY_PAYROLL), True),
        (ESCAPED.with_inline("odd", "{"), ESCAPED, False),
        (ESCAPED, ESCAPED.with_inline("odd", "{"), False),
        (ESCAPED, ESCAPED.with_boundary((managed(IN_PATTERN, BOUNDARY_ARN),)), True),
        (ESCAPED.with_boundary((managed(IN_PATTERN, BOUNDARY_ARN),)), ESCAPED, False),
        (ESCAPED.with_boundary((managed("{", BOUNDARY_ARN),)), ESCAPED, False),
    ],
    ids=[
        "the same",
        "a policy goes",
        "a policy comes",
        "a Deny comes",
        "a Deny goes",
        "a Deny comes beside what is not understood",
        "what is not understood goes",
        "what is not understood comes",
        "a boundary comes",
        "a boundary goes",
        "a boundary that is not understood goes",
    ],
)
def test_a_role_is_granted_no_more_only_where_that_is_proved(
    before: RoleSnapshot, after: RoleSnapshot, is_so: object
) -> None:
    """What is not understood may be all that held something back."""
    assert is_no_wider(before, after) is is_so


@pytest.mark.parametrize(
    ("before", "after", "is_so"),
    [
        (GROUP_ROLE.trust_text, CLOSED_TRUST, True),
        (CLOSED_TRUST, GROUP_ROLE.trust_text, False),
        ("{", CLOSED_TRUST, True),
        ("{", GROUP_ROLE.trust_text, False),
        (policy(trusting("*")), GROUP_ROLE.trust_text, True),
    ],
)
def test_nobody_more_is_let_in_only_where_that_is_proved(before: str, after: str, is_so: object) -> None:
    """Closing a trust needs no understanding of what it was."""
    assert is_no_wider(HEALTHY.with_trust(before), HEALTHY.with_trust(after)) is is_so


# --- quotas ---


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (with_policies(HEALTHY, filler(10_241)), "inline policies would have 10241 characters of the 10240"),
        (HEALTHY.with_trust('"' + "x" * 2_047 + '"'), "the trust policy would have 2049 characters of the 2048"),
        (
            with_policies(HEALTHY, attached=[managed(IN_PATTERN, f"{CUSTOMER_ARN}{n}") for n in range(10)]),
            "the role would have 11 managed policies of the 10",
        ),
        (
            HEALTHY.with_boundary((managed(filler(6_145), BOUNDARY_ARN),)),
            "boundary would have 6145 characters of the 6144",
        ),
    ],
    ids=["inline", "trust", "attached", "boundary"],
)
def test_what_is_over_a_quota_is_told_in_numbers(after: RoleSnapshot, words: str) -> None:
    """IAM would refuse it."""
    assert words in over_quota(HEALTHY, after, LEAST)
    roomy = replace(LEAST, inline=20_480, trust=4_096, attached=20, policy=10_000)
    assert over_quota(HEALTHY, after, roomy) == ""
    assert over_quota(after, after, LEAST) == ""


def test_what_gets_shorter_may_still_be_over_a_quota() -> None:
    """The account's own is higher than what was read of it."""
    before = with_policies(HEALTHY, filler(10_241), ADMINISTRATOR)
    assert over_quota(before, before.without_inline("inline-1"), LEAST) == ""


def test_each_step_has_to_fit() -> None:
    """IAM holds the quota at every call, not at the end."""
    steps = (PutInline("first", filler(10_300)), DeleteInline("first"), PutInline("deny", DENY_ALL))
    assert "of the 10240 that IAM allows" in objection(*steps, snapshot=as_administrator(HEALTHY))
