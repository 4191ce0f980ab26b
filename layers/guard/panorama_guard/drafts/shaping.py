"""Which resources of a file are judged, and by what of this room each is read."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from panorama_guard.drafts import (
    planned_buckets,
    shapes_of_buckets,
    shapes_of_data,
    shapes_of_functions,
    shapes_of_users,
)
from panorama_guard.drafts.exposed import unjudged
from panorama_guard.drafts.given_roles import role_name
from panorama_guard.drafts.made import Made, name_after
from panorama_guard.drafts.naming import shown
from panorama_guard.drafts.node import Hole, Node
from panorama_guard.drafts.resources import Around, DraftResource, join_resources

Shaped = Iterator[DraftResource]
_IAM = ("AWS::IAM::", "aws_iam_", "AWS::CloudFormation::", "AWS::Serverless::Application")
_BUCKETS = ("AWS::S3::Bucket", "aws_s3_bucket")


def shape(made: tuple[Made, ...], roles: Sequence[str]) -> tuple[DraftResource, ...]:
    """Return the resources that a guard would read after the deployment, each with all that the file says of it."""
    around = Around(tuple(one.name for one in made if one.kind in _BUCKETS), tuple(roles))
    found = (draft for one in made if one.kind in SHAPES for draft in SHAPES[one.kind](one, around))
    return join_resources(found)


def told_unjudged(made: Made, roles: Sequence[str]) -> Iterator[str]:
    """Yield that a resource is not judged, if a guard looks at its type and it names Panorama or a guarded role."""
    if made.kind in SHAPES:
        yield from _unknown_roles(made)
        return
    if made.kind.startswith(_IAM):
        return
    told = list(unjudged(made.kind, made.where, made.values))
    given = next(shapes_of_users.roles_in(made.values, tuple(roles)), None)
    if given is not None and not told:
        name = shown(role_name(given.arn))
        told.append(f"not judged: {made.where}: it is given {name}, and resources of type {made.kind} are not")
    yield from told


def _unknown_roles(made: Made) -> Iterator[str]:
    """Yield that a resource is given a role of which nothing is known; one that is made up a name is no guarded one."""
    for role in shapes_of_users.roles_of(made.values):
        name = role_name(role).value
        if isinstance(name, Hole) and " gives to " not in name.reason:
            yield f"not judged: {made.where}: whether the role that it is given is a guarded one: {name.reason}"


def _policy(member: str, document: str, read: Callable[[Node, Node, Made], Shaped]) -> "Shape":
    """Return how a resource is read that puts a policy on something."""

    def shaped(made: Made, _: Around) -> Shaped:
        name, policy = made.get(member), made.get(document)
        if name is not None and policy is not None:
            yield from read(name, policy, made)

    return shaped


def _point(member: str, bucket: str, document: str) -> "Shape":
    def shaped(made: Made, _: Around) -> Shaped:
        policy, name = made.get(document), made.get(bucket)
        if policy is not None and name is not None:
            point = made.get(member) or made.name
            yield from shapes_of_buckets.point_policy(name_after(point, "accesspoint/"), name, policy, made)

    return shaped


Shape = Callable[[Made, Around], Shaped]
SHAPES: Mapping[str, Shape] = {
    "AWS::S3::BucketPolicy": _policy("Bucket", "PolicyDocument", shapes_of_buckets.bucket_policy),
    "AWS::S3::Bucket": shapes_of_buckets.of_template,
    "AWS::S3::AccessPoint": _point("Name", "Bucket", "Policy"),
    "aws_s3_bucket_policy": _policy("bucket", "policy", shapes_of_buckets.bucket_policy),
    "aws_s3_access_point": _point("name", "bucket", "policy"),
    **planned_buckets.SHAPES,
    **shapes_of_functions.SHAPES,
    **shapes_of_users.SHAPES,
    **shapes_of_data.SHAPES,
}
