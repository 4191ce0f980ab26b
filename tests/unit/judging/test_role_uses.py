"""What is around a role is told: another role under its name, EC2, a version that waits, who vouches, its last use."""

import json
from collections.abc import Mapping

import pytest

from panorama_guard.case import role_use
from panorama_guard.case.finding import Deviation, Finding, Kind, Severity
from panorama_guard.case.record import dump_record
from panorama_guard.case.resource import Part, ResourceSnapshot, in_order
from panorama_guard.case.snapshot import RoleSnapshot, Subject
from panorama_guard.judging.resource import ResourceStandard, judge_resource
from panorama_guard.profile import GuardedResource
from panorama_guard.profile.posture import Posture
from tests.builders import (
    ACCOUNT,
    BOUNDARY_ARN,
    CUSTOMER_ARN,
    IN_PATTERN,
    PAYROLL,
    PROFILE,
    ROLE_ID,
    SERVICE_ROLE,
    as_administrator,
    managed,
    snapshot_of,
    with_policies,
)

OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.example.com"
WAITING = role_use.version_part(CUSTOMER_ARN, "v3")
HELD = with_policies(snapshot_of(), attached=[managed(IN_PATTERN)])


def around(
    role: RoleSnapshot = HELD, parts: Mapping[str, str] | None = None, name: str = SERVICE_ROLE.name
) -> ResourceSnapshot:
    """Return what is around a role."""
    facts = (Part(role_use.PATH, role.path), Part(role_use.ROLE, dump_record(role)))
    given = tuple(Part(*one) for one in (parts or {}).items())
    arn = f"arn:aws:iam::{ACCOUNT}:role{role.path}{name}"
    return ResourceSnapshot(
        Subject(ACCOUNT, arn, role_use.key_of(name), ROLE_ID), "iam-role", in_order(given), (), facts
    )


def found(snapshot: ResourceSnapshot, posture: Posture = Posture.ACTIVE) -> dict[str, Finding]:
    """Return what is found, by its source."""
    guarded = PROFILE.guarded(snapshot.subject.name)
    assert isinstance(guarded, GuardedResource)
    standard = ResourceStandard(guarded.profile, posture=posture)
    return {finding.source: finding for finding in judge_resource(snapshot, standard).findings}


def reason(finding: Finding) -> str:
    """Return what a finding says, which is only told."""
    assert isinstance(finding.verdict, Deviation)
    assert finding.kind is Kind.WEAKNESS
    return finding.verdict.reason


def test_a_role_with_nothing_around_it_is_silent() -> None:
    """As AWS makes it, and last used whenever."""
    assert found(around(parts={role_use.LAST_USE: "2026-11-20"})) == {}


def test_a_role_at_another_path_is_told_as_a_look_alike() -> None:
    """By its name, it is the guarded one."""
    finding = found(around(snapshot_of(path="/x/")))["name and path"]
    assert reason(finding) == f"a look-alike of {SERVICE_ROLE.name}, by its path /x/"


@pytest.mark.parametrize("name", ["awspanoramaservicerole", "AWSPanoramaServiceR0le"])
def test_a_name_that_is_meant_to_be_read_as_another_is_told(name: str) -> None:
    """By its case, or by what it looks like."""
    assert SERVICE_ROLE.name in reason(found(around(name=name))["name and path"])


def test_a_role_in_an_instance_profile_is_told() -> None:
    """With the profile's name: EC2 is one change of the trust away."""
    finding = found(around(parts={role_use.PROFILES: json.dumps(["bastion"])}))[role_use.PROFILES]
    assert "through bastion" in reason(finding)


def test_a_version_that_waits_and_would_let_permission_escape_is_told_with_a_witness() -> None:
    """Who may set a default version changes no role, and needs no policy."""
    finding = found(around(parts={WAITING: PAYROLL}))[WAITING]
    assert "s3:" in reason(finding)
    assert "payroll" in reason(finding)
    assert finding.severity is Severity.LOW


def test_a_version_that_waits_and_lets_nothing_escape_is_silent() -> None:
    """Inside the pattern it may wait."""
    assert found(around(parts={WAITING: IN_PATTERN})) == {}


def test_a_version_of_a_boundary_that_would_free_what_it_holds_back_is_told() -> None:
    """What the other policies grant counts, and only under the boundary that is in force it is inside."""
    bounded = with_policies(HELD, PAYROLL, boundary=[managed(IN_PATTERN, BOUNDARY_ARN)])
    part = role_use.version_part(BOUNDARY_ARN, "v2")
    assert "payroll" in reason(found(around(bounded, {part: PAYROLL}))[part])


def test_beside_an_escape_a_version_that_waits_is_no_news() -> None:
    """That is told of the role itself."""
    escaped = as_administrator(HELD)
    assert found(around(escaped, {WAITING: PAYROLL})) == {}


def test_a_provider_that_a_trust_names_is_told_and_one_that_is_missing_more_so() -> None:
    """Whoever makes one of that name lets himself in."""
    part = role_use.provider_part(OIDC)
    there, missing = (found(around(parts={part: text}))[part] for text in ('{"Url":"token.example.com"}', "null"))
    assert (there.severity, missing.severity) == (Severity.MEDIUM, Severity.HIGH)
    assert "does not exist" in reason(missing)


def test_another_role_under_the_name_is_told_with_the_id_of_the_one_before() -> None:
    """What names the role takes the one for the other."""
    assert "AROAOLD" in reason(found(around(parts={role_use.MADE_AGAIN: "AROAOLD"}))[role_use.MADE_AGAIN])


def test_a_role_that_is_gone_is_told() -> None:
    """And nothing else of it."""
    gone = role_use.remains(around().subject)
    assert list(found(gone)) == [role_use.EXISTENCE]
    assert list(found(gone, Posture.RETIRED)) == [role_use.EXISTENCE]


@pytest.mark.parametrize(("day", "is_told"), [("2026-05-31", False), ("2026-06-01", True), ("", False)])
def test_a_use_after_the_end_of_the_service_is_told_in_the_retired_posture(day: str, *, is_told: bool) -> None:
    """Nobody of AWS calls any more; in the active posture the service is said to run."""
    parts = {role_use.LAST_USE: day} if day else {}
    assert (role_use.LAST_USE in found(around(parts=parts), Posture.RETIRED)) is is_told
    assert found(around(parts=parts)) == {}


def test_what_cannot_be_read_again_is_a_doubt() -> None:
    """Never clean."""
    facts = (Part(role_use.PATH, "/"), Part(role_use.ROLE, "{}"))
    broken = ResourceSnapshot(around().subject, "iam-role", (Part(WAITING, PAYROLL),), (), facts)
    assert [finding.kind for finding in found(broken).values()] == [Kind.UNDECIDED]
