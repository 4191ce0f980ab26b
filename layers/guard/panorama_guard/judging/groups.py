"""What Greengrass says: as whom a group and the account act, on which cores, and what is put on Panorama's devices."""

import json
from collections.abc import Iterator

from panorama_guard.case import greengrass
from panorama_guard.case.finding import Deviation, Finding, Kind, Severity
from panorama_guard.case.function import role_name
from panorama_guard.case.model_work import bucket_of
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.profile import ResourceProfile


def compare_group(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    """Yield what of a group is outside the pattern: its role, its cores, its functions, what it hands to them."""
    for arn in _listed(snapshot, greengrass.ROLE):
        if not _is_right(arn, snapshot, profile):
            reason = f"its functions act as {arn}, which is not the role of the profile"
            yield _told(greengrass.ROLE, reason, Severity.HIGH)
    if cores := _listed(snapshot, greengrass.CORES):
        reason = f"it runs on {_some(cores)}, outside the naming pattern"
        yield _told(greengrass.CORES, reason, Severity.HIGH)
    if functions := _listed(snapshot, greengrass.FUNCTIONS):
        yield _told(greengrass.FUNCTIONS, f"it runs {_some(functions)}", Severity.MEDIUM)
    places = _listed(snapshot, greengrass.RESOURCES)
    others = [one for one in places if not profile.may_hold(bucket_of(one))]
    if others:
        reason = f"it hands {_some(others)}, outside the naming pattern, to its functions"
        yield _told(greengrass.RESOURCES, reason, Severity.HIGH)


def compare_deployment(snapshot: ResourceSnapshot, _: ResourceProfile) -> Iterator[Finding]:
    """Yield that something is put on a device of the naming pattern: Panorama never used this version of Greengrass."""
    components = _listed(snapshot, greengrass.COMPONENTS)
    if components:
        yield _told(greengrass.COMPONENTS, f"it puts {_some(components)}", Severity.HIGH)


def compare_account(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    """Yield that Greengrass acts for the account as another role than the profile's."""
    for arn in _listed(snapshot, greengrass.ROLE):
        if not _is_right(arn, snapshot, profile):
            reason = f"Greengrass acts for the account as {arn}, which is not the role of the profile"
            yield _told(greengrass.ROLE, reason, Severity.MEDIUM)


def _is_right(arn: str, snapshot: ResourceSnapshot, profile: ResourceProfile) -> bool:
    return profile.may_run_as(role_name(arn)) and arn.split(":")[4:5] == [snapshot.subject.account]


def _listed(snapshot: ResourceSnapshot, part: str) -> list[str]:
    listed: list[str] = json.loads(snapshot.text_of(part) or "[]")
    return listed


def _some(found: list[str]) -> str:
    return f"{found[0]} and {len(found) - 1} more" if found[1:] else found[0]


def _told(part: str, reason: str, severity: Severity) -> Finding:
    return Finding(Kind.WEAKNESS, severity, part, Deviation(reason))
