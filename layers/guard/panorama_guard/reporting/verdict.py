"""Says a verdict, for machines and in words."""

from typing import Any, assert_never

from panorama_guard.case.finding import Deviation
from panorama_guard.containment import Contained, Escaped, Reading, StatementRef, Undecided, Verdict
from panorama_guard.containment.caller import describe_principal, told_context


def verdict_body(verdict: Verdict | Deviation) -> dict[str, Any]:
    """Return the verdict as the values of a JSON answer."""
    match verdict:
        case Deviation(reason):
            return {"verdict": "deviates", "witness": None, "statement": None, "reason": reason}
        case Contained():
            return {"verdict": "contained", "witness": None, "statement": None, "reason": None}
        case Escaped():
            return {"verdict": "escaped", **_escape(verdict)}
        case Undecided(reason):
            return {"verdict": "undecided", "witness": None, "statement": None, "reason": reason}
        case _:
            assert_never(verdict)


def verdict_words(verdict: Verdict | Deviation) -> str:
    """Return in words what is wrong: a request that escapes, or the reason."""
    match verdict:
        case Escaped(witness):
            by = f"{principal} may call " if (principal := describe_principal(witness)) else ""
            return f"{by}{witness.action} on {witness.resource}"
        case Deviation(reason) | Undecided(reason):
            return reason
        case Contained():
            return "nothing"
        case _:
            assert_never(verdict)


def reading_note(escaped: Escaped) -> str | None:
    """Return under which readings of `*` the witness escapes, if not under all."""
    if len(escaped.readings) == len(Reading):
        return None
    return f"only where {' or '.join(reading.value for reading in escaped.readings)}"


def statement_body(statement: StatementRef) -> dict[str, Any]:
    """Return where a statement stands."""
    return {"policy": statement.policy, "sid": statement.sid, "index": statement.index}


def _escape(escaped: Escaped) -> dict[str, Any]:
    witness, principal = escaped.witness, describe_principal(escaped.witness)
    return {
        "witness": {
            "action": witness.action,
            "resource": witness.resource,
            **({"principal": principal} if principal else {}),
            "context": {key: list(values) for key, values in told_context(witness)},
        },
        "statement": statement_body(escaped.statement),
        "reason": reading_note(escaped),
    }
