"""Says of a role that was passed to a resource whether it is a guarded one, which no resource of that type is to use.

That a role is passed on is never in the trail: what then acts as it is.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from panorama_guard.case.finding import Deviation, Finding, Kind
from panorama_guard.case.function import role_name
from panorama_guard.case.severities import When, grade
from panorama_guard.profile import ResourceProfile


def is_guarded(arn: str, profile: ResourceProfile) -> bool:
    """Say whether an ARN is that of a role that the profile names."""
    return bool(arn) and any(one.role_named(role_name(arn)) for one in profile.of)


def gives_away(source: str, what: str, arn: str) -> Finding:
    """Return that something acts as a guarded role: whoever may change it does what the role may do."""
    return Finding(Kind.WEAKNESS, grade(Kind.WEAKNESS, When.SERIOUS), source, Deviation(f"{what} {arn}"))
