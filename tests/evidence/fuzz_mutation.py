"""Change one place of a JSON text, so that fuzzing reaches what stands behind the JSON reader."""

import json
import random
from collections.abc import Iterator
from typing import Any

ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1.5,
    1e400,
    "",
    "*",
    "${",
    "${*}",
    "${aws:x, 'y'}",
    "arn:aws:s3",
    "\ud800",
    "\x00",
    "2026-05-31T00:00:00Z",
    "x" * 600,
    [],
    {},
    [[]],
    {"": ""},
)


def mutated_json(data: bytes, source: random.Random) -> bytes | None:
    """Return the JSON text with one value replaced, moved, repeated or left out; None if it is no JSON container."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    places = list(_places(value))
    if not places:
        return None
    holder, key = source.choice(places)
    _change(holder, key, source, places)
    try:
        return json.dumps(value).encode()
    except (ValueError, RecursionError):  # a container inside itself
        return None


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys: Any = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _change(holder: Any, key: Any, source: random.Random, places: list[tuple[Any, Any]]) -> None:
    match source.randrange(5):
        case 0:
            holder[key] = source.choice(ODD)
        case 1:
            other, where = source.choice(places)
            holder[key] = json.loads(json.dumps(other[where]))
        case 2 if isinstance(holder, dict):
            holder[str(key) + source.choice(("", " ", "\u0130", "IfExists", ":"))] = holder.pop(key)
        case 3:
            del holder[key]
        case _:
            holder[key] = [holder[key]]
