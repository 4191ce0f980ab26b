"""The ledger in DynamoDB: one partition for all that concerns the roles of one name, or the resource of one key.

`ledger_keys` says where each record lies.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from panorama_guard.aws.errors import races_for
from panorama_guard.aws.ledger_backups import backup_items, backups_partition, whole_backups
from panorama_guard.aws.ledger_keys import (
    current_key,
    expiry,
    history_key,
    history_name,
    on_record_key,
    partition,
    told_key,
    told_key_of,
    whose_key,
)
from panorama_guard.case.backup import Backup
from panorama_guard.case.dossier import Archivable, Dossier
from panorama_guard.case.errors import StaleRecordError
from panorama_guard.case.incident import Incident
from panorama_guard.case.memory import Memory
from panorama_guard.case.pause import Pause
from panorama_guard.case.record import dump_record, load_record
from panorama_guard.case.telling import Tellable
from panorama_guard.case.undo import Undo
from panorama_guard.case.waiver import Waiver
from panorama_guard.case.word import Word


class DynamoLedger:
    """The ledger table."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        """Take a DynamoDB client and the name of the table."""
        self._dynamodb = dynamodb
        self._table = table

    def read(self, account: str, role_name: str) -> Dossier:
        """Return what is on record of the roles that had this name, compared without case, or of the resource."""
        items = list(self._query(partition(account, role_name)))
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

    def put_incident(self, incident: Incident, *, replaced: str = "") -> None:
        """Store an incident on top of itself, or of the one that it replaces; raise StaleRecordError if it is not so.

        What is stored must be one revision before, or nothing. The id is compared too: the one that was read may have
        been archived since, and another one begun in its slot.
        """
        item = {
            **current_key(incident),
            "body": {"S": dump_record(incident)},
            "incident_id": {"S": incident.id},
            "state": {"S": incident.state.value},
            "revision": {"N": str(incident.revision)},
            "transition": {"N": str(incident.transition)},
        }
        condition = "attribute_not_exists(pk) OR (revision = :before AND incident_id IN (:id, :replaced))"
        ids = {":id": {"S": incident.id}, ":replaced": {"S": replaced or incident.id}}
        self._put(item, condition, {":before": {"N": str(incident.revision - 1)}, **ids})

    def put_history(self, incident: Incident) -> None:
        """Keep an incident that another one of its slot is about to replace; a later revision of it is left."""
        self._keep(incident)

    def archive(self, record: Archivable) -> None:
        """Move what is over to the history; raise StaleRecordError if it was written since it was read.

        Killed between any two calls, nothing is lost: it is in the history before it is deleted. The mark that it was
        told goes last: while it is current, it is not told again.
        """
        self._keep(record)
        revision = {":revision": {"N": str(record.revision)}}
        condition, values = "revision = :revision", revision
        if isinstance(record, Incident):
            condition, values = f"{condition} AND incident_id = :id", {**values, ":id": {"S": record.id}}
        with races_for(record.id):
            self._dynamodb.delete_item(
                TableName=self._table,
                Key=current_key(record),
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
            )
        self.forget_told(record.account, record.role_name, record.id)

    def recall(self, account: str, role_name: str, incident_id: str) -> Incident | None:
        """Return an incident of the history, or None."""
        item = self._get(history_key(account, role_name, incident_id))
        return load_record(Incident, item["body"]["S"]) if item else None

    def forget_told(self, account: str, role_name: str, record_id: str) -> None:
        """Delete the mark that operators were told of a record."""
        self._dynamodb.delete_item(TableName=self._table, Key=told_key(account, role_name, record_id))

    def put_place_of(self, record_id: str, account: str, name: str) -> None:
        """Keep in which account the subject of an incident or a waiver is, and its name or key."""
        item = {**whose_key(record_id), "account": {"S": account}, "name": {"S": name}}
        self._dynamodb.put_item(TableName=self._table, Item=item)

    def place_of(self, record_id: str) -> tuple[str, str]:
        """Return the account, and the name or key of the subject, of an incident or a waiver; empty where unknown."""
        item = self._get(whose_key(record_id))
        return item.get("account", {"S": ""})["S"], item.get("name", {"S": ""})["S"]

    def put_memory(self, account: str, role_name: str, memory: Memory) -> None:
        """Store what is remembered of the role that bears this name now."""
        key = {"pk": {"S": partition(account, role_name)}, "sk": {"S": "MEMORY"}}
        self._dynamodb.put_item(TableName=self._table, Item={**key, "body": {"S": dump_record(memory)}})

    def put_backup(self, incident: Incident, backup: Backup) -> None:
        """Store a role as it was before a write of the incident's attempt, beside every other backup of it."""
        for item in backup_items(incident, backup):
            self._dynamodb.put_item(TableName=self._table, Item=item)

    def read_attempts(self, incident: Incident) -> tuple[tuple[Backup, ...], ...]:
        """Return the whole backups of each attempt that has some, in the order of the attempts.

        One that was cut short led to no write.
        """
        return whole_backups(self._query(backups_partition(incident)))

    def put_waiver(self, waiver: Waiver) -> None:
        """Store a waiver if the stored revision is the one before it, else raise StaleRecordError."""
        self._put_record(current_key(waiver), waiver)

    def put_undo(self, undo: Undo) -> None:
        """Store an undo if the stored revision is the one before it, else raise StaleRecordError."""
        self._put_record(current_key(undo), undo)

    def read_pause(self, account: str) -> Pause | None:
        """Return the last pause of the guard, in force or not."""
        item = self._get(_pause_key(account))
        return load_record(Pause, item["body"]["S"]) if item else None

    def put_pause(self, pause: Pause) -> None:
        """Store the pause if the stored revision is the one before it, else raise StaleRecordError."""
        self._put_record(_pause_key(pause.account), pause)

    def put_word(self, word: Word) -> None:
        """Store a word that is not there yet, to be forgotten when it says."""
        item = {
            "pk": {"S": partition(word.account, "")},
            "sk": {"S": f"WORD#{word.id}"},
            "body": {"S": dump_record(word)},
            **expiry(word.forgotten_at),
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
        items = self._query(partition(account, ""), prefix="RESOURCE#")
        return tuple(item["sk"]["S"].removeprefix("RESOURCE#") for item in items)

    def put_resource(self, account: str, key: str, *, at: str) -> None:
        """Put a resource on record as of a time; again it changes nothing but the time."""
        self._dynamodb.put_item(TableName=self._table, Item={**on_record_key(account, key), "put_at": {"S": at}})

    def forget_resource(self, account: str, key: str, *, before: str) -> None:
        """Take a resource off the record, unless it was put there at this time or later."""
        with contextlib.suppress(StaleRecordError), races_for(key):
            self._dynamodb.delete_item(
                TableName=self._table,
                Key=on_record_key(account, key),
                ConditionExpression="attribute_not_exists(put_at) OR put_at < :before",
                ExpressionAttributeValues={":before": {"S": before}},
            )

    def _put_time(self, account: str, role_name: str, sk: str, until: str) -> None:
        key = {"pk": {"S": partition(account, role_name)}, "sk": {"S": sk}}
        self._dynamodb.put_item(TableName=self._table, Item={**key, "until": {"S": until}})

    def told(self, record: Tellable, channel: str = "") -> int:
        """Return the last transition of the record that operators were told of, or a channel had; 0 for none."""
        item = self._get(told_key_of(record, channel))
        return int(item["transition"]["N"]) if item else 0

    def put_told(self, record: Tellable, channel: str = "") -> None:
        """Record that operators were told of the record's transition, or that a channel had it; a later one stays."""
        expires = expiry(record.mark_forgotten_at) if isinstance(record, Word) else {}
        item = {**told_key_of(record, channel), "transition": {"N": str(record.transition)}, **expires}
        condition = "attribute_not_exists(pk) OR transition <= :transition"
        with contextlib.suppress(StaleRecordError):  # a summary may have told a later one meanwhile
            self._put(item, condition, {":transition": item["transition"]})

    def _get(self, key: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        item: dict[str, Any] = answer.get("Item", {})
        return item

    def _query(self, pk: str, *, prefix: str = "") -> Iterator[dict[str, Any]]:
        condition, values = "pk = :pk", {":pk": {"S": pk}}
        if prefix:
            condition, values = f"{condition} AND begins_with(sk, :sk)", {**values, ":sk": {"S": prefix}}
        wanted = {"KeyConditionExpression": condition, "ExpressionAttributeValues": values, "ConsistentRead": True}
        page = self._dynamodb.query(TableName=self._table, **wanted)
        yield from page["Items"]
        # Not botocore's paginator, which lists the folders of all services first: on a cold start, ten milliseconds.
        while "LastEvaluatedKey" in page:
            page = self._dynamodb.query(TableName=self._table, ExclusiveStartKey=page["LastEvaluatedKey"], **wanted)
            yield from page["Items"]

    def _keep(self, record: Archivable) -> None:
        key = history_key(record.account, record.role_name, history_name(record))
        item = {**key, "body": {"S": dump_record(record)}, "revision": {"N": str(record.revision)}}
        condition = "attribute_not_exists(revision) OR revision <= :revision"
        with contextlib.suppress(StaleRecordError):  # whoever was quicker has kept a later one
            self._put(item, condition, {":revision": item["revision"]})

    def _put_record(self, key: dict[str, Any], record: Waiver | Undo | Pause) -> None:
        item = {**key, "body": {"S": dump_record(record)}, "revision": {"N": str(record.revision)}}
        condition = "attribute_not_exists(pk) OR revision = :before"
        self._put(item, condition, {":before": {"N": str(record.revision - 1)}})

    def _put(self, item: dict[str, Any], condition: str, values: dict[str, Any]) -> None:
        more = {"ExpressionAttributeValues": values} if values else {}
        with races_for(item["sk"]["S"]):
            self._dynamodb.put_item(TableName=self._table, Item=item, ConditionExpression=condition, **more)


def _pause_key(account: str) -> dict[str, Any]:
    return {"pk": {"S": partition(account, "")}, "sk": {"S": "PAUSE"}}


def _of(items: list[dict[str, Any]], prefix: str) -> list[dict[str, Any]]:
    return [item for item in items if item["sk"]["S"].startswith(prefix)]
