"""What a profile of IAM Roles Anywhere that names a guarded role is told as."""

import pytest

from panorama_guard.case import anywhere
from panorama_guard.case.finding import Deviation, Kind, Severity
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical
from panorama_guard.case.snapshot import Subject
from panorama_guard.judging.resource import ResourceStandard, judge_resource
from panorama_guard.planning.resource_ladder import RESOURCE_RUNGS
from panorama_guard.profile.records import Enrolment
from tests.builders import ACCOUNT, PROFILE

(PROFILES,) = [one for one in PROFILE.resources if one.type == anywhere.PROFILE]
KEY = "rolesanywhere-profile:5f1a9c0e"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/AWSPanoramaServiceRole"
ANCHOR = f"arn:aws:rolesanywhere:us-east-1:{ACCOUNT}:trust-anchor/a"


def told(*anchors: str, state: str = anywhere.ENABLED) -> tuple[Severity, str]:
    """Return what is said of a profile that names a guarded role, beside these trust anchors."""
    arn = f"arn:aws:rolesanywhere:us-east-1:{ACCOUNT}:profile/5f1a9c0e"
    listed = (Part(anywhere.ANCHORS, canonical(list(anchors))),) if anchors else ()
    facts = (Part(anywhere.NAME, "factory"), Part(anywhere.STATE, state))
    parts = (Part(anywhere.ROLES, canonical([ROLE])), *listed)
    snapshot = ResourceSnapshot(Subject(ACCOUNT, arn, KEY, arn), anywhere.PROFILE, parts, (), facts)
    (finding,) = judge_resource(snapshot, ResourceStandard(PROFILES)).findings
    assert (finding.kind, finding.source) == (Kind.WEAKNESS, anywhere.ROLES)
    assert isinstance(finding.verdict, Deviation)
    return finding.severity, finding.verdict.reason


def test_it_is_told_which_role_it_hands_out_and_to_whose_certificates() -> None:
    """And what it still takes: the role's own trust."""
    severity, reason = told(ANCHOR)
    assert severity is Severity.HIGH
    assert f"factory of IAM Roles Anywhere hands out {ROLE} to whoever has a certificate of {ANCHOR}" in reason
    assert "as soon as the role's trust lets rolesanywhere.amazonaws.com in" in reason


@pytest.mark.parametrize(
    ("anchors", "state", "severity"),
    [
        ((), anywhere.ENABLED, Severity.MEDIUM),
        ((ANCHOR,), anywhere.DISABLED, Severity.LOW),
        ((ANCHOR, f"{ANCHOR}b"), anywhere.ENABLED, Severity.HIGH),
    ],
)
def test_it_is_graded_by_what_it_can_do_now(anchors: tuple[str, ...], state: str, severity: Severity) -> None:
    """Without an anchor in force, or disabled, it waits for one more call."""
    found, reason = told(*anchors, state=state)
    assert found is severity
    assert ("it is disabled" in reason) is (state == anywhere.DISABLED)


def test_it_is_only_told() -> None:
    """Who else gets credentials by it, the guard does not know."""
    assert RESOURCE_RUNGS[Kind.WEAKNESS] == ()
    assert PROFILES.enrolment is Enrolment.ALERT_ONLY
