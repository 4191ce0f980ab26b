"""What is read of an account for a plan, and that nobody else's policy is ever touched."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from panorama_guard.case.account import LEAST, PolicyUsers, PolicyVersion
from panorama_guard.case.backup import Backup
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import DetachManaged, PutInline, PutOwnBoundary, SetDefaultVersion, Step
from panorama_guard.planning.names import own_boundary_arns
from panorama_guard.service.settings import CustomerPolicies
from tests.builders import (
    BOUNDARY_ARN,
    CUSTOMER_ARN,
    GROUP_ROLE,
    PAYROLL,
    SERVICE_ROLE,
    allow,
    filler,
    managed,
    policy,
    snapshot_of,
    with_policies,
)
from tests.unit.service.world import World

HEALTHY = snapshot_of(GROUP_ROLE)
KEPT = allow("iot:UpdateThing", "arn:aws:iot:*:*:thing/panorama-1")  # no other policy of the role grants it
GOOD, BAD = policy(KEPT), policy(KEPT, allow("sqs:*"))
OWN = own_boundary_arns(HEALTHY)


def full(**changes: object) -> RoleSnapshot:
    """Return a role that has the bad version of a customer's policy, and room for no Deny."""
    snapshot = with_policies(HEALTHY, filler(10_200), attached=[managed(BAD, version_id="v2")])
    return replace(snapshot, **changes)  # type: ignore[arg-type] # fields of the snapshot


def shared(users: PolicyUsers, *, setting: CustomerPolicies = CustomerPolicies.REVERT) -> World:
    """Return a world in which the policy has an earlier version, and these users beside the role."""
    world = World(customer_policies=setting)
    world.roles.policies[CUSTOMER_ARN] = managed(BAD, version_id="v2")
    world.roles.versions[CUSTOMER_ARN] = (PolicyVersion("v1", GOOD, is_default=False),)
    world.roles.strangers[CUSTOMER_ARN] = users
    return world


def written(world: World) -> list[type[Step]]:
    """Return the kinds of the steps that were carried out."""
    return [type(step) for _, step in world.roles.writes]


NOBODY = PolicyUsers(CUSTOMER_ARN, exists=True)


# --- reads ---


def test_where_the_first_rung_is_proved_nothing_is_read_but_the_role() -> None:
    """The quotas that hold in every account are enough for it."""
    world = World()
    world.change(with_policies(HEALTHY, PAYROLL))
    world.remediate()
    assert [call for call in world.calls.made if call.startswith(("read_quotas", "read_users", "read_versions"))] == []


def test_a_customer_s_policy_is_not_even_looked_at_unless_the_deployment_allows_it() -> None:
    """Default off."""
    world = shared(NOBODY, setting=CustomerPolicies.KEEP)
    world.change(full())
    world.remediate()
    assert written(world) == [PutOwnBoundary]
    assert f"read_users {CUSTOMER_ARN}" not in world.calls.made


# --- a customer's policy ---


def test_a_customer_s_policy_is_set_back_where_the_deployment_allows_it() -> None:
    """The role alone uses it."""
    world = shared(NOBODY)
    world.change(full())
    assert world.remediate() == ["CONTAINED"]
    assert world.roles.writes == [(GROUP_ROLE.name, SetDefaultVersion(CUSTOMER_ARN, "v1", GOOD))]


def with_a_late_user(world: World, arn: str) -> None:
    """Have somebody attach a policy to a role of his in the moment between a plan and its first write."""
    put_backup = world.ledger.put_backup

    def attach_then(incident: Incident, backup: Backup) -> None:
        put_backup(incident, backup)
        world.roles.strangers[arn] = PolicyUsers(arn, exists=True, attached=("role/Payroll",))

    world.ledger.put_backup = attach_then  # type: ignore[method-assign] # the moment before the role is read again


def test_a_policy_that_somebody_attaches_while_the_plan_is_made_is_not_set_back() -> None:
    """Whoever uses it was read before the plan, and it is read again in the last moment."""
    world = shared(NOBODY)
    with_a_late_user(world, CUSTOMER_ARN)
    world.change(full())
    assert world.remediate() == ["CONTAINED"]
    assert written(world) == [PutOwnBoundary]


def test_a_boundary_of_the_guard_s_own_that_somebody_attaches_while_the_plan_is_made_is_not_written() -> None:
    """Another one is, that nobody uses."""
    world = shared(NOBODY, setting=CustomerPolicies.KEEP)
    with_a_late_user(world, OWN[0])
    world.change(full())
    assert world.remediate() == ["CONTAINED"]
    assert [step.own.arn for _, step in world.roles.writes if isinstance(step, PutOwnBoundary)] == [OWN[1]]


def test_another_guarded_role_that_changes_while_the_plan_is_made_is_judged_anew() -> None:
    """No harm was proved of it as it was."""
    world = shared(NOBODY)
    other = replace(snapshot_of(SERVICE_ROLE), attached=(managed(BAD, version_id="v2"),))
    world.roles.put(other)
    put_backup, changed = world.ledger.put_backup, [with_policies(other, policy(allow("s3:ListAllMyBuckets")))]

    def change_then(incident: Incident, backup: Backup) -> None:
        put_backup(incident, backup)
        if changed:
            world.roles.put(changed.pop())

    world.ledger.put_backup = change_then  # type: ignore[method-assign] # as above
    world.change(full())
    assert world.remediate() == ["CONTAINED"]
    assert sum(call.startswith("put_backup") for call in world.calls.made) == 2  # it was planned twice


@pytest.mark.parametrize(
    "users",
    [
        PolicyUsers(CUSTOMER_ARN, exists=True, attached=("role/Payroll",)),
        PolicyUsers(CUSTOMER_ARN, exists=True, attached=("user/alice",)),
        PolicyUsers(CUSTOMER_ARN, exists=True, attached=("group/developers",)),
        PolicyUsers(CUSTOMER_ARN, exists=True, bounded=("role/Payroll",)),
        PolicyUsers(CUSTOMER_ARN, exists=True, bounded=("user/alice",)),
        PolicyUsers(CUSTOMER_ARN, exists=True, attached=(f"user/{SERVICE_ROLE.name}",)),
        PolicyUsers(CUSTOMER_ARN, exists=True, attached=(f"role/{SERVICE_ROLE.name}",)),
        PolicyUsers(CUSTOMER_ARN, exists=True, attached=("role/AWSServiceRoleForAWSPanorama",)),
    ],
    ids=[
        "another role",
        "a user",
        "a group",
        "another role's boundary",
        "a user's boundary",
        "a user that is named like a guarded role",
        "a guarded role that cannot be read",
        "a role that is watched and not enrolled",
    ],
)
def test_a_shared_policy_is_never_edited(users: PolicyUsers) -> None:
    """Whoever else uses it, and in whichever way; the plan says who."""
    world = shared(users)
    world.change(full())
    assert world.remediate() == ["CONTAINED"]
    assert written(world) == [PutOwnBoundary]
    stranger = (*users.attached, *users.bounded)[0]
    assert any(
        f"is not set back to another version: {stranger} uses it too" in note for note in world.incident.remedy.notes
    )


def test_a_policy_shared_with_a_look_alike_is_not_edited() -> None:
    """The name is a guarded role's; the path is not."""
    world = shared(NOBODY)
    other = with_policies(snapshot_of(SERVICE_ROLE, path="/application/"), attached=[managed(BAD, version_id="v2")])
    world.roles.put(other)
    world.change(full())
    world.remediate()
    assert written(world) == [PutOwnBoundary]


def test_a_policy_that_two_guarded_roles_use_is_set_back_for_both() -> None:
    """Neither loses anything by it."""
    world = shared(NOBODY)
    world.roles.put(with_policies(snapshot_of(SERVICE_ROLE), attached=[managed(BAD, version_id="v2")]))
    world.change(full())
    assert world.remediate() == ["CONTAINED"]
    assert written(world) == [SetDefaultVersion]
    other = world.roles.roles[SERVICE_ROLE.name.lower()]
    assert GOOD in [policy.text for policy in other.attached]


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::999999999999:policy/Theirs"]
)
def test_a_policy_of_aws_or_of_another_account_is_no_customer_s_policy(arn: str) -> None:
    """Nobody here can set it back."""
    world = shared(NOBODY)
    world.change(full(attached=(*HEALTHY.attached, managed(BAD, arn, "v2"))))
    world.remediate()
    assert f"read_users {arn}" not in world.calls.made


def test_a_boundary_that_was_widened_in_place_is_set_back() -> None:
    """It is the customer's policy too."""
    narrow, wide = policy(allow("s3:*", "arn:aws:s3:::*aws-panorama*")), policy(allow("s3:*"))
    world = shared(NOBODY)
    world.roles.policies[BOUNDARY_ARN] = managed(wide, BOUNDARY_ARN, "v2")
    world.roles.versions[BOUNDARY_ARN] = (PolicyVersion("v1", narrow, is_default=False),)
    bounded = with_policies(HEALTHY, filler(10_200), attached=[managed(wide)])
    world.change(bounded.with_boundary((managed(wide, BOUNDARY_ARN, "v2"),)))
    assert world.incident.kind is Kind.PERMISSION_ESCAPE
    assert world.remediate() == ["CONTAINED"]
    assert world.roles.writes[0][1] == SetDefaultVersion(BOUNDARY_ARN, "v1", narrow)


# --- the guard's own policy ---


def used_by(arn: str, **users: tuple[str, ...]) -> Callable[[World], None]:
    """Return what has somebody use one of the guard's own policies."""
    return lambda world: world.roles.strangers.update({arn: PolicyUsers(arn, exists=True, **users)})


@pytest.mark.parametrize(
    "use",
    [
        used_by(OWN[0], attached=("role/Payroll",)),
        used_by(OWN[0], bounded=("role/Payroll",)),
        used_by(OWN[0], attached=(f"role/{GROUP_ROLE.name}",)),
    ],
)
def test_a_policy_of_the_guard_s_that_somebody_else_uses_is_not_rewritten(use: Callable[[World], None]) -> None:
    """Another name is taken: neither is a stranger touched, nor can he keep the guard from its boundary."""
    world = World()
    use(world)
    world.change(with_policies(HEALTHY, filler(10_200), PAYROLL))
    assert world.remediate() == ["CONTAINED"]
    ((_, step),) = world.roles.writes
    assert isinstance(step, PutOwnBoundary)
    assert step.own.arn == OWN[1]


def test_where_all_names_are_in_use_the_refusal_says_so() -> None:
    """What is left is for an operator."""
    world = World()
    for arn in OWN:
        used_by(arn, bounded=("role/Payroll",))(world)
    world.change(with_policies(HEALTHY, filler(10_150), attached=[managed(PAYROLL)]))
    world.remediate()
    assert world.incident.state is State.NEEDS_APPROVAL
    assert any("no boundary of the guard's own" in note for note in world.incident.remedy.notes)


def test_an_account_that_is_full_of_policies_takes_no_new_one() -> None:
    """One that is there already may be renewed."""
    world = World()
    world.roles.quotas = replace(LEAST, spare_policies=0)
    world.change(with_policies(HEALTHY, filler(10_150), attached=[managed(PAYROLL)]))
    world.remediate()
    assert world.incident.state is State.NEEDS_APPROVAL
    world.roles.policies[OWN[0]] = managed(policy(allow("*")), OWN[0])
    world.change(with_policies(HEALTHY, filler(10_149), attached=[managed(PAYROLL)]), event_id="event-2")
    assert world.remediate() == ["CONTAINED"]


def test_a_boundary_of_the_guard_s_own_is_not_what_a_role_is_put_back_to() -> None:
    """Who takes it away brings the escape back, which is contained anew, and counted."""
    escaped = with_policies(HEALTHY, filler(10_200), PAYROLL)
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.change(escaped)
    world.remediate()
    world.change(escaped, event_id="event-2")
    assert [incident.kind for incident in world.incidents] == [Kind.PERMISSION_ESCAPE]
    assert len(world.incident.reopenings) == 1
    assert world.remediate() == ["CONTAINED"]
    assert written(world) == [PutOwnBoundary, PutOwnBoundary]


def test_quotas_that_were_raised_let_the_first_rung_fit() -> None:
    """They are read where the least of them does not do."""
    world = World()
    world.roles.quotas = replace(LEAST, inline=20_480)
    world.change(full())
    assert world.remediate() == ["CONTAINED"]
    assert written(world) == [PutInline]


def test_what_grants_nothing_inside_the_ceiling_is_detached_where_no_deny_fits() -> None:
    """Before any boundary is set."""
    world = World()
    world.change(full(attached=(*HEALTHY.attached, managed(policy(allow("sqs:*"))))))
    assert world.remediate() == ["CONTAINED"]
    assert written(world) == [DetachManaged]
