"""Undoes whatever a test has let the guard do, and holds each role against what it was before the guard wrote."""

import time
from collections.abc import Container, Mapping
from typing import Any

from panorama_guard.case.backup import Backup
from panorama_guard.case.incident import Incident
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.cli.output import ANSWERED
from panorama_guard.cli.undo import Patience, Undoing, finish_undo
from tests.builders import PROFILE, the_role
from tests.stack.account import Account
from tests.stack.operators import WHY, Operator
from tests.stack.roles import RoleRecord

Parts = dict[str, str]
ROLES = tuple(role.name for role in PROFILE.roles)


def undo_all(account: Account, roles: Container[str] = ROLES) -> None:
    """Undo every contained incident, the last first; where no waiver may say what comes back, by hand in a pause.

    Each role is compared byte for byte: what the guard wrote is as it was before, and nothing else has changed.
    """
    for role, contained in account.contained().items():
        if role not in roles:
            continue
        written = [incident for incident in contained if account.attempts(incident)]  # another one's may stop an escape
        for incident in sorted(written, key=_last_written(account), reverse=True):
            live = parts_of(account.record(role))
            expected = without_the_guard(live, account.attempts(incident))
            _undo(account, incident)
            now = parts_of(account.record(role))
            assert now == expected, f"{incident.id}: {_difference(now, expected)}"


def without_the_guard(live: Parts, attempts: tuple[tuple[Backup, ...], ...]) -> Parts:
    """Return the parts of a role before the guard's attempts, what others have done since left as it is.

    The backups of one attempt come in any order: of its changes, each time one is taken back that shows.
    """
    expected = dict(live)
    for attempt in reversed(attempts):
        changes = [change for backup in attempt for change in _changes(backup)]
        while change := next((one for one in changes if expected.get(one[0]) == one[2]), None):
            changes.remove(change)
            part, before, _ = change
            expected.pop(part, None)
            expected |= {} if before is None else {part: before}
    return expected


def _changes(backup: Backup) -> list[tuple[str, str | None, str | None]]:
    """Return each part that the steps of a backup change, as it was and as it is after them."""
    before, after = parts_of(the_role(backup.snapshot)), parts_of(the_role(backup.outcome))
    parts = sorted(before | after)
    return [(part, before.get(part), after.get(part)) for part in parts if before.get(part) != after.get(part)]


def parts_of(role: RoleRecord | RoleSnapshot) -> Parts:
    """Return each document of a role under a name of its own."""
    if isinstance(role, RoleRecord):
        inline, attached, boundary = role.inline, role.attached, role.boundary
    else:
        inline = tuple((policy.name, policy.text) for policy in role.inline)
        attached = tuple((policy.arn, policy.text) for policy in role.attached)
        boundary = tuple((policy.arn, policy.text) for policy in role.boundary)
    named = [(f"inline {name}", text) for name, text in inline]
    named += [(f"attached {arn}", text) for arn, text in attached]
    named += [("boundary", f"{arn} {text}") for arn, text in boundary]
    return {"trust": role.trust, **dict(named)}


def _difference(now: Parts, expected: Parts) -> dict[str, tuple[str, str]]:
    names = sorted(now | expected)
    return {name: (now.get(name, ""), expected.get(name, "")) for name in names if now.get(name) != expected.get(name)}


def _last_written(account: Account) -> Any:
    """Return what sorts incidents by when the guard last wrote for them: the later snapshot holds the earlier write."""

    def key(incident: Incident) -> int:
        (*_, last) = account.attempts(incident)
        return max(len(parts_of(the_role(backup.outcome))) for backup in last)

    return key


def _undo(account: Account, incident: Incident) -> None:
    operator, second = account.operators
    asked: Mapping[str, object] = {"action": "undo", "incident": incident.id, **WHY}
    status, answer = operator.ask(asked)
    if status != 200:
        _undo_by_hand(account, asked)
        return
    if answer["undo"] == "waiting":
        assert second.ask({"action": "approve-waiver", "waiver": answer["waiver"]["waiver"]})[0] == 200
        _, answer = operator.ask(asked)
    account.settle()
    _finish(operator, answer)


def _undo_by_hand(account: Account, asked: Mapping[str, object]) -> None:
    """Pause, and put everything back with an operator's own credentials; the caller's test ends the pause.

    An incident that opened again after what one has put back by hand is the other's to decide about.
    """
    assert account.operators[0].ask({"action": "pause", "reason": "restoring by hand"})[0] == 200
    refused = []
    for operator in account.operators:
        status, answer = operator.ask({**asked, "by_hand": True})
        if status == 200:
            _finish(operator, answer)
            return
        refused.append(answer)
    raise AssertionError(refused)


def _finish(operator: Operator, answer: dict[str, Any]) -> None:
    code, told = finish_undo(answer, Undoing(operator.ask, operator.subjects, Patience(time.monotonic, time.sleep)))
    assert code == ANSWERED, told
