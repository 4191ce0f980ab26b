"""Statements prepared for questions: which actions they cover, and where they stand."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from panorama_guard.containment.records import StatementRef
from panorama_guard.policy.arn import accepts
from panorama_guard.policy.condition import Condition, ascii_lower
from panorama_guard.policy.document import Document, Effect, Patterns, Statement
from panorama_guard.policy.glob import Glob, literal_text, tokens

EVERYTHING = Patterns(negated=False, globs=(Glob("*"),))


class Actions(NamedTuple):
    """The actions of a statement in lower case: names and globs, or with `negated` all others."""

    negated: bool
    names: frozenset[str]
    globs: tuple[Glob, ...]
    spelled: dict[str, str]  # lower case -> as the statement writes it

    def covers(self, action: str) -> bool:
        """Say whether the lower-case `action` is one of them."""
        found = action in self.names or any(glob_covers(glob, action) for glob in self.globs)
        return found is not self.negated


class Clause(NamedTuple):
    """One statement, ready to be asked."""

    ref: StatementRef
    actions: Actions
    resources: Patterns
    tests: tuple[Condition, ...]


class Layer(NamedTuple):
    """Documents whose Allows are joined: a request passes when one of `allows` matches and none of `denies`."""

    allows: tuple[Clause, ...]
    denies: tuple[Clause, ...]


def compile_layer(documents: Iterable[Document]) -> Layer:
    """Return the clauses of all `documents`."""
    compiled = [compile_document(document) for document in documents]
    return Layer(
        tuple(clause for layer in compiled for clause in layer.allows),
        tuple(clause for layer in compiled for clause in layer.denies),
    )


@lru_cache(maxsize=1024)
def compile_document(document: Document) -> Layer:
    """Return the clauses of one document."""
    return Layer(
        *(
            tuple(_compile(item, document.name) for item in document.statements if item.effect is effect)
            for effect in (Effect.ALLOW, Effect.DENY)
        )
    )


@lru_cache(maxsize=65536)
def glob_covers(glob: Glob, action: str) -> bool:
    """Say whether a lower-case action glob matches a lower-case action."""
    if glob == "*":
        return True
    return accepts([(token, True) for token in tokens(glob)], action)


def _compile(statement: Statement, name: str) -> Clause:
    return Clause(
        StatementRef(name, statement.sid, statement.index),
        _compile_actions(statement.actions),
        statement.resources or EVERYTHING,
        tuple(dict.fromkeys(statement.conditions)),
    )


def _compile_actions(actions: Patterns) -> Actions:
    spelled = {ascii_lower(glob): str(glob) for glob in actions.globs}
    names = frozenset(text for text in spelled if literal_text(Glob(text)) is not None)
    return Actions(actions.negated, names, tuple(Glob(text) for text in spelled if text not in names), spelled)
