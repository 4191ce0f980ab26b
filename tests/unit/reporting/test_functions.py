"""What is typed to see a finding on a function, and to end it by hand."""

import shlex
from dataclasses import replace

import pytest

from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident, State
from panorama_guard.reporting.showing import by_hand, console_link, see_it
from tests.builders import INCIDENT, NOW
from tests.unit.functions import ARN, KEY, NAME, a_function


def incident(source: str, state: State = State.NOT_FIXED) -> Incident:
    """Return an incident of a part of a function."""
    plain = replace(INCIDENT, subject=a_function().subject, kind=Kind.RESOURCE_ESCAPE, source=source)
    return plain.moved(state, now=NOW, reason="", remedy=INCIDENT.remedy)


@pytest.mark.parametrize(
    ("source", "seen", "ended"),
    [
        ("policy statement x", "get-policy", f"remove-permission --function-name {NAME} --statement-id x"),
        (
            "function URL",
            "get-function-url-config",
            f"update-function-url-config --function-name {NAME} --auth-type AWS_IAM",
        ),
        ("policy statement without an id, number 1", "get-policy", f"delete-resource-policy --resource-arn {ARN}"),
    ],
)
def test_a_finding_is_seen_and_ended_by_a_command(source: str, seen: str, ended: str) -> None:
    """By those that the guard would have used, or by taking the whole policy away."""
    assert see_it(incident(source)) == f"aws lambda {seen} --function-name {NAME}"
    assert by_hand(incident(source)) == (f"aws lambda {ended}",)
    assert by_hand(incident(source, State.CONTAINED)) == ()


def test_an_alias_is_named_in_both() -> None:
    """Its policy is its own."""
    assert (
        see_it(incident("policy statement x of prod"))
        == f"aws lambda get-policy --function-name {NAME} --qualifier prod"
    )
    assert by_hand(incident("policy statement x of prod")) == (
        f"aws lambda remove-permission --function-name {NAME} --qualifier prod --statement-id x",
    )
    assert by_hand(incident("policy statement without an id, number 1 of prod")) == (
        f"aws lambda delete-resource-policy --resource-arn {ARN}:prod",
    )


@pytest.mark.parametrize(
    ("source", "command"),
    [
        ("event source mappings", "list-event-source-mappings"),
        ("destinations", "list-function-event-invoke-configs"),
        ("layers", "get-function-configuration"),
        ("execution role", "get-function-configuration"),
        ("policy statement", "get-policy"),
    ],
)
def test_what_is_only_told_is_seen_by_a_command(source: str, command: str) -> None:
    """And ended by its owner."""
    assert see_it(incident(source, State.OBSERVED)) == f"aws lambda {command} --function-name {NAME}"
    assert by_hand(incident(source, State.OBSERVED)) == ()


def test_what_an_attacker_names_is_one_word_of_the_command() -> None:
    """A policy that was put whole has what ids its author likes."""
    (command,) = by_hand(incident("policy statement x; rm -rf /"))
    assert shlex.split(command)[:3] == ["aws", "lambda", "delete-resource-policy"]
    assert len(shlex.split(command)) == 5


def test_the_console_shows_the_function() -> None:
    """In its region."""
    link = (
        f"https://console.aws.amazon.com/lambda/home?region=us-east-1#/functions/{KEY.partition(':')[2]}?tab=configure"
    )
    assert console_link(incident("function URL")) == link
