"""Counts, as lines of the log in CloudWatch's embedded metric format, what has a dimension of its own.

INVARIANT: the values of a dimension are those of an enumeration, or names of classes of steps. Each is a metric that
is paid for, and whoever chose the text of one would choose how many there are.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from panorama_guard.aws.clients import answers_counted
from panorama_guard.case.incident import State

Door = TypeVar("Door", bound=Callable[..., Any])


def count_verdicts(kinds: Iterable[str]) -> None:
    """Count the verdicts of one look by their kind: `contained`, or that of a finding."""
    for kind, times in Counter(kinds).items():
        with single_metric(name="Verdicts", unit=MetricUnit.Count, value=times) as metric:
            metric.add_dimension("kind", kind)


def count_outcome(state: State) -> None:
    """Count how an order to contain left its incident."""
    with single_metric(name="Outcomes", unit=MetricUnit.Count, value=1) as metric:
        metric.add_dimension("outcome", state.value)


def count_contained(rung: str) -> None:
    """Count an escape that an order contained, by the rung that did."""
    with single_metric(name="Contained", unit=MetricUnit.Count, value=1) as metric:
        metric.add_dimension("rung", rung)


def counting_calls(metrics: Metrics) -> Callable[[Door], Door]:
    """Return a decorator of a function's door: counts the attempts at a call to AWS, and those that AWS throttles.

    What is answered after the door has returned is counted with the next event.
    """

    def decorate(door: Door) -> Door:
        @wraps(door)
        def counted(*args: Any, **more: Any) -> Any:
            try:
                return door(*args, **more)
            finally:
                made, throttled = answers_counted()
                metrics.add_metric(name="AwsCalls", unit=MetricUnit.Count, value=made)
                metrics.add_metric(name="AwsThrottles", unit=MetricUnit.Count, value=throttled)

        return cast("Door", counted)

    return decorate


def milliseconds_since(time: str, now: datetime) -> float:
    """Return how long ago a call was made; a clock that is behind CloudTrail's makes that no less than nothing."""
    return max(0.0, (now - datetime.fromisoformat(time)).total_seconds() * 1000)
