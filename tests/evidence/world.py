"""A small world of random documents and requests: small, so that its requests can be listed."""

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from typing import Any

from panorama_guard.containment import Grant, Request
from panorama_guard.containment.actions import is_action
from panorama_guard.containment.evaluate import statement_matches
from panorama_guard.policy import Document, Effect, Statement, parse_document_value
from panorama_guard.policy.arn import Reading, accepts, steps
from panorama_guard.policy.condition import Condition
from panorama_guard.policy.glob import Glob, Variable, Wild, tokens
from tests.evidence.walk import alphabet_of, texts_of_every_kind

ACTIONS = ("s3:a", "s3:ab", "s3:b", "s3:bb", "t:a", "t:bb", "u:c")
ACTION_GLOBS = ("s3:a", "S3:A", "s3:a*", "s3:*", "*", "t:?", "*:a", "s3:b", "s3:?b", "t:*")
KEYS = ("k:one", "k:two")
TEXTS = ("a", "b", "ab")
NUMBERS = ("1", "2", "10")
TIMES = ("2026-01-01T00:00:00Z", "2026-05-31", "1767225600")
ARNS = ("arn:aws:*:::a*", "arn:aws:s3:::*", "arn:aws:s3:::a")
OPERATORS = {
    "StringEquals": TEXTS,
    "StringNotEquals": TEXTS,
    "StringEqualsIfExists": TEXTS,
    "StringNotEqualsIfExists": TEXTS,
    "StringEqualsIgnoreCase": ("A", "b"),
    "StringNotEqualsIgnoreCase": ("A", "b"),
    "StringLike": ("a*", "*", "?", "*b"),
    "StringNotLike": ("a*", "?", "*b"),
    "StringLikeIfExists": ("a*", "?b"),
    "ForAnyValue:StringEquals": TEXTS,
    "ForAllValues:StringEquals": TEXTS,
    "ForAllValues:StringLike": ("a*", "*b"),
    "ForAnyValue:StringNotEquals": TEXTS,
    "ForAnyValue:StringEqualsIfExists": TEXTS,
    "ForAllValues:StringNotLike": ("a*", "*b"),
    "Null": ("true", "false"),
    "Bool": ("true", "false"),
    "BoolIfExists": ("true", "false"),
    "NumericLessThan": NUMBERS,
    "NumericGreaterThanEquals": NUMBERS,
    "NumericEquals": NUMBERS,
    "NumericNotEquals": NUMBERS,
    "NumericNotEqualsIfExists": NUMBERS,
    "ForAllValues:NumericLessThanEquals": NUMBERS,
    "IpAddress": ("10.0.0.0/8", "10.1.0.0/16"),
    "NotIpAddress": ("10.1.0.0/16", "192.0.2.1"),
    "DateLessThan": TIMES,
    "DateGreaterThan": TIMES,
    "DateEqualsIfExists": TIMES,
    "DateNotEquals": TIMES,
    "ArnLike": ARNS,
    "ArnNotEquals": ARNS,
}
FAMILIES = (
    tuple(name for name in OPERATORS if "String" in name or "Arn" in name or name == "Null"),
    ("Bool", "BoolIfExists", "Null", "StringEquals"),
    tuple(name for name in OPERATORS if "Numeric" in name or name == "Null"),
    ("IpAddress", "NotIpAddress", "Null"),
    tuple(name for name in OPERATORS if "Date" in name or name == "Null"),
)
VARIABLE_KEY = "k:name"
VARIABLE, DEFAULTED = "${k:name}", "${k:name, 'a'}"
VALUES = {  # by the operators that test a key, each with one text that is not of their type
    "Bool": ("true", "false", "True", "maybe"),
    "Numeric": ("0", "1", "1.5", "2", "5", "10", "11", "x"),
    "Ip": ("10.1.2.3", "10.2.0.1", "192.0.2.1", "2001:db8::1", "x"),
    "Date": ("2025-01-01", "2025-12-31T23:59:59Z", "2026-03-01", "2026-05-31", "2027-01-01", "1767225600", "x"),
    "": ("a", "b", "ab", "bb", "A", "B", "true", "false", "", "arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:t:::ab"),
}
ENDS = tuple("".join(chars) for size in range(4) for chars in product("ab:", repeat=size))
RESOURCES = (
    "*",
    *(f"arn:aws:s3:::{end}" for end in ENDS),
    *(
        f"arn:aws:s3:{region}:{account}:{end}"
        for region in ("a", "")
        for account in ("b", "")
        for end in ("a", "b", "")
    ),
    "arn:aws:t:b:a:ab",
    "arn:x:s3:::a",
)
_ACTION = tuple((token, False) for token, _ in steps(Glob("?*:?*"), Reading.SEGMENTED))  # of one colon
_ARN = steps(Glob("arn:?*:?*:*:*:*"), Reading.SEGMENTED)


class World:
    """A source of random documents."""

    def __init__(self, seed: int, *, variables: bool = False) -> None:
        """Start from `seed`; with `variables` policy variables stand in resources and texts."""
        self.variables = variables
        self.random = random.Random(seed)  # noqa: S311 - chance, not secrets

    def pair(self) -> tuple[Grant, Grant]:
        """Return a grant and a ceiling over at most two context keys of one family each."""
        operators = self.operators()
        return self.grant(operators), self.grant(operators)

    def operators(self) -> dict[str, tuple[str, ...]]:
        """Return the operators that may test each key; none in half of the cases."""
        return {key: self.random.choice(FAMILIES) for key in KEYS} if self.random.random() < 0.5 else {}

    def grant(self, operators: dict[str, tuple[str, ...]]) -> Grant:
        """Return a random grant with conditions of `operators`."""
        return grant_of(self.layers(operators))

    def layers(self, operators: dict[str, tuple[str, ...]]) -> list[list[dict[str, Any]]]:
        """Return the documents of a random grant as JSON values: its policies, then at most one boundary."""
        policies = [self.body(operators, denies=0.3) for _ in range(self.random.choice((1, 1, 2)))]
        if self.random.random() > 0.2:
            return [policies]
        return [policies, [self.body(operators, denies=0.2)]]

    def document(self, operators: dict[str, tuple[str, ...]], denies: float) -> Document:
        """Return a random document."""
        return _parsed(self.body(operators, denies))

    def body(self, operators: dict[str, tuple[str, ...]], denies: float) -> dict[str, Any]:
        """Return a random document as a JSON value."""
        listed = [self.statement(operators, denies) for _ in range(self.random.choice((1, 1, 2, 3)))]
        return {"Version": "2012-10-17", "Statement": listed}

    def statement(self, operators: dict[str, tuple[str, ...]], denies: float) -> dict[str, Any]:
        """Return a random statement."""
        flip = self.random.random
        body: dict[str, Any] = {"Effect": "Deny" if flip() < denies else "Allow"}
        body["NotAction" if flip() < 0.15 else "Action"] = self.some(ACTION_GLOBS)
        body["NotResource" if flip() < 0.2 else "Resource"] = [
            self.resource() for _ in range(self.random.choice((1, 1, 2)))
        ]
        if operators and flip() < 0.7:
            body["Condition"] = self.conditions(operators)
        return body

    def conditions(self, operators: dict[str, tuple[str, ...]]) -> dict[str, dict[str, list[str]]]:
        """Return a random Condition element."""
        found: dict[str, dict[str, list[str]]] = {}
        for key in self.random.sample(KEYS, self.random.choice((1, 1, 2))):
            operator = self.random.choice(operators[key])
            found.setdefault(operator, {})[key] = [self.varied(text) for text in self.some(OPERATORS[operator])]
        return found

    def resource(self) -> str:
        """Return a random resource glob, most with `*` and `?` in their last segment."""
        flip = self.random.random()
        if flip < 0.1:
            return "*"
        end = "".join(
            self.random.choice("aabb*?:" if flip > 0.8 else "aabb*?") for _ in range(self.random.randint(0, 4))
        )
        if flip < 0.7:
            end = self.varied(end)
            return f"arn:aws:s3:::{end}"
        region, account = (self.random.choice(("", "*", "a", "a*", "*b", "?")) for _ in range(2))
        return self.random.choice((f"arn:aws:s3:{region}:{account}:{end}", f"arn:aws:s3:{region}", f"arn:*:s3:::{end}"))

    def varied(self, text: str) -> str:
        """Return `text`, or a variable in its place or behind it."""
        if not self.variables or self.random.random() < 0.6:
            return text
        return self.random.choice((VARIABLE, text + VARIABLE, DEFAULTED))

    def some(self, values: tuple[str, ...]) -> list[str]:
        """Return one to three of the values."""
        return self.random.sample(values, min(len(values), self.random.choice((1, 1, 2, 3))))


def grant_of(layers: list[list[dict[str, Any]]]) -> Grant:
    """Return the grant that the JSON values of its layers say."""
    policies, *boundaries = (tuple(map(_parsed, layer)) for layer in layers)
    return Grant(policies, tuple(boundaries))


def _parsed(body: dict[str, Any]) -> Document:
    return parse_document_value(body, name="random")


def every_request(*grants: Grant) -> Iterator[Request]:
    """Yield the requests of the small world that can make a difference to the grants."""
    choices = context_choices(*grants)
    for action, resource in product(ACTIONS, RESOURCES):
        for values in product(*choices.values()):
            yield Request(action, resource, tuple(zip(choices, values, strict=True)))


def telling_requests(grant: Grant, ceiling: Grant) -> Iterator[Request]:
    """Yield requests that `grant` may allow, small world and built: one of those that match the same statements."""
    choices = context_choices(grant, ceiling)
    bare = [replace(item, conditions=()) for side in (grant, ceiling) for item in statements_of(side)]
    seen: set[tuple[object, ...]] = set()
    for action, resource in product(_telling_actions(grant, ceiling), _telling_resources(grant, ceiling)):
        asked = tuple(
            statement_matches(item, Request(action, resource), {}, reading) for item in bare for reading in Reading
        )
        if asked in seen or not _reaches(grant, Request(action, resource)):
            continue
        seen.add(asked)
        for values in product(*map(reversed, choices.values())):  # several values first: they are what is unclear
            yield Request(action, resource, tuple(zip(choices, values, strict=True)))


def _reaches(grant: Grant, request: Request) -> bool:
    """Say whether some Allow of each layer matches the request under some reading and condition."""
    layers = [
        [replace(item, conditions=()) for document in layer for item in document.statements] for layer in grant.layers
    ]
    return all(
        any(
            item.effect is Effect.ALLOW and statement_matches(item, request, {}, reading)
            for item in layer
            for reading in Reading
        )
        for layer in layers
    )


def _telling_actions(*grants: Grant) -> list[str]:
    patterns = [steps(Glob(glob.lower()), Reading.CROSSING) for glob in dict.fromkeys(action_globs(*grants))]
    return [text for text in texts_of_every_kind([_ACTION, *patterns], alphabet_of(patterns, ":x")) if is_action(text)]


def _telling_resources(*grants: Grant) -> list[str]:
    found = ["*"]
    for reading in Reading:
        patterns = [steps(glob, reading) for glob in dict.fromkeys(resource_globs(*grants))]
        found += texts_of_every_kind([_ARN, *patterns], alphabet_of(patterns, "arn:x"))
    return [text for text in dict.fromkeys(found) if is_resource(text)]


def some_requests(source: random.Random, count: int, *grants: Grant) -> Iterator[Request]:
    """Yield `count` requests by chance, half of them of the small world and half built from the grants' patterns."""
    choices = context_choices(*grants)
    actions, resources = action_globs(*grants), resource_globs(*grants)
    pick = source.choice
    for number in range(count):
        context = tuple((key, pick(values)) for key, values in choices.items())
        if number % 2:
            yield Request(pick(ACTIONS), pick(RESOURCES), context)
            continue
        action, resource = filled(source, pick(actions)), filled(source, pick(resources))
        yield Request(
            action if is_action(action.lower()) else pick(ACTIONS),
            resource if is_resource(resource) else pick(RESOURCES),
            context,
        )


def is_resource(text: str) -> bool:
    """Say whether a request can be for `text`: an ARN, or `*`."""
    return text == "*" or accepts(_ARN, text)


def filled(source: random.Random, glob: Glob, alphabet: str = "abaabb:") -> str:
    """Return a text that the glob matches, its wildcards and variables filled by chance."""
    chars: list[str] = []
    for part in tokens(glob):
        match part:
            case Wild.ONE:
                chars.append(source.choice(alphabet[:2]))
            case Wild.MANY | Variable():
                chars += source.choices(alphabet, k=source.randint(0, 2))
            case _:
                chars.append(part)
    return "".join(chars)


def context_choices(*grants: Grant) -> dict[str, list[tuple[str, ...]]]:
    """Return for each key that is tested the values it may have; several where a set operator tests it."""
    tests: dict[str, set[str]] = {}
    for condition in conditions_of(*grants):
        tests.setdefault(condition.key, set()).add(condition.operator)
    if VARIABLE_KEY in str(grants):
        tests.setdefault(VARIABLE_KEY, {"StringEquals"})
    return {key: [(), *values_for(operators - {"Null"})] for key, operators in sorted(tests.items())}


def values_for(operators: set[str]) -> list[tuple[str, ...]]:
    """Return the values, one or several, of a key that is tested by `operators`."""
    kinds = {next(kind for kind in VALUES if kind in operator) for operator in operators}
    values = VALUES[kinds.pop() if len(kinds) == 1 else ""]
    singles = [(value,) for value in values]
    if not any(name.startswith("For") for name in operators):
        return [*singles]
    return [*singles, *combinations(values, 2), *combinations(values[:4], 3)]


def action_globs(*grants: Grant) -> list[Glob]:
    """Return every action glob of the grants."""
    return [glob for grant in grants for statement in statements_of(grant) for glob in statement.actions.globs]


def resource_globs(*grants: Grant) -> list[Glob]:
    """Return every resource glob of the grants."""
    elements = (statement.resources for grant in grants for statement in statements_of(grant))
    return [glob for element in elements if element for glob in element.globs]


def conditions_of(*grants: Grant) -> Iterator[Condition]:
    """Yield every condition of the grants."""
    return (condition for grant in grants for statement in statements_of(grant) for condition in statement.conditions)


def statements_of(grant: Grant) -> Iterator[Statement]:
    """Yield every statement of the grant."""
    return (statement for layer in grant.layers for document in layer for statement in document.statements)
