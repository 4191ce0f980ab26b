"""A step says what it makes of a role, and what takes it back."""

import json
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from panorama_guard.case.backup import Backup
from panorama_guard.case.incident import NO_REMEDY
from panorama_guard.case.record import dump_record, load_record
from panorama_guard.case.snapshot import InlinePolicy, ManagedPolicy, RoleSnapshot
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
    apply_step,
    describe_step,
    describe_undo,
    invert_step,
    timeless,
)
from tests.builders import BOUNDARY_ARN, CUSTOMER_ARN, managed, snapshot_of

NAMES = st.sampled_from(["a", "b", "c", "panorama-guard-containment-1"])
TEXTS = st.text(max_size=5)
ARNS = st.sampled_from([BOUNDARY_ARN, CUSTOMER_ARN, "arn:aws:iam::aws:policy/Other"])
VERSIONS = st.sampled_from(["v1", "v2"])
POLICIES = st.builds(ManagedPolicy, ARNS, VERSIONS, TEXTS)
TIMES = st.sampled_from(["2026-11-23T15:00:11Z", "2026-11-24T00:00:00Z"])
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(PutInline, NAMES, TEXTS),
    st.builds(DeleteInline, NAMES),
    st.builds(RevokeSessions, NAMES, TIMES),
    st.builds(DetachManaged, ARNS),
    st.builds(AttachManaged, POLICIES),
    st.builds(SetDefaultVersion, ARNS, VERSIONS, TEXTS),
    st.builds(PutTrust, TEXTS),
    st.builds(PutBoundary, POLICIES),
    st.builds(PutOwnBoundary, POLICIES),
    st.just(DeleteBoundary()),
)


@st.composite
def snapshots(draw: st.DrawFn) -> RoleSnapshot:
    """Return a role with some inline policies, some managed ones, some trust and perhaps a boundary."""
    texts = draw(st.dictionaries(NAMES, TEXTS, max_size=3))
    policies = tuple(InlinePolicy(name, texts[name]) for name in sorted(texts))
    known = draw(st.lists(POLICIES, max_size=3, unique_by=lambda policy: policy.arn))  # one default version for each
    attached = tuple(sorted(known[1:], key=lambda policy: policy.arn))
    boundary = tuple(draw(st.sampled_from([known[:1], known[1:2], []])))
    return replace(snapshot_of(), inline=policies, attached=attached, trust=draw(TEXTS), boundary=boundary)


def is_at_odds(before: RoleSnapshot, step: Step) -> bool:
    """Say whether a step gives a policy that the role uses another text than its default version has.

    IAM has one default version of a policy, so neither a policy attached nor one set as boundary can come with another.
    """
    match step:
        case AttachManaged(policy) | PutBoundary(policy) | PutOwnBoundary(policy):
            return any(one.arn == policy.arn and one != policy for one in (*before.attached, *before.boundary))
        case _:
            return False


@given(snapshots(), STEPS)
def test_a_step_and_its_inverse_restore_the_role(before: RoleSnapshot, step: Step) -> None:
    """The role is what it was, to the order of its policies, so that its fingerprint is too."""
    assume(not is_at_odds(before, step))
    after = apply_step(before, step)
    assert apply_step(after, invert_step(before, step)) == before


@given(STEPS)
def test_a_step_is_read_back_from_the_ledger_as_what_it_was(step: Step) -> None:
    """By its fields alone."""
    backup = Backup(snapshot_of(), (step,), (step,), NO_REMEDY)
    assert load_record(Backup, dump_record(backup)) == backup


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
        (
            AttachManaged(managed("{}", "arn:aws:iam::aws:policy/Some")),
            "aws iam attach-role-policy --role-name R --policy-arn arn:aws:iam::aws:policy/Some",
        ),
        (DetachManaged(CUSTOMER_ARN), f"aws iam detach-role-policy --role-name R --policy-arn {CUSTOMER_ARN}"),
        (
            SetDefaultVersion(CUSTOMER_ARN, "v3", "{}"),
            f"aws iam set-default-policy-version --policy-arn {CUSTOMER_ARN} --version-id v3",
        ),
        (
            PutOwnBoundary(managed("{}")),
            "put back the earlier document: panorama-guard incidents INCIDENT --output json has it among the backups",
        ),
        (
            PutTrust("{}"),
            "put back the earlier document: panorama-guard incidents INCIDENT --output json has it among the backups",
        ),
        (
            PutInline("a", "{}"),
            "put back the earlier document: panorama-guard incidents INCIDENT --output json has it among the backups",
        ),
    ],
)
def test_an_operator_is_told_how_to_take_a_step_back(inverse: Step, words: str) -> None:
    """Names are quoted for the shell; documents are not pasted into a command."""
    assert describe_undo("R", inverse) == words


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (DetachManaged(CUSTOMER_ARN), f"detach the managed policy {CUSTOMER_ARN}"),
        (SetDefaultVersion(CUSTOMER_ARN, "v3", "{}"), f"make v3 the default version of {CUSTOMER_ARN}"),
        (
            RevokeSessions("a", "2026-11-23T15:00:11Z"),
            "put the inline policy a, which denies everything to sessions issued before 2026-11-23T15:00:11Z",
        ),
        (
            PutOwnBoundary(managed("{}", BOUNDARY_ARN)),
            f"set the permissions boundary {BOUNDARY_ARN}, a policy of the guard's own",
        ),
    ],
)
def test_a_step_is_told_in_iam_s_words(step: Step, words: str) -> None:
    """What an operator reads in the alert."""
    assert describe_step(step) == words


def test_the_deny_of_older_sessions_is_the_one_that_aws_s_console_writes() -> None:
    """Everything, where the session was issued before."""
    (statement,) = json.loads(RevokeSessions("a", "2026-11-23T15:00:11Z").text)["Statement"]
    assert statement == {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-11-23T15:00:11Z"}},
    }


def test_a_boundary_of_the_guard_s_own_that_says_so_already_is_as_it_is_to_be() -> None:
    """Which version it is says nothing: the number is IAM's to give."""
    written = snapshot_of().with_boundary((managed("{}", BOUNDARY_ARN, "v7"),))
    assert apply_step(written, PutOwnBoundary(managed("{}", BOUNDARY_ARN, ""))) == written


def test_a_new_default_version_shows_wherever_the_role_uses_the_policy() -> None:
    """Attached, and as its boundary."""
    policy = managed("{}", CUSTOMER_ARN, "v2")
    both = snapshot_of().with_attached(policy).with_boundary((policy,))
    after = apply_step(both, SetDefaultVersion(CUSTOMER_ARN, "v1", "[]"))
    assert [one.text for one in (*after.attached, *after.boundary) if one.arn == CUSTOMER_ARN] == ["[]", "[]"]


def test_a_step_without_its_time_is_the_same_whenever_it_was_planned() -> None:
    """Only the time is left out."""
    early, late = RevokeSessions("a", "2026-11-23T15:00:11Z"), RevokeSessions("a", "2026-11-24T00:00:00Z")
    assert timeless(early) == timeless(late)
    assert timeless(PutInline("a", "{}")) == PutInline("a", "{}")
