"""Door of `sweep`: requests of the schedule, of `inspect` and of operators in, roles to judge out."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from panorama_guard import bootstrap
from panorama_guard.service.sweep import sweep

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Sweep once, however many requests came together; an error sends them all back to the queue."""
    try:
        result = sweep(bootstrap.sweeper(), now=datetime.now(UTC).isoformat())
    except Exception:
        logger.exception("the sweep failed")
        raise
    logger.info("swept", read=result.roles_read, asked=result.roles_asked_for, sent_again=result.alerts_sent_again)
    metrics.add_metric(name="Sweeps", unit=MetricUnit.Count, value=1)
    return {"batchItemFailures": [], "roles": list(result.roles_asked_for)}
