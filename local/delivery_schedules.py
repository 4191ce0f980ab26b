"""Fires schedules on a real clock."""

from __future__ import annotations

import time
from typing import Final

from local.delivery_access import RoleSender, ServiceSender
from local.delivery_activity import Activity, Timer
from local.delivery_targets import DeliveryError, Parcel, RunsLater, bury, hand_over
from local.deploy_records import Schedule
from local.rates import DAY_SECONDS, seconds_until

_PRINCIPAL: Final = "events.amazonaws.com"


class Schedules:
    """Sends what each schedule says, each time its period is over; the first time after a period, or at its hour."""

    def __init__(self, schedules: tuple[Schedule, ...], timer: Timer, activity: Activity, functions: RunsLater) -> None:
        """Prepare; nothing fires yet."""
        self._schedules = schedules
        self._timer = timer
        self._activity = activity
        self._functions = functions

    def start(self) -> None:
        """Begin to count."""
        now = time.monotonic()
        for schedule in self._schedules:
            self._plan(schedule, now + _first_after(schedule, time.time()))

    def fire(self, schedule: Schedule) -> None:
        """Send the schedule's message now, or leave it with the schedule's dead letters."""
        parcel = Parcel(schedule.body, group=schedule.message_group)
        role = schedule.role_arn
        sender = RoleSender(role) if role else ServiceSender(_PRINCIPAL, schedule.arn)
        with self._activity.step():
            try:
                hand_over(parcel, schedule.target_arn, sender, self._functions)
            except DeliveryError as error:
                marks = {"SCHEDULE_ARN": schedule.arn, "TARGET_ARN": schedule.target_arn}
                bury(Parcel(parcel.body, attributes=marks), schedule.dead_letter_arn, sender, error)

    def _plan(self, schedule: Schedule, when: float) -> None:
        def fire_and_plan() -> None:
            self._plan(schedule, when + schedule.period_seconds)
            self.fire(schedule)

        self._timer.at(when, fire_and_plan)


def _first_after(schedule: Schedule, now: float) -> float:
    """Return after how many seconds a schedule fires first."""
    if schedule.daily_at is None:
        return schedule.period_seconds
    return seconds_until(schedule.daily_at, now % DAY_SECONDS)
