"""Says until when what is over is over only because a waiver lets it stand."""

import re

from panorama_guard.case.incident import Incident, State

_UNTIL = re.compile(r"waived by \S+ until (\S{19})\S* \(wvr-[0-9a-f]{16}\)")  # as `Waiver.describe` says it


def waived_until(incident: Incident) -> str:
    """Return when the first waiver ends that an incident's end names, or an empty text where none let it stand."""
    if incident.state is not State.RESOLVED:
        return ""
    return min((f"{time}Z" for time in _UNTIL.findall(incident.reason)), default="")
