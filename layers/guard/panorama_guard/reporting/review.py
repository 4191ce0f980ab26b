"""What a look at many roles has found, before it is said in any format: text, JSON, SARIF, JUnit.

Roles come from a live account (`audit`) or from files that would make them (`check`). The records hold texts as they
were found; each writer makes them safe for its own medium.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from panorama_guard.case.finding import Deviation, Finding, Kind, Reach, Severity
from panorama_guard.case.snapshot import digest
from panorama_guard.containment import Escaped, Undecided

VERSION = "0.1.0"  # of all of it: the package takes its own from here, and tests hold what else names it to this
_IDENTITY = 32  # hexadecimal digits


class Outcome(Enum):
    """What became of a role: proved to be inside, shown to reach outside, or neither."""

    CONTAINED = "contained"
    ESCAPED = "escaped"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Place:
    """A file and a line of it, from 1; line 0 where it is not known."""

    file: str
    line: int = 0

    @property
    def words(self) -> str:
        """Return the place as compilers write it."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding, how far it reaches, where its cause stands in a file, and the command that shows it.

    `notes` say under what it holds: a value of a parameter, say. In a live account there is no place.
    """

    finding: Finding
    reach: Reach
    place: tuple[Place, ...] = ()
    see_it: str = ""
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Escaped | Undecided | Deviation:
        """Return the verdict; of a role nothing is found without a question to the engine."""
        return self.finding.verdict

    @property
    def is_escape(self) -> bool:
        """Say whether a request shows it, or it is a doubt."""
        return isinstance(self.finding.verdict, Escaped)


@dataclass(frozen=True, slots=True)
class ReviewedRole:
    """One role and every finding on it. `judged_as` is the profile's role, `likeness` how it differs from that one."""

    name: str
    arn: str
    judged_as: str
    likeness: str
    findings: tuple[PlacedFinding, ...] = ()
    place: tuple[Place, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Return the worst of what was found."""
        if any(finding.is_escape for finding in self.findings):
            return Outcome.ESCAPED
        return Outcome.UNDECIDED if self.findings else Outcome.CONTAINED


class State(Enum):
    """How a resource stands: the worst of what was found on it."""

    OPEN = "open to others"
    UNGUARDED = "without a safeguard"
    UNDECIDED = "undecided"
    WEAK = "with a weak setting"
    INSIDE = "inside"


_STATES = {
    Kind.RESOURCE_ESCAPE: State.OPEN,
    Kind.SAFEGUARD_LOST: State.UNGUARDED,
    Kind.UNDECIDED: State.UNDECIDED,
    Kind.WEAKNESS: State.WEAK,
}


_BREACHED = frozenset({State.OPEN, State.UNGUARDED})


@dataclass(frozen=True, slots=True)
class ReviewedResource:
    """One resource, of a type of the profile, and every finding on it."""

    type: str
    name: str
    arn: str
    findings: tuple[PlacedFinding, ...] = ()
    place: tuple[Place, ...] = ()

    @property
    def state(self) -> State:
        """Return the worst of what was found."""
        found = {_STATES[placed.finding.kind] for placed in self.findings}
        return next((state for state in State if state in found), State.INSIDE)


Reviewed = ReviewedRole | ReviewedResource


@dataclass(frozen=True, slots=True)
class Review:
    """What one run of a command has seen. `unread` is what it was asked to see and could not.

    `notes` say what it did not look at, and what it supposed. `check` judges of a resource what its files say.
    """

    command: str
    about: str
    posture: str
    version: str
    roles: tuple[ReviewedRole, ...]
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    resources: tuple[ReviewedResource, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Return the worst of all roles."""
        found = {role.outcome for role in self.roles}
        return next((one for one in (Outcome.ESCAPED, Outcome.UNDECIDED) if one in found), Outcome.CONTAINED)

    @property
    def worst(self) -> Outcome:
        """Return the worst of all roles and resources; a weak setting is told, and is no escape."""
        states = {resource.state for resource in self.resources}
        if self.outcome is Outcome.ESCAPED or states & _BREACHED:
            return Outcome.ESCAPED
        is_open = self.outcome is Outcome.UNDECIDED or State.UNDECIDED in states
        return Outcome.UNDECIDED if is_open else Outcome.CONTAINED

    @property
    def findings(self) -> Iterator[tuple[ReviewedRole, PlacedFinding]]:
        """Yield each finding on a role with its role."""
        return ((role, finding) for role in self.roles for finding in role.findings)

    @property
    def all_findings(self) -> Iterator[tuple[Reviewed, PlacedFinding]]:
        """Yield each finding with the role or the resource that it is on."""
        everything: tuple[Reviewed, ...] = (*self.roles, *self.resources)
        return ((one, finding) for one in everything for finding in one.findings)

    def count(self, outcome: Outcome) -> int:
        """Return how many roles ended so."""
        return sum(role.outcome is outcome for role in self.roles)

    def severities(self) -> tuple[tuple[Severity, int], ...]:
        """Return how many findings there are of each severity, the worst first."""
        counts = Counter(placed.finding.severity for _, placed in self.all_findings)
        return tuple((severity, counts[severity]) for severity in reversed(Severity) if counts[severity])


def identity_of(role: Reviewed, placed: PlacedFinding) -> str:
    """Return what stays the same of a finding while its lines move: role, kind, policy and statement."""
    finding = placed.finding
    statement = finding.verdict.statement if isinstance(finding.verdict, Escaped) else None
    told = (role.name.lower(), finding.kind.value, finding.source, statement.sid if statement else "")
    return digest(repr((*told, [place.file for place in placed.place])))[:_IDENTITY]
