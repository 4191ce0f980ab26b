"""The template's event patterns and the routing table name the same calls, so that neither can drift."""

from panorama_guard.case.routes import LAMBDA, ROUTES, event_names
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
        for name in detail["eventName"]
        if isinstance(name, str)
    ]
    assert len(let_through) == len(set(let_through))
    assert set(let_through) == set(ROUTES)


def test_lambda_s_calls_are_let_through_with_every_version_of_its_api() -> None:
    """Behind each name there may be a date of this century, and nothing else: no other call begins like that."""
    rules = rules_to(translate(), "ChangesQueue").values()
    details = {rule["EventPattern"]["detail"]["eventSource"][0]: rule["EventPattern"]["detail"] for rule in rules}
    matchers = {
        source: [name for name in detail["eventName"] if not isinstance(name, str)]
        for source, detail in details.items()
    }
    assert matchers.pop(LAMBDA) == [{"prefix": f"{name}20"} for name in event_names(LAMBDA)]
    assert not any(matchers.values())


def test_the_rules_take_calls_recorded_by_cloudtrail_only() -> None:
    """Each rule matches the envelope of CloudTrail's calls of its own service, which nobody else can put on the bus."""
    for rule in rules_to(translate(), "ChangesQueue").values():
        pattern = rule["EventPattern"]
        assert pattern["detail-type"] == ["AWS API Call via CloudTrail"]
        assert pattern["source"] == [f"aws.{source.partition('.')[0]}" for source in pattern["detail"]["eventSource"]]
