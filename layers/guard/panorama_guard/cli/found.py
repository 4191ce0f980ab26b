"""Objects of a JSON file with the place where each stands, so that an error names field and value."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import unquote

from panorama_guard.policy import DocumentError


@dataclass(frozen=True, slots=True)
class Found:
    """An object of a file, and where it stands."""

    body: Mapping[str, Any]
    where: str

    def refuse(self, field: str, problem: str, value: object) -> NoReturn:
        """Raise the error that complains of one field."""
        place = f"{self.where}: {field}"
        raise DocumentError(place, problem, value)

    def text(self, field: str, default: str | None = None) -> str:
        """Return a text; one that is missing is an error unless there is a default."""
        if field not in self.body and default is not None:
            return default
        if field not in self.body:
            self.refuse(field, "missing in", dict(self.body))
        text = self.body[field]
        if not isinstance(text, str):
            self.refuse(field, "not a text", text)
        return text

    def document(self, field: str) -> str:
        """Return a document's text: an object, as the AWS CLI prints it, or URL-encoded text, as the API answers."""
        value = self.body.get(field)
        if isinstance(value, dict):
            return json.dumps(value)
        text = self.text(field)
        return text if text.lstrip().startswith("{") else unquote(text)

    def items(self, field: str) -> Iterator["Found"]:
        """Yield the objects of a list."""
        if field not in self.body:
            self.refuse(field, "missing in", dict(self.body))
        listed = self.body[field]
        if not isinstance(listed, list):
            self.refuse(field, "not a list", listed)
        for number, item in enumerate(listed):
            if not isinstance(item, dict):
                self.refuse(f"{field}[{number}]", "not an object", item)
            yield Found(item, f"{self.where}: {field}[{number}]")
