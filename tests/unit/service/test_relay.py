"""Each channel beside the topic is told once of what operators are told of; what one of them does concerns no other."""

import json
from dataclasses import replace

import pytest

from panorama_guard.case.errors import ChannelError
from panorama_guard.case.incident import PENDING, State
from panorama_guard.service.channels import bus_channel, chat_channel, hub_channel
from panorama_guard.service.notify import notify
from panorama_guard.service.relay import Relayer, relay
from tests.builders import INCIDENT, NOW, WAIVER
from tests.fakes import CrashError, FakeChannels, FakeLedger, FakeTopic
from tests.unit.service.world import notifier_of

OBSERVED = INCIDENT.moved(State.OBSERVED, now=NOW, reason="mode observe")
RESOLVED = OBSERVED.moved(State.RESOLVED, now=NOW, reason="gone")
ALL = ("chat", "events", "security-hub")
CALLS = {"post": "chat", "put_event": "events", "import_finding": "security-hub"}


class World:
    """A ledger, the topic, and all channels."""

    def __init__(self) -> None:
        """Begin with nothing told."""
        self.ledger, self.channels, self.topic = FakeLedger(), FakeChannels(), FakeTopic()
        channels = (chat_channel(self.channels), bus_channel(self.channels), hub_channel(self.channels))
        self.relayer = Relayer(self.ledger, channels)
        self.notifier = notifier_of(self.ledger, self.topic)

    @property
    def taken(self) -> tuple[int, int, int]:
        """Return how often each channel took something."""
        return len(self.channels.posts), len(self.channels.events), len(self.channels.findings)


def test_every_channel_is_told_once() -> None:
    """However often the stream delivers a record."""
    world = World()
    assert relay(OBSERVED, world.relayer) == ALL
    assert relay(OBSERVED, world.relayer) == ()
    assert world.taken == (1, 1, 1)


def test_an_update_is_told_too_and_an_outdated_record_is_not() -> None:
    """A record that was retried past its successor would put a finding back to what it was."""
    world = World()
    assert relay(RESOLVED, world.relayer) == ALL
    assert relay(OBSERVED, world.relayer) == ()
    assert [finding["RecordState"] for finding in world.channels.findings] == ["ARCHIVED"]


@pytest.mark.parametrize("state", sorted(state.value for state in PENDING))
def test_what_operators_are_not_told_of_no_channel_is(state: str) -> None:
    """Nothing is read or written for it."""
    world = World()
    assert relay(replace(INCIDENT, state=State(state)), world.relayer) == ()
    assert (world.taken, world.ledger.calls.made) == ((0, 0, 0), [])


def test_a_channel_that_is_off_costs_no_call() -> None:
    """Neither of its own nor of the ledger."""
    world = World()
    assert relay(OBSERVED, Relayer(world.ledger, ())) == ()
    assert world.ledger.calls.made == []


def test_what_an_operator_did_is_no_finding() -> None:
    """A chat and the bus hear of it."""
    world = World()
    relay(WAIVER, world.relayer)
    assert world.taken == (1, 1, 0)


@pytest.mark.parametrize("refusing", CALLS)
def test_one_channel_that_refuses_keeps_no_other_from_being_told(refusing: str) -> None:
    """It is said which one, and the record comes again; then that one alone is told."""
    world = World()
    world.channels.refusing = {refusing}
    with pytest.raises(ChannelError, match=f"^{CALLS[refusing]}: {refusing}$"):
        relay(OBSERVED, world.relayer)
    assert sum(world.taken) == 2
    world.channels.refusing = set()
    assert relay(OBSERVED, world.relayer) == (CALLS[refusing],)
    assert world.taken == (1, 1, 1)


def test_every_channel_that_refuses_is_named() -> None:
    """In one line."""
    world = World()
    world.channels.refusing = set(CALLS)
    with pytest.raises(ChannelError, match=r"^chat: post; events: put_event; security-hub: import_finding$"):
        relay(OBSERVED, world.relayer)


@pytest.mark.parametrize("crash_at", range(1, 4))
def test_a_crash_at_a_channel_loses_nothing_and_repeats_nothing(crash_at: int) -> None:
    """What was on record is not told again, what was not is told."""
    world = World()
    world.channels.calls.crash_at = crash_at
    with pytest.raises(CrashError):
        relay(OBSERVED, world.relayer)
    relay(OBSERVED, world.relayer)
    assert world.taken == (1, 1, 1)


@pytest.mark.parametrize("crash_at", range(1, 7))
def test_a_crash_at_the_ledger_tells_a_channel_twice_at_most_and_never_not_at_all(crash_at: int) -> None:
    """The channel that was told and is not on record as told."""
    world = World()
    world.ledger.calls.crash_at = crash_at
    with pytest.raises(CrashError):
        relay(OBSERVED, world.relayer)
    relay(OBSERVED, world.relayer)
    assert min(world.taken) == 1
    assert sum(world.taken) == (3 if crash_at % 2 else 4)


@pytest.mark.parametrize("is_relayed_first", [True, False])
def test_no_channel_touches_what_the_operators_are_told(is_relayed_first: bool) -> None:  # noqa: FBT001 - pytest's
    """The alert is sent once, before or after a relay that fails, and what a channel had is no alert."""
    world = World()
    world.channels.refusing = set(CALLS)
    if is_relayed_first:
        with pytest.raises(ChannelError, match="chat"):
            relay(OBSERVED, world.relayer)
    assert notify(OBSERVED, world.notifier) == "told"
    world.channels.refusing = set()
    relay(OBSERVED, world.relayer)
    assert notify(OBSERVED, world.notifier) == "told already"
    assert (len(world.topic.alerts), world.taken) == (1, (1, 1, 1))


def test_each_channel_gets_what_is_for_it() -> None:
    """A notification, an event, a finding; all of the same incident."""
    world = World()
    relay(OBSERVED, world.relayer)
    (post,), ((kind, detail, resources),), (finding,) = (
        world.channels.posts,
        world.channels.events,
        world.channels.findings,
    )
    assert json.loads(post)["metadata"]["threadId"] == INCIDENT.id
    assert (kind, resources) == ("Panorama Guard Incident", (INCIDENT.subject.arn,))
    assert json.loads(detail)["incident"] == INCIDENT.id
    assert str(finding["Id"]).endswith(INCIDENT.id)
