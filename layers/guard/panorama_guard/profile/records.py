"""What a guarded role may be at most, as values."""

from dataclasses import dataclass, field
from enum import Enum

from panorama_guard.containment import Grant
from panorama_guard.policy.document import Document


class Certainty(Enum):
    """How AWS's word for a role's trust is known."""

    DOCUMENTED = "documented"
    INFERRED = "inferred"


class Enrolment(Enum):
    """Whether the guard may write to a role, or only tells about it."""

    ENROLLED = "enrolled"
    ALERT_ONLY = "alert-only"


@dataclass(frozen=True, slots=True)
class PinnedPolicy:
    """A managed policy of AWS as it was when the profile was written.

    `edited` is the day of AWS's last edit. AWS also gives new versions to unchanged documents: the document counts.
    """

    arn: str
    version_id: str
    edited: str
    document: Document


@dataclass(frozen=True, slots=True)
class RoleProfile:
    """One guarded role: what it is called, where it lies, who may become it and the most it may be granted.

    `trust` is what AWS sets; `reviewed_trust` adds principals that are plausible but unconfirmed (`review_principals`).
    Trust inside the first is compliant, inside the second worth a look, outside both an escape.
    """

    name: str
    partition: str
    paths: tuple[str, ...]
    enrolment: Enrolment
    trust: Document
    trust_text: str
    trust_certainty: Certainty
    trust_source: str
    review_principals: tuple[str, ...]
    reviewed_trust: Document
    policies: tuple[PinnedPolicy, ...]
    pattern: Grant
    baseline: Grant = field(init=False)
    ceiling: Grant = field(init=False)

    def __post_init__(self) -> None:
        """Set what follows from the other fields."""
        baseline = Grant(tuple(policy.document for policy in self.policies))
        object.__setattr__(self, "baseline", baseline)
        object.__setattr__(self, "ceiling", Grant(baseline.policies + self.pattern.policies))

    @property
    def managed_policies(self) -> tuple[str, ...]:
        """Return the ARNs of the managed policies that AWS attaches to the role."""
        return tuple(policy.arn for policy in self.policies)

    def is_named(self, name: str) -> bool:
        """Say whether IAM takes `name` for this role's: IAM compares role names without case."""
        return name.lower() == self.name.lower()

    def is_enrolled(self, name: str, path: str) -> bool:
        """Say whether the guard may write to the role that has exactly this name and path."""
        return self.enrolment is Enrolment.ENROLLED and name == self.name and path in self.paths

    def arns(self, account: str) -> tuple[str, ...]:
        """Return the ARNs that this role can have in an account, one for each of its paths."""
        return tuple(f"arn:{self.partition}:iam::{account}:role{path}{self.name}" for path in self.paths)


@dataclass(frozen=True, slots=True)
class Profile:
    """The guarded roles: those that are enrolled, and those that are watched and never written to."""

    name: str
    roles: tuple[RoleProfile, ...]
    watched: tuple[RoleProfile, ...]

    def role_named(self, name: str) -> RoleProfile | None:
        """Return the guarded role that IAM takes `name` for, or None."""
        return next((role for role in self.roles + self.watched if role.is_named(name)), None)

    def role_of_service(self, service: str) -> RoleProfile | None:
        """Return the service-linked role of a service principal, or None."""
        # AWS: the path of a service-linked role is always /aws-service-role/SERVICE/.
        path = f"/aws-service-role/{service}/"
        return next((role for role in self.roles + self.watched if path in role.paths), None)
