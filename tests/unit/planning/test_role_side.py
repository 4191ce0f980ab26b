"""What denies a guarded role on its own side what the policy of a bucket of others gives it."""

import json
import shlex

import pytest

from panorama_guard.case import grantor
from panorama_guard.case.incident import NO_REMEDY
from panorama_guard.case.resource import Part, ResourceSnapshot
from panorama_guard.case.snapshot import Subject
from panorama_guard.containment import Contained, Grant
from panorama_guard.containment.check import check
from panorama_guard.judging.allowance import OverworkedError, allowing
from panorama_guard.judging.grantors import reach_of_grant
from panorama_guard.judging.resource import ResourceStandard, judge_resource
from panorama_guard.planning.role_side import PROOF, deny_on_role
from panorama_guard.policy import parse_document, parse_document_value
from panorama_guard.profile import RoleProfile
from tests.builders import ACCOUNT, PROFILE
from tests.unit.buckets import BUCKETS, a_bucket

(GRANTORS,) = [one for one in PROFILE.resources if one.type == grantor.TYPE]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/"


def bucket(*statements: object) -> ResourceSnapshot:
    """Return a bucket of others with a policy of these statements."""
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    subject = Subject(ACCOUNT, "arn:aws:s3:::payroll", "s3-grantor:payroll", "arn:aws:s3:::payroll")
    return ResourceSnapshot(subject, grantor.TYPE, (Part(grantor.POLICY, text),))


def lets(principal: str, action: str | list[str] = "s3:GetObject") -> dict[str, object]:
    """Return a statement of the bucket's policy."""
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "arn:aws:s3:::payroll/*"}


@pytest.mark.parametrize("profile", PROFILE.roles, ids=lambda role: role.name)
@pytest.mark.parametrize("action", ["s3:*", ["s3:GetObject", "s3:PutObject"]], ids=str)
def test_the_command_denies_all_of_it_and_nothing_inside_the_ceiling(
    profile: RoleProfile, action: str | list[str]
) -> None:
    """For every guarded role, with the ceiling that it has; both are decided here once more."""
    given = lets(profile.arns(ACCOUNT)[0], action)
    snapshot = bucket(given)
    (finding,) = judge_resource(snapshot, ResourceStandard(GRANTORS)).findings
    remedy = deny_on_role(finding, snapshot, GRANTORS)
    words = shlex.split(remedy.notes[0].partition(": ")[2])
    assert words[:7] == ["aws", "iam", "put-role-policy", "--role-name", profile.name, "--policy-name", "deny-payroll"]
    assert (remedy.proof, remedy.steps, remedy.carried_out) == (PROOF, (), False)
    deny = parse_document(words[-1], name="deny")
    own = {name: value for name, value in given.items() if name != "Principal"}
    allow = parse_document_value({"Version": "2012-10-17", "Statement": [own]}, name="given")
    assert isinstance(check(Grant((allow, deny)), profile.ceiling), Contained)
    assert isinstance(check(profile.ceiling, Grant((*profile.ceiling.policies, deny))), Contained)


def test_a_doubt_and_any_other_resource_have_no_such_command() -> None:
    """Nothing is proved of the one, and nothing is given to a role by the other."""
    doubtful = bucket({**lets(f"{ROLE}AWSPanoramaServiceRole"), "X": 1})
    (finding,) = judge_resource(doubtful, ResourceStandard(GRANTORS)).findings
    assert deny_on_role(finding, doubtful, GRANTORS) == NO_REMEDY
    assert deny_on_role(finding, a_bucket(), BUCKETS) == NO_REMEDY


def test_how_far_it_reaches_costs_whoever_asks() -> None:
    """Whoever writes the bucket's policy chooses how hard that is."""
    snapshot = bucket(lets(PROFILE.roles[0].arns(ACCOUNT)[0], "s3:*"))
    (finding,) = judge_resource(snapshot, ResourceStandard(GRANTORS)).findings
    for ask in (reach_of_grant, deny_on_role):
        with allowing(1), pytest.raises(OverworkedError):
            ask(finding, snapshot, GRANTORS)
