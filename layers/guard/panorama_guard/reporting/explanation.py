"""Says why a verdict is what it is, in words for a person and as values for a machine."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from panorama_guard.case.finding import Reach
from panorama_guard.containment import Escaped, Undecided, Verdict
from panorama_guard.containment.caller import describe_principal, told_context
from panorama_guard.containment.covering import ContainmentExplanation
from panorama_guard.containment.doubt import DoubtExplanation
from panorama_guard.containment.explain import Answer, EscapeExplanation
from panorama_guard.reporting.covers import cover_body, cover_lines
from panorama_guard.reporting.doubts import doubt_body, doubt_reason, doubt_words
from panorama_guard.reporting.obstacles import obstacle_body, obstacle_words
from panorama_guard.reporting.plain import field_line, plain
from panorama_guard.reporting.statements import HOW_EXACT, escape_lines
from panorama_guard.reporting.verdict import reading_note, statement_body, verdict_body

NOTHING_GRANTED = "nothing is granted"
Why = EscapeExplanation | ContainmentExplanation | DoubtExplanation


@dataclass(frozen=True, slots=True)
class Explained:
    """A verdict on something, and why: what each statement says of the witness, what covers what, what is in doubt.

    `see_it` is the command that shows an escape to anyone; `notes` are what else should be known of the documents.
    """

    about: str
    verdict: Verdict
    why: Why
    reach: Reach
    see_it: str
    notes: tuple[str, ...] = ()


def explanation_lines(explained: Explained) -> Iterator[str]:
    """Yield the explanation for a person."""
    about = plain(explained.about)
    match explained.verdict, explained.why:
        case Escaped() as escaped, EscapeExplanation() as why:
            yield f"ESCAPED: {about} reaches outside the ceiling"
            yield ""
            yield from _escape_lines(explained, escaped, why)
        case Undecided(reason), DoubtExplanation(doubts):
            yield f"UNDECIDED: {about} is proved neither to stay inside the ceiling nor to leave it"
            yield ""
            told = [("In doubt", f"{doubt.statement.words}: {doubt_words(doubt)}") for doubt in doubts]
            yield from _lines(told or [("In doubt", reason)])
        case _, ContainmentExplanation(covers):
            yield f"CONTAINED: {about} stays inside the ceiling"
            yield ""
            yield from _lines([("Covered", line) for line in cover_lines(covers)] or [("Covered", NOTHING_GRANTED)])
    yield from _lines([("Note", note) for note in explained.notes])


def _lines(fields: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (line for name, value in fields for line in field_line(name, value))


def _escape_lines(explained: Explained, escaped: Escaped, why: EscapeExplanation) -> Iterator[str]:
    yield from _lines(_request(escaped))
    yield ""
    yield from _lines(_granting(why))
    yield from _lines(_refusing(why))
    yield ""
    yield from _lines(
        [*escape_lines(explained.reach.document, "the policy below"), ("That is", HOW_EXACT[explained.reach.precision])]
    )
    # What follows is to be copied: ASCII, or quoted so that every character is seen; and whole.
    yield f"{'As policy:':<13}{explained.reach.document}"
    yield f"{'See it:':<13}{explained.see_it}"


def _request(escaped: Escaped) -> Iterator[tuple[str, str]]:
    witness = escaped.witness
    principal = describe_principal(witness)
    yield "For example", f"{witness.action} " + (f"by {principal}" if principal else f"on {witness.resource}")
    yield from (("With", f"{key} = {', '.join(values)}") for key, values in told_context(witness))
    yield "Reading", reading_note(escaped) or ""


def _granting(why: EscapeExplanation) -> Iterator[tuple[str, str]]:
    """Yield which statements grant the witness, and why no Deny and no boundary stops it."""
    yield "Granted by", why.granted_by.words
    for layer in (why.policies, *why.boundaries):
        is_boundary = layer is not why.policies
        for answer in layer:
            if answer.is_deny:
                yield "Not denied", f"by {answer.statement.words}: {obstacle_words(answer)}"
            elif answer.matches and is_boundary:
                yield "Boundary", f"lets it pass by {answer.statement.words}"
            elif answer.matches and answer.statement != why.granted_by:
                yield "Also by", answer.statement.words


def _refusing(why: EscapeExplanation) -> Iterator[tuple[str, str]]:
    """Yield why the ceiling does not allow the witness: the statements that are about its action, one by one."""
    for layer in why.ceiling:
        told = list(_outside(layer))
        yield from (("Outside", line) for line in told)
        yield "Outside", _others(layer, is_alone=not told)


def _outside(layer: Iterable[Answer]) -> Iterator[str]:
    for answer in layer:
        if answer.is_deny and answer.matches:
            yield f"{answer.statement.words} of the ceiling denies it"
        elif not (answer.is_deny or answer.matches or answer.is_elsewhere):
            yield f"{answer.statement.words}: {obstacle_words(answer)}"


def _others(layer: Sequence[Answer], *, is_alone: bool) -> str:
    """Return how many statements are about other actions; `is_alone` says that there are none beside them."""
    others = sum(answer.is_elsewhere for answer in layer)
    if not layer:
        return "the ceiling allows nothing"
    if others <= 1:
        one = "only" if is_alone else "other"
        return f"the action does not match in the {one} statement of the ceiling" if others else ""
    which = "" if is_alone else "other "
    return f"the action does not match in any of the {others} {which}statements of the ceiling"


def explanation_body(explained: Explained) -> dict[str, Any]:
    """Return the explanation for a machine."""
    body = {"about": explained.about, **verdict_body(explained.verdict)}
    match explained.why:
        case EscapeExplanation() as why:
            body["policies"] = [_answer_body(answer) for answer in why.policies]
            body["boundaries"] = [[_answer_body(answer) for answer in layer] for layer in why.boundaries]
            body["ceiling"] = [[_answer_body(answer) for answer in layer] for layer in why.ceiling]
            body["escape"] = {"extent": explained.reach.precision, "policy": json.loads(explained.reach.document)}
            body["see_it"] = explained.see_it
        case ContainmentExplanation(covers):
            body["covered"] = [cover_body(cover) for cover in covers]
        case DoubtExplanation() as why:
            body["reason"] = doubt_reason(str(body["reason"]), why)
            body["doubts"] = [doubt_body(doubt) for doubt in why.doubts]
        case _:
            assert_never(explained.why)
    return {**body, "notes": list(explained.notes)}


def _answer_body(answer: Answer) -> dict[str, Any]:
    return {
        **statement_body(answer.statement),
        "effect": answer.effect.value,
        "matches": answer.matches,
        "because": [obstacle_body(obstacle) for obstacle in answer.obstacles],
    }
