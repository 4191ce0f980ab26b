"""Values at the bounds that conditions name, and between them: numbers, times, addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from panorama_guard.containment.budget import Budget
from panorama_guard.containment.keys import TYPES, kind_of
from panorama_guard.containment.shapes import EPOCH, WHOLE, is_possible_number
from panorama_guard.containment.values import (
    LAST_ADDRESS,
    address_text,
    addresses,
    around,
    moment_text,
    moments,
    number,
    number_text,
    widest,
)
from panorama_guard.policy.condition import Condition
from panorama_guard.policy.glob import literal_text

TYPE_CHECKING = False  # see `policy/record.py`
if TYPE_CHECKING:
    from typing import Any

LONG_TEXT = 64  # characters of a value that cost one step


def sure_numbers(conditions: Sequence[Condition], budget: Budget) -> Iterator[str]:
    """Yield numbers such that any number of the key answers the conditions as one of these does."""
    key = conditions[0].key
    bounds = {value for text in bounds_of(conditions) if (value := number(text)) is not None}
    if TYPES.get(key) == "number":
        bounds = {number("0"), *bounds}
    if key in WHOLE:
        bounds |= {whole for value in bounds for whole in _beside(value)}
    told = _told(bounds, _whole_text if TYPES.get(key) == "number" else number_text, budget)
    return (text for text in told if is_possible_number(key, text))


def _beside(value: Any) -> tuple[Any, Any]:
    """Return the whole numbers below and above a number, or it twice where it is one."""
    return value.to_integral_value("ROUND_FLOOR"), value.to_integral_value("ROUND_CEILING")


def _whole_text(value: Any) -> str:
    """Return a number as AWS writes those that are whole."""
    return number_text(value.to_integral_value() if value == value.to_integral_value() else value)


def sure_moments(conditions: Sequence[Condition], budget: Budget) -> Iterator[str]:
    """Yield times such that any time answers the conditions as one of these does."""
    tell = _whole_text if conditions[0].key == EPOCH else moment_text
    return _told({value for text in bounds_of(conditions) for value in moments(text)}, tell, budget)


def sure_seconds(conditions: Sequence[Condition], budget: Budget) -> Iterator[str]:
    """Yield seconds since 1970 such that any answers the conditions, on numbers and times, as one of these does."""
    texts = [*bounds_of(conditions)]
    numbers = {value for text in texts if (value := number(text)) is not None}
    return _told({*numbers, *(value for text in texts for value in moments(text))}, _whole_text, budget)


def _told(bounds: Iterable[Any], tell: Callable[[Any], str], budget: Budget) -> Iterator[str]:
    for value in around(sorted(bounds)):
        text = tell(value)
        budget.spend(len(text) // LONG_TEXT)
        yield text


def bounds_of(conditions: Iterable[Condition]) -> Iterator[str]:
    """Yield the texts that the conditions name."""
    texts = (literal_text(glob) for item in conditions if kind_of(item) for glob in item.values)
    return (text for text in texts if text is not None)


def sure_addresses(conditions: Sequence[Condition], _: Budget) -> Iterator[str]:
    """Yield addresses such that any address answers the conditions as one of these does."""
    networks = {found for text in bounds_of(conditions) for read in (addresses, widest) if (found := read(text))}
    yield "203.0.113.9"
    for version in (4, 6):
        edges = {0, *(edge for known, first, last in networks if known == version for edge in (first, last + 1))}
        for edge in sorted(edges):
            if edge <= LAST_ADDRESS[version]:
                yield address_text(version, edge)
