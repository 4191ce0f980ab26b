"""Asks a deployed guard: finds its URL, signs the request with the caller's own credentials, and reads the answer."""

import json
import re
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError, NoCredentialsError
from botocore.httpsession import URLLib3Session

from panorama_guard.aws.errors import NO_CREDENTIALS, UNANSWERED, message_of
from panorama_guard.case.errors import UnreachableError

OUTPUT = "OperateUrl"
HOME_REGION = "us-east-1"
_REGION = re.compile(r"\.lambda-url\.([a-z0-9-]+)\.on\.")
_URL = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[\w./-]*)?", re.ASCII)
_SECONDS = 40  # a little longer than the function may take
_FORBIDDEN = 403
_SERVER_ERROR = 500


class GuardUrl:
    """The URL of `operate`, asked with the credentials of whoever calls."""

    def __init__(self, url: str, session: Any = None) -> None:
        """Take the URL, and the session to sign with; raise UnreachableError for what is no URL."""
        if not _URL.fullmatch(url):
            message = f"not the URL of a function: `{ascii(url)[1:-1]}`"
            raise UnreachableError(message)
        self._url = url
        self._session = session or boto3.session.Session()

    def ask(self, body: Mapping[str, object]) -> tuple[int, dict[str, Any]]:
        """Return the status and the answer; raise UnreachableError where there is none, saying what to do."""
        try:
            request = self._signed(json.dumps(body).encode())
            answer = URLLib3Session(timeout=_SECONDS).send(request.prepare())
        except UNANSWERED as error:
            raise UnreachableError(_what_to_do(error, self._url)) from error
        return answer.status_code, _read(answer.status_code, answer.content, self._url)

    def _signed(self, body: bytes) -> AWSRequest:
        credentials = self._session.get_credentials()
        if credentials is None:
            raise UnreachableError(NO_CREDENTIALS)
        request = AWSRequest("POST", self._url, {"Content-Type": "application/json"}, body)
        found = _REGION.search(self._url)
        region = found[1] if found else self._session.region_name or HOME_REGION
        SigV4Auth(credentials.get_frozen_credentials(), "lambda", region).add_auth(request)
        return request


def open_session(profile: str | None, region: str | None) -> Any:
    """Return the session of a profile and a region, each as the AWS CLI takes it; None is the environment's."""
    try:
        return boto3.session.Session(profile_name=profile, region_name=region)
    except UNANSWERED as error:
        raise UnreachableError(_what_to_do(error, "AWS")) from error


def find_url(stack: str, session: Any = None) -> str:
    """Return the URL that a deployed stack gives out; raise UnreachableError where it cannot be found."""
    try:
        own: Any = session or boto3.session.Session()
        client = own.client("cloudformation", region_name=own.region_name or HOME_REGION)
        described = client.describe_stacks(StackName=stack)
    except ClientError as error:
        message = f"the stack `{stack}` cannot be read ({message_of(error)}); name the function's URL with --url"
        raise UnreachableError(message) from error
    except NoCredentialsError as error:
        raise UnreachableError(NO_CREDENTIALS) from error
    except UNANSWERED as error:
        raise UnreachableError(_what_to_do(error, f"the stack {stack}")) from error
    outputs = [one for found in described["Stacks"] for one in found.get("Outputs", [])]
    urls = [one["OutputValue"] for one in outputs if one["OutputKey"] == OUTPUT]
    if not urls:
        message = f"the stack `{stack}` has no output {OUTPUT}; deploy this version, or name the URL with --url"
        raise UnreachableError(message)
    return str(urls[0])


def _read(status: int, content: bytes, url: str) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    if status == _FORBIDDEN and isinstance(body, dict) and "error" not in body:
        message = (
            "AWS has refused the request: your identity needs lambda:InvokeFunctionUrl, and lambda:InvokeFunction "
            f"through the URL, on the function behind {url}"
        )
        raise UnreachableError(message)
    if status >= _SERVER_ERROR:
        message = f"the guard has failed (status {status}): try again, and read the log of OperateFunction"
        raise UnreachableError(message)
    if not isinstance(body, dict) or not body.keys() - {"Message"}:
        message = f"no guard answers at {url} (status {status}): is the URL right?"
        raise UnreachableError(message)
    return body


def _what_to_do(error: Exception, place: str) -> str:
    """Return one line of an error that botocore has no answer to: a profile, a region, a network."""
    why = " ".join(str(error).split())
    return f"{place} cannot be asked: {why}; check the URL, the network, and your AWS profile and region"
