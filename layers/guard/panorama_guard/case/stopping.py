"""Opens the incident of an escape that is none, because something that the guard has put in place stops it."""

from panorama_guard.case.incident import Incident, State
from panorama_guard.case.lifecycle import Sighting, open_or_update
from panorama_guard.case.severities import When, override
from panorama_guard.policy.record import replace

STOPPED = "it came while something of the guard's own stands on the role, which stops it: nothing had to be done"


def open_stopped(resolved: Incident | None, sighting: Sighting) -> Incident:
    """Return the incident of an escape that is stopped by what is in place: contained, and told once, as a low one.

    Were it not told, whoever takes that away later would let out what nobody has heard of. If it gets out, this
    incident is reopened and acted on like any other.
    """
    finding = replace(sighting.finding, severity=override(When.STOPPED))
    opened = open_or_update(resolved, replace(sighting, finding=finding, alert_only_because=STOPPED))
    stopped = opened.moved(State.CONTAINED, now=sighting.now, reason=f"{STOPPED}; {_what_stands(sighting)}")
    return replace(stopped, revision=opened.revision)  # it is written once, on top of what it follows


def _what_stands(sighting: Sighting) -> str:
    return f"it lasts as long as {', '.join(sighting.in_place)}"
