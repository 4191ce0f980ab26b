"""Undoes everything that the guard has in place in an account, one incident after the other; before that, says what.

Only what is asked about each incident decides: a dry run asks nothing that changes anything, and an undo that was begun
goes on where it stopped.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from panorama_guard.case.times import shown_time
from panorama_guard.cli.output import ANSWERED, DIFFERS, REFUSED, WAITING
from panorama_guard.cli.undo import Undoing, finish_undo

_REFUSED = 400  # HTTP's own bound
_OUTCOMES = {ANSWERED: "undone", WAITING: "waiting", DIFFERS: "differs", REFUSED: "refused"}
_MEANWHILE = "put in place while the others were undone; run it again"
_WORST_LAST = (ANSWERED, WAITING, DIFFERS, REFUSED)

type_answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """An incident for which the guard has something in place, or may have: `unknown` says why nobody can tell."""

    incident: type_answer
    steps: tuple[str, ...]
    changed: tuple[str, ...] = ()
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """How the undo of one incident ended, with which answer, and what is in place for it after all."""

    standing: Standing
    code: int
    answer: type_answer
    left: tuple[str, ...] = ()


class RefusedError(Exception):
    """The guard refuses to tell what is on record."""

    def __init__(self, answer: type_answer) -> None:
        """Keep its answer."""
        super().__init__(str(answer.get("error")))
        self.answer = answer


def find_standing(undoing: Undoing, account: str) -> list[Standing]:
    """Return what is in place, that which the guard saw last first; raise RefusedError where it tells nothing.

    Of one role the later act lies on top of the earlier one, and is taken back before it.
    """
    status, answer = undoing.ask({"action": "incidents", **({"account": account} if account else {})})
    if status >= _REFUSED:
        raise RefusedError(answer)
    newest_first = sorted(answer["incidents"], key=lambda one: str(one["updated_at"]), reverse=True)
    found = (_standing(one, str(answer["account"]), undoing) for one in newest_first)
    return [one for one in found if one.steps or one.changed or one.unknown]


def _standing(incident: type_answer, account: str, undoing: Undoing) -> Standing:
    status, told = undoing.ask(
        {"action": "explain", "incident": incident["incident"], "account": account, "in_place": True}
    )
    if status >= _REFUSED:
        return Standing(incident, (), unknown=str(told.get("error")))
    there = told["in_place"]
    known = {**incident, "witness": told["witness"]}
    return Standing(known, tuple(there["steps"]), tuple(there["changed"]))


def undo_all(
    standing: list[Standing], asked: Mapping[str, object], undoing: Undoing, tell: Callable[[Ended], None]
) -> list[Ended]:
    """Undo each, and tell of each as it ends; what is refused is tried again once others of its role are undone."""
    waiting, ended = list(standing), list[Ended]()
    while waiting:
        refused: list[Ended] = []
        for one in waiting:
            end = _undo(one, asked, undoing)
            (refused if end.code == REFUSED else ended).append(end)
            if end.code != REFUSED:
                tell(end)
        if len(refused) == len(waiting):
            for end in refused:
                tell(end)
            return [*ended, *refused]
        waiting = [end.standing for end in refused]
    return ended


def _undo(standing: Standing, asked: Mapping[str, object], undoing: Undoing) -> Ended:
    status, answer = undoing.ask({"action": "undo", "incident": standing.incident["incident"], **asked})
    if status >= _REFUSED:
        return Ended(standing, REFUSED, answer)
    return Ended(standing, *finish_undo(answer, undoing))


def look_again(ended: list[Ended], account: str, undoing: Undoing) -> list[Ended]:
    """Return how each ended, with what is still in place for it; where that is something, it is not undone.

    After them stands what was put in place meanwhile: that was not undone either.
    """
    left = {one.incident["incident"]: one for one in find_standing(undoing, account)}
    told = [_with_left(one, left.pop(one.standing.incident["incident"], None)) for one in ended]
    return [*told, *(_with_left(Ended(one, DIFFERS, {"differs": [_MEANWHILE]}), one) for one in left.values())]


def _with_left(ended: Ended, left: Standing | None) -> Ended:
    if left is None:
        return ended
    told = (*left.steps, *left.changed, *((left.unknown,) if left.unknown else ()))
    code = DIFFERS if ended.code == ANSWERED else ended.code
    return replace(ended, code=code, left=told)


def worst_of(ended: list[Ended]) -> int:
    """Return the code of the whole: that of the worst."""
    return max((one.code for one in ended), key=_WORST_LAST.index, default=ANSWERED)


def all_body(standing: list[Standing], ended: list[Ended] | None) -> type_answer:
    """Return it for a machine; `ended` is None in a dry run, and has not all of them where the guard fell silent."""
    outcomes = {one.standing.incident["incident"]: one for one in ended or ()}
    first = {one.incident["incident"] for one in standing}
    meanwhile = [one.standing for name, one in outcomes.items() if name not in first]
    return {
        "dry_run": ended is None,
        "incidents": [_body(one, outcomes.get(one.incident["incident"])) for one in (*standing, *meanwhile)],
    }


def _body(standing: Standing, ended: Ended | None) -> type_answer:
    names = ("incident", "state", "severity", "role", "kind", "source")
    return {
        **{name: standing.incident[name] for name in names},
        "in_place": list(standing.steps),
        "changed": list(standing.changed),
        "unknown": standing.unknown,
        **({"outcome": _OUTCOMES[ended.code], "answer": ended.answer, "left": list(ended.left)} if ended else {}),
    }


def standing_lines(one: Standing) -> Iterator[tuple[str, str]]:
    """Yield of an incident what is in place, and what its undo brings back."""
    known = one.incident
    yield "Incident", f"{known['incident']}  {known['state']}  {known['severity']}  {known['role']}"
    yield from (("In place", step) for step in one.steps)
    yield from (("Changed", told) for told in one.changed)
    yield "Not known", one.unknown
    witness = known.get("witness")
    if witness and one.steps:
        example = " ".join(filter(None, (witness["action"], "on", witness["resource"])))
        yield "If undone", f"{known['kind']} through {known['source']} is open again, for example {example}"


def ended_lines(one: Ended) -> Iterator[tuple[str, str]]:
    """Yield how the undo of an incident ended."""
    answer, name = one.answer, one.standing.incident["incident"]
    match one.code:
        case code if code == REFUSED:
            yield "Refused", f"{name}: {answer.get('error')}"
            yield from (("Because", str(line)) for line in answer.get("details", ()))
        case code if code == WAITING:
            yield "Waiting", f"{name}: {answer.get('problem') or 'a second operator has to agree'}"
        case code if code == DIFFERS:
            yield "Not whole", f"{name}: see what differs"
            yield from (("Differs", str(line)) for line in answer.get("differs", ()))
        case _:
            yield "Undone", f"{name} on {one.standing.incident['role']}"
            yield "Waived to", shown_time(str((answer.get("waiver") or {}).get("until", "")))


def rest_lines(ended: list[Ended]) -> Iterator[tuple[str, str]]:
    """Yield what is not undone, why, what a second operator has to say, and what is still in place; then the count."""
    for one in ended:
        if one.code != ANSWERED:
            yield from ended_lines(one)
        waiver = one.answer.get("waiver") or {}
        if waiver.get("state") == "needs a second operator":
            yield "To approve", f"panorama-guard approve-waiver {waiver['waiver']} (somebody else)"
        yield from (("Still there", what) for what in one.left)
    counts = [(word, sum(one.code == code for one in ended)) for code, word in _OUTCOMES.items()]
    yield "In all", ", ".join(f"{count} {word}" for word, count in counts if count)
