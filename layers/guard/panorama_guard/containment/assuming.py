"""Who can make which call of AWS STS: a trust may name others, and lets nobody in by that.

Nothing is decided here. The table (dated 2026-11) chooses a witness that somebody can show, and tells a dead grant.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
"""

from panorama_guard.containment.caller import Kind, everyone
from panorama_guard.containment.evaluate import allows
from panorama_guard.containment.principals import among
from panorama_guard.containment.records import Grant, Witness
from panorama_guard.policy.document import CURRENT, Document, Effect, Patterns, Statement
from panorama_guard.policy.glob import Glob

_SAML = Glob(f"{Kind.FEDERATED.value}::::arn:*:iam::*:saml-provider/*")
_SIGNING = [everyone(kind) for kind in (Kind.USER, Kind.ROLE, Kind.SERVICE)]  # the root user cannot assume a role
_VOUCHED = everyone(Kind.FEDERATED)
_CALLS = (
    (("sts:AssumeRole",), (among(_SIGNING),)),
    (("sts:AssumeRoleWithSAML",), (among([_SAML]),)),
    (("sts:AssumeRoleWithWebIdentity",), (among([_VOUCHED]), among([_SAML], negated=True))),
    (("sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"), (among([*_SIGNING, _VOUCHED]),)),
)
_ALL = Patterns(negated=False, globs=(Glob("*"),))
CALLABLE = Document(
    "who can call AWS STS",
    CURRENT,
    tuple(
        Statement(place, None, Effect.ALLOW, Patterns(negated=False, globs=tuple(map(Glob, actions))), _ALL, who)
        for place, (actions, who) in enumerate(_CALLS)
    ),
)


def callable_part(grant: Grant) -> Grant:
    """Return of a trust's grant what somebody can call."""
    return Grant(grant.policies, (*grant.boundaries, (CALLABLE,)))


def is_dead(witness: Witness) -> bool:
    """Say whether nobody can make a trust witness's request: a service does not come with a SAML assertion, say."""
    return not allows(Grant((CALLABLE,)), witness.request)
