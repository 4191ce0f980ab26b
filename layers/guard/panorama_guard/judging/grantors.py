"""Decides what the policy of a bucket outside the pattern gives to a guarded role, against that role's ceiling.

What the role's own policies deny is not asked: whoever can take such a Deny away has the rest already.
"""

from collections.abc import Iterator

from panorama_guard.case import grantor
from panorama_guard.case.finding import NO_REACH, Finding, Kind, Reach, Severity
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.containment import Contained, Escaped, Grant, Request, Undecided, Witness
from panorama_guard.containment.caller import caller_of
from panorama_guard.containment.derived import SLOTS
from panorama_guard.containment.evaluate import allows
from panorama_guard.containment.plausible import ROLE_ID
from panorama_guard.containment.principals import Form, read_principals
from panorama_guard.containment.resource import resource_grant
from panorama_guard.containment.role_share import RoleIdentity, share_of_role
from panorama_guard.judging.decide import decide
from panorama_guard.judging.measuring import extent_of
from panorama_guard.policy import Document, DocumentError, Effect, parse_document
from panorama_guard.policy.condition import CALLER
from panorama_guard.policy.document import Statement
from panorama_guard.policy.record import replace
from panorama_guard.profile import ResourceProfile, RoleProfile

# The unique id of a role is not known here: a policy that names one names a role that is gone.
_BY_CONDITION = frozenset({"aws:principalarn", "aws:userid"})


def compare_grantor(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    """Yield what the policy gives to the first guarded role that gets more by it than its ceiling holds."""
    text = snapshot.text_of(grantor.POLICY)
    if text is None:
        return
    try:
        document = _naming(parse_document(text, name=grantor.POLICY))
        arns = [(role, arn) for role in profile.grantees for arn in role.arns(snapshot.subject.account)]
        found = [finding for role, arn in arns for finding in _given(document, role, arn, snapshot)]
        yield from found[:1]  # one part has one finding
    except DocumentError as error:
        yield Finding(Kind.UNDECIDED, Severity.MEDIUM, grantor.POLICY, Undecided(str(error)))


def given_by(
    finding: Finding, snapshot: ResourceSnapshot, profile: ResourceProfile
) -> tuple[tuple[RoleProfile, Grant], ...]:
    """Return the role that makes the request of a finding, with all that the policy gives it; nothing for a doubt.

    It is a grant as by the role's own policies: what denies it to the role stands on the role's side.
    """
    if not isinstance(finding.verdict, Escaped):
        return ()
    caller = caller_of(finding.verdict.witness)
    document = _naming(parse_document(snapshot.text_of(grantor.POLICY) or "", name=grantor.POLICY))
    arns = ((role, arn) for role in profile.grantees for arn in role.arns(snapshot.subject.account))
    own = [(role, arn) for role, arn in arns if caller is not None and caller.name == arn]
    return tuple((role, _share(document, role, arn, snapshot)) for role, arn in own)


def reach_of_grant(finding: Finding, snapshot: ResourceSnapshot, profile: ResourceProfile) -> Reach:
    """Return everything that the policy gives, outside its ceiling, to the role that makes the request of a finding."""
    for role, share in given_by(finding, snapshot, profile):
        extent = extent_of(share, role.ceiling)
        return Reach(extent.text, extent.precision.value)
    return NO_REACH


def _share(document: Document, role: RoleProfile, arn: str, snapshot: ResourceSnapshot) -> Grant:
    identity = RoleIdentity(snapshot.subject.account, arn, role.name, ROLE_ID)
    share = share_of_role(document, identity, resource=snapshot.subject.arn, account=snapshot.subject.account)
    return Grant((share.bounded, share.unbounded))


def _given(document: Document, role: RoleProfile, arn: str, snapshot: ResourceSnapshot) -> Iterator[Finding]:
    share = _share(document, role, arn, snapshot)
    if not any(one.effect is Effect.ALLOW for policy in share.policies for one in policy.statements):
        return
    match decide(share, role.ceiling):
        case Contained():
            pass
        case Escaped(witness) as escaped if _replays(asked := _by_session(witness, arn), document, snapshot):
            yield Finding(Kind.RESOURCE_ESCAPE, Severity.HIGH, grantor.POLICY, replace(escaped, witness=asked))
        case Escaped():
            reason = f"it may give {arn} something: what shows it is not what the policy itself allows"
            yield Finding(Kind.UNDECIDED, Severity.MEDIUM, grantor.POLICY, Undecided(reason))
        case Undecided() as undecided:
            yield Finding(Kind.UNDECIDED, Severity.MEDIUM, grantor.POLICY, undecided)


def _by_session(witness: Witness, arn: str) -> Witness:
    """Return the request as a session of the role makes it."""
    known = dict(witness.context)
    session = next(iter(known.get("aws:userid", ())), "").partition(":")[2] or "session"
    rest = tuple((key, values) for key, values in witness.context if key not in SLOTS)
    return replace(witness, context=(*rest, (CALLER, (f"role::{ROLE_ID}:{session}:{arn}",))))


def _replays(witness: Witness, document: Document, snapshot: ResourceSnapshot) -> bool:
    """Say whether a session of the role may make the request by the policy as it stands, by the definition."""
    policy = resource_grant(document, resource=snapshot.subject.arn)
    return allows(policy, Request(witness.action, witness.resource, witness.context))


def _naming(document: Document) -> Document:
    """Return the policy without what it gives to everybody: that names no role, and concerns all of them alike."""
    return replace(document, statements=tuple(one for one in document.statements if _names_somebody(one)))


def _names_somebody(statement: Statement) -> bool:
    named = statement.principals
    if statement.effect is Effect.DENY or named is None:
        return True
    everybody = named.negated or any(one.form is Form.EVERYBODY for one in read_principals(named, "Principal"))
    return not everybody or any(condition.key in _BY_CONDITION for condition in statement.conditions)
