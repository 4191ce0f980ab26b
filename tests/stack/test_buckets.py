"""Mode enforce: a bucket that is opened to others is closed again; the rest of it stays, and so do other buckets."""

import json
from collections.abc import Callable, Iterator

import pytest
from botocore.exceptions import ClientError

from panorama_guard.case.incident import Incident, State
from tests.stack.account import ATTACKER, SESSION, Account
from tests.stack.buckets import OTHERS, WHOLE_BLOCK, Bucket, delete_buckets, document

pytestmark = pytest.mark.stack
POLICY, ACL, BLOCK, REPLICATION = "bucket policy", "ACL", "public access block", "replication"
WHY = {"reason": "a partner reads it for a week", "seconds": 3600}


@pytest.fixture
def account(enforcing_account: Account) -> Iterator[Account]:
    """Give the account of mode enforce, with no alert waiting, and leave no bucket and nothing delayed."""
    enforcing_account.alerts()
    yield enforcing_account
    enforcing_account.settle()
    with enforcing_account.events_lost("S3"):
        delete_buckets(enforcing_account)
    enforcing_account.forget()
    enforcing_account.recheck()
    assert enforcing_account.dead_letters() == []
    enforcing_account.alerts()


def open_acl(bucket: Bucket) -> None:
    """Turn the ACL on, and take the block away, unnoticed: S3 takes no public ACL otherwise."""
    with bucket.account.events_lost("S3"):
        rules = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        bucket.s3.put_bucket_ownership_controls(Bucket=bucket.name, OwnershipControls=rules)
        bucket.s3.delete_public_access_block(Bucket=bucket.name)


def replicate(bucket: Bucket, *targets: str) -> None:
    """Have objects copied to other buckets."""
    versioned = {"Status": "Enabled"}
    bucket.s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration=versioned)
    rules = [
        {
            "ID": target,
            "Status": "Enabled",
            "Priority": number,
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{target}"},
        }
        for number, target in enumerate(targets, start=1)
    ]
    role = f"arn:aws:iam::{bucket.account.id}:role/replicate"
    bucket.s3.put_bucket_replication(Bucket=bucket.name, ReplicationConfiguration={"Role": role, "Rules": rules})


def test_a_statement_that_lets_in_another_account_is_taken_out_alone(account: Account) -> None:
    """One incident, one alert with a request that proves it; every other byte of the policy stays."""
    bucket = Bucket(account)
    account.settle()  # the look that the bucket's creation leads to would find the policy, and name that call
    own = bucket.allow({"AWS": account.id}, Sid="Own")
    clear = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"{bucket.arn}/*", **clear}
    bucket.put_policy(document(deny, own, bucket.allow({"AWS": OTHERS}, Sid="Partner")))
    incident = bucket.contained(POLICY)
    assert bucket.policy == document(deny, own)
    (alert,) = account.alerts()
    body = alert.body
    assert alert.subject == f"[CONTAINED] HIGH {bucket.key}: opened to others"
    assert (body["kind"], body["subject"]["arn"]) == ("resource-escape", bucket.arn)
    assert (body["witness"]["principal"], body["witness"]["action"]) == (
        f"AWS arn:aws:iam::{OTHERS}:root",
        "s3:GetObject",
    )
    assert body["statement"] == f"{POLICY}, statement 3 (Partner)"
    assert body["call"]["event"] == "s3.amazonaws.com PutBucketPolicy"
    assert body["call"]["actor"] == f"arn:aws:sts::{account.id}:assumed-role/{ATTACKER}/{SESSION}"
    (backup,) = account.backups(incident)
    assert (backup.snapshot.fingerprint, len(backup.steps)) == (incident.fingerprint, 1)


def test_a_principal_is_taken_out_of_a_statement_that_names_others_too(account: Account) -> None:
    """Who is inside keeps what the statement gives."""
    bucket = Bucket(account)
    role = f"arn:aws:iam::{account.id}:role/Reader"
    bucket.put_policy(document(bucket.allow({"AWS": [role, f"arn:aws:iam::{OTHERS}:role/Thief"]})))
    bucket.contained(POLICY)
    assert json.loads(bucket.policy)["Statement"] == [bucket.allow({"AWS": role})]


def test_a_policy_of_which_nothing_is_left_is_deleted(account: Account) -> None:
    """There was nothing but the statement."""
    bucket = Bucket(account)
    bucket.put_policy(document(bucket.allow({"AWS": OTHERS})))
    bucket.contained(POLICY)
    assert bucket.policy == ""


def test_a_policy_for_everybody_becomes_one_for_the_account(account: Account) -> None:
    """Nobody inside is shut out, and the block that had to go for it is back."""
    bucket = Bucket(account)
    with account.events_lost("S3"):
        bucket.s3.delete_public_access_block(Bucket=bucket.name)
    bucket.put_policy(document(bucket.allow("*")))
    found = bucket.incidents()
    assert {source: one.state for source, one in found.items()} == {POLICY: State.CONTAINED, BLOCK: State.CONTAINED}
    assert found[POLICY].severity.value == "CRITICAL"
    assert bucket.block == WHOLE_BLOCK
    kept = json.loads(bucket.policy)["Statement"]
    assert kept[0]["Principal"]["AWS"] == account.id
    assert not [one for one in kept if one["Principal"] == "*" and "Condition" not in one]


def test_a_public_acl_loses_the_grant_and_the_block_is_put_back(account: Account) -> None:
    """The owner's own grant stays."""
    bucket = Bucket(account)
    open_acl(bucket)
    bucket.s3.put_bucket_acl(Bucket=bucket.name, ACL="public-read")
    acl, block = bucket.contained(ACL), bucket.contained(BLOCK)
    assert (acl.severity.value, block.severity.value) == ("CRITICAL", "MEDIUM")
    assert "AllUsers" not in bucket.grantees
    assert len(bucket.grantees) == 1
    assert bucket.block == WHOLE_BLOCK


def test_a_grant_to_another_account_s_canonical_user_is_taken_out(account: Account) -> None:
    """Log delivery, which the profile states, stays."""
    bucket = Bucket(account)
    open_acl(bucket)
    acl = bucket.s3.get_bucket_acl(Bucket=bucket.name)
    thief = {"Grantee": {"Type": "CanonicalUser", "ID": "a" * 64}, "Permission": "READ"}
    uri = "http://acs.amazonaws.com/groups/s3/LogDelivery"
    logs = {"Grantee": {"Type": "Group", "URI": uri}, "Permission": "WRITE"}
    grants = [*acl["Grants"], thief, logs]
    bucket.s3.put_bucket_acl(Bucket=bucket.name, AccessControlPolicy={"Owner": acl["Owner"], "Grants": grants})
    bucket.contained(ACL)
    assert sorted(bucket.grantees) == sorted([acl["Owner"]["ID"], "LogDelivery"])


@pytest.mark.parametrize("is_deleted", [True, False], ids=["deleted", "one flag off"])
def test_a_public_access_block_that_is_taken_away_is_put_back(account: Account, *, is_deleted: bool) -> None:
    """Whole."""
    bucket = Bucket(account)
    if is_deleted:
        bucket.s3.delete_public_access_block(Bucket=bucket.name)
    else:
        half = {**WHOLE_BLOCK, "RestrictPublicBuckets": False}
        bucket.s3.put_public_access_block(Bucket=bucket.name, PublicAccessBlockConfiguration=half)
    bucket.contained(BLOCK)
    assert bucket.block == WHOLE_BLOCK
    (alert,) = account.alerts()
    assert alert.subject == f"[CONTAINED] MEDIUM {bucket.key}: safeguard missing"


def test_what_the_account_s_block_protected_gets_a_block_of_its_own(account: Account) -> None:
    """The account's is nobody's here: it protects buckets that the guard never touches."""
    bucket = Bucket(account)
    bucket.control.put_public_access_block(AccountId=account.id, PublicAccessBlockConfiguration=WHOLE_BLOCK)
    bucket.s3.delete_public_access_block(Bucket=bucket.name)
    account.settle()
    assert (bucket.block, bucket.incidents()) == ({}, {})
    bucket.control.delete_public_access_block(AccountId=account.id)
    bucket.contained(BLOCK)
    assert bucket.block == WHOLE_BLOCK
    with pytest.raises(ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        bucket.control.get_public_access_block(AccountId=account.id)


def test_an_access_point_s_policy_loses_the_statement_that_lets_in_others(account: Account) -> None:
    """It is another way into the bucket; its event names no bucket."""
    bucket = Bucket(account)
    arn = bucket.create_point("lab-models")
    own = {"Effect": "Allow", "Principal": {"AWS": account.id}, "Action": "s3:GetObject", "Resource": f"{arn}/object/*"}
    theirs = {**own, "Principal": {"AWS": OTHERS}}
    text = document(own, theirs)
    bucket.control.put_access_point_policy(AccountId=account.id, Name="lab-models", Policy=text)
    bucket.contained("policy of access point lab-models")
    assert bucket.point_policy("lab-models") == document(own)


def test_a_replication_to_somebody_else_s_bucket_is_taken_away(account: Account) -> None:
    """Where the account's own bucket is the target, nobody minds."""
    bucket, target = Bucket(account), Bucket(account)
    replicate(bucket, target.name)
    assert bucket.incidents() == {}
    assert target.name in bucket.replication
    replicate(bucket, "bucket-of-somebody-else")
    incident = bucket.contained(REPLICATION)
    assert bucket.replication == ""
    witness = (incident.evidence.action, incident.evidence.resource)
    assert witness == ("s3:ReplicateObject", "arn:aws:s3:::bucket-of-somebody-else/example")


def test_a_replication_that_also_stays_inside_waits_for_an_operator(account: Account) -> None:
    """S3 asks for iam:PassRole to write less of it, which no function has: whole, at somebody's word, or by hand."""
    bucket, target = Bucket(account), Bucket(account)
    replicate(bucket, target.name, "bucket-of-somebody-else")
    assert bucket.incidents()[REPLICATION].state is State.NEEDS_APPROVAL
    assert target.name in bucket.replication


# --- what is only told ---


def put_website(bucket: Bucket) -> None:
    """Have the bucket answer as a website."""
    site = {"IndexDocument": {"Suffix": "index.html"}}
    bucket.s3.put_bucket_website(Bucket=bucket.name, WebsiteConfiguration=site)


def put_cors(bucket: Bucket) -> None:
    """Let pages of every origin ask for objects."""
    rules = [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]
    bucket.s3.put_bucket_cors(Bucket=bucket.name, CORSConfiguration={"CORSRules": rules})


def put_notification(bucket: Bucket) -> None:
    """Tell a function of somebody else's."""
    function = f"arn:aws:lambda:us-east-1:{OTHERS}:function:listen"
    told = {"LambdaFunctionConfigurations": [{"LambdaFunctionArn": function, "Events": ["s3:ObjectCreated:*"]}]}
    bucket.s3.put_bucket_notification_configuration(Bucket=bucket.name, NotificationConfiguration=told)


def put_inventory(bucket: Bucket) -> None:
    """Have a list of the bucket's objects written to a bucket of somebody else."""
    target = {"S3BucketDestination": {"Bucket": "arn:aws:s3:::thief", "Format": "CSV"}}
    listed = {"Id": "all", "IsEnabled": True, "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Daily"}}
    bucket.s3.put_bucket_inventory_configuration(
        Bucket=bucket.name, Id="all", InventoryConfiguration={**listed, "Destination": target}
    )


def suspend_versions(bucket: Bucket) -> None:
    """Have no version of an object kept that is overwritten."""
    bucket.s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Suspended"})


def put_lifecycle(bucket: Bucket) -> None:
    """Have everything deleted tomorrow."""
    rule = {"ID": "gone", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    bucket.s3.put_bucket_lifecycle_configuration(Bucket=bucket.name, LifecycleConfiguration={"Rules": [rule]})


@pytest.mark.parametrize(
    ("change", "source"),
    [
        (put_inventory, "exports"),
        (suspend_versions, "versioning"),
        (put_website, "website"),
        (put_cors, "CORS"),
        (put_notification, "notifications"),
        (put_lifecycle, "lifecycle"),
    ],
)
def test_a_weak_setting_is_told_and_left_to_its_owner(
    account: Account, change: Callable[[Bucket], None], source: str
) -> None:
    """In mode enforce too."""
    bucket = Bucket(account)
    change(bucket)
    incident = bucket.incidents()[source]
    (alert,) = account.alerts()
    assert (incident.state, incident.kind.value) == (State.OBSERVED, "weakness")
    assert (alert.body["source"], alert.body["remedy"]["carried_out"]) == (source, False)
    assert account.attempts(incident) == ()


def test_access_logs_that_are_turned_off_or_elsewhere_are_told_until_they_are_as_they_were(account: Account) -> None:
    """Whoever first has them written is no news."""
    bucket, other = Bucket(account), Bucket(account)
    assert put_logging(bucket, bucket.name) == {}
    account.alerts()
    for target, now in ((None, "nowhere"), (other.name, f"{other.name}/who/")):
        found = put_logging(bucket, target)
        assert (found["access logs"].state, found["access logs"].severity.value) == (State.OBSERVED, "LOW")
        assert f"is written to {now}, and was to {bucket.name}/who/" in found["access logs"].evidence.reason
    assert put_logging(bucket, bucket.name)["access logs"].state is State.RESOLVED
    put_logging(bucket, None)  # or S3 goes on writing into what is deleted next


def put_logging(bucket: Bucket, target: str | None) -> dict[str, Incident]:
    """Let mallory have written down who asks for which object, or not; return the bucket's incidents."""
    logged = {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "who/"}} if target else {}
    if target:
        service = {"Service": "logging.s3.amazonaws.com"}
        to = {"Effect": "Allow", "Principal": service, "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{target}/*"}
        condition = {"StringEquals": {"aws:SourceAccount": bucket.account.id}}
        bucket.s3.put_bucket_policy(Bucket=target, Policy=document({**to, "Condition": condition}))
    bucket.s3.put_bucket_logging(Bucket=bucket.name, BucketLoggingStatus=logged)
    return bucket.incidents()


def test_what_cannot_be_told_apart_is_taken_away_at_an_operator_s_word(account: Account) -> None:
    """An Allow with NotPrincipal: the policy is deleted once somebody has said so."""
    bucket = Bucket(account)
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": OTHERS}, "Action": "s3:GetObject"}
    bucket.put_policy(document({**statement, "Resource": f"{bucket.arn}/*"}))
    incident = bucket.incidents()[POLICY]
    assert incident.state is State.NEEDS_APPROVAL
    assert bucket.policy
    account.approve(incident)
    bucket.contained(POLICY)
    assert bucket.policy == ""


# --- silence ---


def harmless(bucket: Bucket) -> Iterator[Callable[[], object]]:
    """Yield changes that open a bucket to nobody."""
    name, s3, own = bucket.name, bucket.s3, bucket.account.id
    policies = [
        document(bucket.allow({"AWS": own})),
        document(bucket.allow({"AWS": f"arn:aws:iam::{own}:role/Reader"})),
        document(bucket.allow("*", Condition={"StringEquals": {"aws:PrincipalAccount": own}})),
        document(
            bucket.allow(
                {"Service": "cloudtrail.amazonaws.com"}, Condition={"StringEquals": {"aws:SourceAccount": own}}
            )
        ),
        document(bucket.allow({"Service": "logging.s3.amazonaws.com"})),
        document({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"{bucket.arn}/*"}),
    ]
    for text in policies:
        yield lambda text=text: bucket.put_policy(text)  # type: ignore[misc]
    yield lambda: s3.delete_bucket_policy(Bucket=name)
    yield lambda: s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=WHOLE_BLOCK)
    yield lambda: s3.put_bucket_ownership_controls(
        Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    )
    yield lambda: s3.put_bucket_acl(Bucket=name, ACL="private")
    yield lambda: s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "team", "Value": "vision"}]})
    yield lambda: s3.put_bucket_cors(
        Bucket=name,
        CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://own.example.com"]}]},
    )
    rule = {"ID": "year", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 365}}
    yield lambda: s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})
    yield lambda: bucket.create_point("lab-quiet")


def test_changes_that_open_a_bucket_to_nobody_are_silent(account: Account) -> None:
    """No incident, no alert, no write."""
    bucket = Bucket(account)
    changes = list(harmless(bucket))
    for change in changes:
        change()
        account.settle()
    assert (len(changes), bucket.incidents(), account.alerts()) == (14, {}, [])


def test_a_bucket_outside_the_pattern_is_never_written_to(account: Account) -> None:
    """Whatever is done to it: nothing is told, nothing is written, and not even its policy is read."""
    bucket = Bucket(account, name="payroll-of-the-company")
    text = document(bucket.allow({"AWS": OTHERS}))
    bucket.put_policy(text)
    bucket.s3.delete_public_access_block(Bucket=bucket.name)
    account.settle()
    assert (bucket.incidents(), account.alerts()) == ({}, [])
    assert (bucket.policy, bucket.block) == (text, {})


def test_the_permission_to_write_ends_with_the_naming_pattern(account: Account) -> None:
    """As deployed: the function's own role is refused a write to any other bucket, by IAM."""
    bucket = Bucket(account, name="payroll-of-the-holding")
    role = account.iam.get_role(RoleName=account.resource("RemediateRole"))["Role"]["Arn"]
    keys = account.stack.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    s3 = account.client_of(keys, "s3")
    with pytest.raises(ClientError, match="not authorized to perform: s3:PutBucketPolicy"):
        s3.put_bucket_policy(Bucket=bucket.name, Policy=document(bucket.allow({"AWS": OTHERS})))


# --- the rest of the machinery, as it is for roles ---


def test_an_undo_puts_the_policy_back_byte_for_byte(account: Account) -> None:
    """By the operator's own hand, after a second operator's word; the guard lets it stand until then."""
    bucket = Bucket(account)
    text = document(bucket.allow({"AWS": account.id}), bucket.allow({"AWS": OTHERS}))
    bucket.put_policy(text)
    incident = bucket.contained(POLICY)
    operator, second = account.operators
    code, told = operator.run("undo", incident.id, "--reason", "a partner reads it", "--for", "1h")
    assert (code, told["undo"]) == (4, "waiting")
    assert second.run("approve-waiver", told["waiver"]["waiver"])[0] == 0
    code, told = operator.run("undo", incident.id, "--reason", "a partner reads it", "--for", "1h")
    assert (code, told["by_operator"]) == (0, [f"put the {POLICY}"])
    assert bucket.policy == text
    account.recheck()
    assert bucket.policy == text
    assert bucket.incidents()[POLICY].state is State.RESOLVED


def test_a_block_is_undone_by_hand_while_the_guard_is_paused(account: Account) -> None:
    """No document waives a safeguard; when the pause is over, it is put back again."""
    bucket = Bucket(account)
    bucket.s3.delete_public_access_block(Bucket=bucket.name)
    incident = bucket.contained(BLOCK)
    operator, _ = account.operators
    code, told = operator.run("undo", incident.id, "--reason", "a website", "--for", "1h")
    assert (code, "pause the guard" in str(told)) == (3, True)
    assert operator.run("pause", "--reason", "a website", "--for", "5m")[0] == 0
    assert operator.run("undo", incident.id, "--reason", "a website", "--by-hand")[0] == 0
    assert bucket.block == {}


def test_a_sweep_finds_what_no_event_told(account: Account) -> None:
    """Of buckets too; and whose record is all that is left is closed."""
    bucket, gone = Bucket(account), Bucket(account)
    account.recheck()  # else it is this look that may find it first
    with account.events_lost("S3"):
        bucket.put_policy(document(bucket.allow({"AWS": OTHERS})))
    put_website(gone)
    account.settle()
    with account.events_lost("S3"):
        gone.s3.delete_bucket(Bucket=gone.name)
    account.invoke("sweep", {"Records": []})
    bucket.contained(POLICY)
    assert gone.incidents()["website"].state is State.RESOLVED
    alerts = account.alerts()
    assert any("found by a sweep" in json.dumps(alert.body) for alert in alerts)
