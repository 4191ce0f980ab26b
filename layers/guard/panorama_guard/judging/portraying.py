"""Portrays a role: how far its permission reaches in each service, whom its trust lets in, what decided.

Each share is a question to the engine about all requests of a service, not a count of what a policy lists: `s3:*` on
`*` is granted inside the baseline, beyond it and outside the ceiling at once.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from panorama_guard.case.portrait import EVERY_OTHER, Portrait, Presence, Quote, ServiceReach, Share
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.containment import Contained, Escaped, Grant, StatementRef, Undecided, Verdict
from panorama_guard.judging.decide import decide
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.judging.reviewing import Found, Unread
from panorama_guard.judging.standard import standard_of
from panorama_guard.judging.trust import TRUST
from panorama_guard.judging.trusted import trust_edges
from panorama_guard.policy import Document
from panorama_guard.policy.document import parse_document_value
from panorama_guard.policy.record import record
from panorama_guard.profile import RoleProfile
from panorama_guard.profile.posture import Posture

MOST_SERVICES = 24  # of one role that have a reach of their own; the others are in that of every other service
_LONGEST_LINE = 120  # characters of a statement that stands on one line
_NOTHING = Grant(())
_NONE = Share(Presence.NONE)
_NOT_READ = "a policy or boundary of the role is not known, or not understood"


@record
class _Zones:
    """What a grant is measured by."""

    baseline: Grant
    ceiling: Grant


def portray(
    snapshot: RoleSnapshot, role: RoleProfile, posture: Posture, unread: Unread, found: Iterable[Found]
) -> Portrait:
    """Return what a role is as it was read, with the statements that decided what was found on it."""
    standard, reading = standard_of(role, posture), read_permissions(snapshot)
    zones = _Zones(_NOTHING if posture is Posture.RETIRED else role.baseline, standard.permissions)
    hedge = _Hedge(bool(unread.boundary), bool(unread.policies or reading.doubts))
    return Portrait(
        arn=snapshot.subject.arn,
        services=tuple(_hedged(reach, hedge) for reach in _reaches(reading.grant, zones)),
        trust=trust_edges(snapshot.trust, standard.trust),
        policies=tuple(_policies(snapshot)),
        boundary=tuple(f"{policy.arn} ({policy.version_id})" for policy in snapshot.boundary) + unread.boundary,
        unread=unread.policies + unread.boundary,
        quotes=tuple(_quotes(snapshot, found)),
    )


def _reaches(grant: Grant, zones: _Zones) -> Iterator[ServiceReach]:
    """Yield a reach for each service that the grant or its ceiling names, then one for all others together."""
    is_inside = isinstance(decide(grant, zones.ceiling), Contained)
    is_baseline = is_inside and isinstance(decide(grant, zones.baseline), Contained)
    for service, limit in _limits(_named(grant, zones.ceiling)):
        part = _within(grant, (limit,))
        yield ServiceReach(
            service,
            baseline=_share(decide(_within(part, zones.baseline.policies), _NOTHING)),
            beyond=_NONE if is_baseline else _share(decide(_within(part, zones.ceiling.policies), zones.baseline)),
            outside=_NONE if is_inside else _share(decide(part, zones.ceiling)),
            may=not isinstance(decide(_within(zones.ceiling, (limit,)), _NOTHING), Contained),
        )


def _within(grant: Grant, documents: tuple[Document, ...]) -> Grant:
    """Return the part of a grant that these documents allow too."""
    return Grant(grant.policies, (*grant.boundaries, documents))


def _share(verdict: Verdict) -> Share:
    match verdict:
        case Contained():
            return _NONE
        case Escaped(witness):
            return Share(Presence.SOME, f"{witness.action} on {witness.resource}")
        case Undecided(reason):
            return Share(Presence.UNKNOWN, reason)


@record
class _Hedge:
    """What is not known of a role: a limit, under which less may be granted, or a policy, by which more may be."""

    limit: bool
    policy: bool


def _hedged(reach: ServiceReach, hedge: _Hedge) -> ServiceReach:
    """Return the reach with nothing said that what is not known could undo."""
    baseline, beyond, outside = (_hedged_share(one, hedge) for one in (reach.baseline, reach.beyond, reach.outside))
    return ServiceReach(reach.service, baseline, beyond, outside, reach.may)


def _hedged_share(share: Share, hedge: _Hedge) -> Share:
    doubtful = {Presence.SOME: hedge.limit, Presence.NONE: hedge.policy}
    return Share(Presence.UNKNOWN, _NOT_READ) if doubtful.get(share.presence, False) else share


def _named(grant: Grant, ceiling: Grant) -> tuple[str, ...]:
    """Return the services that get a reach of their own: the ceiling's, and the first of those that the grant names."""
    expected = _services(ceiling)
    others = [service for service in _services(grant) if service not in expected]
    return (*expected, *others[: max(0, MOST_SERVICES - len(expected))])


def _services(grant: Grant) -> tuple[str, ...]:
    """Return the services that the actions of a grant name without a wildcard."""
    globs = (glob for policy in grant.policies for one in policy.statements for glob in one.actions.globs)
    names = {glob.partition(":")[0].lower() for glob in globs if ":" in glob}
    return tuple(sorted(name for name in names if name and not set("*?") & set(name)))


def _limits(services: tuple[str, ...]) -> Iterator[tuple[str, Document]]:
    for service in services:
        yield service, _limit({"Action": f"{service}:*"})
    yield EVERY_OTHER, _limit({"NotAction": [f"{service}:*" for service in services]} if services else {"Action": "*"})


def _limit(actions: Mapping[str, object]) -> Document:
    statement = {"Effect": "Allow", **actions, "Resource": "*"}
    return parse_document_value({"Version": "2012-10-17", "Statement": statement}, name="limit")


def _policies(snapshot: RoleSnapshot) -> Iterator[str]:
    yield from (f"inline {policy.name}" for policy in snapshot.inline)
    yield from (f"{policy.arn} ({policy.version_id})" for policy in snapshot.attached)


def _quotes(snapshot: RoleSnapshot, found: Iterable[Found]) -> Iterator[Quote]:
    """Yield each statement by which something escapes, once."""
    verdicts = (finding.verdict for finding, _ in found)
    statements = dict.fromkeys(verdict.statement for verdict in verdicts if isinstance(verdict, Escaped))
    texts = {policy.name: policy.text for policy in snapshot.inline}
    texts |= {policy.arn: policy.text for policy in snapshot.attached} | {TRUST: snapshot.trust}
    for statement in statements:
        if statement.policy in texts:
            yield Quote(statement, _statement_text(texts[statement.policy], statement))


def _statement_text(document: str, statement: StatementRef) -> str:
    """Return one statement of a document, which was read before, as JSON: of a long one each part on its line."""
    listed = json.loads(document)["Statement"]
    found = (listed if isinstance(listed, list) else [listed])[statement.index]
    return json.dumps(found) if len(json.dumps(found)) <= _LONGEST_LINE else json.dumps(found, indent=2)
