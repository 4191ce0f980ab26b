"""Requests to the URL of `operate`, as Lambda hands them over: shared by the tests of several rooms."""

import json
from typing import Any


def url_event(caller: str, body: object) -> dict[str, Any]:
    """Return the event that Lambda makes of a signed request to the function's URL."""
    account = caller.split(":")[4]
    identity = {"accessKey": "ASIAEXAMPLE", "accountId": account, "callerId": "AROAEXAMPLE:x", "userArn": caller}
    text = body if isinstance(body, str) else json.dumps(body)
    return {
        "version": "2.0",
        "rawPath": "/",
        "requestContext": {"authorizer": {"iam": identity}, "http": {"method": "POST"}},
        "body": text,
        "isBase64Encoded": False,
    }
