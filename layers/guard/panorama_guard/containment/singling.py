"""Texts of which a question may say something else than of all other values of a variable's key."""

from collections.abc import Iterable, Iterator, Mapping

from panorama_guard.containment.fillings import keys_of
from panorama_guard.containment.instances import TEXTS
from panorama_guard.containment.question import Question
from panorama_guard.containment.relations import fit, is_all_but_variables
from panorama_guard.policy.condition import Condition, Family
from panorama_guard.policy.glob import Glob, Variable, literal_text, tokens, variables_of
from panorama_guard.policy.record import record

TRUTHS = (Glob("true"), Glob("false"))


@record
class Mentions:
    """What a question says of keys, read once: to look through the whole of it for each of its keys takes the square.

    `keys` are those of its variables, those last which are compared with another's value. `counts` has how often each
    stands in a pattern that has variables, `fitting` the patterns with it and the texts that stand beside them.
    """

    keys: tuple[str, ...]
    tests: Mapping[str, tuple[Condition, ...]]  # by the key that they are on
    counts: Mapping[str, set[int]]
    fitting: Mapping[str, list[tuple[Glob, list[str]]]]
    size: int


def mentions_of(question: Question) -> Mentions:
    """Return what a question says of keys."""
    tests: dict[str, list[Condition]] = {}
    for clause in question.clauses:
        for test in clause.tests:
            tests.setdefault(test.key, []).append(test)
    compared = {key for key, listed in tests.items() if any(test.variables for test in listed)}
    opened = [glob for clause in question.clauses for glob in clause.globs if variables_of(glob)]
    counts = _counts(opened)
    resources = [glob for clause in question.clauses for glob in clause.resources.globs]
    beside = [resources, *([glob for test in listed for glob in _compared(test)] for listed in tests.values())]
    return Mentions(
        tuple(sorted(counts, key=lambda key: (key in compared, key))),
        {key: tuple(dict.fromkeys(listed)) for key, listed in tests.items()},
        counts,
        _fitting(beside),
        len(question.clauses) + sum(map(len, beside)),
    )


def singled(key: str, mentions: Mentions) -> Iterator[str]:
    """Yield the texts that the key is compared with, and those that make two texts of the question equal."""
    for test in mentions.tests.get(key, ()):
        if test.parsed.family in TEXTS:
            yield from (text for glob in test.values if (text := literal_text(glob)) is not None)
    yield from ("",) if len(mentions.counts.get(key, ())) > 1 else ()
    found = (_fit(glob, text) for glob, texts in mentions.fitting.get(key, ()) for text in texts)
    yield from (value for value in found if value is not None)


def _compared(test: Condition) -> tuple[Glob, ...]:
    """Return the condition's values; beside a variable under `Bool` the two that say anything there."""
    return (*test.values, *TRUTHS) if test.parsed.family is Family.BOOL and test.variables else test.values


def _counts(opened: list[Glob]) -> dict[str, set[int]]:
    """Return how often each key stands in a pattern: not at all, where it is in some and not in all."""
    counts: dict[str, list[int]] = {}
    for glob in opened:
        inside: dict[str, int] = {}
        for part in tokens(glob):
            if isinstance(part, Variable):
                inside[part.key] = inside.get(part.key, 0) + 1
        for key, count in inside.items():
            counts.setdefault(key, []).append(count)
    return {key: {*listed, *((0,) if len(listed) < len(opened) else ())} for key, listed in counts.items()}


def _fitting(beside: Iterable[list[Glob]]) -> dict[str, list[tuple[Glob, list[str]]]]:
    """Return by key the patterns without wildcards that have it, each with the texts that it may be."""
    found: dict[str, list[tuple[Glob, list[str]]]] = {}
    for globs in beside:
        opened = [glob for glob in dict.fromkeys(globs) if variables_of(glob) and is_all_but_variables(glob)]
        texts = [text for glob in globs if opened and (text := literal_text(glob)) is not None]
        for glob in opened if texts else ():
            for key in keys_of(glob):
                found.setdefault(key, []).append((glob, texts))
    return found


def _fit(glob: Glob, text: str) -> str | None:
    """Return the value that makes a pattern a text, its other variables being empty, or None if there is none."""
    if len(keys_of(glob)) == 1:
        return fit(glob, text)
    return "" if "".join(part for part in tokens(glob) if isinstance(part, str)) == text else None
