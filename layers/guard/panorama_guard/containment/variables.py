"""Policy variables: what values to try for those of a question, and the documents with these values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, islice, product

from panorama_guard.containment.budget import Budget
from panorama_guard.containment.caller import Caller
from panorama_guard.containment.candidates import filled
from panorama_guard.containment.derived import SLOTS
from panorama_guard.containment.meaning import substituted, substituted_in
from panorama_guard.containment.records import Grant
from panorama_guard.containment.traits import document_traits
from panorama_guard.containment.variable_keys import choices, fitting, read_keys, variables_in
from panorama_guard.policy.condition import Condition
from panorama_guard.policy.document import Document, Effect, Statement
from panorama_guard.policy.glob import Glob, variables_of
from panorama_guard.policy.record import replace

MOST_ASSIGNMENTS = 48
MOST_CALLERS = 3
MOST_ALONE = 6
COMPARED = 16  # texts that are compared for one step
Values = Mapping[str, tuple[str, ...]]


def assignments(grants: Sequence[Grant], budget: Budget) -> Iterator[Values]:
    """Yield values for all variables together, the likely ones first; () is an absent key.

    First every key has its best value; then those that AWS derives from who calls are one caller's; then those of one
    statement have their best, all others being absent; then one key at a time has another, then two, and so on.
    """
    statements = [statement for grant in grants for statement in _statements(grant)]
    read = read_keys(statements)
    globs = list(dict.fromkeys(glob for item in statements if item.resources for glob in item.resources.globs))
    open_globs: dict[str, list[Glob]] = {key: [] for key in read.defaults}
    for glob in globs:
        for key in {variable.key for variable in variables_of(glob)}:
            open_globs[key].append(glob)
    asked = globs if any(open_globs.values()) else ()
    texts = frozenset(filled(glob, filler) for glob in asked for filler in ("example", ""))
    budget.spend((len(globs) + sum(len(found) * len(texts) for found in open_globs.values())) // COMPARED)
    budget.spend(sum(len(found) for found in (*read.tests.values(), *read.tied.values())) + len(open_globs))
    listed = [choices(key, read, fitting(key, found, texts)) for key, found in open_globs.items()]
    combined = _combined(listed)
    best = dict(zip(open_globs, next(combined), strict=True))
    yield best
    for together in islice(_of_callers(best, read.callers), MOST_CALLERS):
        budget.spend(len(together))
        yield {**best, **together}
    for keys in islice(_alone(grants, budget), MOST_ALONE):
        if not best.keys() <= keys:
            yield {key: value if key in keys else () for key, value in best.items()}
    for chosen in islice(combined, MOST_ASSIGNMENTS - 1):
        yield dict(zip(open_globs, chosen, strict=True))


def _of_callers(best: Values, callers: Iterable[Caller]) -> Iterator[Values]:
    """Yield what the keys that AWS derives from who calls are together, where there are more of them than one."""
    derived = [key for key in best if key in SLOTS]
    told = (tuple(caller.keys.get(key, "") for key in derived) for caller in callers if len(derived) > 1)
    for values in dict.fromkeys(told):
        yield {key: (value,) if value else () for key, value in zip(derived, values, strict=True)}


def _alone(grants: Sequence[Grant], budget: Budget) -> Iterator[frozenset[str]]:
    """Yield the keys of single Allows of the grant, those first that fewest Allows of the ceiling speak of."""
    inner, outer = (
        [item for document in grant.policies for item in document.statements if item.effect is Effect.ALLOW]
        for grant in grants
    )
    read = dict.fromkeys(_keys(item) for item in inner if variables_in(item))
    needed = [_keys(item) for item in outer]
    budget.spend(len(read) * len(needed) // COMPARED)
    yield from sorted(read, key=lambda keys: sum(asked <= keys for asked in needed))


def _keys(statement: Statement) -> frozenset[str]:
    tested = (condition.key for condition in statement.conditions)
    return frozenset((*tested, *(variable.key for variable in variables_in(statement))))


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


def _statements(grant: Grant) -> Iterator[Statement]:
    return (statement for layer in grant.layers for document in layer for statement in document.statements)


def _filled_document(document: Document, values: Values) -> Document:
    if not document_traits(document).has_variables:
        return document
    return replace(document, statements=tuple(_filled(statement, values) for statement in document.statements))


def _filled(statement: Statement, values: Values) -> Statement:
    """Return the statement with its variables replaced; what holds one without a value matches nothing, and goes."""
    if not variables_in(statement):
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
