"""Judges a resource as a file would have it, whoever owns it and whatever the holes are, by the guard's own judge.

A file does not say in whose account it will be deployed: an account that it names by its number may be the owner's own.
So a resource is judged once for each account that it names as the owner, and once for another one; with every hole at
its best, which shows what no value takes back, and at its worst, which proves that nothing opens.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from panorama_guard.case import bucket, function, grantor, iot, model_work
from panorama_guard.case.finding import NO_REACH, Finding, Kind, Severity
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import Part, ResourceSnapshot, in_order, resource_key
from panorama_guard.case.snapshot import Subject
from panorama_guard.containment import Escaped
from panorama_guard.containment.caller import Kind as Caller
from panorama_guard.containment.caller import caller_of
from panorama_guard.drafts.filling import Way, with_examples
from panorama_guard.drafts.judging import DraftFinding
from panorama_guard.drafts.naming import shown
from panorama_guard.drafts.node import Node, holes_of, parts_of
from panorama_guard.drafts.owning import FilledPart, arn_of, fill_part, numbers_in, owner_in, stranger_to
from panorama_guard.drafts.resources import DraftResource
from panorama_guard.judging.doubting import doubt_of
from panorama_guard.judging.subject import judge, reach_of, standard_for
from panorama_guard.profile import GuardedResource, Profile
from panorama_guard.profile.posture import Posture

_FILLERS = ("0", "0-0")  # in the place of what is not known of a name: what matches with both, matches by what is known
# What is told of as one of these is so only where it is none of the others, whose names are guarded.
_OTHER = {
    grantor.TYPE: bucket.TYPE,
    function.RUNNER: function.TYPE,
    iot.USER: iot.ALIAS,
    model_work.USER: model_work.WORK,
}
_MOST = 4  # accounts that are tried as the owner, and reasons that are told
_ROLE_OF = "role of "  # before a part's name: what acts there
_SETTINGS = "settings"  # what a judge calls what it does not understand


@dataclass(frozen=True, slots=True)
class _Case:
    """A guarded resource, by its name and by what guards it."""

    draft: DraftResource
    name: str
    guarded: GuardedResource
    posture: Posture


def guarded_name(kind: str, name: Node, profile: Profile) -> tuple[str, GuardedResource | None]:
    """Return a resource's name, as far as it is known, and what guards one of this name whatever is not known of it."""
    parts = parts_of(with_examples(name))
    filled = ["".join(part if isinstance(part, str) else filler for part in parts) for filler in _FILLERS]
    found = [profile.guarded(resource_key(kind, one)) for one in filled]
    known = [one for one in found if isinstance(one, GuardedResource)]
    is_other = kind in _OTHER and any(profile.guarded(resource_key(_OTHER[kind], _named(one))) for one in filled)
    return shown(name), known[0] if len(known) == len(found) and not is_other else None


def may_be_guarded(kind: str, name: Node, profile: Profile) -> bool:
    """Say whether a resource of this name, by what is known of its beginning, may be a guarded one."""
    first = parts_of(with_examples(name))[0]
    known = first if isinstance(first, str) else ""
    return any(known.startswith(one) or one.startswith(known) for one in profile.beginnings(kind))


def _named(name: str) -> str:
    """Return the name of an alias, which as a user of a role has its kind before it; any other name as it is."""
    return name.removeprefix(f"{iot.ROLE_ALIAS}/")


def judge_resource_draft(
    draft: DraftResource, profile: Profile, posture: Posture, owner: str = ""
) -> tuple[DraftFinding, ...]:
    """Return what is found on a guarded resource; what hangs on a value, or on an owner not known, is a doubt."""
    name, guarded = guarded_name(draft.type, draft.name, profile)
    if guarded is None:
        return ()
    case = _Case(draft, name, guarded, posture)
    named = numbers_in(draft)
    owners = ((owner,) if owner else owner_in(draft)) or (stranger_to(*named), *named[:_MOST])
    sure = {owner: _by_source(case, owner, Way.SUREST) for owner in owners}
    widest = {owner: _by_source(case, owner, Way.WIDEST) for owner in owners}
    sources = dict.fromkeys(source for found in (*sure.values(), *widest.values()) for source in found)
    few = len(named) <= _MOST or len(owners) == 1
    shown = [any(_is_escape(one.finding) for one in found.values()) for found in sure.values()]
    escaping = sure[owners[0]] if few and all(shown) else {}  # whoever the owner is, something does
    return tuple(_told(draft, source, sure, widest, escaping) for source in sources)


_OfSources = dict[str, DraftFinding]
_Found = dict[str, _OfSources]  # by the owner


def _told(draft: DraftResource, source: str, sure: _Found, widest: _Found, escaping: _OfSources) -> DraftFinding:
    """Return what is told of one source: an escape that holds in any case, a doubt, or a weak setting."""
    if source in escaping and _is_escape(escaping[source].finding):
        return escaping[source]
    worst = [found[source] for found in (*widest.values(), *sure.values()) if source in found]
    serious = [one for one in worst if one.finding.kind is not Kind.WEAKNESS]
    without = [owner for owner in list(sure)[1:] if source not in sure[owner] or source not in widest[owner]]
    reasons = list(dict.fromkeys(_reasons(draft, source, without)))[:_MOST]
    found = (serious or worst)[0]
    if not reasons:
        return found
    reason = f"it hangs on {', '.join(reasons)}"
    if serious:
        return DraftFinding(doubt_of(source, reason), NO_REACH, found.line)
    is_open = any(source not in one for one in sure.values())
    return replace(found, notes=(reason,)) if is_open else found


def _reasons(draft: DraftResource, source: str, owners: list[str]) -> Iterator[str]:
    """Yield on what it hangs whether there is something to tell of a source."""
    for part in draft.parts:
        if source.removeprefix(_ROLE_OF) in (part.name, part.about):
            if not part.is_sure:
                yield part.why or "whether it is there"
            yield from (hole.reason for hole in holes_of(part.value) if not hole.examples)
            yield from (fact.why for fact in draft.facts if fact.why and fact.best != fact.worst)
    yield from (f"whether account {owner} is its own" for owner in owners)


def _by_source(case: _Case, owner: str, way: Way) -> dict[str, DraftFinding]:
    """Return the worst of what is found on each source, in the account of this owner."""
    found: dict[str, DraftFinding] = {}
    for one in _findings(case, owner, way):
        source = one.finding.source
        if source not in found or (_is_escape(one.finding) and not _is_escape(found[source].finding)):
            found[source] = one
    return found


def _findings(case: _Case, owner: str, way: Way) -> Iterator[DraftFinding]:
    snapshot, filled = _snapshot(case, owner, way)
    standard = standard_for(case.guarded, case.posture)
    for finding in judge(snapshot, standard, Memory("")).findings:
        part = filled.get(finding.source.removeprefix(_ROLE_OF))
        if part is None and finding.source != _SETTINGS:
            continue  # of what the file does not say nothing is known
        line = part.line_of(finding) if part else case.draft.line
        yield DraftFinding(_before_merging(finding), reach_of(finding, snapshot, standard), line or case.draft.line)


def _snapshot(case: _Case, owner: str, way: Way) -> tuple[ResourceSnapshot, dict[str, FilledPart]]:
    """Return the resource as the guard's own reader would see it, and the parts of which something is told."""
    draft = case.draft
    parts = [part for part in draft.parts if part.is_sure or way is Way.WIDEST]
    filled = {part.name: fill_part(part, owner, way) for part in parts}
    told = {part.name: filled[part.name] for part in parts if not part.about}
    facts = (Part(fact.name, fact.worst if way is Way.WIDEST else fact.best) for fact in draft.facts)
    arn = arn_of(draft.type, case.name, owner)
    return ResourceSnapshot(
        Subject(owner, arn, resource_key(draft.type, case.name), arn),
        draft.type,
        in_order(tuple(Part(name, one.text) for name, one in filled.items() if one.text)),
        facts=in_order(tuple(fact for fact in facts if fact.text)),
    ), told


def _is_escape(finding: Finding) -> bool:
    return finding.kind in (Kind.RESOURCE_ESCAPE, Kind.SAFEGUARD_LOST)


def _before_merging(finding: Finding) -> Finding:
    """Return a weak setting as an escape if a request shows it, or it gives a guarded role away.

    In an account it stands already, and only its owner knows what rests on it. Here nothing does yet. That a service
    is let in whoever it acts for stays weak: of log groups AWS's own examples do that.
    """
    is_grave = _is_shown(finding.verdict) or finding.severity in (Severity.HIGH, Severity.CRITICAL)
    if finding.kind is Kind.WEAKNESS and is_grave:
        return Finding(Kind.RESOURCE_ESCAPE, finding.severity, finding.source, finding.verdict)
    return finding


def _is_shown(verdict: object) -> bool:
    if not isinstance(verdict, Escaped):
        return False
    caller = caller_of(verdict.witness)
    return caller is None or caller.kind is not Caller.SERVICE
