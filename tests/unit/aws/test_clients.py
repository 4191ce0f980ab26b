"""A call to AWS is given up before Lambda ends the function that makes it, and a client made when it is called."""

import copy
import io
from collections.abc import Iterator
from types import SimpleNamespace

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError, ReadTimeoutError

from panorama_guard.aws import clients
from panorama_guard.aws.clients import ATTEMPTS, CONNECT_SECONDS, READ_SECONDS
from tests.template.reading import of_type
from tests.template.translation import translate


def longest(attempts: int) -> float:
    """Return the seconds that a call takes which is never answered: all attempts, and botocore's longest pauses."""
    pauses = sum(min(2.0**number, 20) for number in range(attempts - 1))
    return attempts * (CONNECT_SECONDS + READ_SECONDS) + pauses


def test_a_call_that_is_never_answered_ends_within_every_function_s_timeout() -> None:
    """All attempts in vain, and the longest pauses between them: the function still says itself what failed."""
    functions = of_type(translate(), "AWS::Lambda::Function")
    given = {
        name: int(function.get("Environment", {}).get("Variables", {}).get("AWS_MAX_ATTEMPTS", ATTEMPTS))
        for name, function in functions.items()
    }
    assert {name for name, attempts in given.items() if attempts > ATTEMPTS} == {"SweepFunction", "ReportFunction"}
    assert len(functions) > 4
    assert [name for name, function in functions.items() if function["Timeout"] <= longest(given[name])] == []


class Throttling:
    """A server that answers every request in SNS's own way of throttling, and counts them."""

    def __init__(self) -> None:
        """Start with none."""
        self.requests = 0

    def answer(self, **_: object) -> AWSResponse:
        """Answer one request."""
        self.requests += 1
        error = b"<Type>Sender</Type><Code>Throttled</Code><Message>no</Message>"
        body = b"<ErrorResponse><Error>" + error + b"</Error></ErrorResponse>"
        return AWSResponse("https://sns", 429, HTTPHeaders(), BytesRaw(body))


class Named(str):
    """A text for a client, with what is asked of every client."""

    __slots__ = ()
    meta = SimpleNamespace(events=SimpleNamespace(register=lambda *_: None))


class BytesRaw(io.BytesIO):
    """A body as urllib3 gives it."""

    def stream(self, **_: object) -> Iterator[bytes]:
        """Yield it whole."""
        yield self.read()


@pytest.mark.parametrize(("told", "attempts"), [(None, ATTEMPTS), ("6", 6)])
def test_what_sns_throttles_is_tried_as_often_as_anything_else(
    monkeypatch: pytest.MonkeyPatch, told: str | None, attempts: int
) -> None:
    """Its code is `Throttled`, which botocore takes for an error like any other."""
    if told is None:
        monkeypatch.delenv("AWS_MAX_ATTEMPTS", raising=False)
    else:
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", told)
    monkeypatch.setattr(clients, "CONFIG", copy.deepcopy(clients.CONFIG))  # botocore writes the number into it
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    server = Throttling()
    sns = clients.client_of(boto3.session.Session("a", "b", region_name="us-east-1"), "sns")
    sns.meta.events.register("before-send.sns", server.answer)
    clients.answers_counted()
    with pytest.raises(ClientError, match="Throttled"):
        sns.get_topic_attributes(TopicArn="arn:aws:sns:us-east-1:123456789012:alerts")
    assert server.requests == attempts
    assert clients.answers_counted() == (attempts, attempts)
    assert clients.answers_counted() == (0, 0)


def test_an_attempt_without_an_answer_is_counted_and_is_not_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was a call."""

    def no_answer(**_: object) -> None:
        raise ReadTimeoutError(endpoint_url="https://iam")

    monkeypatch.setattr(clients, "CONFIG", copy.deepcopy(clients.CONFIG))
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    iam = clients.client_of(boto3.session.Session("a", "b", region_name="us-east-1"), "iam")
    iam.meta.events.register("before-send.iam", no_answer)
    clients.answers_counted()
    with pytest.raises(ReadTimeoutError):
        iam.get_role(RoleName="r")
    assert clients.answers_counted() == (ATTEMPTS, 0)


def test_a_client_is_made_once_and_only_when_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cold start waits for those alone that it needs."""
    made: list[tuple[str, str | None]] = []

    class Session:
        """One that counts."""

        def client(self, service: str, *, region_name: str | None, config: object) -> Named:
            """Return the name for a client."""
            assert config
            made.append((service, region_name))
            return Named(service)

    monkeypatch.setattr(clients, "own_session", Session)
    client = clients.client.__wrapped__("sqs", "eu-west-1")
    assert made == []
    assert (client.upper(), client.title()) == ("SQS", "Sqs")
    assert made == [("sqs", "eu-west-1")]
