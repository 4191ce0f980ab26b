"""A function's URL proves who has signed, lets in whom AWS would, and hands over the event that AWS hands over."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Keys

from local.deploy_records import FunctionUrl, UrlPermission
from local.hooks import InvokeResult
from local.identity import Credentials
from tests.unit.local.cloud import Cloud, policy

ARN = "arn:aws:lambda:us-east-1:123456789012:function:operate"
URL = FunctionUrl("OperateFunctionUrl", "operate", ARN, "abc")
OPERATOR = Credentials("operator", "local", "")


@pytest.fixture
def urls(cloud: Cloud) -> Cloud:
    """Return the front with one function's URL."""
    cloud.hooks.urls.append(URL)
    return cloud


def send(
    cloud: Cloud, body: bytes = b"{}", keys: Credentials | None = OPERATOR, *, path: str = "/_url/abc/", **more: str
) -> tuple[int, Any]:
    """Send a request, signed unless there are no keys, and return the status and the answer."""
    request = AWSRequest(
        "POST", cloud.server.endpoint + path, {"Content-Type": more.get("type", "application/json")}, body
    )
    if keys is not None:
        signer: Any = SigV4Auth
        credentials = Keys(keys.access_key, keys.secret_key, keys.token or None)
        signer(credentials, more.get("service", "lambda"), "us-east-1").add_auth(request)
    made = urllib.request.Request(str(request.url), body, dict(request.headers.items()), method="POST")
    try:
        with urllib.request.urlopen(made, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def last_event(cloud: Cloud) -> dict[str, Any]:
    """Return the event that the function got."""
    name, payload, kind = cloud.hooks.invocations[-1]
    assert (name, kind) == ("operate", "RequestResponse")
    event: dict[str, Any] = json.loads(payload)
    return event


def test_the_function_gets_who_has_signed(urls: Cloud) -> None:
    """A role's session, as AWS names it."""
    keys = urls.session(urls.role("Operator"), "carol")
    assert send(urls, b'{"action": "status"}', keys) == (200, {"ok": True})
    identity = last_event(urls)["requestContext"]["authorizer"]["iam"]
    assert identity["userArn"] == "arn:aws:sts::123456789012:assumed-role/Operator/carol"
    assert identity["accountId"] == "123456789012"
    assert identity["callerId"] == identity["userId"]
    assert identity["callerId"].endswith(":carol")
    assert identity["accessKey"] == keys.access_key


def test_the_event_is_of_version_two(urls: Cloud) -> None:
    """Path, method, headers in lower case without the signature, and the body as it was sent."""
    send(urls, b'{"a": 1}', path="/_url/abc/x/y")
    event = last_event(urls)
    assert (event["version"], event["rawPath"], event["body"], event["isBase64Encoded"]) == (
        "2.0",
        "/x/y",
        '{"a": 1}',
        False,
    )
    assert event["requestContext"]["http"]["method"] == "POST"
    assert event["headers"]["content-type"] == "application/json"
    assert "authorization" not in event["headers"]


def test_what_is_no_text_comes_encoded(urls: Cloud) -> None:
    """As AWS does."""
    send(urls, b"\x00\xff", type="application/octet-stream")
    event = last_event(urls)
    assert (base64.b64decode(event["body"]), event["isBase64Encoded"]) == (b"\x00\xff", True)


@pytest.mark.parametrize(("keys", "service"), [(None, "lambda"), (OPERATOR, "execute-api")])
def test_who_has_not_signed_for_lambda_is_refused(urls: Cloud, keys: Credentials | None, service: str) -> None:
    """Before the function hears of it."""
    assert send(urls, b"{}", keys, service=service) == (403, {"Message": "Forbidden"})
    assert urls.hooks.invocations == []


def test_a_url_that_there_is_not_is_not_found(urls: Cloud) -> None:
    """It is no bucket either."""
    assert send(urls, path="/_url/xyz/") == (404, {"Message": "Not Found"})


def test_a_role_that_is_held_to_its_policies_needs_both_actions(urls: Cloud) -> None:
    """As AWS asks since October 2025, and through the URL only."""
    arn = urls.role("Held")
    urls.server.authorizer.enforce(arn)
    keys, iam = urls.session(arn), urls.client("iam")
    assert send(urls, keys=keys)[0] == 403
    iam.put_role_policy(
        RoleName="Held", PolicyName="p", PolicyDocument=policy("lambda:InvokeFunctionUrl", resource=ARN)
    )
    assert send(urls, keys=keys)[0] == 403
    through = policy(
        "lambda:InvokeFunction", resource=ARN, Condition={"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
    )
    iam.put_role_policy(RoleName="Held", PolicyName="q", PolicyDocument=through)
    assert send(urls, keys=keys)[0] == 200


def test_another_account_needs_both_permissions() -> None:
    """Those of the template."""
    both = tuple(
        UrlPermission("operate", f"lambda:{name}", "9" * 12) for name in ("InvokeFunctionUrl", "InvokeFunction")
    )
    url = FunctionUrl("U", "operate", ARN, "abc", both)
    assert url.allowed_to("9" * 12) == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}
    assert url.allowed_to("8" * 12) == frozenset()


@pytest.mark.parametrize(
    ("result", "status", "answer"),
    [
        (InvokeResult(b'{"statusCode": 409, "body": "{\\"error\\": \\"no\\"}"}'), 409, {"error": "no"}),
        (InvokeResult(b'{"statusCode": 200, "body": "W10=", "isBase64Encoded": true}'), 200, []),
        (InvokeResult(b'["as it is"]'), 200, ["as it is"]),
        (InvokeResult(b'{"errorType": "x"}', function_error="Unhandled"), 502, {"Message": "Internal Server Error"}),
    ],
)
def test_the_answer_is_the_functions(urls: Cloud, result: InvokeResult, status: int, answer: object) -> None:
    """A failure is told to nobody outside."""
    urls.hooks.result = result
    assert send(urls) == (status, answer)


def test_a_function_that_cannot_be_run_is_an_error(urls: Cloud) -> None:
    """With the status that Lambda has for it."""
    urls.hooks.urls[:] = [FunctionUrl("U", "missing", ARN, "abc")]
    assert send(urls) == (404, {"Message": "Function not found: missing"})
