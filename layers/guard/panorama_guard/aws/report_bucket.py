"""Puts the posture report into its bucket, and reads there what operators were last led to."""

from typing import Any
from urllib.parse import quote

from panorama_guard.case.shelved import Shelved


class ReportBucket:
    """The private bucket of the stack; each file is written over its last version, which the bucket keeps."""

    def __init__(self, s3: Any, bucket: str) -> None:
        """Take an S3 client and the bucket's name. The bucket itself encrypts what is put, with the stack's key."""
        self._s3 = s3
        self._bucket = bucket

    def put(self, name: str, body: str, content_type: str) -> Shelved:
        """Write a file, and return where it stands."""
        answer = self._s3.put_object(
            Bucket=self._bucket,
            Key=name,
            Body=body.encode(),
            ContentType=content_type,
            CacheControl="no-store",
            # A bucket with Object Lock takes nothing without a checksum, which not every boto3 adds by itself.
            # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
            ChecksumAlgorithm="SHA256",
        )
        version, region = str(answer.get("VersionId", "")), self._s3.meta.region_name
        where = f"https://{region}.console.aws.amazon.com/s3/object/{self._bucket}"
        query = f"region={region}&prefix={quote(name)}" + (f"&versionId={quote(version)}" if version else "")
        return Shelved(f"s3://{self._bucket}/{name}", version, f"{where}?{query}")

    def read(self, name: str) -> str:
        """Return what a file holds, or nothing where there is none.

        It is listed first: of a file that is not there S3 says `AccessDenied` to whom may list nothing.
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
        """
        found = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=name).get("Contents", [])
        if name not in {one["Key"] for one in found}:
            return ""
        return str(self._s3.get_object(Bucket=self._bucket, Key=name)["Body"].read().decode(errors="replace"))
