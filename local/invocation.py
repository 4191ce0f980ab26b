"""Lambda's Invoke call: read off the wire, and its answer written back."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from local.emulator import Reply
from local.hooks import InvokeResult
from local.wire import Call

_FUNCTION: Final = re.compile(
    r"^(?:arn:[\w-]+:lambda:[\w-]+:)?(?:\d{12}:)?(?:function:)?(?P<name>[\w-]+)(?::[\w$-]+)?$", re.ASCII
)


def is_invocation(call: Call | None) -> bool:
    """Say whether the call runs a function."""
    return call is not None and (call.service, call.operation) == ("lambda", "Invoke")


def function_name(call: Call) -> str:
    """Return the bare name of the function, however the caller wrote it: name, partial ARN or ARN, with a qualifier."""
    given = unquote(call.text("FunctionName"))
    found = _FUNCTION.match(given)
    return found["name"] if found else given


def invocation_type(call: Call) -> str:
    """Return `RequestResponse`, `Event` or `DryRun`."""
    return call.text("InvocationType", "RequestResponse")


def render_result(result: InvokeResult) -> Reply:
    """Return the reply that carries a function's result."""
    headers = [("Content-Type", "application/json"), ("X-Amz-Executed-Version", "$LATEST")]
    if result.function_error:
        headers.append(("X-Amz-Function-Error", result.function_error))
    if result.log_tail:
        headers.append(("X-Amz-Log-Result", result.log_tail))
    return Reply(result.status, tuple(headers), result.payload)
