import json
from typing import Any

import pytest

from local.delivery_activity import Timer
from local.delivery_schedules import Schedules
from local.deploy_records import Schedule
from tests.unit.local_delivery.emulated import Aws, arn_of
from tests.unit.local_delivery.test_bus import NoFunctions
from tests.unit.local_delivery.test_streams import role_with


def schedule_to(target: str, role: str, dead: str | None = None) -> Schedule:
    """Return an hourly schedule."""
    arn = "arn:aws:scheduler:us-east-1:123456789012:schedule/default/s"
    return Schedule("Schedule", "s", arn, 3600, target, role, '{"reason": "schedule"}', "sweep", dead)


def schedules(aws: Aws, timer: Timer, *each: Schedule) -> Schedules:
    """Return what fires them."""
    return Schedules(each, timer, aws.activity, NoFunctions())


def test_a_schedule_sends_its_message_with_its_group(aws: Aws) -> None:
    """Its role may send."""
    queue = aws.queue("q.fifo", ContentBasedDeduplication="true")
    schedule = schedule_to(arn_of(queue), role_with(aws, "sqs:SendMessage"))
    schedules(aws, Timer(), schedule).fire(schedule)
    assert [(each.body, each.group_id) for each in queue.messages] == [('{"reason": "schedule"}', "sweep")]


def test_a_schedule_whose_role_may_not_send_leaves_a_dead_letter(aws: Aws) -> None:
    """Where the role may write that at least."""
    queue, dead = aws.queue("q.fifo"), aws.queue("dead")
    role = role_with(aws, "sqs:SendMessage")
    deny = {"Effect": "Deny", "Action": "sqs:*", "Resource": arn_of(queue)}
    aws.client("iam").put_role_policy(
        RoleName="r", PolicyName="deny", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    schedule = schedule_to(arn_of(queue), role, arn_of(dead))
    schedules(aws, Timer(), schedule).fire(schedule)
    assert (aws.bodies(queue), len(aws.bodies(dead))) == ([], 1)


def test_a_schedule_fires_first_after_one_period_and_then_at_the_same_rate(aws: Aws) -> None:
    """Its own duration does not add up."""
    jobs: list[tuple[float, Any]] = []

    class Recorded(Timer):
        def at(self, when: float, job: Any) -> None:
            jobs.append((when, job))

    queue = aws.queue("q.fifo", ContentBasedDeduplication="true")
    fired = schedules(aws, Recorded(), schedule_to(arn_of(queue), role_with(aws, "sqs:SendMessage")))
    fired.start()
    (first, job) = jobs.pop()
    job()
    assert len(aws.bodies(queue)) == 1
    assert jobs[0][0] - first == pytest.approx(3600)
