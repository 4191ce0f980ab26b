"""Judges what a role may do: its effective permission against the ceiling, cause by cause."""

from typing import assert_never

from panorama_guard.case.finding import Finding, Kind, Severity
from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot
from panorama_guard.containment import Contained, Escaped, Grant, Undecided, Verdict
from panorama_guard.judging.decide import Work
from panorama_guard.judging.doubting import doubt_about, doubt_of
from panorama_guard.judging.severity import grade_permission_escape
from panorama_guard.policy import Document, DocumentError, Effect, parse_document
from panorama_guard.policy.record import record, replace


@record
class Reading:
    """What a role's documents grant as far as they are understood, and a doubt for each one that is not.

    Without this split, one odd document beside AdministratorAccess would turn the whole role into a doubt that
    nothing may act on. Leaving a document out is safe for a containment: it is proved to deny nothing in the ceiling.
    """

    grant: Grant
    doubts: tuple[Finding, ...]


def read_permissions(snapshot: RoleSnapshot) -> Reading:
    """Return what a role's identity policies and boundary allow, and what of them is not understood."""
    texts = [(policy.name, policy.text) for policy in snapshot.inline]
    texts += [(policy.arn, policy.text) for policy in snapshot.attached]
    policies, doubts = _parse_each(texts)
    boundaries, limits = _parse_each([(policy.arn, policy.text) for policy in snapshot.boundary])
    return Reading(Grant(policies, tuple((document,) for document in boundaries)), (*doubts, *limits))


def judge_permissions(snapshot: RoleSnapshot, ceiling: Grant, memory: Memory) -> tuple[Finding, ...]:
    """Return one finding for each policy through which permission escapes the ceiling, or cannot be decided.

    Where the loss of the remembered boundary is what lets permission escape, that is the finding instead.
    """
    reading, work = read_permissions(snapshot), Work()
    if isinstance(work.decide_at_once(reading.grant, ceiling), Contained):
        return reading.doubts
    lost = lost_boundary(snapshot, memory)
    if not lost:
        return (*reading.doubts, *judge_each_policy(reading.grant, ceiling))
    return (*reading.doubts, *_judge_under_lost_boundary(reading.grant, ceiling, lost[0]))


def lost_boundary(snapshot: RoleSnapshot, memory: Memory) -> tuple[ManagedPolicy, ...]:
    """Return the remembered boundary if another, or none, stands in its place now."""
    arns = [policy.arn for policy in snapshot.boundary]
    return tuple(policy for policy in memory.boundary if policy.arn not in arns)


def judge_each_policy(grant: Grant, ceiling: Grant) -> tuple[Finding, ...]:
    """Return a finding for each policy whose own Allows, less every Deny of the role, leave the ceiling.

    The whole escape is the union of these, because Allows only add and every Deny applies to each of them.
    """
    work = Work()
    each = [_alone(policy, grant) for policy in grant.policies]
    verdicts = zip(grant.policies, each, work.decide_all(each, ceiling), strict=True)
    return tuple(
        f for policy, alone, verdict in verdicts for f in _findings(policy.name, alone, verdict, ceiling, work)
    )


def grant_through(source: str, grant: Grant) -> Grant:
    """Return what is granted through one policy of a grant: by its own Allows, less every Deny of all."""
    return next((_alone(policy, grant) for policy in grant.policies if policy.name == source), grant)


def denies_of(grant: Grant) -> Grant:
    """Return what limits every policy of a grant: the Denies of all, and the boundaries."""
    return Grant(tuple(map(_denies_of, grant.policies)), grant.boundaries)


def _alone(policy: Document, grant: Grant) -> Grant:
    denies = (_denies_of(other) for other in grant.policies if other is not policy)
    return Grant((policy, *(document for document in denies if document.statements)), grant.boundaries)


def _denies_of(document: Document) -> Document:
    return replace(document, statements=tuple(s for s in document.statements if s.effect is Effect.DENY))


def _parse_each(texts: list[tuple[str, str]]) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
    documents, doubts = [], []
    for name, text in texts:
        try:
            documents.append(parse_document(text, name=name))
        except DocumentError as error:
            doubts.append(doubt_of(name, str(error)))
    return tuple(documents), tuple(doubts)


def _judge_under_lost_boundary(grant: Grant, ceiling: Grant, boundary: ManagedPolicy) -> tuple[Finding, ...]:
    remembered, doubts = _parse_each([(boundary.arn, boundary.text)])
    if doubts:
        return judge_each_policy(grant, ceiling)
    bounded = Grant(grant.policies, (remembered,))
    now = judge_each_policy(grant, ceiling)
    before = judge_each_policy(bounded, ceiling)
    sources = {finding.source for finding in before}
    freed = [f for f in now if f.source not in sources and f.kind is Kind.PERMISSION_ESCAPE]
    if not freed:
        return now
    worst = next((finding for finding in freed if finding.severity is Severity.CRITICAL), freed[0])
    return (replace(worst, kind=Kind.BOUNDARY_ESCAPE, source=boundary.arn), *before)


def _findings(name: str, alone: Grant, verdict: Verdict, ceiling: Grant, work: Work) -> tuple[Finding, ...]:
    match verdict:
        case Contained():
            return ()
        case Undecided(reason):
            return (doubt_about(name, alone, ceiling, reason, work),)
        case Escaped():
            return (Finding(Kind.PERMISSION_ESCAPE, grade_permission_escape(alone, ceiling, work), name, verdict),)
    assert_never(verdict)
