"""Door of `notify`: changed incidents of the ledger's stream in, alerts out."""

from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from panorama_guard import bootstrap
from panorama_guard.case.errors import RecordError
from panorama_guard.case.incident import Incident
from panorama_guard.case.record import load_record
from panorama_guard.service.notify import Notifier, notify

logger = Logger()
metrics = Metrics()
processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)


def notify_record(record: DynamoDBRecord, notifier: Notifier) -> None:
    """Tell of one incident; an error sends the record back to the stream, and in the end to the dead letters."""
    try:
        incident = load_record(Incident, _body(record))
        done = notify(incident, notifier)
    except Exception:
        logger.exception("an incident could not be told", event_id=record.event_id)
        raise
    logger.info("notified", incident=incident.id, state=incident.state.value, done=done)
    metrics.add_metric(name="Alerts", unit=MetricUnit.Count, value=int(done == "told"))


def _body(record: DynamoDBRecord) -> str:
    image = record.dynamodb.new_image if record.dynamodb else None
    body = (image or {}).get("body")
    if not isinstance(body, str):
        message = f"a stream record holds no incident: `{record.event_id}`"
        raise RecordError(message)
    return body


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Tell of a batch of changes and report which failed."""
    tell = partial(notify_record, notifier=bootstrap.notifier())
    return process_partial_response(event=event, record_handler=tell, processor=processor, context=context)
