"""Policy variables: what values to try for those of a question, and the documents with these values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, islice, product

from panorama_guard.containment.budget import Budget
from panorama_guard.containment.caller import Caller
from panorama_guard.containment.caller_fields import CALLERS
from panorama_guard.containment.candidates import FAMILIAR, filled, likely_values
from panorama_guard.containment.context_types import may_be
from panorama_guard.containment.meaning import condition_holds, substituted, substituted_in
from panorama_guard.containment.records import Grant
from panorama_guard.containment.traits import document_traits
from panorama_guard.policy.condition import CALLER, Condition, Family
from panorama_guard.policy.document import Document, Effect, Statement
from panorama_guard.policy.glob import Glob, Variable, render, tokens, variables_of
from panorama_guard.policy.record import record, replace

MOST_ASSIGNMENTS = 48
MOST_ALONE = 6
MOST_TEXTS = 6
FEW_PARTS = 2
COMPARED = 16  # texts that are compared for one step
Values = Mapping[str, tuple[str, ...]]


def assignments(grants: Sequence[Grant], budget: Budget) -> Iterator[Values]:
    """Yield values for all variables together, the likely ones first; () is an absent key.

    First every key has its best value; then those of one statement have it, all others being absent; then one key at a
    time has another, then two, and so on.
    """
    statements = [statement for grant in grants for statement in _statements(grant)]
    read = _read(statements)
    globs = list(dict.fromkeys(glob for item in statements if item.resources for glob in item.resources.globs))
    open_globs: dict[str, list[Glob]] = {key: [] for key in read.defaults}
    for glob in globs:
        for key in {variable.key for variable in variables_of(glob)}:
            open_globs[key].append(glob)
    asked = globs if any(open_globs.values()) else ()
    texts = frozenset(filled(glob, filler) for glob in asked for filler in ("example", ""))
    budget.spend((len(globs) + sum(len(found) * len(texts) for found in open_globs.values())) // COMPARED)
    budget.spend(sum(len(found) for found in read.tests.values()) + len(open_globs))
    choices = [_choices(key, read, _fitting(key, found, texts)) for key, found in open_globs.items()]
    combined = _combined(choices)
    best = dict(zip(open_globs, next(combined), strict=True))
    yield best
    for keys in islice(_alone(grants, budget), MOST_ALONE):
        if not best.keys() <= keys:
            yield {key: value if key in keys else () for key, value in best.items()}
    for chosen in islice(combined, MOST_ASSIGNMENTS - 1):
        yield dict(zip(open_globs, chosen, strict=True))


def _alone(grants: Sequence[Grant], budget: Budget) -> Iterator[frozenset[str]]:
    """Yield the keys of single Allows of the grant, those first that fewest Allows of the ceiling speak of."""
    inner, outer = (
        [item for document in grant.policies for item in document.statements if item.effect is Effect.ALLOW]
        for grant in grants
    )
    read = dict.fromkeys(_keys(item) for item in inner if _variables(item))
    needed = [_keys(item) for item in outer]
    budget.spend(len(read) * len(needed) // COMPARED)
    yield from sorted(read, key=lambda keys: sum(asked <= keys for asked in needed))


def _keys(statement: Statement) -> frozenset[str]:
    tested = (condition.key for condition in statement.conditions)
    return frozenset((*tested, *(variable.key for variable in _variables(statement))))


def _combined(choices: Sequence[Sequence[tuple[str, ...]]]) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Yield one of each, by how many differ from the first: none, one, and so on."""
    best = tuple(listed[0] for listed in choices)
    for count in range(len(choices) + 1):
        for places in combinations(range(len(choices)), count):
            for others in product(*(choices[place][1:] for place in places)):
                changed = dict(zip(places, others, strict=True))
                yield tuple(changed.get(place, value) for place, value in enumerate(best))


def with_values(grant: Grant, values: Values) -> Grant:
    """Return the grant as it is in a context where the variables have `values`."""
    layers = [tuple(_filled_document(document, values) for document in layer) for layer in grant.layers]
    return Grant(layers[0], tuple(layers[1:]))


@record
class _Read:
    """What statements say of the keys of their variables, read once: to ask them for each key takes the square."""

    defaults: Mapping[str, list[str]]  # every variable's key -> the defaults that it has
    families: Mapping[str, set[Family]]  # -> those of the conditions in whose values it stands
    tests: Mapping[str, list[tuple[Condition, bool]]]  # a key -> the conditions on it, and whether an Allow has them
    callers: tuple[Caller, ...]  # whom the statements name, and strangers


def _read(statements: Sequence[Statement]) -> _Read:
    variables = sorted({variable for statement in statements for variable in _variables(statement)}, key=str)
    defaults: dict[str, list[str]] = {variable.key: [] for variable in variables}
    for variable in variables:
        defaults[variable.key] += [] if variable.default is None else [variable.default]
    families: dict[str, set[Family]] = {}
    tests: dict[str, list[tuple[Condition, bool]]] = {}
    for statement in statements:
        for item in statement.conditions:
            tests.setdefault(item.key, []).append((item, statement.effect is Effect.ALLOW))
            for variable in item.variables:
                families.setdefault(variable.key, set()).add(item.parsed.family)
    return _Read(defaults, families, tests, _callers([item for item, _ in tests.get(CALLER, ())]))


def _callers(conditions: Sequence[Condition]) -> tuple[Caller, ...]:
    if not conditions:
        return ()
    from panorama_guard.containment.callers import named_callers  # noqa: PLC0415 - as this room is to import fast

    return tuple(named_callers(conditions))


def _choices(key: str, read: _Read, fitting: Iterable[str]) -> list[tuple[str, ...]]:
    tests = read.tests.get(key, [])
    conditions = tuple(item for item, _ in tests)
    texts = [FAMILIAR.get(key, "example"), "example", "other", "1", *read.defaults[key]]
    texts += likely_values(conditions, mixed=True)[:MOST_TEXTS] if conditions else []
    texts[:0] = _asked_as(read.families.get(key, set()), read.callers)
    texts[:0] = _parts(key, read.callers)[:MOST_TEXTS]
    texts.sort(key=lambda text: -_fit(text, key, tests))
    texts += sorted(fitting)
    listed = [text for text in dict.fromkeys(texts) if may_be(key, text)][: 2 * MOST_TEXTS]
    return [*((text,) for text in listed), (), *((text,) for text in ("",) if may_be(key, text))]


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


def _fit(text: str, key: str, tests: Iterable[tuple[Condition, bool]]) -> int:
    """Return how many conditions on the key the value answers as an escape wants it: Allows true, Denies not."""
    return sum((condition_holds(item, {key: (text,)}) is True) is is_allowed for item, is_allowed in tests)


def _fitting(key: str, globs: Iterable[Glob], texts: frozenset[str]) -> set[str]:
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


def _statements(grant: Grant) -> Iterator[Statement]:
    return (statement for layer in grant.layers for document in layer for statement in document.statements)


def _variables(statement: Statement) -> frozenset[Variable]:
    globs = statement.resources.globs if statement.resources else ()
    inside = frozenset[Variable]().union(*map(variables_of, globs))
    return inside.union(*(condition.variables for condition in statement.conditions))


def _filled_document(document: Document, values: Values) -> Document:
    if not document_traits(document).has_variables:
        return document
    return replace(document, statements=tuple(_filled(statement, values) for statement in document.statements))


def _filled(statement: Statement, values: Values) -> Statement:
    """Return the statement with its variables replaced; what holds one without a value matches nothing, and goes."""
    if not _variables(statement):
        return statement
    resources = statement.resources and replace(statement.resources, globs=_replaced(statement.resources.globs, values))
    conditions = (_filled_condition(item, values) for item in statement.conditions)
    return replace(statement, resources=resources, conditions=tuple(conditions))


def _filled_condition(item: Condition, values: Values) -> Condition:
    filled = (substituted_in(item, glob, values) for glob in item.values)
    return replace(item, values=tuple(glob for glob in filled if glob is not None))


def _replaced(globs: Iterable[Glob], values: Values) -> tuple[Glob, ...]:
    filled = (substituted(glob, values) for glob in globs)
    return tuple(glob for glob in filled if glob is not None)
