"""Door of `relay`: what `notify` tells the operators goes from the same stream to the channels beside their topic."""

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
from panorama_guard.service.relay import Relayer, relay

loaded()

logger = Logger()
metrics = Metrics()
processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)


def relay_record(record: DynamoDBRecord, relayer: Relayer) -> None:
    """Relay one record; an error sends it back to the stream, and in the end to the dead letters."""
    try:
        told = load_told((record.dynamodb.new_image if record.dynamodb else None) or {})
        channels = relay(told, relayer)
    except Exception:
        logger.exception("a record could not be relayed", event_id=record.event_id)
        raise
    logger.info("relayed", record=told.id, transition=told.transition, channels=channels)
    metrics.add_metric(name="Relayed", unit=MetricUnit.Count, value=len(channels))


@metrics.log_metrics
@counting_calls(metrics)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Relay a batch of changes and report which failed."""
    tell = partial(relay_record, relayer=bootstrap.relayer())
    return process_partial_response(event=event, record_handler=tell, processor=processor, context=context)
