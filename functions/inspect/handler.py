"""Door of `inspect`: messages of the changes queue in, incidents and orders out."""

from panorama_guard.loading import loaded  # first of all

from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from panorama_guard import bootstrap
from panorama_guard.counting import count_verdicts, counting_calls, milliseconds_since
from panorama_guard.service.inspect import inspect_message
from panorama_guard.service.look import Inspector

loaded()

logger = Logger()
metrics = Metrics()
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def inspect_record(record: SQSRecord, inspector: Inspector) -> None:
    """Judge what one message names; an error sends it back to the queue, and in the end to its dead letters."""
    try:
        done = inspect_message(record.body, inspector, now=datetime.now(UTC).isoformat())
    except Exception:
        logger.exception("a message could not be inspected", message_id=record.message_id)
        metrics.add_metric(name="MessagesFailed", unit=MetricUnit.Count, value=1)
        raise
    logger.info("inspected", **asdict(done))
    metrics.add_metric(name="Events", unit=MetricUnit.Count, value=int(bool(done.event_id)))
    count_verdicts(done.verdicts)
    if done.verdicts and done.event_time:
        waited = milliseconds_since(done.event_time, datetime.now(UTC))
        metrics.add_metric(name="TimeToVerdict", unit=MetricUnit.Milliseconds, value=waited)
    metrics.add_metric(name="RolesJudged", unit=MetricUnit.Count, value=len(done.roles))
    metrics.add_metric(name="FailedCalls", unit=MetricUnit.Count, value=len(done.failed_by))
    if done.canaries:
        metrics.add_metric(name="Canaries", unit=MetricUnit.Count, value=done.canaries)


@metrics.log_metrics
@counting_calls(metrics)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Inspect a batch and report which messages failed."""
    judge = partial(inspect_record, inspector=bootstrap.inspector())
    return process_partial_response(event=event, record_handler=judge, processor=processor, context=context)
