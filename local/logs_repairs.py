"""What CloudWatch Logs has and moto leaves out: destinations, keys and policies of a log group, subscriptions of all.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutAccountPolicy.html
"""

from __future__ import annotations

import json
from typing import Any, Final

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogsBackend
from moto.logs.responses import LogsResponse

_put_policy, _delete_policy = LogsResponse.put_resource_policy, LogsResponse.delete_resource_policy
_describe_policies = LogsResponse.describe_resource_policies


def _put_subscription_filter(backend: LogsBackend, log_group_name: str, filter_name: str, *rest: str) -> None:
    """Let a filter name a destination, of whichever account, and a stream that moto does not run."""
    group = backend.groups.get(log_group_name)
    if group is None:
        raise ResourceNotFoundException
    group.put_subscription_filter(filter_name, *rest)


def _named_group(response: LogsResponse) -> Any:
    """Return the log group that a call names, by its name or its ARN."""
    named = response._get_param("logGroupName") or response._get_param("resourceIdentifier")
    return response.logs_backend.groups[named.removesuffix(":*").rpartition(":log-group:")[2]]


def _associate_key(response: LogsResponse) -> str:
    _named_group(response).kms_key_id = response._get_param("kmsKeyId")
    return ""


def _disassociate_key(response: LogsResponse) -> str:
    _named_group(response).kms_key_id = None
    return ""


# --- policies of the account ------------------------------------------------------------------------------------------


def _kept(response: LogsResponse, what: str) -> dict[Any, Any]:
    """Return what is kept of one kind; the backend forgets it with everything else."""
    kept: dict[Any, Any] = response.logs_backend.__dict__.setdefault(what, {})
    return kept


def _put_account_policy(response: LogsResponse) -> str:
    names = ("policyName", "policyDocument", "policyType", "selectionCriteria")
    policy = {name: response._get_param(name) for name in names if response._get_param(name)}
    _kept(response, "account_policies")[policy["policyType"], policy["policyName"]] = policy
    return json.dumps({"accountPolicy": policy})


def _delete_account_policy(response: LogsResponse) -> str:
    key = (response._get_param("policyType"), response._get_param("policyName"))
    if _kept(response, "account_policies").pop(key, None) is None:
        raise ResourceNotFoundException
    return ""


def _describe_account_policies(response: LogsResponse) -> str:
    wanted = response._get_param("policyType")
    found = [one for (kind, _), one in _kept(response, "account_policies").items() if kind == wanted]
    return json.dumps({"accountPolicies": found})


# --- policies of one log group ----------------------------------------------------------------------------------------


def _put_resource_policy(response: LogsResponse) -> str:
    arn = response._get_param("resourceArn")
    if not arn:
        return str(_put_policy(response))
    name = response._get_param("policyName")
    document = response._get_param("policyDocument")
    described = {"policyName": name, "policyDocument": document, "resourceArn": arn, "policyScope": "RESOURCE"}
    _kept(response, "policies_on_groups")[arn, name] = described
    return json.dumps({"resourcePolicy": described})


def _delete_resource_policy(response: LogsResponse) -> str:
    key = (response._get_param("resourceArn"), response._get_param("policyName"))
    if not key[0]:
        return str(_delete_policy(response))
    if _kept(response, "policies_on_groups").pop(key, None) is None:
        raise ResourceNotFoundException
    return ""


def _describe_resource_policies(response: LogsResponse) -> str:
    arn = response._get_param("resourceArn")
    if not arn:
        return str(_describe_policies(response))
    found = [one for (resource, _), one in _kept(response, "policies_on_groups").items() if resource == arn]
    return json.dumps({"resourcePolicies": found})


LOGS_REPAIRS: Final[tuple[tuple[type, str, object], ...]] = (
    (LogsBackend, "put_subscription_filter", _put_subscription_filter),
    (LogsResponse, "associate_kms_key", _associate_key),
    (LogsResponse, "disassociate_kms_key", _disassociate_key),
    (LogsResponse, "put_account_policy", _put_account_policy),
    (LogsResponse, "delete_account_policy", _delete_account_policy),
    (LogsResponse, "describe_account_policies", _describe_account_policies),
    (LogsResponse, "put_resource_policy", _put_resource_policy),
    (LogsResponse, "delete_resource_policy", _delete_resource_policy),
    (LogsResponse, "describe_resource_policies", _describe_resource_policies),
)
