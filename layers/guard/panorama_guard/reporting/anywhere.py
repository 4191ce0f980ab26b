"""What an operator may type about a profile of IAM Roles Anywhere."""

import shlex

from panorama_guard.case import anywhere
from panorama_guard.case.incident import Incident
from panorama_guard.reporting.plain import plain


def on_anywhere(incident: Incident, verb: str) -> tuple[str, ...]:
    """Return the command that shows a profile, or that stops it from handing out anything."""
    name = incident.subject.name.partition(":")[2]
    if name == anywhere.UNLISTED:
        return ("aws rolesanywhere list-profiles",) if verb == "get" else ()
    called = "get" if verb == "get" else "disable"
    return (f"aws rolesanywhere {called}-profile --profile-id {shlex.quote(plain(name))}",)
