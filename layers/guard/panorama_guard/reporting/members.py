"""Says how the member accounts of an organisation stand: which cannot be read, and which was swept longest ago."""

from collections import Counter
from collections.abc import Iterator, Sequence

from panorama_guard.case.member import Member, MemberState
from panorama_guard.case.times import shown_time
from panorama_guard.reporting.plain import plain

MOST_LISTED = 50


def members_body(members: Sequence[Member], most: int = MOST_LISTED) -> dict[str, object] | None:
    """Return it for machines, with so many entries at most; None where there are no members."""
    if not members:
        return None
    states, last = Counter(member.state for member in members), _swept_longest_ago(members)
    return {
        "all": len(members),
        **{state.name.lower(): states[state] for state in MemberState},
        "swept_longest_ago": {"account": last.account, "at": last.swept_at} if last else None,
        "not_read": [
            {"account": one.account, "state": one.state.value, "since": one.since, "why": plain(one.why)}
            for one in _not_read(members)[:most]
        ],
    }


def members_line(members: Sequence[Member]) -> str:
    """Return it in one line; empty where there are no members."""
    states, last = Counter(member.state for member in members), _swept_longest_ago(members)
    counts = ", ".join(f"{states[state]} {state.value}" for state in MemberState if states[state])
    return f"{counts}; swept longest ago: {last.account}, {shown_time(last.swept_at)}" if last else counts


def not_read_lines(members: Sequence[Member]) -> Iterator[str]:
    """Yield a line for each that is not read whole."""
    yield from (f"{one.why}, since {shown_time(one.since)}" for one in _not_read(members))


def _not_read(members: Sequence[Member]) -> list[Member]:
    """Return those that are not read whole, those first that have been so for longest."""
    return sorted((one for one in members if one.state is not MemberState.READ), key=lambda one: one.since)


def _swept_longest_ago(members: Sequence[Member]) -> Member | None:
    """Return it, of those that were ever swept."""
    return min((one for one in members if one.swept_at), key=lambda one: one.swept_at, default=None)
