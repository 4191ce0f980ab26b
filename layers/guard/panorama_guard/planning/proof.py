"""Proves a plan on paper, with the engine that judges."""

from dataclasses import dataclass, replace

from panorama_guard.case.finding import Finding, Judgement, Kind
from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot
from panorama_guard.containment import Contained, Grant
from panorama_guard.judging.decide import decide
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import Standard
from panorama_guard.judging.trust import read_trust
from panorama_guard.policy import Document, Effect

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space does not count
INLINE_QUOTA = 10_240
TRUST_QUOTA = 2_048


@dataclass(frozen=True, slots=True)
class Situation:
    """What a plan is made for. `live_boundary` is the remembered boundary's policy as it is now, if it still is."""

    finding: Finding
    snapshot: RoleSnapshot
    standard: Standard
    memory: Memory
    live_boundary: tuple[ManagedPolicy, ...]


def why_not_proved(situation: Situation, before: Judgement, after: RoleSnapshot) -> str:
    """Return what keeps a change of the role judged `before` from being proved safe, or an empty text if it is proved.

    Proved means: the finding is gone and no other has come; everything granted inside the ceiling before is granted
    after; and what the change makes longer fits IAM's quotas.
    """
    quota = _over_quota(situation.snapshot, after)
    if quota:
        return quota
    if not _complies(situation.finding, before, judge_role(after, situation.standard, situation.memory)):
        return "the role would still escape"
    if not _keeps_permissions(situation, after):
        return "permission inside the ceiling would be lost"
    if not _keeps_trust(situation, after):
        return "trust inside the profile would be lost"
    return ""


def _complies(finding: Finding, before: Judgement, after: Judgement) -> bool:
    """Say whether the cause is proved to be gone, and nothing has come that was not found before.

    A policy that was found to escape may be in doubt after, or was in doubt before: that is told as it is. Were it
    to count against the plan, a policy that nobody understands would shield every other one.
    """
    causes = {(one.kind, one.source) for one in before.findings} - {(Kind.UNDECIDED, finding.source)}
    sources = {one.source for one in before.findings} - {finding.source}
    come = [one for one in after.findings if (one.kind, one.source) not in causes]
    is_gone = not after.of(finding.kind, finding.source)
    return is_gone and all(one.kind is Kind.UNDECIDED and one.source in sources for one in come)


def _keeps_permissions(situation: Situation, after: RoleSnapshot) -> bool:
    """Say whether what was granted inside the ceiling still is.

    Where a lost boundary is put back, "before" is the role under that boundary: what its loss gave was never meant.
    """
    snapshot, ceiling = situation.snapshot, situation.standard.permissions
    if after.boundary != snapshot.boundary:
        snapshot = snapshot.with_boundary(situation.memory.boundary)
    before, then = read_permissions(snapshot), read_permissions(after)
    if before.doubts == then.doubts and _denies_nothing_inside(ceiling, before.grant, then.grant):
        return True
    return not before.doubts and _is_kept(before.grant, ceiling, then.grant)


def _denies_nothing_inside(ceiling: Grant, before: Grant, after: Grant) -> bool:
    """Say whether the change only adds documents, or replaces Denies, and denies nothing more in the ceiling.

    Then nobody's grant there is lost. This asks nothing of what the role is granted, so it is cheap, and it holds for
    documents that are not understood. What is denied and in the ceiling is asked for by allowing it: it has to be
    inside nothing at all.
    """
    replaced = [policy for policy in before.policies if policy not in after.policies]
    if before.boundaries != after.boundaries or not all(is_deny_only(policy) for policy in replaced):
        return False
    denied = tuple(_denied_by(policy) for policy in after.policies if policy not in before.policies)
    inside = Grant(denied, (ceiling.policies, *ceiling.boundaries))
    return isinstance(decide(inside, Grant(())), Contained)


def is_deny_only(document: Document) -> bool:
    """Say whether a document allows nothing, so that who loses it loses no permission."""
    return all(statement.effect is Effect.DENY for statement in document.statements)


def _denied_by(policy: Document) -> Document:
    denies = (statement for statement in policy.statements if statement.effect is Effect.DENY)
    return replace(policy, statements=tuple(replace(statement, effect=Effect.ALLOW) for statement in denies))


def _keeps_trust(situation: Situation, after: RoleSnapshot) -> bool:
    if after.trust == situation.snapshot.trust:
        return True
    before = read_trust(situation.snapshot.trust)
    return _is_kept(before, situation.standard.trust, read_trust(after.trust))


def _is_kept(before: Grant, ceiling: Grant, after: Grant) -> bool:
    inside = Grant(before.policies, (*before.boundaries, ceiling.policies))
    return isinstance(decide(inside, after), Contained)


def _over_quota(before: RoleSnapshot, after: RoleSnapshot) -> str:
    """Say which quota the change does not fit.

    An account's own quota may be higher: what a role holds already is no reason to refuse.
    """
    inline, trust = _inline_size(after), _size(after.trust)
    if inline > max(INLINE_QUOTA, _inline_size(before)):
        return f"the role's inline policies would have {inline} characters of the {INLINE_QUOTA} that IAM allows"
    if trust > max(TRUST_QUOTA, _size(before.trust)):
        return f"the trust policy would have {trust} characters of the {TRUST_QUOTA} that IAM allows"
    return ""


def _inline_size(snapshot: RoleSnapshot) -> int:
    return sum(_size(policy.text) for policy in snapshot.inline)


def _size(text: str) -> int:
    return len("".join(text.split()))
