"""Each rung of the ladder is undone by one command: the role is byte for byte what it was before the guard acted."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from panorama_guard.case.incident import Incident, State
from tests.builders import ADMINISTRATOR_ARN, PAYROLL, allow, policy
from tests.stack.account import Account
from tests.stack.cornering import BAD, GOOD, QUEUES_ARN, corner, fill
from tests.stack.faulty import faults_met, put_faults
from tests.stack.roles import CONTAINMENT
from tests.stack.undoing import Parts, parts_of

pytestmark = pytest.mark.stack
LARGE = "AWSPanoramaServiceRole"
SMALL = "AWSPanoramaSageMakerRole"
WHY = ("--reason", "an agreed change", "--for", "1h")
DONE, WAITING = 0, 4
Attack = Callable[[], object]


def attacked(account: Account, attack: Attack, role: str = SMALL) -> tuple[Incident, Parts]:
    """Let mallory escape, unseen at first; return the incident at its outcome, and the role before the guard wrote."""
    with account.events_lost():
        attack()
    before = parts_of(account.record(role))
    account.mallory.tag_role(RoleName=role, Tags=[{"Key": "a", "Value": "b"}])
    return account.outcome(role), before


def undone(account: Account, incident: Incident) -> dict[str, Any]:
    """Undo by the command line, with a second operator where one is needed, and return what it said at first."""
    operator, second = account.operators
    answer: dict[str, Any]
    code, answer = operator.run("undo", incident.id, *WHY)
    told = answer
    if code == WAITING:
        assert second.run("approve-waiver", told["waiver"]["waiver"])[0] == DONE
        code, told = operator.run("undo", incident.id, *WHY)
    assert (code, told["undo"], told["compared"]) == (DONE, "done", "byte for byte")
    return answer


def hold_undone(account: Account, incident: Incident, before: Parts) -> dict[str, Any]:
    """Assert that an undo gives every byte back, and that the guard lets it be; return what the undo said."""
    assert incident.state is State.CONTAINED
    assert parts_of(account.record(SMALL)) != before
    told = undone(account, incident)
    assert parts_of(account.record(SMALL)) == before
    account.recheck()
    account.invoke("sweep", {})
    account.settle()
    assert parts_of(account.record(SMALL)) == before
    assert account.outcome(SMALL).state is State.RESOLVED
    return told


def test_a_detached_policy_is_attached_again_by_the_operator(enforcing: Account) -> None:
    """The guard could not: no function may attach anything."""
    fill(enforcing, SMALL, 10_220)
    attack = partial(enforcing.mallory.attach_role_policy, RoleName=SMALL, PolicyArn=QUEUES_ARN)
    told = hold_undone(enforcing, *attacked(enforcing, attack))
    assert (told["by_guard"], told["by_operator"]) == ([], [f"attach the managed policy {QUEUES_ARN}"])


def test_a_deleted_inline_policy_is_put_back_by_the_operator(enforcing: Account) -> None:
    """White space and all."""
    own = policy(allow("sqs:*")).replace(",", " ,\n\t")
    fill(enforcing, SMALL, 10_230 - len("".join(own.split())))
    attack = partial(enforcing.mallory.put_role_policy, RoleName=SMALL, PolicyName="queues", PolicyDocument=own)
    told = hold_undone(enforcing, *attacked(enforcing, attack))
    assert (told["by_guard"], told["by_operator"]) == ([], ["put the inline policy queues"])


def test_a_version_that_was_set_back_is_the_default_again_by_the_operator(enforcing: Account) -> None:
    """The policy's own document comes back with it."""
    arn = enforcing.create_policy("tuning", GOOD)
    enforcing.iam.attach_role_policy(RoleName=SMALL, PolicyArn=arn)
    fill(enforcing, SMALL, 10_220)
    attack = partial(enforcing.mallory.create_policy_version, PolicyArn=arn, PolicyDocument=BAD, SetAsDefault=True)
    told = hold_undone(enforcing, *attacked(enforcing, attack))
    assert (told["by_guard"], told["by_operator"]) == ([], [f"make v2 the default version of {arn}"])
    assert enforcing.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"


def test_the_ceiling_as_a_boundary_is_taken_away_by_the_guard(enforcing: Account) -> None:
    """It was the guard's own; a second operator agrees, for it held back permissions management."""
    fill(enforcing, SMALL, 10_220)
    attack = partial(enforcing.mallory.attach_role_policy, RoleName=SMALL, PolicyArn=ADMINISTRATOR_ARN)
    told = hold_undone(enforcing, *attacked(enforcing, attack))
    assert (told["by_guard"], told["by_operator"]) == (["take the permissions boundary away"], [])


def test_the_boundary_in_whose_place_the_guard_s_came_is_put_back_by_the_operator(enforcing: Account) -> None:
    """The team's boundary lets through what escapes."""
    arn = enforcing.create_policy("team-boundary", policy(allow("*")))
    enforcing.iam.put_role_permissions_boundary(RoleName=SMALL, PermissionsBoundary=arn)
    fill(enforcing, SMALL, 10_220)
    attack = partial(enforcing.mallory.attach_role_policy, RoleName=SMALL, PolicyArn=ADMINISTRATOR_ARN)
    told = hold_undone(enforcing, *attacked(enforcing, attack))
    assert (told["by_guard"], told["by_operator"]) == ([], [f"set the permissions boundary {arn}"])


def test_a_quarantine_is_undone_by_both_hands(enforcing: Account) -> None:
    """The guard lifts the Deny of everything, the operator puts the trust back."""
    corner(enforcing, SMALL)
    arn = enforcing.create_policy("payroll", PAYROLL)
    attack = partial(enforcing.mallory.attach_role_policy, RoleName=SMALL, PolicyArn=arn)
    asked, before = attacked(enforcing, attack)
    assert asked.state is State.NEEDS_APPROVAL
    enforcing.approve(asked)
    told = hold_undone(enforcing, enforcing.outcome(SMALL), before)
    assert told["by_guard"] == ["delete the inline policy panorama-guard-quarantine"]
    assert told["by_operator"] == ["put back the trust policy as it was"]


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        ("Query", "killed before"),
        ("DeleteRolePolicy", "killed before"),
        ("DeleteRolePolicy", "killed after"),
        ("SendMessageBatch", "killed before"),
        ("PutItem", "killed after"),
    ],
)
def test_an_undo_whose_worker_is_killed_comes_to_the_same_end(enforcing: Account, operation: str, fault: str) -> None:
    """Wherever it was: the order comes again, finds what is left to lift, and the operator sees it done."""
    attack = partial(enforcing.mallory.put_role_policy, RoleName=SMALL, PolicyName="paid", PolicyDocument=PAYROLL)
    incident, before = attacked(enforcing, attack)
    put_faults(enforcing.stack, [{"fault": fault, "function": "remediate", "operation": operation}])
    told = hold_undone(enforcing, incident, before)
    met = faults_met(enforcing.stack)
    put_faults(enforcing.stack)
    (lifted,) = told["by_guard"]
    assert (met, lifted.startswith(f"delete the inline policy {CONTAINMENT}")) == (1, True)
    assert enforcing.dead_letters() == []


def test_what_cannot_be_put_back_any_more_is_said(enforcing: Account) -> None:
    """Somebody has deleted the policy that was detached: nothing is called done, and the rest of the role is right."""
    arn = enforcing.create_policy("queues", policy(allow("sqs:Get*")))
    fill(enforcing, SMALL, 10_220)
    attack = partial(enforcing.mallory.attach_role_policy, RoleName=SMALL, PolicyArn=arn)
    incident, before = attacked(enforcing, attack)
    assert arn not in dict(enforcing.record(SMALL).attached)
    enforcing.iam.delete_policy(PolicyArn=arn)
    operator, _ = enforcing.operators
    code, told = operator.run("undo", incident.id, *WHY)
    assert code not in (DONE, WAITING)
    assert told["differs"][0].startswith(f"could not attach the managed policy {arn}: ")
    assert "NoSuchEntity" in told["differs"][0]
    enforcing.create_policy("queues", policy(allow("sqs:Get*")))
    undone(enforcing, incident)
    assert parts_of(enforcing.record(SMALL)) == before


def test_all_is_undone_once_the_second_operator_has_agreed(enforcing: Account) -> None:
    """A dry run changes nothing; what waits keeps no other; run again, nothing of the guard's is left."""
    small, large, incidents = three_contained(enforcing)
    contained = both(enforcing)
    operator, other = enforcing.operators
    code, told = operator.run("undo", "--all")
    in_place = {one["incident"]: one["in_place"] for one in told["incidents"]}
    assert (code, told["dry_run"], list(in_place)) == (DONE, True, list(reversed(incidents)))  # the last write first
    assert all(step.startswith(f"put the inline policy {CONTAINMENT}") for (step,) in in_place.values())
    assert both(enforcing) == contained
    code, told = operator.run("undo", "--all", "--yes", *WHY)
    ended = {one["incident"]: one for one in told["incidents"]}
    assert (code, [ended[one]["outcome"] for one in incidents]) == (WAITING, ["undone", "undone", "waiting"])
    assert [len(ended[one]["left"]) for one in incidents] == [0, 0, 1]
    assert other.run("approve-waiver", ended[incidents[-1]]["answer"]["waiver"]["waiver"])[0] == DONE
    enforcing.settle()
    code, told = operator.run("undo", "--all", "--yes", *WHY)
    assert (code, [one["outcome"] for one in told["incidents"]]) in ((DONE, []), (DONE, ["undone"]))
    enforcing.recheck()
    assert both(enforcing) == (small, large)
    assert operator.run("undo", "--all") == (DONE, {"dry_run": True, "incidents": []})


def three_contained(account: Account) -> tuple[Parts, Parts, list[str]]:
    """Let mallory escape by two roles; return both as they were without the guard, and the incidents in their order."""
    payroll = partial(account.mallory.put_role_policy, PolicyName="paid", PolicyDocument=PAYROLL)
    first, small = attacked(account, partial(payroll, RoleName=SMALL))
    second, large = attacked(account, partial(payroll, RoleName=LARGE), LARGE)
    account.mallory.attach_role_policy(RoleName=LARGE, PolicyArn=ADMINISTRATOR_ARN)
    account.settle()
    (third,) = {one.id for one in account.incidents(LARGE) if one.source == ADMINISTRATOR_ARN}
    added = f"attached {ADMINISTRATOR_ARN}"
    return small, {**large, added: parts_of(account.record(LARGE))[added]}, [first.id, second.id, third]


def both(account: Account) -> tuple[Parts, Parts]:
    """Return the two roles as they are."""
    return parts_of(account.record(SMALL)), parts_of(account.record(LARGE))
