"""Makes whatever of SageMaker acts as a role that it is given, as somebody in the account does, by AWS's own model."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore import xform_name

from local.sagemaker_takers import MANAGED
from panorama_guard.case import model_work

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
PLACE = "s3://x-aws-panorama/out"
# By what each kind is named where it is not by a name of its own.
_NAMED: Mapping[str, Mapping[str, str]] = {
    model_work.PACKAGE: {"ModelPackageGroupName": "people"},
    model_work.EXECUTION: {"PipelineName": MANAGED},
    "mlflow-app": {"Name": "lured"},
    "partner-app": {"Name": "lured"},
}


def make_taker(client: Any, kind: str, role: str) -> str:
    """Give something a role, anew if it is there, with no more than it must have; return its name."""
    word, member = model_work.TAKERS[kind]
    operation = f"{'Start' if kind == model_work.EXECUTION else 'Create'}{word}{'V2' if word == 'AutoMLJob' else ''}"
    shape = client.meta.service_model.operation_model(operation).input_shape
    asked = {**having(shape, next(ways_to_roles(shape)), role), **_NAMED.get(kind, {member: "lured"})}
    made = getattr(client, xform_name(operation))(**asked)
    name = model_work.end_of(str(made[member])) if member.endswith("Arn") else "lured"
    return f"{asked['JobCategory']}/{name}" if kind == model_work.JOB else name


def ways_to_roles(shape: Any) -> Iterator[tuple[str, ...]]:
    """Yield the ways to the roles in a structure, by members; a list has one item."""
    for name, member in getattr(shape, "members", {}).items():
        if member.name == "RoleArn":
            yield (name,)
        inner = member.member if member.type_name == "list" else member
        yield from ((name, *rest) for rest in ways_to_roles(inner))


def having(shape: Any, way: tuple[str, ...], role: str) -> Any:
    """Return a structure that has a role at the end of a way, and all that it must have."""
    if shape.type_name == "list":
        return [having(shape.member, way, role)]
    if not way:
        return role
    found = {name: least_of(shape.members[name]) for name in shape.required_members}
    return {**found, way[0]: having(shape.members[way[0]], way[1:], role)}


def least_of(shape: Any) -> Any:
    """Return a value of a shape, as short as it may be; a place in S3 is one of the naming pattern."""
    least = shape.metadata.get("min", 0)
    match shape.type_name:
        case "structure":
            chosen = list(shape.members)[:1] if shape.is_tagged_union else shape.required_members
            return {name: least_of(shape.members[name]) for name in chosen}
        case "list":
            return [least_of(shape.member) for _ in range(least)]
        case "string":
            return PLACE if "S3" in shape.name else shape.metadata.get("enum", ["x" * max(1, least)])[0]
    return {"timestamp": BEGINNING, "map": {}, "boolean": False, "float": 1.0, "double": 1.0}.get(
        shape.type_name, max(1, least)
    )
