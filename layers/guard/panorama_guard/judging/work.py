"""What SageMaker's work says: as whom it runs, what it reads, and where it writes."""

import json
from collections.abc import Iterator

from panorama_guard.case import model_work
from panorama_guard.case.finding import Deviation, Finding, Kind, Severity
from panorama_guard.case.function import role_name
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.profile import ResourceProfile

_OF_ANOTHER_NAME = ", which is not of the naming pattern,"


def compare_work(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    """Yield what of a piece of work of the naming pattern is outside of it: its role, and each place."""
    others = [arn for arn in _listed(snapshot, model_work.ROLE) if not _is_right(arn, snapshot, profile)]
    if others:
        yield _told(model_work.ROLE, f"it runs as {others[0]}, which is not the role of the profile", Severity.MEDIUM)
    yield from _places(snapshot, profile)
    for name in _listed(snapshot, model_work.LIFECYCLE):
        reason = f"the lifecycle configuration {name} runs on it, whatever is in it, whenever it starts"
        yield _told(model_work.LIFECYCLE, reason, Severity.LOW)


def compare_user(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    """Yield that it runs as a guarded role, and its places: its reader returns none that does not."""
    kind, name = model_work.work_of(snapshot.subject.name)
    arns = _listed(snapshot, model_work.ROLE)
    if arns:
        named = f"the {kind.replace('-', ' ')} {name}" + (_OF_ANOTHER_NAME if kind in model_work.KINDS else "")
        reason = f"{named} runs as {arns[0]}"
        yield _told(model_work.ROLE, reason, Severity.HIGH)
    yield from _places(snapshot, profile)


def _places(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    """Yield what it reads and writes outside the buckets of the profile, by URIs that show it.

    A key in another bucket that holds the phrase of the pattern is outside: the bucket's name counts.
    """
    for part, verb in ((model_work.INPUTS, "reads from"), (model_work.OUTPUTS, "writes to")):
        others = [uri for uri in _listed(snapshot, part) if not profile.may_hold(model_work.bucket_of(uri))]
        if others:
            more = f" and {len(others) - 1} more" if others[1:] else ""
            reason = f"it {verb} {others[0]}{more}, outside the buckets of the naming pattern"
            yield _told(part, reason, Severity.HIGH)


def _is_right(arn: str, snapshot: ResourceSnapshot, profile: ResourceProfile) -> bool:
    return profile.may_run_as(role_name(arn)) and arn.split(":")[4:5] == [snapshot.subject.account]


def _listed(snapshot: ResourceSnapshot, part: str) -> list[str]:
    listed: list[str] = json.loads(snapshot.text_of(part) or "[]")
    return listed


def _told(part: str, reason: str, severity: Severity) -> Finding:
    return Finding(Kind.WEAKNESS, severity, part, Deviation(reason))
