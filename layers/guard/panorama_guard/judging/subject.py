"""Judges whatever is guarded, a role or a resource, by the functions of its kind: here they are told apart."""

import json
from typing import NoReturn

from panorama_guard.case import grantor, role_use
from panorama_guard.case.finding import NO_REACH, Finding, Judgement, Kind, Reach
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import Part, ResourceSnapshot, Snapshot
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.waiver import Waiver
from panorama_guard.judging import changing, measuring, remembering
from panorama_guard.judging.decide import Work
from panorama_guard.judging.grantors import reach_of_grant
from panorama_guard.judging.resource import ResourceStandard, escaping_statements, judge_resource
from panorama_guard.judging.resource_rules import RULES
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import Standard, standard_of, waived_documents
from panorama_guard.policy import DocumentError
from panorama_guard.policy.record import replace
from panorama_guard.policy.write import write_document
from panorama_guard.profile import Guarded, GuardedResource
from panorama_guard.profile.posture import Posture

AnyStandard = Standard | ResourceStandard


def standard_for(guarded: Guarded, posture: Posture, waivers: tuple[Waiver, ...] = ()) -> AnyStandard:
    """Return what a role or a resource is judged by."""
    if isinstance(guarded, GuardedResource):
        return ResourceStandard(guarded.profile, waived_documents(waivers), posture)
    return standard_of(guarded, posture, waivers)


def judge(snapshot: Snapshot, standard: AnyStandard, memory: Memory) -> Judgement:
    """Return every finding on a role or a resource; the same function judges before a plan, on paper, and after it."""
    match snapshot, standard:
        case RoleSnapshot(), Standard():
            return judge_role(snapshot, standard, memory)
        case ResourceSnapshot(), ResourceStandard():
            return _judge_with_memory(snapshot, standard, memory)
    return _mismatch(snapshot, standard)


def _judge_with_memory(snapshot: ResourceSnapshot, standard: ResourceStandard, memory: Memory) -> Judgement:
    """Return what is found on a resource, and what of it is another than before where nothing worse is said of that."""
    found = judge_resource(snapshot, standard)
    sources = {finding.source for finding in found.findings}
    changed = (finding for finding in changing.changes_since(snapshot, memory) if finding.source not in sources)
    return Judgement((*found.findings, *changed))


def reach_of(finding: Finding, snapshot: Snapshot, standard: AnyStandard) -> Reach:
    """Return how far the escape of a finding reaches, in words for its incident."""
    match snapshot, standard:
        case RoleSnapshot(), Standard():
            return measuring.reach_of(finding, snapshot, standard)
        case ResourceSnapshot(), ResourceStandard():
            return _reach_of_part(finding, snapshot, standard)
    return _mismatch(snapshot, standard)


def remember(snapshot: Snapshot, judgement: Judgement, memory: Memory, standard: AnyStandard) -> Memory:
    """Return the memory with what may be put back; of what is around a role, which role that was."""
    if isinstance(snapshot, ResourceSnapshot) and snapshot.type == role_use.TYPE:
        is_known = replace(memory.held_by(snapshot.subject.unique_id), is_acquainted=True)
        return is_known if _is_role_itself(snapshot) else memory
    if isinstance(snapshot, ResourceSnapshot):
        learnt = remembering.remember_parts(snapshot, judgement, memory, RULES[snapshot.type].rule_of)
        return changing.learn(snapshot, judgement, learnt)
    if isinstance(standard, Standard):
        return remembering.remember(snapshot, judgement, memory, standard)
    return _mismatch(snapshot, standard)


def _is_role_itself(snapshot: ResourceSnapshot) -> bool:
    """Say whether a snapshot is of what is around a role that is there, and is no news."""
    gone_or_new = (snapshot.text_of(part) for part in (role_use.EXISTENCE, role_use.MADE_AGAIN))
    return all(text is None for text in gone_or_new)


def _reach_of_part(finding: Finding, snapshot: ResourceSnapshot, standard: ResourceStandard) -> Reach:
    """Return the statements through which an escape goes: it is no more than these."""
    if snapshot.type == grantor.TYPE:
        return reach_of_grant(finding, snapshot, standard.profile)
    rule, text = RULES[snapshot.type].rule_of(finding.source), snapshot.text_of(finding.source)
    if finding.kind not in (Kind.RESOURCE_ESCAPE, Kind.WEAKNESS) or rule is None or text is None:
        return NO_REACH
    try:
        escaping = escaping_statements(Part(finding.source, text), rule, snapshot, standard, Work())
    except DocumentError:  # of such a part it is told as well that it is not understood
        return NO_REACH
    written = json.loads(write_document(escaping))
    return Reach(json.dumps(written, separators=(",", ":")), "at most") if escaping else NO_REACH


def _mismatch(snapshot: Snapshot, standard: AnyStandard) -> NoReturn:
    message = f"{snapshot.subject.name} is not judged by a {type(standard).__name__}"
    raise TypeError(message)
