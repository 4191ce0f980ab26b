"""Every event that is routed leads somewhere, every call that is not is ignored for a reason, and the page says so."""

import json
import re
from functools import cache
from pathlib import Path

from panorama_guard.case.change import Change, NeedsSweep, parse_change
from panorama_guard.case.finding import Kind
from panorama_guard.case.routes import ROUTES, route_of
from tests.coverage.operations import IGNORED, Operation, names_in_models, operations
from tests.coverage.page import PAGE, page, subjects
from tests.coverage.table import ROLE, ROOT, SWEEP, Row, findings_of, reader_of, rows, sample_of, sources

HANDLED = (ROOT / "tests/functions/test_handlers.py").read_text(encoding="utf-8")


@cache
def all_rows() -> list[Row]:
    """Return every row of the table."""
    return [row for source in sources() for row in rows(source)]


@cache
def all_operations() -> list[Operation]:
    """Return every operation that writes, of every service whose model is read."""
    return list(operations())


def test_the_page_is_as_it_is_generated() -> None:
    """`make coverage` writes it anew, once somebody has thought about what has changed."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_route_has_a_row() -> None:
    """And there are no others."""
    assert {(row.source, row.event) for row in all_rows()} == set(ROUTES)


def test_a_row_has_a_sample_whom_it_concerns_and_a_reader() -> None:
    """The sample goes through the real handlers; each subject is read by an adapter, and something is found on it."""
    assert "def test_every_sample_event_goes_through_the_real_handler" in HANDLED
    for row in all_rows():
        assert (ROOT / "events" / row.sample).exists(), row
        parsed = parse_change(json.loads(sample_of(row.source, row.event).read_text("utf-8")))
        assert isinstance(parsed, Change | NeedsSweep), row
        assert row.subjects, row
        for kind in row.subjects:
            assert reader_of(kind), kind
            assert kind == SWEEP or Kind.UNDECIDED in findings_of(kind), kind


def test_a_type_has_tests_of_its_judgement_its_reader_and_on_the_running_stack() -> None:
    """In the rooms where such tests are."""
    contracts = "".join(path.read_text("utf-8") for path in sorted((ROOT / "tests/contract").glob("*.py")))
    judged = "".join(path.read_text("utf-8") for path in sorted((ROOT / "tests/unit").rglob("*.py")))
    for kind in subjects():
        events = [row for row in all_rows() if kind in row.subjects]
        assert [row for row in events if row.stack_tests], f"nobody makes any call on the running stack on a {kind}"
        assert re.search(rf"\b{reader_of(kind)}\b", contracts), kind
        assert f'"{kind}' in judged or f"{kind}:" in judged or kind == ROLE, kind


def test_an_operation_that_writes_is_routed_or_ignored_for_one_reason() -> None:
    """One that a later version of a service adds has to be thought through."""
    assert [one for one in all_operations() if len(one.reasons) != (0 if one.is_routed else 1)] == []


def test_every_pattern_of_what_is_ignored_is_about_something() -> None:
    """A reason for nothing would hide what comes later."""
    names = {service: [name for _, name in names_in_models(service)] for service in IGNORED}
    idle = [
        (service, pattern)
        for service, reasons in IGNORED.items()
        for patterns in reasons.values()
        for pattern in patterns
        if not any(re.fullmatch(pattern, name) for name in names[service])
    ]
    assert idle == []


def test_an_operation_that_nobody_knows_is_neither() -> None:
    """The test above can fail."""
    new = Operation("iam", "PutRoleSuperpowers", "iam.amazonaws.com", "PutRoleSuperpowers")
    assert (new.is_routed, new.reasons) == (False, ())


def test_every_route_of_a_service_whose_model_is_read_comes_of_an_operation() -> None:
    """A name that no call has is never an event; but for those that an older API had, or that AWS makes by itself."""
    made = {(one.source, one.event) for one in all_operations()}
    watched = {source for source, _ in made}
    strange = {(source, name) for source, name in ROUTES if source in watched} - made
    assert strange == set()


def test_the_reader_of_samples_sees_what_a_sample_says() -> None:
    """By the types of its subjects, and where it has none by the sweep."""
    concerned = {(row.event, row.source): row.subjects for row in all_rows()}
    assert concerned["PutRolePolicy", "iam.amazonaws.com"] == ("role",)
    assert concerned["DeleteRole", "iam.amazonaws.com"] == ("role", "iam-role")
    assert concerned["PutAccountProperties", "iam.amazonaws.com"] == (SWEEP,)
    assert concerned["CreateFunction", "lambda.amazonaws.com"] == ("lambda-function", "lambda-runner")
    assert route_of("iam.amazonaws.com", "PutRolePolicy") is not None
    assert Path(PAGE).name == "coverage.md"
