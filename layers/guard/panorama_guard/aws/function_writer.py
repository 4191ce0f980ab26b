"""Changes Lambda functions: a statement of a policy is removed, a URL is made to ask for a signature."""

import json
from collections.abc import Mapping
from typing import Any

from panorama_guard.aws.part_writing import refuse, write_part
from panorama_guard.case import function
from panorama_guard.case.errors import WriteRefusedError
from panorama_guard.case.step import PartStep, PutPart

_SIGNED = "AWS_IAM"
# The parameter of AddPermission by which a condition comes into a statement, by the operator that Lambda writes for it;
# whatever else a statement asks, it cannot. For a source's ARN the documentation names another one than policies have.
_PARAMETERS: Mapping[tuple[str, str], str] = {
    ("ArnLike", "aws:sourcearn"): "SourceArn",
    ("StringLike", "aws:sourcearn"): "SourceArn",
    ("StringEquals", "aws:sourceaccount"): "SourceAccount",
    ("StringEquals", "aws:principalorgid"): "PrincipalOrgID",
    ("StringEquals", "lambda:functionurlauthtype"): "FunctionUrlAuthType",
    ("Bool", "lambda:invokedviafunctionurl"): "InvokedViaFunctionUrl",
    ("StringEquals", "lambda:eventsourcetoken"): "EventSourceToken",
}


class LambdaWriter:
    """Writes what the functions may: it only ever takes away who may run a function."""

    def __init__(self, client: Any) -> None:
        """Take a Lambda client."""
        self._lambda = client

    def apply(self, key: str, step: PartStep) -> None:
        """Carry out one step on the function of this key; raise WriteRefusedError where AWS refuses it for good."""
        own = {"FunctionName": key.partition(":")[2]}
        if qualifier := function.qualifier_of(step.part):
            own["Qualifier"] = qualifier
        write_part(step, lambda: self._apply(step, own))

    def _apply(self, step: PartStep, own: dict[str, str]) -> None:
        sid = function.statement_id(step.part)
        if isinstance(step, PutPart) and function.is_url(step.part):
            self._put_url(step, own)
        elif isinstance(step, PutPart):
            self._put_other(step, own)
        elif sid:
            self._lambda.remove_permission(**own, StatementId=sid)
        else:
            refuse(step)

    def _put_url(self, step: PutPart, own: dict[str, str]) -> None:
        (url,) = json.loads(step.text)["Urls"]
        if not self._may_be(url["AuthType"]):
            message = f"no function makes a URL that asks for no signature: `{step.part}`"
            raise WriteRefusedError(message)
        self._lambda.update_function_url_config(**own, AuthType=url["AuthType"])

    def _may_be(self, auth_type: str) -> bool:
        """Say whether the guard may make a URL know its callers in this way."""
        return auth_type == _SIGNED

    def _put_other(self, step: PutPart, _own: dict[str, str]) -> None:
        """Refuse: no function has the permission."""
        refuse(step)


def permission_of(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters by which AddPermission writes a statement; raise WriteRefusedError if it cannot."""
    principal = statement.get("Principal")
    named = [principal] if isinstance(principal, str) else list((principal or {}).values())
    block = statement.get("Condition", {}).items()
    conditions = [((operator, key.lower()), value) for operator, keys in block for key, value in keys.items()]
    texts = [*named, statement.get("Action"), *(value for _, value in conditions)]
    asked = {_PARAMETERS.get(condition, ""): value for condition, value in conditions}
    if (
        len(named) != 1
        or "" in asked
        or len(asked) != len(conditions)
        or statement.get("Effect") != "Allow"
        or not all(isinstance(one, str) for one in texts)
    ):
        message = f"AddPermission writes no such statement; put it back as a document: `{json.dumps(statement)}`"
        raise WriteRefusedError(message)
    if "InvokedViaFunctionUrl" in asked:
        asked["InvokedViaFunctionUrl"] = asked["InvokedViaFunctionUrl"] == "true"
    return {"StatementId": statement["Sid"], "Action": statement["Action"], "Principal": named[0], **asked}
