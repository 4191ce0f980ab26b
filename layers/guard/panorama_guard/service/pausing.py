"""The pause: nothing is written while it is in force, and what waited is looked at when it ends."""

from datetime import timedelta

from panorama_guard.case.caller import Caller
from panorama_guard.case.command import PauseGuard, Resume
from panorama_guard.case.pause import Pause
from panorama_guard.service.errors import NotFoundError
from panorama_guard.service.later import pause_in_force
from panorama_guard.service.operator import Answer, Operator, end_of
from panorama_guard.service.settings import InMembers


def pause_guard(command: PauseGuard, caller: Caller, operator: Operator, *, now: str) -> Answer:
    """Stop all writes for a while, or those in a member account; a pause that lasts longer already stays as it is."""
    if operator.policy.hub and operator.members.read_member(operator.hub, operator.account) is None:
        message = f"no such member account is on record: `{operator.account}`"
        raise NotFoundError(message)
    most: timedelta = operator.limits.pause
    until = end_of(command.seconds or int(most.total_seconds()), most, "MaximumPauseMinutes", now=now)
    last = operator.ledger.read_pause(operator.account)
    if last is not None and last.is_in_force(now=now) and last.until >= until:
        return _answer(last)
    revision = last.revision + 1 if last else 1
    pause = Pause(operator.account, caller.arn, now, until, command.reason, revision=revision)
    operator.ledger.put_pause(pause)
    return _answer(pause)


def resume_guard(_: Resume, caller: Caller, operator: Operator, *, now: str) -> Answer:
    """End the pause, and have every role looked at for what it held back."""
    pause = pause_in_force(operator.ledger, operator.account, now=now)  # in a member not the hub's, which is its own
    if pause is not None:
        operator.ledger.put_pause(pause.ended(caller.arn, now=now))
    operator.sweeps.sweep(now)
    if operator.member_sweeps and operator.elsewhere and operator.elsewhere.in_members is InMembers.REMEDIATE:
        operator.member_sweeps.sweep_all(now)
    still = pause_in_force(operator.ledger, operator.hub, now=now)  # the hub's, where this was a member's
    said = {"account": operator.account, "paused": still is not None, "was_paused_by": pause.by if pause else ""}
    return Answer(200, said)


def _answer(pause: Pause) -> Answer:
    said = {"account": pause.account, "by": pause.by, "until": pause.until, "reason": pause.reason}
    return Answer(200, {"paused": True, **said})
