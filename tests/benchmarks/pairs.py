"""Random pairs of grants, held against the definition by asking it about every request of a small world.

    python -m tests.benchmarks.pairs [COUNT] [SEED]     (or PAIRS=COUNT)

Every verdict of `contained` is checked against requests of the small world under all readings, and every witness is
replayed. Almost nothing may be undecided: what is, tests one key with a set operator and with a plain one, and then it
is not known what AWS does with several values.
"""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product

from panorama_guard.containment import Contained, Escaped, Grant, Reading, Request, Undecided, Verdict, allows, check
from panorama_guard.policy import Document, parse_document_value
from panorama_guard.policy.condition import Condition

ACTIONS = ("s3:a", "s3:ab", "s3:b", "t:a", "t:bb")
ACTION_GLOBS = ("s3:a", "S3:A", "s3:a*", "s3:*", "*", "t:?", "*:a", "s3:b", "s3:?b", "t:*")
KEYS = ("k:one", "k:two")
TEXTS = ("a", "b", "ab")
NUMBERS = ("1", "2", "10")
OPERATORS = {
    "StringEquals": TEXTS,
    "StringNotEquals": TEXTS,
    "StringEqualsIfExists": TEXTS,
    "StringNotEqualsIfExists": TEXTS,
    "StringEqualsIgnoreCase": ("A", "b"),
    "StringLike": ("a*", "*", "?", "*b"),
    "StringNotLike": ("a*", "?", "*b"),
    "StringLikeIfExists": ("a*", "?b"),
    "ForAnyValue:StringEquals": TEXTS,
    "ForAllValues:StringEquals": TEXTS,
    "ForAllValues:StringLike": ("a*", "*b"),
    "ForAnyValue:StringNotEquals": TEXTS,
    "Null": ("true", "false"),
    "Bool": ("true", "false"),
    "BoolIfExists": ("true", "false"),
    "NumericLessThan": NUMBERS,
    "NumericGreaterThanEquals": NUMBERS,
    "NumericEquals": NUMBERS,
    "NumericNotEqualsIfExists": NUMBERS,
    "IpAddress": ("10.0.0.0/8", "10.1.0.0/16"),
    "NotIpAddress": ("10.1.0.0/16", "192.0.2.1"),
    "DateLessThan": ("2026-01-01T00:00:00Z", "2026-05-31"),
    "DateGreaterThan": ("2026-05-31", "1767225600"),
    "ArnLike": ("arn:aws:*:::a*", "arn:aws:s3:::*"),
    "ArnNotEquals": ("arn:aws:s3:::a",),
}
FAMILIES = (
    tuple(name for name in OPERATORS if "String" in name or "Arn" in name or name == "Null"),
    ("Bool", "BoolIfExists", "Null", "StringEquals"),
    tuple(name for name in OPERATORS if "Numeric" in name or name == "Null"),
    ("IpAddress", "NotIpAddress", "Null"),
    ("DateLessThan", "DateGreaterThan", "Null"),
)
MOST_UNDECIDED = 0.01  # the share of pairs that may be undecided
VARIABLE_KEY = "k:name"
VARIABLE, DEFAULTED = "${k:name}", "${k:name, 'a'}"
VALUES = {  # by the operators that test a key: a number is not asked to be an address
    "Bool": ("true", "false"),
    "Numeric": ("0", "1", "1.5", "2", "5", "10", "11"),
    "Ip": ("10.1.2.3", "10.2.0.1", "192.0.2.1", "2001:db8::1"),
    "Date": ("2025-01-01", "2025-12-31T23:59:59Z", "2026-03-01", "2026-05-31", "2027-01-01"),
    "": ("a", "b", "ab", "bb", "A", "true", "false", "", "arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:t:::ab"),
}
SEVERAL = (("a", "b"), ("a", "ab"), ("ab", "bb"), ("A", "a", "b"))
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


class World:
    """A source of random documents; small, so that its requests can be listed."""

    def __init__(self, seed: int, *, variables: bool = False) -> None:
        """Start from `seed`; with `variables` policy variables stand in resources and texts."""
        self.variables = variables
        self.random = random.Random(seed)  # noqa: S311 - chance, not secrets

    def pair(self) -> tuple[Grant, Grant]:
        """Return a grant and a ceiling over at most two context keys of one family each."""
        chosen = self.random.choice
        operators = {key: chosen(FAMILIES) for key in KEYS} if self.random.random() < 0.5 else {}
        return self.grant(operators), self.grant(operators)

    def grant(self, operators: dict[str, tuple[str, ...]]) -> Grant:
        """Return a random grant with conditions of `operators`."""
        policies = tuple(self.document(operators, denies=0.3) for _ in range(self.random.choice((1, 1, 2))))
        if self.random.random() > 0.2:
            return Grant(policies)
        return Grant(policies, ((self.document(operators, denies=0.2),),))

    def document(self, operators: dict[str, tuple[str, ...]], denies: float) -> Document:
        """Return a random document."""
        body = [self.statement(operators, denies) for _ in range(self.random.choice((1, 1, 2, 3)))]
        return parse_document_value({"Version": "2012-10-17", "Statement": body}, name="random")

    def statement(self, operators: dict[str, tuple[str, ...]], denies: float) -> dict[str, object]:
        """Return a random statement."""
        flip = self.random.random
        body: dict[str, object] = {"Effect": "Deny" if flip() < denies else "Allow"}
        body["NotAction" if flip() < 0.15 else "Action"] = self.some(ACTION_GLOBS)
        body["NotResource" if flip() < 0.2 else "Resource"] = [
            self.resource() for _ in range(self.random.choice((1, 1, 2)))
        ]
        if operators and flip() < 0.7:
            body["Condition"] = self.conditions(operators)
        return body

    def conditions(self, operators: dict[str, tuple[str, ...]]) -> dict[str, dict[str, object]]:
        """Return a random Condition element."""
        found: dict[str, dict[str, object]] = {}
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


def complaint(grant: Grant, ceiling: Grant, verdict: Verdict, requests: Iterable[Request]) -> str | None:
    """Return what the definition says against the verdict, or None."""
    match verdict:
        case Contained():
            outside = (request for request in requests if escapes(grant, ceiling, request))
            return next((f"not contained: {request}" for request in outside), None)
        case Escaped(witness, _, readings):
            replays = all(
                allows(grant, witness.request, reading) and not allows(ceiling, witness.request, reading)
                for reading in readings
            )
            return None if replays and readings else f"witness does not replay: {witness}"
        case _:
            return f"undecided: {verdict}"


def escapes(grant: Grant, ceiling: Grant, request: Request) -> bool:
    """Say whether the request is in the grant and outside the ceiling under some reading."""
    return any(allows(grant, request, reading) and not allows(ceiling, request, reading) for reading in Reading)


def every_request(*grants: Grant) -> Iterator[Request]:
    """Yield the requests of the small world that can make a difference to the grants."""
    choices = context_choices(*grants)
    for action, resource in product(ACTIONS, RESOURCES):
        for values in product(*choices.values()):
            yield Request(action, resource, tuple(zip(choices, values, strict=True)))


def some_requests(source: random.Random, count: int, *grants: Grant) -> Iterator[Request]:
    """Yield `count` of them by chance."""
    choices = context_choices(*grants)
    pick = source.choice
    for _ in range(count):
        context = tuple((key, pick(values)) for key, values in choices.items())
        yield Request(pick(ACTIONS), pick(RESOURCES), context)


def context_choices(*grants: Grant) -> dict[str, list[tuple[str, ...]]]:
    """Return for each key that is tested the values it may have; several only where set operators alone test it."""
    tests: dict[str, set[str]] = {}
    for condition in conditions_of(*grants):
        tests.setdefault(condition.key, set()).add(condition.operator)
    if VARIABLE_KEY in str(grants):
        tests.setdefault(VARIABLE_KEY, {"StringEquals"})
    return {key: [(), *values_for(operators - {"Null"})] for key, operators in sorted(tests.items())}


def values_for(operators: set[str]) -> list[tuple[str, ...]]:
    """Return the values, one or several, of a key that is tested by `operators`."""
    kinds = {next(kind for kind in VALUES if kind in operator) for operator in operators}
    single: list[tuple[str, ...]] = [(value,) for value in VALUES[kinds.pop() if len(kinds) == 1 else ""]]
    return [*single, *SEVERAL] if operators and all(name.startswith("For") for name in operators) else single


def conditions_of(*grants: Grant) -> Iterator[Condition]:
    """Yield every condition of the grants."""
    for grant in grants:
        for layer in grant.layers:
            for document in layer:
                for statement in document.statements:
                    yield from statement.conditions


def main(argv: list[str]) -> int:
    """Judge COUNT pairs and print what came out."""
    count = int(argv[1] if len(argv) > 1 else os.environ.get("PAIRS", "100000"))
    seed = int(argv[2]) if len(argv) > 2 else 0
    world, started = World(seed), time.perf_counter()
    verdicts: Counter[str] = Counter()
    for number in range(count):
        grant, ceiling = world.pair()
        verdict = check(grant, ceiling)
        verdicts[type(verdict).__name__] += 1
        if number % 10_000 == 9_999:
            sys.stderr.write(f"{number + 1} of {count} pairs, {time.perf_counter() - started:.0f} s\n")
        requests = some_requests(world.random, 120, grant, ceiling)
        if isinstance(verdict, Undecided):
            continue
        if problem := complaint(grant, ceiling, verdict, requests):
            sys.stdout.write(f"pair {number}: {problem}\n{grant}\n{ceiling}\n")
            return 1
    spent = time.perf_counter() - started
    sys.stdout.write(f"{count} pairs, seed {seed}: {dict(verdicts)}, no disagreement, {spent:.0f} s\n")
    return int(verdicts["Undecided"] > MOST_UNDECIDED * count)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
