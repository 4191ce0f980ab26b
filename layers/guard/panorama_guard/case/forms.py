"""The forms that records had in releases, and how a record of an earlier one becomes one of the next.

Whoever changes the fields of a record that is kept or sent raises FORM, and writes into UPGRADES what makes a record of
the form before one of the new one. Ledgers keep records for months, and a message may wait while a new version is put
in place; so every form that a release wrote is read for ever.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

FORM = 2
FIELD = "form"  # beside the fields of a record, in its text

Fields = dict[str, Any]
Upgrade = Callable[[str, Fields], Fields]  # given the name of the record's class and its fields, which it may change


def _from_1(kind: str, fields: Fields) -> Fields:
    """Give an incident `let_in`, which its reason said till then, and a remedy its `rung`, which nothing said."""
    if isinstance(fields.get("remedy"), dict):
        fields = {**fields, "remedy": {**fields["remedy"], "rung": ""}}
    if kind != "Incident":
        return fields
    reason = str(fields.get("reason", "")) if fields.get("state") == "CONTAINED" else ""
    who = [stranger for stranger, words in _WHO_IN_FORM_1.items() if reason.startswith(words)]
    is_left, is_halted = _LEFT_IN_FORM_1 in reason, _HALTED_IN_FORM_1 in reason
    let_in = {"who": who, "left_to_operator": bool(who) and is_left, "halted": bool(who) and is_halted}
    return {**fields, "let_in": let_in}


_WHO_IN_FORM_1 = {
    "before the repair": "the trust is repaired, but the Deny for older sessions was taken away",
    "while IAM spread the repair": "the trust is repaired, but who became the role while IAM spread that",
    "while the trust could not be judged": "the trust is repaired, but it could not be judged for a time",
}
_LEFT_IN_FORM_1, _HALTED_IN_FORM_1 = "; the guard ends none of these sessions", "; the breaker is open after"

UPGRADES: Mapping[int, Upgrade] = MappingProxyType({1: _from_1})


def marked(fields: Fields) -> Fields:
    """Return the fields of a record as they are written: with their form."""
    return {FIELD: FORM, **fields}


def upgraded(kind: str, value: object, *, form: int = FORM, upgrades: Mapping[int, Upgrade] = UPGRADES) -> Fields:
    """Return the fields of a record of any form up to `form`, as that form has them; raise TypeError if it is none."""
    if not isinstance(value, dict) or FIELD not in value:
        message = f"not the fields of {kind} and its form: {value!r}"
        raise TypeError(message)
    fields = dict(value)
    written = fields.pop(FIELD)
    if type(written) is not int or not 1 <= written <= form:
        message = f"its form is {written!r}, and this version knows those from 1 to {form}"
        raise TypeError(message)
    for earlier in range(written, form):
        fields = upgrades[earlier](kind, fields)
    return fields
