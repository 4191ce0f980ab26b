"""What a log group's parts say: who reaches it, where its events go, and how long they are kept and by whose key."""

import json
from collections.abc import Iterator, Mapping

from panorama_guard.case import log_group
from panorama_guard.case.finding import Deviation, Finding, Kind, Severity
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.judging.own_account import is_elsewhere, owned_by
from panorama_guard.judging.part_rule import Direction, Entry, PartRule
from panorama_guard.judging.passed_roles import gives_away, is_guarded
from panorama_guard.profile import ResourceProfile

SHORTEST_KEEP = 30  # days; what is deleted sooner may be gone before anybody looks for it

_DELIVERIES: Mapping[str, str] = {  # by the service of what a subscription sends to: the call that reaches it
    "kinesis": "kinesis:PutRecord",
    "firehose": "firehose:PutRecordBatch",
    "lambda": "lambda:InvokeFunction",
    "logs": "logs:PutSubscriptionFilter",  # a destination: it may be in another account, and says itself who may use it
}


def _read_subscription(entry: Entry, snapshot: ResourceSnapshot) -> dict[str, object]:
    """Return where a subscription sends events; of a destination of the account, where that one sends them."""
    behind = json.loads(snapshot.fact(log_group.DESTINATIONS) or "{}")
    target = behind.get(entry["destinationArn"], entry["destinationArn"])
    _, _, service, *_ = target.split(":")
    return {"Effect": "Allow", "Action": _DELIVERIES[service], "Resource": target}


_FILTER = PartRule(Direction.FLOW, lists=("Filters",), read_entry=_read_subscription, goes_whole=True)
# Only told: Logs enforces it for services that put events alone, and it may concern log groups of others.
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
_POLICY = PartRule(Direction.REACH, Kind.WEAKNESS)
_SUBSCRIPTION = PartRule(
    Direction.FLOW,
    lists=("Filters",),
    read_entry=_read_subscription,
    hands_off="a subscription of the account concerns log groups that the guard never touches",
)


def rule_of(part: str) -> PartRule | None:
    """Return how a part is judged by the engine, or None for one that is compared."""
    if log_group.is_policy(part):
        return _POLICY
    if log_group.subscription_of(part):
        return _SUBSCRIPTION
    return _FILTER if log_group.filter_of(part) else None


def own_targets(snapshot: ResourceSnapshot) -> tuple[str, ...]:
    """Return the patterns of what the account owns and events may be sent to."""
    return owned_by(snapshot, *_DELIVERIES)


def compare(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    """Yield what is otherwise than it should be, of the parts that open nothing by themselves."""
    if snapshot.text_of(log_group.EXISTENCE) is not None:
        yield _told(log_group.EXISTENCE, "it was deleted, and every event in it with it", Severity.MEDIUM)
    yield from _passed_roles(snapshot, profile)
    days = snapshot.text_of(log_group.RETENTION)
    if days is not None and int(days) < SHORTEST_KEEP:
        yield _told(
            log_group.RETENTION, f"events are deleted after {days} day{'' if days == '1' else 's'}", Severity.MEDIUM
        )
    key = snapshot.text_of(log_group.KEY) or ""
    if is_elsewhere(key, snapshot):
        yield _told(log_group.KEY, f"its key is another account's, which can take it away: {key}", Severity.MEDIUM)
    protection = snapshot.text_of(log_group.PROTECTION) or "ACTIVATED"
    if protection != "ACTIVATED":
        reason = f"it had a policy by which sensitive data is masked, which is {protection.lower()}"
        yield _told(log_group.PROTECTION, reason, Severity.LOW)


def _passed_roles(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    """Yield every filter that sends events on as a guarded role, wherever it sends them."""
    for part in snapshot.parts:
        for entry in json.loads(part.text)["Filters"] if log_group.filter_of(part.name) else ():
            if is_guarded(arn := str(entry.get("roleArn", "")), profile):
                yield gives_away(f"role of {part.name}", "it sends events on as the guarded role", arn)


def _told(part: str, reason: str, severity: Severity) -> Finding:
    return Finding(Kind.WEAKNESS, severity, part, Deviation(reason))
