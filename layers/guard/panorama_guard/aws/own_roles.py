"""Roles, read and written with the credentials of whoever runs the command line."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from panorama_guard.aws.clients import client
from panorama_guard.aws.role_writer import IamWriter
from panorama_guard.aws.roles import IamRoles
from panorama_guard.case.errors import UnreachableError
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import Step

Result = TypeVar("Result")


class OwnWriter(IamWriter):
    """Writes with an operator's credentials, who may also attach again what the guard has detached."""

    def _attach(self, role_name: str, policy_arn: str) -> None:
        self._iam.attach_role_policy(RoleName=role_name, PolicyArn=policy_arn)


class OwnRoles:
    """IAM's roles, where every error of AWS's is one line that says what to do."""

    def __init__(self, make_client: Callable[[str], Any] = client, wait: Callable[[float], None] = time.sleep) -> None:
        """Take what makes an IAM client that does not decode policy documents (`clients.client`), and how to wait."""
        iam = _told(lambda: make_client("iam"))
        self._roles, self._writer = IamRoles(iam), OwnWriter(iam, wait)

    def read_role(self, name: str) -> RoleSnapshot | None:
        """Return the role of this name, or None if there is none."""
        return _told(lambda: self._roles.read_role(name))

    def apply(self, role_name: str, step: Step) -> None:
        """Carry out one step; raise WriteRefusedError where AWS refuses it for good."""
        _told(lambda: self._writer.apply(role_name, step))


def _told(call: Callable[[], Result]) -> Result:
    try:
        return call()
    except (BotoCoreError, ClientError) as error:
        why = " ".join(str(error).split())
        message = f"IAM cannot be asked with your credentials: {why}; fix that, and run the command again"
        raise UnreachableError(message) from error
