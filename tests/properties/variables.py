"""Random documents with policy variables, and requests that tell them apart, by values that are awkward as a text.

Most pairs are nearly equal: one side is the other with one thing changed, which is where a wrong proof would hide.
"""

import random
import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from panorama_guard.containment import Grant, Request
from panorama_guard.containment.evaluate import read_context
from panorama_guard.containment.keys import has_one_value
from panorama_guard.containment.meaning import substituted
from panorama_guard.policy import parse_document_value
from panorama_guard.policy.glob import Glob, Variable, Wild, tokens, variables_of
from tests.evidence.world import conditions_of, is_resource, resource_globs

USER, TAG, OTHER = "aws:username", "aws:PrincipalTag/x", "k:other"
VARIABLES = (
    f"${{{USER}}}",
    f"${{{TAG}}}",
    f"${{{USER}, 'a'}}",
    f"${{{TAG}, ''}}",
    f"${{{TAG}, '*'}}",
    f"${{{USER}, 'a:b'}}",
    f"${{{OTHER}}}",
)
LETTERS = ("a", "b", "ab", "/", ":", "-", "${*}", "${?}")
WILDCARDS = ("*", "?")
EARLY = (
    *["arn:aws:s3:::"] * 8,
    "arn:aws:s3:*:a:",
    "arn:aws:s3:a*:*:",
    "arn:*:s3:::",
    "arn:aws:s3::?:",
)
OPERATORS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
RARE_OPERATORS = (
    "StringEqualsIgnoreCase",
    "ForAnyValue:StringLike",
    "ForAllValues:StringEquals",
    "ArnLike",
    "ArnNotLike",
    "Bool",
    "NumericEquals",
)
AWKWARD = ("", "a", "b", "z", "*", "?", ":", "/", "ab", "aa", "a:b", "a/b", "a*", "::", "A", "true", "True", "1", "1.0")
ACTIONS = ("s3:a", "s3:b", "t:a")
MOST_VALUES = 24
PIECES = re.compile(r"\$\{[^}]*\}|.", re.DOTALL)


class VariableWorld:
    """A source of random pairs with variables."""

    def __init__(self, source: random.Random) -> None:
        """Draw from `source`."""
        self.random = source
        self.variables = source.sample(VARIABLES, source.choice((1, 1, 2, 3)))
        self.keys = (source.choice((USER, USER.upper())), TAG, OTHER)

    def pair(self) -> tuple[list[Any], list[Any]]:
        """Return the documents of a grant and of a ceiling, which are nearly equal in most cases."""
        grant = [self.document() for _ in range(self.random.choice((1, 1, 1, 2)))]
        if self.chance(0.25):
            return grant, [self.document()]
        other = [self.changed(body) for body in grant]
        if self.chance(0.3):
            other = [self.changed(body) for body in other]
        return (grant, other) if self.chance(0.5) else (other, grant)

    def document(self) -> dict[str, Any]:
        """Return a random document."""
        listed = [self.statement(denies=0.3 if place else 0.0) for place in range(self.random.choice((1, 1, 2, 3)))]
        self.random.shuffle(listed)
        return {"Version": "2008-10-17" if self.chance(0.07) else "2012-10-17", "Statement": listed}

    def statement(self, *, denies: float) -> dict[str, Any]:
        """Return a random statement."""
        body: dict[str, Any] = {"Effect": "Deny" if self.chance(denies) else "Allow"}
        body["NotAction" if self.chance(0.05) else "Action"] = self.pick(("s3:a", "s3:a", "s3:*", "*"))
        negated = self.chance(0.4 if body["Effect"] == "Deny" else 0.1)
        body["NotResource" if negated else "Resource"] = [self.resource() for _ in range(self.random.choice((1, 1, 2)))]
        if self.chance(0.45):
            body["Condition"] = self.conditions()
        return body

    def conditions(self) -> dict[str, dict[str, list[str]]]:
        """Return a random Condition element."""
        found: dict[str, dict[str, list[str]]] = {}
        for _ in range(self.random.choice((1, 1, 2))):
            key = self.pick(self.keys)
            if self.chance(0.15):
                found.setdefault("Null", {})[key] = [self.pick(("true", "false"))]
                continue
            operator = self.pick(OPERATORS) if self.chance(0.9) else self.pick(RARE_OPERATORS)
            operator += "IfExists" if self.chance(0.15) else ""
            found.setdefault(operator, {})[key] = [self.value(operator) for _ in range(self.random.choice((1, 1, 2)))]
        return found

    def value(self, operator: str) -> str:
        """Return a random value of a condition."""
        typed = "true" if operator.startswith("Bool") else "1" if operator.startswith("Numeric") else ""
        if typed and self.chance(0.8):
            return typed
        return ("arn:aws:s3:::" if "Arn" in operator or self.chance(0.1) else "") + self.text()

    def resource(self) -> str:
        """Return a random resource."""
        if self.chance(0.08):
            return self.pick(("*", "arn:aws:s3", "arn:aws:s3:::*", self.text()))
        if self.chance(0.03):
            return f"arn:aws:s3:{self.piece()}:{self.piece()}:{self.text()}"
        return self.pick(EARLY) + self.text()

    def text(self) -> str:
        """Return a random pattern of a few pieces."""
        return "".join(self.piece() for _ in range(self.random.choice((1, 2, 2, 3, 4))))

    def piece(self) -> str:
        """Return a variable, a wildcard or some letters."""
        kind = self.random.random()
        return self.pick(self.variables if kind < 0.4 else WILDCARDS if kind < 0.6 else LETTERS)

    def changed(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the document with one thing changed, or two."""
        other = deepcopy(body)
        listed = other["Statement"]
        statement = self.random.choice(listed)
        if self.chance(0.15):
            listed.append(self.statement(denies=0.7))
        elif self.chance(0.1) and len(listed) > 1:
            listed.remove(statement)
        elif self.chance(0.3) and "Condition" in statement:
            self._change_condition(statement)
        elif self.chance(0.12):
            statement["Condition"] = self.conditions()
        else:
            self._change_resource(statement)
        return other

    def _change_condition(self, statement: dict[str, Any]) -> None:
        conditions = statement["Condition"]
        operator = self.pick(sorted(conditions))
        if self.chance(0.25):
            del statement["Condition"]
        elif operator == "Null" or self.chance(0.3):
            conditions[self.pick(OPERATORS)] = {self.pick(self.keys): [self.text()]}
        else:
            key = self.pick(sorted(conditions[operator]))
            values = conditions[operator][key]
            place = self.random.randrange(len(values))
            values[place] = self.varied(values[place])

    def _change_resource(self, statement: dict[str, Any]) -> None:
        element = "Resource" if "Resource" in statement else "NotResource"
        globs = statement[element]
        if self.chance(0.1):
            statement["NotResource" if element == "Resource" else "Resource"] = statement.pop(element)
        elif self.chance(0.1):
            globs.append(self.resource())
        else:
            place = self.random.randrange(len(globs))
            globs[place] = self.varied(globs[place])

    def varied(self, text: str) -> str:
        """Return the pattern with a piece more, a piece less or another piece, most often near its end."""
        pieces = PIECES.findall(text)
        first = 13 if text.startswith("arn:aws:s3:::") and self.chance(0.98) else 0
        place = self.random.randint(min(first, len(pieces)), len(pieces))
        what = self.random.random()
        if what < 0.35:
            pieces.insert(place, self.piece())
        elif what < 0.6 and place < len(pieces):
            del pieces[place]
        elif place < len(pieces):
            pieces[place] = self.piece()
        else:
            pieces.append(self.piece())
        return "".join(pieces)

    def chance(self, share: float) -> bool:
        """Say yes in this share of cases."""
        return self.random.random() < share

    def pick(self, values: Sequence[str]) -> str:
        """Return one of the texts."""
        return self.random.choice(values)


def grant_of(bodies: list[Any]) -> Grant:
    """Return the grant of the documents."""
    return Grant(tuple(parse_document_value(body, name=f"d{place}") for place, body in enumerate(bodies)))


def awkward_requests(source: random.Random, contexts: int, *grants: Grant) -> Iterator[Request]:
    """Yield requests in so many contexts: resources that the patterns match there, and some others."""
    globs = list(dict.fromkeys(resource_globs(*grants)))
    choices = _choices(source, globs, *grants)
    for number in range(contexts):
        context = tuple((key, source.choice(values)) for key, values in choices.items())
        if number % 4 == 0:  # the same value everywhere
            same = source.choice(next(iter(choices.values()), [()]))
            context = tuple((key, same) for key in choices)
        values = read_context(context)
        fillers = ("", "a", ":", *(text for found in values.values() for text in found))
        resources = {"*", "arn:aws:s3:::a"}
        for glob in globs:
            written = substituted(glob, values)
            if written is not None:
                many = 4 if {Wild.MANY, Wild.ONE} & set(tokens(written)) else 1
                resources.update(_filled(source, written, fillers) for _ in range(many))
        for resource in sorted(filter(is_resource, resources)):
            yield Request(source.choice(("s3:a", "s3:a", "s3:a", *ACTIONS)), resource, context)


def _choices(source: random.Random, globs: list[Glob], *grants: Grant) -> dict[str, list[tuple[str, ...]]]:
    """Return the values that each key of a variable or condition may have: absent, awkward, or of the documents."""
    tests = list(conditions_of(*grants))
    listed = [*globs, *(glob for test in tests for glob in test.values)]
    keys = {test.key for test in tests} | {variable.key for glob in listed for variable in variables_of(glob)}
    several = {test.key for test in tests if test.operator.startswith("For") and not has_one_value(test.key)}
    named = sorted({piece for glob in listed for piece in _slices(glob)})
    found: dict[str, list[tuple[str, ...]]] = {}
    for key in sorted(keys):
        chosen = [*AWKWARD, *source.sample(named, min(len(named), MOST_VALUES))]
        found[key] = [(), *((text,) for text in chosen)]
        if key in several:
            found[key] += [(source.choice(chosen), source.choice(chosen)) for _ in range(6)]
    return found


def _slices(glob: Glob) -> Iterator[str]:
    """Yield the literal texts in the glob: all of it, its end, and pieces between its variables and wildcards."""
    parts = tokens(glob)
    whole = "".join(part for part in parts if isinstance(part, str))
    yield whole
    end = whole.split(":", 5)[-1]
    yield from (end, end[1:], end[:-1], end * 2, end[: len(end) // 2])
    run = ""
    for part in parts:
        run = run + part if isinstance(part, str) else ""
        yield run
    yield from (part.default for part in parts if isinstance(part, Variable) and part.default is not None)


def _filled(source: random.Random, glob: Glob, fillers: tuple[str, ...]) -> str:
    chars: list[str] = []
    for part in tokens(glob):
        match part:
            case Wild.ONE:
                chars.append(source.choice("ab:/*"))
            case Wild.MANY:
                chars += source.choices(fillers, k=source.choice((1, 1, 2)))
            case _:
                chars.append(str(part))
    return "".join(chars)
