"""The second rung of a permission escape: the policy through which it goes is taken away, or set back to what it was.

That is proved only where nothing of what it grants inside the ceiling is lost, because another policy grants it too,
or because it grants nothing there.
"""

from collections.abc import Callable, Iterator

from panorama_guard.case.account import PolicyVersion
from panorama_guard.case.finding import Kind
from panorama_guard.case.step import DeleteInline, DetachManaged, SetDefaultVersion, Step
from panorama_guard.planning.plan import Promise, Proposal
from panorama_guard.planning.situation import Revertible, Situation


def remove_source(situation: Situation) -> Iterator[Proposal]:
    """Yield the deletion of the inline policy that escapes, or the detachment of the managed one."""
    source, snapshot = situation.finding.source, situation.snapshot
    if situation.finding.kind is not Kind.PERMISSION_ESCAPE:
        return  # a lost boundary is no policy's doing
    yield from (_proposal(DeleteInline(policy.name)) for policy in snapshot.inline if policy.name == source)
    yield from (_proposal(DetachManaged(policy.arn)) for policy in snapshot.attached if policy.arn == source)


def revert_source(situation: Situation) -> Iterator[Proposal]:
    """Yield the other versions of a customer's policy, where this deployment may set one as the default.

    IAM does not say which version was the default before: those that are older than the one in force come first, the
    newest of them foremost.
    """
    for policy in situation.around.revertible:
        for version in sorted((one for one in policy.versions if not one.is_default), key=_age(policy)):
            yield _proposal(SetDefaultVersion(policy.arn, version.id, version.text))


def _age(policy: Revertible) -> Callable[[PolicyVersion], tuple[bool, int]]:
    current = max((version.number for version in policy.versions if version.is_default), default=0)
    return lambda version: (version.number > current, -version.number)


def _proposal(step: Step) -> Proposal:
    return Proposal((step,), Promise.NOTHING_LOST)
