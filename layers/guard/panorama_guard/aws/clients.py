"""Makes the AWS clients: one session, each client once and only when it is first used."""

from collections import deque
from collections.abc import Callable, Mapping
from functools import cache, cached_property, partial
from typing import Any

import boto3
from botocore.config import Config
from botocore.handlers import json_decode_policies

from panorama_guard.aws.errors import THROTTLED, THROTTLED_IN_OTHER_WORDS

# A call that is never answered ends within its function's timeout (30 s at least), all attempts and pauses counted: so
# the function reports which message failed, and the queue or the stream brings that one again. AWS answers what is
# called here well within a second; who waits longer for a lost answer only contains later. There are three attempts, as
# botocore has them; the template gives more (AWS_MAX_ATTEMPTS) to what makes hundreds of calls and has five minutes.
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 2, 5, 3
CONFIG = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"mode": "standard"})


@cache
def own_session() -> Any:
    """Return the session of the function's own role."""
    return boto3.session.Session()


@cache
def client(service: str, region: str = "") -> Any:
    """Return the client of an AWS service, in another region than the function's own where one is named."""
    return _Client(lambda: client_of(own_session(), service, region))


class _Client:
    """A client that its first use makes: a cold start makes those that it needs."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Any:
        return self._make()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made, name)


def client_of(session: Any, service: str, region: str = "") -> Any:
    """Return a client of a session: IAM's does not decode documents."""
    made = session.client(service, region_name=region or None, config=CONFIG)
    made.meta.events.register("response-received", _note_answer)
    if service == "iam":
        keep_documents_as_text(made)
    if service == "sns":
        made.meta.events.register("needs-retry.sns", partial(_pause_if_throttled, made.meta.config.retries))
    return made


_ANSWERS: deque[bool] = deque()  # whether each was that AWS throttles; readers may be several threads


def answers_counted() -> tuple[int, int]:
    """Return how many attempts at a call were made since this was asked last, and how many AWS has throttled."""
    answers = [_ANSWERS.popleft() for _ in range(len(_ANSWERS))]
    return len(answers), sum(answers)


_SAYS_THROTTLED = THROTTLED | THROTTLED_IN_OTHER_WORDS


def _note_answer(parsed_response: Mapping[str, Any] | None = None, **_: object) -> None:
    _ANSWERS.append((parsed_response or {}).get("Error", {}).get("Code") in _SAYS_THROTTLED)


def _pause_if_throttled(
    retries: Mapping[str, Any], attempts: int, response: tuple[object, Mapping[str, Any]] | None, **_: object
) -> float | None:
    """Return the seconds after which to try again what SNS throttles, in its own word that botocore does not know."""
    code = response[1].get("Error", {}).get("Code") if response else ""
    return (
        2.0**attempts / 10 if code == "Throttled" and attempts < retries.get("total_max_attempts", ATTEMPTS) else None
    )


def keep_documents_as_text(iam: Any) -> None:
    """Make an IAM client return policy documents as AWS sends them, not decoded: white space and all."""
    iam.meta.events.unregister("after-call.iam", json_decode_policies)
