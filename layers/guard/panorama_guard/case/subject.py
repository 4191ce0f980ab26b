"""Whom a call was done to, as far as the call says it."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from panorama_guard.case import bucket, function, grantor, log_group, role_use, secret
from panorama_guard.case.anywhere_keys import ANYWHERE_KEYS
from panorama_guard.case.greengrass_keys import GREENGRASS_KEYS
from panorama_guard.case.iot_keys import IOT_KEYS
from panorama_guard.case.model_work_keys import MODEL_WORK_KEYS
from panorama_guard.case.places import Keys, texts_at, value_at
from panorama_guard.case.resource import resource_key
from panorama_guard.case.route import Route
from panorama_guard.policy.record import record


@record
class RoleNamed:
    """The role of this name, as the call wrote it; IAM compares role names without case."""

    name: str


@record
class PolicyNamed:
    """Every role that the managed policy with this ARN is attached to, or is the boundary of."""

    arn: str

    @property
    def account(self) -> str:
        """Return the account that owns the policy; `aws` for those of AWS."""
        return self.arn.split(":")[4]


@record
class ServiceNamed:
    """The service-linked role of this service principal."""

    service: str


@record
class ResourceNamed:
    """The resource of this key."""

    key: str


@record
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
# A secret is called by its name or by its ARN, which ends in six characters of its own; they may be left out.
_SECRET = re.compile(r"(arn:[a-z0-9-]{1,32}:secretsmanager:[a-z0-9-]{1,32}:\d{12}:secret:)?[\w/+=.@-]{1,520}", re.ASCII)
_OWN_END = re.compile(r"-[A-Za-z0-9]{6}\Z", re.ASCII)
_LOG_GROUP = re.compile(
    r"(?:arn:[a-z0-9-]{1,32}:logs:[a-z0-9-]{1,32}:\d{12}:log-group:)?([\w./#-]{1,512})(?::\*)?", re.ASCII
)


def read_subjects(route: Route, detail: Mapping[str, object]) -> tuple[Subject, ...]:
    """Return whom a call was done to, or nothing if it does not say so in a form that IAM would have accepted."""
    match route:
        case Route.ROLE | Route.INSTANCE_PROFILE:
            return tuple(RoleNamed(name) for name in _role_names(detail))
        case Route.POLICY:
            return _policies(detail)
        case Route.SERVICE_LINKED:
            return _service_linked(detail)
        case Route.BUCKET | Route.BUCKET_POLICY | Route.ACCESS_POINT | Route.EVERY_BUCKET:
            return _resources(route, detail)
        case Route.ACCOUNT:
            return ()
        case _:
            return _RESOURCES[route](detail) if route in _RESOURCES else tuple(_subjects(_KEYS[route](detail)))


def _subjects(keys: Keys) -> Iterator[Subject]:
    yield from map(ResourceNamed, keys.named)
    yield from map(ResourcesBehind, keys.behind)


def _role_names(detail: Mapping[str, object]) -> tuple[str, ...]:
    """Return the role names of request and response: AcquireRole has only the second, most calls only the first."""
    places = (("requestParameters", "roleName"), ("responseElements", "role", "roleName"))
    return texts_at(detail, places, _ROLE_NAME)


def _policy_arns(detail: Mapping[str, object]) -> tuple[str, ...]:
    places = (("requestParameters", "policyArn"), ("responseElements", "policy", "arn"))
    return texts_at(detail, places, _POLICY_ARN)


def _policies(detail: Mapping[str, object]) -> tuple[Subject, ...]:
    """Return the policy; where one of its versions came or went that is not in force, what is around its roles too."""
    arns = _policy_arns(detail)
    is_dormant = detail.get("eventName") == "DeletePolicyVersion" or _is_not_default(detail)
    waiting = (ResourcesBehind(resource_key(role_use.POLICY, arn)) for arn in arns if is_dormant)
    return (*(PolicyNamed(arn) for arn in arns), *waiting)


def _is_not_default(detail: Mapping[str, object]) -> bool:
    is_new = detail.get("eventName") == "CreatePolicyVersion"
    return is_new and value_at(detail, ("requestParameters", "setAsDefault")) is not True


def _every_role(_: Mapping[str, object]) -> tuple[Subject, ...]:
    """Return what is around every role that is named: which of them trust an identity provider, only they tell."""
    return (ResourcesBehind(resource_key(role_use.PROVIDER, "")),)


def _service_linked(detail: Mapping[str, object]) -> tuple[Subject, ...]:
    """Return the role if it is named, else the service whose role it is."""
    roles = tuple(RoleNamed(name) for name in _role_names(detail))
    services = texts_at(detail, (("requestParameters", "aWSServiceName"),), _SERVICE)
    return roles or tuple(ServiceNamed(service) for service in services)


def _resources(route: Route, detail: Mapping[str, object]) -> tuple[Subject, ...]:
    if route is Route.EVERY_BUCKET:
        return (ResourcesBehind(resource_key(bucket.ACCOUNT, "")),)
    kinds = (bucket.TYPE, grantor.TYPE) if route is Route.BUCKET_POLICY else (bucket.TYPE,)
    buckets = tuple(ResourceNamed(resource_key(kind, name)) for name in _bucket_names(detail) for kind in kinds)
    return buckets or _behind_points(detail) if route is Route.ACCESS_POINT else buckets


def _bucket_names(detail: Mapping[str, object]) -> tuple[str, ...]:
    places = (("requestParameters", "bucketName"), ("requestParameters", "bucket"))
    return texts_at(detail, places, _BUCKET)


def _behind_points(detail: Mapping[str, object]) -> tuple[Subject, ...]:
    """Return what is behind the access point that a call names; AWS shows no sample of such an event."""
    places = (("requestParameters", "name"), ("requestParameters", "accessPointName"))
    return tuple(ResourcesBehind(resource_key(bucket.POINT, name)) for name in texts_at(detail, places, _ACCESS_POINT))


def _functions(kinds: tuple[str, ...], detail: Mapping[str, object]) -> tuple[Subject, ...]:
    """Return the function that a call names: in the pattern it is guarded, outside of it only its role is."""
    places = (
        ("requestParameters", "functionName"),
        ("requestParameters", "resourceArn"),
        ("responseElements", "functionArn"),
        ("responseElements", "functionName"),
    )
    found = (_FUNCTION.fullmatch(text) for text in texts_at(detail, places, _FUNCTION))
    names = tuple(dict.fromkeys(match[1] for match in found if match))
    return tuple(ResourceNamed(resource_key(kind, name)) for name in names for kind in kinds)


def _secrets(detail: Mapping[str, object]) -> tuple[Subject, ...]:
    """Return what the secret of a call may be: of an ARN nobody can tell whether its end is the name's."""
    texts = texts_at(detail, (("requestParameters", "secretId"), ("requestParameters", "name")), _SECRET)
    names = dict.fromkeys(name for text in texts for name in _names_in_arn(text))
    return tuple(ResourceNamed(resource_key(secret.TYPE, name)) for name in names)


def _names_in_arn(text: str) -> tuple[str, ...]:
    _, is_arn, name = text.rpartition(":secret:")
    return (_OWN_END.sub("", name), name) if is_arn else (text,)


def _log_group(detail: Mapping[str, object]) -> tuple[Subject, ...]:
    """Return the log group of a call."""
    places = ("logGroupName", "logGroupIdentifier", "resourceIdentifier", "resourceArn")
    texts = texts_at(detail, tuple(("requestParameters", place) for place in places), _LOG_GROUP)
    names = dict.fromkeys(_LOG_GROUP.sub(r"\1", text) for text in texts)
    return tuple(ResourceNamed(resource_key(log_group.TYPE, name)) for name in names)


def _every_log_group(_: Mapping[str, object]) -> tuple[Subject, ...]:
    """Return every log group: the call is about what the account says of all of them."""
    return (ResourcesBehind(resource_key(log_group.EVERY, "")),)


def _log_policy(detail: Mapping[str, object]) -> tuple[Subject, ...]:
    """Return the log group on which a resource policy is put, or every one where it is the account's."""
    return _log_group(detail) or _every_log_group(detail)


_RESOURCES: Mapping[Route, Callable[[Mapping[str, object]], tuple[Subject, ...]]] = {
    Route.PROVIDER: _every_role,
    Route.FUNCTION: partial(_functions, (function.TYPE,)),
    Route.FUNCTION_ROLE: partial(_functions, (function.TYPE, function.RUNNER)),
    Route.SECRET: _secrets,
    Route.LOG_GROUP: _log_group,
    Route.LOG_POLICY: _log_policy,
    Route.EVERY_LOG_GROUP: _every_log_group,
}
_KEYS: Mapping[Route, Callable[[Mapping[str, object]], Keys]] = {
    **IOT_KEYS,
    **MODEL_WORK_KEYS,
    **GREENGRASS_KEYS,
    **ANYWHERE_KEYS,
}
