"""Says why a statement does not match a request, in words and as values."""

from typing import Any

from panorama_guard.containment.explain import Answer, Obstacle, Part
from panorama_guard.reporting.conditions import condition_body, condition_words
from panorama_guard.reporting.statements import enumerated

MOST_PATTERNS = 3  # of a list that is told in a line; the JSON has all


def obstacle_words(answer: Answer) -> str:
    """Return every reason why a statement does not match the witness."""
    return "; ".join(map(_words, answer.obstacles))


def obstacle_body(obstacle: Obstacle) -> dict[str, Any]:
    """Return one reason as the values of a JSON answer."""
    body: dict[str, Any] = {"element": obstacle.part.value, "known": obstacle.is_sure, "words": _words(obstacle)}
    if obstacle.part is not Part.CONDITION:
        body |= {"patterns": list(obstacle.patterns), "negated": obstacle.negated}
    for one in obstacle.conditions:
        body |= {"condition": condition_body(one), "request_has": list(obstacle.values)}
    return body


def _words(obstacle: Obstacle) -> str:
    if obstacle.part is not Part.CONDITION:
        return _element(obstacle)
    has = f"the request has {', '.join(obstacle.values)}" if obstacle.values else "the request does not have it"
    tests = " and ".join(map(condition_words, obstacle.conditions))
    return f"{tests} is not met: {has}" if obstacle.is_sure else f"it is not known whether {tests} is met: {has}"


def _element(obstacle: Obstacle) -> str:
    name, patterns = obstacle.part.value, enumerated(obstacle.patterns, MOST_PATTERNS)
    if obstacle.negated:
        is_left_out = f"the {name} is one of those that Not{name.capitalize()} leaves out: {patterns}"
        return is_left_out if obstacle.is_sure else f"it is not known whether {is_left_out}"
    if obstacle.is_sure:
        return f"the {name} does not match {patterns}".rstrip()
    return f"it is not known whether the {name} matches {patterns}".rstrip()
