"""Why a grant is inside its ceiling: for each Allow, which of the ceiling's statements cover what it grants.

Each claim is a question that the engine answered with `contained`. What is found is small, not always the smallest.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from panorama_guard.containment.areas import area_of
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.check import answer
from panorama_guard.containment.explain import ref_of
from panorama_guard.containment.records import Contained, Grant, StatementRef
from panorama_guard.policy.document import Document, Effect, Statement
from panorama_guard.policy.record import record, replace

TYPE_CHECKING = False  # see `policy/record.py`
if TYPE_CHECKING:
    from typing import TypeVar

    Limit = TypeVar("Limit")

COVERING_BUDGET = 400_000  # steps, see `budget.py`
NOTHING = Grant(())


@record
class Cover:
    """Why one Allow is inside the ceiling.

    `by` has, for each layer of the ceiling, statements that together allow all that the Allow grants. That takes the
    grant's Denies `less` and its boundaries `within` (by number) into account, where these are needed; where nothing is
    left of the Allow then, `by` is empty.
    """

    statement: StatementRef
    by: tuple[tuple[StatementRef, ...], ...]
    less: tuple[StatementRef, ...]
    within: tuple[int, ...]


@record
class ContainmentExplanation:
    """Why each Allow of a grant's policies is inside the ceiling."""

    covers: tuple[Cover, ...]


Placed = tuple[Document, Statement]


def explain_containment(grant: Grant, ceiling: Grant, *, budget: int = COVERING_BUDGET) -> ContainmentExplanation:
    """Return why each Allow of a contained grant's policies is inside the ceiling."""
    work = Budget(budget)
    covers = (_cover(allow, grant, ceiling, work) for allow in placed(grant.policies, Effect.ALLOW))
    return ContainmentExplanation(tuple(dict.fromkeys(covers)))


def _cover(allow: Placed, grant: Grant, ceiling: Grant, work: Budget) -> Cover:
    """Return first what of the grant's own limits is needed, then what of the ceiling covers the rest."""
    denies = tuple(placed(grant.policies, Effect.DENY))
    limits = (*denies, *range(len(grant.boundaries)))
    needed = _fewest(limits, lambda some: _is_within(_limited(allow, some, grant), ceiling, work))
    left = _limited(allow, needed, grant)
    less = tuple(ref_of(*limit) for limit in needed if not isinstance(limit, int))
    within = tuple(limit for limit in needed if isinstance(limit, int))
    by = () if _is_within(left, NOTHING, work) else tuple(_covering(allow, left, ceiling, work))
    return Cover(ref_of(*allow), by, less, within)


def _covering(allow: Placed, left: Grant, ceiling: Grant, work: Budget) -> Iterator[tuple[StatementRef, ...]]:
    for layer in ceiling.layers:
        area = area_of(allow[1])
        near = [part for part in placed(layer, Effect.ALLOW) if area.may_meet(area_of(part[1]))]

        def covers(some: Sequence[Placed], layer: Sequence[Document] = layer) -> bool:
            return _is_within(left, Grant((*_only(some), *_denies_of(layer))), work)

        alone = next(((part,) for part in near if covers((part,))), None)
        yield tuple(dict.fromkeys(ref_of(*part) for part in alone or _fewest(near, covers)))


def _fewest(parts: "Sequence[Limit]", suffice: "Callable[[Sequence[Limit]], bool]") -> "tuple[Limit, ...]":
    """Return some of the parts of which none can be left out, the first ones rather than later ones."""
    if suffice(()):
        return ()
    kept = tuple(parts)
    for part in reversed(kept):
        fewer = tuple(other for other in kept if other is not part)
        if suffice(fewer):
            kept = fewer
    return kept


def _limited(allow: Placed, limits: Iterable[Placed | int], grant: Grant) -> Grant:
    """Return one Allow under some of the grant's boundaries (numbers) and Denies."""
    chosen = tuple(limits)
    denies = _only(limit for limit in chosen if not isinstance(limit, int))
    boundaries = tuple(grant.boundaries[limit] for limit in chosen if isinstance(limit, int))
    return Grant((*_only((allow,)), *denies), boundaries)


def alone(allow: Placed, grant: Grant) -> Grant:
    """Return a grant with one of its Allows only, and all of its limits."""
    return Grant((*_only((allow,)), *_denies_of(grant.policies)), grant.boundaries)


def _only(parts: Iterable[Placed]) -> tuple[Document, ...]:
    return tuple(replace(document, statements=(statement,)) for document, statement in parts)


def _denies_of(documents: Iterable[Document]) -> tuple[Document, ...]:
    return _only(placed(documents, Effect.DENY))


def placed(documents: Iterable[Document], effect: Effect) -> Iterator[Placed]:
    """Yield the statements of one effect, each with its document."""
    return ((document, item) for document in documents for item in document.statements if item.effect is effect)


def _is_within(grant: Grant, ceiling: Grant, work: Budget) -> bool:
    return isinstance(answer(grant, ceiling, work), Contained)
