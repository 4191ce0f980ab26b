"""The texts that a request may have under a key of which AWS says what its values are.

A witness has values as AWS writes them. A proof supposes any text that AWS may be thought to write, and no other.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from collections.abc import Callable
from itertools import product

from panorama_guard.containment.keys import ARNS, TYPES
from panorama_guard.containment.values import addresses, is_mapped, moments, number
from panorama_guard.policy.arn import Reading, Step, accepts, steps
from panorama_guard.policy.glob import Glob
from panorama_guard.policy.record import record

_DIGITS = "0123456789"
EPOCH = "aws:epochtime"  # numbers and dates may ask it
WHOLE = frozenset(("s3:max-keys", "sts:durationseconds"))  # parameters that AWS's APIs take as integers alone


@record
class Texts:
    """Texts by their patterns; of these the `barred` are none. They are of some letters, where these are listed."""

    patterns: tuple[tuple[Step, ...], ...]
    barred: tuple[tuple[Step, ...], ...] = ()
    letters: frozenset[str] = frozenset()

    def have(self, text: str) -> bool:
        """Say whether a text is one of them."""
        if self.letters and not self.letters.issuperset(text):
            return False
        return any(accepts(one, text) for one in self.patterns) and not any(accepts(one, text) for one in self.barred)


@record
class Shape:
    """How AWS writes the values of a key, all that it may write, and whether it writes a text."""

    usual: Texts | None  # None where these are too many to be read, or all that are possible
    possible: Texts
    is_real: Callable[[str], bool]
    examples: tuple[str, ...] = ()  # into which the beginning or end of a pattern may be put


def shape_of(key: str) -> Shape | None:
    """Return the shape of a key's values, or None where any text may be one."""
    kind = "arn" if key in ARNS else "epoch" if key == EPOCH else TYPES.get(key, "")
    return _SHAPES.get(kind)


def is_real(key: str, text: str) -> bool:
    """Say whether a request may have the text under the lower-case key, written as AWS writes it."""
    shape = shape_of(key)
    return shape is None or shape.is_real(text)


def is_possible(key: str, text: str) -> bool:
    """Say whether it is not known that no request has the text under the lower-case key."""
    shape = shape_of(key)
    return shape is None or shape.possible.have(text)


def _texts(*patterns: str, barred: tuple[str, ...] = (), letters: str = "") -> Texts:
    shown, hidden = (tuple(steps(Glob(text), Reading.CROSSING) for text in texts) for texts in (patterns, barred))
    return Texts(shown, hidden, frozenset(letters))


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and (text == "0" or not text.startswith("0"))


def _is_time(text: str) -> bool:
    return text[10:11] == "T" and text.endswith("Z") and len(text) > len("2026-01-01T00:00Z") and bool(moments(text))


def _is_address(text: str) -> bool:
    return "/" not in text and addresses(text) is not None and not is_mapped(text)


_QUADS = [".".join("?" * size for size in sizes) for sizes in product((1, 2, 3), repeat=4)]
_ARN = steps(Glob("arn:aws*:?*:*:*:?*"), Reading.SEGMENTED)
_WHOLE = _texts("?*", barred=("0?*",), letters=_DIGITS)
_SHAPES = {
    "truth": Shape(None, _texts("true", "false"), ("true", "false").__contains__),
    "number": Shape(_WHOLE, _texts("?*", letters=f"{_DIGITS}."), _is_whole),
    "epoch": Shape(_WHOLE, _texts("?*", letters=f"{_DIGITS}."), _is_whole),
    "time": Shape(
        None,
        _texts("?*", letters=f"{_DIGITS}-T:.Z+"),
        _is_time,
        ("2026-11-11T11:11:11Z",),
    ),
    "address": Shape(
        _texts(*_QUADS, barred=("*.*.*.*.*",), letters=f"{_DIGITS}."),
        _texts("?*", letters=f"{_DIGITS}abcdefABCDEF:."),
        _is_address,
        ("10.11.11.11", "2001:db8::1"),
    ),
    "arn": Shape(None, Texts((_ARN,)), lambda text: accepts(_ARN, text)),
}


def is_possible_number(key: str, text: str) -> bool:
    """Say whether a request may have the number under the key: what AWS counts is not negative."""
    kind = TYPES.get(key)
    if kind != "number":
        return True
    value = number(text)
    return bool(value is not None and value >= 0 and (key not in WHOLE or value == value.to_integral_value()))
