"""Chooses what to do about a finding: rung by rung, least harm first, the first one that is proved."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import takewhile

from panorama_guard.case.finding import Kind
from panorama_guard.case.step import SetDefaultVersion
from panorama_guard.judging.role import judge_role
from panorama_guard.planning.bounding import bound_to_ceiling, restore_any_boundary, restore_boundary
from panorama_guard.planning.climbing import climb
from panorama_guard.planning.denying import deny_escape
from panorama_guard.planning.plan import Plan, Promise, Proposal, Refused
from panorama_guard.planning.proof import why_not_proved
from panorama_guard.planning.quarantine import quarantine
from panorama_guard.planning.removing import remove_source, revert_source
from panorama_guard.planning.situation import Situation
from panorama_guard.planning.trusting import close_trust
from panorama_guard.planning.wording import describe_proof, notes_on

Rung = Callable[[Situation], Iterator[Proposal]]

# Least harm first. What a resource is contained by has a ladder of its own: `resource_ladder`.
RUNGS: Mapping[Kind, tuple[Rung, ...]] = {
    Kind.PERMISSION_ESCAPE: (deny_escape, remove_source, revert_source, bound_to_ceiling, quarantine),
    Kind.TRUST_ESCAPE: (close_trust, quarantine),
    Kind.BOUNDARY_ESCAPE: (
        restore_boundary,
        deny_escape,
        revert_source,
        bound_to_ceiling,
        restore_any_boundary,
        quarantine,
    ),
    Kind.UNDECIDED: (),
}

TAKING = frozenset({restore_any_boundary, quarantine})  # rungs that may take away what is inside the ceiling
_OPERATOR_S = frozenset({Promise.BOUNDARY_CHOSEN, Promise.QUARANTINE})  # an operator's word, whatever the mode
UNAIDED = frozenset({restore_boundary, deny_escape, close_trust})  # rungs in which the rest of the account has no say


def plan_unaided(situation: Situation) -> Plan | Refused:
    """Return the plan of the first rungs if one is proved, for which nothing but the role has to be read."""
    rungs = takewhile(UNAIDED.__contains__, RUNGS[situation.finding.kind])
    return _first_proved(situation, (rung(situation) for rung in rungs))


def plan_remediation(situation: Situation, *, strongest: bool = False) -> Plan | Refused:
    """Return the first proposal of the ladder that is proved, with its proof; or Refused with why each one was not.

    With `strongest` the ladder is climbed from its top, for an escape that came back too often. What takes permission
    away comes last then too, unless everything that the role has is too much.
    """
    rungs = RUNGS[situation.finding.kind]
    if not strongest:
        return _first_proved(situation, (rung(situation) for rung in rungs))
    top = rungs if situation.is_retired else tuple(rung for rung in rungs if rung not in TAKING)
    last = tuple(rung for rung in rungs if rung not in top)
    return _first_proved(situation, (_strongest_first(rung(situation)) for rung in (*reversed(top), *last)))


def _strongest_first(proposals: Iterable[Proposal]) -> Iterable[Proposal]:
    from_the_last = list(proposals)[::-1]
    return sorted(from_the_last, key=lambda proposal: proposal.is_partial)


def _first_proved(situation: Situation, rungs: Iterable[Iterable[Proposal]]) -> Plan | Refused:
    before = judge_role(situation.snapshot, situation.standard, situation.memory)
    found = climb(rungs, partial(why_not_proved, situation, before), situation.around.unavailable)
    return found if isinstance(found, Refused) else _plan(situation, found.proposal, found.passed_over)


def _plan(situation: Situation, proposal: Proposal, passed_over: tuple[str, ...]) -> Plan:
    missed = (*passed_over, *situation.around.unavailable) if passed_over else ()
    notes = (*notes_on(proposal), *(f"passed over: {refusal}" for refusal in missed))
    set_back = [step.arn for step in proposal.steps if isinstance(step, SetDefaultVersion)]
    users = (user.snapshot for one in situation.around.revertible if one.arn in set_back for user in one.companions)
    return Plan(
        situation.snapshot.fingerprint,
        proposal.steps,
        proposal.inverses(situation.snapshot),
        describe_proof(proposal, situation),
        needs_approval=proposal.promise in _OPERATOR_S and not situation.is_retired,
        notes=notes,
        companions=tuple((user.subject.name, user.fingerprint) for user in users),
    )
