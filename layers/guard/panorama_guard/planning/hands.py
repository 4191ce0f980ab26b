"""Whose hand takes a step back: the guard's, which only lifts what it put in place, or the operator's own.

The functions never bring an escape back, whatever they are told and by whom. So a containment that is taken away again
is the guard's to take away; a foreign trust, or a policy that escapes, is put back by the command line, with the
credentials of the operator, who answers for it.
"""

from enum import Enum
from typing import assert_never

from panorama_guard.case.finding import Judgement
from panorama_guard.case.step import (
    AttachManaged,
    DeleteBoundary,
    DeleteInline,
    DeletePart,
    DetachManaged,
    PutBoundary,
    PutInline,
    PutOwnBoundary,
    PutPart,
    PutTrust,
    RevokeSessions,
    SetDefaultVersion,
    Step,
)
from panorama_guard.case.undo import Reversal, Taken
from panorama_guard.planning.names import is_own_name
from panorama_guard.planning.widening import only_denies


class Hand(Enum):
    """Who carries out an inverse."""

    GUARD = "guard"
    OPERATOR = "operator"


def hand_of(taken: Taken) -> Hand:
    """Return who takes a step back."""
    match taken.inverse:
        case DeleteInline(name):
            return _guard_if(_puts_denial(taken.step, name))
        case PutInline(name) | RevokeSessions(name):  # one Deny of the guard's had taken the place of another
            return _guard_if(_puts_denial(taken.step, name) and _puts_denial(taken.inverse, name))
        case DeleteBoundary():
            return _guard_if(isinstance(taken.step, PutBoundary | PutOwnBoundary))
        case PutBoundary() | PutOwnBoundary() | PutTrust():
            return Hand.OPERATOR
        case DetachManaged() | AttachManaged() | SetDefaultVersion():
            return Hand.OPERATOR
        case PutPart() | DeletePart():  # the guard puts no Deny on a resource: what comes back opens it again
            return Hand.OPERATOR
    assert_never(taken.inverse)


def by_hand_of(hand: Hand, reversal: Reversal) -> tuple[Step, ...]:
    """Return the inverses that one hand carries out, in their order."""
    return tuple(taken.inverse for taken in reversal.taken if hand_of(taken) is hand)


def why_not_lifted(before: Judgement, after: Judgement) -> str:
    """Return what keeps a containment from being lifted, or an empty text: after it, nothing more may be found."""
    causes = {(finding.kind, finding.source) for finding in before.findings}
    come = [finding for finding in after.findings if (finding.kind, finding.source) not in causes]
    if not come:
        return ""
    names = ", ".join(f"{finding.kind.value} through {finding.source}" for finding in come)
    return f"without it this would be found, and no waiver in force covers that: {names}"


def _guard_if(is_ours: bool) -> Hand:  # noqa: FBT001 - the one thing that it is about
    return Hand.GUARD if is_ours else Hand.OPERATOR


def _puts_denial(step: Step, name: str) -> bool:
    """Say whether a step puts a Deny of the guard's under this name: it is a name of the guard's, and only denies."""
    if not isinstance(step, PutInline | RevokeSessions) or step.name != name:
        return False
    return is_own_name(name) and only_denies(name, step.text)
