"""What moto's backends of this folder read from a request, and answer, where both are JSON."""

import json
from collections.abc import Mapping
from typing import Any

type_answer = tuple[int, dict[str, str], str]


def answer(body: Mapping[str, Any], status: int = 200) -> type_answer:
    """Return an answer as moto's routes give it."""
    return status, {"Content-Type": "application/json"}, json.dumps(body)


def body_of(request: Any) -> dict[str, Any]:
    """Return what a request says; nothing where it has no body."""
    data = getattr(request, "data", None) or getattr(request, "body", None) or b"{}"
    loaded: dict[str, Any] = json.loads(data)
    return loaded
