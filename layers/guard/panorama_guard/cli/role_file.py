"""Reads a role as `aws iam get-account-authorization-details` prints it, or its trust as `aws iam get-role` does.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from collections.abc import Iterator, Mapping, Sequence

from panorama_guard.case.snapshot import InlinePolicy, ManagedPolicy, RoleSnapshot, Subject
from panorama_guard.cli.found import Found
from panorama_guard.profile import load_profile
from panorama_guard.reporting.statements import enumerated

ACCOUNT = "123456789012"  # of a role whose ARN the file does not say
ROLES, POLICIES = "RoleDetailList", "Policies"
NAME, TRUST = "RoleName", "AssumeRolePolicyDocument"


def is_role_file(value: Mapping[str, object]) -> bool:
    """Say whether an object looks like AWS's answer, or like one role of it."""
    return ROLES in value or (NAME in value and "PolicyDocument" not in value)


def is_trust_file(value: Mapping[str, object]) -> bool:
    """Say whether an object is what `aws iam get-role` prints: a role without its policies."""
    return isinstance(value.get("Role"), dict)


def read_trust(file: Found) -> RoleSnapshot:
    """Return a role with its trust policy alone; raise DocumentError naming field and value."""
    role = Found(file.body["Role"], f"{file.where}: Role")
    return RoleSnapshot(_subject(role), role.text("Path", "/"), role.document(TRUST), (), (), ())


def read_role(file: Found, name: str | None) -> RoleSnapshot:
    """Return the one role of AWS's answer, or the one of this name; raise DocumentError naming field and value."""
    role = _role(file, name)
    policies = {policy.text("Arn"): policy for policy in _policies(file, role)}
    return RoleSnapshot(
        _subject(role),
        role.text("Path", "/"),
        role.document(TRUST),
        tuple(sorted(_inline(role), key=lambda policy: policy.name)),
        tuple(sorted(_attached(role, policies), key=lambda policy: policy.arn)),
        tuple(_boundary(role, policies)),
    )


def _role(file: Found, name: str | None) -> Found:
    roles = list(file.items(ROLES)) if ROLES in file.body else [file]
    names = [role.text(NAME) for role in roles]
    if not roles:
        file.refuse(ROLES, "there is no role in", roles)
    chosen = [role for role, its_name in zip(roles, names, strict=True) if name in (None, its_name)]
    if len(chosen) != 1:
        wanted = f"not one role named `{name}`" if name else "--role says which role is meant"
        file.refuse(ROLES, f"{wanted}; here are {_listed(names)}", f"{len(names)} roles")
    return chosen[0]


def _listed(names: Sequence[str]) -> str:
    """Return the names of roles, those that the profile knows first, and of many the first."""
    known = set(profile_names())
    return enumerated(sorted(names, key=lambda one: one not in known), len(known))


def profile_names() -> tuple[str, ...]:
    """Return the names of the guarded roles."""
    return tuple(role.name for role in load_profile().roles)


def _policies(file: Found, role: Found) -> Iterator[Found]:
    """Yield the managed policies that the file holds, beside the role or in it."""
    for source in (file,) if role is file else (file, role):
        if POLICIES in source.body:
            yield from source.items(POLICIES)


def _subject(role: Found) -> Subject:
    name = role.text(NAME)
    arn = role.text("Arn", f"arn:aws:iam::{ACCOUNT}:role{role.text('Path', '/')}{name}")
    account = (*arn.split(":"), *[""] * 5)[4]
    return Subject(account, arn, name, role.text("RoleId", ""))


def _inline(role: Found) -> Iterator[InlinePolicy]:
    for policy in role.items("RolePolicyList"):
        yield InlinePolicy(policy.text("PolicyName"), policy.document("PolicyDocument"))


def _attached(role: Found, policies: Mapping[str, Found]) -> Iterator[ManagedPolicy]:
    for policy in role.items("AttachedManagedPolicies"):
        yield _managed(policy, "PolicyArn", policies)


def _boundary(role: Found, policies: Mapping[str, Found]) -> Iterator[ManagedPolicy]:
    boundary = role.body.get("PermissionsBoundary")
    if boundary is None:
        return
    if not isinstance(boundary, dict):
        role.refuse("PermissionsBoundary", "not an object", boundary)
    place = Found(boundary, f"{role.where}: PermissionsBoundary")
    yield _managed(place, "PermissionsBoundaryArn", policies)


def _managed(named: Found, field: str, policies: Mapping[str, Found]) -> ManagedPolicy:
    """Return a managed policy of the file; one whose document is not in it is not guessed."""
    arn = named.text(field)
    if arn not in policies:
        named.refuse(field, "the list Policies of the file has no document of", arn)
    versions = [one for one in policies[arn].items("PolicyVersionList") if one.body.get("IsDefaultVersion") is True]
    if len(versions) != 1:
        policies[arn].refuse("PolicyVersionList", "not one default version of", arn)
    return ManagedPolicy(arn, versions[0].text("VersionId", ""), versions[0].document("Document"))
