"""Buckets for the tests of several rooms."""

import json
from dataclasses import replace

from panorama_guard.case import bucket
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order, resource_key
from panorama_guard.case.snapshot import Subject
from panorama_guard.judging.buckets import WHOLE_BLOCK
from panorama_guard.judging.resource import ResourceStandard
from tests.builders import ACCOUNT, PROFILE

OTHERS = "999999999999"
OWNER, THIEF = "5" * 64, "a" * 64
NAME = "my-aws-panorama-models"
ARN, KEY = bucket.bucket_arn(NAME), resource_key(bucket.TYPE, NAME)
GROUPS = "http://acs.amazonaws.com/groups/"
(BUCKETS,) = (one for one in PROFILE.resources if one.type == bucket.TYPE)
STANDARD = ResourceStandard(BUCKETS)
POINT = f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/models"


def acl(*grants: object) -> str:
    """Return an ACL with the owner's grant, and these."""
    own = {"Grantee": {"Type": "CanonicalUser", "ID": OWNER}, "Permission": "FULL_CONTROL"}
    return canonical({"Owner": {"ID": OWNER}, "Grants": [own, *grants]})


def group(uri: str, permission: str = "READ") -> dict[str, object]:
    """Return a grant to one of S3's groups."""
    return {"Grantee": {"Type": "Group", "URI": GROUPS + uri}, "Permission": permission}


def user(identity: str, permission: str = "READ") -> dict[str, object]:
    """Return a grant to a canonical user."""
    return {"Grantee": {"Type": "CanonicalUser", "ID": identity}, "Permission": permission}


def replication(*targets: str, status: str = "Enabled") -> str:
    """Return a replication to buckets."""
    rules = [{"ID": one, "Status": status, "Destination": {"Bucket": f"arn:aws:s3:::{one}"}} for one in targets]
    return canonical({"Role": "arn:aws:iam::1:role/r", "Rules": rules})


def lets(principal: object, action: str = "s3:GetObject", **rest: object) -> dict[str, object]:
    """Return a statement of a bucket's policy that lets somebody in."""
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": f"{ARN}/*", **rest}


def text(*statements: object) -> str:
    """Return a policy with white space of its own."""
    return '{ "Version": "2012-10-17",\n  "Statement": [ ' + " ,\n ".join(map(json.dumps, statements)) + " ] }"


def a_bucket(**facts: str) -> ResourceSnapshot:
    """Return a bucket as S3 makes it, but that its ACL counts."""
    parts = (Part(bucket.ACL, acl()), Part(bucket.BLOCK, WHOLE_BLOCK))
    known = tuple(Part(name.replace("_", " "), value) for name, value in facts.items())
    return ResourceSnapshot(Subject(ACCOUNT, ARN, KEY, ARN), bucket.TYPE, parts, (), in_order(known))


def unread(snapshot: ResourceSnapshot, part: str) -> ResourceSnapshot:
    """Return a bucket of which AWS does not let the guard read a part."""
    hidden = (*snapshot.unread, Part(part, "AWS does not let the guard read it: AccessDenied: `no`"))
    return replace(snapshot.without_part(part), unread=hidden)
