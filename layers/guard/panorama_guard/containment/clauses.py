"""Statements prepared for questions: which actions they cover, and where they stand."""

from collections.abc import Iterator
from functools import lru_cache

from panorama_guard.containment.records import StatementRef
from panorama_guard.policy.condition import Condition, ascii_lower
from panorama_guard.policy.document import Document, Effect, Patterns, Statement
from panorama_guard.policy.glob import Glob, literal_text, matches
from panorama_guard.policy.record import record

EVERYTHING = Patterns(negated=False, globs=(Glob("*"),))


@record
class Actions:
    """The actions of a statement in lower case: names and globs, or with `negated` all others."""

    negated: bool
    names: frozenset[str]
    globs: tuple[Glob, ...]
    by_service: dict[str, tuple[Glob, ...]]  # the globs under the service they name, "" if they name none
    spelled: dict[str, str]  # lower case -> as the statement writes it

    def covers(self, action: str) -> bool:
        """Say whether the lower-case `action` is one of them."""
        found = action in self.names or any(glob_covers(glob, action) for glob in self.globs_near(action))
        return found is not self.negated

    def globs_near(self, action: str) -> tuple[Glob, ...]:
        """Return the globs that may cover all of `action`, which may be a glob itself."""
        return self.by_service.get(service_of(action), ()) + self.by_service.get("", ())


@record
class Clause:
    """One statement, ready to be asked."""

    ref: StatementRef
    actions: Actions
    resources: Patterns
    tests: tuple[Condition, ...]
    body: object  # the same thing for clauses that say the same, wherever they stand

    @property
    def globs(self) -> Iterator[Glob]:
        """Yield the patterns of which the values of policy variables may be a part."""
        yield from self.resources.globs
        for test in self.tests:
            yield from test.values

    def __hash__(self) -> int:
        """Tell clauses apart by identity: they are made once and compared often."""
        return id(self)

    def __eq__(self, other: object) -> bool:
        """Say whether `other` is this very clause."""
        return self is other


@record
class Roster:
    """Clauses, found by the names of their actions; by the services of their globs."""

    clauses: tuple[Clause, ...]
    named: dict[str, tuple[Clause, ...]]
    wide: dict[str, tuple[Clause, ...]]  # by the services of their globs, "" where any service is possible

    def covering(self, action: str) -> tuple[Clause, ...]:
        """Return the clauses that cover the lower-case `action`."""
        named = self.named.get(action, ())
        wide = tuple(clause for clause in self.wide_near(action) if clause.actions.covers(action))
        return tuple(dict.fromkeys((*named, *wide))) if named and wide else named or wide

    def wide_near(self, action: str) -> tuple[Clause, ...]:
        """Return the clauses with globs that may cover all of `action`, which may be a glob itself."""
        return tuple(dict.fromkeys(self.wide.get(service_of(action), ()) + self.wide.get("", ())))


@record
class Layer:
    """Documents whose Allows are joined: a request passes when one of `allows` matches and none of `denies`."""

    allows: Roster
    denies: Roster

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Return all clauses."""
        return self.allows.clauses + self.denies.clauses


@lru_cache(maxsize=256)
def compile_layer(documents: tuple[Document, ...]) -> Layer:
    """Return the clauses of all `documents`."""
    compiled = [compile_document(document) for document in documents]
    return Layer(
        _roster(tuple(clause for allows, _ in compiled for clause in allows)),
        _roster(tuple(clause for _, denies in compiled for clause in denies)),
    )


@lru_cache(maxsize=1024)
def compile_document(document: Document) -> tuple[tuple[Clause, ...], tuple[Clause, ...]]:
    """Return the Allows and the Denies of a document, the same clauses whenever the document is asked about."""
    compiled = [(item.effect, _compile(item, document.name)) for item in document.statements]
    allows = tuple(clause for effect, clause in compiled if effect is Effect.ALLOW)
    return allows, tuple(clause for effect, clause in compiled if effect is Effect.DENY)


def _roster(clauses: tuple[Clause, ...]) -> Roster:
    named: dict[str, list[Clause]] = {}
    wide: dict[str, list[Clause]] = {}
    for clause in clauses:
        for name in () if clause.actions.negated else clause.actions.names:
            named.setdefault(name, []).append(clause)
        for service in ("",) if clause.actions.negated else clause.actions.by_service:
            wide.setdefault(service, []).append(clause)
    return Roster(clauses, _frozen(named), _frozen(wide))


def _frozen(lists: dict[str, list[Clause]]) -> dict[str, tuple[Clause, ...]]:
    return {key: tuple(listed) for key, listed in lists.items()}


def service_of(action: str) -> str:
    """Return the service that an action or action glob names, or "" where that is a pattern."""
    service, colon, _ = action.partition(":")
    return service if colon and "*" not in service and "?" not in service else ""


@lru_cache(maxsize=65536)
def glob_covers(glob: Glob, action: str) -> bool:
    """Say whether a lower-case action glob matches a lower-case action."""
    return glob == "*" or matches(glob, action)


def _compile(statement: Statement, name: str) -> Clause:
    actions, resources = _compile_actions(statement.actions), statement.resources or EVERYTHING
    tests = tuple(dict.fromkeys(statement.conditions))
    body = _body(actions.negated, actions.names, frozenset(actions.globs), resources, frozenset(tests))
    return Clause(StatementRef(name, statement.sid, statement.index), actions, resources, tests, body)


@lru_cache(maxsize=8192)
def _body(*_said: object) -> object:
    return object()


def _compile_actions(actions: Patterns) -> Actions:
    spelled = {ascii_lower(glob): str(glob) for glob in actions.globs}
    names = frozenset(text for text in spelled if literal_text(Glob(text)) is not None)
    globs = tuple(Glob(text) for text in spelled if text not in names)
    by_service: dict[str, list[Glob]] = {}
    for glob in globs:
        by_service.setdefault(service_of(glob), []).append(glob)
    return Actions(actions.negated, names, globs, {key: tuple(found) for key, found in by_service.items()}, spelled)
