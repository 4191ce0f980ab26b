"""Does what CloudTrail does: turns a call and its outcome into an event, in EventBridge's envelope."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from botocore import parsers
from botocore.awsrequest import HeadersDict

from local import trail_names, trail_shapes
from local.emulator import Reply
from local.identity import Identity
from local.wire import Call

_EVENT_VERSION: Final = "1.11"
_DETAIL_TYPE: Final = "AWS API Call via CloudTrail"
_MAX_MESSAGE: Final = 1024
_NOT_IMPLEMENTED: Final = 501
_DENIALS: Final = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "KMSAccessDenied", "KMS.AccessDeniedException"}
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended: with a result, or with an error code and message."""

    parsed: Mapping[str, Any]
    request_id: str
    error_code: str | None = None
    error_message: str = ""


@dataclass(frozen=True, slots=True)
class InnerChange:
    """A change that one service made through another on a caller's behalf."""

    service: str
    name: str
    parameters: Mapping[str, Any]
    response: Mapping[str, Any] | None = None


def read_outcome(call: Call, reply: Reply) -> Outcome:
    """Read a reply as the client will."""
    headers = HeadersDict(dict(reply.headers))
    request_id = str(headers.get("x-amzn-RequestId") or headers.get("x-amz-request-id") or uuid.uuid4())
    response = {"status_code": reply.status, "headers": headers, "body": reply.body, "context": {}}
    try:
        parsed = _parser(call.protocol).parse(response, call.model.output_shape)  # type: ignore[arg-type]
    except parsers.ResponseParserError:
        parsed = {}
    error = parsed.get("Error") if not reply.is_success else None
    if error is None and reply.is_success:
        return Outcome(parsed, request_id)
    code, message = (error or {}).get("Code", "InternalFailure"), (error or {}).get("Message", "")
    return Outcome({}, request_id, _error_name(call, str(code)), str(message)[:_MAX_MESSAGE])


def record_call(call: Call, identity: Identity, reply: Reply) -> dict[str, Any] | None:
    """Return the event of a finished call, or None when CloudTrail would not record it."""
    if not trail_names.is_recorded(call) or reply.status == _NOT_IMPLEMENTED:
        return None
    outcome = read_outcome(call, reply)
    is_denied = outcome.error_code in _DENIALS
    detail = _common_detail(call, identity, outcome.request_id) | {
        "eventSource": trail_names.event_source(call.service),
        "eventName": trail_names.event_name(call),
        "requestParameters": None if is_denied else trail_shapes.request_parameters(call),
        "responseElements": None if outcome.error_code else trail_shapes.response_elements(call, outcome.parsed),
    }
    if outcome.error_code:
        detail |= {"errorCode": outcome.error_code, "errorMessage": outcome.error_message}
    named = trail_shapes.resources(call, identity.account)
    return _envelope(detail if named is None else detail | {"resources": named}, identity)


def record_inner_changes(
    call: Call, identity: Identity, changes: Iterable[InnerChange], *, invoked_by: str
) -> tuple[dict[str, Any], ...]:
    """Return the events of what a service did inside a call, in the caller's name."""
    return tuple(_record_inner(call, identity, change, invoked_by) for change in changes)


def _record_inner(call: Call, identity: Identity, change: InnerChange, invoked_by: str) -> dict[str, Any]:
    detail = _common_detail(call, identity, str(uuid.uuid4())) | {
        "awsRegion": "us-east-1",  # the changes are IAM's, which is a global service
        "sourceIPAddress": invoked_by,
        "userAgent": invoked_by,
        "eventSource": trail_names.event_source(change.service),
        "eventName": change.name,
        "requestParameters": dict(change.parameters),
        "responseElements": None if change.response is None else dict(change.response),
    }
    detail["userIdentity"] = {**detail["userIdentity"], "invokedBy": invoked_by}
    return _envelope(detail, identity)


def _common_detail(call: Call, identity: Identity, request_id: str) -> dict[str, Any]:
    return {
        "eventVersion": _EVENT_VERSION,
        "userIdentity": identity.record(),
        "eventTime": _now(),
        "awsRegion": trail_names.event_region(call),
        "sourceIPAddress": call.caller.source_ip,
        "userAgent": call.caller.user_agent,
        "requestID": request_id,
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": identity.account,
        "eventCategory": "Management",
    }


def _envelope(detail: dict[str, Any], identity: Identity) -> dict[str, Any]:
    service = str(detail["eventSource"]).removesuffix(".amazonaws.com")
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": _DETAIL_TYPE,
        "source": f"aws.{service}",
        "account": identity.account,
        "time": detail["eventTime"],
        "region": detail["awsRegion"],
        "resources": [],
        "detail": detail,
    }


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _error_name(call: Call, code: str) -> str:
    """Return the trail's name of an error: that of the model's shape, such as `NoSuchEntityException`."""
    for shape in call.model.service_model.error_shapes:
        if getattr(shape, "error_code", None) == code:
            return str(shape.name)
    return code


@functools.cache
def _parser(protocol: str) -> parsers.ResponseParser:
    return parsers.create_parser(protocol)
