"""Who reaches a secret, who is handed it, where copies of it are, whose key it has."""

import pytest

from panorama_guard.case import secret
from panorama_guard.case.finding import Deviation, Kind, Severity
from panorama_guard.case.resource import ResourceSnapshot, canonical
from panorama_guard.containment import Escaped
from panorama_guard.containment.caller import describe_principal
from panorama_guard.judging.resource import judge_resource
from tests.builders import ACCOUNT
from tests.unit.named_secrets import ARN, OTHERS, STANDARD, a_secret, lets, rotation

ESCAPE = (Kind.RESOURCE_ESCAPE, Severity.HIGH, secret.POLICY)
PUBLIC = (Kind.RESOURCE_ESCAPE, Severity.CRITICAL, secret.POLICY)
DOUBT = (Kind.UNDECIDED, Severity.MEDIUM, secret.POLICY)


def found(snapshot: ResourceSnapshot) -> list[tuple[Kind, Severity, str]]:
    """Return the findings on a secret, without their proof."""
    return [(one.kind, one.severity, one.source) for one in judge_resource(snapshot, STANDARD).findings]


def told(snapshot: ResourceSnapshot) -> str:
    """Return what the one finding on a secret says, which was compared and not decided by the engine."""
    (finding,) = judge_resource(snapshot, STANDARD).findings
    assert isinstance(finding.verdict, Deviation)
    assert finding.kind is Kind.WEAKNESS
    return finding.verdict.reason


@pytest.mark.parametrize(
    "statement",
    [
        lets({"AWS": ACCOUNT}),
        lets({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Reader"}, "secretsmanager:*"),
        lets("*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
        lets({"Service": "redshift.amazonaws.com"}, Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
        lets({"AWS": OTHERS}, Resource=ARN.replace("camera-1", "camera-2")),
        {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"},
    ],
)
def test_who_is_of_the_account_may_reach_it(statement: dict[str, object]) -> None:
    """And a statement about another secret says nothing about this one."""
    assert found(a_secret(statement)) == []


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        (lets({"AWS": OTHERS}), ESCAPE),
        (lets({"AWS": [ACCOUNT, f"arn:aws:iam::{OTHERS}:role/Thief"]}, Resource=ARN), ESCAPE),
        (lets({"AWS": OTHERS}, "secretsmanager:PutResourcePolicy"), ESCAPE),
        (lets({"Service": "redshift.amazonaws.com"}), ESCAPE),
        (lets("*"), PUBLIC),
        (lets("*", Condition={"StringLike": {"aws:PrincipalArn": "*panorama*"}}), PUBLIC),
        ({"Effect": "Allow", "NotPrincipal": {"AWS": OTHERS}, "Action": "*", "Resource": "*"}, PUBLIC),
        (lets({"AWS": "arn:aws:iam::*:root"}), DOUBT),
    ],
)
def test_who_else_may_reach_it_is_found(statement: dict[str, object], finding: tuple[Kind, Severity, str]) -> None:
    """Everybody is worse than somebody; what is not understood is a doubt."""
    assert found(a_secret(lets({"AWS": ACCOUNT}), statement)) == [finding]


def test_an_escape_is_shown_by_somebody_s_request() -> None:
    """On the secret itself."""
    (finding,) = judge_resource(a_secret(lets({"AWS": OTHERS}, Sid="Partner")), STANDARD).findings
    assert isinstance(finding.verdict, Escaped)
    assert describe_principal(finding.verdict.witness) == f"AWS arn:aws:iam::{OTHERS}:root"
    assert (finding.verdict.witness.action, finding.verdict.witness.resource[: len(ARN)]) == (
        "secretsmanager:GetSecretValue",
        ARN,
    )
    assert finding.verdict.statement.words == f"{secret.POLICY}, statement 1 (Partner)"


def test_a_function_of_the_account_may_rotate_it() -> None:
    """It gets the secret to do so."""
    assert found(a_secret(rotation=rotation(ACCOUNT))) == []


def test_a_function_of_others_that_rotates_it_is_told() -> None:
    """By the call that hands it over."""
    (finding,) = judge_resource(a_secret(rotation=rotation(OTHERS)), STANDARD).findings
    assert isinstance(finding.verdict, Escaped)
    witness = finding.verdict.witness
    assert (finding.kind, finding.severity) == (Kind.WEAKNESS, Severity.MEDIUM)
    assert (witness.action, witness.resource) == (
        "lambda:InvokeFunction",
        f"arn:aws:lambda:us-east-1:{OTHERS}:function:rotate",
    )


def test_copies_in_other_regions_are_told() -> None:
    """All of them."""
    copies = canonical([{"Region": "eu-west-1", "KmsKeyId": "alias/aws/secretsmanager"}, {"Region": "ap-south-1"}])
    assert told(a_secret(replication=copies)) == (
        "copies of it are in ap-south-1, eu-west-1, where the guard does not look"
    )


@pytest.mark.parametrize("key", ["alias/cameras", "1234abcd", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd"])
def test_a_key_of_the_account_is_nothing_to_tell(key: str) -> None:
    """Whatever it is called by."""
    assert found(a_secret(encryption_key=key)) == []


def test_a_key_of_others_is_told() -> None:
    """Whoever takes it away takes the secret away."""
    key = f"arn:aws:kms:us-east-1:{OTHERS}:key/1234abcd"
    assert told(a_secret(encryption_key=key)) == f"its key is another account's, which can take it away: {key}"
    copies = canonical([{"Region": "eu-west-1", "KmsKeyId": key}])
    assert [one.source for one in judge_resource(a_secret(replication=copies), STANDARD).findings] == [
        secret.REPLICATION,
        secret.KEY,
    ]
