"""Changes IAM roles, one step at a time."""

from collections.abc import Callable
from typing import Any, assert_never
from urllib.parse import unquote

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import DONE_BEFORE, NOT_FOUND, code_of, raise_refusal
from panorama_guard.case.account import LEAST
from panorama_guard.case.errors import WriteRefusedError
from panorama_guard.case.snapshot import ManagedPolicy
from panorama_guard.case.step import (
    AttachManaged,
    BoundaryStep,
    DeleteBoundary,
    DeleteInline,
    DeletePart,
    DetachManaged,
    ManagedStep,
    PutBoundary,
    PutInline,
    PutOwnBoundary,
    PutPart,
    PutTrust,
    RevokeSessions,
    SetDefaultVersion,
    Step,
    describe_step,
)

# A policy that was just made may not be known everywhere in IAM. Seconds before it is tried again as a boundary.
SPREADING = (0.5, 2.0)
_DESCRIPTION = "The ceiling of {} as its permissions boundary, put by panorama-guard"


class IamWriter:
    """Writes to IAM's roles, and to the managed policies that are the guard's own."""

    def __init__(self, iam: Any, wait: Callable[[float], None]) -> None:
        """Take an IAM client that does not decode policy documents (`clients.client`), and how to wait."""
        self._iam = iam
        self._wait = wait

    def apply(self, role_name: str, step: Step) -> None:
        """Carry out one step; raise WriteRefusedError where AWS refuses it for good.

        What is to be taken away and is not there is taken away already, by an order that was delivered before.
        """
        try:
            self._apply(role_name, step)
        except ClientError as error:
            if isinstance(step, DeleteInline | DetachManaged | DeleteBoundary) and code_of(error) in NOT_FOUND:
                return
            raise_refusal(error, describe_step(step))
            raise

    def _apply(self, role_name: str, step: Step) -> None:
        match step:
            case PutInline(name) | RevokeSessions(name):
                self._iam.put_role_policy(RoleName=role_name, PolicyName=name, PolicyDocument=step.text)
            case DeleteInline(name):
                self._iam.delete_role_policy(RoleName=role_name, PolicyName=name)
            case PutTrust(text):
                self._iam.update_assume_role_policy(RoleName=role_name, PolicyDocument=text)
            case DetachManaged() | AttachManaged() | SetDefaultVersion():
                self._apply_managed(role_name, step)
            case PutBoundary() | PutOwnBoundary() | DeleteBoundary():
                self._apply_boundary(role_name, step)
            case PutPart() | DeletePart():
                message = f"a role has no such part: `{step.part}`"
                raise WriteRefusedError(message)
            case _:
                assert_never(step)

    def _apply_managed(self, role_name: str, step: ManagedStep) -> None:
        match step:
            case DetachManaged(arn):
                self._iam.detach_role_policy(RoleName=role_name, PolicyArn=arn)
            case SetDefaultVersion(arn, version_id):
                self._iam.set_default_policy_version(PolicyArn=arn, VersionId=version_id)
            case AttachManaged(policy):
                self._attach(role_name, policy)
            case _:
                assert_never(step)

    def _attach(self, _role_name: str, policy: ManagedPolicy) -> None:
        """Refuse: no function has the permission, and only an operator's own hand attaches anything."""
        message = f"no function may attach a policy: `{policy.arn}`"
        raise WriteRefusedError(message)

    def _apply_boundary(self, role_name: str, step: BoundaryStep) -> None:
        match step:
            case PutBoundary(policy):
                self._iam.put_role_permissions_boundary(RoleName=role_name, PermissionsBoundary=policy.arn)
            case PutOwnBoundary(own):
                self._write_own(own, role_name)
                self._put_own_boundary(own.arn, role_name)
            case DeleteBoundary():
                self._iam.delete_role_permissions_boundary(RoleName=role_name)
            case _:
                assert_never(step)

    def _write_own(self, own: ManagedPolicy, role_name: str) -> None:
        """Make a policy of the guard's own say this, whether or not it is there; if it says so, it is left alone.

        Where an attempt was carried out and not answered, AWS refuses the next one, which the SDK makes by itself.
        """
        try:
            self._bring_to(own, self._text_of(own.arn), role_name)
        except ClientError as error:
            if code_of(error) not in DONE_BEFORE or self._text_of(own.arn) != own.text:
                raise

    def _bring_to(self, own: ManagedPolicy, text: str | None, role_name: str) -> None:
        if text is None:
            self._create_own(own, role_name)
        elif text != own.text:
            self._make_room(own.arn)
            self._iam.create_policy_version(PolicyArn=own.arn, PolicyDocument=own.text, SetAsDefault=True)

    def _text_of(self, arn: str) -> str | None:
        """Return the document of a managed policy's default version, or None where there is no such policy."""
        try:
            version = self._iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        except ClientError as error:
            if code_of(error) not in NOT_FOUND:
                raise
            return None
        answer = self._iam.get_policy_version(PolicyArn=arn, VersionId=version)
        return unquote(answer["PolicyVersion"]["Document"])

    def _create_own(self, own: ManagedPolicy, role_name: str) -> None:
        *path, name = own.arn.partition(":policy")[2].split("/")
        self._iam.create_policy(
            PolicyName=name,
            Path="/".join([*path, ""]),
            PolicyDocument=own.text,
            Description=_DESCRIPTION.format(role_name),
        )

    def _make_room(self, arn: str) -> None:
        """Delete the oldest dormant version where IAM takes no more of them, whoever has made it."""
        versions = self._iam.list_policy_versions(PolicyArn=arn)["Versions"]
        dormant = sorted(int(one["VersionId"].removeprefix("v")) for one in versions if not one["IsDefaultVersion"])
        if len(versions) >= LEAST.versions:
            self._delete_version(arn, f"v{dormant[0]}")

    def _delete_version(self, arn: str, version_id: str) -> None:
        try:
            self._iam.delete_policy_version(PolicyArn=arn, VersionId=version_id)
        except ClientError as error:
            if code_of(error) not in NOT_FOUND:
                raise

    def _put_own_boundary(self, arn: str, role_name: str) -> None:
        for seconds in (*SPREADING, None):
            try:
                self._iam.put_role_permissions_boundary(RoleName=role_name, PermissionsBoundary=arn)
            except ClientError as error:
                if seconds is None or code_of(error) not in NOT_FOUND:
                    raise
                self._wait(seconds)
            else:
                return
