"""Enforces IAM for the guard's own roles, with the guard's own evaluator, on the policies as deployed."""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from moto.iam.models import IAMBackend, ManagedPolicy, Role

from local.assuming import is_let_in, is_of_a_member
from local.emulator import iam_backend
from local.front_errors import CallRefusedError
from local.identity import Identity
from local.refusals import denial
from local.requirements import Requirement, requirements_of, type_context
from local.wire import Call
from panorama_guard.containment.evaluate import allows
from panorama_guard.containment.records import Grant, Request
from panorama_guard.policy.document import Document, parse_document
from panorama_guard.policy.errors import PolicyError

_DENIED: Final = "AccessDenied"


class Authorizer:
    """Knows which roles are held to their policies. The caller of every method holds `LOCK`."""

    def __init__(self) -> None:
        """Enforce nothing yet."""
        self._enforced: set[str] = set()

    def enforce(self, role_arn: str) -> None:
        """Hold every session of the role to its policies from now on."""
        self._enforced.add(role_arn)

    def check_unknown(self, identity: Identity) -> None:
        """Raise `CallRefusedError` when an enforced role makes a call that nobody can tell the action of."""
        if identity.issuer is not None and self._is_enforced(identity.issuer.arn):
            message = "local stack does not know this call, so it is denied"
            raise CallRefusedError(_DENIED, message, HTTPStatus.FORBIDDEN)

    def check_call(self, call: Call, identity: Identity) -> None:
        """Raise `CallRefusedError` when the caller is an enforced role's session that may not make this call."""
        issuer = identity.issuer
        if issuer is None or not self._is_enforced(issuer.arn):
            return
        needed = requirements_of(call, identity.account)
        if needed is None:
            message = f"local stack has no rule to authorize `{call.service}:{call.operation}`, so it is denied"
            raise denial(call, message, of_key=False)
        for requirement in (_in_session(each, identity) for each in needed):
            if not is_allowed(issuer.arn, requirement, region=call.region):
                of_key = requirement.action.startswith("kms:") and call.service != "kms"
                raise denial(call, _denial_message(identity, requirement), of_key=of_key)
        if (call.service, call.operation) == ("sts", "AssumeRole") and not is_let_in(issuer.arn, call):
            raise denial(call, _denial_message(identity, needed[0]), of_key=False)

    def _is_enforced(self, role_arn: str) -> bool:
        """Say whether a role is held to its policies: the guard's own, and those that members have for it."""
        return role_arn in self._enforced or is_of_a_member(role_arn)

    def check(self, role_arn: str, requirement: Requirement, *, region: str) -> None:
        """Raise `CallRefusedError` when the enforced role lacks a permission a service needs to act as it."""
        if role_arn in self._enforced and not is_allowed(role_arn, requirement, region=region):
            raise _refusal(role_arn, requirement)


def is_allowed(role_arn: str, requirement: Requirement, *, region: str) -> bool:
    """Say whether the role's policies, attached, inline and boundary, allow the request."""
    account = role_arn.split(":")[4]
    backend = iam_backend(account)
    role = next((each for each in backend.roles.values() if each.arn == role_arn), None)
    if role is None:
        return False
    context = _common_context(role_arn, account, region) + requirement.context
    try:
        return allows(_grant(role, backend), Request(requirement.action, requirement.resource, context))
    except PolicyError:
        return False  # IAM would not have stored a document that cannot be read


def _grant(role: Role, backend: IAMBackend) -> Grant:
    inline = tuple(_document(name, _text(document)) for name, document in role.policies.items())
    attached = tuple(_managed_document(policy) for policy in role.managed_policies.values())
    boundary = backend.managed_policies.get(role.permissions_boundary_arn or "")
    boundaries = ((_managed_document(boundary),),) if boundary else ()
    return Grant(inline + attached, boundaries)


def _managed_document(policy: ManagedPolicy) -> Document:
    text = next(each.document for each in policy.versions if each.version_id == policy.default_version_id)
    return _document(policy.arn, _text(text))


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)


@functools.lru_cache(maxsize=256)
def _document(name: str, text: str) -> Document:
    return parse_document(text, name=name)


def _in_session(requirement: Requirement, identity: Identity) -> Requirement:
    """Return the requirement with what only a session's request says: when its credentials were issued."""
    if identity.since is None:
        return requirement
    issued = identity.since.strftime("%Y-%m-%dT%H:%M:%SZ")
    return replace(requirement, context=(*requirement.context, ("aws:TokenIssueTime", (issued,))))


def _common_context(role_arn: str, account: str, region: str) -> type_context:
    return (
        ("aws:PrincipalAccount", (account,)),
        ("aws:PrincipalArn", (role_arn,)),
        ("aws:PrincipalType", ("AssumedRole",)),
        ("aws:RequestedRegion", (region,)),
        ("aws:ResourceAccount", (account,)),
        ("aws:SecureTransport", ("true",)),
    )


def _refusal(role_arn: str, requirement: Requirement) -> CallRefusedError:
    message = f"{role_arn} is not authorized to perform: {requirement.action} on resource: {requirement.resource}"
    return CallRefusedError(_DENIED, message, HTTPStatus.FORBIDDEN)


def _denial_message(identity: Identity, requirement: Requirement) -> str:
    return (
        f"User: {identity.arn} is not authorized to perform: {requirement.action} "
        f"on resource: {requirement.resource} because no identity-based policy allows the {requirement.action} action"
    )


__all__: Final = ["Authorizer", "Requirement", "is_allowed"]
