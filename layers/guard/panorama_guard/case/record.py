"""Writes the records of this room as JSON text and reads them back, for the ledger and for messages."""

import json
import types
from enum import Enum
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from panorama_guard.case.errors import RecordError
from panorama_guard.case.forms import marked, upgraded
from panorama_guard.policy.record import names_of

Record = TypeVar("Record")

_SHOWN = 120  # characters of what is wrong; a record may hold a whole policy


def dump_record(record: object) -> str:
    """Return a record as JSON text that `load_record` of this and later versions reads back to its equal."""
    return json.dumps(marked(_plain(record)), separators=(",", ":"))


def load_record(kind: type[Record], text: str) -> Record:
    """Return the record that `dump_record` wrote, of this version or an earlier one; raise RecordError else."""
    try:
        loaded: Record = _typed(upgraded(kind.__name__, json.loads(text)), kind)
    except (ValueError, TypeError, RecursionError) as error:
        message = f"a stored {kind.__name__} cannot be read: `{ascii(str(error))[1:-1][:_SHOWN]}`"
        raise RecordError(message) from error
    return loaded


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    names = names_of(type(value))
    return value if names is None else {name: _plain(getattr(value, name)) for name in names}


def _typed(value: Any, kind: Any) -> Any:
    if get_origin(kind) is tuple:
        return _tuple(value, get_args(kind))
    if isinstance(kind, types.UnionType):
        return _variant(value, get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if names_of(kind) is not None:
        return _record(value, kind)
    if type(value) is not kind:
        message = f"not a {kind.__name__}: {value!r}"
        raise TypeError(message)
    return value


def _tuple(value: Any, kinds: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        message = f"not a list: {value!r}"
        raise TypeError(message)
    if kinds[-1] is Ellipsis:
        return tuple(_typed(item, kinds[0]) for item in value)
    return tuple(_typed(item, kind) for item, kind in zip(value, kinds, strict=True))


def _record(value: Any, kind: Any) -> Any:
    hints = _hints(kind)
    if not isinstance(value, dict) or value.keys() != hints.keys():
        message = f"not the fields of {kind.__name__}: {value!r}"
        raise TypeError(message)
    return kind(**{name: _typed(value[name], hints[name]) for name in hints})


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {name: hints[name] for name in names_of(kind) or ()}


def _variant(value: Any, kinds: tuple[Any, ...]) -> Any:
    """Return the one record of a union whose fields are the value's."""
    for kind in kinds:
        names = names_of(kind)
        if names is not None and isinstance(value, dict) and value.keys() == set(names):
            return _record(value, kind)
    message = f"none of {kinds}: {value!r}"
    raise TypeError(message)
