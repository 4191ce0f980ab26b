"""Counts, as lines of the log in CloudWatch's embedded metric format, what has a dimension of its own.

INVARIANT: the values of a dimension are those of an enumeration. Each is a metric that is paid for, and whoever chose
the text of one would choose how many there are.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from aws_lambda_powertools.metrics import MetricUnit, single_metric

from panorama_guard.case.incident import State


def count_verdicts(kinds: Iterable[str]) -> None:
    """Count the verdicts of one look by their kind: `contained`, or that of a finding."""
    for kind, times in Counter(kinds).items():
        with single_metric(name="Verdicts", unit=MetricUnit.Count, value=times) as metric:
            metric.add_dimension("kind", kind)


def count_outcome(state: State) -> None:
    """Count how an order to contain left its incident."""
    with single_metric(name="Outcomes", unit=MetricUnit.Count, value=1) as metric:
        metric.add_dimension("outcome", state.value)


def milliseconds_since(time: str, now: datetime) -> float:
    """Return how long ago a call was made; a clock that is behind CloudTrail's makes that no less than nothing."""
    return max(0.0, (now - datetime.fromisoformat(time)).total_seconds() * 1000)
