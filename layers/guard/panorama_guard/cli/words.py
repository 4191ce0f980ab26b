"""Says the guard's answers to a person."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from panorama_guard.case.times import shown_time
from panorama_guard.reporting.plain import field_line

Answer = Mapping[str, Any]
_BACKUPS = "those of each backup: panorama-guard incidents --output json"


def answer_lines(action: str, answer: Answer) -> list[str]:
    """Return an answer as lines."""
    return list(_LINES[action](answer))


def _approved(answer: Answer) -> Iterator[str]:
    yield from field_line("Approved", f"{answer['incident']} by {answer['approved_by']}")
    yield from field_line("Until", shown_time(str(answer["until"])))
    yield from field_line("State", str(answer["state"]))


def _undone(answer: Answer) -> Iterator[str]:
    states = {
        "waiting": "nothing yet: a second operator has to agree",
        "lifting": "the guard's half is on its way",
        "by hand": "yours to put back with your own credentials, while the guard is paused",
        "done": "put back byte for byte" + (", but for what is left as is" if answer["notes"] else ""),
    }
    state = "not whole: see what differs" if answer.get("differs") else states[str(answer["undo"])]
    yield from field_line("Undo", f"{answer['incident']}: {state}")
    yield from (line for step in answer["by_guard"] for line in field_line("By guard", str(step)))
    yield from (line for step in answer["by_operator"] for line in field_line("By you", str(step)))
    yield from _waived(answer) if answer["waiver"] else ()
    for name, field in (("Left as is", "notes"), ("Differs", "differs")):
        yield from (line for told in answer.get(field, []) for line in field_line(name, str(told)))
    yield from field_line("Not yet", str(answer.get("problem", "")))


def _waived(answer: Answer) -> Iterator[str]:
    waiver = answer["waiver"]
    yield from field_line("Waiver", f"{waiver['waiver']} on {waiver['role']}: {waiver['state']}")
    yield from field_line("Until", shown_time(str(waiver["until"])))
    yield from field_line("Owner", str(waiver["owner"]))
    yield from field_line("Approved by", str(waiver["approver"]))
    yield from field_line("Document", str(waiver["document"]))
    if waiver["state"] == "needs a second operator":
        yield from field_line("Needs two", str(waiver["second_because"]))
        yield from field_line("To approve", f"panorama-guard approve-waiver {waiver['waiver']} (somebody else)")


def _paused(answer: Answer) -> Iterator[str]:
    yield from field_line("Account", str(answer["account"]))
    yield from field_line("Paused", f"until {shown_time(answer['until'])} by {answer['by']}")
    yield from field_line("Because", str(answer["reason"]))


def _resumed(answer: Answer) -> Iterator[str]:
    by = answer["was_paused_by"]
    yield from field_line("Account", str(answer["account"]))
    yield from field_line("Resumed", f"it was paused by {by}" if by else "it was not paused")
    yield from field_line("But", "the hub's pause holds here too" if answer["paused"] else "")


def _retried(answer: Answer) -> Iterator[str]:
    yield from field_line("Retry", f"{answer['incident']}: asked for; what comes of it is told as an alert")


def _swept(_: Answer) -> Iterator[str]:
    yield from field_line("Sweep", "asked for; requests of one window are one sweep")


def _listed(answer: Answer) -> Iterator[str]:
    yield from field_line("Account", str(answer["account"]))
    for one in answer["incidents"]:
        line = f"{one['incident']}  {one['state']}  {one['severity']}  {one['role']}  {one['kind']} {one['source']}"
        yield from field_line("Incident", line)
    yield from (line for waiver in answer["waivers"] for line in _waived({"waiver": waiver}))
    if not answer["incidents"]:
        yield "no incident is on record"


def _explained(answer: Answer) -> Iterator[str]:
    yield from field_line("Incident", f"{answer['incident']}  {answer['state']}  {answer['severity']}")
    yield from field_line("Role", str(answer["subject"]["arn"]))
    yield from field_line("Archived", "it is over, or a later one took its place" if answer.get("archived") else "")
    yield from field_line("Through", str(answer["source"]))
    witness, call = answer["witness"], answer["call"]
    if answer["kind"] == "trust-escape":
        yield from field_line("For example", f"{witness['resource']} may call {witness['action']}")
    elif witness["action"]:
        yield from field_line("For example", f"{witness['action']} on {witness['resource']}")
    yield from field_line("After call", f"{call['event']} by {call['actor']} at {call['time']}")
    yield from field_line("Because", str(answer["reason"]))
    yield from (line for step in answer["remedy"]["steps"] for line in field_line("Plan", str(step)))
    yield from field_line("Hash", str(answer["plan"]))
    yield from field_line("Proof", str(answer["remedy"]["proof"]))
    for one in answer["approvals"]:
        yield from field_line("Approved", f"by {one['by']} until {shown_time(one['until'])}")
    for backup in answer["backups"]:
        yield from field_line("Backup", f"{backup['fingerprint'][:12]} before: {'; '.join(backup['steps'])}")
    yield from field_line("Documents", f"{_BACKUPS} {answer['incident']}" if answer["backups"] else "")
    if answer["undo"]:
        yield from field_line("Undo asked", f"by {answer['undo']['by']} ({answer['undo']['reason']})")
        yield from field_line("Refused", str(answer["undo"]["refused"]))
    yield from (line for waiver in answer["waivers"] for line in _waived({"waiver": waiver}))


def _status(answer: Answer) -> Iterator[str]:
    yield from field_line("You are", str(answer["caller"]))
    modes = "".join(f", {kind} {mode}" for kind, mode in answer["modes"].items())
    yield from field_line("Guard", f"account {answer['account']}, mode {answer['mode']}{modes}, {answer['posture']}")
    pause = answer["paused"]
    yield from field_line(
        "Paused", f"until {shown_time(pause['until'])} by {pause['by']}: {pause['reason']}" if pause else "no"
    )
    yield from field_line("Incidents", _counts(answer["incidents"]) or "none")
    if "remediate_members" in answer:
        yield from field_line("In members", "as above" if answer["remediate_members"] == "yes" else "only told")
    if answer.get("members"):
        yield from _members(answer["members"])
    if "open_in_members" in answer:
        yield from _open_there(answer["open_in_members"])
    if "regions" in answer:
        yield from _regions(answer["regions"])


def _members(answer: Answer) -> Iterator[str]:
    counts = f"{answer['read']} read, {answer['in_part']} read in part, {answer['unreached']} unreached"
    last = answer["swept_longest_ago"]
    when = f"; swept longest ago: {last['account']}, {shown_time(last['at'])}" if last else ""
    yield from field_line("Members", f"{counts}{when}")
    for one in answer["not_read"]:
        yield from field_line("Member", f"{one['why']}, since {shown_time(one['since'])}")
    more = answer["in_part"] + answer["unreached"] - len(answer["not_read"])
    yield from field_line("Member", f"and {more} more" if more else "")


def _open_there(answer: Answer) -> Iterator[str]:
    """Yield what is open in member accounts, and in which."""
    accounts = answer["accounts"]
    where = f"{answer['all']} in {accounts['all']} account{'' if accounts['all'] == 1 else 's'}: "
    yield from field_line("Member open", f"{where}{_counts(answer['states'])}" if answer["all"] else "none")
    for one in accounts["listed"]:
        yield from field_line("Member open", f"{one['account']}: {_counts(one['states'])}, worst {one['severity']}")
    more = accounts["all"] - len(accounts["listed"])
    yield from field_line("Member open", f"and in {more} more" if more else "")
    left = answer["not_read"]
    yield from field_line("Member open", f"not all: what may be open of {left} more names was not read" if left else "")


def _counts(states: Answer) -> str:
    return ", ".join(f"{count} {state}" for state, count in states.items())


def _regions(answer: Answer) -> Iterator[str]:
    yield from field_line("Canary", str(answer["canary"]))
    for one in answer["watched"]:
        yield from field_line(one["region"], f"last event {one['last_event']}; trail {one['trail']}")


_LINES: Mapping[str, Callable[[Answer], Iterator[str]]] = {
    "approve": _approved,
    "undo": _undone,
    "waive": _waived,
    "approve-waiver": _waived,
    "end-waiver": _waived,
    "pause": _paused,
    "resume": _resumed,
    "retry": _retried,
    "sweep": _swept,
    "incidents": _listed,
    "explain": _explained,
    "status": _status,
}
