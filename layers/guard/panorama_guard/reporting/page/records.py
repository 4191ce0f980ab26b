"""What a posture page is made of."""

from dataclasses import dataclass, replace

from panorama_guard.case.incident import Incident
from panorama_guard.case.portrait import Portrait
from panorama_guard.case.waiver import Waiver
from panorama_guard.case.weak_pattern import WeakPattern
from panorama_guard.reporting.review import Review


@dataclass(frozen=True, slots=True)
class Pin:
    """A managed policy of AWS in a role's baseline, and how what stands in the account compares with it."""

    role: str
    arn: str
    version_id: str
    edited: str
    compared: str


@dataclass(frozen=True, slots=True)
class Guarded:
    """A role of the profile, and how many roles of the account were judged as it."""

    name: str
    judged: int


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What a deployed guard has on record: its incidents, and the waivers that are in force or wait.

    `open_there` are incidents of the organisation's other accounts, as far as they may still stand open: never those of
    the roles on the page, whatever they are called.
    """

    incidents: tuple[Incident, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    open_there: tuple[Incident, ...] = ()


@dataclass(frozen=True, slots=True)
class Gauges:
    """Whether events arrive and are handled.

    `last_events` has for each service when its last event arrived, empty where none did within what is remembered;
    `dead_letters` how many messages wait in each queue of what failed; `subscribers` how many hear the alerts, as one
    number, or nothing where it is not known.
    """

    last_events: tuple[tuple[str, str], ...] = ()
    dead_letters: tuple[tuple[str, int], ...] = ()
    subscribers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PosturePage:
    """A review, a portrait of each of its roles, when and as whom they were read, and of how many roles in all.

    `record` and `gauges` are a deployed guard's; a look without one has none.
    """

    review: Review
    portraits: tuple[Portrait, ...]
    account: str
    reader: str
    read_at: str
    listed: int
    guarded: tuple[Guarded, ...] = ()
    pins: tuple[Pin, ...] = ()
    weak: tuple[WeakPattern, ...] = ()
    record: OnRecord | None = None
    gauges: Gauges | None = None

    def with_guard(self, weak: tuple[WeakPattern, ...], record: OnRecord, gauges: Gauges) -> "PosturePage":
        """Return the page with what a deployed guard knows beside."""
        return replace(self, weak=weak, record=record, gauges=gauges)
