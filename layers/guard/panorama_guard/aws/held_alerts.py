"""The alerts that came too fast to be told one by one, in the ledger's table until a summary tells them."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from panorama_guard.aws.ledger_keys import ALERTS, HELD, count_key, expiry, held_key
from panorama_guard.case.record import dump_record
from panorama_guard.case.telling import Told, kind_of, load_told

SUMMARY_GROUP = "summary"  # one group: one summary at a time
COUNT_LASTS = timedelta(days=1)  # it is of no use after its minute


class HeldAlerts:
    """The ledger table, as far as it holds alerts."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        """Take a DynamoDB client and the name of the table."""
        self._dynamodb = dynamodb
        self._table = table

    def count_alert(self, now: str) -> int:
        """Count one alert more, and return how many came in the minute of this time."""
        ends = expiry((datetime.fromisoformat(now) + COUNT_LASTS).isoformat())["expires_at"]
        answer = self._dynamodb.update_item(
            TableName=self._table,
            Key=count_key(now),
            UpdateExpression="ADD alerts :one SET expires_at = :ends",
            ExpressionAttributeValues={":one": {"N": "1"}, ":ends": ends},
            ReturnValues="UPDATED_NEW",
        )
        return int(answer["Attributes"]["alerts"]["N"])

    def hold(self, record: Told) -> None:
        """Hold an alert; again it changes nothing."""
        item = {**held_key(record), "kind": {"S": kind_of(record)}, "body": {"S": dump_record(record)}}
        self._dynamodb.put_item(TableName=self._table, Item=item)

    def held(self, most: int) -> tuple[Told, ...]:
        """Return the alerts that are held, the most urgent first, and not more than so many."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": ALERTS}, ":sk": {"S": HELD}},
            ConsistentRead=True,
            Limit=most,
        )
        items = (item for page in pages for item in page["Items"])
        return tuple(load_told({"sk": one["kind"]["S"], "body": one["body"]["S"]}) for one in islice(items, most))

    def release(self, record: Told) -> None:
        """Hold an alert no longer."""
        self._dynamodb.delete_item(TableName=self._table, Key=held_key(record))


class SummariesQueue:
    """Where `notify` asks itself for a summary of the alerts that it holds.

    The queue delays every message by more than a minute, and drops a second request of the same minute: the one summary
    comes after the end of that minute.
    """

    def __init__(self, sqs: Any, url: str) -> None:
        """Take an SQS client and the queue's URL."""
        self._sqs = sqs
        self._url = url

    def ask_for_summary(self, now: str) -> None:
        """Ask for a summary; requests within one minute become one."""
        self._sqs.send_message(
            QueueUrl=self._url,
            MessageBody=f'{{"requested_at":"{now}"}}',
            MessageGroupId=SUMMARY_GROUP,
            MessageDeduplicationId=f"summary-{int(datetime.fromisoformat(now).timestamp() // 60)}",
        )
