"""Nothing that fails is lost unseen: dead letters, alarms, retries, and time enough for a function to finish."""

from collections.abc import Iterator

from tests.template.reading import Properties, Template, of_type, referred

MARGIN = 6  # AWS asks that a queue's visibility timeout be six times the function's timeout
LONGEST_VISIBILITY = 43_200


def dead_letter_queues(template: Template) -> frozenset[str]:
    """Return the logical ids of the queues that hold what failed."""
    return frozenset(
        name
        for section in template["Resources"].values()
        for name in _dead_letters_of(section.get("Properties", {}))
        if name in of_type(template, "AWS::SQS::Queue")
    )


def _dead_letters_of(properties: Properties) -> Iterator[str]:
    places = [properties.get("RedrivePolicy", {}).get("deadLetterTargetArn")]
    places += [target.get("DeadLetterConfig", {}).get("Arn") for target in properties.get("Targets", [])]
    if isinstance(properties.get("Target"), dict):
        places.append(properties["Target"].get("DeadLetterConfig", {}).get("Arn"))
    places.append(properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"))
    yield from (name for place in places if (name := referred(place)))


def find_without_dead_letter(template: Template) -> list[str]:
    """Return each queue, rule, schedule and stream mapping whose failures would be lost."""
    last = dead_letter_queues(template)
    faults = [
        f"{name} has no dead-letter queue"
        for name, resource in template["Resources"].items()
        if _can_fail(template, name) and name not in last and not set(_dead_letters_of(resource["Properties"])) & last
    ]
    return faults + _find_partly_without(template)


def _can_fail(template: Template, name: str) -> bool:
    streams = [
        mapping
        for mapping, properties in of_type(template, "AWS::Lambda::EventSourceMapping").items()
        if "StartingPosition" in properties
    ]
    kinds = ("AWS::SQS::Queue", "AWS::Scheduler::Schedule", "AWS::Events::Rule")
    return name in streams or template["Resources"][name]["Type"] in kinds


def _find_partly_without(template: Template) -> list[str]:
    return [
        f"{name}: target {target['Id']} has no dead-letter queue"
        for name, rule in of_type(template, "AWS::Events::Rule").items()
        for target in rule["Targets"]
        if not referred(target.get("DeadLetterConfig", {}).get("Arn"))
    ]


def find_without_alarm(template: Template) -> list[str]:
    """Return each dead-letter queue on which no alarm reaches a topic of the stack as soon as one message waits."""
    watched = {
        str(referred(dimension["Value"]))
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if _tells_at_once(template, alarm)
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "QueueName"
    }
    return [f"{name} has no alarm" for name in sorted(dead_letter_queues(template) - watched)]


def _tells_at_once(template: Template, alarm: Properties) -> bool:
    counts = (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    at_one = (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
    told = {referred(action) for action in alarm.get("AlarmActions", [])} & set(of_type(template, "AWS::SNS::Topic"))
    return counts and at_one and bool(told) and alarm["Statistic"] in {"Maximum", "Sum"}


def find_without_bound_on_acts(template: Template) -> list[str]:
    """Return a word if no alarm, with words on what to do, tells a topic when the guard acts unusually often."""
    topics = set(of_type(template, "AWS::SNS::Topic"))
    bounds = [
        alarm
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == ("PanoramaGuard", "Remediations", "Sum")
        and alarm["Dimensions"] == [{"Name": "service", "Value": "panorama-guard"}]
        and "panorama-guard pause" in alarm["AlarmDescription"]
        and {referred(action) for action in alarm.get("AlarmActions", [])} & topics
    ]
    return [] if bounds else ["nobody hears when the guard acts unusually often"]


def find_wrong_order(template: Template) -> list[str]:
    """Return each queue whose dead letters AWS would refuse because only one of the two keeps an order."""
    queues = of_type(template, "AWS::SQS::Queue")
    pairs = {
        name: queues.get(str(referred(queue["RedrivePolicy"]["deadLetterTargetArn"])), {})
        for name, queue in queues.items()
        if "RedrivePolicy" in queue
    }
    return [
        f"{name} and its dead-letter queue differ in kind"
        for name, last in pairs.items()
        if last.get("FifoQueue") != queues[name].get("FifoQueue")
    ]


def find_refused_requests(template: Template) -> list[str]:
    """Return each schedule whose messages SQS would refuse.

    A schedule cannot name a deduplication id, so a FIFO queue has to make one of what is sent.
    """
    queues = of_type(template, "AWS::SQS::Queue")
    targets = {name: one["Target"] for name, one in of_type(template, "AWS::Scheduler::Schedule").items()}
    fed = {name: queues.get(str(referred(target["Arn"])), {}) for name, target in targets.items()}
    return [
        f"{name} sends to a FIFO queue that does not take its messages"
        for name, queue in fed.items()
        if queue.get("FifoQueue")
        and not (queue.get("ContentBasedDeduplication") and "MessageGroupId" in targets[name].get("SqsParameters", {}))
    ]


def find_short_visibility(template: Template) -> list[str]:
    """Return each queue that would hand a message to a second worker while the first may still be at it."""
    functions = of_type(template, "AWS::Lambda::Function")
    queues = of_type(template, "AWS::SQS::Queue")
    faults = []
    for mapping in of_type(template, "AWS::Lambda::EventSourceMapping").values():
        queue = str(referred(mapping["EventSourceArn"]))
        timeout = functions[str(referred(mapping["FunctionName"]))].get("Timeout", 3)
        if queue in queues and not MARGIN * timeout <= queues[queue].get("VisibilityTimeout", 30) <= LONGEST_VISIBILITY:
            faults.append(f"{queue} is invisible for less than {MARGIN} times the {timeout} s of its function")
    return faults


def find_whole_batch_failures(template: Template) -> list[str]:
    """Return each mapping where one bad message would make the whole batch come back."""
    return [
        f"{name} does not report partial failures"
        for name, mapping in of_type(template, "AWS::Lambda::EventSourceMapping").items()
        if mapping.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]
    ]


def find_endless(template: Template) -> list[str]:
    """Return each mapping without a bound on its workers or, for a stream, on its retries."""
    faults = []
    for name, mapping in of_type(template, "AWS::Lambda::EventSourceMapping").items():
        bounds = (
            ["MaximumRetryAttempts", "MaximumRecordAgeInSeconds"]
            if "StartingPosition" in mapping
            else ["ScalingConfig"]
        )
        faults += [f"{name} has no {bound}" for bound in bounds if bound not in mapping]
    return faults
