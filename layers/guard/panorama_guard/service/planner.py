"""Finds a plan: with the role alone where that is enough, else with what has to be read of the account around it."""

from itertools import chain

from panorama_guard.case.account import PolicyUsers
from panorama_guard.case.finding import Finding, Kind
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import ResourceSnapshot, Snapshot
from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot
from panorama_guard.case.step import PutOwnBoundary, Step
from panorama_guard.judging.resource import ResourceStandard
from panorama_guard.judging.standard import Standard, standard_of
from panorama_guard.judging.subject import AnyStandard
from panorama_guard.planning.ladder import plan_remediation, plan_unaided
from panorama_guard.planning.names import own_boundary_arns
from panorama_guard.planning.plan import Plan, Refused
from panorama_guard.planning.refusing import RefusedStep
from panorama_guard.planning.resource_ladder import ResourceSituation, plan_for_resource
from panorama_guard.planning.situation import Companion, Revertible, Situation, Surroundings
from panorama_guard.policy.record import record, replace
from panorama_guard.profile.posture import Posture
from panorama_guard.service.ports import AccountReader, Ledger, RoleReader
from panorama_guard.service.settings import CustomerPolicies, Policy


@record
class Sight:
    """What finding a plan needs: rules, eyes for roles and for the account, and what is on record of other roles."""

    policy: Policy
    reader: RoleReader
    account_reader: AccountReader
    ledger: Ledger


@record
class Wanted:
    """What a plan is wanted for: a finding on a subject, by what it was judged, when.

    `refused` is what AWS has refused, `passed` the steps of plans that are not what was approved.
    """

    finding: Finding
    snapshot: Snapshot
    standard: AnyStandard
    memory: Memory
    now: str
    refused: tuple[RefusedStep, ...] = ()
    passed: tuple[tuple[Step, ...], ...] = ()


def find_plan(wanted: Wanted, sight: Sight, *, strongest: bool = False) -> Plan | Refused:
    """Return the plan for a finding, or why there is none."""
    match wanted.snapshot, wanted.standard:
        case RoleSnapshot() as role, Standard() as standard:
            return _plan_for_role(wanted, role, standard, sight, strongest=strongest)
        case ResourceSnapshot() as resource, ResourceStandard() as limits:
            return plan_for_resource(
                ResourceSituation(wanted.finding, resource, limits, wanted.refused, wanted.memory, passed=wanted.passed)
            )
        case _:
            return Refused("it is not known by what this is judged")


def _plan_for_role(
    wanted: Wanted, role: RoleSnapshot, standard: Standard, sight: Sight, *, strongest: bool
) -> Plan | Refused:
    situation = Situation(
        wanted.finding,
        role,
        standard,
        wanted.memory,
        _read_remembered_boundary(wanted, sight.reader),
        wanted.now,
        is_retired=sight.policy.posture is Posture.RETIRED,
        refused=wanted.refused,
        passed=wanted.passed,
    )
    unaided = Refused("") if strongest else plan_unaided(situation)
    if isinstance(unaided, Plan):
        return unaided
    return plan_remediation(replace(situation, around=_survey(situation, sight)), strongest=strongest)


def _read_remembered_boundary(wanted: Wanted, reader: RoleReader) -> tuple[ManagedPolicy, ...]:
    """Return the boundary under which the role was last judged contained, as its policy is now, where it was lost."""
    if wanted.finding.kind is not Kind.BOUNDARY_ESCAPE:
        return ()
    live = (reader.read_managed_policy(remembered.arn) for remembered in wanted.memory.boundary)
    return tuple(policy for policy in live if policy is not None)


def _survey(situation: Situation, sight: Sight) -> Surroundings:
    quotas = sight.account_reader.read_quotas()
    free = _free_own_boundaries(situation, sight.account_reader)
    own = tuple(users.arn for users in free[:1] if users.exists or quotas.spare_policies > 0)
    found = [_revertible(arn, situation, sight) for arn in _customer_policies(situation, sight.policy)]
    why_not = [] if own else ["no boundary of the guard's own: others use its policies, or there is room for no policy"]
    return Surroundings(
        quotas,
        own,
        tuple(one for one in found if isinstance(one, Revertible)),
        (*why_not, *(one for one in found if isinstance(one, str))),
    )


def _free_own_boundaries(situation: Situation, reader: AccountReader) -> list[PolicyUsers]:
    """Return the first policy of the guard's own that nobody uses but this role, for its boundary; or nothing.

    Whoever attached one to another role would see it changed under him, and might have meant to keep the guard from it.
    """
    tried = (*(one.step for one in situation.refused), *chain.from_iterable(situation.passed))
    refused = [step.own.arn for step in tried if isinstance(step, PutOwnBoundary)]
    own = {f"role/{situation.snapshot.subject.name}"}
    for arn in own_boundary_arns(situation.snapshot):
        if arn not in refused:
            users = reader.read_users(arn)
            if not users.attached and set(users.bounded) <= own:
                return [users]
    return []


def _customer_policies(situation: Situation, policy: Policy) -> list[str]:
    """Return the ARNs of the customer's policies that may have led to the finding, if they may be set back at all."""
    if policy.customer_policies is CustomerPolicies.KEEP or situation.finding.kind is Kind.TRUST_ESCAPE:
        return []
    snapshot = situation.snapshot
    source = (one for one in snapshot.attached if one.arn == situation.finding.source)
    used = dict.fromkeys((*source, *snapshot.boundary))
    customers = f":iam::{snapshot.subject.account}:policy/"
    return [one.arn for one in used if customers in one.arn and not one.is_guards_own]


def _revertible(arn: str, situation: Situation, sight: Sight) -> Revertible | str:
    """Return the policy with its versions, or why it is not to be touched.

    INVARIANT: a policy that anybody uses but enrolled roles is never edited.
    """
    own = f"role/{situation.snapshot.subject.name}"
    others = [user for user in sight.account_reader.read_users(arn).all if user != own]
    companions = [(user, _companion(user, situation, sight)) for user in others]
    strangers = [user for user, companion in companions if companion is None]
    if strangers:
        return f"{arn} is not set back to another version: {strangers[0]} uses it too"
    versions = sight.account_reader.read_versions(arn)
    return Revertible(arn, versions, tuple(companion for _, companion in companions if companion is not None))


def _companion(user: str, situation: Situation, sight: Sight) -> Companion | None:
    """Return a user of a policy as a guarded role that the guard may write to, or None if it is none.

    It is judged as it would be on its own: by its own waivers and by what is remembered of it.
    """
    kind, _, name = user.partition("/")
    role = sight.policy.profile.role_named(name) if kind == "role" else None
    snapshot = sight.reader.read_role(name) if role else None
    if role is None or snapshot is None or not role.is_enrolled(snapshot.subject.name, snapshot.path):
        return None
    dossier, unique_id = sight.ledger.read(snapshot.subject.account, role.name), snapshot.subject.unique_id
    standard = standard_of(role, sight.policy.posture, dossier.waivers_of(unique_id, now=situation.now))
    return Companion(snapshot, standard, dossier.memory_of(unique_id))
