"""Globs: text in which `*` is any number of characters and `?` is one.

A Glob is canonical text, so that equal globs are equal strings: runs of `*` are one `*`, and characters that are meant
literally stand as IAM's escapes `${*}`, `${?}` and `${$}`. The tokens are read from it once and remembered.
"""

from collections.abc import Iterable
from enum import Enum
from functools import lru_cache

from panorama_guard.policy.errors import DocumentError
from panorama_guard.policy.record import record
from panorama_guard.policy.text import ascii_lower

TYPE_CHECKING = False  # see `record`
if TYPE_CHECKING:
    from typing import NewType

if TYPE_CHECKING:
    Glob = NewType("Glob", str)
else:
    Glob = str


class Wild(Enum):
    """The two wildcards."""

    __hash__ = object.__hash__  # members are compared often, and Python would hash their names

    ONE = "?"
    MANY = "*"


@record
class Variable:
    """A policy variable: the value of a context key, or the default where the key is absent."""

    key: str
    default: str | None


Token = str | Wild | Variable  # a str token is one literal character


class _Tokens(dict[str, Token]):
    """The token of each character of a glob without escapes and variables."""

    __slots__ = ()

    def __missing__(self, char: str) -> Token:
        """Return the character: it stands for itself."""
        return char


_TOKENS = _Tokens({wild.value: wild for wild in Wild})
_VARIABLE = "policy variable"
_ESCAPED = {"*": "${*}", "?": "${?}", "$": "${$}"}


def escape(text: str) -> Glob:
    """Return the glob that matches exactly `text`."""
    if "$" not in text and "*" not in text and "?" not in text:
        return Glob(text)
    return Glob("".join(_ESCAPED.get(char, char) for char in text))


def parse_glob(text: str, *, variables: bool) -> Glob:
    """Return the glob that `text` means; without `variables` (Version 2008-10-17) a `$` is an ordinary character."""
    if "$" in text:
        return render(_read(text, variables=variables, wild=True))
    while "**" in text:
        text = text.replace("**", "*")
    return Glob(text)


def parse_literal(text: str, *, variables: bool) -> Glob:
    """Return the glob that matches `text` with its wildcards taken as ordinary characters."""
    if not variables or "${" not in text:
        return escape(text)
    return render(_read(text, variables=variables, wild=False))


@lru_cache(maxsize=65536)
def tokens(glob: Glob) -> tuple[Token, ...]:
    """Return the tokens of a canonical glob."""
    if "$" not in glob:
        return tuple(map(_TOKENS.__getitem__, glob))
    return tuple(_read(glob, variables=True, wild=True))


def render(parts: Iterable[Token]) -> Glob:
    """Return the canonical text of `parts`."""
    shown: list[str] = []
    for part in parts:
        if part is Wild.MANY and shown and shown[-1] == "*":
            continue
        shown.append(_show(part))
    return Glob("".join(shown))


def literal_text(glob: Glob) -> str | None:
    """Return the only text that `glob` matches, or None where it has a wildcard or a variable."""
    if "*" not in glob and "?" not in glob and "$" not in glob:
        return str(glob)
    parts = tokens(glob)
    return "".join(part for part in parts if isinstance(part, str)) if all_literal(parts) else None


def matches(glob: Glob, text: str) -> bool:
    """Say whether a glob without variables matches the whole of `text`."""
    first, *others = _runs(glob)
    if not others:
        return len(text) == len(first) and _starts(first, text, 0)
    last = others.pop()
    end = len(text) - len(last)
    place = len(first)
    if end < place or not _starts(first, text, 0) or not _starts(last, text, end):
        return False
    for run in others:  # the earliest place is the best: what follows it is more
        place = _find(run, text, place, end)
        if place < 0:
            return False
        place += len(run)
    return True


Run = str | tuple[Token, ...]  # what stands between two `*`; with a `?` it is no text


@lru_cache(maxsize=65536)
def _runs(glob: Glob) -> tuple[Run, ...]:
    if "?" not in glob and "$" not in glob:
        return tuple(glob.split("*"))
    runs: list[list[Token]] = [[]]
    for token in tokens(glob):
        if token is Wild.MANY:
            runs.append([])
        else:
            runs[-1].append(token)
    return tuple("".join(map(str, run)) if all_literal(run) else tuple(run) for run in runs)


def _starts(run: Run, text: str, place: int) -> bool:
    """Say whether the run stands in the text from `place` on, which has room for it."""
    if isinstance(run, str):
        return text.startswith(run, place)
    return all(token in (Wild.ONE, text[place + offset]) for offset, token in enumerate(run))


def _find(run: Run, text: str, place: int, end: int) -> int:
    """Return where the run stands first between two places, or -1."""
    if isinstance(run, str):
        return text.find(run, place, end)
    literal, ones = _masks(run)
    reached = 0  # as bits, how much of the run stands before this character
    for index in range(place, end):
        reached = (reached << 1 | 1) & (literal.get(text[index], 0) | ones)
        if reached >> (len(run) - 1):
            return index - len(run) + 1
    return -1


@lru_cache(maxsize=2048)
def _masks(run: tuple[Token, ...]) -> tuple[dict[str, int], int]:
    """Return the places of each character in a run, and those of its `?`, as bits."""
    literal: dict[str, int] = {}
    for place, token in enumerate(run):
        if isinstance(token, str):
            literal[token] = literal.get(token, 0) | 1 << place
    return literal, sum(1 << place for place, token in enumerate(run) if token is Wild.ONE)


@lru_cache(maxsize=65536)
def beginning(glob: Glob) -> str:
    """Return a text with which all that the glob matches begins: what stands before its first special character."""
    places = [place for char in "*?$" if (place := glob.find(char)) >= 0]
    return str(glob[: min(places, default=len(glob))])


def all_literal(parts: Iterable[Token]) -> bool:
    """Say whether `parts` has neither wildcard nor variable."""
    return all(isinstance(part, str) for part in parts)


def variables_of(glob: Glob) -> frozenset[Variable]:
    """Return the policy variables in `glob`."""
    if "${" not in glob:
        return frozenset()
    return frozenset(part for part in tokens(glob) if isinstance(part, Variable))


def without_variables(glob: Glob) -> Glob:
    """Return the glob with any text in the place of its variables: it matches all that `glob` may match."""
    if not variables_of(glob):
        return glob
    return render(Wild.MANY if isinstance(part, Variable) else part for part in tokens(glob))


def _show(part: Token) -> str:
    match part:
        case Wild():
            return str(part.value)
        case Variable(key, None):
            return f"${{{key}}}"
        case Variable(key, default):
            return f"${{{key}, '{default}'}}"
        case _:
            return _ESCAPED.get(part, part)


def _read(text: str, *, variables: bool, wild: bool) -> list[Token]:
    parts: list[Token] = []
    place = 0
    while place < len(text):
        if variables and text.startswith("${", place):
            part, place = _read_braced(text, place)
        else:
            part = Wild(text[place]) if wild and text[place] in "*?" else text[place]
            place += 1
        parts.append(part)
    return parts


_QUOTED = r"\$\{[^,}]*,\s*'[^']*'\s*(?=\})"  # a default value may hold a brace


def _end_of_braced(text: str, place: int) -> int:
    if "'" not in text:
        return text.find("}", place)
    import re  # noqa: PLC0415 - keeps the import of this room fast

    quoted = re.compile(_QUOTED).match(text, place)
    return quoted.end() if quoted else text.find("}", place)


def _read_braced(text: str, place: int) -> tuple[Token, int]:
    end = _end_of_braced(text, place)
    inner = text[place + 2 : end]
    if end < 0 or not inner.strip():
        raise DocumentError(_VARIABLE, "not closed or empty", text)
    if inner in _ESCAPED:
        return inner, end + 1
    key, comma, default = inner.partition(",")
    if not comma:
        return Variable(ascii_lower(key.strip()), None), end + 1
    quoted = default.strip()
    if quoted != f"'{quoted[1:-1]}'":
        raise DocumentError(_VARIABLE, "default value is not in single quotes", text)
    return Variable(ascii_lower(key.strip()), quoted[1:-1]), end + 1
