"""Makes moto's Lambda keep policies and URLs as AWS does: of each version and alias by itself, in AWS's own words.

moto has one policy and one URL for a function with all its versions, writes principals and conditions as they were
asked for, and knows no layer of another account.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote
from weakref import WeakKeyDictionary

from moto.awslambda.exceptions import GenericResourcNotFound, LambdaClientError, UnknownPolicyException
from moto.awslambda.models import FunctionUrlConfig, LambdaBackend, LambdaFunction
from moto.awslambda.responses import LambdaResponse

type_response = tuple[int, dict[str, Any], str]

_ACCOUNT_LENGTH: Final = 12
# How a parameter of AddPermission stands in the statement. https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
_CONDITIONS: Final[Mapping[str, tuple[str, str]]] = {
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
}

_URLS: Final[WeakKeyDictionary[LambdaFunction, dict[str, FunctionUrlConfig]]] = WeakKeyDictionary()


class _ConflictError(LambdaClientError):
    code = 409

    def __init__(self, sid: str) -> None:
        message = f"The statement id ({sid}) provided already exists. Please provide a new statement id"
        super().__init__("ResourceConflictException", message)


def _add_permission(backend: LambdaBackend, function_name: str, qualifier: str | None, raw: str) -> dict[str, Any]:
    """Add a statement to the policy of the function, or of one version or alias."""
    function, resource = _resource(backend, function_name, qualifier)
    asked = json.loads(raw)
    if any(one["Sid"] == asked["StatementId"] for one in _statements(function, resource)):
        raise _ConflictError(asked["StatementId"])
    conditions: dict[str, dict[str, str]] = {}
    for name, (operator, key) in _CONDITIONS.items():
        if name in asked:
            value = asked[name]
            conditions.setdefault(operator, {})[key] = value if isinstance(value, str) else json.dumps(value)
    statement = {
        "Sid": asked["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(asked["Principal"]),
        "Action": asked["Action"],
        "Resource": resource,
        **({"Condition": conditions} if conditions else {}),
    }
    function.policy.statements.append(statement)
    return statement


def _principal(given: str) -> object:
    if given == "*":
        return given
    if given.isdigit() and len(given) == _ACCOUNT_LENGTH:
        return {"AWS": f"arn:aws:iam::{given}:root"}
    return {"AWS" if given.startswith("arn:") else "Service": given}


def _get_policy(backend: LambdaBackend, function_name: str, qualifier: str | None = None) -> str:
    """Return the policy of the function, or of one version or alias."""
    function, resource = _resource(backend, function_name, qualifier)
    statements = _statements(function, resource)
    if not statements:
        raise GenericResourcNotFound
    policy = {"Version": "2012-10-17", "Id": "default", "Statement": statements}
    return json.dumps({"Policy": json.dumps(policy), "RevisionId": function.policy.revision})


def _remove_permission(response: LambdaResponse) -> type_response:
    """Remove a statement from the policy of the function, or of one version or alias."""
    name, sid = unquote(response.path.split("/")[-3]), response.path.split("/")[-1].split("?")[0]
    function, resource = _resource(response.backend, name, _qualifier(response))
    found = [one for one in _statements(function, resource) if one["Sid"] == sid]
    if not found:
        raise UnknownPolicyException
    function.policy.statements.remove(found[0])
    return 204, {"status": 204}, "{}"


def _resource(backend: LambdaBackend, name: str, qualifier: str | None) -> tuple[LambdaFunction, str]:
    """Return the function, which keeps the policies of all its versions, and the ARN of what is meant."""
    backend.get_function(name, qualifier)
    function = backend.get_function(name)
    return function, f"{function.function_arn}:{qualifier}" if qualifier else str(function.function_arn)


def _statements(function: LambdaFunction, resource: str) -> list[dict[str, Any]]:
    return [one for one in function.policy.statements if one["Resource"] == resource]


def _qualifier(response: LambdaResponse) -> str | None:
    given: str | None = response.querystring.get("Qualifier", [None])[0]
    return given


# --- URLs ---


def _create_url(response: LambdaResponse) -> type_response:
    function, urls, qualifier = _urls(response)
    urls[qualifier] = FunctionUrlConfig(function, response.json_body)
    return 201, {"status": 201}, json.dumps(urls[qualifier].to_dict())


def _get_url(response: LambdaResponse) -> type_response:
    return 200, {}, json.dumps(_existing(response).to_dict())


def _update_url(response: LambdaResponse) -> str:
    url = _existing(response)
    url.update(response.json_body)
    return json.dumps(url.to_dict())


def _delete_url(response: LambdaResponse) -> type_response:
    _existing(response)
    _, urls, qualifier = _urls(response)
    del urls[qualifier]
    return 204, {"status": 204}, "{}"


def _existing(response: LambdaResponse) -> FunctionUrlConfig:
    _, urls, qualifier = _urls(response)
    if qualifier not in urls:
        raise GenericResourcNotFound
    return urls[qualifier]


def _urls(response: LambdaResponse) -> tuple[LambdaFunction, dict[str, FunctionUrlConfig], str]:
    function = response.backend.get_function(unquote(response.path.split("/")[-2]))
    return function, _URLS.setdefault(function, {}), _qualifier(response) or ""


# --- layers ---

_own_layers = LambdaFunction._get_layers_data


def _layers(function: LambdaFunction, arns: list[str]) -> list[Any]:
    """Return the layers of an ARN each; those of other accounts are taken as they are named."""
    own = {arn for arn in arns if arn.split(":")[4] == function.account_id}
    known = {one["Arn"]: one for one in _own_layers(function, [arn for arn in arns if arn in own])}
    return [known[arn] if arn in own else {"Arn": arn, "CodeSize": 1} for arn in arns]


LAMBDA_REPAIRS: Final[tuple[tuple[type, str, object], ...]] = (
    (LambdaBackend, "add_permission", _add_permission),
    (LambdaBackend, "get_policy", _get_policy),
    (LambdaResponse, "remove_permission", _remove_permission),
    (LambdaResponse, "create_function_url_config", _create_url),
    (LambdaResponse, "get_function_url_config", _get_url),
    (LambdaResponse, "update_function_url_config", _update_url),
    (LambdaResponse, "delete_function_url_config", _delete_url),
    (LambdaFunction, "_get_layers_data", _layers),
)
