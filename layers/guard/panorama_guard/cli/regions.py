"""How each region of a deployment is watched, read with the credentials of whoever asks for the status."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from panorama_guard.aws.clients import client_of
from panorama_guard.aws.guard_url import HOME_REGION
from panorama_guard.aws.watching import Watch


def read_regions(stack: str, session: Any, *, now: datetime) -> dict[str, object]:
    """Return when an event last came of each region, which trail tells there, and when the canary came back."""
    home = session.region_name or HOME_REGION
    watch = Watch(lambda service, region: client_of(session, service, region), stack)
    regions = (home, *watch.other_regions(home))
    return {
        "canary": watch.canary(home, now=now),
        "watched": [asdict(watch.region(region, now=now)) for region in regions],
    }
