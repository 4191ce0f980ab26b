"""Finds texts in a call, at the places where it may have them, in the form that AWS would have accepted."""

import re
from collections.abc import Iterator, Mapping

from panorama_guard.policy.record import record

_REDACTED = frozenset({"HIDDEN_DUE_TO_SECURITY_REASONS"})


@record
class Keys:
    """The resources that a call names, by their keys, and what it names them by that is none itself."""

    named: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


def texts_at(
    detail: Mapping[str, object], places: tuple[tuple[str, ...], ...], form: re.Pattern[str]
) -> tuple[str, ...]:
    """Return the different texts of this form at these places."""
    return _of_form((value_at(detail, place) for place in places), form)


def parameters(detail: Mapping[str, object], form: re.Pattern[str], *names: str) -> tuple[str, ...]:
    """Return the different texts of this form among some of the call's parameters."""
    return texts_at(detail, tuple(("requestParameters", name) for name in names), form)


def members(detail: Mapping[str, object], form: re.Pattern[str], name: str) -> tuple[str, ...]:
    """Return the different texts of this form in a parameter that is a list."""
    listed = value_at(detail, ("requestParameters", name))
    return _of_form(iter(listed if isinstance(listed, list) else ()), form)


def value_at(detail: Mapping[str, object], place: tuple[str, ...]) -> object:
    """Return the value at a place of nested objects, or None."""
    value: object = detail
    for key in place:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _of_form(values: Iterator[object], form: re.Pattern[str]) -> tuple[str, ...]:
    texts = (one for one in values if isinstance(one, str) and form.fullmatch(one) and one not in _REDACTED)
    return tuple(dict.fromkeys(texts))
