"""Reads a request off the wire: which operation of which service it calls, with which parameters, by whom."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import UnknownServiceError
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

from local.wire_rpc import MALFORMED, read_named

# Signing name -> botocore's services under it, where the two differ or several share one.
_SERVICES: Final[Mapping[str, tuple[str, ...]]] = {
    "monitoring": ("cloudwatch",),
    "dynamodb": ("dynamodb", "dynamodbstreams"),
    "states": ("stepfunctions",),
    "s3": ("s3", "s3control"),
    "greengrass": ("greengrass", "greengrassv2"),
    "iotdata": ("iot-data",),
    "iotdevicegateway": ("iot-data",),
    "sagemaker": ("sagemaker", "sagemaker-runtime"),
    "elasticloadbalancing": ("elbv2", "elb"),
    "elasticfilesystem": ("efs",),
    "elasticmapreduce": ("emr",),
    "ses": ("sesv2", "ses"),
    "cognito-idp": ("cognito-idp",),
    "tagging": ("resourcegroupstaggingapi",),
    "airflow": ("mwaa",),
}
_CREDENTIAL: Final = re.compile(
    r"Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request", re.ASCII
)
_S3_CONTROL_PREFIX: Final = "/v20180820/"
_DEFAULT_REGION: Final = "us-east-1"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request, as far as the request itself says."""

    access_key: str | None
    source_ip: str
    user_agent: str
    sdk_call: str = ""  # the same in every attempt that an SDK makes at one call


@dataclass(frozen=True, slots=True)
class Call:
    """One API call: the operation, and what it was given."""

    service: str
    operation: str
    region: str
    protocol: str
    caller: Caller
    parameters: Mapping[str, Any] = field(repr=False)
    model: OperationModel = field(repr=False)
    host: str = ""

    def text(self, name: str, default: str = "") -> str:
        """Return the parameter as text, or the default when it was not given."""
        value = self.parameters.get(name)
        return default if value is None else str(value)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What the signature of a request names."""

    access_key: str | None
    region: str
    service: str


@dataclass(frozen=True, slots=True)
class _Operation:
    """An operation that a request was found to call, and what its path says."""

    service: str
    model: OperationModel
    path: Mapping[str, Any]
    protocol: str


def read_call(environ: Mapping[str, Any], body: bytes) -> Call | None:
    """Return the API call that a request makes, or None when it is not one that botocore's models know."""
    return _read_named(environ, body) or _read_any(environ, body)


def _read_named(environ: Mapping[str, Any], body: bytes) -> Call | None:
    """Return the call of a request that names its operation plainly, as nearly all do."""
    scope = _signed_scope(str(environ.get("HTTP_AUTHORIZATION", "")))
    if scope is None:
        return None
    found = read_named(environ, body, _candidates(scope.service, "/"))
    if found is None:
        return None
    caller = Caller(
        scope.access_key,
        str(environ.get("REMOTE_ADDR") or ""),
        str(environ.get("HTTP_USER_AGENT", "")),
        str(environ.get("HTTP_AMZ_SDK_INVOCATION_ID", "")),
    )
    return Call(
        found.service,
        str(found.model.name),
        scope.region,
        found.protocol,
        caller,
        found.parameters,
        found.model,
        str(environ.get("HTTP_HOST", "")),
    )


def _read_any(environ: Mapping[str, Any], body: bytes) -> Call | None:
    request = Request({**environ, "wsgi.input": io.BytesIO(body)})
    scope = _read_scope(request)
    for service in _candidates(scope.service, request.path):
        found = _match(service, request)
        if found is not None:
            return _call(scope, request, found)
    return None


def read_access_key(environ: Mapping[str, Any]) -> str | None:
    """Return the key that a request is signed with, whatever it asks for."""
    found = _CREDENTIAL.search(str(environ.get("HTTP_AUTHORIZATION", "")))
    return found["key"] if found else None


def _call(scope: _Scope, request: Request, found: _Operation) -> Call:
    return Call(
        found.service,
        str(found.model.name),
        scope.region,
        found.protocol,
        Caller(
            scope.access_key,
            request.remote_addr or "",
            request.headers.get("User-Agent", ""),
            request.headers.get("amz-sdk-invocation-id", ""),
        ),
        _parse(found, request),
        found.model,
        request.headers.get("Host", ""),
    )


def _read_scope(request: Request) -> _Scope:
    header = request.headers.get("Authorization", "")
    found = _signed_scope(header) or _signed_scope(f"Credential={request.args.get('X-Amz-Credential', '')}")
    if found is not None:
        return found
    # moto takes an unsigned request for S3, so the reader does too; STS's federated calls are unsigned as well.
    unsigned_sts = request.method == "POST" and "WithWebIdentity" in request.form.get("Action", "")
    return _Scope(None, _DEFAULT_REGION, "sts" if unsigned_sts else "s3")


def _signed_scope(text: str) -> _Scope | None:
    found = _CREDENTIAL.search(text)
    return _Scope(found["key"], found["region"], found["service"].lower()) if found else None


def _candidates(signing_name: str, path: str) -> Iterable[str]:
    if signing_name == "s3" and path.startswith(_S3_CONTROL_PREFIX):
        return ("s3control",)
    return _SERVICES.get(signing_name, (signing_name,))


def _match(service: str, request: Request) -> _Operation | None:
    try:
        model = get_service_model(service)
    except UnknownServiceError:
        return None
    try:
        operation, path_parameters = get_service_router(service).match(request)
        protocol = determine_request_protocol(model, request.content_type)
    except (HTTPException, NotImplementedError, KeyError):
        return None
    return _Operation(service, operation, path_parameters, protocol)


def _parse(found: _Operation, request: Request) -> dict[str, Any]:
    parser = PROTOCOL_PARSERS.get(found.protocol)
    if parser is None:
        return {}
    try:
        parsed: dict[str, Any] = parser(found.model).parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": request.get_data(),
                "url_path": request.path,
                "url_params": dict(found.path),
            }
        )
    except MALFORMED:
        return {}  # the service answers a malformed request with its own error
    return {name: value for name, value in parsed.items() if value is not None}


@functools.cache
def signing_name(service: str) -> str:
    """Return the name under which the service signs, which is also how CloudTrail names it."""
    return str(get_service_model(service).signing_name)
