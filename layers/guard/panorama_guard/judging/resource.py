"""Compares one resource as it is with what its profile lets it be."""

from collections.abc import Callable, Iterator
from functools import partial

from panorama_guard.case.finding import Finding, Judgement, Kind, Severity
from panorama_guard.case.resource import Part, ResourceSnapshot
from panorama_guard.case.severities import When, grade
from panorama_guard.containment import Contained, Escaped, Grant, Undecided, Verdict
from panorama_guard.containment.own_account import own_account_ceiling
from panorama_guard.containment.principals import Form, read_principals
from panorama_guard.containment.resource import translated
from panorama_guard.judging import leftovers
from panorama_guard.judging.decide import TOO_MUCH, Work, decide, easy_of
from panorama_guard.judging.doubting import doubt_about, doubt_of
from panorama_guard.judging.part_rule import Direction, PartRule, opened_by, read_part
from panorama_guard.judging.resource_rules import RULES
from panorama_guard.policy import Document, DocumentError, Effect, parse_document_value
from panorama_guard.policy.document import CURRENT, Statement
from panorama_guard.policy.record import record
from panorama_guard.profile import ResourceProfile
from panorama_guard.profile.posture import Posture

Ask = Callable[[Grant, Grant], Verdict]
Question = tuple[Grant, Grant]


@record
class ResourceStandard:
    """What a resource is judged by: its profile, the documents of the waivers in force for it, and the posture."""

    profile: ResourceProfile
    waived: tuple[Document, ...] = ()
    posture: Posture = Posture.ACTIVE

    def ceiling(self, direction: Direction, snapshot: ResourceSnapshot) -> Grant:
        """Return who may reach the resource at most, or where it may send at most what it holds."""
        return self._ceiling(direction, snapshot, sent_by_services=False)

    def inside(self, direction: Direction, snapshot: ResourceSnapshot) -> Grant:
        """Return the same of no more callers than there are: whom a change may not shut out."""
        return self._ceiling(direction, snapshot, sent_by_services=True)

    def _ceiling(self, direction: Direction, snapshot: ResourceSnapshot, *, sent_by_services: bool) -> Grant:
        rules, profile = RULES[snapshot.type], self.profile
        if direction is Direction.FLOW:
            globs = rules.own_targets(snapshot)
            own = (*profile.ceiling, *([_targets(globs)] if globs else []))
            return Grant((*own, *self._waived(is_about_principals=False)))
        inside = own_account_ceiling(
            snapshot.subject.account,
            principals=(*profile.principals, *rules.own_principals(snapshot)),
            services=profile.services,
            sources=profile.sources,
            organisation=profile.organisation,
            sent_by_services=sent_by_services,
        )
        return Grant((*inside.policies, *map(translated, self._waived(is_about_principals=True))))

    def _waived(self, *, is_about_principals: bool) -> Iterator[Document]:
        for document in self.waived:
            own = (one for one in document.statements if (one.principals is not None) is is_about_principals)
            yield replace_statements(document, tuple(own))


def replace_statements(document: Document, statements: tuple[Statement, ...]) -> Document:
    """Return a document with other statements."""
    return Document(document.name, document.version, statements)


def judge_resource(snapshot: ResourceSnapshot, standard: ResourceStandard, *, is_graded: bool = True) -> Judgement:
    """Return every finding on a resource; the same function judges before a plan, on paper, and after it.

    On paper nothing is spent on how severe a finding is: what is not graded is told as the worst that it may be.
    """
    unread = (doubt_of(part.name, part.text) for part in snapshot.unread)
    opened = _judge_parts(snapshot, standard, told=Work() if is_graded else Work(0))
    left = _left_over(snapshot, standard.profile) if standard.posture is Posture.RETIRED else ()
    return Judgement((*unread, *opened, *_compared(snapshot, standard.profile), *left))


def _left_over(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    yield from RULES[snapshot.type].retired(snapshot, profile)
    yield from leftovers.left_over(snapshot)


def _judge_parts(snapshot: ResourceSnapshot, standard: ResourceStandard, told: Work) -> Iterator[Finding]:
    """Yield what is found of the parts that the engine judges: the easy ones first, so that no hard one hides another.

    Whoever writes the parts chooses how many of them are hard: together they may cost what one subject may.
    """
    rules = ((part, RULES[snapshot.type].rule_of(part.name)) for part in snapshot.parts)
    judged = [(part, rule) for part, rule in rules if rule is not None]
    work = Work()
    easily = partial(work.decide_at_once, at_most=easy_of(len(judged)))
    verdicts = [decide_part(*one, snapshot, standard, easily) for one in judged]
    for place, verdict in enumerate(verdicts):
        if verdict == TOO_MUCH:
            verdicts[place] = decide_part(*judged[place], snapshot, standard, work.decide)
    for (part, rule), verdict in zip(judged, verdicts, strict=True):
        match verdict:
            case Undecided(reason):
                yield _in_doubt(part.name, reason, _asked(part, rule, snapshot, standard), told)
            case Escaped():
                yield Finding(rule.kind, _grade(part, rule, snapshot, standard, told), part.name, verdict)
            case Contained():
                pass


def _in_doubt(name: str, reason: str, asked: Question | None, work: Work) -> Finding:
    return doubt_of(name, reason) if asked is None else doubt_about(name, *asked, reason, work)


def _asked(part: Part, rule: PartRule, snapshot: ResourceSnapshot, standard: ResourceStandard) -> Question | None:
    """Return what a part opens, and the ceiling; None where the part is not understood."""
    try:
        grant = opened_by(read_part(part, rule, snapshot), rule, snapshot)
    except (DocumentError, ValueError):
        return None
    return grant, standard.ceiling(rule.direction, snapshot)


def decide_part(
    part: Part, rule: PartRule, snapshot: ResourceSnapshot, standard: ResourceStandard, ask: Ask = decide
) -> Verdict:
    """Return whether what a part opens is inside the ceiling."""
    try:
        grant = opened_by(read_part(part, rule, snapshot), rule, snapshot)
    except (DocumentError, ValueError) as error:
        return Undecided(str(error))
    ceiling = standard.ceiling(rule.direction, snapshot)
    for likely in rule.likely(snapshot) if rule.likely else ():
        verdict = ask(Grant(grant.policies, (*grant.boundaries, (likely,))), ceiling)
        if isinstance(verdict, Escaped):
            return verdict
    return ask(grant, ceiling)


def _compared(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    try:
        yield from RULES[snapshot.type].compare(snapshot, profile)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        yield doubt_of("settings", f"not understood: {error}")


def escaping_statements(
    part: Part, rule: PartRule, snapshot: ResourceSnapshot, standard: ResourceStandard, work: Work
) -> tuple[Statement, ...]:
    """Return the Allows of a part that reach outside the ceiling, or that would be too much to judge.

    Each by itself, and less the part's Denies: of what these withhold nobody is told, and it is waived with nothing.
    """
    document, ceiling = read_part(part, rule, snapshot), standard.ceiling(rule.direction, snapshot)
    allows = (one for one in document.statements if one.effect is Effect.ALLOW)
    denies = tuple(one for one in document.statements if one.effect is Effect.DENY)
    alone = ((one, opened_by(replace_statements(document, (one, *denies)), rule, snapshot)) for one in allows)
    return tuple(one for one, grant in alone if not isinstance(work.decide(grant, ceiling), Contained))


def _grade(part: Part, rule: PartRule, snapshot: ResourceSnapshot, standard: ResourceStandard, work: Work) -> Severity:
    """Return CRITICAL where everybody is let in, else HIGH; MEDIUM for what is only told."""
    if rule.kind is Kind.WEAKNESS:
        return grade(Kind.WEAKNESS, When.OPENING)
    escaping = escaping_statements(part, rule, snapshot, standard, work)
    return grade(Kind.RESOURCE_ESCAPE, When.EVERYBODY if any(map(_names_everybody, escaping)) else When.SOMEBODY)


def _names_everybody(statement: Statement) -> bool:
    named = statement.principals
    if named is None:
        return False
    return named.negated or any(one.form is Form.EVERYBODY for one in read_principals(named, "Principal"))


def _targets(globs: tuple[str, ...]) -> Document:
    statement = {"Effect": "Allow", "Action": "*", "Resource": list(globs)}
    return parse_document_value({"Version": CURRENT, "Statement": [statement]}, name="what the account owns")
