"""A backup as the ledger's table holds it: in parts, under keys that hold the checksum of the whole."""

from collections.abc import Iterable, Iterator
from typing import Any

from panorama_guard.case.backup import Backup
from panorama_guard.case.incident import Incident
from panorama_guard.case.record import dump_record, load_record
from panorama_guard.case.snapshot import digest

PART_CHARACTERS = 350_000  # an item holds 400 KB; records are ASCII, a byte for each character


def backups_partition(incident: Incident) -> str:
    """Return where the backups of an incident are."""
    return f"BACKUP#{incident.id}"


def attempt_prefix(incident: Incident) -> str:
    """Return what the keys of the incident's attempt begin with."""
    return f"{incident.attempt:03}#"


def backup_items(incident: Incident, backup: Backup) -> Iterator[dict[str, Any]]:
    """Yield the parts of a backup; to write them again changes nothing."""
    text = dump_record(backup)
    for number, at in enumerate(range(0, len(text), PART_CHARACTERS)):
        yield {
            "pk": {"S": backups_partition(incident)},
            "sk": {"S": f"{attempt_prefix(incident)}{digest(text)}#{number:03}"},
            "body": {"S": text[at : at + PART_CHARACTERS]},
        }


def whole_backups(parts: Iterable[dict[str, Any]]) -> tuple[tuple[Backup, ...], ...]:
    """Return the whole backups of each attempt that has some, in the order of the attempts."""
    attempts: dict[int, dict[str, str]] = {}
    for part in parts:
        attempt, checksum, _ = part["sk"]["S"].split("#")
        # By its number: the key of the thousandth stands before that of the 101st.
        texts = attempts.setdefault(int(attempt), {})
        texts[checksum] = texts.get(checksum, "") + part["body"]["S"]
    return tuple(whole for _, texts in sorted(attempts.items()) if (whole := _whole(texts)))


def _whole(texts: dict[str, str]) -> tuple[Backup, ...]:
    """Return the backups that are whole, of texts by their checksums; one that was cut short led to no write."""
    return tuple(load_record(Backup, text) for checksum, text in texts.items() if digest(text) == checksum)
