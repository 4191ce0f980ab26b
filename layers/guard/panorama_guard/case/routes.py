"""Which calls can change a guarded role, and where each says whom it was done to.

The table is keyed by (event source, event name) because services share event names: `CreatePolicy` is IAM's and IoT's.
The event patterns of the template hold the same names; a test compares them.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class Route(Enum):
    """Where a call says whom it was done to."""

    ROLE = "role"
    INSTANCE_PROFILE = "instance profile"
    POLICY = "policy"
    SERVICE_LINKED = "service-linked role"
    ACCOUNT = "account"


IAM = "iam.amazonaws.com"

_IAM_EVENTS: Mapping[str, Route] = MappingProxyType(
    {
        "CreateRole": Route.ROLE,
        "AcquireRole": Route.ROLE,
        "DeleteRole": Route.ROLE,
        "UpdateAssumeRolePolicy": Route.ROLE,
        "PutRolePolicy": Route.ROLE,
        "DeleteRolePolicy": Route.ROLE,
        "AttachRolePolicy": Route.ROLE,
        "DetachRolePolicy": Route.ROLE,
        "PutRolePermissionsBoundary": Route.ROLE,
        "DeleteRolePermissionsBoundary": Route.ROLE,
        "UpdateRole": Route.ROLE,
        "UpdateRoleDescription": Route.ROLE,
        "TagRole": Route.ROLE,
        "UntagRole": Route.ROLE,
        "AddRoleToInstanceProfile": Route.INSTANCE_PROFILE,
        "RemoveRoleFromInstanceProfile": Route.INSTANCE_PROFILE,
        "CreateServiceLinkedRole": Route.SERVICE_LINKED,
        "DeleteServiceLinkedRole": Route.SERVICE_LINKED,
        "CreatePolicy": Route.POLICY,
        "CreatePolicyVersion": Route.POLICY,
        "SetDefaultPolicyVersion": Route.POLICY,
        "DeletePolicyVersion": Route.POLICY,
        "DeletePolicy": Route.POLICY,
        "PutAccountProperties": Route.ACCOUNT,
        "AcceptDelegationRequest": Route.ACCOUNT,
        "SendDelegationToken": Route.ACCOUNT,
    }
)

ROUTES: Mapping[tuple[str, str], Route] = MappingProxyType({(IAM, name): route for name, route in _IAM_EVENTS.items()})

_LOWER_CASE: Mapping[tuple[str, str], Route] = MappingProxyType(
    {(source.lower(), name.lower()): route for (source, name), route in ROUTES.items()}
)


def route_of(source: str, name: str) -> Route | None:
    """Return where a call says whom it was done to, or None if it cannot change a guarded role; case is ignored."""
    return _LOWER_CASE.get((source.lower(), name.lower()))


def event_names(source: str) -> tuple[str, ...]:
    """Return the routed event names of one source, as CloudTrail writes them, in the order of the table."""
    return tuple(name for key, name in ROUTES if key == source)
