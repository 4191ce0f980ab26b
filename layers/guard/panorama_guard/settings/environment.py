"""The environment of the functions, checked where it is used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

Choice = TypeVar("Choice", bound=Enum)


class SettingError(Exception):
    """A setting is missing or out of range; the message names the variable and its value."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The variables, and the forms in which they are read."""

    environment: Mapping[str, str]

    def _value(self, name: str) -> str:
        if name not in self.environment:
            message = f"{name} is not set"
            raise SettingError(message)
        return self.environment[name]

    def _matching(self, name: str, form: str, words: str) -> str:
        value = self._value(name)
        if not re.fullmatch(form, value, re.ASCII):
            raise _error(name, words, value)
        return value

    def _number(self, name: str, least: int, most: int) -> int:
        words = f"a number from {least} to {most}"
        number = int(self._matching(name, r"\d{1,4}", words))
        if not least <= number <= most:
            raise _error(name, words, str(number))
        return number

    def _choice(self, name: str, kind: type[Choice]) -> Choice:
        return choice(name, kind, self._value(name))


def choice(name: str, kind: type[Choice], value: str) -> Choice:
    """Return the member of an enum that a variable names."""
    choices = {choice.value: choice for choice in kind}
    if value not in choices:
        raise _error(name, "one of " + ", ".join(choices), value)
    return choices[value]


def _error(name: str, words: str, value: str) -> SettingError:
    return SettingError(f"{name} is not {words}: `{ascii(value)[1:-1]}`")
