"""Says the whole of a page in one word, and in a sentence or two."""

from collections import Counter

from panorama_guard.reporting.page.marks import Mark
from panorama_guard.reporting.review import Outcome, Review, State

_HEADLINES = {
    Outcome.ESCAPED: Mark("out", "Escapes found"),
    Outcome.UNDECIDED: Mark("unknown", "Undecided"),
    Outcome.CONTAINED: Mark("in", "Contained"),
}


_AS_OUTCOMES = {
    State.OPEN: Outcome.ESCAPED,
    State.UNGUARDED: Outcome.ESCAPED,
    State.UNDECIDED: Outcome.UNDECIDED,
    State.WEAK: Outcome.CONTAINED,
    State.INSIDE: Outcome.CONTAINED,
}


def headline(review: Review) -> Mark:
    """Return the worst of all roles and resources in a word."""
    states = {resource.state for resource in review.resources}
    if not review.roles and not states:
        return Mark("none", "Nothing judged")
    outcomes = {review.outcome, *(_AS_OUTCOMES[state] for state in states)}
    return _HEADLINES[next(one for one in (Outcome.ESCAPED, Outcome.UNDECIDED, Outcome.CONTAINED) if one in outcomes)]


def summary(review: Review) -> str:
    """Return the whole in a sentence on the roles, and one on the resources where some were judged."""
    states = Counter(resource.state for resource in review.resources)
    told = ", ".join(f"{states[state]} {state.value}" for state in State if states[state])
    more = f" {counted(len(review.resources), 'resource')} judged: {told}." if told else ""
    return _of_roles(review) + more


def _of_roles(review: Review) -> str:
    total = counted(len(review.roles), "role")
    if not review.roles:
        return "None of the roles that are guarded, nor any that looks like one, was found."
    if review.outcome is Outcome.CONTAINED:
        return f"{total} judged: every one is proved to be inside its ceiling."
    counts = ((Outcome.ESCAPED, "outside"), (Outcome.UNDECIDED, "undecided"), (Outcome.CONTAINED, "inside"))
    told = ", ".join(f"{review.count(outcome)} {word}" for outcome, word in counts if review.count(outcome))
    return f"{total} judged: {told}."


def counted(count: int, noun: str) -> str:
    """Return a number of things in words."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
