"""Reads the properties of one resource so that none goes unnoticed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from local.deploy_errors import refuse_resource


class Properties:
    """The resolved properties of a resource; each must be taken before `finish`."""

    def __init__(self, logical_id: str, kind: str, values: Mapping[str, Any], *, path: str = "") -> None:
        """Read these values."""
        self.logical_id = logical_id
        self.kind = kind
        self._values = dict(values)
        self._path = path

    def refuse(self, reason: str) -> NoReturn:
        """Raise the `DeployError` that names the resource."""
        raise refuse_resource(self.logical_id, self.kind, reason) from None

    def take(self, name: str, default: Any = None) -> Any:
        """Return the property, or the default."""
        return self._values.pop(name, default)

    def need(self, name: str) -> Any:
        """Return the property that must be there."""
        if name not in self._values:
            self.refuse(f"lacks property `{self._path}{name}`")
        return self._values.pop(name)

    def text(self, name: str, default: str = "") -> str:
        """Return the property as text."""
        return str(self.take(name, default))

    def number(self, name: str, default: int) -> int:
        """Return the property as a number, which templates may write as text."""
        value = self.take(name, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            self.refuse(f"property {self._path}{name} must be a number: `{value}`")

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return the property as true or false, which templates may write as text."""
        value = self.take(name, default)
        if str(value).lower() not in {"true", "false"}:
            self.refuse(f"property {self._path}{name} must be true or false: `{value}`")
        return str(value).lower() == "true"

    def document(self, name: str) -> str:
        """Return the policy document that must be there, as JSON text."""
        value = self.need(name)
        return value if isinstance(value, str) else json.dumps(value)

    def nested(self, name: str) -> Properties:
        """Return the property's own properties, none when it is absent."""
        value = self.take(name, {})
        if not isinstance(value, Mapping):
            self.refuse(f"property {self._path}{name} must be an object: `{value}`")
        return Properties(self.logical_id, self.kind, value, path=f"{self._path}{name}.")

    def given(self, *names: str) -> dict[str, Any]:
        """Return those of the properties that are there, as they are."""
        return {name: self._values.pop(name) for name in names if name in self._values}

    def finish(self) -> None:
        """Raise `DeployError` when a property was not taken: ignoring it would make this machine unlike AWS."""
        if self._values:
            self.refuse(f"property is not handled on one machine: `{self._path}{min(self._values)}`")
