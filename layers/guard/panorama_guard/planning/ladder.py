"""Chooses what to do about a finding: rung by rung, least harm first, the first one that is proved.

The rungs that come later (detaching, the ceiling as boundary, quarantine) have their place in `RUNGS`.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import assert_never

from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import slot_of
from panorama_guard.case.snapshot import digest
from panorama_guard.case.step import (
    DeleteBoundary,
    DeleteInline,
    PutBoundary,
    PutInline,
    PutTrust,
    Step,
    apply_step,
    describe_step,
    invert_step,
)
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.planning.containment_deny import narrow_denies, wide_denies
from panorama_guard.planning.plan import Plan, Refused
from panorama_guard.planning.proof import Situation, why_not_proved
from panorama_guard.planning.trust_repair import repair_trust

CONTAINMENT_PREFIX = "panorama-guard-containment-"

Rung = Callable[[Situation], Iterator[Step]]


def plan_remediation(situation: Situation) -> Plan | Refused:
    """Return the first step of the ladder that is proved, with its proof; or Refused with why each one was not."""
    refusals = []
    for step in chain.from_iterable(rung(situation) for rung in RUNGS[situation.finding.kind]):
        after = apply_step(situation.snapshot, step)
        refusal = why_not_proved(situation, after)
        if not refusal:
            inverse = invert_step(situation.snapshot, step)
            return Plan(situation.snapshot.fingerprint, (step,), (inverse,), describe_proof(step))
        refusals.append(f"{describe_step(step)}: {refusal}")
    return Refused("no plan could be proved: " + ("; ".join(dict.fromkeys(refusals)) or "no rung applies"))


def containment_name(situation: Situation) -> str:
    """Return the name of the inline policy that contains one cause on one role: one cause, one name."""
    finding = situation.finding
    slot = slot_of(situation.snapshot.subject.unique_id, finding.kind, finding.source)
    return CONTAINMENT_PREFIX + digest(slot)[:12]


def _deny_escape(situation: Situation) -> Iterator[Step]:
    name, ceiling = containment_name(situation), situation.standard.permissions
    policies = read_permissions(situation.snapshot).grant.policies
    for source in policies:
        if source.name == situation.finding.source:
            yield from (PutInline(name, text) for text in narrow_denies(source, ceiling))
    yield from (PutInline(name, text) for text in wide_denies(ceiling))


def _repair_trust(situation: Situation) -> Iterator[Step]:
    repaired = repair_trust(situation.snapshot.trust, situation.standard.trust)
    yield from (PutTrust(text) for text in (repaired or situation.memory.trust))


def _restore_boundary(situation: Situation) -> Iterator[Step]:
    """Yield the remembered boundary, if its policy still says what it said when the role was judged contained."""
    hashes = {policy.digest for policy in situation.memory.boundary}
    yield from (PutBoundary(policy) for policy in situation.live_boundary if policy.digest in hashes)


RUNGS: Mapping[Kind, tuple[Rung, ...]] = {
    Kind.PERMISSION_ESCAPE: (_deny_escape,),
    Kind.TRUST_ESCAPE: (_repair_trust,),
    Kind.BOUNDARY_ESCAPE: (_restore_boundary, _deny_escape),
    Kind.UNDECIDED: (),
}

_LOSES_NOTHING = "and everything granted inside the ceiling before is granted after"


def describe_proof(step: Step) -> str:
    """Return what is proved of a step once it is proved."""
    match step:
        case PutInline() | DeleteInline():
            return f"decided over all requests: after the step this escape is gone, {_LOSES_NOTHING}"
        case PutTrust():
            return (
                "decided over all principals: after the step nobody outside the profile may become the role, and "
                "everybody inside it who could still can; sessions issued before are not ended by it"
            )
        case PutBoundary() | DeleteBoundary():
            return (
                "decided over all requests: after the step this escape is gone, and everything granted inside the "
                "ceiling under that boundary is granted again; what only its loss had given is withdrawn"
            )
    assert_never(step)
