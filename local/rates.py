"""Reads the expressions of EventBridge rules and schedules: rates, and of cron a time of each day."""

from __future__ import annotations

import re
from typing import Final

_RATE: Final = re.compile(r"rate\((?P<count>[1-9]\d*) (?P<unit>minute|hour|day)(?P<plural>s?)\)", re.ASCII)
_SECONDS: Final = {"minute": 60, "hour": 3600, "day": 86400}


_DAILY: Final = re.compile(r"cron\((?P<minute>[0-5]?\d) (?P<hour>[01]?\d|2[0-3]) \* \* \? \*\)", re.ASCII)
DAY_SECONDS: Final = 86400.0


class RateError(ValueError):
    """The expression is not a rate that EventBridge would accept."""


def parse_rate(expression: str) -> float:
    """Return the seconds between two firings, or raise `RateError`; 1 takes the singular, all else the plural."""
    found = _RATE.fullmatch(expression)
    if found is None or (found["count"] == "1") == bool(found["plural"]):
        message = f"schedule must be a rate such as rate(1 hour) or rate(5 minutes): `{expression}`"
        raise RateError(message)
    return float(int(found["count"]) * _SECONDS[found["unit"]])


def parse_daily(expression: str) -> float | None:
    """Return at how many seconds of each day, by UTC, a cron expression fires; None where it is no such expression."""
    found = _DAILY.fullmatch(expression)
    return float(int(found["hour"]) * 3600 + int(found["minute"]) * 60) if found else None


def seconds_until(daily: float, second_of_day: float) -> float:
    """Return how long it is from one time of the day to the next time that it is the other; a day where it is now."""
    return (daily - second_of_day) % DAY_SECONDS or DAY_SECONDS
