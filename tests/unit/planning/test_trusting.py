"""A trust escape: who lies outside the profile is taken out, and older sessions are ended."""

import json
from dataclasses import replace

import pytest

from panorama_guard.case.finding import Kind
from panorama_guard.case.memory import Memory
from panorama_guard.case.step import DeleteInline, PutInline, PutTrust, RevokeSessions
from panorama_guard.containment import Contained, Request
from panorama_guard.containment.check import check
from panorama_guard.containment.evaluate import allows
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.judging.trust import read_trust
from panorama_guard.planning.names import REVOCATION
from panorama_guard.planning.plan import Plan
from panorama_guard.planning.trusting import revocation
from tests.builders import (
    GROUP_ROLE,
    IN_PATTERN,
    PAYROLL,
    ROLE_ID,
    filler,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)
from tests.unit.planning.situations import carried_out, judged_after, planned, situation, tried

REVOKED = RevokeSessions(REVOCATION, "2026-11-23T15:00:11Z")  # the second after the one that has begun

SERVICE = {"Service": "greengrass.amazonaws.com"}
STRANGER = trusting({"AWS": "999999999999"})


def test_a_stranger_is_taken_out_of_the_trust() -> None:
    """The rest stays, byte for byte."""
    opened = json.dumps({"Version": "2012-10-17", "Statement": [trusting(SERVICE), STRANGER]}, indent=4)
    of = situation(replace(snapshot_of(GROUP_ROLE), trust=opened))
    plan = planned(of)
    kept = json.dumps({"Version": "2012-10-17", "Statement": [trusting(SERVICE)]}, indent=4)
    assert plan.steps == (REVOKED, PutTrust(kept))
    assert plan.remedy(GROUP_ROLE.name).rung == "PutTrust"
    assert plan.inverses == (DeleteInline(REVOCATION), PutTrust(opened))


def test_a_trust_of_strangers_only_becomes_the_remembered_one() -> None:
    """What the role last had while compliant."""
    memory = Memory(ROLE_ID, (GROUP_ROLE.trust_text,))
    of = situation(replace(snapshot_of(GROUP_ROLE), trust=policy(STRANGER)), memory=memory)
    assert planned(of).steps == (REVOKED, PutTrust(GROUP_ROLE.trust_text))


def test_a_trust_of_strangers_only_becomes_the_profile_s_where_nothing_is_remembered() -> None:
    """That is who has to be able to become the role."""
    of = situation(replace(snapshot_of(GROUP_ROLE), trust=policy(STRANGER)))
    assert planned(of).steps == (REVOKED, PutTrust(GROUP_ROLE.trust_text))


def test_a_remembered_trust_that_itself_escapes_is_not_put_back() -> None:
    """The proof decides, not the memory."""
    memory = Memory(ROLE_ID, (policy(trusting("*")),))
    of = situation(replace(snapshot_of(GROUP_ROLE), trust=policy(STRANGER)), memory=memory)
    assert planned(of).steps == (REVOKED, PutTrust(GROUP_ROLE.trust_text))


NEVER = trusting(SERVICE, Condition={"StringEquals": {"sts:ExternalId": "never"}})


@pytest.mark.parametrize(
    "statements",
    [
        (trusting("*"), NEVER),
        (NEVER, trusting(SERVICE, "sts:Assume*")),
        (trusting({"Service": [*SERVICE.values(), *SERVICE.values()], "AWS": "999999999999"}), NEVER),
        (trusting({"AWS": "*"}),),
    ],
)
@pytest.mark.parametrize("remembered", [(), (policy(NEVER),), (GROUP_ROLE.trust_text,)])
def test_a_decoy_does_not_keep_a_trust_from_being_repaired(
    statements: tuple[dict[str, object], ...], remembered: tuple[str, ...]
) -> None:
    """Everybody inside the profile who could become the role still can, and nobody else."""
    snapshot = replace(snapshot_of(GROUP_ROLE), trust=policy(*statements))
    of = situation(snapshot, memory=Memory(ROLE_ID, remembered))
    after = carried_out(of, planned(of))
    assert judged_after(of, planned(of)) == ()
    assert check(of.standard.trust, read_trust(after.trust)) == Contained()


# --- sessions issued before ---

OPENED = replace(snapshot_of(GROUP_ROLE), trust=policy(trusting(SERVICE), STRANGER))
READ = Request("s3:GetObject", "arn:aws:s3:::my-aws-panorama-models/yolo")


@pytest.mark.parametrize(
    ("issued", "denied"),
    [("2026-11-23T12:00:00Z", "denied"), ("2026-11-23T15:00:10Z", "denied"), ("2026-11-23T15:00:11Z", "")],
)
def test_sessions_issued_before_the_fix_are_denied_and_later_ones_are_not(issued: str, denied: str) -> None:
    """By the definition itself, on what is inside the pattern."""
    of = situation(replace(OPENED, inline=with_policies(OPENED, IN_PATTERN).inline))
    request = replace(READ, context=(("aws:TokenIssueTime", (issued,)),))
    assert allows(read_permissions(carried_out(of, planned(of))).grant, request) is (not denied)


def test_the_proof_says_that_sessions_are_ended_and_no_permission_is_taken() -> None:
    """And that the time is moved up."""
    proof = planned(situation(OPENED)).proof
    assert "denied everything, which ends sessions and takes no permission" in proof
    assert "moved up after 30 s and 2 min" in proof


def test_a_role_whose_older_sessions_are_denied_is_inside_its_profile() -> None:
    """The Deny is no finding, and hides none."""
    of = situation(OPENED)
    after = carried_out(of, planned(of))
    assert judged_after(of, planned(of)) == ()
    worse = situation(after.with_inline("more", PAYROLL))
    assert worse.finding.kind is Kind.PERMISSION_ESCAPE
    assert judged_after(worse, planned(worse)) == ()


def test_an_earlier_deny_of_older_sessions_is_moved_up() -> None:
    """One for the role; undoing puts the earlier one back."""
    earlier = RevokeSessions(REVOCATION, "2026-11-20T00:00:00Z")
    plan = planned(situation(OPENED.with_inline(REVOCATION, earlier.text)))
    assert plan.steps[0] == REVOKED
    assert plan.inverses[0] == PutInline(REVOCATION, earlier.text)


def test_what_somebody_wrote_under_the_name_is_not_replaced() -> None:
    """It allows something, so it is not the guard's."""
    of = situation(OPENED.with_inline(REVOCATION, IN_PATTERN))
    assert planned(of).steps[0] == replace(REVOKED, name=f"{REVOCATION}-2")


def test_where_no_inline_policy_fits_the_trust_is_repaired_all_the_same() -> None:
    """The plan says that sessions go on."""
    plan = planned(situation(replace(OPENED, inline=with_policies(OPENED, filler(10_200)).inline)))
    assert plan.steps == (PutTrust(policy(trusting(SERVICE))),)
    assert "sessions issued before are not ended by it, for want of room" in plan.proof


def test_a_deny_that_aws_refuses_leaves_the_repair_alone() -> None:
    """What was refused is not tried again."""
    of = replace(situation(OPENED), refused=tried(REVOKED))
    assert planned(of).steps == (PutTrust(policy(trusting(SERVICE))),)


def planned_at(now: str) -> Plan:
    """Return the plan that is made at a time."""
    return planned(replace(situation(OPENED), now=now))


def test_a_plan_made_anew_later_is_the_same_plan() -> None:
    """Only its time differs: an operator's approval of it holds."""
    early, late = planned_at("2026-11-23T15:00:10+00:00"), planned_at("2026-11-23T15:40:00+00:00")
    assert early.digest == late.digest
    assert early.steps != late.steps


def test_a_time_in_another_zone_is_written_in_aws_s_form() -> None:
    """IAM compares moments."""
    step = revocation(snapshot_of(GROUP_ROLE), now="2026-11-23T17:00:10.750000+02:00")
    assert step.before == "2026-11-23T15:00:11Z"
