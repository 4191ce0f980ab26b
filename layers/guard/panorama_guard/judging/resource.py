"""Compares one resource as it is with what its profile lets it be."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from panorama_guard.case import bucket, function, log_group, secret
from panorama_guard.case.finding import Finding, Judgement, Kind, Severity
from panorama_guard.case.resource import Part, ResourceSnapshot
from panorama_guard.case.severities import When, grade
from panorama_guard.case.snapshot import Subject
from panorama_guard.containment import Contained, Escaped, Grant, Undecided, Verdict
from panorama_guard.containment.own_account import own_account_ceiling
from panorama_guard.containment.principals import Form, read_principals
from panorama_guard.containment.resource import translated
from panorama_guard.judging import buckets, functions, log_groups, named_secrets
from panorama_guard.judging.decide import decide
from panorama_guard.judging.own_account import no_others
from panorama_guard.judging.part_rule import Direction, PartRule, opened_by, read_part
from panorama_guard.policy import Document, DocumentError, Effect, parse_document_value
from panorama_guard.policy.document import CURRENT, Statement
from panorama_guard.profile import ResourceProfile


@dataclass(frozen=True, slots=True)
class Loss:
    """How it is told that a resource is gone: after which call, by what part, and what is judged in its place."""

    event: str
    part: str
    arn: Callable[[str, str, str, str], str]
    remains: Callable[[Subject], ResourceSnapshot]


@dataclass(frozen=True, slots=True)
class ResourceRules:
    """How the resources of one type are judged: part by part by the engine, the rest by comparing.

    `own_principals` and `own_targets` are further names of what the account owns, which only the resource tells.
    `safeguards` are the parts to put back where they are missing, as texts. `loss` is None where a resource may go.
    """

    rule_of: Callable[[str], PartRule | None]
    compare: Callable[[ResourceSnapshot, ResourceProfile], Iterator[Finding]]
    own_principals: Callable[[ResourceSnapshot], tuple[str, ...]]
    own_targets: Callable[[ResourceSnapshot], tuple[str, ...]]
    safeguards: Mapping[str, str]
    loss: Loss | None = None


# A service is added by its rules here, its readers and writers in `aws`, its calls in `case.routes`, and its profile.
RULES: Mapping[str, ResourceRules] = {
    bucket.TYPE: ResourceRules(
        buckets.rule_of,
        buckets.compare,
        buckets.own_principals,
        buckets.own_targets,
        {bucket.BLOCK: buckets.WHOLE_BLOCK},
    ),
    function.TYPE: ResourceRules(
        functions.rule_of, functions.compare, functions.own_principals, functions.own_targets, {}
    ),
    function.RUNNER: ResourceRules(
        functions.rule_of, functions.compare_runner, functions.own_principals, functions.own_targets, {}
    ),
    log_group.TYPE: ResourceRules(
        log_groups.rule_of,
        log_groups.compare,
        no_others,
        log_groups.own_targets,
        {},
        Loss("DeleteLogGroup", log_group.EXISTENCE, log_group.arn_of, log_group.remains),
    ),
    secret.TYPE: ResourceRules(named_secrets.rule_of, named_secrets.compare, no_others, named_secrets.own_targets, {}),
}


@dataclass(frozen=True, slots=True)
class ResourceStandard:
    """What a resource is judged by: its profile, and the documents of the waivers that are in force for it."""

    profile: ResourceProfile
    waived: tuple[Document, ...] = ()

    def ceiling(self, direction: Direction, snapshot: ResourceSnapshot) -> Grant:
        """Return who may reach the resource at most, or where it may send at most what it holds."""
        return self._ceiling(direction, snapshot, sent_by_services=False)

    def inside(self, direction: Direction, snapshot: ResourceSnapshot) -> Grant:
        """Return the same of no more callers than there are: whom a change may not shut out."""
        return self._ceiling(direction, snapshot, sent_by_services=True)

    def _ceiling(self, direction: Direction, snapshot: ResourceSnapshot, *, sent_by_services: bool) -> Grant:
        rules, profile = RULES[snapshot.type], self.profile
        if direction is Direction.FLOW:
            own = _targets(rules.own_targets(snapshot))
            return Grant((own, *self._waived(is_about_principals=False)))
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


def judge_resource(snapshot: ResourceSnapshot, standard: ResourceStandard) -> Judgement:
    """Return every finding on a resource; the same function judges before a plan, on paper, and after it."""
    unread = (_undecided(part.name, part.text) for part in snapshot.unread)
    opened = (finding for part in snapshot.parts for finding in _judge_part(part, snapshot, standard))
    return Judgement((*unread, *opened, *_compared(snapshot, standard.profile)))


def _judge_part(part: Part, snapshot: ResourceSnapshot, standard: ResourceStandard) -> Iterator[Finding]:
    rule = RULES[snapshot.type].rule_of(part.name)
    if rule is None:
        return
    match decide_part(part, rule, snapshot, standard):
        case Undecided(reason):
            yield _undecided(part.name, reason)
        case Escaped() as escaped:
            yield Finding(rule.kind, _grade(part, rule, snapshot, standard), part.name, escaped)
        case Contained():
            pass


def decide_part(part: Part, rule: PartRule, snapshot: ResourceSnapshot, standard: ResourceStandard) -> Verdict:
    """Return whether what a part opens is inside the ceiling."""
    try:
        grant = opened_by(read_part(part, rule, snapshot), rule, snapshot)
    except (DocumentError, ValueError) as error:
        return Undecided(str(error))
    return decide(grant, standard.ceiling(rule.direction, snapshot))


def _compared(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    try:
        yield from RULES[snapshot.type].compare(snapshot, profile)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        yield _undecided("settings", f"not understood: {error}")


def escaping_statements(
    part: Part, rule: PartRule, snapshot: ResourceSnapshot, standard: ResourceStandard
) -> tuple[Statement, ...]:
    """Return the Allows of a part that reach outside the ceiling by themselves."""
    document, ceiling = read_part(part, rule, snapshot), standard.ceiling(rule.direction, snapshot)
    allows = (one for one in document.statements if one.effect is Effect.ALLOW)
    alone = ((one, opened_by(replace_statements(document, (one,)), rule, snapshot)) for one in allows)
    return tuple(one for one, grant in alone if not isinstance(decide(grant, ceiling), Contained))


def _grade(part: Part, rule: PartRule, snapshot: ResourceSnapshot, standard: ResourceStandard) -> Severity:
    """Return CRITICAL where everybody is let in, else HIGH; MEDIUM for what is only told."""
    if rule.kind is Kind.WEAKNESS:
        return grade(Kind.WEAKNESS, When.OPENING)
    escaping = escaping_statements(part, rule, snapshot, standard)
    return grade(Kind.RESOURCE_ESCAPE, When.EVERYBODY if any(map(_names_everybody, escaping)) else When.SOMEBODY)


def _names_everybody(statement: Statement) -> bool:
    named = statement.principals
    if named is None:
        return False
    return named.negated or any(one.form is Form.EVERYBODY for one in read_principals(named, "Principal"))


def _targets(globs: tuple[str, ...]) -> Document:
    statement = {"Effect": "Allow", "Action": "*", "Resource": list(globs)}
    return parse_document_value({"Version": CURRENT, "Statement": [statement]}, name="what the account owns")


def _undecided(source: str, reason: str) -> Finding:
    return Finding(Kind.UNDECIDED, grade(Kind.UNDECIDED), source, Undecided(reason))
