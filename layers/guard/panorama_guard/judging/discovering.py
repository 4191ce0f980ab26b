"""Finds the roles that are guarded whatever they are called: by name, by whom their trust names, by what they have."""

from panorama_guard.case.outline import RoleOutline
from panorama_guard.containment.principals import Form, read_principals
from panorama_guard.judging.likeness import likeness_of
from panorama_guard.judging.trust import TRUST
from panorama_guard.policy import DocumentError, Effect, parse_document
from panorama_guard.policy.glob import Glob, matches
from panorama_guard.profile import Profile, Sign


def found_as(outline: RoleOutline, profile: Profile) -> str:
    """Return as what a role that the profile does not name is guarded: a family, or the role that it looks like.

    An empty text where it is nobody's business, as the guard's own roles are.
    """
    if profile.own and outline.name.startswith(profile.own):
        return ""
    alike = [one.role.name for one in likeness_of(outline.name, outline.path, profile)]
    families = (one.name for one in profile.families if any(_bears(outline, sign) for sign in one.signs))
    return next(iter((*alike, *families)), "")


def _bears(outline: RoleOutline, sign: Sign) -> bool:
    named = not sign.names or any(matches(Glob(glob.lower()), outline.name.lower()) for glob in sign.names)
    trusting = not sign.trusts or bool(set(sign.trusts) & trusted_services(outline.trust))
    having = not sign.policies or any(matches(glob, arn) for glob in sign.policies for arn in outline.attached)
    return named and trusting and having


def trusted_services(trust: str) -> frozenset[str]:
    """Return the services that a trust policy names; where it is not understood, those that stand in it as texts."""
    try:
        document = parse_document(trust, name=TRUST)
        allowing = (one.principals for one in document.statements if one.effect is Effect.ALLOW and one.principals)
        named = [one for principals in allowing for one in read_principals(principals, TRUST)]
    except DocumentError:
        return frozenset(trust.split('"'))
    return frozenset(one.text for one in named if one.form is Form.SERVICE)
