"""case/severities: how much each kind matters is a table with reasons, and what judging gives is in it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from panorama_guard.case.finding import Kind, Severity
from panorama_guard.case.severities import GRADES, OVERRIDES, When, grade, override, severities_of
from tests.builders import INCIDENT, NOW

ROOT = Path(__file__).resolve().parents[3]
JUDGING = ROOT / "layers/guard/panorama_guard/judging"
PAGE = ROOT / "docs/severity.md"
# Helpers of `judging` that make a finding of this kind, of the severity among their arguments.
OF_WEAKNESS = {"_weakness", "_told"}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_finding_has_a_severity_with_a_reason(kind: Kind) -> None:
    """A kind that is added has to be thought through."""
    rows = [row for row in GRADES if row.kind is kind]
    assert rows
    assert all(len(row.why.split()) > 5 for row in rows)


def test_no_two_rows_are_about_the_same() -> None:
    """And one kind has either one severity or several that something decides between."""
    keys = [(row.kind, row.when) for row in GRADES]
    assert len(keys) == len(set(keys))
    always = {row.kind for row in GRADES if row.when is When.ALWAYS}
    assert all(len(severities_of(kind)) == 1 for kind in always)


def test_the_table_is_asked_by_kind_and_by_what_decides() -> None:
    """What is not in it is no severity by default."""
    assert grade(Kind.TRUST_ESCAPE) is Severity.CRITICAL
    assert grade(Kind.RESOURCE_ESCAPE, When.SOMEBODY) is Severity.HIGH
    with pytest.raises(StopIteration):
        grade(Kind.TRUST_ESCAPE, When.SOMEBODY)


def literals() -> Iterator[tuple[str, Kind, Severity]]:
    """Yield the kind and the severity of each finding that a module of `judging` makes with both written out."""
    for path in sorted(JUDGING.glob("*.py")):
        for call in (
            node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
        ):
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            kinds, severities = list(_members(call, "Kind")), list(_members(call, "Severity"))
            if name in OF_WEAKNESS:
                kinds = ["WEAKNESS"]
            if name in OF_WEAKNESS | {"Finding"} and kinds and severities:
                yield path.name, Kind[kinds[0]], Severity[severities[0]]


def _members(call: ast.Call, enum: str) -> Iterator[str]:
    for one in call.args:
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == enum:
            yield one.attr


def test_what_judging_gives_is_in_the_table() -> None:
    """Each severity that is written out beside a kind is one that the table has, and so a reason."""
    found = list(literals())
    assert len(found) >= 5
    assert [(file, kind, severity) for file, kind, severity in found if severity not in severities_of(kind)] == []


def test_what_the_guard_cannot_end_is_critical_and_what_it_stops_is_low() -> None:
    """Whatever the kind."""
    from panorama_guard.case.incident import State  # noqa: PLC0415 - the name is of another room's word elsewhere

    assert override(When.UNSOLVED) is Severity.CRITICAL
    assert override(When.STOPPED) is Severity.LOW
    assert INCIDENT.moved(State.NOT_FIXED, now=NOW, reason="x").severity is Severity.CRITICAL


def test_the_page_of_the_docs_shows_the_table() -> None:
    """Row for row."""
    rows = [f"| {row.kind.value} | {row.when.value} | {row.severity.value} | {row.why} |" for row in GRADES]
    rows += [f"| any | {when.value} | {severity.value} | {why} |" for when, severity, why in OVERRIDES]
    shown = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert shown[1:] == rows
