"""Roles are found by what they are: by name in any case, by whom their trust names, by which policies they have."""

from dataclasses import replace

import pytest

from panorama_guard.case.outline import RoleOutline
from panorama_guard.judging.discovering import found_as, trusted_services
from panorama_guard.profile import Enrolment
from tests.builders import PROFILE, policy, trusting

NOBODY = policy(trusting({"AWS": "arn:aws:iam::111122223333:root"}))
PANORAMA = policy(trusting({"Service": "panorama.amazonaws.com"}))
LAMBDA = policy(trusting({"Service": "lambda.amazonaws.com"}))
PINNED = "arn:aws:iam::aws:policy/service-role/AWSPanoramaServiceRolePolicy"
FULL_ACCESS = "arn:aws:iam::aws:policy/AWSPanoramaFullAccess"

FOUND = [
    ("AWSPanoramaSMRole20230101120000", NOBODY, (), "sample-role"),
    ("awspanoramaSomething", NOBODY, (), "sample-role"),
    ("AWSPanoramaSamplesDeploymentRoleTest_people", PANORAMA, (), "sample-role"),
    ("panorama-people-counter-runtimeRole-1A2B", PANORAMA, (), "application-role"),
    (
        "anything",
        policy(trusting({"Service": ["ec2.amazonaws.com", "panorama.amazonaws.com"]})),
        (),
        "application-role",
    ),
    ("anything", NOBODY, (PINNED,), "application-role"),
    ("anything", NOBODY, (FULL_ACCESS,), "application-role"),
    ("my-Panorama-function", LAMBDA, (), "function-role"),
    ("AWSPanoramaServiceR0le", NOBODY, (), "AWSPanoramaServiceRole"),
]
NOBODYS = [
    ("payroll", NOBODY, ()),
    ("payroll", LAMBDA, ()),
    ("panorama-operators", NOBODY, ()),
    ("payroll", NOBODY, ("arn:aws:iam::aws:policy/AmazonS3FullAccess",)),
    ("payroll", policy({**trusting({"Service": "panorama.amazonaws.com"}), "Effect": "Deny"}), ()),
]


@pytest.mark.parametrize(("name", "trust", "attached", "family"), FOUND)
def test_a_role_is_found_by_its_signs(name: str, trust: str, attached: tuple[str, ...], family: str) -> None:
    """And the first family that knows it says what it may be."""
    assert found_as(RoleOutline(name, "/", trust, attached), PROFILE) == family


@pytest.mark.parametrize(("name", "trust", "attached"), NOBODYS)
def test_other_roles_are_nobody_s_business(name: str, trust: str, attached: tuple[str, ...]) -> None:
    """A name alone, or a trust alone, that could be anybody's says nothing."""
    assert found_as(RoleOutline(name, "/", trust, attached), PROFILE) == ""


def test_a_trust_that_is_not_understood_is_taken_for_all_that_stands_in_it() -> None:
    """The role is looked at, and then it is told that it is not understood."""
    odd = '{"Statement": [{"Effect": "Perhaps", "Principal": {"Service": "panorama.amazonaws.com"}}]}'
    assert "panorama.amazonaws.com" in trusted_services(odd)


def test_the_guard_s_own_roles_are_not_found() -> None:
    """Its stack may be called after Panorama; who changes such a role is told by a rule of its own."""
    own = replace(PROFILE, own="panorama-guard-")
    outline = RoleOutline("panorama-guard-InspectRole-1A2B", "/", LAMBDA)
    assert (found_as(outline, own), found_as(outline, PROFILE)) == ("", "function-role")


@pytest.mark.parametrize("family", ["application-role", "AWSPanoramaServiceRole"])
def test_what_is_found_is_never_enrolled(family: str) -> None:
    """Nobody turns the guard against payroll by what payroll looks like, or whom it lets in."""
    role = PROFILE.found(family, "payroll", "/service-role/")
    assert role is not None
    assert (role.name, role.enrolment) == ("payroll", Enrolment.ALERT_ONLY)
    assert not role.is_enrolled("payroll", "/service-role/")


def test_a_role_that_the_profile_names_is_never_one_that_is_found() -> None:
    """Whatever is on record: its own profile stands."""
    assert PROFILE.found("application-role", "awspanoramaservicerole") is None


def test_what_is_on_record_of_a_family_that_is_no_more_is_not_guarded() -> None:
    """Nor what is no key of a role at all."""
    assert (PROFILE.guarded("found-role:gone/payroll"), PROFILE.guarded("found-role:")) == (None, None)
