"""What enables the guard's own rules again touches no other rule, and sees what it has done."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from panorama_guard.aws.own_rules import OwnRules
from tests.contract.drivers import REGION, moto_account

STACK = "panorama-guard"
NAMES = (f"{STACK}-IamChangesRule-1", f"{STACK}-GuardChangesRule-1")


@pytest.fixture
def events() -> Iterator[Any]:
    """Give an account with the guard's rules in it, and others, all of them disabled."""
    with moto_account():
        client = boto3.client("events", region_name=REGION)
        for name in (*NAMES, f"{STACK}-mine", "payroll"):
            client.put_rule(Name=name, EventPattern='{"source": ["aws.iam"]}', State="DISABLED")
        yield client


def states(events: Any) -> dict[str, str]:
    """Return the state of every rule."""
    return {rule["Name"]: rule["State"] for rule in events.list_rules()["Rules"]}


def test_the_guard_s_own_rules_are_enabled_and_no_others(events: Any) -> None:
    """Nor one that only begins as they do."""
    rules = OwnRules(events, NAMES, STACK)
    assert rules.broken() == NAMES
    assert rules.enable() == NAMES
    assert states(events) == {
        NAMES[0]: "ENABLED",
        NAMES[1]: "ENABLED",
        f"{STACK}-mine": "DISABLED",
        "payroll": "DISABLED",
    }
    assert (rules.enable(), rules.broken()) == ((), ())


def test_a_rule_that_is_gone_is_broken_and_is_not_made_anew(events: Any) -> None:
    """The guard may make no rule."""
    events.delete_rule(Name=NAMES[0])
    rules = OwnRules(events, NAMES, STACK)
    assert rules.enable() == (NAMES[1],)
    assert rules.broken() == (NAMES[0],)
