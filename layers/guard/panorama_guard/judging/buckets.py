"""What a bucket's parts say: who reaches it, where it sends what it holds, and what of its safeguards is missing."""

import json
import re
from collections.abc import Iterator, Mapping

from panorama_guard.case import bucket
from panorama_guard.case.finding import Deviation, Finding, Kind, Severity
from panorama_guard.case.resource import ResourceSnapshot, canonical
from panorama_guard.case.severities import grade
from panorama_guard.judging.own_account import is_elsewhere
from panorama_guard.judging.part_rule import Direction, Entry, PartRule
from panorama_guard.judging.passed_roles import gives_away, is_guarded
from panorama_guard.profile import ResourceProfile

FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
WHOLE_BLOCK = canonical(dict.fromkeys(FLAGS, True))
SHORTEST_KEEP = 30  # days; what is deleted sooner may be gone before anybody looks for it

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#permissions
_DOMAIN = re.compile(r"(\.[a-z\d-]+){2,}(:\d+)?", re.ASCII | re.IGNORECASE)
_LISTS = ["s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"]
_ACL_ACTIONS: Mapping[str, list[str]] = {
    "READ": _LISTS,
    "WRITE": ["s3:PutObject"],
    "READ_ACP": ["s3:GetBucketAcl"],
    "WRITE_ACP": ["s3:PutBucketAcl"],
    "FULL_CONTROL": [*_LISTS, "s3:PutObject", "s3:GetBucketAcl", "s3:PutBucketAcl"],
}
_GROUPS = "http://acs.amazonaws.com/groups/"
# A service reaches a bucket by a policy, or by the group that is for the delivery of logs.
_ANYBODY = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
_SIGNED_IN = {**_ANYBODY, "StringEquals": {"aws:PrincipalType": ["User", "AssumedRole", "Account", "FederatedUser"]}}
_TARGETS: Mapping[str, str] = {  # of a notification: the member that names it, and the call that reaches it
    "QueueArn": "sqs:SendMessage",
    "TopicArn": "sns:Publish",
    "LambdaFunctionArn": "lambda:InvokeFunction",
}


def _read_grant(entry: Entry, snapshot: ResourceSnapshot) -> dict[str, object] | None:
    """Return whom a grant of an ACL lets in beside the owner. Where he owns every object, S3 asks no ACL."""
    if _acls_are_off(snapshot) or entry["Grantee"].get("ID") in own_principals(snapshot):
        return None
    actions, arn = _ACL_ACTIONS[entry["Permission"]], snapshot.subject.arn
    return {"Effect": "Allow", **_grantee(entry["Grantee"]), "Action": actions, "Resource": [arn, f"{arn}/*"]}


def _own_by_acl(snapshot: ResourceSnapshot) -> dict[str, object]:
    """Return that the owner's account reaches its bucket, whom else its ACL names or not."""
    arn = snapshot.subject.arn
    account = {"AWS": snapshot.subject.account}
    return {"Effect": "Allow", "Principal": account, "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}


def _acls_are_off(snapshot: ResourceSnapshot) -> bool:
    return '"ObjectOwnership":"BucketOwnerEnforced"' in (snapshot.text_of(bucket.OWNERSHIP) or "")


def _grantee(grantee: Mapping[str, str]) -> dict[str, object]:
    if grantee["Type"] == "CanonicalUser":
        return {"Principal": {"CanonicalUser": grantee["ID"]}}
    match grantee["URI"].removeprefix(_GROUPS):
        case "global/AllUsers":
            return {"Principal": "*", "Condition": _ANYBODY}
        case "global/AuthenticatedUsers":
            return {"Principal": "*", "Condition": _SIGNED_IN}
        case "s3/LogDelivery":
            return {"Principal": {"Service": "logging.s3.amazonaws.com"}}
        case other:
            raise ValueError(other)


def _read_replication(entry: Entry, _: ResourceSnapshot) -> dict[str, object] | None:
    if entry["Status"] != "Enabled":
        return None
    return {"Effect": "Allow", "Action": "s3:ReplicateObject", "Resource": f"{entry['Destination']['Bucket']}/*"}


def _read_notification(entry: Entry, _: ResourceSnapshot) -> dict[str, object] | None:
    (name,) = (name for name in _TARGETS if name in entry)
    return {"Effect": "Allow", "Action": _TARGETS[name], "Resource": entry[name]}


def _read_export(entry: Entry, _: ResourceSnapshot) -> dict[str, object] | None:
    """Return that a list of what is in the bucket is written to another."""
    return {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"{entry['Bucket']}/*"}


_POINT_POLICY = PartRule(Direction.REACH, on_resource=False)  # an access point has an ARN of its own
_RULES: Mapping[str, PartRule] = {
    bucket.POLICY: PartRule(Direction.REACH),
    bucket.ACL: PartRule(Direction.REACH, lists=("Grants",), read_entry=_read_grant, standing=_own_by_acl),
    # To write down fewer rules S3 asks for iam:PassRole of the role that replicates, which no function has.
    bucket.REPLICATION: PartRule(Direction.FLOW, lists=("Rules",), read_entry=_read_replication, goes_whole=True),
    bucket.EXPORTS: PartRule(Direction.FLOW, Kind.WEAKNESS, lists=("Exports",), read_entry=_read_export),
    bucket.NOTIFICATIONS: PartRule(
        Direction.FLOW,
        Kind.WEAKNESS,
        lists=("QueueConfigurations", "TopicConfigurations", "LambdaFunctionConfigurations"),
        read_entry=_read_notification,
    ),
}


def rule_of(part: str) -> PartRule | None:
    """Return how a part is judged by the engine, or None for one that is compared, or decides nothing by itself."""
    return _POINT_POLICY if bucket.point_of(part) else _RULES.get(part)


def own_principals(snapshot: ResourceSnapshot) -> tuple[str, ...]:
    """Return by what else the owner's account is named: in an ACL, by its canonical user id."""
    owner = json.loads(snapshot.text_of(bucket.ACL) or "{}").get("Owner", {}).get("ID", "")
    return (owner,) if owner else ()


def own_targets(snapshot: ResourceSnapshot) -> tuple[str, ...]:
    """Return the patterns of what the account owns: of a bucket the ARN does not say whose it is."""
    names = json.loads(snapshot.fact(bucket.OWN_BUCKETS) or "[]")
    partition, account = snapshot.subject.arn.split(":")[1], snapshot.subject.account
    others = (f"arn:{partition}:{service}:*:{account}:*" for service in ("sqs", "sns", "lambda"))
    return (*others, *(f"{bucket.bucket_arn(name, partition)}/*" for name in names))


def compare(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    """Yield what is otherwise than it should be, of the parts that open nothing by themselves."""
    unread = {part.name for part in snapshot.unread}
    if missing := [] if bucket.BLOCK in unread else _missing_flags(snapshot):
        reason = f"off for the bucket and for the account: {', '.join(missing)}"
        yield Finding(Kind.SAFEGUARD_LOST, grade(Kind.SAFEGUARD_LOST), bucket.BLOCK, Deviation(reason))
    if snapshot.text_of(bucket.WEBSITE) is not None:
        yield _weakness(bucket.WEBSITE, "the bucket answers as a website", Severity.MEDIUM)
    rules = _listed(snapshot, bucket.CORS, "CORSRules")
    if wide := [origin for rule in rules for origin in rule.get("AllowedOrigins", []) if _is_anybodys(origin)]:
        which = "every origin" if "*" in wide else f"whatever origin {wide[0]} matches"
        yield _weakness(bucket.CORS, f"pages of {which} may ask for objects in their readers' browsers", Severity.LOW)
    role = str(json.loads(snapshot.text_of(bucket.REPLICATION) or "{}").get("Role", ""))
    if is_guarded(role, profile):
        yield gives_away(f"role of {bucket.REPLICATION}", "S3 copies its objects as the guarded role", role)
    yield from _kept(snapshot)
    for rule in _listed(snapshot, bucket.LIFECYCLE, "Rules"):
        if when := _deletes_soon(rule):
            yield _weakness(bucket.LIFECYCLE, f"objects are deleted {when}", Severity.MEDIUM)
            return


def _is_anybodys(origin: str) -> bool:
    """Say whether a wildcard of an origin stands where the name of a site does: anybody can have one that matches.

    None does behind the whole name, as a port, or before a whole domain. S3 lets an origin have one `*`.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
    """
    before, wildcard, after = origin.partition("*")
    is_port = before.count(":") > before.count("://") and not after
    return bool(wildcard) and not is_port and not _DOMAIN.fullmatch(after)


def _kept(snapshot: ResourceSnapshot) -> Iterator[Finding]:
    """Yield what of how objects are kept somebody else can take away, or is taken away already."""
    keys = json.loads(snapshot.text_of(bucket.ENCRYPTION) or "{}").get("Keys", [])
    if others := [key for key in keys if is_elsewhere(key, snapshot)]:
        reason = f"its key is another account's, which can take it away: {others[0]}"
        yield _weakness(bucket.ENCRYPTION, reason, Severity.MEDIUM)
    if snapshot.text_of(bucket.VERSIONING) is not None:
        yield _weakness(bucket.VERSIONING, "versioning is suspended: what is overwritten is gone", Severity.LOW)


def _missing_flags(snapshot: ResourceSnapshot) -> list[str]:
    texts = (snapshot.text_of(bucket.BLOCK), snapshot.fact(bucket.ACCOUNT_BLOCK))
    blocks = [json.loads(text) for text in texts if text]
    return [flag for flag in FLAGS if not any(block.get(flag) is True for block in blocks)]


def _weakness(part: str, reason: str, severity: Severity) -> Finding:
    return Finding(Kind.WEAKNESS, severity, part, Deviation(reason))


def _listed(snapshot: ResourceSnapshot, part: str, name: str) -> list[Entry]:
    rules: list[Entry] = json.loads(snapshot.text_of(part) or "{}").get(name, [])
    return rules


def _deletes_soon(rule: Entry) -> str:
    """Return when a lifecycle rule deletes what may be evidence, or an empty text."""
    expiration = rule.get("Expiration", {})
    days = (expiration.get("Days"), rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays"))
    soon = [number for number in days if number is not None and number < SHORTEST_KEEP]
    if rule.get("Status") != "Enabled" or not (soon or "Date" in expiration):
        return ""
    if not soon:
        return f"on {expiration['Date']}"
    return f"after {min(soon)} day{'' if min(soon) == 1 else 's'}, by the rule {rule.get('ID', '')}"
