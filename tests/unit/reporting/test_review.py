"""reporting/review*.py, sarif.py, junit.py: one review, four formats, each as its published schema says."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema

from panorama_guard.case.finding import NO_REACH, Deviation, Finding, Kind, Severity
from panorama_guard.reporting.junit import junit_text
from panorama_guard.reporting.review import PlacedFinding, Review, ReviewedResource, State, identity_of
from panorama_guard.reporting.review_body import review_body
from panorama_guard.reporting.review_text import line_text, review_lines
from panorama_guard.reporting.sarif import sarif_body
from tests.unit.reporting.reviews import ATTACKED, CLEAN_ROLE, EMPTY, ESCAPED_ROLE, FULL

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).resolve().parents[3]
SARIF = json.loads((ROOT / "tests/schemas/sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
OWN = json.loads((ROOT / "docs/schemas/review-1.schema.json").read_text(encoding="utf-8"))
JUNIT = xmlschema.XMLSchema(ROOT / "tests/schemas/junit-10.xsd")
REVIEWS = {"full": FULL, "empty": EMPTY, "attacked": ATTACKED}
WRITERS = {
    "txt": lambda review: "\n".join(map(line_text, review_lines(review))),
    "json": lambda review: json.dumps(review_body(review), indent=2),
    "sarif": lambda review: json.dumps(sarif_body(review), indent=2),
    "junit.xml": junit_text,
}
each_review = pytest.mark.parametrize("review", REVIEWS.values(), ids=REVIEWS)


@pytest.mark.parametrize("ending", WRITERS)
def test_a_review_is_written_as_the_golden_file_says(ending: str) -> None:
    """Every word of it was looked at."""
    assert WRITERS[ending](FULL) + "\n" == (GOLDEN / f"review.{ending}").read_text(encoding="utf-8")


@each_review
def test_the_sarif_is_as_its_schema_says(review: Review) -> None:
    """SARIF 2.1.0, as published."""
    jsonschema.Draft4Validator(SARIF).validate(sarif_body(review))


@each_review
def test_the_junit_is_as_its_schema_says(review: Review) -> None:
    """JUnit, as Jenkins reads it."""
    JUNIT.validate(junit_text(review))


@each_review
def test_the_json_is_as_its_own_schema_says(review: Review) -> None:
    """The schema that the repository publishes."""
    jsonschema.Draft202012Validator(OWN).validate(review_body(review))


@pytest.mark.parametrize("body", [{}, {**review_body(FULL), "more": 1}, {**review_body(FULL), "verdict": "fine"}])
def test_the_own_schema_refuses_what_is_no_review(body: dict[str, Any]) -> None:
    """It is no schema that takes everything."""
    with pytest.raises(jsonschema.ValidationError, match=r"required|Additional|fine"):
        jsonschema.Draft202012Validator(OWN).validate(body)


@pytest.mark.parametrize("ending", WRITERS)
def test_what_an_attacker_chose_is_seen_and_does_nothing(ending: str) -> None:
    """Nothing that acts on a terminal, turns the reading round, starts a line or ends an element."""
    text = WRITERS[ending](ATTACKED)
    assert not set("\x1b\x00\u202e\udc80") & set(text)
    assert "\n<b>" not in text
    assert "<b>" not in text or ending != "junit.xml"


def test_a_finding_stays_the_same_while_its_lines_move() -> None:
    """Code scanning knows it again."""
    first, second, third = ESCAPED_ROLE.findings
    moved = type(first)(first.finding, first.reach, tuple(type(one)(one.file, 99) for one in first.place))
    assert identity_of(ESCAPED_ROLE, moved) == identity_of(ESCAPED_ROLE, first)
    assert len({identity_of(ESCAPED_ROLE, one) for one in (first, second, third)}) == 3


def test_counts_are_those_of_the_roles() -> None:
    """Two roles, one of them with three findings."""
    assert review_body(FULL)["counts"] == {
        "roles": 2,
        "contained": 1,
        "escaped": 1,
        "undecided": 0,
        "resources": 0,
        "findings": {"CRITICAL": 1, "HIGH": 1, "MEDIUM": 1},
    }
    assert CLEAN_ROLE.outcome.value == "contained"


OPENED = PlacedFinding(Finding(Kind.SAFEGUARD_LOST, Severity.MEDIUM, "public access block", Deviation("off")), NO_REACH)
BUCKET = ReviewedResource("s3-bucket", "my-aws-panorama-models", "arn:aws:s3:::my-aws-panorama-models", (OPENED,))


def test_what_is_found_by_comparing_on_a_resource_is_a_result_of_the_sarif() -> None:
    """With the reason in the place of a request; and it stands in the JSON, and makes the whole an escape."""
    review = replace(FULL, resources=(BUCKET,))
    body = sarif_body(review)
    jsonschema.Draft4Validator(SARIF).validate(body)
    result = body["runs"][0]["results"][-1]
    assert result["ruleId"] == "safeguard-lost"
    assert "public access block: off" in result["message"]["text"]
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == BUCKET.arn
    told = review_body(replace(review, roles=(CLEAN_ROLE,)))
    jsonschema.Draft202012Validator(OWN).validate(told)
    assert (told["verdict"], told["resources"][0]["state"]) == ("escaped", "unguarded")


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ((), State.INSIDE),
        ((Kind.WEAKNESS,), State.WEAK),
        ((Kind.WEAKNESS, Kind.UNDECIDED), State.UNDECIDED),
        ((Kind.UNDECIDED, Kind.SAFEGUARD_LOST), State.UNGUARDED),
        ((Kind.SAFEGUARD_LOST, Kind.RESOURCE_ESCAPE), State.OPEN),
    ],
)
def test_a_resource_stands_as_the_worst_of_its_findings(kinds: tuple[Kind, ...], state: State) -> None:
    """Open before a missing safeguard, that before a doubt, and a doubt before a weak setting."""
    found = tuple(PlacedFinding(Finding(kind, Severity.LOW, "part", Deviation("so")), NO_REACH) for kind in kinds)
    assert replace(BUCKET, findings=found).state is state
