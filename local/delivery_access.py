"""Says whether a service, or a service that acts with a role, may send to a queue or topic and use its key.

AWS drops what it may not deliver, and says so in few places; here it is refused in the same cases.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from moto.kms.models import kms_backends

from local.authorizer import is_allowed
from local.requirements import Requirement, key_arn
from panorama_guard.containment import Grant, Request
from panorama_guard.containment.evaluate import allows
from panorama_guard.policy.document import parse_document_value

type_context = tuple[tuple[str, tuple[str, ...]], ...]
_KEY_ACTIONS: Final = ("kms:GenerateDataKey", "kms:Decrypt")
_EVENTS: Final = "events.amazonaws.com"


class AccessRefusedError(Exception):
    """A policy does not let the sender through."""


@dataclass(frozen=True, slots=True)
class ServiceSender:
    """A service that sends in its own name, for a rule or an alarm."""

    principal: str
    source_arn: str

    def describe(self) -> str:
        """Return who sends."""
        return f"{self.principal} for {self.source_arn}"


@dataclass(frozen=True, slots=True)
class RoleSender:
    """A service that sends with a role."""

    role_arn: str

    def describe(self) -> str:
        """Return who sends."""
        return self.role_arn


type_sender = ServiceSender | RoleSender


@dataclass(frozen=True, slots=True)
class Target:
    """Something that can be sent to: its own policy, and the key that it is encrypted with."""

    action: str
    arn: str
    policy: str | None
    key: str | None

    @property
    def service(self) -> str:
        """Return the service's name in ARNs."""
        return self.arn.split(":")[2]

    @property
    def region(self) -> str:
        """Return the region."""
        return self.arn.split(":")[3]

    @property
    def account(self) -> str:
        """Return the account."""
        return self.arn.split(":")[4]


def check_access(sender: type_sender, target: Target) -> None:
    """Raise `AccessRefusedError` when AWS would not deliver; the caller holds `LOCK`."""
    if isinstance(sender, RoleSender):
        _check_role(sender, target)
    else:
        _check_service(sender, target)


def _check_role(sender: RoleSender, target: Target) -> None:
    needed = [Requirement(target.action, target.arn)]
    if target.key:
        arn = key_arn(target.key, target.region, target.account)
        context = _via(target)
        needed += [Requirement(action, arn, context) for action in _KEY_ACTIONS]
    for requirement in needed:
        if not is_allowed(sender.role_arn, requirement, region=target.region):
            raise _refusal(sender, requirement.action, requirement.resource)


def _check_service(sender: ServiceSender, target: Target) -> None:
    context = (
        ("aws:SourceArn", (sender.source_arn,)),
        ("aws:SourceAccount", (target.account,)),
        ("AWS:SourceOwner", (target.account,)),
        ("aws:PrincipalIsAWSService", ("true",)),
        ("aws:SecureTransport", ("true",)),
    )
    if not service_may(target.policy, sender.principal, Request(target.action, target.arn, context)):
        raise _refusal(sender, target.action, target.arn)
    if target.key:
        _check_key(sender, target)


def _check_key(sender: ServiceSender, target: Target) -> None:
    arn = key_arn(str(target.key), target.region, target.account)
    keys = kms_backends[target.account][target.region].keys
    key = keys.get(arn.rsplit("/", 1)[-1])
    context = (*_via(target), ("kms:EncryptionContext:aws:sqs:arn", (target.arn,)), ("aws:SecureTransport", ("true",)))
    # EventBridge does not pass the account on to KMS for an encrypted target.
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    if sender.principal != _EVENTS:
        context += (("aws:SourceAccount", (target.account,)), ("aws:SourceArn", (sender.source_arn,)))
    for action in _KEY_ACTIONS:
        if (
            key is None
            or not key.enabled
            or not service_may(key.policy, sender.principal, Request(action, arn, context))
        ):
            raise _refusal(sender, action, arn)


def _via(target: Target) -> type_context:
    return (("kms:ViaService", (f"{target.service}.{target.region}.amazonaws.com",)),)


def service_may(policy: str | None, principal: str, request: Request) -> bool:
    """Say whether a resource policy lets the service principal make the request."""
    if not policy:
        return False
    document = json.loads(policy)
    statements = document.get("Statement", [])
    spoken = [_as_identity_statement(each) for each in _as_list(statements) if _names(each, principal)]
    if not spoken:
        return False
    identity = {"Version": document.get("Version", "2008-10-17"), "Statement": spoken}
    return allows(Grant((parse_document_value(identity, name="resource-policy"),)), request)


def _as_identity_statement(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return the statement without its principal, so that the one evaluator can read it."""
    return {key: value for key, value in statement.items() if key not in {"Principal", "Sid"}}


def _names(statement: Mapping[str, Any], principal: str) -> bool:
    named = statement.get("Principal")
    if isinstance(named, dict):
        return principal in _as_list(named.get("Service", [])) or "*" in _as_list(named.get("AWS", []))
    return named == "*"


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _refusal(sender: type_sender, action: str, resource: str) -> AccessRefusedError:
    return AccessRefusedError(f"{sender.describe()} is not authorized to perform {action} on `{resource}`")
