"""Who reaches a bucket, where it sends what it holds, and what of its safeguards is missing."""

import pytest

from panorama_guard.case import bucket
from panorama_guard.case.finding import Deviation, Finding, Kind, Severity
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import ResourceSnapshot, canonical
from panorama_guard.containment import Escaped
from panorama_guard.containment.caller import describe_principal
from panorama_guard.containment.evaluate import allows
from panorama_guard.judging.buckets import FLAGS, WHOLE_BLOCK
from panorama_guard.judging.part_rule import opened_by, read_part
from panorama_guard.judging.resource import judge_resource
from panorama_guard.judging.resource_rules import RULES
from panorama_guard.judging.subject import judge, reach_of, standard_for
from panorama_guard.profile.posture import Posture
from tests.builders import ACCOUNT, MEMORY, PROFILE, SERVICE_ROLE
from tests.unit.buckets import (
    ARN,
    KEY,
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
    unread,
    user,
)


def found(snapshot: ResourceSnapshot) -> list[tuple[Kind, Severity, str]]:
    """Return the findings on a bucket, without their proof."""
    return [(one.kind, one.severity, one.source) for one in judge_resource(snapshot, STANDARD).findings]


def the_finding(snapshot: ResourceSnapshot) -> Finding:
    """Return the one finding on a bucket."""
    (finding,) = judge_resource(snapshot, STANDARD).findings
    return finding


def with_policy(*statements: object) -> ResourceSnapshot:
    """Return a bucket with a policy."""
    return a_bucket().with_part(bucket.POLICY, text(*statements))


ESCAPE = (Kind.RESOURCE_ESCAPE, Severity.HIGH, bucket.POLICY)
PUBLIC = (Kind.RESOURCE_ESCAPE, Severity.CRITICAL, bucket.POLICY)
DOUBT = (Kind.UNDECIDED, Severity.MEDIUM, bucket.POLICY)


def test_a_bucket_as_s3_makes_it_is_compliant() -> None:
    """Nothing is open."""
    assert found(a_bucket()) == []


@pytest.mark.parametrize(
    "statement",
    [
        lets({"AWS": ACCOUNT}),
        lets({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Reader"}, "s3:*"),
        lets({"CanonicalUser": OWNER}),
        lets("*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
        lets({"Service": "cloudtrail.amazonaws.com"}, Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
        lets({"Service": "logging.s3.amazonaws.com"}, "s3:PutObject"),
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"{ARN}/*"},
    ],
)
def test_who_is_of_the_account_or_stated_may_reach_it(statement: dict[str, object]) -> None:
    """Whatever they may do."""
    assert found(with_policy(statement)) == []


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        (lets({"AWS": OTHERS}), ESCAPE),
        (lets({"AWS": [ACCOUNT, f"arn:aws:iam::{OTHERS}:role/Thief"]}), ESCAPE),
        (lets({"CanonicalUser": THIEF}), ESCAPE),
        (lets({"Service": "cloudtrail.amazonaws.com"}), ESCAPE),
        (lets("*"), PUBLIC),
        (lets({"AWS": "*"}, Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}), PUBLIC),
        ({"Effect": "Allow", "NotPrincipal": {"AWS": OTHERS}, "Action": "s3:*", "Resource": f"{ARN}/*"}, PUBLIC),
        (lets({"AWS": "arn:aws:iam::*:root"}), DOUBT),
    ],
)
def test_who_else_may_reach_it_is_found(statement: dict[str, object], finding: tuple[Kind, Severity, str]) -> None:
    """Everybody is worse than somebody; what is not understood is a doubt."""
    assert found(with_policy(lets({"AWS": ACCOUNT}), statement)) == [finding]


def test_an_escape_is_shown_by_somebody_s_request() -> None:
    """It replays on the definition: who, what, by which statement."""
    snapshot = with_policy(lets({"AWS": ACCOUNT}), lets({"AWS": OTHERS}, Sid="Partner"))
    finding = the_finding(snapshot)
    assert isinstance(finding.verdict, Escaped)
    assert describe_principal(finding.verdict.witness) == f"AWS arn:aws:iam::{OTHERS}:root"
    assert finding.verdict.statement.words == f"{bucket.POLICY}, statement 2 (Partner)"
    rule = RULES[bucket.TYPE].rule_of(bucket.POLICY)
    assert rule is not None
    part = next(one for one in snapshot.parts if one.name == bucket.POLICY)
    grant = opened_by(read_part(part, rule, snapshot), rule, snapshot)
    assert allows(grant, finding.verdict.witness.request)


def test_how_far_an_escape_reaches_is_told_as_its_statements() -> None:
    """No more than these: those that are inside are left out."""
    snapshot = with_policy(lets({"AWS": ACCOUNT}), lets({"AWS": OTHERS}))
    reach = reach_of(the_finding(snapshot), snapshot, STANDARD)
    assert (reach.precision, ACCOUNT in reach.document, OTHERS in reach.document) == ("at most", False, True)


def test_a_deny_counts() -> None:
    """What is denied to others is not open to them."""
    deny = {"Effect": "Deny", "Principal": {"AWS": OTHERS}, "Action": "s3:*", "Resource": [ARN, f"{ARN}/*"]}
    assert found(with_policy(lets({"AWS": OTHERS}), deny)) == []


def test_an_access_point_is_another_way_in() -> None:
    """Its policy is about its own ARN."""
    statement = {**lets({"AWS": OTHERS}), "Resource": f"{POINT}/object/*"}
    part = bucket.point_policy("models")
    assert found(a_bucket().with_part(part, text(statement))) == [(Kind.RESOURCE_ESCAPE, Severity.HIGH, part)]


@pytest.mark.parametrize(
    ("grant", "severity"),
    [
        (group("global/AllUsers"), Severity.CRITICAL),
        (group("global/AuthenticatedUsers", "WRITE_ACP"), Severity.CRITICAL),
        (user(THIEF, "FULL_CONTROL"), Severity.HIGH),
    ],
)
def test_an_acl_opens_a_bucket_as_a_policy_does(grant: dict[str, object], severity: Severity) -> None:
    """Each grant is a statement to the engine."""
    snapshot = a_bucket().with_part(bucket.ACL, acl(grant))
    assert found(snapshot) == [(Kind.RESOURCE_ESCAPE, severity, bucket.ACL)]


def test_an_acl_that_s3_does_not_ask_opens_nothing() -> None:
    """The owner owns every object."""
    enforced = canonical({"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
    snapshot = a_bucket().with_part(bucket.ACL, acl(group("global/AllUsers")))
    assert found(snapshot.with_part(bucket.OWNERSHIP, enforced)) == []


def test_an_acl_may_let_logs_in() -> None:
    """The profile states the service."""
    assert found(a_bucket().with_part(bucket.ACL, acl(group("s3/LogDelivery", "WRITE")))) == []


@pytest.mark.parametrize("grant", [group("global/Aliens"), user(THIEF, "DANCE"), {"Grantee": {}}])
def test_an_acl_that_is_not_understood_is_a_doubt(grant: dict[str, object]) -> None:
    """Never clean."""
    snapshot = a_bucket().with_part(bucket.ACL, acl(grant))
    assert found(snapshot) == [(Kind.UNDECIDED, Severity.MEDIUM, bucket.ACL)]


@pytest.mark.parametrize("part", [bucket.POLICY, bucket.ACL, bucket.BLOCK, bucket.point_policy("*")])
def test_what_cannot_be_read_is_a_doubt(part: str) -> None:
    """A bucket's policy may keep the guard out."""
    assert found(unread(a_bucket(), part)) == [(Kind.UNDECIDED, Severity.MEDIUM, part)]


def test_a_replication_to_a_bucket_that_is_not_the_account_s_is_found() -> None:
    """An ARN does not say whose a bucket is; the account's own listing does."""
    snapshot = a_bucket(buckets_of_the_account='["own"]')
    assert found(snapshot.with_part(bucket.REPLICATION, replication("own"))) == []
    away = snapshot.with_part(bucket.REPLICATION, replication("own", "elsewhere"))
    finding = the_finding(away)
    assert (finding.kind, finding.severity, finding.source) == (
        Kind.RESOURCE_ESCAPE,
        Severity.HIGH,
        bucket.REPLICATION,
    )
    assert isinstance(finding.verdict, Escaped)
    assert finding.verdict.witness.resource.startswith("arn:aws:s3:::elsewhere/")


def test_a_replication_that_is_off_sends_nothing() -> None:
    """It is a rule, and disabled."""
    assert found(a_bucket().with_part(bucket.REPLICATION, replication("elsewhere", status="Disabled"))) == []


def test_notifications_to_others_are_a_weakness() -> None:
    """They tell names, not what is in the objects; the account's own are nobody's business."""
    own = {"QueueArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:own", "Events": []}
    theirs = {"TopicArn": f"arn:aws:sns:us-east-1:{OTHERS}:theirs", "Events": []}
    snapshot = a_bucket().with_part(bucket.NOTIFICATIONS, canonical({"QueueConfigurations": [own]}))
    assert found(snapshot) == []
    told = canonical({"QueueConfigurations": [own], "TopicConfigurations": [theirs]})
    assert found(a_bucket().with_part(bucket.NOTIFICATIONS, told)) == [
        (Kind.WEAKNESS, Severity.MEDIUM, bucket.NOTIFICATIONS)
    ]


@pytest.mark.parametrize("flag", FLAGS)
def test_each_flag_of_the_block_counts(flag: str) -> None:
    """One that is off for the bucket and for the account is missing."""
    half = canonical({**dict.fromkeys(FLAGS, True), flag: False})
    finding = the_finding(a_bucket().with_part(bucket.BLOCK, half))
    assert finding.kind is Kind.SAFEGUARD_LOST
    assert finding.verdict == Deviation(f"off for the bucket and for the account: {flag}")


def test_the_account_s_block_protects_a_bucket_without_one() -> None:
    """S3 holds a bucket to both."""
    bare = a_bucket(public_access_block_of_the_account=WHOLE_BLOCK).without_part(bucket.BLOCK)
    assert found(bare) == []
    assert found(a_bucket().without_part(bucket.BLOCK)) == [(Kind.SAFEGUARD_LOST, Severity.MEDIUM, bucket.BLOCK)]


@pytest.mark.parametrize(
    ("part", "setting", "severity"),
    [
        (bucket.WEBSITE, {"IndexDocument": {"Suffix": "index.html"}}, Severity.MEDIUM),
        (bucket.CORS, {"CORSRules": [{"AllowedOrigins": ["*"]}]}, Severity.LOW),
        *(
            (bucket.CORS, {"CORSRules": [{"AllowedOrigins": ["https://own.example.com", origin]}]}, Severity.LOW)
            for origin in ("https://*", "http*", "https://*.com", "https://app*", "https://*evil.example.com", "*:443")
        ),
        (bucket.VERSIONING, {"Status": "Suspended"}, Severity.LOW),
        (bucket.ENCRYPTION, {"Keys": [f"arn:aws:kms:us-east-1:{OTHERS}:key/k"]}, Severity.MEDIUM),
        (bucket.LIFECYCLE, {"Rules": [{"ID": "x", "Status": "Enabled", "Expiration": {"Days": 1}}]}, Severity.MEDIUM),
        (
            bucket.LIFECYCLE,
            {"Rules": [{"Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 2}}]},
            Severity.MEDIUM,
        ),
        (bucket.LIFECYCLE, {"Rules": [{"Status": "Enabled", "Expiration": {"Date": "2026-12-01"}}]}, Severity.MEDIUM),
    ],
)
def test_a_weak_setting_is_found(part: str, setting: dict[str, object], severity: Severity) -> None:
    """It opens nothing by itself."""
    assert found(a_bucket().with_part(part, canonical(setting))) == [(Kind.WEAKNESS, severity, part)]


@pytest.mark.parametrize(
    ("part", "setting"),
    [
        (bucket.CORS, {"CORSRules": [{"AllowedOrigins": ["https://own.example.com"]}]}),
        *(
            (bucket.CORS, {"CORSRules": [{"AllowedOrigins": [origin]}]})
            for origin in ("https://*.example.com", "https://own.example.com:*", "https://*.shop.example.co.uk:8443")
        ),
        (bucket.ENCRYPTION, {"Keys": [f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k", "alias/own"]}),
        (bucket.LIFECYCLE, {"Rules": [{"ID": "x", "Status": "Enabled", "Expiration": {"Days": 365}}]}),
        (bucket.LIFECYCLE, {"Rules": [{"ID": "x", "Status": "Disabled", "Expiration": {"Days": 1}}]}),
        (bucket.LIFECYCLE, {"Rules": [{"Status": "Enabled", "AbortIncompleteMultipartUpload": {}}]}),
    ],
)
def test_a_setting_that_weakens_nothing_is_silent(part: str, setting: dict[str, object]) -> None:
    """Most of them."""
    assert found(a_bucket().with_part(part, canonical(setting))) == []


@pytest.mark.parametrize("part", [bucket.CORS, bucket.LIFECYCLE, bucket.BLOCK])
@pytest.mark.parametrize("broken", ["no JSON", "[]", "7"])
def test_a_setting_that_is_not_understood_is_a_doubt(part: str, broken: str) -> None:
    """Never clean, and never an error that nobody is told of."""
    assert Kind.UNDECIDED in [kind for kind, _, _ in found(a_bucket().with_part(part, broken))]


def test_a_role_is_not_judged_as_a_resource() -> None:
    """Each by what it is held to."""
    guarded = PROFILE.guarded(KEY)
    assert guarded is not None
    assert judge(a_bucket(), standard_for(guarded, Posture.ACTIVE), Memory(ARN)).is_compliant
    with pytest.raises(TypeError, match="is not judged by a Standard"):
        judge(a_bucket(), standard_for(SERVICE_ROLE, Posture.ACTIVE), MEMORY)


def test_a_list_of_what_is_in_a_bucket_goes_to_the_account_s_own_buckets_alone() -> None:
    """Of one that goes elsewhere is told, by a request that writes it."""
    goes = canonical({"Exports": [{"Of": "inventory all", "Bucket": "arn:aws:s3:::lists"}]})
    own = a_bucket(**{bucket.OWN_BUCKETS: canonical(["lists"])}).with_part(bucket.EXPORTS, goes)
    assert judge_resource(own, STANDARD).findings == ()
    (finding,) = judge_resource(a_bucket().with_part(bucket.EXPORTS, goes), STANDARD).findings
    assert (finding.kind, finding.severity, finding.source) == (Kind.WEAKNESS, Severity.MEDIUM, bucket.EXPORTS)
