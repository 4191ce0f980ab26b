"""The resources of a question as one machine: which clauses can match the same resource."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial

from panorama_guard.containment.budget import Budget, BudgetSpentError
from panorama_guard.containment.cover import covers
from panorama_guard.containment.machine import Machine, build
from panorama_guard.containment.question import Court, Question, places
from panorama_guard.containment.search import Aim, Trail, promising_kinds
from panorama_guard.policy.arn import SEPARATORS, Reading, steps
from panorama_guard.policy.document import Patterns
from panorama_guard.policy.glob import Glob, escape, matches, variables_of
from panorama_guard.policy.record import record

ANY = Glob("*")
MOST_COMPARED, COMPARED = 2000, 8  # pairs of globs: at most, and for one step
GLOB_TEXT = 3  # characters of patterns that cost one step
TRIAL = 10_000  # steps that reading from the beginning may take where the other end may be easier
COUNTED = "????"  # fewer characters are counted easily in either direction
UNIVERSE = (
    steps(Glob("arn:?*:?*:*:*:*"), Reading.SEGMENTED),  # every ARN: fields without colons, then anything
    steps(escape("*"), Reading.CROSSING),  # what actions without a resource are asked on
)


def read_resource(question: Question, pattern: Glob, resource: str) -> int:
    """Return the clauses, as bits, that match a resource of `pattern` where all wildcards cross colons; 0 if none is.

    The question has no variables.
    """
    if not matches(pattern, resource) or not is_resource(resource):
        return 0
    matched = (
        any(matches(glob, resource) for glob in clause.resources.globs) is not clause.resources.negated
        for clause in question.clauses
    )
    return sum(1 << place for place, is_matched in enumerate(matched) if is_matched)


def is_resource(text: str) -> bool:
    """Say whether a request may be about the text: an ARN, or what actions without a resource are asked on."""
    fields = text.split(":", SEPARATORS)
    return text == "*" or (len(fields) > SEPARATORS and fields[0] == "arn" and bool(fields[1] and fields[2]))


@record
class Region:
    """A machine whose set 0 is the universe, the others being the clauses in order.

    It may read resources from their end.
    """

    machine: Machine
    negated: int  # clauses (as bits) that match where their set does not
    aim: Aim
    is_backward: bool
    counts_behind: bool  # it may be easier from the other end


def matched_clauses(
    question: Question, pattern: Glob, reading: Reading, budget: Budget
) -> Iterator[tuple[int, Callable[[], str]]]:
    """Yield (clauses, resource): which clauses match it, for every resource of `pattern` worth looking at."""
    region = region_of(question, pattern, reading, budget)
    other = region_of(question, pattern, reading, budget, from_its_end=True) if region.counts_behind else None
    walked = Budget(TRIAL) if other else budget
    try:
        yield from _walk(region, walked)
    except BudgetSpentError:
        if other is None:
            raise
        budget.spend(TRIAL)
        yield from _walk(other, budget)
    else:
        budget.spend(TRIAL - walked.left if other else 0)


def _walk(region: Region, budget: Budget) -> Iterator[tuple[int, Callable[[], str]]]:
    for sets, state, trail in promising_kinds(region.machine, region.aim, budget):
        clauses = (sets >> 1) ^ region.negated
        if sets & 1 and clauses & 1:
            yield clauses, partial(_text, region, trail, state)


def _text(region: Region, trail: Trail, state: int) -> str:
    """Return the resource; if it was found from its end, without needless colons, which are found first there."""
    found = trail.text(state)
    if not region.is_backward:
        return found
    *fields, rest = found[::-1].split(":", SEPARATORS)
    usual = ":".join((*fields, rest.replace(":", "x")))
    return usual if region.machine.read(usual[::-1]) == region.machine.read(found) else found[::-1]


def region_of(
    question: Question, pattern: Glob, reading: Reading, budget: Budget, *, from_its_end: bool = False
) -> Region:
    """Return the region of the question's clauses, its first one narrowed to `pattern`."""
    first = question.clauses[0].resources
    piece = first if first.negated else Patterns(negated=False, globs=(pattern,))
    elements = [piece, *(clause.resources for clause in question.clauses[1:])]
    wanted = [bool(question.wanted >> place & 1) is not item.negated for place, item in enumerate(elements)]
    negated = sum(1 << place for place, item in enumerate(elements) if item.negated)
    stops = frozenset(glob for place in _stopping(question, negated) for glob in elements[place].globs)
    sets = tuple(
        _without(stops, item.globs, budget) if wants and place else item.globs
        for place, (item, wants) in enumerate(zip(elements, wanted, strict=True))
    )
    budget.spend(2 + len(sets) // 2)
    budget.spend_once((sets, reading), sum(len(glob) for globs in sets for glob in globs) // GLOB_TEXT)
    machine = _machine(sets, reading, is_backward=from_its_end)
    unwanted = sum(whole for whole, wants in zip(machine.whole[1:], wanted, strict=True) if not wants)
    aim = Aim(_needed(question, machine, negated), _banned(question, machine, negated), unwanted)
    counts_behind = not from_its_end and _counts_behind(glob for globs in sets for glob in globs)
    return Region(machine, negated, aim, from_its_end, counts_behind)


@lru_cache(maxsize=1024)
def _machine(sets: tuple[tuple[Glob, ...], ...], reading: Reading, *, is_backward: bool) -> Machine:
    patterns = [UNIVERSE, *([steps(glob, reading) for glob in globs] for globs in sets)]
    return build([[pattern[::-1] for pattern in listed] for listed in patterns] if is_backward else patterns)


def _counts_behind(globs: Iterable[Glob]) -> bool:
    """Say whether some glob counts characters behind a `*`, and none more than a few before one.

    Whoever reads "an `a`, and then ten of any to the end" from the end has nothing to remember; from the beginning, he
    has to for every `a` that he meets. Of "ten of any, an `a`, and whatever follows" it is the other way round.
    """
    counted = [glob for glob in globs if COUNTED in glob]
    if not counted or any(map(variables_of, counted)):
        return False
    behind = max(glob.partition("*")[2].count("?") for glob in counted)
    before = max(glob.rpartition("*")[0].count("?") for glob in counted)
    return before <= len(COUNTED) < behind


def _needed(question: Question, machine: Machine, negated: int) -> tuple[int, ...]:
    """Return masks of which a place must stay reachable: the universe, and what the grant's layers need matched."""
    needed = [machine.whole[0]]
    for court in question.grant:
        if not court.allows & negated:
            needed.append(sum(machine.whole[place + 1] for place in places(court.allows)))
        strict = (place for place in places(court.denies & negated) if not question.clauses[place].tests)
        needed += (machine.whole[place + 1] for place in strict)
    return tuple(needed)


def _banned(question: Question, machine: Machine, negated: int) -> int:
    """Return final places that accept whatever follows, of clauses that then surely keep the request from escaping."""
    stopping = sum(machine.absorbing[place + 1] for place in _stopping(question, negated))
    return stopping | (machine.absorbing[1] if negated & 1 else 0)


def _stopping(question: Question, negated: int) -> Iterator[int]:
    """Yield the clauses whose resources surely keep a request from escaping by matching it."""
    listed = sum(court.denies for court in question.grant) | _alone(question.ceiling)
    return (place for place in places(listed & ~negated) if not question.clauses[place].tests)


def _alone(ceiling: Sequence[Court]) -> int:
    return ceiling[0].allows if len(ceiling) == 1 and not ceiling[0].denies else 0


def _without(stops: frozenset[Glob], globs: tuple[Glob, ...], budget: Budget) -> tuple[Glob, ...]:
    """Return the globs without those of which every match is stopped, so that it does not help to match them."""
    left = tuple(glob for glob in globs if glob not in stops)
    if len(left) * len(stops) > MOST_COMPARED:
        return left
    budget.spend(1 + len(left) * len(stops) // COMPARED)
    return tuple(glob for glob in left if not any(covers(stop, glob) for stop in stops))
