"""Says which statements of the ceiling cover what of a grant, in words and as values."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from panorama_guard.containment import StatementRef
from panorama_guard.containment.covering import Cover
from panorama_guard.reporting.verdict import statement_body


def cover_lines(covers: Iterable[Cover]) -> Iterator[str]:
    """Yield a line for each cover, or one for a run of statements that are each covered by themselves."""
    for (policy, is_same), run in groupby(covers, key=lambda cover: (cover.statement.policy, _is_same(cover))):
        told = list(run)
        if is_same and len(told) > 1:
            yield f"{len(told)} statements of {policy}: each by the same statement of the ceiling's"
        else:
            yield from map(_words, told)


def cover_body(cover: Cover) -> dict[str, Any]:
    """Return a cover as the values of a JSON answer."""
    return {
        "statement": statement_body(cover.statement),
        "by": [[statement_body(ref) for ref in layer] for layer in cover.by],
        "less": [statement_body(ref) for ref in cover.less],
        "within_boundary": bool(cover.within),
        "words": _words(cover),
    }


def places(refs: Sequence[StatementRef]) -> str:
    """Return where statements stand, those of one policy in short: `p, statements 1-3, 7`."""
    runs = [list(run) for _, run in groupby(refs, key=lambda ref: ref.policy)]
    return " together with ".join(run[0].words if len(run) == 1 else _several(run) for run in runs)


def _several(refs: Sequence[StatementRef]) -> str:
    numbers = sorted(ref.index + 1 for ref in refs)
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    told = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"{refs[0].policy}, statements {told}"


def _is_same(cover: Cover) -> bool:
    return cover.by == ((cover.statement,),) and not (cover.less or cover.within)


def _words(cover: Cover) -> str:
    limits = [f"what is denied by {places(cover.less)}"] if cover.less else []
    limits += ["what the boundary does not allow"] if cover.within else []
    if not cover.by:
        left = f" less {' and '.join(limits)}: nothing is left of it" if limits else ": it matches no request"
        return f"{cover.statement.words}{left}"
    less = f" less {' and '.join(limits)}" if limits else ""
    by = "; and by ".join(places(layer) or "nothing" for layer in cover.by)
    return f"{cover.statement.words}{less}: by {by}"
