"""The writes that a plan is made of: data, each with what it makes of a snapshot and with its inverse."""

import shlex
from dataclasses import dataclass
from typing import assert_never

from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot


@dataclass(frozen=True, slots=True)
class PutInline:
    """Put an inline policy on the role (iam:PutRolePolicy)."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class DeleteInline:
    """Delete an inline policy of the role (iam:DeleteRolePolicy); only ever the inverse of `PutInline`."""

    name: str


@dataclass(frozen=True, slots=True)
class PutTrust:
    """Replace the role's trust policy (iam:UpdateAssumeRolePolicy)."""

    text: str


@dataclass(frozen=True, slots=True)
class PutBoundary:
    """Set the role's permissions boundary (iam:PutRolePermissionsBoundary)."""

    policy: ManagedPolicy


@dataclass(frozen=True, slots=True)
class DeleteBoundary:
    """Take the role's permissions boundary away; only ever the inverse of `PutBoundary`."""


Step = PutInline | DeleteInline | PutTrust | PutBoundary | DeleteBoundary


def apply_step(snapshot: RoleSnapshot, step: Step) -> RoleSnapshot:
    """Return the role as it would be after the step."""
    match step:
        case PutInline(name, text):
            return snapshot.with_inline(name, text)
        case DeleteInline(name):
            return snapshot.without_inline(name)
        case PutTrust(text):
            return snapshot.with_trust(text)
        case PutBoundary(policy):
            return snapshot.with_boundary((policy,))
        case DeleteBoundary():
            return snapshot.with_boundary(())
    assert_never(step)


def invert_step(snapshot: RoleSnapshot, step: Step) -> Step:
    """Return the step that takes a role on which `step` was applied back to `snapshot`."""
    match step:
        case PutInline(name) | DeleteInline(name):
            texts = [policy.text for policy in snapshot.inline if policy.name == name]
            return PutInline(name, texts[0]) if texts else DeleteInline(name)
        case PutTrust():
            return PutTrust(snapshot.trust)
        case PutBoundary() | DeleteBoundary():
            return PutBoundary(snapshot.boundary[0]) if snapshot.boundary else DeleteBoundary()
    assert_never(step)


def describe_undo(role_name: str, inverse: Step) -> str:
    """Return what an operator types to take a step back, or where what it replaced is kept."""
    role = f"--role-name {shlex.quote(role_name)}"
    match inverse:
        case DeleteInline(name):
            return f"aws iam delete-role-policy {role} --policy-name {shlex.quote(name)}"
        case PutBoundary(policy):
            return f"aws iam put-role-permissions-boundary {role} --permissions-boundary {shlex.quote(policy.arn)}"
        case DeleteBoundary():
            return f"aws iam delete-role-permissions-boundary {role}"
        case PutTrust() | PutInline():
            return "put back the earlier document from the ledger's backup of this incident"
    assert_never(inverse)


def describe_step(step: Step) -> str:
    """Return what a step does, in IAM's words."""
    match step:
        case PutInline(name):
            return f"put the inline policy {name}"
        case DeleteInline(name):
            return f"delete the inline policy {name}"
        case PutTrust():
            return "replace the trust policy by one inside the profile"
        case PutBoundary(policy):
            return f"set the permissions boundary {policy.arn}"
        case DeleteBoundary():
            return "take the permissions boundary away"
    assert_never(step)
