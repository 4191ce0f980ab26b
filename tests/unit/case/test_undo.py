"""What the guard did is taken back from the role as it is: wholly, once, and only where it is still the guard's."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panorama_guard.case.backup import Backup
from panorama_guard.case.closing import CLOSED_TRUST, DENY_ALL
from panorama_guard.case.difference import describe_differences
from panorama_guard.case.incident import NO_REMEDY
from panorama_guard.case.snapshot import RoleSnapshot
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
    invert_step,
)
from panorama_guard.case.undo import Taken, describe_inverse, reverse
from tests.builders import BOUNDARY_ARN, IN_PATTERN, PAYROLL, SNAPSHOT, managed, snapshot_of, the_role

DENY, WIDER = "panorama-guard-containment-1", '{"Statement": []}'
BOUNDARY = managed(IN_PATTERN, BOUNDARY_ARN)
OWN = PutInline(DENY, PAYROLL)
EXTRA = SNAPSHOT.attached[0]
SESSIONS = RevokeSessions("older-sessions", "2026-11-23T15:00:11Z")
LATER_SESSIONS = replace(SESSIONS, before="2026-11-23T15:00:41Z")
OWN_BOUNDARY = PutOwnBoundary(managed(PAYROLL, "arn:aws:iam::111122223333:policy/panorama-guard/boundary-of-x"))


def backup_of(snapshot: RoleSnapshot, *steps: Step) -> Backup:
    """Return the backup before steps, each with the inverse for the role as it is when its turn comes."""
    inverses, role = [], snapshot
    for step in steps:
        inverses.append(invert_step(role, step))
        role = apply_step(role, step)
    return Backup(snapshot, steps, tuple(inverses), NO_REMEDY)


def carried_out(snapshot: RoleSnapshot, steps: Iterable[Step]) -> RoleSnapshot:
    """Return the role after steps."""
    for step in steps:
        snapshot = apply_step(snapshot, step)
    return snapshot


@pytest.mark.parametrize(
    "steps",
    [
        (OWN,),
        (PutTrust("{}"),),
        (PutBoundary(BOUNDARY),),
        (OWN, PutTrust("{}"), PutBoundary(BOUNDARY)),
        (OWN, PutInline(DENY, WIDER)),
        (DeleteInline(SNAPSHOT.inline[0].name),),
        (DetachManaged(EXTRA.arn),),
        (SetDefaultVersion(EXTRA.arn, "v0", "{}"),),
        (OWN_BOUNDARY,),
        (PutBoundary(BOUNDARY), OWN_BOUNDARY),
        (SESSIONS, PutTrust("{}"), LATER_SESSIONS),
        (PutTrust(CLOSED_TRUST), PutInline("quarantine", DENY_ALL)),
    ],
    ids=[
        "deny",
        "trust",
        "boundary",
        "all of them",
        "one after another",
        "deletion",
        "detachment",
        "earlier version",
        "own boundary",
        "own boundary in the place of another",
        "sessions",
        "quarantine",
    ],
)
def test_the_role_gets_back_to_the_backup_byte_for_byte(steps: tuple[Step, ...]) -> None:
    """By the inverses, in the order in which they are told."""
    backup = backup_of(SNAPSHOT, *steps)
    reversal = reverse(backup.outcome, ((backup,),))
    assert reversal.target == SNAPSHOT
    assert carried_out(the_role(backup.outcome), (taken.inverse for taken in reversal.taken)) == SNAPSHOT
    assert reversal.changed == ()


def test_what_was_taken_back_is_not_taken_back_again() -> None:
    """A second undo has nothing to do."""
    reversal = reverse(SNAPSHOT, ((backup_of(SNAPSHOT, OWN, PutTrust("{}")),),))
    assert (reversal.taken, reversal.target, reversal.changed) == ((), SNAPSHOT, ())


def test_an_undo_that_was_cut_short_goes_on() -> None:
    """One part is back, the other is not."""
    backup = backup_of(SNAPSHOT, OWN, PutTrust("{}"))
    half = the_role(backup.outcome).without_inline(DENY)
    reversal = reverse(half, ((backup,),))
    assert [taken.step for taken in reversal.taken] == [PutTrust("{}")]
    assert reversal.target == SNAPSHOT


def test_what_others_changed_elsewhere_on_the_role_is_left() -> None:
    """Only what the guard wrote is taken back."""
    backup = backup_of(SNAPSHOT, OWN)
    later = the_role(backup.outcome).with_inline("theirs", PAYROLL).with_trust("{}")
    assert reverse(later, ((backup,),)).target == SNAPSHOT.with_inline("theirs", PAYROLL).with_trust("{}")


@pytest.mark.parametrize(
    ("step", "later", "told"),
    [
        (OWN, SNAPSHOT.with_inline(DENY, WIDER), f"inline policy {DENY} was document"),
        (PutTrust("{}"), SNAPSHOT.with_trust('{"Id": "x"}'), "the trust policy was document"),
        (PutBoundary(BOUNDARY), SNAPSHOT.with_boundary((managed("{}", BOUNDARY_ARN),)), "permissions boundary"),
    ],
    ids=["deny", "trust", "boundary"],
)
def test_what_others_wrote_over_the_guards_own_is_told_and_nothing_is_taken_back(
    step: Step, later: RoleSnapshot, told: str
) -> None:
    """Exactly what has changed."""
    reversal = reverse(later, ((backup_of(SNAPSHOT, step),),))
    assert reversal.taken == ()
    assert [told in line for line in reversal.changed] == [True]


def test_a_containment_that_was_renewed_is_taken_back_whole() -> None:
    """The second attempt wrote over the first one's; before both there was none."""
    first = backup_of(SNAPSHOT, OWN)
    second = backup_of(the_role(first.outcome), PutInline(DENY, WIDER))
    reversal = reverse(second.outcome, ((first,), (second,)))
    assert reversal.target == SNAPSHOT
    assert [taken.inverse for taken in reversal.taken] == [DeleteInline(DENY)]


def test_an_escape_that_came_back_is_what_an_undo_of_its_repair_gives_back() -> None:
    """The trust of the first attempt was written over by whoever brought it back."""
    first = backup_of(SNAPSHOT.with_trust("first"), PutTrust("repaired"))
    second = backup_of(SNAPSHOT.with_trust("second"), PutTrust("repaired"))
    assert the_role(reverse(second.outcome, ((first,), (second,))).target).trust == "second"


def test_of_two_plans_of_one_attempt_the_one_that_was_carried_out_counts() -> None:
    """The role had changed under the first."""
    dropped = backup_of(SNAPSHOT.with_trust("first"), PutTrust("first, repaired"))
    done = backup_of(SNAPSHOT.with_trust("second"), PutTrust("second, repaired"))
    for attempt in ((dropped, done), (done, dropped)):
        reversal = reverse(done.outcome, (attempt,))
        assert (the_role(reversal.target).trust, reversal.changed) == ("second", ())


def test_the_order_in_which_renewals_of_a_deny_are_on_record_does_not_matter() -> None:
    """Each moved the time up; before the first there was no Deny."""
    first = backup_of(SNAPSHOT, SESSIONS, PutTrust("{}"))
    second = backup_of(the_role(first.outcome), LATER_SESSIONS)
    for attempt in ((first, second), (second, first)):
        reversal = reverse(second.outcome, (attempt,))
        assert (reversal.target, reversal.changed) == (SNAPSHOT, ())
        assert {type(taken.inverse) for taken in reversal.taken} == {DeleteInline, PutTrust}


def test_a_boundary_of_the_guard_s_own_is_known_by_what_it_says() -> None:
    """IAM gives the number of its version; the plan does not know it."""
    backup = backup_of(SNAPSHOT, OWN_BOUNDARY)
    live = SNAPSHOT.with_boundary((replace(OWN_BOUNDARY.own, version_id="v4"),))
    assert reverse(live, ((backup,),)).target == SNAPSHOT


def test_what_was_detached_and_attached_again_by_others_needs_no_undo() -> None:
    """It is as it was before."""
    assert reverse(SNAPSHOT, ((backup_of(SNAPSHOT, DetachManaged(EXTRA.arn)),),)).taken == ()


def test_what_was_detached_and_has_come_back_with_other_words_is_told() -> None:
    """Somebody attached it again, with another default version."""
    backup = backup_of(SNAPSHOT, DetachManaged(EXTRA.arn))
    reversal = reverse(SNAPSHOT.with_attached(replace(EXTRA, version_id="v9", text="{}")), ((backup,),))
    assert (reversal.taken, len(reversal.changed)) == ((), 1)


def test_a_trust_that_comes_back_is_not_called_inside_the_profile() -> None:
    """It may let anybody in."""
    assert describe_inverse(PutTrust("{}")) == "put back the trust policy as it was"
    assert describe_inverse(OWN) == f"put the inline policy {DENY}"


def test_an_attempt_of_which_nothing_was_written_has_nothing_to_take_back() -> None:
    """It died between the backup and the write."""
    assert reverse(SNAPSHOT, ((backup_of(SNAPSHOT, OWN),),)).taken == ()


def test_without_an_attempt_there_is_nothing_to_take_back() -> None:
    """The guard only told."""
    assert reverse(SNAPSHOT, ()).target == SNAPSHOT


def test_a_deletion_is_taken_back_by_putting() -> None:
    """Whatever the step, its inverse is."""
    role = snapshot_of().with_inline("theirs", PAYROLL).with_boundary((BOUNDARY,))
    backup = backup_of(role, DeleteInline("theirs"), DeleteBoundary())
    assert reverse(backup.outcome, ((backup,),)).target == role


STEPS = st.one_of(
    st.builds(PutInline, st.sampled_from(["a", "b"]), st.sampled_from(["1", "2"])),
    st.builds(DeleteInline, st.sampled_from(["a", "b"])),
    st.builds(PutTrust, st.sampled_from(["1", "2"])),
    st.just(PutBoundary(BOUNDARY)),
    st.just(DeleteBoundary()),
    st.sampled_from([SESSIONS, LATER_SESSIONS, OWN_BOUNDARY, DetachManaged(EXTRA.arn), AttachManaged(EXTRA)]),
    st.builds(SetDefaultVersion, st.just(EXTRA.arn), st.sampled_from(["v1", "v2"]), st.sampled_from(["1", "2"])),
)


@given(st.lists(st.lists(STEPS, min_size=1, max_size=3), min_size=1, max_size=3), st.integers(0, 9))
def test_an_undo_that_dies_anywhere_ends_where_it_would_have(attempts: list[list[Step]], dies_after: int) -> None:
    """Taken back in one go or in two, the role is the same; and no third go finds anything."""
    role, backups = SNAPSHOT, []
    for steps in attempts:
        backup = backup_of(role, *steps)
        backups.append((backup,))
        role = the_role(backup.outcome)
    whole = reverse(role, tuple(backups))
    half = carried_out(role, (taken.inverse for taken in whole.taken[:dies_after]))
    again = reverse(half, tuple(backups))
    done = carried_out(half, (taken.inverse for taken in again.taken))
    assert again.changed == () == reverse(done, tuple(backups)).changed
    assert done == whole.target == SNAPSHOT


def test_each_part_that_differs_is_told() -> None:
    """In a line of its own, and nothing of a role that is the same."""
    other = replace(
        SNAPSHOT.with_trust("{}").with_inline("inline-0", "{}").with_inline("come", "{}").with_boundary((BOUNDARY,)),
        path="/elsewhere/",
        attached=(),
        subject=replace(SNAPSHOT.subject, unique_id="AROANEW"),
    )
    told = describe_differences(SNAPSHOT, other)
    assert [line.split(" ")[0] for line in told] == [
        "another",
        "path",
        "the",
        "inline",
        "inline",
        "attached",
        "permissions",
    ]
    assert describe_differences(SNAPSHOT, SNAPSHOT) == ()


def test_a_pair_is_a_step_and_its_inverse() -> None:
    """What is taken back says what it was."""
    assert reverse(backup_of(SNAPSHOT, OWN).outcome, ((backup_of(SNAPSHOT, OWN),),)).taken == (
        Taken(OWN, DeleteInline(DENY)),
    )
