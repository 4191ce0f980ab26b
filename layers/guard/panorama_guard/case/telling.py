"""What operators are told of, once for each transition: incidents, undos, waivers, pauses and words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from panorama_guard.case.ending import told_state
from panorama_guard.case.errors import RecordError
from panorama_guard.case.finding import Severity
from panorama_guard.case.incident import PENDING, Incident, State
from panorama_guard.case.pause import Pause
from panorama_guard.case.record import load_record
from panorama_guard.case.undo import Undo
from panorama_guard.case.waiver import Waiver
from panorama_guard.case.word import Word

Told = Incident | Undo | Waiver | Pause | Word
# The beginnings of the keys under which the ledger keeps them; the stream's filter in the template has the same.
STREAMED: Mapping[str, type[Told]] = MappingProxyType(
    {"INCIDENT": Incident, "UNDO": Undo, "WAIVER": Waiver, "PAUSE": Pause, "WORD": Word}
)


def load_told(image: Mapping[str, object]) -> Told:
    """Return the record in an item of the ledger, as its stream shows it; raise RecordError if it holds none."""
    kind, body = STREAMED.get(str(image.get("sk")).partition("#")[0]), image.get("body")
    if kind is None or not isinstance(body, str):
        message = f"an item of the ledger holds nothing to be told: `{ascii(image.get('sk'))[1:-1]}`"
        raise RecordError(message)
    return load_record(kind, body)


# Who reads many at once begins with what needs him: what may still be open, then what waits for him, then the rest.
_FIRST = (
    State.NOT_FIXED,
    State.NEEDS_APPROVAL,
    State.DETECTED,
    State.REOPENED,
    State.OBSERVED,
    State.CONTAINED,
    State.RESOLVED,
)


def kind_of(record: Told) -> str:
    """Return the beginning of the key under which the ledger keeps a record of this type."""
    return next(kind for kind, each in STREAMED.items() if isinstance(record, each))


def urgency(record: Told) -> tuple[int, int]:
    """Return how soon somebody should read of it, the lowest first: by state, then by severity."""
    if not isinstance(record, Incident):
        return len(_FIRST), 0
    severities = tuple(reversed(Severity))
    return _FIRST.index(told_state(record)), severities.index(record.severity)


def may_be_held(record: Told) -> bool:
    """Say whether it may wait for others and be told with them: what an operator did may not, whatever else goes on."""
    if isinstance(record, Incident):
        return record.state not in PENDING  # what is pending, and told, is that somebody has approved its plan
    return isinstance(record, Word)


def why_silent(record: Told) -> str:
    """Return why nobody is told of a record as it stands; empty where it is told."""
    if isinstance(record, Incident) and record.state in PENDING and not record.approval:  # an approval is told
        return "pending: its outcome will be told"
    if isinstance(record, Waiver) and record.is_of_undo and record.revision == 1 and not record.needs_approver:
        return "its undo is told"
    return ""


class Tellable(Protocol):
    """A record of which operators are told; `role_name` is empty where it is about no role."""

    @property
    def id(self) -> str:
        """Return what names the record in its place."""
        ...

    @property
    def account(self) -> str:
        """Return the account."""
        ...

    @property
    def role_name(self) -> str:
        """Return the role whose record it is."""
        ...

    @property
    def transition(self) -> int:
        """Return a number that grows with each thing worth telling."""
        ...
