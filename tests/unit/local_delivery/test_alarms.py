import json

from moto.sqs.models import Queue

from local.delivery_alarms import Alarms
from local.delivery_queues import receive, send, settle
from local.deploy_records import QueueAlarm
from tests.unit.local_delivery.emulated import ACCOUNT, REGION, Aws, arn_of
from tests.unit.local_delivery.test_bus import NoFunctions


def alarm_on(aws: Aws, queue: Queue, *, key: str | None = None) -> tuple[Alarms, Queue]:
    """Put an alarm on the queue and return it, and a queue subscribed to its topic."""
    sns, inbox = aws.client("sns"), aws.queue("inbox")
    topic = sns.create_topic(Name="alerts", Attributes={"KmsMasterKeyId": key} if key else {})["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(inbox))
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document)
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="dead",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        ComparisonOperator="GreaterThanThreshold",
        Threshold=0,
        Period=60,
        EvaluationPeriods=1,
        Statistic="Maximum",
    )
    arn = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:dead"
    alarm = QueueAlarm("Alarm", "dead", arn, "why", queue.name, "GreaterThanThreshold", 0, (topic,), ())
    return Alarms((alarm,), aws.activity, NoFunctions()), inbox


def test_a_dead_letter_is_told_once(aws: Aws) -> None:
    """A second one changes nothing: the alarm is raised already."""
    queue = aws.queue("dead-letters")
    alarms, inbox = alarm_on(aws, queue)
    send(queue, "one")
    assert alarms.pending == 1
    alarms.evaluate()
    send(queue, "two")
    alarms.evaluate()
    (body,) = map(json.loads, aws.bodies(inbox))
    assert body["Subject"] == 'ALARM: "dead" in US East (N. Virginia)'
    assert json.loads(body["Message"])["NewStateValue"] == "ALARM"
    assert alarms.pending == 0


def test_an_alarm_that_rested_is_told_again(aws: Aws) -> None:
    """Each transition into ALARM is one message."""
    queue = aws.queue("dead-letters")
    alarms, inbox = alarm_on(aws, queue)
    for _ in range(2):
        send(queue, "one")
        alarms.evaluate()
        settle(queue, receive(queue, 1, aws.activity.wake), frozenset(), None)
        alarms.evaluate()
    assert len(aws.bodies(inbox)) == 2
    state = aws.client("cloudwatch").describe_alarms(AlarmNames=["dead"])["MetricAlarms"][0]["StateValue"]
    assert state == "OK"


def test_a_topic_whose_key_refuses_cloudwatch_hears_nothing(aws: Aws) -> None:
    """As in AWS with an AWS-managed key."""
    document = json.dumps({"Version": "2012-10-17", "Statement": []})
    key = aws.client("kms").create_key(Policy=document)["KeyMetadata"]["Arn"]
    queue = aws.queue("dead-letters")
    alarms, inbox = alarm_on(aws, queue, key=key)
    send(queue, "one")
    alarms.evaluate()
    assert aws.bodies(inbox) == []
