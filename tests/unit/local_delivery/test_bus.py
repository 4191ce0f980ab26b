import json
from typing import Any

import pytest

from local.delivery_bus import Bus
from tests.unit.local_delivery.emulated import ACCOUNT, REGION, Aws, arn_of

EVENT = {"source": "aws.iam", "detail-type": "x", "detail": {"eventName": "PutRolePolicy"}}
RULE_ARN = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/watch"


class NoFunctions:
    """Remembers what was submitted."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.submitted: list[tuple[str, Any]] = []

    def submit(self, function_arn: str, payload: bytes) -> None:
        """Take the payload."""
        self.submitted.append((function_arn, json.loads(payload)))


def watch(aws: Aws, arn: str, *, state: str = "ENABLED", **target: Any) -> None:
    """Put a rule on the bus whose one target is the ARN."""
    events = aws.client("events")
    events.put_rule(Name="watch", EventPattern=json.dumps({"source": ["aws.iam"]}), State=state)
    events.put_targets(Rule="watch", Targets=[{"Id": "t", "Arn": arn, **target}])


def policy_for(arn: str, *, rule: str = RULE_ARN) -> str:
    """Return the queue policy that lets the rule send."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def publish(aws: Aws, event: dict[str, Any] = EVENT) -> int:
    """Put the event on the bus."""
    return Bus(ACCOUNT, REGION, aws.activity, NoFunctions()).publish(event)


def test_a_matching_event_is_the_message_body(aws: Aws) -> None:
    """The target gets the event as it is."""
    queue = aws.queue("q", Policy=policy_for(f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"))
    watch(aws, arn_of(queue))
    assert publish(aws) == 1
    assert [json.loads(body) for body in aws.bodies(queue)] == [EVENT]


def test_another_event_goes_nowhere(aws: Aws) -> None:
    """The pattern decides."""
    queue = aws.queue("q", Policy=policy_for(f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"))
    watch(aws, arn_of(queue))
    assert publish(aws, {**EVENT, "source": "aws.s3"}) == 0
    assert aws.bodies(queue) == []


@pytest.mark.parametrize("how", ["DisableRule", "DeleteTargets"])
def test_a_rule_that_somebody_switches_off_is_off(aws: Aws, how: str) -> None:
    """The bus reads the rules as they stand, so an attack on them works here too."""
    queue = aws.queue("q", Policy=policy_for(f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"))
    watch(aws, arn_of(queue))
    if how == "DisableRule":
        aws.client("events").disable_rule(Name="watch")
    else:
        aws.client("events").remove_targets(Rule="watch", Ids=["t"])
    assert publish(aws) == 0
    assert aws.bodies(queue) == []


def test_moto_delivers_nothing_itself(aws: Aws) -> None:
    """An event would arrive twice otherwise."""
    queue = aws.queue("q", Policy=policy_for(f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"))
    watch(aws, arn_of(queue))
    entry = {"Source": "aws.iam", "DetailType": "x", "Detail": "{}"}
    aws.client("events").put_events(Entries=[entry])
    assert aws.bodies(queue) == []


def test_a_fifo_target_gets_its_group(aws: Aws) -> None:
    """The rule names it."""
    queue = aws.queue(
        "q.fifo", ContentBasedDeduplication="true", Policy=policy_for(f"arn:aws:sqs:{REGION}:{ACCOUNT}:q.fifo")
    )
    watch(aws, arn_of(queue), SqsParameters={"MessageGroupId": "g"})
    publish(aws)
    assert [message.group_id for message in queue.messages] == ["g"]


def test_what_a_queue_policy_forbids_goes_to_the_rules_dead_letters(aws: Aws) -> None:
    """With the reason, as EventBridge marks it."""
    queue = aws.queue("q")
    dead = aws.queue("dead", Policy=policy_for(f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"))
    watch(aws, arn_of(queue), DeadLetterConfig={"Arn": arn_of(dead)})
    publish(aws)
    assert (aws.bodies(queue), len(aws.bodies(dead))) == ([], 1)
    marks = dead.messages[0].message_attributes
    assert marks["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert marks["RULE_ARN"]["StringValue"] == RULE_ARN


def test_a_queue_policy_for_another_rule_does_not_let_this_one_in(aws: Aws) -> None:
    """Its condition names the rule."""
    policy = policy_for(f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", rule=f"{RULE_ARN}-other")
    queue = aws.queue("q", Policy=policy)
    watch(aws, arn_of(queue))
    publish(aws)
    assert aws.bodies(queue) == []


@pytest.mark.parametrize(("principal", "arrives"), [("events.amazonaws.com", 1), ("sns.amazonaws.com", 0)])
def test_an_encrypted_queue_takes_only_what_its_key_lets_through(aws: Aws, principal: str, arrives: int) -> None:
    """An AWS-managed key, or a key policy without EventBridge, drops the event silently in AWS."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
        "Resource": "*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    key = aws.client("kms").create_key(Policy=document)["KeyMetadata"]["Arn"]
    queue = aws.queue("q", Policy=policy_for(f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"), KmsMasterKeyId=key)
    watch(aws, arn_of(queue))
    publish(aws)
    assert len(aws.bodies(queue)) == arrives


def test_a_function_target_runs_later(aws: Aws) -> None:
    """Lambda takes the event at once."""
    functions = NoFunctions()
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
    watch(aws, arn)
    Bus(ACCOUNT, REGION, aws.activity, functions).publish(EVENT)
    assert functions.submitted == [(arn, EVENT)]


def test_a_rule_that_matched_is_counted_as_cloudwatch_does(aws: Aws) -> None:
    """Once a minute, under the rule's name; one that did not match is not."""
    queue = aws.queue("q", Policy=policy_for(f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"))
    watch(aws, arn_of(queue))
    bus = Bus(ACCOUNT, REGION, aws.activity, NoFunctions())
    for event in (EVENT, EVENT, {**EVENT, "source": "aws.s3"}):
        bus.publish(event)
    found = aws.client("cloudwatch").list_metrics(Namespace="AWS/Events")["Metrics"]
    assert [(one["MetricName"], one["Dimensions"][0]["Value"]) for one in found] == [("TriggeredRules", "watch")]
