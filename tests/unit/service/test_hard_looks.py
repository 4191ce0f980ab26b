"""However hard it is to judge a role, and to plan for it, a look at it ends and tells what it saw."""

import json

import pytest

from panorama_guard.case import bucket, grantor
from panorama_guard.case.account import Quotas
from panorama_guard.case.errors import UnreachableError
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import State
from panorama_guard.case.resource import Part, ResourceSnapshot
from panorama_guard.case.snapshot import Subject
from panorama_guard.containment import DEFAULT_BUDGET, Grant
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.extent import Extent, escape_within
from panorama_guard.service.inspector import TELLING
from panorama_guard.service.settings import Mode
from panorama_guard.service.sightings import UNMEASURED, UNPLANNED
from tests.builders import (
    ACCOUNT,
    GROUP_ROLE,
    PAYROLL,
    allow,
    as_administrator,
    filler,
    managed,
    policy,
    snapshot_of,
    with_policies,
)
from tests.unit.buckets import KEY, a_bucket, lets, text
from tests.unit.hard_questions import HARD, count_steps
from tests.unit.service.world import World, sample

HALF_OF_THE_TIME = 65 * DEFAULT_BUDGET  # steps: half of the 60 seconds, at 2.3 microseconds each
MANY = 14
STATES = {Mode.OBSERVE: {State.OBSERVED}, Mode.APPROVE: {State.NEEDS_APPROVAL, State.NOT_FIXED}}
OPENED = a_bucket().with_part(bucket.POLICY, text(lets("*")))


@pytest.mark.parametrize("mode", [Mode.OBSERVE, Mode.APPROVE])
def test_a_look_at_many_hard_policies_and_escapes_ends_and_tells_each(
    mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each escape would need a plan, and each plan judges every hard policy anew."""
    hard = [policy({"Effect": "Allow", "Action": "s3:*", "Resource": f"{n}*", "Condition": HARD}) for n in range(MANY)]
    escapes = [policy(allow("sqs:SendMessage", f"arn:aws:sqs:*:{ACCOUNT}:queue-{n}")) for n in range(MANY)]
    attached = [managed(one, f"arn:aws:iam::{ACCOUNT}:policy/p{n}") for n, one in enumerate((*hard, *escapes))]
    steps = count_steps(monkeypatch)
    world = World(mode)
    world.change(with_policies(snapshot_of(GROUP_ROLE), attached=attached))
    assert sum(steps) <= HALF_OF_THE_TIME
    told = [one for one in world.incidents if one.kind is Kind.PERMISSION_ESCAPE]
    assert len(told) == MANY
    assert {one.state for one in told} == STATES[mode]
    assert UNPLANNED in (told[-1].remedy.proof, told[-1].reason)


def test_a_look_at_many_escapes_that_are_stopped_measures_no_more_than_one_at_those_that_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each is told; of those that are too many it is not known how far they would reach."""
    world = World()
    world.change(as_administrator(snapshot_of(GROUP_ROLE)))
    world.remediate()
    role = world.roles.roles[GROUP_ROLE.name.lower()]
    for number in range(MANY * 3):
        role = role.with_inline(f"p{number}", policy(allow("sqs:SendMessage", f"arn:aws:sqs:*:{ACCOUNT}:q-{number}")))
    measure, steps = escape_within, list[int]()

    def measure_hard(work: Budget, *sides: Grant) -> Extent:
        steps.append(work.left)
        found = measure(work, *sides)
        work.left = -1
        return found

    monkeypatch.setattr("panorama_guard.judging.measuring.escape_within", measure_hard)
    world.change(role, event_id="event-2")
    assert sum(steps) <= TELLING
    told = [one for one in world.incidents if one.source.startswith("p")]
    assert len(told) == MANY * 3
    assert [one.evidence.reach.precision for one in told].count(UNMEASURED) > 0


def test_a_call_that_concerns_many_is_left_to_a_sweep_after_one_that_was_hard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is then judged by a message of its own."""
    monkeypatch.setattr("panorama_guard.service.inspect.HARD", 0)
    world = World()
    world.resources.put(OPENED)
    world.resources.names = {"s3-account:": (KEY, f"{KEY}-2")}
    done = world.inspect(sample("DeleteAccountPublicAccessBlock"))
    assert (done.roles, "a sweep was requested" in done.note, len(world.sweeps.requests)) == ((KEY,), True, 1)


def test_a_look_that_has_cost_too_much_tells_what_a_stranger_s_bucket_gives_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What an operator may do about it by hand is left out."""
    monkeypatch.setattr("panorama_guard.service.inspector.TELLING", 0)
    event = sample("PutBucketPolicy-on-another-bucket-for-a-guarded-role")
    given = json.dumps(event["detail"]["requestParameters"]["bucketPolicy"])
    arn, key = "arn:aws:s3:::payroll", "s3-grantor:payroll"
    world = World()
    world.resources.put(ResourceSnapshot(Subject(ACCOUNT, arn, key, arn), grantor.TYPE, (Part(grantor.POLICY, given),)))
    world.inspect(event)
    assert (world.incident.state, world.incident.remedy.notes) == (State.OBSERVED, ())


@pytest.mark.parametrize("mode", [Mode.OBSERVE, Mode.APPROVE])
def test_an_escape_is_told_where_what_a_plan_needs_may_not_be_read(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a member account that is its state; it hides nothing of what was read."""
    world = World(mode)

    def refuse() -> Quotas:
        message = "account 222222222222 cannot be read: AccessDenied"
        raise UnreachableError(message)

    monkeypatch.setattr(world.roles, "read_quotas", refuse)
    world.change(with_policies(snapshot_of(GROUP_ROLE), filler(10_150), PAYROLL))
    (told,) = [one for one in world.incidents if one.kind is Kind.PERMISSION_ESCAPE]
    assert told.state in STATES[mode]
    assert "cannot be read" in f"{told.remedy.proof} {told.reason}"
