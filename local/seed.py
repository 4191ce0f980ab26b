"""Makes the roles of the shipped profile, as AWS's console made them: path, trust and AWS managed policies."""

from collections.abc import Iterator
from typing import Any

from panorama_guard.profile import RoleProfile, load_profile


def seed_roles(iam: Any) -> Iterator[str]:
    """Create each enrolled role of the profile and yield its name; a role that is there already is left alone."""
    for role in load_profile().roles:
        yield from _seed(iam, role)


def _seed(iam: Any, role: RoleProfile) -> Iterator[str]:
    try:
        iam.create_role(RoleName=role.name, Path=role.paths[0], AssumeRolePolicyDocument=role.trust_text)
    except iam.exceptions.EntityAlreadyExistsException:
        return
    for arn in role.managed_policies:
        iam.attach_role_policy(RoleName=role.name, PolicyArn=arn)
    yield role.name
