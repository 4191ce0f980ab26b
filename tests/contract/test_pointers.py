"""What points to open incidents of member accounts holds for the fake and for the table."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from panorama_guard.aws.ledger_hub import HubLedger
from panorama_guard.aws.ledger_keys import standing_key
from panorama_guard.case.errors import StaleRecordError
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.pointer import Pointer
from panorama_guard.service.ports import Ledger
from tests.builders import ACCOUNT, INCIDENT, NOW
from tests.contract.drivers import ledgers, moto_account, moto_ledger, new_table

MEMBER = "222233334444"
OPEN = replace(INCIDENT, subject=replace(INCIDENT.subject, account=MEMBER), state=State.OBSERVED)
POINTER = Pointer(MEMBER, OPEN.role_name, "41")  # how it stands, observed, comes fifth; how bad it is, high, second


@pytest.fixture(scope="module", autouse=True)
def account() -> Iterator[None]:
    """Run in moto's account."""
    with moto_account():
        yield


@pytest.fixture(params=["fake", "moto"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    """Return the empty ledger of a hub, once of each sort."""
    return ledgers(request.param, ACCOUNT)


def moved(incident: Incident, state: State) -> Incident:
    """Return it in another state."""
    return incident.moved(state, now=NOW, reason="x")


def test_an_open_incident_of_a_member_is_pointed_to_until_it_is_closed(ledger: Ledger) -> None:
    """And again, where it comes back."""
    assert ledger.pointers() == ()
    ledger.put_incident(OPEN)
    assert ledger.pointers() == (POINTER,)
    closed = moved(OPEN, State.CONTAINED)
    ledger.put_incident(closed)
    assert ledger.pointers() == ()
    worse = moved(closed, State.NOT_FIXED)
    ledger.put_incident(worse)
    assert ledger.pointers() == (replace(POINTER, urgency="00"),)


def test_incidents_of_the_hub_s_own_account_are_not_pointed_to(ledger: Ledger) -> None:
    """Who reads what is open there reads them themselves."""
    ledger.put_incident(replace(OPEN, subject=INCIDENT.subject))
    assert ledger.pointers() == ()


def test_of_two_incidents_of_one_role_each_is_pointed_to(ledger: Ledger) -> None:
    """That one is closed says nothing of the other."""
    other = replace(OPEN, id="inc-other", source="another policy")
    for one in (OPEN, other):
        ledger.put_incident(one)
    assert ledger.pointers() == (POINTER, POINTER)
    ledger.put_incident(moved(other, State.RESOLVED))
    assert ledger.pointers() == (POINTER,)


def test_one_that_takes_another_s_place_is_pointed_to(ledger: Ledger) -> None:
    """It has an id of its own, and what was of the former one stays as it was."""
    ended = moved(OPEN, State.RESOLVED)
    for one in (OPEN, ended):
        ledger.put_incident(one)
    later = replace(OPEN, id="inc-later", revision=ended.revision + 1)
    ledger.put_incident(later, replaced=ended.id)
    assert ledger.pointers() == (POINTER,)
    assert ledger.read(MEMBER, OPEN.role_name).incidents == (later,)


def test_a_slow_writer_s_word_that_it_is_closed_hides_none_that_is_open_again(ledger: Ledger) -> None:
    """He stored it, and somebody opened it again before he could say so."""
    closed = moved(OPEN, State.CONTAINED)
    for one in (OPEN, closed, moved(closed, State.REOPENED)):
        ledger.put_incident(one)
    ledger.point_to(closed)
    assert [one.account for one in ledger.pointers()] == [MEMBER]


def test_a_write_that_is_lost_leaves_what_is_open_pointed_to(ledger: Ledger) -> None:
    """Somebody who read it before it was moved would close it."""
    ledger.put_incident(OPEN)
    ledger.put_incident(moved(OPEN, State.NOT_FIXED))
    with pytest.raises(StaleRecordError):
        ledger.put_incident(moved(OPEN, State.CONTAINED))
    assert ledger.pointers() == (replace(POINTER, urgency="00"),)


def test_what_was_on_record_before_is_pointed_to_once_somebody_says_so(ledger: Ledger) -> None:
    """As often as he likes."""
    for _ in range(2):
        ledger.point_to(OPEN)
    assert ledger.pointers() == (POINTER,)


def test_of_thousands_all_are_returned() -> None:
    """A query has pages of a megabyte: an attacker's text in each makes it more of them."""
    ledger = moto_ledger(ACCOUNT)
    long = "x" * 4_000
    for number in range(300):
        ledger.point_to(replace(OPEN, id=f"inc-{number}", subject=replace(OPEN.subject, name=f"{number}{long}")))
    assert len(ledger.pointers()) == 300


def counted(monkeypatch: pytest.MonkeyPatch, do: Callable[[Any, str], None]) -> list[str]:
    """Return the calls that are made while something is done with a table."""
    dynamodb, table = new_table()
    calls: list[str] = []
    real = boto3.client("dynamodb")._make_api_call.__func__  # noqa: SLF001 - through it every call goes

    def count(self: Any, operation: str, given: Any) -> Any:
        calls.append(operation)
        return real(self, operation, given)

    with monkeypatch.context() as patched:
        patched.setattr(type(dynamodb), "_make_api_call", count)
        do(dynamodb, table)
    return calls


@pytest.mark.parametrize(
    ("hub", "incident", "calls"),
    [
        ("", OPEN, ["PutItem"]),
        (ACCOUNT, replace(OPEN, subject=INCIDENT.subject), ["PutItem"]),
        (ACCOUNT, OPEN, ["PutItem", "PutItem"]),
    ],
)
def test_only_an_incident_of_a_member_takes_a_call_more(
    monkeypatch: pytest.MonkeyPatch, hub: str, incident: Incident, calls: list[str]
) -> None:
    """Without an organisation nothing is asked for either."""
    assert counted(monkeypatch, lambda dynamodb, table: HubLedger(dynamodb, table, hub).put_incident(incident)) == calls
    asked = ["Query"] if hub else []
    assert counted(monkeypatch, lambda dynamodb, table: none(HubLedger(dynamodb, table, hub).pointers())) == asked


def none(found: tuple[Pointer, ...]) -> None:
    """Say that nothing was found."""
    assert found == ()


def item_of(dynamodb: Any, table: str) -> dict[str, Any]:
    """Return what points to the incident, as the table has it."""
    item: dict[str, Any] = dynamodb.get_item(TableName=table, Key=standing_key(ACCOUNT, OPEN))["Item"]
    return item


def test_the_table_forgets_what_points_to_a_closed_one_and_no_other() -> None:
    """After a day; one that is open stays for as long as that takes."""
    dynamodb, table = new_table()
    ledger = HubLedger(dynamodb, table, ACCOUNT)
    closed = moved(OPEN, State.CONTAINED)
    ledger.put_incident(OPEN)
    assert "expires_at" not in item_of(dynamodb, table)
    ledger.put_incident(closed)
    assert item_of(dynamodb, table)["expires_at"] == {"N": "1795532410"}  # 2026-11-24T15:00:10Z
    ledger.put_incident(moved(closed, State.REOPENED))
    assert "expires_at" not in item_of(dynamodb, table)


class KilledError(Exception):
    """The function died."""


@pytest.mark.parametrize("before", [0, 1])
def test_whoever_is_killed_between_the_two_writes_leaves_no_open_incident_unseen(before: int) -> None:
    """The pointer of an open one comes first; that of a closed one last: either leads to nothing, at worst."""
    dynamodb, table = new_table()
    ledger = HubLedger(dynamodb, table, ACCOUNT)
    states = [OPEN, moved(OPEN, State.CONTAINED)]
    for one in states[:before]:
        ledger.put_incident(one)
    made: list[str] = []

    class Dying:
        """The client, which dies at its second write."""

        def put_item(self, **given: Any) -> None:
            """Put the first item, and no other."""
            if made:
                raise KilledError
            made.append(given["Item"]["sk"]["S"].partition("#")[0])
            dynamodb.put_item(**given)

    with pytest.raises(KilledError):
        HubLedger(Dying(), table, ACCOUNT).put_incident(states[before])
    assert made == [["STANDING"], ["INCIDENT"]][before]
    assert ledger.pointers() == (POINTER,)
    is_open = [one.is_open for one in ledger.read(MEMBER, OPEN.role_name).incidents]
    assert is_open == [[], [False]][before]
