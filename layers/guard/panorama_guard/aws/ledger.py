"""The ledger in DynamoDB: one partition for all that concerns the roles of one name, or the resource of one key.

    pk                           sk
    ROLE#<account>#<name>        INCIDENT#<slot>      the current incident of a cause (streamed to `notify`)
                                 MEMORY               trust and boundary when last judged contained
                                 WAIVER#<waiver id>   a document added to the role's ceiling for a while (streamed)
                                 UNDO#<incident id>-<attempt>     an operator's word to take it back (streamed)
                                 TOLD#<record's id>   the last transition that operators were told of
                                 RELAYED#<channel>#<record's id>  the last one that a channel beside the topic had
                                 RECHECKS             until when re-checks are on their way after a change
                                 LATER                when the role is looked at because a pause or a waiver ends
    GUARD#<account>              PAUSE                who stopped all writes, and until when (streamed)
                                 WORD#<id>            what else operators are told of: who was turned away (streamed)
                                 TOLD#<record's id>   as above
                                 RESOURCE#<key>       that there are records of this resource, under its key as a name
    HISTORY#<account>#<name>     <incident id>        an incident that a later one of its slot replaced
    BACKUP#<incident id>         <attempt>#<checksum>#<part>     the role before a write, in parts

Records are JSON text under `body`; `revision` guards every write of an incident, a waiver, an undo and the pause.
Only words have the attribute by which the table forgets (`expires_at`).
"""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import LOST_RACE, code_of
from panorama_guard.case.backup import Backup
from panorama_guard.case.dossier import Dossier
from panorama_guard.case.errors import StaleRecordError
from panorama_guard.case.incident import Incident
from panorama_guard.case.memory import Memory
from panorama_guard.case.pause import Pause
from panorama_guard.case.record import dump_record, load_record
from panorama_guard.case.snapshot import digest
from panorama_guard.case.telling import Tellable
from panorama_guard.case.undo import Undo
from panorama_guard.case.waiver import Waiver
from panorama_guard.case.word import Word

PART_CHARACTERS = 350_000  # an item holds 400 KB; records are ASCII, a byte for each character


class DynamoLedger:
    """The ledger table."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        """Take a DynamoDB client and the name of the table."""
        self._dynamodb = dynamodb
        self._table = table

    def read(self, account: str, role_name: str) -> Dossier:
        """Return what is on record of the roles that had this name, compared without case."""
        items = list(self._query(_partition(account, role_name)))
        return Dossier(
            tuple(load_record(Incident, item["body"]["S"]) for item in _of(items, "INCIDENT#")),
            tuple(load_record(Memory, item["body"]["S"]) for item in _of(items, "MEMORY")),
            tuple(
                (item["sk"]["S"].removeprefix("TOLD#"), int(item["transition"]["N"])) for item in _of(items, "TOLD#")
            ),
            next((item["until"]["S"] for item in _of(items, "RECHECKS")), ""),
            tuple(load_record(Waiver, item["body"]["S"]) for item in _of(items, "WAIVER#")),
            tuple(load_record(Undo, item["body"]["S"]) for item in _of(items, "UNDO#")),
            next((item["until"]["S"] for item in _of(items, "LATER")), ""),
        )

    def put_incident(self, incident: Incident) -> None:
        """Store an incident if the stored revision is the one before it, else raise StaleRecordError."""
        item = {
            **_key(incident, f"INCIDENT#{incident.slot}"),
            "body": {"S": dump_record(incident)},
            "incident_id": {"S": incident.id},
            "state": {"S": incident.state.value},
            "revision": {"N": str(incident.revision)},
            "transition": {"N": str(incident.transition)},
        }
        self._put_next(item, incident.revision)

    def put_history(self, incident: Incident) -> None:
        """Keep an incident that another one of its slot is about to replace."""
        pk = f"HISTORY#{incident.subject.account}#{incident.subject.name.lower()}"
        item = {"pk": {"S": pk}, "sk": {"S": incident.id}, "body": {"S": dump_record(incident)}}
        self._dynamodb.put_item(TableName=self._table, Item=item)

    def put_memory(self, account: str, role_name: str, memory: Memory) -> None:
        """Store what is remembered of the role that bears this name now."""
        key = {"pk": {"S": _partition(account, role_name)}, "sk": {"S": "MEMORY"}}
        self._dynamodb.put_item(TableName=self._table, Item={**key, "body": {"S": dump_record(memory)}})

    def put_backup(self, incident: Incident, backup: Backup) -> None:
        """Store a role as it was before a write of the incident's attempt, in parts, beside every other backup of it.

        The parts' keys hold the checksum of the whole, so that writing them again changes nothing.
        """
        text = dump_record(backup)
        parts = [text[at : at + PART_CHARACTERS] for at in range(0, len(text), PART_CHARACTERS)]
        for number, part in enumerate(parts):
            item = {
                "pk": {"S": f"BACKUP#{incident.id}"},
                "sk": {"S": f"{_attempt(incident)}{digest(text)}#{number:03}"},
                "body": {"S": part},
            }
            self._dynamodb.put_item(TableName=self._table, Item=item)

    def read_backups(self, incident: Incident) -> tuple[Backup, ...]:
        """Return every backup of the incident's attempt that is whole; one that was cut short led to no write."""
        texts: dict[str, str] = {}
        for part in self._query(f"BACKUP#{incident.id}", prefix=_attempt(incident)):
            checksum = part["sk"]["S"].split("#")[1]
            texts[checksum] = texts.get(checksum, "") + part["body"]["S"]
        return _whole(texts)

    def read_attempts(self, incident: Incident) -> tuple[tuple[Backup, ...], ...]:
        """Return the whole backups of each attempt that has some, in the order of the attempts."""
        attempts: dict[str, dict[str, str]] = {}
        for part in self._query(f"BACKUP#{incident.id}"):
            attempt, checksum, _ = part["sk"]["S"].split("#")
            texts = attempts.setdefault(attempt, {})
            texts[checksum] = texts.get(checksum, "") + part["body"]["S"]
        return tuple(whole for _, texts in sorted(attempts.items()) if (whole := _whole(texts)))

    def put_waiver(self, waiver: Waiver) -> None:
        """Store a waiver if the stored revision is the one before it, else raise StaleRecordError."""
        self._put_record(_partition(waiver.account, waiver.role_name), f"WAIVER#{waiver.id}", waiver)

    def put_undo(self, undo: Undo) -> None:
        """Store an undo if the stored revision is the one before it, else raise StaleRecordError."""
        self._put_record(_partition(undo.account, undo.role_name), f"UNDO#{undo.id}", undo)

    def read_pause(self, account: str) -> Pause | None:
        """Return the last pause of the guard, in force or not."""
        key = {"pk": {"S": _partition(account, "")}, "sk": {"S": "PAUSE"}}
        item = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return load_record(Pause, item["body"]["S"]) if item else None

    def put_pause(self, pause: Pause) -> None:
        """Store the pause if the stored revision is the one before it, else raise StaleRecordError."""
        self._put_record(_partition(pause.account, ""), "PAUSE", pause)

    def put_word(self, word: Word, *, until: str) -> None:
        """Store a word that is not there yet, to be forgotten after a time."""
        expires = int(datetime.fromisoformat(until).timestamp())
        item = {
            "pk": {"S": _partition(word.account, "")},
            "sk": {"S": f"WORD#{word.id}"},
            "body": {"S": dump_record(word)},
            "expires_at": {"N": str(expires)},
        }
        with contextlib.suppress(StaleRecordError):
            self._put(item, "attribute_not_exists(pk)", {})

    def put_rechecked_until(self, account: str, role_name: str, until: str) -> None:
        """Record that re-checks of a role are on their way, the last of them at this time."""
        self._put_time(account, role_name, "RECHECKS", until)

    def put_looked_at_after(self, account: str, role_name: str, until: str) -> None:
        """Record that a role is looked at at this time, because a pause or a waiver ends."""
        self._put_time(account, role_name, "LATER", until)

    def resources_on_record(self, account: str) -> tuple[str, ...]:
        """Return the keys of the resources on record."""
        items = self._query(_partition(account, ""), prefix="RESOURCE#")
        return tuple(item["sk"]["S"].removeprefix("RESOURCE#") for item in items)

    def put_resource(self, account: str, key: str) -> None:
        """Put a resource on record; again it changes nothing."""
        item = {"pk": {"S": _partition(account, "")}, "sk": {"S": f"RESOURCE#{key}"}}
        self._dynamodb.put_item(TableName=self._table, Item=item)

    def _put_time(self, account: str, role_name: str, sk: str, until: str) -> None:
        key = {"pk": {"S": _partition(account, role_name)}, "sk": {"S": sk}}
        self._dynamodb.put_item(TableName=self._table, Item={**key, "until": {"S": until}})

    def told(self, record: Tellable, channel: str = "") -> int:
        """Return the last transition of the record that operators were told of, or a channel had; 0 for none."""
        key = _told_key(record, channel)
        item = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return int(item["transition"]["N"]) if item else 0

    def put_told(self, record: Tellable, channel: str = "") -> None:
        """Record that operators were told of the record's transition, or that a channel had it."""
        item = {**_told_key(record, channel), "transition": {"N": str(record.transition)}}
        self._dynamodb.put_item(TableName=self._table, Item=item)

    def _query(self, pk: str, *, prefix: str = "") -> Iterator[dict[str, Any]]:
        condition, values = "pk = :pk", {":pk": {"S": pk}}
        if prefix:
            condition, values = f"{condition} AND begins_with(sk, :sk)", {**values, ":sk": {"S": prefix}}
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]

    def _put_record(self, pk: str, sk: str, record: Waiver | Undo | Pause) -> None:
        item = {"pk": {"S": pk}, "sk": {"S": sk}, "body": {"S": dump_record(record)}}
        self._put_next({**item, "revision": {"N": str(record.revision)}}, record.revision)

    def _put_next(self, item: dict[str, Any], revision: int) -> None:
        condition = "attribute_not_exists(pk) OR revision = :before"
        self._put(item, condition, {"ExpressionAttributeValues": {":before": {"N": str(revision - 1)}}})

    def _put(self, item: dict[str, Any], condition: str, values: dict[str, Any]) -> None:
        try:
            self._dynamodb.put_item(TableName=self._table, Item=item, ConditionExpression=condition, **values)
        except ClientError as error:
            if code_of(error) in LOST_RACE:
                message = f"written by somebody else since it was read: `{item['sk']['S']}`"
                raise StaleRecordError(message) from error
            raise


def _partition(account: str, role_name: str) -> str:
    """Return where the records of a role's name are, or for no name those of the guard itself."""
    return f"ROLE#{account}#{role_name.lower()}" if role_name else f"GUARD#{account}"


def _told_key(record: Tellable, channel: str) -> dict[str, Any]:
    sk = f"RELAYED#{channel}#{record.id}" if channel else f"TOLD#{record.id}"
    return {"pk": {"S": _partition(record.account, record.role_name)}, "sk": {"S": sk}}


def _whole(texts: dict[str, str]) -> tuple[Backup, ...]:
    """Return the backups that are whole, of texts by their checksums; one that was cut short led to no write."""
    return tuple(load_record(Backup, text) for checksum, text in texts.items() if digest(text) == checksum)


def _attempt(incident: Incident) -> str:
    return f"{incident.attempt:03}#"


def _key(incident: Incident, sk: str) -> dict[str, Any]:
    return {"pk": {"S": _partition(incident.subject.account, incident.subject.name)}, "sk": {"S": sk}}


def _of(items: list[dict[str, Any]], prefix: str) -> list[dict[str, Any]]:
    return [item for item in items if item["sk"]["S"].startswith(prefix)]
