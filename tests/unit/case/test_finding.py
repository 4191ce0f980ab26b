"""A judgement says what is gone, and never because of a doubt."""

from dataclasses import replace

from panorama_guard.case.finding import TRUST_SOURCE, Judgement, Kind
from tests.builders import BOUNDARY_ARN, DOUBT, ESCAPE


def test_nothing_found_is_compliant() -> None:
    """A doubt is a finding, so it is not compliant."""
    assert Judgement(()).is_compliant
    assert not Judgement((DOUBT,)).is_compliant


def test_a_finding_is_asked_for_by_its_cause() -> None:
    """Kind and source together are the cause."""
    judgement = Judgement((ESCAPE, replace(ESCAPE, source="other")))
    assert judgement.of(Kind.PERMISSION_ESCAPE, "inline-0") == (ESCAPE,)
    assert judgement.of(Kind.TRUST_ESCAPE, "inline-0") == ()


def test_a_doubt_about_a_policy_hides_the_escape_through_it() -> None:
    """What is not understood is not proved to be gone."""
    assert not Judgement((DOUBT,)).is_clean_of(Kind.PERMISSION_ESCAPE, DOUBT.source)


def test_a_doubt_about_one_policy_hides_nothing_of_another() -> None:
    """Allows only add."""
    assert Judgement((DOUBT,)).is_clean_of(Kind.PERMISSION_ESCAPE, "other")


def test_any_doubt_hides_the_escape_through_a_lost_boundary() -> None:
    """A boundary concerns every policy."""
    assert not Judgement((DOUBT,)).is_clean_of(Kind.BOUNDARY_ESCAPE, BOUNDARY_ARN)


def test_an_escape_through_one_policy_is_not_gone_while_it_is_found() -> None:
    """The finding itself is the plainest reason."""
    assert not Judgement((ESCAPE,)).is_clean_of(ESCAPE.kind, ESCAPE.source)


def test_a_doubt_about_all_that_begin_alike_hides_each_of_them() -> None:
    """Where AWS does not list the access points of a bucket, any may be there."""
    doubt = replace(DOUBT, source="policy of access point *")
    assert not Judgement((doubt,)).is_clean_of(Kind.RESOURCE_ESCAPE, "policy of access point models")
    assert Judgement((doubt,)).is_clean_of(Kind.RESOURCE_ESCAPE, "bucket policy")


def test_a_doubt_about_a_policy_named_trust_is_none_about_the_trust() -> None:
    """Whoever names a policy would hide by it who may become the role."""
    doubt = replace(DOUBT, source="trust")
    assert Judgement((doubt,)).is_clean_of(Kind.TRUST_ESCAPE, TRUST_SOURCE)
