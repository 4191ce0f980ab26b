"""A role is judged by its permissions and its trust, and what was contained is remembered."""

from dataclasses import replace

from panorama_guard.case.finding import Kind
from panorama_guard.case.memory import Memory
from panorama_guard.judging.role import judge_role, remember
from panorama_guard.judging.standard import Posture, standard_of
from tests.builders import (
    BOUNDARY_ARN,
    IN_PATTERN,
    MEMORY,
    PAYROLL,
    ROLE_ID,
    SERVICE_ROLE,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)

STANDARD = standard_of(SERVICE_ROLE, Posture.ACTIVE)
BOUNDED = with_policies(snapshot_of(), boundary=[managed(IN_PATTERN, BOUNDARY_ARN)])
OPENED = policy(trusting("*"))


def test_a_role_has_findings_on_permission_and_on_trust() -> None:
    """Both at once are both told."""
    snapshot = replace(with_policies(snapshot_of(), PAYROLL), trust=OPENED)
    kinds = [finding.kind for finding in judge_role(snapshot, STANDARD, MEMORY).findings]
    assert kinds == [Kind.PERMISSION_ESCAPE, Kind.TRUST_ESCAPE]


def test_a_compliant_role_is_remembered_whole() -> None:
    """Trust and boundary."""
    memory = remember(BOUNDED, judge_role(BOUNDED, STANDARD, MEMORY), MEMORY)
    assert memory == Memory(ROLE_ID, (BOUNDED.trust,), BOUNDED.boundary, trust_confirmed=True)


def test_a_trust_escape_does_not_keep_the_boundary_from_being_remembered() -> None:
    """The permissions were contained under it."""
    snapshot = BOUNDED.with_trust(OPENED)
    memory = remember(snapshot, judge_role(snapshot, STANDARD, MEMORY), MEMORY)
    assert memory == Memory(ROLE_ID, (), BOUNDED.boundary)


def test_a_permission_escape_does_not_keep_the_trust_from_being_remembered() -> None:
    """The trust was contained; the boundary of before stays."""
    known = Memory(ROLE_ID, boundary=BOUNDED.boundary)
    snapshot = with_policies(snapshot_of(), PAYROLL)
    memory = remember(snapshot, judge_role(snapshot, STANDARD, known), known)
    assert memory == Memory(ROLE_ID, (snapshot.trust,), BOUNDED.boundary, trust_confirmed=True)


def test_a_doubt_about_permissions_remembers_no_boundary() -> None:
    """What was not proved is not what to go back to."""
    snapshot = replace(BOUNDED, inline=with_policies(snapshot_of(), "{").inline)
    assert remember(snapshot, judge_role(snapshot, STANDARD, MEMORY), MEMORY).boundary == ()


def test_a_boundary_that_was_taken_away_without_an_escape_is_forgotten() -> None:
    """The role is compliant without it."""
    known = Memory(ROLE_ID, (), BOUNDED.boundary)
    assert remember(snapshot_of(), judge_role(snapshot_of(), STANDARD, known), known).boundary == ()


def test_a_role_made_again_starts_with_its_own_memory() -> None:
    """The predecessor's documents are dropped at the first look."""
    known = Memory("AROAOLD", ("old",), BOUNDED.boundary, trust_confirmed=True)
    snapshot = snapshot_of().with_trust(OPENED)
    memory = remember(snapshot, judge_role(snapshot, STANDARD, known), known)
    assert memory == Memory(ROLE_ID, (), (), trust_confirmed=True)
