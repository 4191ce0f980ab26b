"""What the guard asks of AWS, and in which order, as it was recorded in front of the API."""

from collections import Counter

import pytest

from tests.builders import IN_PATTERN, PAYROLL, PROFILE, allow, policy
from tests.stack.account import Account
from tests.stack.calls import Call, recording
from tests.stack.faulty import calls_made, put_faults
from tests.stack.roles import CONTAINMENT

pytestmark = pytest.mark.stack
ROLE = "AWSPanoramaSageMakerRole"
MOST_CALLS = 12
# The record, the role three times (to plan, right before the write, after it), backup, what is waived by now, pause,
# the write, re-checks, the outcome; and what was told, how many of this minute, the alert, that it was told.
REMEDIATE_CALLS, NOTIFY_CALLS = 26, 4
READS = [
    "GetRole",
    "ListRolePolicies",
    "GetRolePolicy",
    "ListAttachedRolePolicies",
    "GetPolicy",
    "GetPolicyVersion",
]


@pytest.mark.parametrize("document", [IN_PATTERN, PAYROLL], ids=["harmless", "escape"])
def test_inspecting_a_role_with_one_managed_and_one_inline_policy_takes_at_most_twelve_calls(
    observing: Account, document: str
) -> None:
    """The bar; in mode observe nobody else reads roles, so every such call is inspect's."""
    with recording(observing.stack) as made:
        observing.mallory.put_role_policy(RoleName=ROLE, PolicyName="counted", PolicyDocument=document)
        observing.settle()
    (inspector,) = made.callers_of("GetRole")
    operations = [call.operation for call in made.by(inspector)]
    assert [operation for operation in operations if operation in READS] == READS
    assert len(operations) <= MOST_CALLS


def test_inspecting_after_a_change_of_a_policy_takes_at_most_twelve_calls(observing: Account) -> None:
    """The event names a policy: two calls more find the role."""
    arn = observing.create_policy("counted", IN_PATTERN)
    observing.iam.detach_role_policy(RoleName=ROLE, PolicyArn=_baseline())
    observing.iam.attach_role_policy(RoleName=ROLE, PolicyArn=arn)
    observing.iam.put_role_policy(RoleName=ROLE, PolicyName="inline", PolicyDocument=IN_PATTERN)
    observing.settle()
    with recording(observing.stack) as made:
        observing.mallory.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("s3:*")), SetAsDefault=True)
        assert len(observing.alerts()) == 1
    (inspector,) = made.callers_of("ListEntitiesForPolicy")
    assert len(made.by(inspector)) <= MOST_CALLS


def test_ordering_a_remediation_stays_within_twelve_calls(enforcing: Account) -> None:
    """In mode enforce the order is one call more."""
    with recording(enforcing.stack) as made:
        enforcing.mallory.put_role_policy(RoleName=ROLE, PolicyName="counted", PolicyDocument=PAYROLL)
        enforcing.settle()
    ordered = next(call for call in made.calls if call.operation == "SendMessage")
    calls = made.by(ordered.caller)
    assert len(calls[: calls.index(ordered) + 1]) <= MOST_CALLS


def test_a_containment_takes_so_many_calls_of_each_function_and_no_more(enforcing: Account) -> None:
    """One escape of a role with one managed policy, from the event to the alert; whoever adds a call changes this."""
    enforcing.recheck()
    put_faults(enforcing.stack)
    enforcing.mallory.put_role_policy(RoleName=ROLE, PolicyName="counted", PolicyDocument=PAYROLL)
    enforcing.settle()
    made = calls_made(enforcing.stack)
    counts = Counter(call.function for call in made)
    assert (counts["remediate"], counts["notify"]) == (REMEDIATE_CALLS, NOTIFY_CALLS)
    assert counts["inspect"] <= 2 * MOST_CALLS  # of the attack, and of the guard's own write
    assert set(counts) == {"inspect", "remediate", "notify"}


def test_the_backup_comes_before_the_write_and_the_verification_after_it(enforcing: Account) -> None:
    """Backup, read again, write, read again, then the outcome: in this order, by one worker."""
    with recording(enforcing.stack) as made:
        enforcing.mallory.put_role_policy(RoleName=ROLE, PolicyName="ordered", PolicyDocument=PAYROLL)
        enforcing.settle()
    (written,) = [call for call in made.calls if call.operation == "PutRolePolicy" and CONTAINMENT in call.body]
    calls = made.by(written.caller)
    write = calls.index(written)
    (backup,) = [place for place, call in enumerate(calls) if _puts(call, "BACKUP#")]
    (outcome,) = [place for place, call in enumerate(calls) if _puts(call, "CONTAINED")]
    assert backup < write < outcome
    for part in (calls[backup:write], calls[write:outcome]):
        assert {"GetRole", "ListRolePolicies", "ListAttachedRolePolicies"} <= {call.operation for call in part}


def _puts(call: Call, text: str) -> bool:
    return call.operation == "PutItem" and text in call.body


def _baseline() -> str:
    role = PROFILE.role_named(ROLE)
    assert role is not None
    return role.managed_policies[0]
