"""reporting/page_change: what the page says now and did not; whatever an attacker wrote into it."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from panorama_guard.case import greengrass, iot, model_work
from panorama_guard.reporting.page.records import Gauges, OnRecord, PosturePage
from panorama_guard.reporting.page_change import (
    MOST_ENTRIES,
    MOST_LINES,
    PageChange,
    change_attributes,
    change_body,
    change_message,
    change_subject,
    page_change,
    page_text,
)
from panorama_guard.reporting.page_words import incident_words
from panorama_guard.reporting.plain import SUBJECT_LENGTH
from tests.builders import INCIDENT, WAIVER
from tests.unit.reporting.pages import (
    HARMLESS,
    SCRIPTS,
    WEBSITE,
    attacked_page,
    clean,
    crowded_page,
    guarded_page,
    in_member,
    members_page,
    page_of,
    resource,
)
from tests.unit.reporting.test_alert import HOSTILE
from tests.unit.reporting.test_digest import NOW, SHELVED, SNS_BYTES

GOLDEN = Path(__file__).parent / "golden" / "changes"
ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs/schemas/report-1.schema.json").read_text(encoding="utf-8"))
MEMBER = "222233334444"
FULL = guarded_page()
QUIET = page_of(clean(), notes=()).with_guard((), OnRecord(), Gauges())


def change_from(before: str, page: PosturePage) -> PageChange:
    """Return how a page differs from what was told."""
    return page_change(page, SHELVED, before, now=NOW)


CHANGES = {
    "first": change_from("", QUIET),
    "worse": change_from(page_text(QUIET), FULL),
    "members": change_from(page_text(QUIET), members_page()),
    "better": change_from(page_text(FULL), QUIET),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_operator_reads_what_the_golden_file_shows(name: str) -> None:
    """Every word of it was looked at."""
    shown = f"{change_subject(CHANGES[name])}\n\n{change_message(CHANGES[name])}\n"
    assert shown == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CHANGES)
def test_the_last_line_is_as_the_published_schema_says(name: str) -> None:
    """The message as one JSON object."""
    body = json.loads(change_message(CHANGES[name]).splitlines()[-1])
    assert body == json.loads(json.dumps(change_body(CHANGES[name])))
    jsonschema.Draft202012Validator(SCHEMA).validate(body)


def test_the_time_of_a_look_and_what_is_counted_meanwhile_are_no_change() -> None:
    """Nor when an incident was written again, nor who looked."""
    later = replace(FULL, read_at="2026-11-27 04:00:00 UTC", reader="arn:aws:iam::1:role/other", listed=99)
    assert later.record is not None
    again = replace(later.record, incidents=tuple(replace(one, updated_at=NOW) for one in later.record.incidents))
    later = replace(later, record=again, gauges=Gauges((("iam", NOW),), (("queue", 7),), (0,)))
    assert not change_from(page_text(FULL), later)


def test_what_is_judged_on_record_or_not_looked_at_is_a_change() -> None:
    """A posture, a role, a verdict, an incident, a waiver and its approval, a weak pattern, a note: each is told."""
    review, record = FULL.review, FULL.record
    assert record is not None
    moved = replace(INCIDENT, id="inc-another")
    approved = replace(WAIVER, approver="arn:aws:iam::111122223333:role/SecurityOfficer")
    others = (
        replace(FULL, review=replace(review, posture="retired")),
        replace(FULL, review=replace(review, roles=review.roles[1:])),
        replace(FULL, review=replace(review, roles=(replace(review.roles[0], findings=()), *review.roles[1:]))),
        replace(FULL, review=replace(review, resources=(*review.resources, resource("new-aws-panorama")))),
        replace(FULL, review=replace(review, resources=review.resources[1:])),
        replace(FULL, review=replace(review, notes=("account 1 is not read",))),
        replace(FULL, review=replace(review, unread=("the buckets",))),
        replace(FULL, record=replace(record, incidents=(*record.incidents, moved))),
        replace(FULL, record=replace(record, waivers=())),
        replace(FULL, record=replace(record, waivers=(approved,))),
        replace(FULL, weak=()),
        replace(FULL, record=replace(record, open_there=(in_member(INCIDENT, MEMBER, 1),))),
    )
    assert [bool(change_from(page_text(FULL), other)) for other in others] == [True] * len(others)


def test_a_waiver_that_waits_for_a_second_operator_is_not_told_as_waived() -> None:
    """The page would say that somebody let an escape stand whom nobody has agreed with."""
    record = FULL.record
    assert record is not None
    waits = replace(WAIVER, id="wvr-1", second_because="it covers the management of permissions")
    told = change_from(page_text(FULL), replace(FULL, record=replace(record, waivers=(waits,))))
    said = [line for line in told.new if waits.id in line]
    assert [line.partition(", once ")[2] for line in said] == ["a second operator agrees: nothing is waived yet"]


def test_what_opens_in_another_member_is_news_and_what_is_written_again_is_none() -> None:
    """One name in two accounts is two lines, each with its account."""
    one, other = (in_member(INCIDENT, account, 1) for account in (MEMBER, "333344445555"))
    pages = [replace(QUIET, record=OnRecord(open_there=there)) for there in ((one,), (one, other))]
    change = change_from(page_text(pages[0]), pages[1])
    assert (change.new, change.gone) == ((incident_words(other, QUIET),), ())
    assert change.new[0].startswith("account 333344445555: [")
    assert change_body(change)["open"] == 2
    again = replace(one, updated_at=NOW)
    assert not change_from(page_text(pages[0]), replace(QUIET, record=OnRecord(open_there=(again,))))


@pytest.mark.parametrize("kind", [iot.JOB, model_work.WORK, greengrass.DEPLOYMENT])
def test_work_that_is_inside_comes_and_goes_untold(kind: str) -> None:
    """A job an hour would be a message an hour; one on which something is found is told."""
    review = FULL.review
    inside, weak = (resource("panorama-job", *found, type_=kind) for found in ((), (WEBSITE,)))
    pages = [replace(FULL, review=replace(review, resources=(*review.resources, one))) for one in (inside, weak)]
    assert [bool(change_from(page_text(FULL), page)) for page in pages] == [False, True]


@pytest.mark.parametrize("text", [*HOSTILE, *SCRIPTS])
def test_hostile_text_neither_adds_a_line_nor_breaks_the_json(text: str) -> None:
    """In every field that somebody else may have chosen; and in what was told, whoever wrote that."""
    attacked, harmless = (change_from("", attacked_page(one)) for one in (text, HARMLESS))
    assert len(attacked.new) <= len(harmless.new)
    for change in (attacked, change_from(text, QUIET)):
        lines = change_message(change).splitlines()
        assert all(line.isprintable() for line in lines)
        jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(lines[-1]))
    assert not change_from(page_text(attacked_page(text)), attacked_page(text))


def test_the_largest_message_is_one_that_sns_takes() -> None:
    """Lists are cut, and what is left out is counted; a subject is ASCII and short."""
    long = "\U0001f600" * 2_000
    notes = tuple(f"{number} {long}" for number in range(500))
    page = crowded_page(500)
    change = change_from("\n".join(notes), replace(page, review=replace(page.review, notes=notes)))
    message, body = change_message(change), change_body(change)
    assert len(message.encode()) + len(change_subject(change)) < SNS_BYTES
    assert f"and {len(change.new) - MOST_LINES} more, see the report" in message
    assert len(body["new"]["listed"]) == MOST_ENTRIES  # type: ignore[index]
    assert change_subject(change).isascii()
    assert len(change_subject(change)) <= SUBJECT_LENGTH


def test_subscribers_filter_by_how_it_stands() -> None:
    """As those of the digest do."""
    first, worse = (dict(change_attributes(CHANGES[name])) for name in ("first", "worse"))
    assert first == {"kind": "report", "state": "CLEAR", "severity": "INFORMATIONAL"}
    assert worse == {"kind": "report", "state": "OPEN", "severity": "CRITICAL"}
