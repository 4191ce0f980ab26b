"""As whom Greengrass acts, on which cores, and what it puts on Panorama's devices."""

from dataclasses import replace

import pytest

from panorama_guard.case import greengrass
from panorama_guard.case.finding import Deviation, Kind, Severity
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order, resource_key
from panorama_guard.case.snapshot import Subject
from panorama_guard.judging.resource import ResourceStandard, judge_resource
from tests.builders import ACCOUNT, PROFILE

STANDARDS = {one.type: ResourceStandard(one) for one in PROFILE.resources if one.type.startswith("greengrass-")}
ROLES = f"arn:aws:iam::{ACCOUNT}:role/service-role/AWSPanorama"


def found_in(kind: str, /, **parts: list[str]) -> ResourceSnapshot:
    """Return a subject of Greengrass with parts."""
    arn = f"arn:aws:greengrass:us-east-1:{ACCOUNT}:x"
    made = in_order(tuple(Part(name, canonical(listed)) for name, listed in parts.items()))
    return ResourceSnapshot(Subject(ACCOUNT, arn, resource_key(kind, "x"), arn), kind, made)


def told(snapshot: ResourceSnapshot) -> list[tuple[str, Severity, str]]:
    """Return what is said; none of it is decided by the engine, and none is acted on."""
    findings = judge_resource(snapshot, STANDARDS[snapshot.type]).findings
    assert all(one.kind is Kind.WEAKNESS for one in findings)
    return [(one.source, one.severity, one.verdict.reason) for one in findings if isinstance(one.verdict, Deviation)]


def test_the_roles_of_the_profile_are_as_they_should_be() -> None:
    """Of a group and of the account; no role is none to tell of."""
    model = "s3://site-aws-panorama-models/m"
    group = found_in(greengrass.GROUP, role=[f"{ROLES}GreengrassGroupRole"], resources=[model])
    assert told(group) == []
    assert told(found_in(greengrass.ACCOUNT, role=[f"{ROLES}GreengrassRole"])) == []
    assert told(found_in(greengrass.ACCOUNT)) == []


@pytest.mark.parametrize(
    ("kind", "arn", "severity"),
    [
        (greengrass.GROUP, f"{ROLES}GreengrassRole", Severity.HIGH),
        (greengrass.GROUP, f"{ROLES}GreengrassGroupRole".replace(ACCOUNT, "999999999999"), Severity.HIGH),
        (greengrass.ACCOUNT, f"{ROLES}GreengrassGroupRole", Severity.MEDIUM),
        (greengrass.ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/Payroll", Severity.MEDIUM),
    ],
)
def test_another_role_is_told(kind: str, arn: str, severity: Severity) -> None:
    """Guarded or not, and that of another account."""
    ((source, how_much, reason),) = told(found_in(kind, role=[arn]))
    assert (source, how_much, arn in reason) == (greengrass.ROLE, severity, True)


@pytest.mark.parametrize(
    ("kind", "part", "listed", "severity"),
    [
        (greengrass.GROUP, greengrass.CORES, ["payroll-core"], Severity.HIGH),
        (
            greengrass.GROUP,
            greengrass.FUNCTIONS,
            ["arn:x, which is no function of the naming pattern"],
            Severity.MEDIUM,
        ),
        (greengrass.GROUP, greengrass.RESOURCES, ["s3://payroll/aws-panorama"], Severity.HIGH),
        (greengrass.DEPLOYMENT, greengrass.COMPONENTS, ["com.example.Shell on thing/panorama-gate"], Severity.HIGH),
    ],
)
def test_what_runs_elsewhere_or_is_not_panoramas_is_told(
    kind: str, part: str, listed: list[str], severity: Severity
) -> None:
    """With the first of them."""
    ((source, how_much, reason),) = told(found_in(kind, **{part: listed}))
    assert (source, how_much, listed[0] in reason) == (part, severity, True)


def test_what_the_first_version_does_not_say_is_unknown() -> None:
    """Never compliant."""
    why = (Part(greengrass.ROLE, "Greengrass V1, which ended on 2026-10-07, does not answer"),)
    group = replace(found_in(greengrass.GROUP), unread=why)
    (finding,) = judge_resource(group, STANDARDS[group.type]).findings
    assert (finding.kind, finding.source) == (Kind.UNDECIDED, greengrass.ROLE)
