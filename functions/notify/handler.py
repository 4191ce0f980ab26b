"""Door of `notify`: changed incidents and operators' words of the ledger's stream in, alerts out."""

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
from panorama_guard.service.notify import Notifier, notify

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


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Tell of a batch of changes and report which failed."""
    tell = partial(notify_record, notifier=bootstrap.notifier())
    return process_partial_response(event=event, record_handler=tell, processor=processor, context=context)
