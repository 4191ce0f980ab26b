"""A bucket of the account behind a running stack, attacked by mallory, and read here, not by the guard's own reader."""

import itertools
import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.case.incident import Incident, State
from tests.stack.account import Account

OTHERS = "999999999999"
WHOLE_BLOCK = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
_NUMBERS = itertools.count(1)


class Bucket:
    """One bucket, new in each test. `s3` and `control` are mallory's."""

    def __init__(self, account: Account, name: str = "") -> None:
        """Make the bucket as S3 makes one now: closed to the public, ACLs off."""
        self.account = account
        self.name = name or f"lab-aws-panorama-{next(_NUMBERS)}"
        self.arn, self.key = f"arn:aws:s3:::{self.name}", f"s3-bucket:{self.name}"
        self.s3 = account.client_of(account.mallory_keys, "s3")
        self.control = account.client_of(account.mallory_keys, "s3control")
        self.s3.create_bucket(Bucket=self.name)
        account.settle()  # a look after this call would find what the next one does, and name this one

    def allow(self, principal: object, **rest: object) -> dict[str, object]:
        """Return a statement that lets somebody read the objects."""
        return {
            "Effect": "Allow",
            "Principal": principal,
            "Action": "s3:GetObject",
            "Resource": f"{self.arn}/*",
            **rest,
        }

    def put_policy(self, text: str) -> None:
        """Let mallory put the bucket's policy."""
        self.s3.put_bucket_policy(Bucket=self.name, Policy=text)

    @property
    def policy(self) -> str:
        """Return the policy byte for byte, or an empty text."""
        return self._text(lambda: self.s3.get_bucket_policy(Bucket=self.name)["Policy"])

    @property
    def block(self) -> Mapping[str, bool]:
        """Return the public access block."""
        read = self.s3.get_public_access_block
        text = self._text(lambda: json.dumps(read(Bucket=self.name)["PublicAccessBlockConfiguration"]))
        block: Mapping[str, bool] = json.loads(text or "{}")
        return block

    @property
    def grantees(self) -> list[str]:
        """Return whom the ACL names, in short."""
        grants = self.s3.get_bucket_acl(Bucket=self.name)["Grants"]
        return [grant["Grantee"].get("URI", grant["Grantee"].get("ID", "")).rpartition("/")[2] for grant in grants]

    @property
    def replication(self) -> str:
        """Return the replication, or an empty text."""
        return self._text(
            lambda: json.dumps(self.s3.get_bucket_replication(Bucket=self.name)["ReplicationConfiguration"])
        )

    def create_point(self, name: str) -> str:
        """Let mallory make an access point, and return its ARN."""
        made = self.control.create_access_point(AccountId=self.account.id, Name=name, Bucket=self.name)
        return str(made["AccessPointArn"])

    def point_policy(self, name: str) -> str:
        """Return the policy of an access point, or an empty text."""
        read = self.control.get_access_point_policy
        return self._text(lambda: read(AccountId=self.account.id, Name=name)["Policy"])

    def incidents(self) -> dict[str, Incident]:
        """Wait for rest, and return the bucket's incidents by the part in which they are."""
        return {incident.source: incident for incident in self.account.resource_incidents(self.key)}

    def contained(self, source: str) -> Incident:
        """Wait for rest, and return the incident of a part, which must be contained by the guard's doing."""
        incident = self.incidents()[source]
        assert (incident.state, incident.remedy.carried_out) == (State.CONTAINED, True), incident
        return incident

    @staticmethod
    def _text(read: Any) -> str:
        try:
            return str(read())
        except ClientError as error:
            if "NoSuch" in str(error) or "NotFound" in str(error):
                return ""
            raise


def document(*statements: object) -> str:
    """Return a policy of these statements, with white space of its own."""
    return '{ "Version": "2012-10-17",\n  "Statement": [ ' + " ,\n   ".join(map(json.dumps, statements)) + " ] }"


def delete_buckets(account: Account) -> None:
    """Delete every bucket that is not the stack's own, whoever made it, with what is in it."""
    s3, control = (account.client_of(account.mallory_keys, service) for service in ("s3", "s3control"))
    for point in control.list_access_points(AccountId=account.id)["AccessPointList"]:
        control.delete_access_point(AccountId=account.id, Name=point["Name"])
    names = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    for name in sorted(names - {account.stack.places["report_bucket"]}):
        for kept in s3.list_objects_v2(Bucket=name).get("Contents", []):
            s3.delete_object(Bucket=name, Key=kept["Key"])
        s3.delete_bucket(Bucket=name)
