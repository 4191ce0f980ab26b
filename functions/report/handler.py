"""Door of `report`: requests of `sweep` and of the daily schedule in, the posture report in its bucket out."""

from panorama_guard.loading import loaded  # first of all

import json
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from panorama_guard import bootstrap
from panorama_guard.counting import counting_calls
from panorama_guard.service.report import report

loaded()

logger = Logger()
metrics = Metrics()
DIGEST = "digest"


def wants_digest(event: dict[str, Any]) -> bool:
    """Say whether any of the requests is the daily one; whoever invokes the function by hand says it himself."""
    bodies = [record.get("body") for record in event.get("Records", [])] or [json.dumps(event)]
    return any(_reason(body) == DIGEST for body in bodies)


def _reason(body: object) -> object:
    try:
        value = json.loads(str(body))
    except ValueError:
        return None  # a report is written for whatever asks for it
    return value.get("reason") if isinstance(value, dict) else None


@metrics.log_metrics
@counting_calls(metrics)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Write one report, however many requests came together; an error sends them all back to the queue."""
    now, with_digest = datetime.now(UTC).isoformat(), wants_digest(event)
    try:
        done = report(bootstrap.reporter(), now=now, with_digest=with_digest)
    except Exception:
        logger.exception("the report failed")
        raise
    logger.info(
        "reported",
        roles=done.roles,
        resources=done.resources,
        findings=done.findings,
        page=done.page.uri,
        changed=done.is_changed,
        digest=with_digest,
    )
    metrics.add_metric(name="Reports", unit=MetricUnit.Count, value=1)
    metrics.add_metric(name="Subscribers", unit=MetricUnit.Count, value=done.subscribers)
    return {"batchItemFailures": [], "page": done.page.uri, "version": done.page.version_id}
