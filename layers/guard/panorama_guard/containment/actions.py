"""Actions that stand for all: of the ways in which the statements can tell actions apart, those that can escape."""

from collections.abc import Iterable, Iterator, Sequence

from panorama_guard.containment.budget import Budget
from panorama_guard.containment.clauses import Actions, glob_covers
from panorama_guard.containment.machine import build
from panorama_guard.containment.plausible import PUBLISHED
from panorama_guard.containment.search import Aim, promising_kinds
from panorama_guard.policy.arn import Reading, Step, steps
from panorama_guard.policy.glob import Glob, Wild, beginning
from panorama_guard.policy.record import record
from panorama_guard.policy.text import ascii_lower

ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_:")
# Every action: a service and a name, neither empty, of the alphabet's characters.
UNIVERSE: tuple[Step, ...] = (
    (Wild.ONE, False),
    (Wild.MANY, False),
    (":", False),
    (Wild.ONE, False),
    (Wild.MANY, False),
)


@record
class Rival:
    """The actions of a statement, and whether it helps a request to escape by matching it."""

    actions: Actions
    is_wanted: bool


_INSIDE = 0b11  # the universe and the glob itself, the first two sets of the walk


def is_action(text: str) -> bool:
    """Say whether a lower-case text can be an action at all."""
    service, _, name = text.partition(":")
    return bool(service and name) and ":" not in name and ALPHABET.issuperset(text)


def named_actions(glob: Glob, named: Iterable[str]) -> Iterator[str]:
    """Yield the actions inside `glob` that any statement names, then published ones."""
    if glob.startswith("*:"):
        yield from (action for service in ("ec2", "iam", "s3") if is_action(action := service + glob[1:]))
    beginning = _beginning(glob)
    for name in (*PUBLISHED, *named):
        if name.startswith(beginning) and glob_covers(glob, name) and is_action(name):
            yield name


def other_actions(glob: Glob, rivals: Sequence[Rival], budget: Budget) -> Iterator[str]:
    """Yield actions inside `glob` that no statement names: if one of all those escapes, one of these does.

    An action that has more of the statements that help an escape and less of those that hinder it than another is as
    good as that other one, which is then left out.
    """
    budget.spend(1 + sum(1 + len(rival.actions.globs) + len(rival.actions.names) for rival in rivals) // 2)
    sets = tuple(dict.fromkeys(found for rival in rivals for found in _sought(rival, glob)))
    names = {name for rival in rivals for name in rival.actions.names if glob_covers(glob, name)}
    is_hidden = False
    for action in _promising(glob, sets, (), budget):
        if action in names:
            is_hidden = True  # the same globs have other actions as well, perhaps
        else:
            yield action
    if is_hidden:
        yield from _promising(glob, sets, sorted(names), budget)


def _sought(rival: Rival, glob: Glob) -> Iterator[tuple[bool, tuple[Glob, ...]]]:
    """Yield whether matching is sought, and the globs of a statement that `glob` may have actions of."""
    found = tuple(sorted({other for other in rival.actions.globs if meet(other, glob)} - {Glob("*")}))
    if found:
        yield rival.is_wanted is not rival.actions.negated, found


def _promising(
    glob: Glob, sets: Sequence[tuple[bool, tuple[Glob, ...]]], names: Sequence[str], budget: Budget
) -> Iterator[str]:
    """Yield the actions inside `glob` that are worth asking about, and are none of `names`."""
    listed = [*([_pattern(other) for other in globs] for _, globs in sets), [_spelled(name) for name in names]]
    budget.spend(sum(len(pattern) for patterns in listed for pattern in patterns) // 2)
    machine = build([[UNIVERSE], [_pattern(glob)], *listed], alphabet=ALPHABET)
    wanted = [*(is_sought for is_sought, _ in sets), False]
    shunned = sum(whole for whole, is_sought in zip(machine.whole[2:], wanted, strict=True) if not is_sought)
    aim = Aim(machine.whole[:2], banned=0, unwanted=shunned)
    for matched, state, trail in promising_kinds(machine, aim, budget, ALPHABET):
        if matched & _INSIDE == _INSIDE and not matched >> len(wanted) + 1:
            yield trail.text(state)


def _spelled(name: str) -> tuple[Step, ...]:
    return tuple((char, True) for char in name)


def _pattern(glob: Glob) -> tuple[Step, ...]:
    return steps(glob, Reading.CROSSING)


def meet(left: Glob, right: Glob) -> bool:
    """Say whether two globs may have an action in common, as far as their literal beginnings tell."""
    one, two = _beginning(left), _beginning(right)
    return one.startswith(two) or two.startswith(one)


def _beginning(glob: Glob) -> str:
    return ascii_lower(beginning(glob))
