"""The guard's URL is what its deployed stack gives out."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from panorama_guard.aws.guard_url import find_url
from panorama_guard.case.errors import UnreachableError
from tests.contract.drivers import REGION, moto_account

URL = "https://abc.lambda-url.us-east-1.on.aws/"


@pytest.fixture(autouse=True)
def account() -> Iterator[None]:
    """Run in moto's account."""
    with moto_account():
        yield


def deploy(name: str, **outputs: str) -> None:
    """Make a stack with outputs."""
    template = {
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {key: {"Value": value} for key, value in outputs.items()},
    }
    client: Any = boto3.client("cloudformation", region_name=REGION)
    client.create_stack(StackName=name, TemplateBody=json.dumps(template))


def test_the_url_is_the_stacks_output() -> None:
    """Whatever else the stack gives out."""
    deploy("guard", AlertsTopicArn="arn:aws:sns:us-east-1:123456789012:x", OperateUrl=URL)
    assert find_url("guard") == URL


def test_a_stack_of_an_older_version_has_none() -> None:
    """The error says what to do."""
    deploy("guard", AlertsTopicArn="arn:aws:sns:us-east-1:123456789012:x")
    with pytest.raises(UnreachableError, match="--url"):
        find_url("guard")


def test_a_stack_that_is_not_there_is_named() -> None:
    """In AWS's words, on one line."""
    with pytest.raises(UnreachableError, match="the stack `nothing` cannot be read") as caught:
        find_url("nothing")
    assert len(str(caught.value).splitlines()) == 1
