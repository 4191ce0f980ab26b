"""What the table holds is read strictly."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from panorama_guard.aws.ledger import DynamoLedger
from panorama_guard.case.errors import RecordError
from panorama_guard.case.record import dump_record
from tests.builders import ACCOUNT, INCIDENT


class FakeDynamo:
    """A table that answers every query with the same pages."""

    def __init__(self, *pages: list[dict[str, Any]], error: str = "") -> None:
        """Take the pages of items, or the code of the error of every write."""
        self._pages = pages
        self._error = error
        self.written: list[dict[str, Any]] = []

    def query(self, **arguments: Any) -> dict[str, Any]:
        """Return the page that is asked for; a read that is not consistent would be a bug."""
        assert arguments["ConsistentRead"] is True
        asked = int(arguments.get("ExclusiveStartKey", {"page": {"N": "0"}})["page"]["N"])
        following = {"LastEvaluatedKey": {"page": {"N": str(asked + 1)}}} if asked + 1 < len(self._pages) else {}
        return {"Items": self._pages[asked], **following}

    def put_item(self, **arguments: Any) -> None:
        """Remember the write, or fail."""
        if self._error:
            raise ClientError({"Error": {"Code": self._error, "Message": ""}}, "PutItem")
        self.written.append(arguments)


def item(sk: str, body: str) -> dict[str, Any]:
    """Return a stored item."""
    return {"pk": {"S": "x"}, "sk": {"S": sk}, "body": {"S": body}}


def test_every_page_of_a_role_is_read() -> None:
    """A role with many causes has more than one page."""
    stored = item("INCIDENT#slot", dump_record(INCIDENT))
    assert len(DynamoLedger(FakeDynamo([stored], [stored]), "t").read(ACCOUNT, "R").incidents) == 2


@pytest.mark.parametrize("sk", ["INCIDENT#slot", "MEMORY"])
def test_a_record_of_another_version_is_an_error(sk: str) -> None:
    """Nothing is done on half of what is known."""
    ledger = DynamoLedger(FakeDynamo([item(sk, '{"id": "inc-1"}')]), "t")
    with pytest.raises(RecordError, match="cannot be read"):
        ledger.read(ACCOUNT, "R")


def test_a_backup_that_was_cut_short_is_none() -> None:
    """Its parts do not give its checksum; no write followed it."""
    ledger = DynamoLedger(FakeDynamo([item("001#abc#000", "{")]), "t")
    assert ledger.read_attempts(INCIDENT) == ()


@pytest.mark.parametrize(
    "write", [lambda ledger: ledger.put_incident(INCIDENT), lambda ledger: ledger.put_history(INCIDENT)]
)
def test_another_error_than_a_lost_race_propagates(write: Callable[[DynamoLedger], None]) -> None:
    """The queue retries it."""
    ledger = DynamoLedger(FakeDynamo(error="ProvisionedThroughputExceededException"), "t")
    with pytest.raises(ClientError, match="ProvisionedThroughput"):
        write(ledger)
