"""Mode enforce: after a sweep the report stands in its bucket, and the digest is told when the schedule says so."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from panorama_guard.case.incident import State
from tests.builders import PAYROLL
from tests.stack.account import Account
from tests.stack.test_delivery import ROLE

pytestmark = pytest.mark.stack


class Reports:
    """The report bucket of a stack, as an auditor reads it."""

    def __init__(self, account: Account) -> None:
        """Take the account."""
        self.account = account
        self.s3 = account.stack.client("s3")
        self.bucket = account.stack.places["report_bucket"]

    def posture(self) -> Mapping[str, Any]:
        """Wait for rest, and return what the last report says."""
        self.account.settle()
        body: Mapping[str, Any] = json.load(self.s3.get_object(Bucket=self.bucket, Key="posture.json")["Body"])
        return body

    def versions(self) -> int:
        """Return how many reports there are."""
        self.account.settle()
        listed = self.s3.list_object_versions(Bucket=self.bucket, Prefix="posture.html")
        return len(listed.get("Versions", []))

    def ask_for_digest(self) -> None:
        """Put what the schedule sends on the reports queue."""
        self.account.sqs.send_message(
            QueueUrl=self.account.resource("ReportsQueue"), MessageBody='{"reason": "digest"}', MessageGroupId="report"
        )


def test_a_sweep_ends_with_a_report_of_what_is(enforcing: Account) -> None:
    """With the escape that it found, and what became of it; the version before it is kept."""
    reports = Reports(enforcing)
    enforcing.mallory.put_role_policy(RoleName=ROLE, PolicyName="pay", PolicyDocument=PAYROLL)
    assert enforcing.outcome(ROLE).state is State.CONTAINED
    before = reports.versions()
    enforcing.invoke("sweep", {})
    posture = reports.posture()
    assert reports.versions() == before + 1
    (role,) = [one for one in posture["roles"] if one["name"] == ROLE]
    assert role["verdict"] == "contained"  # the Deny counts
    assert {(one["source"], one["state"]) for one in posture["incidents"]} == {("pay", "CONTAINED")}
    assert posture["last_events"]["iam"] is not None
    assert [one["name"] for one in posture["resources"] if one["name"].startswith("panorama-guard-")] == []


def test_operators_are_led_to_the_report_when_it_says_something_else(enforcing: Account) -> None:
    """Two sweeps of the same are one link; a change is another, and says what is new."""
    for _ in range(2):
        enforcing.invoke("sweep", {})
        enforcing.settle()
    first = enforcing.links()
    assert len(first) <= 1  # none where an earlier test was told the same
    enforcing.mallory.put_role_policy(RoleName=ROLE, PolicyName="pay", PolicyDocument=PAYROLL)
    assert enforcing.outcome(ROLE).state is State.CONTAINED
    for _ in range(2):
        enforcing.invoke("sweep", {})
        enforcing.settle()
    (link,) = enforcing.links()
    assert link.subject.startswith("[REPORT] 0 open: 6 roles and ")
    assert [one.partition(" ")[0] for one in link.body["new"]["listed"]] == ["[CONTAINED]"]
    assert link.body["report"]["uri"] == f"s3://{Reports(enforcing).bucket}/posture.html"
    enforcing.invoke("sweep", {})
    assert enforcing.links() == []
    assert enforcing.dead_letters() == []


def test_the_daily_digest_is_told_with_a_link_to_the_report(enforcing: Account) -> None:
    """By the message of the schedule, as the template says it: also when nothing is open."""
    reports = Reports(enforcing)
    reports.ask_for_digest()
    (digest,) = enforcing.alerts()
    assert digest.subject.startswith("[DIGEST] 0 open: 6 roles and ")
    assert digest.body["report"]["uri"] == f"s3://{reports.bucket}/posture.html"
    assert reports.posture()["verdict"] == "contained"
    assert enforcing.dead_letters() == []


def test_nobody_else_of_the_guard_reads_or_writes_the_report(enforcing: Account) -> None:
    """Nor is it open to the public, nor without the stack's key."""
    reports = Reports(enforcing)
    block = reports.s3.get_public_access_block(Bucket=reports.bucket)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    rules = reports.s3.get_bucket_encryption(Bucket=reports.bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    document = json.loads(reports.s3.get_bucket_policy(Bucket=reports.bucket)["Policy"])
    assert document["Statement"][0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
