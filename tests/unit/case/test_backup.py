"""A backup tells whether its steps were carried out."""

from panorama_guard.case.backup import Backup
from panorama_guard.case.incident import NO_REMEDY
from panorama_guard.case.step import DeleteInline, PutInline
from tests.builders import snapshot_of

BACKUP = Backup(snapshot_of(), (PutInline("deny", "{}"),), (DeleteInline("deny"),), NO_REMEDY)


def test_steps_that_were_carried_out_are_in_force() -> None:
    """The role has the document that the step puts, whatever else has changed."""
    assert BACKUP.is_in_force(snapshot_of().with_inline("deny", "{}").with_inline("other", "{}"))


def test_steps_that_were_not_carried_out_are_not_in_force() -> None:
    """A crash between backup and write leaves the role as it was."""
    assert not BACKUP.is_in_force(snapshot_of())


def test_steps_that_were_overwritten_are_not_in_force() -> None:
    """Another document under the same name is not ours."""
    assert not BACKUP.is_in_force(snapshot_of().with_inline("deny", '{"Statement": []}'))
