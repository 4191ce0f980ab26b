"""What is done about a bucket: what offends is taken out, everything else stays, and nobody inside is shut out."""

import json
from dataclasses import replace
from functools import reduce

import pytest

from panorama_guard.case import bucket
from panorama_guard.case.finding import Finding, Kind
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.case.step import DeletePart, PutPart, apply_step
from panorama_guard.judging.buckets import WHOLE_BLOCK
from panorama_guard.judging.resource import ResourceStandard, judge_resource
from panorama_guard.planning.plan import Plan, Refused
from panorama_guard.planning.refusing import RefusedStep
from panorama_guard.planning.resource_ladder import RESOURCE_RUNGS, ResourceSituation, plan_for_resource
from tests.builders import ACCOUNT
from tests.unit.buckets import (
    ARN,
    BUCKETS,
    OTHERS,
    OWNER,
    POINT,
    STANDARD,
    THIEF,
    a_bucket,
    acl,
    group,
    lets,
    replication,
    text,
    user,
)

OWN, THEIRS = lets({"AWS": ACCOUNT}), lets({"AWS": OTHERS})


def finding_in(snapshot: ResourceSnapshot, source: str, standard: ResourceStandard = STANDARD) -> Finding:
    """Return the finding in one part."""
    return next(one for one in judge_resource(snapshot, standard).findings if one.source == source)


def plan(snapshot: ResourceSnapshot, source: str = bucket.POLICY, standard: ResourceStandard = STANDARD) -> Plan:
    """Return the plan for the finding in one part, which must be proved, and hold on paper in both directions."""
    made = plan_for_resource(ResourceSituation(finding_in(snapshot, source, standard), snapshot, standard))
    assert isinstance(made, Plan), made
    after = reduce(apply_step, made.steps, snapshot)
    assert not [one for one in judge_resource(after, standard).findings if one.source == source]
    assert reduce(apply_step, made.inverses, after) == snapshot
    return made


def with_policy(*statements: object) -> ResourceSnapshot:
    """Return a bucket with a policy."""
    return a_bucket().with_part(bucket.POLICY, text(*statements))


def test_the_offending_statement_goes_and_every_other_byte_stays() -> None:
    """White space and all, wherever it stands."""
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"{ARN}/*"}
    limited = {**deny, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    for statements in ([THEIRS, limited, OWN], [limited, THEIRS, OWN], [limited, OWN, THEIRS]):
        assert plan(with_policy(*statements)).steps == (PutPart(bucket.POLICY, text(limited, OWN)),)


def test_a_policy_of_which_nothing_is_left_is_deleted() -> None:
    """AWS takes no policy without statements."""
    assert plan(with_policy(THEIRS)).steps == (DeletePart(bucket.POLICY),)
    single = json.dumps({"Version": "2012-10-17", "Statement": THEIRS})
    assert plan(a_bucket().with_part(bucket.POLICY, single)).steps == (DeletePart(bucket.POLICY),)


def test_a_deny_that_is_left_stays() -> None:
    """It is no Allow, and no reason to delete the policy."""
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket", "Resource": ARN}
    assert plan(with_policy(deny, THEIRS)).steps == (PutPart(bucket.POLICY, text(deny)),)


GONE = "AIDAQWERTYUIOPASDFGHJ"


def refused_for_what_it_says(*statements: object) -> tuple[Plan, Plan]:
    """Return the plan for a bucket with a policy, and the one after AWS has refused the document of the first."""
    snapshot = with_policy(*statements)
    first = plan(snapshot)
    refused = RefusedStep(first.steps[0], is_of_document=True)
    made = plan_for_resource(ResourceSituation(finding_in(snapshot, bucket.POLICY), snapshot, STANDARD, (refused,)))
    assert isinstance(made, Plan), made
    assert not judge_resource(reduce(apply_step, made.steps, snapshot), STANDARD).findings
    return first, made


def test_a_deny_of_whom_iam_has_deleted_goes_where_aws_takes_no_document_with_it() -> None:
    """It denies nobody anything; else whoever names somebody and deletes him leaves only the policy's deletion."""
    dead = {"Effect": "Deny", "Principal": {"AWS": GONE}, "Action": "s3:*", "Resource": f"{ARN}/*"}
    first, then = refused_for_what_it_says(dead, THEIRS, OWN)
    assert first.steps == (PutPart(bucket.POLICY, text(dead, OWN)),)
    assert (then.steps, then.needs_approval) == ((PutPart(bucket.POLICY, text(OWN)),), False)
    mixed = {**dead, "Principal": {"AWS": [GONE, f"arn:aws:iam::{ACCOUNT}:user/x"]}}
    (step,) = refused_for_what_it_says(mixed, THEIRS, OWN)[1].steps
    assert isinstance(step, PutPart)
    assert json.loads(step.text)["Statement"] == [
        {**mixed, "Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:user/x"]}},
        OWN,
    ]
    assert refused_for_what_it_says(dead, THEIRS)[1].steps == (DeletePart(bucket.POLICY),)


def test_a_deny_of_whom_there_is_stays_whatever_aws_refuses() -> None:
    """What it denies would be open."""
    deny = {"Effect": "Deny", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/x"}, "Action": "s3:*"}
    _, then = refused_for_what_it_says({**deny, "Resource": f"{ARN}/*"}, THEIRS, OWN)
    assert then.needs_approval


def test_of_a_list_of_principals_only_those_outside_go() -> None:
    """Those inside keep what the statement gives."""
    (step,) = plan(with_policy(lets({"AWS": [f"arn:aws:iam::{ACCOUNT}:role/Reader", OTHERS]}))).steps
    assert isinstance(step, PutPart)
    assert json.loads(step.text)["Statement"][0]["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:role/Reader"}


def test_what_is_for_everybody_becomes_what_is_for_the_account() -> None:
    """So nobody inside is shut out."""
    (step,) = plan(with_policy(lets("*"))).steps
    assert isinstance(step, PutPart)
    first, *others = json.loads(step.text)["Statement"]
    assert first["Principal"]["AWS"] == ACCOUNT
    assert all("Condition" in one for one in others)


def test_what_cannot_be_told_apart_waits_for_an_operator() -> None:
    """The whole policy would go, and with it whom it lets in inside the profile."""
    open_end = {"Effect": "Allow", "NotPrincipal": {"AWS": OTHERS}, "Action": "s3:*", "Resource": f"{ARN}/*"}
    made = plan(with_policy(open_end))
    assert (made.steps, made.needs_approval) == ((DeletePart(bucket.POLICY),), True)
    assert "cannot any more" in made.proof


def test_an_access_point_loses_the_statement_alone() -> None:
    """By the same repair."""
    own, theirs = ({**one, "Resource": f"{POINT}/object/*"} for one in (OWN, THEIRS))
    part = bucket.point_policy("models")
    assert plan(a_bucket().with_part(part, text(own, theirs)), part).steps == (PutPart(part, text(own)),)


@pytest.mark.parametrize("grant", [group("global/AllUsers"), group("global/AuthenticatedUsers"), user(THIEF)])
def test_an_acl_loses_the_grant_alone(grant: dict[str, object]) -> None:
    """The owner's and the one for logs stay."""
    logs = group("s3/LogDelivery", "WRITE")
    snapshot = a_bucket().with_part(bucket.ACL, acl(grant, logs))
    assert plan(snapshot, bucket.ACL).steps == (PutPart(bucket.ACL, acl(logs)),)
    assert OWNER in acl(logs)


def test_a_replication_that_goes_elsewhere_is_taken_away() -> None:
    """Whole, where all of it does."""
    made = plan(a_bucket().with_part(bucket.REPLICATION, replication("elsewhere")), bucket.REPLICATION)
    assert (made.steps, made.needs_approval) == ((DeletePart(bucket.REPLICATION),), False)


def test_a_replication_that_also_stays_inside_waits_for_an_operator() -> None:
    """S3 asks for iam:PassRole to write less of it, which no function has."""
    snapshot = a_bucket(buckets_of_the_account='["own"]')
    made = plan(snapshot.with_part(bucket.REPLICATION, replication("own", "elsewhere")), bucket.REPLICATION)
    assert made.needs_approval


def test_a_block_is_put_back_whole() -> None:
    """It shuts nobody inside out: what it stops is public."""
    assert plan(a_bucket().without_part(bucket.BLOCK), bucket.BLOCK).steps == (PutPart(bucket.BLOCK, WHOLE_BLOCK),)


def test_a_block_comes_after_what_is_open_where_others_are_stated() -> None:
    """While the policy is public, S3 would shut those out as well whom the profile states."""
    stated = ResourceStandard(replace(BUCKETS, principals=("222233334444",)))
    snapshot = with_policy(lets("*")).without_part(bucket.BLOCK)
    situation = ResourceSituation(finding_in(snapshot, bucket.BLOCK, stated), snapshot, stated)
    assert isinstance(plan_for_resource(situation), Refused)
    assert plan(snapshot, bucket.BLOCK).steps


def test_a_step_that_aws_has_refused_is_not_proposed_again() -> None:
    """Another rung may be open still."""
    snapshot = with_policy(OWN, THEIRS)
    refused = (RefusedStep(PutPart(bucket.POLICY, "")),)
    made = plan_for_resource(ResourceSituation(finding_in(snapshot, bucket.POLICY), snapshot, STANDARD, refused))
    assert isinstance(made, Plan)
    assert (made.steps, made.needs_approval) == ((DeletePart(bucket.POLICY),), True)


@pytest.mark.parametrize("kind", [Kind.WEAKNESS, Kind.UNDECIDED])
def test_what_is_only_told_has_no_rung(kind: Kind) -> None:
    """In every mode."""
    assert RESOURCE_RUNGS[kind] == ()


def test_a_doubt_elsewhere_does_not_shield_a_policy() -> None:
    """Were it to, one odd grant in the ACL would keep the policy open."""
    snapshot = with_policy(OWN, THEIRS).with_part(bucket.ACL, acl(group("global/Aliens")))
    assert plan(snapshot).steps == (PutPart(bucket.POLICY, text(OWN)),)
