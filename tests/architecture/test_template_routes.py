"""The template's event patterns and the routing table name the same calls, so that neither can drift."""

from collections.abc import Iterator
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel

from panorama_guard.case.routes import LAMBDA, ROUTES, SAGEMAKER, event_names
from panorama_guard.policy.glob import matches, parse_glob
from tests.template.reading import rules_to
from tests.template.translation import translate


def test_the_rules_let_through_exactly_the_routed_calls() -> None:
    """Every (event source, event name) of the rules is routed, and every route has a rule that lets it through."""
    rules = rules_to(translate(), "ChangesQueue").values()
    details = [rule["EventPattern"]["detail"] for rule in rules if "EventPattern" in rule]
    let_through = [
        (source, name)
        for detail in details
        for source in detail["eventSource"]
        for named in detail["eventName"]
        for name in written_out(source, named)
    ]
    assert len(let_through) == len(set(let_through))
    assert set(let_through) == set(ROUTES)


def written_out(source: str, named: Any) -> Iterator[str]:
    """Yield the name of a pattern, or every call of botocore's model that it is of, so that none is of more."""
    if isinstance(named, str):
        yield named
    elif "wildcard" in named:
        names = ServiceModel(Loader().load_service_model(source.partition(".")[0], "service-2")).operation_names
        glob = parse_glob(named["wildcard"], variables=False)
        yield from (name for name in names if matches(glob, name))


def test_lambda_s_calls_are_let_through_with_every_version_of_its_api() -> None:
    """Behind each name there may be a date of this century, and nothing else: no other call begins like that."""
    rules = rules_to(translate(), "ChangesQueue").values()
    details = {rule["EventPattern"]["detail"]["eventSource"][0]: rule["EventPattern"]["detail"] for rule in rules}
    matchers = {
        source: [name for name in detail["eventName"] if not isinstance(name, str)]
        for source, detail in details.items()
    }
    assert matchers.pop(LAMBDA) == [{"prefix": f"{name}20"} for name in event_names(LAMBDA)]
    assert matchers.pop(SAGEMAKER) == [{"wildcard": "Create*JobDefinition"}, {"wildcard": "Delete*JobDefinition"}]
    assert not any(matchers.values())


def test_the_rules_take_calls_recorded_by_cloudtrail_only() -> None:
    """Each rule matches the envelope of CloudTrail's calls of its own service, which nobody else can put on the bus."""
    for rule in rules_to(translate(), "ChangesQueue").values():
        pattern = rule["EventPattern"]
        assert pattern["detail-type"] == ["AWS API Call via CloudTrail"]
        assert pattern["source"] == [f"aws.{source.partition('.')[0]}" for source in pattern["detail"]["eventSource"]]
