"""Runs a scenario with one fault in the way of one call, and says what does not hold afterwards."""

import contextlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from panorama_guard.case.incident import PENDING, Incident, State
from panorama_guard.cli.output import ANSWERED
from panorama_guard.cli.undo import Patience, Undoing, finish_undo
from panorama_guard.containment import Contained, Grant
from panorama_guard.containment.check import check
from panorama_guard.judging.standard import standard_of
from panorama_guard.judging.trust import read_trust
from panorama_guard.profile.posture import Posture
from tests.builders import PROFILE
from tests.stack.account import Account, grant_of
from tests.stack.faulty import Call, Cell, calls_made, cells_of, distinct, faults_met, put_faults
from tests.stack.messages import Message
from tests.stack.operators import WHY
from tests.stack.roles import RoleRecord
from tests.stack.scenarios import ROLE, Part, Scenario
from tests.stack.undoing import parts_of

OLDER_SESSIONS = "panorama-guard-older-sessions"
STANDARD = standard_of(next(role for role in PROFILE.roles if role.name == ROLE), Posture.ACTIVE)
AGAIN = 6  # how often an operator repeats what was not answered
RUNS = 12  # how often a cell is run until its call is made: what runs side by side changes places


@dataclass(slots=True)
class Ran:
    """One run of a scenario: what does not hold, how the incident stood before its undo, and the calls."""

    complaints: list[str] = field(default_factory=list)
    state: str = ""
    was_met: bool = True
    calls: list[Call] = field(default_factory=list)


def record_calls(account: Account, scenario: Scenario) -> list[Call]:
    """Run a scenario without any fault, and return every call that a function makes in the part that matters."""
    ran = run(account, scenario, None)
    assert ran.complaints == []
    return ran.calls


def matrix(account: Account, scenarios: Iterable[Scenario], seen: set[tuple[str, ...]]) -> list[tuple[str, Cell]]:
    """Return every cell of the scenarios by their names, from the calls that they make.

    What a function calls first of all is one path in all scenarios, until it calls something else; `seen` has the paths
    that are known already.
    """
    recorded = [(one.name, record_calls(account, one)) for one in scenarios]
    return [(name, cell) for name, calls in recorded for cell in cells_of(distinct(calls, seen))]


def run_cell(account: Account, scenario: Scenario, cell: Cell) -> Ran:
    """Run a scenario with a fault in the way."""
    for _ in range(RUNS):
        ran = run(account, scenario, cell)
        if ran.was_met or ran.complaints:
            break
    return ran


def run(account: Account, scenario: Scenario, cell: Cell | None) -> Ran:
    """Run a scenario from its preparation to its undo; leave the account as it was."""
    ran = Ran()
    try:
        _run(account, scenario, cell, ran)
    except (AssertionError, TimeoutError) as error:
        ran.complaints.append(f"{type(error).__name__}: {str(error)[:300]}")
    finally:
        put_faults(account.stack)
        account.tidy()
    return ran


def _run(account: Account, scenario: Scenario, cell: Cell | None, ran: Ran) -> None:
    attack = scenario.attack
    attack.prepare(account)
    account.recheck()
    account.alerts()
    account.forget()  # what was prepared is long past, and no look at it is on its way any more
    healthy = account.record(ROLE)
    attacked = attack.makes(account, healthy)
    with _faults(account, cell, ran, scenario, Part.CONTAINING):
        _attack(account, scenario)
    if scenario.part is Part.APPROVING:
        with _faults(account, cell, ran, scenario, Part.APPROVING):
            ran.complaints += _approve(account)
    ran.complaints += _hold_contained(account, cell, ran)
    if not attack.is_shut:
        ran.complaints += _hold_kept(healthy if attack.is_restored else attacked, account.record(ROLE))
    with _faults(account, cell, ran, scenario, Part.UNDOING):
        ran.complaints += _undo(account)
    ran.complaints += _hold_undone(account, attacked, cell)


@contextlib.contextmanager
def _faults(account: Account, cell: Cell | None, ran: Ran, scenario: Scenario, part: Part) -> Iterator[None]:
    """Put the fault in the way of what is done meanwhile, until rest, if this is the part that meets it."""
    if part is not scenario.part:
        yield
        account.recheck()
        return
    put_faults(account.stack, [cell.rule] if cell else [])
    yield
    account.recheck()
    ran.was_met = cell is None or faults_met(account.stack) > 0
    ran.calls = calls_made(account.stack)
    put_faults(account.stack)


def _attack(account: Account, scenario: Scenario) -> None:
    if scenario.is_seen:
        scenario.attack.act(account)
        return
    with account.events_lost():
        scenario.attack.act(account)
    account.ask_for_sweep()


def _approve(account: Account) -> Iterator[str]:
    (incident,) = account.incidents(ROLE)
    if incident.state is not State.NEEDS_APPROVAL:
        yield f"not asked: {incident.state.value}"
        return
    account.alerts()
    status, answer = _ask(account, {"action": "approve", "incident": incident.id, "plan": incident.remedy.plan})
    (after,) = account.incidents(ROLE)
    if status != 200 and not after.approval:  # where the answer was lost, it may be carried out by now
        yield f"not approved: {answer}"


def _ask(account: Account, body: dict[str, object], *, second: bool = False) -> tuple[int, dict[str, Any]]:
    """Ask as an operator does who asks again when there was no answer, or none but that the guard failed."""
    for _ in range(AGAIN):
        status, answer = account.operators[second].ask(body)
        if status < 500 and status != 429:
            break
        account.settle()
    return status, answer


# --- what has to hold ---


def _hold_contained(account: Account, cell: Cell | None, ran: Ran) -> Iterator[str]:
    """Yield what does not hold once the guard has done what it does."""
    alerts, incidents = account.alerts(), account.incidents(ROLE)
    kinds = [(one.kind.value, one.source, one.state.value) for one in incidents]
    assert len(incidents) == 1, f"incidents: {kinds}, dead letters: {account.dead_letters()}"
    (incident,) = incidents
    ran.state = incident.state.value
    yield from _hold_told(incident, [alert for alert in alerts if alert.body.get("incident") == incident.id], cell)
    yield from _hold_no_letter_lost(account, alerts)
    yield from _hold_inside(account.record(ROLE), incident)


def _hold_told(incident: Incident, told: list[Message], cell: Cell | None) -> Iterator[str]:
    states = [alert.body["state"] for alert in told]
    if incident.state in PENDING:
        yield f"still {incident.state.value}"
    elif not states or states[-1] != incident.state.value:
        yield f"it is {incident.state.value}, and told was {states}"
    again = [what for what, count in Counter(alert.text for alert in told).items() if count > 1]
    if again and not (cell and cell.may_tell_twice):
        yield f"told more than once: {states}"


def _hold_no_letter_lost(account: Account, alerts: list[Message]) -> Iterator[str]:
    letters = account.dead_letters()
    if letters and not any(alert.alarm for alert in alerts):
        yield f"dead letters without an alarm: {letters}"


def _hold_inside(now: RoleRecord, incident: Incident) -> Iterator[str]:
    """Judge with the engine: nothing escapes, or that is told."""
    inside = [
        check(grant_of(now), STANDARD.permissions) == Contained(),
        check(read_trust(now.trust), STANDARD.trust) == Contained(),
    ]
    if incident.state is State.CONTAINED and not all(inside):
        yield "it is called contained, and is not"
    if incident.state not in (State.CONTAINED, State.NOT_FIXED):
        yield f"neither contained nor reported: {incident.state.value}"


def _hold_kept(meant: RoleRecord, now: RoleRecord) -> Iterator[str]:
    """Judge with the engine: what was granted inside the ceiling is granted; that sessions are ended takes nothing."""
    lasting = tuple((name, text) for name, text in now.inline if name != OLDER_SESSIONS)
    was = grant_of(meant)
    inside = Grant(was.policies, (*was.boundaries, STANDARD.permissions.policies))
    if check(inside, grant_of(replace(now, inline=lasting))) != Contained():
        yield "permission inside the ceiling is lost"


# --- the undo ---


def _undo(account: Account) -> Iterator[str]:
    """Undo what was done; run again, as the command line says, until it is done."""
    (incident,) = account.incidents(ROLE)
    if not account.attempts(incident):
        return
    told: object = None
    for _ in range(AGAIN):
        status, answer = _ask(account, {"action": "undo", "incident": incident.id, **WHY})
        if status == 200 and answer["undo"] == "waiting":
            _ask(account, {"action": "approve-waiver", "waiver": answer["waiver"]["waiver"]}, second=True)
            status, answer = _ask(account, {"action": "undo", "incident": incident.id, **WHY})
        account.settle()
        told = answer
        if status != 200:
            break
        code, told = finish_undo(answer, _undoing(account))
        if code == ANSWERED:
            return
    yield f"not undone: {told}"


def _undoing(account: Account) -> Undoing:
    operator, _ = account.operators
    return Undoing(lambda body: _ask(account, dict(body)), operator.subjects, Patience(time.monotonic, time.sleep))


def _hold_undone(account: Account, attacked: RoleRecord, cell: Cell | None) -> Iterator[str]:
    """Yield what does not hold after the undo: byte for byte what the attack had made, told, and let be."""
    (incident,) = account.incidents(ROLE)
    if not account.attempts(incident):
        return
    yield from _differences(account, attacked)
    alerts = account.alerts()
    said = [alert.body.get("what") for alert in alerts if incident.id in alert.text]
    if "UNDO ASKED FOR" not in said:
        yield f"the undo was not told: {[alert.subject for alert in alerts]}"
    # Who is told that it was refused gives the word again, and that is told too.
    if said.count("UNDO ASKED FOR") > 1 + said.count("UNDO REFUSED") and not (cell and cell.may_tell_twice):
        yield f"the undo was told {said.count('UNDO ASKED FOR')} times"


def _differences(account: Account, attacked: RoleRecord) -> Iterator[str]:
    expected, now = parts_of(attacked), parts_of(account.record(ROLE))
    names = sorted(name for name in now | expected if now.get(name) != expected.get(name))
    if names:
        yield f"after the undo the role is not as it was: {names}"
