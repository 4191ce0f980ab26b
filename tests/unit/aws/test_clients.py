"""A call to AWS is given up before Lambda ends the function that makes it, and a client made when it is called."""

import pytest

from panorama_guard.aws import clients
from panorama_guard.aws.clients import ATTEMPTS, CONNECT_SECONDS, READ_SECONDS
from tests.template.reading import of_type
from tests.template.translation import translate

LONGEST_PAUSE = (1.0, 2.0)  # botocore's standard mode: at most 2 ** n seconds before attempt n + 1


def test_a_call_that_is_never_answered_ends_within_every_function_s_timeout() -> None:
    """All attempts in vain, and the longest pauses between them: the function still says itself what failed."""
    pauses = sum(LONGEST_PAUSE[: ATTEMPTS - 1])
    longest = ATTEMPTS * (CONNECT_SECONDS + READ_SECONDS) + pauses
    functions = of_type(translate(), "AWS::Lambda::Function")
    assert len(functions) > 4
    assert [name for name, function in functions.items() if function["Timeout"] <= longest] == []


def test_a_client_is_made_once_and_only_when_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cold start waits for those alone that it needs."""
    made: list[tuple[str, str | None]] = []

    class Session:
        """One that counts."""

        def client(self, service: str, *, region_name: str | None, config: object) -> str:
            """Return the name for a client."""
            assert config
            made.append((service, region_name))
            return service

    monkeypatch.setattr(clients, "own_session", Session)
    client = clients.client.__wrapped__("sqs", "eu-west-1")
    assert made == []
    assert (client.upper(), client.title()) == ("SQS", "Sqs")
    assert made == [("sqs", "eu-west-1")]
