"""Proves a proposal on paper, with the engine that judges."""

from collections.abc import Iterator
from functools import reduce

from panorama_guard.case.finding import Finding, Judgement, Kind
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import PutInline, PutOwnBoundary, RevokeSessions, SetDefaultVersion, Step, apply_step
from panorama_guard.containment import Contained, Grant
from panorama_guard.judging.decide import decide
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.trust import read_trust
from panorama_guard.planning.freeing import why_more_escapes
from panorama_guard.planning.plan import Promise, Proposal
from panorama_guard.planning.quotas import over_quota
from panorama_guard.planning.situation import Companion, Situation
from panorama_guard.planning.widening import is_deny_only, is_no_wider
from panorama_guard.policy import Document, Effect, parse_document
from panorama_guard.policy.record import replace

# What is not proved need not be untrue: a question may have been too much work.
ESCAPES = "not proved: that the role escapes no more"
LOSES_PERMISSION = "not proved: that no permission inside the ceiling is lost"
LOSES_TRUST = "not proved: that nobody inside the profile is shut out"
_REMEMBERED = frozenset({Promise.BOUNDARY_RESTORED, Promise.BOUNDARY_CHOSEN})
NOT_APPROVED = "it is not the plan that was approved"
WIDENS = "more would be granted than before"


def why_not_proved(situation: Situation, before: Judgement, proposal: Proposal) -> str:
    """Return what keeps a change of the role judged `before` from being proved safe, or an empty text if it is proved.

    Proved means: each step fits IAM's quotas; after the last one the finding is gone and no other has come; everything
    granted inside the ceiling before is granted after, unless the proposal is a quarantine; until the last step the
    role is never granted more than before, and never more outside the ceiling; and no other role loses anything by it.
    """
    return next(_objections(situation, before, proposal), "")


def _objections(situation: Situation, before: Judgement, proposal: Proposal) -> Iterator[str]:
    """Yield what speaks against a proposal, the cheapest questions first."""
    first, *between, last = proposal.states(situation.snapshot)
    if any(refused.rules_out(step) for step in proposal.steps for refused in situation.refused):
        yield "AWS refused such a step already"
    if proposal.is_one_of(situation.passed):
        yield NOT_APPROVED
    yield from filter(None, (over_quota(first, state, situation.around.quotas) for state in (*between, last)))
    if not complies(situation.finding, before, _judge(situation, last)):
        yield ESCAPES
    if proposal.promise is not Promise.QUARANTINE:
        yield from _losses(situation, proposal)
    if not all(_is_within_ceiling(step, situation.standard.permissions) for step in proposal.steps):
        yield "the boundary would allow what the ceiling does not"
    if not _may_widen(proposal) and not is_no_wider(first, last):
        yield WIDENS
    yield from filter(None, (why_more_escapes(first, last, situation.standard),))
    yield from _dangers_between(situation, between)
    yield from _harms_elsewhere(situation, proposal.steps)


def _judge(situation: Situation, snapshot: RoleSnapshot) -> Judgement:
    return judge_role(snapshot, situation.standard, situation.memory)


def complies(finding: Finding, before: Judgement, after: Judgement) -> bool:
    """Say whether the cause is proved to be gone, and nothing has come that was not found before.

    A policy that was found to escape may be in doubt after, or was in doubt before: that is told as it is. Were it
    to count against the plan, a policy that nobody understands would shield every other one.
    """
    causes = {(one.kind, one.source) for one in before.findings} - {(Kind.UNDECIDED, finding.source)}
    sources = {one.source for one in before.findings} - {finding.source}
    come = [one for one in after.findings if (one.kind, one.source) not in causes]
    is_gone = not after.of(finding.kind, finding.source)
    return is_gone and all(one.kind is Kind.UNDECIDED and one.source in sources for one in come)


def _losses(situation: Situation, proposal: Proposal) -> Iterator[str]:
    """Yield what is lost inside the profile. To end sessions takes none: who may become the role still may.

    Where a lost boundary is put back, "before" is the role under that boundary: what its loss gave was never meant.
    """
    snapshot, standard = situation.snapshot, situation.standard
    lasting = (step for step in proposal.steps if not isinstance(step, RevokeSessions))
    after = reduce(apply_step, lasting, snapshot)
    is_restored = proposal.promise in _REMEMBERED
    before = snapshot.with_boundary(situation.memory.boundary) if is_restored else snapshot
    if not keeps_permissions(before, after, standard.permissions):
        yield LOSES_PERMISSION
    if not _keeps_trust(snapshot, after, standard.trust):
        yield LOSES_TRUST


def keeps_permissions(before: RoleSnapshot, after: RoleSnapshot, ceiling: Grant) -> bool:
    """Say whether everything that was granted inside the ceiling is proved to be granted after."""
    was, then = read_permissions(before), read_permissions(after)
    if was.doubts == then.doubts and _denies_nothing_inside(ceiling, was.grant, then.grant):
        return True
    return not was.doubts and is_kept(was.grant, ceiling, then.grant)


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


def _denied_by(policy: Document) -> Document:
    denies = (statement for statement in policy.statements if statement.effect is Effect.DENY)
    return replace(policy, statements=tuple(replace(statement, effect=Effect.ALLOW) for statement in denies))


def _keeps_trust(before: RoleSnapshot, after: RoleSnapshot, ceiling: Grant) -> bool:
    if after.trust == before.trust:
        return True
    return is_kept(read_trust(before.trust), ceiling, read_trust(after.trust))


def is_kept(before: Grant, ceiling: Grant, after: Grant) -> bool:
    """Say whether everything of a grant that is inside a ceiling is proved to be granted after."""
    inside = Grant(before.policies, (*before.boundaries, ceiling.policies))
    return isinstance(decide(inside, after), Contained)


def _may_widen(proposal: Proposal) -> bool:
    """Say whether a proposal may give something back: what was remembered, or what another Deny of ours had denied."""
    restores = proposal.promise in _REMEMBERED or proposal.promise is Promise.TRUST_REPAIRED
    return restores or all(isinstance(step, PutInline) for step in proposal.steps)


def _is_within_ceiling(step: Step, ceiling: Grant) -> bool:
    """Say whether a boundary of the guard's own allows nothing outside the ceiling, whatever is granted later."""
    if not isinstance(step, PutOwnBoundary):
        return True
    return isinstance(decide(Grant((parse_document(step.own.text, name=step.own.arn),)), ceiling), Contained)


def _dangers_between(situation: Situation, states: list[RoleSnapshot]) -> Iterator[str]:
    """Yield what would be wrong with a role that is left between two steps by a crash.

    INVARIANT: the finding stands until the last step, so that an order that is delivered again is carried out again;
    and until then nothing is granted, nor anybody let in, that was not before.
    """
    finding = situation.finding
    for state in states:
        if not _judge(situation, state).of(finding.kind, finding.source):
            yield "the finding would be gone before the last step"
        if not is_no_wider(situation.snapshot, state):
            yield f"between two steps {WIDENS}"


def _harms_elsewhere(situation: Situation, steps: tuple[Step, ...]) -> Iterator[str]:
    changed = [step for step in steps if isinstance(step, SetDefaultVersion)]
    for step in changed:
        users = [one for one in situation.around.revertible if one.arn == step.arn]
        if not users:
            yield "somebody else may use the policy"
        harmed = [companion for one in users for companion in one.companions if _harms(step, companion)]
        yield from (f"{companion.snapshot.subject.name} uses the policy too, and is harmed" for companion in harmed)


def _harms(step: Step, companion: Companion) -> bool:
    """Say whether another role that uses the policy loses anything inside its ceiling, or escapes by the change."""
    before, ceiling = companion.snapshot, companion.standard.permissions
    after = apply_step(before, step)
    if not keeps_permissions(before, after, ceiling):
        return True
    causes = {(one.kind, one.source) for one in _judge_companion(companion, before)}
    if any((one.kind, one.source) not in causes for one in _judge_companion(companion, after)):
        return True
    return bool(why_more_escapes(before, after, companion.standard))


def _judge_companion(companion: Companion, snapshot: RoleSnapshot) -> tuple[Finding, ...]:
    return judge_role(snapshot, companion.standard, companion.memory).findings
