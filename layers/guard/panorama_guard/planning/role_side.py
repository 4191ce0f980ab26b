"""What denies a role on its own side what a resource of others gives it: for an operator, not for the guard."""

import shlex
from collections.abc import Iterator

from panorama_guard.case import grantor
from panorama_guard.case.finding import Finding
from panorama_guard.case.incident import NO_REMEDY, Remedy
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.containment import Contained, Grant
from panorama_guard.judging.decide import decide
from panorama_guard.judging.grantors import given_by
from panorama_guard.judging.measuring import extent_of
from panorama_guard.planning.containment_deny import narrow_denies, wide_denies
from panorama_guard.policy import parse_document
from panorama_guard.profile import ResourceProfile, RoleProfile

PROOF = (
    "decided over all requests: with this on the role it gets nothing outside its ceiling by the bucket's policy, and "
    "loses nothing inside it"
)


def deny_on_role(finding: Finding, snapshot: ResourceSnapshot, profile: ResourceProfile) -> Remedy:
    """Return the command that denies the role what it is given, as a note; nothing where none is proved."""
    if snapshot.type != grantor.TYPE:
        return NO_REMEDY
    for role, share in given_by(finding, snapshot, profile):
        for text in _denies(role, share):
            if _is_proved(text, role, share):
                return Remedy(proof=PROOF, notes=(f"to deny it on the role: {_command(role, snapshot, text)}",))
    return NO_REMEDY


def _denies(role: RoleProfile, share: Grant) -> Iterator[str]:
    yield from narrow_denies(extent_of(share, role.ceiling).document, role.ceiling)
    yield from wide_denies(role.ceiling)


def _is_proved(text: str, role: RoleProfile, share: Grant) -> bool:
    """Say whether a Deny takes all that is given outside the ceiling, and nothing that may be granted inside it."""
    deny, ceiling = parse_document(text, name="deny"), role.ceiling
    left = Grant((*share.policies, deny), share.boundaries)
    kept = Grant((*ceiling.policies, deny), ceiling.boundaries)
    return all(isinstance(decide(*sides), Contained) for sides in ((left, ceiling), (ceiling, kept)))


def _command(role: RoleProfile, snapshot: ResourceSnapshot, text: str) -> str:
    name = shlex.quote(f"deny-{snapshot.name}")
    of_role = f"--role-name {shlex.quote(role.name)} --policy-name {name}"
    return f"aws iam put-role-policy {of_role} --policy-document {shlex.quote(text)}"
