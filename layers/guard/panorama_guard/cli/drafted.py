"""Judges what one file would make: each role in each world, told once, with the worlds in which it holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from panorama_guard.case import grantor
from panorama_guard.case.finding import NO_REACH, Finding, Kind, Severity
from panorama_guard.containment import Escaped
from panorama_guard.drafts.filling import with_examples
from panorama_guard.drafts.judging import DraftFinding, Known, judge_draft
from panorama_guard.drafts.judging_resources import guarded_name, judge_resource_draft, may_be_guarded
from panorama_guard.drafts.likening import likeness_of_outline, outline_of
from panorama_guard.drafts.node import holes_of
from panorama_guard.drafts.owning import arn_of
from panorama_guard.drafts.resources import DraftResource
from panorama_guard.drafts.roles import Doubt, Draft, Drafted
from panorama_guard.drafts.worlds import ACCOUNT
from panorama_guard.judging.doubting import doubt_of
from panorama_guard.judging.likeness import Likeness
from panorama_guard.judging.standard import standard_of
from panorama_guard.profile import Profile
from panorama_guard.profile.posture import Posture
from panorama_guard.reporting.page_words import type_words
from panorama_guard.reporting.review import Place, PlacedFinding, ReviewedResource, ReviewedRole

_MADE_UP = " gives to "  # CloudFormation, or Terraform
Key = tuple[Kind, str, object]


@dataclass(frozen=True, slots=True)
class Bench:
    """What drafts are judged by."""

    profile: Profile
    posture: Posture
    known: Known
    owner: str = ""  # the account that the files are for, if that is known


def review_file(file: str, worlds: Sequence[Drafted], bench: Bench) -> Iterator[ReviewedRole]:
    """Yield each guarded role of a file with its findings, then what concerns no role that is known."""
    drafts: dict[str, list[tuple[Draft, str]]] = {}
    likenesses: dict[str, Likeness] = {}
    likened = cache(partial(likeness_of_outline, profile=bench.profile))  # a role is mostly the same in every world
    for world in worlds:
        for draft in world.roles:
            if likeness := likened(outline_of(draft)):
                likenesses.setdefault(draft.name.lower(), likeness)
                drafts.setdefault(draft.name.lower(), []).append((draft, world.world))
    for name, found in drafts.items():
        yield _role(file, found, likenesses[name], len(worlds), bench)
    doubts = dict.fromkeys(doubt for world in worlds for doubt in (*world.doubts, *_unnamed(world, bench)))
    yield from (_doubtful(file, doubt) for doubt in doubts)


def _unnamed(world: Drafted, bench: Bench) -> Iterator[Doubt]:
    """Yield a doubt for each policy of a role that is not known, if with it a guarded role might escape."""
    for draft in world.unnamed:
        roles = (*bench.profile.roles, *bench.profile.watched)
        escaping = (role.name for role in roles if judge_draft(draft, standard_of(role, bench.posture), bench.known))
        if name := next(escaping, ""):
            reason = f"its role is not known; if that is {name}, say, permission may leave the naming pattern"
            yield Doubt(draft.name, reason, draft.line)


def review_resources(file: str, worlds: Sequence[Drafted], bench: Bench) -> Iterator[ReviewedResource]:
    """Yield each guarded resource that a file makes, changes or gives a guarded role to, with its findings."""
    drafts: dict[tuple[str, str], list[tuple[DraftResource, str]]] = {}
    owner = bench.owner or next((world.owner for world in worlds if world.owner), "")
    for world in worlds:
        for draft in world.resources:
            name, guarded = guarded_name(draft.type, draft.name, bench.profile)
            if guarded is not None:
                drafts.setdefault((draft.type, name), []).append((draft, world.world))
    for (kind, name), several in drafts.items():
        found: dict[Key, list[tuple[DraftFinding, str]]] = {}
        judge = cache(partial(judge_resource_draft, profile=bench.profile, posture=bench.posture, owner=owner))
        for draft, words in several:
            for finding in judge(draft):
                found.setdefault(_key(finding.finding), []).append((finding, words))
        placed = tuple(sorted((_placed(file, told, len(worlds)) for told in _told(found)), key=_by_severity))
        yield ReviewedResource(
            kind, name, arn_of(kind, name, owner or ACCOUNT), placed, (Place(file, several[0][0].line),)
        )


def notes_of(worlds: Sequence[Drafted], bench: Bench) -> Iterator[str]:
    """Yield what of a file was supposed or not judged; a resource that is made up a name is none of Panorama's."""
    for world in worlds:
        yield from world.notes
        for draft in world.resources:
            _, guarded = guarded_name(draft.type, draft.name, bench.profile)
            unknown = [hole.reason for hole in holes_of(with_examples(draft.name)) if _MADE_UP not in hole.reason]
            if unknown and guarded is None and draft.given and _may_be(draft, bench):
                yield f"not judged: {type_words(draft.type)} (line {draft.line}) whose name is not known: {unknown[0]}"


def _may_be(draft: DraftResource, bench: Bench) -> bool:
    return draft.type != grantor.TYPE and may_be_guarded(draft.type, draft.name, bench.profile)


def _role(
    file: str, drafts: Sequence[tuple[Draft, str]], likeness: Likeness, worlds: int, bench: Bench
) -> ReviewedRole:
    draft = drafts[0][0]
    standard = standard_of(likeness.role, bench.posture)
    found: dict[Key, list[tuple[DraftFinding, str]]] = {}
    judged = {one: judge_draft(one, standard, bench.known) for one in dict.fromkeys(one for one, _ in drafts)}
    for one, world in drafts:
        for finding in judged[one]:
            found.setdefault(_key(finding.finding), []).append((finding, world))
    return ReviewedRole(
        draft.name,
        draft.arn,
        likeness.judged_as,
        likeness.words if draft.path else "",
        tuple(sorted((_placed(file, several, worlds) for several in _told(found)), key=_by_severity)),
        (Place(file, draft.line),),
    )


def _by_severity(placed: PlacedFinding) -> int:
    """Return the place of a finding among others: the worst first, as they stand in the file otherwise."""
    return -list(Severity).index(placed.finding.severity)


def _key(finding: Finding) -> Key:
    verdict = finding.verdict
    return finding.kind, finding.source, verdict.statement if isinstance(verdict, Escaped) else verdict


def _told(found: Mapping[Key, list[tuple[DraftFinding, str]]]) -> Iterator[list[tuple[DraftFinding, str]]]:
    """Yield what is to be told: not the doubt about a policy that escapes in another world."""
    escaping = {source for kind, source, _ in found if kind is not Kind.UNDECIDED}
    yield from (
        several for (kind, source, _), several in found.items() if kind is not Kind.UNDECIDED or source not in escaping
    )


def _placed(file: str, several: Sequence[tuple[DraftFinding, str]], worlds: int) -> PlacedFinding:
    finding, world = several[0]
    notes = (f"where {world}",) if world and len(several) < worlds else ()
    return PlacedFinding(finding.finding, finding.reach, (Place(file, finding.line),), notes=(*notes, *finding.notes))


def _doubtful(file: str, doubt: Doubt) -> ReviewedRole:
    place = (Place(file, doubt.line),)
    placed = PlacedFinding(doubt_of(doubt.about, doubt.reason), NO_REACH, place)
    return ReviewedRole(doubt.about, "", "", "", (placed,), place)
