"""What was judged contained is remembered, unless it is what an attacker would have the guard put back."""

from dataclasses import replace

import pytest

from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.judging.remembering import remember
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import standard_of
from panorama_guard.profile.posture import Posture
from tests.builders import (
    ADMINISTRATOR,
    BOUNDARY_ARN,
    IN_PATTERN,
    MEMORY,
    PAYROLL,
    ROLE_ID,
    SERVICE_ROLE,
    allow,
    deny,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)

STANDARD = standard_of(SERVICE_ROLE, Posture.ACTIVE)
BOUNDED = with_policies(snapshot_of(), boundary=[managed(IN_PATTERN, BOUNDARY_ARN)])
OPENED = policy(trusting("*"))
SERVICE = {"Service": "panorama.amazonaws.com"}
NOBODY = policy({**trusting("*"), "Effect": "Deny"})
NARROWED = policy(trusting(SERVICE, Condition={"StringEquals": {"sts:ExternalId": "never"}}))
KNOWN = Memory(ROLE_ID, (SERVICE_ROLE.trust_text,), (), trust_confirmed=True, is_acquainted=True)


def seen(snapshot: RoleSnapshot, memory: Memory, *, posture: Posture = Posture.ACTIVE) -> Memory:
    """Return what is remembered after a role was judged."""
    standard = standard_of(SERVICE_ROLE, posture)
    return remember(snapshot, judge_role(snapshot, standard, memory), memory, standard)


def test_a_compliant_role_is_remembered_whole() -> None:
    """Trust and boundary."""
    memory = seen(BOUNDED, MEMORY)
    full = Memory(ROLE_ID, (BOUNDED.trust,), BOUNDED.boundary, trust_confirmed=True, is_acquainted=True)
    assert memory == replace(full, boundary_confirmed=True)


def test_a_trust_escape_does_not_keep_the_boundary_from_being_remembered() -> None:
    """The permissions were contained under it."""
    snapshot = BOUNDED.with_trust(OPENED)
    memory = seen(snapshot, MEMORY)
    assert memory == Memory(ROLE_ID, (), BOUNDED.boundary, is_acquainted=True, boundary_confirmed=True)


def test_a_permission_escape_does_not_keep_the_trust_from_being_remembered() -> None:
    """The trust was contained; the boundary of before stays."""
    known = Memory(ROLE_ID, boundary=BOUNDED.boundary)
    snapshot = with_policies(snapshot_of(), PAYROLL)
    memory = seen(snapshot, known)
    assert memory == Memory(ROLE_ID, (snapshot.trust,), BOUNDED.boundary, trust_confirmed=True, is_acquainted=True)


def test_a_doubt_about_permissions_remembers_no_boundary() -> None:
    """What was not proved is not what to go back to."""
    snapshot = replace(BOUNDED, inline=with_policies(snapshot_of(), "{").inline)
    assert seen(snapshot, MEMORY).boundary == ()


def test_a_boundary_that_was_taken_away_without_an_escape_is_forgotten() -> None:
    """The role is compliant without it."""
    known = Memory(ROLE_ID, (), BOUNDED.boundary)
    assert seen(snapshot_of(), known).boundary == ()


def test_a_role_made_again_starts_with_its_own_memory() -> None:
    """The predecessor's documents are dropped at the first look."""
    known = Memory("AROAOLD", ("old",), BOUNDED.boundary, trust_confirmed=True, is_acquainted=True)
    snapshot = snapshot_of().with_trust(OPENED)
    memory = seen(snapshot, known)
    assert memory == Memory(ROLE_ID, (), (), trust_confirmed=True, is_acquainted=True)


@pytest.mark.parametrize("trust", [NOBODY, NARROWED])
def test_a_trust_that_shuts_the_service_out_confirms_nothing(trust: str) -> None:
    """Nobody outside the profile may become the role, and the service may not either, or only at times."""
    assert seen(snapshot_of().with_trust(trust), MEMORY) == Memory(ROLE_ID, is_acquainted=True)


@pytest.mark.parametrize("trust", [NOBODY, NARROWED])
def test_a_remembered_trust_is_not_replaced_by_a_narrower_one(trust: str) -> None:
    """It would be put back at the next repair, or keep the guard from any."""
    assert seen(snapshot_of().with_trust(trust), KNOWN) == KNOWN


def test_nobodys_trust_in_posture_retired_confirms_nothing() -> None:
    """It is compliant there, and still not what the profile expects of the role in service."""
    assert not seen(snapshot_of().with_trust(NOBODY), MEMORY, posture=Posture.RETIRED).trust_confirmed


NOTHING_ALLOWED = managed(policy(allow("*"), deny("*")), BOUNDARY_ARN)
EVERYTHING_ALLOWED = managed(ADMINISTRATOR, BOUNDARY_ARN)


@pytest.mark.parametrize("memory", [MEMORY, KNOWN])
@pytest.mark.parametrize("texts", [(), (PAYROLL,)])
def test_a_boundary_that_denies_everything_is_never_remembered(memory: Memory, texts: tuple[str, ...]) -> None:
    """Not at first sight, and not where it holds an escape back: it also holds all else back."""
    snapshot = with_policies(snapshot_of(), *texts, boundary=[NOTHING_ALLOWED])
    assert seen(snapshot, memory).boundary == ()


def test_a_remembered_boundary_outlives_one_that_denies_everything() -> None:
    """What the guard puts back is the one that it knows."""
    known = replace(KNOWN, boundary=BOUNDED.boundary)
    assert seen(with_policies(snapshot_of(), boundary=[NOTHING_ALLOWED]), known).boundary == BOUNDED.boundary


def test_a_boundary_that_takes_nothing_away_is_remembered() -> None:
    """Everything inside the ceiling is still granted under it."""
    snapshot = with_policies(snapshot_of(), boundary=[EVERYTHING_ALLOWED])
    assert seen(snapshot, KNOWN).boundary == (EVERYTHING_ALLOWED,)


def test_a_later_boundary_that_takes_something_away_for_nothing_is_not_remembered() -> None:
    """The role was contained without it, so it is nothing to go back to."""
    assert seen(BOUNDED, KNOWN).boundary == ()


def test_a_later_boundary_that_holds_an_escape_back_is_remembered() -> None:
    """AdministratorAccess in a boundary is how many a team works."""
    snapshot = with_policies(snapshot_of(), ADMINISTRATOR, boundary=BOUNDED.boundary)
    learnt = seen(snapshot, KNOWN)
    assert (learnt.boundary, learnt.boundary_confirmed) == (BOUNDED.boundary, False)


def test_the_boundary_with_which_a_role_is_made_again_is_not_confirmed() -> None:
    """Whoever can make the role again can plant it."""
    snapshot = with_policies(snapshot_of(), ADMINISTRATOR, boundary=BOUNDED.boundary)
    assert not seen(snapshot, replace(KNOWN, unique_id="AROAOLD")).boundary_confirmed
