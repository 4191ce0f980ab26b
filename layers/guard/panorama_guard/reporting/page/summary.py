"""Says the whole of a page in one word, and in a sentence or two."""

from collections import Counter

from panorama_guard.reporting.page.marks import Mark
from panorama_guard.reporting.page.records import PosturePage
from panorama_guard.reporting.review import Outcome, Review, State

_HEADLINES = {
    Outcome.ESCAPED: Mark("out", "Escapes found"),
    Outcome.UNDECIDED: Mark("unknown", "Undecided"),
    Outcome.CONTAINED: Mark("in", "Contained"),
}
_ELSEWHERE = Mark("out", "Open in member accounts")

_AS_OUTCOMES = {
    State.OPEN: Outcome.ESCAPED,
    State.UNGUARDED: Outcome.ESCAPED,
    State.UNDECIDED: Outcome.UNDECIDED,
    State.WEAK: Outcome.CONTAINED,
    State.INSIDE: Outcome.CONTAINED,
}


def headline(page: PosturePage) -> Mark:
    """Return the worst of all roles and resources in a word; where they are well, what is open in member accounts."""
    mark = _of_account(page.review)
    is_well = mark.tone in ("in", "none")
    return _ELSEWHERE if is_well and page.record and page.record.open_there else mark


def _of_account(review: Review) -> Mark:
    states = {resource.state for resource in review.resources}
    if not review.roles and not states:
        return Mark("none", "Nothing judged")
    outcomes = {review.outcome, *(_AS_OUTCOMES[state] for state in states)}
    return _HEADLINES[next(one for one in (Outcome.ESCAPED, Outcome.UNDECIDED, Outcome.CONTAINED) if one in outcomes)]


def summary(page: PosturePage) -> str:
    """Return the whole in a sentence on the roles, and one on the resources and on member accounts where there are."""
    review, there = page.review, open_in_words(page)
    states = Counter(resource.state for resource in review.resources)
    told = ", ".join(f"{states[state]} {state.value}" for state in State if states[state])
    more = f" {counted(len(review.resources), 'resource')} judged: {told}." if told else ""
    return _of_roles(review) + more + (f" {there}." if there else "")


def open_in_words(page: PosturePage) -> str:
    """Return how many incidents are open in member accounts; empty where none is."""
    there = page.record.open_there if page.record else ()
    accounts = counted(len({incident.account for incident in there}), "member account")
    are = "incident is" if len(there) == 1 else "incidents are"
    return f"{len(there)} {are} open in {accounts}" if there else ""


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
