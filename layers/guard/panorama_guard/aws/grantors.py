"""Reads the policies of the account's other buckets, as far as they name a guarded role."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import DENIED, NO_BUCKET, NO_PART, code_of, message_of
from panorama_guard.case import bucket, grantor
from panorama_guard.case.resource import Part, ResourceSnapshot, resource_key
from panorama_guard.case.snapshot import Subject
from panorama_guard.case.sweeping import Seen
from panorama_guard.policy.glob import matches, parse_glob

_PATTERN = re.compile(r":role/([^\"]*[*?][^\"]*)")  # of roles, by the end of an ARN
_ANY = re.compile(r"[*?/]*", re.ASCII)  # every role: it names none


class S3Grantors:
    """The account's buckets outside the naming pattern as they are now."""

    def __init__(self, s3: Any, account: str, guards: Callable[[str], bool], roles: tuple[str, ...]) -> None:
        """Take an S3 client, the account, what knows the naming patterns by keys, and the names of guarded roles."""
        self._s3 = s3
        self._account = account
        self._guards = guards
        self._roles = roles
        self._names_role = re.compile("|".join(map(re.escape, roles)), re.IGNORECASE)

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the bucket of this key, if its policy names a guarded role, or is kept from the guard."""
        name = key.partition(":")[2]
        return self._read(name) if self._owns(name) else None

    def _read(self, name: str) -> ResourceSnapshot | None:
        """Return a bucket of the account as it is to be judged, or None if nothing of it is."""
        if self._guards(resource_key(bucket.TYPE, name)):
            return None
        key = resource_key(grantor.TYPE, name)
        arn = bucket.bucket_arn(name, self._s3.meta.partition)
        subject = Subject(self._account, arn, key, arn)
        try:
            answer = self._s3.get_bucket_policy(Bucket=name, ExpectedBucketOwner=self._account)
        except ClientError as error:
            if code_of(error) in NO_PART | NO_BUCKET:
                return None
            if code_of(error) not in DENIED:
                raise
            why = Part(grantor.POLICY, f"AWS does not let the guard read it: {message_of(error)}")
            return ResourceSnapshot(subject, grantor.TYPE, (), (why,))
        text = str(answer["Policy"])
        return ResourceSnapshot(subject, grantor.TYPE, (Part(grantor.POLICY, text),)) if self._names(text) else None

    def _names(self, text: str) -> bool:
        """Say whether a policy names a guarded role, or has a pattern of some roles that one may be among."""
        plain = json.dumps(json.loads(text))  # with no letter written as its escape
        patterns = [one for one in _PATTERN.findall(plain) if not _ANY.fullmatch(one)]
        names = [(one, role) for one in patterns for role in self._roles]
        return bool(self._names_role.search(plain)) or any(_may_be(*pair) for pair in names)

    def behind(self, _key: str) -> tuple[str, ...]:
        """Return nothing: every call names its bucket."""
        return ()

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of the other buckets whose policies name a guarded role, or are kept from the guard."""
        return tuple(seen.key for seen in self.walk(kind, "") if seen.is_there)

    def walk(self, kind: str, after: str) -> Iterator[Seen]:
        """Yield every bucket after a key, in the order in which S3 lists them, and whether it is one of these."""
        for page in self._s3.get_paginator("list_buckets").paginate():
            keys = sorted(resource_key(kind, one["Name"]) for one in page.get("Buckets", []))
            for key in keys:
                if key > after:
                    yield Seen(key, is_there=self._read(key.partition(":")[2]) is not None)

    def _owns(self, name: str) -> bool:
        listed = self._s3.list_buckets(Prefix=name)["Buckets"]
        return name in [one["Name"] for one in listed]


def _may_be(pattern: str, role: str) -> bool:
    """Say whether a pattern is of a role of this name too, whatever its path; a last `*` alone is of no name."""
    paths = [pattern[place + 1 :] for place, char in enumerate(pattern) if char == "/"]
    ends = [
        pattern[place:] for place, char in enumerate(pattern) if char == "*" and not _ANY.fullmatch(pattern[place:])
    ]
    return any(matches(parse_glob(one, variables=False), role) for one in (pattern, *paths, *ends))
