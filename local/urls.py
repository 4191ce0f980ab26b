"""A function's URL: who has signed, whether he may, the event that the function gets, and the answer made of its own.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from local.authorizer import Authorizer
from local.deploy_records import FunctionUrl
from local.deploy_urls import URL_PREFIX
from local.emulator import DEFAULT_ACCOUNT, LOCK, Reply
from local.front_errors import CallRefusedError
from local.hooks import FrontHooks, InvokeResult
from local.identity import Identities, Identity, Kind
from local.requirements import Requirement

_SCOPE: Final = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/]+)/lambda/aws4_request", re.ASCII)
_JSON: Final = (("Content-Type", "application/json"),)
_TEXT: Final = re.compile(r"text/|application/(?:json|xml|javascript)")


@dataclass(frozen=True, slots=True)
class Urls:
    """Answers what is sent to the URLs of functions."""

    authorizer: Authorizer
    identities: Identities
    hooks: FrontHooks

    def answer(self, environ: Mapping[str, Any], body: bytes) -> Reply:
        """Return the function's answer, or AWS's refusal."""
        found = _SCOPE.search(str(environ.get("HTTP_AUTHORIZATION", "")))
        url = self.hooks.function_url(str(environ["PATH_INFO"]).removeprefix(URL_PREFIX).partition("/")[0])
        if url is None:
            return _refusal(HTTPStatus.NOT_FOUND, "Not Found")
        if found is None:
            return _refusal(HTTPStatus.FORBIDDEN, "Forbidden")
        with LOCK:
            identity = self.identities.identify(found["key"])
            if not self._may_call(identity, url, found["region"]):
                return _refusal(HTTPStatus.FORBIDDEN, "Forbidden")
        event = json.dumps(_event(environ, body, identity, url)).encode()
        try:
            return _answer_of(self.hooks.invoke(url.function_name, event, "RequestResponse"))
        except CallRefusedError as error:
            return _refusal(error.status, error.message)

    def _may_call(self, identity: Identity, url: FunctionUrl, region: str) -> bool:
        """Say whether AWS would let the caller in; as for every other call, only the guard's own roles are held to it.

        Both actions are asked for: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
        """
        if identity.kind is Kind.ANONYMOUS:
            return False
        if identity.account != DEFAULT_ACCOUNT:
            return {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"} <= url.allowed_to(identity.account)
        needs = (
            Requirement("lambda:InvokeFunctionUrl", url.function_arn, (("lambda:FunctionUrlAuthType", ("AWS_IAM",)),)),
            Requirement("lambda:InvokeFunction", url.function_arn, (("lambda:InvokedViaFunctionUrl", ("true",)),)),
        )
        try:
            for need in needs if identity.issuer else ():
                self.authorizer.check(identity.issuer.arn, need, region=region)  # type: ignore[union-attr]
        except CallRefusedError:
            return False
        return True


def _event(environ: Mapping[str, Any], body: bytes, identity: Identity, url: FunctionUrl) -> dict[str, Any]:
    path = "/" + str(environ["PATH_INFO"]).removeprefix(URL_PREFIX).partition("/")[2]
    now = datetime.now(UTC)
    headers = _headers(environ)
    text, is_encoded = _as_text(body, headers.get("content-type", ""))
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": environ.get("QUERY_STRING", ""),
        "headers": headers,
        "requestContext": {
            "accountId": identity.account,
            "apiId": url.url_id,
            "authentication": None,
            "authorizer": {"iam": _authorized(identity)},
            "domainName": f"{url.url_id}.lambda-url.us-east-1.on.aws",
            "domainPrefix": url.url_id,
            "http": {
                "method": environ["REQUEST_METHOD"],
                "path": path,
                "protocol": environ["SERVER_PROTOCOL"],
                "sourceIp": environ["REMOTE_ADDR"],
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "body": text,
        "isBase64Encoded": is_encoded,
    }


def _authorized(identity: Identity) -> dict[str, Any]:
    return {
        "accessKey": identity.access_key,
        "accountId": identity.account,
        "callerId": identity.principal_id,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": identity.arn,
        "userId": identity.principal_id,
    }


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    names = {name: name.removeprefix("HTTP_").replace("_", "-").lower() for name in environ if name.startswith("HTTP_")}
    headers = {shown: str(environ[name]) for name, shown in names.items() if shown != "authorization"}
    if "CONTENT_TYPE" in environ:
        headers["content-type"] = str(environ["CONTENT_TYPE"])
    return headers


def _as_text(body: bytes, content_type: str) -> tuple[str, bool]:
    if not content_type or _TEXT.match(content_type):
        return body.decode("utf-8", "replace"), False
    return base64.b64encode(body).decode(), True


def _answer_of(result: InvokeResult) -> Reply:
    """Return the answer that Lambda makes of what a function returned; a failure is its own, and says nothing."""
    if result.function_error:
        return _refusal(HTTPStatus.BAD_GATEWAY, "Internal Server Error")
    value = json.loads(result.payload or b"null")
    if not isinstance(value, dict) or "statusCode" not in value:
        return Reply(HTTPStatus.OK, _JSON, result.payload)
    headers = tuple((str(name), str(text)) for name, text in value.get("headers", {}).items()) or _JSON
    body = str(value.get("body", ""))
    raw = base64.b64decode(body) if value.get("isBase64Encoded") else body.encode()
    return Reply(int(value["statusCode"]), headers, raw)


def _refusal(status: int, message: str) -> Reply:
    return Reply(status, _JSON, json.dumps({"Message": message}).encode())
