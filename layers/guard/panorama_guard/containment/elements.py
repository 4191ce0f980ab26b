"""What two elements of statements have in common, and what one leaves of the other, as far as IAM can write it.

Everything here is about texts in which every wildcard crosses colons. Who needs it under every reading asks the engine.
"""

from collections.abc import Iterable

from panorama_guard.containment.overlap import common_globs, disjoint, plainly_covers
from panorama_guard.policy.document import Patterns
from panorama_guard.policy.glob import Glob
from panorama_guard.policy.record import record

MOST_COMPARED = 60  # patterns of one list that are held against each other

NOTHING = Patterns(negated=False, globs=())
EVERYTHING = Patterns(negated=True, globs=())


@record
class Said:
    """Patterns that say what was asked for; where not `exact` they match more than that, for want of words."""

    patterns: Patterns
    exact: bool


def positive(globs: Iterable[Glob]) -> Patterns:
    """Return the patterns that match what any of the globs matches."""
    return Patterns(negated=False, globs=without_covered(globs))


def plain(patterns: Patterns) -> Patterns:
    """Return the same patterns without those that others cover."""
    if is_everything(patterns):
        return EVERYTHING
    return _negated(patterns.globs) if patterns.negated else positive(patterns.globs)


def is_empty(patterns: Patterns) -> bool:
    """Say whether the patterns match nothing."""
    return "*" in patterns.globs if patterns.negated else not patterns.globs


def is_everything(patterns: Patterns) -> bool:
    """Say whether the patterns plainly match everything."""
    return not patterns.globs if patterns.negated else "*" in patterns.globs


def less(patterns: Patterns, others: Patterns) -> Said:
    """Return what `patterns` match outside `others`."""
    if others.negated:
        return common(patterns, positive(others.globs))
    if patterns.negated or is_everything(patterns):
        return Said(_negated((*(patterns.globs if patterns.negated else ()), *others.globs)), exact=True)
    kept = [glob for glob in patterns.globs if not any(plainly_covers(other, glob) for other in others.globs)]
    exact = all(disjoint(glob, other) for glob in kept for other in others.globs)
    return Said(positive(kept), exact)


def common(patterns: Patterns, others: Patterns) -> Said:
    """Return what both match."""
    if patterns.negated and others.negated:
        return Said(_negated((*patterns.globs, *others.globs)), exact=True)
    if patterns.negated:
        return less(others, positive(patterns.globs))
    if others.negated:
        return less(patterns, positive(others.globs))
    pairs = [(one, common_globs(one, other)) for one in patterns.globs for other in others.globs]
    globs = (glob for one, shared in pairs for glob in ((one,) if shared is None else shared))
    return Said(positive(globs), exact=all(shared is not None for _, shared in pairs))


def meets(patterns: Patterns, others: Patterns) -> bool:
    """Say whether anything may match both."""
    if patterns.negated and others.negated:
        return True
    if patterns.negated or others.negated:
        return not is_empty(common(patterns, others).patterns)
    return any(not disjoint(one, other) for one in patterns.globs for other in others.globs)


def meeting(patterns: Patterns, others: Patterns) -> Patterns:
    """Return `patterns` without those of their globs that have nothing to do with `others`."""
    if patterns.negated:
        return patterns
    return Patterns(negated=False, globs=tuple(glob for glob in patterns.globs if meets(positive((glob,)), others)))


def narrowed(patterns: Patterns, others: Patterns) -> Patterns:
    """Return a part of `patterns` with all that they have in common with `others`, in the words of either."""
    if patterns.negated or others.negated:
        shared = common(patterns, others)
        return shared.patterns if shared.exact or not patterns.negated else patterns
    pairs = ((one, other) for one in patterns.globs for other in others.globs if not disjoint(one, other))
    return positive(other if plainly_covers(one, other) else one for one, other in pairs)


def without_covered(globs: Iterable[Glob]) -> tuple[Glob, ...]:
    """Return the globs that no other one of them plainly covers; of very many, all that are different."""
    listed = tuple(dict.fromkeys(globs))
    open_ones = [glob for glob in listed if "*" in glob or "?" in glob]  # no other covers anything but itself
    if "*" in open_ones:
        return (Glob("*"),)
    if not 0 < len(open_ones) <= MOST_COMPARED or len(listed) == 1:
        return listed
    wide: list[Glob] = []
    for glob in open_ones:
        if not any(plainly_covers(other, glob) for other in wide):
            wide = [other for other in wide if not plainly_covers(glob, other)]
            wide.append(glob)
    return tuple(glob for glob in listed if glob in wide or not any(plainly_covers(other, glob) for other in wide))


def _negated(globs: Iterable[Glob]) -> Patterns:
    kept = without_covered(globs)
    return NOTHING if "*" in kept else Patterns(negated=True, globs=kept)
