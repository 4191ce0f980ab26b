"""Reads what a Terraform plan says of buckets: each setting is a resource of its own, or stands in the bucket.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from panorama_guard.case import bucket
from panorama_guard.drafts import shapes_of_buckets as shapes
from panorama_guard.drafts.made import Made, hole_at, member_at, structure, word_at
from panorama_guard.drafts.node import Node
from panorama_guard.drafts.resources import GIVEN, IMPLIED, Around, DraftPart, DraftResource
from panorama_guard.judging.buckets import FLAGS

Shaped = Iterator[DraftResource]
Parts = Iterator[DraftPart]

_FLAGS = dict(
    zip(
        FLAGS,
        ("block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets"),
        strict=True,
    )
)
_TARGETS = (  # the block, and how S3 calls the list and the member that names the target
    ("queue", "queue_arn", "QueueConfigurations", "QueueArn"),
    ("topic", "topic_arn", "TopicConfigurations", "TopicArn"),
    ("lambda_function", "lambda_function_arn", "LambdaFunctionConfigurations", "LambdaFunctionArn"),
)


def _bucket(made: Made, _: Around) -> Shaped:
    """Yield a bucket as the provider makes it, with what an older form of it sets by itself."""
    acl, policy = made.get("acl"), made.get("policy")
    if policy is not None:
        yield from shapes.bucket_policy(made.name, policy, made)
    parts = [*(shapes.acl_part(acl, made) if acl else ()), *_cors(made)]
    parts += [*(_website(made) if made.get("website") else ()), *_lifecycle(made, "lifecycle_rule")]
    yield DraftResource(bucket.TYPE, made.name, made.line, tuple(parts))
    yield shapes.defaults(made.name, made, has_acl=acl is not None)


def _setting(read: Callable[[Made], Parts]) -> Callable[[Made, Around], Shaped]:
    """Return how a resource is read that sets something of the bucket that it names."""

    def shaped(made: Made, around: Around) -> Shaped:
        name, parts = made.get("bucket"), tuple(read(made))
        if name is not None and parts:
            facts = shapes.targets_facts(tuple(_destinations(made)), around.buckets)
            yield DraftResource(bucket.TYPE, name, made.line, parts, facts)

    return shaped


def _acl(made: Made) -> Parts:
    """Yield an ACL. It is set where ACLs are on: else S3 refuses it."""
    if (acl := made.get("acl")) is not None:
        yield from shapes.acl_part(acl, made)
    grants = made.listed("access_control_policy", "grant")
    if grants:
        yield shapes.acl_of_grants(tuple(map(_grant, grants)), made, made.line)
    if acl is not None or grants:
        yield shapes.ownership_part("ObjectWriter", made.line, rank=IMPLIED)


def _grant(grant: Node) -> Node:
    names = (("Type", "type"), ("URI", "uri"), ("ID", "id"))
    found = {name: member_at(grant, "grantee", theirs) for name, theirs in names}
    return structure(
        grant.line,
        Grantee=structure(grant.line, **{name: one for name, one in found.items() if one}),
        Permission=member_at(grant, "permission"),
    )


def _ownership(made: Made) -> Parts:
    found = made.get("rule", "object_ownership")
    if found is not None:
        word = "ObjectWriter" if hole_at(found) else word_at(found)
        yield shapes.ownership_part(word, found.line or made.line, is_sure=made.is_sure)


def _block(made: Made) -> Parts:
    """Yield a block; one that is taken away says nothing of any flag, and gives way to another that is put there."""
    flags = {flag: made.get(name) for flag, name in _FLAGS.items()}
    rank = GIVEN if any(flags.values()) else IMPLIED
    yield replace(shapes.block_part(flags, made, made.line), rank=rank)


def _replication(made: Made) -> Parts:
    rules = tuple(
        structure(
            rule.line,
            Status=word_at(rule, "status") or "Enabled",
            Destination=structure(rule.line, Bucket=shapes.target_of(member_at(rule, "destination", "bucket"))),
        )
        for rule in made.listed("rule")
    )
    value = structure(made.line, Role=made.get("role"), Rules=rules)
    yield DraftPart(bucket.REPLICATION, value, made.line, service="iam")


def _destinations(made: Made) -> Iterator[Node]:
    for rule in made.listed("rule"):
        if found := member_at(rule, "destination", "bucket"):
            yield found


def _website(made: Made) -> Parts:
    yield DraftPart(bucket.WEBSITE, Node("{}", made.line), made.line)


def _cors(made: Made) -> Parts:
    rules = tuple(
        structure(rule.line, AllowedOrigins=member_at(rule, "allowed_origins")) for rule in made.listed("cors_rule")
    )
    if rules:
        fills = ("https://example.com", "*")
        yield DraftPart(bucket.CORS, structure(made.line, CORSRules=rules), made.line, fills=fills)


def _notifications(made: Made) -> Parts:
    told: dict[str, Node | object] = {
        name: tuple(structure(one.line, **{target: member_at(one, member)}) for one in made.listed(block))
        for block, member, name, target in _TARGETS
    }
    if any(told.values()):
        yield DraftPart(bucket.NOTIFICATIONS, structure(made.line, **told), made.line, service="sqs")


def _lifecycle(made: Made, block: str = "rule") -> Parts:
    rules = tuple(_rule(rule) for rule in made.listed(block))
    if rules:
        yield DraftPart(bucket.LIFECYCLE, structure(made.line, Rules=rules), made.line, fills=(365, 1))


def _rule(rule: Node) -> Node:
    is_on = word_at(rule, "status") == "Enabled" or word_at(rule, "enabled").lower() == "true"
    expiration = structure(
        rule.line, Days=shapes.days(rule, "expiration", "days"), Date=member_at(rule, "expiration", "date")
    )
    old = shapes.days(rule, "noncurrent_version_expiration", "noncurrent_days")
    return structure(
        rule.line,
        ID=word_at(rule, "id"),
        Status="Enabled" if is_on else "Disabled",
        Expiration=expiration,
        NoncurrentVersionExpiration=structure(rule.line, NoncurrentDays=old),
    )


def _versioning(made: Made) -> Parts:
    if word_at(made.values, "versioning_configuration", "status") == "Suspended":
        yield DraftPart(bucket.VERSIONING, structure(made.line, Status="Suspended"), made.line)


def _encryption(made: Made) -> Parts:
    key = made.get("rule", "apply_server_side_encryption_by_default", "kms_master_key_id")
    if key is not None:
        yield DraftPart(bucket.ENCRYPTION, structure(made.line, Keys=(key,)), made.line, service="kms")


SHAPES: Mapping[str, Callable[[Made, Around], Shaped]] = {
    "aws_s3_bucket": _bucket,
    "aws_s3_bucket_acl": _setting(_acl),
    "aws_s3_bucket_ownership_controls": _setting(_ownership),
    "aws_s3_bucket_public_access_block": _setting(_block),
    "aws_s3_bucket_replication_configuration": _setting(_replication),
    "aws_s3_bucket_website_configuration": _setting(_website),
    "aws_s3_bucket_cors_configuration": _setting(_cors),
    "aws_s3_bucket_notification": _setting(_notifications),
    "aws_s3_bucket_lifecycle_configuration": _setting(_lifecycle),
    "aws_s3_bucket_versioning": _setting(_versioning),
    "aws_s3_bucket_server_side_encryption_configuration": _setting(_encryption),
}
