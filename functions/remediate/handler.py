"""Door of `remediate`: orders of the remediations queue in, contained or not fixed incidents out."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from panorama_guard import bootstrap
from panorama_guard.case.order import RemediationOrder
from panorama_guard.case.record import load_record
from panorama_guard.service.remediate import remediate

logger = Logger()
metrics = Metrics()
processor = SqsFifoPartialProcessor(skip_group_on_error=True)


def remediate_record(record: SQSRecord) -> None:
    """Carry out one order; an error sends it back to the queue, and in the end to its dead letters."""
    try:
        order = load_record(RemediationOrder, record.body)
        outcome = remediate(order, bootstrap.remediator(), now=datetime.now(UTC).isoformat())
    except Exception:
        logger.exception("an order could not be carried out", message_id=record.message_id)
        raise
    logger.info("remediated", incident=order.incident_id, attempt=order.attempt, outcome=outcome)
    metrics.add_metric(name="Remediations", unit=MetricUnit.Count, value=1)


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Carry out a batch of orders and report which failed."""
    return process_partial_response(event=event, record_handler=remediate_record, processor=processor, context=context)
