"""A call to AWS is given up before Lambda ends the function that makes it."""

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
