"""Has a role looked at again when something ends: a pause, a waiver."""

from datetime import datetime, timedelta

from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.case.pause import Pause
from panorama_guard.service.ports import Ledger, Rechecks

TIME_OF_AN_ORDER = timedelta(seconds=60)  # the timeout of the function that carries it out
LONGEST_DELAY = 900  # seconds by which a queue delays a message at most


def pause_in_force(ledger: Ledger, account: str, hub: str = "", *, now: str) -> Pause | None:
    """Return the pause that keeps the guard from writing to an account now, read at this moment.

    That of the hub, where there is one, holds in all its members; of two the one that lasts longer.
    """
    pauses = (ledger.read_pause(one) for one in (account, hub) if one)
    in_force = (pause for pause in pauses if pause is not None and pause.is_in_force(now=now))
    return max(in_force, key=lambda one: one.until, default=None)


def reach_of_delay(now: str) -> str:
    """Return the last time at which a message that is sent now can be due."""
    return (datetime.fromisoformat(now) + timedelta(seconds=LONGEST_DELAY)).isoformat()


def look_again_after(until: str, role_name: str, rechecks: Rechecks, *, now: str) -> str:
    """Have a role looked at after a time, or as late before it as a queue can; return when that is."""
    left = int((datetime.fromisoformat(until) - datetime.fromisoformat(now)).total_seconds()) + 1
    delay = max(0, min(left, LONGEST_DELAY))
    rechecks.recheck(InspectionRequest(role_name, now, Origin.RECHECK), (delay,))
    return (datetime.fromisoformat(now) + timedelta(seconds=delay)).isoformat()


def look_after_pause(pause: Pause, role_name: str, rechecks: Rechecks, *, now: str) -> None:
    """Have a role looked at when the pause that an order met ends, and again when the order's time is surely over.

    The first look may come before it is on record that the order was put off, and would then see nothing to do.
    """
    look_again_after(pause.until, role_name, rechecks, now=now)
    if pause.until < reach_of_delay(now):
        done = datetime.fromisoformat(pause.until) + TIME_OF_AN_ORDER
        look_again_after(done.isoformat(), role_name, rechecks, now=now)
