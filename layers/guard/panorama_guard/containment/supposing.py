"""What may be supposed of the patterns with variables that a resource matches, and what follows from it.

A resource matches such a pattern or does not, the same wherever the pattern stands in a question. Where matching helps
an escape both are supposed; where it does not, the pattern matches only if something that is supposed says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from panorama_guard.containment.brackets import Marked, Reader, bracketed_kinds
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.cover import covers
from panorama_guard.containment.fillings import ANY, Kinds, fillings, is_early, is_short, keys_of
from panorama_guard.containment.question import Court, Question
from panorama_guard.containment.regions import Region, matched_clauses, region_of
from panorama_guard.containment.relations import excludes
from panorama_guard.policy.arn import Reading, steps
from panorama_guard.policy.document import Patterns
from panorama_guard.policy.glob import Glob, variables_of, without_variables
from panorama_guard.policy.record import record, replace

MOST_SUPPOSED = 64
COMPARED = 4  # patterns that are held against another for one step


@record
class Opened:
    """A question some of whose resources have variables, in its elements; which of them help by matching."""

    question: Question
    elements: tuple[Patterns, ...]
    helps: tuple[bool, ...]
    own: tuple[Glob, ...]  # the pattern with variables that every request of the question matches, if it has one
    helpful: tuple[Glob, ...]  # the patterns with variables of which matching helps somewhere
    hindering: tuple[Glob, ...]  # those of which it only hinders

    @classmethod
    def of(cls, question: Question, pattern: Glob) -> "Opened":
        """Return the question with its first clause narrowed to `pattern`."""
        first = question.clauses[0].resources
        piece = first if first.negated else Patterns(negated=False, globs=(pattern,))
        elements = (piece, *(clause.resources for clause in question.clauses[1:]))
        wanted = question.wanted
        helps = tuple(bool(wanted >> place & 1) is not item.negated for place, item in enumerate(elements))
        own = () if first.negated else _opened(piece)
        found: dict[bool, dict[Glob, None]] = {True: {}, False: {}}
        for item, is_help in zip(elements, helps, strict=True):
            found[is_help].update(dict.fromkeys(glob for glob in _opened(item) if glob not in own))
        hindering = tuple(glob for glob in found[False] if glob not in found[True])
        return cls(question, elements, helps, own, tuple(found[True]), hindering)


@record
class Supposed:
    """The patterns with variables that are supposed to match, what follows from them, and those that do not match."""

    matching: tuple[Glob, ...]
    following: frozenset[Glob]
    failing: frozenset[Glob]


def _opened(item: Patterns) -> tuple[Glob, ...]:
    return tuple(glob for glob in item.globs if variables_of(glob))


def suppositions(opened: Opened, kinds: Kinds, budget: Budget) -> list[Supposed]:
    """Return what must be supposed, all of which there is; patterns of which none is supposed may always match."""
    asked = opened.helpful[: _most_asked(opened, kinds, budget)]
    chosen = list(_chosen(asked, opened.own, kinds))
    budget.spend(len(chosen) * (1 + len(asked)))
    found = (_supposed(opened, asked, matching) for matching in chosen)
    return [supposed for supposed in found if not supposed.following & supposed.failing]


def _most_asked(opened: Opened, kinds: Kinds, budget: Budget) -> int:
    """Return of how many patterns, the first that help, all choices are few enough; each one more adds choices."""
    chosen = [opened.own]
    for size, glob in enumerate(opened.helpful):
        budget.spend(1 + sum(map(len, chosen)) // COMPARED)
        chosen += [(*one, glob) for one in chosen if not any(excludes(glob, other, kinds) for other in one)]
        if len(chosen) > MOST_SUPPOSED:
            return size
    return len(opened.helpful)


def _chosen(asked: Sequence[Glob], chosen: tuple[Glob, ...], kinds: Kinds) -> Iterator[tuple[Glob, ...]]:
    """Yield the patterns already chosen with some of those that are left to ask, none of which excludes another."""
    if not asked:
        yield chosen
        return
    first, *others = asked
    if not any(excludes(first, one, kinds) for one in chosen):
        yield from _chosen(others, (*chosen, first), kinds)
    yield from _chosen(others, chosen, kinds)


def _supposed(opened: Opened, asked: Iterable[Glob], matching: tuple[Glob, ...]) -> Supposed:
    listed = (*asked, *opened.hindering)
    following = frozenset(glob for glob in listed if any(covers(glob, one) for one in matching))
    return Supposed(matching, following, frozenset(asked).difference(matching))


Matched = tuple[int, Mapping[str, str]]  # clauses, as bits, that match one resource; and the values that it shows


def kinds_of_resources(
    opened: Opened, supposed: Supposed, kinds: Kinds, reading: Reading, budget: Budget
) -> Iterator[Iterator[Matched]]:
    """Yield lists of the clauses that can match together: all that can do is in each of the lists."""
    size, layers = len(opened.elements), (1 << len(supposed.matching)) - 1
    listed = _with_layers(opened, supposed, kinds, reading, budget)
    return (((bits & (1 << size) - 1, shown) for bits, shown in one if bits >> size == layers) for one in listed)


def _with_layers(
    opened: Opened, supposed: Supposed, kinds: Kinds, reading: Reading, budget: Budget
) -> Iterator[Iterator[Matched]]:
    """Yield the lists with a clause more for each pattern that is supposed to match."""
    question = _plain(opened, supposed, kinds)
    pattern = opened.elements[0].globs[0] if not opened.own and not opened.elements[0].negated else ANY
    yield ((matched, {}) for matched, _ in matched_clauses(question, pattern, reading, budget))
    for followed in supposed.matching:
        if is_early(followed):
            continue
        read = _read_along(opened, supposed, followed)
        if any(read) or any(kind.lists for key, kind in kinds.items() if key in keys_of(followed)):
            marked = Marked.of(steps(followed, reading), [[steps(glob, reading) for glob in globs] for globs in read])
            region = region_of(question, pattern, reading, budget)
            yield _followed(region, Reader(region.machine, region.aim, marked, kinds), budget)


def _followed(region: Region, reader: Reader, budget: Budget) -> Iterator[Matched]:
    for letters, marks, values in bracketed_kinds(reader, budget):
        clauses = (letters >> 1 | marks >> 2) ^ region.negated
        if letters & 1 and marks & 1 and not marks & 2 and clauses & 1:
            yield clauses, values


def _read_along(opened: Opened, supposed: Supposed, followed: Glob) -> list[tuple[Glob, ...]]:
    """Return the patterns that a text of `followed` may be seen to match: those that must not, then by clauses."""
    keys = keys_of(followed)
    known = {*supposed.matching, *supposed.following}
    hindering = (() if helps else _opened(item) for item, helps in zip(opened.elements, opened.helps, strict=True))
    listed = (tuple(supposed.failing), *(tuple(glob for glob in globs if glob not in known) for globs in hindering))
    return [tuple(glob for glob in globs if keys_of(glob) <= keys and not is_early(glob)) for globs in listed]


def _plain(opened: Opened, supposed: Supposed, kinds: Kinds) -> Question:
    """Return the question without variables, of resources as they are supposed; each such pattern is a layer more."""
    clauses = [
        replace(clause, resources=_plain_element(opened, supposed, kinds, place))
        for place, clause in enumerate(opened.question.clauses)
    ]
    courts = [*opened.question.grant]
    for glob in supposed.matching:
        courts.append(Court(1 << len(clauses), 0))
        clauses.append(replace(clauses[0], resources=Patterns(negated=False, globs=_widened(glob, kinds)), tests=()))
    return Question(tuple(clauses), tuple(courts), opened.question.ceiling)


def _plain_element(opened: Opened, supposed: Supposed, kinds: Kinds, place: int) -> Patterns:
    element = opened.elements[place]
    open_globs = _opened(element)
    if any(glob in supposed.matching or glob in supposed.following for glob in open_globs):
        return replace(element, globs=(ANY,))
    left = [glob for glob in open_globs if glob not in supposed.failing] if opened.helps[place] else []
    plain = (glob for glob in element.globs if glob not in open_globs and not _is_excluded(glob, supposed, kinds))
    return replace(element, globs=(*plain, *(wide for glob in left for wide in _widened(glob, kinds))))


def _is_excluded(glob: Glob, supposed: Supposed, kinds: Kinds) -> bool:
    """Say whether what matches the patterns that are supposed to match cannot match this one."""
    return any(excludes(glob, one, kinds) for one in supposed.matching)


def _widened(glob: Glob, kinds: Kinds) -> tuple[Glob, ...]:
    """Return globs without variables of which one matches whatever `glob` does where its values are of these kinds."""
    if is_early(glob):
        return (ANY,)
    found = fillings(glob, kinds)
    return found if all(is_short(one) is is_short(glob) for one in found) else (without_variables(glob),)
