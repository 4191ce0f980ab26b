"""Whom a call was done to, as far as the call says it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from panorama_guard.case import bucket, function
from panorama_guard.case.resource import resource_key
from panorama_guard.case.routes import Route


@dataclass(frozen=True, slots=True)
class RoleNamed:
    """The role of this name, as the call wrote it; IAM compares role names without case."""

    name: str


@dataclass(frozen=True, slots=True)
class PolicyNamed:
    """Every role that the managed policy with this ARN is attached to, or is the boundary of."""

    arn: str

    @property
    def account(self) -> str:
        """Return the account that owns the policy; `aws` for those of AWS."""
        return self.arn.split(":")[4]


@dataclass(frozen=True, slots=True)
class ServiceNamed:
    """The service-linked role of this service principal."""

    service: str


@dataclass(frozen=True, slots=True)
class ResourceNamed:
    """The resource of this key."""

    key: str


@dataclass(frozen=True, slots=True)
class ResourcesBehind:
    """The resources that a call names by something else: an access point's bucket, every bucket of the account."""

    key: str


Subject = RoleNamed | PolicyNamed | ServiceNamed | ResourceNamed | ResourcesBehind


_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_POLICY_ARN = re.compile(r"arn:[a-z0-9-]{1,32}:iam::(?:\d{12}|aws):policy/[\x21-\x7e]{1,1024}", re.ASCII)
_SERVICE = re.compile(r"[a-z0-9.-]{1,128}")
_BUCKET = re.compile(r"[\w.-]{3,255}", re.ASCII)  # older names are longer, and have other characters, than new ones
_ACCESS_POINT = re.compile(r"[a-z0-9-]{3,50}", re.ASCII)
# A function's name, its ARN or a part of that, with or without a version or an alias.
# https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html#API_AddPermission_RequestParameters
_FUNCTION = re.compile(
    r"(?:arn:[a-z0-9-]{1,32}:lambda:[a-z0-9-]{4,32}:)?(?:\d{12}:)?(?:function:)?([\w-]{1,64})(?::[\w$-]{1,128})?",
    re.ASCII,
)
_REDACTED = frozenset({"HIDDEN_DUE_TO_SECURITY_REASONS"})


def read_subjects(route: Route, detail: Mapping[str, object]) -> tuple[Subject, ...]:
    """Return whom a call was done to, or nothing if it does not say so in a form that IAM would have accepted."""
    match route:
        case Route.ROLE | Route.INSTANCE_PROFILE:
            return tuple(RoleNamed(name) for name in _role_names(detail))
        case Route.POLICY:
            return tuple(PolicyNamed(arn) for arn in _policy_arns(detail))
        case Route.SERVICE_LINKED:
            return _service_linked(detail)
        case Route.BUCKET | Route.ACCESS_POINT | Route.EVERY_BUCKET:
            return _resources(route, detail)
        case Route.FUNCTION | Route.FUNCTION_ROLE:
            return _functions(route, detail)
        case Route.ACCOUNT:
            return ()


def _role_names(detail: Mapping[str, object]) -> tuple[str, ...]:
    """Return the role names of request and response: AcquireRole has only the second, most calls only the first."""
    places = (("requestParameters", "roleName"), ("responseElements", "role", "roleName"))
    return _found(detail, places, _ROLE_NAME)


def _policy_arns(detail: Mapping[str, object]) -> tuple[str, ...]:
    places = (("requestParameters", "policyArn"), ("responseElements", "policy", "arn"))
    return _found(detail, places, _POLICY_ARN)


def _service_linked(detail: Mapping[str, object]) -> tuple[Subject, ...]:
    """Return the role if it is named, else the service whose role it is."""
    roles = tuple(RoleNamed(name) for name in _role_names(detail))
    services = _found(detail, (("requestParameters", "aWSServiceName"),), _SERVICE)
    return roles or tuple(ServiceNamed(service) for service in services)


def _resources(route: Route, detail: Mapping[str, object]) -> tuple[Subject, ...]:
    if route is Route.EVERY_BUCKET:
        return (ResourcesBehind(resource_key(bucket.ACCOUNT, "")),)
    buckets = tuple(ResourceNamed(resource_key(bucket.TYPE, name)) for name in _bucket_names(detail))
    return buckets if route is Route.BUCKET else buckets or _behind_points(detail)


def _bucket_names(detail: Mapping[str, object]) -> tuple[str, ...]:
    places = (("requestParameters", "bucketName"), ("requestParameters", "bucket"))
    return _found(detail, places, _BUCKET)


def _behind_points(detail: Mapping[str, object]) -> tuple[Subject, ...]:
    """Return what is behind the access point that a call names; AWS shows no sample of such an event."""
    places = (("requestParameters", "name"), ("requestParameters", "accessPointName"))
    return tuple(ResourcesBehind(resource_key(bucket.POINT, name)) for name in _found(detail, places, _ACCESS_POINT))


def _functions(route: Route, detail: Mapping[str, object]) -> tuple[Subject, ...]:
    """Return the function that a call names: in the pattern it is guarded, outside of it only its role is."""
    places = (
        ("requestParameters", "functionName"),
        ("requestParameters", "resourceArn"),
        ("responseElements", "functionArn"),
        ("responseElements", "functionName"),
    )
    found = (_FUNCTION.fullmatch(text) for text in _found(detail, places, _FUNCTION))
    names = tuple(dict.fromkeys(match[1] for match in found if match))
    kinds = (function.TYPE, function.RUNNER) if route is Route.FUNCTION_ROLE else (function.TYPE,)
    return tuple(ResourceNamed(resource_key(kind, name)) for name in names for kind in kinds)


def _found(detail: Mapping[str, object], places: tuple[tuple[str, ...], ...], form: re.Pattern[str]) -> tuple[str, ...]:
    """Return the different texts of this form at these places."""
    texts = (_at(detail, place) for place in places)
    named = (text for text in texts if isinstance(text, str) and form.fullmatch(text) and text not in _REDACTED)
    return tuple(dict.fromkeys(named))


def _at(detail: Mapping[str, object], place: tuple[str, ...]) -> object:
    """Return the value at a place of nested objects, or None."""
    value: object = detail
    for key in place:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
