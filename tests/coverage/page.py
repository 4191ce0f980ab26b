"""Writes `docs/coverage.md`: `python -m tests.coverage.page`. A test fails where the page is not what this returns."""

from collections.abc import Iterator
from pathlib import Path

from tests.coverage.operations import IGNORED, operations
from tests.coverage.table import ROLE, ROOT, SWEEP, Row, findings_of, reader_of, rows, sources

PAGE = ROOT / "docs/coverage.md"
_HEAD = """# What is watched

Generated (`make coverage`) from the routing table, the samples in `events/`, the wiring of the functions, the code
that judges each type of subject, the ladders of remedies and the profile; a test fails where this page, or any cell
of it, is not so. Calls that are not in it are listed at the end with the reason why they are ignored: every operation
that writes in botocore's models is in one place or the other.

*Concerns* is what an event leads to, by its sample, read as `inspect` reads it. What is found and done stands below,
by type. *Running stack* are the tests in which somebody makes the call itself; the event also goes through the rules
of the running stack, in `test_coverage.py`.
"""
_FOUND = """
## What is found, and what is done

In mode `enforce`, of enrolled subjects, the first remedy that is proved; in the other modes it is told. *Told* is an
alert, and nothing is ever written. A look at a role that only was found (of any name, by its signs) is told in every
mode.

| Subject | Read by | Finding | Remedy |
|---|---|---|---|
"""
_IGNORED = """
## What is ignored, and why

Of the operations that CloudTrail records as management events which write; `*` and the like are regular expressions
on the operation's name.
"""


def page() -> str:
    """Return the page."""
    return "".join((_HEAD, *_events(), _FOUND, *_findings(), _IGNORED, *_ignored()))


def _events() -> Iterator[str]:
    for source in sources():
        yield f"\n## {source}\n\n| Event | Concerns | Sample | Running stack |\n|---|---|---|---|\n"
        yield from map(_event, rows(source))


def _event(row: Row) -> str:
    tests = ", ".join(row.stack_tests) or "the rules alone"
    return f"| `{row.event}` | {', '.join(row.subjects)} | `{row.sample}` | {tests} |\n"


def _findings() -> Iterator[str]:
    for kind in subjects():
        for found, remedy in findings_of(kind).items():
            yield f"| {kind} | `{reader_of(kind)}` | {found.value} | {remedy} |\n"


def subjects() -> list[str]:
    """Return every type of subject that some event concerns."""
    named = {kind for source in sources() for row in rows(source) for kind in row.subjects} - {SWEEP}
    return [ROLE, *sorted(named - {ROLE})]


def _ignored() -> Iterator[str]:
    counted = list(operations())
    for service, reasons in IGNORED.items():
        own = [one for one in counted if one.service == service]
        routed = sum(one.is_routed for one in own)
        yield f"\n### {service}: {len(own)} operations that write, {routed} routed\n\n| Why | Operations |\n|---|---|\n"
        for why, patterns in reasons.items():
            listed = ", ".join(f"`{one}`".replace("|", "\\|") for one in patterns)
            yield f"| {why} | {listed} |\n"


def write(path: Path = PAGE) -> None:
    """Write the page."""
    path.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
