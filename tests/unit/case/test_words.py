"""Waivers, pauses and words hold for their time, and no longer."""

from dataclasses import replace

import pytest

from panorama_guard.case.dossier import Dossier
from panorama_guard.case.pause import Pause
from panorama_guard.case.times import shown_time
from panorama_guard.case.waiver import waiver_id
from panorama_guard.case.word import word_id
from tests.builders import ACCOUNT, INCIDENT, NOW, UNDO, WAIVER

LATER, END = "2026-11-24T15:00:10.500000+00:00", WAIVER.expires_at
PAUSE = Pause(ACCOUNT, "alice", NOW, END, "maintenance")
NEEDS = replace(WAIVER, second_because="it weighs much")


def test_a_waiver_is_in_force_until_it_expires() -> None:
    """Its last moment is not in it."""
    assert WAIVER.is_in_force(now=LATER)
    assert not WAIVER.is_in_force(now=END)


def test_a_waiver_that_needs_a_second_operator_waits_for_him() -> None:
    """It is alive meanwhile, and widens nothing."""
    assert NEEDS.is_alive(now=LATER)
    assert not NEEDS.is_in_force(now=LATER)
    assert NEEDS.approved("bob").is_in_force(now=LATER)
    assert not NEEDS.approved("bob").is_in_force(now=END)


def test_a_waiver_that_was_ended_holds_no_more() -> None:
    """Whoever had approved it."""
    assert not WAIVER.ended("bob").is_alive(now=LATER)
    assert not NEEDS.approved("bob").ended("carol").is_in_force(now=LATER)


def test_each_write_of_a_waiver_is_worth_telling() -> None:
    """Made, approved, ended."""
    made = [NEEDS, NEEDS.approved("bob"), NEEDS.approved("bob").ended("carol")]
    assert [waiver.transition for waiver in made] == [1, 2, 3]


def test_the_same_waiver_has_the_same_id() -> None:
    """Asked for twice, it is one; for another incident or document it is another."""
    assert waiver_id("inc-1", "{}") == waiver_id("inc-1", "{}")
    assert len({waiver_id("inc-1", "{}"), waiver_id("inc-2", "{}"), waiver_id("inc-1", "{ }")}) == 3


def test_a_dossier_gives_the_waivers_in_force_for_one_role() -> None:
    """By its RoleId: a role that is made again under the name has none."""
    other = replace(WAIVER, id="wvr-other", subject=replace(WAIVER.subject, unique_id="AROANEW"))
    dossier = Dossier((), (), (), waivers=(WAIVER, other, NEEDS, WAIVER.ended("bob")))
    assert dossier.waivers_of(WAIVER.subject.unique_id, now=LATER) == (WAIVER,)
    assert dossier.waivers_of("AROANEW", now=LATER) == (other,)
    assert dossier.waivers_of("AROANEW", now=END) == ()


def test_a_dossier_knows_the_undo_of_an_attempt() -> None:
    """Not that of another one."""
    dossier = Dossier((INCIDENT,), (), (), undos=(UNDO,))
    assert dossier.undo_of(INCIDENT) == UNDO
    assert dossier.undo_of(replace(INCIDENT, attempt=2)) is None


def test_a_pause_ends_by_itself_or_by_an_operator() -> None:
    """And says who paused until when."""
    assert PAUSE.is_in_force(now=LATER)
    assert not PAUSE.is_in_force(now=END)
    assert not PAUSE.ended("bob", now=LATER).is_in_force(now=LATER)
    assert f"paused by alice until {shown_time(END)}" in PAUSE.describe()


@pytest.mark.parametrize(
    ("by", "title", "at", "is_same"),
    [
        ("mallory", "turned away", "2026-11-23T15:59:59+00:00", True),
        ("mallory", "turned away", "2026-11-23T16:00:00+00:00", False),
        ("mallory", "undone", NOW, False),
        ("trudy", "turned away", NOW, False),
    ],
)
def test_what_one_principal_does_again_within_the_hour_is_one_word(
    by: str, title: str, at: str, *, is_same: bool
) -> None:
    """Nobody floods the operators by trying again and again."""
    assert (word_id(by, title, at) == word_id("mallory", "turned away", NOW)) is is_same
