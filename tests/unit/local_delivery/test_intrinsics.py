from typing import Any

import pytest

from local.deploy_errors import DeployError
from local.deploy_intrinsics import Resolver

BODY = {
    "Conditions": {
        "IsBig": {"Fn::Equals": [{"Ref": "Size"}, 2]},
        "IsSmall": {"Fn::Not": [{"Condition": "IsBig"}]},
        "Either": {"Fn::Or": [{"Condition": "IsBig"}, {"Condition": "IsSmall"}]},
        "Both": {"Fn::And": [{"Condition": "IsBig"}, {"Condition": "IsSmall"}]},
    },
    "Mappings": {"Map": {"eu": {"name": "Europe"}}},
}


class Resources:
    """One queue."""

    def reference(self, logical_id: str) -> str | None:
        """Return the queue's URL."""
        return "url" if logical_id == "Queue" else None

    def attribute(self, logical_id: str, name: str) -> str:
        """Return something that names what was asked."""
        return f"{logical_id}/{name}"


def resolve(value: Any) -> Any:
    """Resolve with one parameter."""
    return Resolver(BODY, {"Size": "2", "AWS::Region": "eu"}, Resources()).resolve(value)


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ({"Ref": "Size"}, "2"),
        ({"Ref": "Queue"}, "url"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "Queue/Arn"),
        ({"Fn::GetAtt": "Queue.Arn"}, "Queue/Arn"),
        ({"Fn::Sub": "a-${AWS::Region}-${Queue}-${Queue.Arn}-${!kept}"}, "a-eu-url-Queue/Arn-${kept}"),
        ({"Fn::Sub": ["${Who}", {"Who": {"Ref": "Queue"}}]}, "url"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Size"}]]}, "a-2"),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Select": ["0", {"Fn::Split": [",", "a,b"]}]}, "a"),
        ({"Fn::If": ["IsBig", "big", "small"]}, "big"),
        ({"Fn::If": ["IsSmall", "small", {"Ref": "AWS::NoValue"}]}, None),
        ({"a": {"Fn::If": ["Both", 1, {"Ref": "AWS::NoValue"}]}, "b": {"Fn::If": ["Either", 1, 2]}}, {"b": 1}),
        ([{"Ref": "AWS::NoValue"}, "a"], ["a"]),
        ({"Fn::FindInMap": ["Map", {"Ref": "AWS::Region"}, "name"]}, "Europe"),
        ({"Condition": {"StringEquals": {"a": "b"}}}, {"Condition": {"StringEquals": {"a": "b"}}}),
    ],
)
def test_an_intrinsic_function_is_its_value(value: Any, resolved: Any) -> None:
    """As CloudFormation resolves it."""
    assert resolve(value) == resolved


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"Ref": "Nothing"}, "Ref names nothing in the template: `Nothing`"),
        ({"Fn::ImportValue": "x"}, "intrinsic function is not handled: `Fn::ImportValue`"),
        ({"Fn::If": ["Nothing", 1, 2]}, "there is no condition: `Nothing`"),
        ({"Fn::FindInMap": ["Map", "us", "name"]}, "finds nothing: `Map.us.name`"),
    ],
)
def test_what_cannot_be_resolved_is_an_error(value: Any, reason: str) -> None:
    """The error names it."""
    with pytest.raises(DeployError, match=reason):
        resolve(value)
