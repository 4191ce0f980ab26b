"""Tells an operator how things stand: the guard, the incidents, and all that is on record of one of them."""

import contextlib
import json
from collections.abc import Iterable, Iterator

from panorama_guard.case.backup import Backup
from panorama_guard.case.caller import Caller
from panorama_guard.case.command import Explain, ListIncidents, Status, SweepNow
from panorama_guard.case.ending import told_state
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.resource import ResourceSnapshot, Snapshot
from panorama_guard.case.step import describe_step
from panorama_guard.case.undo import reverse
from panorama_guard.reporting.alert import alert_body
from panorama_guard.reporting.members import members_body
from panorama_guard.reporting.open_there import open_there_body
from panorama_guard.service.errors import GoneError
from panorama_guard.service.later import pause_in_force
from panorama_guard.service.matters import dossiers, look_up
from panorama_guard.service.open_there import read_open_there
from panorama_guard.service.operator import Answer, Matter, Operator, read_subject
from panorama_guard.service.waiving import waiver_body

LONGEST_DOCUMENTS = 2_000_000  # characters of all backups in one answer; a function's may have 6 MB


def sweep_now(_: SweepNow, __: Caller, operator: Operator, *, now: str) -> Answer:
    """Ask for a sweep, of the member accounts too; requests within one window are one."""
    operator.sweeps.sweep(now)
    if operator.member_sweeps is not None:
        operator.member_sweeps.sweep_all(now)
    return Answer(202, {"sweep": "asked for"})


def explain_incident(command: Explain, caller: Caller, operator: Operator, *, now: str) -> Answer:
    """Return an incident, archived or not, with its plan, its witness, its backups, its waivers and undo."""
    matter = look_up(command.incident_id, caller, operator, now=now)
    attempts = operator.ledger.read_attempts(matter.incident)
    undo = matter.dossier.undo_of(matter.incident)
    waivers = [one for one in matter.dossier.waivers if one.incident_id == matter.incident.id]
    return Answer(
        200,
        {
            **alert_body(matter.incident),
            "archived": matter.dossier.incident_named(matter.incident.id) is None,
            "plan": matter.incident.remedy.plan,
            "approvals": [{"by": one.by, "until": one.until} for one in matter.incident.approval],
            "backups": list(_backups(backup for attempt in attempts for backup in attempt)),
            "undo": {"by": undo.by, "at": undo.at, "reason": undo.reason, "refused": undo.refused} if undo else None,
            "waivers": [waiver_body(waiver, now=now) for waiver in waivers],
            **({"in_place": _in_place(matter, attempts, operator)} if command.in_place else {}),
        },
    )


def _in_place(matter: Matter, attempts: tuple[tuple[Backup, ...], ...], operator: Operator) -> dict[str, object]:
    """Return what an undo would take back, and what keeps it from that; nothing of what was deleted meanwhile."""
    reversal = None
    with contextlib.suppress(GoneError):
        reversal = reverse(read_subject(matter, operator), attempts) if attempts else None
    if reversal is None:
        return {"steps": [], "changed": []}
    return {"steps": [describe_step(one.step) for one in reversal.taken], "changed": list(reversal.changed)}


def _backups(backups: Iterable[Backup]) -> Iterator[dict[str, object]]:
    """Yield each backup: in short, and what it puts back, as long as there is room for that in an answer."""
    size = 0
    for backup in backups:
        documents = _documents(backup.snapshot)
        size += len(json.dumps(documents))
        yield {
            "role_id": backup.snapshot.subject.unique_id,
            "fingerprint": backup.snapshot.fingerprint,
            "steps": [describe_step(step) for step in backup.steps],
            "inverses": [describe_step(step) for step in backup.inverses],
            "documents": documents if size <= LONGEST_DOCUMENTS else None,
        }


def _documents(snapshot: Snapshot) -> dict[str, object]:
    """Return every text of a subject, as AWS had it."""
    if isinstance(snapshot, ResourceSnapshot):
        return {"parts": {part.name: part.text for part in snapshot.parts}}
    return {
        "trust": snapshot.trust,
        "inline": {policy.name: policy.text for policy in snapshot.inline},
        "attached": {f"{policy.arn} {policy.version_id}": policy.text for policy in snapshot.attached},
        "boundary": {policy.arn: policy.text for policy in snapshot.boundary},
    }


def list_incidents(_: ListIncidents, __: Caller, operator: Operator, *, now: str) -> Answer:
    """Return every current incident in short, and every waiver that is in force or waits."""
    records = [dossier for _, dossier in dossiers(operator)]
    waivers = [one for dossier in records for one in dossier.waivers if one.is_alive(now=now)]
    return Answer(
        200,
        {
            "account": operator.account,
            "incidents": [_in_short(incident) for dossier in records for incident in dossier.incidents],
            "waivers": [waiver_body(waiver, now=now) for waiver in waivers],
        },
    )


def tell_status(_: Status, caller: Caller, operator: Operator, *, now: str) -> Answer:
    """Return who calls, how the guard is set, whether it is paused, and how many incidents are in which state.

    Beside that, how the member accounts stand, and what is open there.
    """
    states = [told_state(incident) for _, dossier in dossiers(operator) for incident in dossier.incidents]
    pause = pause_in_force(operator.ledger, operator.account, operator.policy.hub, now=now)
    modes = operator.policy.modes
    is_hub = operator.member_sweeps is not None  # else nothing is on record, and no call is made for it
    members = members_body(operator.members.read_members(operator.account)) if is_hub else None
    there = read_open_there(operator.ledger) if is_hub else None
    return Answer(
        200,
        {
            "caller": caller.arn,
            "account": operator.account,
            "mode": modes.default.value,
            "modes": {kind.value: mode.value for kind, mode in modes.exceptions},
            "posture": operator.policy.posture.value,
            "paused": {"by": pause.by, "until": pause.until, "reason": pause.reason} if pause else None,
            "incidents": {state.value: states.count(state) for state in State if state in states},
            **({"remediate_members": operator.elsewhere.in_members.value} if operator.elsewhere else {}),
            **({"members": members} if members else {}),
            **({"open_in_members": open_there_body(there.incidents, there.left)} if there else {}),
        },
    )


def _in_short(incident: Incident) -> dict[str, object]:
    body = alert_body(incident)
    names = ("incident", "state", "severity", "kind", "source", "reason", "opened_at", "updated_at")
    return {"role": incident.role_name, **{name: body[name] for name in names}}
