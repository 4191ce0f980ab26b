"""Says what an undecided verdict turns on, in words and as values."""

from typing import Any, assert_never

from panorama_guard.containment import Condition
from panorama_guard.containment.doubt import Cause, Doubt, DoubtExplanation, Unsure
from panorama_guard.reporting.conditions import condition_body, condition_words
from panorama_guard.reporting.statements import enumerated
from panorama_guard.reporting.verdict import statement_body

MOST_DOUBTS = 3
MOST_CAUSES = 4
MOST_PATTERNS = 3


def doubt_reason(reason: str, why: DoubtExplanation) -> str:
    """Return why a question is undecided: which statements, and what of them; the engine's own reason if none is."""
    told = [f"{doubt.statement.words}: {doubt_words(doubt)}" for doubt in why.doubts]
    return enumerated(told, MOST_DOUBTS, "; ") or reason


def doubt_words(doubt: Doubt) -> str:
    """Return what one Allow's doubt may be due to."""
    return enumerated([_placed(cause, doubt) for cause in doubt.causes], MOST_CAUSES, "; ")


def doubt_body(doubt: Doubt) -> dict[str, Any]:
    """Return a doubt as the values of a JSON answer."""
    return {
        "statement": statement_body(doubt.statement),
        "reason": doubt_words(doubt),
        "causes": [_cause_body(cause) for cause in doubt.causes],
    }


def _cause_body(cause: Cause) -> dict[str, Any]:
    body: dict[str, Any] = {
        "kind": cause.unsure.value,
        "statement": statement_body(cause.statement),
        "patterns": list(cause.patterns),
        "words": _words(cause),
    }
    for condition in cause.conditions:
        body["condition"] = condition_body(condition)
    return body


def _placed(cause: Cause, doubt: Doubt) -> str:
    """Return a cause with its place, where that is not the statement in doubt."""
    return _words(cause) if cause.statement == doubt.statement else f"{cause.statement.words}: {_words(cause)}"


def _words(cause: Cause) -> str:
    patterns = enumerated(cause.patterns, MOST_PATTERNS)
    about = " and ".join(f"{one.operator} {one.spelled or one.key}" for one in cause.conditions)
    match cause.unsure:
        case Unsure.OPERATOR:
            return " and ".join(map(_unknown, cause.conditions))
        case Unsure.VALUE:
            return f"the value {patterns} of {about} is not understood"
        case Unsure.OPEN:
            return _open_words(cause, about, patterns)
        case Unsure.VARIABLE:
            return f"the policy variable in {patterns}{f' of {about}' if about else ''} may have any value"
        case Unsure.KINDS:
            return f"{about} is one of several kinds of operators on this key"
        case Unsure.WORK:
            return "it would take more work than one question may cost"
    assert_never(cause.unsure)


def _unknown(condition: Condition) -> str:
    return f"the operator {condition.operator} (on {condition.spelled or condition.key}) is not understood"


def _open_words(cause: Cause, about: str, patterns: str) -> str:
    if patterns:
        return f"AWS does not say what the pattern {patterns} of {about} matches"
    tests = " and ".join(map(condition_words, cause.conditions))
    return f"AWS does not settle when {tests} holds" if tests else "AWS does not settle whom the principal is"
