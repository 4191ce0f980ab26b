"""An alert prints no command that would be refused."""

from dataclasses import replace

import pytest

from panorama_guard.case.finding import Kind, Reach
from panorama_guard.case.incident import Incident, Remedy, State
from panorama_guard.reporting.commands import operator_commands
from tests.builders import INCIDENT, NOW, allow, policy, trusting
from tests.unit.buckets import a_bucket

DONE = Remedy(("put it back",), carried_out=True)
BY_HAND = f'panorama-guard pause --reason "..." && panorama-guard undo {INCIDENT.id} --reason "..." --by-hand'
NOT_ACTION: dict[str, object] = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}


def incident(kind: Kind, *, escape: str = "", remedy: Remedy = DONE, state: State = State.CONTAINED) -> Incident:
    """Return the sample incident of a kind, with how far it reaches."""
    evidence = replace(INCIDENT.evidence, reach=Reach(escape, "exactly") if escape else Reach())
    return replace(INCIDENT, kind=kind, evidence=evidence).moved(state, now=NOW, reason="", remedy=remedy)


def of_a_bucket(told: Incident) -> Incident:
    """Return an incident as that of a bucket."""
    return replace(told, subject=a_bucket().subject)


@pytest.mark.parametrize("escape", ["", policy(allow("*")), policy(allow("s3:*"))])
def test_a_day_is_accepted_of_every_escape_that_may_be_waived(escape: str) -> None:
    """One of every action lasts no longer, and the shortest setting of the longest waiver is a day."""
    commands = dict(operator_commands(incident(Kind.PERMISSION_ESCAPE, escape=escape)))
    assert commands == {"To undo": f'panorama-guard undo {INCIDENT.id} --reason "..." --for 1d'}


@pytest.mark.parametrize(
    "told",
    [
        incident(Kind.PERMISSION_ESCAPE, escape=policy(NOT_ACTION)),
        incident(Kind.TRUST_ESCAPE, escape=policy(trusting("*"))),
        of_a_bucket(incident(Kind.SAFEGUARD_LOST)),
        of_a_bucket(incident(Kind.RESOURCE_ESCAPE)),
    ],
)
def test_what_no_waiver_may_say_is_undone_by_hand(told: Incident) -> None:
    """While the guard is paused; and it is never offered to be waived."""
    assert dict(operator_commands(told)) == {"To undo": BY_HAND}
    standing = replace(told, state=State.OBSERVED, remedy=Remedy())
    assert operator_commands(standing) == ()


def test_of_a_weakness_that_no_statement_says_there_is_nothing_to_undo_or_to_waive() -> None:
    """It is told, and that is all."""
    told = of_a_bucket(incident(Kind.WEAKNESS, remedy=Remedy(), state=State.OBSERVED))
    assert operator_commands(told) == ()
