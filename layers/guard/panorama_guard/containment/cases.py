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
from panorama_guard.containment.singling import singled
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
    found = _split(Instance(question, OPEN), frozenset(), MOST_CASES, frame, budget)
    return sorted(found, key=lambda instance: len(instance.case.kinds))


def _split(instance: Instance, known: frozenset[str], room: int, frame: Frame, budget: Budget) -> Iterator[Instance]:
    """Yield the instance in cases that say what every key is but the known ones, and those that stay open."""
    key = next((key for key in _keys(instance.question) if key not in known), None)
    if key is None:
        yield instance
        return
    parts = _parts(instance, key, room, frame, budget)
    for part in parts:
        yield from _split(part, known | {key}, room // len(parts), frame, budget)


def _keys(question: Question) -> list[str]:
    """Return the keys of the question's variables, those last which are compared with another's value."""
    keys = {key for clause in question.clauses for glob in clause.globs for key in keys_of(glob)}
    compared = {test.key for clause in question.clauses for test in clause.tests if test.variables}
    return sorted(keys, key=lambda key: (key in compared, key))


def _parts(instance: Instance, key: str, room: int, frame: Frame, budget: Budget) -> list[Instance]:
    """Return the instance in the cases of one key; itself where the key stays open."""
    question = instance.question
    budget.spend(1 + len(question.clauses) // 2)
    if key in frame.several or key in SEVERAL:
        return [instance]
    texts = list(islice(dict.fromkeys(singled(key, question)), MOST_SINGLED))
    tried = (_options(key, question, listed, frame, budget) for listed in (texts, []))
    options = next((listed for listed in tried if 0 < len(listed) <= room), [])
    try:
        parts = [Instance(question_in(question, option), instance.case.joined(option)) for option in options]
    except UnlikeError:
        return [instance]
    budget.spend(len(parts) * (1 + len(question.clauses) // 2))
    return parts or [instance]


def _options(key: str, question: Question, texts: list[str], frame: Frame, budget: Budget) -> list[Case]:
    """Return what the key may be; nothing where that cannot be listed."""
    tests = dict.fromkeys(test for clause in question.clauses for test in clause.tests if test.key == key)
    asked = {test: told for test in tests if not (told := _without_own(test)).variables}
    marks = [Condition("StringEquals", key, (escape(text),)) for text in texts]
    conditions = tuple(dict.fromkeys((*asked.values(), _absence(key), *marks)))
    cells = all_cells(conditions, mixed=key in frame.mixed, several=False)
    budget.spend_once((conditions, "cases"), cells.cost + 2 * len(cells.cells))
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
