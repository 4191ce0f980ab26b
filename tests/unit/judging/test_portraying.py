"""judging/portraying.py, judging/trusted.py: how far a role reaches in each service, and whom it trusts."""

from dataclasses import replace

import pytest

from panorama_guard.case.portrait import EVERY_OTHER, Portrait, Presence, Standing
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.judging.portraying import MOST_SERVICES, portray
from panorama_guard.judging.reviewing import Unread, review_role
from panorama_guard.judging.standard import standard_of
from panorama_guard.profile import RoleProfile
from panorama_guard.profile.posture import Posture
from tests.builders import (
    ADMINISTRATOR_ARN,
    BOUNDARY_ARN,
    IN_PATTERN,
    PAYROLL,
    ROLES,
    SERVICE_ROLE,
    allow,
    as_administrator,
    deny,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)

S, N, U = Presence.SOME, Presence.NONE, Presence.UNKNOWN
BARE = replace(snapshot_of(), attached=())


def portrait(snapshot: RoleSnapshot, unread: Unread = Unread(), posture: Posture = Posture.ACTIVE) -> Portrait:  # noqa: B008 - frozen
    """Return the portrait of a role that is judged as the service role."""
    found = review_role(snapshot, standard_of(SERVICE_ROLE, posture), unread)
    return portray(snapshot, SERVICE_ROLE, posture, unread, found)


def reach(of: Portrait, service: str) -> tuple[Presence, Presence, Presence]:
    """Return what a role has in each zone of a service."""
    (one,) = (one for one in of.services if one.service == service)
    return one.baseline.presence, one.beyond.presence, one.outside.presence


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_as_aws_makes_it_is_inside_its_baseline_everywhere(role: RoleProfile) -> None:
    """Nothing beyond, nothing outside, nothing unknown."""
    made = portray(snapshot_of(role), role, Posture.ACTIVE, Unread(), ())
    assert {one.beyond.presence for one in made.services} == {N}
    assert {one.outside.presence for one in made.services} == {N}
    assert {one.baseline.presence for one in made.services} == {S, N}


def test_an_administrator_is_in_every_zone_and_in_services_that_nobody_names() -> None:
    """`*` on `*` is the baseline, what is beyond it, and all that is outside."""
    made = portrait(as_administrator(snapshot_of()))
    assert reach(made, "s3") == (S, S, S)
    assert reach(made, EVERY_OTHER) == (N, N, S)


def test_what_is_in_the_pattern_and_not_in_the_baseline_is_beyond() -> None:
    """Tagging objects of a bucket that is named for Panorama."""
    assert reach(portrait(with_policies(BARE, IN_PATTERN)), "s3")[1:] == (S, N)


def test_an_escape_in_one_service_is_told_of_no_other() -> None:
    """The payroll is S3's, and the example is in it."""
    made = portrait(with_policies(snapshot_of(), PAYROLL))
    assert {one.service for one in made.services if one.outside.presence is S} == {"s3"}
    (s3,) = (one for one in made.services if one.service == "s3")
    assert "arn:aws:s3:::payroll/" in s3.outside.words


def test_a_deny_and_a_boundary_take_away() -> None:
    """The effective permission is portrayed."""
    denied = with_policies(BARE, PAYROLL, policy(deny("s3:*")))
    bounded = with_policies(BARE, PAYROLL, boundary=[managed(policy(allow("iot:*")), BOUNDARY_ARN)])
    assert reach(portrait(denied), "s3") == (N, N, N)
    assert reach(portrait(bounded), "s3") == (N, N, N)


def test_a_retired_service_has_no_baseline() -> None:
    """Whatever is granted is outside, and the ceiling allows nothing."""
    made = portrait(snapshot_of(), posture=Posture.RETIRED)
    assert reach(made, "s3") == (N, N, S)
    assert not [one for one in made.services if one.may]


def test_under_a_boundary_that_is_not_known_nothing_is_told_to_be_granted() -> None:
    """It may stop whatever the policies allow."""
    made = portrait(with_policies(BARE, policy(allow("ec2:*"))), Unread(boundary=(BOUNDARY_ARN,)))
    assert reach(made, "ec2") == (N, N, U)
    assert made.boundary == made.unread == (BOUNDARY_ARN,)


@pytest.mark.parametrize(
    ("snapshot", "unread"),
    [(BARE, Unread((ADMINISTRATOR_ARN,))), (with_policies(BARE, '{"Statement": "odd"}'), Unread())],
    ids=["not read", "not understood"],
)
def test_beside_a_policy_that_is_not_known_nothing_is_told_to_be_empty(snapshot: RoleSnapshot, unread: Unread) -> None:
    """It may grant anything."""
    assert reach(portrait(snapshot, unread), "s3") == (U, U, U)


def test_services_without_a_reach_of_their_own_are_in_that_of_every_other() -> None:
    """However many services a policy names, there are few rows, and no escape is lost."""
    many = policy(allow([f"service{number}:Do" for number in range(90)]))
    made = portrait(with_policies(BARE, many))
    assert len(made.services) == MOST_SERVICES + 1
    assert reach(made, EVERY_OTHER) == (N, N, S)


def test_the_statement_that_decided_is_quoted() -> None:
    """As its document has it, once."""
    made = portrait(with_policies(BARE, PAYROLL))
    (quote,) = made.quotes
    assert (quote.statement.policy, quote.statement.index) == ("inline-0", 0)
    assert '"Resource": "arn:aws:s3:::payroll/*"' in made.quoted(quote.statement)


def standings(*statements: dict[str, object]) -> list[tuple[str, Standing]]:
    """Return whom a trust policy of these statements lets in, and how each stands."""
    made = portrait(BARE.with_trust(policy(*statements)))
    return [(edge.principal, edge.standing) for edge in made.trust]


def test_each_principal_stands_for_itself() -> None:
    """The one that the profile names is inside, the other is not."""
    both = trusting({"Service": ["panorama.amazonaws.com", "ec2.amazonaws.com"]})
    assert standings(both, trusting("*")) == [
        ("Service panorama.amazonaws.com", Standing.INSIDE),
        ("Service ec2.amazonaws.com", Standing.OUTSIDE),
        ("everybody", Standing.OUTSIDE),
    ]


def test_whom_a_deny_stops_is_not_let_in() -> None:
    """It is told that he is named, and denied again."""
    stopped = {**trusting({"Service": "ec2.amazonaws.com"}), "Effect": "Deny"}
    assert standings(trusting({"Service": "ec2.amazonaws.com"}), stopped) == [
        ("Service ec2.amazonaws.com", Standing.STOPPED)
    ]


def test_calls_and_conditions_are_told_with_the_principal() -> None:
    """As the statement has them."""
    condition = {"StringEquals": {"sts:ExternalId": ["a", "b"]}}
    statement = trusting({"AWS": "999999999999"}, ["sts:AssumeRole", "sts:TagSession"], Condition=condition)
    (edge,) = portrait(BARE.with_trust(policy(statement))).trust
    assert edge.actions == "sts:AssumeRole, sts:TagSession"
    assert edge.conditions == "StringEquals sts:ExternalId a, b"


@pytest.mark.parametrize("text", ["no JSON", policy(trusting({"AWS": "no such principal"}))])
def test_a_trust_that_is_not_understood_is_undecided(text: str) -> None:
    """And says what was not understood."""
    (edge,) = portrait(BARE.with_trust(text)).trust
    assert edge.standing is Standing.UNDECIDED
    assert edge.reason
