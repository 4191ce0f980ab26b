"""What the service expects of alerts that are held is true of the fake and of the table."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest

from panorama_guard.aws.held_alerts import HeldAlerts
from panorama_guard.case.finding import Severity
from panorama_guard.case.incident import State
from panorama_guard.case.word import Word
from panorama_guard.service import storm_ports
from tests.builders import ACCOUNT, INCIDENT, NOW
from tests.contract.drivers import REGION, create_table, moto_account
from tests.fakes import FakeAlerts

WORD = Word("wrd-1", ACCOUNT, "mallory", NOW, "turned away", "no")
NOT_FIXED = INCIDENT.moved(State.NOT_FIXED, now=NOW, reason="refused")
CONTAINED = replace(INCIDENT, id="inc-other").moved(State.CONTAINED, now=NOW, reason="read again")
_NUMBERS = itertools.count()


@pytest.fixture(scope="module", autouse=True)
def account() -> Iterator[None]:
    """Run in moto's account."""
    with moto_account():
        yield


@pytest.fixture(params=["fake", "moto"])
def alerts(request: pytest.FixtureRequest) -> storm_ports.HeldAlerts:
    """Return nothing held, once of each sort."""
    if request.param == "fake":
        return FakeAlerts()
    dynamodb, name = boto3.client("dynamodb", region_name=REGION), f"held-{next(_NUMBERS)}"
    create_table(dynamodb, name)
    return HeldAlerts(dynamodb, name)


def test_alerts_of_a_minute_are_counted(alerts: storm_ports.HeldAlerts) -> None:
    """And those of the next one by themselves."""
    times = ("2026-11-23T15:00:00+00:00", "2026-11-23T15:00:59.999+00:00", "2026-11-23T15:01:00+00:00")
    assert [alerts.count_alert(at) for at in times] == [1, 2, 1]


def test_what_is_held_is_read_the_most_urgent_first(alerts: storm_ports.HeldAlerts) -> None:
    """Every field of it, of each type."""
    low = replace(NOT_FIXED, id="inc-low", severity=Severity.LOW)
    for record in (WORD, CONTAINED, low, NOT_FIXED):
        alerts.hold(record)
    assert alerts.held(10) == (NOT_FIXED, low, CONTAINED, WORD)
    assert alerts.held(2) == (NOT_FIXED, low)


def test_what_is_held_again_is_held_once(alerts: storm_ports.HeldAlerts) -> None:
    """The stream delivers a record again."""
    alerts.hold(NOT_FIXED)
    alerts.hold(replace(NOT_FIXED, revision=NOT_FIXED.revision + 1))
    assert [record.id for record in alerts.held(10)] == [NOT_FIXED.id]


def test_what_is_released_is_held_no_longer(alerts: storm_ports.HeldAlerts) -> None:
    """And a later transition of it, which was held meanwhile, is."""
    later = replace(NOT_FIXED, transition=NOT_FIXED.transition + 1)
    for record in (NOT_FIXED, later):
        alerts.hold(record)
    alerts.release(NOT_FIXED)
    alerts.release(NOT_FIXED)
    assert alerts.held(10) == (later,)


def test_counting_holds_nothing(alerts: storm_ports.HeldAlerts) -> None:
    """The count lies beside what is held."""
    alerts.count_alert(NOW)
    assert alerts.held(10) == ()
