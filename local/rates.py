"""Reads the rate expressions of EventBridge rules and schedules."""

from __future__ import annotations

import re
from typing import Final

_RATE: Final = re.compile(r"rate\((?P<count>[1-9]\d*) (?P<unit>minute|hour|day)(?P<plural>s?)\)", re.ASCII)
_SECONDS: Final = {"minute": 60, "hour": 3600, "day": 86400}


class RateError(ValueError):
    """The expression is not a rate that EventBridge would accept."""


def parse_rate(expression: str) -> float:
    """Return the seconds between two firings, or raise `RateError`; 1 takes the singular, all else the plural."""
    found = _RATE.fullmatch(expression)
    if found is None or (found["count"] == "1") == bool(found["plural"]):
        message = f"schedule must be a rate such as rate(1 hour) or rate(5 minutes): `{expression}`"
        raise RateError(message)
    return float(int(found["count"]) * _SECONDS[found["unit"]])
