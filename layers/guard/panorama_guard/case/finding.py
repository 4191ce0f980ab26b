"""A verdict placed on a subject: what is wrong with it, and how much it matters."""

from enum import Enum

from panorama_guard.containment import Escaped, Undecided
from panorama_guard.policy.record import record

RETIRED = "the posture is retired: whatever the role may still do, and whoever may still become it, is too much"

TRUST_SOURCE = "trust policy"  # the source of a trust finding; a space stands in no policy's name


class Severity(Enum):
    """How much a finding matters, in Security Hub's words."""

    INFORMATIONAL = "INFORMATIONAL"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


class Kind(Enum):
    """What kind of thing is wrong. Modes, remedies and the texts of alerts hang on it."""

    PERMISSION_ESCAPE = "permission-escape"
    TRUST_ESCAPE = "trust-escape"
    BOUNDARY_ESCAPE = "boundary-escape"
    RESOURCE_ESCAPE = "resource-escape"
    SAFEGUARD_LOST = "safeguard-lost"
    WEAKNESS = "weakness"
    UNDECIDED = "undecided"


@record
class Deviation:
    """What is otherwise than the profile says, found by comparing, not by a question to the engine."""

    reason: str


@record
class Finding:
    """One cause of an escape, of a doubt, or of what is otherwise than it should be.

    `source` is what causes it: an inline policy's name, a managed policy's ARN, the trust policy, a resource's part.
    """

    kind: Kind
    severity: Severity
    source: str
    verdict: Escaped | Undecided | Deviation


@record
class Reach:
    """How far the escape of a finding reaches: the statements of an IAM document, as text, and how exact they are.

    For a trust escape the document says who may become the role. `context_types` has the type of each context key of
    the witness, in the words of IAM's simulator. A doubt reaches nowhere.
    """

    document: str = ""
    precision: str = ""
    context_types: tuple[tuple[str, str], ...] = ()


NO_REACH = Reach()


@record
class Judgement:
    """Every finding on one snapshot; none means that it was proved to be inside its profile."""

    findings: tuple[Finding, ...]

    @property
    def is_compliant(self) -> bool:
        """Say whether nothing was found, doubts included."""
        return not self.findings

    def of(self, kind: Kind, source: str) -> tuple[Finding, ...]:
        """Return the finding of one cause, or none."""
        return tuple(finding for finding in self.findings if (finding.kind, finding.source) == (kind, source))

    def has_doubt_about(self, kind: Kind, source: str) -> bool:
        """Say whether something is not understood that could hide the finding of this cause.

        A doubt about one policy hides nothing of another: Allows only add. A lost boundary concerns them all, and so
        does a source with `*` at its end of all that begin like it: where AWS lists none of them, any may be there. A
        doubt about all the statements of a policy has the words with which the name of each begins.
        """
        doubts = {finding.source for finding in self.findings if finding.kind is Kind.UNDECIDED}
        if kind is Kind.BOUNDARY_ESCAPE:
            return bool(doubts)
        if kind is Kind.TRUST_ESCAPE:  # of the trust itself: whoever names a policy `trust` doubts nothing of it
            return source in doubts
        return source in doubts or any(_concerns(doubt, source) for doubt in doubts)

    def is_clean_of(self, kind: Kind, source: str) -> bool:
        """Say whether the finding of this cause is proved to be gone."""
        return not self.of(kind, source) and not self.has_doubt_about(kind, source)


def _concerns(doubt: str, source: str) -> bool:
    """Say whether a doubt about several sources is about this one too."""
    return source.startswith(f"{doubt} ") or (doubt[-1:] == "*" and source.startswith(doubt[:-1]))
