"""A fingerprint changes when anything of a role changes, and with nothing else."""

from dataclasses import replace

import pytest

from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot, digest
from tests.builders import BOUNDARY_ARN, IN_PATTERN, managed, snapshot_of, with_policies

ROLE = with_policies(snapshot_of(), IN_PATTERN, boundary=[managed("{}", BOUNDARY_ARN)])


@pytest.mark.parametrize(
    "changed",
    [
        replace(ROLE, subject=replace(ROLE.subject, unique_id="AROAOTHER")),
        replace(ROLE, path="/"),
        ROLE.with_trust(ROLE.trust + " "),
        ROLE.with_inline("inline-0", IN_PATTERN + " "),
        ROLE.with_inline("another", IN_PATTERN),
        ROLE.without_inline("inline-0"),
        ROLE.with_boundary(()),
        ROLE.with_boundary((managed("{}", BOUNDARY_ARN, "v2"),)),
        replace(ROLE, attached=()),
    ],
)
def test_whatever_changes_a_role_changes_its_fingerprint(changed: RoleSnapshot) -> None:
    """A space in a document counts: what is put back is put back byte for byte."""
    assert changed.fingerprint != ROLE.fingerprint


def test_equal_roles_have_equal_fingerprints() -> None:
    """It does not matter in which order policies were put."""
    first = snapshot_of().with_inline("a", "{}").with_inline("b", "{}")
    second = snapshot_of().with_inline("b", "{}").with_inline("a", "{}")
    assert first.fingerprint == second.fingerprint


def test_a_document_is_known_by_its_text_alone() -> None:
    """A new version with the same text is the same document."""
    assert ManagedPolicy("arn", "v1", "{}").digest == ManagedPolicy("arn", "v2", "{}").digest == digest("{}")


def test_text_that_cannot_be_encoded_has_a_fingerprint_too() -> None:
    """A lone surrogate in a document does not break the reader."""
    assert ROLE.with_trust("\ud800").fingerprint != ROLE.fingerprint
