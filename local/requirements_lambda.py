"""What each call of Lambda on a function needs.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
"""

from __future__ import annotations

from typing import Final

from local.emulator import PARTITION
from local.invocation import function_name
from local.requirement import Requirement
from local.wire import Call

_ON_FUNCTIONS: Final = frozenset(
    {
        "GetFunctionConfiguration",
        "GetFunctionUrlConfig",
        "GetPolicy",
        "ListAliases",
        "ListFunctionEventInvokeConfigs",
        "ListVersionsByFunction",
        "RemovePermission",
        "UpdateFunctionUrlConfig",
    }
)
_ON_NOTHING: Final = frozenset({"ListFunctions", "ListEventSourceMappings"})


def lambda_requirement(call: Call, account: str) -> tuple[Requirement, ...] | None:
    """Return the permission that a call needs, or None when the table does not know the operation."""
    if call.operation in _ON_NOTHING:
        return (Requirement(f"lambda:{call.operation}", "*"),)
    if call.operation not in _ON_FUNCTIONS:
        return None
    qualifier = f":{call.text('Qualifier')}" if call.text("Qualifier") else ""
    arn = f"arn:{PARTITION}:lambda:{call.region}:{account}:function:{function_name(call)}{qualifier}"
    auth = (("lambda:FunctionUrlAuthType", (call.text("AuthType"),)),) if call.text("AuthType") else ()
    return (Requirement(f"lambda:{call.operation}", arn, auth),)
