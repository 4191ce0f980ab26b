"""What AWS IoT has and moto leaves out: provisioning templates, and what else acts as a role.

https://docs.aws.amazon.com/iot/latest/apireference/API_CreateProvisioningTemplate.html
"""

from __future__ import annotations

import json
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.iot.exceptions import ResourceNotFoundException
from moto.iot.responses import IoTResponse

from local.iot_takers import hidden, taker_repairs


def _templates(response: IoTResponse) -> dict[str, dict[str, Any]]:
    """Return the templates by name; the backend forgets them with everything else."""
    kept: dict[str, dict[str, Any]] = response.iot_backend.__dict__.setdefault("provisioning_templates", {})
    return kept


def _create_template(response: IoTResponse) -> str:
    name = response._get_param("templateName")
    arn = f"arn:aws:iot:{response.region}:{response.current_account}:provisioningtemplate/{name}"
    role = response._get_param("provisioningRoleArn")
    _templates(response)[name] = {"templateName": name, "templateArn": arn, "provisioningRoleArn": role}
    return json.dumps({"templateName": name, "templateArn": arn, "defaultVersionId": 1})


def _named(response: IoTResponse) -> dict[str, Any]:
    name = response._get_param("templateName") or response.uri.partition("?")[0].rpartition("/")[2]
    found = _templates(response).get(name)
    if found is None:
        raise ResourceNotFoundException
    return found


def _describe_template(response: IoTResponse) -> str:
    return json.dumps(_named(response))


def _update_template(response: IoTResponse) -> str:
    _named(response)["provisioningRoleArn"] = response._get_param("provisioningRoleArn")
    return "{}"


def _delete_template(response: IoTResponse) -> str:
    del _templates(response)[_named(response)["templateName"]]
    return "{}"


def _list_templates(response: IoTResponse) -> str:
    return json.dumps({"templates": list(_templates(response).values())})


_get_rule = IoTResponse.get_topic_rule


def _get_topic_rule(response: IoTResponse) -> ActionResult:
    try:
        return _get_rule(response)
    except ResourceNotFoundException:
        raise hidden(response._get_param("ruleName")) from None


IOT_REPAIRS: Final[tuple[tuple[type, str, object], ...]] = (
    (IoTResponse, "create_provisioning_template", _create_template),
    (IoTResponse, "describe_provisioning_template", _describe_template),
    (IoTResponse, "update_provisioning_template", _update_template),
    (IoTResponse, "delete_provisioning_template", _delete_template),
    (IoTResponse, "list_provisioning_templates", _list_templates),
    (IoTResponse, "get_topic_rule", _get_topic_rule),
    *taker_repairs(),
)
