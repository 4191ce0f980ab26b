"""Roles and resources, read and written with the credentials of whoever runs the command line."""

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from panorama_guard.aws.bucket_writer import S3PointWriter, S3Writer
from panorama_guard.aws.clients import client
from panorama_guard.aws.errors import UNANSWERED
from panorama_guard.aws.function_writer import LambdaWriter, permission_of
from panorama_guard.aws.iot_policies import IotPolicyWriter
from panorama_guard.aws.log_group_writer import OwnLogGroupWriter
from panorama_guard.aws.readers import Names, Scene, client_in, in_each_region
from panorama_guard.aws.role_writer import IamWriter
from panorama_guard.aws.roles import IamRoles
from panorama_guard.aws.secret_writer import SecretWriter
from panorama_guard.aws.subjects import PartWriter, Resources, SubjectWriter
from panorama_guard.case import bucket, function
from panorama_guard.case.errors import UnreachableError, WriteRefusedError
from panorama_guard.case.resource import Snapshot, is_resource_key
from panorama_guard.case.snapshot import ManagedPolicy, Subject
from panorama_guard.case.step import BoundaryStep, DeletePart, PutBoundary, PutPart, Step

AWS = "aws"  # whose policies nobody here can edit, in the place of an account
Result = TypeVar("Result")


class OwnWriter(IamWriter):
    """Writes with an operator's credentials, who may also attach again what the guard has detached."""

    def _attach(self, role_name: str, policy: ManagedPolicy) -> None:
        """Attach it as it was detached: on no guarded role nothing watches it, and what was waived is what it said."""
        self._refuse_another(policy)
        self._iam.attach_role_policy(RoleName=role_name, PolicyArn=policy.arn)

    def _apply_boundary(self, role_name: str, step: BoundaryStep) -> None:
        """Set a boundary as it was: whoever may edit it would have the operator set another one."""
        if isinstance(step, PutBoundary):
            self._refuse_another(step.policy)
        super()._apply_boundary(role_name, step)

    def _refuse_another(self, policy: ManagedPolicy) -> None:
        if policy.arn.split(":")[4] == AWS:
            return
        current = IamRoles(self._iam).read_managed_policy(policy.arn)
        if current is not None and current.text != policy.text:
            was, now = policy.version_id, current.version_id
            message = f"the managed policy {policy.arn} says something else now: {now} is in force, and was {was}"
            raise WriteRefusedError(message)


class OwnBucketWriter(S3Writer):
    """Writes with an operator's credentials, who may also put back what no function may."""

    def _put_other(self, step: PutPart, own: dict[str, str]) -> None:
        if step.part == bucket.REPLICATION:
            self._s3.put_bucket_replication(**own, ReplicationConfiguration=json.loads(step.text))
        else:
            super()._put_other(step, own)

    def _delete_other(self, step: DeletePart, own: dict[str, str]) -> None:
        if step.part == bucket.BLOCK:
            self._s3.delete_public_access_block(**own)
        else:
            super()._delete_other(step, own)


class OwnFunctionWriter(LambdaWriter):
    """Writes with an operator's credentials, who may also put back what no function may."""

    def _may_be(self, auth_type: str) -> bool:
        return bool(auth_type)

    def _put_other(self, step: PutPart, own: dict[str, str]) -> None:
        if function.statement_id(step.part):
            self._lambda.add_permission(**own, **permission_of(json.loads(step.text)["Statement"][0]))
        else:
            super()._put_other(step, own)


class OwnSubjects:
    """Roles and resources, where every error of AWS's is one line that says what to do."""

    def __init__(
        self,
        names: Names,
        make_client: Callable[..., Any] = client,
        wait: Callable[[float], None] = time.sleep,
        *,
        stack: str = "",
    ) -> None:
        """Take what makes a client of a service, IAM's not decoding documents (`clients.client`), and how to wait.

        `names` knows what is guarded; `stack` is the guard's own, whose functions are none of these.
        """
        self._names, self._client, self._wait, self._stack = names, make_client, wait, stack
        iam = _told(lambda: make_client("iam"))
        self._roles, self._writer = IamRoles(iam), OwnWriter(iam, wait)

    def account(self) -> str:
        """Return the account that the credentials are of."""
        return str(_told(lambda: self._client("sts").get_caller_identity())["Account"])

    def read_subject(self, subject: Subject) -> Snapshot | None:
        """Return the role of this name, or the resource of this key, or None if there is none."""
        if not is_resource_key(subject.name):
            return _told(lambda: self._roles.read_role(subject.name))
        return _told(lambda: self._resources(subject.account).read_resource(subject.name))

    def behind(self, account: str, key: str) -> tuple[str, ...]:
        """Return the keys of the resources that a call names by something else: an access point, the account."""
        return _told(lambda: self._resources(account).behind(key))

    def resource_keys(self, account: str, kind: str) -> tuple[str, ...]:
        """Return the keys of all resources of a type; raise UnlistedError where AWS does not let them be listed."""
        return _told(lambda: self._resources(account).resource_keys(kind))

    def apply(self, subject: Subject, step: Step) -> None:
        """Carry out one step; raise WriteRefusedError where AWS refuses it for good."""
        _told(lambda: self._write(subject, step))

    def _write(self, subject: Subject, step: Step) -> None:
        if not is_resource_key(subject.name):
            self._writer.apply(subject.name, step)
            return
        SubjectWriter(self._writer, partial(self._writers, subject.account)).apply(subject.name, step)

    def _writers(self, account: str, region: str) -> dict[str, Callable[[], PartWriter]]:
        make = client_in(self._client, region)
        return {
            "s3": lambda: OwnBucketWriter(make("s3"), S3PointWriter(make("s3control"), account), account),
            "lambda": lambda: OwnFunctionWriter(make("lambda")),
            "secret": lambda: SecretWriter(make("secretsmanager")),
            "log": lambda: OwnLogGroupWriter(make("logs")),
            "iot": lambda: IotPolicyWriter(make("iot")),
        }

    def _resources(self, account: str) -> Resources:
        return Resources(in_each_region(self._client, Scene(account, self._names, self._stack)))


def _told(call: Callable[[], Result]) -> Result:
    try:
        return call()
    except (ClientError, *UNANSWERED) as error:
        why = " ".join(str(error).split())
        message = f"AWS cannot be asked with your credentials: {why}; fix that, and run the command again"
        raise UnreachableError(message) from error
