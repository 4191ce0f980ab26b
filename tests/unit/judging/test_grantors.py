"""What the policy of a bucket outside the pattern gives to a guarded role is decided against that role's ceiling."""

import json

import pytest

from panorama_guard.case import grantor
from panorama_guard.case.finding import Finding, Kind, Severity
from panorama_guard.case.resource import Part, ResourceSnapshot
from panorama_guard.case.snapshot import Subject
from panorama_guard.containment import Escaped
from panorama_guard.containment.caller import describe_principal
from panorama_guard.judging.resource import ResourceStandard, judge_resource
from panorama_guard.judging.subject import reach_of
from tests.builders import ACCOUNT, PROFILE

(GRANTORS,) = [one for one in PROFILE.resources if one.type == grantor.TYPE]
ROLE, SESSION = f"arn:aws:iam::{ACCOUNT}:role/", f"arn:aws:sts::{ACCOUNT}:assumed-role/"
SERVICE = f"{ROLE}service-role/AWSPanoramaServiceRole"


def lets(principal: object, action: str = "s3:GetObject", **rest: object) -> dict[str, object]:
    """Return a statement of the bucket's policy."""
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "arn:aws:s3:::payroll/*", **rest}


def found(*statements: object, name: str = "payroll") -> tuple[Finding, ...]:
    """Return the findings on a bucket with a policy of these statements."""
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    subject = Subject(ACCOUNT, f"arn:aws:s3:::{name}", f"s3-grantor:{name}", f"arn:aws:s3:::{name}")
    snapshot = ResourceSnapshot(subject, grantor.TYPE, (Part(grantor.POLICY, text),))
    return judge_resource(snapshot, ResourceStandard(GRANTORS)).findings


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": SERVICE},
        {"AWS": SERVICE.replace("service-role/", "")},
        {"AWS": [f"{ROLE}Payroll", f"{ROLE}service-role/AWSPanoramaSageMakerRole"]},
        {"AWS": f"{SESSION}AWSPanoramaServiceRole/mallory"},
    ],
)
def test_what_is_given_to_a_guarded_role_beyond_its_ceiling_is_an_escape(principal: object) -> None:
    """By its ARN under either path, or to a session of it; shown by a request."""
    (finding,) = found(lets(principal))
    assert (finding.kind, finding.severity, finding.source) == (Kind.RESOURCE_ESCAPE, Severity.HIGH, grantor.POLICY)
    assert isinstance(finding.verdict, Escaped)
    witness = finding.verdict.witness
    assert (witness.action, witness.resource.startswith("arn:aws:s3:::payroll/")) == ("s3:GetObject", True)


def test_a_deny_for_everybody_but_the_administrator_leaves_no_escape() -> None:
    """What does not replay on the policy itself is no escape, at most a doubt."""
    but = {"StringNotLike": {"aws:userid": "AIDAADMINISTRATOR"}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": but}
    assert [one.kind for one in found(lets({"AWS": SERVICE}), deny) if one.kind is Kind.RESOURCE_ESCAPE] == []


def test_a_condition_can_name_a_role_too() -> None:
    """Though the principal is everybody."""
    assert found(lets("*", Condition={"ArnEquals": {"aws:PrincipalArn": SERVICE}}))


@pytest.mark.parametrize(
    "statement",
    [
        lets({"AWS": f"{ROLE}Payroll"}),
        lets({"AWS": ACCOUNT}),
        lets("*"),  # everybody: it names no role
        lets({"AWS": SERVICE}, Condition={"StringEquals": {"aws:PrincipalAccount": "999999999999"}}),
        {**lets({"AWS": SERVICE}), "Effect": "Deny"},
    ],
)
def test_what_gives_a_guarded_role_nothing_is_silent(statement: dict[str, object]) -> None:
    """The account leaves it to the role's own policies."""
    assert found(statement) == ()


def test_what_a_role_s_ceiling_holds_it_may_be_given() -> None:
    """Greengrass's role reads from buckets of Greengrass's own pattern."""
    own = {**lets({"AWS": f"{ROLE}service-role/AWSPanoramaGreengrassRole"}), "Resource": "arn:aws:s3:::greengrass-x/*"}
    other = {**own, "Principal": {"AWS": SERVICE}}
    assert found(own, name="greengrass-x") == ()
    assert found(other, name="greengrass-x")


def test_a_policy_that_is_not_understood_is_a_doubt() -> None:
    """Never clean."""
    (finding,) = found({"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": {"AWS": SERVICE}, "X": 1})
    assert finding.kind is Kind.UNDECIDED


def test_how_far_it_reaches_is_told() -> None:
    """All of what the role gets, and what of it is inside its ceiling taken out."""
    text = json.dumps({"Version": "2012-10-17", "Statement": [lets({"AWS": SERVICE})]})
    subject = Subject(ACCOUNT, "arn:aws:s3:::payroll", "s3-grantor:payroll", "arn:aws:s3:::payroll")
    snapshot = ResourceSnapshot(subject, grantor.TYPE, (Part(grantor.POLICY, text),))
    (finding,) = found(lets({"AWS": SERVICE}))
    reach = reach_of(finding, snapshot, ResourceStandard(GRANTORS))
    allow, deny = json.loads(reach.document)["Statement"]
    assert (reach.precision, allow["Resource"]) == ("exactly", "arn:aws:s3:::payroll/*")
    assert (deny["Effect"], deny["Resource"]) == ("Deny", "arn:aws:s3:::*aws-panorama*")


def test_who_asks_is_told() -> None:
    """A session of the role, as the policy would name it."""
    (finding,) = found(lets({"AWS": SERVICE}))
    assert isinstance(finding.verdict, Escaped)
    assert describe_principal(finding.verdict.witness).startswith(f"AWS {SESSION}AWSPanoramaServiceRole/")
