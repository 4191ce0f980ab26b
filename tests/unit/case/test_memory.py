"""What was remembered of a role is never put on another one of its name."""

from dataclasses import replace

from panorama_guard.case.dossier import Dossier
from panorama_guard.case.memory import Memory
from tests.builders import BOUNDARY_ARN, ROLE_ID, managed, snapshot_of

BOUNDED = replace(snapshot_of(), boundary=(managed("{}", BOUNDARY_ARN),))
FULL = Memory(ROLE_ID).with_trust_of(BOUNDED).with_boundary_of(BOUNDED)


def test_the_trust_and_the_boundary_of_a_role_are_remembered() -> None:
    """They are what the role had when each was judged contained."""
    assert (FULL.trust, FULL.boundary, FULL.trust_confirmed) == ((BOUNDED.trust,), BOUNDED.boundary, True)


def test_a_role_without_a_boundary_is_remembered_without_one() -> None:
    """A boundary that was taken away without an escape is not put back later."""
    assert FULL.with_boundary_of(snapshot_of()).boundary == ()


def test_a_boundary_is_confirmed_if_the_role_had_it_at_first_sight() -> None:
    """And stays so while it stays the same one."""
    known = replace(FULL, is_acquainted=True)
    assert FULL.boundary_confirmed
    assert known.with_boundary_of(BOUNDED).boundary_confirmed


def test_a_later_boundary_is_not_confirmed_nor_one_that_comes_back() -> None:
    """Whoever set it may have set it for what it withholds."""
    known = replace(FULL, is_acquainted=True)
    without = known.with_boundary_of(snapshot_of())
    other = replace(snapshot_of(), boundary=(managed("{ }", BOUNDARY_ARN),))
    assert not known.with_boundary_of(other).boundary_confirmed
    assert not without.with_boundary_of(BOUNDED).boundary_confirmed


def test_a_role_made_again_inherits_no_document() -> None:
    """Another RoleId: what outlives it is that this name was seen, and with the inferred trust."""
    known = replace(FULL, is_acquainted=True)
    assert known.held_by("AROAOTHER") == Memory("AROAOTHER", trust_confirmed=True, is_acquainted=True)


def test_a_role_keeps_its_own_memory() -> None:
    """The same RoleId: everything is kept."""
    assert FULL.held_by(ROLE_ID) is FULL


def test_a_dossier_without_memory_remembers_nothing() -> None:
    """The first look at a role starts empty."""
    assert Dossier((), (), ()).memory_of(ROLE_ID) == Memory(ROLE_ID)


def test_a_dossier_gives_the_memory_of_one_role_only() -> None:
    """Asked for another RoleId, it does not hand out the predecessor's documents."""
    assert Dossier((), (FULL,), ()).memory_of("AROAOTHER").trust == ()
