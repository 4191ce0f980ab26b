"""What a change frees of an escape that is there already: nobody was told of it, and nobody has waived it."""

from dataclasses import replace

import pytest

from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.judging.standard import standard_of
from panorama_guard.planning.freeing import STEPS, why_more_escapes
from panorama_guard.profile.posture import Posture
from tests.builders import ADMINISTRATOR, GROUP_ROLE, allow, deny, managed, policy, snapshot_of, with_policies
from tests.unit.hard_questions import HARD, count_steps

STANDARD = standard_of(GROUP_ROLE, Posture.ACTIVE)
ESCAPING = with_policies(snapshot_of(GROUP_ROLE), policy(allow(["iam:*", "sqs:*"])))


def bounded(*statements: dict[str, object]) -> RoleSnapshot:
    """Return the escaping role under a boundary."""
    return replace(ESCAPING, boundary=(managed(policy(*statements)),))


@pytest.mark.parametrize(
    "before",
    [
        ESCAPING.with_inline("deny", policy(deny("iam:*"))),
        ESCAPING.with_inline("deny", policy(deny("iam:*", "arn:aws:iam::*:user/alice"))),
        bounded(allow("sqs:*")),
        bounded(allow("*"), deny("iam:*")),
        with_policies(snapshot_of(GROUP_ROLE), policy(allow("sqs:*"))),
    ],
    ids=["a Deny", "a Deny of some", "a boundary that does not allow it", "a boundary that denies it", "no Allow"],
)
def test_what_is_freed_is_named(before: RoleSnapshot) -> None:
    """Whatever withheld it, through the policy that grants it."""
    assert why_more_escapes(before, ESCAPING, STANDARD).endswith("covers that: inline-0")


@pytest.mark.parametrize(
    "before",
    [
        ESCAPING,
        ESCAPING.with_inline("deny", policy(deny("ec2:*"))),
        ESCAPING.with_inline("deny", policy(deny("s3:*", "arn:aws:s3:::*aws-panorama*"))),
        bounded(allow("*")),
        with_policies(snapshot_of(GROUP_ROLE), ADMINISTRATOR),
    ],
    ids=["nothing", "a Deny of nothing", "a Deny inside the ceiling", "a boundary that withholds nothing", "less"],
)
def test_what_escapes_already_is_nothing_new(before: RoleSnapshot) -> None:
    """And what is inside the ceiling is no escape."""
    assert why_more_escapes(before, ESCAPING, STANDARD) == ""


def test_what_is_withheld_still_is_not_freed() -> None:
    """By another Deny, which stays."""
    after = ESCAPING.with_inline("stays", policy(deny("iam:*")))
    assert why_more_escapes(after.with_inline("goes", policy(deny("iam:*"))), after, STANDARD) == ""


def test_no_number_of_hard_policies_hides_what_is_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    """And they cost no more than is allowed for all of them together."""
    hard = [policy(allow("ec2:*", Condition=HARD)) for _ in range(20)]
    after = with_policies(ESCAPING, *hard, policy(allow("iam:*")))
    taken = count_steps(monkeypatch)
    assert "inline-20" in why_more_escapes(after.with_inline("deny", policy(deny(["iam:*", "ec2:*"]))), after, STANDARD)
    assert sum(taken) <= STEPS
