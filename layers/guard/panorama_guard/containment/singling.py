"""Texts of which a question may say something else than of all other values of a variable's key."""

from collections.abc import Iterator, Sequence

from panorama_guard.containment.fillings import keys_of
from panorama_guard.containment.instances import TEXTS
from panorama_guard.containment.question import Question
from panorama_guard.containment.relations import fit, is_all_but_variables
from panorama_guard.policy.condition import Condition, Family
from panorama_guard.policy.glob import Glob, Variable, literal_text, tokens, variables_of

TRUTHS = (Glob("true"), Glob("false"))


def singled(key: str, question: Question) -> Iterator[str]:
    """Yield the texts that the key is compared with, and those that make two texts of the question equal."""
    tests = [test for clause in question.clauses for test in clause.tests]
    for test in tests:
        if test.key == key and test.parsed.family in TEXTS:
            yield from (text for glob in test.values if (text := literal_text(glob)) is not None)
    counts = {_count(key, glob) for clause in question.clauses for glob in clause.globs if variables_of(glob)}
    yield from ("",) if len(counts) > 1 else ()
    yield from _fitting(key, [glob for clause in question.clauses for glob in clause.resources.globs])
    for asked in dict.fromkeys(test.key for test in tests):
        yield from _fitting(key, [glob for test in tests if test.key == asked for glob in _compared(test)])


def _compared(test: Condition) -> tuple[Glob, ...]:
    """Return the condition's values; beside a variable under `Bool` the two that say anything there."""
    return (*test.values, *TRUTHS) if test.parsed.family is Family.BOOL and test.variables else test.values


def _count(key: str, glob: Glob) -> int:
    return sum(isinstance(part, Variable) and part.key == key for part in tokens(glob))


def _fitting(key: str, globs: Sequence[Glob]) -> Iterator[str]:
    """Yield the values that make a pattern without wildcards one of the texts, its other variables being empty."""
    opened = [glob for glob in dict.fromkeys(globs) if key in keys_of(glob) and is_all_but_variables(glob)]
    texts = [text for glob in globs if opened and (text := literal_text(glob)) is not None]
    found = (_fit(glob, text) for glob in opened for text in texts)
    return (value for value in found if value is not None)


def _fit(glob: Glob, text: str) -> str | None:
    if len(keys_of(glob)) == 1:
        return fit(glob, text)
    return "" if "".join(part for part in tokens(glob) if isinstance(part, str)) == text else None
