"""Writes the records of this room as JSON text and reads them back, for the ledger and for messages."""

import json
import types
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from panorama_guard.case.errors import RecordError
from panorama_guard.case.forms import marked, upgraded

Record = TypeVar("Record")

_SHOWN = 120  # characters of what is wrong; a record may hold a whole policy


def dump_record(record: object) -> str:
    """Return a frozen dataclass as JSON text that `load_record` of this and later versions reads back to its equal."""
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
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _typed(value: Any, kind: Any) -> Any:
    if get_origin(kind) is tuple:
        return _tuple(value, get_args(kind))
    if isinstance(kind, types.UnionType):
        return _variant(value, get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if is_dataclass(kind):
        return _dataclass(value, kind)
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


def _dataclass(value: Any, kind: Any) -> Any:
    hints = get_type_hints(kind)
    names = {field.name for field in fields(kind)}
    if not isinstance(value, dict) or set(value) != names:
        message = f"not the fields of {kind.__name__}: {value!r}"
        raise TypeError(message)
    return kind(**{name: _typed(value[name], hints[name]) for name in names})


def _variant(value: Any, kinds: tuple[Any, ...]) -> Any:
    """Return the one record of a union whose fields are the value's."""
    for kind in kinds:
        if is_dataclass(kind) and isinstance(value, dict) and set(value) == {field.name for field in fields(kind)}:
            return _dataclass(value, kind)
    message = f"none of {kinds}: {value!r}"
    raise TypeError(message)
