"""What a search for an escape has and knows: both sides, the work allowed, and what was asked already."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from panorama_guard.containment.actions import Rival
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.clauses import Clause, Layer
from panorama_guard.containment.contexts import NOTHING, Found, Frame, find_context
from panorama_guard.containment.question import Question, ask, heard
from panorama_guard.containment.records import Escaped, Witness
from panorama_guard.containment.regions import read_resource
from panorama_guard.containment.shortcut import Piece
from panorama_guard.policy.glob import Glob
from panorama_guard.policy.record import record

Replay = Callable[[Witness, Piece], Escaped | None]


class Known:
    """What a hunt has found out, so that nothing is found out twice."""

    __slots__ = ("actions", "excluded", "matched", "questions")

    def __init__(self) -> None:
        """Begin with nothing."""
        # Clauses, and which of them match, as bits: no context makes an escape of those here, whatever else is asked.
        self.excluded: set[tuple[tuple[Clause, ...], int]] = set()
        self.questions: dict[tuple[Clause, Glob, object], Question] = {}  # by clause, resource and who hears the action
        self.actions: dict[str, object] = {}  # who hears an action: the same thing where it is the same clauses
        self.matched: dict[tuple[Question, str], int] = {}  # the clauses, as bits, that match a resource


@record
class Hunt:
    """Both sides, what is fixed of the context, the work allowed, and the judge of every find."""

    grant: tuple[Layer, ...]
    ceiling: tuple[Layer, ...]
    frame: Frame
    budget: Budget
    replay: Replay
    only_proof: bool  # give up at the first doubt
    known: Known

    @property
    def rivals(self) -> tuple[Rival, ...]:
        """Return all clauses that may have a say about a piece."""
        return _rivals(self.grant, self.ceiling)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the actions that the clauses name."""
        return _names((*self.grant, *self.ceiling))


@lru_cache(maxsize=64)
def _rivals(grant: Sequence[Layer], ceiling: Sequence[Layer]) -> tuple[Rival, ...]:
    """Return who has a say about an Allow of the grant's policies: all but the other Allows beside it."""
    wanted = [layer.allows for layer in grant[1:]] + [layer.denies for layer in ceiling]
    unwanted = [layer.denies for layer in grant] + [layer.allows for layer in ceiling]
    sides = ((wanted, True), (unwanted, False))
    return tuple(
        Rival(clause.actions, is_wanted) for rosters, is_wanted in sides for one in rosters for clause in one.clauses
    )


@lru_cache(maxsize=64)
def _names(layers: Sequence[Layer]) -> tuple[str, ...]:
    return tuple(sorted({name for layer in layers for clause in layer.clauses for name in clause.actions.names}))


@record
class Outcome:
    """An escape, or none; `doubtful` when something that looked like one could not be confirmed."""

    escape: Escaped | None
    doubtful: bool


def find(hunt: Hunt, question: Question, matched: int) -> Found:
    """Return a context of an escape, or that there is none; of what is known to have none it is not asked again."""
    asked = (question.clauses, matched)
    if asked in hunt.known.excluded:
        return NOTHING
    found = find_context(question, matched, hunt.frame, hunt.budget)
    if found == NOTHING:
        hunt.known.excluded.add(asked)
    return found


def read(hunt: Hunt, question: Question, pattern: Glob, resource: str) -> int:
    """Return what `read_resource` does."""
    known, asked = hunt.known.matched, (question, resource)
    if asked not in known:
        known[asked] = read_resource(question, pattern, resource)
    return known[asked]


def put(hunt: Hunt, piece: Piece, action: str) -> Question:
    """Return the question of a piece for an action that it covers."""
    hunt.budget.spend(2 + len(hunt.rivals) // 4)
    about = (piece.clause, piece.resource, _hearers(hunt, action))
    questions = hunt.known.questions
    if about not in questions:
        questions[about] = ask(piece.clause, hunt.grant, hunt.ceiling, action, piece.resource)
    return questions[about]


def _hearers(hunt: Hunt, action: str) -> object:
    actions = hunt.known.actions
    if action not in actions:
        actions[action] = _same(heard((*hunt.grant, *hunt.ceiling), action))
    return actions[action]


@lru_cache(maxsize=1024)
def _same(_: tuple[tuple[Clause, ...], ...]) -> object:
    return object()
