"""Asks the engine, and makes of an engine that fails a doubt."""

from panorama_guard.containment import Grant, Undecided, Verdict, check


def decide(grant: Grant, ceiling: Grant) -> Verdict:
    """Return whether a grant is inside a ceiling; undecided where the question is too large to be asked.

    Whoever writes a policy chooses how absurd it is. An error here would end in a message that is tried again and
    again and told of by nothing but the dead letters' alarm; a doubt is written down and told at once.
    """
    try:
        return check(grant, ceiling)
    except (RecursionError, MemoryError) as error:
        return Undecided(f"too deep or too large to be decided: {type(error).__name__}")
