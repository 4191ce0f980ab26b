"""Actions that stand for all: for each way in which the statements can tell actions apart, one action."""

from collections.abc import Container, Iterable, Iterator, Sequence

from panorama_guard.containment.budget import Budget
from panorama_guard.containment.clauses import Actions, glob_covers
from panorama_guard.containment.machine import Machine, build
from panorama_guard.containment.plausible import PUBLISHED
from panorama_guard.containment.search import every_kind
from panorama_guard.policy.arn import Step
from panorama_guard.policy.condition import ascii_lower
from panorama_guard.policy.glob import Glob, Wild, tokens

ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_:")
# Every action: a service and a name, neither empty, of the alphabet's characters.
UNIVERSE: tuple[Step, ...] = (
    (Wild.ONE, False),
    (Wild.MANY, False),
    (":", False),
    (Wild.ONE, False),
    (Wild.MANY, False),
)


_INSIDE = 0b11  # the universe and the glob itself, the first two sets of the walk


def is_action(text: str) -> bool:
    """Say whether a lower-case text can be an action at all."""
    service, _, name = text.partition(":")
    return bool(service and name) and ":" not in name and ALPHABET.issuperset(text)


def named_actions(asked: Actions, glob: Glob, named: Iterable[str]) -> Iterator[str]:
    """Yield the actions inside `glob` that any statement names, then published ones."""
    if glob in asked.names:
        if is_action(glob):
            yield glob
        return
    if glob.startswith("*:"):
        yield from (action for service in ("ec2", "iam", "s3") if is_action(action := service + glob[1:]))
    beginning = _beginning(glob)
    for name in (*PUBLISHED, *named):
        if name.startswith(beginning) and glob_covers(glob, name) and is_action(name):
            yield name


def other_actions(glob: Glob, others: Sequence[Actions], budget: Budget) -> Iterator[str]:
    """Yield actions inside `glob` that no statement names: one for each combination of the other globs."""
    budget.spend(1 + sum(1 + len(listed.globs) + len(listed.names) for listed in others) // 2)
    globs = {other for listed in others for other in listed.globs if meet(other, glob)} - {glob, Glob("*")}
    budget.spend(sum(map(len, globs)) // 2)
    names = {name for listed in others for name in listed.names if glob_covers(glob, name)}
    sets = [[UNIVERSE], [_pattern(glob)], *([_pattern(other)] for other in sorted(globs))]
    hidden = dict[int, str]()  # combinations met so far only at names
    seen: set[int] = set()
    for matched, text in _kinds(build(sets), seen, budget):
        if text in names:
            hidden[matched] = text
        else:
            seen.add(matched)
            yield text
    remaining = hidden.keys() - seen
    if remaining:
        yield from _behind_names(sets, sorted(names), remaining, budget)


def _behind_names(
    sets: Sequence[Sequence[Sequence[Step]]], names: Sequence[str], hidden: Container[int], budget: Budget
) -> Iterator[str]:
    """Yield actions of the combinations `hidden` that are none of `names`: the names take part in the walk."""
    patterns = [tuple((char, True) for char in name) for name in names]
    budget.spend(sum(map(len, names)) // 2)
    seen: set[int] = set()
    for matched, text in _kinds(build([*sets, patterns]), seen, budget):
        seen.add(matched)
        if matched in hidden:  # the set of the names is the last: with it the number would be another
            yield text


def _kinds(machine: Machine, seen: Container[int], budget: Budget) -> Iterator[tuple[int, str]]:
    """Yield (sets, action) for actions inside the glob whose combination of sets is not yet in `seen`."""
    for matched, state, trail in every_kind(machine, budget, ALPHABET, machine.whole[:2]):
        if matched & _INSIDE == _INSIDE and matched not in seen:
            yield matched, trail.text(state)


def _pattern(glob: Glob) -> tuple[Step, ...]:
    return tuple((token, True) for token in tokens(glob))


def meet(left: Glob, right: Glob) -> bool:
    """Say whether two globs may have an action in common, as far as their literal beginnings tell."""
    one, two = _beginning(left), _beginning(right)
    return one.startswith(two) or two.startswith(one)


def _beginning(glob: Glob) -> str:
    places = [place for char in "*?$" if (place := glob.find(char)) >= 0]
    return ascii_lower(glob[: min(places, default=len(glob))])
