"""Compares one resource as it is with what its profile lets it be."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from panorama_guard.case import (
    bucket,
    dashboard,
    function,
    grantor,
    greengrass,
    iot,
    log_group,
    model_work,
    role_use,
    secret,
)
from panorama_guard.case.finding import Finding, Judgement, Kind, Severity
from panorama_guard.case.resource import Part, ResourceSnapshot
from panorama_guard.containment import Contained, Escaped, Grant, Undecided, Verdict
from panorama_guard.containment.own_account import own_account_ceiling
from panorama_guard.containment.principals import Form, read_principals
from panorama_guard.containment.resource import translated
from panorama_guard.judging import (
    buckets,
    dashboards,
    devices,
    functions,
    grantors,
    groups,
    leftovers,
    log_groups,
    named_secrets,
    role_uses,
    work,
)
from panorama_guard.judging.decide import decide
from panorama_guard.judging.loss import Loss
from panorama_guard.judging.own_account import no_others
from panorama_guard.judging.part_rule import Direction, PartRule, opened_by, read_part
from panorama_guard.judging.standard import Posture
from panorama_guard.policy import Document, DocumentError, Effect, parse_document_value
from panorama_guard.policy.document import CURRENT, Statement
from panorama_guard.profile import ResourceProfile

Compare = Callable[[ResourceSnapshot, ResourceProfile], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class ResourceRules:
    """How the resources of one type are judged: part by part by the engine, the rest by comparing.

    `own_principals` and `own_targets` are further names of what the account owns, which only the resource tells.
    `safeguards` are the parts to put back where they are missing, as texts. `loss` is None where a resource may go.
    `retired` yields what else is found once the service has ended, whatever is said of what is left over then.
    """

    rule_of: Callable[[str], PartRule | None]
    compare: Compare
    own_principals: Callable[[ResourceSnapshot], tuple[str, ...]]
    own_targets: Callable[[ResourceSnapshot], tuple[str, ...]]
    safeguards: Mapping[str, str]
    loss: Loss | None = None
    retired: Compare = leftovers.nothing_more


def compared_only(
    compare: Compare, loss: Loss | None = None, retired: Compare = leftovers.nothing_more
) -> ResourceRules:
    """Return the rules of a type of which the engine decides nothing: no part of it opens anything by itself."""
    return ResourceRules(lambda _: None, compare, no_others, no_others, {}, loss, retired)


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
    role_use.TYPE: compared_only(
        role_uses.compare,
        Loss("DeleteRole", role_use.EXISTENCE, role_use.arn_of, role_use.remains, days=30),
        role_uses.retired,
    ),
    iot.POLICY: ResourceRules(devices.policy_rule, devices.compare_policy, no_others, no_others, {}),
    iot.THING: ResourceRules(devices.thing_rule, devices.compare_thing, no_others, no_others, {}),
    iot.ALIAS: compared_only(devices.compare_alias),
    iot.JOB: compared_only(devices.compare_job),
    iot.USER: compared_only(devices.compare_user),
    model_work.WORK: compared_only(work.compare_work),
    model_work.USER: compared_only(work.compare_user),
    grantor.TYPE: compared_only(grantors.compare_grantor),
    dashboard.TYPE: compared_only(dashboards.compare_dashboard),
    greengrass.GROUP: compared_only(groups.compare_group),
    greengrass.DEPLOYMENT: compared_only(groups.compare_deployment),
    greengrass.ACCOUNT: compared_only(groups.compare_account),
}


@dataclass(frozen=True, slots=True)
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


def judge_resource(snapshot: ResourceSnapshot, standard: ResourceStandard) -> Judgement:
    """Return every finding on a resource; the same function judges before a plan, on paper, and after it."""
    unread = (_undecided(part.name, part.text) for part in snapshot.unread)
    opened = (finding for part in snapshot.parts for finding in _judge_part(part, snapshot, standard))
    left = _left_over(snapshot, standard.profile) if standard.posture is Posture.RETIRED else ()
    return Judgement((*unread, *opened, *_compared(snapshot, standard.profile), *left))


def _left_over(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    yield from RULES[snapshot.type].retired(snapshot, profile)
    yield from leftovers.left_over(snapshot)


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
    ceiling = standard.ceiling(rule.direction, snapshot)
    for likely in rule.likely(snapshot) if rule.likely else ():
        verdict = decide(Grant(grant.policies, (*grant.boundaries, (likely,))), ceiling)
        if isinstance(verdict, Escaped):
            return verdict
    return decide(grant, ceiling)


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
        return Severity.MEDIUM
    escaping = escaping_statements(part, rule, snapshot, standard)
    return Severity.CRITICAL if any(map(_names_everybody, escaping)) else Severity.HIGH


def _names_everybody(statement: Statement) -> bool:
    named = statement.principals
    if named is None:
        return False
    return named.negated or any(one.form is Form.EVERYBODY for one in read_principals(named, "Principal"))


def _targets(globs: tuple[str, ...]) -> Document:
    statement = {"Effect": "Allow", "Action": "*", "Resource": list(globs)}
    return parse_document_value({"Version": CURRENT, "Statement": [statement]}, name="what the account owns")


def _undecided(source: str, reason: str) -> Finding:
    return Finding(Kind.UNDECIDED, Severity.MEDIUM, source, Undecided(reason))
