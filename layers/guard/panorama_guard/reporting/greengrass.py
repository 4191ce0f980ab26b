"""What an operator may type about a finding in Greengrass."""

import shlex

from panorama_guard.case import greengrass
from panorama_guard.case.incident import Incident
from panorama_guard.case.resource import kind_of, name_of
from panorama_guard.reporting.plain import plain


def on_greengrass(incident: Incident, verb: str) -> tuple[str, ...]:
    """Return the command that shows what a finding is about; of a role also the one that takes it away."""
    kind, name = kind_of(incident.subject.name), name_of(incident.subject.name)
    if verb != "get":
        return _end(kind, name, incident.source)
    if kind == greengrass.ACCOUNT:
        return ("aws greengrassv2 get-service-role-for-account",)
    if kind == greengrass.DEPLOYMENT:
        return (f"aws greengrassv2 get-deployment --deployment-id {shlex.quote(plain(name))}",)
    if name == greengrass.UNLISTED:
        return ("aws greengrass list-groups",)
    called = "get-associated-role" if incident.source == greengrass.ROLE else "list-group-versions"
    return (f"aws greengrass {called} --group-id {shlex.quote(plain(name))}",)


def _end(kind: str, name: str, source: str) -> tuple[str, ...]:
    if kind == greengrass.GROUP and source == greengrass.ROLE and name != greengrass.UNLISTED:
        return (f"aws greengrass disassociate-role-from-group --group-id {shlex.quote(plain(name))}",)
    return ()
