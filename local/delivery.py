"""Everything that happens by itself between the functions: the bus, queues, streams, schedules and alarms."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from local.delivery_activity import Activity, Timer
from local.delivery_alarms import Alarms
from local.delivery_bus import Bus, install_rules
from local.delivery_invocations import Functions, type_invoke
from local.delivery_pollers import QueuePoller
from local.delivery_queues import install_queues
from local.delivery_schedules import Schedules
from local.delivery_streams import StreamPoller, install_streams
from local.deploy_records import Deployment
from local.forwarding import Forwarders

_LOOKS: Final = 5
_TEMPLATE_RETRY_SECONDS: Final = 1.0  # between attempts that are no queue's, whose template names no time


@dataclass(frozen=True, slots=True)
class Idleness:
    """Whether anything is still to happen by itself, and what; delayed messages do not count."""

    due: int
    in_flight: int
    records: int
    alarms: int
    invocations: int
    under_way: int
    delayed: int

    @property
    def is_idle(self) -> bool:
        """Say whether nothing is due or in flight."""
        return not any((self.due, self.in_flight, self.records, self.alarms, self.invocations, self.under_way))

    def as_json(self) -> dict[str, Any]:
        """Return the answer to who asks over HTTP."""
        return {"idle": self.is_idle, **asdict(self)}


class Delivery:
    """Runs a deployment."""

    def __init__(
        self,
        deployment: Deployment,
        invoke: type_invoke,
        *,
        retry_seconds: float | None,
        forwarders: Forwarders | None = None,
    ) -> None:
        """Prepare; failed messages come back after the seconds, or as the template says. Nothing runs yet.

        Without forwarders, what happens in another region comes nowhere.
        """
        self._home, self._account, self._forwarders = deployment.region, deployment.account, forwarders
        self.activity = Activity()
        self._timer = Timer()
        pause = _TEMPLATE_RETRY_SECONDS if retry_seconds is None else retry_seconds
        self.functions = Functions(deployment.functions, invoke, self._timer, self.activity.wake, retry_seconds=pause)
        self.bus = Bus(deployment.account, deployment.region, self.activity, self.functions)
        self.schedules = Schedules(deployment.schedules, self._timer, self.activity, self.functions)
        self._alarms = Alarms(deployment.alarms, self.activity, self.functions)
        self._queues = [
            QueuePoller(each, self.activity, invoke, retry_seconds=retry_seconds) for each in deployment.queue_mappings
        ]
        self._streams = [
            StreamPoller(each, self.activity, self.functions, retry_seconds=pause)
            for each in deployment.stream_mappings
        ]
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to deliver."""
        install_rules()
        install_queues(self.activity.wake)
        install_streams(self.activity.wake)
        self.schedules.start()
        jobs: list[Callable[[], None]] = [self._timer.run, self._alarms.run, *(each.run for each in self._streams)]
        jobs += [poller.run for poller in self._queues for _ in range(poller.threads)]
        self._threads = [threading.Thread(target=self._keep_running, args=(job,), daemon=True) for job in jobs]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Deliver no more."""
        self.activity.end()
        self._timer.end()
        self.functions.end()

    def join(self, seconds: float) -> None:
        """Wait for what is under way."""
        for thread in self._threads:
            thread.join(seconds)

    def publish(self, event: Mapping[str, Any]) -> int:
        """Put the event on the bus of its region, and return how many targets it was for in the home region."""
        if event.get("region", self._home) != self._home:
            bus = self._forwarders and self._forwarders.bus_for(event)
            return self.bus.publish(event, bus) if bus else 0
        if self._forwarders and event.get("account", self._account) != self._account:
            return self.bus.forward(event, self._forwarders.own_bus)
        return self.bus.publish(event)

    def hurry(self, *, loses: bool) -> int:
        """Make every message due that is delayed, or lose it, and return how many there were."""
        return sum(poller.hurry(loses=loses) for poller in self._queues)

    def read_idleness(self) -> Idleness:
        """Return what is still to happen.

        INVARIANT: a message that moves between two places is never missed: the look counts only if nothing began or
        ended meanwhile; where there is no quiet moment, something is under way.
        """
        for _ in range(_LOOKS):
            before = self.activity.generation
            seen = self._look()
            if not seen.is_idle or self.activity.generation == before:
                return seen
        return Idleness(**{**asdict(seen), "under_way": seen.under_way + 1})

    def _keep_running(self, job: Callable[[], None]) -> None:
        """Run the job to its end; a fault of the stack itself is shown, and does not stop delivery for good."""
        while not self.activity.is_over:
            try:
                job()
            except Exception:  # noqa: BLE001 - the door of a thread
                traceback.print_exc()
                self.activity.pause(_TEMPLATE_RETRY_SECONDS)

    def _look(self) -> Idleness:
        under_way = self.activity.under_way
        states = [poller.state() for poller in self._queues]
        return Idleness(
            due=sum(state.ready + state.held for state in states),
            in_flight=sum(state.in_flight for state in states),
            records=sum(stream.pending for stream in self._streams),
            alarms=self._alarms.pending,
            invocations=self.functions.pending,
            under_way=under_way,
            delayed=sum(state.delayed for state in states),
        )
