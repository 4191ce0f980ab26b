"""Makes and weighs waivers: what has to be waived for an escape to stand, and who has to agree to it."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta

from panorama_guard.case.errors import CommandError
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.times import shown_lasting
from panorama_guard.case.waiver import Scope, Waiver
from panorama_guard.containment import Contained, Escaped, Grant, Undecided, Verdict
from panorama_guard.containment.principals import Form
from panorama_guard.containment.trust import trust_grant
from panorama_guard.judging.decide import decide
from panorama_guard.judging.permissions import denies_of, judge_each_policy, read_permissions
from panorama_guard.judging.permissions_management import permissions_management
from panorama_guard.judging.severity import ADMINISTRATION
from panorama_guard.judging.standard import Standard
from panorama_guard.judging.waiver_rules import is_for_all, named_in, parse_waiver
from panorama_guard.policy import Document, DocumentError, Effect, parse_document_value
from panorama_guard.policy.document import CURRENT
from panorama_guard.policy.text import decode_json

_FIELD, _SECONDS = "document", "seconds"
UNLIMITED = Grant(())
LONGEST_FOR_ALL = timedelta(days=1)  # what lets a role do everything is for an emergency
_OWN_FORMS = frozenset({Form.ACCOUNT, Form.USER, Form.ROLE, Form.ROLE_SESSION, Form.USER_SESSION})


def scope_of(kind: Kind) -> Scope:
    """Return what a waiver for an incident of this kind widens."""
    match kind:
        case Kind.TRUST_ESCAPE:
            return Scope.TRUST
        case Kind.RESOURCE_ESCAPE | Kind.SAFEGUARD_LOST | Kind.WEAKNESS:
            return Scope.RESOURCE
        case _:
            return Scope.PERMISSIONS


def of_scope(waivers: Iterable[Waiver], kind: Kind) -> tuple[Waiver, ...]:
    """Return the waivers that can let an escape of this kind stand."""
    return tuple(waiver for waiver in waivers if waiver.scope is scope_of(kind))


def given_for(waivers: Iterable[Waiver], incident: Incident) -> tuple[Waiver, ...]:
    """Return the waivers that can be about an incident: given for it, or after it was seen.

    What is found while a waiver is in force is what that does not cover. Once it is gone again, or contained, what the
    waiver lets stand is still there, in the same place perhaps, and was never this incident's. All whom a trust lets in
    share one incident: who came after the waiver was given for it is another one.
    """
    own, is_shared = of_scope(waivers, incident.kind), incident.kind is Kind.TRUST_ESCAPE
    about = (one for one in own if one.incident_id == incident.id and not is_shared)
    return tuple(dict.fromkeys((*about, *(one for one in own if one.created_at >= incident.seen_at))))


def check_waiver(text: str, scope: Scope, standard: Standard, *, lasts: timedelta) -> Document:
    """Return the document of a waiver that adds to the standard; raise CommandError for any other."""
    document = parse_waiver(text, scope)
    match _added(document, scope, standard):
        case Contained():
            raise CommandError(_FIELD, "one that waives nothing: the profile allows all of it already", text)
        case Undecided(reason):
            raise CommandError(_FIELD, f"one that cannot be decided ({reason})", text)
        case Escaped():
            pass
    if scope is Scope.PERMISSIONS and is_for_all(document) and lasts > LONGEST_FOR_ALL:
        most = (
            f"more than {shown_lasting(LONGEST_FOR_ALL.total_seconds())}, the most that every action may be waived for"
        )
        raise CommandError(_SECONDS, most, shown_lasting(lasts.total_seconds()))
    return document


def why_second_operator(document: Document, scope: Scope, standard: Standard, account: str) -> str:
    """Return why a waiver needs a second operator's word, or an empty text."""
    if scope is Scope.TRUST:
        return "it lets in somebody of another account" if _lets_in_others(document, account) else ""
    administering = Grant((document,), ((ADMINISTRATION, permissions_management()),))
    is_harmless = isinstance(decide(administering, standard.permissions), Contained)
    return "" if is_harmless else "it covers the management of permissions"


def escaping_document(snapshot: RoleSnapshot, kind: Kind, source: str, standard: Standard) -> str:
    """Return a document of those statements of a role through which an escape of this cause goes, as they are written.

    What a Deny or the boundary withholds is not among them: nobody was told of it, and it has to be found once it is
    free. Empty where none is found: the role does not escape so, or not by one statement alone.
    """
    if kind is Kind.TRUST_ESCAPE:
        texts, limits = [snapshot.trust], UNLIMITED
    else:
        grant = read_permissions(snapshot).grant
        sources = [source] if kind is Kind.PERMISSION_ESCAPE else _sources(grant, standard)
        policies = [(policy.name, policy.text) for policy in snapshot.inline]
        policies += [(policy.arn, policy.text) for policy in snapshot.attached]
        texts, limits = [text for name, text in policies if name in sources], denies_of(grant)
    bodies = [decode_json(text, name=_FIELD) for text in texts]
    found = [one for body in bodies for one in _escaping(body, scope_of(kind), standard, limits)]
    # Versions differ in policy variables alone, and those are in no waiver.
    return json.dumps({"Version": CURRENT, "Statement": found}, separators=(",", ":")) if found else ""


def _sources(grant: Grant, standard: Standard) -> list[str]:
    return [finding.source for finding in judge_each_policy(grant, standard.permissions)]


def _escaping(body: object, scope: Scope, standard: Standard, limits: Grant) -> Iterator[object]:
    if not isinstance(body, dict):
        return
    listed = body["Statement"] if isinstance(body["Statement"], list) else [body["Statement"]]
    denies = [one for one in listed if one["Effect"] == Effect.DENY.value]
    for statement in (one for one in listed if one not in denies):
        document = parse_document_value({**body, "Statement": [statement, *denies]}, name=_FIELD)
        if not isinstance(_added(document, scope, standard, limits), Contained):
            yield statement


def _added(document: Document, scope: Scope, standard: Standard, limits: Grant = UNLIMITED) -> Verdict:
    """Return whether a document is inside what a role may be already."""
    if scope is not Scope.TRUST:
        return decide(Grant((document, *limits.policies), limits.boundaries), standard.permissions)
    try:
        return decide(trust_grant(document), standard.trust)
    except DocumentError as error:
        return Undecided(str(error))


def _lets_in_others(document: Document, account: str) -> bool:
    named = [one for statement in document.statements for one in named_in(statement) if one.form is not Form.SERVICE]
    return any(one.form not in _OWN_FORMS or one.account != account for one in named)
