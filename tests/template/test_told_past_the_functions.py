"""What rules tell past every function: a sentence that a telephone shows, in which nobody else has a word."""

import json
from typing import Any

import pytest

from local.inputs import texts_of, transform
from local.patterns import parse_pattern
from tests.architecture.test_template_roles import resolved
from tests.template.reading import Template, as_list, of_type
from tests.template.translation import translate_whole

CHOSEN_BY_AWS = {"$.detail.eventName", "$.detail.eventSource", "$.account", "$.region", "aws.events.rule-name"}
RULES = {
    "GuardChangesRule",
    "GuardStoresRule",
    "GuardRulesRule",
    "GuardPathRule",
    "StrayWritesRule",
    "StrayResourceWritesRule",
    "ForwardedStrayWritesRule",
    "ForwardedStrayResourceWritesRule",
    "ForwardedGuardChangesRule",
    "ForwardersChangedRule",
}
ARN = 'arn:aws:iam::123456789012:user/","what":"all_is_well/mallory'
EVENT: dict[str, Any] = {
    "source": "aws.cloudtrail",
    "account": "123456789012",
    "region": "eu-west-1",
    "detail-type": "AWS API Call via CloudTrail",
    "detail": {
        "eventName": "StopLogging",
        "eventSource": "cloudtrail.amazonaws.com",
        "eventTime": "2026-11-23T20:28:38Z",
        "sourceIPAddress": "203.0.113.7",
        "eventID": "7ae0db7f-ea86-4cc5-aae8-d3739f785608",
        "userIdentity": {"type": "IAMUser", "arn": ARN},
        "requestParameters": {"name": 'trail"\n'},
    },
}


@pytest.fixture(scope="module")
def telling() -> dict[str, Template]:
    """Return the rules whose target is told in a form of the template's own, by logical id."""
    return {name: rule for name, rule in of_type(translate_whole(), "AWS::Events::Rule").items() if transformers(rule)}


def transformers(rule: Template) -> list[dict[str, Any]]:
    """Return the input transformers of a rule's targets."""
    return [target["InputTransformer"] for target in as_list(rule["Targets"]) if "InputTransformer" in target]


def test_the_first_words_say_what_was_called_on_what_and_that_nothing_was_done(telling: dict[str, Template]) -> None:
    """Within what a telephone shows of an e-mail, and with who it was next."""
    assert {*telling} == RULES
    for name, rule in telling.items():
        (transformer,) = transformers(rule)
        made = transform(transformer, EVENT, name)
        body = json.loads(made)
        assert list(body)[:2] == ["what", "who"]
        call = "NOT UNDONE: StopLogging of cloudtrail.amazonaws.com"
        assert body["what"].startswith((f"GUARD CHANGED, {call} on ", f"STRAY WRITE, {call} with the remediation"))
        assert name in body["what"]
        assert body["who"] == EVENT["detail"]["userIdentity"]
        assert body.get("on", {"name": 'trail"\n'}) == EVENT["detail"]["requestParameters"]


def test_only_what_aws_chose_stands_in_a_sentence(telling: dict[str, Template]) -> None:
    """EventBridge escapes nothing there; what somebody else may have chosen would end the text."""
    for rule in telling.values():
        (transformer,) = transformers(rule)
        assert texts_of(transformer) <= CHOSEN_BY_AWS


def test_nobody_can_put_such_an_event_on_the_bus(telling: dict[str, Template]) -> None:
    """Sources that begin with `aws.` are AWS's alone; events of other sources tell of nothing."""
    for rule in telling.values():
        pattern = parse_pattern(resolved(rule["EventPattern"]))
        assert not pattern.matches({**EVENT, "source": "mine"})
    assert any(parse_pattern(resolved(rule["EventPattern"])).matches(EVENT) for rule in telling.values())
