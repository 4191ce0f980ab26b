"""Reads S3 buckets: each part by itself, and what else decides who reaches them.

A part that S3 does not know is absent; one that it does not let the guard read is unread, with S3's words, never clean.
Every call says whose the bucket has to be. Whether it is there is asked of the account's own listing: a bucket of
somebody else's is none, whatever it is called.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.access_points import S3AccessPoints
from panorama_guard.aws.errors import DENIED, NO_BUCKET, NO_PART, code_of, message_of
from panorama_guard.case import bucket
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order, resource_key
from panorama_guard.case.snapshot import Subject

Read = tuple[str, Callable[[], str]]


class S3Buckets:
    """The account's buckets as they are now."""

    def __init__(self, s3: Any, points: S3AccessPoints, account: str) -> None:
        """Take an S3 client, what reads access points, and the account."""
        self._s3 = s3
        self._points = points
        self._account = account

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the bucket of this key, or None if the account has none."""
        name = key.partition(":")[2]
        if not self._owns(name):
            return None
        try:
            parts, unread = read_parts(self._reads(name))
        except ClientError as error:
            if code_of(error) in NO_BUCKET:  # it went away while it was read
                return None
            raise
        point_parts, point_unread, facts = self._points.read_resource(name)
        arn = bucket.bucket_arn(name, self._s3.meta.partition)
        return ResourceSnapshot(
            Subject(self._account, arn, key, arn),
            bucket.TYPE,
            in_order((*parts, *point_parts)),
            in_order((*unread, *point_unread)),
            in_order((*facts, *self._own_targets(parts))),
        )

    def behind(self, key: str) -> tuple[str, ...]:
        """Return the bucket behind an access point; every bucket for the account, or where the point is gone."""
        kind, _, name = key.partition(":")
        own = self._points.behind(name) if kind == bucket.POINT else ""
        return (resource_key(bucket.TYPE, own),) if own else self.resource_keys(bucket.TYPE)

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of all buckets of the account."""
        pages = self._s3.get_paginator("list_buckets").paginate()
        return tuple(resource_key(kind, one["Name"]) for page in pages for one in page.get("Buckets", []))

    def _owns(self, name: str) -> bool:
        listed = self._s3.list_buckets(Prefix=name)["Buckets"]  # in the order of their names: the shortest comes first
        return name in [one["Name"] for one in listed]

    def _own_targets(self, parts: tuple[Part, ...]) -> Iterator[Part]:
        """Yield which of the buckets that this one replicates to are the account's own: no ARN says so."""
        texts = {
            part.name: json.loads(part.text) for part in parts if part.name in (bucket.REPLICATION, bucket.EXPORTS)
        }
        arns = [rule["Destination"]["Bucket"] for rule in texts.get(bucket.REPLICATION, {}).get("Rules", [])]
        arns += [export["Bucket"] for export in texts.get(bucket.EXPORTS, {}).get("Exports", [])]
        targets = {arn.rpartition(":")[2] for arn in arns}
        if targets:
            yield Part(bucket.OWN_BUCKETS, canonical(sorted(filter(self._owns, targets))))

    def _exports(self, own: dict[str, str]) -> Iterator[dict[str, str]]:
        """Yield where inventories and analyses of the bucket are written to."""
        more: dict[str, str] = {}
        while True:  # botocore has no paginator for it
            page = self._s3.list_bucket_inventory_configurations(**own, **more)
            for one in page.get("InventoryConfigurationList", []):
                if one["IsEnabled"]:
                    target = one["Destination"]["S3BucketDestination"]["Bucket"]
                    yield {"Of": f"inventory {one['Id']}", "Bucket": target}
            if not page.get("NextContinuationToken"):
                break
            more = {"ContinuationToken": page["NextContinuationToken"]}
        for one in self._s3.list_bucket_analytics_configurations(**own).get("AnalyticsConfigurationList", []):
            export = one.get("StorageClassAnalysis", {}).get("DataExport", {}).get("Destination", {})
            if export:
                yield {"Of": f"analysis {one['Id']}", "Bucket": export["S3BucketDestination"]["Bucket"]}

    def _reads(self, name: str) -> tuple[Read, ...]:
        own = {"Bucket": name, "ExpectedBucketOwner": self._account}
        s3_parts: tuple[tuple[str, Callable[[], Any]], ...] = (
            (bucket.ACL, lambda: self._s3.get_bucket_acl(**own)),
            (bucket.OWNERSHIP, lambda: self._s3.get_bucket_ownership_controls(**own)["OwnershipControls"]),
            (bucket.BLOCK, lambda: self._s3.get_public_access_block(**own)["PublicAccessBlockConfiguration"]),
            (bucket.REPLICATION, lambda: self._s3.get_bucket_replication(**own)["ReplicationConfiguration"]),
            (bucket.WEBSITE, lambda: self._s3.get_bucket_website(**own)),
            (bucket.CORS, lambda: self._s3.get_bucket_cors(**own)),
            (bucket.NOTIFICATIONS, lambda: self._s3.get_bucket_notification_configuration(**own)),
            (bucket.LIFECYCLE, lambda: self._s3.get_bucket_lifecycle_configuration(**own)),
            (bucket.EXPORTS, lambda: _listing("Exports", sorted(self._exports(own), key=canonical))),
            (bucket.ENCRYPTION, lambda: _listing("Keys", _keys(self._s3.get_bucket_encryption(**own)))),
            (bucket.LOGGING, lambda: self._s3.get_bucket_logging(**own).get("LoggingEnabled", {})),
            (bucket.VERSIONING, lambda: _suspended(self._s3.get_bucket_versioning(**own))),
        )
        policy: Read = (bucket.POLICY, lambda: str(self._s3.get_bucket_policy(**own)["Policy"]))
        return (policy, *((part, _as_text(read)) for part, read in s3_parts))


def _listing(name: str, entries: list[Any]) -> dict[str, Any]:
    return {name: entries} if entries else {}


def _keys(answer: Any) -> list[str]:
    """Return the keys of KMS by which a bucket encrypts, if it uses any."""
    rules = answer["ServerSideEncryptionConfiguration"]["Rules"]
    keys = (rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID", "") for rule in rules)
    return sorted(key for key in keys if key)


def _suspended(answer: Any) -> dict[str, str]:
    return {"Status": "Suspended"} if answer.get("Status") == "Suspended" else {}


def _as_text(read: Callable[[], Any]) -> Callable[[], str]:
    """Return a reader of a structure's canonical text, which is empty where there is nothing in it."""

    def text() -> str:
        body = {name: value for name, value in read().items() if name != "ResponseMetadata"}
        return canonical(body) if body else ""

    return text


def read_parts(
    reads: tuple[Read, ...], *, absent: frozenset[str] = NO_PART
) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Return the parts that there are, and those that AWS does not let the guard read, with its words.

    `absent` is what it says of a part that is not there.
    """
    parts, unread = [], []
    for name, read in reads:
        try:
            text = read()
        except ClientError as error:
            if code_of(error) in DENIED:
                unread.append(Part(name, f"AWS does not let the guard read it: {message_of(error)}"))
            elif code_of(error) not in absent:
                raise
        else:
            parts += [Part(name, text)] if text else []
    return tuple(parts), tuple(unread)
