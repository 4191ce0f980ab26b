"""Door of `notify`: changed incidents and operators' words of the ledger's stream in, alerts out.

Requests for a summary come in too, over a queue: what is held is told.
"""

from panorama_guard.loading import loaded  # first of all

from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from panorama_guard import bootstrap
from panorama_guard.case.telling import load_told
from panorama_guard.counting import counting_calls
from panorama_guard.service.notify import Notifier, notify
from panorama_guard.service.summary import summarize

loaded()

logger = Logger()
metrics = Metrics()
processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)


def notify_record(record: DynamoDBRecord, notifier: Notifier) -> None:
    """Tell of one record; an error sends it back to the stream, and in the end to the dead letters."""
    try:
        told = load_told((record.dynamodb.new_image if record.dynamodb else None) or {})
        done = notify(told, notifier)
    except Exception:
        logger.exception("a record could not be told", event_id=record.event_id)
        raise
    logger.info("notified", record=told.id, transition=told.transition, done=done)
    metrics.add_metric(name="Alerts", unit=MetricUnit.Count, value=int(done == "told"))


def tell_summary(notifier: Notifier) -> PartialItemFailureResponse:
    """Tell what is held, however many requests came together; an error sends them all back to the queue."""
    try:
        told = summarize(notifier)
    except Exception:
        logger.exception("a summary could not be told")
        raise
    logger.info("summarized", alerts=told)
    metrics.add_metric(name="Alerts", unit=MetricUnit.Count, value=int(told > 0))
    return {"batchItemFailures": []}


def asks_for_summary(event: dict[str, Any]) -> bool:
    """Say whether the queue woke the function, and not the ledger's stream."""
    return any(record.get("eventSource") == "aws:sqs" for record in event["Records"])


@metrics.log_metrics
@counting_calls(metrics)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Tell of a batch of changes and report which failed; or tell what is held."""
    notifier = bootstrap.notifier()
    if asks_for_summary(event):
        return tell_summary(notifier)
    tell = partial(notify_record, notifier=notifier)
    return process_partial_response(event=event, record_handler=tell, processor=processor, context=context)
