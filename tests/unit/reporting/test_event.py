"""What goes on the account's bus is small, flat, as its schema says, and wakes no rule of the guard's own."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from local.patterns import parse_pattern
from panorama_guard.aws.channels import SOURCE
from panorama_guard.case.telling import Told
from panorama_guard.reporting.event import event_detail, event_resources, event_type
from tests.builders import INCIDENT
from tests.template.reading import as_deployed, of_type
from tests.template.translation import translate
from tests.unit.reporting.test_alert import HOSTILE, INCIDENTS, hostile_incident
from tests.unit.reporting.test_schemas import WORDS, largest_incident

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = Path(__file__).parent / "golden"
SCHEMA = json.loads((ROOT / "docs/schemas/event-1.schema.json").read_text(encoding="utf-8"))
EVENT_BYTES = 262_144  # of all entries of a call together


def envelope(record: Told) -> dict[str, Any]:
    """Return the event as a rule sees it."""
    return {
        "version": "0",
        "id": "0",
        "detail-type": event_type(record),
        "source": SOURCE,
        "account": INCIDENT.account,
        "time": "2026-11-23T15:00:10Z",
        "region": "us-east-1",
        "resources": list(event_resources(record)),
        "detail": event_detail(record),
    }


@pytest.mark.parametrize("name", INCIDENTS)
def test_an_event_is_what_the_golden_file_shows(name: str) -> None:
    """The files are read by people when they change."""
    shown = json.dumps(event_detail(INCIDENTS[name]), indent=2) + "\n"
    assert shown == (GOLDEN / f"{name}.event.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("record", [*INCIDENTS.values(), *WORDS, *map(hostile_incident, HOSTILE)])
def test_an_event_is_as_its_schema_says(record: Told) -> None:
    """The schema that the repository publishes."""
    jsonschema.Draft202012Validator(SCHEMA).validate(event_detail(record))


@pytest.mark.parametrize("detail", [{}, {**event_detail(INCIDENT), "more": 1}, {**event_detail(INCIDENT), "state": ""}])
def test_the_schema_refuses_what_is_no_event(detail: dict[str, Any]) -> None:
    """It is no schema that takes everything."""
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(detail)


@pytest.mark.parametrize("record", [INCIDENT, *WORDS], ids=lambda record: record.id)
def test_no_rule_of_the_guard_s_own_takes_the_guard_s_events(record: Told) -> None:
    """It would wake itself."""
    rules = [as_deployed(rule["EventPattern"], "guard") for rule in of_type(translate(), "AWS::Events::Rule").values()]
    assert rules
    assert not [rule for rule in rules if parse_pattern(rule).matches(envelope(record))]


def test_an_event_carries_no_policy_document() -> None:
    """Neither of an escape nor of a waiver."""
    texts = [json.dumps(event_detail(record)) for record in (*INCIDENTS.values(), *WORDS)]
    assert not [text for text in texts if "Effect" in text or "Statement" in text]


def test_the_largest_event_fits_easily() -> None:
    """With its envelope."""
    assert len(json.dumps(envelope(largest_incident("\U0001f600")))) < EVENT_BYTES // 4


def test_the_same_thing_told_twice_can_be_told_apart_from_an_update() -> None:
    """By its id for deduplication."""
    later = replace(INCIDENT, transition=INCIDENT.transition + 1)
    ids = [event_detail(record)["deduplicationId"] for record in (INCIDENT, INCIDENT, later)]
    assert ids[0] == ids[1] != ids[2]


def test_an_event_names_its_resource() -> None:
    """Rules can match it; a pause is about none."""
    assert event_resources(INCIDENT) == (INCIDENT.subject.arn,)
    assert event_resources(WORDS[-1]) == ()
