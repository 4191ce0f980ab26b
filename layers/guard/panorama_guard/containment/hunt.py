"""Look for a request that is in the grant and outside the ceiling, until there is one or there can be none."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from panorama_guard.containment.actions import Rival, is_action, named_actions, other_actions
from panorama_guard.containment.clauses import service_of
from panorama_guard.containment.contexts import NOTHING
from panorama_guard.containment.cover import covers
from panorama_guard.containment.inquiry import Hunt, Outcome, find, put, read
from panorama_guard.containment.plausible import likely_resources, named_service, needs_no_resource, spell_action
from panorama_guard.containment.question import Question
from panorama_guard.containment.records import Escaped, Witness
from panorama_guard.containment.regions import matched_clauses
from panorama_guard.containment.shortcut import Piece, open_pieces
from panorama_guard.policy.arn import Reading, distinct_readings
from panorama_guard.policy.glob import Glob, variables_of

FEW = 64
ANY_ARN = Glob("arn:*:*:*:*:*")


def hunt_escape(hunt: Hunt) -> Outcome:
    """Return an escape that replays, or that there is none, or that this stays in doubt."""
    pieces = _open(hunt)
    first = _hunt_pieces(hunt, list(islice(pieces, FEW)))  # there may be very many, and these show it
    if (first.escape and len(first.escape.readings) == len(Reading)) or (first.doubtful and hunt.only_proof):
        return first
    rest = _hunt_pieces(hunt, list(pieces))
    return Outcome(rest.escape or first.escape, first.doubtful or rest.doubtful)


def _hunt_pieces(hunt: Hunt, pieces: Sequence[Piece]) -> Outcome:
    escape = None if hunt.only_proof else next(_glances(hunt, pieces), None)
    return Outcome(escape, doubtful=False) if escape else _search(hunt, pieces)


def glance_escape(hunt: Hunt) -> Escaped | None:
    """Return an escape among natural requests, if one is there."""
    return next(_glances(hunt, _open(hunt)), None)


def _open(hunt: Hunt) -> Iterator[Piece]:
    """Return the pieces of the grant that are not plainly covered: none if one layer alone is plainly covered."""
    for layer in hunt.grant[1:]:
        if not any(open_pieces(layer, hunt.grant, hunt.ceiling, hunt.frame.several, hunt.budget)):
            return iter(())
    return open_pieces(hunt.grant[0], hunt.grant, hunt.ceiling, hunt.frame.several, hunt.budget)


def _glances(hunt: Hunt, pieces: Iterable[Piece]) -> Iterator[Escaped]:
    """Yield escapes among natural requests: one action of each piece, on natural resources."""
    for piece in pieces:
        for action in _shown(hunt, piece):
            question = put(hunt, piece, action)
            if not question.is_open:
                continue
            price = 2 + sum(len(clause.resources.globs) for clause in question.clauses) // 4
            for resource in likely_resources(piece.resource, action):
                hunt.budget.spend(price)
                matched = read(hunt, question, piece.resource, resource)
                found = find(hunt, question, matched) if matched & 1 else NOTHING
                if found.context is not None:
                    escape = hunt.replay(Witness(_spelled(piece, action), resource, found.context), piece)
                    if escape and len(escape.readings) == len(Reading):
                        yield escape


def _shown(hunt: Hunt, piece: Piece) -> list[str]:
    """Return a few actions that would show the piece well: on no resource, if only that is left of it."""
    named = _named(hunt, piece)
    resources = piece.clause.resources
    if resources.negated and any(covers(glob, ANY_ARN) for glob in resources.globs):
        named.sort(key=lambda action: not needs_no_resource(action))
    return named[:8]


def _search(hunt: Hunt, pieces: Sequence[Piece]) -> Outcome:
    """Search every resource and context of every kind of action, under each reading."""
    doubtful = False
    best: Escaped | None = None
    for piece in pieces:
        for question, action in _questions(hunt, piece):
            for outcome in _outcomes(hunt, piece, question, action):
                doubtful = doubtful or outcome.doubtful
                if doubtful and hunt.only_proof:
                    return Outcome(best, doubtful)
                if outcome.escape and len(outcome.escape.readings) == len(Reading):
                    return outcome
                best = best or outcome.escape
    return Outcome(best, doubtful)


def _outcomes(hunt: Hunt, piece: Piece, question: Question, action: str) -> Iterator[Outcome]:
    """Yield what comes of a question under each reading, or, where it has variables, over all their values."""
    if hunt.only_proof and any(variables_of(glob) for clause in question.clauses for glob in clause.globs):
        from panorama_guard.containment.proving import search_cases  # noqa: PLC0415 - as this room is to import fast

        yield search_cases(hunt, piece, question, action)
        return
    yield from search_readings(hunt, piece, question, action)


def _questions(hunt: Hunt, piece: Piece) -> Iterator[tuple[Question, str]]:
    """Yield each different question of the piece once, with an action that raises it."""
    seen: set[tuple[int, ...]] = set()
    actions = [*_named(hunt, piece)]
    if piece.action not in piece.clause.actions.names:
        rivals = (Rival(piece.clause.actions, is_wanted=True), *hunt.rivals)
        actions += other_actions(piece.action, rivals, hunt.budget)
    for action in actions:
        if not piece.clause.actions.covers(action):
            continue
        question = put(hunt, piece, action)
        key = tuple(id(clause) for clause in question.clauses)
        if key not in seen and question.is_open:
            seen.add(key)
            yield question, action


def search_readings(hunt: Hunt, piece: Piece, question: Question, action: str) -> Iterator[Outcome]:
    """Yield what comes of one kind of action under each reading; once for those that read all resources alike."""
    globs = (glob for clause in question.clauses for glob in clause.resources.globs)
    for reading in distinct_readings((piece.resource, *globs)):
        yield _search_resources(hunt, piece, question, action, reading)


def _search_resources(hunt: Hunt, piece: Piece, question: Question, action: str, reading: Reading) -> Outcome:
    """Search every resource and context of one kind of action, under one reading."""
    tried: set[int] = set()
    doubtful = False
    for matched, resource in matched_clauses(question, piece.resource, reading, hunt.budget):
        if matched in tried:
            continue
        tried.add(matched)
        found = find(hunt, question, matched)
        escape = None
        if found.context is not None:
            escape = hunt.replay(Witness(_spelled(piece, action), resource(), found.context), piece)
        if escape:
            return Outcome(escape, doubtful)
        doubtful = doubtful or found.doubtful or found.context is not None
        if doubtful and hunt.only_proof:
            break
    return Outcome(None, doubtful)


def _named(hunt: Hunt, piece: Piece) -> list[str]:
    """Return actions of the piece that have names, those of the service that its resource names first."""
    if piece.action in piece.clause.actions.names:
        hunt.budget.spend(8)
        return [str(piece.action)] if is_action(piece.action) and piece.clause.actions.covers(piece.action) else []
    hunt.budget.spend(8 + len(hunt.names) // 4)
    found = named_actions(piece.action, hunt.names)
    service = named_service(piece.resource)
    listed = [action for action in dict.fromkeys(found) if piece.clause.actions.covers(action)]
    return sorted(listed, key=lambda action: service_of(action) != service) if service else listed


def _spelled(piece: Piece, action: str) -> str:
    return piece.clause.actions.spelled.get(action) or spell_action(action)
