"""Door of `operate`: an operator's signed request to the function's URL in, what came of it out."""

from panorama_guard.loading import loaded  # first of all

import json
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from panorama_guard import bootstrap
from panorama_guard.counting import counting_calls
from panorama_guard.service.operate import operate

loaded()

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
@counting_calls(metrics)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Carry out one command; an error is an answer of status 502, and in the log."""
    try:
        answer = operate(event, bootstrap.operator(), now=datetime.now(UTC).isoformat())
    except Exception:
        logger.exception("a command could not be carried out")
        raise
    logger.info("operated", status=answer.status, error=answer.body.get("error"))
    metrics.add_metric(name="Commands", unit=MetricUnit.Count, value=1)
    return {
        "statusCode": answer.status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(answer.body),
    }
