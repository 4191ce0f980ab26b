"""What the definition has an answer for, and AWS may see otherwise: no proof rests on it."""

from functools import lru_cache

from panorama_guard.containment.values import is_documented, may_fold
from panorama_guard.policy.arn import segmented
from panorama_guard.policy.condition import Condition, Family
from panorama_guard.policy.glob import Glob, literal_text, variables_of
from panorama_guard.policy.text import ascii_lower


def debatable(condition: Condition, value: str) -> tuple[Glob, ...]:
    """Return the globs of which a proof must suppose that `value` matches and that it does not.

    The definition has an answer, but AWS may see it otherwise: short ARN patterns, letters other than A-Z where case
    does not count, and numbers, times and networks that are written as AWS does not document.
    """
    match condition.parsed.family:
        case Family.ARN:
            return tuple(glob for glob in condition.values if segmented(glob) is None)
        case Family.STRING_CASELESS:
            return tuple(glob for glob in condition.values if _may_fold_unlike(value, glob))
        case Family.NUMERIC | Family.DATE | Family.ADDRESS:
            return _ill_written(condition)
        case _:
            return ()


@lru_cache(maxsize=4096)
def _ill_written(condition: Condition) -> tuple[Glob, ...]:
    return tuple(glob for glob in condition.values if not _is_well_written(glob, condition.parsed.family))


def _is_well_written(glob: Glob, family: Family) -> bool:
    """Say whether AWS says what a number, time or network means that a policy writes so."""
    kind = {Family.NUMERIC: "number", Family.DATE: "time", Family.ADDRESS: "address"}[family]
    return bool(variables_of(glob)) or is_documented(kind, literal_text(glob) or "")


def _may_fold_unlike(value: str, glob: Glob) -> bool:
    text = literal_text(glob) or ""
    return ascii_lower(value) != ascii_lower(text) and (not text.isascii() or may_fold(value, text))
