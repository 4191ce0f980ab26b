"""judging/likeness.py: which guarded role a role is, or is made to look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panorama_guard.judging.likeness import likeness_of
from tests.builders import PROFILE, SERVICE_ROLE

NAME = SERVICE_ROLE.name
LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


@pytest.mark.parametrize("path", SERVICE_ROLE.paths)
def test_a_role_of_the_profile_is_that_role(path: str) -> None:
    """With no words about a difference."""
    (likeness,) = likeness_of(NAME, path, PROFILE)
    assert (likeness.role, likeness.words) == (SERVICE_ROLE, "")


def test_case_and_path_are_both_told() -> None:
    """IAM takes the name for the guarded one's; the guard does not write to it."""
    (likeness,) = likeness_of(NAME.upper(), "/x/", PROFILE)
    assert "by the case of its name; a look-alike" in likeness.words
    assert likeness.words.endswith("by its path /x/")


@given(st.integers(0, len(NAME) - 1), LETTERS)
def test_one_letter_makes_a_look_alike(place: int, letter: str) -> None:
    """Put in, left out, or another one, wherever it is."""
    for name in (
        NAME[:place] + letter + NAME[place:],
        NAME[:place] + NAME[place + 1 :],
        NAME[:place] + letter + NAME[place + 1 :],
    ):
        (likeness,) = likeness_of(name, "/service-role/", PROFILE)
        assert likeness.role is SERVICE_ROLE


@pytest.mark.parametrize(
    "name", ["AWSPan0ramaServ1ceR0le", "AWSPanoramaServiceRo|e".replace("|", "I"), "AWS_Panorama.Service-Role"]
)
def test_what_the_eye_takes_for_the_name_is_a_look_alike(name: str) -> None:
    """Digits for letters, and marks between words."""
    assert [likeness.role for likeness in likeness_of(name, "/", PROFILE)] == [SERVICE_ROLE]


@pytest.mark.parametrize(
    "name", ["Administrator", "PanoramaServiceRole", "AWSGlueServiceRole", "AWSPanoramaServiceRoleForCamera", "a", ""]
)
def test_others_are_not(name: str) -> None:
    """A name that only begins alike, or is of another service."""
    assert likeness_of(name, "/", PROFILE) == ()


def test_the_guarded_names_are_not_look_alikes_of_each_other() -> None:
    """Each is itself."""
    roles = (*PROFILE.roles, *PROFILE.watched)
    assert [likeness_of(role.name, role.paths[0], PROFILE)[0].role for role in roles] == list(roles)
