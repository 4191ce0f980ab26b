"""Says until when what is over is over only because a waiver lets it stand."""

import re

from panorama_guard.case.incident import Incident, State
from panorama_guard.case.times import shown_time

_UNTIL = re.compile(r"waived by \S+ until (\S+) \(wvr-[0-9a-f]{16}\)")  # as `Waiver.describe` says it


def waived_until(incident: Incident) -> str:
    """Return when the first waiver ends that an incident's end names, or an empty text where none let it stand."""
    if incident.state is not State.RESOLVED:
        return ""
    return min(map(shown_time, _UNTIL.findall(incident.reason)), default="")
