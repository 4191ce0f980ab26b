"""The guard lifts only what it put in place itself; the rest is the operator's own to put back."""

import pytest

from panorama_guard.case.closing import DENY_ALL
from panorama_guard.case.finding import Judgement
from panorama_guard.case.step import (
    AttachManaged,
    DeleteBoundary,
    DeleteInline,
    DetachManaged,
    PutBoundary,
    PutInline,
    PutOwnBoundary,
    PutTrust,
    RevokeSessions,
    SetDefaultVersion,
    Step,
)
from panorama_guard.case.undo import Reversal, Taken
from panorama_guard.planning.hands import Hand, by_hand_of, hand_of, why_not_lifted
from panorama_guard.planning.names import QUARANTINE, REVOCATION
from tests.builders import ADMINISTRATOR, BOUNDARY_ARN, DOUBT, ESCAPE, IN_PATTERN, SNAPSHOT, deny, managed, policy

NAME = "panorama-guard-containment-0123456789ab"
DENIES, OLDER = policy(deny("s3:*")), policy(deny("iam:*"))
BOUNDARY = managed(IN_PATTERN, BOUNDARY_ARN)
EXTRA = managed(ADMINISTRATOR)
SESSIONS = RevokeSessions(REVOCATION, "2026-11-23T15:00:11Z")


@pytest.mark.parametrize(
    ("step", "inverse", "hand"),
    [
        (PutInline(NAME, DENIES), DeleteInline(NAME), Hand.GUARD),
        (PutInline(NAME, DENIES), PutInline(NAME, OLDER), Hand.GUARD),
        (PutBoundary(BOUNDARY), DeleteBoundary(), Hand.GUARD),
        (PutBoundary(BOUNDARY), PutBoundary(managed(ADMINISTRATOR)), Hand.OPERATOR),
        (PutTrust("{}"), PutTrust("{ }"), Hand.OPERATOR),
        (PutInline("theirs", DENIES), DeleteInline("theirs"), Hand.OPERATOR),
        (PutInline(NAME, ADMINISTRATOR), DeleteInline(NAME), Hand.OPERATOR),
        (PutInline(NAME, "not JSON"), DeleteInline(NAME), Hand.OPERATOR),
        (PutInline(NAME, DENIES), PutInline(NAME, ADMINISTRATOR), Hand.OPERATOR),
        (PutInline(NAME, DENIES), DeleteInline("another"), Hand.OPERATOR),
        (DeleteInline("theirs"), PutInline("theirs", ADMINISTRATOR), Hand.OPERATOR),
        (DeleteInline(NAME), PutInline(NAME, DENIES), Hand.OPERATOR),
        (DeleteBoundary(), PutBoundary(BOUNDARY), Hand.OPERATOR),
        (PutTrust("{}"), DeleteBoundary(), Hand.OPERATOR),
        (PutInline(QUARANTINE, DENY_ALL), DeleteInline(QUARANTINE), Hand.GUARD),
        (SESSIONS, DeleteInline(REVOCATION), Hand.GUARD),
        (SESSIONS, PutInline(REVOCATION, DENIES), Hand.GUARD),
        (SESSIONS, PutInline(REVOCATION, ADMINISTRATOR), Hand.OPERATOR),
        (PutOwnBoundary(BOUNDARY), DeleteBoundary(), Hand.GUARD),
        (PutOwnBoundary(BOUNDARY), PutBoundary(EXTRA), Hand.OPERATOR),
        (PutOwnBoundary(BOUNDARY), PutOwnBoundary(EXTRA), Hand.OPERATOR),
        (DetachManaged(EXTRA.arn), AttachManaged(EXTRA), Hand.OPERATOR),
        (AttachManaged(EXTRA), DetachManaged(EXTRA.arn), Hand.OPERATOR),
        (SetDefaultVersion(EXTRA.arn, "v1", IN_PATTERN), SetDefaultVersion(EXTRA.arn, "v2", "{}"), Hand.OPERATOR),
    ],
)
def test_each_inverse_has_its_hand(step: Step, inverse: Step, hand: Hand) -> None:
    """By what the guard had put: its name, and that it only denies."""
    assert hand_of(Taken(step, inverse)) is hand


def test_each_hand_has_its_inverses_in_their_order() -> None:
    """Together they are all of them."""
    pairs = (Taken(PutInline(NAME, DENIES), DeleteInline(NAME)), Taken(PutTrust("{}"), PutTrust("{ }")))
    reversal = Reversal(pairs, SNAPSHOT)
    assert by_hand_of(Hand.GUARD, reversal) == (DeleteInline(NAME),)
    assert by_hand_of(Hand.OPERATOR, reversal) == (PutTrust("{ }"),)


def test_a_containment_that_holds_something_back_is_not_lifted() -> None:
    """Whatever comes by it, a doubt included, is named."""
    nothing = Judgement(())
    assert why_not_lifted(nothing, nothing) == ""
    assert why_not_lifted(Judgement((ESCAPE,)), Judgement((ESCAPE,))) == ""
    assert "permission-escape through inline-0" in why_not_lifted(nothing, Judgement((ESCAPE,)))
    assert "undecided through inline-0" in why_not_lifted(Judgement((ESCAPE,)), Judgement((ESCAPE, DOUBT)))
