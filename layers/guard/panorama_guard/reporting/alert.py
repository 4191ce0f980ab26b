"""Says how an incident stands, for a person first and for a machine after."""

import json
from dataclasses import replace

from panorama_guard.case.ending import told_state
from panorama_guard.case.finding import Kind, Reach
from panorama_guard.case.incident import Evidence, Incident, Remedy, State
from panorama_guard.case.resource import is_resource_key
from panorama_guard.reporting.calls import call_body, call_lines, suspect_lines
from panorama_guard.reporting.commands import APPROVE, UNDO, operator_commands
from panorama_guard.reporting.headline import headline
from panorama_guard.reporting.plain import ascii_line, field_line, plain
from panorama_guard.reporting.showing import by_hand, console_link, see_it
from panorama_guard.reporting.statements import HOW_EXACT, escape_body, escape_lines
from panorama_guard.reporting.war import how_to_stop

WHOLE = "`escape` in the JSON of this message"
TO_STOP, UNDONE, UNDO_BY_HAND = "To stop it", "Undone", "Or by hand"
LONGEST_MESSAGE = 256_000  # bytes; SNS takes 262,144 with subject and attributes
FEWER = (8, 2, 0)  # steps, notes and commands of each sort, where more of them do not fit


def alert_message(incident: Incident) -> str:
    """Return the alert: text for a person, then, as the last line, the incident as one JSON object.

    Where that is too long for SNS, of what was done and how it is undone only so much is told as there is room for.
    """
    message = _message(incident)
    for most in (entry for entry in FEWER if len(message.encode()) > LONGEST_MESSAGE):
        message = _message(_with_at_most(most, incident))
    return message


def _message(incident: Incident) -> str:
    return "\n".join([*_text(incident), "", json.dumps(alert_body(incident))])


def _with_at_most(most: int, incident: Incident) -> Incident:
    remedy = incident.remedy
    left = sum(len(told[most:]) for told in (remedy.steps, remedy.notes, remedy.undo))
    note = f"{left} more steps, notes and commands: panorama-guard incidents {incident.id}"
    cut = replace(remedy, steps=remedy.steps[:most], notes=(*remedy.notes[:most], note), undo=remedy.undo[:most])
    return replace(incident, remedy=cut)


def alert_attributes(incident: Incident) -> tuple[tuple[str, str], ...]:
    """Return what subscribers may filter by."""
    return (
        ("severity", incident.severity.value),
        ("kind", incident.kind.value),
        ("state", told_state(incident).value),
        ("subject", ascii_line(incident.subject.arn)),
        ("role", ascii_line(incident.subject.name)),
    )


def alert_body(incident: Incident) -> dict[str, object]:
    """Return the incident for machines."""
    return {
        "schema": "panorama-guard/incident/1",
        "incident": incident.id,
        "state": told_state(incident).value,
        "severity": incident.severity.value,
        "kind": incident.kind.value,
        "source": plain(incident.source),
        "subject": {
            "account": incident.subject.account,
            "arn": incident.subject.arn,
            "name": incident.subject.name,
            "role_id": incident.subject.unique_id,
        },
        "call": call_body(incident.cause),
        "witness": _witness_body(incident.evidence),
        "statement": plain(incident.evidence.statement),
        "escape": _escape_body(incident.evidence.reach),
        "reason": plain(incident.reason or incident.evidence.reason),
        "remedy": _remedy(incident.remedy),
        "commands": {name.lower().replace(" ", "_"): command for name, command in operator_commands(incident)},
        "by_hand": list(by_hand(incident)),
        "to_stop_it": [plain(way) for way in how_to_stop(incident)],
        "see_it": see_it(incident),
        "console": console_link(incident),
        "attempt": incident.attempt,
        "opened_at": incident.opened_at,
        "updated_at": incident.updated_at,
    }


def _witness_body(evidence: Evidence) -> dict[str, object]:
    return {
        "action": plain(evidence.action),
        "resource": plain(evidence.resource),
        "principal": plain(evidence.principal),
        "context": {plain(key): [plain(value) for value in values] for key, values in evidence.context},
    }


def _escape_body(reach: Reach) -> dict[str, object] | None:
    if not reach.precision:
        return None
    return {"extent": plain(reach.precision), "policy": escape_body(reach.document)}


def _remedy(remedy: Remedy) -> dict[str, object]:
    return {
        "carried_out": remedy.carried_out,
        "steps": [plain(step) for step in remedy.steps],
        "proof": plain(remedy.proof),
        "notes": [plain(note) for note in remedy.notes],
        "needs_approval": remedy.needs_approval,
        "undo": [plain(command) for command in remedy.undo],
    }


def _text(incident: Incident) -> list[str]:
    evidence = incident.evidence
    lines = [
        headline(incident),
        plain(incident.reason),
        "",
        *field_line("Resource" if is_resource_key(incident.role_name) else "Role", incident.subject.arn),
        *field_line("Severity", incident.severity.value),
        *field_line("Through", incident.source),
        *field_line("For example", example(incident)),
        *field_line("Granted by", evidence.statement),
        *_reach(evidence.reach),
        *field_line("Doubt" if incident.kind is Kind.UNDECIDED else "Found", evidence.reason),
        "",
        *call_lines(incident.cause),
        *suspect_lines(incident),
        "",
        *_what_was_done(incident),
        *(line for name, told in what_to_do(incident) for line in field_line(name, told)),
        *field_line("See it", see_it(incident)),
        *field_line("Console", console_link(incident)),
        *field_line("Runbook", f"docs/runbook.md: [{told_state(incident).value}]"),
        *field_line("Incident", f"{incident.id} ({_attempt(incident)}event {incident.cause.event_id or 'none'})"),
    ]
    return [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]


def _attempt(incident: Incident) -> str:
    return f"attempt {incident.attempt}, " if incident.attempt else ""


def _what_was_done(incident: Incident) -> list[str]:
    remedy = incident.remedy
    if not remedy.carried_out and incident.state is State.RESOLVED:
        return []
    return [
        *(line for step in remedy.steps for line in field_line(_what_became_of(incident), step)),
        *field_line("Proof", remedy.proof),
        *(line for note in remedy.notes for line in field_line("Note", note)),
    ]


def what_to_do(incident: Incident) -> list[tuple[str, str]]:
    """Return what an operator may do, and under which names: what ends the escape before what lets it stand."""
    commands = operator_commands(incident)
    return [
        *(one for one in commands if one[0] == APPROVE),
        *(("By hand", command) for command in by_hand(incident)),
        *((TO_STOP, way) for way in how_to_stop(incident)),
        *(one for one in commands if one[0] != APPROVE),
        *((UNDO_BY_HAND, command) for command in _undone_by_hand(incident)),
        *((UNDONE, "the escape is open again: only for what was meant") for name, _ in commands if name == UNDO),
    ]


def _undone_by_hand(incident: Incident) -> tuple[str, ...]:
    """Return what takes back what the guard did, for whoever has no `panorama-guard`."""
    remedy = incident.remedy
    return tuple(dict.fromkeys(remedy.undo)) if remedy.carried_out and incident.state is not State.RESOLVED else ()


def _what_became_of(incident: Incident) -> str:
    if incident.remedy.carried_out:  # what is let stand may have been taken back since
        return "Was done" if incident.state is State.RESOLVED else "Done"
    return "Would do" if incident.state is State.OBSERVED else "Not done"


def example(incident: Incident) -> str:
    """Return in words the one request that proves the finding; empty where there is none."""
    evidence = incident.evidence
    if not evidence.action:
        return ""
    if incident.kind is Kind.TRUST_ESCAPE:
        return f"{evidence.resource} may call {evidence.action}"
    by = f"{evidence.principal} may call " if evidence.principal else ""
    context = "".join(f" with {key} = {', '.join(values)}" for key, values in evidence.context)
    return f"{by}{evidence.action} on {evidence.resource}{context}"


def _reach(reach: Reach) -> list[str]:
    """Return everything that escapes, and whether that is all of it and nothing else."""
    if not reach.document:
        return field_line("Escapes", reach.precision)
    lines = [line for name, text in escape_lines(reach.document, WHOLE) for line in field_line(name, text)]
    return [*lines, *field_line("That is", HOW_EXACT[reach.precision])]
