"""A profile finds the role that IAM would, and enrols only the role that is exactly it."""

import pytest

from panorama_guard.containment import Grant
from panorama_guard.policy.document import Document, parse_document
from panorama_guard.profile import Certainty, Enrolment, PinnedPolicy, Profile, RoleProfile

ALLOW = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}'
TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "x.amazonaws.com"}, '
    '"Action": "sts:AssumeRole"}]}'
)


def document(name: str) -> Document:
    """Return a document that allows something."""
    return parse_document(ALLOW, name=name)


def role(name: str, *paths: str, enrolment: Enrolment = Enrolment.ENROLLED) -> RoleProfile:
    """Return a role of this name and these paths."""
    trust = parse_document(TRUST, name="trust")
    return RoleProfile(
        name=name,
        partition="aws",
        paths=paths,
        enrolment=enrolment,
        trust=trust,
        trust_text=TRUST,
        trust_certainty=Certainty.DOCUMENTED,
        trust_source="the guide",
        review_principals=(),
        reviewed_trust=trust,
        policies=(PinnedPolicy("arn:aws:iam::aws:policy/P", "v1", "2020-12-01", document("baseline")),),
        pattern=Grant((document("pattern"),)),
    )


GUARDED = role("GuardedRole", "/service-role/", "/")
LINKED = role("LinkedRole", "/aws-service-role/x.amazonaws.com/", enrolment=Enrolment.ALERT_ONLY)
PROFILE = Profile("example", (GUARDED,), (LINKED,))


def test_the_baseline_is_what_aws_attaches() -> None:
    """The baseline grants the pinned documents."""
    assert GUARDED.baseline == Grant((document("baseline"),))


def test_the_ceiling_is_baseline_and_pattern() -> None:
    """The most a role may be granted is either of the two."""
    assert GUARDED.ceiling == Grant((document("baseline"), document("pattern")))


def test_the_managed_policies_are_named_by_arn() -> None:
    """A role knows the ARNs of the policies that AWS attaches to it."""
    assert GUARDED.managed_policies == ("arn:aws:iam::aws:policy/P",)


def test_a_role_has_an_arn_for_each_of_its_paths() -> None:
    """The path stands between type and name."""
    assert GUARDED.arns("111122223333") == (
        "arn:aws:iam::111122223333:role/service-role/GuardedRole",
        "arn:aws:iam::111122223333:role/GuardedRole",
    )


@pytest.mark.parametrize("name", ["GuardedRole", "guardedrole", "GUARDEDROLE"])
def test_a_role_is_found_without_case(name: str) -> None:
    """IAM has one role for all spellings of a name."""
    assert PROFILE.role_named(name) is GUARDED


def test_a_watched_role_is_found_too() -> None:
    """Roles that are only watched are judged like the others."""
    assert PROFILE.role_named("linkedrole") is LINKED


def test_another_role_is_not_found() -> None:
    """A name that only begins like a guarded one is another role's."""
    assert PROFILE.role_named("GuardedRole2") is None


@pytest.mark.parametrize("path", ["/service-role/", "/"])
def test_a_role_of_exact_name_and_path_is_enrolled(path: str) -> None:
    """Each path of the profile is accepted."""
    assert GUARDED.is_enrolled("GuardedRole", path)


@pytest.mark.parametrize(
    ("name", "path"), [("guardedrole", "/"), ("GuardedRole", "/other/"), ("GuardedRole", ""), ("Other", "/")]
)
def test_a_role_that_is_not_exactly_it_is_not_enrolled(name: str, path: str) -> None:
    """Another case or another path is another role, and is never written to."""
    assert not GUARDED.is_enrolled(name, path)


def test_a_watched_role_is_never_enrolled() -> None:
    """The exact name and path do not enrol a role that is only watched."""
    assert not LINKED.is_enrolled("LinkedRole", "/aws-service-role/x.amazonaws.com/")


def test_a_service_has_its_linked_role() -> None:
    """A service-linked role is found by the service in its path."""
    assert PROFILE.role_of_service("x.amazonaws.com") is LINKED


def test_another_service_has_none() -> None:
    """A service that the profile does not know has no guarded role."""
    assert PROFILE.role_of_service("y.amazonaws.com") is None
