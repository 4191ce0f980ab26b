"""How each member account stands, in the ledger: beside what else is the guard's own."""

from collections.abc import Iterator
from typing import Any

from panorama_guard.aws.errors import races_for
from panorama_guard.aws.ledger_keys import member_key, partition
from panorama_guard.case.member import Member
from panorama_guard.case.record import dump_record, load_record

PREFIX = "MEMBER#"


class DynamoMembers:
    """The records of the members in the ledger's table."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        """Take a DynamoDB client and the name of the table."""
        self._dynamodb = dynamodb
        self._table = table

    def read_members(self, hub: str) -> tuple[Member, ...]:
        """Return all that are on record."""
        return tuple(self._query(hub, PREFIX))

    def read_member(self, hub: str, account: str) -> Member | None:
        """Return what is on record of one."""
        return next(self._query(hub, f"{PREFIX}{account}"), None)

    def put_member(self, hub: str, member: Member) -> None:
        """Store it if the stored revision is the one before; raise StaleRecordError else."""
        revision = {"N": str(member.revision)}
        item = {**member_key(hub, member.account), "body": {"S": dump_record(member)}, "revision": revision}
        with races_for(member.account):
            self._dynamodb.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(pk) OR revision = :before",
                ExpressionAttributeValues={":before": {"N": str(member.revision - 1)}},
            )

    def forget_member(self, hub: str, account: str) -> None:
        """Take one off the record."""
        self._dynamodb.delete_item(TableName=self._table, Key=member_key(hub, account))

    def _query(self, hub: str, prefix: str) -> Iterator[Member]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": partition(hub, "")}, ":sk": {"S": prefix}},
            ConsistentRead=True,
        )
        for page in pages:
            yield from (load_record(Member, item["body"]["S"]) for item in page["Items"])
