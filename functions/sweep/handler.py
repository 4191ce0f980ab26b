"""Door of `sweep`: requests of the schedule, of `inspect` and of operators in, roles and resources to judge out."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from panorama_guard import bootstrap
from panorama_guard.case.sweeping import Stretch
from panorama_guard.service.sweep import sweep_for
from panorama_guard.service.sweeper import Pace

RESERVE_MS = 45_000  # of the function's time: for the stretch that is begun, the report and the canary

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Sweep once, however many requests came together; an error sends them all back to the queue."""
    bodies = [str(record.get("body", "")) for record in event.get("Records", [])]
    pace = Pace(lambda: context.get_remaining_time_in_millis() < RESERVE_MS, _log)
    try:
        result = sweep_for(bodies, bootstrap.sweeper(), now=datetime.now(UTC).isoformat(), pace=pace)
    except Exception:
        logger.exception("the sweep failed")
        raise
    asked, sent = result.roles_asked_for, result.alerts_sent_again
    if result.rules_enabled:
        logger.warning("rules of the guard were disabled, and are enabled again", rules=result.rules_enabled)
    if result.rest:
        logger.info(
            "the time is up, the rest was asked for", after=result.rest.after, kind=result.rest.kind, asked=asked
        )
    else:
        logger.info("swept", read=result.roles_read, asked=asked, sent_again=sent)
        metrics.add_metric(name="Sweeps", unit=MetricUnit.Count, value=1)
    return {"batchItemFailures": [], "roles": list(asked)}


def _log(stretch: Stretch) -> None:
    """Say how far the sweep has come."""
    logger.info("sweeping", kind=stretch.kind, looked_at=stretch.looked_at, asked=len(stretch.names))
