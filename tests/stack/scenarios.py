"""What the fault matrix runs: an attack on one role, what is done about it, and which part of it meets the fault."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from tests.builders import ADMINISTRATOR_ARN, PAYROLL, allow, policy, trusting
from tests.stack.account import Account
from tests.stack.cornering import BAD, GOOD, QUEUES_ARN, corner, fill
from tests.stack.roles import RoleRecord

ROLE = "AWSPanoramaSageMakerRole"
STRANGER = trusting({"AWS": "arn:aws:iam::999999999999:root"})
type_act = Callable[[Account], object]
type_change = Callable[[Account, RoleRecord], RoleRecord]


class Part(Enum):
    """Which part of a scenario meets the fault."""

    CONTAINING = "containing"  # from the attack to the last re-check
    APPROVING = "approving"  # from the operator's word on
    UNDOING = "undoing"


def nothing(_: Account) -> None:
    """Leave the role as AWS makes it."""


@dataclass(frozen=True, slots=True)
class Attack:
    """What mallory does, and the role as it is then, of the role as it is before."""

    act: type_act
    makes: type_change
    prepare: type_act = nothing
    is_restored: bool = False  # the guard goes back to what the role was before, not only to its ceiling
    is_shut: bool = False  # the guard takes everything from the role


def _escape(account: Account) -> None:
    account.mallory.put_role_policy(RoleName=ROLE, PolicyName="payroll", PolicyDocument=PAYROLL)


def _with_payroll(_: Account, role: RoleRecord) -> RoleRecord:
    return replace(role, inline=(*role.inline, ("payroll", PAYROLL)))


def _let_stranger_in(account: Account) -> None:
    trust = _with_stranger(account, account.record(ROLE)).trust
    account.mallory.update_assume_role_policy(RoleName=ROLE, PolicyDocument=trust)


def _with_stranger(_: Account, role: RoleRecord) -> RoleRecord:
    trust = json.loads(role.trust)
    trust["Statement"].append(STRANGER)
    return replace(role, trust=json.dumps(trust))


def _bound(account: Account) -> None:
    """Give the role all buckets, under a boundary that keeps it to those of the pattern."""
    arn = account.create_policy("boundary", policy(allow("s3:*", "arn:aws:s3:::*aws-panorama*")))
    account.iam.put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=arn)
    account.settle()
    account.iam.put_role_policy(RoleName=ROLE, PolicyName="all-buckets", PolicyDocument=policy(allow("s3:*")))
    assert account.alerts() == []


def _take_boundary_away(account: Account) -> None:
    account.mallory.delete_role_permissions_boundary(RoleName=ROLE)


def _without_boundary(_: Account, role: RoleRecord) -> RoleRecord:
    return replace(role, boundary=())


def _leave_no_room(account: Account) -> None:
    fill(account, ROLE, 10_220)


def _attach(arn: str) -> type_act:
    return lambda account: account.mallory.attach_role_policy(RoleName=ROLE, PolicyArn=arn)


def _with_attached(arn: str) -> type_change:
    return lambda account, role: replace(role, attached=(*role.attached, account.managed_policy(arn)))


def _tuned(account: Account) -> None:
    """Give the role a customer's policy that only it uses, and leave no room for a Deny."""
    account.iam.attach_role_policy(RoleName=ROLE, PolicyArn=account.create_policy(TUNING, GOOD))
    _leave_no_room(account)


def _widen(account: Account) -> None:
    (arn,) = (arn for arn, _ in account.record(ROLE).attached if arn.endswith(f":policy/{TUNING}"))
    account.mallory.create_policy_version(PolicyArn=arn, PolicyDocument=BAD, SetAsDefault=True)


def _with_widened(_: Account, role: RoleRecord) -> RoleRecord:
    attached = tuple((arn, BAD if text == GOOD else text) for arn, text in role.attached)
    return replace(role, attached=attached)


def _cornered(account: Account) -> None:
    corner(account, ROLE)
    account.create_policy(PAID, PAYROLL)


def _attach_own(account: Account) -> None:
    account.mallory.attach_role_policy(RoleName=ROLE, PolicyArn=_paid(account))


def _with_own(account: Account, role: RoleRecord) -> RoleRecord:
    return replace(role, attached=tuple(sorted((*role.attached, account.managed_policy(_paid(account))))))


def _paid(account: Account) -> str:
    return f"arn:aws:iam::{account.id}:policy/{PAID}"


TUNING, PAID = "tuning", "payroll"
ESCAPE = Attack(_escape, _with_payroll)
STRANGER_IN = Attack(_let_stranger_in, _with_stranger)
BOUNDARY_GONE = Attack(_take_boundary_away, _without_boundary, _bound, is_restored=True)
QUEUES = Attack(_attach(QUEUES_ARN), _with_attached(QUEUES_ARN), _leave_no_room)
ADMINISTRATOR = Attack(_attach(ADMINISTRATOR_ARN), _with_attached(ADMINISTRATOR_ARN), _leave_no_room)
WIDENED = Attack(_widen, _with_widened, _tuned, is_restored=True)
CORNERED = Attack(_attach_own, _with_own, _cornered, is_shut=True)


@dataclass(frozen=True, slots=True)
class Scenario:
    """An attack, and which part of what follows meets a fault."""

    name: str
    attack: Attack
    part: Part = Part.CONTAINING
    mode: str = "enforce"
    is_seen: bool = True  # its event is not lost


SCENARIOS = (
    Scenario("permission", ESCAPE),
    Scenario("trust", STRANGER_IN),
    Scenario("boundary", BOUNDARY_GONE),
    Scenario("detach", QUEUES),
    Scenario("ceiling as boundary", ADMINISTRATOR),
    Scenario("set-back version", WIDENED),
    Scenario("sweep", ESCAPE, is_seen=False),
    Scenario("undo", ESCAPE, part=Part.UNDOING),
    Scenario("undo of a trust", STRANGER_IN, part=Part.UNDOING),
    Scenario("undo of a detachment", QUEUES, part=Part.UNDOING),
    Scenario("undo of a boundary", ADMINISTRATOR, part=Part.UNDOING),
    Scenario("undo of a set-back version", WIDENED, part=Part.UNDOING),
    Scenario("approve", ESCAPE, part=Part.APPROVING, mode="approve"),
    Scenario("approve a quarantine", CORNERED, part=Part.APPROVING, mode="approve"),
)
