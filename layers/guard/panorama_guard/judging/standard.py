"""What a role is judged by: its ceiling and its trust, under the posture in force."""

import contextlib
from collections.abc import Iterator

from panorama_guard.case.waiver import Scope, Waiver
from panorama_guard.containment import Grant
from panorama_guard.judging.trust import trust_ceiling
from panorama_guard.policy import Document, DocumentError, parse_document
from panorama_guard.policy.record import record
from panorama_guard.profile import RoleProfile
from panorama_guard.profile.posture import Posture


@record
class Standard:
    """The most that a role may do, the most who may become it, and who has to be able to in every posture.

    `trust_text` is the trust policy to put where nothing of the role's own can be kept; in a retired service, none.
    """

    permissions: Grant
    trust: Grant
    expected_trust: Grant
    trust_text: tuple[str, ...] = ()


def standard_of(role: RoleProfile, posture: Posture, waivers: tuple[Waiver, ...] = ()) -> Standard:
    """Return what a role is judged by: its profile, and the documents of the waivers that are in force for it."""
    expected = trust_ceiling((role.trust,))
    permissions = tuple(_waived(waivers, Scope.PERMISSIONS))
    trust = trust_ceiling(tuple(_waived(waivers, Scope.TRUST)))
    if posture is Posture.RETIRED:
        return Standard(Grant(permissions), trust, expected)
    reviewed = trust_ceiling((role.reviewed_trust,))
    return Standard(
        Grant(role.ceiling.policies + permissions),
        Grant(reviewed.policies + trust.policies),
        expected,
        (role.trust_text,),
    )


def _waived(waivers: tuple[Waiver, ...], scope: Scope) -> Iterator[Document]:
    for waiver in waivers:
        if waiver.scope is scope:
            # It was read when it was made; one that this version does not understand waives nothing.
            with contextlib.suppress(DocumentError):
                document = parse_document(waiver.document, name=waiver.id)
                trust_ceiling((document,) if scope is Scope.TRUST else ())
                yield document


def waived_documents(waivers: tuple[Waiver, ...]) -> tuple[Document, ...]:
    """Return what is waived of a resource."""
    return tuple(_waived(waivers, Scope.RESOURCE))
