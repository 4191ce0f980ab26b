"""Says why a verdict is what it is, in words for a person and as values for a machine."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from panorama_guard.case.finding import Reach
from panorama_guard.containment import Escaped, Undecided, Verdict
from panorama_guard.containment.caller import describe_principal, told_context
from panorama_guard.containment.covering import ContainmentExplanation, Cover, DoubtExplanation
from panorama_guard.containment.explain import Answer, EscapeExplanation, Obstacle, Part
from panorama_guard.reporting.plain import field_line, plain
from panorama_guard.reporting.statements import HOW_EXACT, escape_lines
from panorama_guard.reporting.verdict import reading_note, statement_body, verdict_body

Why = EscapeExplanation | ContainmentExplanation | DoubtExplanation


@dataclass(frozen=True, slots=True)
class Explained:
    """A verdict on something, and why: what each statement says of the witness, what covers what, what is in doubt.

    `see_it` is the command that shows an escape to anyone.
    """

    about: str
    verdict: Verdict
    why: Why
    reach: Reach
    see_it: str


def explanation_lines(explained: Explained) -> Iterator[str]:
    """Yield the explanation for a person."""
    match explained.verdict, explained.why:
        case Escaped() as escaped, EscapeExplanation() as why:
            yield f"ESCAPED: {plain(explained.about)} reaches outside the ceiling"
            yield ""
            yield from _escape_lines(explained, escaped, why)
        case Undecided(reason), DoubtExplanation(doubts):
            yield f"UNDECIDED: {plain(explained.about)}: {plain(reason)}"
            yield from _lines([("In doubt", f"{ref.words}: {doubt}") for ref, doubt in doubts])
        case _, ContainmentExplanation(covers):
            yield f"CONTAINED: {plain(explained.about)} stays inside the ceiling"
            yield ""
            yield from _lines([("Covered", _cover_words(cover)) for cover in covers])


def _lines(fields: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (line for name, value in fields for line in field_line(name, value))


def _escape_lines(explained: Explained, escaped: Escaped, why: EscapeExplanation) -> Iterator[str]:
    yield from _lines(_request(escaped))
    yield ""
    yield from _lines(_granting(why))
    yield from _lines(_refusing(why))
    yield ""
    yield from _lines([*escape_lines(explained.reach.document), ("That is", HOW_EXACT[explained.reach.precision])])
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
        for answer in layer:
            if answer.is_deny and answer.matches:
                yield "Outside", f"{answer.statement.words} of the ceiling denies it"
            elif not (answer.is_deny or answer.matches or answer.is_elsewhere):
                yield "Outside", f"{answer.statement.words}: {obstacle_words(answer)}"
        yield "Outside", _others(layer)


def _others(layer: Sequence[Answer]) -> str:
    others = sum(answer.is_elsewhere for answer in layer)
    if not layer:
        return "the ceiling allows nothing"
    return f"the action does not match in any of the {others} other statements of the ceiling" if others else ""


def obstacle_words(answer: Answer) -> str:
    """Return every reason why a statement does not match the witness."""
    return "; ".join(_obstacle(obstacle) for obstacle in answer.obstacles)


def _obstacle(obstacle: Obstacle) -> str:
    if obstacle.part is not Part.CONDITION:
        name = obstacle.part.value
        return f"the {name} does not match" if obstacle.is_sure else f"it is not known whether the {name} matches"
    has = f"the request has {', '.join(obstacle.values)}" if obstacle.values else "the request does not have it"
    tests = " and ".join(
        f"{one.operator} {one.spelled or one.key} {', '.join(one.values)}" for one in obstacle.conditions
    )
    return f"{tests} is not met: {has}" if obstacle.is_sure else f"it is not known whether {tests} is met: {has}"


def _cover_words(cover: Cover) -> str:
    limits = [f"what {ref.words} denies" for ref in cover.less] + [
        "what the boundary does not allow" for _ in cover.within
    ]
    less = f" less {' and '.join(limits)}" if limits else ""
    if not cover.by:
        return f"{cover.statement.words}{less}: nothing is left of it"
    by = "; and by ".join(" together with ".join(ref.words for ref in layer) or "nothing" for layer in cover.by)
    return f"{cover.statement.words}{less}: by {by}"


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
            body["covered"] = [_cover_body(cover) for cover in covers]
        case DoubtExplanation(doubts):
            body["doubts"] = [{"statement": statement_body(ref), "reason": reason} for ref, reason in doubts]
        case _:
            assert_never(explained.why)
    return body


def _answer_body(answer: Answer) -> dict[str, Any]:
    return {
        **statement_body(answer.statement),
        "effect": answer.effect.value,
        "matches": answer.matches,
        "because": [_obstacle_body(obstacle) for obstacle in answer.obstacles],
    }


def _obstacle_body(obstacle: Obstacle) -> dict[str, Any]:
    body: dict[str, Any] = {"element": obstacle.part.value, "known": obstacle.is_sure}
    for one in obstacle.conditions:
        body["condition"] = {"operator": one.operator, "key": one.spelled or one.key, "values": list(one.values)}
        body["request_has"] = list(obstacle.values)
    return body


def _cover_body(cover: Cover) -> dict[str, Any]:
    return {
        "statement": statement_body(cover.statement),
        "by": [[statement_body(ref) for ref in layer] for layer in cover.by],
        "less": [statement_body(ref) for ref in cover.less],
        "within_boundary": bool(cover.within),
    }
