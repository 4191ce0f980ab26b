"""reporting/digest: how all stands, every day, also when nothing is open; whatever an attacker wrote into it."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from panorama_guard.case.finding import NO_REACH, Deviation, Finding, Kind, Severity
from panorama_guard.case.incident import Incident
from panorama_guard.case.member import Member, MemberState
from panorama_guard.case.shelved import Shelved
from panorama_guard.case.waiver import Waiver
from panorama_guard.case.weak_pattern import WeakPattern
from panorama_guard.reporting.digest import (
    MOST_ENTRIES,
    MOST_LINES,
    Digest,
    digest_attributes,
    digest_body,
    digest_message,
    digest_subject,
)
from panorama_guard.reporting.page.records import Gauges, OnRecord
from panorama_guard.reporting.plain import SUBJECT_LENGTH
from panorama_guard.reporting.review import PlacedFinding, ReviewedResource
from tests.builders import INCIDENT, WAIVER
from tests.unit.reporting.pages import clean, full_page, in_member, page_of
from tests.unit.reporting.test_alert import HOSTILE, INCIDENTS, hostile_incident

FULL = full_page()
GOLDEN = Path(__file__).parent / "golden" / "digests"
ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs/schemas/digest-1.schema.json").read_text(encoding="utf-8"))
SNS_BYTES = 262_144
NOW = "2026-11-26T07:01:00+00:00"
SOON = "2026-11-27T18:00:00+00:00"
LATER = "2026-12-20T18:00:00+00:00"
SHELVED = Shelved("s3://reports/posture.html", "v1", "https://us-east-1.console.aws.amazon.com/s3/object/reports")
WEAK = WeakPattern(("AWSPanoramaServiceRole",), "inline-0", "inline-0, statement 1", "{}", ("s3:GetObject on x",), "{}")
EVENTS = (("iam", "2026-11-26T06:00:00+00:00"), ("s3", ""))
BLOCK = PlacedFinding(Finding(Kind.SAFEGUARD_LOST, Severity.MEDIUM, "public access block", Deviation("off")), NO_REACH)
BUCKET = ReviewedResource("s3-bucket", "my-aws-panorama-models", "arn:aws:s3:::my-aws-panorama-models", (BLOCK,))


def quiet() -> Digest:
    """Return the digest of an account in which all is well."""
    page = page_of(clean(), notes=()).with_guard((), OnRecord(), Gauges(EVENTS, (("ChangesDeadLetterQueue", 0),), (1,)))
    return Digest(page, SHELVED, "", NOW)


def busy() -> Digest:
    """Return the digest of an account in which everything is to be told."""
    known = (INCIDENTS["not-fixed"], INCIDENTS["contained"], INCIDENTS["needs-approval"])
    waivers = (replace(WAIVER, expires_at=SOON), replace(WAIVER, id="wvr-later", expires_at=LATER))
    gauges = Gauges(EVENTS, (("ChangesDeadLetterQueue", 2), ("NotifyDeadLetterQueue", 0)), (2,))
    page = FULL.with_guard((WEAK,), OnRecord(known, waivers), gauges)
    page = replace(page, review=replace(page.review, resources=(BUCKET,)))
    return Digest(page, SHELVED, "paused by carol until 2026-11-26T08:00:00: the guard tells and changes nothing", NOW)


def crowded(incident: Incident, waiver: Waiver, weak: WeakPattern, count: int) -> Digest:
    """Return a digest with so many of each."""
    there = replace(incident, subject=replace(incident.subject, account="222233334444"))
    record = OnRecord((incident,) * (count - count // 2), (waiver,) * count, (there,) * (count // 2))
    page = FULL.with_guard((weak,) * count, record, Gauges(EVENTS, (("queue", count),)))
    notes = (incident.source,) * count
    return Digest(replace(page, review=replace(page.review, notes=notes, unread=notes)), SHELVED, waiver.reason, NOW)


def of_organisation() -> Digest:
    """Return the digest of a hub, some of whose members are not read."""
    read = Member("222233334444", MemberState.READ, SOON, "", "2026-11-26T06:40:00+00:00", 1)
    why = "account 333344445555 cannot be read: AccessDenied: `not you`"
    unreached = Member("333344445555", MemberState.UNREACHED, "2026-11-20T06:41:00+00:00", why, "", 4)
    some = "account 444455556666: AWS does not let the guard list what is of type `iot-policy`: AccessDenied: `not you`"
    in_part = Member(
        "444455556666", MemberState.IN_PART, "2026-11-19T06:42:00+00:00", some, "2026-11-25T06:42:00+00:00", 2
    )
    there = (
        in_member(INCIDENTS["not-fixed"], "444455556666", 1),
        in_member(INCIDENTS["observed-trust"], "222233334444", 2),
    )
    page = replace(quiet().page, record=OnRecord(open_there=there))
    return replace(quiet(), page=page, members=(read, unreached, in_part))


DIGESTS = {"quiet": quiet, "busy": busy, "organisation": of_organisation}


@pytest.mark.parametrize("name", DIGESTS)
def test_an_operator_reads_what_the_golden_file_shows(name: str) -> None:
    """Every word of it was looked at."""
    digest = DIGESTS[name]()
    shown = f"{digest_subject(digest)}\n\n{digest_message(digest)}\n"
    assert shown == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DIGESTS)
def test_the_last_line_is_as_the_published_schema_says(name: str) -> None:
    """The digest as one JSON object."""
    digest = DIGESTS[name]()
    body = json.loads(digest_message(digest).splitlines()[-1])
    assert body == json.loads(json.dumps(digest_body(digest)))
    jsonschema.Draft202012Validator(SCHEMA).validate(body)


def test_that_nothing_is_open_is_said_first() -> None:
    """In the subject and in the first line."""
    assert digest_subject(quiet()).startswith("[DIGEST] 0 open: ")
    assert digest_message(quiet()).startswith("0 open. ")
    assert digest_attributes(quiet()) == (("kind", "digest"), ("state", "CLEAR"), ("severity", "INFORMATIONAL"))


def test_what_is_open_is_told_the_worst_first() -> None:
    """What is contained is not open; the worst is what a filter sees."""
    digest = busy()
    assert [incident.id for incident in digest.open] == [INCIDENT.id, INCIDENT.id]
    assert dict(digest_attributes(digest)) == {"kind": "digest", "state": "OPEN", "severity": "CRITICAL"}


def test_what_is_open_in_members_is_open_and_says_in_which() -> None:
    """In the subject, in what filters see, in a line for each, and for machines: whoever has no more reads it first."""
    digest = of_organisation()
    assert digest_subject(digest).startswith("[DIGEST] 2 open, 2 CRITICAL: ")
    assert dict(digest_attributes(digest))["state"] == "OPEN"
    told = [line for line in digest_message(digest).splitlines() if line.startswith("Open:")]
    assert [line.split("[")[0].split(maxsplit=1)[1] for line in told] == [
        f"account {one.account}: " for one in digest.open
    ]
    body = digest_body(digest)["open"]
    assert [one["account"] for one in body["listed"]] == [one.account for one in digest.open]  # type: ignore[index]


def test_of_many_members_the_first_are_told_and_the_rest_counted() -> None:
    """A tenth of a large organisation may be out of reach; `status` has more of them."""
    one = of_organisation().members[1]
    digest = replace(quiet(), members=(one,) * 500)
    told = [line for line in digest_message(digest).splitlines() if line.startswith("Member:")]
    assert (len(told), told[-1].split(maxsplit=1)[1]) == (MOST_LINES + 1, "and 485 more, see `panorama-guard status`")
    assert len(digest_body(digest)["members"]["not_read"]) == MOST_ENTRIES  # type: ignore[index]


def test_only_waivers_that_end_soon_are_told() -> None:
    """The others are on the page."""
    assert [waiver.expires_at for waiver in busy().expiring] == [SOON]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_neither_adds_a_line_nor_breaks_the_json(text: str) -> None:
    """In every field that somebody else may have chosen."""
    weak = replace(WEAK, roles=(text,), statement=text)
    attacked = crowded(hostile_incident(text), replace(WAIVER, reason=text, owner=text), weak, 1)
    harmless = crowded(hostile_incident("x"), replace(WAIVER, reason="x", owner="x"), replace(WEAK, statement="x"), 1)
    lines = digest_message(attacked).splitlines()
    assert len(lines) <= len(digest_message(harmless).splitlines())
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(lines[-1]))


def test_the_largest_digest_is_one_that_sns_takes() -> None:
    """Lists are cut, and what is left out is counted."""
    long = "\U0001f600" * 2_000
    weak = replace(WEAK, roles=(long,) * 3, statement=long)
    digest = crowded(hostile_incident(long), replace(WAIVER, reason=long, owner=long, expires_at=SOON), weak, 500)
    message, body = digest_message(digest), digest_body(digest)
    assert len(message.encode()) + len(digest_subject(digest)) < SNS_BYTES
    assert message.count(" more, see the report") >= 5
    assert body["open"] == {"all": 500, "listed": body["open"]["listed"]}  # type: ignore[index]
    assert len(body["open"]["listed"]) == MOST_ENTRIES


def test_of_many_the_first_are_told_and_the_rest_counted() -> None:
    """As many as one reads on a telephone."""
    lines = digest_message(crowded(INCIDENTS["not-fixed"], WAIVER, WEAK, 500)).splitlines()
    told = [line for line in lines if line.startswith("Open:")]
    assert (len(told), told[-1].split(maxsplit=1)[1]) == (MOST_LINES + 1, "and 485 more, see the report")


def test_a_subject_is_ascii_and_short() -> None:
    """Whatever there is to be counted; no number of it is cut."""
    digest = crowded(INCIDENT, WAIVER, WEAK, 10_000)
    every = tuple(replace(one, severity=severity) for one in digest.open[:1_000] for severity in Severity)
    record = OnRecord(every, ())
    worst = replace(digest, page=digest.page.with_guard((), record, Gauges((), (), ())))
    for one in (digest, worst):
        assert digest_subject(one).isascii()
        assert len(digest_subject(one)) <= SUBJECT_LENGTH
    assert digest_subject(worst).startswith("[DIGEST] 5000 open, 1000 CRITICAL, 1000 HIGH, ")
    assert digest_subject(worst).endswith((" judged", "1000 INFORMATIONAL"))
