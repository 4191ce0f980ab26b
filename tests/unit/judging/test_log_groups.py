"""Where the events of a log group go, who reaches it, how long they are kept and by whose key."""

import pytest

from panorama_guard.case import log_group
from panorama_guard.case.finding import Deviation, Kind, Severity
from panorama_guard.case.resource import ResourceSnapshot, canonical
from panorama_guard.containment import Escaped, Witness
from panorama_guard.containment.caller import describe_principal
from panorama_guard.judging.resource import judge_resource
from tests.builders import ACCOUNT
from tests.unit.log_groups import (
    ARN,
    FILTER,
    OTHERS,
    POLICY,
    STANDARD,
    SUBSCRIPTION,
    a_group,
    destination,
    filters,
    lets,
    text,
)


def found(snapshot: ResourceSnapshot) -> list[tuple[Kind, Severity, str]]:
    """Return the findings on a log group, without their proof."""
    return [(one.kind, one.severity, one.source) for one in judge_resource(snapshot, STANDARD).findings]


def witness_of(snapshot: ResourceSnapshot) -> Witness:
    """Return the request that proves the one finding."""
    (finding,) = judge_resource(snapshot, STANDARD).findings
    assert isinstance(finding.verdict, Escaped)
    return finding.verdict.witness


def told(snapshot: ResourceSnapshot) -> tuple[Severity, str]:
    """Return what the one finding says, which was compared and not decided by the engine."""
    (finding,) = judge_resource(snapshot, STANDARD).findings
    assert isinstance(finding.verdict, Deviation)
    assert finding.kind is Kind.WEAKNESS
    return finding.severity, finding.verdict.reason


def test_a_new_log_group_is_compliant() -> None:
    """Its events are kept for ever."""
    assert found(a_group()) == []


# --- where events go ---


@pytest.mark.parametrize("service", ["kinesis", "firehose", "lambda", "logs"])
def test_events_may_go_to_what_the_account_owns(service: str) -> None:
    """Whatever takes them."""
    assert found(a_group((FILTER, filters(f"arn:aws:{service}:us-east-1:{ACCOUNT}:own")))) == []


@pytest.mark.parametrize("part", [FILTER, SUBSCRIPTION])
@pytest.mark.parametrize(
    ("target", "action"),
    [
        (destination(OTHERS), "logs:PutSubscriptionFilter"),
        (f"arn:aws:kinesis:us-east-1:{OTHERS}:stream/theirs", "kinesis:PutRecord"),
        (f"arn:aws:firehose:us-east-1:{OTHERS}:deliverystream/theirs", "firehose:PutRecordBatch"),
        (f"arn:aws:lambda:us-east-1:{OTHERS}:function:theirs", "lambda:InvokeFunction"),
    ],
)
def test_events_that_go_elsewhere_are_found(part: str, target: str, action: str) -> None:
    """By the log group's own filter, or by a subscription of all log groups: the call that takes them proves it."""
    snapshot = a_group((part, filters(target)))
    assert found(snapshot) == [(Kind.RESOURCE_ESCAPE, Severity.HIGH, part)]
    assert (witness_of(snapshot).action, witness_of(snapshot).resource) == (action, target)


def test_a_destination_of_the_account_is_what_it_sends_to() -> None:
    """A stream of others behind it is where the events go."""
    own, theirs = (f"arn:aws:kinesis:us-east-1:{account}:stream/s" for account in (ACCOUNT, OTHERS))
    filtered = (FILTER, filters(destination(ACCOUNT)))
    assert found(a_group(filtered, destinations=canonical({destination(ACCOUNT): own}))) == []
    assert witness_of(a_group(filtered, destinations=canonical({destination(ACCOUNT): theirs}))).resource == theirs


def test_a_subscription_that_names_no_target_is_a_doubt() -> None:
    """Its document is not understood."""
    doubt = [(Kind.UNDECIDED, Severity.MEDIUM, SUBSCRIPTION)]
    assert found(a_group((SUBSCRIPTION, canonical({"Filters": [{}]})))) == doubt
    assert found(a_group((SUBSCRIPTION, filters("no ARN")))) == doubt


def test_a_target_of_an_unknown_kind_is_a_doubt() -> None:
    """What a later version of the service may send to."""
    assert found(a_group((FILTER, filters("arn:aws:sqs:us-east-1:1:q")))) == [(Kind.UNDECIDED, Severity.MEDIUM, FILTER)]


# --- who reaches it ---


@pytest.mark.parametrize(
    "statement",
    [
        lets({"AWS": ACCOUNT}),
        lets({"Service": "delivery.logs.amazonaws.com"}, Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
        lets({"Service": "route53.amazonaws.com"}, Resource=ARN.replace("panorama", "route53")),
        lets({"AWS": OTHERS}, Resource=f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/payroll:*"),
    ],
)
def test_a_policy_for_the_account_or_about_another_log_group_is_compliant(statement: dict[str, object]) -> None:
    """One document concerns many log groups: only what it opens of this one counts."""
    assert found(a_group((POLICY, text(statement)))) == []


@pytest.mark.parametrize("resource", ["*", f"{ARN}:*", f"{ARN}:log-stream:x"])
def test_a_policy_that_lets_in_others_is_found(resource: str) -> None:
    """With somebody's request on the log group itself; only told, since Logs lets in services alone, to put events."""
    snapshot = a_group((POLICY, text(lets({"AWS": OTHERS}, Resource=resource))))
    assert found(snapshot) == [(Kind.WEAKNESS, Severity.MEDIUM, POLICY)]
    assert describe_principal(witness_of(snapshot)) == f"AWS arn:aws:iam::{OTHERS}:root"
    assert witness_of(snapshot).resource.startswith(ARN)


# --- what is compared ---


@pytest.mark.parametrize(("days", "is_told"), [("1", True), ("14", True), ("30", False), ("3653", False)])
def test_events_that_are_soon_deleted_are_told(days: str, *, is_told: bool) -> None:
    """What is gone after days is no evidence any more."""
    snapshot = a_group((log_group.RETENTION, days))
    if is_told:
        assert told(snapshot) == (Severity.MEDIUM, f"events are deleted after {days} day{'' if days == '1' else 's'}")
    else:
        assert found(snapshot) == []


def test_a_key_of_others_is_told() -> None:
    """Whoever takes it away takes the events away; one of the account is its owner's choice."""
    own, theirs = (f"arn:aws:kms:us-east-1:{account}:key/k" for account in (ACCOUNT, OTHERS))
    assert found(a_group((log_group.KEY, own))) == []
    assert told(a_group((log_group.KEY, theirs))) == (
        Severity.MEDIUM,
        f"its key is another account's, which can take it away: {theirs}",
    )


def test_a_data_protection_that_is_gone_is_told() -> None:
    """Sensitive data is not masked any more."""
    assert found(a_group((log_group.PROTECTION, "ACTIVATED"))) == []
    assert told(a_group((log_group.PROTECTION, "DELETED"))) == (
        Severity.LOW,
        "it had a policy by which sensitive data is masked, which is deleted",
    )
