"""judging/weak_patterns: what reaches farther than its words say is shown, and so is what stops it."""

import json
from dataclasses import replace

from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.weak_pattern import WeakPattern
from panorama_guard.containment import Grant, Request
from panorama_guard.containment.evaluate import allows
from panorama_guard.judging.weak_patterns import MOST_EXAMPLES, weak_patterns
from panorama_guard.policy import parse_document
from tests.builders import ACCOUNT, ROLES, allow, deny, managed, policy, snapshot_of, with_policies

OWN = ("my-aws-panorama-models", "payroll")
NAMES = "arn:aws:s3:::*aws-panorama*"
KEY = "aws:ResourceAccount"


def bare(number: int = 0) -> RoleSnapshot:
    """Return a role without AWS's policies."""
    return replace(snapshot_of(ROLES[number]), attached=())


def weak_of(*documents: str, buckets: tuple[str, ...] = OWN) -> tuple[WeakPattern, ...]:
    """Return the weak patterns of a role that has only these inline policies."""
    return weak_patterns([with_policies(bare(), *documents)], buckets)


def test_aws_s_own_policies_have_weak_patterns() -> None:
    """Each is told once, with the role that has it, and with what would take its place."""
    found = weak_patterns([snapshot_of(role) for role in ROLES], OWN)
    assert {name for weak in found for name in weak.roles} >= {"AWSPanoramaServiceRole", "AWSPanoramaSageMakerRole"}
    assert all(weak.hardened and len(weak.examples) <= MOST_EXAMPLES for weak in found)


def test_what_is_shown_is_granted_and_what_hardens_it_stops_it() -> None:
    """By the definition, in both: a bucket of somebody else's, and an object of any bucket."""
    (weak,) = weak_of(policy(allow("s3:GetObject", NAMES)))
    foreign = Request("s3:GetObject", "arn:aws:s3:::x-aws-panorama/model", ((KEY, ("999999999999",)),))
    inside = Request("s3:GetObject", "arn:aws:s3:::payroll/aws-panorama", ((KEY, (ACCOUNT,)),))
    own = Request("s3:GetObject", "arn:aws:s3:::my-aws-panorama-models/model", ((KEY, (ACCOUNT,)),))
    statements = (weak.quote, weak.hardened)
    documents = [
        parse_document(json.dumps({"Version": "2012-10-17", "Statement": json.loads(s)}), name="x") for s in statements
    ]
    before, after = (Grant((document,)) for document in documents)
    assert [allows(before, one) for one in (foreign, inside, own)] == [True, True, True]
    assert [allows(after, one) for one in (foreign, inside, own)] == [False, False, True]
    assert weak.left == ()


def test_without_a_bucket_of_the_name_what_is_left_is_said() -> None:
    """That the owner is the account closes one way of two."""
    (weak,) = weak_of(policy(allow("s3:GetObject", NAMES)), buckets=())
    assert f'"{KEY}": "{ACCOUNT}"' in weak.hardened
    assert len(weak.examples) == 2
    assert [told for told in weak.examples if "by the key" in told] == list(weak.left)


def test_a_statement_that_says_whose_the_bucket_is_still_reaches_by_keys() -> None:
    """It is weak in one way only."""
    condition = {"StringEquals": {KEY: ACCOUNT}}
    (weak,) = weak_of(policy(allow("s3:GetObject", NAMES, Condition=condition)))
    assert [told for told in weak.examples if "another account" in told] == []


def test_a_name_without_a_wildcard_is_not_weak() -> None:
    """Nor is what another service is about."""
    assert weak_of(policy(allow("s3:GetObject", "arn:aws:s3:::my-aws-panorama-models/x"))) == ()
    assert weak_of(policy(allow("iot:CreateThing", "arn:aws:iot:*:*:thing/panorama*"))) == ()


def test_what_a_deny_stops_is_not_told() -> None:
    """The role's effective permission counts, not the statement alone."""
    shut = deny("s3:*", "*", Condition={"StringNotEquals": {KEY: ACCOUNT}})
    (weak,) = weak_of(policy(allow("s3:GetObject", NAMES), shut))
    assert [told for told in weak.examples if "another account" in told] == []


def test_the_same_statement_of_two_roles_is_told_once() -> None:
    """With both their names."""
    document = managed(policy(allow("s3:GetObject", NAMES)), "arn:aws:iam::111122223333:policy/shared")
    roles = [with_policies(bare(number), attached=[document]) for number in range(2)]
    (weak,) = weak_patterns(roles, OWN)
    assert weak.roles == (ROLES[0].name, ROLES[1].name)


def test_a_document_that_is_not_understood_has_no_weak_pattern() -> None:
    """It is undecided, and told as that."""
    assert weak_of("no JSON", '{"Version": "2012-10-17"}') == ()
