"""Writes parameters and results as CloudTrail does: lower camel case, documents as text, secrets hidden."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local.wire import Call

HIDDEN: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"
_MAX_BYTES: Final = 100 * 1024

# The services whose wire names CloudTrail keeps as they are: Greengrass logs `GroupId`, not `groupId`.
_KEEPS_CASE: Final = frozenset({"greengrass", "greengrassv2"})
_S3_SERVICES: Final = frozenset({"s3", "s3control"})
_TRANSPORT: Final = ("x-amz-checksum-", "x-amz-sdk-", "Content-MD5", "Content-Length")
_XML_NAMESPACE: Final = "http://s3.amazonaws.com/doc/2006-03-01/"


def request_parameters(call: Call) -> dict[str, Any] | None:
    """Return the call's `requestParameters`; None when there are none, or more than CloudTrail keeps."""
    shape = call.model.input_shape
    if shape is None:
        return None
    entry = (
        _s3_parameters(call, shape)
        if call.service in _S3_SERVICES
        else _structure(shape, call.parameters, call.service)
    )
    for redact in _REDACTIONS.get(call.service, ()):
        redact(entry)
    # CloudTrail omits the content of a field of more than 100 KB.
    return entry if entry and len(json.dumps(entry)) <= _MAX_BYTES else None


def response_elements(call: Call, parsed: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the call's `responseElements`, or None when the service answers with nothing."""
    shape = call.model.output_shape
    if shape is None or call.service in _S3_SERVICES:
        return None
    given = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
    entry = _structure(shape, given, call.service, keeps_secrets=False)
    for redact in _REDACTIONS.get(call.service, ()):
        redact(entry)
    return entry or None


def resources(call: Call, account: str) -> list[dict[str, str]] | None:
    """Return the `resources` of a call on a bucket; None for the calls that the trail logs without."""
    bucket = call.text("Bucket")
    if call.service != "s3" or not bucket or call.operation == "CreateBucket":
        return None
    return [{"accountId": account, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"}]


def trail_time(moment: datetime) -> str:
    """Return a time as the trail writes those inside parameters and results: `Nov 23, 2026 3:04:05 PM`."""
    return f"{moment:%b} {moment.day}, {moment.year} {moment.hour % 12 or 12}:{moment:%M:%S} {moment:%p}"


def _structure(
    shape: StructureShape, value: Mapping[str, Any], service: str, *, keeps_secrets: bool = True
) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for name, member in shape.members.items():
        if value.get(name) is None or member.type_name == "blob":
            continue
        if member.metadata.get("sensitive"):
            if keeps_secrets:
                entry[_key(name, member, service)] = HIDDEN
            continue
        entry[_key(name, member, service)] = _value(member, value[name], service, keeps_secrets=keeps_secrets)
    return entry


def _value(shape: Shape, value: Any, service: str, *, keeps_secrets: bool) -> Any:
    match shape:
        case StructureShape():
            return _structure(shape, value, service, keeps_secrets=keeps_secrets)
        case ListShape():
            return [_value(shape.member, item, service, keeps_secrets=keeps_secrets) for item in value]
        case MapShape():
            return {str(k): _value(shape.value, v, service, keeps_secrets=keeps_secrets) for k, v in value.items()}
        case Shape(type_name="timestamp"):
            return trail_time(value) if isinstance(value, datetime) else str(value)
        case _:
            return value


def _key(name: str, member: Shape, service: str) -> str:
    if service in _KEEPS_CASE:
        return str(member.serialization.get("name", name))
    return name[:1].lower() + name[1:]


def _s3_parameters(call: Call, shape: StructureShape) -> dict[str, Any]:
    """Write S3's parameters, which the trail keeps as they stand in the HTTP request."""
    entry: dict[str, Any] = dict.fromkeys(call.model.http_trait.query_args, "")
    for name, value in call.parameters.items():
        member = shape.members[name]
        if name == "Bucket":
            entry["bucketName"] = value
        elif name == "Policy":
            entry["bucketPolicy"] = _as_object(value)
        elif isinstance(member, StructureShape):
            entry[str(member.serialization.get("name", name))] = {
                "xmlns": _XML_NAMESPACE,
                **_xml_structure(member, value),
            }
        elif (wire_name := _wire_name(name, member)) and not wire_name.startswith(_TRANSPORT):
            entry[wire_name] = value
    return {**entry, "Host": call.host}


def _wire_name(name: str, member: Shape) -> str | None:
    """Return the member's name in the path, query string or headers, or None when it stands in the body."""
    if member.serialization.get("location") not in {"header", "querystring", "uri"}:
        return None
    return str(member.serialization.get("name", name))


def _xml_structure(shape: StructureShape, value: Mapping[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for name, given in value.items():
        member = shape.members[name]
        entry[str(member.serialization.get("name", name))] = _xml_value(member, given)
    return entry


def _xml_value(shape: Shape, value: Any) -> Any:
    match shape:
        case StructureShape():
            return _xml_structure(shape, value)
        case ListShape():
            return [_xml_value(shape.member, item) for item in value]
        case Shape(type_name="timestamp"):
            return str(value)
        case _:
            return value


def _as_object(document: str) -> Any:
    try:
        return json.loads(document)
    except ValueError:
        return document


def _hide_environment(entry: dict[str, Any]) -> None:
    if "environment" in entry:
        entry["environment"] = {}


def _hide_initial_version(entry: dict[str, Any]) -> None:
    if "InitialVersion" in entry:
        entry["InitialVersion"] = "***"


_REDACTIONS: Final[Mapping[str, tuple[Callable[[dict[str, Any]], None], ...]]] = {
    "lambda": (_hide_environment,),
    "greengrass": (_hide_initial_version,),
}
