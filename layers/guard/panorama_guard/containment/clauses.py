"""Statements prepared for questions: which actions they cover, and where they stand."""

from collections.abc import Hashable, Iterator
from functools import lru_cache

from panorama_guard.containment.records import StatementRef
from panorama_guard.policy.condition import Condition
from panorama_guard.policy.document import Document, Effect, Patterns, Statement
from panorama_guard.policy.glob import Glob, literal_text, matches
from panorama_guard.policy.record import record
from panorama_guard.policy.text import ascii_lower

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
        if not self.by_service:
            return ()
        return self.by_service.get(service_of(action), ()) + self.by_service.get("", ())


@record
class Clause:
    """One statement, ready to be asked."""

    policy: str
    statement: Statement
    actions: Actions
    resources: Patterns
    tests: tuple[Condition, ...]
    body: Hashable  # equal for clauses that say the same, wherever they stand

    __hash__ = object.__hash__  # clauses are told apart by identity: they are made once and compared often
    __eq__ = object.__eq__

    @property
    def ref(self) -> StatementRef:
        """Return where the statement stands."""
        return StatementRef(self.policy, self.statement.sid, self.statement.index)

    @property
    def globs(self) -> Iterator[Glob]:
        """Yield the patterns of which the values of policy variables may be a part."""
        yield from self.resources.globs
        for test in self.tests:
            yield from test.values


@record
class Roster:
    """Clauses, found by the names of their actions; by the services of their globs."""

    clauses: tuple[Clause, ...]
    named: dict[str, tuple[Clause, ...]]
    wide: dict[str, tuple[Clause, ...]]  # by the services of their globs, "" where any service is possible

    __hash__ = object.__hash__  # as of clauses
    __eq__ = object.__eq__

    def wide_near(self, action: str) -> tuple[Clause, ...]:
        """Return the clauses with globs that may cover all of `action`, which may be a glob itself."""
        anywhere = self.wide.get("", ())
        near = self.wide.get(service_of(action), ()) if len(self.wide) > bool(anywhere) else ()
        return tuple(dict.fromkeys(near + anywhere)) if near and anywhere else near or anywhere


@lru_cache(maxsize=4096)
def covering(roster: Roster, action: str) -> tuple[Clause, ...]:
    """Return the clauses that cover the lower-case `action`."""
    named = roster.named.get(action, ())
    wide = tuple(clause for clause in roster.wide_near(action) if clause.actions.covers(action))
    return tuple(dict.fromkeys((*named, *wide))) if named and wide else named or wide


@record
class Layer:
    """Documents whose Allows are joined: a request passes when one of `allows` matches and none of `denies`."""

    allows: Roster
    denies: Roster

    __hash__ = object.__hash__  # as of clauses
    __eq__ = object.__eq__

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Return all clauses."""
        return self.allows.clauses + self.denies.clauses

    @property
    def tests(self) -> Iterator[Condition]:
        """Yield the conditions of all clauses."""
        return (test for clause in self.clauses if clause.tests for test in clause.tests)


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
    named: dict[str, tuple[Clause, ...]] = {}
    wide: dict[str, tuple[Clause, ...]] = {}
    for clause in clauses:
        actions = clause.actions
        for name in () if actions.negated else actions.names:
            named[name] = (*named[name], clause) if name in named else (clause,)
        for service in ("",) if actions.negated else actions.by_service:
            wide[service] = (*wide[service], clause) if service in wide else (clause,)
    return Roster(clauses, named, wide)


def service_of(action: str) -> str:
    """Return the service that an action or action glob names, or "" where that is a pattern."""
    service, colon, _ = action.partition(":")
    return service if colon and "*" not in service and "?" not in service else ""


@lru_cache(maxsize=65536)
def glob_covers(glob: Glob, action: str) -> bool:
    """Say whether a lower-case action glob matches a lower-case action."""
    return glob == "*" or matches(glob, action)


def _compile(statement: Statement, name: str) -> Clause:
    actions = _compile_actions(statement.actions.negated, statement.actions.globs)
    resources, conditions = statement.resources or EVERYTHING, statement.conditions
    tests = tuple(dict.fromkeys(conditions)) if len(conditions) > 1 else conditions
    body = (actions.negated, actions.names, frozenset(actions.globs), resources.negated, resources.globs)
    return Clause(name, statement, actions, resources, tests, (*body, frozenset(tests)))


@lru_cache(maxsize=8192)
def _compile_actions(negated: bool, written: tuple[Glob, ...]) -> Actions:  # noqa: FBT001 - as the cache has it
    spelled = {ascii_lower(glob): str(glob) for glob in written}
    names = frozenset(text for text in spelled if literal_text(Glob(text)) is not None)
    globs = tuple(Glob(text) for text in spelled if text not in names) if len(names) < len(spelled) else ()
    by_service: dict[str, tuple[Glob, ...]] = {}
    for glob in globs:
        service = service_of(glob)
        by_service[service] = (*by_service.get(service, ()), glob)
    return Actions(negated, names, globs, by_service, spelled)
