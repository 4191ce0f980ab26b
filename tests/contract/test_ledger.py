"""What the service expects of the ledger holds for the fake and for the table."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from panorama_guard.case.backup import Backup
from panorama_guard.case.dossier import Dossier
from panorama_guard.case.errors import StaleRecordError
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import NO_REMEDY, State
from panorama_guard.case.memory import Memory
from panorama_guard.case.record import dump_record
from panorama_guard.case.step import DeleteInline, PutInline
from panorama_guard.service.ports import Ledger
from tests.builders import ACCOUNT, BOUNDARY_ARN, INCIDENT, NOW, PAYROLL, ROLE_ID, SERVICE_ROLE, SNAPSHOT, managed
from tests.contract.drivers import ledgers, moto_account

NAME = SERVICE_ROLE.name
MEMORY = Memory(ROLE_ID, ("{ }",), (managed("{}", BOUNDARY_ARN),), trust_confirmed=True)
BACKUP = Backup(SNAPSHOT, (PutInline("deny", PAYROLL),), (DeleteInline("deny"),), NO_REMEDY)


@pytest.fixture(scope="module", autouse=True)
def account() -> Iterator[None]:
    """Run in moto's account."""
    with moto_account():
        yield


@pytest.fixture(params=["fake", "moto"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    """Return an empty ledger, once of each sort."""
    return ledgers(request.param)


def test_nothing_is_on_record_at_first(ledger: Ledger) -> None:
    """An unknown name has an empty dossier."""
    assert ledger.read(ACCOUNT, NAME) == Dossier((), (), ())
    assert ledger.told(INCIDENT) == 0
    assert ledger.read_backups(INCIDENT) == ()


def test_what_was_put_is_read(ledger: Ledger) -> None:
    """Incidents of every slot, memory, and what was told."""
    other = replace(INCIDENT, kind=Kind.TRUST_ESCAPE, id="inc-other")
    for incident in (INCIDENT, other):
        ledger.put_incident(incident)
    ledger.put_memory(ACCOUNT, NAME, MEMORY)
    ledger.put_told(INCIDENT)
    dossier = ledger.read(ACCOUNT, NAME)
    assert sorted(dossier.incidents, key=lambda incident: incident.id) == [INCIDENT, other]
    assert dossier.memories == (MEMORY,)
    assert dossier.told == ((INCIDENT.id, INCIDENT.transition),)
    assert ledger.told(INCIDENT) == INCIDENT.transition


def test_a_name_in_another_case_is_the_same_name(ledger: Ledger) -> None:
    """IAM compares names without case."""
    ledger.put_incident(INCIDENT)
    ledger.put_memory(ACCOUNT, NAME.upper(), MEMORY)
    dossier = ledger.read(ACCOUNT, NAME.lower())
    assert (dossier.incidents, dossier.memories) == ((INCIDENT,), (MEMORY,))


def test_other_names_and_accounts_are_apart(ledger: Ledger) -> None:
    """A name that begins like another is another."""
    ledger.put_incident(INCIDENT)
    assert ledger.read(ACCOUNT, f"{NAME}X") == ledger.read("999999999999", NAME) == Dossier((), (), ())


def test_an_incident_is_written_if_its_revision_follows(ledger: Ledger) -> None:
    """The next revision replaces it."""
    ledger.put_incident(INCIDENT)
    moved = INCIDENT.moved(State.CONTAINED, now=NOW, reason="read again")
    ledger.put_incident(moved)
    assert ledger.read(ACCOUNT, NAME).incidents == (moved,)


@pytest.mark.parametrize("revision", [-1, 0, 1, 3])
def test_a_lost_race_is_an_error_and_changes_nothing(ledger: Ledger, revision: int) -> None:
    """Of two that read the same revision, one wins."""
    ledger.put_incident(INCIDENT)
    late = replace(INCIDENT, revision=revision, reason="late")
    with pytest.raises(StaleRecordError):
        ledger.put_incident(late)
    assert ledger.read(ACCOUNT, NAME).incidents == (INCIDENT,)


def test_history_does_not_show_in_the_dossier(ledger: Ledger) -> None:
    """A slot has one current incident."""
    ledger.put_history(INCIDENT)
    ledger.put_history(INCIDENT)
    assert ledger.read(ACCOUNT, NAME).incidents == ()


def test_memory_is_replaced(ledger: Ledger) -> None:
    """A name has one memory."""
    ledger.put_memory(ACCOUNT, NAME, MEMORY)
    ledger.put_memory(ACCOUNT, NAME, Memory("AROANEW"))
    assert ledger.read(ACCOUNT, NAME).memories == (Memory("AROANEW"),)


def test_a_later_transition_told_replaces_an_earlier_one(ledger: Ledger) -> None:
    """Only the last counts."""
    ledger.put_told(INCIDENT)
    ledger.put_told(replace(INCIDENT, transition=7))
    assert ledger.told(INCIDENT) == 7


def test_a_backup_is_read_as_it_was_put(ledger: Ledger) -> None:
    """Snapshot, steps, inverses and words; twice is once."""
    ledger.put_backup(INCIDENT, BACKUP)
    ledger.put_backup(INCIDENT, BACKUP)
    assert ledger.read_backups(INCIDENT) == (BACKUP,)


def test_a_backup_larger_than_one_item_is_kept_whole(ledger: Ledger) -> None:
    """DynamoDB's items end at 400 KB."""
    text = "".join(f"\n{number}é" for number in range(90_000))
    large = replace(BACKUP, snapshot=SNAPSHOT.with_inline("large", text))
    assert len(dump_record(large)) > 2 * 400 * 1024
    ledger.put_backup(INCIDENT, large)
    assert ledger.read_backups(INCIDENT) == (large,)


def test_backups_of_one_attempt_stand_beside_one_another(ledger: Ledger) -> None:
    """The role changed under the first plan: the second plan's snapshot is kept too."""
    other = replace(BACKUP, snapshot=SNAPSHOT.with_inline("more", PAYROLL))
    for backup in (BACKUP, other):
        ledger.put_backup(INCIDENT, backup)
    assert set(ledger.read_backups(INCIDENT)) == {BACKUP, other}


def test_backups_of_other_attempts_and_incidents_are_apart(ledger: Ledger) -> None:
    """Each attempt has its own."""
    ledger.put_backup(INCIDENT, BACKUP)
    assert ledger.read_backups(replace(INCIDENT, attempt=2)) == ()
    assert ledger.read_backups(replace(INCIDENT, id="inc-other")) == ()
