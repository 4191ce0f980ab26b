"""Records survive their way through text, and text that is no record is an error in one line."""

import json
from dataclasses import dataclass, fields
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panorama_guard.case.backup import Backup
from panorama_guard.case.errors import RecordError
from panorama_guard.case.finding import Kind, Severity
from panorama_guard.case.incident import Cause, Evidence, Incident, Remedy, State
from panorama_guard.case.memory import Memory
from panorama_guard.case.order import InspectionRequest, LiftOrder, Origin, RemediationOrder, parse_order
from panorama_guard.case.pause import Pause
from panorama_guard.case.record import dump_record, load_record
from panorama_guard.case.snapshot import InlinePolicy, ManagedPolicy, RoleSnapshot, Subject
from panorama_guard.case.step import DeleteBoundary, DeleteInline, PutBoundary, PutInline, PutTrust, Step
from panorama_guard.case.undo import PutBack, Undo
from panorama_guard.case.waiver import Scope, Waiver
from panorama_guard.case.word import Word
from tests.builders import INCIDENT, MEMORY, SNAPSHOT

TEXT = st.text(max_size=12)
TEXTS = st.lists(TEXT, max_size=2).map(tuple)
SUBJECT = st.builds(Subject, TEXT, TEXT, TEXT, TEXT)
MANAGED = st.builds(ManagedPolicy, TEXT, TEXT, TEXT)
MANAGED_LIST = st.lists(MANAGED, max_size=2).map(tuple)
SNAPSHOTS = st.builds(
    RoleSnapshot,
    SUBJECT,
    TEXT,
    TEXT,
    st.lists(st.builds(InlinePolicy, TEXT, TEXT), max_size=2).map(tuple),
    MANAGED_LIST,
    MANAGED_LIST,
)
REMEDIES = st.builds(Remedy, TEXTS, TEXT, TEXTS, st.booleans())
CAUSES = st.builds(Cause, *[TEXT] * 11)
CONTEXTS = st.lists(st.tuples(TEXT, TEXTS), max_size=2).map(tuple)
EVIDENCE = st.builds(Evidence, TEXT, TEXT, CONTEXTS, TEXT, TEXT, TEXT)
STEPS = st.one_of(
    st.builds(PutInline, TEXT, TEXT),
    st.builds(DeleteInline, TEXT),
    st.builds(PutTrust, TEXT),
    st.builds(PutBoundary, MANAGED),
    st.just(DeleteBoundary()),
)
STEP_LISTS = st.lists(STEPS, max_size=3).map(tuple)
NUMBER = st.integers(0, 10**9)
RECORDS: st.SearchStrategy[Any] = st.one_of(
    st.builds(
        Incident,
        id=TEXT,
        seen_at=TEXT,
        subject=SUBJECT,
        kind=st.sampled_from(Kind),
        source=TEXT,
        severity=st.sampled_from(Severity),
        state=st.sampled_from(State),
        cause=CAUSES,
        evidence=EVIDENCE,
        remedy=REMEDIES,
        reason=TEXT,
        fingerprint=TEXT,
        opened_at=TEXT,
        updated_at=TEXT,
        attempt=NUMBER,
        revision=NUMBER,
        transition=NUMBER,
        failures=NUMBER,
    ),
    st.builds(Memory, TEXT, TEXTS, MANAGED_LIST, st.booleans(), st.booleans()),
    st.builds(Backup, SNAPSHOTS, STEP_LISTS, STEP_LISTS, REMEDIES),
    st.builds(RemediationOrder, TEXT, TEXT, TEXT, TEXT, NUMBER),
    st.builds(InspectionRequest, TEXT, TEXT, st.sampled_from(Origin)),
    st.builds(LiftOrder, TEXT, TEXT, TEXT, TEXT, NUMBER, TEXT),
    st.builds(Pause, *[TEXT] * 6, NUMBER),
    st.builds(PutBack, STEP_LISTS, SNAPSHOTS),
    st.builds(Undo, TEXT, NUMBER, SUBJECT, *[TEXT] * 7, NUMBER),
    st.builds(Waiver, TEXT, SUBJECT, st.sampled_from(Scope), *[TEXT] * 7, st.booleans(), TEXT, TEXT, NUMBER),
    st.builds(Word, *[TEXT] * 6),
)


@given(RECORDS)
def test_a_record_survives_its_way_through_text(record: object) -> None:
    """Whatever is stored or sent is read back equal."""
    assert load_record(type(record), dump_record(record)) == record


@given(RECORDS)
def test_a_record_is_one_line_of_ascii(record: object) -> None:
    """Every store and queue takes it, and a character is a byte."""
    text = dump_record(record)
    assert text.isascii()
    assert "\n" not in text


@pytest.mark.parametrize("record", [INCIDENT, MEMORY, SNAPSHOT], ids=lambda record: type(record).__name__)
def test_a_missing_field_is_an_error(record: object) -> None:
    """A record of another version is not guessed at."""
    for name in json.loads(dump_record(record)):
        stored = json.loads(dump_record(record))
        del stored[name]
        text = json.dumps(stored)
        with pytest.raises(RecordError, match="not the fields of"):
            load_record(type(record), text)


@pytest.mark.parametrize("record", [INCIDENT, MEMORY, SNAPSHOT], ids=lambda record: type(record).__name__)
def test_an_unknown_field_is_an_error(record: object) -> None:
    """What this version does not know is not dropped silently."""
    text = json.dumps({**json.loads(dump_record(record)), "more": 1})
    with pytest.raises(RecordError, match="not the fields of"):
        load_record(type(record), text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", 1),
        ("id", None),
        ("attempt", "1"),
        ("attempt", True),
        ("attempt", 1.0),
        ("state", "LOST"),
        ("state", ["DETECTED"]),
        ("subject", []),
        ("subject", "text"),
        ("evidence", {"action": "s3:GetObject"}),
    ],
)
def test_a_value_of_a_wrong_type_is_an_error(name: str, value: object) -> None:
    """Types are compared exactly; a truth value is no number."""
    text = json.dumps({**json.loads(dump_record(INCIDENT)), name: value})
    with pytest.raises(RecordError, match="a stored Incident cannot be read"):
        load_record(Incident, text)


@pytest.mark.parametrize(
    "text", ["", "no JSON", "null", "[]", "7", '"text"', '{"a":', "[" * 100_000, '"\n"', '{"\\u001b[2J\\n": 1}']
)
def test_text_that_is_no_record_is_an_error_in_one_short_line(text: str) -> None:
    """The error goes to a log: it is one line of ASCII and quotes little of what was sent."""
    with pytest.raises(RecordError) as caught:
        load_record(RemediationOrder, text)
    message = str(caught.value)
    assert message.startswith("a stored RemediationOrder cannot be read: `")
    assert message.isascii()
    assert message.isprintable()
    assert len(message) < 200


@given(
    st.one_of(
        st.builds(RemediationOrder, TEXT, TEXT, TEXT, TEXT, NUMBER), st.builds(LiftOrder, *[TEXT] * 4, NUMBER, TEXT)
    )
)
def test_an_order_is_read_as_what_it_is(order: RemediationOrder | LiftOrder) -> None:
    """Whatever its values say."""
    assert parse_order(dump_record(order)) == order


@pytest.mark.parametrize("text", ["{}", "no JSON", dump_record(INCIDENT), '{"undone_incident":"inc-1"}'])
def test_what_is_no_order_is_an_error(text: str) -> None:
    """It goes to the dead letters."""
    with pytest.raises(RecordError):
        parse_order(text)


@given(TEXT)
def test_no_value_makes_an_order_another_one(value: str) -> None:
    """The mark of an order to lift can be in no text."""
    order = RemediationOrder("1", value + '"undone_incident"', value, '"undone_incident":1', 1)
    assert parse_order(dump_record(order)) == order


def test_a_step_is_known_by_its_fields_alone() -> None:
    """The variants of a union have different fields, or the first of two would be read for both."""
    variants = get_args(Step)
    names = {tuple(field.name for field in fields(variant)) for variant in variants}
    assert len(names) == len(variants)


@dataclass(frozen=True, slots=True)
class Pair:
    """A record with a tuple of a fixed length."""

    of: tuple[str, int]


@pytest.mark.parametrize("text", ['{"of":["a"]}', '{"of":["a",1,2]}', '{"of":"a1"}', '{"of":[1,"a"]}'])
def test_a_tuple_has_its_length_and_its_types(text: str) -> None:
    """A list that is too short, too long or mixed up is an error."""
    with pytest.raises(RecordError, match="a stored Pair cannot be read"):
        load_record(Pair, text)
