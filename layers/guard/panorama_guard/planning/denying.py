"""The first rung of a permission escape: an inline policy that denies what escapes."""

from collections.abc import Iterator

from panorama_guard.case.step import PutInline
from panorama_guard.judging.measuring import measure_finding
from panorama_guard.planning.containment_deny import narrow_denies, wide_denies
from panorama_guard.planning.names import containment_name, containments
from panorama_guard.planning.plan import Promise, Proposal
from panorama_guard.planning.situation import Situation


def deny_escape(situation: Situation) -> Iterator[Proposal]:
    """Yield the Deny of this escape, then the Deny of every escape, and at last that one in place of another Deny.

    Where the quota leaves no room for one more containment, one for all takes the room of one that stands already.
    """
    snapshot, ceiling = situation.snapshot, situation.standard.permissions
    name = containment_name(situation)
    # A containment of this name is replaced, so what it denies has to be denied by the one in its place.
    for extent in measure_finding(situation.finding, snapshot.without_inline(name), situation.standard):
        yield from (_put(name, text) for text in narrow_denies(extent.document, ceiling))
    yield from (_put(name, text) for text in wide_denies(ceiling))
    others = [policy.name for policy in containments(snapshot) if policy.name != name]
    yield from (_put(other, text) for other in others for text in wide_denies(ceiling))


def _put(name: str, text: str) -> Proposal:
    return Proposal((PutInline(name, text),), Promise.NOTHING_LOST)
