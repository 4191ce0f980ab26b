"""Chooses what to do about a finding: rung by rung, least harm first, the first one that is proved.

The rungs that come later (detaching, the ceiling as boundary, quarantine) have their place in `RUNGS`.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, count
from typing import assert_never

from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import slot_of
from panorama_guard.case.snapshot import InlinePolicy, RoleSnapshot, digest
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
from panorama_guard.judging.measuring import measure_finding
from panorama_guard.judging.role import judge_role
from panorama_guard.planning.containment_deny import narrow_denies, wide_denies
from panorama_guard.planning.plan import Plan, Refused
from panorama_guard.planning.proof import Situation, is_deny_only, why_not_proved
from panorama_guard.planning.trust_repair import repair_trust
from panorama_guard.policy import DocumentError, parse_document

CONTAINMENT_PREFIX = "panorama-guard-containment-"

Rung = Callable[[Situation], Iterator[Step]]


def plan_remediation(situation: Situation, *, strongest: bool = False) -> Plan | Refused:
    """Return the first step of the ladder that is proved, with its proof; or Refused with why each one was not.

    With `strongest` the ladder is climbed from its top, for an escape that came back too often.
    """
    refusals = []
    before = judge_role(situation.snapshot, situation.standard, situation.memory)
    steps = list(chain.from_iterable(rung(situation) for rung in RUNGS[situation.finding.kind]))
    for step in reversed(steps) if strongest else steps:
        refusal = why_not_proved(situation, before, apply_step(situation.snapshot, step))
        if not refusal:
            inverse = invert_step(situation.snapshot, step)
            return Plan(situation.snapshot.fingerprint, (step,), (inverse,), describe_proof(step))
        refusals.append(f"{describe_step(step)}: {refusal}")
    return Refused("no plan could be proved: " + ("; ".join(dict.fromkeys(refusals)) or "no rung applies"))


def containment_name(situation: Situation) -> str:
    """Return the name of the inline policy that contains one cause on one role: one cause, one name.

    Who writes something else under that name first does not have it replaced: the containment gets the next number.
    """
    finding = situation.finding
    slot = slot_of(situation.snapshot.subject.unique_id, finding.kind, finding.source)
    name = CONTAINMENT_PREFIX + digest(slot)[:12]
    numbered = (f"{name}-{number}" for number in count(2))
    return next(one for one in chain((name,), numbered) if _is_ours_to_put(one, situation.snapshot))


def _is_ours_to_put(name: str, snapshot: RoleSnapshot) -> bool:
    """Say whether a containment may be put under a name; a name that differs in case only may be the same to IAM."""
    same = (policy for policy in snapshot.inline if policy.name.lower() == name.lower())
    return all(policy.name == name and _is_containment(policy) for policy in same)


def _is_containment(policy: InlinePolicy) -> bool:
    """Say whether an inline policy is one of the guard's, or as good: it bears its name and only denies."""
    try:
        document = parse_document(policy.text, name=policy.name)
    except DocumentError:
        return False
    return policy.name.startswith(CONTAINMENT_PREFIX) and is_deny_only(document)


def _deny_escape(situation: Situation) -> Iterator[Step]:
    """Yield the Deny of this escape, then the Deny of every escape, and at last that one in place of another Deny.

    Where the quota leaves no room for one more containment, one for all takes the room of one that stands already.
    """
    snapshot, ceiling = situation.snapshot, situation.standard.permissions
    name = containment_name(situation)
    # A containment of this name is replaced, so what it denies has to be denied by the one in its place.
    for extent in measure_finding(situation.finding, snapshot.without_inline(name), situation.standard):
        yield from (PutInline(name, text) for text in narrow_denies(extent.document, ceiling))
    yield from (PutInline(name, text) for text in wide_denies(ceiling))
    others = (policy.name for policy in snapshot.inline if policy.name != name and _is_containment(policy))
    yield from (PutInline(other, text) for other in others for text in wide_denies(ceiling))


def _repair_trust(situation: Situation) -> Iterator[Step]:
    """Yield what can be kept of the trust policy, then the remembered one, and at last the profile's own."""
    repaired = repair_trust(situation.snapshot.trust, situation.standard.trust)
    yield from (PutTrust(text) for text in (*repaired, *situation.memory.trust, *situation.standard.trust_text))


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
