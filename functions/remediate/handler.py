"""Door of `remediate`: orders of the remediations queue in, contained, not fixed or undone incidents out."""

from panorama_guard.loading import loaded  # first of all

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from panorama_guard import bootstrap
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.order import RemediationOrder, parse_order
from panorama_guard.counting import count_contained, count_outcome, counting_calls, milliseconds_since
from panorama_guard.service.carry_out import carry_out
from panorama_guard.service.job import Remediator

loaded()

logger = Logger()
metrics = Metrics()
processor = SqsFifoPartialProcessor(skip_group_on_error=True)
processor.raise_on_entire_batch_failure = False


def remediate_record(record: SQSRecord, remediator: Remediator) -> None:
    """Carry out one order; an error sends it back to the queue, and in the end to its dead letters."""
    try:
        order = parse_order(record.body)
        outcome = carry_out(order, remediator, now=datetime.now(UTC).isoformat())
    except Exception:
        logger.exception("an order could not be carried out", message_id=record.message_id)
        metrics.add_metric(name="MessagesFailed", unit=MetricUnit.Count, value=1)
        raise
    logger.info("carried out", order=order.deduplication_id, outcome=outcome)
    # An alarm counts these: what an operator asked for, and what only follows a repair, is no remediation.
    metrics.add_metric(name="Remediations", unit=MetricUnit.Count, value=isinstance(order, RemediationOrder))


def count(outcome: Incident) -> None:
    """Count how an order left its incident, by what it was contained, and how long after the call, where it was."""
    count_outcome(outcome.state)
    if outcome.state is State.CONTAINED and outcome.remedy.carried_out:
        count_contained(outcome.remedy.rung)
    if outcome.state is State.CONTAINED and outcome.cause.is_named:
        waited = milliseconds_since(outcome.cause.event_time, datetime.now(UTC))
        metrics.add_metric(name="TimeToContainment", unit=MetricUnit.Milliseconds, value=waited)


@metrics.log_metrics
@counting_calls(metrics)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Carry out a batch of orders and report which failed."""
    act = partial(remediate_record, remediator=replace(bootstrap.remediator(), tell=count))
    return process_partial_response(event=event, record_handler=act, processor=processor, context=context)
