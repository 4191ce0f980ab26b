"""The cases of a question with policy variables: what their keys may be, as far as the question can tell.

In a case each key is absent, or has a text that the question singles out, or a value of one kind, of which is known
how it answers every condition on the key. A key that may have several values, or of which too much is asked, is left
open: nothing is known of it.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

from panorama_guard.containment.budget import Budget
from panorama_guard.containment.candidates import is_plain_text
from panorama_guard.containment.cells import all_cells
from panorama_guard.containment.contexts import Frame
from panorama_guard.containment.fillings import NO_KINDS, ValueKind, keys_of
from panorama_guard.containment.instances import OPEN, TEXTS, Case, UnlikeError, question_in
from panorama_guard.containment.multivalued import SEVERAL
from panorama_guard.containment.question import Question
from panorama_guard.containment.relations import excludes
from panorama_guard.containment.singling import Mentions, mentions_of, singled
from panorama_guard.policy.condition import Condition, Family, Quantifier
from panorama_guard.policy.glob import Glob, Variable, escape, literal_text, render, tokens
from panorama_guard.policy.record import record, replace

MOST_CASES = 32
MOST_SINGLED = 6  # texts of one key that are cases of their own


@record
class Instance:
    """A question as it is in a case."""

    question: Question
    case: Case


def instances(question: Question, frame: Frame, budget: Budget) -> list[Instance]:
    """Return the question in cases of which each request is in one, those first that leave nothing open."""
    read = _read(question, budget)
    found = _split(Instance(question, OPEN), read, frozenset(), MOST_CASES, Means(frame, budget))
    return sorted(found, key=lambda instance: len(instance.case.kinds))


@record
class Means:
    """What splitting works with."""

    frame: Frame
    budget: Budget


def _read(question: Question, budget: Budget) -> Mentions:
    read = mentions_of(question)
    budget.spend(read.size)
    return read


def _split(instance: Instance, read: Mentions, known: frozenset[str], room: int, means: Means) -> Iterator[Instance]:
    """Yield the instance in cases that say what every key is but the known ones, and those that stay open."""
    passed = set(known)
    for key in read.keys:
        if key in passed:
            continue
        passed.add(key)
        parts = _parts(instance, key, read, room, means)
        if parts:
            for part in parts:
                inside = _read(part.question, means.budget)
                yield from _split(part, inside, frozenset(passed), room // len(parts), means)
            return
    yield instance


def _parts(instance: Instance, key: str, read: Mentions, room: int, means: Means) -> list[Instance]:
    """Return the instance in the cases of one key; nothing where the key stays open."""
    means.budget.spend()
    if key in means.frame.several or key in SEVERAL:
        return []
    texts = list(islice(dict.fromkeys(singled(key, read)), MOST_SINGLED))
    tried = (_options(key, read, listed, means) for listed in (texts, []))
    options = next((listed for listed in tried if 0 < len(listed) <= room), [])
    means.budget.spend(len(options) * (1 + read.size))
    try:
        return [Instance(question_in(instance.question, option), instance.case.joined(option)) for option in options]
    except UnlikeError:
        return []


def _options(key: str, read: Mentions, texts: list[str], means: Means) -> list[Case]:
    """Return what the key may be; nothing where that cannot be listed."""
    tests = read.tests.get(key, ())
    asked = {test: told for test in tests if not (told := _without_own(test)).variables}
    marks = [Condition("StringEquals", key, (escape(text),)) for text in texts]
    conditions = tuple(dict.fromkeys((*asked.values(), _absence(key), *marks)))
    cells = all_cells(conditions, mixed=key in means.frame.mixed, several=False)
    means.budget.spend_once((conditions, "cases"), cells.cost + 2 * len(cells.cells))
    means.budget.spend(4 + len(cells.cells))  # the cells are remembered; what is made of them below is not
    if not cells.whole:
        return []
    return [
        _option(key, asked, {item: bool(cell.holds >> place & 1) for place, item in enumerate(conditions)}, cell.values)
        for cell in cells.cells
    ]


def _option(
    key: str, asked: Mapping[Condition, Condition], told: Mapping[Condition, bool], values: tuple[str, ...] | None
) -> Case:
    answers = {test: told[item] for test, item in asked.items()}
    if told[_absence(key)]:  # of an absent key it may be supposed what a condition says
        return Case({key: ()}, {}, answers)
    named = (item.values[0] for item, answer in told.items() if answer and _names_one(item))
    text = next((literal_text(glob) for glob in named), None)
    if text is not None:
        return Case({key: (text,)}, {}, answers)
    patterns = [item for item in told if is_plain_text(item)]
    matched = sum((told[item] is not item.parsed.negated) << place for place, item in enumerate(patterns))
    kind = ValueKind(tuple(item.values for item in patterns), matched, values[0] if values else None)
    return Case({}, {key: kind}, answers)


def _absence(key: str) -> Condition:
    return Condition("Null", key, (Glob("true"),))


def _without_own(test: Condition) -> Condition:
    """Return the condition without what compares a value with more than itself, which it never is.

    Where the key has no value nothing is compared, so that no default counts.
    """
    own = render((Variable(test.key, None),))
    if test.parsed.family not in TEXTS or not test.variables:
        return test
    left = (
        glob
        for glob in test.values
        if test.key not in keys_of(glob) or not excludes(_without_defaults(glob), own, NO_KINDS)
    )
    return replace(test, values=tuple(left))


def _without_defaults(glob: Glob) -> Glob:
    return render(Variable(part.key, None) if isinstance(part, Variable) else part for part in tokens(glob))


def _names_one(condition: Condition) -> bool:
    """Say whether the condition holds of one text alone."""
    operator = condition.parsed
    is_plain = operator.quantifier is Quantifier.PLAIN and not operator.negated
    return operator.family is Family.STRING and is_plain and len(condition.values) == 1
