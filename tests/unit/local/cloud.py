"""A local AWS for tests: a running front, clients for it, and what it told the rest of the stack."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

from local.deploy_records import FunctionUrl
from local.emulator import DEFAULT_ACCOUNT, LOCK, iam_backend
from local.front import FrontServer
from local.front_errors import CallRefusedError
from local.hooks import ControlResponse, InvokeResult
from local.identity import Credentials

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
NO_RETRIES = Config(retries={"max_attempts": 0}, inject_host_prefix=False)
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def policy(*actions: str, resource: str | list[str] = "*", effect: str = "Allow", **rest: object) -> str:
    """Return a policy of one statement."""
    statement = {"Effect": effect, "Action": list(actions), "Resource": resource, **rest}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@dataclass
class SpyHooks:
    """Remembers what the front says."""

    events: list[dict[str, Any]] = field(default_factory=list)
    invocations: list[tuple[str, bytes, str]] = field(default_factory=list)
    writes: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    urls: list[FunctionUrl] = field(default_factory=list)
    result: InvokeResult = field(default_factory=lambda: InvokeResult(b'{"ok": true}'))

    def publish(self, event: dict[str, Any]) -> None:
        """Remember the event."""
        self.events.append(event)

    def invoke(self, function_name: str, payload: bytes, invocation_type: str) -> InvokeResult:
        """Remember the invocation; the function `missing` does not exist."""
        if function_name == "missing":
            code = "ResourceNotFoundException"
            raise CallRefusedError(code, "Function not found: missing", 404)
        self.invocations.append((function_name, payload, invocation_type))
        return self.result

    def function_url(self, url_id: str) -> FunctionUrl | None:
        """Return the URL of this id."""
        return next((url for url in self.urls if url.url_id == url_id), None)

    def control(self, method: str, path: str, body: bytes) -> ControlResponse | None:
        """Answer one path by saying what it was asked."""
        if path != "/_local/echo":
            return None
        return ControlResponse(200, json.dumps([method, body.decode()]).encode())

    def wrote(self, service: str, operation: str, parameters: Mapping[str, Any]) -> None:
        """Remember the write."""
        self.writes.append((service, operation, parameters))


@dataclass(frozen=True)
class Cloud:
    """A front under test."""

    server: FrontServer
    hooks: SpyHooks

    def client(self, service: str, credentials: Credentials | None = None, region: str = "us-east-1") -> Any:
        """Return a client; without credentials it is the operator's."""
        keys = credentials or Credentials("test", "test", "")
        make: Any = boto3.client  # its stubs know each service by a literal, which a parameter is not
        return make(
            service,
            endpoint_url=self.server.endpoint,
            region_name=region,
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
            aws_session_token=keys.token or None,
            config=NO_RETRIES,
        )

    def session(self, role_arn: str, name: str = "mallory") -> Credentials:
        """Return credentials of a role session opened over STS."""
        keys = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=name)["Credentials"]
        return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    def role(self, name: str = "Guarded", **rest: str) -> str:
        """Create a role and return its ARN."""
        created = self.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, **rest)
        return str(created["Role"]["Arn"])

    def details(self, name: str = "") -> list[dict[str, Any]]:
        """Return the details of the events of that name, or of all."""
        details = [event["detail"] for event in self.hooks.events]
        return [detail for detail in details if not name or detail["eventName"] == name]

    def detail(self, name: str) -> dict[str, Any]:
        """Return the details of the only event of that name."""
        (only,) = self.details(name)
        return only


def clear_iam() -> None:
    """Forget the account's IAM, but for AWS's own policies, which are slow to load."""
    backend = iam_backend(DEFAULT_ACCOUNT)
    with LOCK:
        for state in (backend.roles, backend.users, backend.groups, backend.instance_profiles, backend.inline_policies):
            state.clear()
        backend.managed_policies = {policy.arn: policy for policy in backend.aws_managed_policies}
