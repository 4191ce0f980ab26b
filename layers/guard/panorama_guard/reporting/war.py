"""Says how to end a war: an escape that somebody brings back as often as the guard contains it."""

import shlex

from panorama_guard.case import bucket
from panorama_guard.case.breaker import Breaker
from panorama_guard.case.incident import CLOUDFORMATION, Incident, State
from panorama_guard.case.resource import is_resource_key

_PAUSE = (
    'pause the guard while you change that, which guards nothing meanwhile: panorama-guard pause --reason "..." '
    "--for 1h"
)


def how_to_stop(incident: Incident) -> tuple[str, ...]:
    """Return what an operator may do about who brings an escape back; nothing while the guard still acts on it."""
    if incident.breaker is not Breaker.OPEN or incident.state is not State.NOT_FIXED:
        return ()
    return (*_at_the_root(incident), "or let it stand for a time, if it is meant, by the command to waive", _PAUSE)


def _at_the_root(incident: Incident) -> tuple[str, ...]:
    cause, name = incident.cause, shlex.quote(_physical_id(incident))
    what = "resource" if is_resource_key(incident.role_name) else "role"
    if cause.through == CLOUDFORMATION:
        which = f"aws cloudformation describe-stack-resources --physical-resource-id {name}"
        return (
            "take the escape out of the template of the stack",
            f"which stack that is, CloudTrail tells not: {which}",
        )
    if cause.through.startswith("Terraform"):
        return ("take the escape out of Terraform's configuration",)
    if not cause.is_named:
        return (f"no event told who it is: look the {what} up in CloudTrail's event history",)
    return (f"take the permission to change the {what} from {cause.actor}",)


def _physical_id(incident: Incident) -> str:
    if is_resource_key(incident.role_name):
        return bucket.point_of(incident.source) or incident.role_name.partition(":")[2]
    is_customers = incident.source.startswith("arn:") and ":iam::aws:" not in incident.source
    return incident.source if is_customers else incident.role_name
