"""What one role is at one moment, as raw text, so that it can be judged, backed up and put back byte for byte."""

import hashlib

from panorama_guard.policy.record import record, replace

OWN_PATH = "/panorama-guard/"  # of the managed policies that are the guard's own


@record
class InlinePolicy:
    """An inline policy of a role: its name and its document exactly as AWS returned it."""

    name: str
    text: str


@record
class ManagedPolicy:
    """A managed policy as one role sees it: its ARN and the text of its default version."""

    arn: str
    version_id: str
    text: str

    @property
    def digest(self) -> str:
        """Return the hash of the document's text, which names the document whatever its version is called."""
        return digest(self.text)

    @property
    def is_guards_own(self) -> bool:
        """Say whether the guard made it, or somebody who wants that to be thought."""
        return self.arn.partition(":policy")[2].startswith(OWN_PATH)


@record
class Subject:
    """Whom a finding is about. A role that is deleted and made again has another `unique_id`."""

    account: str
    arn: str
    name: str
    unique_id: str


@record
class RoleSnapshot:
    """Everything that decides what a role may do and who may become it. `boundary` holds one policy or none.

    Policies stand in the order of their names and ARNs, so that equal roles have equal snapshots.
    """

    subject: Subject
    path: str
    trust: str
    inline: tuple[InlinePolicy, ...]
    attached: tuple[ManagedPolicy, ...]
    boundary: tuple[ManagedPolicy, ...]

    @property
    def fingerprint(self) -> str:
        """Return a hash that changes when anything that this snapshot holds changes."""
        return digest(repr(self))

    def with_inline(self, name: str, text: str) -> "RoleSnapshot":
        """Return this role as it would be with the inline policy put, replacing one of that name."""
        policies = (*self.without_inline(name).inline, InlinePolicy(name, text))
        return replace(self, inline=tuple(sorted(policies, key=lambda policy: policy.name)))

    def without_inline(self, name: str) -> "RoleSnapshot":
        """Return this role as it would be without the inline policy."""
        return replace(self, inline=tuple(policy for policy in self.inline if policy.name != name))

    def with_attached(self, policy: ManagedPolicy) -> "RoleSnapshot":
        """Return this role as it would be with the managed policy attached, replacing one of that ARN."""
        policies = (*self.without_attached(policy.arn).attached, policy)
        return replace(self, attached=tuple(sorted(policies, key=lambda each: each.arn)))

    def without_attached(self, arn: str) -> "RoleSnapshot":
        """Return this role as it would be without the managed policy attached."""
        return replace(self, attached=tuple(policy for policy in self.attached if policy.arn != arn))

    def with_default(self, policy: ManagedPolicy) -> "RoleSnapshot":
        """Return this role as it would be if a managed policy that it has had this default version."""

        def renewed(policies: tuple[ManagedPolicy, ...]) -> tuple[ManagedPolicy, ...]:
            return tuple(policy if each.arn == policy.arn else each for each in policies)

        return replace(self, attached=renewed(self.attached), boundary=renewed(self.boundary))

    def with_trust(self, text: str) -> "RoleSnapshot":
        """Return this role as it would be with another trust policy."""
        return replace(self, trust=text)

    def with_boundary(self, boundary: tuple[ManagedPolicy, ...]) -> "RoleSnapshot":
        """Return this role as it would be under another permissions boundary, or under none."""
        return replace(self, boundary=boundary)


def digest(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
