"""Reads calls whose operation stands in the form or in a header, as nearly all do, without parsing the request twice.

What is not plainly one of these is left to moto's own routers, which are right about everything and slower.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

from botocore.exceptions import UnknownServiceError
from moto.core.model import OperationModel
from moto.core.parse import JSONParser, QueryParser, RequestParserError
from moto.core.request import determine_request_protocol
from moto.core.utils import get_service_model

_FORM: Final = "query"
_TARGETED: Final = "json"
MALFORMED: Final = (RequestParserError, ValueError, TypeError, AttributeError, KeyError)


@dataclass(frozen=True, slots=True)
class Named:
    """An operation that a request names, and what it gives."""

    service: str
    model: OperationModel
    protocol: str
    parameters: Mapping[str, Any] = field(repr=False)


def read_named(environ: Mapping[str, Any], body: bytes, services: Iterable[str]) -> Named | None:
    """Return the operation of one of the services that a plain request names, or None."""
    if (environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING", "")) != ("POST", "/", ""):
        return None
    content_type = str(environ.get("CONTENT_TYPE", ""))
    for service in services:
        protocol = _protocol(service, content_type)
        if protocol == _TARGETED and (found := _read_targeted(service, environ, body)) is not None:
            return found
        if protocol == _FORM and (found := _read_form(service, body)) is not None:
            return found
    return None


def _read_targeted(service: str, environ: Mapping[str, Any], body: bytes) -> Named | None:
    model = _operations(service, _TARGETED).get(str(environ.get("HTTP_X_AMZ_TARGET", "")))
    if model is None:
        return None
    return Named(service, model, _TARGETED, _parse(JSONParser(model), {"body": body}))


def _read_form(service: str, body: bytes) -> Named | None:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True)
    except ValueError:
        return None
    values = dict(reversed(pairs))  # the first counts
    model = _operations(service, _FORM).get(values.get("Action", ""))
    if model is None:
        return None
    return Named(service, model, _FORM, _parse(QueryParser(model), {"values": values}))


def _parse(parser: Any, request: Mapping[str, Any]) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = parser.parse(request)
    except MALFORMED:
        return {}  # the service answers a malformed request with its own error
    return {name: value for name, value in parsed.items() if value is not None}


@functools.lru_cache(maxsize=256)
def _protocol(service: str, content_type: str) -> str:
    """Return the protocol that a request of this type speaks with the service, or nothing where they have none."""
    try:
        return determine_request_protocol(get_service_model(service), content_type)
    except (UnknownServiceError, NotImplementedError, KeyError):
        return ""


@functools.cache
def _operations(service: str, protocol: str) -> Mapping[str, OperationModel]:
    """Return the operations by what a request calls them; not those that are told apart by the host."""
    model = get_service_model(service)
    target = model.metadata.get("targetPrefix")
    if protocol == _TARGETED and not target:
        return {}
    prefix = f"{target}." if protocol == _TARGETED else ""
    operations = ((name, model.operation_model(name)) for name in model.operation_names)
    return {f"{prefix}{name}": each for name, each in operations if not each.endpoint}
