"""Who may become a role of another account: as the role's trust says, asked with the guard's own evaluator.

moto lets anybody become any role, one that is not there too. All accounts on this machine are of one organisation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from moto.iam.models import Role

from local.emulator import PARTITION, iam_backend
from local.requirement import Requirement, type_context
from local.wire import Call
from panorama_guard.containment.evaluate import allows
from panorama_guard.containment.records import Grant, Request
from panorama_guard.policy.document import parse_document_value

ORGANIZATION: Final = "o-onemachine"
_MEMBER_ROLES: Final = ":role/panorama-guard/member/"  # of templates/member.yaml


def assuming(call: Call, _: str) -> tuple[Requirement, ...]:
    """Return the permission that a caller needs of his own account."""
    return (Requirement("sts:AssumeRole", call.text("RoleArn"), (("aws:ResourceOrgID", (ORGANIZATION,)),)),)


def is_of_a_member(role_arn: str) -> bool:
    """Say whether a role is one of those that a member has for the hub's functions."""
    return _MEMBER_ROLES in role_arn


def is_let_in(caller_arn: str, call: Call) -> bool:
    """Say whether there is a role as the call names it, and its trust lets the caller in."""
    arn = call.text("RoleArn")
    role = next((one for one in iam_backend(arn.split(":")[4]).roles.values() if one.arn == arn), None)
    return role is not None and _trusts(role, caller_arn, call.text("ExternalId"))


def _trusts(role: Role, caller_arn: str, external_id: str) -> bool:
    given: type_context = (("sts:ExternalId", (external_id,)),) if external_id else ()
    document = {"Version": "2012-10-17", "Statement": list(_statements_for(role, caller_arn))}
    grant = Grant((parse_document_value(document, name=role.arn),))
    return allows(grant, Request("sts:AssumeRole", role.arn, (("aws:PrincipalArn", (caller_arn,)), *given)))


def _statements_for(role: Role, caller_arn: str) -> Iterator[Mapping[str, Any]]:
    """Yield the statements of a role's trust that name the caller, or his account, as statements of an identity."""
    trust = role.assume_role_policy_document
    named = {caller_arn, f"arn:{PARTITION}:iam::{caller_arn.split(':')[4]}:root"}
    for statement in json.loads(trust if isinstance(trust, str) else json.dumps(trust))["Statement"]:
        principals = statement.get("Principal", {}).get("AWS", [])
        if named & set([principals] if isinstance(principals, str) else principals):
            yield {**{key: each for key, each in statement.items() if key != "Principal"}, "Resource": "*"}
