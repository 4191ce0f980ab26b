"""The rules let through what is routed and nothing else, by a matcher that is not our own, and are short enough."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.session import get_session
from moto.events.models import EventPattern

from panorama_guard.case.routes import ROUTES, route_of
from tests.coverage.table import EVENTS, sample_of
from tests.template.patterns import LONGEST_PATTERN
from tests.template.reading import rules_to
from tests.template.translation import translate

PATTERNS: dict[str, Any] = {
    name: rule["EventPattern"] for name, rule in rules_to(translate(), "ChangesQueue").items() if "EventPattern" in rule
}
# Services of which something is routed, and others of which nothing is: of all, what is not routed is unrelated.
SERVICES = (
    *("iam", "s3", "lambda", "secretsmanager", "logs", "iot", "greengrass", "sagemaker", "sts", "ec2", "dynamodb"),
    *("sqs", "sns", "kms", "events", "cloudformation", "cloudtrail", "rds", "ecs", "eks", "route53", "panorama"),
)
MOST_OF_EACH = 40


def let_through(event: Any) -> list[str]:
    """Return the rules that an event passes, by moto's matcher."""
    return [name for name, pattern in PATTERNS.items() if EventPattern("", pattern).matches_event(event)]


def sample(source: str, name: str) -> Any:
    """Return the sample of a routed event."""
    return json.loads(sample_of(source, name).read_text(encoding="utf-8"))


def unrelated() -> Iterator[tuple[str, str]]:
    """Yield the source and the name of events of which none is routed."""
    session = get_session()
    known = set(session.get_available_services())
    for service in SERVICES:
        source = f"{service}.amazonaws.com"
        names = session.get_service_model(service).operation_names if service in known else ["CreateDevice", "PutThing"]
        yield from [(source, name) for name in names if route_of(source, name) is None][:MOST_OF_EACH]


UNRELATED = list(unrelated())


def as_event(source: str, name: str) -> Any:
    """Return an event that is like a routed one but for where it comes from and what it is called."""
    event = sample("iam.amazonaws.com", "PutRolePolicy")
    event["source"] = f"aws.{source.partition('.')[0]}"
    event["detail"] |= {"eventSource": source, "eventName": name}
    return event


@pytest.mark.parametrize(("source", "name"), ROUTES)
def test_every_routed_event_passes_one_rule(source: str, name: str) -> None:
    """Once, so that it is judged once."""
    assert len(let_through(sample(source, name))) == 1


def test_none_of_many_unrelated_events_passes() -> None:
    """Calls of the same services that are not routed, reads among them, and calls of others."""
    assert len(UNRELATED) >= 200
    assert [one for one in UNRELATED if let_through(as_event(*one))] == []


@pytest.mark.parametrize("change", [{"source": "my.app"}, {"detail-type": "AWS Service Event via CloudTrail"}])
@pytest.mark.parametrize("source", sorted({source for source, _ in ROUTES}))
def test_a_routed_name_in_another_envelope_does_not_pass(source: str, change: dict[str, str]) -> None:
    """Anybody may put events on the bus, under a source of his own."""
    name = next(name for of, name in ROUTES if of == source)
    assert let_through(sample(source, name) | change) == []


def test_a_routed_name_of_another_service_does_not_pass() -> None:
    """Services share event names: each rule has its own."""
    swapped = [("ec2.amazonaws.com", name) for _, name in ROUTES]
    assert [one for one in swapped if let_through(as_event(*one))] == []


def test_every_sample_that_is_unrouted_is_let_by() -> None:
    """They are kept to show what looks routed and is not."""
    samples = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((EVENTS / "unrouted").glob("*.json"))]
    assert samples
    assert [one["detail"]["eventName"] for one in samples if let_through(one)] == []


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_is_no_longer_than_eventbridge_takes(name: str) -> None:
    """2,048 characters, as it is deployed."""
    assert len(json.dumps(PATTERNS[name], separators=(",", ":"))) <= LONGEST_PATTERN == 2_048
