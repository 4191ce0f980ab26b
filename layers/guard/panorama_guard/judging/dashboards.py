"""What a dashboard of the naming pattern does when somebody looks at it."""

import json
from collections.abc import Iterator

from panorama_guard.case import dashboard
from panorama_guard.case.finding import Deviation, Finding, Kind, Severity
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.policy.glob import matches
from panorama_guard.profile import ResourceProfile


def compare_dashboard(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    """Yield which functions of others it calls, in the name of whoever looks at it, and shows what they answer."""
    listed = json.loads(snapshot.text_of(dashboard.ENDPOINTS) or "[]")
    others = [arn for arn in listed if not _is_own(arn, snapshot, profile)]
    if others:
        more = f" and {len(others) - 1} more" if others[1:] else ""
        reason = f"it calls {others[0]}{more} in the name of whoever looks at it, outside the naming pattern"
        yield Finding(Kind.WEAKNESS, Severity.MEDIUM, dashboard.ENDPOINTS, Deviation(reason))


def _is_own(arn: str, snapshot: ResourceSnapshot, profile: ResourceProfile) -> bool:
    """Say whether a function is the account's own, and called as a dashboard of the pattern is."""
    _, _, service, _, account, _, name, *_ = [*arn.split(":"), "", "", "", "", "", "", ""]
    is_named = any(matches(glob, name) for glob in profile.names)
    return service == "lambda" and account == snapshot.subject.account and is_named
