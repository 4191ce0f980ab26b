"""Door of `sweep`: requests of the schedule, of `inspect` and of operators in, roles and resources to judge out."""

from panorama_guard.loading import loaded  # first of all

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from panorama_guard import bootstrap
from panorama_guard.case.member import MemberState
from panorama_guard.case.sweeping import Stretch
from panorama_guard.counting import counting_calls
from panorama_guard.service.member_sweep import MembersSwept, take_sweeps
from panorama_guard.service.sweep import SweepResult
from panorama_guard.service.sweeper import Pace

loaded()

RESERVE_MS = 45_000  # of the function's time: for the stretch that is begun, the report and the canary
logger = Logger()
metrics = Metrics()


@metrics.log_metrics
@counting_calls(metrics)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Sweep once, however many requests came together; an error sends them all back to the queue."""
    bodies = [str(record.get("body", "")) for record in event.get("Records", [])]
    pace = Pace(lambda: context.get_remaining_time_in_millis() < RESERVE_MS, _log)
    try:
        result = take_sweeps(bodies, bootstrap.sweeper(), now=datetime.now(UTC).isoformat(), pace=pace)
    except Exception:
        logger.exception("the sweep failed")
        raise
    if isinstance(result, SweepResult):
        return _tell(result)
    for each in result:
        _tell_of_members(each)
    return {"batchItemFailures": [], "accounts": [account for each in result for account in each.accounts]}


def _tell(result: SweepResult) -> dict[str, Any]:
    """Log what came of a sweep of the guard's own account, and return the answer."""
    asked, sent = result.roles_asked_for, result.alerts_sent_again
    if result.rules_enabled:
        logger.warning("rules of the guard were disabled, and are enabled again", rules=result.rules_enabled)
    if result.rest:
        logger.info(
            "the time is up, the rest was asked for", after=result.rest.after, kind=result.rest.kind, asked=asked
        )
    else:
        logger.info("swept", read=result.roles_read, asked=asked, sent_again=sent)
        metrics.add_metric(name="Sweeps", unit=MetricUnit.Count, value=1)
    return {"batchItemFailures": [], "roles": list(asked)}


def _tell_of_members(swept: MembersSwept) -> None:
    """Log what came of a message about member accounts."""
    if swept.accounts:
        logger.info("member accounts are asked for", accounts=len(swept.accounts))
    elif swept.rest:
        logger.info("the time is up in a member, the rest was asked for", account=swept.account, asked=swept.asked_for)
    elif swept.state is MemberState.UNREACHED:
        logger.warning("a member account cannot be read", account=swept.account, why=swept.why)
        metrics.add_metric(name="MembersUnreached", unit=MetricUnit.Count, value=1)
    else:
        logger.info("swept a member", account=swept.account, why=swept.why, asked=swept.asked_for)
        metrics.add_metric(name="MembersSwept", unit=MetricUnit.Count, value=1)


def _log(stretch: Stretch) -> None:
    """Say how far the sweep has come."""
    logger.info("sweeping", kind=stretch.kind, looked_at=stretch.looked_at, asked=len(stretch.names))
