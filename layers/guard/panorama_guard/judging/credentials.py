"""What a profile of IAM Roles Anywhere says: which guarded roles it hands out, and to whose certificates."""

import json
from collections.abc import Iterator

from panorama_guard.case import anywhere
from panorama_guard.case.finding import Deviation, Finding, Kind, Severity
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.profile import ResourceProfile


def compare_profile(snapshot: ResourceSnapshot, _: ResourceProfile) -> Iterator[Finding]:
    """Yield that a profile hands out a guarded role: its reader returns no other, and none ever was Panorama's.

    It reaches the role only once the role's trust lets Roles Anywhere in, which is an escape of its own.
    """
    roles: list[str] = json.loads(snapshot.text_of(anywhere.ROLES) or "[]")
    if not roles:
        return
    anchors: list[str] = json.loads(snapshot.text_of(anywhere.ANCHORS) or "[]")
    is_enabled = snapshot.fact(anywhere.STATE) == anywhere.ENABLED
    more = f" and {len(roles) - 1} more" if roles[1:] else ""
    reason = (
        f"the profile {snapshot.fact(anywhere.NAME)} of IAM Roles Anywhere hands out {roles[0]}{more} to whoever has a "
        f"certificate of {_of(anchors)}, as soon as the role's trust lets rolesanywhere.amazonaws.com in"
    )
    state = "" if is_enabled else "; it is disabled, until somebody enables it"
    yield Finding(Kind.WEAKNESS, _severity(anchors, is_enabled=is_enabled), anywhere.ROLES, Deviation(reason + state))


def _of(anchors: list[str]) -> str:
    if not anchors:
        return "a trust anchor, of which none is in force"
    return anchors[0] if len(anchors) == 1 else f"one of {len(anchors)} trust anchors, {anchors[0]} among them"


def _severity(anchors: list[str], *, is_enabled: bool) -> Severity:
    if not is_enabled:
        return Severity.LOW
    return Severity.HIGH if anchors else Severity.MEDIUM
