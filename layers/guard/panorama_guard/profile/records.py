"""What a guarded role or resource may be at most, as values."""

from enum import Enum

from panorama_guard.containment import Grant
from panorama_guard.policy.document import Document
from panorama_guard.policy.glob import Glob, beginning, matches
from panorama_guard.policy.record import record, replace

FOUND = "found-role"  # the type of the keys under which roles that were found are on record
SURROUNDINGS = "iam-role"  # the type of what is around a role and no policy of it: the profile's roles are known to it
# The types of which one may use a guarded role where it should use none, so that the roles are known to them too.
KNOWS_ROLES = frozenset({SURROUNDINGS, "s3-bucket", "lambda-function", "log-group"})


class Certainty(Enum):
    """How AWS's word for a role's trust is known."""

    DOCUMENTED = "documented"
    INFERRED = "inferred"


class Enrolment(Enum):
    """Whether the guard may write to a role, or only tells about it."""

    ENROLLED = "enrolled"
    ALERT_ONLY = "alert-only"


@record
class PinnedPolicy:
    """A managed policy of AWS as it was when the profile was written.

    `edited` is the day of AWS's last edit. AWS also gives new versions to unchanged documents: the document counts.
    """

    arn: str
    version_id: str
    edited: str
    document: Document


@record
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
    ended: str = ""  # the day on which its service ended, or empty

    @property
    def baseline(self) -> Grant:
        """Return what AWS attaches to the role."""
        return Grant(tuple(policy.document for policy in self.policies))

    @property
    def ceiling(self) -> Grant:
        """Return the most that the role may be granted."""
        return Grant(self.baseline.policies + self.pattern.policies)

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


@record
class Sign:
    """By what a role of a family is known: by all of these together, each of which may be empty and says nothing then.

    `names` are patterns of its name, in any case; `trusts` services of which its trust names one; `policies` patterns
    of the ARNs of managed policies of which it has one.
    """

    names: tuple[Glob, ...] = ()
    trusts: tuple[str, ...] = ()
    policies: tuple[Glob, ...] = ()


@record
class RoleFamily:
    """Roles of any name that are found by their signs, and only ever told about; `model` says what each may be."""

    signs: tuple[Sign, ...]
    model: RoleProfile

    @property
    def name(self) -> str:
        """Return what the family is called."""
        return self.model.name


@record
class ResourceProfile:
    """The resources of one type that are guarded by their names, and who beside their own account may reach them.

    `principals`, `services`, `sources` and `organisation` are what `own_account_ceiling` takes: stated, not inferred.
    `roles` are patterns of the names of the roles as which such a resource may run, where it runs at all. `family` is
    what the role is taken for as which one does run, whatever its name. `ceiling` is the most that a document may allow
    which itself says what devices may do; `buckets` are patterns of the names of the buckets that such a resource may
    read from and write to. `grantees` are the guarded roles of the same profile.
    """

    type: str
    names: tuple[Glob, ...]
    enrolment: Enrolment
    principals: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    organisation: str = ""
    roles: tuple[Glob, ...] = ()
    ceiling: tuple[Document, ...] = ()
    buckets: tuple[Glob, ...] = ()
    grantees: tuple[RoleProfile, ...] = ()
    family: str = ""
    of: "tuple[Profile, ...]" = ()  # the profile that it is part of, where judging it needs the roles of that one

    def guards(self, key: str) -> bool:
        """Say whether the resource of this key, `type:name` or `type@region:name`, is one of these."""
        where, _, name = key.partition(":")
        return where.partition("@")[0] == self.type and any(matches(glob, name) for glob in self.names)

    def may_run_as(self, role: str) -> bool:
        """Say whether the profile expects such a resource to run as the role of this name."""
        return any(matches(glob, role) for glob in self.roles)

    def may_hold(self, bucket: str) -> bool:
        """Say whether the profile expects such a resource to read from and write to the bucket of this name."""
        return any(matches(glob, bucket) for glob in self.buckets)

    @property
    def states_principals(self) -> bool:
        """Say whether anybody outside the account is stated, beside services, which no safeguard stops."""
        return bool(self.principals or self.organisation)


@record
class GuardedResource:
    """One resource, by its key, and the profile that guards it."""

    name: str
    profile: ResourceProfile

    @property
    def is_enrolled(self) -> bool:
        """Say whether the guard may write to it. That it is the account's own is for the reader to see."""
        return self.profile.enrolment is Enrolment.ENROLLED and self.profile.guards(self.name)


Guarded = RoleProfile | GuardedResource


@record
class Profile:
    """What is guarded: roles that are enrolled, roles that are watched and never written to, and resources.

    `families` are roles of any name, found by what they are. `ended` is the day on which the service ended, or empty.
    `own` is how the names of the guard's own roles begin, which are nobody's look-alikes.
    """

    name: str
    roles: tuple[RoleProfile, ...]
    watched: tuple[RoleProfile, ...]
    resources: tuple[ResourceProfile, ...] = ()
    families: tuple[RoleFamily, ...] = ()
    ended: str = ""
    own: str = ""

    def guarded(self, name: str) -> Guarded | None:
        """Return the guarded role that IAM takes `name` for, or what is guarded by that key, or None."""
        kind, _, rest = name.partition(":")
        if kind == FOUND:
            return self.found(*rest.partition("/")[::2])
        found = (GuardedResource(name, self._known_to(one)) for one in self.resources if one.guards(name))
        return self.role_named(name) or next(found, None)

    def found(self, family: str, name: str, path: str = "/") -> RoleProfile | None:
        """Return what a role of this name may be that was found to be of a family, or to look like a guarded role.

        INVARIANT: what is found is told about, and never written to.
        """
        models = (*(one.model for one in self.families), *self.roles, *self.watched)
        known = next((model for model in models if model.name == family), None)
        if known is None or not name or self.role_named(name):
            return None
        return replace(known, name=name, paths=(path,), enrolment=Enrolment.ALERT_ONLY)

    def _known_to(self, resource: ResourceProfile) -> ResourceProfile:
        return replace(resource, of=(self,)) if resource.type in KNOWS_ROLES else resource

    def role_names(self) -> tuple[str, ...]:
        """Return the names of the roles that are named here."""
        return tuple(role.name for role in (*self.roles, *self.watched))

    def beginnings(self, kind: str) -> tuple[str, ...]:
        """Return how the names of the guarded resources of a type begin."""
        guarded = (resource for resource in self.resources if resource.type == kind)
        return tuple(beginning(name) for resource in guarded for name in resource.names)

    def role_named(self, name: str) -> RoleProfile | None:
        """Return the guarded role that IAM takes `name` for, or None."""
        return next((role for role in self.roles + self.watched if role.is_named(name)), None)

    def role_of_service(self, service: str) -> RoleProfile | None:
        """Return the service-linked role of a service principal, or None."""
        # AWS: the path of a service-linked role is always /aws-service-role/SERVICE/.
        path = f"/aws-service-role/{service}/"
        return next((role for role in self.roles + self.watched if path in role.paths), None)
