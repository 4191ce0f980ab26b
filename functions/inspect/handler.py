"""Door of `inspect`: messages of the changes queue in, incidents and orders out."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from panorama_guard import bootstrap
from panorama_guard.service.inspect import inspect_message

logger = Logger()
metrics = Metrics()
processor = BatchProcessor(event_type=EventType.SQS)


def inspect_record(record: SQSRecord) -> None:
    """Judge what one message names; an error sends it back to the queue, and in the end to its dead letters."""
    try:
        done = inspect_message(record.body, bootstrap.inspector(), now=datetime.now(UTC).isoformat())
    except Exception:
        logger.exception("a message could not be inspected", message_id=record.message_id)
        raise
    logger.info("inspected", roles=done.roles, incidents=done.incidents, note=done.note)
    metrics.add_metric(name="RolesJudged", unit=MetricUnit.Count, value=len(done.roles))


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Inspect a batch and report which messages failed."""
    return process_partial_response(event=event, record_handler=inspect_record, processor=processor, context=context)
