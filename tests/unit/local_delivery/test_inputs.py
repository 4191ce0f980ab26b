"""What a rule's input transformer makes of an event."""

import json

import pytest

from local.inputs import fault_of, transform

PATHS = {"who": "$.detail.userIdentity", "call": "$.detail.eventName"}
EVENT = {"detail": {"eventName": 'Put"Rule\n', "userIdentity": {"arn": "arn:mallory"}}}


def test_each_value_is_put_in_as_json() -> None:
    """Whatever stands in it, it ends no text."""
    made = transform({"InputPathsMap": PATHS, "InputTemplate": '{"what": "told", "call": <call>, "who": <who>}'}, EVENT)
    assert json.loads(made) == {"what": "told", "call": 'Put"Rule\n', "who": {"arn": "arn:mallory"}}


def test_what_the_event_does_not_have_is_empty() -> None:
    """EventBridge leaves it out."""
    assert (
        transform({"InputPathsMap": PATHS, "InputTemplate": '{"call": <call>}'}, {"detail": "none"}) == '{"call": ""}'
    )


@pytest.mark.parametrize(
    ("paths", "template", "fault"),
    [
        (PATHS, '{"call": <call>}', ""),
        (PATHS, '{"call": <calls>}', "`calls`"),
        ({"call": "detail.eventName"}, '{"call": <call>}', "`detail.eventName`"),
        (PATHS, '"<call> was made"', "no JSON object with whole values"),
        (PATHS, '{"call": "<call>" or <who>}', "no JSON object with whole values"),
    ],
)
def test_what_is_not_handled_is_refused(paths: dict[str, str], template: str, fault: str) -> None:
    """With what it is."""
    found = fault_of({"InputPathsMap": paths, "InputTemplate": template})
    assert found.startswith(fault)
    assert bool(found) == bool(fault)
