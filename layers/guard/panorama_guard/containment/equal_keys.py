"""Keys of which a question says that they are equal: one variable stands for all of them.

An escape meets each condition of the Allow that the question is about. Where one compares a key with no more than the
variable of another, both are there and the same text, so that it makes no difference whose variable is in a pattern.
"""

from collections.abc import Container, Mapping

from panorama_guard.containment.clauses import Clause
from panorama_guard.containment.fillings import is_early
from panorama_guard.containment.instances import TEXTS
from panorama_guard.containment.multivalued import SEVERAL
from panorama_guard.containment.question import Question
from panorama_guard.policy.condition import Condition, Quantifier
from panorama_guard.policy.glob import Glob, Variable, render, tokens, variables_of
from panorama_guard.policy.record import replace


def equal_keys(question: Question, several: Container[str]) -> Mapping[str, str]:
    """Return for each key that equals another one the key that stands for it."""
    found: dict[str, str] = {}
    for test in question.clauses[0].tests:
        other = "" if test.parsed.negated else compared_key(test)
        if other and not any(key in several or key in SEVERAL for key in (test.key, other)):
            left, right = _last(found, test.key), _last(found, other)
            found |= {left: right} if left != right else {}
    return {key: _last(found, key) for key in found}


def _last(found: Mapping[str, str], key: str) -> str:
    while key in found:
        key = found[key]
    return key


def compared_key(test: Condition) -> str:
    """Return the key with whose variable alone the condition, or what it negates, compares its own, or "" if none.

    What is absent makes a negated condition true, `IfExists` or not.
    """
    operator = test.parsed
    is_equality = operator.family in TEXTS and operator.quantifier is Quantifier.PLAIN
    if not is_equality or (operator.if_exists and not operator.negated) or len(test.values) != 1:
        return ""
    first, *more = tokens(test.values[0]) or ("",)
    return first.key if isinstance(first, Variable) and first.default is None and not more else ""


def with_equal_keys(question: Question, same: Mapping[str, str]) -> Question:
    """Return the question with the variables of the keys that stand for others."""
    return replace(question, clauses=tuple(_clause_with(clause, same) for clause in question.clauses))


def _clause_with(clause: Clause, same: Mapping[str, str]) -> Clause:
    globs = tuple(resource_with_equal_keys(glob, same) for glob in clause.resources.globs)
    tests = tuple(
        replace(test, values=tuple(glob_with_equal_keys(glob, same) for glob in test.values)) for test in clause.tests
    )
    return replace(clause, resources=replace(clause.resources, globs=globs), tests=tests)


def resource_with_equal_keys(glob: Glob, same: Mapping[str, str]) -> Glob:
    """Return the resource with the variables of the keys that stand for others.

    One that has a variable before the fifth colon stays as it is written: no proof rests on what such a variable is.
    """
    return glob if is_early(glob) else glob_with_equal_keys(glob, same)


def glob_with_equal_keys(glob: Glob, same: Mapping[str, str]) -> Glob:
    """Return the pattern with the variables of the keys that stand for others; these are there, and need no default."""
    if not variables_of(glob):
        return glob
    return render(
        Variable(same[part.key], None) if isinstance(part, Variable) and part.key in same else part
        for part in tokens(glob)
    )
