"""What a rule's input transformer makes of an event."""

import json
from collections.abc import Mapping

import pytest

from local.inputs import fault_of, texts_of, transform

PATHS = {"who": "$.detail.userIdentity", "call": "$.detail.eventName"}
EVENT = {"detail": {"eventName": 'Put"Rule\n', "userIdentity": {"arn": "arn:mallory"}}}


def made_of(template: str, event: Mapping[str, object]) -> str:
    """Return what a rule named `mine` makes of an event by a template."""
    return transform({"InputPathsMap": PATHS, "InputTemplate": template}, event, "mine")


def test_each_value_is_put_in_as_json() -> None:
    """Whatever stands in it, it ends no text."""
    made = made_of('{"what": "told", "call": <call>, "who": <who>}', EVENT)
    assert json.loads(made) == {"what": "told", "call": 'Put"Rule\n', "who": {"arn": "arn:mallory"}}


def test_what_the_event_does_not_have_is_empty() -> None:
    """EventBridge leaves it out."""
    assert made_of('{"call": <call>}', {"detail": "none"}) == '{"call": ""}'


def test_a_value_in_the_middle_of_a_text_stands_as_it_is() -> None:
    """EventBridge escapes nothing there, so that a quotation mark would end the text."""
    made = made_of('{"what": "\\"<call>\\" was made", "call": <call>}', {"detail": {"eventName": "PutRule"}})
    assert json.loads(made) == {"what": '"PutRule" was made', "call": "PutRule"}
    assert made_of('{"what": "<call>"}', EVENT) == '{"what": "Put"Rule\n"}'


def test_the_name_of_the_rule_is_known_without_a_path() -> None:
    """As a value, or in a text."""
    made = made_of('{"what": "by <aws.events.rule-name>", "rule": <aws.events.rule-name>}', EVENT)
    assert json.loads(made) == {"what": "by mine", "rule": "mine"}


def test_a_transformer_says_what_it_puts_into_texts() -> None:
    """And leaves out what is put in as JSON."""
    template = '{"what": "<call> by <aws.events.rule-name>", "who": <who>}'
    found = texts_of({"InputPathsMap": PATHS, "InputTemplate": template})
    assert found == {"$.detail.eventName", "aws.events.rule-name"}


@pytest.mark.parametrize(
    ("paths", "template", "fault"),
    [
        (PATHS, '{"call": <call>}', ""),
        (PATHS, '{"call": <calls>}', "`calls`"),
        ({"call": "detail.eventName"}, '{"call": <call>}', "`detail.eventName`"),
        (PATHS, '"<call> was made"', "no JSON object with whole values"),
        (PATHS, '{"call": "<call>" or <who>}', "no JSON object with whole values"),
        (PATHS, '{"call": "<aws.events.event>"}', "`aws.events.event`"),
    ],
)
def test_what_is_not_handled_is_refused(paths: dict[str, str], template: str, fault: str) -> None:
    """With what it is."""
    found = fault_of({"InputPathsMap": paths, "InputTemplate": template})
    assert found.startswith(fault)
    assert bool(found) == bool(fault)
