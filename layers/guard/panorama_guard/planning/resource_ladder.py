"""Chooses what to do about a finding on a resource: what offends is taken out of its part, or a safeguard put back.

Every part is a document to the engine (`judging.part_rule`), so one proof is enough for all of them: this is gone and
nothing else has come; nothing is opened that was not before; nobody inside the profile is shut out.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from panorama_guard.case import iot
from panorama_guard.case.finding import Finding, Judgement, Kind
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical
from panorama_guard.case.snapshot import digest
from panorama_guard.case.step import DeletePart, PartStep, PutPart, Step
from panorama_guard.containment import Contained, Grant
from panorama_guard.judging.decide import decide, decide_many
from panorama_guard.judging.part_rule import PartRule, entries_of, opened_by, read_entry, read_part
from panorama_guard.judging.resource import ResourceStandard, judge_resource
from panorama_guard.judging.resource_rules import RULES
from panorama_guard.planning.climbing import climb
from panorama_guard.planning.plan import Plan, Promise, Proposal, Refused
from panorama_guard.planning.proof import NOT_APPROVED, complies
from panorama_guard.planning.proof import is_kept as keeps
from panorama_guard.planning.refusing import RefusedStep
from panorama_guard.planning.shared_trust import Bound
from panorama_guard.planning.trust_repair import lets_anybody_in, repair_document, without_deleted
from panorama_guard.planning.wording import RESOURCE_PROOFS
from panorama_guard.policy import parse_document, parse_document_value
from panorama_guard.policy.document import CURRENT
from panorama_guard.policy.record import record

NOTHING = Memory("")
HARD = 4  # statements of one document that are asked about for as long as a question may take
# Of these, that what is put in force is inside the profile is the whole proof.
_OF_VERSIONS = frozenset({Promise.VERSION_RESTORED, Promise.VERSION_CHOSEN})
_OPERATOR_S = frozenset({Promise.TAKEN_AWAY, Promise.VERSION_CHOSEN})  # an operator's word, whatever the mode


@record
class ResourceSituation:
    """What a plan for a resource is made for; `refused` and `passed` as of a role's `Situation`."""

    finding: Finding
    snapshot: ResourceSnapshot
    standard: ResourceStandard
    refused: tuple[RefusedStep, ...] = ()
    memory: Memory = NOTHING
    passed: tuple[tuple[Step, ...], ...] = ()

    @property
    def rule(self) -> PartRule | None:
        """Return how the part is read in which the finding is."""
        return RULES[self.snapshot.type].rule_of(self.finding.source)

    @property
    def text(self) -> str | None:
        """Return the part's text, if the resource has it."""
        return self.snapshot.text_of(self.finding.source)


Rung = Callable[[ResourceSituation], Iterator[Proposal]]


def plan_for_resource(situation: ResourceSituation) -> Plan | Refused:
    """Return the first proposal that is proved, with its proof; or Refused with why each one was not."""
    before = judge_resource(situation.snapshot, situation.standard, is_graded=False)
    rungs = (rung(situation) for rung in RESOURCE_RUNGS[situation.finding.kind])
    found = climb(rungs, partial(why_not_proved, situation, before), _hands_off(situation))
    if isinstance(found, Refused):
        return found
    proposal, snapshot = found.proposal, situation.snapshot
    return Plan(
        snapshot.fingerprint,
        proposal.steps,
        proposal.inverses(snapshot),
        RESOURCE_PROOFS[proposal.promise],
        needs_approval=proposal.promise in _OPERATOR_S,
        notes=tuple(f"passed over: {refusal}" for refusal in found.passed_over),
    )


def take_out(situation: ResourceSituation) -> Iterator[Proposal]:
    """Yield the part without what lies outside the profile, every other statement or entry as it was."""
    rule, text = situation.rule, situation.text
    if rule is None or text is None or rule.hands_off or rule.goes_back or rule.closed is not None:
        return
    way = _without_statements if rule.read_entry is None else _without_entries
    for one in way(situation, rule, text):
        part = situation.finding.source
        yield _proposal(PutPart(part, one) if one else DeletePart(part))


def take_away(situation: ResourceSituation) -> Iterator[Proposal]:
    """Yield the deletion of the part, for what cannot be told apart in it; only at an operator's word."""
    rule, text, part = situation.rule, situation.text, situation.finding.source
    if rule is None or text is None or rule.hands_off or rule.goes_back:
        return
    if rule.closed is not None:
        yield Proposal((PutPart(part, rule.closed(text)),), Promise.TAKEN_AWAY)
    elif rule.read_entry is None or rule.goes_whole:
        yield Proposal((DeletePart(part),), Promise.TAKEN_AWAY)


def put_back_safeguard(situation: ResourceSituation) -> Iterator[Proposal]:
    """Yield the safeguard as the profile has it."""
    text = RULES[situation.snapshot.type].safeguards.get(situation.finding.source)
    if text is not None:
        yield _proposal(PutPart(situation.finding.source, text))


def go_back(situation: ResourceSituation) -> Iterator[Proposal]:
    """Yield the earlier versions of the part, the latest first, where whoever is inside loses nothing by it."""
    yield from (Proposal((step,), Promise.NOBODY_SHUT_OUT) for step in _versions(situation))


def go_back_to_remembered(situation: ResourceSituation) -> Iterator[Proposal]:
    """Yield the version that was in force when the resource was last judged contained."""
    remembered = [step for step in _versions(situation) if digest(step.text) in situation.memory.contained]
    yield from (Proposal((step,), Promise.VERSION_RESTORED) for step in remembered)


def go_back_at_a_word(situation: ResourceSituation) -> Iterator[Proposal]:
    """Yield the earlier versions, which nobody has judged while they were in force; only at an operator's word."""
    yield from (Proposal((step,), Promise.VERSION_CHOSEN) for step in _versions(situation))


def _versions(situation: ResourceSituation) -> Iterator[PutPart]:
    """Yield how each version is put in force again, the latest first."""
    if situation.rule is None or not situation.rule.goes_back:
        return
    for fact in reversed(situation.snapshot.facts):
        if iot.is_version(fact.name):
            yield PutPart(situation.finding.source, fact.text)


RESOURCE_RUNGS: Mapping[Kind, tuple[Rung, ...]] = {
    Kind.RESOURCE_ESCAPE: (take_out, go_back, go_back_to_remembered, take_away, go_back_at_a_word),
    Kind.SAFEGUARD_LOST: (put_back_safeguard,),
    Kind.WEAKNESS: (),
    Kind.UNDECIDED: (),
}


def _hands_off(situation: ResourceSituation) -> tuple[str, ...]:
    """Return why the part in which a finding is may not be written by anybody here."""
    rule = situation.rule
    return (rule.hands_off,) if rule is not None and rule.hands_off else ()


def _proposal(step: PartStep) -> Proposal:
    return Proposal((step,), Promise.NOBODY_SHUT_OUT)


def _without_statements(situation: ResourceSituation, rule: PartRule, text: str) -> Iterator[str]:
    snapshot, name = situation.snapshot, situation.finding.source
    ceiling = situation.standard.ceiling(rule.direction, snapshot)
    read = partial(_read, name=name, rule=rule, snapshot=snapshot)
    # Whoever writes a policy chooses how many statements in it are hard to judge: after so many, such a one goes.
    repaired = repair_document(text, Bound(ceiling, read, ask=decide_many(HARD)))
    yield from ("" for one in repaired if not lets_anybody_in(one)) if rule.goes_whole else repaired


def _read(text: str, *, name: str, rule: PartRule, snapshot: ResourceSnapshot) -> Grant:
    return opened_by(parse_document(text, name=name), rule, snapshot)


def _without_entries(situation: ResourceSituation, rule: PartRule, text: str) -> Iterator[str]:
    """Yield the structure without the entries that lie outside, or an empty text where it is to be deleted."""
    stay = [entry for entry in entries_of(text, rule) if _may_stay(entry, rule, situation)]
    if rule.goes_whole:
        yield from () if stay else ("",)
        return
    body = json.loads(text)
    kept = {name: [entry for entry in body[name] if entry in stay] for name in rule.lists if name in body}
    yield canonical({**body, **kept})


def _may_stay(entry: Mapping[str, Any], rule: PartRule, situation: ResourceSituation) -> bool:
    snapshot = situation.snapshot
    statement = read_entry(entry, rule, snapshot, situation.finding.source)
    if statement is None:
        return True
    document = parse_document_value({"Version": CURRENT, "Statement": [statement]}, name=situation.finding.source)
    ceiling = situation.standard.ceiling(rule.direction, snapshot)
    return isinstance(decide(opened_by(document, rule, snapshot), ceiling), Contained)


def why_not_proved(situation: ResourceSituation, before: Judgement, proposal: Proposal) -> str:
    """Return what keeps a change from being proved safe, or an empty text if it is proved."""
    return next(_objections(situation, before, proposal), "")


def _objections(situation: ResourceSituation, before: Judgement, proposal: Proposal) -> Iterator[str]:
    (step,) = proposal.steps
    if any(refused.rules_out(step) for refused in situation.refused):
        yield "AWS refused such a step already"
    if proposal.is_one_of(situation.passed):
        yield NOT_APPROVED
    after = proposal.states(situation.snapshot)[-1]
    if not complies(situation.finding, before, judge_resource(after, situation.standard, is_graded=False)):
        yield "it would still be found"
    if situation.finding.kind is Kind.SAFEGUARD_LOST:
        yield from _shut_out_by_safeguard(situation, before)
    elif situation.rule is not None and proposal.promise not in _OF_VERSIONS:
        yield from _lost_or_opened(situation, situation.rule, after, proposal.promise)


def _lost_or_opened(
    situation: ResourceSituation, rule: PartRule, after: ResourceSnapshot, promise: Promise
) -> Iterator[str]:
    name, inside = situation.finding.source, situation.standard.inside(rule.direction, situation.snapshot)
    was, then = _opened(name, rule, situation.snapshot, but=without_deleted), _opened(name, rule, after)
    used = _opened(name, rule, _as_sent(situation, rule))
    if promise is not Promise.TAKEN_AWAY and not keeps(used, inside, _with_standing(then, rule, after)):
        yield "somebody inside the profile would be shut out"
    if not isinstance(decide(then, was), Contained):
        yield "more would be open than before"


def _as_sent(situation: ResourceSituation, rule: PartRule) -> ResourceSnapshot:
    """Return the resource as it is used: by the requests that there are."""
    snapshot, text = situation.snapshot, situation.text
    if rule.as_sent is None or text is None:
        return snapshot
    return snapshot.with_part(situation.finding.source, rule.as_sent(text))


def _with_standing(grant: Grant, rule: PartRule, snapshot: ResourceSnapshot) -> Grant:
    """Return what is open by a part, with what is open in any case."""
    if rule.standing is None:
        return grant
    value = {"Version": CURRENT, "Statement": [rule.standing(snapshot)]}
    standing = opened_by(parse_document_value(value, name="the owner"), rule, snapshot)
    return Grant((*grant.policies, *standing.policies), grant.boundaries or standing.boundaries)


def _opened(name: str, rule: PartRule, snapshot: ResourceSnapshot, but: Callable[[str], str] = str) -> Grant:
    text = snapshot.text_of(name)
    return Grant(()) if text is None else opened_by(read_part(Part(name, but(text)), rule, snapshot), rule, snapshot)


def _shut_out_by_safeguard(situation: ResourceSituation, before: Judgement) -> Iterator[str]:
    """Yield whom a safeguard could shut out: it stops what is public, and of that, whoever of others is stated too."""
    is_open = any(finding.kind is Kind.RESOURCE_ESCAPE for finding in before.findings)
    if is_open and situation.standard.profile.states_principals:
        yield "while a part is open to others, it would shut out those whom the profile states; that part comes first"
