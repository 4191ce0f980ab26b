"""The types of context keys, in the words of IAM's policy simulator.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextEntry.html
"""

from collections.abc import Callable, Iterable, Sequence

from panorama_guard.containment.keys import TYPES, several_keys, type_of
from panorama_guard.containment.multivalued import SEVERAL
from panorama_guard.containment.records import Context, Grant
from panorama_guard.containment.shapes import is_real
from panorama_guard.containment.values import addresses, moments, number
from panorama_guard.policy.condition import Condition, Family
from panorama_guard.policy.text import ascii_lower

_NAMES = {"truth": "boolean", "number": "numeric", "time": "date", "address": "ip", "binary": "binary"}
_FITS: dict[str, Callable[[str], object]] = {
    "truth": lambda text: text.lower() in ("true", "false"),
    "number": lambda text: number(text) is not None,
    "time": moments,
    "address": addresses,
    "binary": lambda _: True,
}


def context_types(context: Context, *grants: Grant) -> tuple[tuple[str, str], ...]:
    """Return the type of each key of a context, by what AWS says of the key and by how the grants test it."""
    conditions = [
        condition
        for grant in grants
        for layer in grant.layers
        for document in layer
        for statement in document.statements
        for condition in statement.conditions
    ]
    return tuple((key, context_type(key, values, conditions)) for key, values in context)


def context_type(key: str, values: Sequence[str], conditions: Iterable[Condition] = ()) -> str:
    """Return the type of one key; of a key with several values, or that may have them, the type of a list.

    A key of which a value is not of its type, or that is tested as two, is told as text.
    """
    name = ascii_lower(key)
    tests = [condition for condition in conditions if condition.key == name]
    kinds = {TYPES[name]} if name in TYPES else {kind for item in tests if (kind := _kind_of(item)) != ""}
    kind = kinds.pop() if len(kinds) == 1 else "text"
    fits = kind in _FITS and all(_FITS[kind](value) for value in values)
    is_list = len(values) > 1 or name in SEVERAL or name in several_keys(tests)
    return (_NAMES[kind] if fits else "string") + ("List" if is_list else "")


def may_be(key: str, text: str) -> bool:
    """Say whether a request may have the text under the lower-case key, written as AWS writes what it promises."""
    return is_real(key, text)


def _kind_of(condition: Condition) -> str:
    return "binary" if condition.parsed.family is Family.BINARY else type_of(condition)
