"""What the service expects of the ledger holds for the fake and for the table."""

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest

from panorama_guard.case.backup import Backup
from panorama_guard.case.dossier import Dossier
from panorama_guard.case.errors import StaleRecordError
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import NO_REMEDY, Incident, State
from panorama_guard.case.memory import Memory
from panorama_guard.case.pause import Pause
from panorama_guard.case.record import dump_record
from panorama_guard.case.step import DeleteInline, PutInline
from panorama_guard.case.telling import Tellable
from panorama_guard.case.word import Word
from panorama_guard.service.ports import Ledger
from tests.builders import (
    ACCOUNT,
    BOUNDARY_ARN,
    INCIDENT,
    NOW,
    PAYROLL,
    ROLE_ID,
    SERVICE_ROLE,
    SNAPSHOT,
    UNDO,
    WAIVER,
    managed,
)
from tests.contract.drivers import REGION, ledgers, moto_account, moto_ledger

NAME = SERVICE_ROLE.name
LATER = "2027-11-23T15:00:10+00:00"
MEMORY = Memory(ROLE_ID, ("{ }",), (managed("{}", BOUNDARY_ARN),), trust_confirmed=True)
PAUSE = Pause(ACCOUNT, "alice", NOW, "2026-11-23T16:00:10+00:00", "maintenance")
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
    assert ledger.read_attempts(INCIDENT) == ()


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


@pytest.mark.parametrize("channel", ["", "chat"])
def test_that_something_later_was_told_stays_on_record(ledger: Ledger, channel: str) -> None:
    """Whoever told an earlier transition and records it late does not have the later one told again."""
    later = replace(INCIDENT, transition=INCIDENT.transition + 1)
    for record in (later, INCIDENT):
        ledger.put_told(record, channel)
    assert ledger.told(INCIDENT, channel) == later.transition


def test_a_resource_s_name_in_another_case_is_another_one(ledger: Ledger) -> None:
    """Secrets and log groups of both names may stand side by side."""
    subject = replace(INCIDENT.subject, name="secret:panorama-X")
    ledger.put_incident(replace(INCIDENT, subject=subject))
    assert len(ledger.read(ACCOUNT, "secret:panorama-X").incidents) == 1
    assert ledger.read(ACCOUNT, "secret:panorama-x").incidents == ()


def test_what_was_of_a_resource_s_name_in_another_case_is_apart_too(ledger: Ledger) -> None:
    """Its history, what operators were told of it, and what a channel had."""
    one = replace(INCIDENT, subject=replace(INCIDENT.subject, name="secret:Panorama-x"))
    other = replace(one, subject=replace(one.subject, name="secret:panorama-x"))
    ledger.put_history(one)
    assert ledger.recall(ACCOUNT, one.role_name, one.id) == one
    assert ledger.recall(ACCOUNT, other.role_name, one.id) is None
    for channel in ("", "chat"):
        ledger.put_told(one, channel)
        assert (ledger.told(one, channel), ledger.told(other, channel)) == (one.transition, 0)
    ledger.forget_told(ACCOUNT, one.role_name, one.id)
    assert ledger.told(one) == 0


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
    assert ledger.read_attempts(INCIDENT) == ((BACKUP,),)


def test_a_backup_larger_than_one_item_is_kept_whole(ledger: Ledger) -> None:
    """DynamoDB's items end at 400 KB."""
    text = "".join(f"\n{number}é" for number in range(90_000))
    large = replace(BACKUP, snapshot=SNAPSHOT.with_inline("large", text))
    assert len(dump_record(large)) > 2 * 400 * 1024
    ledger.put_backup(INCIDENT, large)
    assert ledger.read_attempts(INCIDENT) == ((large,),)


def test_backups_of_one_attempt_stand_beside_one_another(ledger: Ledger) -> None:
    """The role changed under the first plan: the second plan's snapshot is kept too."""
    other = replace(BACKUP, snapshot=SNAPSHOT.with_inline("more", PAYROLL))
    for backup in (BACKUP, other):
        ledger.put_backup(INCIDENT, backup)
    (attempt,) = ledger.read_attempts(INCIDENT)
    assert set(attempt) == {BACKUP, other}


def test_backups_of_other_attempts_and_incidents_are_apart(ledger: Ledger) -> None:
    """Each attempt has its own."""
    ledger.put_backup(INCIDENT, BACKUP)
    ledger.put_backup(replace(INCIDENT, id="inc-other"), replace(BACKUP, snapshot=SNAPSHOT.with_inline("x", PAYROLL)))
    assert ledger.read_attempts(INCIDENT) == ((BACKUP,),)


# --- what is over ---


def test_an_archived_incident_is_recalled_as_it_was(ledger: Ledger) -> None:
    """The dossier has neither it nor the mark that it was told."""
    ledger.put_incident(INCIDENT)
    ledger.put_told(INCIDENT)
    ledger.archive(INCIDENT)
    assert ledger.read(ACCOUNT, NAME) == Dossier((), (), ())
    assert ledger.recall(ACCOUNT, NAME.upper(), INCIDENT.id) == INCIDENT
    assert ledger.recall(ACCOUNT, NAME, "inc-other") is None
    assert ledger.recall(ACCOUNT, f"{NAME}X", INCIDENT.id) is None


@pytest.mark.parametrize(
    "written",
    [(INCIDENT, INCIDENT.moved(State.REOPENED, now=NOW, reason="back")), (replace(INCIDENT, id="inc-other"),)],
    ids=["another revision", "another incident of the slot"],
)
def test_what_was_written_since_it_was_read_is_not_archived(ledger: Ledger, written: tuple[Incident, ...]) -> None:
    """It stays, and so does the mark of what was told."""
    for incident in written:
        ledger.put_incident(incident)
    ledger.put_told(INCIDENT)
    with pytest.raises(StaleRecordError):
        ledger.archive(INCIDENT)
    dossier = ledger.read(ACCOUNT, NAME)
    assert (dossier.incidents, dossier.told) == (written[-1:], ((INCIDENT.id, INCIDENT.transition),))


def test_what_two_archive_is_archived_once(ledger: Ledger) -> None:
    """The second one finds nothing, and nothing is lost."""
    ledger.put_incident(INCIDENT)
    ledger.archive(INCIDENT)
    with pytest.raises(StaleRecordError):
        ledger.archive(INCIDENT)
    assert ledger.recall(ACCOUNT, NAME, INCIDENT.id) == INCIDENT


def test_an_earlier_revision_does_not_replace_a_later_one_in_the_history(ledger: Ledger) -> None:
    """Who is late keeps what he read; that is known already."""
    ended = INCIDENT.moved(State.RESOLVED, now=NOW, reason="gone")
    for incident in (INCIDENT, ended, INCIDENT):
        ledger.put_history(incident)
    assert ledger.recall(ACCOUNT, NAME, INCIDENT.id) == ended


def test_a_slot_whose_incident_was_archived_begins_anew(ledger: Ledger) -> None:
    """What follows has a history and backups of its own."""
    ledger.put_incident(INCIDENT)
    ledger.put_backup(INCIDENT, BACKUP)
    ledger.archive(INCIDENT)
    other = replace(INCIDENT, id="inc-other")
    ledger.put_incident(other)
    ledger.put_backup(other, replace(BACKUP, snapshot=SNAPSHOT.with_inline("more", PAYROLL)))
    ledger.archive(other)
    assert ledger.recall(ACCOUNT, NAME, INCIDENT.id) == INCIDENT
    assert ledger.recall(ACCOUNT, NAME, other.id) == other
    assert ledger.read_attempts(INCIDENT) == ((BACKUP,),)


def test_an_incident_is_not_written_over_another_one_of_its_slot(ledger: Ledger) -> None:
    """The one that was read was archived meanwhile, and the revisions of its successor happen to follow."""
    successor = replace(INCIDENT, id="inc-other")
    ledger.put_incident(successor)
    late = INCIDENT.moved(State.CONTAINED, now=NOW, reason="late")
    with pytest.raises(StaleRecordError):
        ledger.put_incident(late)
    with pytest.raises(StaleRecordError):
        ledger.put_incident(replace(late, id="inc-third"), replaced=INCIDENT.id)
    ledger.put_incident(replace(late, id="inc-third"), replaced=successor.id)
    assert [one.id for one in ledger.read(ACCOUNT, NAME).incidents] == ["inc-third"]


def test_operators_words_are_archived_too(ledger: Ledger) -> None:
    """A waiver that was ended, and an undo; unless they were written since."""
    ledger.put_waiver(WAIVER)
    ledger.put_undo(UNDO)
    with pytest.raises(StaleRecordError):
        ledger.archive(WAIVER.ended("carol"))
    for record in (WAIVER, UNDO):
        ledger.put_told(record)
        ledger.archive(record)
    assert ledger.read(ACCOUNT, NAME) == Dossier((), (), ())


def test_what_was_told_is_forgotten(ledger: Ledger) -> None:
    """Once, or again."""
    ledger.put_told(INCIDENT)
    for _ in range(2):
        ledger.forget_told(ACCOUNT, NAME.upper(), INCIDENT.id)
    assert ledger.told(INCIDENT) == 0


# --- operators' words ---


def test_waivers_and_undos_are_read_with_the_role(ledger: Ledger) -> None:
    """What the role is judged by is in the one query."""
    ledger.put_waiver(WAIVER)
    ledger.put_undo(UNDO)
    dossier = ledger.read(ACCOUNT, NAME.upper())
    assert (dossier.waivers, dossier.undos) == ((WAIVER,), (UNDO,))
    assert ledger.read(ACCOUNT, f"{NAME}X").waivers == ()


def test_a_waiver_is_written_if_its_revision_follows(ledger: Ledger) -> None:
    """Of two operators who write at once, one wins."""
    ledger.put_waiver(WAIVER)
    ledger.put_waiver(WAIVER.approved("bob"))
    with pytest.raises(StaleRecordError):
        ledger.put_waiver(WAIVER.ended("carol"))
    assert ledger.read(ACCOUNT, NAME).waivers == (WAIVER.approved("bob"),)


def test_an_undo_is_written_if_its_revision_follows(ledger: Ledger) -> None:
    """Each attempt of an incident has its own."""
    other = replace(UNDO, attempt=2)
    for undo in (UNDO, other, UNDO.turned_down("changed")):
        ledger.put_undo(undo)
    with pytest.raises(StaleRecordError):
        ledger.put_undo(UNDO)
    assert set(ledger.read(ACCOUNT, NAME).undos) == {UNDO.turned_down("changed"), other}


def test_where_a_record_is_is_found_by_its_id(ledger: Ledger) -> None:
    """Of an incident or a waiver; put again it is the same, and of any other there is nothing."""
    for _ in range(2):
        ledger.put_place_of("inc-0123456789abcdef", "222233334444", "secret:panorama-x")
    assert ledger.place_of("inc-0123456789abcdef") == ("222233334444", "secret:panorama-x")
    assert ledger.place_of("inc-fedcba9876543210") == ("", "")


def test_the_pause_is_one_for_the_account(ledger: Ledger) -> None:
    """It is read as it is at the moment, and of two who write at once one wins."""
    assert ledger.read_pause(ACCOUNT) is None
    ledger.put_pause(PAUSE)
    ledger.put_pause(PAUSE.ended("bob", now=NOW))
    with pytest.raises(StaleRecordError):
        ledger.put_pause(PAUSE)
    assert ledger.read_pause(ACCOUNT) == PAUSE.ended("bob", now=NOW)
    assert ledger.read_pause("999999999999") is None


def test_a_word_that_is_there_is_left(ledger: Ledger) -> None:
    """The same again is no error, and is not told again."""
    word = Word("wrd-1", ACCOUNT, "mallory", NOW, "turned away", "a guarded role")
    for text in ("first", "second"):
        ledger.put_word(replace(word, text=text))
    assert ledger.told(word) == 0


@pytest.mark.parametrize("record", [WAIVER, UNDO, PAUSE], ids=["waiver", "undo", "pause"])
def test_what_was_told_is_known_of_every_record(ledger: Ledger, record: Tellable) -> None:
    """Each has its own transitions."""
    assert ledger.told(record) == 0
    ledger.put_told(record)
    assert ledger.told(record) == 1


def test_what_a_channel_had_is_apart_from_what_operators_were_told(ledger: Ledger) -> None:
    """And from what another channel had; no dossier has it."""
    ledger.put_told(INCIDENT, "chat")
    assert (ledger.told(INCIDENT), ledger.told(INCIDENT, "events")) == (0, 0)
    assert ledger.told(INCIDENT, "chat") == INCIDENT.transition
    assert ledger.read(INCIDENT.account, INCIDENT.role_name).told == ()
    ledger.put_told(INCIDENT)
    assert ledger.told(INCIDENT, "events") == 0


def test_when_a_role_is_looked_at_is_apart_from_its_rechecks(ledger: Ledger) -> None:
    """A look when a pause ends spares no look after a change."""
    ledger.put_looked_at_after(ACCOUNT, NAME, "later")
    ledger.put_rechecked_until(ACCOUNT, NAME, "soon")
    dossier = ledger.read(ACCOUNT, NAME)
    assert (dossier.rechecked_until, dossier.looked_at_after) == ("soon", "later")


def test_all_attempts_are_read_in_their_order(ledger: Ledger) -> None:
    """The tenth comes after the second, and the thousandth after the hundred and first."""
    numbers = (1000, 101, 10, 2, 1)
    kept = {number: replace(BACKUP, snapshot=SNAPSHOT.with_inline(f"p{number}", PAYROLL)) for number in numbers}
    for number in numbers:
        ledger.put_backup(replace(INCIDENT, attempt=number), kept[number])
    assert ledger.read_attempts(INCIDENT) == ((kept[1],), (kept[2],), (kept[10],), (kept[101],), (kept[1000],))
    assert ledger.read_attempts(replace(INCIDENT, id="inc-other")) == ()


def test_the_table_forgets_only_words_and_later_that_they_were_told() -> None:
    """No other record has the attribute by which DynamoDB deletes, and no other mark."""
    ledger = moto_ledger()
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    table = max(dynamodb.list_tables()["TableNames"], key=lambda name: int(name.rpartition("-")[2]))
    ledger.put_waiver(WAIVER)
    ledger.put_undo(UNDO)
    ledger.put_pause(PAUSE)
    ledger.put_backup(INCIDENT, BACKUP)
    word = Word("wrd-1", ACCOUNT, "mallory", NOW, "title", "text")
    ledger.put_word(word)
    records: tuple[Tellable, ...] = (WAIVER, UNDO, PAUSE, word)
    for record in records:
        ledger.put_told(record)
        ledger.put_told(record, "chat")
    items = dynamodb.scan(TableName=table)["Items"]
    expiring = {
        (item["pk"]["S"], item["sk"]["S"]): int(item["expires_at"]["N"]) for item in items if "expires_at" in item
    }
    told, relayed = (f"GUARD#{ACCOUNT}", "TOLD#wrd-1"), (f"RELAYED#{ACCOUNT}#", "chat#wrd-1")
    assert expiring.keys() == {(f"GUARD#{ACCOUNT}", "WORD#wrd-1"), told, relayed}
    assert expiring[told] == expiring[relayed] > expiring[f"GUARD#{ACCOUNT}", "WORD#wrd-1"]
    assert len(items) == 5 + 2 * len(records)


def test_a_resource_is_on_record_until_it_is_forgotten(ledger: Ledger) -> None:
    """Put twice it is there once; forgotten twice it is gone, and no other one with it."""
    for key in ("found-role:application-role/a", "found-role:application-role/a", "s3-bucket:b"):
        ledger.put_resource(ACCOUNT, key, at=NOW)
    assert sorted(ledger.resources_on_record(ACCOUNT)) == ["found-role:application-role/a", "s3-bucket:b"]
    for _ in range(2):
        ledger.forget_resource(ACCOUNT, "found-role:application-role/a", before=LATER)
    assert ledger.resources_on_record(ACCOUNT) == ("s3-bucket:b",)


def test_a_resource_that_was_put_on_record_since_is_kept(ledger: Ledger) -> None:
    """Whoever opens an incident of it puts it on record first: by that it is found, whoever forgets."""
    for at in (NOW, LATER):
        ledger.put_resource(ACCOUNT, "s3-bucket:b", at=at)
        ledger.forget_resource(ACCOUNT, "s3-bucket:b", before=at)
        assert ledger.resources_on_record(ACCOUNT) == ("s3-bucket:b",)
    ledger.forget_resource(ACCOUNT, "s3-bucket:b", before=f"{LATER}1")
    assert ledger.resources_on_record(ACCOUNT) == ()
