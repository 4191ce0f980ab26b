"""What statements say of the keys of their variables, and by that what values of each to try."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from panorama_guard.containment.caller import Caller
from panorama_guard.containment.caller_fields import CALLERS
from panorama_guard.containment.candidates import FAMILIAR, filled, likely_values
from panorama_guard.containment.context_types import may_be
from panorama_guard.containment.meaning import condition_holds
from panorama_guard.policy.condition import CALLER, Condition, Family
from panorama_guard.policy.document import Effect, Statement
from panorama_guard.policy.glob import Glob, Variable, render, tokens, variables_of
from panorama_guard.policy.record import record, replace

MOST_TIED = 8  # keys that one is compared with
MOST_FURTHER = 3
MOST_TEXTS = 6
FEW_PARTS = 2

Test = tuple[Condition, bool]  # a condition, and whether an Allow has it


@record
class Read:
    """What statements say of the keys of their variables, read once: to ask them for each key takes the square."""

    defaults: Mapping[str, list[str]]  # every variable's key -> the defaults that it has
    families: Mapping[str, set[Family]]  # -> those of the conditions in whose values it stands
    tests: Mapping[str, list[Test]]  # a key -> the conditions on it
    tied: Mapping[str, list[Test]]  # -> those on the keys that are to be equal to it, or like it
    callers: tuple[Caller, ...]  # whom the statements name, and strangers


def read_keys(statements: Sequence[Statement]) -> Read:
    """Return what the statements say of the keys of their variables."""
    variables = sorted({variable for statement in statements for variable in variables_in(statement)}, key=str)
    defaults: dict[str, list[str]] = {variable.key: [] for variable in variables}
    for variable in variables:
        defaults[variable.key] += [] if variable.default is None else [variable.default]
    families: dict[str, set[Family]] = {}
    tests: dict[str, list[Test]] = {}
    tied: dict[str, dict[str, None]] = {}
    for statement in statements:
        for item in statement.conditions:
            tests.setdefault(item.key, []).append((item, statement.effect is Effect.ALLOW))
            is_like = not item.parsed.negated
            for variable in item.variables:
                families.setdefault(variable.key, set()).add(item.parsed.family)
                for one, other in ((variable.key, item.key), (item.key, variable.key)) if is_like else ():
                    tied.setdefault(one, {})[other] = None
    callers = _callers([item for item, _ in tests.get(CALLER, ())])
    return Read(
        defaults, families, tests, {key: [*_tests(tied[key], tests)] for key in defaults if key in tied}, callers
    )


def _tests(keys: Iterable[str], tests: Mapping[str, list[Test]]) -> Iterator[Test]:
    """Yield the conditions on the first of the keys that have no variables; a caller is no key of a request."""
    listed = (one for key in islice(keys, MOST_TIED) if key != CALLER for one in tests.get(key, ()))
    return (one for one in listed if not one[0].variables)


def _callers(conditions: Sequence[Condition]) -> tuple[Caller, ...]:
    if not conditions:
        return ()
    from panorama_guard.containment.callers import named_callers  # noqa: PLC0415 - as this room is to import fast

    return tuple(named_callers(conditions))


def choices(key: str, read: Read, fitted: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the values of a key that are tried, the best first, () for none; `fitted` are among them."""
    tests = read.tests.get(key, [])
    conditions = tuple(item for item, _ in tests)
    texts = [FAMILIAR.get(key, "example"), "example", "other", "1", *read.defaults[key]]
    texts += likely_values(conditions, mixed=True)[:MOST_TEXTS] if conditions else []
    texts[:0] = _asked_as(read.families.get(key, set()), read.callers)
    texts[:0] = _parts(key, read.callers)[:MOST_TEXTS]
    texts.sort(key=lambda text: -_fit(text, key, tests))
    texts += sorted(fitted)
    listed = [text for text in dict.fromkeys(texts) if may_be(key, text)][: 2 * MOST_TEXTS]
    further = (text for text in _further(key, read, listed) if may_be(key, text) and text not in listed)
    listed += islice(dict.fromkeys(further), MOST_FURTHER)
    return [*((text,) for text in listed), (), *((text,) for text in ("",) if may_be(key, text))]


def _further(key: str, read: Read, texts: Sequence[str]) -> Iterator[str]:
    """Yield what a key may be for the sake of those that it is compared with; and other cases of what it may be."""
    tied = [(replace(item, key=key), is_allowed) for item, is_allowed in read.tied.get(key, ())]
    if tied:
        likely = likely_values([item for item, _ in tied], mixed=True)[:MOST_TEXTS]
        yield from sorted(likely, key=lambda text: -_fit(text, key, tied))
    if any(item.parsed.family is Family.STRING_CASELESS for item, _ in read.tests.get(key, ())):
        yield from (text.swapcase() for text in texts if text.isascii())


def _asked_as(families: set[Family], callers: Sequence[Caller]) -> list[str]:
    """Return values with which a variable says something, where it stands: of truths, and of who calls."""
    truths = ["true", "false"] if Family.BOOL in families else []
    if not families.intersection(CALLERS):
        return truths
    named = [text for part in _ASKED for text in _parts(part, callers)[:FEW_PARTS]]
    return [*truths, *named, *(FAMILIAR[part] for part in ("aws:sourceaccount", "aws:principalorgid", "aws:userid"))]


_ASKED = ("aws:userid", "aws:principalaccount", "aws:principalarn")


def _parts(key: str, callers: Iterable[Caller]) -> list[str]:
    """Return what a key that AWS derives from who calls is for these."""
    return list(dict.fromkeys(caller.keys[key] for caller in callers if key in caller.keys))


def _fit(text: str, key: str, tests: Iterable[Test]) -> int:
    """Return how many conditions on the key the value answers as an escape wants it: Allows true, Denies not."""
    return sum((condition_holds(item, {key: (text,)}) is True) is is_allowed for item, is_allowed in tests)


def fitting(key: str, globs: Iterable[Glob], texts: frozenset[str]) -> set[str]:
    """Return the values that make a resource with the variable equal to another statement's."""
    found: set[str] = set()
    for glob in globs:
        around, places = _around(glob)
        for before, after in {(around[:place], around[place:]) for place in places.get(key, ())}:
            middles = (text[len(before) : len(text) - len(after)] for text in texts if text.startswith(before))
            found.update(middle for middle in middles if f"{before}{middle}{after}" in texts)
    return found - {""}


@lru_cache(maxsize=64)
def _around(glob: Glob) -> tuple[str, dict[str, list[int]]]:
    """Return the text of a pattern without variables and wildcards, and where in it those of each key stand."""
    text, places = "", dict[str, list[int]]()
    for part in tokens(glob):
        if isinstance(part, Variable):
            places.setdefault(part.key, []).append(len(text))
        else:
            text += filled(render((part,)), "")
    return text, places


def variables_in(statement: Statement) -> frozenset[Variable]:
    """Return the variables of its resources and conditions."""
    globs = statement.resources.globs if statement.resources else ()
    inside = frozenset[Variable]().union(*map(variables_of, globs))
    return inside.union(*(condition.variables for condition in statement.conditions))
