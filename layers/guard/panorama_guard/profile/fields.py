"""Strict reading of decoded JSON: every error names the field by its path, and its value."""

import json
import re
import reprlib
from typing import NoReturn

from panorama_guard.policy.record import record
from panorama_guard.profile.errors import ProfileError

_SHOWN = 80


@record
class Field:
    """A value somewhere in a data file, and the path that leads to it."""

    path: str
    value: object

    def members(self, *names: str, lists: tuple[str, ...] = (), texts: tuple[str, ...] = ()) -> tuple["Field", ...]:
        """Return the fields of an object, in this order; it must have them all and no others.

        Behind them come the fields of `lists` and of `texts`, each of which is empty where it is not there.
        """
        absent: dict[str, object] = {**{name: [] for name in lists}, **dict.fromkeys(texts, "")}
        found = absent | self._object()
        names += lists + texts
        missing = [name for name in names if name not in found]
        unknown = [name for name in found if name not in names]
        if missing:
            message = f"{self._below(missing[0])} is missing, the fields are: {shown(', '.join(self._object()))}"
            raise ProfileError(message)
        if unknown:
            message = f"{self._below(unknown[0])} is an unknown field: {shown(found[unknown[0]])}"
            raise ProfileError(message)
        return tuple(Field(self._below(name), found[name]) for name in names)

    def entries(self) -> tuple[tuple[str, "Field"], ...]:
        """Return the names and values of an object whose names are free."""
        return tuple((name, Field(self._below(name), value)) for name, value in self._object().items())

    def items(self) -> tuple["Field", ...]:
        """Return the members of a list."""
        if not isinstance(self.value, list):
            self.refuse("is not a list")
        return tuple(Field(f"{self.path}[{index}]", value) for index, value in enumerate(self.value))

    def text(self, form: re.Pattern[str], what: str) -> str:
        """Return a text that has this form; `what` says in the error what it should have been."""
        if not isinstance(self.value, str) or not form.fullmatch(self.value):
            self.refuse(f"is not {what}")
        return self.value

    def refuse(self, complaint: str) -> NoReturn:
        """Raise the error that makes this complaint about the field."""
        message = f"{self.path or 'the profile'} {complaint}: {shown(self.value)}"
        raise ProfileError(message)

    def _object(self) -> dict[str, object]:
        if not isinstance(self.value, dict):
            self.refuse("is not an object")
        return self.value

    def _below(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def shown(value: object) -> str:
    """Return a value for an error message: one line, at most `_SHOWN` characters, in backticks."""
    text = value if isinstance(value, str) else reprlib.repr(value)
    return f"`{ascii(text)[1:-1][:_SHOWN]}`"


def decode(text: str) -> object:
    """Return the JSON value of a text; a name given twice is an error, since one would be ignored."""
    try:
        value: object = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        message = f"the profile is not JSON: {shown(str(error))}"
        raise ProfileError(message) from None
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        message = f"a field is given twice: {shown(next(name for name in names if names.count(name) > 1))}"
        raise ProfileError(message)
    return found
