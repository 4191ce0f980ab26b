"""A question as it is in one case: its variables replaced, and its conditions on their keys answered."""

from collections.abc import Mapping, Sequence

from panorama_guard.containment.caller_fields import keeps_fields
from panorama_guard.containment.clauses import Clause
from panorama_guard.containment.contexts import Pins
from panorama_guard.containment.cover import covers
from panorama_guard.containment.fillings import Kinds, is_early
from panorama_guard.containment.kleene import Truth
from panorama_guard.containment.question import Question
from panorama_guard.policy.arn import SEPARATORS
from panorama_guard.policy.condition import Condition, Family
from panorama_guard.policy.document import Patterns
from panorama_guard.policy.glob import Glob, Token, Variable, all_literal, escape, render, tokens, variables_of
from panorama_guard.policy.record import record, replace

NOTHING = Patterns(negated=False, globs=())
TEXTS = (Family.STRING, Family.LIKE)


@record
class Case:
    """What the keys of variables are, and what that says of the conditions on them."""

    values: Pins
    kinds: Kinds
    answers: Mapping[Condition, bool]

    def joined(self, other: "Case") -> "Case":
        """Return what is known in both cases at once."""
        return Case({**self.values, **other.values}, {**self.kinds, **other.kinds}, {**self.answers, **other.answers})


OPEN = Case({}, {}, {})  # nothing is known


class UnlikeError(Exception):
    """A value would change what the wildcards beside it may match."""


def question_in(question: Question, case: Case) -> Question:
    """Return the question as it is in the case, or raise UnlikeError."""
    return replace(question, clauses=tuple(_clause_in(clause, case) for clause in question.clauses))


def resource_in(glob: Glob, case: Case) -> Glob | None:
    """Return a resource as it is in the case, or None where it matches nothing, or raise UnlikeError.

    One that has a variable before the fifth colon stays as it is written, whatever its values are.
    """
    if is_early(glob):
        return glob
    filled = _glob_in(glob, case)
    if filled is not None and _is_reshaped(tokens(glob), tokens(filled)):
        raise UnlikeError
    return filled


def _glob_in(glob: Glob, case: Case) -> Glob | None:
    if not variables_of(glob):
        return glob
    parts = [_part_in(part, case) if isinstance(part, Variable) else render((part,)) for part in tokens(glob)]
    known = [part for part in parts if part is not None]
    return render(tokens(Glob("".join(known)))) if len(known) == len(parts) else None


def _is_reshaped(written: Sequence[Token], filled: Sequence[Token]) -> bool:
    """Say whether the colons of a value make an ARN of what is none, and of which not every character is known."""
    return written.count(":") < SEPARATORS <= filled.count(":") and not all_literal(filled)


def _part_in(variable: Variable, case: Case) -> Glob | None:
    if variable.key in case.kinds:
        return render((Variable(variable.key, None),))
    if variable.key not in case.values:
        return render((variable,))
    values = case.values[variable.key]
    if values:
        return escape(values[0])
    return None if variable.default is None else escape(variable.default)


def _clause_in(clause: Clause, case: Case) -> Clause:
    tests: list[Condition] = []
    for test in clause.tests:
        inside = _test_in(test, case)
        answer = case.answers.get(test, _own_answer(inside, case))
        if answer is False:
            return replace(clause, resources=NOTHING, tests=())
        tests += () if answer else (inside,)
    resources = (found for glob in clause.resources.globs if (found := resource_in(glob, case)) is not None)
    return replace(clause, resources=replace(clause.resources, globs=tuple(resources)), tests=tuple(tests))


def _test_in(test: Condition, case: Case) -> Condition:
    if not test.variables or test.parsed.family in (Family.NULL, Family.UNKNOWN):
        return test
    family = test.parsed.family
    kept = (glob for glob in test.values if keeps_fields(glob, family, lambda field: _glob_in(field, case)))
    values = (found for glob in kept if (found := _glob_in(glob, case)) is not None)
    return replace(test, values=tuple(dict.fromkeys(values)))


def _own_answer(test: Condition, case: Case) -> Truth:
    """Return the answer of a condition that compares a value with itself."""
    own = render((Variable(test.key, None),))
    if test.key in case.kinds and test.parsed.family in TEXTS and any(covers(glob, own) for glob in test.values):
        return not test.parsed.negated
    return None
