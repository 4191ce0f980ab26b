"""Which calls of IAM Roles Anywhere can change who gets a guarded role."""

from collections.abc import Mapping
from types import MappingProxyType

from panorama_guard.case.route import Route

ANYWHERE = "rolesanywhere.amazonaws.com"

# https://docs.aws.amazon.com/rolesanywhere/latest/userguide/logging-using-cloudtrail.html
ANYWHERE_EVENTS: Mapping[str, Route] = MappingProxyType(
    {
        "CreateProfile": Route.ANYWHERE_PROFILE,
        "UpdateProfile": Route.ANYWHERE_PROFILE,
        "EnableProfile": Route.ANYWHERE_PROFILE,
        "DisableProfile": Route.ANYWHERE_PROFILE,
        "DeleteProfile": Route.ANYWHERE_PROFILE,
        "CreateTrustAnchor": Route.ANYWHERE_ANCHOR,
        "UpdateTrustAnchor": Route.ANYWHERE_ANCHOR,
        "EnableTrustAnchor": Route.ANYWHERE_ANCHOR,
        "DisableTrustAnchor": Route.ANYWHERE_ANCHOR,
        "DeleteTrustAnchor": Route.ANYWHERE_ANCHOR,
    }
)
