"""Enables the guard's own rules again: the one thing of itself that it puts back."""

from typing import Any

ENABLED = "ENABLED"


class OwnRules:
    """The rules by which events reach the guard, and those that tell of changes of the guard."""

    def __init__(self, events: Any, names: tuple[str, ...], stack: str) -> None:
        """Take an EventBridge client, the names of the rules, and the stack's name, with which all of them begin."""
        self._events = events
        self._names = names
        self._stack = stack

    def enable(self) -> tuple[str, ...]:
        """Enable each rule that is there and is not enabled, and return these."""
        states = self._states()
        found = tuple(name for name in self._names if states.get(name, ENABLED) != ENABLED)
        for name in found:
            self._events.enable_rule(Name=name)
        return found

    def broken(self) -> tuple[str, ...]:
        """Return the rules that are not there, or are not enabled."""
        states = self._states()
        return tuple(name for name in self._names if states.get(name) != ENABLED)

    def _states(self) -> dict[str, str]:
        pages = self._events.get_paginator("list_rules").paginate(NamePrefix=f"{self._stack}-")
        return {str(rule["Name"]): str(rule["State"]) for page in pages for rule in page["Rules"]}
