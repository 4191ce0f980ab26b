"""Says as what a role of a file is judged: as the guarded role that it is, or as what it is found to be by any name."""

import re

from panorama_guard.case.outline import RoleOutline
from panorama_guard.drafts.filling import Way, fill
from panorama_guard.drafts.resolving import NAME_OF_AWS
from panorama_guard.drafts.roles import Draft
from panorama_guard.judging.discovering import found_as
from panorama_guard.judging.likeness import Likeness, likeness_of
from panorama_guard.profile import Profile

_UNKNOWN = re.compile(rf"\{{(?:{NAME_OF_AWS.format('(?P<id>[A-Za-z0-9]+)')}|[^{{}}]*)\}}")


def outline_of(draft: Draft) -> RoleOutline:
    """Return what tells whether a role is guarded, with an example for what is not known of its name."""
    trust = next((fill(one, Way.SUREST).text for policy in draft.trust for one in policy.documents), "")
    attached = tuple(policy.name for policy in draft.attached)
    return RoleOutline(_UNKNOWN.sub(_example, draft.name), draft.path or "/", trust, attached)


def likeness_of_outline(outline: RoleOutline, profile: Profile) -> Likeness | None:
    """Return the guarded role that a role is or looks like, or the family of which a guard would find it, or None."""
    if known := likeness_of(outline.name, outline.path, profile):
        return known[0]
    family = found_as(outline, profile)
    found = profile.found(family, outline.name, outline.path) if family else None
    return Likeness(found, f"found to be of the family {family}", family) if found else None


def _example(unknown: re.Match[str]) -> str:
    """Return what may stand in a name for what is not known of it: CloudFormation makes one of the logical id."""
    return f"example-{unknown['id']}-example" if unknown["id"] else "example"
