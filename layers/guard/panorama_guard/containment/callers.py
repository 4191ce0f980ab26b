"""Every way in which a caller can answer a list of conditions; of all texts only those of callers count.

One machine reads what a caller looks like and all patterns at once, so that a caller is asked everything in one walk.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice

from panorama_guard.containment.answers import CELL_BUDGET, Cell, Cells, concrete_cells, distinct, supposed_cells
from panorama_guard.containment.budget import Budget, BudgetSpentError
from panorama_guard.containment.caller import DELETED, EXAMPLES, FORMS, NATURAL, Caller, is_caller, read_caller
from panorama_guard.containment.caller_fields import ARN_FIELDS, FIELDS, caller_steps
from panorama_guard.containment.kleene import Truth
from panorama_guard.containment.machine import Machine, build
from panorama_guard.containment.meaning import open_steps
from panorama_guard.containment.search import Aim, promising_kinds
from panorama_guard.policy.arn import Step, split
from panorama_guard.policy.condition import Condition
from panorama_guard.policy.glob import Glob, Wild, literal_text, tokens, variables_of
from panorama_guard.policy.record import record

TEXT = 3  # characters of patterns that cost one step
_FILLERS = {Wild.MANY: "example", Wild.ONE: "9"}
_ID = 2  # the field of a caller's unique id
READ = 8  # steps that one caller costs to read, beside what its characters cost
CHARACTERS = 8  # characters that are read at the price of one step of a search
FIRST_NAMED = 2  # callers whom policies name that are asked about before any others, where only few are
MOST_NAMED = 48  # callers whom policies name after whom values of variables are guessed
FEWER = 16  # times less than to build a machine it costs to ask the definition


def likely_callers(conditions: Sequence[Condition], budget: Budget) -> Iterator[Cell]:
    """Yield the cells of a few callers: strangers of each kind, and those that the policies name; of many, the first.

    Each is read by one machine of all patterns, whose width is what a character of them costs.
    """
    if any(condition.variables for condition in conditions):
        return
    named = filter(None, (_natural(glob) for condition in conditions for glob in condition.values))
    if callers_cost(conditions) > budget.left:
        yield from _few_callers(tuple(conditions), named, budget)
        return
    budget.spend(callers_cost(conditions))
    asked = READ + sum(1 + len(condition.values) for condition in conditions) // CHARACTERS
    machine = _machine(conditions).machine
    for text in dict.fromkeys(chain(EXAMPLES, named)):
        price = asked + machine.cost * len(text) // CHARACTERS
        if price > budget.left:
            return
        budget.spend(price)
        matched = machine.read(text)
        if matched & 1:
            yield _cell(conditions, matched, text)


def _few_callers(conditions: tuple[Condition, ...], named: Iterator[str], budget: Budget) -> Iterator[Cell]:
    """Yield the cells of the first of them, of whom the definition is asked: a machine of all patterns is too large."""
    price = sum(1 + len(condition.values) for condition in conditions) // 2 + callers_cost(conditions) // FEWER
    for text in chain(islice(named, FIRST_NAMED), EXAMPLES, named):
        if price > budget.left:
            return
        if is_caller(text):
            budget.spend(price)
            yield from concrete_cells(conditions, ((text,),))


def named_callers(conditions: Iterable[Condition]) -> Iterator[Caller]:
    """Yield callers whom the conditions name, of very many the first, and strangers."""
    named = (_natural(glob) for condition in conditions for glob in condition.values if not variables_of(glob))
    seen: set[str] = set()
    for text in chain(islice(named, MOST_NAMED), EXAMPLES):
        if text and text not in seen and is_caller(text):
            seen.add(text)
            yield read_caller(text)


def callers_cost(conditions: Sequence[Condition]) -> int:
    """Return what it costs to build the machine that reads callers."""
    return sum(len(glob) for condition in conditions for glob in condition.values) // TEXT


def _natural(glob: Glob) -> str:
    """Return a caller that the pattern probably matches: as AWS would write what it leaves open."""
    fields = split(glob, ARN_FIELDS if tokens(glob).count(":") >= ARN_FIELDS else FIELDS)
    kind = fields[0]
    natural = next((text for known, text in NATURAL.items() if known.value == kind), "").split(":", len(fields) - 1)
    if len(natural) < len(fields):
        return ""
    if kind in DELETED and len(fields) > FIELDS and fields[_ID] and literal_text(fields[_ID]) is not None:
        natural[FIELDS:] = DELETED[kind].split(":", len(fields) - 1 - FIELDS)
    return ":".join(_filled(field, text) for field, text in zip(fields, natural, strict=True))


def _filled(field: Glob, natural: str) -> str:
    if field in ("*", "?*"):
        # Of the fields that are empty in nature, only the organisation is asked for at all.
        return natural or ("" if field == "*" else "o-example9999")
    return "".join(_FILLERS[part] if isinstance(part, Wild) else str(part) for part in tokens(field))


@lru_cache(maxsize=4096)
def caller_cells(conditions: tuple[Condition, ...], helpful: tuple[Truth, ...]) -> Cells:
    """Return the cells of all callers but those that can do no more for an escape than another.

    A condition is `helpful` if it helps an escape by holding, False if it hinders one, None if both may be.
    """
    budget = Budget(CELL_BUDGET)
    found: list[Cell] = []
    if callers_cost(conditions) > CELL_BUDGET:
        return Cells((), whole=False, cost=CELL_BUDGET)
    wishes = [
        wish if wish is None else wish is not item.parsed.negated
        for item, wish in zip(conditions, helpful, strict=True)
    ]
    try:
        for matched, text in _kinds(_machine(conditions, wishes), budget):
            found += _cells(conditions, matched, text)
    except BudgetSpentError:
        return Cells(tuple(distinct(found)), whole=False, cost=CELL_BUDGET)
    return Cells(tuple(distinct(found)), whole=True, cost=CELL_BUDGET - budget.left)


@record
class _Reader:
    """A machine whose set 0 is all callers, the next the conditions; and the places that speak against an escape."""

    machine: Machine
    unwanted: int


def _machine(conditions: Sequence[Condition], wishes: Sequence[Truth] = ()) -> _Reader:
    """Return what reads callers.

    Where either answer may be wanted, the patterns are read twice: one is wanted to match and one is not, so that no
    caller betters another who answers otherwise.
    """
    own = [(_patterns(item), wish) for item, wish in zip(conditions, wishes or (True,) * len(conditions), strict=True)]
    opened = dict.fromkeys(
        (glob, item.parsed.family) for item in conditions for glob in item.values if variables_of(glob)
    )
    possible = [([steps], None) for pair in opened if (steps := open_steps(*pair))]
    again = [patterns for patterns, wish in (*own, *possible) if wish is None]
    machine = build([FORMS, *(patterns for patterns, _ in (*own, *possible)), *again])
    listed = [True, *(wish is not False for _, wish in (*own, *possible)), *(False for _ in again)]
    return _Reader(machine, sum(whole for whole, is_wanted in zip(machine.whole, listed, strict=True) if not is_wanted))


def _patterns(condition: Condition) -> list[tuple[Step, ...]]:
    family = condition.parsed.family
    return [caller_steps(glob, family) for glob in condition.values if not variables_of(glob)]


def _kinds(reader: _Reader, budget: Budget) -> Iterator[tuple[int, str]]:
    """Yield (sets, caller) of the callers who are worth asking, each combination of sets once."""
    aim = Aim(needed=reader.machine.whole[:1], banned=0, unwanted=reader.unwanted)
    seen: set[int] = set()
    for matched, state, trail in promising_kinds(reader.machine, aim, budget):
        if matched & 1 and matched not in seen:
            seen.add(matched)
            yield matched, trail.text(state)


def _cells(conditions: tuple[Condition, ...], matched: int, text: str) -> Iterator[Cell]:
    if any(condition.variables for condition in conditions):
        return supposed_cells(conditions, (text,))
    return iter((_cell(conditions, matched, text),))


def _cell(conditions: Sequence[Condition], matched: int, text: str) -> Cell:
    negated = sum(condition.parsed.negated << place for place, condition in enumerate(conditions))
    everything = (1 << len(conditions)) - 1
    return Cell((matched >> 1 ^ negated) & everything, (text,), 0)
