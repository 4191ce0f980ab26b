"""Records that a release wrote are read by every later one."""

import json
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from panorama_guard.case.backup import Backup
from panorama_guard.case.errors import RecordError
from panorama_guard.case.forms import FORM, UPGRADES, upgraded
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.let_in import NOBODY, LetIn, Stranger
from panorama_guard.case.memory import Memory
from panorama_guard.case.order import InspectionRequest, LiftOrder, RemediationOrder, RenewalOrder
from panorama_guard.case.pause import Pause
from panorama_guard.case.record import dump_record, load_record
from panorama_guard.case.sweeping import Place
from panorama_guard.case.undo import PutBack, Undo
from panorama_guard.case.waiver import Waiver
from panorama_guard.case.word import Word
from tests.builders import INCIDENT

FOLDER = Path(__file__).parents[2] / "forms"
KEPT = (Incident, Memory, Backup, Waiver, Undo, Pause, Word)
SENT = (RemediationOrder, RenewalOrder, LiftOrder, InspectionRequest, PutBack, Place)
KINDS = {kind.__name__: kind for kind in (*KEPT, *SENT)}
FORMS = range(1, FORM + 1)


def written(form: int) -> dict[str, Any]:
    """Return what is on file of a form: a record of each kind, and the shape that each kind had."""
    found: dict[str, Any] = json.loads((FOLDER / f"form-{form}.json").read_text(encoding="utf-8"))
    return found


def shape_of(kind: Any) -> Any:
    """Return the fields of a record and what they hold, as far as reading it depends on that."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return {field.name: shape_of(hints[field.name]) for field in fields(kind)}
    if get_origin(kind) is tuple:
        return ["...", *(shape_of(one) for one in get_args(kind) if one is not Ellipsis)]
    if isinstance(kind, UnionType):
        return {"any of": sorted((shape_of(one) for one in get_args(kind)), key=json.dumps)}
    return "a word of a list" if issubclass(kind, Enum) else kind.__name__


@pytest.mark.parametrize("form", FORMS)
def test_a_record_of_every_kind_is_on_file_for_every_form(form: int) -> None:
    """A kind that came later is in the files from then on."""
    known = written(form)
    assert known["records"].keys() == known["shapes"].keys()
    assert form < FORM or known["records"].keys() == KINDS.keys()


@pytest.mark.parametrize("form", FORMS)
def test_a_record_of_every_form_is_read(form: int) -> None:
    """And is written again as one of today's."""
    for name, record in written(form)["records"].items():
        text = json.dumps(record)
        again = dump_record(load_record(KINDS[name], text))
        assert json.loads(again)["form"] == FORM
        assert form < FORM or json.loads(again) == record


def test_who_changes_a_record_raises_the_form() -> None:
    """The shapes of today's form are those on file: else FORM, UPGRADES and a new file of tests/forms are due."""
    assert {name: shape_of(kind) for name, kind in KINDS.items()} == written(FORM)["shapes"]
    assert list(UPGRADES) == list(range(1, FORM))


def test_a_record_goes_through_every_form_after_its_own() -> None:
    """One after the other."""
    upgrades = {
        1: lambda kind, found: {**found, "kind": kind},
        2: lambda _, found: {**found, "count": found["count"] + 1},
    }
    assert upgraded("Word", {"form": 1, "count": 1}, form=3, upgrades=upgrades) == {"kind": "Word", "count": 2}
    assert upgraded("Word", {"form": 2, "count": 1}, form=3, upgrades=upgrades) == {"count": 2}
    assert upgraded("Word", {"form": 3, "count": 1}, form=3, upgrades=upgrades) == {"count": 1}


BEFORE = "the Deny for older sessions was taken away or changed: whoever was the role before is it again"
IN_SPREAD = "who became the role while IAM spread that still is it"
IN_DOUBT = "it could not be judged for a time, and who became the role then may still be it"


@pytest.mark.parametrize(
    ("reason", "let_in"),
    [
        (f"{BEFORE}; seen after a call by A; the breaker is open after 3", LetIn((Stranger.BEFORE,), halted=True)),
        (f"{IN_SPREAD}: AccessDenied", LetIn((Stranger.IN_SPREAD,))),
        (
            f"{IN_DOUBT}; seen after a call by A; the guard ends none of these sessions, by mode approve",
            LetIn((Stranger.IN_DOUBT,), left_to_operator=True),
        ),
        ("nothing is known; the guard ends none of these sessions", NOBODY),
    ],
)
def test_who_is_let_in_was_said_by_the_reason_in_form_1(reason: str, let_in: LetIn) -> None:
    """It has a field of its own since: a trust that was told as not fixed stays so, for whom and by whom to end."""
    fields = written(1)["records"]["Incident"]
    for state in State:
        found = load_record(
            Incident, json.dumps({**fields, "state": state.value, "reason": f"the trust is repaired, but {reason}"})
        )
        assert found.let_in == (let_in if state is State.CONTAINED else NOBODY)


@pytest.mark.parametrize("form", [0, FORM + 1, "1", 1.0, True, None])
def test_a_record_of_a_form_that_is_not_known_is_an_error(form: object) -> None:
    """A version that was put back does not guess at what a later one wrote."""
    text = json.dumps({**json.loads(dump_record(INCIDENT)), "form": form})
    with pytest.raises(RecordError, match="its form is"):
        load_record(Incident, text)
