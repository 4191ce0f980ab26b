"""Judges who may become a role: its trust policy against the profile's."""

from panorama_guard.case.finding import TRUST_SOURCE, Finding, Kind
from panorama_guard.containment import Contained, Escaped, Grant, Undecided, Verdict
from panorama_guard.containment.assuming import callable_part
from panorama_guard.containment.trust import trust_grant
from panorama_guard.judging.decide import Work, decide
from panorama_guard.judging.doubting import doubt_about, doubt_of
from panorama_guard.judging.severity import grade_trust_escape
from panorama_guard.policy import Document, DocumentError, parse_document

TRUST = TRUST_SOURCE


def read_trust(text: str) -> Grant:
    """Return the principals and actions that a trust policy lets in; raise DocumentError if it is not understood."""
    return trust_grant(parse_document(text, name=TRUST))


def trust_ceiling(trust: tuple[Document, ...]) -> Grant:
    """Return the most that a role's trust policy may let in; no document lets nobody in."""
    return Grant(tuple(policy for document in trust for policy in trust_grant(document).policies))


def judge_trust(text: str, ceiling: Grant) -> tuple[Finding, ...]:
    """Return a finding if somebody whom the profile does not name may become the role."""
    try:
        grant = read_trust(text)
    except DocumentError as error:
        return (doubt_of(TRUST, str(error)),)
    verdict = decide_trust(grant, ceiling)
    if isinstance(verdict, Contained):
        return ()
    if isinstance(verdict, Undecided):
        return (doubt_about(TRUST, grant, ceiling, verdict.reason, Work()),)
    return (Finding(Kind.TRUST_ESCAPE, grade_trust_escape(verdict), TRUST, verdict),)


def decide_trust(grant: Grant, ceiling: Grant) -> Verdict:
    """Return whether the trust is inside the ceiling, an escape by a call that somebody can make if there is one."""
    verdict = decide(grant, ceiling)
    if not isinstance(verdict, Escaped):
        return verdict
    shown = decide(callable_part(grant), ceiling)
    return shown if isinstance(shown, Escaped) else verdict
