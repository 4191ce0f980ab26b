"""The fields of the text that a caller is, see caller.py: no wildcard leaves one of them."""

from functools import lru_cache

from panorama_guard.policy.arn import Step, fielded, split
from panorama_guard.policy.condition import Family
from panorama_guard.policy.glob import Glob, matches, tokens

FIELDS = 4  # before the name
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


def _fields(glob: Glob, family: Family) -> int:
    is_arn = family is Family.CALLER_ARN and tokens(glob).count(":") >= ARN_FIELDS
    return ARN_FIELDS if is_arn else FIELDS
