"""What machines read of an alert is as the published schemas say, and no incident is too large for SNS."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from panorama_guard.case.breaker import Breaker
from panorama_guard.case.finding import Reach
from panorama_guard.case.incident import Cause, Evidence, Incident, Remedy, State
from panorama_guard.case.telling import Told
from panorama_guard.reporting.alert import alert_attributes, alert_body, alert_message
from panorama_guard.reporting.headline import alert_subject
from panorama_guard.reporting.words import told_message
from tests.builders import INCIDENT, NOW, UNDO, WAIVER
from tests.unit.reporting.test_alert import HOSTILE, INCIDENTS, hostile_incident
from tests.unit.reporting.test_words import BOB, NEEDS, PAUSE, WORD

ROOT = Path(__file__).resolve().parents[3]
OF_INCIDENT = json.loads((ROOT / "docs/schemas/incident-1.schema.json").read_text(encoding="utf-8"))
OF_OPERATOR = json.loads((ROOT / "docs/schemas/operator-1.schema.json").read_text(encoding="utf-8"))
WORDS: list[Told] = [
    UNDO,
    UNDO.turned_down("changed since"),
    WAIVER,
    NEEDS,
    NEEDS.approved(BOB),
    WAIVER.ended(BOB),
    PAUSE,
    PAUSE.ended(BOB, now=NOW),
    WORD,
]
SNS_BYTES = 262_144


def last_line(message: str) -> Any:
    """Return what the last line of a message holds."""
    return json.loads(message.splitlines()[-1])


@pytest.mark.parametrize("path", sorted((Path(__file__).parent / "golden").glob("*.txt")), ids=lambda path: path.stem)
def test_every_golden_alert_is_as_the_schema_says(path: Path) -> None:
    """The last line of what an operator was shown; the report of `audit` has none."""
    text = path.read_text(encoding="utf-8").rstrip("\n")
    if path.stem != "review":
        jsonschema.Draft202012Validator(OF_INCIDENT).validate(last_line(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_an_incident_in_an_attackers_words_is_as_the_schema_says(text: str) -> None:
    """Whatever stands in it."""
    jsonschema.Draft202012Validator(OF_INCIDENT).validate(last_line(alert_message(hostile_incident(text))))


@pytest.mark.parametrize("record", WORDS, ids=lambda record: record.id)
def test_what_an_operator_did_is_as_the_schema_says(record: Told) -> None:
    """Every word of it."""
    jsonschema.Draft202012Validator(OF_OPERATOR).validate(last_line(told_message(record)))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**alert_body(INCIDENT), "more": 1},
        {**alert_body(INCIDENT), "state": "FINE"},
        {**alert_body(INCIDENT), "schema": "panorama-guard/incident/2"},
    ],
    ids=["nothing", "more", "another state", "another version"],
)
def test_the_schema_refuses_what_is_no_incident(body: dict[str, Any]) -> None:
    """It is no schema that takes everything."""
    with pytest.raises(jsonschema.ValidationError, match=r"required|Additional|FINE|incident/2"):
        jsonschema.Draft202012Validator(OF_INCIDENT).validate(body)


def largest_incident(char: str) -> Incident:
    """Return an incident in which every text is far longer than AWS lets it be, and every list as long as it gets.

    A role has twenty managed policies and as many inline ones as its 10,240 characters hold: a plan has a step and an
    undo for each at most, and a note for each rung that was passed over.
    """
    text, many = char * 2_000, tuple(f"{number}{char * 2_000}" for number in range(40))
    statement = {"Effect": "Allow", "Action": [char * 200] * 40, "Resource": char * 200}
    reach = Reach(json.dumps({"Version": "2012-10-17", "Statement": [statement] * 8}), "exactly")
    return replace(
        INCIDENTS["not-fixed"],
        source=text,
        reason=text,
        state=State.NOT_FIXED,
        breaker=Breaker.OPEN,
        cause=Cause(*[text] * 11),
        evidence=Evidence(text, text, ((text, (text, text)),), text, text, reach=reach, principal=text),
        remedy=Remedy(many, text, many, carried_out=True, notes=many[:8]),
    )


@pytest.mark.parametrize("char", ["x", "\u00e9", "\U0001f600", "\u202e", "\x00", '"', "\\"], ids=ascii)
def test_the_largest_incident_fits_into_a_message_of_sns(char: str) -> None:
    """With its subject and attributes."""
    told = largest_incident(char)
    attributes = sum(len(name) + len(value) for name, value in alert_attributes(told))
    assert len(alert_message(told).encode()) + len(alert_subject(told)) + attributes < SNS_BYTES


def test_what_does_not_fit_is_counted_and_says_where_it_is() -> None:
    """How it stands, who did it and the witness stay; of the steps some are left out."""
    message = alert_message(largest_incident("\U0001f600"))
    assert f"88 more steps, notes and commands: panorama-guard incidents {INCIDENT.id}" in message
    jsonschema.Draft202012Validator(OF_INCIDENT).validate(last_line(message))


def test_an_ordinary_incident_is_told_whole() -> None:
    """Nothing is left out of it."""
    assert not [name for name, told in INCIDENTS.items() if "more steps, notes" in alert_message(told)]
