"""The writes that a plan is made of: data, each with what it makes of a snapshot and with its inverse."""

import shlex
from typing import NoReturn, TypeVar, assert_never, cast

from panorama_guard.case.closing import CLOSED_TRUST
from panorama_guard.case.part_step import DeletePart, PartStep, PutPart, apply_part, describe_part, invert_part
from panorama_guard.case.resource import ResourceSnapshot, Snapshot
from panorama_guard.case.role_step import (
    AttachManaged,
    BoundaryStep,
    DeleteBoundary,
    DeleteInline,
    DetachManaged,
    InlineStep,
    ManagedStep,
    PutBoundary,
    PutInline,
    PutOwnBoundary,
    PutTrust,
    RevokeSessions,
    RoleStep,
    SetDefaultVersion,
)
from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot
from panorama_guard.policy.record import replace
from panorama_guard.policy.text import says_the_same

_EARLIER = "panorama-guard incidents INCIDENT --output json has it among the backups"

__all__ = [
    "AttachManaged",
    "BoundaryStep",
    "Changed",
    "DeleteBoundary",
    "DeleteInline",
    "DeletePart",
    "DetachManaged",
    "InlineStep",
    "ManagedStep",
    "PartStep",
    "PutBoundary",
    "PutInline",
    "PutOwnBoundary",
    "PutPart",
    "PutTrust",
    "RevokeSessions",
    "RoleStep",
    "SetDefaultVersion",
    "Step",
    "apply_step",
    "describe_step",
    "describe_undo",
    "invert_step",
    "timeless",
]

Step = RoleStep | PartStep
Changed = TypeVar("Changed", bound=Snapshot)


def apply_step(snapshot: Changed, step: Step) -> Changed:
    """Return the role, or the resource, as it would be after the step; done again it changes nothing more."""
    if isinstance(step, PutPart | DeletePart):
        return cast("Changed", apply_part(_resource(snapshot, step), step))
    return cast("Changed", _apply_to_role(_role(snapshot, step), step))


def invert_step(snapshot: Snapshot, step: Step) -> Step:
    """Return the step that takes a subject on which `step` was applied back to `snapshot`."""
    if isinstance(step, PutPart | DeletePart):
        return invert_part(_resource(snapshot, step), step)
    return _invert_on_role(_role(snapshot, step), step)


def _role(snapshot: Snapshot, step: Step) -> RoleSnapshot:
    return snapshot if isinstance(snapshot, RoleSnapshot) else _refuse(snapshot, step)


def _resource(snapshot: Snapshot, step: Step) -> ResourceSnapshot:
    return snapshot if isinstance(snapshot, ResourceSnapshot) else _refuse(snapshot, step)


def _refuse(snapshot: Snapshot, step: Step) -> NoReturn:
    message = f"no step for {snapshot.subject.name}: `{type(step).__name__}`"
    raise TypeError(message)


def _apply_to_role(snapshot: RoleSnapshot, step: RoleStep) -> RoleSnapshot:
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
            return snapshot if says_the_same(snapshot.trust, text) else snapshot.with_trust(text)
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


def _invert_on_role(snapshot: RoleSnapshot, step: RoleStep) -> RoleStep:
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


def describe_undo(name: str, inverse: Step) -> str:
    """Return what an operator types to take a step back, or where what it replaced is kept."""
    role = f"--role-name {shlex.quote(name)}"
    match inverse:
        case DeleteInline(name):
            return f"aws iam delete-role-policy {role} --policy-name {shlex.quote(name)}"
        case DetachManaged() | AttachManaged() | SetDefaultVersion():
            return _describe_undo_managed(role, inverse)
        case PutBoundary(policy):
            return f"aws iam put-role-permissions-boundary {role} --permissions-boundary {shlex.quote(policy.arn)}"
        case DeleteBoundary():
            return f"aws iam delete-role-permissions-boundary {role}"
        case DeletePart():
            return describe_part(inverse)
        case PutTrust() | PutInline() | RevokeSessions() | PutOwnBoundary() | PutPart():
            return f"put back the earlier document: {_EARLIER}"
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
    """Return what a step does, in the words of the service."""
    return describe_part(step) if isinstance(step, PutPart | DeletePart) else _describe_on_role(step)


def _describe_on_role(step: RoleStep) -> str:
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
