"""The writes that a plan is made of: data, each with what it makes of a snapshot and with its inverse."""

import json
import shlex
from dataclasses import dataclass, replace
from typing import assert_never

from panorama_guard.case.closing import CLOSED_TRUST
from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot


@dataclass(frozen=True, slots=True)
class PutInline:
    """Put an inline policy on the role (iam:PutRolePolicy)."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class DeleteInline:
    """Delete an inline policy of the role (iam:DeleteRolePolicy)."""

    name: str


@dataclass(frozen=True, slots=True)
class RevokeSessions:
    """Deny everything to sessions issued before a time, by an inline policy (iam:PutRolePolicy).

    It is what AWS's console does to revoke a role's sessions; a session that is issued later is not denied anything.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
    """

    name: str
    before: str

    @property
    def text(self) -> str:
        """Return the document."""
        # The key is always there for temporary credentials, and a role's session has no others.
        older = {"DateLessThan": {"aws:TokenIssueTime": self.before}}
        statement = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": older}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class DetachManaged:
    """Detach a managed policy from the role (iam:DetachRolePolicy)."""

    arn: str


@dataclass(frozen=True, slots=True)
class AttachManaged:
    """Attach a managed policy (iam:AttachRolePolicy); only ever an inverse, and an operator's act."""

    attached: ManagedPolicy


@dataclass(frozen=True, slots=True)
class SetDefaultVersion:
    """Make a version of a customer's managed policy the default (iam:SetDefaultPolicyVersion)."""

    arn: str
    version_id: str
    text: str


@dataclass(frozen=True, slots=True)
class PutTrust:
    """Replace the role's trust policy (iam:UpdateAssumeRolePolicy)."""

    text: str


@dataclass(frozen=True, slots=True)
class PutBoundary:
    """Set the role's permissions boundary (iam:PutRolePermissionsBoundary)."""

    policy: ManagedPolicy


@dataclass(frozen=True, slots=True)
class PutOwnBoundary:
    """Set a policy of the guard's own as the role's boundary, made or renewed to say this (iam:CreatePolicy...).

    Which number IAM gives to the version is known only afterwards: `version_id` of what is planned is empty.
    """

    own: ManagedPolicy


@dataclass(frozen=True, slots=True)
class DeleteBoundary:
    """Take the role's permissions boundary away (iam:DeleteRolePermissionsBoundary); only ever an inverse."""


InlineStep = PutInline | DeleteInline | RevokeSessions
ManagedStep = DetachManaged | AttachManaged | SetDefaultVersion
BoundaryStep = PutBoundary | PutOwnBoundary | DeleteBoundary
Step = InlineStep | ManagedStep | BoundaryStep | PutTrust


def apply_step(snapshot: RoleSnapshot, step: Step) -> RoleSnapshot:
    """Return the role as it would be after the step; done again it changes nothing more."""
    match step:
        case PutInline(name) | RevokeSessions(name):
            return snapshot.with_inline(name, step.text)
        case DeleteInline(name):
            return snapshot.without_inline(name)
        case DetachManaged() | AttachManaged() | SetDefaultVersion():
            return _apply_managed(snapshot, step)
        case PutBoundary() | PutOwnBoundary() | DeleteBoundary():
            return _apply_boundary(snapshot, step)
        case PutTrust(text):
            return snapshot.with_trust(text)
    assert_never(step)


def _apply_managed(snapshot: RoleSnapshot, step: ManagedStep) -> RoleSnapshot:
    match step:
        case DetachManaged(arn):
            return snapshot.without_attached(arn)
        case AttachManaged(policy):
            return snapshot.with_attached(policy)
        case SetDefaultVersion():
            return snapshot.with_default(ManagedPolicy(step.arn, step.version_id, step.text))
    assert_never(step)


def _apply_boundary(snapshot: RoleSnapshot, step: BoundaryStep) -> RoleSnapshot:
    match step:
        case PutBoundary(policy):
            return snapshot.with_boundary((policy,))
        case PutOwnBoundary(own):
            is_so = [(policy.arn, policy.text) for policy in snapshot.boundary] == [(own.arn, own.text)]
            return snapshot if is_so else snapshot.with_boundary((own,))
        case DeleteBoundary():
            return snapshot.with_boundary(())
    assert_never(step)


def invert_step(snapshot: RoleSnapshot, step: Step) -> Step:
    """Return the step that takes a role on which `step` was applied back to `snapshot`."""
    match step:
        case PutInline(name) | DeleteInline(name) | RevokeSessions(name):
            texts = [policy.text for policy in snapshot.inline if policy.name == name]
            return PutInline(name, texts[0]) if texts else DeleteInline(name)
        case DetachManaged() | AttachManaged() | SetDefaultVersion():
            return _invert_managed(snapshot, step)
        case PutBoundary() | PutOwnBoundary() | DeleteBoundary():
            return _invert_boundary(snapshot, step)
        case PutTrust():
            return PutTrust(snapshot.trust)
    assert_never(step)


def _invert_managed(snapshot: RoleSnapshot, step: ManagedStep) -> ManagedStep:
    arn = step.attached.arn if isinstance(step, AttachManaged) else step.arn
    attached = [policy for policy in snapshot.attached if policy.arn == arn]
    if isinstance(step, SetDefaultVersion):
        used = [*attached, *(policy for policy in snapshot.boundary if policy.arn == arn)]
        return SetDefaultVersion(arn, used[0].version_id, used[0].text) if used else step
    return AttachManaged(attached[0]) if attached else DetachManaged(arn)


def _invert_boundary(snapshot: RoleSnapshot, step: BoundaryStep) -> BoundaryStep:
    if not snapshot.boundary:
        return DeleteBoundary()
    (policy,) = snapshot.boundary
    is_renewed = isinstance(step, PutOwnBoundary) and step.own.arn == policy.arn
    return PutOwnBoundary(policy) if is_renewed else PutBoundary(policy)


def timeless(step: Step) -> Step:
    """Return the step without the time at which it was planned: by this a plan is known again when it is made anew."""
    return replace(step, before="") if isinstance(step, RevokeSessions) else step


def describe_undo(role_name: str, inverse: Step) -> str:
    """Return what an operator types to take a step back, or where what it replaced is kept."""
    role = f"--role-name {shlex.quote(role_name)}"
    match inverse:
        case DeleteInline(name):
            return f"aws iam delete-role-policy {role} --policy-name {shlex.quote(name)}"
        case DetachManaged() | AttachManaged() | SetDefaultVersion():
            return _describe_undo_managed(role, inverse)
        case PutBoundary(policy):
            return f"aws iam put-role-permissions-boundary {role} --permissions-boundary {shlex.quote(policy.arn)}"
        case DeleteBoundary():
            return f"aws iam delete-role-permissions-boundary {role}"
        case PutTrust() | PutInline() | RevokeSessions() | PutOwnBoundary():
            return "put back the earlier document from the ledger's backup of this incident"
    assert_never(inverse)


def _describe_undo_managed(role: str, inverse: ManagedStep) -> str:
    match inverse:
        case DetachManaged(arn):
            return f"aws iam detach-role-policy {role} --policy-arn {shlex.quote(arn)}"
        case AttachManaged(policy):
            return f"aws iam attach-role-policy {role} --policy-arn {shlex.quote(policy.arn)}"
        case SetDefaultVersion(arn, version_id):
            version = f"--version-id {shlex.quote(version_id)}"
            return f"aws iam set-default-policy-version --policy-arn {shlex.quote(arn)} {version}"
    assert_never(inverse)


def describe_step(step: Step) -> str:
    """Return what a step does, in IAM's words."""
    match step:
        case PutInline(name):
            return f"put the inline policy {name}"
        case DeleteInline(name):
            return f"delete the inline policy {name}"
        case RevokeSessions(name, before):
            return f"put the inline policy {name}, which denies everything to sessions issued before {before}"
        case DetachManaged() | AttachManaged() | SetDefaultVersion():
            return _describe_managed(step)
        case PutBoundary() | PutOwnBoundary() | DeleteBoundary():
            return _describe_boundary(step)
        case PutTrust(text):
            kind = "that lets nobody in" if text == CLOSED_TRUST else "inside the profile"
            return f"replace the trust policy by one {kind}"
    assert_never(step)


def _describe_managed(step: ManagedStep) -> str:
    match step:
        case DetachManaged(arn):
            return f"detach the managed policy {arn}"
        case AttachManaged(policy):
            return f"attach the managed policy {policy.arn}"
        case SetDefaultVersion(arn, version_id):
            return f"make {version_id} the default version of {arn}"
    assert_never(step)


def _describe_boundary(step: BoundaryStep) -> str:
    match step:
        case PutBoundary(policy):
            return f"set the permissions boundary {policy.arn}"
        case PutOwnBoundary(own):
            return f"set the permissions boundary {own.arn}, a policy of the guard's own"
        case DeleteBoundary():
            return "take the permissions boundary away"
    assert_never(step)
