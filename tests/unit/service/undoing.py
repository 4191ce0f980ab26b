"""Worlds in which an escape was contained, by each rung, and what an operator and the guard do to undo it."""

from dataclasses import replace
from typing import Any

import pytest

from panorama_guard.case.incident import State
from panorama_guard.case.record import load_record
from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot
from panorama_guard.case.step import (
    DeleteInline,
    DetachManaged,
    PutBoundary,
    PutInline,
    PutOwnBoundary,
    PutTrust,
    RevokeSessions,
    apply_step,
)
from panorama_guard.case.undo import PutBack
from panorama_guard.service.operator import Answer
from tests.builders import (
    ACCOUNT,
    ADMINISTRATOR,
    BOUNDARY_ARN,
    GROUP_ROLE,
    IN_PATTERN,
    PAYROLL,
    allow,
    as_administrator,
    filler,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)
from tests.unit.service.world import OPERATOR, SECOND, World, event_on

HEALTHY = snapshot_of(GROUP_ROLE)
STRANGER = trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Builder"})
OPENED = HEALTHY.with_trust(policy(trusting({"Service": "greengrass.amazonaws.com"}), STRANGER))
FREED = with_policies(HEALTHY, PAYROLL)
QUEUES = policy(allow("sqs:*"))  # nothing of it is inside the ceiling
FILLED, ROOMY = with_policies(HEALTHY, filler(10_230)), with_policies(HEALTHY, filler(10_000))


def beside(attached: ManagedPolicy) -> RoleSnapshot:
    """Return a role with a managed policy attached beside a full inline quota."""
    return replace(FILLED, attached=with_policies(HEALTHY, attached=[attached]).attached)


CASES = {
    "an inline policy": (HEALTHY, with_policies(HEALTHY, PAYROLL)),
    "a policy attached": (HEALTHY, as_administrator(HEALTHY)),
    "a trust opened": (HEALTHY, OPENED),
    "a boundary lost": (replace(FREED, boundary=(managed(IN_PATTERN, BOUNDARY_ARN),)), FREED),
    "a policy detached": (FILLED, beside(managed(QUEUES))),
    "an inline policy deleted": (ROOMY, with_policies(HEALTHY, filler(10_000), QUEUES, filler(150))),
    "a boundary of the guard's own": (FILLED, beside(managed(ADMINISTRATOR))),
}
RUNGS = {  # which step contains each
    "an inline policy": [PutInline],
    "a policy attached": [PutInline],
    "a trust opened": [RevokeSessions, PutTrust],
    "a boundary lost": [PutBoundary],
    "a policy detached": [DetachManaged],
    "an inline policy deleted": [DeleteInline],
    "a boundary of the guard's own": [PutOwnBoundary],
}
WHY: dict[str, Any] = {"reason": "an agreed change", "seconds": 3600}
LATER = "2026-11-23T16:00:11+00:00"


def contained(before: RoleSnapshot, after: RoleSnapshot) -> World:
    """Return a world in which an escape was contained, and the operators told."""
    world = World()
    world.roles.policies[BOUNDARY_ARN] = managed(IN_PATTERN, BOUNDARY_ARN)
    world.change(before, event_id="event-0")
    world.change(after)
    world.remediate()
    world.notify()
    assert world.incident.state is State.CONTAINED
    return world


def undo(world: World, caller: str = OPERATOR, **fields: object) -> Answer:
    """Ask for an undo of the one incident."""
    return world.operate(caller, "undo", incident=world.incident.id, **{**WHY, **fields})


def put_back(world: World, answer: Answer) -> None:
    """Do the operator's half, as the command line does."""
    for step in load_record(PutBack, str(answer.body["record"])).steps:
        world.roles.put(apply_step(live(world), step))
    world.inspect(event_on(GROUP_ROLE.name, event_id=f"event-{len(world.calls.made)}"))


def live(world: World) -> RoleSnapshot:
    """Return the role as it is."""
    return world.roles.roles[GROUP_ROLE.name.lower()]


def undone(world: World) -> World:
    """Undo with a second operator's word where one is needed, both halves."""
    answer = undo(world)
    if answer.body["undo"] == "waiting":
        waiver: dict[str, Any] = dict(answer.body["waiver"])  # type: ignore[call-overload]
        assert world.operate(SECOND, "approve-waiver", waiver=waiver["waiver"]).status == 200
        answer = undo(world)
    world.remediate()
    put_back(world, answer)
    world.remediate()
    world.notify()
    return world


Case = tuple[RoleSnapshot, RoleSnapshot]
each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
