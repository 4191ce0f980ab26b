"""Reads what a template says of buckets and of their access points, as S3 would tell it afterwards.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
"""

import re
from collections.abc import Iterator, Mapping

from panorama_guard.case import bucket, grantor
from panorama_guard.case.resource import canonical
from panorama_guard.drafts.exposed import texts_in
from panorama_guard.drafts.filling import as_object
from panorama_guard.drafts.made import Made, hole_at, member_at, name_after, structure, word_at
from panorama_guard.drafts.naming import shown
from panorama_guard.drafts.node import Hole, Node, text_of
from panorama_guard.drafts.resources import DEFAULT, GIVEN, Around, DraftFact, DraftPart, DraftResource
from panorama_guard.judging.buckets import FLAGS, WHOLE_BLOCK

Shaped = Iterator[DraftResource]

ENFORCED = "BucketOwnerEnforced"
_OWNER = {"ID": "0" * 64}  # which nobody knows, and which no file names
_GROUPS = "http://acs.amazonaws.com/groups/"
_EVERYBODY, _SIGNED_IN, _LOGS = f"{_GROUPS}global/AllUsers", f"{_GROUPS}global/AuthenticatedUsers", "s3/LogDelivery"
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
_CANNED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "public-read": ((_EVERYBODY, "READ"),),
    "public-read-write": ((_EVERYBODY, "READ"), (_EVERYBODY, "WRITE")),
    "authenticated-read": ((_SIGNED_IN, "READ"),),
    "log-delivery-write": ((f"{_GROUPS}{_LOGS}", "WRITE"), (f"{_GROUPS}{_LOGS}", "READ_ACP")),
}
_ROLE, _ROLES = ":role/", "panorama"  # what is in the ARNs of guarded roles, and in patterns of them
_WORST = "public-read-write"
_NO_NAME = re.compile(r"[^A-Za-z0-9.-]+")
_KEBAB = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TARGETS = (  # of notifications: the list, the member that names a target, and how S3 calls the two
    ("QueueConfigurations", "Queue", "QueueConfigurations", "QueueArn", "sqs"),
    ("TopicConfigurations", "Topic", "TopicConfigurations", "TopicArn", "sns"),
    ("LambdaConfigurations", "Function", "LambdaFunctionConfigurations", "LambdaFunctionArn", "lambda"),
)


def bucket_policy(name: Node, policy: Node, made: Made) -> Shaped:
    """Yield a policy on a bucket: who reaches a guarded one, and what another gives to guarded roles that it names."""
    line = policy.line or made.line
    parts = (DraftPart(bucket.POLICY, policy, line, is_document=True, is_sure=made.is_sure),)
    yield DraftResource(bucket.TYPE, name, line, parts)
    if any(_ROLE in text and _ROLES in text.lower() for text in texts_in(as_object(policy))):
        yield DraftResource(grantor.TYPE, name, line, parts)


def point_policy(point: Node, name: Node, policy: Node, made: Made) -> Shaped:
    """Yield the policy of an access point of a bucket."""
    part = bucket.point_policy(shown(point))
    line = policy.line or made.line
    yield DraftResource(
        bucket.TYPE, name, line, (DraftPart(part, policy, line, is_document=True, is_sure=made.is_sure),)
    )


def acl_part(acl: Node, made: Made) -> Iterator[DraftPart]:
    """Yield the ACL that a canned one stands for; of one that is not known, or not canned, the widest, perhaps."""
    name = _KEBAB.sub("-", word_at(acl)).lower()
    if hole := hole_at(acl):
        grants = _grants(_CANNED[_WORST], acl.line)
        yield DraftPart(bucket.ACL, _acl(grants, acl.line), acl.line, is_sure=False, why=hole.reason)
    elif name in _CANNED:
        value = _acl(_grants(_CANNED[name], acl.line), acl.line)
        yield DraftPart(bucket.ACL, value, acl.line, is_sure=made.is_sure)


def acl_of_grants(grants: tuple[Node, ...], made: Made, line: int) -> DraftPart:
    """Return an ACL of grants that are written out."""
    return DraftPart(bucket.ACL, _acl(grants, line), line, is_sure=made.is_sure)


def _grants(canned: tuple[tuple[str, str], ...], line: int) -> tuple[Node, ...]:
    return tuple(
        structure(line, Grantee=structure(line, Type="Group", URI=uri), Permission=permission)
        for uri, permission in canned
    )


def _acl(grants: tuple[Node, ...], line: int) -> Node:
    return structure(line, Grants=grants, Owner=structure(line, **_OWNER))


def ownership_part(word: str, line: int, *, is_sure: bool = True, rank: int = GIVEN) -> DraftPart:
    """Return who owns the objects of a bucket."""
    value = Node(canonical({"Rules": [{"ObjectOwnership": word}]}), line)
    return DraftPart(bucket.OWNERSHIP, value, line, is_sure=is_sure, rank=rank)


def block_part(flags: Mapping[str, Node | None], made: Made, line: int) -> DraftPart:
    """Return a public access block; what is left out of one is off."""
    listed = {name: _flag(found, line) for name, found in flags.items()}
    fills = (True, False)
    return DraftPart(bucket.BLOCK, structure(line, **listed), line, is_sure=True, fills=fills, why=made.where)


def _flag(found: Node | None, line: int) -> Node:
    if found is None:
        return Node(value=False, line=line)
    return found if isinstance(found.value, Hole) else Node(word_at(found).lower() == "true", found.line)


def defaults(name: Node, made: Made, *, has_acl: bool) -> DraftResource:
    """Return a bucket as S3 makes it: nothing public, no ACLs. Where one is set, ACLs are on: else S3 refuses it.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
    """
    owner = ownership_part("ObjectWriter" if has_acl else ENFORCED, made.line, rank=DEFAULT)
    block = DraftPart(bucket.BLOCK, Node(WHOLE_BLOCK, made.line), made.line, rank=DEFAULT)
    return DraftResource(bucket.TYPE, name, made.line, (owner, block))


def targets_facts(buckets: tuple[Node, ...], own: tuple[Node, ...]) -> tuple[DraftFact, ...]:
    """Return which buckets are the account's own: those that the same file makes; of others that is not known."""
    names = [_bucket_name(one) for one in buckets]
    made = {shown(one) for one in own}
    sure = [filled for told, filled in names if told in made]
    unsure = [told for told, _ in names if told not in made]
    why = f"whether the bucket {unsure[0]} is the account's own" if unsure else ""
    if not names:
        return ()
    return (DraftFact(bucket.OWN_BUCKETS, canonical([filled for _, filled in names]), canonical(sure), why),)


def _bucket_name(node: Node) -> tuple[str, str]:
    """Return a bucket's name as it is told, and as one that S3 would take."""
    told = shown(name_after(node, ":::", "/"))
    return told, _NO_NAME.sub("-", told)


def target_of(node: Node | None) -> Node | None:
    """Return the ARN of a bucket to which something is written, by the name that `targets_facts` knows it by."""
    return None if node is None else Node(bucket.bucket_arn(_bucket_name(node)[1]), node.line)


def of_template(made: Made, around: Around) -> Shaped:
    """Yield a bucket of a template."""
    acl, controls = made.get("AccessControl"), made.get("OwnershipControls", "Rules", "ObjectOwnership")
    parts = [*(acl_part(acl, made) if acl else ()), *_flows(made), *_kept(made)]
    if controls is not None:
        parts.append(_ownership(controls))
    block = made.get("PublicAccessBlockConfiguration")
    if block is not None:
        parts.append(block_part({flag: member_at(block, flag) for flag in FLAGS}, made, block.line))
    facts = targets_facts(tuple(_destinations(made)), around.buckets)
    yield DraftResource(bucket.TYPE, made.name, made.line, tuple(parts), facts)
    yield defaults(made.name, made, has_acl=acl is not None)


def _ownership(controls: Node) -> DraftPart:
    hole = hole_at(controls)
    return ownership_part("ObjectWriter" if hole else word_at(controls), controls.line)


def _destinations(made: Made) -> Iterator[Node]:
    for rule in made.listed("ReplicationConfiguration", "Rules"):
        if found := member_at(rule, "Destination", "Bucket"):
            yield found
    for one in made.listed("InventoryConfigurations"):
        if found := member_at(one, "Destination", "BucketArn"):
            yield found


def _flows(made: Made) -> Iterator[DraftPart]:
    """Yield where a bucket of a template sends what it holds."""
    if copied := made.get("ReplicationConfiguration"):
        rules = tuple(
            structure(
                rule.line,
                Status=word_at(rule, "Status") or "Enabled",
                Destination=structure(rule.line, Bucket=target_of(member_at(rule, "Destination", "Bucket"))),
            )
            for rule in made.listed("ReplicationConfiguration", "Rules")
        )
        value = structure(copied.line, Role=member_at(copied, "Role"), Rules=rules)
        yield DraftPart(bucket.REPLICATION, value, copied.line, is_sure=made.is_sure, service="iam")
    told: dict[str, Node | object] = {}
    for listed, member, name, target, _ in _TARGETS:
        entries = made.listed("NotificationConfiguration", listed)
        told[name] = tuple(structure(one.line, **{target: member_at(one, member)}) for one in entries)
    if any(told.values()):
        found = made.get("NotificationConfiguration")
        line = found.line if found else made.line
        yield DraftPart(bucket.NOTIFICATIONS, structure(line, **told), line, is_sure=made.is_sure, service="sqs")
    exports = [
        structure(
            one.line, Of=f"inventory {word_at(one, 'Id')}", Bucket=target_of(member_at(one, "Destination", "BucketArn"))
        )
        for one in made.listed("InventoryConfigurations")
        if word_at(one, "Enabled").lower() != "false"
    ]
    if exports:
        yield DraftPart(bucket.EXPORTS, structure(exports[0].line, Exports=tuple(exports)), exports[0].line)


def _kept(made: Made) -> Iterator[DraftPart]:
    """Yield how a bucket of a template shows and keeps what it holds."""
    if site := made.get("WebsiteConfiguration"):
        yield DraftPart(bucket.WEBSITE, Node("{}", site.line), site.line, is_sure=made.is_sure)
    if cors := made.get("CorsConfiguration"):
        rules = tuple(
            structure(rule.line, AllowedOrigins=member_at(rule, "AllowedOrigins"))
            for rule in made.listed("CorsConfiguration", "CorsRules")
        )
        fills = ("https://example.com", "*")
        yield DraftPart(bucket.CORS, structure(cors.line, CORSRules=rules), cors.line, fills=fills)
    if life := made.get("LifecycleConfiguration"):
        lines = tuple(_rule(rule) for rule in made.listed("LifecycleConfiguration", "Rules"))
        yield DraftPart(bucket.LIFECYCLE, structure(life.line, Rules=lines), life.line, fills=(365, 1))
    if word_at(made.values, "VersioningConfiguration", "Status") == "Suspended":
        line = made.line
        yield DraftPart(bucket.VERSIONING, structure(line, Status="Suspended"), line)
    path = ("BucketEncryption", "ServerSideEncryptionConfiguration", "ServerSideEncryptionByDefault", "KMSMasterKeyID")
    if key := made.get(*path):
        yield DraftPart(bucket.ENCRYPTION, structure(key.line, Keys=(key,)), key.line, service="kms")


def _rule(rule: Node) -> Node:
    """Return a rule of a lifecycle as S3 tells it."""
    old = member_at(rule, "NoncurrentVersionExpiration", "NoncurrentDays")
    old = old or member_at(rule, "NoncurrentVersionExpirationInDays")
    expiration = structure(rule.line, Days=days(rule, "ExpirationInDays"), Date=member_at(rule, "ExpirationDate"))
    return structure(
        rule.line,
        ID=word_at(rule, "Id"),
        Status=word_at(rule, "Status") or "Enabled",
        Expiration=expiration,
        NoncurrentVersionExpiration=structure(rule.line, NoncurrentDays=_number(old)),
    )


def days(node: Node, *path: str) -> Node | None:
    """Return a number of days, which a template may write as a text."""
    return _number(member_at(node, *path))


def _number(found: Node | None) -> Node | None:
    text = word_at(found) if found is not None else ""
    if found is None or isinstance(found.value, Hole):
        return found
    return Node(int(text), found.line) if text.isdecimal() else None


def point_name(node: Node) -> Node:
    """Return the name of an access point by its name or ARN."""
    return Node(text_of(iter([shown(name_after(node, "accesspoint/"))])), node.line)
