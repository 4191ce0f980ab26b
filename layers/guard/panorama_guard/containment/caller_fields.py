"""The fields of the text that a caller is, see caller.py: no wildcard leaves one of them."""

from collections.abc import Callable
from functools import lru_cache

from panorama_guard.policy.arn import Step, fielded, split
from panorama_guard.policy.condition import Family
from panorama_guard.policy.glob import Glob, matches, tokens, variables_of

FIELDS = 4  # before the name
ORGANISATION = 1  # the field of the caller's
CALLERS = (Family.CALLER, Family.CALLER_ARN)
ARN_FIELDS = 9  # with the first five of the ARN that the name is


@lru_cache(maxsize=4096)
def caller_steps(glob: Glob, family: Family) -> tuple[Step, ...]:
    """Return the steps of a pattern of callers; with the ARN family, an ARN's components are compared apart."""
    return fielded(glob, _fields(glob, family))


def is_like_caller(value: str, wanted: Glob, family: Family) -> bool:
    """Say whether the fields of a caller match, each by itself, and all that is behind them."""
    fields = _fields(wanted, family)
    patterns, texts = split(wanted, fields), value.split(":", fields)
    return len(patterns) == len(texts) and all(map(matches, patterns, texts))


def keeps_fields(glob: Glob, family: Family, fill: Callable[[Glob], Glob | None]) -> bool:
    """Say whether the values of a pattern's variables, as `fill` puts them in, may be those of its fields.

    No field but the last has a colon, so that a value with one is in none of the others. Where a field is missing, a
    role's id and session are the value of one variable, which has the colon between them. An organisation has a name.
    A variable that `fill` leaves stands for any value: it may have the colons that are needed.
    """
    if family not in CALLERS or not variables_of(glob):
        return True
    count = _fields(glob, family)
    fields = split(glob, count)
    missing = count + 1 - len(fields)
    if variables_of(fields[ORGANISATION]) and fill(fields[ORGANISATION]) == "":
        return False
    return all(_may_have(fill(field), missing) for field in fields[:-1] if variables_of(field))


def _may_have(filled: Glob | None, colons: int) -> bool:
    """Say whether a field, as its variables are filled in, may have just so many colons."""
    if filled is None:
        return colons == 0
    count = tokens(filled).count(":")
    return count == colons or (count < colons and bool(variables_of(filled)))


def _fields(glob: Glob, family: Family) -> int:
    is_arn = family is Family.CALLER_ARN and tokens(glob).count(":") >= ARN_FIELDS
    return ARN_FIELDS if is_arn else FIELDS
