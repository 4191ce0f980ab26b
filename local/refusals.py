"""Writes an error in the shape of the called service's protocol."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Final
from xml.sax.saxutils import escape

from local.emulator import Reply
from local.front_errors import CallRefusedError
from local.wire import Call

_FORBIDDEN: Final = 403
_BAD_REQUEST: Final = 400

# How each service words a denial; the rest say AccessDenied in XML and AccessDeniedException in JSON.
_DENIED_CODES: Final[Mapping[str, str]] = {
    "sns": "AuthorizationError",
    "sqs": "AccessDenied",
    "cloudwatch": "AccessDenied",
}
_DENIED_KEY_CODES: Final[Mapping[str, str]] = {"sns": "KMSAccessDenied", "sqs": "KMS.AccessDeniedException"}


def denial(call: Call, message: str, *, of_key: bool) -> CallRefusedError:
    """Return the error with which the service denies the call; `of_key` when its key is what may not be used."""
    speaks_json = "json" in call.protocol
    usual = "AccessDeniedException" if speaks_json else "AccessDenied"
    codes = _DENIED_KEY_CODES if of_key else _DENIED_CODES
    status = _BAD_REQUEST if call.protocol == "json" else _FORBIDDEN
    return CallRefusedError(codes.get(call.service, usual), message, status)


def render_refusal(call: Call | None, error: CallRefusedError) -> Reply:
    """Return the reply that makes a client of the call's service raise this error."""
    request_id = str(uuid.uuid4())
    render = _RENDERERS.get(call.protocol if call else "json", _render_json)
    headers, body = render(call, error, request_id)
    headers = (*headers, ("x-amzn-RequestId", request_id))
    return Reply(error.status, headers, body.encode())


type_rendered = tuple[tuple[tuple[str, str], ...], str]
_XML: Final = ("Content-Type", "text/xml")


def _render_query(call: Call | None, error: CallRefusedError, request_id: str) -> type_rendered:
    namespace = call.model.service_model.metadata.get("xmlNamespace", "") if call else ""
    return (_XML,), (
        f'<ErrorResponse xmlns="{namespace}"><Error><Type>Sender</Type><Code>{escape(error.code)}</Code>'
        f"<Message>{escape(error.message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )


def _render_ec2(_: Call | None, error: CallRefusedError, request_id: str) -> type_rendered:
    return (_XML,), (
        f"<Response><Errors><Error><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
        f"</Error></Errors><RequestID>{request_id}</RequestID></Response>"
    )


def _render_rest_xml(_: Call | None, error: CallRefusedError, request_id: str) -> type_rendered:
    return (_XML,), (
        f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{escape(error.code)}</Code>'
        f"<Message>{escape(error.message)}</Message><RequestId>{request_id}</RequestId></Error>"
    )


def _render_json(call: Call | None, error: CallRefusedError, _: str) -> type_rendered:
    headers = [("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-ErrorType", error.code)]
    if call and call.model.service_model.is_query_compatible:
        headers.append(("x-amzn-query-error", f"{error.code};Sender"))
    return tuple(headers), json.dumps({"__type": error.code, "message": error.message})


_RENDERERS: Final[Mapping[str, Callable[[Call | None, CallRefusedError, str], type_rendered]]] = {
    "query": _render_query,
    "ec2": _render_ec2,
    "rest-xml": _render_rest_xml,
}
