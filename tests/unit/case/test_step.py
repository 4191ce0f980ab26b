"""A step says what it makes of a role, and what takes it back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panorama_guard.case.snapshot import InlinePolicy, ManagedPolicy, RoleSnapshot
from panorama_guard.case.step import (
    DeleteBoundary,
    DeleteInline,
    PutBoundary,
    PutInline,
    PutTrust,
    Step,
    apply_step,
    describe_step,
    describe_undo,
    invert_step,
)
from tests.builders import BOUNDARY_ARN, managed, snapshot_of

NAMES = st.sampled_from(["a", "b", "c", "panorama-guard-containment-1"])
TEXTS = st.text(max_size=5)
BOUNDARIES = st.builds(ManagedPolicy, st.sampled_from([BOUNDARY_ARN, "arn:other"]), st.just("v1"), TEXTS)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(PutInline, NAMES, TEXTS),
    st.builds(DeleteInline, NAMES),
    st.builds(PutTrust, TEXTS),
    st.builds(PutBoundary, BOUNDARIES),
    st.just(DeleteBoundary()),
)


@st.composite
def snapshots(draw: st.DrawFn) -> RoleSnapshot:
    """Return a role with some inline policies, some trust and perhaps a boundary."""
    texts = draw(st.dictionaries(NAMES, TEXTS, max_size=3))
    policies = tuple(InlinePolicy(name, texts[name]) for name in sorted(texts))
    boundary = tuple(draw(st.lists(BOUNDARIES, max_size=1)))
    return replace(snapshot_of(), inline=policies, trust=draw(TEXTS), boundary=boundary)


@given(snapshots(), STEPS)
def test_a_step_and_its_inverse_restore_the_role(before: RoleSnapshot, step: Step) -> None:
    """The role is what it was, to the order of its policies, so that its fingerprint is too."""
    after = apply_step(before, step)
    assert apply_step(after, invert_step(before, step)) == before


@given(snapshots(), STEPS)
def test_a_step_that_was_carried_out_changes_nothing_more(before: RoleSnapshot, step: Step) -> None:
    """A redelivered order can repeat a step without harm."""
    after = apply_step(before, step)
    assert apply_step(after, step) == after


@given(STEPS)
def test_every_step_is_described_without_its_documents(step: Step) -> None:
    """Alerts say what a step does; documents are in the backup."""
    assert describe_step(step)
    assert "\n" not in describe_step(step).replace(getattr(step, "name", ""), "")


@pytest.mark.parametrize(
    ("inverse", "words"),
    [
        (DeleteInline("a b"), "aws iam delete-role-policy --role-name R --policy-name 'a b'"),
        (
            PutBoundary(managed("{}", BOUNDARY_ARN)),
            f"aws iam put-role-permissions-boundary --role-name R --permissions-boundary {BOUNDARY_ARN}",
        ),
        (DeleteBoundary(), "aws iam delete-role-permissions-boundary --role-name R"),
        (PutTrust("{}"), "put back the earlier document from the ledger's backup of this incident"),
        (PutInline("a", "{}"), "put back the earlier document from the ledger's backup of this incident"),
    ],
)
def test_an_operator_is_told_how_to_take_a_step_back(inverse: Step, words: str) -> None:
    """Names are quoted for the shell; documents are not pasted into a command."""
    assert describe_undo("R", inverse) == words
