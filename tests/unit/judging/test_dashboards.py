"""What a dashboard of the naming pattern calls when it is looked at."""

import pytest

from panorama_guard.case import dashboard
from panorama_guard.case.finding import Deviation, Severity
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical
from panorama_guard.case.snapshot import Subject
from panorama_guard.judging.resource import ResourceStandard, judge_resource
from tests.builders import ACCOUNT, PROFILE

(DASHBOARDS,) = [one for one in PROFILE.resources if one.type == dashboard.TYPE]
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:"


def told(*endpoints: str) -> list[tuple[Severity, str]]:
    """Return what is said of a dashboard whose widgets call these functions."""
    arn = f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/panorama-gate"
    parts = (Part(dashboard.ENDPOINTS, canonical(list(endpoints))),) if endpoints else ()
    snapshot = ResourceSnapshot(Subject(ACCOUNT, arn, "cloudwatch-dashboard:panorama-gate", arn), dashboard.TYPE, parts)
    findings = judge_resource(snapshot, ResourceStandard(DASHBOARDS)).findings
    return [(one.severity, one.verdict.reason) for one in findings if isinstance(one.verdict, Deviation)]


def test_a_dashboard_may_call_functions_of_the_pattern() -> None:
    """Or none."""
    assert told() == []
    assert told(f"{FUNCTION}panorama-widget", f"{FUNCTION}panorama-widget:live") == []


@pytest.mark.parametrize(
    "endpoint", [f"{FUNCTION}payroll", f"{FUNCTION}panorama-x".replace(ACCOUNT, "999999999999"), "panorama-widget"]
)
def test_a_function_of_others_is_told(endpoint: str) -> None:
    """It is called with the rights of whoever looks, and what it answers is shown to him."""
    ((severity, reason),) = told(f"{FUNCTION}panorama-widget", endpoint)
    assert (severity, endpoint in reason) == (Severity.MEDIUM, True)
