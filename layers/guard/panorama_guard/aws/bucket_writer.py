"""Changes S3 buckets: a part is put or deleted, of a bucket that the account owns."""

import json
from typing import Any

from panorama_guard.aws.part_writing import refuse, write_part
from panorama_guard.case import bucket
from panorama_guard.case.step import DeletePart, PartStep, PutPart


class S3PointWriter:
    """Writes the policies of access points."""

    def __init__(self, s3control: Any, account: str) -> None:
        """Take a client of S3's control interface, and the account."""
        self._s3control = s3control
        self._account = account

    def apply(self, point: str, step: PartStep) -> None:
        """Put or delete the policy of an access point."""
        own = {"AccountId": self._account, "Name": point}
        if isinstance(step, PutPart):
            self._s3control.put_access_point_policy(**own, Policy=step.text)
        else:
            self._s3control.delete_access_point_policy(**own)


class S3Writer:
    """Writes what the functions may: what offends is taken out, the block is put back."""

    def __init__(self, s3: Any, points: S3PointWriter, account: str) -> None:
        """Take an S3 client, what writes to access points, and the account."""
        self._s3 = s3
        self._points = points
        self._account = account

    def apply(self, key: str, step: PartStep) -> None:
        """Carry out one step on the bucket of this key; raise WriteRefusedError where it is refused for good."""
        write_part(step, lambda: self._apply(key.partition(":")[2], step))

    def _apply(self, name: str, step: PartStep) -> None:
        own = {"Bucket": name, "ExpectedBucketOwner": self._account}
        if point := bucket.point_of(step.part):
            self._points.apply(point, step)
        elif isinstance(step, PutPart):
            self._put(step, own)
        else:
            self._delete(step, own)

    def _put(self, step: PutPart, own: dict[str, str]) -> None:
        match step.part:
            case bucket.POLICY:
                self._s3.put_bucket_policy(**own, Policy=step.text)
            case bucket.ACL:
                self._s3.put_bucket_acl(**own, AccessControlPolicy=json.loads(step.text))
            case bucket.BLOCK:
                self._s3.put_public_access_block(**own, PublicAccessBlockConfiguration=json.loads(step.text))
            case _:
                self._put_other(step, own)

    def _delete(self, step: DeletePart, own: dict[str, str]) -> None:
        match step.part:
            case bucket.POLICY:
                self._s3.delete_bucket_policy(**own)
            case bucket.REPLICATION:
                self._s3.delete_bucket_replication(**own)
            case _:
                self._delete_other(step, own)

    def _put_other(self, step: PutPart, _own: dict[str, str]) -> None:
        """Refuse: no function has the permission."""
        refuse(step)

    def _delete_other(self, step: DeletePart, _own: dict[str, str]) -> None:
        """Refuse: no function has the permission."""
        refuse(step)
