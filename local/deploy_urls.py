"""Creates the URLs of functions, and the permissions that let others in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from local.deploy_context import Context, Created, type_creator
from local.deploy_properties import Properties
from local.deploy_records import FunctionUrl, UrlPermission

URL_PREFIX: Final = "/_url/"
_ID_LENGTH: Final = 16
_AUTH_TYPE: Final = "AWS_IAM"
_MODE: Final = "BUFFERED"
_OF_URLS: Final = frozenset({"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"})


def _create_url(context: Context, properties: Properties) -> Created:
    function = str(properties.need("TargetFunctionArn")).rsplit(":", 1)[-1]
    for name, handled in (("AuthType", _AUTH_TYPE), ("InvokeMode", _MODE)):
        given = properties.text(name, handled)
        if given != handled:
            properties.refuse(f"{name} is not handled on one machine: `{given}`")
    url_id = hashlib.sha256(f"{context.stack_name}/{function}".encode()).hexdigest()[:_ID_LENGTH]
    arn = context.arn("lambda", f"function:{function}")
    context.made.urls.append(FunctionUrl(properties.logical_id, function, arn, url_id))
    address = f"{context.client('lambda').meta.endpoint_url}{URL_PREFIX}{url_id}/"
    return Created(arn, {"FunctionUrl": address, "FunctionArn": arn})


def _create_permission(context: Context, properties: Properties) -> Created:
    client = context.client("lambda")
    name = context.name_of(properties.logical_id)
    function, action = str(properties.need("FunctionName")).rsplit(":", 1)[-1], properties.need("Action")
    principal = str(properties.need("Principal"))
    through_url = properties.text("FunctionUrlAuthType") == _AUTH_TYPE or properties.flag("InvokedViaFunctionUrl")
    client.add_permission(
        FunctionName=function,
        StatementId=name,
        Action=action,
        Principal=principal,
        **properties.given("SourceArn", "SourceAccount"),
    )
    if through_url and action in _OF_URLS:
        context.made.url_permissions.append(UrlPermission(function, str(action), principal))
    return Created(name)


URLS: Final[Mapping[str, type_creator]] = {
    "AWS::Lambda::Url": _create_url,
    "AWS::Lambda::Permission": _create_permission,
}
