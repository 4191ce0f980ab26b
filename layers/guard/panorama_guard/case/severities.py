"""How much each kind of finding matters, and why: by what the witness can do, not by how the policy is written.

The words are Security Hub's. `docs/severity.md` shows this table; a test holds the two together, and another one every
severity that `judging` gives.
"""

from enum import Enum

from panorama_guard.case.finding import Kind, Severity
from panorama_guard.policy.record import record


class When(Enum):
    """What decides between the severities of one kind."""

    ALWAYS = "always"
    ADMINISTERS = "unless what escapes is proved to administer no permissions"
    USES = "what escapes is proved to administer no permissions"
    EVERYBODY = "everybody is let in"
    SOMEBODY = "somebody is let in, or sent to"
    SERIOUS = "it gives away a guarded role"
    OPENING = "it opens, loses or hides what the resource holds"
    HARDENING = "it only makes an attack easier that needs something else"
    UNKNOWN = "it is not understood, or could not be read"
    SHIELDED = "without its Denies it escapes, and whether they stop that is not decided"
    CONDITIONED = "without its conditions it escapes, and whether a request can meet them is not decided"
    UNSOLVED = "the guard cannot end it, and it may be open"
    STOPPED = "a containment that stands stops it"


@record
class Grade:
    """One row: of which kind, when, how much it matters, and why."""

    kind: Kind
    when: When
    severity: Severity
    why: str


_GIVES_ALL = "with one of these actions a role gives itself, or anybody, everything else"
_OTHER_GRANTS = "it reaches data or resources that are not Panorama's, and no more than these"

GRADES = (
    Grade(Kind.PERMISSION_ESCAPE, When.ADMINISTERS, Severity.CRITICAL, _GIVES_ALL),
    Grade(Kind.PERMISSION_ESCAPE, When.USES, Severity.HIGH, _OTHER_GRANTS),
    Grade(Kind.BOUNDARY_ESCAPE, When.ADMINISTERS, Severity.CRITICAL, _GIVES_ALL),
    Grade(Kind.BOUNDARY_ESCAPE, When.USES, Severity.HIGH, _OTHER_GRANTS),
    Grade(
        Kind.TRUST_ESCAPE,
        When.ALWAYS,
        Severity.CRITICAL,
        "who may become the role is decided outside the profile, whatever the role may do today",
    ),
    Grade(Kind.RESOURCE_ESCAPE, When.EVERYBODY, Severity.CRITICAL, "whoever finds the name needs nothing else"),
    Grade(
        Kind.RESOURCE_ESCAPE,
        When.SOMEBODY,
        Severity.HIGH,
        "one stranger reaches what the resource holds; he is named, and has to be looked for",
    ),
    Grade(
        Kind.SAFEGUARD_LOST,
        When.ALWAYS,
        Severity.MEDIUM,
        "nothing is open yet; the next mistake is not stopped any more",
    ),
    Grade(
        Kind.WEAKNESS,
        When.SERIOUS,
        Severity.HIGH,
        "whoever may change the function acts as the role, and its permission is not the function's owner's to give",
    ),
    Grade(
        Kind.WEAKNESS,
        When.OPENING,
        Severity.MEDIUM,
        "the way in or the loss is there; whether it is meant only its owner knows",
    ),
    Grade(Kind.WEAKNESS, When.HARDENING, Severity.LOW, "by itself it lets nobody in and loses nothing"),
    Grade(
        Kind.UNDECIDED,
        When.SHIELDED,
        Severity.HIGH,
        "an escape is there but for a Deny that whoever wrote it can make as hard to decide as he likes",
    ),
    Grade(
        Kind.UNDECIDED,
        When.CONDITIONED,
        Severity.HIGH,
        "an escape is there but for a condition that whoever wrote it can make as hard to decide as he likes",
    ),
    Grade(
        Kind.UNDECIDED,
        When.UNKNOWN,
        Severity.MEDIUM,
        "it may hide an escape, and nobody has shown one",
    ),
)
# What becomes of an incident counts more than its kind.
OVERRIDES = (
    (When.UNSOLVED, Severity.CRITICAL, "nobody but an operator ends it: somebody has to wake up"),
    (When.STOPPED, Severity.LOW, "it is told once with who did it; nothing got out"),
)


def grade(kind: Kind, when: When = When.ALWAYS) -> Severity:
    """Return how much a finding of a kind matters."""
    return next(row.severity for row in GRADES if (row.kind, row.when) == (kind, when))


def override(when: When) -> Severity:
    """Return how much an incident matters that stands so, whatever its kind."""
    return next(severity for rule, severity, _ in OVERRIDES if rule is when)


def severities_of(kind: Kind) -> frozenset[Severity]:
    """Return every severity that a finding of a kind can have."""
    return frozenset(row.severity for row in GRADES if row.kind is kind)
