"""What the front asks of the rest of the stack: to deliver an event, to run a function, to answer a control call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from local.deploy_records import FunctionUrl


@dataclass(frozen=True, slots=True)
class InvokeResult:
    """What running a function gave; `function_error` is Lambda's `Handled` or `Unhandled` when it failed."""

    payload: bytes
    status: int = 200
    function_error: str | None = None
    log_tail: str | None = None


@dataclass(frozen=True, slots=True)
class ControlResponse:
    """The answer to a `/_local/` call."""

    status: int
    body: bytes
    content_type: str = "application/json"


class FrontHooks(Protocol):
    """The delivery half of the stack, as the front sees it."""

    def publish(self, event: dict[str, Any]) -> None:
        """Put a CloudTrail-shaped event, in EventBridge's envelope, on the bus; called once the write is visible."""

    def invoke(self, function_name: str, payload: bytes, invocation_type: str) -> InvokeResult:
        """Run the function, or raise `CallRefusedError`, say for a function that does not exist or is throttled."""

    def function_url(self, url_id: str) -> FunctionUrl | None:
        """Return the function's URL with this id, or None when there is no such URL."""

    def control(self, method: str, path: str, body: bytes) -> ControlResponse | None:
        """Answer a call under `/_local/`, or None when there is no such path."""

    def wrote(self, service: str, operation: str, parameters: Mapping[str, Any]) -> None:
        """Learn that a call which may have made messages due has succeeded; must return at once."""
